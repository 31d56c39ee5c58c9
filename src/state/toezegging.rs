//! Promises of assignments to limits (rulings 8.3): kept per assignment and limit, and summed per limit.

use super::WorkReason;
use crate::codes::{Datum, GemeenteCode, ToewijzingNummer};
use crate::messages::Relatie;
use crate::money::Cents;
use serde::{Deserialize, Serialize};

/// One assignment under one limit, in the months that still count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Toezegging {
    /// Expected cost in eurocents; none when it cannot be computed.
    pub verwacht: Option<Cents>,
    /// Granted on it in eurocents, what is held included.
    pub toegekend: Cents,
}

impl Default for Toezegging {
    /// Nothing is expected, nothing was granted.
    fn default() -> Self {
        Self { verwacht: Some(Cents::ZERO), toegekend: Cents::ZERO }
    }
}

impl Toezegging {
    /// What is still to come: expected less granted, never below zero.
    #[must_use]
    pub fn toegezegd(&self) -> Cents {
        let verwacht = self.verwacht.unwrap_or_default();
        (verwacht - self.toegekend).max(Cents::ZERO)
    }

    /// One when its cost cannot be computed.
    #[must_use]
    pub fn onbekend(&self) -> i64 {
        i64::from(self.verwacht.is_none())
    }

    /// Nothing to keep.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What assignments together promise of a limit.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Toegezegd {
    /// Sum of [`Toezegging::toegezegd`] in eurocents.
    pub bedrag: Cents,
    /// Assignments whose cost cannot be computed.
    pub onbekend: i64,
    /// The overruns that were last told of, in eurocents, in the order of [`Gemelde`]; none while it is not over.
    pub gemeld: [Option<Cents>; 3],
}

/// What is told of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gemelde {
    /// Assignments bring it over its amount.
    Toewijzing,
    /// Claims bring it over its amount.
    Betaling,
    /// It is nearly used.
    Waarschuwing,
}

impl Gemelde {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Toewijzing, Self::Betaling, Self::Waarschuwing];

    /// Its label in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Toewijzing => "toewijzing",
            Self::Betaling => "betaling",
            Self::Waarschuwing => "waarschuwing",
        }
    }
}

impl Toegezegd {
    /// The overrun that was last told of.
    #[must_use]
    pub const fn gemeld(&self, wat: Gemelde) -> Option<Cents> {
        self.gemeld[wat as usize]
    }

    /// An overrun was told of, or is over.
    pub const fn set_gemeld(&mut self, wat: Gemelde, over: Option<Cents>) {
        self.gemeld[wat as usize] = over;
    }
}

/// What a message did to a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimietVerschil {
    /// What its sums are kept by.
    pub limiet: Box<str>,
    /// Granted, in eurocents, signed.
    pub toegekend: Cents,
    /// Promised, in eurocents, signed.
    pub toegezegd: Cents,
    /// Assignments whose cost cannot be computed, signed.
    pub onbekend: i64,
    /// It is in the sums already: the limit can hold, so the message itself kept them.
    pub geteld: bool,
}

/// What kind of input it was that did something to limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Oorzaak {
    /// Assignments were added or changed, by the gemeente or by us: told by `bij_toewijzing`.
    Toewijzing,
    /// Care was claimed: told by `bij_betaling`.
    Declaratie,
    /// A person decided, or care ended: nothing is told.
    Anders,
}

/// What is to be followed behind the commit: the limits that a message touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeVolgen {
    /// Journal number of the message.
    #[serde(skip)]
    pub journal: i64,
    /// What it was.
    pub oorzaak: Oorzaak,
    /// The message for people, such as `JW301 A5`; never a person.
    pub bericht: Box<str>,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// The first assignment that it is about.
    pub toewijzing: Option<ToewijzingNummer>,
    /// What it did, in order of limit.
    pub verschillen: Vec<LimietVerschil>,
    /// What is compared over aanbieders and gemeenten, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controles: Vec<Controle>,
    /// What is only to be known of it, in order: it is gathered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub te_vertellen: Vec<TeVertellen>,
}

/// What is only to be known of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeVertellen {
    /// Why: the label of a [`WorkReason`].
    pub reden: WorkReason,
    /// The assignment that it is about.
    pub toewijzing: Option<ToewijzingNummer>,
    /// What is told; never a person.
    pub tekst: Box<str>,
    /// What was asked, in eurocents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gevraagd: Option<Cents>,
}

/// What is compared behind the commit of what others did for the same child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Controle {
    /// An assignment at a fixed price (rulings 8.6).
    VastePrijs {
        gemeente: GemeenteCode,
        /// Assignment.
        nummer: ToewijzingNummer,
        /// Whether the contract of what is claimed on it tells of payments: an assignment without a product has none itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meldt: Option<bool>,
    },
    /// Nights that were claimed on an assignment (rulings 8.12).
    Nachten {
        gemeente: GemeenteCode,
        /// Assignment.
        nummer: ToewijzingNummer,
        /// First day of the ProductPeriode.
        #[serde(with = "crate::codes::day")]
        begin: Datum,
        /// Last day.
        #[serde(with = "crate::codes::day")]
        eind: Datum,
    },
    /// A line over days of a line of the same assignment that ends on another day (rulings 8.12).
    Samenloop {
        gemeente: GemeenteCode,
        /// Assignment.
        nummer: ToewijzingNummer,
        /// First day of the ProductPeriode.
        #[serde(with = "crate::codes::day")]
        begin: Datum,
        /// Last day.
        #[serde(with = "crate::codes::day")]
        eind: Datum,
    },
    /// Another version of an assignment: what was told of the one before is over.
    Gewijzigd {
        gemeente: GemeenteCode,
        /// Assignment.
        nummer: ToewijzingNummer,
    },
}

impl Controle {
    /// The assignment that it is about.
    #[must_use]
    pub const fn toewijzing(&self) -> (GemeenteCode, ToewijzingNummer) {
        match self {
            Self::VastePrijs { gemeente, nummer, .. }
            | Self::Nachten { gemeente, nummer, .. }
            | Self::Samenloop { gemeente, nummer, .. }
            | Self::Gewijzigd { gemeente, nummer } => (*gemeente, *nummer),
        }
    }
}

/// Up to where everything was followed: kept sums are those of this month and these contracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GevolgdTot {
    /// Months since the year 0.
    pub maand: i64,
    /// Version of the contract register.
    pub register: i64,
}
