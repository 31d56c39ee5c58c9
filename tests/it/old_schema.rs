//! Today's program on tables of an earlier version that hold data: they are brought up to date while a process
//! of that version still stores messages, nothing is lost, and what follows is decided as if nothing had been.

use crate::faults::scene::{Sent, contracts, message};
use crate::postgres::TestDatabase;
use crate::same_state::{Dump, different};
use crate::silent::Silent;
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::disk::free_bytes;
use happyflow::messages::Partij;
use happyflow::office::core::Core;
use happyflow::office::intake;
use happyflow::office::prepare::Incoming;
use happyflow::office::{Office, Run, Settings};
use happyflow::replay::Replay;
use happyflow::store::postgres::PgStore;
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{InboxStatus, InboxStore, Store, TakeLimit};
use serde_json::Value;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqlSafeStr};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Before several workers, before what is newest.
const EARLIER: [Step; 2] = [Step::Number(8), Step::AllButNewest];

#[derive(Debug, Clone, Copy)]
enum Step {
    Number(i64),
    AllButNewest,
}

/// The steps that a program of an earlier version knew.
fn steps(engine: &str, until: Step) -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let mut files: Vec<(i64, String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let (number, name) = name.split_once('_').unwrap();
            (number.parse().unwrap(), name.replace('_', " "), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    match until {
        Step::Number(number) => files.retain(|file| file.0 <= number),
        Step::AllButNewest => files.truncate(files.len() - 1),
    }
    let step = |(number, name, sql): (i64, String, String)| {
        Migration::new(number, name.into(), MigrationType::Simple, AssertSqlSafe(sql).into_sql_str(), false)
    };
    Migrator::with_migrations(files.into_iter().map(step).collect())
}

fn settings() -> Settings {
    Settings::new(&Config::default(), Clock::Fixed("2026-03-03".parse().unwrap()))
}

fn incoming(numbers: Range<u32>) -> Vec<Incoming> {
    let incoming = |Sent { id, sender, bytes, .. }| {
        let channel = Partij::parse(&sender);
        Incoming { name: id, channel, claimed: None, bytes: Vec::into(bytes) }
    };
    numbers.map(message).map(incoming).collect()
}

/// Takes messages in and decides everything that waits.
async fn go_on<S: Store + 'static>(store: S, numbers: Range<u32>) {
    let office = Office::open(Arc::new(store), Arc::new(Silent), Core::STANDARD, settings()).await.unwrap();
    let mut run = Run::new(&office);
    run.decide_backlog().await.unwrap();
    if numbers.start == 0 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.json");
        std::fs::write(&path, contracts()).unwrap();
        office.import(&path).await.unwrap();
    }
    run.process(incoming(numbers)).await.unwrap();
}

/// Stored, and not decided yet.
async fn store_only<S: Store>(store: &S, numbers: Range<u32>) {
    intake::take_in(store, settings().clock.now(), incoming(numbers)).await.unwrap();
}

async fn assert_same<S: Store>(one: &S, other: &S, when: &str) {
    let rows = one.dump().await.unwrap().len();
    assert!(rows > 40, "{rows}");
    assert_eq!(different(one, other).await, None, "{when}");
}

/// What every message came to. Workers on a server need not draw the same numbers.
async fn outcomes(store: &PgStore) -> Vec<(String, InboxStatus, [Value; 3])> {
    let mut outcomes = Vec::new();
    for taken in store.inbox(0, TakeLimit { messages: 1000, bytes: usize::MAX }).await.unwrap() {
        let (status, line) = store.outcomes(&[taken.arrival]).await.unwrap().remove(&taken.arrival).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let said = ["verdict", "findings", "amounts"].map(|key| line[key].clone());
        outcomes.push((taken.name, status, said));
    }
    outcomes
}

/// Earlier versions kept no roles.
const NO_ROLES: &str = "UPDATE journaal SET rol = NULL";

/// What an earlier version booked without a ledger is taken up where other rules begin (`frozen_stores`); here the rules are the
/// same, so it is copied.
const LEDGER: [&str; 3] = ["overboeking", "grootboekstand", "betaling"];

