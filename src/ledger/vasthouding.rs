//! What becomes of held money: it may be paid, or it is no cost any more.

use super::{Boekgebeurtenis, Grootboekrekening, Kosten, Overboeking};
use crate::money::Cents;

/// From where to where held money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verplaatsing {
    Vrijgegeven,
    Geweigerd,
    Heropend,
}

/// The row of lines of the same costs.
#[must_use]
pub fn hold_moved(verplaatsing: Verplaatsing, kosten: Kosten, bedrag: Cents) -> Option<Overboeking> {
    let held = Grootboekrekening::Vastgehouden(kosten.relatie);
    let (gebeurtenis, debet, credit) = match verplaatsing {
        Verplaatsing::Vrijgegeven => {
            (Boekgebeurtenis::Vrijgegeven, held, Grootboekrekening::Crediteur(kosten.relatie))
        }
        Verplaatsing::Geweigerd => (Boekgebeurtenis::Geweigerd, held, Grootboekrekening::Kosten(kosten)),
        Verplaatsing::Heropend => (Boekgebeurtenis::Heropend, Grootboekrekening::Kosten(kosten), held),
    };
    Overboeking::of(gebeurtenis, debet, credit, bedrag)
}
