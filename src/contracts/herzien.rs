//! Rates that a new version of the register changes for days that are past: whose granted lines are to be looked at.

use super::samenvoegen::product;
use super::{Contract, ContractRegel, Periode, Register, verschil};
use crate::codes::{AgbCode, Datum, ProductCategorie, ProductCode};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A product of an aanbieder whose rate became another on days that are past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Herzien {
    pub aanbieder: AgbCode,
    /// Category.
    pub categorie: ProductCategorie,
    pub code: ProductCode,
    /// First of the days.
    #[serde(with = "crate::codes::day")]
    pub van: Datum,
    /// Last of the days.
    #[serde(with = "crate::codes::day")]
    pub tot: Datum,
}

impl Herzien {
    /// Whether care of this product on these days is to be looked at.
    #[must_use]
    pub fn concerns(&self, dagen: Periode) -> bool {
        Periode::of(self.van, Some(self.tot)).overlaps(&dagen)
    }
}

/// What of a product holds on some days: what a line is judged by.
type Geldt = BTreeSet<(&'static str, Option<i64>, Option<&'static str>, bool)>;
type HerzienProduct = (ProductCategorie, ProductCode);

/// What changed for days up to and including one, in order.
#[must_use]
pub fn herzien(before: &Register, after: &Register, tot: Datum) -> Vec<Herzien> {
    let (old, new) = (before.contracten().by_number(), after.contracten().by_number());
    let mut found: BTreeMap<(AgbCode, HerzienProduct), Periode> = BTreeMap::new();
    for nummer in old.keys().chain(new.keys()).copied().collect::<BTreeSet<&str>>() {
        let (was, is) = (old.get(nummer).copied(), new.get(nummer).copied());
        if was == is {
            continue;
        }
        let parties: BTreeSet<AgbCode> = was.into_iter().chain(is).flat_map(Contract::aanbieders).collect();
        for (product, dagen) in of_contract(was, is) {
            let Some(dagen) = dagen.intersection(&Periode { van: None, tot: Some(tot) }) else { continue };
            for aanbieder in &parties {
                let known = found.entry((*aanbieder, product)).or_insert(dagen);
                *known = Periode {
                    van: known.van.zip(dagen.van).map(|(one, two)| one.min(two)),
                    tot: known.tot.max(dagen.tot),
                };
            }
        }
    }
    let first = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(Datum::MIN);
    let rows = found.into_iter().map(|((aanbieder, (categorie, code)), dagen)| {
        let (van, tot) = (dagen.van.unwrap_or(first), dagen.tot.unwrap_or(tot));
        Herzien { aanbieder, categorie, code, van, tot }
    });
    rows.collect()
}

/// The days on which the rates of each product of a contract are others.
fn of_contract(was: Option<&Contract>, is: Option<&Contract>) -> Vec<(HerzienProduct, Periode)> {
    let mut lines: BTreeMap<HerzienProduct, (Vec<&ContractRegel>, Vec<&ContractRegel>)> = BTreeMap::new();
    let of = |regel: &ContractRegel| (product(regel).0, product(regel).1);
    for regel in was.into_iter().flat_map(|contract| &contract.regels) {
        lines.entry(of(regel)).or_default().0.push(regel);
    }
    for regel in is.into_iter().flat_map(|contract| &contract.regels) {
        lines.entry(of(regel)).or_default().1.push(regel);
    }
    let whose = |contract: Option<&Contract>| {
        contract.map(|it| (it.aanbieders().collect::<BTreeSet<_>>(), it.gemeenten.clone(), it.client))
    };
    let others = whose(was) != whose(is);
    let mut found = Vec::new();
    for (product, (before, after)) in lines {
        let both = || before.iter().chain(&after);
        for dagen in verschil::days(both().map(|regel| regel.geldig)) {
            if !others && geldt(&before, dagen) == geldt(&after, dagen) {
                continue;
            }
            // By the first day of the assignment: the care itself may be of any day since.
            let by_first_day = both().any(|regel| regel.is_by_first_day());
            found.push((product, if by_first_day { Periode { tot: None, ..dagen } } else { dagen }));
        }
    }
    found
}

fn geldt(lines: &[&ContractRegel], dagen: Periode) -> Geldt {
    let on = lines.iter().filter(|regel| regel.geldig.overlaps(&dagen));
    on.map(|regel| {
        let per = regel.tariefeenheid.map(|eenheid| eenheid.as_str());
        (regel.eenheid.as_str(), regel.tarief.map(|cents| cents.0), per, regel.is_by_first_day())
    })
    .collect()
}