/// No version ever read or wrote this table; today's does not have it any more.
const NEVER_USED: &str = "verwijderd";

/// State is the replay of the journal, also of what an earlier version decided.
async fn assert_replayed<S: Store>(store: &S) {
    let folder = tempfile::tempdir().unwrap();
    let into = SqliteStore::open(folder.path()).await.unwrap();
    let replay = Replay { core: Core::STANDARD, settings: settings() };
    replay.rebuild(store, &into).await.unwrap();
    assert_eq!(different(store, &into).await, None);
    into.close().await;
}

async fn sqlite(folder: &Path, create: bool) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("happyflow.db")).create_if_missing(create);
    SqliteConnection::connect_with(&options.foreign_keys(false)).await.unwrap()
}

async fn texts(connection: &mut SqliteConnection, sql: String) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Copies rows into the columns that a table of the earlier version has.
async fn copy_sqlite(connection: &mut SqliteConnection, table: &str, columns: &str, after: i64) {
    let key = if table == "archief" { "id" } else { "aankomst" };
    let those = if after > 0 { format!("WHERE {key} > {after}") } else { String::new() };
    let into = if columns == "*" { String::new() } else { format!("({columns})") };
    let sql = format!("INSERT INTO main.{table} {into} SELECT {columns} FROM today.{table} {those}");
    sqlx::query(AssertSqlSafe(sql)).execute(connection).await.unwrap();
}

async fn newest(connection: &mut SqliteConnection, table: &str, key: &str) -> i64 {
    let sql = format!("SELECT coalesce(max({key}), 0) FROM main.{table}");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await.unwrap()
}

async fn on_sqlite(until: Step) {
    let (today, earlier) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = SqliteStore::open(today.path()).await.unwrap();
    go_on(store.clone(), 0..24).await;
    let mut own = sqlite(today.path(), false).await;
    sqlx::raw_sql(NO_ROLES).execute(&mut own).await.unwrap();
    own.close().await.unwrap();
    // What the earlier version has of it.
    let mut old = sqlite(earlier.path(), true).await;
    steps("sqlite", until).run_direct(None, &mut old, false).await.unwrap();
    let attach = format!("ATTACH '{}' AS today", today.path().join("happyflow.db").display());
    sqlx::query(AssertSqlSafe(attach)).execute(&mut old).await.unwrap();
    let tables = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE '%sqlx%'
        AND name NOT LIKE 'sqlite_%'";
    let mut columns = std::collections::BTreeMap::new();
    for table in texts(&mut old, tables.to_owned()).await.into_iter().filter(|name| name != NEVER_USED) {
        let names = format!("SELECT group_concat(name) FROM pragma_table_info('{table}')");
        let names = texts(&mut old, names).await.remove(0);
        copy_sqlite(&mut old, &table, &names, 0).await;
        columns.insert(table, names);
    }
    // Today's program opens it; the earlier one is still there and stores messages.
    let migrated = SqliteStore::open(earlier.path()).await.unwrap();
    for table in LEDGER.into_iter().filter(|table| !columns.contains_key(*table)) {
        copy_sqlite(&mut old, table, "*", 0).await;
    }
    assert_same(&store, &migrated, "after the steps").await;
    let broken = "SELECT format('%s %s', \"table\", rowid) FROM pragma_foreign_key_check";
    assert_eq!(texts(&mut old, broken.to_owned()).await, Vec::<String>::new());
    let marks = [newest(&mut old, "archief", "id").await, newest(&mut old, "inkomend", "aankomst").await];
    store_only(&store, 24..32).await;
    for (table, mark) in ["archief", "inkomend"].into_iter().zip(marks) {
        copy_sqlite(&mut old, table, &columns[table], mark).await;
    }
    old.close().await.unwrap();
    for store in [&store, &migrated] {
        go_on(store.clone(), 32..48).await;
    }
    assert_same(&store, &migrated, "after it went on").await;
    assert_replayed(&migrated).await;
    store.close().await;
    migrated.close().await;
}

