//! What fits again of payments that wait, because a limit grew or room came back (rulings 8.8).
//!
//! In the order in which they were held, each limit up to the first line that does not fit.

use super::limits::Limiet;
use super::{fixed_price, plausible};
use crate::contracts::{Register, Vrijgave};
use crate::money::Cents;
use crate::state::{Vasthouding, VasthoudingStatus};
use std::collections::BTreeMap;

/// Where a limit stands without what it holds, and what of it was given to lines that fit.
struct LimietRuimte<'r> {
    limiet: Limiet<'r>,
    besteed: i64,
    /// A line did not fit: nothing behind it does.
    vol: bool,
}

/// Lines that fit again.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Past<'h> {
    /// All of them, in the order in which they were held.
    pub regels: Vec<&'h Vasthouding>,
    /// Of those: the ones that no person has to look at.
    pub vanzelf: Vec<&'h Vasthouding>,
}

/// What fits now of lines that wait, given in the order in which they were held. `besteed`: what was granted under each
/// limit, held lines included. A line that something else than a limit holds never fits by itself.
#[must_use]
pub fn fits<'h>(
    waiting: &'h [Vasthouding],
    besteed: &BTreeMap<Box<str>, Cents>,
    register: &Register,
) -> Past<'h> {
    let waiting = waiting.iter().filter(|regel| regel.status == VasthoudingStatus::Vastgehouden);
    let waiting: Vec<&Vasthouding> = waiting.filter(|regel| !regel.limieten.is_empty()).collect();
    let mut stands = stands(&waiting, besteed, register);
    let mut past = Past::default();
    for regel in waiting {
        let own: Vec<&str> = regel.limieten.iter().map(AsRef::as_ref).collect();
        let own: Vec<&str> = own.into_iter().filter(|id| stands.contains_key(*id)).collect();
        let by_reason = regel
            .limieten
            .iter()
            .any(|id| [fixed_price::ID, plausible::ID, "leeftijdsgrens"].contains(&&**id));
        let fits = !by_reason
            && own.iter().all(|id| {
                let stand = &stands[id];
                !stand.vol && stand.besteed.saturating_add(regel.bedrag.0) <= stand.limiet.bedrag().0
            });
        for id in &own {
            let Some(stand) = stands.get_mut(id) else { continue };
            if fits {
                stand.besteed = stand.besteed.saturating_add(regel.bedrag.0);
            } else {
                stand.vol = true;
            }
        }
        if fits {
            past.regels.push(regel);
            let by_itself = |id: &&str| stands[id].limiet.vasthouden().vrijgave == Vrijgave::Automatisch;
            // Where no limit is left that holds it, nobody said that it goes by itself.
            if !own.is_empty() && own.iter().all(by_itself) {
                past.vanzelf.push(regel);
            }
        }
    }
    past
}

/// The limits that hold lines and still hold payments.
fn stands<'r>(
    waiting: &[&Vasthouding],
    besteed: &BTreeMap<Box<str>, Cents>,
    register: &'r Register,
) -> BTreeMap<&'r str, LimietRuimte<'r>> {
    let mut held: BTreeMap<&str, i64> = BTreeMap::new();
    for regel in waiting {
        for id in &regel.limieten {
            let sum = held.entry(id).or_default();
            *sum = sum.saturating_add(regel.bedrag.0);
        }
    }
    let budgets = register.budgetten().iter().map(Limiet::Budget);
    let limits = budgets.chain(register.plafonds().iter().map(Limiet::Plafond));
    let stand = |limiet: Limiet<'r>| {
        let held = held.get(limiet.id())?;
        let besteed = besteed.get(limiet.id()).map_or(0, |cents| cents.0).saturating_sub(*held);
        limiet.holds_betaling().then(|| (limiet.id(), LimietRuimte { limiet, besteed, vol: false }))
    };
    limits.filter_map(stand).collect()
}

/// Whether the register has a limit that releases by itself.
#[must_use]
pub fn releases_by_itself(register: &Register) -> bool {
    let budgets = register.budgetten().iter().map(Limiet::Budget);
    let mut limits = budgets.chain(register.plafonds().iter().map(Limiet::Plafond));
    limits.any(|limiet| limiet.vasthouden().vrijgave == Vrijgave::Automatisch)
}
