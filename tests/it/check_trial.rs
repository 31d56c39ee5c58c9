//! `happyflow check --level 4`: what `process` would say, with nothing kept; and what an aanbieder may hear of that.

use crate::cli::{Run, run};
use crate::held_payments::with_a_held_line;
use crate::messages::{jw301, jw301_between};
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::postgres::TestDatabase;
use crate::serve::Service;
use crate::xml::{Line, jw315, jw323};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const DAY: [&str; 2] = ["--today", "2025-06-02"];

/// Every file below a folder with its content.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            found.insert(path, Vec::new());
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.insert(path, bytes);
        }
    }
    found
}

/// What a trial and live work must both say.
fn same_in_both(line: &Value) -> Vec<Value> {
    let keys = [
        "file",
        "message",
        "release",
        "identificatie",
        "verdict",
        "duplicate",
        "level",
        "findings",
        "amounts",
    ];
    keys.iter().map(|key| line[*key].clone()).collect()
}

/// Months of a generated region: the first are processed, the last is tried and then processed.
fn compare(place: &[&str], folder: &Path, unchanged: &dyn Fn() -> Vec<String>) {
    let at = |arguments: &[&str]| -> Run {
        let run = run(folder, &[arguments, place, &DAY].concat());
        assert!(run.code < Some(2), "{arguments:?} {}", run.stderr);
        run
    };
    let mut months: Vec<String> = std::fs::read_dir(folder.join("in"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.display().to_string())
        .collect();
    months.sort();
    let (last, first) = months.split_last().unwrap();
    let first: Vec<&str> = first.iter().map(String::as_str).collect();
    at(&[&["process", "--json", "--contracts", "in/contracts.json"][..], &first].concat());
    let before = unchanged();
    let tried = at(&["check", "--level", "4", "--json", last]);
    assert!(before == unchanged(), "a trial keeps nothing");
    let processed = at(&["process", "--json", last]);
    assert_eq!(tried.lines().len(), processed.lines().len());
    let (mut kinds, mut held) = (BTreeMap::<String, usize>::new(), 0);
    for (trial, live) in tried.lines().iter().zip(processed.lines()) {
        assert_eq!(same_in_both(trial), same_in_both(&live), "{trial}\n{live}");
        let answers = |line: &Value| -> Vec<(Value, Value)> {
            let of = |one: &Value| (one["type"].clone(), one["receiver"].clone());
            line["answers"].as_array().unwrap().iter().map(of).collect()
        };
        if live["duplicate"] == false {
            let mut expected = answers(&live);
            let on = live["forwarded"].as_array().unwrap();
            expected.extend(on.iter().map(|one| (Value::Null, one["receiver"].clone())));
            assert_eq!(answers(trial), expected, "{trial}\n{live}");
            assert_eq!(trial["work"].as_array().unwrap().len(), live["work"].as_array().unwrap().len());
            held += usize::from(live["held"] == true);
            assert_eq!(
                !trial["holds"].as_array().unwrap().is_empty(),
                live["held"] == true,
                "{trial}\n{live}"
            );
        }
        let kind =
            format!("{} {}", live["message"].as_str().unwrap_or("-"), live["verdict"].as_str().unwrap());
        *kinds.entry(kind).or_default() += 1;
    }
    assert!(kinds.len() > 6 && held > 0, "{kinds:?}, {held} held");
    // The same again is known now.
    let again = at(&["check", "--level", "4", "--json", last]);
    for (trial, live) in again.lines().iter().zip(processed.lines()) {
        let (mut one, mut other) = (same_in_both(trial), same_in_both(&live));
        (one[5], other[5]) = (Value::Null, Value::Null);
        assert!(trial["duplicate"] == true, "{trial}");
        assert_eq!(one, other);
    }
}

fn region(folder: &Path) {
    let size =
        ["--clients", "60", "--months", "3", "--gemeenten", "2", "--aanbieders", "4", "--faults", "0.2"];
    let made = run(folder, &[&["generate", "--out", "in", "--seed", "11"][..], &size].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let path = folder.join("in/contracts.json");
    let mut contracts: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for plafond in contracts["plafonds"].as_array_mut().unwrap() {
        plafond["bij_betaling"] = "hold".into();
        plafond["bedrag"] = 100_000.into();
    }
    std::fs::write(&path, contracts.to_string()).unwrap();
}

#[test]
fn a_trial_says_what_live_work_says_and_changes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    region(folder.path());
    let unchanged = || {
        let all = content(&folder.path().join("data"));
        all.into_iter()
            .map(|(path, bytes)| format!("{} {:?}", path.display(), Sha256::digest(bytes)))
            .collect()
    };
    compare(&["--data", "data"], folder.path(), &unchanged);
}

#[test]
fn on_a_server_a_trial_says_the_same_and_changes_no_row_and_draws_no_number() {
    let folder = tempfile::tempdir().unwrap();
    region(folder.path());
    let database = TestDatabase::new();
    let settings = format!("data = 'data'\n[database]\nurl = '{}'\n", database.url());
    std::fs::write(folder.path().join("c.toml"), settings).unwrap();
    let unchanged = || everything(&database);
    compare(&["--config", "c.toml"], folder.path(), &unchanged);
}

/// All rows of all tables and where all numbers are, in a few words.
fn everything(database: &TestDatabase) -> Vec<String> {
    const TABLES: &str = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind = 'r' ORDER BY 1";
    const NUMBERS: &str =
        "SELECT sequencename || ' ' || coalesce(last_value, 0) FROM pg_sequences ORDER BY 1";
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = database.connect().await;
        let mut all: Vec<String> = sqlx::query_scalar(NUMBERS).fetch_all(&mut connection).await.unwrap();
        let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut connection).await.unwrap();
        for table in tables {
            let sql =
                format!("SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t");
            let digest: String =
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
            all.push(format!("{table} {digest}"));
        }
        connection.close().await.unwrap();
        all
    })
}