#[test]
fn sqlite_tables_of_an_earlier_version_go_on_as_if_nothing_had_been() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for until in EARLIER {
        runtime.block_on(on_sqlite(until));
    }
}

/// Nothing is begun that would fill the disk halfway.
#[test]
fn tables_are_not_brought_up_to_date_without_room_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut old = sqlite(folder.path(), true).await;
        steps("sqlite", Step::AllButNewest).run_direct(None, &mut old, false).await.unwrap();
        old.close().await.unwrap();
    });
    // As large as no disk has room for, without taking any.
    let database = std::fs::File::options().write(true).open(folder.path().join("happyflow.db")).unwrap();
    let length = database.metadata().unwrap().len();
    database.set_len(free_bytes(folder.path()).unwrap() + (1 << 40)).unwrap();
    let migrate = || crate::cli::run(folder.path(), &["migrate", "--data", "."]);
    let refused = migrate();
    assert_eq!(refused.code, Some(2), "{}", refused.stdout);
    assert!(refused.stderr.contains("te weinig ruimte op de schijf: nodig is"), "{}", refused.stderr);
    let doctor = crate::cli::run(folder.path(), &["doctor", "--data", "."]).stdout;
    assert!(doctor.contains("happyflow migrate"), "nothing was done: {doctor}");
    database.set_len(length).unwrap();
    assert_eq!(migrate().code, Some(0));
    let doctor = crate::cli::run(folder.path(), &["doctor", "--data", "."]).stdout;
    assert!(doctor.contains("stappen gedaan") && !doctor.contains("happyflow migrate"), "{doctor}");
}

