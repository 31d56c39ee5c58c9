//! Granted lines whose payment waits for a person (rulings 8.5 and 8.8), and what became of them.

use super::BoekingSoort;
use crate::codes::{AgbCode, Datum, code_enum};
use crate::messages::Relatie;
use crate::money::Cents;

code_enum!(
    /// Where the money of a line stands that was held. The text is the label in the store.
    VasthoudingStatus {
        /// Waits for a person.
        Vastgehouden = "vastgehouden",
        /// May be paid.
        Vrijgegeven = "vrijgegeven",
        /// Will not be paid, unless the refusal is reopened.
        Geweigerd = "geweigerd",
        /// Taken back by a credit before anything was paid.
        Gecrediteerd = "gecrediteerd",
    }
);

impl VasthoudingStatus {
    /// The account on which money of this status stands; none when a credit took it back.
    #[must_use]
    pub const fn boeking(self) -> Option<BoekingSoort> {
        match self {
            Self::Vastgehouden => Some(BoekingSoort::Vastgehouden),
            Self::Vrijgegeven => Some(BoekingSoort::Betaalbaar),
            Self::Geweigerd => Some(BoekingSoort::Geweigerd),
            Self::Gecrediteerd => None,
        }
    }
}

/// What a line that is or was held is known by: its aanbieder and its ReferentieNummer.
pub type VasthoudingSleutel = (AgbCode, Box<str>);

/// A granted line whose payment waits, or waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vasthouding {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// ReferentieNummer of the line.
    pub referentie: Box<str>,
    /// DeclaratieNummer of its claim.
    pub declaratie_nummer: Box<str>,
    /// First day of the DeclaratiePeriode of its claim.
    pub periode_begin: Datum,
    /// Its amount. Negative for a credit that older rules held.
    pub bedrag: Cents,
    /// Ids of the limits that hold it, in order; none when something else does, or when older rules held it.
    pub limieten: Vec<Box<str>>,
    /// Where its money stands.
    pub status: VasthoudingStatus,
    /// Journal number of the claim: with `volgnummer` the order of holding.
    pub journaal: i64,
    /// Its place among the lines of the claim.
    pub volgnummer: i64,
    /// The day on which the claim was received: the term of the payment begins there.
    pub ontvangen: Datum,
    /// Journal number of the decision that gave it its status; none while nobody decided.
    pub beslist: Option<i64>,
}

impl Vasthouding {
    /// What it is known by.
    #[must_use]
    pub fn sleutel(&self) -> VasthoudingSleutel {
        (self.relatie.aanbieder, self.referentie.clone())
    }

    /// The order of holding.
    #[must_use]
    pub const fn volgorde(&self) -> (i64, i64) {
        (self.journaal, self.volgnummer)
    }
}
