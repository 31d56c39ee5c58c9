//! Budgets and ceilings: limits on sums, kept by whoever books.

use super::digest::Canon;
use super::gevolgen::BETAALTERMIJN_DAGEN;
use super::{Contracten, Gevolgen, Periode, Segment, Vrijgave};
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
    /// Only products that a contract has in this segment.
    pub segment: Option<Segment>,
    /// Only care in this period.
    pub periode: Periode,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Budget {
    /// What it is about.
    pub sleutel: BudgetSleutel,
    /// What its sum is kept by: depends on `sleutel` alone, and shows no personal data.
    pub id: Box<str>,
    /// Amount in eurocents.
    pub bedrag: Cents,
    /// What happens above it.
    pub gevolgen: Gevolgen,
    /// How what it holds is released.
    pub vasthouden: Vasthouden,
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
    pub gevolgen: Gevolgen,
    /// How what it holds is released.
    pub vasthouden: Vasthouden,
    /// What the contract says of the room below it.
    pub ruimte: Bestedingsruimte,
}

/// How payments that a limit holds are released (rulings 8.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vasthouden {
    /// Who releases what fits again.
    pub vrijgave: Vrijgave,
    /// Days in which a held payment is decided on, from its receipt.
    pub betaaltermijn_dagen: u32,
}

impl Default for Vasthouden {
    fn default() -> Self {
        Self { vrijgave: Vrijgave::Persoon, betaaltermijn_dagen: BETAALTERMIJN_DAGEN }
    }
}

/// A ceiling as the national contract standards describe it (rulings 8.16); what is absent is not agreed.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bestedingsruimte {
    /// Percentage in use from which on the aanbieder is warned, once a year.
    pub waarschuw_bij: Option<u8>,
    /// Categories that count and are never held, in order.
    pub uitgezonderd: Vec<ProductCategorie>,
    /// Whether a Prestatie on a specific assignment is always paid.
    pub specifiek_betalen: bool,
    /// First day on which every JW315 that is received goes to a person.
    pub clientenstop_vanaf: Option<Datum>,
}

/// Limits of one kind, in order, indexed by the parts that narrow them down most.
#[derive(Debug)]
pub struct Limieten<T, K> {
    list: Vec<T>,
    index: FxHashMap<K, Vec<usize>>,
    by_id: FxHashMap<Box<str>, usize>,
}

impl<T, K> Default for Limieten<T, K> {
    fn default() -> Self {
        Self { list: Vec::new(), index: FxHashMap::default(), by_id: FxHashMap::default() }
    }
}

impl<T: Ord, K: std::hash::Hash + Eq> Limieten<T, K> {
    fn indexed(mut list: Vec<T>, key: impl Fn(&T) -> (K, Box<str>)) -> Self {
        list.sort_unstable();
        let mut index: FxHashMap<K, Vec<usize>> = FxHashMap::default();
        let mut by_id = FxHashMap::default();
        for (place, limit) in list.iter().enumerate() {
            let (key, id) = key(limit);
            index.entry(key).or_default().push(place);
            by_id.insert(id, place);
        }
        Self { list, index, by_id }
    }

    /// The limit whose sums are kept by this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&T> {
        self.by_id.get(id).map(|place| &self.list[*place])
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
        // Written only where there is one: a budget of before there were segments keeps its id.
        if let Some(segment) = self.segment {
            canon.text("segment");
            canon.text(segment.as_str());
        }
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
    pub(super) fn new(
        sleutel: BudgetSleutel,
        bedrag: Cents,
        gevolgen: Gevolgen,
        vasthouden: Vasthouden,
    ) -> Self {
        let id = id("budget", |canon| sleutel.write(canon));
        Self { sleutel, id, bedrag, gevolgen, vasthouden }
    }

    /// Whether several aanbieders spend of it and it is of no client: it holds for its own aanbieder only (rulings 8.5).
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.sleutel.bsn.is_none() && self.sleutel.aanbieder.is_none()
    }
}

impl Plafond {
    pub(super) fn new(
        sleutel: PlafondSleutel,
        bedrag: Cents,
        gevolgen: Gevolgen,
        vasthouden: Vasthouden,
        ruimte: Bestedingsruimte,
    ) -> Self {
        let id = id("plafond", |canon| sleutel.write(canon));
        Self { sleutel, id, bedrag, gevolgen, vasthouden, ruimte }
    }

    /// Whether several aanbieders spend of it (rulings 8.5).
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.sleutel.aanbieder.is_none()
    }
}

impl Vasthouden {
    /// Writes only what differs from what holds anyway: a limit of before it could be said keeps its digest.
    fn write(self, canon: &mut Canon) {
        let standard = Self::default();
        if self.vrijgave != standard.vrijgave {
            canon.text("vrijgave");
            canon.text(self.vrijgave.as_str());
        }
        if self.betaaltermijn_dagen != standard.betaaltermijn_dagen {
            canon.text("betaaltermijn_dagen");
            canon.number(i64::from(self.betaaltermijn_dagen));
        }
    }
}

impl Bestedingsruimte {
    /// Writes only what is agreed: a ceiling of before it could be said keeps its digest.
    fn write(&self, canon: &mut Canon) {
        if let Some(percent) = self.waarschuw_bij {
            canon.text("waarschuw_bij");
            canon.number(i64::from(percent));
        }
        if !self.uitgezonderd.is_empty() {
            canon.text("uitgezonderd");
            canon.list(self.uitgezonderd.iter(), |canon, categorie| canon.text(categorie.as_str()));
        }
        if self.specifiek_betalen {
            canon.text("specifiek_betalen");
        }
        if let Some(datum) = self.clientenstop_vanaf {
            canon.text("clientenstop_vanaf");
            canon.datum(datum);
        }
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
        Self::indexed(list, |budget| ((budget.sleutel.gemeente, budget.sleutel.bsn), budget.id.clone()))
    }

    /// The budgets that care on one of these days counts for, in order of key. A budget for one category or segment does not
    /// count for care without (generic). In which segment the care is, is asked only where a budget has one.
    pub(super) fn counting(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        categorie: Option<ProductCategorie>,
        segment: impl Fn() -> Option<Segment>,
        days: Periode,
    ) -> Vec<&Budget> {
        let Relatie { gemeente, aanbieder } = relatie;
        let keys = [(None, None), (None, Some(bsn)), (Some(gemeente), None), (Some(gemeente), Some(bsn))];
        let mut found = self.under(keys);
        found.retain(|budget| {
            let about = &budget.sleutel;
            about.aanbieder.is_none_or(|only| only == aanbieder)
                && about.categorie.is_none_or(|only| Some(only) == categorie)
                && about.periode.overlaps(&days)
                && about.segment.is_none_or(|only| Some(only) == segment())
        });
        found
    }

    pub(super) fn write(&self, canon: &mut Canon) {
        canon.list(self.list.iter(), |canon, budget| {
            budget.sleutel.write(canon);
            canon.cents(budget.bedrag);
            budget.gevolgen.write(canon);
            budget.vasthouden.write(canon);
        });
    }
}

impl Plafonds {
    pub(super) fn new(list: Vec<Plafond>) -> Self {
        Self::indexed(list, |plafond| ((plafond.sleutel.aanbieder, plafond.sleutel.jaar), plafond.id.clone()))
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
            plafond.gevolgen.write(canon);
            plafond.vasthouden.write(canon);
            plafond.ruimte.write(canon);
        });
    }
}
