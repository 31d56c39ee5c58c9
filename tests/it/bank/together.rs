//! Two at once on a database server: the same statement twice, a statement beside a payment run, a statement beside a credit.
//! Whoever comes first, nothing stands in the ledger twice.

use super::office::{FIRST, came_back, left, statement};
use crate::held_payments::{ceiling, line};
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, contracts};
use crate::postgres::TestDatabase;
use crate::xml::{jw315, jw323};
use happyflow::bank::Bankafschrift;
use std::sync::Barrier;

const PLACE: [&str; 2] = ["--config", "config.toml"];

/// An office on a database server that paid € 480 in run 1.
fn office(database: &TestDatabase) -> Office {
    let mut agreed = contracts(Some("NL13TEST0123456789"));
    agreed["plafonds"] = vec![ceiling(500_000, "persoon")].into();
    let office = Office::open(&agreed);
    let settings = format!(
        "data = 'data'\n[betaling]\nopdrachtgever = 'BVO'\n[betaling.rekening]\nnaam = 'BVO'\n\
         iban = 'NL13TEST0123456789'\n[database]\nurl = '{}'\n",
        database.url()
    );
    std::fs::write(office.folder().join("config.toml"), settings).unwrap();
    let rows = [("REF1", "2025-01-01", "2025-12-31", 8)];
    send(&office, "1.xml", "2025-01-07", &jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &rows));
    let claim = jw323(
        (AANBIEDER, GEMEENTE),
        "C1",
        "2026-01-05",
        ("2025-12-01", "2025-12-31"),
        BSN,
        &[line(1, None, 6)],
    );
    send(&office, "2.xml", "2026-01-06", &claim);
    office.expect(0, &[&["pay", "--date", "2026-01-09", "--out", "pay1"][..], &PLACE].concat());
    office
}

fn send(office: &Office, name: &str, today: &str, xml: &str) {
    std::fs::write(office.folder().join(name), xml).unwrap();
    let process = ["process", "--contracts", "contracts.json", "--today", today, name];
    office.expect(0, &[&process[..], &PLACE].concat());
}

/// Both at the same moment; the exit codes.
fn at_once(office: &Office, one: &[&str], other: &[&str]) -> [Option<i32>; 2] {
    let start = Barrier::new(2);
    let run = |arguments: &[&str]| {
        start.wait();
        let run = office.run(&[arguments, &PLACE].concat());
        assert!(run.code.is_some_and(|code| code < 2), "{arguments:?}: {}", run.stderr);
        run.code
    };
    std::thread::scope(|scope| {
        let first = scope.spawn(|| run(one));
        let second = run(other);
        [first.join().unwrap(), second]
    })
}

fn proven(office: &Office) {
    office.expect(0, &[&["ledger", "check"][..], &PLACE].concat());
    for option in ["--verify-state", "--verify-chain"] {
        office.expect(0, &[&["replay", option][..], &PLACE].concat());
    }
}

fn balance(office: &Office, account: &str) -> i64 {
    let told = office.expect(0, &[&["ledger", "balance", "--format", "json"][..], &PLACE].concat()).stdout;
    let report: serde_json::Value = serde_json::from_str(&told).unwrap();
    let found = report["accounts"].as_array().unwrap().iter().find(|row| row["account"] == account);
    found.map_or(0, |row| row["balance_cents"].as_i64().unwrap())
}

fn write(office: &Office, afschrift: &Bankafschrift) -> String {
    super::office::write(office, afschrift)
}

#[test]
fn two_imports_of_one_statement_beside_each_other_take_it_in_once() {
    let database = TestDatabase::new();
    let office = office(&database);
    let first = write(&office, &statement(9, 0, vec![left(FIRST, 48_000)]));
    let second = write(&office, &statement(10, -48_000, vec![came_back(FIRST, 48_000, "AC04")]));
    for file in [&first, &second] {
        let import = ["bank", "import", file.as_str()];
        assert_eq!(at_once(&office, &import, &import), [Some(0), Some(0)]);
    }
    assert_eq!(
        (balance(&office, "20/0193/12345678"), balance(&office, "10/NL13TEST0123456789")),
        (48_000, 0)
    );
    proven(&office);
}

/// The run pays what came back, or the next one does: never both.
#[test]
fn a_return_beside_a_payment_run_is_paid_once() {
    let database = TestDatabase::new();
    let office = office(&database);
    let first = write(&office, &statement(9, 0, vec![left(FIRST, 48_000)]));
    office.expect(0, &[&["bank", "import", &first][..], &PLACE].concat());
    let second = write(&office, &statement(10, -48_000, vec![came_back(FIRST, 48_000, "AM04")]));
    at_once(&office, &["bank", "import", &second], &["pay", "--date", "2026-01-12", "--out", "pay2"]);
    office.expect(0, &[&["pay", "--date", "2026-01-13", "--out", "pay3"][..], &PLACE].concat());
    let again = office.expect(0, &[&["pay", "--date", "2026-01-14", "--out", "pay4"][..], &PLACE].concat());
    assert!(again.stdout.contains("niets te betalen"), "{}", again.stdout);
    assert_eq!(
        (balance(&office, "20/0193/12345678"), balance(&office, "11/NL13TEST0123456789")),
        (0, 48_000)
    );
    proven(&office);
}

#[test]
fn a_return_beside_a_credit_leaves_what_both_say() {
    let database = TestDatabase::new();
    let office = office(&database);
    let first = write(&office, &statement(9, 0, vec![left(FIRST, 48_000)]));
    office.expect(0, &[&["bank", "import", &first][..], &PLACE].concat());
    let second = write(&office, &statement(10, -48_000, vec![came_back(FIRST, 48_000, "AC04")]));
    let credit = jw323(
        (AANBIEDER, GEMEENTE),
        "C2",
        "2026-01-10",
        ("2025-12-01", "2025-12-31"),
        BSN,
        &[line(1, Some("R1"), 6)],
    );
    std::fs::write(office.folder().join("3.xml"), credit).unwrap();
    at_once(&office, &["bank", "import", &second], &["process", "--today", "2026-01-11", "3.xml"]);
    assert_eq!(balance(&office, "20/0193/12345678"), 0);
    let again = office.expect(0, &[&["pay", "--date", "2026-01-14", "--out", "pay2"][..], &PLACE].concat());
    assert!(!again.stdout.contains("480,00"), "{}", again.stdout);
    proven(&office);
}