/// Rows as JSON, of the columns that the other has.
async fn rows(connection: &mut PgConnection, table: &str, after: i64) -> String {
    let key = if table == "archief" { "id" } else { "aankomst" };
    let those = if after > 0 { format!("WHERE {key} > {after}") } else { String::new() };
    let sql = format!(
        "SELECT coalesce(json_agg(row_to_json(t)), '[]')::text FROM (SELECT * FROM {table} {those}) t"
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await.unwrap()
}

async fn insert(connection: &mut PgConnection, table: &str, columns: &str, rows: &str) {
    let sql = format!(
        "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
         SELECT {columns} FROM json_populate_recordset(null::{table}, $1::json)"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(rows).execute(connection).await.unwrap();
}

/// A process of the earlier version stores what today's process stored in `from` after these numbers of the archive and
/// of the inbox. To it, what waits is what is open in the inbox.
async fn stores_as_before(
    old: &mut PgConnection,
    from: &mut PgConnection,
    tables: &[(String, String)],
    marks: [i64; 2],
) {
    for (of, mark) in ["archief", "inkomend"].into_iter().zip(marks) {
        let (table, columns) = tables.iter().find(|(table, _)| table == of).unwrap();
        let rows = rows(from, table, mark).await;
        insert(old, table, columns, &rows).await;
    }
    // It draws the numbers of the archive from where today's process draws them.
    let drawn = "SELECT setval('reeks_archief', (SELECT max(id) FROM archief))";
    sqlx::query(drawn).execute(&mut *old).await.unwrap();
    let open = "UPDATE inkomend SET status = 'open' WHERE aankomst > $1";
    sqlx::query(open).bind(marks[1]).execute(old).await.unwrap();
}

/// A process of the earlier version looks up what it has by the bytes alone; what another stores at the same moment it
/// finds out by a key that is in use.
async fn stores_nothing_twice(old: &mut PgConnection) {
    const KNOWN: &str =
        "SELECT count(*) FROM inkomend k JOIN inkomend i ON i.sha256 = k.sha256 WHERE k.aankomst = 1";
    const AGAIN: &str = "INSERT INTO inkomend (aankomst, naam, kanaal, ontvangen, lengte, sha256, archief, status, pogingen)
        SELECT 1000000, naam, kanaal, ontvangen, lengte, sha256, archief, 'open', 0 FROM inkomend WHERE aankomst = 1";
    let known: i64 = sqlx::query_scalar(KNOWN).fetch_one(&mut *old).await.unwrap();
    assert_eq!(known, 1);
    let again = sqlx::query(AGAIN).execute(old).await.unwrap_err();
    assert!(again.as_database_error().unwrap().is_unique_violation(), "{again}");
}

async fn marks(old: &mut PgConnection) -> [i64; 2] {
    [
        sqlx::query_scalar("SELECT max(id) FROM archief").fetch_one(&mut *old).await.unwrap(),
        sqlx::query_scalar("SELECT max(aankomst) FROM inkomend").fetch_one(&mut *old).await.unwrap(),
    ]
}

async fn on_postgres(until: Step) {
    const TABLES: &str = "SELECT c.table_name::text, string_agg(quote_ident(c.column_name), ',')
        FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE '%sqlx%'
        GROUP BY c.table_name";
    const NUMBERS: &str = "SELECT sequencename::text, last_value FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL";
    let (today, earlier) = (TestDatabase::new(), TestDatabase::empty());
    let store = today.open().await;
    go_on(store.clone(), 0..24).await;
    let (mut from, mut old) = (today.connect().await, earlier.connect().await);
    sqlx::raw_sql(NO_ROLES).execute(&mut from).await.unwrap();
    steps("postgres", until).run_direct(None, &mut old, false).await.unwrap();
    sqlx::query("SET session_replication_role = replica").execute(&mut old).await.unwrap();
    let mut tables: Vec<(String, String)> = sqlx::query_as(TABLES).fetch_all(&mut old).await.unwrap();
    tables.retain(|(table, _)| table != NEVER_USED);
    for (table, columns) in &tables {
        let rows = rows(&mut from, table, 0).await;
        insert(&mut old, table, columns, &rows).await;
    }
    let numbers: Vec<(String, i64)> = sqlx::query_as(NUMBERS).fetch_all(&mut from).await.unwrap();
    for (name, value) in numbers {
        let set = "SELECT setval(s.sequencename::regclass, $2) FROM pg_sequences s WHERE s.sequencename = $1";
        sqlx::query(set).bind(name).bind(value).execute(&mut old).await.unwrap();
    }
    sqlx::query("SET session_replication_role = DEFAULT").execute(&mut old).await.unwrap();
    // A process of the earlier version stores messages: it is in the middle of that when today's program opens the
    // database (one waits for the other), and goes on with it.
    let before = marks(&mut old).await;
    store_only(&store, 24..32).await;
    let mut transaction = old.begin().await.unwrap();
    stores_as_before(&mut transaction, &mut from, &tables, before).await;
    let settings = earlier.settings();
    let opening = tokio::spawn(async move { PgStore::open(&settings).await.unwrap() });
    tokio::task::yield_now().await;
    transaction.commit().await.unwrap();
    let migrated = opening.await.unwrap();
    for table in LEDGER.into_iter().filter(|table| !tables.iter().any(|(known, _)| known == table)) {
        let rows = rows(&mut from, table, 0).await;
        let sql =
            format!("INSERT INTO {table} SELECT * FROM json_populate_recordset(null::{table}, $1::json)");
        sqlx::query(AssertSqlSafe(sql)).bind(rows).execute(&mut old).await.unwrap();
    }
    assert_same(&store, &migrated, "after the steps").await;
    let before = marks(&mut old).await;
    store_only(&store, 32..36).await;
    stores_as_before(&mut old, &mut from, &tables, before).await;
    stores_nothing_twice(&mut old).await;
    // What it reads goes on being there.
    for (table, columns) in &tables {
        let sql = format!("SELECT {columns} FROM {table}");
        sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut old).await.unwrap();
    }
    for store in [&store, &migrated] {
        go_on(store.clone(), 36..48).await;
    }
    let (one, other) = (outcomes(&store).await, outcomes(&migrated).await);
    assert_eq!((one.len(), one), (48, other), "after it went on");
    assert_replayed(&migrated).await;
    store.close().await;
    migrated.close().await;
}

#[test]
fn postgresql_tables_of_an_earlier_version_go_on_as_if_nothing_had_been() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for until in EARLIER {
        runtime.block_on(on_postgres(until));
    }
}
