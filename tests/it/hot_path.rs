//! What the service asks of its database at every message and every few seconds finds its rows by an index, in
//! both engines: nothing of it grows with the years. Every statement that a running service sends is looked at, as it
//! logs them, by the plan that the engine makes for it.
//!
//! Ten years of a region were filled in once by hand (docs/operations.md has the figures): the same statements
//! then read no table from end to end either.

use crate::postgres::TestDatabase;
use crate::serve::{Service, wait_for};
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Tables that get rows with every message and keep them.
const GROWING: [&str; 18] = [
    "archief",
    "besteding",
    "bevinding",
    "boeking",
    "client",
    "declaratie",
    "identificatie",
    "inkomend",
    "journaal",
    "keten",
    "levering",
    "prestatie",
    "toewijzing",
    "uitgaand",
    "uitkomst",
    "verzoek",
    "verzonden",
    "werk",
];

/// Statements that read whole tables on purpose: promises are made anew and new limits begin when a month ended or contracts
/// changed, in one transaction (docs/performance.md has what that costs).
fn is_made_anew(sql: &str) -> bool {
    let whole = [
        "toewijzing WHERE ?1 OR bsn",
        "toewijzing WHERE $1 OR bsn",
        "l.toewijzing IS NOT NULL",
        "GROUP BY toewijzing, categorie, code, begin",
        "GROUP BY 1, 2, 3, 4, 5, 6",
    ];
    whole.iter().any(|part| sql.contains(part))
}

/// Plays months of traffic of all kinds through a service, and gives the statements that it sent.
fn statements(folder: &Path, database: &str) -> BTreeSet<String> {
    let run = |arguments: &[&str]| {
        let run = crate::cli::run(folder, arguments);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    };
    run(&["generate", "--out", "verkeer", "--seed", "5", "--clients", "12", "--months", "2"]);
    let settings =
        format!("data = 'd'\n{database}[worker]\nterms_seconds = 1\n[telemetry]\nlog_format = 'json'\n");
    fs::write(folder.join("c.toml"), &settings).unwrap();
    run(&["contract", "import", "verkeer/contracts.json", "--config", "c.toml"]);
    let mut messages = 0;
    for month in fs::read_dir(folder.join("verkeer")).unwrap().map(|entry| entry.unwrap().path()) {
        for file in fs::read_dir(&month).into_iter().flatten().map(|entry| entry.unwrap()) {
            let name = file.file_name().into_string().unwrap();
            let place = folder.join("d/in").join(name.split('-').nth(1).unwrap());
            fs::create_dir_all(&place).unwrap();
            fs::copy(file.path(), place.join(name)).unwrap();
            messages += 1;
        }
    }
    let mut service = Service::start(folder, &settings, &[("HAPPYFLOW_LOG", "sqlx::query=trace")]);
    wait_for("all messages to be handled", || {
        let metrics = service.page("/metrics").map(|page| page.1).unwrap_or_default();
        let figure = |name: &str| -> u64 {
            let lines = metrics.lines().filter(|line| line.starts_with(name));
            lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
        };
        let judged = figure("happyflow_messages_total{") + figure("happyflow_received_total{known=\"yes\"}");
        judged == messages
            && figure("happyflow_published_total ") > 0
            && [
                "happyflow_inbox_messages 0\n",
                "happyflow_outbox_messages 0\n",
                "happyflow_notices_waiting 0\n",
            ]
            .iter()
            .all(|part| metrics.contains(part))
    });
    assert_eq!(service.stop(), Some(0));
    let log = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let log = log.filter(|path| path.extension().is_some_and(|extension| extension == "log"));
    let lines = log.map(|path| fs::read_to_string(path).unwrap()).collect::<String>();
    let events = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let sql = events.filter_map(|event| event["db.statement"].as_str().map(|sql| sql.trim().to_owned()));
    // What only inserts values reads nothing; the plan of SQLite names tables that it would read for references
    // that are checked at the end of a transaction, and we have none.
    let sql = sql.flat_map(|sql| apart(&sql));
    sql.filter(|sql| ["SELECT", "WITH", "UPDATE", "DELETE"].iter().any(|verb| sql.starts_with(verb)))
        .collect()
}

