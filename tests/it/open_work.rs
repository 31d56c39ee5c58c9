//! What lies open for people costs those who decide nothing: however many work items there are, a look at the terms
//! sends the same statements, and takes the turn to write only for what is due.

use crate::cli::{Run, command};
use crate::messages::jw301;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, contracts};
use crate::postgres::TestDatabase;
use crate::store_conformance::arrival;
use crate::xml::jw315;
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{Arrival, InboxStore, Store};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

const PLACE: [&str; 2] = ["--config", "config.toml"];
/// Of each of four kinds: 5,000 items.
const OF_EACH: u32 = 1_250;

/// Rows for work items that time does nothing to today: copies of the item 1, of which the term has passed, and of the
/// last one, of which it comes. The same text for both engines.
fn planted() -> String {
    let item = |first: u32, from: &str, voorstel: &str, sleutel: &str| {
        format!(
            "INSERT INTO werk (id, reden, gemeente, aanbieder, vervalt, verhaal, voorstel, voorstel_sleutel, status,
                journaal, aankomst, voorstel_reden)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {OF_EACH})
             SELECT {first} + i, reden, gemeente, aanbieder, vervalt, verhaal, {voorstel}, {sleutel}, 'open', journaal,
                aankomst, voorstel_reden FROM n, werk WHERE id = {from};"
        )
    };
    let request = |from: &str, key: &str| {
        format!(
            "INSERT INTO verzoek (aanbieder, referentie, gemeente, bsn, soort, journaal, dagtekening, ontvangen, status)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {OF_EACH})
             SELECT aanbieder, '{key}' || i, gemeente, bsn, soort, journaal, dagtekening, ontvangen, status
             FROM n, verzoek WHERE referentie = '{from}';"
        )
    };
    let last = "(SELECT max(id) FROM werk WHERE id < 1000000)";
    [
        item(1_000_000, "1", "'kennisnemen'", "NULL"),
        item(1_100_000, "1", "'vrijgeven'", "'D' || i"),
        // The gemeente looks into it since: the first term has passed, the second has not.
        request("REF1", "E"),
        item(1_200_000, "1", "voorstel", "'E' || i"),
        request("REF3", "L"),
        item(1_300_000, last, "voorstel", "'L' || i"),
    ]
    .concat()
}

fn send(office: &Office, today: &str, name: &str, bsn: &str, reference: &str) {
    let products = [(reference, "2025-01-01", "2025-12-31", 12)];
    let request = jw315((AANBIEDER, GEMEENTE), name, "2025-01-02", bsn, &products);
    let file = format!("{name}.xml");
    std::fs::write(office.folder().join(&file), request).unwrap();
    let process = ["process", "--json", "--today", today, "--contracts", "contracts.json", &file];
    office.expect(0, &[&process[..], &PLACE].concat());
}

/// What the terms do on a day, and the statements that are sent for it, in order.
fn due(office: &Office, today: &str) -> (usize, Vec<String>) {
    let mut command = command(office.folder());
    command.args(["work", "due", "--json", "--today", today]).args(PLACE);
    command.env("HAPPYFLOW_LOG", "sqlx::query=trace").env("NO_COLOR", "1");
    let run = Run::of(&command.output().unwrap());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = |line: &str| line.split_once("summary=")?.1.split(" db.").next().map(str::to_owned);
    // How many connections are made is luck.
    let statements = run.stderr.lines().filter_map(text).filter(|text| !text.contains("PRAGMA"));
    (run.lines().len(), statements.collect())
}

fn costs_nothing(settings: &str, plant: impl FnOnce(&Office, String)) {
    let office = Office::open(&contracts(None));
    std::fs::write(office.folder().join("config.toml"), format!("data = 'data'\n{settings}")).unwrap();
    send(&office, "2025-01-02", "V1", BSN, "REF1");
    assert_eq!(due(&office, "2025-01-09").0, 1);
    send(&office, "2025-01-09", "V2", "999900031", "REF2");
    send(&office, "2025-01-10", "V3", "999900043", "REF3");
    let (passed, before) = due(&office, "2025-01-14");
    assert_eq!(passed, 0);
    assert!(before.len() > 5, "{before:#?}");
    plant(&office, planted());
    let (passed, after) = due(&office, "2025-01-14");
    assert_eq!((passed, &after), (0, &before));
    // What is due is seen, and costs what it costs: a request, and the JW319 of the 9th that has no retour.
    let (passed, one) = due(&office, "2025-01-16");
    assert_eq!(passed, 2);
    assert!(one.len() > before.len() + 5 && one.len() < before.len() + 60, "{one:#?}");
}

#[test]
fn thousands_of_open_items_cost_no_statement_on_sqlite() {
    costs_nothing("", |office, sql| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = SqliteConnectOptions::new().filename(office.folder().join("data/happyflow.db"));
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
    });
}

#[test]
fn thousands_of_open_items_cost_no_statement_on_postgresql() {
    let database = TestDatabase::new();
    costs_nothing(&format!("[database]\nurl = '{}'\n", database.url()), |_, sql| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut connection = database.connect().await;
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        });
    });
}

/// What a service stored and did not decide, every command on the data folder decides first: in batches, so that at the
/// end of a month nobody waits for as many transactions as there are messages.
#[test]
fn a_backlog_is_decided_in_batches_before_a_command_begins() {
    let statements = [4, 64].map(|waiting: u32| {
        let office = Office::open(&contracts(None));
        std::fs::write(office.folder().join("config.toml"), "data = 'data'\n").unwrap();
        due(&office, "2026-02-03");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = office.folder().join("data");
        runtime.block_on(async {
            let store = SqliteStore::open(&folder).await.unwrap();
            let message = |number: u32| -> Arrival {
                arrival(&format!("{number}.xml"), jw301(&number.to_string(), 300_400 + number).as_bytes())
            };
            store.ingest((0..waiting).map(message).collect()).await.unwrap();
            store.close().await;
        });
        let (_, statements) = due(&office, "2026-02-03");
        runtime.block_on(async {
            let store = SqliteStore::open(&folder).await.unwrap();
            assert_eq!(store.overview().await.unwrap().waiting, 0, "{waiting} were decided");
            store.close().await;
        });
        statements.len()
    });
    let [few, many] = statements;
    assert!(few > 10 && many < few + 30, "{few} statements for 4 messages, {many} for 64");
}
