//! Lines of claims and the ledger: paid once, found again, never twice.

use super::changes::{Prestatie, reference, toewijzing};
use super::{Maker, agb, assign, change, day, entered, entry, gemeente, relatie};
use crate::same_state::Dump;
use happyflow::codes::{Datum, DebetCredit, ToewijzingNummer};
use happyflow::money::Cents;
use happyflow::state::{
    Besteding, Boeking, BoekingSoort, Change, FactKeys, GeboekteDeclaratie, GeboektePrestatie, Toewijzing,
    spent_volume,
};
use happyflow::store::{Batch, JournalKind, PaymentRun, Store, StoreError};

pub fn boeking(nummer: &str, soort: BoekingSoort, cents: i64) -> Change {
    Change::Geboekt(Boeking {
        aanbieder: agb(0),
        gemeente: gemeente(0),
        declaratie_nummer: nummer.into(),
        periode_begin: day(0),
        soort,
        bedrag: Cents(cents),
    })
}

/// Of a line that was held it is known when its claim was released; of one that never was, nothing is said.
pub async fn held_lines_know_their_release<S: Store>(store: &S) {
    let line = |reference, period| Prestatie { assignment: 9, period, reference, ..Prestatie::default() };
    let claim = |nummer: &str, lines: &[Prestatie], held: Option<i64>| {
        let declaratie = GeboekteDeclaratie {
            relatie: relatie(0),
            nummer: nummer.into(),
            periode_begin: day(1),
            ingediend: Cents(0),
            toegekend: Cents(0),
        };
        let mut changes = vec![
            Change::PrestatiesGeboekt(lines.iter().map(Prestatie::booked).collect()),
            Change::DeclaratieGeboekt(Box::new(declaratie)),
        ];
        changes.extend(held.map(|cents| boeking(nummer, BoekingSoort::Vastgehouden, cents)));
        changes
    };
    assign(store, &[8, 9]).await;
    // A line of period 1 is held.
    change(store, claim("H1", &[line(901, 0), line(902, 1)], Some(4500))).await.unwrap();
    change(store, claim("H2", &[], None)).await.unwrap();
    change(store, claim("H3", &[Prestatie { assignment: 8, ..line(903, 1) }], Some(4500))).await.unwrap();
    let released = async || {
        let mut keys = FactKeys::default();
        keys.prestaties.extend((901..=903).map(|number| (agb(0), reference(number))));
        let mut batch = store.begin().await.unwrap();
        let known = batch.load(&keys).await.unwrap();
        assert_eq!(known.prestaties.len(), 3);
        let mut released: Vec<_> = known.vrijgegeven.into_iter().collect();
        released.sort();
        released
    };
    assert_eq!(released().await, []);
    let release = |nummer: &str| Change::Vrijgegeven { aanbieder: agb(0), declaratie_nummer: nummer.into() };
    change(store, vec![release("H3")]).await.unwrap();
    assert_eq!(released().await, [(agb(0), reference(903))]);
    change(store, vec![release("H1")]).await.unwrap();
    assert_eq!(released().await, [(agb(0), reference(902)), (agb(0), reference(903))]);
}

/// An entry is paid once; held money not before it is released.
pub async fn money_is_paid_once<S: Store>(store: &S) {
    let entries = vec![
        boeking("D1", BoekingSoort::Betaalbaar, 500),
        boeking("D1", BoekingSoort::Vastgehouden, 70),
        boeking("D2", BoekingSoort::Betaalbaar, -30),
    ];
    change(store, entries).await.unwrap();
    let payable = store.payable().await.unwrap();
    assert_eq!(payable.iter().map(|entry| entry.boeking.bedrag.0).collect::<Vec<_>>(), [500, -30]);
    let pay = async |entries: Vec<i64>| {
        let mut batch = store.begin().await.unwrap();
        let entry = entry(batch.numbers().draw_journal(), JournalKind::Betaling, None);
        let files = vec![("betaling.xml".to_owned(), b"<Document/>".to_vec())];
        let run = batch.pay(entry, PaymentRun { datum: day(3), entries, files }).await?;
        batch.commit().await.map(|()| run)
    };
    let (paid, held) = (payable[0].id, payable[0].id + 1);
    let run = pay(vec![paid]).await.unwrap();
    let before = store.dump().await.unwrap();
    assert!(matches!(pay(vec![payable[1].id, paid]).await, Err(StoreError::NotPayable)), "paid before");
    assert!(matches!(pay(vec![held]).await, Err(StoreError::NotPayable)), "held");
    assert_eq!(store.dump().await.unwrap(), before);

    let release = Change::Vrijgegeven { aanbieder: agb(0), declaratie_nummer: "D1".into() };
    change(store, vec![release]).await.unwrap();
    let payable: Vec<_> = store.payable().await.unwrap().into_iter().map(|entry| entry.id).collect();
    assert_eq!(payable, [held, held + 1]);
    pay(payable).await.unwrap();
    assert!(store.payable().await.unwrap().is_empty());
    assert_eq!(store.paid_by(run).await.unwrap()[0].boeking.bedrag, Cents(500));
    let runs = store.payment_runs().await.unwrap();
    assert_eq!((runs.len(), runs[1].entries, runs[1].bedrag_cents), (2, 2, 40));
    let files = store.payment_files(runs[0].run).await.unwrap();
    assert_eq!(files, [("betaling.xml".to_owned(), b"<Document/>".to_vec())]);
    assert!(store.payment_files(runs[1].run + 1).await.unwrap().is_empty());
    let overview = store.overview().await.unwrap();
    assert_eq!((overview.payable_cents, overview.held_cents, overview.paid_cents), (0, 0, 540));
}

