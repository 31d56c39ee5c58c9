//! `happyflow report`: every figure agrees with what was decided, in every format, and names no client.

use crate::cli::{Run, run};
use crate::messages::jw301_between;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::xml::{Line, jw315, jw323};
use calamine::{Data, Reader, Xlsx};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;
use tempfile::TempDir;

/// Months of a generated region with many faults, and a ceiling that holds from the first cent on.
struct Region {
    folder: TempDir,
    /// Claimed and granted in claims that were booked, as `process` said.
    amounts: (i64, i64),
}

fn region() -> Region {
    let folder = tempfile::tempdir().unwrap();
    let at = |arguments: &[&str]| run(folder.path(), arguments);
    let size =
        ["--clients", "150", "--months", "4", "--gemeenten", "2", "--aanbieders", "5", "--faults", "0.15"];
    let made = at(&[&["generate", "--out", "in"][..], &size].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let path = folder.path().join("in/contracts.json");
    let mut contracts: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for plafond in contracts["plafonds"].as_array_mut().unwrap() {
        plafond["bij_betaling"] = "hold".into();
        plafond["bedrag"] = 100_000.into();
    }
    std::fs::write(&path, contracts.to_string()).unwrap();
    let arguments = ["process", "--json", "--data", "data", "--contracts", "in/contracts.json", "in"];
    let processed = at(&[&arguments[..], &["--today", "2025-07-01"]].concat());
    assert!(processed.code < Some(2), "{}", processed.stderr);
    let mut amounts = (0, 0);
    for line in processed.lines().iter().filter(|line| line["duplicate"] == false) {
        let booked = line["message"] == "JW323" && ["accepted", "partial"].contains(&verdict(line));
        if booked {
            amounts.0 += line["amounts"]["claimed_cents"].as_i64().unwrap();
            amounts.1 += line["amounts"]["granted_cents"].as_i64().unwrap();
        }
    }
    assert!(amounts.1 > 0 && amounts.0 > amounts.1, "{amounts:?}");
    Region { folder, amounts }
}

fn verdict(line: &Value) -> &str {
    line["verdict"].as_str().unwrap()
}

impl Region {
    fn run(&self, arguments: &[&str]) -> Run {
        let run =
            run(self.folder.path(), &[arguments, &["--data", "data", "--today", "2025-07-01"]].concat());
        assert_eq!(run.code, Some(0), "{arguments:?} {}", run.stderr);
        run
    }

    fn json(&self, name: &str) -> Value {
        self.run(&["report", name, "--format", "json"]).lines().remove(0)
    }
}

fn sum(report: &Value, table: &str, key: &str) -> i64 {
    rows(report, table).iter().map(|row| row[key].as_i64().unwrap_or_default()).sum()
}

fn rows<'a>(report: &'a Value, table: &str) -> &'a Vec<Value> {
    report[table].as_array().unwrap_or_else(|| panic!("no table {table}"))
}

fn total(report: &Value, name: &str) -> i64 {
    let row = rows(report, "totals").iter().find(|row| row["name"] == name);
    row.unwrap_or_else(|| panic!("no total {name}"))["amount_cents"].as_i64().unwrap()
}

/// Every BSN in the messages and contracts.
fn bsns(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        let parts = text.split("Bsn>").skip(1).filter_map(|part| part.get(..9));
        found.extend(parts.filter(|part| part.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned));
    }
    assert!(found.len() > 100, "{}", found.len());
    found
}

fn sheet(workbook: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Vec<Vec<Data>> {
    let range = workbook.worksheet_range(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    range.rows().map(<[Data]>::to_vec).collect()
}

fn column(rows: &[Vec<Data>], heading: &str) -> Vec<Data> {
    let place = rows[0].iter().position(|cell| *cell == *heading).unwrap();
    rows[1..].iter().map(|row| row[place].clone()).collect()
}

fn workbook(path: &Path) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(std::fs::read(path).unwrap())).unwrap()
}

