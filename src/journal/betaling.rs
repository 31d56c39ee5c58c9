//! A payment run: the day, and the entries of the ledger that it paid.

use crate::codes::Datum;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What was paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Betaalrun {
    /// Day of payment.
    pub datum: Datum,
    /// Numbers of the entries.
    pub boekingen: BTreeSet<i64>,
}

impl Betaalrun {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        json!({"datum": self.datum.to_string(), "boekingen": self.boekingen}).to_string().into_bytes()
    }

    /// Reads a body; none when it is no body of ours.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let datum = body["datum"].as_str()?.parse().ok()?;
        let boekingen = serde_json::from_value(body["boekingen"].clone()).ok()?;
        Some(Self { datum, boekingen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_it_always_was_and_read_again() {
        let run = Betaalrun { datum: "2026-02-03".parse().unwrap(), boekingen: BTreeSet::from([2, 10, 3]) };
        let body = r#"{"boekingen":[2,3,10],"datum":"2026-02-03"}"#;
        assert_eq!(String::from_utf8(run.body()).unwrap(), body);
        assert_eq!(Betaalrun::read(body.as_bytes()), Some(run));
        for wrong in
            ["", "{}", r#"{"boekingen":[2],"datum":"2026-02-30"}"#, r#"{"boekingen":2,"datum":"2026-02-03"}"#]
        {
            assert_eq!(Betaalrun::read(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