/// The statements that go to PostgreSQL as parts of one (`bundle`), each with its parameters from the first on.
fn apart(sql: &str) -> Vec<String> {
    if !sql.starts_with("WITH deel0 AS (") {
        return vec![sql.to_owned()];
    }
    let mut parts = Vec::new();
    let mut rest = sql;
    while let Some((_, behind)) = rest.split_once(&format!("deel{} AS (", parts.len())) {
        let mut depth = 1;
        let closes = |sign: char| {
            depth += i32::from(sign == '(') - i32::from(sign == ')');
            depth == 0
        };
        let (part, behind) = behind.split_at(behind.find(closes).unwrap());
        let number = |text: &str| text.split(')').next().unwrap().parse::<usize>().unwrap();
        let numbers: Vec<usize> = part.split("UNNEST($").skip(1).map(number).collect();
        let numbered = (1..).zip(&numbers).fold(part.to_owned(), |part, (place, number)| {
            part.replacen(&format!("UNNEST(${number})"), &format!("UNNEST(${place})"), 1)
        });
        parts.push(numbered);
        rest = behind;
    }
    parts
}

/// Steps of a plan that read a growing table from end to end; a partial index holds only what is open.
fn scans_of_sqlite(sql: &str, plan: &[String], partial: &BTreeSet<String>) -> Vec<String> {
    let words: Vec<&str> =
        sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let growing = |alias: &str| {
        GROWING.contains(&alias)
            || words.windows(3).any(|part| {
                ["FROM", "JOIN"].contains(&part[0]) && GROWING.contains(&part[1]) && part[2] == alias
            })
    };
    let reads_all = |step: &&String| {
        let Some(rest) = step.strip_prefix("SCAN ") else { return false };
        let alias = rest.split(' ').next().unwrap();
        let index = rest.split("INDEX ").nth(1).and_then(|index| index.split(' ').next());
        !rest.contains("VIRTUAL TABLE")
            && growing(alias)
            && index.is_none_or(|index| !partial.contains(index))
    };
    plan.iter().filter(reads_all).cloned().collect()
}

/// As [`scans_of_sqlite`], of a plan made with sequential scans, and joins that read all of a side, switched off: one that is
/// left had no other way.
fn scans_of_postgres(plan: &[String], partial: &BTreeSet<String>) -> Vec<String> {
    let bare = |(place, line): &(usize, &String)| {
        let line = line.trim_start().trim_start_matches("-> ").trim_start();
        let condition = plan.get(place + 1).is_some_and(|next| next.trim_start().starts_with("Index Cond"));
        if let Some(rest) = line.strip_prefix("Seq Scan on ") {
            return GROWING.contains(&rest.split(' ').next().unwrap());
        }
        let index =
            line.split_once("Index Scan using ").or_else(|| line.split_once("Index Only Scan using "));
        let index = index.map(|(_, rest)| rest.split(' ').next().unwrap());
        index.is_some_and(|index| !condition && !partial.contains(index))
            && GROWING.iter().any(|table| line.contains(&format!(" on {table} ")))
    };
    plan.iter().enumerate().filter(bare).map(|(_, line)| line.clone()).collect()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn plan_of_sqlite(connection: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = sqlx::query(explain).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("detail")).collect()
}

#[test]
fn sqlite_finds_what_the_service_asks_by_an_index() {
    const PARTIAL: &str = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'";
    let folder = tempfile::tempdir().unwrap();
    let statements = statements(folder.path(), "");
    assert!(statements.len() > 40, "{} statements", statements.len());
    runtime().block_on(async {
        let options = SqliteConnectOptions::new().filename(folder.path().join("d/happyflow.db"));
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let partial: BTreeSet<String> =
            sqlx::query_scalar(PARTIAL).fetch_all(&mut connection).await.unwrap().into_iter().collect();
        for sql in statements.iter().filter(|sql| !is_made_anew(sql)) {
            let plan = plan_of_sqlite(&mut connection, sql).await;
            let scans = scans_of_sqlite(sql, &plan, &partial);
            assert!(scans.is_empty(), "{sql}\n{scans:#?}");
        }
        // A scan is seen.
        let sql = "SELECT u.identificatie FROM uitgaand u WHERE u.aanbieder = 1";
        let plan = plan_of_sqlite(&mut connection, sql).await;
        assert_eq!(scans_of_sqlite(sql, &plan, &partial).len(), 1, "{plan:?}");
    });
}

/// The types of the columns that a bulk statement is given, by their names; of other statements the server knows.
fn types(sql: &str) -> String {
    let given = ["WITH nieuw (", "WITH weg (", "WITH tot ("].iter().find_map(|begin| sql.strip_prefix(begin));
    let Some((names, _)) = given.and_then(|rest| rest.split_once(')')) else {
        return String::new();
    };
    let names: Vec<&str> = names.split(", ").collect();
    let of = |name: &&str| match *name {
        // Of an assignment it is a number, of a work item and of a limit a text.
        "sleutel" if !names.contains(&"aanbieder") && !names.contains(&"onbekend") => "bigint[]",
        "sleutel" | "wie" | "waarom" | "status" | "ontvangst" | "referentie" | "identificatie" | "nummer"
        | "code" | "reden" => "text[]",
        "moment" => "timestamptz[]",
        "begin" | "eind" => "date[]",
        "aanvaard" | "a" | "b" | "c" => "boolean[]",
        _ => "bigint[]",
    };
    format!(" ({})", names.iter().map(of).collect::<Vec<_>>().join(", "))
}

