//! What the bank told, as it was taken: a statement or a status report, and the explanation of a post by a person. Texts that
//! others wrote are not in it.

use super::UnreadableBody;
use crate::codes::{Datum, GemeenteCode};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Afschrift, Bankregel, Boeking, BoekingSoort, Heropend};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A statement, or a status report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bankverwerking {
    /// SHA-256 of the file, in hexadecimal digits.
    pub bestand: String,
    /// The statement; none of a status report.
    pub afschrift: Option<Afschrift>,
    pub regels: Vec<Bankregel>,
    /// What is owed again.
    pub heropend: Vec<Schuld>,
    /// Places of lines about runs of before the ledger: what was on its way stands on an account without a number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zonder_rekening: Vec<i64>,
}

/// A post that a person explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bankverklaring {
    /// The post: journal number of its statement, and its place.
    pub journaal: i64,
    pub volgorde: i64,
    /// The post as it was.
    pub regel: Bankregel,
    pub is: Verklaring,
    /// What is owed again.
    pub heropend: Vec<Schuld>,
}

/// What a post turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verklaring {
    /// Money of a gemeente.
    Gemeente(GemeenteCode),
    /// A transfer that came back: run, and place in it.
    Terug(i64, i64),
}

/// An entry that a run paid, as it stands in a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schuld {
    /// The transfer: run, and place in it.
    pub betaalrun: i64,
    pub volgnummer: i64,
    #[serde(flatten)]
    pub relatie: Relatie,
    /// Journal number of the entry that it was first.
    pub oorsprong: i64,
    pub declaratie_nummer: String,
    #[serde(with = "crate::codes::day")]
    pub periode_begin: Datum,
    #[serde(rename = "bedrag_cents")]
    pub bedrag: Cents,
}

impl Schuld {
    /// What was owed and is owed again.
    #[must_use]
    pub fn heropend(&self) -> Heropend {
        let boeking = Boeking {
            aanbieder: self.relatie.aanbieder,
            gemeente: self.relatie.gemeente,
            declaratie_nummer: self.declaratie_nummer.as_str().into(),
            periode_begin: self.periode_begin,
            soort: BoekingSoort::Betaalbaar,
            bedrag: self.bedrag,
        };
        Heropend { run: self.betaalrun, oorsprong: self.oorsprong, boeking }
    }
}

impl Bankverwerking {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        json!({"bank": self}).to_string().into_bytes()
    }

    pub(super) fn read(body: &Value) -> Result<Self, UnreadableBody> {
        serde_json::from_value(body["bank"].clone()).map_err(|_| UnreadableBody::Bank)
    }
}

impl Bankverklaring {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        json!({"bankverklaring": self}).to_string().into_bytes()
    }

    pub(super) fn read(body: &Value) -> Result<Self, UnreadableBody> {
        serde_json::from_value(body["bankverklaring"].clone()).map_err(|_| UnreadableBody::Bank)
    }
}
