//! The program as an outside user has it: what the texts promise, message by message.

mod answers;
mod form;
mod numbers;
mod personal;
mod requests;
mod toewijzingen;

use crate::messages::jw301;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office};
use crate::xml::{Line, jw323};
use serde_json::Value;

const TODAY: &str = "2026-03-04";

/// A debit of some hours in February 2026 on an assignment of [`jw301`].
fn hours(referentie: &str, toewijzing: u32, volume: i64) -> Line {
    Line {
        referentie: referentie.into(),
        vorig: None,
        toewijzing,
        product: ("45", "45A04"),
        periode: ("2026-02-01".into(), "2026-02-28".into()),
        volume,
        eenheid: "04",
        tarief: 8000,
    }
}

/// A claim over February 2026.
fn claim(identificatie: &str, lines: &[Line]) -> String {
    let relatie = (AANBIEDER, GEMEENTE);
    jw323(relatie, identificatie, "2026-03-03", ("2026-02-01", "2026-02-28"), BSN, lines)
}

/// An office that has one assignment with this number.
fn with_assignment(contracts: &Value, nummer: u32) -> Office {
    let mut office = Office::open(contracts);
    let line = office.send(TODAY, &jw301("T1", nummer));
    assert_eq!(line["verdict"], "accepted", "{line}");
    office
}

/// Rules and retourcodes of a line.
fn found(line: &Value) -> Vec<(&str, &str)> {
    let findings = line["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| {
            (finding["rule"].as_str().unwrap(), finding["retourcode"].as_str().unwrap_or_default())
        })
        .collect()
}

/// What an operator can decide on.
fn open_work(office: &Office) -> Vec<Value> {
    office.expect(0, &["work", "list", "--json", "--data", "data"]).lines()
}

/// The text of an answer.
fn answer(office: &Office, line: &Value, index: usize) -> String {
    std::fs::read_to_string(office.path(&line["answers"][index]["path"])).unwrap()
}
