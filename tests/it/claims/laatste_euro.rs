//! Two claims race for the last euro, through the program: whatever the batches, the order or the number of
//! processes, an assignment is never overspent (TR369) and one of the two payments waits (rulings 5.11).

use crate::cli::{Run, command};
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::rebuild::assert_same;
use crate::requests::berichten::{Toegewezen, jw301_for, toegewezen};
use crate::xml::{Line, jw323};
use serde_json::{Value, json};
use std::process::Stdio;

const ANDERE: &str = "87654321";
const TODAY: &str = "2025-06-01";
/// Ten hours at 80 euros.
const CLAIMED: i64 = 80_000;
/// Room for one claim and all but a cent of the second.
const ROOM: i64 = 2 * CLAIMED - 1;

/// How the two claims come in.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// In one run and one batch.
    OneBatch,
    /// In one run, each in a batch of its own.
    TwoBatches,
    /// In a run each, one after the other.
    TwoRuns,
    /// In two processes at once.
    TwoProcesses,
}

const MANNERS: [Manner; 4] = [Manner::OneBatch, Manner::TwoBatches, Manner::TwoRuns, Manner::TwoProcesses];

/// A claim of ten hours in a month, by an aanbieder on its assignment.
fn claim(aanbieder: &str, id: &str, toewijzing: u32, month: (&str, &str)) -> String {
    let line = Line {
        referentie: format!("R{id}"),
        vorig: None,
        toewijzing,
        product: ("45", "45A04"),
        periode: (month.0.into(), month.1.into()),
        volume: 10,
        eenheid: "04",
        tarief: TARIEF,
    };
    // One period for both: TR318 is not what this is about.
    jw323((aanbieder, GEMEENTE), id, "2025-05-31", ("2025-04-01", "2025-04-30"), BSN, &[line])
}

/// A region with a limit, in which both aanbieders have an assignment of this client.
fn office(limits: &Value, toewijzing: &Toegewezen) -> Office {
    let mut register = contracts(None);
    let mut other = register["contracten"][0].clone();
    other["aanbieder"] = ANDERE.into();
    register["contracten"].as_array_mut().unwrap().push(other);
    for (name, list) in limits.as_object().unwrap() {
        register[name] = list.clone();
    }
    let mut office = Office::open(&register);
    let second = Toegewezen { nummer: 2, ..toewijzing.clone() };
    office.send(TODAY, &jw301_for(BSN, AANBIEDER, "A1", std::slice::from_ref(toewijzing)));
    office.send(TODAY, &jw301_for(BSN, ANDERE, "A2", &[second]));
    std::fs::write(office.folder().join("een.toml"), "[limits]\nbatch_messages = 1\n").unwrap();
    office
}

fn arguments<'a>(files: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    let base = ["process", "--json", "--today", TODAY, "--data", "data", "--contracts", "contracts.json"];
    [&base[..], more, files].concat()
}

/// Sends both claims; the lines in the order of the claims.
fn send(office: &Office, manner: Manner, claims: &[String; 2]) -> [Value; 2] {
    let names = ["c1.xml", "c2.xml"];
    for (name, claim) in names.iter().zip(claims) {
        std::fs::write(office.folder().join(name), claim).unwrap();
    }
    let runs: Vec<Run> = match manner {
        Manner::OneBatch => vec![office.run(&arguments(&names, &[]))],
        Manner::TwoBatches => vec![office.run(&arguments(&names, &["--config", "een.toml"]))],
        Manner::TwoRuns => names.iter().map(|name| office.run(&arguments(&[name], &[]))).collect(),
        Manner::TwoProcesses => {
            let start = |name: &&str| {
                let mut command = command(office.folder());
                command.args(arguments(&[name], &[])).stdout(Stdio::piped()).stderr(Stdio::piped());
                command.spawn().unwrap()
            };
            let running: Vec<_> = names.iter().map(start).collect();
            running.into_iter().map(|child| Run::of(&child.wait_with_output().unwrap())).collect()
        }
    };
    let lines: Vec<Value> = runs.iter().flat_map(Run::lines).collect();
    assert!(runs.iter().all(|run| run.code == Some(0)), "{manner:?} {}", runs[0].stderr);
    lines.try_into().unwrap_or_else(|lines| panic!("{manner:?} {lines:?}"))
}

