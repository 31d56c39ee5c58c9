//! Budgets and ceilings: limits on sums, kept by whoever books.

use super::digest::Canon;
use super::{BijOverschrijding, Contracten, Periode};
use crate::codes::{AgbCode, Bsn, Datum, GemeenteCode, ProductCategorie};
use crate::messages::Relatie;
use crate::money::Cents;
use chrono::NaiveDate;
use rustc_hash::FxHashMap;

/// What a budget is about. An absent part is not looked at: without
/// Bsn the budget is one amount for all clients together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BudgetSleutel {
    /// Only care for this gemeente.
    pub gemeente: Option<GemeenteCode>,
    /// Only care for this client.
    pub bsn: Option<Bsn>,
    /// Only care by this aanbieder.
    pub aanbieder: Option<AgbCode>,
    /// Only products of this category.
    pub categorie: Option<ProductCategorie>,
    /// Only care in this period.
    pub periode: Periode,
}

/// A budget.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Budget {
    /// What it is about.
    pub sleutel: BudgetSleutel,
    /// What its sum is kept by: depends on `sleutel` alone, and shows no personal data.
    pub id: Box<str>,
    /// Amount in eurocents.
    pub bedrag: Cents,
    /// What happens above it.
    pub bij_overschrijding: BijOverschrijding,
}

/// What a ceiling is about. An absent part is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlafondSleutel {
    /// Only care for this gemeente.
    pub gemeente: Option<GemeenteCode>,
    /// Only care under contracts with this party, by itself and by its onderaannemers.
    pub aanbieder: Option<AgbCode>,
    /// Calendar year of the care.
    pub jaar: i32,
}

/// A ceiling per year.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plafond {
    /// What it is about.
    pub sleutel: PlafondSleutel,
    /// What its sum is kept by: depends on `sleutel` alone.
    pub id: Box<str>,
    /// Amount in eurocents.
    pub bedrag: Cents,
    /// What happens above it.
    pub bij_overschrijding: BijOverschrijding,
}

/// Limits of one kind, in order, indexed by the parts that narrow them down most.
#[derive(Debug)]
pub struct Limieten<T, K> {
    list: Vec<T>,
    index: FxHashMap<K, Vec<usize>>,
}

impl<T, K> Default for Limieten<T, K> {
    fn default() -> Self {
        Self { list: Vec::new(), index: FxHashMap::default() }
    }
}

impl<T: Ord, K: std::hash::Hash + Eq> Limieten<T, K> {
    fn indexed(mut list: Vec<T>, key: impl Fn(&T) -> K) -> Self {
        list.sort_unstable();
        let mut index: FxHashMap<K, Vec<usize>> = FxHashMap::default();
        for (place, limit) in list.iter().enumerate() {
            index.entry(key(limit)).or_default().push(place);
        }
        Self { list, index }
    }

    /// Every limit, in order of what it is about.
    #[must_use]
    pub fn list(&self) -> &[T] {
        &self.list
    }

    /// What stands under one of the keys, in order.
    fn under(&self, keys: impl IntoIterator<Item = K>) -> Vec<&T> {
        let mut places: Vec<usize> =
            keys.into_iter().filter_map(|key| self.index.get(&key)).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|place| &self.list[place]).collect()
    }
}

/// Budgets by gemeente and client.
pub(super) type Budgetten = Limieten<Budget, (Option<GemeenteCode>, Option<Bsn>)>;
/// Ceilings by party and year.
pub(super) type Plafonds = Limieten<Plafond, (Option<AgbCode>, i32)>;

impl BudgetSleutel {
    fn write(&self, canon: &mut Canon) {
        canon.optional_text(self.gemeente.as_ref().map(GemeenteCode::as_str));
        canon.optional_text(self.bsn.as_ref().map(Bsn::as_str));
        canon.optional_text(self.aanbieder.as_ref().map(AgbCode::as_str));
        canon.optional_text(self.categorie.as_ref().map(ProductCategorie::as_str));
        canon.periode(self.periode);
    }
}

