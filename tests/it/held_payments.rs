//! Payments that wait, through the program: what holds them, what a person decides, what room gives back, and that no
//! cent vanishes (rulings 8.5 and 8.8).

use crate::limit_cases::money;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::rebuild::assert_same;
use crate::xml::{Line, jw315, jw323};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};
use std::path::Path;

const IBAN: &str = "NL13TEST0123456789";
const BY: [&str; 6] = ["--by", "A. Proef", "--why", "nagegaan", "--data", "data"];

/// A ceiling of the year that holds payments and says nothing of assignments.
pub fn ceiling(cents: i64, vrijgave: &str) -> Value {
    json!({"gemeente": null, "aanbieder": AANBIEDER, "jaar": 2025, "bedrag": cents, "bij_toewijzing": "niets",
        "bij_betaling": "hold", "vrijgave": vrijgave})
}

/// Writes the contracts of an office, with limits.
pub fn agree(office: &Office, plafonds: &[Value], more: &[(&str, Value)]) {
    let mut agreed = contracts(Some(IBAN));
    agreed["plafonds"] = plafonds.into();
    for (key, value) in more {
        agreed[*key] = value.clone();
    }
    std::fs::write(office.folder().join("contracts.json"), agreed.to_string()).unwrap();
}

/// An office with one assignment of eight hours a month.
pub fn office(cents: i64, vrijgave: &str) -> Office {
    let mut office = Office::open(&contracts(Some(IBAN)));
    agree(&office, &[ceiling(cents, vrijgave)], &[]);
    let rows = [("REF1", "2025-01-01", "2025-12-31", 8)];
    let line = office.send("2025-01-07", &jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &rows));
    assert_eq!(line["verdict"], "accepted", "{line}");
    office
}

pub fn line(month: u32, vorig: Option<&str>, hours: i64) -> Line {
    let last = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
    Line {
        referentie: vorig.map_or(format!("R{month}"), |vorig| format!("{vorig}C")),
        vorig: vorig.map(Into::into),
        toewijzing: 800_000_001,
        product: ("45", "45A04"),
        periode: (format!("2025-{month:02}-01"), format!("2025-{month:02}-{last}")),
        volume: hours,
        eenheid: "04",
        tarief: TARIEF,
    }
}

/// Claims lines; gives the work item about it, when there is one.
pub fn claim(office: &mut Office, nummer: &str, lines: &[Line]) -> Option<i64> {
    let xml = jw323((AANBIEDER, GEMEENTE), nummer, "2026-01-05", ("2025-12-01", "2025-12-31"), BSN, lines);
    let told = office.send("2026-01-06", &xml);
    assert_eq!(told["verdict"], "accepted", "{told}");
    told["work"][0].as_i64()
}

fn stands(office: &Office, [granted, payable, held, refused, paid]: [i64; 5]) {
    let expected =
        json!({"granted": granted, "payable": payable, "held": held, "refused": refused, "paid": paid});
    assert_eq!(money(office.folder()), expected);
    office.expect(0, &["ledger", "check", "--data", "data"]);
}

pub fn decide(office: &Office, what: &str, item: i64) {
    let (id, today) = (item.to_string(), ["--today", "2026-01-07"]);
    office.expect(0, &[&["work", what, &id][..], &today, &BY].concat());
}

pub fn import(office: &Office) {
    office.expect(0, &["contract", "import", "contracts.json", "--data", "data", "--today", "2026-01-08"]);
}

/// Takes the agreement as all there is: a limit that it does not name goes.
pub fn import_all(office: &Office) {
    let all =
        ["contract", "import", "contracts.json", "--volledig", "--data", "data", "--today", "2026-01-08"];
    office.expect(0, &all);
}

fn items(office: &Office) -> Vec<Value> {
    office.expect(0, &["work", "list", "--json", "--data", "data"]).lines()
}

/// An office in which one line is paid and another waits.
pub fn with_a_held_line() -> Office {
    let mut office = office(50_000, "persoon");
    claim(&mut office, "C1", &[line(1, None, 6), line(2, None, 5)]).unwrap();
    office
}