#[test]
fn it_works_beside_a_running_service() {
    let office = with_a_held_line();
    let settings = "data = 'data'\n";
    let mut service = Service::start(office.folder(), settings, &[]);
    std::fs::write(office.folder().join("a.xml"), claim_of("A1", 1)).unwrap();
    for arguments in [
        &["check", "--level", "4", "--data", "data", "a.xml"][..],
        &["status", "DC1", "--data", "data"],
        &["report", "brief", "--aanbieder", AANBIEDER, "--data", "data"],
    ] {
        office.expect(0, arguments);
    }
    assert_eq!(service.stop(), Some(0));
}

fn claim_of(identificatie: &str, hours: i64) -> String {
    let line = Line {
        referentie: format!("L{identificatie}"),
        vorig: None,
        toewijzing: 800_000_001,
        product: ("45", "45A04"),
        periode: ("2025-06-01".into(), "2025-06-30".into()),
        volume: hours,
        eenheid: "04",
        tarief: TARIEF,
    };
    jw323((AANBIEDER, GEMEENTE), identificatie, "2026-01-06", ("2025-12-01", "2025-12-31"), BSN, &[line])
}

#[test]
fn messages_count_after_one_another_in_the_order_given() {
    let office = with_a_held_line();
    let write = |name: &str, text: String| std::fs::write(office.folder().join(name), text).unwrap();
    write("1.xml", claim_of("A1", 5));
    write("2.xml", claim_of("A2", 5));
    write("3.xml", claim_of("A1", 5));
    let today = ["--data", "data", "--today", "2026-01-07"];
    let check = |files: &[&str]| {
        office.run(&[&["check", "--level", "4", "--json"][..], &today, files].concat()).lines()
    };
    let lines = check(&["1.xml", "2.xml", "3.xml"]);
    assert_eq!(lines[0]["verdict"], "accepted", "{}", lines[0]);
    assert_eq!(lines[1]["findings"][0]["retourcode"], "9389", "the same care again: {}", lines[1]);
    assert_eq!(
        (&lines[2]["duplicate"], &lines[2]["verdict"]),
        (&true.into(), &"accepted".into()),
        "{}",
        lines[2]
    );
    assert_eq!(check(&["2.xml"])[0]["verdict"], "accepted", "alone it is the first");
    // What waits behind a held line is expected to be held as well, and told to people.
    assert_eq!(
        (&lines[0]["held_cents"], &lines[0]["payable_cents"]),
        (&40_000.into(), &0.into()),
        "{}",
        lines[0]
    );
    assert_eq!(lines[0]["holds"][0]["referentie"], "LA1");
    let text = office.run(&[&["check", "--level", "4"][..], &today, &["1.xml"]].concat()).stdout;
    for part in
        ["zou worden goedgekeurd", "vastgehouden € 400,00", "antwoord: JW325 aan 12345678", "niets bewaard"]
    {
        assert!(text.contains(part), "{part:?} not in {text}");
    }
}

