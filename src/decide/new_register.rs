//! What a new version of the contract register does to the sums of limits (rulings 8.1 to 8.3): a limit that is new begins
//! with what it would have had if it had always been there, and the assignments whose rates, options or limits changed
//! promise anew. The others stay as they are.

use super::declaratie::counting_on;
use super::following::maand;
use super::limits::Limiet;
use crate::codes::{AgbCode, Bsn, Datum, GemeenteCode, ProductSleutel};
use crate::contracts::{Contract, Periode, Register};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Change, GevolgdTot, WorkingSet};
use std::collections::{BTreeMap, BTreeSet};

/// Whose assignments and lines are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kring {
    /// Everybody's.
    pub allen: bool,
    /// All of these aanbieders.
    pub aanbieders: BTreeSet<AgbCode>,
    /// All of these gemeenten.
    pub gemeenten: BTreeSet<GemeenteCode>,
    /// All of these clients.
    pub clienten: BTreeSet<Bsn>,
}

impl Kring {
    /// Everybody.
    #[must_use]
    pub fn allen() -> Self {
        Self { allen: true, ..Self::default() }
    }

    /// Nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a client of a relatie is in it.
    #[must_use]
    pub fn contains(&self, relatie: Relatie, bsn: Bsn) -> bool {
        self.allen
            || self.aanbieders.contains(&relatie.aanbieder)
            || self.gemeenten.contains(&relatie.gemeente)
            || self.clienten.contains(&bsn)
    }

    /// Those whose care may count for a limit, by the narrowest thing that it says of them.
    fn add_limit(&mut self, limiet: Limiet<'_>, register: &Register) {
        let (gemeente, bsn, aanbieder) = match limiet {
            Limiet::Budget(budget) => (budget.sleutel.gemeente, budget.sleutel.bsn, budget.sleutel.aanbieder),
            Limiet::Plafond(plafond) => (plafond.sleutel.gemeente, None, plafond.sleutel.aanbieder),
        };
        match (bsn, aanbieder, gemeente) {
            (Some(bsn), ..) => drop(self.clienten.insert(bsn)),
            (None, Some(aanbieder), _) => {
                // Who works under a party counts for its ceiling.
                let under = register.contracten().list().iter().filter(|one| one.aanbieder == aanbieder);
                self.aanbieders.extend(under.flat_map(Contract::aanbieders).chain([aanbieder]));
            }
            (None, None, Some(gemeente)) => drop(self.gemeenten.insert(gemeente)),
            (None, None, None) => self.allen = true,
        }
    }

    fn add_contract(&mut self, contract: &Contract) {
        match contract.client {
            Some(client) => drop(self.clienten.insert(client)),
            None => self.aanbieders.extend(contract.aanbieders()),
        }
    }
}

fn limits(register: &Register) -> impl Iterator<Item = Limiet<'_>> {
    let budgets = register.budgetten().iter().map(Limiet::Budget);
    budgets.chain(register.plafonds().iter().map(Limiet::Plafond))
}

/// Whose assignments promise anew: those under a contract that changed, and those of limits that came or went.
#[must_use]
pub fn changed(before: &Register, after: &Register) -> Kring {
    let months = |register| Register::regio(register).bewaking.uitloop_maanden;
    let mut kring = Kring { allen: months(before) != months(after), ..Kring::default() };
    let (old, new) = (before.contracten().by_number(), after.contracten().by_number());
    let gone = old.iter().filter(|(nummer, contract)| new.get(*nummer) != Some(*contract));
    let came = new.iter().filter(|(nummer, contract)| old.get(*nummer) != Some(*contract));
    for (_, contract) in gone.chain(came) {
        kring.add_contract(contract);
    }
    let gone = came_in(after, before).into_iter().map(|limiet| (limiet, before));
    let came = came_in(before, after).into_iter().map(|limiet| (limiet, after));
    for (limiet, register) in gone.chain(came) {
        kring.add_limit(limiet, register);
    }
    kring
}

/// Whose assignments promise anew with a new version, and up to where everything was followed with it. Where that was not
/// so with the version before it is everybody.
#[must_use]
pub fn anew(
    (before, after): (&Register, &Register),
    today: Datum,
    version: i64,
    gevolgd: Option<GevolgdTot>,
) -> (Kring, Option<GevolgdTot>) {
    match gevolgd {
        Some(old) if old.register == version - 1 => {
            (changed(before, after), Some(GevolgdTot { register: version, ..old }))
        }
        None if !after.has_limits() => (Kring::default(), None),
        _ => (Kring::allen(), Some(GevolgdTot { maand: maand(today), register: version })),
    }
}

/// The limits that one version has and the one before has not, in order.
#[must_use]
pub fn came_in<'r>(before: &Register, after: &'r Register) -> Vec<Limiet<'r>> {
    let known: BTreeSet<&str> = limits(before).map(|limiet| limiet.id()).collect();
    limits(after).filter(|limiet| !known.contains(limiet.id())).collect()
}

/// Which lines may count for limits: whose, and those that begin on which days.
#[must_use]
pub fn lines_of(new: &[Limiet<'_>], register: &Register) -> (Kring, Periode) {
    let mut kring = Kring::default();
    for limiet in new {
        kring.add_limit(*limiet, register);
    }
    let days = || new.iter().map(Limiet::periode);
    // Where one has no first or last day, there is none.
    let van = days().map(|days| days.van).min().flatten();
    let tot = days().any(|days| days.tot.is_none());
    let tot = days().filter_map(|days| days.tot).max().filter(|_| !tot);
    (kring, Periode { van, tot })
}

/// What was granted to a client of a product, by the first day of the ProductPeriode; credits taken off, and without what
/// an operator refused: that counts for no limit (rulings 8.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Toegekend {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Client.
    pub bsn: Bsn,
    /// Category and code as claimed.
    pub product: ProductSleutel,
    /// First day of the ProductPeriode.
    pub begin: Datum,
    /// In eurocents, signed.
    pub bedrag: Cents,
}

/// New limits begin with what was granted of them already: each line counts as it does when it is booked.
#[must_use]
pub fn begin(new: &[Limiet<'_>], lines: &[Toegekend], known: &WorkingSet, after: &Register) -> Vec<Change> {
    let mut sums: BTreeMap<&str, i64> = new.iter().map(|limiet| (limiet.id(), 0)).collect();
    for line in lines {
        for limiet in counting_on(after, line.relatie, line.bsn, line.product, line.begin) {
            if let Some(sum) = sums.get_mut(limiet.id()) {
                *sum += line.bedrag.0;
            }
        }
    }
    // One that comes back has the sum of when it went.
    let change = |(sleutel, sum): (&str, i64)| {
        let old = known.budget_standen.get(sleutel);
        let differs = old.is_none_or(|old| old.0 != sum);
        let bedrag = Cents(sum - old.copied().unwrap_or_default().0);
        differs.then(|| Change::BudgetBesteed { sleutel: sleutel.into(), bedrag })
    };
    sums.into_iter().filter_map(change).collect()
}