#[test]
fn a_release_beside_a_refusal_in_one_aanbieder_and_a_credit_of_each() {
    let mut office = office(50_000, "persoon");
    let first = claim(&mut office, "C1", &[line(1, None, 6), line(2, None, 5)]).unwrap();
    let second = claim(&mut office, "C2", &[line(3, None, 1), line(4, None, 2)]).unwrap();
    stands(&office, [112_000, 48_000, 64_000, 0, 0]);
    let held = items(&office);
    assert!(held[0]["story"].as_str().unwrap().contains("samen € 400,00"), "{}", held[0]);
    assert!(held[0]["due"].as_str().unwrap().starts_with("2026-02-05"), "30 days: {}", held[0]);
    assert_eq!((&held[0]["held_cents"], &held[0]["past_nu_cents"]), (&40_000.into(), &0.into()));
    let deadlines = office.expect(0, &["report", "deadlines", "--format", "json", "--data", "data"]).stdout;
    assert!(deadlines.contains(&format!("\"work\":{first}")), "{deadlines}");
    decide(&office, "reject", first);
    stands(&office, [112_000, 48_000, 24_000, 40_000, 0]);
    decide(&office, "approve", second);
    stands(&office, [112_000, 72_000, 0, 40_000, 0]);
    office.expect(0, &["pay", "--data", "data", "--date", "2026-01-09", "--out", "pay"]);
    stands(&office, [112_000, 0, 0, 40_000, 72_000]);
    // The credit of the refused line takes it away there; that of the released line is a debt.
    claim(&mut office, "C3", &[line(2, Some("R2"), 5)]);
    stands(&office, [72_000, 0, 0, 0, 72_000]);
    claim(&mut office, "C4", &[line(4, Some("R4"), 2)]);
    stands(&office, [56_000, -16_000, 0, 0, 72_000]);
    // A release cannot be taken back, and a credited refusal is nothing to open again.
    for item in [first, second] {
        let id = item.to_string();
        let refused = office.expect(2, &[&["work", "reopen", &id][..], &BY].concat());
        assert!(refused.stderr.contains("niets meer waarover"), "{}", refused.stderr);
    }
    assert_same(&office.folder().join("data"));
    office.expect(0, &["replay", "--verify-state", "--data", "data"]);
}

#[test]
fn what_fits_again_is_proposed_in_the_order_of_holding_and_a_person_decides() {
    let mut office = office(48_000, "persoon");
    let first = claim(&mut office, "C1", &[line(1, None, 6), line(2, None, 5)]).unwrap();
    let second = claim(&mut office, "C2", &[line(3, None, 1)]).unwrap();
    let fits = |office: &Office| {
        let past = |id: i64| {
            let shown = office.expect(0, &["work", "show", &id.to_string(), "--json", "--data", "data"]);
            shown.lines()[0]["past_nu_cents"].as_i64().unwrap()
        };
        (past(first), past(second))
    };
    assert_eq!(fits(&office), (0, 0));
    // Room for the second alone: the first comes first.
    agree(&office, &[ceiling(87_999, "persoon")], &[]);
    import(&office);
    assert_eq!(fits(&office), (0, 0));
    agree(&office, &[ceiling(88_000, "persoon")], &[]);
    import(&office);
    assert_eq!(fits(&office), (40_000, 0), "to the cent");
    agree(&office, &[ceiling(96_000, "persoon")], &[]);
    import(&office);
    assert_eq!(fits(&office), (40_000, 8000));
    // Nobody decided yet: who comes later does not go before them.
    claim(&mut office, "C3", &[line(5, None, 1)]).unwrap();
    office.expect(0, &["work", "due", "--data", "data", "--today", "2026-01-09"]);
    stands(&office, [104_000, 48_000, 56_000, 0, 0]);
    let text = office.expect(0, &["work", "show", &first.to_string(), "--data", "data"]).stdout;
    assert!(text.contains("wacht nog: € 400,00; past nu: € 400,00"), "{text}");
}

#[test]
fn room_that_comes_back_by_a_refusal_or_a_credit_releases_by_itself_where_the_limit_says_so() {
    let mut office = office(48_000, "automatisch");
    let first = claim(&mut office, "C1", &[line(1, None, 6), line(2, None, 5)]).unwrap();
    claim(&mut office, "C2", &[line(3, None, 1)]).unwrap();
    stands(&office, [96_000, 48_000, 48_000, 0, 0]);
    // The refusal of the first leaves no room yet; the credit of what is payable does.
    decide(&office, "reject", first);
    office.expect(0, &["work", "due", "--data", "data", "--today", "2026-01-09"]);
    stands(&office, [96_000, 48_000, 8000, 40_000, 0]);
    claim(&mut office, "C3", &[line(1, Some("R1"), 6)]);
    stands(&office, [48_000, 8000, 0, 40_000, 0]);
    let open = items(&office);
    assert!(
        open.iter().all(|item| item["held_cents"].is_null()),
        "the item of what was released is over: {open:?}"
    );
    // Opened again, the refused line fits as well: it goes with the next look.
    decide(&office, "reopen", first);
    stands(&office, [48_000, 8000, 40_000, 0, 0]);
    office.expect(0, &["work", "due", "--data", "data", "--today", "2026-01-09"]);
    stands(&office, [48_000, 48_000, 0, 0, 0]);
    assert_same(&office.folder().join("data"));
    office.expect(0, &["replay", "--data", "data"]);
}

