//! The console over PostgreSQL: the same lists as over the embedded store, and what it keeps is kept.

use super::{Browser, Open, Region};
use crate::cli::run;
use crate::postgres::TestDatabase;
use happyflow::store::Store;
use std::fs;
use std::sync::Arc;

/// Rows of a list without the columns that tell in which order things were numbered.
fn rows(browser: &Browser, list: &str, from: usize) -> Vec<String> {
    let file = browser.get(&format!("{list}.csv"));
    assert_eq!(file.status, 200, "{list}: {}", file.body);
    let row = |row: &str| row.split(';').skip(from).collect::<Vec<_>>().join(";");
    let mut rows: Vec<String> = file.body.lines().skip(2).map(row).collect();
    rows.sort();
    rows
}

#[test]
fn a_server_gives_the_same_lists_and_keeps_sessions_forms_and_looks() {
    let region = Region::played();
    let database = TestDatabase::new();
    let settings = format!(
        "data = 'op-server'
[worker]
workers = 1
[database]
url = '{}'
",
        database.url()
    );
    fs::write(region.folder().join("h.toml"), settings).unwrap();
    for (month, today) in [("2025-01", "2025-02-01"), ("2025-02", "2025-03-01")] {
        let files = format!("spel/in/{month}");
        let process =
            ["process", "--config", "h.toml", "--contracts", "spel/in/contracts.json", "--today", today];
        let done = run(region.folder(), &[&process[..], &[files.as_str()]].concat());
        assert!(matches!(done.code, Some(0 | 1)), "{:?} {}", done.code, done.stderr);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let store: Arc<dyn Store> = Arc::new(runtime.block_on(database.open()));
    let server = Open::with(runtime, store);
    let embedded = region.open();
    let (one, other) = (server.login("auditor", ""), embedded.login("auditor", ""));
    // What was paid is paid in the demo alone.
    for (list, from, to) in [("/berichten", 2, 20), ("/declaraties", 0, 7), ("/toewijzingen", 0, 20)] {
        let cut = |row: String| row.split(';').take(to).collect::<Vec<_>>().join(";");
        let of = |browser: &Browser| rows(browser, list, from).into_iter().map(cut).collect::<Vec<_>>();
        assert!(!of(&other).is_empty(), "{list}");
        assert_eq!(of(&one), of(&other), "{list}");
    }
    let groups = |browser: &Browser| rows(browser, "/afkeur", 0);
    assert_eq!(groups(&one), groups(&other));
    for path in
        ["/", "/werk", "/limieten", "/termijnen", "/betalingen", "/keten", "/rapporten/geld", "/geparkeerd"]
    {
        assert_eq!(one.get(path).status, 200, "{path}");
    }
    corner_of_an_aanbieder(&server, &embedded);
    let key = one.get("/zoek/bsn").key();
    let fields = [("sleutel", key.as_str()), ("bsn", "999900006"), ("reden", "vraag van een ouder")];
    assert_eq!([one.post("/zoek/bsn", &fields).status, one.post("/zoek/bsn", &fields).status], [200, 409]);
    assert!(one.get("/toegang").body.contains("gezocht op BSN"));
    server.wait(async {
        let mut connection = database.connect().await;
        for sql in ["UPDATE toegang SET wie = 'B'", "DELETE FROM toegang", "TRUNCATE toegang"] {
            let error = sqlx::query(sql).execute(&mut connection).await.unwrap_err().to_string();
            assert!(error.contains("onveranderlijk"), "{error}");
        }
    });
    super::inloggen::attempts_are_kept(&server);
    let keeper = server.login("beheerder", "");
    let sessions = keeper.get("/beheer/sessies").doors();
    let sessions = sessions.iter().filter(|door| door.starts_with("/beheer/sessies/"));
    assert_eq!(sessions.map(|door| keeper.get(door).status).collect::<Vec<_>>(), [200, 200]);
    let key = one.get("/uitloggen").key();
    assert_eq!(one.post("/uitloggen", &[("sleutel", &key)]).status, 303);
    assert_eq!(one.get("/").status, 303);
}

/// What an aanbieder does itself, on the server as on the embedded store.
fn corner_of_an_aanbieder(server: &Open, embedded: &Open) {
    let code = super::roles::parties(embedded).1;
    let (one, other) = (server.login("aanbieder", &code), embedded.login("aanbieder", &code));
    for list in ["/kennisgevingen", "/brief?week=2025-W06"] {
        let (path, query) = list.split_once('?').unwrap_or((list, ""));
        let file = |browser: &Browser| browser.get(&format!("{path}.csv?{query}"));
        assert_eq!((file(&one).status, file(&one).body), (200, file(&other).body), "{list}");
    }
    let (arrival, send) = super::hoek::answered(server, &code);
    let path = format!("/berichten/{arrival}/antwoord/{send}/bestand");
    let got = one.post(&path, &[("sleutel", &one.get(&path).key())]);
    assert_eq!(got.bytes, server.wait(server.store.sent(send)).unwrap().unwrap().bytes);
    assert_eq!(one.post("/uitloggen", &[("sleutel", &one.get("/uitloggen").key())]).status, 303);
}
