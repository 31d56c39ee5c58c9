//! What persons, terms, payments and imports decide, they decide with the contract register of that moment, however
//! long ago they began: an import beside them shows, and the journal decided again gives the same.

use crate::messages::{jw301, jw301_between};
use crate::office::{AANBIEDER, BSN, GEMEENTE, TARIEF, contracts};
use crate::postgres::TestDatabase;
use crate::same_state::different;
use crate::silent::Silent;
use crate::xml::{Line, jw315, jw323};
use happyflow::clock::Clock;
use happyflow::codes::RedenAfwijzingVerzoek;
use happyflow::config::{Betaling, Config};
use happyflow::decide::operator::Besluit;
use happyflow::office::core::Core;
use happyflow::office::operator::Person;
use happyflow::office::overname::TakeOverMode;
use happyflow::office::prepare::Incoming;
use happyflow::office::source;
use happyflow::office::{Office, OfficeError, PayError, Run, Settings};
use happyflow::replay::{Audit, Filter, Replay, settings};
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{Store, TakeLimit};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

pub trait Keeps: Store + Clone + 'static {}
impl<S: Store + Clone + 'static> Keeps for S {}

/// The first Identificatie of our answers once the region has other ranges.
const OTHER_RANGE: i64 = 950_000_001;

fn person() -> Person {
    Person { who: "A. Proef".to_owned(), second: None, why: "besproken".to_owned() }
}

/// Contracts, apart from that clients, and other ranges of numbers: files to take over.
pub fn files(folder: &Path) {
    let both = contracts(Some("NL13TEST0123456789"));
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    write("contracten.json", json!({"contracten": both["contracten"]}).to_string());
    write("clienten.json", json!({"clienten": both["clienten"]}).to_string());
    std::fs::create_dir(folder.join("regio")).unwrap();
    write("regio/regio.toml", format!("[[nummers]]\nidentificatie_van = {OTHER_RANGE}\n"));
}

/// One that works on a day, beside others.
pub async fn beside<S: Keeps>(store: &S, today: &str) -> Office {
    let settings = Settings::new(&Config::default(), Clock::Fixed(today.parse().unwrap()));
    Office::open(Arc::new(store.clone()), Arc::new(Silent), Core::STANDARD, settings).await.unwrap()
}

pub async fn send<S: Keeps>(store: &S, today: &str, name: &str, xml: String) {
    let office = beside(store, today).await;
    let incoming =
        Incoming { name: name.to_owned(), channel: None, claimed: None, bytes: xml.into_bytes().into() };
    Run::new(&office).process(vec![incoming]).await.unwrap();
}

pub fn request(name: &str, reference: &str, bsn: &str) -> String {
    let product = [(reference, "2025-01-01", "2025-12-31", 12)];
    jw315((AANBIEDER, GEMEENTE), name, "2025-01-06", bsn, &product)
}

/// Every entry was made with the newest register before it; deciding the journal again finds nothing, and gives the
/// same state.
pub async fn assert_sound<S: Keeps>(store: &S) {
    let versions = store.register_versions().await.unwrap();
    for record in store.journal(0, TakeLimit { messages: 1000, bytes: usize::MAX }).await.unwrap() {
        let entry = record.entry;
        let newest = versions.iter().rfind(|version| version.journal < entry.journal);
        assert_eq!(entry.register_version, newest.map_or(0, |version| version.version), "{entry:?}");
        assert_eq!(entry.role, entry.kind.role(), "{entry:?}");
    }
    let audit = Audit {
        core: Core::STANDARD,
        settings: settings(&Config::default()),
        filter: Filter::default(),
        newest: false,
    };
    let mut differences = Vec::new();
    audit.run(store, &mut |difference| differences.push(difference)).await.unwrap();
    assert_eq!(differences, []);
    let folder = tempfile::tempdir().unwrap();
    let into = SqliteStore::open(folder.path()).await.unwrap();
    let clock = Clock::Fixed("2031-01-01".parse().unwrap());
    let settings = Settings::new(&Config::default(), clock);
    Replay { core: Core::STANDARD, settings }.rebuild(store, &into).await.unwrap();
    assert_eq!(different(store, &into).await, None);
    into.close().await;
}

/// The Identificaties of our JW319s and JW301s, as numbers.
async fn identificaties<S: Keeps>(store: &S) -> Vec<i64> {
    let mut found = Vec::new();
    for send in 1..20 {
        let Some(sent) = store.sent(send).await.unwrap() else { continue };
        found.extend(sent.identificatie.parse::<i64>().ok().filter(|number| *number > 800_000_000));
    }
    found
}

