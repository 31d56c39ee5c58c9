//! Lines of claims and the ledger: paid once, found again, never twice.

use super::changes::{Prestatie, reference, toewijzing};
use super::{Maker, agb, assign, change, day, entered, entry, gemeente, relatie, work_item};
use crate::same_state::Dump;
use happyflow::codes::{Datum, DebetCredit, ToewijzingNummer};
use happyflow::money::Cents;
use happyflow::state::{
    Besteding, Boeking, BoekingSoort, Change, FactKeys, GeboekteDeclaratie, GeboektePrestatie, NewWorkItem,
    Toewijzing, Vasthouding, VasthoudingStatus, Voorstel, spent_volume,
};
use happyflow::store::{HoldsOf, JournalKind, RecordedRun, Store, StoreError, WorkStatus};

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

/// A line of a claim of which the payment waits, under these limits.
pub fn vasthouding(line: u32, nummer: &str, cents: i64, limieten: &[&str]) -> Vasthouding {
    Vasthouding {
        relatie: relatie(0),
        referentie: reference(line),
        declaratie_nummer: nummer.into(),
        periode_begin: day(1),
        bedrag: Cents(cents),
        limieten: limieten.iter().map(|id| Box::from(*id)).collect(),
        status: VasthoudingStatus::Vastgehouden,
        journaal: 7,
        volgnummer: i64::from(line),
        ontvangen: day(3),
        beslist: None,
    }
}

/// What became of a line of a claim that was held.
pub fn beslist(line: u32, nummer: &str, status: VasthoudingStatus) -> Change {
    let (referentie, declaratie_nummer) = (reference(line), nummer.into());
    Change::VasthoudingBeslist { aanbieder: agb(0), referentie, declaratie_nummer, status }
}

/// Of a line that was held it is known what became of it, by its reference and by its claim; of one that never was,
/// nothing is said. What is held under a limit stands with the limit.
pub async fn held_lines_know_what_became_of_them<S: Store>(store: &S) {
    use VasthoudingStatus::{Gecrediteerd, Geweigerd, Vastgehouden, Vrijgegeven};
    let line =
        |reference, assignment, period| Prestatie { assignment, period, reference, ..Prestatie::default() };
    // A line of period 1 is held.
    let booked = [line(901, 9, 0), line(902, 9, 1), line(903, 8, 1)].iter().map(Prestatie::booked).collect();
    assign(store, &[8, 9]).await;
    let held =
        |number, nummer: &str| Change::Vastgehouden(Box::new(vasthouding(number, nummer, 70, &["a", "b"])));
    let vast = |number, cents| Change::LimietVast {
        sleutel: "a".into(),
        aanbieder: agb(number),
        bedrag: Cents(cents),
    };
    let budget = Change::BudgetBesteed { sleutel: "a".into(), bedrag: Cents(140) };
    let changes = vec![
        Change::PrestatiesGeboekt(booked),
        held(902, "H1"),
        held(903, "H3"),
        vast(0, 140),
        vast(1, 5),
        budget,
    ];
    change(store, changes).await.unwrap();
    let by_line = async || {
        let mut keys = FactKeys::default();
        keys.prestaties.extend((901..=903).map(|number| (agb(0), reference(number))));
        keys.budgetten.insert("a".into());
        let known = store.begin().await.unwrap().load(&keys).await.unwrap();
        assert_eq!(known.prestaties.len(), 3);
        let stands =
            known.vasthoudingen.into_values().map(|held| (held.referentie, held.status, held.beslist));
        (stands.collect::<Vec<_>>(), known.limiet_vast.into_values().flatten().collect::<Vec<_>>())
    };
    let waits = |number| (reference(number), Vastgehouden, None);
    assert_eq!(
        by_line().await,
        (vec![waits(902), waits(903)], vec![(agb(0), Cents(140)), (agb(1), Cents(5))])
    );
    let decided = vec![beslist(903, "H3", Vrijgegeven), vast(0, -70), vast(1, -5)];
    change(store, decided).await.unwrap();
    let (stands, vast) = by_line().await;
    assert_eq!(stands[0], waits(902));
    assert_eq!((stands[1].1, stands[1].2.is_some()), (Vrijgegeven, true));
    assert_eq!(vast, [(agb(0), Cents(70))]);
    // By its claim, with the line that it is about.
    let mut keys = FactKeys::default();
    keys.vasthoudingen.insert((agb(0), "H1".into()));
    let known = store.begin().await.unwrap().load(&keys).await.unwrap();
    assert_eq!(
        known.vasthoudingen.into_values().collect::<Vec<_>>(),
        [vasthouding(902, "H1", 70, &["a", "b"])]
    );
    assert!(known.prestaties.contains(agb(0), &reference(902)));
    // In the order of holding.
    let held = async |of| {
        let found = store.holds(of).await.unwrap().into_iter();
        found.filter(|held| held.relatie == relatie(0)).map(|held| held.referentie).collect::<Vec<_>>()
    };
    assert_eq!(held(HoldsOf::Open).await, [reference(902)]);
    assert_eq!(held(HoldsOf::All).await, [reference(902), reference(903)]);
    assert_eq!(held(HoldsOf::Aanbieder(agb(0))).await, [reference(902), reference(903)]);
    assert!(held(HoldsOf::Aanbieder(agb(1))).await.is_empty());
    // Decided on twice in one transaction: the last counts.
    change(store, vec![beslist(902, "H1", Geweigerd), beslist(902, "H1", Gecrediteerd)]).await.unwrap();
    assert_eq!(by_line().await.0[0].1, Gecrediteerd);
}