/// Payable and held of everything that was booked; every sum that is kept adds up.
fn money(office: &Office) -> (i64, i64) {
    let report = office.expect(0, &["report", "budget", "--data", "data", "--format", "json"]);
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    let rows = report["totals"].as_array().unwrap();
    for row in rows {
        assert!(row["difference_cents"].as_i64().is_none_or(|cents| cents == 0), "{row}");
    }
    let figure =
        |name: &str| rows.iter().find(|row| row["name"] == name).unwrap()["amount_cents"].as_i64().unwrap();
    (figure("payable"), figure("held"))
}

/// Which of the two had nothing against it; exactly one.
fn winner(lines: &[Value; 2], is_won: impl Fn(&Value) -> bool, manner: Manner) -> usize {
    let won: Vec<usize> = (0..2).filter(|place| is_won(&lines[*place])).collect();
    assert_eq!(won.len(), 1, "{manner:?} {lines:?}");
    if !matches!(manner, Manner::TwoProcesses) {
        assert_eq!(won, [0], "{manner:?}: who comes first is granted first");
    }
    won[0]
}

#[test]
fn tr369_the_last_euro_of_an_assignment_is_granted_once() {
    let march = || claim(AANBIEDER, "C1", 1, ("2025-03-01", "2025-03-31"));
    let april = || claim(AANBIEDER, "C2", 1, ("2025-04-01", "2025-04-30"));
    let aspecific =
        Toegewezen { product: Some(("45", None)), omvang: None, budget: Some(ROOM), ..toegewezen(1) };
    for manner in MANNERS {
        for claims in [[march(), april()], [april(), march()]] {
            let office = office(&json!({}), &aspecific);
            let lines = send(&office, manner, &claims);
            let won = winner(&lines, |line| line["verdict"] == "accepted", manner);
            let lost = &lines[1 - won];
            assert_eq!(lost["verdict"], "partial", "{manner:?} {lost}");
            assert_eq!(lost["findings"][0]["retourcode"], "9369", "{manner:?} {lost}");
            assert_eq!(money(&office), (CLAIMED, 0), "{manner:?}");
            assert_same(&office.folder().join("data"));
        }
    }
}

/// Both are granted; one of the two waits. The limit is shared by two aanbieders, so by two relaties.
fn one_is_payable(limits: &Value) {
    let own = || claim(AANBIEDER, "C1", 1, ("2025-03-01", "2025-03-31"));
    let other = || claim(ANDERE, "C2", 2, ("2025-03-01", "2025-03-31"));
    for manner in MANNERS {
        for claims in [[own(), other()], [other(), own()]] {
            let office = office(limits, &toegewezen(1));
            let lines = send(&office, manner, &claims);
            assert!(lines.iter().all(|line| line["verdict"] == "accepted"), "{manner:?} {lines:?}");
            let won = winner(&lines, |line| line["held"] == false, manner);
            assert_eq!(lines[won]["work"], json!([]), "{manner:?}");
            assert_eq!(lines[1 - won]["work"].as_array().unwrap().len(), 1, "{manner:?}");
            assert_eq!(money(&office), (CLAIMED, CLAIMED), "{manner:?}");
            assert_same(&office.folder().join("data"));
        }
    }
}

#[test]
fn the_last_euro_of_a_client_budget_is_payable_once() {
    one_is_payable(&json!({"budgetten": [{
        "gemeente": GEMEENTE, "bsn": BSN, "aanbieder": null, "productcategorie": null, "van": "2025-01-01",
        "tot": "2025-12-31", "bedrag": ROOM, "bij_betaling": "hold",
    }]}));
}

#[test]
fn the_last_euro_of_the_ceiling_of_a_gemeente_is_payable_once() {
    one_is_payable(&json!({"plafonds": [{
        "gemeente": GEMEENTE, "aanbieder": null, "jaar": 2025, "bedrag": ROOM, "bij_betaling": "hold",
    }]}));
}