async fn plan_of_postgres(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let run = async |connection: &mut PgConnection, sql: String| {
        let rows = sqlx::raw_sql(AssertSqlSafe(sql.clone())).fetch_all(connection).await;
        rows.unwrap_or_else(|error| panic!("{error}: {sql}"))
    };
    run(connection, format!("PREPARE bekeken{} AS {sql}", types(sql))).await;
    let count = (1..40).take_while(|number| sql.contains(&format!("${number}"))).count();
    let values = if count == 0 { String::new() } else { format!("({})", vec!["NULL"; count].join(", ")) };
    let rows = run(connection, format!("EXPLAIN EXECUTE bekeken{values}")).await;
    run(connection, "DEALLOCATE bekeken".to_owned()).await;
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

#[test]
fn postgres_finds_what_the_service_asks_by_an_index() {
    const PARTIAL: &str = "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indpred IS NOT NULL";
    // Statistics: a server that counts a few rows while this runs would rather read them all.
    const UNCOUNTED: &str = "DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() LOOP
            EXECUTE 'ALTER TABLE ' || name || ' SET (autovacuum_enabled = false)'; END LOOP; END $$";
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::new();
    runtime().block_on(async {
        let mut connection = database.connect().await;
        sqlx::raw_sql(UNCOUNTED).execute(&mut connection).await.unwrap();
    });
    let statements = statements(folder.path(), &format!("[database]\nurl = '{}'\n", database.url()));
    assert!(statements.len() > 40, "{} statements", statements.len());
    runtime().block_on(async {
        let mut connection = database.connect().await;
        let settings = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan";
        sqlx::raw_sql(settings).execute(&mut connection).await.unwrap();
        let partial: BTreeSet<String> =
            sqlx::query_scalar(PARTIAL).fetch_all(&mut connection).await.unwrap().into_iter().collect();
        for sql in statements.iter().filter(|sql| !is_made_anew(sql)) {
            let plan = plan_of_postgres(&mut connection, sql).await;
            let scans = scans_of_postgres(&plan, &partial);
            assert!(scans.is_empty(), "{sql}\n{scans:#?}\n{plan:#?}");
        }
        for sql in [
            "SELECT u.identificatie FROM uitgaand u WHERE u.aanbieder = $1",
            "SELECT u.zendnummer FROM uitgaand u WHERE u.aanbieder = $1 ORDER BY u.zendnummer",
        ] {
            let plan = plan_of_postgres(&mut connection, sql).await;
            assert_eq!(scans_of_postgres(&plan, &partial).len(), 1, "a scan is seen: {plan:?}");
        }
    });
}

/// What `status`, a trial and the notes to aanbieders ask: people wait for it on the phone.
#[test]
fn what_is_looked_up_is_found_by_an_index() {
    use happyflow::store::Store;
    use happyflow::store::read::statements;
    let (folder, database) = (tempfile::tempdir().unwrap(), TestDatabase::new());
    runtime().block_on(async {
        let store = happyflow::store::sqlite::SqliteStore::open(folder.path()).await.unwrap();
        store.close().await;
        let options = SqliteConnectOptions::new().filename(folder.path().join("happyflow.db"));
        let mut sqlite = SqliteConnection::connect_with(&options).await.unwrap();
        let mut postgres = database.connect().await;
        let settings = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan";
        sqlx::raw_sql(settings).execute(&mut postgres).await.unwrap();
        let partial: BTreeSet<String> = ["werk_open", "boeking_onbetaald"].map(str::to_owned).into();
        let all = statements();
        assert!(all.len() > 20, "{}", all.len());
        for sql in all {
            let plan = plan_of_sqlite(&mut sqlite, sql).await;
            let scans = scans_of_sqlite(sql, &plan, &partial);
            assert!(scans.is_empty(), "{sql}\n{scans:#?}\n{plan:#?}");
            let plan = plan_of_postgres(&mut postgres, sql).await;
            let scans = scans_of_postgres(&plan, &partial);
            assert!(scans.is_empty(), "{sql}\n{scans:#?}\n{plan:#?}");
        }
    });
}