async fn import_beside_everything<S: Keeps>(store: &S) {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let importer = beside(store, "2025-01-07").await;
    importer.import(&folder.path().join("contracten.json")).await.unwrap();
    importer.import(&folder.path().join("clienten.json")).await.unwrap();
    send(store, "2025-01-07", "v1.xml", request("V1", "REF1", BSN)).await;
    send(store, "2025-01-07", "v2.xml", request("V2", "REF2", "999900018")).await;
    send(store, "2025-01-07", "kapot.xml", "<kapot/>".to_owned()).await;
    let items = store.work(true).await.unwrap();
    assert_eq!(items.len(), 2);
    let terms = beside(store, "2025-01-14").await;
    let operator = beside(store, "2025-01-13").await;
    let other = beside(store, "2025-01-13").await;
    let taker = beside(store, "2026-02-13").await;

    importer.import(&folder.path().join("regio")).await.unwrap();
    let reden = Some(RedenAfwijzingVerzoek::PastNietBinnenContract);
    operator.decide_work(items[1].id, Besluit::Afwijzen { reden }, person()).await.unwrap();
    let passed = terms.pass_all_terms().await.unwrap();
    assert_eq!(passed.len(), 1, "{passed:?}");
    assert!(passed[0].outcome.is_ok(), "{passed:?}");
    // Those of both JW316s come before.
    assert_eq!(identificaties(store).await[2..], [OTHER_RANGE, OTHER_RANGE + 1]);
    let parked = store.parked().await.unwrap();
    other.discard(parked[0].arrival, person()).await.unwrap();
    std::fs::write(folder.path().join("oud.xml"), jw301_between("0150", "23456789", "77", 300_477)).unwrap();
    let sources = source::list(&folder.path().join("oud.xml"));
    let wijze = TakeOverMode { check: false, unanswered_granted: false };
    let totals = taker.take_over(&sources, wijze, || {}, |_| ControlFlow::Continue(())).await.unwrap();
    assert_eq!(totals.imported, 1);
    assert_sound(store).await;
}

async fn import_beside_a_payment<S: Keeps>(store: &S) {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let importer = beside(store, "2026-01-07").await;
    let penningmeester = beside(store, "2026-03-10").await;
    importer.import(&folder.path().join("contracten.json")).await.unwrap();
    importer.import(&folder.path().join("clienten.json")).await.unwrap();
    send(store, "2026-02-03", "t.xml", jw301("1", 300_401)).await;
    let line = Line {
        referentie: "R1".into(),
        vorig: None,
        toewijzing: 300_401,
        product: ("45", "45A04"),
        periode: ("2026-02-01".into(), "2026-02-28".into()),
        volume: 3,
        eenheid: "04",
        tarief: TARIEF,
    };
    let claim = jw323((AANBIEDER, GEMEENTE), "C1", "2026-03-02", ("2026-02-01", "2026-02-28"), BSN, &[line]);
    send(store, "2026-03-03", "c.xml", claim).await;
    let day = "2026-03-10".parse().unwrap();
    let planned = penningmeester.plan_payment(day, &Betaling::example()).await.unwrap();
    assert_eq!(planned.run.paid.len(), 1, "the accounts are those of now: {:?}", planned.run);
    // Another account may stand in what is taken over meanwhile.
    importer.import(&folder.path().join("regio")).await.unwrap();
    let refused = penningmeester.record_payment(&planned).await;
    assert!(matches!(refused, Err(OfficeError::Pay(PayError::OtherContracts))), "{refused:?}");
    assert!(store.payment_runs().await.unwrap().is_empty());
    let planned = penningmeester.plan_payment(day, &Betaling::example()).await.unwrap();
    penningmeester.record_payment(&planned).await.unwrap();
    assert_sound(store).await;
}

async fn two_imports<S: Keeps>(store: &S) {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let (one, other) = (beside(store, "2025-01-07").await, beside(store, "2025-01-07").await);
    let (late, later) = (beside(store, "2025-01-07").await, beside(store, "2025-01-07").await);
    one.import(&folder.path().join("contracten.json")).await.unwrap();
    let imported = other.import(&folder.path().join("clienten.json")).await.unwrap();
    assert_eq!(imported.version, Some(2));
    assert!(!imported.before.contracten().list().is_empty(), "on top of the first");
    assert!(!imported.after.contracten().list().is_empty());
    // At the same moment: whichever is first, the second is on top of it.
    let (regio, again) = (folder.path().join("regio"), folder.path().join("clienten.json"));
    let (first, second) = tokio::join!(late.import(&regio), later.import(&again));
    assert_eq!((first.unwrap().version, second.unwrap().version), (Some(3), None));
    assert_sound(store).await;
}

pub fn on_both(
    check: &impl AsyncFn(&SqliteStore),
    other: &impl AsyncFn(&happyflow::store::postgres::PgStore),
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (folder, database) = (tempfile::tempdir().unwrap(), TestDatabase::new());
    runtime.block_on(async {
        let store = SqliteStore::open(folder.path()).await.unwrap();
        check(&store).await;
        store.close().await;
        let store = database.open().await;
        other(&store).await;
        store.close().await;
    });
}

#[test]
fn what_is_decided_alone_is_decided_with_the_contracts_of_now() {
    on_both(&import_beside_everything, &import_beside_everything);
}

#[test]
fn a_payment_run_that_was_planned_with_other_contracts_is_refused() {
    on_both(&import_beside_a_payment, &import_beside_a_payment);
}

#[test]
fn two_imports_at_once_are_one_on_top_of_the_other() {
    on_both(&two_imports, &two_imports);
}
