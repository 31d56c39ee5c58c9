//! What the bank told: statements, and what their posts were taken for.

use super::Boeking;
use crate::codes::{Datum, code_enum};
use crate::iban::Iban;
use crate::money::Cents;
use serde::{Deserialize, Serialize};

/// A statement that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Afschrift {
    pub rekening: Iban,
    /// What the bank calls it.
    pub identificatie: String,
    /// The two ways in which a bank counts statements.
    pub elektronisch: Option<u64>,
    pub wettelijk: Option<u64>,
    /// Which part it is, of one that came in parts.
    pub deel: Option<u64>,
    /// Last day.
    #[serde(with = "crate::codes::day::maybe")]
    pub tot: Option<Datum>,
    #[serde(rename = "opening_cents")]
    pub opening: Cents,
    #[serde(rename = "slot_cents")]
    pub slot: Cents,
    /// The same for the same statement, in hexadecimal digits.
    pub afdruk: String,
}

code_enum!(
    /// What a post or a status of the bank was taken for. The text is the label in the store.
    Bankuitkomst {
        /// A block of a file of ours left as one, with what was refused.
        BatchBruto = "batch-bruto",
        /// A block left without what was refused.
        BatchNetto = "batch-netto",
        /// A transfer left.
        Geboekt = "geboekt",
        /// The bank will not carry a transfer out: it is owed again.
        Afgewezen = "afgewezen",
        /// The same, and a person has to decide whether it is owed still.
        AfgewezenWacht = "afgewezen-wacht",
        /// Money of a refused transfer that left with its block comes back.
        AfwijzingTerug = "afwijzing-terug",
        /// A transfer came back: it is owed again.
        Teruggekomen = "teruggekomen",
        /// Not known yet: a foreign post, a balance to begin with, or a transfer back of which a person has to decide.
        TeOnderzoeken = "te-onderzoeken",
        /// The name of the holder is not the one the bank knows, or the bank could not tell.
        Naam = "naam",
        /// Told, and nothing moves.
        Melding = "melding",
    }
);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bankregel {
    /// Its place in the input, from 1 up.
    pub volgorde: i64,
    /// The account of ours.
    pub rekening: Iban,
    /// What the account gains by it; nothing for what a status says.
    #[serde(rename = "bedrag_cents")]
    pub bedrag: Cents,
    #[serde(with = "crate::codes::day::maybe")]
    pub boekdatum: Option<Datum>,
    pub uitkomst: Bankuitkomst,
    /// The transfer: run, and place in it.
    pub betaling: Option<(i64, i64)>,
    /// What we call it: of a block its PmtInfId, of a transfer its EndToEndId.
    pub kenmerk: String,
    /// Code and sentence for an operator; no text of others.
    pub reden: String,
}

/// What is owed again because a transfer was refused or came back: entries that the run paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heropend {
    /// The run that paid it.
    pub run: i64,
    /// Journal number of the entry that it was first.
    pub oorsprong: i64,
    pub boeking: Boeking,
}
