//! Work for people: closed once, and with what it is about.

use super::changes::melding;
use super::{
    agb, answer, bsn, change, day, decided, entered, entry, gemeente, ingest_one, moment, relatie, work_item,
};
use crate::same_state::Dump;
use happyflow::clock::Moment;
use happyflow::codes::{RedenAfwijzingVerzoek, TypeVerwijzer};
use happyflow::decide::{Decision, Outgoing, Requests, Verdict};
use happyflow::journal::Notitie;
use happyflow::messages::BerichtSoort;
use happyflow::money::Cents;
use happyflow::state::{
    Bedragen, Change, NewWorkItem, Verzoek, VerzoekSoort, VerzoekStatus, Verzonden, Voorstel, WorkReason,
};
use happyflow::store::console::{Bewaren, Stilte};
use happyflow::store::read::console::{
    Bereik, Werkvraag, count_werk, notices_of, notities, opgepakt, stiltes, vervanger, vervangingen,
};
use happyflow::store::{Closed, JournalKind, OpenVerzoek, Store, StoreError, WorkClosing, WorkStatus};

/// A work item is closed once, by somebody, for a reason.
pub async fn work_is_closed_once<S: Store>(store: &S) {
    let first = ingest_one(store, b"<werk/>").await;
    let mut batch = store.begin().await.unwrap();
    let proposals = [
        Voorstel::Kennisnemen,
        Voorstel::Doorsturen,
        Voorstel::Afwijzen { referentie: "R".into(), reden: RedenAfwijzingVerzoek::Stapeling },
        Voorstel::Vrijgeven { declaratie_nummer: "D".into() },
    ];
    let work: Vec<_> = proposals.map(|voorstel| NewWorkItem { voorstel, ..work_item("Kijk.") }).into();
    let decision = Decision { work: work.clone(), ..Decision::of(Verdict::Accepted) };
    let judged = decided(&mut *batch, first, decision, "{}");
    let id = judged.first_work;
    batch.record(judged);
    batch.commit().await.unwrap();
    let items: Vec<_> = store.work(true).await.unwrap().into_iter().map(|item| item.item).collect();
    assert_eq!(items, work);

    let close = async |id: i64| {
        let mut batch = store.begin().await.unwrap();
        let decision = entered(&mut *batch, Vec::new());
        let closed = Closed {
            journal: decision.entry.journal,
            moment: moment(2),
            who: "J. Jansen".into(),
            why: "gebeld".into(),
        };
        batch.enter(decision);
        batch.close_work(WorkClosing { id, status: WorkStatus::Goedgekeurd, closed });
        batch.commit().await
    };
    close(id).await.unwrap();
    let item = store.work_item(id).await.unwrap().unwrap();
    assert_eq!((item.status, item.closed.unwrap().why.as_str()), (WorkStatus::Goedgekeurd, "gebeld"));
    assert_eq!(store.work(true).await.unwrap().len(), 3);
    let before = store.dump().await.unwrap();
    assert!(matches!(close(id).await, Err(StoreError::WorkNotOpen(number)) if number == id));
    assert_eq!(store.dump().await.unwrap(), before);
}

