//! The ledger: what claims, decisions about held money and payment runs move, row by row; that rows never change, that what is
//! changed by hand is found, and that a payment which was undone beside the program is not paid again.

use crate::held_payments::{claim, decide, line, office, with_a_held_line};
use crate::office::Office;
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};
use std::collections::BTreeMap;

const PAY: [&str; 5] = ["pay", "--data", "data", "--date", "2026-01-09"];
const OWED: &str = "20/0193/12345678";
const HELD: &str = "21/0193/12345678";
const COST: &str = "40/0193/12345678/pxq/2025";
const ON_ITS_WAY: &str = "11/NL13TEST0123456789";

/// Events with their accounts and amounts, in order.
pub fn rows(office: &Office) -> Vec<(String, String, String, i64)> {
    let told = office.expect(0, &["ledger", "rows", "--format", "json", "--data", "data"]).stdout;
    let report: Value = serde_json::from_str(&told).unwrap();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = report["rows"].as_array().unwrap_or_else(|| panic!("{report}"));
    rows.iter()
        .map(|row| {
            let amount = row["amount_cents"].as_i64().unwrap();
            (text(row, "event"), text(row, "debit_account"), text(row, "credit_account"), amount)
        })
        .collect()
}

pub fn expected(rows: &[(&str, &str, &str, i64)]) -> Vec<(String, String, String, i64)> {
    let own = |text: &&str| (*text).to_owned();
    rows.iter().map(|(event, debit, credit, amount)| (own(event), own(debit), own(credit), *amount)).collect()
}

/// Balance of every account, credit less debit.
pub fn balances(office: &Office) -> BTreeMap<String, i64> {
    let told = office.expect(0, &["ledger", "balance", "--format", "json", "--data", "data"]).stdout;
    let report: Value = serde_json::from_str(&told).unwrap();
    let rows = report["accounts"].as_array().unwrap_or_else(|| panic!("{report}"));
    let balance =
        |row: &Value| (row["account"].as_str().unwrap().to_owned(), row["balance_cents"].as_i64().unwrap());
    rows.iter().map(balance).collect()
}

/// What the check says is wrong.
pub fn faults(office: &Office) -> Vec<String> {
    let run = office.run(&["ledger", "check", "--json", "--data", "data"]);
    let line = run.lines().remove(0);
    let faults: Vec<String> = serde_json::from_value(line["faults"].clone()).unwrap();
    assert_eq!(
        (line["equal"].as_bool(), run.code),
        (Some(faults.is_empty()), Some(i32::from(!faults.is_empty())))
    );
    faults
}

/// Does what no program of ours does.
pub fn by_hand(office: &Office, sql: &str) -> Result<(), sqlx::Error> {
    let file = office.folder().join("data/happyflow.db");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let options = SqliteConnectOptions::new().filename(file);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
        connection.close().await
    })
}

#[test]
fn a_ceiling_that_holds_from_claim_to_payment() {
    let mut office = office(50_000, "persoon");
    let first = claim(&mut office, "C1", &[line(1, None, 6), line(2, None, 5)]).unwrap();
    let second = claim(&mut office, "C2", &[line(3, None, 1), line(4, None, 2)]).unwrap();
    decide(&office, "reject", first);
    decide(&office, "approve", second);
    office.expect(0, &[&PAY[..], &["--out", "pay"]].concat());
    // The credit of what was refused moves nothing: it is no cost any more. That of what was released is a debt.
    claim(&mut office, "C3", &[line(2, Some("R2"), 5)]);
    claim(&mut office, "C4", &[line(4, Some("R4"), 2)]);
    let story = [
        ("toegekend", COST, OWED, 48_000),
        ("toegekend-vastgehouden", COST, HELD, 40_000),
        ("toegekend-vastgehouden", COST, HELD, 24_000),
        ("geweigerd", HELD, COST, 40_000),
        ("vrijgegeven", HELD, OWED, 24_000),
        ("betaald", OWED, ON_ITS_WAY, 72_000),
        ("credit", OWED, COST, 16_000),
    ];
    assert_eq!(rows(&office), expected(&story));
    let stands = [(ON_ITS_WAY, 72_000), (OWED, -16_000), (HELD, 0), (COST, -56_000)];
    assert_eq!(balances(&office), stands.map(|(key, amount)| (key.to_owned(), amount)).into());
    assert_eq!(faults(&office), [""; 0]);
    office.expect(0, &["replay", "--verify-state", "--data", "data"]);
    office.expect(0, &["replay", "--verify-chain", "--data", "data"]);
}

#[test]
fn a_refusal_that_is_opened_again_is_a_cost_again() {
    let office = with_a_held_line();
    for what in ["reject", "reopen", "reject", "reopen", "approve"] {
        decide(&office, what, 1);
    }
    let after: Vec<_> = rows(&office).split_off(2);
    let (refused, again) = (("geweigerd", HELD, COST, 40_000), ("heropend", COST, HELD, 40_000));
    assert_eq!(after, expected(&[refused, again, refused, again, ("vrijgegeven", HELD, OWED, 40_000)]));
    assert_eq!(faults(&office), [""; 0]);
}

