//! What limits cost, counted in statements: as many for a large claim as for a small one where everything holds, and as
//! many for an import that touches hundreds of assignments as for one that touches some. Times are measured by
//! `benches/limits.py`.

use crate::cli::{Run, command, run};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// More than this is not a statement for a kind of row that only the larger one has.
const MORE: usize = 12;

/// Statements that a command sends.
fn statements(folder: &Path, arguments: &[&str]) -> usize {
    let mut traced = command(folder);
    traced.args(arguments).env("HAPPYFLOW_LOG", "sqlx::query=trace");
    let run = Run::of(&traced.output().unwrap());
    assert!(matches!(run.code, Some(0 | 1)), "{arguments:?}\n{}", run.stdout);
    let count = run.stderr.matches(" TRACE summary=").count();
    assert!(count > 10, "nothing is counted: {}", run.stderr);
    count
}

/// Every kind of limit with room for little, and what is compared over aanbieders: all of it holds payments.
fn everything_holds(agreed: &mut Value) {
    let acts = |mut row: Value| {
        row["bij_toewijzing"] = "niets".into();
        row["bij_betaling"] = "hold".into();
        row
    };
    let first = &agreed["contracten"][0];
    let (gemeente, aanbieder) = (first["gemeente"].clone(), first["aanbieder"].clone());
    agreed["plafonds"] = json!([acts(json!({"aanbieder": aanbieder, "jaar": 2025, "bedrag": 1_000_000}))]);
    let days = json!({"gemeente": gemeente, "van": "2025-01-01", "tot": "2025-12-31", "bedrag": 2_000_000});
    let mut of_category = acts(days.clone());
    of_category["productcategorie"] = "45".into();
    agreed["budgetten"] = json!([acts(days), of_category]);
    agreed["plausibiliteit"] = "hold".into();
    for row in agreed["contracten"].as_array_mut().unwrap() {
        row["bij_betaling"] = "hold".into();
    }
}

/// The month of one aanbieder with so many clients: its claim and the rest in folders of their own. Everything but the claim
/// is decided.
fn region(folder: &Path, clients: &str) -> Value {
    let generate = ["generate", "--out", "alles", "--seed", "5", "--months", "1", "--faults", "0"];
    let size = ["--clients", clients, "--gemeenten", "1", "--aanbieders", "1"];
    assert_eq!(run(folder, &[&generate[..], &size].concat()).code, Some(0));
    let mut agreed: Value =
        serde_json::from_slice(&fs::read(folder.join("alles/contracts.json")).unwrap()).unwrap();
    everything_holds(&mut agreed);
    fs::write(folder.join("contracts.json"), agreed.to_string()).unwrap();
    fs::create_dir(folder.join("claims")).unwrap();
    let mut names: Vec<_> =
        fs::read_dir(folder.join("alles")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for path in names.iter().filter(|path| path.extension().is_some_and(|end| end == "xml")) {
        if fs::read_to_string(path).unwrap().contains("/jw323/schema") {
            fs::rename(path, folder.join("claims").join(path.file_name().unwrap())).unwrap();
        }
    }
    let process =
        ["process", "--data", "data", "--today", "2025-12-31", "--contracts", "contracts.json", "alles"];
    assert!(matches!(run(folder, &process).code, Some(0 | 1)));
    agreed
}

#[test]
fn a_claim_that_waits_and_an_import_that_changes_rates_take_no_statement_per_line() {
    let mut counted = Vec::new();
    for clients in ["60", "240"] {
        let folder = tempfile::tempdir().unwrap();
        let mut agreed = region(folder.path(), clients);
        let claim = [
            "process",
            "--json",
            "--data",
            "data",
            "--today",
            "2025-12-31",
            "--contracts",
            "contracts.json",
            "claims",
        ];
        let claimed = statements(folder.path(), &claim);
        let work = run(folder.path(), &["work", "list", "--json", "--data", "data"]).lines();
        assert!(work.iter().any(|item| item["held_cents"].as_i64() > Some(0)), "nothing waits: {work:?}");
        for row in agreed["contracten"].as_array_mut().unwrap() {
            row["tarief"] = row["tarief"].as_i64().map(|tarief| tarief + 1).into();
        }
        fs::write(folder.path().join("next.json"), agreed.to_string()).unwrap();
        let import = ["contract", "import", "next.json", "--data", "data", "--today", "2025-12-31"];
        counted.push((claimed, statements(folder.path(), &import)));
    }
    let [(claim, import), (large_claim, large_import)] = counted[..] else { panic!("two regions") };
    assert!(large_claim <= claim + MORE, "{counted:?}");
    assert!(large_import <= import + MORE, "{counted:?}");
}