#[test]
fn every_figure_of_a_region_agrees_with_what_was_decided() {
    let region = region();
    let (claimed, granted) = region.amounts;

    let rejections = region.json("rejections");
    assert_eq!((total(&rejections, "claimed"), total(&rejections, "granted")), (claimed, granted));
    assert_eq!(total(&rejections, "rejected_lines"), claimed - granted);
    assert_eq!(total(&rejections, "difference"), 0);
    let once = total(&rejections, "rejected_lines") + total(&rejections, "rejected_whole");
    for table in ["codes", "rejections"] {
        assert_eq!(sum(&rejections, table, "amount_once_cents"), once, "{table}");
    }
    let twice = rows(&rejections, "rejections").iter();
    let mut twice = twice.filter(|row| row["amount_cents"] != row["amount_once_cents"]);
    assert!(twice.any(|row| row["count"].as_i64().unwrap() > 0), "no line with two codes");
    assert!(rows(&rejections, "codes").iter().all(|row| !row["text"].as_str().unwrap().is_empty()));

    let budget = region.json("budget");
    for table in ["gemeenten", "aanbieders", "products"] {
        assert_eq!(sum(&budget, table, "claimed_cents"), claimed, "{table}");
        assert_eq!(sum(&budget, table, "granted_cents"), granted, "{table}");
        assert_eq!(sum(&budget, table, "held_cents"), total(&budget, "held"), "{table}");
        assert!(sum(&budget, table, "assigned_cents") > granted, "{table}");
    }
    assert!(total(&budget, "held") > 0 && total(&budget, "payable") > 0);
    assert_eq!(total(&budget, "ledger"), granted);
    for row in rows(&budget, "totals") {
        assert_eq!(row["difference_cents"].as_i64().unwrap_or_default(), 0, "{row}");
        assert_eq!(row["count"].as_i64().unwrap_or_default(), 0, "{row}");
    }
    let spent = rows(&budget, "limits").iter().filter(|row| row["granted_cents"] != 0);
    let kinds: BTreeSet<&str> = spent.map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["clientbudget", "plafond"]);
    for row in rows(&budget, "limits") {
        let cents = |key: &str| row[key].as_i64().unwrap();
        assert_eq!(cents("in_use_cents"), cents("granted_cents") + cents("promised_cents"), "{row}");
        assert_eq!(cents("room_cents"), cents("assigned_cents") - cents("in_use_cents"), "{row}");
    }

    // Released money is held no longer, and paid money is paid.
    let work = region.json("work");
    let held = rows(&work, "work").iter().find(|row| row["reason"] == "plafond-overschreden").unwrap();
    let id = held["work"].to_string();
    region.run(&["work", "approve", &id, "--by", "A. Proef", "--why", "akkoord"]);
    let pay = ["pay", "--data", "data", "--date", "2025-07-10", "--out", "pay"];
    let paid = run(region.folder.path(), &pay);
    assert!(paid.code < Some(2), "{}", paid.stderr);
    let after = region.json("budget");
    assert!(total(&after, "held") < total(&budget, "held") && total(&after, "paid") != 0);
    assert_eq!(sum(&after, "products", "held_cents"), total(&after, "held"));
    assert_eq!(total(&after, "ledger"), granted);
}

#[test]
fn every_format_says_the_same_and_none_names_a_client() {
    let region = region();
    let bsns = bsns(&region.folder.path().join("in"));
    let mut texts = Vec::new();
    for name in ["rejections", "deadlines", "budget", "work"] {
        for format in ["table", "csv", "json"] {
            texts.push((name, format, region.run(&["report", name, "--format", format]).stdout));
        }
        let file = format!("{name}.xlsx");
        region.run(&["report", name, "--format", "xlsx", "--out", &file]);
        let mut workbook = workbook(&region.folder.path().join(&file));
        let sheets = workbook.worksheets();
        let cells = sheets.iter().flat_map(|(_, range)| range.cells().map(|(.., cell)| cell.to_string()));
        texts.push((name, "xlsx", cells.collect::<Vec<_>>().join("\n")));
    }
    for (name, format, text) in &texts {
        let shown = bsns.iter().find(|bsn| text.contains(*bsn));
        assert_eq!(shown, None, "{name} {format}");
    }

    let json = region.json("budget");
    let claimed = sum(&json, "gemeenten", "claimed_cents");
    let mut workbook = workbook(&region.folder.path().join("budget.xlsx"));
    let rows = sheet(&mut workbook, "Per gemeente");
    let euros: f64 = column(&rows, "Ingediend")
        .iter()
        .map(|cell| match cell {
            Data::Float(euros) => *euros,
            other => panic!("no number: {other:?}"),
        })
        .sum();
    #[expect(clippy::cast_possible_truncation, reason = "cents of a small region")]
    let cents = (euros * 100.0).round() as i64;
    assert_eq!(cents, claimed);
    assert!(matches!(&column(&rows, "Gemeente")[0], Data::String(code) if code.starts_with('0')));
    let limits = sheet(&mut workbook, "Budgetten en plafonds");
    let Data::DateTime(from) = &column(&limits, "Van")[0] else { panic!("no date") };
    // 1 January 2025, in days as sheets count them.
    assert!((from.as_f64() - 45_658.0).abs() < f64::EPSILON, "{from:?}");

    let csv = region.run(&["report", "budget", "--format", "csv"]).stdout;
    assert!(csv.starts_with('\u{feff}'), "no mark");
    let amount =
        |text: &str| text.split_once(',').map(|(euros, cents)| format!("{euros}{cents}").parse::<i64>());
    let of_gemeenten =
        csv.split("\r\n").skip(2).take_while(|line| *line != ";\"\"" && !line.starts_with(';'));
    let total: i64 = of_gemeenten
        .map(|line| line.split(';').collect::<Vec<_>>())
        .take_while(|cells| cells.len() > 5)
        .map(|cells| amount(cells[5]).unwrap().unwrap())
        .sum();
    assert_eq!(total, claimed);
}