/// Only the open debits of the assignment that run past the day.
pub async fn debits_past_a_day_are_found<S: Store>(store: &S) {
    let line =
        |assignment, period, reference| Prestatie { assignment, period, reference, ..Prestatie::default() };
    let lines = [line(6, 0, 60), line(6, 1, 61), line(6, 2, 62), line(7, 2, 63)];
    let rejected = Prestatie { rejected: true, ..line(6, 3, 64) };
    let booked = lines.iter().chain([&rejected]).map(Prestatie::booked).collect();
    assign(store, &[6, 7]).await;
    change(store, vec![Change::PrestatiesGeboekt(booked)]).await.unwrap();
    // The lines end on days 20, 51 and 82.
    for (after, expected) in [(50, &lines[1..3]), (51, &lines[2..3]), (82, &[])] {
        let mut keys = FactKeys::default();
        keys.debets_na.insert((gemeente(0), ToewijzingNummer(6), day(after)));
        let known = store.begin().await.unwrap().load(&keys).await.unwrap();
        let mut found: Vec<_> = known.open_debets.into_iter().collect();
        found.sort_unstable();
        let expected: Vec<_> = expected.iter().map(|line| line.booked().debet_sleutel()).collect();
        assert_eq!(found, expected, "after day {after}");
    }
}

/// Only the open debits of the assignment that begin on the day, as lines; not those rejected or credited since.
pub async fn debits_on_a_day_are_found_as_lines<S: Store>(store: &S) {
    let line =
        |assignment, period, reference| Prestatie { assignment, period, reference, ..Prestatie::default() };
    let (kept, other_day, other) = (line(8, 0, 80), line(8, 1, 81), line(9, 0, 90));
    let rejected = Prestatie { rejected: true, ..line(8, 0, 82) };
    let mut booked: Vec<_> = [&kept, &other_day, &other, &rejected].map(Prestatie::booked).into();
    assign(store, &[8, 9]).await;
    change(store, vec![Change::PrestatiesGeboekt(booked.clone())]).await.unwrap();
    let (kept, begin) = (booked.remove(0), booked[0].begin);
    let found = async |day: Datum| {
        let mut keys = FactKeys::default();
        keys.debets_op.insert((gemeente(0), ToewijzingNummer(8), day));
        let known = store.begin().await.unwrap().load(&keys).await.unwrap();
        known.prestaties.values().cloned().collect::<Vec<_>>()
    };
    assert_eq!(found(kept.begin).await, std::slice::from_ref(&kept));
    assert_eq!(found(begin).await, booked[..1]);
    assert_eq!(found(kept.begin.succ_opt().unwrap()).await, []);
    let credit = GeboektePrestatie {
        referentie: "credit".into(),
        vorig_referentie: Some(kept.referentie.clone()),
        debet_credit: DebetCredit::Credit,
        ..kept.clone()
    };
    change(store, vec![Change::PrestatiesGeboekt(vec![credit])]).await.unwrap();
    assert_eq!(found(kept.begin).await, []);
}