/// Every property, each on a new store.
/// Open work items close with the entry that settles what they are about; the others stay.
pub async fn work_closes_with_what_it_is_about<S: Store>(store: &S) {
    let arrived = ingest_one(store, b"<verzoek/>").await;
    let mut batch = store.begin().await.unwrap();
    let reminder = |reason, kenmerk: &str| NewWorkItem {
        reason,
        voorstel: Voorstel::Herinneren { kenmerk: kenmerk.into() },
        ..work_item("Herinner.")
    };
    let refusal =
        Voorstel::Afwijzen { referentie: "REF".into(), reden: RedenAfwijzingVerzoek::Woonplaatsbeginsel };
    let work = vec![
        work_item("Beoordeel."),
        reminder(WorkReason::TermijnVerstreken, "REF"),
        reminder(WorkReason::RetourOntbreekt, "JW301 V1"),
        NewWorkItem { voorstel: Voorstel::Kennisnemen, ..work_item("Zie.") },
        NewWorkItem { voorstel: refusal, ..work_item("Wijs af.") },
    ];
    let verzoek = Verzoek {
        aanbieder: agb(0),
        referentie: "REF".into(),
        gemeente: gemeente(0),
        bsn: bsn(0),
        soort: VerzoekSoort::Toewijzing,
        bericht: 1,
        dagtekening: day(1),
        ontvangen: day(2),
        status: VerzoekStatus::Open,
        verwijzer: Some(TypeVerwijzer::Jeugdarts),
    };
    let sent = Verzonden {
        soort: BerichtSoort::Jw301,
        relatie: relatie(0),
        identificatie: "V1".into(),
        toewijzingen: Vec::new(),
        verzoeken: Vec::new(),
        aanvaard: None,
    };
    let changes = vec![Change::VerzoekGeopend(Box::new(verzoek.clone())), Change::Verzonden(sent)];
    let answers =
        vec![Outgoing { soort: BerichtSoort::Jw301, identificatie: "V1".into(), ..answer("<jw301/>") }];
    let decision = Decision { work, changes, answers, ..Decision::of(Verdict::Accepted) };
    let judged = decided(&mut *batch, arrived, decision, "{}");
    let (first, journal) = (judged.first_work, judged.entry.journal);
    batch.record(judged);
    batch.commit().await.unwrap();

    let asked = store.open_requests().await.unwrap();
    let expected = OpenVerzoek {
        verzoek,
        requests: Requests::Manual,
        werk: Some(first + 4),
        voorstel: Some(RedenAfwijzingVerzoek::Woonplaatsbeginsel),
        gemeld: Some(moment(5)),
        release: Some("3.2".to_owned()),
    };
    assert_eq!(asked, [expected]);
    let unreturned = store.unreturned(usize::MAX).await.unwrap();
    assert_eq!(
        (unreturned.len(), unreturned[0].moment, unreturned[0].werk),
        (1, Some(moment(1)), Some(first + 2))
    );
    assert_eq!(store.issued_at(moment(1)).await.unwrap(), 1);
    assert_eq!(store.issued_at(moment(2)).await.unwrap(), 0);
    assert_eq!(
        store.journal_days(&[journal, 99]).await.unwrap().into_iter().collect::<Vec<_>>(),
        [(journal, day(1))]
    );

    let open =
        async || -> Vec<i64> { store.work(true).await.unwrap().iter().map(|item| item.id - first).collect() };
    let status = VerzoekStatus::InOnderzoek;
    let answered = |status| Change::VerzoekBeantwoord { aanbieder: agb(0), referentie: "REF".into(), status };
    change(store, vec![answered(status)]).await.unwrap();
    assert_eq!(open().await, [0, 1, 2, 3, 4], "it is not settled yet");
    change(store, vec![answered(VerzoekStatus::Gehonoreerd)]).await.unwrap();
    assert_eq!(open().await, [2, 3]);
    let closed = store.work_item(first).await.unwrap().unwrap();
    let by = closed.closed.unwrap();
    assert_eq!((closed.status, by.who.as_str(), by.moment), (WorkStatus::Afgehandeld, "", moment(1)));
    assert!(by.journal > journal);
    assert!(store.open_requests().await.unwrap().is_empty());
    let retour = Change::RetourOntvangen {
        soort: BerichtSoort::Jw301,
        relatie: relatie(0),
        identificatie: "V1".into(),
        aanvaard: true,
    };
    change(store, vec![retour]).await.unwrap();
    assert_eq!(open().await, [3]);
    assert!(store.unreturned(usize::MAX).await.unwrap().is_empty());
}

