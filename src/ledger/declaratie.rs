//! What a claim moves: costs, owed to the aanbieder or held; a row per event, form and year of care.

use super::{Boekgebeurtenis, Grootboekrekening, Kosten, Overboeking};
use crate::codes::Financiering;
use crate::messages::Relatie;
use crate::money::Cents;
use std::collections::BTreeMap;

/// Where what was granted goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tegenrekening {
    /// It may be paid.
    Crediteur,
    /// It is held.
    Vastgehouden,
    /// A previous system paid it.
    Overgenomen,
}

/// Granted care of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GeboekteKosten {
    /// Form of funding.
    pub vorm: Option<Financiering>,
    /// Year of care.
    pub jaar: i32,
    pub tegen: Tegenrekening,
    /// Debits are positive, credits negative.
    pub bedrag: Cents,
}

/// The rows of a claim of these lines, in a fixed order.
#[must_use]
pub fn claim_posted(relatie: Relatie, lines: impl IntoIterator<Item = GeboekteKosten>) -> Vec<Overboeking> {
    let mut sums: BTreeMap<(Tegenrekening, bool, Kosten), Cents> = BTreeMap::new();
    for line in lines {
        let kosten = Kosten { relatie, vorm: line.vorm, jaar: line.jaar };
        *sums.entry((line.tegen, line.bedrag < Cents::ZERO, kosten)).or_default() += line.bedrag;
    }
    let row = |((tegen, credit, kosten), bedrag)| {
        let (gebeurtenis, rekening) = match (tegen, credit) {
            (Tegenrekening::Crediteur, false) => {
                (Boekgebeurtenis::Toegekend, Grootboekrekening::Crediteur(relatie))
            }
            (Tegenrekening::Crediteur, true) => {
                (Boekgebeurtenis::Credit, Grootboekrekening::Crediteur(relatie))
            }
            (Tegenrekening::Vastgehouden, false) => {
                (Boekgebeurtenis::ToegekendVastgehouden, Grootboekrekening::Vastgehouden(relatie))
            }
            (Tegenrekening::Vastgehouden, true) => {
                (Boekgebeurtenis::CreditVastgehouden, Grootboekrekening::Vastgehouden(relatie))
            }
            (Tegenrekening::Overgenomen, _) => {
                (Boekgebeurtenis::Overgenomen, Grootboekrekening::Overgenomen(relatie))
            }
        };
        Overboeking::of(gebeurtenis, Grootboekrekening::Kosten(kosten), rekening, bedrag)
    };
    sums.into_iter().filter_map(row).collect()
}
