//! Budgets and ceilings of the register against what assignments are expected to cost.
//!
//! They have no retourcode (rulings 1.7, 2.4): what goes over is signalled, held or decided by a person.

use super::cost::Zorg;
use crate::codes::{Bsn, Datum, ProductCategorie};
use crate::contracts::{Budget, Gevolg, Gevolgen, Periode, Plafond, Register, Vasthouden};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Toewijzing, WorkingSet};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// A budget or ceiling that care counts for.
#[derive(Debug, Clone, Copy)]
pub enum Limiet<'r> {
    /// A budget.
    Budget(&'r Budget),
    /// A ceiling.
    Plafond(&'r Plafond),
}

impl<'r> Limiet<'r> {
    /// What its sum is kept by.
    #[must_use]
    pub fn id(&self) -> &'r str {
        match self {
            Self::Budget(budget) => &budget.id,
            Self::Plafond(plafond) => &plafond.id,
        }
    }

    /// Amount.
    #[must_use]
    pub const fn bedrag(&self) -> Cents {
        match self {
            Self::Budget(budget) => budget.bedrag,
            Self::Plafond(plafond) => plafond.bedrag,
        }
    }

    /// Whether aanbieders share it and it is no budget of one client: then what is held of one aanbieder is nothing
    /// to the others (rulings 8.5).
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        match self {
            Self::Budget(budget) => budget.is_shared(),
            Self::Plafond(plafond) => plafond.is_shared(),
        }
    }

    /// How payments that it holds are released.
    #[must_use]
    pub const fn vasthouden(&self) -> Vasthouden {
        match self {
            Self::Budget(budget) => budget.vasthouden,
            Self::Plafond(plafond) => plafond.vasthouden,
        }
    }

    /// Whether a line counts for it and is never held by it (rulings 8.16). `specifiek`: its assignment names a code.
    #[must_use]
    pub fn spares(&self, categorie: ProductCategorie, specifiek: bool) -> bool {
        match self {
            Self::Budget(_) => false,
            Self::Plafond(plafond) => {
                let ruimte = &plafond.ruimte;
                ruimte.uitgezonderd.contains(&categorie) || ruimte.specifiek_betalen && specifiek
            }
        }
    }

    /// What happens above it.
    #[must_use]
    pub const fn gevolgen(&self) -> Gevolgen {
        match self {
            Self::Budget(budget) => budget.gevolgen,
            Self::Plafond(plafond) => plafond.gevolgen,
        }
    }

    /// Whether an assignment that brings it over waits for an operator.
    #[must_use]
    pub fn holds_toewijzing(&self) -> bool {
        self.gevolgen().bij_toewijzing == Gevolg::Hold
    }

    /// Whether the payment of what is above it waits for an operator.
    #[must_use]
    pub fn holds_betaling(&self) -> bool {
        self.gevolgen().bij_betaling == Gevolg::Hold
    }

    /// The days of care that it is about.
    #[must_use]
    pub fn periode(&self) -> Periode {
        match self {
            Self::Budget(budget) => budget.sleutel.periode,
            Self::Plafond(plafond) => {
                let jaar = plafond.sleutel.jaar;
                let (van, tot) = (NaiveDate::from_ymd_opt(jaar, 1, 1), NaiveDate::from_ymd_opt(jaar, 12, 31));
                Periode { van, tot }
            }
        }
    }

    /// The limit for people, without saying whom it is about.
    #[must_use]
    pub fn naam(&self) -> String {
        match self {
            Self::Budget(budget) if budget.sleutel.bsn.is_some() => {
                format!("het clientbudget van {} ({})", budget.bedrag, budget.sleutel.periode)
            }
            Self::Budget(budget) => format!("het budget van {} ({})", budget.bedrag, budget.sleutel.periode),
            Self::Plafond(plafond) => {
                format!("het plafond van {} voor {}", plafond.bedrag, plafond.sleutel.jaar)
            }
        }
    }

    /// Whether another assignment of the client counts for it as well.
    fn counts(&self, toewijzing: &Toewijzing) -> bool {
        match self {
            Self::Budget(Budget { sleutel, .. }) => {
                sleutel.aanbieder.is_none_or(|only| only == toewijzing.aanbieder)
                    && sleutel.categorie.is_none_or(|only| {
                        toewijzing.product.is_some_and(|product| product.categorie == only)
                    })
            }
            Self::Plafond(_) => false,
        }
    }

    /// Whether it is a ceiling of an aanbieder: the only kind of limit that a refusal without a person may rest
    /// on (rulings 3.5 i). A budget of the client, or of all of a gemeente, tells of what others spent.
    #[must_use]
    pub const fn is_of_aanbieder(&self) -> bool {
        matches!(self, Self::Plafond(plafond) if plafond.sleutel.aanbieder.is_some())
    }

    fn is_of_client(&self) -> bool {
        matches!(self, Self::Budget(budget) if budget.sleutel.bsn.is_some())
    }
}

/// A limit that care is expected to go over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overschrijding {
    /// Which, and what is expected, in Dutch and without saying whom it is about.
    pub tekst: String,
    /// [`Limiet::holds_toewijzing`].
    pub holds: bool,
    /// [`Limiet::is_of_aanbieder`].
    pub is_of_aanbieder: bool,
}