/// The item about the lines of a claim is closed when none of them waits any more, and not before.
pub async fn an_item_about_payments_is_over_when_nothing_waits<S: Store>(store: &S) {
    use VasthoudingStatus::{Gecrediteerd, Geweigerd};
    let held = |number| Change::Vastgehouden(Box::new(vasthouding(number, "W1", 70, &[])));
    let mut batch = store.begin().await.unwrap();
    let mut made = entered(&mut *batch, vec![held(911), held(912)]);
    made.first_work = batch.numbers().draw_work(1);
    let id = made.first_work;
    let voorstel = Voorstel::Vrijgeven { declaratie_nummer: "W1".into() };
    made.work = vec![NewWorkItem { voorstel, ..work_item("Besluit.") }];
    batch.enter(made);
    batch.commit().await.unwrap();
    let status = async || store.work_item(id).await.unwrap().unwrap().status;
    change(store, vec![beslist(911, "W1", Gecrediteerd)]).await.unwrap();
    assert_eq!(status().await, WorkStatus::Open);
    change(store, vec![beslist(912, "W1", Geweigerd)]).await.unwrap();
    assert_eq!(status().await, WorkStatus::Afgehandeld);
    // Opened again, it has nothing of its closing left.
    let reopen = async || {
        let mut batch = store.begin().await.unwrap();
        let entered = entered(&mut *batch, vec![beslist(912, "W1", VasthoudingStatus::Vastgehouden)]);
        batch.enter(entered);
        batch.reopen_work(id);
        batch.commit().await
    };
    reopen().await.unwrap();
    assert_eq!(
        (status().await, store.work_item(id).await.unwrap().unwrap().closed),
        (WorkStatus::Open, None)
    );
    assert!(matches!(reopen().await, Err(StoreError::WorkNotClosed(open)) if open == id));
}

/// An entry is paid once; held money when an entry releases it, refused money never.
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
        let run =
            RecordedRun { datum: day(3), entries, files, betalingen: Vec::new(), overboekingen: Vec::new() };
        let run = batch.pay(entry, run).await?;
        batch.commit().await.map(|()| run)
    };
    let (paid, held) = (payable[0].id, payable[0].id + 1);
    let run = pay(vec![paid]).await.unwrap();
    let before = store.dump().await.unwrap();
    assert!(matches!(pay(vec![payable[1].id, paid]).await, Err(StoreError::NotPayable)), "paid before");
    assert!(matches!(pay(vec![held]).await, Err(StoreError::NotPayable)), "held");
    assert_eq!(store.dump().await.unwrap(), before);

    let moved = vec![
        boeking("D1", BoekingSoort::Vastgehouden, -70),
        boeking("D1", BoekingSoort::Geweigerd, 20),
        boeking("D1", BoekingSoort::Betaalbaar, 50),
    ];
    change(store, moved).await.unwrap();
    let payable: Vec<_> = store.payable().await.unwrap().into_iter().map(|entry| entry.id).collect();
    assert_eq!(payable, [held + 1, held + 4]);
    assert!(matches!(pay(vec![held + 3]).await, Err(StoreError::NotPayable)), "refused");
    pay(payable).await.unwrap();
    assert!(store.payable().await.unwrap().is_empty());
    assert_eq!(store.paid_by(run).await.unwrap()[0].boeking.bedrag, Cents(500));
    let runs = store.payment_runs().await.unwrap();
    assert_eq!((runs.len(), runs[1].entries, runs[1].bedrag_cents), (2, 2, 20));
    let files = store.payment_files(runs[0].run).await.unwrap();
    assert_eq!(files, [("betaling.xml".to_owned(), b"<Document/>".to_vec())]);
    assert!(store.payment_files(runs[1].run + 1).await.unwrap().is_empty());
    let overview = store.overview().await.unwrap();
    assert_eq!((overview.payable_cents, overview.held_cents, overview.paid_cents), (0, 0, 520));
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
        let entered = entered(&mut *batch, changes);
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