/// A new assignment, a claim on it, and a version that was made with both known, in one transaction: the
/// claim counts once.
pub async fn what_is_spent_in_one_transaction_counts_once<S: Store>(store: &S) {
    let line = Prestatie { assignment: 3, reference: 300, ..Prestatie::default() }.booked();
    let new = toewijzing(3, 0);
    let spent = Besteding { volume: spent_volume(line.volume, line.eenheid), bedrag: line.bedrag };
    let later = Toewijzing { einddatum: Some(day(90)), besteed: spent, ..new.clone() };
    let stored = |toewijzing| Change::ToewijzingOpgeslagen(Box::new(toewijzing));
    let changes = vec![stored(new), Change::PrestatiesGeboekt(vec![line]), stored(later.clone())];
    change(store, changes).await.unwrap();
    let mut keys = FactKeys::default();
    keys.toewijzingen.push((later.gemeente, later.nummer));
    let known = store.begin().await.unwrap().load(&keys).await.unwrap();
    assert_eq!(known.toewijzingen[&(later.gemeente, later.nummer)], later);
}

/// References and periods that are taken are refused by the store as well.
pub async fn second_wall_holds<S: Store>(store: &S) {
    let line = Prestatie { assignment: 5, reference: 50, ..Prestatie::default() };
    assign(store, &[5]).await;
    change(store, vec![Change::PrestatiesGeboekt(vec![line.booked()])]).await.unwrap();
    let before = store.dump().await.unwrap();
    let same_reference = Prestatie { period: 1, ..line.clone() };
    let same_period = Prestatie { reference: 51, ..line };
    for double in [same_reference, same_period] {
        let refused = change(store, vec![Change::PrestatiesGeboekt(vec![double.booked()])]).await;
        assert!(matches!(refused, Err(StoreError::Database { .. } | StoreError::LostRace { .. })));
        assert_eq!(store.dump().await.unwrap(), before);
    }
}

/// Care before 2021 has a sequence of periods of its own, and may be claimed twice (rulings 6.4, 6.6).
pub async fn care_before_2021_is_apart<S: Store>(store: &S) {
    let relatie = relatie(3);
    let first = |text: &str| -> Datum { text.parse().unwrap() };
    let claim = |nummer: &str, begin: &str| {
        Change::DeclaratieGeboekt(Box::new(GeboekteDeclaratie {
            relatie,
            nummer: nummer.into(),
            periode_begin: first(begin),
            ingediend: Cents(1),
            toegekend: Cents(1),
        }))
    };
    let claims = [("OUD1", "2020-10-01"), ("OUD2", "2020-12-01"), ("NIEUW", "2021-01-01")];
    let claims = claims.map(|(nummer, begin)| claim(nummer, begin)).to_vec();
    change(store, claims).await.unwrap();
    let mut keys = FactKeys::default();
    keys.laatste_perioden.insert(relatie);
    let known = store.begin().await.unwrap().load(&keys).await.unwrap();
    assert_eq!(known.laatste_periode[&relatie], first("2021-01-01"));
    assert_eq!(known.laatste_periode_tot_2021[&relatie], first("2020-12-01"));
    let line = |reference| GeboektePrestatie {
        begin: first("2020-12-01"),
        eind: first("2020-12-31"),
        ..Prestatie { assignment: 8, reference, ..Prestatie::default() }.booked()
    };
    assign(store, &[8]).await;
    change(store, vec![Change::PrestatiesGeboekt(vec![line(80), line(81)])]).await.unwrap();
}

/// A claim comes back with its lines in file order.
pub async fn claim_has_its_lines<S: Store>(store: &S) {
    assign(store, &[0, 1, 2, 3]).await;
    let mut maker = Maker::default();
    maker.assignments.extend(0..4);
    let first = maker.declaratie(&[(0, 0, false), (1, 0, true), (2, 0, false)]);
    let second = maker.declaratie(&[(3, 1, false)]);
    let Change::PrestatiesGeboekt(lines) = &first[0] else { panic!("lines come first") };
    let lines = lines.clone();
    let mut batch = store.begin().await.unwrap();
    for changes in [first, second] {
        let entered = entered(&mut batch, changes);
        batch.enter(entered);
    }
    batch.commit().await.unwrap();
    let content = store.declaratie(agb(0), "D1").await.unwrap().unwrap();
    assert_eq!(content.prestaties, lines);
    assert_eq!(content.declaratie.toegekend, Cents(-2));
    assert_eq!(store.declaratie(agb(0), "D2").await.unwrap().unwrap().prestaties.len(), 1);
    assert_eq!(store.declaratie(agb(1), "D1").await.unwrap(), None);
    assert_eq!(store.overview().await.unwrap().prestaties, (3, 1));
}