/// The limits that care counts for, in order of id. A limit counts when it holds on the first day or
/// at the turn of a year.
#[must_use]
pub fn limits_of<'r>(zorg: &Zorg, register: &'r Register) -> BTreeMap<&'r str, Limiet<'r>> {
    let mut limits = BTreeMap::new();
    for day in first_days(zorg) {
        let budgets =
            register.budgets_for(zorg.relatie, zorg.bsn, zorg.product, day).into_iter().map(Limiet::Budget);
        let ceilings = register.ceilings_for(zorg.relatie, day.year()).into_iter().map(Limiet::Plafond);
        limits.extend(budgets.chain(ceilings).map(|limit| (limit.id(), limit)));
    }
    limits
}

/// The first day of care and the first days of the years after it; at most ten years.
fn first_days(zorg: &Zorg) -> impl Iterator<Item = Datum> {
    let (first, last) = (zorg.begin.year(), zorg.counted_to().year());
    let years = (first.saturating_add(1)..=last).take(10);
    std::iter::once(zorg.begin).chain(years.filter_map(|year| NaiveDate::from_ymd_opt(year, 1, 1)))
}

/// The ids of the limits that care counts for.
pub fn keys(zorg: &Zorg, register: &Register, keys: &mut BTreeSet<Box<str>>) {
    keys.extend(limits_of(zorg, register).into_keys().map(Box::from));
}

/// The ids of the limits that any care for a client may count for, in the years around a day: for a message
/// that does not say which product it is about.
pub fn keys_of_client(
    relatie: Relatie,
    bsn: Bsn,
    around: Datum,
    register: &Register,
    keys: &mut BTreeSet<Box<str>>,
) {
    let budgets = register.budgetten().iter().filter(|Budget { sleutel, .. }| {
        sleutel.gemeente.is_none_or(|only| only == relatie.gemeente)
            && sleutel.bsn.is_none_or(|only| only == bsn)
            && sleutel.aanbieder.is_none_or(|only| only == relatie.aanbieder)
    });
    keys.extend(budgets.map(|budget| budget.id.clone()));
    let (first, last) = (around.year().saturating_sub(10), around.year().saturating_add(10));
    let ceilings = (first..=last).flat_map(|jaar| register.ceilings_for(relatie, jaar));
    keys.extend(ceilings.map(|plafond| plafond.id.clone()));
}

/// What care is over; `None` when it counts for a limit and its cost cannot be computed.
///
/// `own` is the assignment itself when it is known: what was spent on it counts once. `also` is new care
/// in the same message. For the budget of one client what its other assignments are expected to cost
/// counts as well.
#[must_use]
pub fn exceeded(
    zorg: &Zorg,
    own: Option<&Toewijzing>,
    also: &[Zorg],
    known: &WorkingSet,
    register: &Register,
) -> Option<Vec<Overschrijding>> {
    let mut over = Vec::new();
    let told = limits_of(zorg, register).into_iter();
    for (key, limit) in told.filter(|(_, limit)| limit.gevolgen().bij_toewijzing != Gevolg::Niets) {
        let cost = zorg.cost_in(register, limit.periode())?;
        let spent = known.budget_standen.get(key).copied().unwrap_or_default();
        let spent_elsewhere = spent.0.saturating_sub(own.map_or(0, |own| own.besteed.bedrag.0));
        let promised = if limit.is_of_client() { promised(zorg, own, limit, known, register) } else { 0 };
        let beside = also.iter().filter(|other| limits_of(other, register).contains_key(key));
        let beside = beside.filter_map(|other| other.cost_in(register, limit.periode()));
        let total = spent_elsewhere.max(promised).saturating_add(cost.0);
        let total = Cents(beside.fold(total, |total, cost| total.saturating_add(cost.0)));
        if total > limit.bedrag() {
            let tekst = format!("{}: met deze toewijzing wordt {total} verwacht", limit.naam());
            let (holds, is_of_aanbieder) = (limit.holds_toewijzing(), limit.is_of_aanbieder());
            over.push(Overschrijding { tekst, holds, is_of_aanbieder });
        }
    }
    Some(over)
}

/// What the other assignments of the client are expected to cost of a limit, or did cost already.
fn promised(
    zorg: &Zorg,
    own: Option<&Toewijzing>,
    limit: Limiet<'_>,
    known: &WorkingSet,
    register: &Register,
) -> i64 {
    let gemeente = zorg.relatie.gemeente;
    let numbers = known.toewijzingen_van.get(&(gemeente, zorg.bsn)).into_iter().flatten();
    numbers
        .filter(|nummer| own.is_none_or(|own| own.nummer != **nummer))
        .filter_map(|nummer| known.toewijzingen.get(&(gemeente, *nummer)))
        .filter(|other| !other.is_verwijderd() && limit.counts(other))
        .map(|other| {
            let expected = Zorg::of(other).cost_in(register, limit.periode()).unwrap_or_default();
            if expected == Cents::ZERO { 0 } else { expected.0.max(other.besteed.bedrag.0) }
        })
        .fold(0, i64::saturating_add)
}