/// What parked a message closes when it is judged after all, and so does what tells of its term.
pub async fn work_of_parked_messages_closes<S: Store>(store: &S) {
    let parked = ingest_one(store, b"<geparkeerd/>").await;
    let waiting = store.unanswered().await.unwrap();
    assert_eq!((waiting.len(), waiting[0].arrival, &waiting[0].message), (1, parked, &None));
    let mut batch = store.begin().await.unwrap();
    let work = vec![NewWorkItem { voorstel: Voorstel::Kennisnemen, ..work_item("Er ontbreekt iets.") }];
    let decision = Decision { work, ..Decision::of(Verdict::Parked) };
    let judged = decided(&mut *batch, parked, decision, "{}");
    batch.record(judged);
    batch.commit().await.unwrap();
    let waiting = store.unanswered().await.unwrap();
    assert_eq!(waiting[0].message, Some((BerichtSoort::Jw323, relatie(0))));
    assert_eq!(store.work(true).await.unwrap().len(), 1);

    let mut batch = store.begin().await.unwrap();
    let again = entry(batch.numbers().draw_journal(), JournalKind::Besluit, Some(parked));
    batch.unpark(again, true).await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(store.work(true).await.unwrap().len(), 1);
    let mut batch = store.begin().await.unwrap();
    let judged = decided(&mut *batch, parked, Decision::of(Verdict::Accepted), "{}");
    batch.record(judged);
    batch.commit().await.unwrap();
    assert!(store.work(true).await.unwrap().is_empty());
    assert!(store.unanswered().await.unwrap().is_empty());
}

/// A note is an entry of its own that can be found by its item; who works on an item is known to one at a time.
pub async fn work_has_notes_and_one_who_has_it<S: Store>(store: &S) {
    for (werk, text) in [(7, "gebeld"), (8, "elders"), (7, "teruggebeld")] {
        let mut batch = store.begin().await.unwrap();
        let mut note = entry(batch.numbers().draw_journal(), JournalKind::Besluit, None);
        (note.who, note.why) = (Some("Ada".to_owned()), Some(text.to_owned()));
        note.body = Some(Notitie { werkitem: werk }.body());
        batch.note(note, werk).await.unwrap();
        batch.commit().await.unwrap();
    }
    // What is rolled back was never written.
    let mut batch = store.begin().await.unwrap();
    let lost = entry(batch.numbers().draw_journal(), JournalKind::Besluit, None);
    batch.note(lost, 7).await.unwrap();
    drop(batch);
    let found = notities(store, 7).await.unwrap();
    let texts: Vec<_> = found.iter().map(|it| (it.wie.as_str(), it.tekst.as_str())).collect();
    assert_eq!(texts, [("Ada", "teruggebeld"), ("Ada", "gebeld")]);

    let take = |wie: &str, at: u32, gezien: Option<Moment>| {
        store.keep(Bewaren::Opgepakt { werk: 7, wie: wie.to_owned(), sinds: moment(at), gezien })
    };
    let bij = async || opgepakt(store, 7).await.unwrap().map(|bij| (bij.wie, bij.sinds));
    assert_eq!((take("Ada", 1, None).await.unwrap(), take("Bea", 2, None).await.unwrap()), (1, 0));
    assert_eq!(bij().await, Some(("Ada".to_owned(), moment(1))));
    // Another comes in the place of whom it saw, and of nobody else.
    let seen = Some(moment(1));
    assert_eq!((take("Bea", 3, seen).await.unwrap(), take("Cas", 4, seen).await.unwrap()), (1, 0));
    let free = |wie: &str| store.keep(Bewaren::Losgelaten { werk: 7, wie: wie.to_owned() });
    assert_eq!((free("Ada").await.unwrap(), bij().await.is_some()), (0, true));
    assert_eq!((free("Bea").await.unwrap(), bij().await), (1, None));
}

/// One acts for somebody, up to and including a day, and finds what that one has.
pub async fn work_is_of_who_acts_until_a_day<S: Store>(store: &S) {
    let set = |door: Option<(&str, u32)>| {
        let door = door.map(|(door, tot)| (door.to_owned(), day(tot)));
        store.keep(Bewaren::Vervanging { wie: "Ada".to_owned(), door })
    };
    assert_eq!(set(Some(("Bea", 1))).await.unwrap(), 1);
    assert_eq!(set(Some(("Cas", 2))).await.unwrap(), 1);
    let acts = async |at| vervanger(store, "Ada", day(at)).await.unwrap().map(|een| (een.door, een.tot));
    assert_eq!(acts(2).await, Some(("Cas".to_owned(), day(2))));
    assert_eq!((acts(3).await, vervangingen(store, day(3)).await.unwrap()), (None, Vec::new()));
    assert_eq!(vervangingen(store, day(2)).await.unwrap().len(), 1);
    assert_eq!((set(None).await.unwrap(), set(None).await.unwrap(), acts(1).await), (1, 0, None));
}

