//! The same care under other contracts.

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office};
use crate::replay::region;
use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::{Value, json};

fn newer(ceiling: Option<i64>) -> Value {
    let mut document = json!({
        "contracten": [{
            "gemeente": GEMEENTE, "aanbieder": AANBIEDER, "productcategorie": "45", "productcode": "45B01",
            "eenheid": "04", "tarief": 9000, "geldig_van": "2026-01-01", "geldig_tot": null,
        }],
    });
    if let Some(bedrag) = ceiling {
        document["plafonds"] =
            json!([{"aanbieder": AANBIEDER, "jaar": 2026, "bedrag": bedrag, "bij_overschrijding": "hold"}]);
    }
    document
}

fn what_if(office: &Office, contracts: &Value, map: Option<&str>, more: &[&str]) -> Value {
    std::fs::write(office.folder().join("nieuw.json"), contracts.to_string()).unwrap();
    let mut arguments = vec![
        "replay",
        "--data",
        "data",
        "--contracts",
        "nieuw.json",
        "--as-if",
        "2026",
        "--out",
        "uit",
        "--json",
    ];
    if let Some(map) = map {
        std::fs::write(office.folder().join("map.csv"), map).unwrap();
        arguments.extend(["--map", "map.csv"]);
    }
    arguments.extend(more);
    serde_json::from_str(&office.expect(0, &arguments).stdout).unwrap()
}

fn figures(report: &Value, table: &str) -> [i64; 9] {
    let row = &report[table][0];
    ["old", "unmapped", "new", "difference", "price", "volume", "mix", "expected", "high"]
        .map(|key| row[format!("{key}_cents")].as_i64().unwrap_or_else(|| panic!("{key}: {row}")))
}

/// Granted: 3, 4 and 5 hours at EUR 80.
#[test]
fn other_rates_products_and_volumes_are_split_to_the_cent() {
    let office = region();
    let report = what_if(&office, &newer(None), Some("van;naar\n45A04;45B01\n"), &[]);
    let same = [96_000, 0, 108_000, 12_000, 12_000, 0, 0, 108_000, 108_000];
    assert_eq!(figures(&report, "total"), same);
    assert_eq!(figures(&report, "gemeenten"), same);
    assert_eq!(figures(&report, "aanbieders"), same);
    assert_eq!(figures(&report, "products"), same);
    let half = what_if(&office, &newer(None), Some("van;naar;volume\n45A04;45B01;0,5\n"), &[]);
    assert_eq!(figures(&half, "total"), [96_000, 0, 54_000, -42_000, 6_000, -48_000, 0, 54_000, 54_000]);
    let one = what_if(&office, &newer(None), Some("van,naar\n45A04,45B01\n"), &["--from", "2025-03-01"]);
    assert_eq!(figures(&one, "total")[..3], [40_000, 0, 45_000]);
}

#[test]
fn a_ceiling_that_holds_is_paid_up_to_itself() {
    let office = region();
    let report = what_if(&office, &newer(Some(40_000)), Some("van;naar\n45A04;45B01\n"), &[]);
    let [_, _, new, difference, price, volume, mix, ..] = figures(&report, "total");
    assert_eq!((new, difference), (40_000, -56_000));
    assert_eq!(price + volume + mix, difference);
    assert!(volume < 0 && price > 0, "{price} {volume} {mix}");
    assert_eq!(report["ceilings"][0]["above_cents"], 68_000);
}

#[test]
fn a_budget_of_a_client_that_holds_is_paid_up_to_itself_and_names_nobody() {
    let office = region();
    let budget = |bsn: Option<&str>, bedrag: i64, bij: &str| {
        json!({"gemeente": GEMEENTE, "bsn": bsn, "aanbieder": null, "productcategorie": null, "van": "2026-01-01",
            "tot": "2026-12-31", "bedrag": bedrag, "bij_overschrijding": bij})
    };
    let mut contracts = newer(None);
    contracts["budgetten"] = json!([budget(Some(BSN), 60_000, "hold"), budget(None, 10_000, "signal")]);
    let report = what_if(&office, &contracts, Some("van;naar\n45A04;45B01\n"), &[]);
    let [_, _, new, difference, price, volume, mix, ..] = figures(&report, "total");
    assert_eq!((new, difference, price + volume + mix), (60_000, -36_000, -36_000));
    let told = report["ceilings"].as_array().unwrap();
    let told: Vec<_> =
        told.iter().map(|one| (one["ceiling"].as_str().unwrap(), one["above_cents"].as_i64())).collect();
    let clients = "1 overschreden budgetten van jeugdigen, samen";
    assert_eq!(told, [("budget gemeente 0193", Some(98_000)), (clients, Some(48_000))]);
    assert!(!report.to_string().contains(BSN));
}

#[test]
fn what_cannot_be_coupled_is_told_and_estimated() {
    let office = region();
    let report = what_if(&office, &newer(None), None, &[]);
    assert_eq!(figures(&report, "total"), [96_000, 96_000, 0, 0, 0, 0, 0, 96_000, 96_000]);
    assert_eq!(report["coupling"][0]["new_product"], "niet te koppelen");
    // A quarter becomes a product that the new contracts have: the rest is estimated as that quarter.
    let map = "van;naar;aandeel\n45A04;45B01;0,25\n45A04;45X99;0,75\n";
    let report = what_if(&office, &newer(None), Some(map), &[]);
    assert_eq!(figures(&report, "total"), [96_000, 72_000, 27_000, 3_000, 3_000, 0, 0, 108_000, 108_000]);
}

#[test]
fn the_page_can_be_read_by_all_and_the_workbook_holds_the_figures() {
    let office = region();
    what_if(&office, &newer(None), Some("van;naar\n45A04;45B01\n"), &[]);
    let read = |name: &str| std::fs::read_to_string(office.folder().join("uit").join(name)).unwrap();
    let page = read("wat-als.html");
    for part in
        ["<html lang=\"nl\">", "<caption>", "scope=\"col\"", "role=\"img\"", "Zwolle", "duurder (12,5%)"]
    {
        assert!(page.contains(part), "{part}");
    }
    for part in ["<script", "http://www", "999900006", "onclick"] {
        assert!(!page.contains(part), "{part}");
    }
    let chart = read("wat-als.svg");
    assert!(chart.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && chart.contains("<desc"));
    assert!(read("wat-als.csv").contains("108"));
    let mut book: Xlsx<_> = open_workbook(office.folder().join("uit/wat-als.xlsx")).unwrap();
    let sheets = book.sheet_names().clone();
    let found = sheets.iter().any(|sheet| {
        let range = book.worksheet_range(sheet).unwrap();
        range
            .used_cells()
            .any(|(_, _, cell)| matches!(cell, Data::Float(amount) if (*amount - 1080.0).abs() < 1e-9))
    });
    assert!(found, "{sheets:?}");
}

#[test]
fn wrong_use_is_told() {
    let office = region();
    let run = |more: &[&str]| office.expect(2, &[&["replay", "--data", "data"], more].concat()).stderr;
    run(&["--contracts", "nieuw.json"]);
    run(&["--as-if", "2026"]);
    std::fs::write(office.folder().join("nieuw.json"), newer(None).to_string()).unwrap();
    std::fs::write(office.folder().join("map.csv"), "van;naar;aandeel\n45A04;45B01;0,5\n").unwrap();
    let told = run(&["--contracts", "nieuw.json", "--as-if", "2026", "--out", "uit", "--map", "map.csv"]);
    assert!(told.contains("map.csv, regel 2") && told.contains("0.5"), "{told}");
}