#[test]
fn many_are_decided_on_as_one_and_only_those_of_the_preview() {
    let mut office = office(0, "persoon");
    let first = claim(&mut office, "C1", &[line(1, None, 6)]).unwrap();
    let second = claim(&mut office, "C2", &[line(2, None, 5)]).unwrap();
    let choice = ["--all-matching", "aanbieder=12345678", "--data", "data", "--json"];
    let check = |what: &str| office.expect(0, &[&["work", what, "--check"][..], &choice].concat()).lines();
    let seen = check("approve");
    assert_eq!((&seen[0]["count"], &seen[0]["held_cents"]), (&2.into(), &88_000.into()));
    let token = seen[0]["token"].as_str().unwrap().to_owned();
    // Without the token, with that of the other decision or of another choice, nothing happens.
    let who = ["--by", "A. Proef", "--why", "plafond verhoogd"];
    let bare = office.expect(2, &[&["work", "approve"][..], &choice, &who].concat());
    assert!(bare.stderr.contains("--check"), "{}", bare.stderr);
    office.expect(2, &[&["work", "reject", "--token", &token][..], &choice, &who].concat());
    let all = ["--all-matching", "alles", "--data", "data", "--json"];
    office.expect(2, &[&["work", "approve", "--token", &token][..], &all, &who].concat());
    stands(&office, [88_000, 0, 88_000, 0, 0]);
    // Meanwhile one came, and one changed: only the other is decided on.
    let third = claim(&mut office, "C3", &[line(3, None, 1)]).unwrap();
    claim(&mut office, "C4", &[line(2, Some("R2"), 5), line(4, None, 2)]).unwrap();
    let done = office.expect(1, &[&["work", "approve", "--token", &token][..], &choice, &who].concat());
    let done = &done.lines()[0];
    assert_eq!((&done["count"], &done["previewed"]), (&1.into(), &2.into()), "{done}");
    assert_eq!(done["items"], json!([{"work": first, "held_cents": 48_000}]));
    let told = done["not_decided"].as_array().unwrap();
    assert!(told.contains(&third.into()) && !told.contains(&second.into()), "{done}");
    stands(&office, [72_000, 48_000, 24_000, 0, 0]);
    let all = office.expect(0, &["work", "list", "--all", "--json", "--data", "data"]).lines();
    let first = all.iter().find(|item| item["work"] == first).unwrap();
    assert_eq!(
        (&first["status"], &first["closed"]["why"]),
        (&"goedgekeurd".into(), &"plafond verhoogd".into())
    );
    assert_same(&office.folder().join("data"));
    office.expect(0, &["replay", "--data", "data"]);
}

#[test]
fn above_the_mandate_two_persons_decide() {
    let mut office = office(0, "persoon");
    agree(&office, &[ceiling(0, "persoon")], &[("mandaat_bedrag", json!(40_000))]);
    let small = claim(&mut office, "C1", &[line(2, None, 5)]).unwrap();
    let large = claim(&mut office, "C2", &[line(1, None, 6)]).unwrap();
    decide(&office, "approve", small);
    let id = large.to_string();
    for second in [&[][..], &["--by", " a. proef "][..]] {
        let alone = office.expect(2, &[&["work", "approve", &id][..], second, &BY].concat());
        assert!(alone.stderr.contains("twee personen"), "{}", alone.stderr);
    }
    stands(&office, [88_000, 40_000, 48_000, 0, 0]);
    // Refusing pays nothing.
    decide(&office, "reject", large);
    decide(&office, "reopen", large);
    office.expect(0, &[&["work", "approve", &id, "--by", "B. Proef"][..], &BY].concat());
    stands(&office, [88_000, 88_000, 0, 0, 0]);
    let all = office.expect(0, &["work", "list", "--all", "--json", "--data", "data"]).lines();
    let item = all.iter().find(|item| item["work"] == large).unwrap();
    assert_eq!(item["closed"]["by"], "B. Proef en A. Proef");
}

#[test]
fn a_limit_that_goes_lets_go_only_by_a_person_and_one_that_signals_holds_nothing_more() {
    let mut office = office(0, "automatisch");
    let item = claim(&mut office, "C1", &[line(1, None, 6)]).unwrap();
    agree(&office, &[], &[]);
    import_all(&office);
    office.expect(0, &["work", "due", "--data", "data", "--today", "2026-01-09"]);
    stands(&office, [48_000, 0, 48_000, 0, 0]);
    let shown = office.expect(0, &["work", "show", &item.to_string(), "--json", "--data", "data"]);
    assert_eq!(shown.lines()[0]["past_nu_cents"], 48_000);
    // It returns as a signal: later lines are paid, the held one waits for a person.
    let mut signal = ceiling(0, "persoon");
    signal["bij_betaling"] = "signal".into();
    agree(&office, &[signal], &[]);
    import(&office);
    claim(&mut office, "C2", &[line(2, None, 5)]);
    stands(&office, [88_000, 40_000, 48_000, 0, 0]);
    decide(&office, "approve", item);
    stands(&office, [88_000, 88_000, 0, 0, 0]);
}

