//! What every store must do, whatever the engine. One suite, generic over [`Store`].

mod changes;
mod inbox;
mod known;
mod money;
mod outbox;
mod register;
mod server;
mod strange;
mod work;

use crate::postgres::TestDatabase;
use crate::same_state::different;
use changes::{
    Prestatie, Step, a_batch_goes_on_after_writing, changes_come_back, numbers_in_use_are_told, simple,
    steps, toewijzing,
};
use happyflow::clock::Moment;
use happyflow::codes::{AgbCode, Bsn, Datum, GemeenteCode, ToewijzingNummer};
use happyflow::decide::{Decision, Outgoing, Requests, Verdict};
use happyflow::messages::{BerichtSoort, Envelope, Partij, Relatie};
use happyflow::money::Cents;
use happyflow::state::{
    Bedragen, Change, GeboekteDeclaratie, GeboektePrestatie, NewWorkItem, Voorstel, WorkReason,
};
use happyflow::store::postgres::PgStore;
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{
    Arrival, Batch, BatchNumbers, Claim, Decided, Entered, Entry, JournalKind, MessageMeta, Parked, Receipt,
    Store, StoreError, TakeLimit,
};
use inbox::{
    a_claim_takes_what_fits, batch_is_all_or_nothing, claimed_messages_are_decided_once,
    inbox_knows_what_it_has, parked_messages_wait,
};
use money::{
    an_item_about_payments_is_over_when_nothing_waits, care_before_2021_is_apart, claim_has_its_lines,
    debits_on_a_day_are_found_as_lines, debits_past_a_day_are_found, held_lines_know_what_became_of_them,
    money_is_paid_once, second_wall_holds, vasthouding, what_is_spent_in_one_transaction_counts_once,
};
use outbox::{notices_are_told_once, one_at_a_time_publishes, outbox_publishes_once};
use proptest::test_runner::{Config, TestRunner};
use register::{granted_lines_are_found, register_has_versions};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;
use tempfile::TempDir;
use work::{
    deliveries_are_listed, what_closes_lets_go_and_is_quiet_no_more, work_closes_with_what_it_is_about,
    work_has_notes_and_one_who_has_it, work_is_closed_once, work_is_of_who_acts_until_a_day,
    work_of_parked_messages_closes,
};

pub const ALL: TakeLimit = TakeLimit { messages: 1000, bytes: usize::MAX };

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
        role: kind.role(),
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
        bedragen: Bedragen { gevraagd: Some(Cents(5)), over: None },
        verzamel: None,
    }
}

/// A judged message; numbers are drawn from the batch.
fn decided(batch: &mut dyn Batch, arrival: i64, decision: Decision, json: &str) -> Decided {
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
fn entered(batch: &mut dyn Batch, changes: Vec<Change>) -> Entered {
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
    match store.ingest(vec![arrival("een.xml", bytes)]).await.unwrap()[..] {
        [Receipt::New { arrival }] => arrival,
        _ => panic!("new bytes are new"),
    }
}

async fn change<S: Store>(store: &S, changes: Vec<Change>) -> Result<(), StoreError> {
    let mut batch = store.begin().await?;
    let entered = entered(&mut *batch, changes);
    batch.enter(entered);
    batch.commit().await
}

/// Assignments to claim on: what is claimed on others is rejected before it comes here.
async fn assign<S: Store>(store: &S, numbers: &[u32]) {
    let stored = |number: &u32| Change::ToewijzingOpgeslagen(Box::new(toewijzing(*number, 0)));
    change(store, numbers.iter().map(stored).collect()).await.unwrap();
}

/// What a claim that was dropped held is free as soon as the database is told.
pub async fn claim_soon<S: Store>(store: &S) -> Claim {
    for _ in 0..2000 {
        if let Some(claim) = store.claim(ALL, &[]).await.unwrap() {
            return claim;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("a claim that was dropped was not given free");
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
    /// Lines that are or were held.
    held: BTreeSet<u32>,
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
            Step::Vast { number, .. } if self.held.insert(*number) => {
                let (sleutel, aanbieder) = (format!("budget {number}").into(), agb(number % 2));
                let held = vasthouding(*number, "D1", 70, &["a", "b"]);
                vec![
                    Change::Vastgehouden(Box::new(held)),
                    Change::LimietVast { sleutel, aanbieder, bedrag: Cents(i64::from(*number)) },
                ]
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

/// What follows from a message that cannot be read.
pub fn parked(numbers: &mut BatchNumbers, arrival: i64, notice: Vec<u8>) -> Parked {
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

async fn conformance<S: Store, F: Future<Output = S>>(make: impl Fn() -> F) {
    inbox_knows_what_it_has(&make().await).await;
    known::known_is_bytes_and_sender(&make().await).await;
    known::stored_twice_at_once_it_is_one_message(&make().await).await;
    a_claim_takes_what_fits(&make().await).await;
    claimed_messages_are_decided_once(&make().await).await;
    batch_is_all_or_nothing(&make().await).await;
    outbox_publishes_once(&make().await).await;
    parked_messages_wait(&make().await).await;
    work_is_closed_once(&make().await).await;
    work_has_notes_and_one_who_has_it(&make().await).await;
    work_is_of_who_acts_until_a_day(&make().await).await;
    what_closes_lets_go_and_is_quiet_no_more(&make().await).await;
    money_is_paid_once(&make().await).await;
    held_lines_know_what_became_of_them(&make().await).await;
    an_item_about_payments_is_over_when_nothing_waits(&make().await).await;
    register_has_versions(&make().await).await;
    granted_lines_are_found(&make().await).await;
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
        let judged = decided(&mut *batch, arrived, Decision::of(Verdict::Accepted), "{}");
        batch.record(judged);
        std::mem::forget(batch);
        arrived
    });
    first.shutdown_background();
    let claimed = runtime().block_on(async {
        let copy = tempfile::tempdir().unwrap();
        for name in ["happyflow.db", "happyflow.db-wal"] {
            std::fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
        }
        claim_soon(&SqliteStore::open(copy.path()).await.unwrap()).await.messages
    });
    assert_eq!((claimed[0].arrival, claimed[0].times_in_hand), (arrived, 0));
}

/// Who claims messages waits until those that another has are decided.
#[test]
fn on_sqlite_one_decides_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let one = SqliteStore::open(folder.path()).await.unwrap();
        let other = SqliteStore::open(folder.path()).await.unwrap();
        ingest_one(&one, b"<een/>").await;
        let held = claim_soon(&one).await;
        let mut second = std::pin::pin!(other.claim(ALL, &[]));
        assert!(tokio::time::timeout(Duration::from_millis(100), &mut second).await.is_err());
        drop(held);
        let second = tokio::time::timeout(Duration::from_secs(30), second).await.unwrap().unwrap();
        assert_eq!(second.unwrap().messages[0].times_in_hand, 1);
    });
}
