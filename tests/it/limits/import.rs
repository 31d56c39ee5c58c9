//! An import makes only those promises anew that it touches: who they are of follows from what changed in the register.

use crate::requests::world::register;
use happyflow::codes::{AgbCode, Bsn, GemeenteCode};
use happyflow::contracts::Register;
use happyflow::decide::new_register::{Kring, changed};
use serde_json::{Value, json};

fn document() -> Value {
    let row = |gemeente: &str, aanbieder: &str, tarief: i64| {
        json!({"gemeente": gemeente, "aanbieder": aanbieder, "productcategorie": "45", "productcode": "45A04",
            "eenheid": "04", "tarief": tarief, "geldig_van": "2024-01-01"})
    };
    json!({
        "contracten": [row("0193", "12345678", 8_000), row("0193", "87654321", 8_000)],
        "budgetten": [{"gemeente": "0193", "bsn": null, "van": "2025-01-01", "tot": "2025-12-31", "bedrag": 100}],
        "plafonds": [{"aanbieder": "12345678", "jaar": 2025, "bedrag": 100}],
    })
}

fn of(document: &Value) -> Register {
    register(&[("contracts.json", document.to_string().as_str())])
}

/// Whose promises a change of the document makes anew.
fn anew(change: impl FnOnce(&mut Value)) -> Kring {
    let mut after = document();
    change(&mut after);
    changed(&of(&document()), &of(&after))
}

#[test]
fn an_import_makes_only_those_promises_anew_that_it_touches() {
    assert!(anew(|_| {}).is_empty());
    // Children, amounts and what happens above them say nothing of what care costs.
    assert!(anew(|all| all["clienten"] = json!([{"gemeente": "0193", "bsn": "999900006"}])).is_empty());
    assert!(anew(|all| all["plafonds"][0]["bedrag"] = 200.into()).is_empty());
    assert!(anew(|all| all["plafonds"][0]["bij_toewijzing"] = "hold".into()).is_empty());
    let aanbieders = |codes: &[&str]| Kring {
        aanbieders: codes.iter().map(|code| AgbCode::parse(code).unwrap()).collect(),
        ..Kring::default()
    };
    assert_eq!(anew(|all| all["contracten"][1]["tarief"] = 9_000.into()), aanbieders(&["87654321"]));
    assert_eq!(
        anew(|all| all["contracten"][1]["geldig_tot"] = "2026-12-31".into()),
        aanbieders(&["87654321"])
    );
    assert_eq!(anew(|all| all["plafonds"][0]["jaar"] = 2026.into()), aanbieders(&["12345678"]));
    let client = json!({"gemeente": "0193", "bsn": "999900006", "van": "2025-01-01", "tot": "2025-12-31", "bedrag": 100});
    let expected = Kring { clienten: [Bsn::parse("999900006").unwrap()].into(), ..Kring::default() };
    assert_eq!(anew(|all| all["budgetten"].as_array_mut().unwrap().push(client)), expected);
    let expected = Kring { gemeenten: [GemeenteCode::parse("0193").unwrap()].into(), ..Kring::default() };
    assert_eq!(anew(|all| all["budgetten"] = json!([])), expected);
    assert_eq!(anew(|all| all["uitloop_maanden"] = 6.into()), Kring::allen());
}

/// Who works under a party counts for its ceiling.
#[test]
fn a_ceiling_is_of_everybody_who_works_under_its_party() {
    const TERMEN: &str = "nummer = \"C1\"\nnaam = \"Voorbeeld\"\naanbieder = \"12345678\"\nonderaannemers = [\"87654321\"]\n\
        gemeenten = [\"0193\"]\nfinanciering = \"pxq\"\ngeldig_van = 2025-01-01\n";
    const TARIEVEN: &str = "productcategorie;productcode;eenheid;tarief\n45;45A04;04;80,00\n";
    let files = [("contract.toml", TERMEN), ("tarieven.csv", TARIEVEN)];
    let ceiling = ("plafonds.csv", "aanbieder;jaar;bedrag\n12345678;2025;1000,00\n");
    let touched = changed(&register(&files), &register(&[files[0], files[1], ceiling]));
    let both = ["12345678", "87654321"].map(|code| AgbCode::parse(code).unwrap());
    assert_eq!(touched, Kring { aanbieders: both.into(), ..Kring::default() });
}