/// Changes a database behind the program's back.
pub fn by_hand(database: &Path, statements: &str) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let options = SqliteConnectOptions::new().filename(database);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

#[test]
fn a_row_of_money_that_is_changed_by_hand_is_named() {
    let office = with_a_held_line();
    let spoil = |statement: &str| {
        let copy = tempfile::tempdir().unwrap();
        std::fs::create_dir(copy.path().join("data")).unwrap();
        std::fs::copy(office.folder().join("data/happyflow.db"), copy.path().join("data/happyflow.db"))
            .unwrap();
        by_hand(&copy.path().join("data/happyflow.db"), statement);
        let told = crate::cli::run(copy.path(), &["report", "money", "--data", "data", "--format", "json"]);
        let report: Value = serde_json::from_str(&told.stdout).unwrap();
        report["faults"].to_string()
    };
    let free = "DROP TRIGGER boeking_onveranderlijk; DROP TRIGGER boeking_geweigerd_onveranderlijk;";
    for (statement, named) in [
        (
            "UPDATE boeking SET bedrag = bedrag + 1 WHERE vastgehouden = 0",
            "boekingen en toekenning verschillen",
        ),
        ("UPDATE boeking SET vastgehouden = 0", "vastgehouden is"),
        ("UPDATE boeking SET geweigerd = 1 WHERE vastgehouden = 1", "geweigerd is"),
        ("UPDATE vasthouding SET bedrag = bedrag - 1", "vastgehouden is"),
        ("UPDATE vasthouding SET status = 'vrijgegeven'", "vastgehouden is"),
        ("UPDATE limiet_vast SET bedrag = 0", "limieten vasthouden"),
    ] {
        let told = spoil(&format!("{free} {statement}"));
        assert!(told.contains(named), "{statement}: {told}");
    }
    assert_eq!(spoil(free), "[]");
}

#[test]
fn a_person_with_a_payment_that_was_refused_is_taken_out_and_the_money_stands() {
    let mut office = office(1_000_000_000, "persoon");
    // The budget of the child holds, and an aanbieder makes its references of the number.
    let budget = json!([{"gemeente": GEMEENTE, "bsn": BSN, "aanbieder": null, "productcategorie": null,
        "van": "2025-01-01", "tot": "2025-12-31", "bedrag": 50_000, "bij_toewijzing": "niets", "bij_betaling": "hold"}]);
    agree(&office, &[], &[("budgetten", budget)]);
    let named = |month: u32, hours| Line { referentie: format!("{BSN}-{month}"), ..line(month, None, hours) };
    let item = claim(&mut office, "C1", &[named(1, 6), named(2, 5)]).unwrap();
    stands(&office, [88_000, 48_000, 40_000, 0, 0]);
    std::fs::write(office.folder().join("gone"), BSN).unwrap();
    let remove =
        ["remove", "--data", "data", "--client-file", "gone", "--by", "A. Proef", "--why", "termijn"];
    // While its money waits for a decision a person cannot go.
    let remove = [&remove[..], &["--today", "2090-01-01"]].concat();
    let refused = office.expect(2, &remove);
    assert!(refused.stderr.contains("werkitem"), "{}", refused.stderr);
    decide(&office, "reject", item);
    agree(&office, &[], &[("budgetten", json!([])), ("clienten", json!([]))]);
    import_all(&office);
    office.expect(0, &remove);
    stands(&office, [88_000, 48_000, 0, 40_000, 0]);
    office.expect(0, &["replay", "--verify-state", "--data", "data"]);
    let held = "SELECT count(*) FROM vasthouding v JOIN prestatie p USING (aanbieder, referentie)
        JOIN budget_stand s ON s.sleutel = v.limieten";
    assert_eq!(counted(&office.folder().join("data/happyflow.db"), held), 1);
    let named = format!("SELECT count(*) FROM vasthouding WHERE instr(referentie, '{BSN}') > 0");
    assert_eq!(counted(&office.folder().join("data/happyflow.db"), &named), 0);
}

/// What a statement counts.
pub fn counted(database: &Path, statement: &str) -> i64 {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let options = SqliteConnectOptions::new().filename(database);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let count = sqlx::query_scalar(AssertSqlSafe(statement.to_owned())).fetch_one(&mut connection).await;
        connection.close().await.unwrap();
        count.unwrap()
    })
}