impl PlafondSleutel {
    fn write(&self, canon: &mut Canon) {
        canon.optional_text(self.gemeente.as_ref().map(GemeenteCode::as_str));
        canon.optional_text(self.aanbieder.as_ref().map(AgbCode::as_str));
        canon.number(i64::from(self.jaar));
    }
}

impl Budget {
    pub(super) fn new(sleutel: BudgetSleutel, bedrag: Cents, bij_overschrijding: BijOverschrijding) -> Self {
        let id = id("budget", |canon| sleutel.write(canon));
        Self { sleutel, id, bedrag, bij_overschrijding }
    }
}

impl Plafond {
    pub(super) fn new(sleutel: PlafondSleutel, bedrag: Cents, bij_overschrijding: BijOverschrijding) -> Self {
        let id = id("plafond", |canon| sleutel.write(canon));
        Self { sleutel, id, bedrag, bij_overschrijding }
    }
}

/// Kind and half a digest: what a limit is about may hold a Bsn, its id may not.
fn id(kind: &str, write: impl FnOnce(&mut Canon)) -> Box<str> {
    let mut canon = Canon::of(kind);
    write(&mut canon);
    let digest = canon.finish();
    let digits: String = digest[..16].iter().copied().flat_map(hex_digits).collect();
    format!("{kind}-{digits}").into()
}

fn hex_digits(byte: u8) -> impl Iterator<Item = char> {
    [byte >> 4, byte & 0xF].into_iter().filter_map(|digit| char::from_digit(u32::from(digit), 16))
}

impl Budgetten {
    pub(super) fn new(list: Vec<Budget>) -> Self {
        Self::indexed(list, |budget| (budget.sleutel.gemeente, budget.sleutel.bsn))
    }

    /// The budgets that care on a day counts for, in order of key. A budget for one category does not
    /// count for care without category (generic).
    pub(super) fn counting(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        categorie: Option<ProductCategorie>,
        datum: Datum,
    ) -> Vec<&Budget> {
        let Relatie { gemeente, aanbieder } = relatie;
        let keys = [(None, None), (None, Some(bsn)), (Some(gemeente), None), (Some(gemeente), Some(bsn))];
        let mut found = self.under(keys);
        found.retain(|budget| {
            let about = &budget.sleutel;
            about.aanbieder.is_none_or(|only| only == aanbieder)
                && about.categorie.is_none_or(|only| Some(only) == categorie)
                && about.periode.contains(datum)
        });
        found
    }

    pub(super) fn write(&self, canon: &mut Canon) {
        canon.list(self.list.iter(), |canon, budget| {
            budget.sleutel.write(canon);
            canon.cents(budget.bedrag);
            canon.text(budget.bij_overschrijding.as_str());
        });
    }
}

impl Plafonds {
    pub(super) fn new(list: Vec<Plafond>) -> Self {
        Self::indexed(list, |plafond| (plafond.sleutel.aanbieder, plafond.sleutel.jaar))
    }

    /// The ceilings that care of a relatie in a year counts for, in order of key: its own and those of
    /// the parties that it works under in that year.
    pub(super) fn counting(&self, contracten: &Contracten, relatie: Relatie, jaar: i32) -> Vec<&Plafond> {
        let days =
            Periode { van: NaiveDate::from_ymd_opt(jaar, 1, 1), tot: NaiveDate::from_ymd_opt(jaar, 12, 31) };
        let parties = contracten
            .party_to(relatie)
            .filter(|contract| contract.looptijd().overlaps(&days))
            .map(|contract| Some(contract.aanbieder));
        let keys = [None, Some(relatie.aanbieder)].into_iter().chain(parties).map(|party| (party, jaar));
        let mut found = self.under(keys);
        found.retain(|plafond| plafond.sleutel.gemeente.is_none_or(|only| only == relatie.gemeente));
        found
    }

    pub(super) fn write(&self, canon: &mut Canon) {
        canon.list(self.list.iter(), |canon, plafond| {
            plafond.sleutel.write(canon);
            canon.cents(plafond.bedrag);
            canon.text(plafond.bij_overschrijding.as_str());
        });
    }
}
