//! The commands on a database server: the same options with `--config`, the same results.

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::postgres::TestDatabase;
use crate::xml::{Line, jw315, jw323};
use happyflow::store::Store;
use serde_json::Value;

/// What a script sees of a story: requests, a decision, a claim, a payment and reports.
fn story(office: &Office, place: &[&str]) -> Vec<Value> {
    let relatie = (AANBIEDER, GEMEENTE);
    let write = |name: &str, text: String| std::fs::write(office.folder().join(name), text).unwrap();
    write("1.xml", jw315(relatie, "V1", "2025-01-06", BSN, &[("REF1", "2025-01-01", "2025-12-31", 12)]));
    write("2.xml", "<onleesbaar".to_owned());
    let line = Line {
        referentie: "R1".into(),
        vorig: None,
        toewijzing: 800_000_001,
        product: ("45", "45A04"),
        periode: ("2025-01-01".into(), "2025-01-31".into()),
        volume: 6,
        eenheid: "04",
        tarief: TARIEF,
    };
    write("3.xml", jw323(relatie, "C1", "2025-02-02", ("2025-01-01", "2025-01-31"), BSN, &[line]));
    let mut seen = Vec::new();
    let mut run = |code: i32, arguments: &[&str]| -> Vec<Value> {
        let lines = office.expect(code, &[arguments, place].concat()).lines();
        seen.extend(lines.clone());
        lines
    };
    let who = ["--by", "A. Proef", "--why", "besproken"];
    let day = |command: &[&'static str]| [command, &["--json", "--today", "2025-01-07"]].concat();
    run(0, &[&day(&["process", "--contracts", "contracts.json"])[..], &["1.xml"]].concat());
    run(1, &[&day(&["process"])[..], &["2.xml"]].concat());
    for item in run(0, &["work", "list", "--json"]) {
        let id = item["work"].to_string();
        run(0, &[&["work", "approve", &id, "--json", "--today", "2025-01-08"][..], &who].concat());
    }
    let claim = ["process", "--json", "--today", "2025-02-03", "3.xml"];
    run(0, &claim);
    run(0, &claim);
    let parked = run(0, &["parked", "list", "--json"]);
    let number = parked[0]["arrival"].to_string();
    run(1, &[&["parked", "retry", &number, "--json"][..], &who].concat());
    run(0, &["pay", "--json", "--date", "2025-03-20", "--out", "pay"]);
    run(0, &["report", "budget", "--format", "json"]);
    seen
}

/// Without what tells when or where something was done.
fn comparable(mut lines: Vec<Value>) -> Vec<Value> {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                let told = ["received", "parked", "path", "files", "moment", "notes", "made"];
                // The file for the bank has the moment in it.
                for key in told.into_iter().chain(["bank_file_sha256", "bank_files"]) {
                    map.remove(key);
                }
                map.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    lines.iter_mut().for_each(strip);
    lines
}

#[test]
fn every_command_says_the_same_on_a_database_server() {
    let betaling = "[betaling]\nopdrachtgever = 'BVO'\n[betaling.rekening]\nnaam = 'BVO'\n\
        iban = 'NL13TEST0123456789'\n";
    let embedded = Office::open(&contracts(Some("NL13TEST0123456789")));
    std::fs::write(embedded.folder().join("config.toml"), format!("data = 'data'\n{betaling}")).unwrap();
    let database = TestDatabase::new();
    let server = Office::open(&contracts(Some("NL13TEST0123456789")));
    let settings = format!("data = 'data'\n{betaling}[database]\nurl = '{}'\n", database.url());
    std::fs::write(server.folder().join("config.toml"), settings).unwrap();
    let place = ["--config", "config.toml"];
    let (one, other) = (story(&embedded, &place), story(&server, &place));
    assert!(one.len() > 7, "{one:?}");
    assert_eq!(comparable(one), comparable(other));
    assert!(!server.folder().join("data/happyflow.db").exists(), "nothing is kept in the folder");
}

/// The second is stored while the first is decided, so that it is known before it has an outcome.
#[test]
fn the_same_bytes_stored_ahead_tell_the_first_verdict() {
    let (office, database) = (Office::open(&contracts(None)), TestDatabase::new());
    let settings =
        format!("data = 'data'\n[limits]\nbatch_messages = 1\n[database]\nurl = '{}'\n", database.url());
    std::fs::write(office.folder().join("config.toml"), settings).unwrap();
    let relatie = (AANBIEDER, GEMEENTE);
    let asked = jw315(relatie, "V1", "2025-01-06", BSN, &[("REF1", "2025-01-01", "2025-12-31", 12)]);
    for file in ["1.xml", "2.xml"] {
        std::fs::write(office.folder().join(file), &asked).unwrap();
    }
    let place = ["process", "--json", "--today", "2025-01-07", "--config", "config.toml"];
    let lines = office
        .expect(0, &[&place[..], &["--contracts", "contracts.json", "1.xml", "2.xml"]].concat())
        .lines();
    let mut expected = lines[0].clone();
    assert_eq!((&expected["verdict"], &expected["duplicate"]), (&"accepted".into(), &false.into()));
    expected["file"] = "2.xml".into();
    expected["duplicate"] = true.into();
    assert_eq!(lines, [lines[0].clone(), expected]);
}

/// Verdict, findings and amounts of every message.
fn verdicts(lines: &[Value]) -> Vec<Value> {
    let keys = ["file", "verdict", "level", "findings", "amounts", "held", "duplicate"];
    lines.iter().map(|line| keys.iter().map(|key| line[*key].clone()).collect()).collect()
}

#[test]
fn several_who_decide_in_one_run_say_what_one_says() {
    let region = [
        ["--seed", "5"],
        ["--clients", "60"],
        ["--months", "3"],
        ["--gemeenten", "2"],
        ["--aanbieders", "8"],
        ["--faults", "0"],
    ];
    let offices = ["", "[worker]\nworkers = 3\n[limits]\nbatch_messages = 6\n"].map(|settings| {
        let office = Office::open(&Value::Null);
        office.expect(0, &[&["generate", "--out", "verkeer"], region.as_flattened()].concat());
        (office, settings)
    });
    let database = TestDatabase::new();
    let said = offices.each_ref().map(|(office, settings)| {
        let server = format!("[database]\nurl = '{}'\n", database.url());
        let server = if settings.is_empty() { String::new() } else { server };
        std::fs::write(office.folder().join("config.toml"), format!("data = 'data'\n{server}{settings}"))
            .unwrap();
        let process = ["process", "--json", "--today", "2026-01-31", "--config", "config.toml"];
        let run = office.run(&[&process[..], &["--contracts", "verkeer/contracts.json", "verkeer"]].concat());
        assert!(run.code.is_some_and(|code| code < 2), "{}", run.stderr);
        verdicts(&run.lines())
    });
    let [one, several] = said;
    assert!(one.len() > 200, "{}", one.len());
    assert_eq!(one, several);
    for option in ["--verify-state", "--verify-chain"] {
        offices[1].0.expect(0, &["replay", "--config", "config.toml", option]);
    }
}

/// Numbers that a broken-off transaction took are missing; somebody is deciding all the while.
#[test]
fn a_journal_with_gaps_is_proved_while_somebody_decides() {
    let (office, database) = (Office::open(&contracts(Some("NL13TEST0123456789"))), TestDatabase::new());
    let settings = format!("data = 'data'\n[database]\nurl = '{}'\n", database.url());
    std::fs::write(office.folder().join("config.toml"), settings).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let lose = async |count: i64| {
        let mut connection = database.connect().await;
        for numbers in ["reeks_journaal", "reeks_zendnummer", "reeks_werk", "reeks_prestatie"] {
            let query = sqlx::query("SELECT trek($1::regclass, $2)").bind(numbers).bind(count);
            query.execute(&mut connection).await.unwrap();
        }
    };
    let request = |number: u32, day: &str| {
        let (name, reference) = (format!("V{number}"), format!("REF{number}"));
        let asked = jw315((AANBIEDER, GEMEENTE), &name, day, BSN, &[(&reference, day, "2025-12-31", 12)]);
        let file = format!("{number}.xml");
        std::fs::write(office.folder().join(&file), asked).unwrap();
        let place = ["--config", "config.toml", "--contracts", "contracts.json"];
        office.expect(0, &[&["process", "--today", "2025-01-07"], &place[..], &[&file]].concat());
    };
    request(1, "2025-01-06");
    runtime.block_on(lose(5));
    request(2, "2025-02-06");
    runtime.block_on(lose(3));
    request(3, "2025-03-06");
    runtime.block_on(async {
        let store = database.open().await;
        let batch = store.begin().await.unwrap();
        let expect = |arguments: &[&str]| {
            office.expect(0, &[&["replay", "--config", "config.toml"], arguments].concat())
        };
        assert!(expect(&["--verify-state"]).stdout.starts_with("De stand is gelijk"));
        let summary = expect(&["--json"]).lines().pop().unwrap()["summary"].clone();
        assert_eq!((&summary["entries"], &summary["faults"]), (&4.into(), &0.into()), "{summary}");
        drop(batch);
        assert!(expect(&["--verify-chain"]).stdout.contains("De keten klopt."));
        store.close().await;
    });
}

/// An address that is wrong is said so, without the password.
#[test]
fn a_server_that_is_not_there_is_said_so() {
    let office = Office::open(&contracts(None));
    let settings = "data = 'data'\n[database]\nurl = 'postgres://niemand@127.0.0.1:9/leeg'\n";
    std::fs::write(office.folder().join("config.toml"), settings).unwrap();
    let run = office.run(&["work", "list", "--config", "config.toml"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("127.0.0.1:9/leeg"), "{}", run.stderr);
}

/// Who mends it is told what to do, in Dutch, and never to do the same again.
#[test]
fn a_server_that_does_not_let_us_in_is_told_with_the_right_advice() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::new();
    let (server, name) = database.url().rsplit_once('/').unwrap();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let cases = [
        (format!("{server}/bestaat_niet_{}", name.len()), "die database bestaat niet. Maak hem met createdb"),
        (format!("postgres://niemand@127.0.0.1:{closed}/x"), "Controleer of de server draait"),
        (
            "postgres://127.0.0.1:geenpoort/x".to_owned(),
            "Schrijf het als postgres://gebruiker@server:poort/naam",
        ),
    ];
    for (url, said) in cases {
        std::fs::write(folder.path().join("c.toml"), format!("data = 'd'\n[database]\nurl = '{url}'\n"))
            .unwrap();
        for command in [&["process"][..], &["work", "list"], &["doctor"], &["serve"]] {
            let run = crate::cli::run(folder.path(), &[command, &["--config", "c.toml"]].concat());
            let told = format!("{}{}", run.stdout, run.stderr);
            assert!(told.contains(said), "{command:?} {url}: {told}");
            for wrong in ["Probeer het opnieuw", "does not exist", "refused", "timed out"] {
                assert!(!told.contains(wrong), "{command:?} {url}: {told}");
            }
        }
    }
}

#[test]
fn the_doctor_names_the_version_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::new();
    let settings = format!("data = '.'\n[database]\nurl = '{}'\n", database.url());
    std::fs::write(folder.path().join("c.toml"), settings).unwrap();
    let told = crate::cli::run(folder.path(), &["doctor", "--config", "c.toml"]).stdout;
    assert!(told.contains("database: PostgreSQL "), "{told}");
}
