//! Work items: what an operator must see or decide.

use super::Verzamel;
use crate::clock::Moment;
use crate::codes::{RedenAfwijzingVerzoek, ToewijzingNummer, code_enum};
use crate::messages::Relatie;
use crate::money::Cents;

code_enum!(
    /// Why a person is needed. The text is the stable label in the store and in scripts.
    WorkReason {
        /// An assignment that the contract in force does not cover (rulings 2.4).
        ToewijzingNietGedekt = "toewijzing-niet-gedekt",
        /// An assignment over a client budget or ceiling (rulings 2.4).
        ToewijzingBovenBudget = "toewijzing-boven-budget",
        /// Segment C over its amount (rulings 2.4 and 3.5k).
        SegmentC = "segment-c",
        /// A change that OP033x1 does not allow (rulings 2.2).
        WijzigingNietToegestaan = "wijziging-niet-toegestaan",
        /// The same product twice at the same time at one aanbieder (OP259, rulings 2.3).
        Stapeling = "stapeling",
        /// An older version of an assignment arrived after a newer one (IV013).
        OudereToewijzing = "oudere-toewijzing",
        /// A change of the gemeente makes care unlawful that was granted (rulings 2.7).
        ZorgOnrechtmatig = "zorg-onrechtmatig",
        /// A change of the gemeente takes back what we granted at a request (rulings 2.7).
        WijzigingTeruggedraaid = "wijziging-teruggedraaid",
        /// The aanbieder rejected an assignment, or the gemeente our copy (rulings 2.6).
        RetourAfgekeurd = "retour-afgekeurd",
        /// A retour that answers nothing we sent.
        RetourOnbekend = "retour-onbekend",
        /// A request that a person decides (rulings 3.5); the story says why.
        VerzoekBeoordelen = "verzoek-beoordelen",
        /// Granted, over a client budget or total (rulings 5.11).
        BudgetOverschreden = "budget-overschreden",
        /// Granted, over a ceiling (rulings 5.11).
        PlafondOverschreden = "plafond-overschreden",
        /// More than one piece or trajectory at a fixed price (rulings 8.6).
        VastePrijs = "vaste-prijs",
        /// What was claimed cannot have happened (rulings 8.12).
        NietAannemelijk = "niet-aannemelijk",
        /// Care of an assignment goes on after the age limit of its contract (rulings 8.11).
        Leeftijdsgrens = "leeftijdsgrens",
        /// A ceiling is nearly used (rulings 8.16).
        PlafondBijnaBereikt = "plafond-bijna-bereikt",
        /// Takes back a line whose payment waits: the credit waits with it (rulings 5.11).
        CreditOpVastgehouden = "credit-op-vastgehouden",
        /// A rule lacked a fact, so no answer left (docs/ARCHITECTURE.md).
        FeitOntbreekt = "feit-ontbreekt",
        /// Our own answer failed levels 1 and 2 and did not leave (docs/ARCHITECTURE.md).
        AntwoordOngeldig = "antwoord-ongeldig",
        /// A number range is used up: no automatic answers (docs/interface.md).
        NummerreeksOp = "nummerreeks-op",
        /// What we sent has no retour, three working days later (OP090).
        RetourOntbreekt = "retour-ontbreekt",
        /// A request under examination, or one that the gemeente answers, passed its term (rulings 3.8).
        TermijnVerstreken = "termijn-verstreken",
        /// A declaratie is about to miss the ten working days for its answer (OP090x4).
        DeclaratieTeLaat = "declaratie-te-laat",
        /// An aanbieder named many children that are not its own (faults that tell whether a child is known).
        VreemdeKinderen = "vreemde-kinderen",
        /// A message that could not be judged after three attempts (docs/ARCHITECTURE.md).
        BerichtGeparkeerd = "bericht-geparkeerd",
        /// Contracts changed with effect in the past: granted lines are to be credited and claimed anew.
        TariefHerzien = "tarief-herzien",
    }
);

code_enum!(
    /// Whether a person decides or does something, or only is to know.
    Soort {
        /// Somebody decides, or does something.
        Besluit = "besluit",
        /// Only to be known.
        Kennisnemen = "kennisnemen",
    }
);

/// Amounts of a work item, in eurocents; none where it has no such amount.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Bedragen {
    /// What was asked: expected of a request or an assignment, or claimed.
    pub gevraagd: Option<Cents>,
    /// How far that is above what was agreed.
    pub over: Option<Cents>,
}

/// What approving a work item does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voorstel {
    /// Only seen: nothing happens.
    Kennisnemen,
    /// Honour the request of the aanbieder, with another last day where that is proposed.
    Honoreren {
        /// ReferentieAanbieder.
        referentie: Box<str>,
        /// Proposed last day, when it differs from what was asked.
        einddatum: Option<crate::codes::Datum>,
    },
    /// Refuse the request of the aanbieder.
    Afwijzen {
        /// ReferentieAanbieder.
        referentie: Box<str>,
        /// Why.
        reden: RedenAfwijzingVerzoek,
    },
    /// Release what is held of this claim.
    Vrijgeven {
        declaratie_nummer: Box<str>,
    },
    /// Remind somebody of what they owe us: approving says that it was done.
    Herinneren {
        /// What it is about: the ReferentieAanbieder of a request, or kind and Identificatie of what was sent.
        kenmerk: Box<str>,
    },
    /// Forward a JW301 that was held (rulings 2.4).
    Doorsturen,
}

impl Voorstel {
    /// The request of the aanbieder that it answers: its ReferentieAanbieder.
    #[must_use]
    pub const fn verzoek(&self) -> Option<&str> {
        match self {
            Self::Honoreren { referentie, .. } | Self::Afwijzen { referentie, .. } => Some(referentie),
            Self::Kennisnemen | Self::Vrijgeven { .. } | Self::Herinneren { .. } | Self::Doorsturen => None,
        }
    }
}

/// A work item to be made. Its text never holds personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkItem {
    /// Why.
    pub reason: WorkReason,
    /// Whose message.
    pub relatie: Relatie,
    /// The assignment that it is about.
    pub toewijzing: Option<ToewijzingNummer>,
    /// When it must be done.
    pub due: Option<Moment>,
    /// The story in Dutch.
    pub story: String,
    /// What approving it does.
    pub voorstel: Voorstel,
    /// What it is about in money.
    pub bedragen: Bedragen,
    /// What it gathers; none when it is about one thing.
    pub verzamel: Option<Box<Verzamel>>,
}

impl NewWorkItem {
    /// Whether a person decides on it: where approving or rejecting does something, where there is a term, and where
    /// something stands still or went wrong until somebody acts.
    #[must_use]
    pub fn soort(&self) -> Soort {
        let acts = self.voorstel != Voorstel::Kennisnemen || self.due.is_some();
        let waits = matches!(
            self.reason,
            WorkReason::ZorgOnrechtmatig
                | WorkReason::WijzigingTeruggedraaid
                | WorkReason::RetourAfgekeurd
                | WorkReason::FeitOntbreekt
                | WorkReason::AntwoordOngeldig
                | WorkReason::NummerreeksOp
                | WorkReason::BerichtGeparkeerd
                | WorkReason::TariefHerzien
        );
        if acts || waits { Soort::Besluit } else { Soort::Kennisnemen }
    }
}
