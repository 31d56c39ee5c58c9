//! An assignment as it stands.

use crate::codes::{
    AgbCode, Bsn, Datum, Eenheid, Frequentie, GemeenteCode, ProductSleutel, RedenWijziging, ToewijzingNummer,
};
use crate::messages::shared;
use crate::money::Cents;

/// How much was assigned, of what unit, how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Omvang {
    /// In units of `eenheid`; eurocents for Euro.
    pub volume: i64,
    /// Unit.
    pub eenheid: Eenheid,
    /// How often.
    pub frequentie: Frequentie,
}

impl From<&shared::Omvang> for Omvang {
    fn from(omvang: &shared::Omvang) -> Self {
        Self { volume: omvang.volume, eenheid: omvang.eenheid, frequentie: omvang.frequentie }
    }
}

/// Whether the aanbieder has the newest version of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ontvangst {
    /// Forwarded or issued.
    Verzonden,
    /// Held until an operator releases it (rulings 2.4).
    Vastgehouden,
    /// The aanbieder rejected the message that carried it (rulings 2.6).
    Afgewezen,
}

/// What was granted on an assignment and not credited. Kept, never recomputed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Besteding {
    /// Volume, in minutes where the assignment is in hours or minutes, else in its unit.
    pub volume: i64,
    /// Amount.
    pub bedrag: Cents,
}

/// An assignment: the newest version by Toewijzingsdatum and -tijd (IV013).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toewijzing {
    /// Gemeente that assigned.
    pub gemeente: GemeenteCode,
    /// Key within the gemeente.
    pub nummer: ToewijzingNummer,
    /// Aanbieder that may deliver and claim.
    pub aanbieder: AgbCode,
    /// Client.
    pub bsn: Bsn,
    /// Product; `None` is generic, without code aspecific.
    pub product: Option<ProductSleutel>,
    /// When the gemeente decided, date.
    pub toewijzingsdatum: Datum,
    /// When the gemeente decided, time as it stood in the message.
    pub toewijzingstijd: Box<str>,
    /// First day.
    pub ingangsdatum: Datum,
    /// Last day, inclusive.
    pub einddatum: Option<Datum>,
    /// Why it was last changed.
    pub reden_wijziging: Option<RedenWijziging>,
    /// How much.
    pub omvang: Option<Omvang>,
    /// Budget of an aspecific or generic assignment.
    pub budget: Option<Cents>,
    /// The request that its newest version answered.
    pub referentie_aanbieder: Option<Box<str>>,
    /// Free text as it stood in the message; may name a person.
    pub commentaar: Option<Box<str>>,
    /// Journal number of the message that carried the newest version.
    pub bericht: i64,
    /// Whether the aanbieder has it.
    pub ontvangst: Ontvangst,
    /// What was granted on it.
    pub besteed: Besteding,
}

impl Toewijzing {
    /// Deleted: 13, or 01 with end equal to start (OP087, TR302).
    #[must_use]
    pub fn is_verwijderd(&self) -> bool {
        match self.reden_wijziging {
            Some(RedenWijziging::Verwijderd) => true,
            Some(RedenWijziging::AdministratieveCorrectieVervallen) => {
                self.einddatum == Some(self.ingangsdatum)
            }
            _ => false,
        }
    }

    /// Valid on or after this day, and not deleted (OP087).
    #[must_use]
    pub fn is_actueel(&self, on: Datum) -> bool {
        !self.is_verwijderd() && self.einddatum.is_none_or(|end| end >= on)
    }
}