#[test]
fn the_same_data_give_the_same_report() {
    let region = region();
    for name in ["rejections", "deadlines", "budget", "work"] {
        let once = region.run(&["report", name, "--format", "json"]).stdout;
        assert_eq!(region.run(&["report", name, "--format", "json"]).stdout, once, "{name}");
    }
}

fn line(referentie: &str, toewijzing: u32, hours: i64, tarief: i64) -> Line {
    Line {
        referentie: referentie.into(),
        vorig: None,
        toewijzing,
        product: ("45", "45A04"),
        periode: ("2025-01-01".into(), "2025-01-31".into()),
        volume: hours,
        eenheid: "04",
        tarief,
    }
}

#[test]
fn a_line_with_two_codes_counts_under_both_and_its_euros_once() {
    let relatie = (AANBIEDER, GEMEENTE);
    let mut office = Office::open(&contracts(None));
    let rows = [("REF1", "2025-01-01", "2025-12-31", 8)];
    office.send("2025-01-07", &jw315(relatie, "V1", "2025-01-06", BSN, &rows));
    // Another rate than the contract, and more hours than were assigned.
    let lines = [line("R1", 800_000_001, 90, TARIEF + 1000)];
    let claim = jw323(relatie, "C1", "2025-02-02", ("2025-01-01", "2025-01-31"), BSN, &lines);
    let answered = office.send("2025-02-03", &claim);
    assert_eq!(answered["verdict"], "partial", "{answered}");
    let codes: BTreeSet<&str> =
        answered["findings"].as_array().unwrap().iter().map(|f| f["retourcode"].as_str().unwrap()).collect();
    assert!(codes.len() > 1, "{answered}");
    let report = office.expect(0, &["report", "rejections", "--format", "json", "--data", "data"]);
    let report = &report.lines()[0];
    assert_eq!(report["rejections"].as_array().unwrap().len(), codes.len(), "{report}");
    for row in report["rejections"].as_array().unwrap() {
        assert_eq!((&row["count"], &row["amount_cents"]), (&1.into(), &(90 * 9000).into()), "{row}");
        assert_eq!((&row["productcode"], &row["month"]), (&"45A04".into(), &"2025-01".into()), "{row}");
    }
    assert_eq!(sum(report, "rejections", "amount_once_cents"), 90 * 9000);
    assert_eq!(total(report, "rejected"), 90 * 9000);
    assert_eq!(total(report, "difference"), 0);
}

/// Care that nobody can mean, until a year that no calendar has: figures of the region stay there, and the limits are
/// passed as they should be (each of them alone stays within 64 bits, together they do not).
#[test]
fn care_without_measure_leaves_every_report_of_the_region_as_it_is() {
    let mut contracts = contracts(None);
    contracts["budgetten"] = serde_json::json!([{"gemeente": GEMEENTE, "bsn": null, "aanbieder": null,
        "productcategorie": null, "van": "2026-01-01", "tot": "2026-12-31", "bedrag": 10_000_000,
        "bij_overschrijding": "signal"}]);
    let mut office = Office::open(&contracts);
    for (place, (volume, end)) in
        [("99999999", "9999999-12-31"), ("99999999", "200000-12-31"), ("1", "9999999-12-31")]
            .into_iter()
            .cycle()
            .take(9)
            .enumerate()
    {
        let number = 300_401 + u32::try_from(place).unwrap();
        let message = jw301_between(GEMEENTE, AANBIEDER, &format!("T{place}"), number)
            .replace("<b:Volume>4</b:Volume>", &format!("<b:Volume>{volume}</b:Volume>"))
            .replace("2026-12-31", end);
        assert_eq!(office.send("2026-02-03", &message)["verdict"], "accepted");
    }
    for name in ["rejections", "deadlines", "budget", "work"] {
        let report = office.expect(0, &["report", name, "--format", "json", "--data", "data"]);
        if name == "budget" {
            let report = &report.lines()[0];
            // Six of ten billion euros, and three of one hour a week for so long.
            assert!(sum(report, "gemeenten", "assigned_cents") >= 6_000_000_000_000, "{report}");
            assert_eq!(sum(report, "gemeenten", "assignments"), 9);
        }
    }
}

#[test]
fn a_wrong_report_or_folder_is_said_so() {
    let office = Office::open(&contracts(None));
    let unknown = office.expect(2, &["report", "alles", "--data", "data"]);
    assert!(unknown.stderr.contains("rejections"), "{}", unknown.stderr);
    let absent = office.expect(2, &["report", "work", "--data", "weg"]);
    assert!(absent.stderr.contains("weg"), "{}", absent.stderr);
}
