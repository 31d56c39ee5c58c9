//! What a transaction changes of what assignments promise of limits.

use super::pending::ToewijzingSleutel;
use crate::money::Cents;
use crate::state::{Change, Gemelde, GevolgdTot, TeVolgen, Toezegging};
use std::collections::BTreeMap;

/// What changed of what assignments promise of limits.
#[derive(Default)]
pub struct Promises {
    pub toezeggingen: BTreeMap<(ToewijzingSleutel, Box<str>), Toezegging>,
    /// Promised and unknown, as they changed.
    pub toegezegd: BTreeMap<Box<str>, (Cents, i64)>,
    pub gemeld: BTreeMap<(Box<str>, Gemelde), Option<Cents>>,
    pub te_volgen: Vec<TeVolgen>,
    /// What stands up to here is followed.
    pub gevolgd_tot: Option<i64>,
    pub gevolgd: Option<GevolgdTot>,
}

impl Promises {
    pub(super) fn change(&mut self, change: Change) {
        match change {
            Change::Toezegging { gemeente, nummer, limiet, toezegging } => {
                self.toezeggingen.insert(((gemeente, nummer), limiet), toezegging);
            }
            Change::Toegezegd { sleutel, bedrag, onbekend } => {
                let sum = self.toegezegd.entry(sleutel).or_default();
                sum.0 += bedrag;
                sum.1 += onbekend;
            }
            Change::OverschrijdingGemeld { sleutel, wat, over } => {
                self.gemeld.insert((sleutel, wat), over);
            }
            Change::TeVolgen(te_volgen) => self.te_volgen.push(*te_volgen),
            Change::GevolgdTot(journal) => self.gevolgd_tot = Some(journal),
            Change::Gevolgd(gevolgd) => self.gevolgd = Some(gevolgd),
            _ => {}
        }
    }
}
