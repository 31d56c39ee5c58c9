//! A back office in a folder, used through the program: contracts, data, messages sent to it.

use crate::cli::{Run, run};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

pub const AANBIEDER: &str = "12345678";
pub const GEMEENTE: &str = "0193";
pub const BSN: &str = "999900006";
/// Rate in cents per hour.
pub const TARIEF: i64 = 8000;

/// A folder with a data folder, contracts and messages.
pub struct Office {
    dir: tempfile::TempDir,
    sent: u32,
}

/// One contract for one product, and one client.
pub fn contracts(iban: Option<&str>) -> Value {
    json!({
        "contracten": [{
            "gemeente": GEMEENTE, "aanbieder": AANBIEDER, "productcategorie": "45", "productcode": "45A04",
            "eenheid": "04", "tarief": TARIEF, "geldig_van": "2025-01-01", "geldig_tot": null, "iban": iban,
        }],
        "clienten": [{
            "gemeente": GEMEENTE, "bsn": BSN, "naamgebruik": "1", "gezagsdrager_bekend": true,
            "geboortedatum": "2014-05-17", "geslachtsnaam": "Proef",
            "adres": {"soort": "01", "postcode": "8011AA", "huisnummer": 1, "straatnaam": "Proefstraat",
                "plaatsnaam": "Zwolle"},
        }],
    })
}

impl Office {
    /// With these contracts in `contracts.json`.
    pub fn open(contracts: &Value) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("contracts.json"), contracts.to_string()).unwrap();
        Self { dir, sent: 0 }
    }

    /// The folder that everything is in; `data` is the data folder.
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// Runs the program in the folder.
    pub fn run(&self, arguments: &[&str]) -> Run {
        run(self.folder(), arguments)
    }

    /// Runs it and expects this exit code.
    pub fn expect(&self, code: i32, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}\n{}\n{}", run.stdout, run.stderr);
        run
    }

    /// Sends one message on a day, with more arguments, and gives its line.
    pub fn send_with(&mut self, today: &str, xml: &str, more: &[&str]) -> Value {
        self.sent += 1;
        let file = format!("{:03}.xml", self.sent);
        std::fs::write(self.folder().join(&file), xml).unwrap();
        let mut arguments =
            vec!["process", "--json", "--today", today, "--data", "data", "--contracts", "contracts.json"];
        arguments.extend(more);
        arguments.push(&file);
        let run = self.run(&arguments);
        let lines = run.lines();
        assert_eq!(lines.len(), 1, "{}\n{}", run.stdout, run.stderr);
        lines[0].clone()
    }

    /// Sends one message on a day and gives its line.
    pub fn send(&mut self, today: &str, xml: &str) -> Value {
        self.send_with(today, xml, &[])
    }

    /// A path in the folder that the program named.
    pub fn path(&self, named: &Value) -> PathBuf {
        self.folder().join(named.as_str().unwrap())
    }
}

/// Type and receiver of every answer.
pub fn answers(line: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let answers = line["answers"].as_array().unwrap();
    answers.iter().map(|answer| (text(&answer["type"]), text(&answer["receiver"]))).collect()
}