/// Each event, from the credit of what is held on: it takes the money away where it stands.
#[test]
fn a_credit_of_what_is_held_takes_it_away_there() {
    let mut office = with_a_held_line();
    claim(&mut office, "C2", &[line(2, Some("R2"), 5)]);
    assert_eq!(rows(&office).split_off(2), expected(&[("credit-vastgehouden", HELD, COST, 40_000)]));
    assert_eq!(balances(&office)[HELD], 0);
    assert_eq!(faults(&office), [""; 0]);
}

#[test]
fn rows_never_change_and_never_go() {
    let office = with_a_held_line();
    for sql in [
        "UPDATE overboeking SET bedrag = bedrag + 1",
        "DELETE FROM overboeking",
        "UPDATE grootboekstand SET debet = credit + 1 WHERE rekening LIKE '21/%'",
        "INSERT INTO overboeking SELECT journaal + 1, 1, gebeurtenis, bron, volgnummer, debet, credit, bedrag, boekdatum, 0 FROM overboeking",
        "INSERT INTO overboeking SELECT journaal + 1, 1, gebeurtenis, bron + 1, volgnummer, debet, debet, bedrag, boekdatum, 0 FROM overboeking",
        "INSERT INTO overboeking SELECT journaal + 1, 1, gebeurtenis, bron + 1, volgnummer, debet, credit, 0, boekdatum, 0 FROM overboeking",
    ] {
        assert!(by_hand(&office, sql).is_err(), "{sql}");
    }
    assert_eq!(faults(&office), [""; 0]);
}

#[test]
fn what_is_changed_by_hand_is_named_and_nothing_else_is() {
    const LOOSE: &str =
        "DROP TRIGGER overboeking_vast; DROP TRIGGER overboeking_blijft; DROP TRIGGER betaling_vast;";
    for (sql, named) in [
        (
            "UPDATE overboeking SET bedrag = bedrag + 1 WHERE gebeurtenis = 'toegekend'",
            vec!["rekening 20/", "rekening 40/", "betaalbaar werd"],
        ),
        (
            "DELETE FROM overboeking WHERE gebeurtenis = 'toegekend-vastgehouden'",
            vec!["rekening 21/", "rekening 40/", "vastgehouden werd"],
        ),
        (
            "UPDATE overboeking SET credit = '20/0193/12345679' WHERE gebeurtenis = 'toegekend'",
            vec!["rekening 20/", "betaalbaar werd"],
        ),
        ("UPDATE grootboekstand SET credit = credit + 1 WHERE rekening LIKE '20/%'", vec!["rekening 20/"]),
        ("UPDATE betaling SET bedrag = bedrag + 1", vec!["betaalrun 1"]),
        (
            "UPDATE overboeking SET bedrag = bedrag - 1 WHERE gebeurtenis = 'betaald'",
            vec!["rekening 11/", "rekening 20/", "betaalrun 1"],
        ),
    ] {
        let office = with_a_held_line();
        office.expect(0, &[&PAY[..], &["--out", "pay"]].concat());
        by_hand(&office, &format!("{LOOSE} {sql}")).unwrap();
        let found = faults(&office);
        assert!(!found.is_empty(), "{sql}");
        assert!(found.iter().all(|fault| named.iter().any(|name| fault.contains(name))), "{sql}: {found:?}");
        for name in named {
            assert!(found.iter().any(|fault| fault.contains(name)), "{sql}: {name}: {found:?}");
        }
    }
}

#[test]
fn a_payment_that_was_undone_beside_the_program_is_not_paid_again() {
    let mut office = with_a_held_line();
    office.expect(0, &[&PAY[..], &["--out", "pay"]].concat());
    by_hand(&office, "DROP TRIGGER boeking_eenmaal_betaald; UPDATE boeking SET betaalrun = NULL").unwrap();
    let refused = office.expect(2, &[&PAY[..], &["--out", "pay2"]].concat());
    assert!(refused.stderr.contains("pay.ledger-differs"), "{}", refused.stderr);
    assert!(refused.stderr.contains("€ 480,00"), "{}", refused.stderr);
    let found = faults(&office);
    assert!(found.iter().any(|fault| fault.contains("rekening 20/0193/12345678")), "{found:?}");
    // Nothing stops others: a claim is decided all the same.
    claim(&mut office, "C2", &[line(3, None, 1)]);
}

#[test]
fn an_account_has_its_own_rows_with_the_balance_after_each() {
    let office = with_a_held_line();
    decide(&office, "approve", 1);
    let told = office
        .expect(0, &["ledger", "rows", "--rekening", HELD, "--format", "json", "--data", "data"])
        .stdout;
    let report: Value = serde_json::from_str(&told).unwrap();
    let after: Vec<i64> =
        report["rows"].as_array().unwrap().iter().map(|row| row["balance_cents"].as_i64().unwrap()).collect();
    assert_eq!(after, [40_000, 0]);
    let wrong = office.expect(2, &["ledger", "rows", "--rekening", "20/193", "--data", "data"]);
    assert!(wrong.stderr.contains("20/0193/99100001"), "{}", wrong.stderr);
    let of_kind = office.expect(0, &["ledger", "balance", "--rekening", "20", "--data", "data"]).stdout;
    assert!(of_kind.contains(OWED) && !of_kind.contains(HELD), "{of_kind}");
}