/// What an aanbieder hears of its trial.
fn trial_of(office: &Office, aanbieder: &str, files: &[&str]) -> Vec<Value> {
    let arguments = [
        "check",
        "--level",
        "4",
        "--json",
        "--aanbieder",
        aanbieder,
        "--data",
        "data",
        "--today",
        "2026-03-05",
    ];
    office.run(&[&arguments[..], files].concat()).lines()
}

#[test]
fn an_aanbieder_hears_retourcodes_and_nothing_of_limits() {
    let office = with_a_held_line();
    std::fs::write(office.folder().join("1.xml"), claim_of("A1", 5)).unwrap();
    let line = trial_of(&office, AANBIEDER, &["1.xml"]).remove(0);
    assert_eq!(line["verdict"], "accepted");
    for key in ["answers", "holds", "held_cents", "payable_cents", "work", "held"] {
        assert!(line.get(key).is_none(), "{key}: {line}");
    }
    let arguments = ["check", "--level", "4", "--aanbieder", AANBIEDER, "--data", "data", "1.xml"];
    let text = office.expect(0, &arguments).stdout;
    assert!(text.contains("zegt niets over limieten") && !text.contains("vastgehouden"), "{text}");
}

#[test]
fn an_aanbieder_does_not_hear_whether_a_child_of_another_is_known() {
    const OTHER: &str = "87654321";
    const STRANGER: &str = "999990020";
    let mut agreed = contracts(None);
    let mut row = agreed["contracten"][0].clone();
    row["aanbieder"] = OTHER.into();
    agreed["contracten"].as_array_mut().unwrap().push(row);
    let mut office = Office::open(&agreed);
    assert_eq!(office.send("2026-03-04", &jw301("T1", 300_401))["verdict"], "accepted");
    assert_eq!(
        office.send("2026-03-04", &jw301_between(GEMEENTE, OTHER, "T2", 300_501))["verdict"],
        "accepted"
    );
    let claim = |aanbieder: &str, bsn: &str, nummer: u32| {
        let line = Line {
            referentie: "R1".into(),
            vorig: None,
            toewijzing: nummer,
            product: ("45", "45A04"),
            periode: ("2026-02-01".into(), "2026-02-28".into()),
            volume: 1,
            eenheid: "04",
            tarief: TARIEF,
        };
        jw323((aanbieder, GEMEENTE), "Z1", "2026-03-04", ("2026-02-01", "2026-02-28"), bsn, &[line])
    };
    let third = "11223344";
    let write = |name: &str, text: String| std::fs::write(office.folder().join(name), text).unwrap();
    write("known.xml", claim(third, BSN, 300_401));
    write("stranger.xml", claim(third, STRANGER, 300_401));
    write("own.xml", claim(OTHER, BSN, 300_501));
    write("of-another.xml", claim(OTHER, BSN, 300_401));
    write("gemeente.xml", jw301("T3", 300_402));
    let told = |mut line: Value| {
        line["file"] = Value::Null;
        line
    };
    let known = told(trial_of(&office, third, &["known.xml"]).remove(0));
    assert_eq!(known, told(trial_of(&office, third, &["stranger.xml"]).remove(0)));
    let codes = |line: &Value| -> Vec<String> {
        let findings = line["findings"].as_array().unwrap();
        findings.iter().map(|one| one["retourcode"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&known), ["8187"], "{known}");
    // Its own child is its own, also with a wrong number.
    assert_eq!(codes(&trial_of(&office, OTHER, &["of-another.xml"])[0]), ["9338"]);
    assert_eq!(trial_of(&office, OTHER, &["own.xml"])[0]["verdict"], "accepted");
    // What others send is not for it to try, nor to hear that it came before.
    for file in ["own.xml", "gemeente.xml"] {
        let line = trial_of(&office, third, &[file]).remove(0);
        assert_eq!(
            (&line["verdict"], &line["findings"]),
            (&"parked".into(), &Value::Array(Vec::new())),
            "{line}"
        );
    }
    assert_eq!(office.send("2026-03-04", &claim(OTHER, BSN, 300_501))["verdict"], "accepted");
    assert_eq!(trial_of(&office, third, &["own.xml"])[0]["duplicate"], false);
    assert_eq!(trial_of(&office, OTHER, &["own.xml"])[0]["duplicate"], true);
}

#[test]
fn what_cannot_be_read_is_a_line_of_its_own_and_too_much_is_refused() {
    let office = with_a_held_line();
    let folder = office.folder();
    std::fs::create_dir(folder.join("veel")).unwrap();
    for number in 0..200 {
        std::fs::write(folder.join(format!("veel/{number:03}.xml")), claim_of(&format!("N{number}"), 0))
            .unwrap();
    }
    let at = |files: &[&str]| {
        office.run(&[&["check", "--level", "4", "--json", "--data", "data"][..], files].concat())
    };
    let many = at(&["veel"]);
    assert_eq!(many.lines().len(), 200, "{}", many.stderr);
    std::fs::write(folder.join("geen.xml"), "dit is geen XML").unwrap();
    let none = at(&["geen.xml", "nergens.xml"]);
    assert_eq!(none.code, Some(1));
    let rules: Vec<Value> = none.lines().iter().map(|line| line["findings"][0]["rule"].clone()).collect();
    assert_eq!(rules, ["XSD", "IO"]);
    for line in none.lines() {
        assert_eq!((&line["verdict"], &line["level"]), (&"parked".into(), &1.into()), "{line}");
    }
    for number in 200..1001 {
        std::fs::write(folder.join(format!("veel/{number:04}.xml")), "<a/>").unwrap();
    }
    let too_many = at(&["veel"]);
    assert_eq!((too_many.code, too_many.stdout.as_str()), (Some(2), ""));
    assert!(too_many.stderr.contains("hoogstens 1000 berichten"), "{}", too_many.stderr);
    // Options of this level belong to it.
    let stray = office.run(&["check", "--data", "data", "geen.xml"]);
    assert!(stray.code == Some(2) && stray.stderr.contains("--level 4"), "{}", stray.stderr);
    let level = office.run(&["check", "--level", "3", "geen.xml"]);
    assert!(level.code == Some(2) && level.stderr.contains("kies 2"), "{}", level.stderr);
}

#[test]
fn a_request_is_tried_with_what_would_be_answered() {
    let office = Office::open(&contracts(None));
    office.expect(0, &["contract", "import", "contracts.json", "--data", "data", "--today", "2025-01-06"]);
    let xml =
        jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &[("REF1", "2025-01-01", "2025-12-31", 8)]);
    std::fs::write(office.folder().join("v.xml"), xml).unwrap();
    let arguments = ["check", "--level", "4", "--json", "--data", "data", "--today", "2025-01-07", "v.xml"];
    let line = office.expect(0, &arguments).lines().remove(0);
    let kinds: Vec<&str> =
        line["answers"].as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["JW316", "JW301", "JW301"], "{line}");
}
