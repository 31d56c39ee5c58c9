//! Notice about a decision of ours to a gemeente or an aanbieder (rulings 8.7, 8.8 and 8.16): facts without words.
//! Nothing in it is about a person but numbers that its receiver has itself.

use crate::codes::{AgbCode, Datum, GemeenteCode, ToewijzingNummer};
use crate::messages::Partij;
use crate::money::Cents;
use serde::{Deserialize, Serialize};

/// What one receiver is told of one decision. An entry of the journal has at most one for each receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kennisgeving {
    /// Who is told.
    pub ontvanger: Partij,
    pub inhoud: Mededeling,
}

/// Why something waits: the kind of limit, never its amount or whose else it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grond {
    /// The contract does not cover it.
    Contract,
    /// Segment C over its amount.
    SegmentC,
    /// A budget of the client.
    Clientbudget,
    /// A budget of the gemeente.
    Budget,
    /// A ceiling.
    Plafond,
    /// More than one piece or trajectory at a fixed price.
    VastePrijs,
    /// It cannot have happened as it was claimed.
    Aannemelijkheid,
    /// Care after the age limit of its contract.
    Leeftijdsgrens,
}

/// A JW301 of the gemeente.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toegewezen {
    /// Its Identificatie.
    pub bericht: Box<str>,
    pub aanbieder: AgbCode,
    /// The assignments that this is about, in the order of the message.
    pub toewijzingen: Vec<ToewijzingNummer>,
}

/// A line of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BetalingRegel {
    /// ReferentieNummer.
    pub referentie: Box<str>,
    /// Its amount.
    pub bedrag_cents: Cents,
    /// Why its payment waits; empty where nothing waits any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gronden: Vec<Grond>,
}

/// Lines of one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Betalingen {
    pub gemeente: GemeenteCode,
    /// DeclaratieNummer.
    pub declaratie: Box<str>,
    /// The lines, in the order in which they were held.
    pub regels: Vec<BetalingRegel>,
}

/// A ceiling that is nearly used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plafondstand {
    /// Year.
    pub jaar: i32,
    /// Gemeente, when it is of one.
    pub gemeente: Option<GemeenteCode>,
    /// The ceiling.
    pub plafond_cents: Cents,
    /// The percentage that was agreed.
    pub percentage: u8,
    /// Granted.
    pub toegekend_cents: Cents,
    /// Promised.
    pub toegezegd_cents: Cents,
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "soort", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Mededeling {
    /// A JW301 waits for a decision.
    ToewijzingVastgehouden {
        /// The message, and what is new or changed in it.
        toewijzing: Toegewezen,
        /// Why, in order.
        gronden: Vec<Grond>,
        /// The last day for the decision.
        #[serde(with = "crate::codes::day")]
        uiterlijk: Datum,
        /// Assignments that were held back before, waiting or refused, in whose place it comes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        vervangt: Vec<ToewijzingNummer>,
    },
    /// The term for a decision on a JW301 has passed, and it still waits.
    ToewijzingWacht {
        /// The message, and what waits in it.
        toewijzing: Toegewezen,
        /// The last day that there was for the decision.
        #[serde(with = "crate::codes::day")]
        uiterlijk: Datum,
    },
    /// A JW301 that waited went to the aanbieder.
    ToewijzingDoorgestuurd {
        /// The message, and what waited in it.
        toewijzing: Toegewezen,
        /// Nobody decided: its term passed (`na_termijn`).
        vanzelf: bool,
    },
    /// A JW301 that waited was refused in the name of the gemeente.
    ToewijzingGeweigerd {
        /// The message, and what waited in it.
        toewijzing: Toegewezen,
    },
    /// What was held back, waiting or refused, was replaced by a newer JW301, which does not wait.
    ToewijzingVervangen {
        /// The newer message, and what is new or changed in it.
        toewijzing: Toegewezen,
        /// What was held back.
        vervangt: Vec<ToewijzingNummer>,
    },
    /// Payments wait for a decision.
    BetalingVastgehouden {
        /// The last day for the decision.
        #[serde(with = "crate::codes::day")]
        uiterlijk: Datum,
        /// The lines.
        declaraties: Vec<Betalingen>,
    },
    /// A refusal was taken back: payments wait again.
    BetalingHeropend {
        /// The last day for the decision.
        #[serde(with = "crate::codes::day")]
        uiterlijk: Datum,
        /// The lines.
        declaraties: Vec<Betalingen>,
    },
    /// Payments that waited go to the next payment run.
    BetalingVrijgegeven {
        /// The lines.
        declaraties: Vec<Betalingen>,
    },
    /// Payments that waited were refused.
    BetalingGeweigerd {
        /// The lines.
        declaraties: Vec<Betalingen>,
    },
    /// Ceilings are used up to the percentage that was agreed.
    PlafondBijnaBereikt {
        /// The last day on which the aanbieder says what it does about it.
        #[serde(with = "crate::codes::day")]
        uiterlijk: Datum,
        /// The ceilings.
        plafonds: Vec<Plafondstand>,
    },
}

impl Mededeling {
    /// Its kind, as scripts and names of files have it.
    #[must_use]
    pub const fn soort(&self) -> &'static str {
        match self {
            Self::ToewijzingVastgehouden { .. } => "toewijzing-vastgehouden",
            Self::ToewijzingWacht { .. } => "toewijzing-wacht",
            Self::ToewijzingDoorgestuurd { .. } => "toewijzing-doorgestuurd",
            Self::ToewijzingGeweigerd { .. } => "toewijzing-geweigerd",
            Self::ToewijzingVervangen { .. } => "toewijzing-vervangen",
            Self::BetalingVastgehouden { .. } => "betaling-vastgehouden",
            Self::BetalingHeropend { .. } => "betaling-heropend",
            Self::BetalingVrijgegeven { .. } => "betaling-vrijgegeven",
            Self::BetalingGeweigerd { .. } => "betaling-geweigerd",
            Self::PlafondBijnaBereikt { .. } => "plafond-bijna-bereikt",
        }
    }
}
