//! Notices about decisions: who is told, and what; a gemeente of a JW301 that waits, an aanbieder of a payment that
//! does, or of a ceiling that is nearly used (rulings 8.7, 8.8 and 8.16).
//!
//! A part of the decision, so that a replay tells the same. Nobody learns more than is its own: the kind of limit, never
//! its amount, nor whose else it is. Of one decision a receiver is told once, whatever is in it.

use super::declaratie::grond;
use crate::codes::{AgbCode, Datum};
use crate::contracts::Register;
use crate::messages::{Partij, Relatie};
use crate::state::{BetalingRegel, Betalingen, Change, Kennisgeving, Mededeling, Vasthouding};
use std::collections::BTreeMap;

/// What becomes of payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BetalingBericht {
    /// They wait, until this day at most.
    Vastgehouden(Datum),
    /// Their refusal was taken back: they wait again.
    Heropend(Datum),
    /// They may be paid.
    Vrijgegeven,
    /// They will not be paid.
    Geweigerd,
}

impl BetalingBericht {
    fn told(self, declaraties: Vec<Betalingen>) -> Mededeling {
        match self {
            Self::Vastgehouden(uiterlijk) => Mededeling::BetalingVastgehouden { uiterlijk, declaraties },
            Self::Heropend(uiterlijk) => Mededeling::BetalingHeropend { uiterlijk, declaraties },
            Self::Vrijgegeven => Mededeling::BetalingVrijgegeven { declaraties },
            Self::Geweigerd => Mededeling::BetalingGeweigerd { declaraties },
        }
    }

    /// Whether they wait: then it is told what for.
    const fn waits(self) -> bool {
        matches!(self, Self::Vastgehouden(_) | Self::Heropend(_))
    }
}

/// The gemeente of a relatie is told.
#[must_use]
pub fn to_gemeente(relatie: Relatie, inhoud: Mededeling) -> Change {
    let ontvanger = Partij::Gemeente(relatie.gemeente);
    Change::Kennisgeving(Box::new(Kennisgeving { ontvanger, inhoud }))
}

/// An aanbieder is told.
#[must_use]
pub fn to_aanbieder(aanbieder: AgbCode, inhoud: Mededeling) -> Change {
    let ontvanger = Partij::Aanbieder(aanbieder);
    Change::Kennisgeving(Box::new(Kennisgeving { ontvanger, inhoud }))
}

/// Every aanbieder of these lines is told what becomes of its own, claim by claim in the order of the lines.
#[must_use]
pub fn of_payments(lines: &[&Vasthouding], wat: BetalingBericht, register: &Register) -> Vec<Change> {
    let mut told: BTreeMap<AgbCode, Vec<Betalingen>> = BTreeMap::new();
    for line in lines {
        let Relatie { gemeente, aanbieder } = line.relatie;
        let gronden = line.limieten.iter().filter(|_| wat.waits()).filter_map(|id| grond(id, register));
        let mut gronden: Vec<_> = gronden.collect();
        gronden.sort_unstable();
        gronden.dedup();
        let regel = BetalingRegel { referentie: line.referentie.clone(), bedrag_cents: line.bedrag, gronden };
        let claims = told.entry(aanbieder).or_default();
        match claims.last_mut().filter(|claim| claim.declaratie == line.declaratie_nummer) {
            Some(claim) => claim.regels.push(regel),
            None => claims.push(Betalingen {
                gemeente,
                declaratie: line.declaratie_nummer.clone(),
                regels: vec![regel],
            }),
        }
    }
    told.into_iter().map(|(aanbieder, claims)| to_aanbieder(aanbieder, wat.told(claims))).collect()
}
