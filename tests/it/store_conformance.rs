//! What every store must do, whatever the engine. One suite, generic over [`Store`].

mod known;
mod strange;

use crate::postgres::TestDatabase;
use crate::same_state::{Dump, different};
use happyflow::clock::Moment;
use happyflow::codes::{
    AgbCode, Bsn, Datum, DebetCredit, Eenheid, Frequentie, GemeenteCode, ProductCategorie, ProductCode,
    ProductSleutel, RedenAfwijzingVerzoek, RedenWijziging, ToewijzingNummer,
};
use happyflow::decide::{Decision, Outgoing, Requests, Verdict};
use happyflow::messages::{BerichtSoort, Envelope, Partij, Relatie};
use happyflow::money::Cents;
use happyflow::state::{
    Besteding, Boeking, BoekingSoort, Change, DebetSleutel, Einde, FactKeys, GeboekteDeclaratie,
    GeboektePrestatie, Identificaties, LeveringSleutel, Leveringen, Melding, NewWorkItem, Omvang, Ontvangst,
    Reeks, Toewijzing, Verzoek, VerzoekSoort, VerzoekStatus, Verzonden, VerzondenAntwoord, VerzondenVersie,
    Voorstel, VorigeVersie, WorkReason, WorkingSet, spent_volume,
};
use happyflow::store::postgres::PgStore;
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{
    Arrival, Batch, BudgetScope, Claim, Closed, Decided, Entered, Entry, InboxStatus, JournalKind,
    MessageMeta, Moved, Numbers, OpenVerzoek, Parked, PaymentRun, Receipt, RegisterAt, RegisterImport,
    RegisterSource, ReportStore, Stand, Store, StoreError, TakeLimit, WorkClosing, WorkStatus,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const ALL: TakeLimit = TakeLimit { messages: 1000, bytes: usize::MAX };

fn agb(number: u32) -> AgbCode {
    AgbCode::parse(&format!("{:08}", 12_345_000 + number)).unwrap()
}

fn gemeente(number: u32) -> GemeenteCode {
    GemeenteCode::parse(&format!("{:04}", 193 + number)).unwrap()
}

fn relatie(number: u32) -> Relatie {
    Relatie { gemeente: gemeente(number), aanbieder: agb(number) }
}

/// Of a message that an aanbieder sends.
fn envelope(number: u32) -> Envelope {
    Envelope { relatie: relatie(number), sender: Partij::Aanbieder(agb(number)) }
}

/// Test numbers of the fictitious range that pass the eleven test.
fn bsn(number: usize) -> Bsn {
    let numbers = (999_900_000..1_000_000_000_u32).filter_map(|number| Bsn::parse(&number.to_string()).ok());
    numbers.filter(Bsn::passes_elfproef).nth(number).unwrap()
}

fn day(number: u32) -> Datum {
    Datum::from_ymd_opt(2025, 1, 1).unwrap() + chrono::Days::new(u64::from(number))
}

fn moment(number: u32) -> Moment {
    day(number).and_hms_opt(12, 0, 0).unwrap()
}

pub fn arrival(name: &str, bytes: &[u8]) -> Arrival {
    Arrival {
        name: name.to_owned(),
        channel: Some(Partij::Aanbieder(agb(0))),
        bytes: bytes.into(),
        sha256: Sha256::digest(bytes).into(),
        packed: None,
        received: moment(0) + chrono::TimeDelta::milliseconds(345),
        envelope: Some(envelope(0)),
    }
}

/// A message of the relatie with this number.
fn message_of(name: &str, number: u32) -> Arrival {
    Arrival { envelope: Some(envelope(number)), ..arrival(name, format!("<{name}/>").as_bytes()) }
}

pub fn entry(journal: i64, kind: JournalKind, arrival: Option<i64>) -> Entry {
    Entry {
        journal,
        kind,
        moment: moment(1),
        register_version: 3,
        rule_set: "3.2".into(),
        requests: Requests::Manual,
        issued: 2,
        first_identificatie: Some(800_000_001),
        arrival,
        who: None,
        why: None,
        body: None,
    }
}

fn meta() -> MessageMeta {
    MessageMeta {
        soort: BerichtSoort::Jw323,
        release: "3.2",
        afzender: Partij::Aanbieder(agb(0)),
        relatie: relatie(0),
        identificatie: "M1".into(),
    }
}

fn answer(text: &str) -> Outgoing {
    Outgoing {
        soort: BerichtSoort::Jw325,
        receiver: Partij::Aanbieder(agb(0)),
        relatie: relatie(0),
        identificatie: text.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

fn work_item(story: &str) -> NewWorkItem {
    NewWorkItem {
        reason: WorkReason::VerzoekBeoordelen,
        relatie: relatie(0),
        toewijzing: Some(ToewijzingNummer(7)),
        due: Some(moment(5)),
        story: story.to_owned(),
        voorstel: Voorstel::Honoreren { referentie: "REF".into(), einddatum: Some(day(9)) },
    }
}

/// A judged message; numbers are drawn from the batch.
fn decided(batch: &mut impl Batch, arrival: i64, decision: Decision, json: &str) -> Decided {
    let numbers = batch.numbers();
    Decided {
        entry: entry(numbers.draw_journal(), JournalKind::Bericht, Some(arrival)),
        message: meta(),
        first_send: numbers.draw_send(decision.answers.len() + decision.forwards.len()),
        first_work: numbers.draw_work(decision.work.len()),
        decision,
        outcome_json: json.to_owned(),
    }
}

/// Changes without a message.
fn entered(batch: &mut impl Batch, changes: Vec<Change>) -> Entered {
    Entered {
        entry: entry(batch.numbers().draw_journal(), JournalKind::Besluit, None),
        changes,
        answers: Vec::new(),
        forwarded: None,
        forwards: Vec::new(),
        first_send: 0,
        work: Vec::new(),
        first_work: 0,
    }
}

async fn ingest_one(store: &impl Store, bytes: &[u8]) -> i64 {
    match store.ingest(vec![arrival("een.xml", bytes)], true).await.unwrap()[..] {
        [Receipt::New { arrival }] => arrival,
        _ => panic!("new bytes are new"),
    }
}

async fn change<S: Store>(store: &S, changes: Vec<Change>) -> Result<(), StoreError> {
    let mut batch = store.begin().await?;
    let entered = entered(&mut batch, changes);
    batch.enter(entered);
    batch.commit().await
}

/// Assignments to claim on: what is claimed on others is rejected before it comes here.
async fn assign<S: Store>(store: &S, numbers: &[u32]) {
    let stored = |number: &u32| Change::ToewijzingOpgeslagen(Box::new(toewijzing(*number, 0)));
    change(store, numbers.iter().map(stored).collect()).await.unwrap();
}

/// The same bytes are known, whatever their name; order and bytes are kept.
async fn inbox_knows_what_it_has<S: Store>(store: &S) {
    let twice = vec![arrival("a.xml", b"<a/>"), arrival("b.xml", b"<b/>"), arrival("c.xml", b"<a/>")];
    let receipts = store.ingest(twice, false).await.unwrap();
    let known = |outcome| Receipt::Known { arrival: 1, status: InboxStatus::Open, outcome };
    assert_eq!(receipts, [Receipt::New { arrival: 1 }, Receipt::New { arrival: 2 }, known(None)]);
    assert_eq!(store.ingest(vec![arrival("d.xml", b"<a/>")], true).await.unwrap(), [known(None)]);
    assert_eq!(store.received(2).await.unwrap().unwrap(), b"<b/>");
    assert_eq!(store.received(3).await.unwrap(), None);

    let mut batch = store.begin().await.unwrap();
    let json = format!("{{\"tekst\":\"{}\"}}", "lang ".repeat(1000));
    let judged = decided(&mut batch, 1, Decision::of(Verdict::Accepted), &json);
    batch.record(judged);
    batch.commit().await.unwrap();
    let again = store.ingest(vec![arrival("e.xml", b"<a/>")], true).await.unwrap();
    let outcome = Some(json.clone());
    assert_eq!(again, [Receipt::Known { arrival: 1, status: InboxStatus::Beslist, outcome }]);
    let outcomes = store.outcomes(&[1, 2]).await.unwrap();
    assert_eq!(outcomes, BTreeMap::from([(1, (InboxStatus::Beslist, json))]));
}

/// Open messages come in order of arrival; that they are in hand is counted before they are judged.
async fn take_counts_what_is_in_hand<S: Store>(store: &S) {
    let first = ingest_one(store, b"<een/>").await;
    let others = vec![arrival("twee.xml", b"<twee/>"), arrival("drie.xml", b"<drie/>")];
    store.ingest(others, false).await.unwrap();
    let taken = store.take(TakeLimit { messages: 2, bytes: usize::MAX }).await.unwrap();
    let seen: Vec<_> = taken.iter().map(|taken| (taken.arrival, taken.times_in_hand)).collect();
    assert_eq!(seen, [(first, 1), (first + 1, 0)]);
    assert_eq!(&*taken[1].bytes, b"<twee/>");
    assert_eq!(taken[1].channel, Some(Partij::Aanbieder(agb(0))));
    assert_eq!((taken[1].name.as_str(), taken[1].received), ("twee.xml", moment(0)));
    let one = TakeLimit { messages: 9, bytes: 1 };
    assert_eq!(store.take(one).await.unwrap()[0].times_in_hand, 2, "one message, however large");
    assert_eq!(store.take(one).await.unwrap().len(), 1);

    let mut batch = store.begin().await.unwrap();
    let judged = decided(&mut batch, first, Decision::of(Verdict::Rejected), "{}");
    batch.record(judged);
    batch.commit().await.unwrap();
    let rest: Vec<_> = store.take(ALL).await.unwrap().iter().map(|taken| taken.arrival).collect();
    assert_eq!(rest, [first + 1, first + 2]);
}

/// What is claimed comes in order of arrival, counted as in hand; what was in hand before comes alone.
async fn claimed_messages_are_decided_once<S: Store>(store: &S) {
    let arrivals = vec![message_of("een", 0), message_of("twee", 0), message_of("drie", 0)];
    let receipts = store.ingest(arrivals, false).await.unwrap();
    let Receipt::New { arrival: first } = receipts[0] else { panic!("new bytes are new") };
    let claimed = |claim: &Claim<S::Batch>| -> Vec<(i64, u32)> {
        claim.messages.iter().map(|waiting| (waiting.arrival - first, waiting.times_in_hand)).collect()
    };
    let claim = claim_soon(store).await;
    assert_eq!((claimed(&claim), claim.batch.register_version()), (vec![(0, 0), (1, 0), (2, 0)], 0));
    drop(claim);
    let claim = claim_soon(store).await;
    assert_eq!(claimed(&claim), [(0, 1)], "one that was in hand before comes alone");
    drop(claim);
    store.uncount(&[first, first]).await.unwrap();
    store.uncount(&[first, first + 1, first + 2]).await.unwrap();
    let Claim { mut batch, messages, .. } = claim_soon(store).await;
    let attempts: Vec<_> = messages.iter().map(|waiting| waiting.times_in_hand).collect();
    assert_eq!(attempts, [0, 0, 0]);
    let content = batch.content(&[first, first + 2]).await.unwrap();
    let content: Vec<_> = content.into_iter().map(|taken| taken.unpacked().unwrap()).collect();
    let content: Vec<_> = content.iter().map(|taken| (&*taken.name, &*taken.bytes)).collect();
    assert_eq!(content, [("een", &b"<een/>"[..]), ("drie", b"<drie/>")]);
    batch.load(&FactKeys::default()).await.unwrap();
    let answers = || Decision { answers: vec![answer("A")], ..Decision::of(Verdict::Accepted) };
    let judged: Vec<_> =
        messages.iter().map(|waiting| decided(&mut batch, waiting.arrival, answers(), "{}")).collect();
    let moved = batch.settle_numbers().await.unwrap();
    for one in judged {
        batch.record(Decided { first_send: one.first_send + moved.send, ..one });
    }
    batch.commit().await.unwrap();
    assert!(store.claim(ALL, &[]).await.unwrap().is_none());
    let sent: Vec<_> = store.unpublished(ALL, &[]).await.unwrap().iter().map(|sent| sent.send).collect();
    assert_eq!(sent, [1, 2, 3]);
    let journal = store.journal(0, ALL).await.unwrap();
    let numbers: Vec<_> = journal.iter().map(|record| (record.entry.journal, record.first)).collect();
    assert_eq!(
        numbers,
        [(1, Some((1, 0))), (2, Some((2, 0))), (3, Some((3, 0)))].map(|(number, first)| {
            // No work items: the number that would come next.
            (number, first.map(|(send, _)| (send, journal[0].first.unwrap().1)))
        })
    );
}

/// The names of claimed messages.
async fn names<B: Batch>(claim: &mut Claim<B>) -> Vec<String> {
    let arrivals: Vec<i64> = claim.messages.iter().map(|waiting| waiting.arrival).collect();
    let content = claim.batch.content(&arrivals).await.unwrap();
    content.into_iter().map(|taken| taken.name).collect()
}

/// What a claim that was dropped held is free as soon as the database is told.
pub async fn claim_soon<S: Store>(store: &S) -> Claim<S::Batch> {
    for _ in 0..2000 {
        if let Some(claim) = store.claim(ALL, &[]).await.unwrap() {
            return claim;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("a claim that was dropped was not given free");
}

/// A batch that is dropped leaves nothing; one that is committed leaves everything, once.
async fn batch_is_all_or_nothing<S: Store>(store: &S) {
    let first = ingest_one(store, b"<bericht/>").await;
    let before = store.dump().await.unwrap();
    let decision = || Decision {
        answers: vec![answer("A1")],
        forwards: vec![Partij::Gemeente(gemeente(0))],
        work: vec![work_item("Beoordeel dit verzoek.")],
        ..Decision::of(Verdict::Partial)
    };
    let mut batch = store.begin().await.unwrap();
    let judged = decided(&mut batch, first, decision(), "{}");
    batch.record(judged);
    drop(batch);
    assert_eq!(store.dump().await.unwrap(), before);

    let mut batch = store.begin().await.unwrap();
    let judged = decided(&mut batch, first, decision(), "{}");
    let (send, work) = (judged.first_send, judged.first_work);
    batch.record(judged);
    batch.commit().await.unwrap();
    let outbox = store.unpublished(ALL, &[]).await.unwrap();
    let left: Vec<_> =
        outbox.iter().map(|message| (message.send, message.receiver, message.bytes.as_slice())).collect();
    assert_eq!(
        left,
        [
            (send, Partij::Aanbieder(agb(0)), &b"A1"[..]),
            (send + 1, Partij::Gemeente(gemeente(0)), &b"<bericht/>"[..])
        ]
    );
    let items = store.work(true).await.unwrap();
    assert_eq!(items[0].item, work_item("Beoordeel dit verzoek."));
    assert_eq!((items[0].id, items[0].arrival, items[0].made), (work, Some(first), moment(1)));
    let journal = store.journal(0, ALL).await.unwrap();
    let last = journal.last().unwrap();
    assert_eq!(last.entry, entry(last.entry.journal, JournalKind::Bericht, Some(first)));
    let message = last.message.as_ref().unwrap();
    assert_eq!((&*message.bytes.bytes().unwrap(), message.name.as_str()), (&b"<bericht/>"[..], "een.xml"));
    let inbox: Vec<_> = store.inbox(0, ALL).await.unwrap().iter().map(|taken| taken.arrival).collect();
    assert_eq!((inbox, store.inbox(first, ALL).await.unwrap().len()), (vec![first], 0));
    // What leaves knows when the message was received to the millisecond; deciding looks at seconds.
    let received = Some(moment(0) + chrono::TimeDelta::milliseconds(345));
    assert!(outbox.iter().all(|sent| sent.received == received));
    assert_eq!(store.inbox(0, ALL).await.unwrap()[0].received, moment(0));
}

/// What was published stays so until it is asked for again, with the same bytes and number.
async fn outbox_publishes_once<S: Store>(store: &S) {
    let first = ingest_one(store, b"<verzend/>").await;
    let mut batch = store.begin().await.unwrap();
    let answers = vec![answer("X1"), answer("X2")];
    let judged = decided(&mut batch, first, Decision { answers, ..Decision::of(Verdict::Accepted) }, "{}");
    let send = judged.first_send;
    batch.record(judged);
    batch.commit().await.unwrap();
    assert_eq!(store.unpublished(ALL, &[]).await.unwrap()[0].cause.as_deref(), Some("een.xml"));
    let blocked = [Partij::Aanbieder(agb(0))];
    assert!(store.unpublished(ALL, &blocked).await.unwrap().is_empty(), "all are for one receiver");
    store.mark_published(&[send]).await.unwrap();
    let left: Vec<_> = store.unpublished(ALL, &[]).await.unwrap().into_iter().map(|sent| sent.send).collect();
    assert_eq!(left, [send + 1]);
    store.mark_published(&[send + 1]).await.unwrap();
    // How long its sender waited is told once; a number that nobody has is nothing.
    store.resend(&[send, send + 2]).await.unwrap();
    let again = store.unpublished(ALL, &[]).await.unwrap();
    assert_eq!((again.len(), &again[0].bytes[..], again[0].received), (1, &b"X1"[..], None));
    store.resend(&[send]).await.unwrap();
    store.mark_published(&[send]).await.unwrap();
    assert!(store.unpublished(ALL, &[]).await.unwrap().is_empty());
    let found = store.find_sent("X2").await.unwrap();
    assert_eq!((found.len(), found[0].send, found[0].published), (1, send + 1, true));
    assert_eq!(store.sent(send + 1).await.unwrap().unwrap().identificatie, "X2");
}

/// Parked messages are kept with their notice, judged again on request, or never.
async fn parked_messages_wait<S: Store>(store: &S) {
    let first = ingest_one(store, b"<kapot>").await;
    let mut batch = store.begin().await.unwrap();
    let numbers = batch.numbers();
    let parked = Parked {
        entry: entry(numbers.draw_journal(), JournalKind::Parkeren, Some(first)),
        message: None,
        reason: "Het bericht is geen XML.".into(),
        notice: Some(b"<Fo01/>".to_vec()),
        work: vec![work_item("Bekijk het bericht.")],
        first_send: 0,
        first_work: numbers.draw_work(1),
        outcome_json: "{\"verdict\":\"parked\"}".into(),
    };
    batch.park(parked);
    batch.commit().await.unwrap();
    assert!(store.take(ALL).await.unwrap().is_empty());
    let list = store.parked().await.unwrap();
    assert_eq!((list[0].arrival, list[0].reason.as_str()), (first, "Het bericht is geen XML."));
    let content = store.parked_content(first).await.unwrap().unwrap();
    assert_eq!(content.notice.as_deref(), Some(&b"<Fo01/>"[..]));
    assert_eq!(
        (content.bytes.as_slice(), content.outcome.as_str()),
        (&b"<kapot>"[..], "{\"verdict\":\"parked\"}")
    );

    let unpark = async |retry: bool| {
        let mut batch = store.begin().await.unwrap();
        let mut besluit = entry(batch.numbers().draw_journal(), JournalKind::Besluit, Some(first));
        (besluit.who, besluit.why) = (Some("J. Jansen".into()), Some("hersteld".into()));
        batch.unpark(besluit, retry).await?;
        batch.commit().await
    };
    unpark(true).await.unwrap();
    assert_eq!(store.take(ALL).await.unwrap()[0].times_in_hand, 0);
    assert!(matches!(unpark(false).await, Err(StoreError::NotParked(arrival)) if arrival == first));
    let journal = store.journal(0, ALL).await.unwrap();
    assert_eq!(journal.last().unwrap().entry.who.as_deref(), Some("J. Jansen"));
}

/// A work item is closed once, by somebody, for a reason.
async fn work_is_closed_once<S: Store>(store: &S) {
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
    let judged = decided(&mut batch, first, decision, "{}");
    let id = judged.first_work;
    batch.record(judged);
    batch.commit().await.unwrap();
    let items: Vec<_> = store.work(true).await.unwrap().into_iter().map(|item| item.item).collect();
    assert_eq!(items, work);

    let close = async |id: i64| {
        let mut batch = store.begin().await.unwrap();
        let decision = entered(&mut batch, Vec::new());
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

fn boeking(nummer: &str, soort: BoekingSoort, cents: i64) -> Change {
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
async fn held_lines_know_their_release<S: Store>(store: &S) {
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
async fn money_is_paid_once<S: Store>(store: &S) {
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

/// The same content is no new version; a budget that is new starts with what was booked.
async fn register_has_versions<S: Store>(store: &S) {
    let line = Prestatie { assignment: 1, reference: 1, ..Prestatie::default() };
    let other = Prestatie { assignment: 2, reference: 2, ..Prestatie::default() };
    let lines = vec![line.booked(), other.booked()];
    assign(store, &[1, 2]).await;
    change(store, vec![Change::PrestatiesGeboekt(lines)]).await.unwrap();
    let scope = |sleutel: &str, bsn: Option<Bsn>, tot: u32| BudgetScope {
        sleutel: sleutel.into(),
        gemeente: Some(gemeente(0)),
        bsn,
        aanbieder: None,
        categorie: None,
        van: day(0),
        tot: day(tot),
    };
    let import = async |content: &str, budgets: Vec<BudgetScope>| {
        let mut batch = store.begin().await.unwrap();
        let entry = entry(batch.numbers().draw_journal(), JournalKind::Contract, None);
        let digest = Sha256::digest(content).into();
        let sources = vec![RegisterSource { name: "tarieven.csv".into(), bytes: content.into() }];
        let version =
            batch.import_register(entry, RegisterImport { digest, sources, budgets }).await.unwrap();
        batch.commit().await.unwrap();
        version
    };
    assert_eq!(store.register(RegisterAt::Latest).await.unwrap(), None);
    let budgets =
        vec![scope("alles", None, 400), scope("client", Some(bsn(1)), 400), scope("later", None, 0)];
    assert_eq!(import("een", budgets.clone()).await, 1);
    assert_eq!(import("een", Vec::new()).await, 1);
    let spend = Change::BudgetBesteed { sleutel: "client".into(), bedrag: Cents(5) };
    change(store, vec![spend]).await.unwrap();
    assert_eq!(import("twee", budgets).await, 2);
    let mut keys = FactKeys::default();
    keys.budgetten.extend(["alles".into(), "client".into(), "later".into(), "onbekend".into()]);
    let known = store.begin().await.unwrap().load(&keys).await.unwrap().budget_standen;
    assert_eq!((known["alles"], known["client"], known["later"]), (Cents(2 * 4500), Cents(4505), Cents(0)));
    assert!(!known.contains_key("onbekend"));

    let versions = store.register_versions().await.unwrap();
    assert_eq!(versions.iter().map(|info| info.version).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(versions[0].names, ["tarieven.csv"]);
    let at = async |at| store.register(at).await.unwrap().map(|version| version.sources[0].bytes.clone());
    assert_eq!(at(RegisterAt::Latest).await.unwrap(), b"twee");
    assert_eq!(at(RegisterAt::Journal(versions[1].journal - 1)).await.unwrap(), b"een");
    assert_eq!(at(RegisterAt::Journal(versions[0].journal - 1)).await, None);
    assert_eq!(at(RegisterAt::Version(1)).await.unwrap(), b"een");
    assert_eq!(at(RegisterAt::Moment(moment(1))).await.unwrap(), b"twee");
    assert_eq!(at(RegisterAt::Moment(moment(0))).await, None);
}

/// Only the open debits of the assignment that run past the day.
async fn debits_past_a_day_are_found<S: Store>(store: &S) {
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
async fn debits_on_a_day_are_found_as_lines<S: Store>(store: &S) {
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
async fn what_is_spent_in_one_transaction_counts_once<S: Store>(store: &S) {
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
async fn second_wall_holds<S: Store>(store: &S) {
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
async fn care_before_2021_is_apart<S: Store>(store: &S) {
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

/// A line of an invented claim.
#[derive(Debug, Clone, Default)]
struct Prestatie {
    assignment: u32,
    period: u32,
    reference: u32,
    credits: Option<u32>,
    rejected: bool,
}

impl Prestatie {
    fn booked(&self) -> GeboektePrestatie {
        let credit = self.credits.is_some();
        GeboektePrestatie {
            relatie: relatie(0),
            bsn: bsn(self.assignment as usize),
            referentie: reference(self.reference),
            vorig_referentie: self.credits.map(reference),
            toewijzing: ToewijzingNummer(self.assignment),
            categorie: ProductCategorie::parse("45").unwrap(),
            code: ProductCode::parse("4\"é\\5").unwrap(),
            begin: day(1 + self.period * 31),
            eind: day(20 + self.period * 31),
            volume: 30,
            eenheid: Eenheid::Uur,
            tarief: Some(Cents(150)),
            bedrag: Cents(4500),
            debet_credit: if credit { DebetCredit::Credit } else { DebetCredit::Debet },
            toegekend: !self.rejected,
            gecrediteerd: false,
            vastgehouden: self.period == 1,
        }
    }
}

fn reference(number: u32) -> Box<str> {
    format!("ref \"{number}\" [é]").into()
}

/// One invented step; what it becomes depends on what happened before, so that it is always legal.
#[derive(Debug, Clone)]
enum Step {
    Identificatie(u32),
    Client(usize),
    Toewijzing { number: u32, variant: u8 },
    Ontvangst { number: u32, ontvangst: u8 },
    Verzoek { number: u32, client: usize },
    Antwoord { number: u32, status: u8 },
    Declaratie { lines: Vec<(u32, u32, bool)> },
    Credit { nth: usize },
    Budget { number: u32, cents: i64 },
    Nummers { number: u32, next: i64 },
    Verzonden(u32),
    Retour { number: u32, accepted: bool },
    Boeking(i64),
    Vrijgeven,
    Melding { number: u32, stop: bool, removed: bool },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let small = 0..4_u32;
    let step = prop_oneof![
        1 => small.clone().prop_map(Step::Identificatie),
        1 => (0..3_usize).prop_map(Step::Client),
        3 => (small.clone(), any::<u8>()).prop_map(|(number, variant)| Step::Toewijzing { number, variant }),
        1 => (small.clone(), 0..3_u8).prop_map(|(number, ontvangst)| Step::Ontvangst { number, ontvangst }),
        1 => (small.clone(), 0..3_usize).prop_map(|(number, client)| Step::Verzoek { number, client }),
        1 => (small.clone(), 0..4_u8).prop_map(|(number, status)| Step::Antwoord { number, status }),
        4 => prop::collection::vec((small.clone(), 0..3_u32, any::<bool>()), 1..6)
            .prop_map(|lines| Step::Declaratie { lines }),
        3 => (0..20_usize).prop_map(|nth| Step::Credit { nth }),
        1 => (small.clone(), -50..50_i64).prop_map(|(number, cents)| Step::Budget { number, cents }),
        1 => (small.clone(), 1..99_i64).prop_map(|(number, next)| Step::Nummers { number, next }),
        1 => small.clone().prop_map(Step::Verzonden),
        1 => (small, any::<bool>()).prop_map(|(number, accepted)| Step::Retour { number, accepted }),
        1 => (-50..50_i64).prop_map(Step::Boeking),
        1 => Just(Step::Vrijgeven),
        2 => (0..4_u32, any::<bool>(), any::<bool>())
            .prop_map(|(number, stop, removed)| Step::Melding { number, stop, removed }),
    ];
    prop::collection::vec(step, 1..40)
}

/// Makes changes of steps.
#[derive(Default)]
struct Maker {
    references: u32,
    claims: u32,
    /// Granted debits that were not credited: assignment, period, reference.
    open: Vec<(u32, u32, u32)>,
    assignments: BTreeSet<u32>,
    /// Requests that were honoured or refused: nothing answers them again.
    closed: BTreeSet<u32>,
}

impl Maker {
    fn changes(&mut self, step: &Step) -> Vec<Change> {
        match step {
            Step::Identificatie(number) => vec![Change::IdentificatieGebruikt {
                afzender: Partij::Aanbieder(agb(*number)),
                soort: BerichtSoort::Jw315,
                identificatie: format!("I{number}").into(),
            }],
            Step::Client(number) => vec![Change::ClientBekend { gemeente: gemeente(0), bsn: bsn(*number) }],
            Step::Toewijzing { number, variant } => {
                self.assignments.insert(*number);
                vec![Change::ToewijzingOpgeslagen(Box::new(toewijzing(*number, *variant)))]
            }
            Step::Declaratie { lines } => self.declaratie(lines),
            Step::Credit { nth } => self.credit(*nth),
            Step::Antwoord { number, .. } if self.closed.contains(number) => Vec::new(),
            Step::Antwoord { number, status } if *status > 1 => {
                self.closed.insert(*number);
                vec![simple(step)]
            }
            Step::Verzoek { number, .. } => {
                self.closed.remove(number);
                vec![simple(step)]
            }
            other => vec![simple(other)],
        }
    }

    fn declaratie(&mut self, lines: &[(u32, u32, bool)]) -> Vec<Change> {
        let mut booked = Vec::new();
        for (assignment, period, rejected) in lines {
            self.references += 1;
            let taken = self.open.iter().any(|(a, p, _)| (a, p) == (assignment, period));
            let rejected = *rejected || taken || !self.assignments.contains(assignment);
            if !rejected {
                self.open.push((*assignment, *period, self.references));
            }
            let (assignment, period, reference) = (*assignment, *period, self.references);
            booked.push(Prestatie { assignment, period, reference, rejected, credits: None }.booked());
        }
        self.claim(booked)
    }

    fn credit(&mut self, nth: usize) -> Vec<Change> {
        if self.open.is_empty() {
            return Vec::new();
        }
        let (assignment, period, debit) = self.open.remove(nth % self.open.len());
        self.references += 1;
        let (reference, credits) = (self.references, Some(debit));
        self.claim(vec![Prestatie { assignment, period, reference, credits, rejected: false }.booked()])
    }

    fn claim(&mut self, booked: Vec<GeboektePrestatie>) -> Vec<Change> {
        self.claims += 1;
        let declaratie = GeboekteDeclaratie {
            relatie: relatie(0),
            nummer: format!("D{}", self.claims).into(),
            periode_begin: booked[0].begin,
            ingediend: Cents(1),
            toegekend: Cents(-2),
        };
        vec![Change::PrestatiesGeboekt(booked), Change::DeclaratieGeboekt(Box::new(declaratie))]
    }
}

fn simple(step: &Step) -> Change {
    match step {
        Step::Ontvangst { number, ontvangst } => Change::ToewijzingOntvangst {
            gemeente: gemeente(0),
            nummer: ToewijzingNummer(*number),
            ontvangst: [Ontvangst::Verzonden, Ontvangst::Vastgehouden, Ontvangst::Afgewezen]
                [usize::from(*ontvangst)],
        },
        Step::Verzoek { number, client } => Change::VerzoekGeopend(Box::new(Verzoek {
            aanbieder: agb(0),
            referentie: reference(*number),
            gemeente: gemeente(0),
            // The client of a request never changes.
            bsn: bsn(*number as usize % 3),
            soort: if *client == 0 { VerzoekSoort::Toewijzing } else { VerzoekSoort::Wijziging },
            bericht: 4,
            dagtekening: day(1),
            ontvangen: day(2),
            status: VerzoekStatus::Open,
        })),
        Step::Antwoord { number, status } => Change::VerzoekBeantwoord {
            aanbieder: agb(0),
            referentie: reference(*number),
            status: [
                VerzoekStatus::Open,
                VerzoekStatus::InOnderzoek,
                VerzoekStatus::Gehonoreerd,
                VerzoekStatus::Afgewezen,
            ][usize::from(*status)],
        },
        Step::Budget { number, cents } => {
            Change::BudgetBesteed { sleutel: format!("budget {number}").into(), bedrag: Cents(*cents) }
        }
        Step::Nummers { number, next } => Change::NummersGebruikt {
            gemeente: gemeente(*number),
            reeks: Reeks::Identificatie,
            volgende: *next,
        },
        Step::Verzonden(number) => Change::Verzonden(Verzonden {
            soort: BerichtSoort::Jw301,
            relatie: relatie(*number),
            identificatie: format!("V{number}").into(),
            toewijzingen: (0..*number)
                .map(|number| VerzondenVersie {
                    nummer: ToewijzingNummer(number),
                    bericht: (number > 0).then_some(i64::from(number) * 7),
                })
                .collect(),
            verzoeken: (0..*number)
                .map(|number| VerzondenAntwoord {
                    referentie: reference(number),
                    eerder: VerzoekStatus::Open,
                    nu: VerzoekStatus::Gehonoreerd,
                })
                .collect(),
            aanvaard: None,
        }),
        Step::Retour { number, accepted } => Change::RetourOntvangen {
            soort: BerichtSoort::Jw301,
            relatie: relatie(*number),
            identificatie: format!("V{number}").into(),
            aanvaard: *accepted,
        },
        Step::Boeking(cents) => boeking("D1", BoekingSoort::Vastgehouden, *cents),
        Step::Melding { number, stop, removed } => melding(*number, *stop, *removed),
        _ => Change::Vrijgegeven { aanbieder: agb(0), declaratie_nummer: "D1".into() },
    }
}

/// A start or stop, with or without assignment and product, reported or removed.
fn melding(number: u32, stop: bool, removed: bool) -> Change {
    let categorie = ProductCategorie::parse("05").unwrap();
    let code = (number == 3).then(|| ProductCode::parse("45A03").unwrap());
    let levering = LeveringSleutel {
        toewijzing: (number > 0).then_some(ToewijzingNummer(number)),
        product: (number != 1).then_some(ProductSleutel { categorie, code }),
        begin: day(number),
    };
    let einde = stop.then(|| Einde { einddatum: day(9), reden: "20".into() });
    let melding = Box::new(Melding { levering, einde });
    let (relatie, bsn) = (relatie(0), bsn(number as usize % 3));
    if removed {
        Change::LeveringVerwijderd { relatie, bsn, melding }
    } else {
        Change::LeveringGemeld { relatie, bsn, melding, bericht: 7 }
    }
}

/// An assignment in one of many shapes; its client never changes.
fn toewijzing(number: u32, variant: u8) -> Toewijzing {
    let has = |bit: u8| variant & (1 << bit) != 0;
    let code = has(1).then(|| ProductCode::parse("45A03").unwrap());
    Toewijzing {
        gemeente: gemeente(0),
        nummer: ToewijzingNummer(number),
        aanbieder: agb(0),
        bsn: bsn(number as usize % 3),
        product: has(0).then(|| ProductSleutel { categorie: ProductCategorie::parse("05").unwrap(), code }),
        toewijzingsdatum: day(u32::from(variant)),
        toewijzingstijd: "12:34:56".into(),
        ingangsdatum: day(0),
        einddatum: has(2).then(|| day(300)),
        reden_wijziging: has(3).then_some(RedenWijziging::Verwijderd),
        omvang: has(4).then_some(Omvang {
            volume: 60,
            eenheid: Eenheid::Uur,
            frequentie: Frequentie::PerWeek,
        }),
        budget: has(5).then_some(Cents(1_000_000)),
        referentie_aanbieder: has(6).then(|| reference(number)),
        commentaar: has(7).then(|| "Regel één\nregel \"twee\"".into()),
        bericht: i64::from(variant),
        ontvangst: Ontvangst::Verzonden,
        vorige: (0..i64::from(variant % 3))
            .map(|bericht| VorigeVersie {
                bericht,
                moment: has(6).then(|| (day(0), "11:00:00".into())),
                einddatum: has(1).then(|| day(200)),
                reden_wijziging: has(0).then_some(RedenWijziging::GeinitieerdDoorAanbieder),
                omvang: has(2).then_some(Omvang {
                    volume: 90,
                    eenheid: Eenheid::Minuut,
                    frequentie: Frequentie::PerMaand,
                }),
                budget: has(3).then_some(Cents(250)),
            })
            .collect(),
        besteed: Besteding::default(),
    }
}

fn identificaties(aantal: u32) -> Identificaties {
    Identificaties { van: 800_000_001, tot: 999_999_999, aantal }
}

/// Every key that the steps may touch.
fn every_key() -> FactKeys {
    let mut keys = FactKeys::default();
    for number in 0..4 {
        let identificatie = format!("I{number}").into();
        keys.identificaties.insert((Partij::Aanbieder(agb(number)), BerichtSoort::Jw315, identificatie));
        keys.toewijzingen.push((gemeente(0), ToewijzingNummer(number)));
        keys.verzoeken.insert((agb(0), reference(number)));
        keys.budgetten.insert(format!("budget {number}").into());
        keys.nummers.insert(gemeente(number), identificaties(1));
        keys.verzonden.insert((BerichtSoort::Jw301, relatie(number), format!("V{number}").into()));
        for period in 0..3 {
            let (assignment, period) = (number, period);
            keys.debets
                .push(Prestatie { assignment, period, ..Prestatie::default() }.booked().debet_sleutel());
        }
        keys.debets_na.insert((gemeente(0), ToewijzingNummer(number), day(0)));
        let begins = (0..3).map(|period| Prestatie { period, ..Prestatie::default() }.booked().begin);
        keys.debets_op.extend(begins.map(|begin| (gemeente(0), ToewijzingNummer(number), begin)));
    }
    for client in 0..3 {
        keys.clienten.insert((gemeente(0), bsn(client)));
        keys.bekende_clienten.push((gemeente(0), bsn(client)));
        keys.open_verzoeken.insert((relatie(0), bsn(client)));
        keys.leveringen.insert((relatie(0), bsn(client)));
    }
    keys.laatste_perioden.insert(relatie(0));
    keys.declaratie_nummers.extend((1..60).map(|number| (agb(0), format!("D{number}").into())));
    keys.prestaties.extend((1..250).map(|number| (agb(0), reference(number))));
    keys
}

/// A working set as text in a fixed order.
fn canonical(known: &WorkingSet) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |kind: &str, text: String| lines.push(format!("{kind} {text}"));
    known.identificaties.iter().for_each(|key| add("identificatie", format!("{key:?}")));
    for ((gemeente, bsn), client) in &known.clienten {
        let jw301 = client.jw301.as_deref().map(String::from_utf8_lossy);
        add("client", format!("{gemeente} {} {jw301:?}", bsn.as_str()));
    }
    known
        .toewijzingen
        .iter()
        .for_each(|(key, row)| add("toewijzing", format!("{key:?} {row:?} {}", row.bsn.as_str())));
    for ((gemeente, bsn), numbers) in &known.toewijzingen_van {
        add("van", format!("{gemeente} {} {numbers:?}", bsn.as_str()));
    }
    known
        .verzoeken
        .iter()
        .for_each(|(key, row)| add("verzoek", format!("{key:?} {row:?} {}", row.bsn.as_str())));
    for ((relatie, bsn), open) in known.open_verzoeken.iter().filter(|(_, open)| !open.is_empty()) {
        add("open", format!("{relatie:?} {} {open:?}", bsn.as_str()));
    }
    for ((relatie, bsn), reports) in &known.leveringen {
        if *reports != Leveringen::default() {
            add("levering", format!("{relatie:?} {} {reports:?}", bsn.as_str()));
        }
    }
    known.declaratie_nummers.iter().for_each(|key| add("declaratie", format!("{key:?}")));
    known.laatste_periode.iter().for_each(|row| add("periode", format!("{row:?}")));
    for row in known.prestaties.values() {
        add("prestatie", format!("{row:?} {}", row.bsn.as_str()));
    }
    known.open_debets.iter().for_each(|key: &DebetSleutel| add("debet", format!("{key:?}")));
    known.budget_standen.iter().for_each(|row| add("budget", format!("{row:?}")));
    known.nummers.iter().for_each(|row| add("nummer", format!("{row:?}")));
    known.verzonden.iter().for_each(|row| add("verzonden", format!("{row:?}")));
    lines.sort();
    lines
}

/// Changes applied in memory and read back from the store are the same, however they are divided
/// over messages and batches.
async fn changes_come_back<S: Store>(store: &S, steps: &[Step], per_batch: usize) {
    let mut expected = WorkingSet::default();
    let mut maker = Maker::default();
    for (number, steps) in steps.chunks(per_batch).enumerate() {
        let messages: Vec<Vec<u8>> =
            (0..steps.len()).map(|step| format!("<bericht nr=\"{number}.{step}\"/>").into_bytes()).collect();
        let arrivals = messages.iter().map(|bytes| arrival("stap.xml", bytes)).collect();
        let receipts = store.ingest(arrivals, true).await.unwrap();
        let mut batch = store.begin().await.unwrap();
        for ((step, receipt), bytes) in steps.iter().zip(receipts).zip(messages) {
            let Receipt::New { arrival } = receipt else { panic!("new bytes are new") };
            let changes = maker.changes(step);
            let bytes: Arc<[u8]> = bytes.into();
            expected.apply(&changes, &bytes);
            let judged =
                decided(&mut batch, arrival, Decision { changes, ..Decision::of(Verdict::Accepted) }, "{}");
            batch.record(judged);
        }
        batch.commit().await.unwrap();
        let known = store.begin().await.unwrap().load(&every_key()).await.unwrap();
        assert_eq!(canonical(&known), canonical(&expected));
    }
}

/// A claim comes back with its lines in file order.
async fn claim_has_its_lines<S: Store>(store: &S) {
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

/// What a batch wrote it finds again, and nobody does when it does not commit. Client data may stand in the
/// journal itself, and only judged messages say of whom messages were judged.
async fn a_batch_goes_on_after_writing<S: Store>(store: &S) {
    assign(store, &[0, 1, 2, 3]).await;
    let mut maker = Maker::default();
    maker.assignments.extend(0..4);
    let claims = [maker.declaratie(&[(0, 0, false), (1, 0, false)]), maker.declaratie(&[(2, 1, false)])];
    let client = Change::ClientBekend { gemeente: gemeente(0), bsn: bsn(0) };
    let keys = FactKeys {
        clienten: BTreeSet::from([(gemeente(0), bsn(0))]),
        declaratie_nummers: BTreeSet::from([(agb(0), "D1".into())]),
        ..FactKeys::default()
    };
    let before = store.dump().await.unwrap();
    for commits in [false, true] {
        let mut batch = store.begin().await.unwrap();
        assert_eq!(batch.judged_relaties().await.unwrap(), BTreeSet::new());
        let mut taken = entered(&mut batch, vec![client.clone()]);
        taken.entry.kind = JournalKind::Overname;
        taken.entry.body = Some(b"<toewijzing/>".to_vec());
        batch.enter(taken);
        for claim in claims.clone() {
            let entered = entered(&mut batch, claim);
            batch.enter(entered);
            batch.write().await.unwrap();
        }
        let known = batch.load(&keys).await.unwrap();
        assert!(known.declaratie_nummers.contains(&(agb(0), "D1".into())));
        let stand = &known.clienten[&(gemeente(0), bsn(0))];
        assert_eq!(stand.jw301.as_deref(), Some(&b"<toewijzing/>"[..]));
        if commits {
            batch.commit().await.unwrap();
        } else {
            drop(batch);
            assert_eq!(store.dump().await.unwrap(), before);
        }
    }
    assert_eq!(store.declaratie(agb(0), "D1").await.unwrap().unwrap().prestaties.len(), 2);
    assert_eq!(store.declaratie(agb(0), "D2").await.unwrap().unwrap().prestaties.len(), 1);
    let arrival = ingest_one(store, b"<bericht/>").await;
    let mut batch = store.begin().await.unwrap();
    let judged = decided(&mut batch, arrival, Decision::of(Verdict::Rejected), "{}");
    batch.record(judged);
    batch.write().await.unwrap();
    assert_eq!(batch.judged_relaties().await.unwrap(), BTreeSet::new(), "as if it had never been sent");
    batch.commit().await.unwrap();
    let arrival = ingest_one(store, b"<ander/>").await;
    let mut batch = store.begin().await.unwrap();
    let judged = decided(&mut batch, arrival, Decision::of(Verdict::Partial), "{}");
    batch.record(judged);
    batch.write().await.unwrap();
    assert_eq!(batch.judged_relaties().await.unwrap(), BTreeSet::from([relatie(0)]));
}

/// The right to publish is of one at a time.
/// Which numbers of a range a gemeente gave out itself: from the next free one on, of that gemeente alone.
async fn numbers_in_use_are_told<S: Store>(store: &S) {
    let assigned = |of: u32, number: u32| {
        let mut toewijzing = toewijzing(number, 0);
        toewijzing.gemeente = gemeente(of);
        Change::ToewijzingOpgeslagen(Box::new(toewijzing))
    };
    let used =
        Change::NummersGebruikt { gemeente: gemeente(0), reeks: Reeks::ToewijzingNummer, volgende: 503 };
    let taken = [(0, 502), (0, 503), (0, 505), (1, 504), (1, 999_999_999)];
    let mut changes: Vec<Change> = taken.iter().map(|(of, number)| assigned(*of, *number)).collect();
    changes.push(used);
    change(store, changes).await.unwrap();
    let mut keys = FactKeys::default();
    keys.nummers.extend([gemeente(0), gemeente(1)].map(|gemeente| (gemeente, identificaties(1))));
    keys.bezette_nummers.insert(gemeente(0), ToewijzingNummer(500));
    keys.bezette_nummers.insert(gemeente(1), ToewijzingNummer(504));
    let mut batch = store.begin().await.unwrap();
    let known = batch.load(&keys).await.unwrap();
    let expected = [(0, 503), (0, 505), (1, 504), (1, 999_999_999)];
    let expected = expected.map(|(of, number)| (gemeente(of), ToewijzingNummer(number)));
    assert_eq!(known.bezette_nummers.into_iter().collect::<Vec<_>>(), expected);
}

async fn one_at_a_time_publishes<S: Store>(store: &S) {
    let held = store.lock_publishing().await.unwrap();
    assert!(held.is_some());
    assert!(store.lock_publishing().await.unwrap().is_none());
    drop(held);
    for _ in 0..300 {
        if store.lock_publishing().await.unwrap().is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the right to publish was not given back");
}

/// What follows from a message that cannot be read.
pub fn parked(numbers: &mut Numbers, arrival: i64, notice: Vec<u8>) -> Parked {
    Parked {
        entry: entry(numbers.draw_journal(), JournalKind::Parkeren, Some(arrival)),
        message: None,
        reason: "Het bericht is niet te lezen.".to_owned(),
        notice: Some(notice),
        work: vec![],
        first_send: 0,
        first_work: numbers.draw_work(0),
        outcome_json: "{}".to_owned(),
    }
}

/// A notice waits until its sender has it; what waits is counted.
async fn notices_are_told_once<S: Store>(store: &S) {
    assert_eq!(store.stand(moment(1)).await.unwrap(), Stand::default());
    let first = ingest_one(store, b"<kapot>").await;
    let open = store.stand(moment(1)).await.unwrap();
    assert_eq!((open.waiting, open.oldest_waiting), (1, Some(moment(0))));
    let mut batch = store.begin().await.unwrap();
    let numbers = batch.numbers();
    let parked = parked(numbers, first, b"<foutbericht/>".to_vec());
    batch.park(parked);
    batch.commit().await.unwrap();
    let notices: Vec<_> =
        store.unsent_notices(0, ALL).await.unwrap().into_iter().map(Result::unwrap).collect();
    let told: Vec<_> = notices.iter().map(|notice| (notice.arrival, notice.bytes.as_slice())).collect();
    assert_eq!(told, [(first, &b"<foutbericht/>"[..])]);
    assert_eq!((notices[0].name.as_str(), notices[0].channel), ("een.xml", arrival("een.xml", b"").channel));
    let parked = store.stand(moment(1)).await.unwrap();
    assert_eq!((parked.waiting, parked.parked, parked.notices), (0, 1, 1));
    store.mark_notices_sent(&[first]).await.unwrap();
    assert!(store.unsent_notices(0, ALL).await.unwrap().is_empty());
    assert_eq!(store.stand(moment(1)).await.unwrap().notices, 0);
}

/// Every property, each on a new store.
/// Open work items close with the entry that settles what they are about; the others stay.
async fn work_closes_with_what_it_is_about<S: Store + ReportStore>(store: &S) {
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
    let judged = decided(&mut batch, arrived, decision, "{}");
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
    let unreturned = store.unreturned().await.unwrap();
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
    assert!(store.unreturned().await.unwrap().is_empty());
}

/// What parked a message closes when it is judged after all, and so does what tells of its term.
async fn work_of_parked_messages_closes<S: Store + ReportStore>(store: &S) {
    let parked = ingest_one(store, b"<geparkeerd/>").await;
    let waiting = store.unanswered().await.unwrap();
    assert_eq!((waiting.len(), waiting[0].arrival, &waiting[0].message), (1, parked, &None));
    let mut batch = store.begin().await.unwrap();
    let work = vec![NewWorkItem { voorstel: Voorstel::Kennisnemen, ..work_item("Er ontbreekt iets.") }];
    let decision = Decision { work, ..Decision::of(Verdict::Parked) };
    let judged = decided(&mut batch, parked, decision, "{}");
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
    let judged = decided(&mut batch, parked, Decision::of(Verdict::Accepted), "{}");
    batch.record(judged);
    batch.commit().await.unwrap();
    assert!(store.work(true).await.unwrap().is_empty());
    assert!(store.unanswered().await.unwrap().is_empty());
}

/// Reports read starts and stops in order, and only those with an assignment.
async fn deliveries_are_listed<S: Store + ReportStore>(store: &S) {
    let changes = vec![melding(0, false, false), melding(1, true, false), melding(1, false, false)];
    change(store, changes).await.unwrap();
    let listed = store.deliveries().await.unwrap();
    let stops: Vec<_> = listed.iter().map(|found| (found.toewijzing.0, found.einde.is_some())).collect();
    assert_eq!(stops, [(1, false), (1, true)]);
    assert_eq!((listed[0].begin, listed[0].gemeente), (day(1), gemeente(0)));
}

async fn conformance<S: Store + ReportStore, F: Future<Output = S>>(make: impl Fn() -> F) {
    inbox_knows_what_it_has(&make().await).await;
    known::known_is_bytes_and_sender(&make().await).await;
    known::stored_twice_at_once_it_is_one_message(&make().await).await;
    take_counts_what_is_in_hand(&make().await).await;
    claimed_messages_are_decided_once(&make().await).await;
    batch_is_all_or_nothing(&make().await).await;
    outbox_publishes_once(&make().await).await;
    parked_messages_wait(&make().await).await;
    work_is_closed_once(&make().await).await;
    money_is_paid_once(&make().await).await;
    held_lines_know_their_release(&make().await).await;
    register_has_versions(&make().await).await;
    debits_past_a_day_are_found(&make().await).await;
    debits_on_a_day_are_found_as_lines(&make().await).await;
    what_is_spent_in_one_transaction_counts_once(&make().await).await;
    second_wall_holds(&make().await).await;
    care_before_2021_is_apart(&make().await).await;
    claim_has_its_lines(&make().await).await;
    a_batch_goes_on_after_writing(&make().await).await;
    one_at_a_time_publishes(&make().await).await;
    numbers_in_use_are_told(&make().await).await;
    notices_are_told_once(&make().await).await;
    work_closes_with_what_it_is_about(&make().await).await;
    work_of_parked_messages_closes(&make().await).await;
    deliveries_are_listed(&make().await).await;
    strange::strange_questions_are_found_by_day(&make().await).await;
}

struct Folders(Vec<TempDir>);

impl Folders {
    fn new_path(&mut self) -> std::path::PathBuf {
        self.0.push(tempfile::tempdir().unwrap());
        self.0.last().unwrap().path().to_path_buf()
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

#[test]
fn sqlite_conforms() {
    let folders = std::sync::Mutex::new(Folders(Vec::new()));
    runtime().block_on(conformance(|| {
        let path = folders.lock().unwrap().new_path();
        async move { SqliteStore::open(&path).await.unwrap() }
    }));
}

#[test]
fn postgres_conforms() {
    let databases = std::sync::Mutex::new(Vec::new());
    runtime().block_on(conformance(|| {
        let database = TestDatabase::new();
        let settings = database.settings();
        databases.lock().unwrap().push(database);
        async move { PgStore::open(&settings).await.unwrap() }
    }));
}

#[test]
fn sqlite_gives_back_what_changed() {
    let runtime = runtime();
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&(steps(), 1..20_usize), |(steps, per_batch)| {
        let folder = tempfile::tempdir().unwrap();
        runtime.block_on(async {
            let store = SqliteStore::open(folder.path()).await.unwrap();
            changes_come_back(&store, &steps, per_batch).await;
            store.close().await;
        });
        Ok(())
    });
    checked.unwrap();
}

/// Workers take the messages of different aanbieders at the same time, and never those of one.
#[test]
fn postgres_gives_each_worker_its_own() {
    /// So few that two messages are no small batch, which one worker would take whole.
    const SHARED: TakeLimit = TakeLimit { messages: 4, ..ALL };
    let database = TestDatabase::new();
    runtime().block_on(async {
        let (one, other) = (database.open().await, database.open().await);
        one.ingest(vec![message_of("een", 1), message_of("twee", 2), message_of("weer", 1)], false)
            .await
            .unwrap();
        let mut first = one.claim(SHARED, &[]).await.unwrap().unwrap();
        assert_eq!(names(&mut first).await, ["een", "weer"]);
        let mut second = other.claim(SHARED, &[]).await.unwrap().unwrap();
        assert_eq!(names(&mut second).await, ["twee"]);
        assert!(other.claim(SHARED, &[]).await.unwrap().is_none(), "all is taken");
        drop(first);
        // The session of the first gives its locks free as soon as it is told; then they are for another.
        let third = database.open().await;
        for _ in 0..1000 {
            if let Some(mut claim) = third.claim(SHARED, &[]).await.unwrap() {
                assert_eq!(names(&mut claim).await, ["een"], "it was in hand before");
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("what a worker left was not given free");
    });
}

/// What a worker has at hand goes before what waits longer, and does not keep that waiting once it is alone.
#[test]
fn postgres_gives_a_worker_what_it_has_at_hand() {
    const ONE: TakeLimit = TakeLimit { messages: 1, ..ALL };
    let database = TestDatabase::new();
    runtime().block_on(async {
        let (one, other) = (database.open().await, database.open().await);
        let receipts = one.ingest(vec![message_of("een", 1), message_of("twee", 2)], false).await.unwrap();
        let Receipt::New { arrival: second } = receipts[1] else { panic!("new bytes are new") };
        let mut first = one.claim(ONE, &[second]).await.unwrap().unwrap();
        assert_eq!(names(&mut first).await, ["twee"]);
        let mut rest = other.claim(ONE, &[second]).await.unwrap().unwrap();
        assert_eq!(names(&mut rest).await, ["een"]);
    });
}

/// What waits from before its relatie was kept is decided alone, before anything else.
#[test]
fn postgres_decides_what_came_in_before_relaties_were_kept() {
    let database = TestDatabase::new();
    runtime().block_on(async {
        let store = database.open().await;
        let arrivals = vec![arrival("oud", b"<oud/>"), arrival("nieuw", b"<nieuw/>")];
        store.ingest(arrivals, false).await.unwrap();
        let mut connection = database.connect().await;
        let old = sqlx::query(
            "UPDATE wachtrij SET aanbieder = NULL WHERE aankomst = (SELECT aankomst FROM inkomend WHERE naam = 'oud')",
        );
        old.execute(&mut connection).await.unwrap();
        let mut claim = store.claim(ALL, &[]).await.unwrap().unwrap();
        assert_eq!(names(&mut claim).await, ["oud"]);
        let Claim { mut batch, messages, .. } = claim;
        batch.load(&FactKeys::default()).await.unwrap();
        let judged = decided(&mut batch, messages[0].arrival, Decision::of(Verdict::Accepted), "{}");
        assert_eq!(batch.settle_numbers().await.unwrap(), Moved::default());
        batch.record(judged);
        batch.commit().await.unwrap();
        assert_eq!(names(&mut claim_soon(&store).await).await, ["nieuw"]);
    });
}

/// What a process of before stored comes in its turn, and that it is in hand counts whatever becomes of the worker.
#[test]
fn postgres_takes_over_what_an_earlier_version_stored() {
    let database = TestDatabase::new();
    runtime().block_on(async {
        let store = database.open().await;
        store.ingest(vec![message_of("oud", 1), message_of("nieuw", 1)], false).await.unwrap();
        let mut connection = database.connect().await;
        let before = "UPDATE inkomend SET status = 'open' WHERE naam = 'oud';
            DELETE FROM wachtrij WHERE aankomst = (SELECT aankomst FROM inkomend WHERE naam = 'oud')";
        sqlx::raw_sql(before).execute(&mut connection).await.unwrap();
        let mut claim = store.claim(ALL, &[]).await.unwrap().unwrap();
        assert_eq!(names(&mut claim).await, ["oud", "nieuw"]);
        drop(claim);
        let mut claim = claim_soon(&store).await;
        assert_eq!(names(&mut claim).await, ["oud"], "what was in hand before comes alone");
        assert_eq!(claim.messages[0].times_in_hand, 1);
    });
}

/// The same steps come back from PostgreSQL, and both engines show the same state.
#[test]
fn postgres_gives_back_what_changed() {
    let runtime = runtime();
    let mut runner = TestRunner::new(Config { cases: 25, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&(steps(), 1..20_usize), |(steps, per_batch)| {
        let database = TestDatabase::new();
        let folder = tempfile::tempdir().unwrap();
        runtime.block_on(async {
            let store = database.open().await;
            changes_come_back(&store, &steps, per_batch).await;
            let embedded = SqliteStore::open(folder.path()).await.unwrap();
            changes_come_back(&embedded, &steps, per_batch).await;
            assert_eq!(different(&store, &embedded).await, None);
            embedded.close().await;
            store.close().await;
        });
        Ok(())
    });
    checked.unwrap();
}

/// What one process committed, the next finds; what it did not commit, is gone.
#[test]
fn sqlite_survives_being_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let first = runtime();
    let arrived = first.block_on(async {
        let store = SqliteStore::open(folder.path()).await.unwrap();
        let arrived = ingest_one(&store, b"<blijft/>").await;
        let mut batch = store.begin().await.unwrap();
        let judged = decided(&mut batch, arrived, Decision::of(Verdict::Accepted), "{}");
        batch.record(judged);
        std::mem::forget(batch);
        arrived
    });
    first.shutdown_background();
    let taken = runtime().block_on(async {
        let copy = tempfile::tempdir().unwrap();
        for name in ["happyflow.db", "happyflow.db-wal"] {
            std::fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
        }
        SqliteStore::open(copy.path()).await.unwrap().take(ALL).await.unwrap()
    });
    assert_eq!((taken[0].arrival, taken[0].times_in_hand), (arrived, 1));
}

/// A second cycle waits until the first is over.
#[test]
fn sqlite_runs_one_cycle_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let one = SqliteStore::open(folder.path()).await.unwrap();
        let other = SqliteStore::open(folder.path()).await.unwrap();
        let held = one.lock_cycle().await.unwrap();
        let mut second = std::pin::pin!(other.lock_cycle());
        assert!(tokio::time::timeout(Duration::from_millis(100), &mut second).await.is_err());
        drop(held);
        tokio::time::timeout(Duration::from_secs(30), second).await.unwrap().unwrap();
    });
}
