//! A payment run: the day, what is owed that it paid, and its transfers.

use crate::codes::Datum;
use crate::iban::Iban;
use crate::messages::Relatie;
use crate::money::Cents;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What was paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Betaalrun {
    /// Day of payment.
    pub datum: Datum,
    /// Numbers of the entries.
    pub boekingen: BTreeSet<i64>,
    /// Its transfers, in the order of the file for the bank; none of runs of before the ledger.
    pub betalingen: Vec<Overschrijving>,
}

/// A transfer: who is paid, from which account to which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overschrijving {
    #[serde(flatten)]
    pub relatie: Relatie,
    pub van: Iban,
    pub naar: Iban,
    #[serde(rename = "bedrag_cents")]
    pub bedrag: Cents,
    /// Which of the files of the run it stands in, from 1 up; none where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deel: Option<i64>,
}

impl Betaalrun {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        let mut body = json!({"datum": self.datum.to_string(), "boekingen": self.boekingen});
        if !self.betalingen.is_empty() {
            body["betalingen"] = json!(self.betalingen);
        }
        body.to_string().into_bytes()
    }

    /// Reads a body; none when it is no body of ours.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let mut body: Value = serde_json::from_slice(body).ok()?;
        let datum = body["datum"].as_str()?.parse().ok()?;
        let boekingen = serde_json::from_value(body["boekingen"].take()).ok()?;
        let betalingen = match body["betalingen"].take() {
            Value::Null => Vec::new(),
            betalingen => serde_json::from_value(betalingen).ok()?,
        };
        Some(Self { datum, boekingen, betalingen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{AgbCode, GemeenteCode};

    #[test]
    fn it_is_written_as_it_always_was_and_read_again() {
        let (datum, boekingen) = ("2026-02-03".parse().unwrap(), BTreeSet::from([2, 10, 3]));
        let run = Betaalrun { datum, boekingen, betalingen: Vec::new() };
        let body = r#"{"boekingen":[2,3,10],"datum":"2026-02-03"}"#;
        assert_eq!(String::from_utf8(run.body()).unwrap(), body);
        assert_eq!(Betaalrun::read(body.as_bytes()), Some(run));
        for wrong in
            ["", "{}", r#"{"boekingen":[2],"datum":"2026-02-30"}"#, r#"{"boekingen":2,"datum":"2026-02-03"}"#]
        {
            assert_eq!(Betaalrun::read(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn transfers_stand_behind_it() {
        let relatie = Relatie {
            gemeente: GemeenteCode::parse("0193").unwrap(),
            aanbieder: AgbCode::parse("99100001").unwrap(),
        };
        let iban = Iban::parse("NL13TEST0123456789").unwrap();
        let transfer = Overschrijving { relatie, van: iban, naar: iban, bedrag: Cents(1250), deel: None };
        let boekingen = BTreeSet::from([2]);
        let run = Betaalrun { datum: "2026-02-03".parse().unwrap(), boekingen, betalingen: vec![transfer] };
        let body = r#"{"betalingen":[{"aanbieder":"99100001","bedrag_cents":1250,"gemeente":"0193","naar":"NL13TEST0123456789","van":"NL13TEST0123456789"}],"boekingen":[2],"datum":"2026-02-03"}"#;
        assert_eq!(String::from_utf8(run.body()).unwrap(), body);
        assert_eq!(Betaalrun::read(body.as_bytes()), Some(run));
    }
}
