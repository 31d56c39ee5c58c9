//! What the bank told, as it was taken: a statement or a status report, and the explanation of a post by a person. Texts that
//! others wrote are not in it.

use super::UnreadableBody;
use crate::codes::{Datum, GemeenteCode};
use crate::iban::Iban;
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
    /// What was owed again and is owed no more: it was paid beside a run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voldaan: Vec<Schuld>,
}

/// What a post turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verklaring {
    /// Money of a gemeente, as it was kept before 0.6.0.
    Gemeente(GemeenteCode),
    /// A transfer that came back, as it was kept before 0.6.0: run, and place in it.
    Terug(i64, i64),
    /// Parts that are together the post.
    Delen(Vec<Verklaringdeel>),
}

/// Part of a post that is one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verklaringdeel {
    /// As of the post: negative for what left. Nothing of a refusal: that moved no money at the bank.
    #[serde(rename = "bedrag_cents")]
    pub bedrag: Cents,
    pub is: Deelverklaring,
}

/// What a part of a post turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deelverklaring {
    /// Money of a gemeente, in or out.
    Gemeente(GemeenteCode),
    /// Costs of the bank, or interest, of this gemeente.
    Kosten(GemeenteCode),
    /// Paid to an aanbieder beside what it was owed, or paid back by it.
    Terugvordering(Relatie),
    /// A transfer that left.
    Geboekt(Herkend),
    /// A transfer that came back: it is owed again.
    Terug(Herkend),
    /// Money of a refused transfer that left with its block. Its debt follows from the refusal.
    AfwijzingTerug(Herkend),
    /// What was owed again of a transfer was paid beside a run: it is owed no more.
    AlsnogBetaald(Herkend),
    /// A transfer that was refused before it left: it is owed again.
    WeerOpen(Herkend),
    /// A transfer that goes on in spite of a refusal: it is not owed again.
    Doorgegaan(Herkend),
}

/// The transfer that a part of a post turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Herkend {
    /// Run, and place in it.
    pub betaalrun: i64,
    pub volgnummer: i64,
    #[serde(flatten)]
    pub relatie: Relatie,
    /// The account that pays it; none for a run of before the ledger.
    pub van: Option<Iban>,
    /// What it transfers.
    #[serde(rename = "bedrag_cents")]
    pub bedrag: Cents,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What an explanation was before 0.6.0 is read as it was then, and what it is now is read back.
    #[test]
    fn explanations_of_before_are_read() {
        let of = |text: &str| serde_json::from_str::<Verklaring>(text).unwrap();
        assert_eq!(of(r#"{"gemeente":"0193"}"#), Verklaring::Gemeente(GemeenteCode::parse("0193").unwrap()));
        assert_eq!(of(r#"{"terug":[3,1]}"#), Verklaring::Terug(3, 1));
        let parts = r#"{"delen":[{"bedrag_cents":48000,"is":{"terug":{"betaalrun":1,"volgnummer":1,"gemeente":"0193","aanbieder":"12345678","van":null,"bedrag_cents":48000}}},{"bedrag_cents":-250,"is":{"kosten":"0193"}}]}"#;
        assert_eq!(serde_json::to_string(&of(parts)).unwrap(), parts);
    }
}