/// What is quiet stands apart until its day or until it gets worse, and what closes lets go of who took it and speaks again.
pub async fn what_closes_lets_go_and_is_quiet_no_more<S: Store>(store: &S) {
    let first = ingest_one(store, b"<stil/>").await;
    let mut batch = store.begin().await.unwrap();
    let over = Bedragen { gevraagd: None, over: Some(Cents(500)) };
    let notice =
        NewWorkItem { voorstel: Voorstel::Kennisnemen, bedragen: over, due: None, ..work_item("Kijk.") };
    let decision = Decision { work: vec![notice], ..Decision::of(Verdict::Accepted) };
    let judged = decided(&mut *batch, first, decision, "{}");
    let id = judged.first_work;
    batch.record(judged);
    batch.commit().await.unwrap();
    let item = store.work_item(id).await.unwrap().unwrap();
    let (reden, aanbieder) = (item.item.reason, item.item.relatie.aanbieder);
    let quiet = async |werk: Option<i64>, cents: i64| {
        let (wie, waarom) = ("Ada".to_owned(), "bekend".to_owned());
        let te_veel = Cents(cents);
        let stilte =
            Stilte { werk, reden, aanbieder, te_veel, regels: 0, tot: day(9), wie, waarom, sinds: moment(3) };
        store.keep(Bewaren::Stil(stilte)).await.unwrap()
    };
    let listed = async |stil: bool, at: u32| {
        let vraag = Werkvraag { stil: Some((stil, day(at))), ..Werkvraag::default() };
        count_werk(store, &Bereik::default(), &vraag).await.unwrap()
    };
    assert_eq!(notices_of(store, reden, aanbieder).await.unwrap(), (Cents(500), 1));
    for werk in [Some(id), None] {
        assert_eq!((listed(true, 9).await, listed(false, 9).await), (0, 1));
        assert_eq!(quiet(werk, 499).await, 1);
        assert_eq!((listed(true, 9).await, listed(false, 9).await), (0, 1), "there is more of it");
        assert_eq!(quiet(werk, 500).await, 1);
        assert_eq!((listed(true, 9).await, listed(false, 9).await), (1, 0));
        assert_eq!((listed(true, 10).await, listed(false, 10).await), (0, 1), "its day is over");
        let found = stiltes(store, &item, day(9)).await.unwrap();
        assert_eq!((found.len(), found[0].0.werk, found[0].1), (1, werk, true));
        let sleutel = Stilte::sleutel(werk, reden, aanbieder);
        assert_eq!(store.keep(Bewaren::Hoorbaar { sleutel }).await.unwrap(), 1);
    }
    quiet(Some(id), 500).await;
    let take = Bewaren::Opgepakt { werk: id, wie: "Ada".to_owned(), sinds: moment(4), gezien: None };
    store.keep(take).await.unwrap();
    let mut batch = store.begin().await.unwrap();
    let decision = entered(&mut *batch, Vec::new());
    let journal = decision.entry.journal;
    let closed = Closed { journal, moment: moment(5), who: String::new(), why: "voorbij".into() };
    batch.enter(decision);
    batch.close_work(WorkClosing { id, status: WorkStatus::Afgehandeld, closed });
    batch.commit().await.unwrap();
    assert_eq!(opgepakt(store, id).await.unwrap(), None);
    assert!(stiltes(store, &item, day(9)).await.unwrap().is_empty());
}

/// Reports read starts and stops in order, and only those with an assignment.
pub async fn deliveries_are_listed<S: Store>(store: &S) {
    let changes = vec![melding(0, false, false), melding(1, true, false), melding(1, false, false)];
    change(store, changes).await.unwrap();
    let listed = store.deliveries().await.unwrap();
    let stops: Vec<_> = listed.iter().map(|found| (found.toewijzing.0, found.einde.is_some())).collect();
    assert_eq!(stops, [(1, false), (1, true)]);
    assert_eq!((listed[0].begin, listed[0].gemeente), (day(1), gemeente(0)));
}
