//! Calendar of contracts: what ends, and what of rates and options does not fit together.

use super::samenvoegen::{ProductEenheid, product};
use super::{Contract, ContractRegel, Periode, Register};
use crate::codes::{AgbCode, Datum, GemeenteCode};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One thing to know in time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Kalenderregel {
    /// The first day on which it matters, from the day on that was asked about; `jjjj-mm-dd`.
    pub datum: String,
    /// `einde`, `optie`, `tarief-einde`, `gat`, `overlap` or `optie-fout`.
    pub soort: &'static str,
    /// Number of the contract.
    pub contract: String,
    /// In Dutch.
    pub tekst: String,
    /// On which days it matters.
    #[serde(skip)]
    dagen: Periode,
}

/// What matters on a day from one up to and including another, in order of day.
#[must_use]
pub fn kalender(register: &Register, van: Datum, tot: Datum) -> Vec<Kalenderregel> {
    let mut all: BTreeSet<Kalenderregel> = BTreeSet::new();
    for contract in register.contracten().list() {
        all.extend(term(contract));
        all.extend(options(contract));
        all.extend(rates(contract));
    }
    all.extend(overlaps(register));
    let asked = Periode::of(van, Some(tot));
    let due = all.into_iter().filter_map(|regel| {
        let first = regel.dagen.intersection(&asked)?.van?;
        Some(Kalenderregel { datum: first.to_string(), ..regel })
    });
    let mut due: Vec<Kalenderregel> = due.collect();
    due.sort();
    due
}

fn line(contract: &Contract, dagen: Periode, soort: &'static str, tekst: String) -> Kalenderregel {
    Kalenderregel { datum: String::new(), soort, contract: contract.nummer.clone(), tekst, dagen }
}

/// The last day of a contract, and the option that could make it a later one. A flat document has lines only.
fn term(contract: &Contract) -> Option<Kalenderregel> {
    if contract.naam.is_empty() {
        return None;
    }
    let end = contract.looptijd().tot?;
    let next = contract.verlengingen.iter().find(|optie| !optie.uitgeoefend && optie.tot > end);
    Some(match next {
        Some(optie) => {
            let tekst = format!("loopt af op {end}; te verlengen t/m {}, besluit voor die dag", optie.tot);
            line(contract, Periode::dag(end), "optie", tekst)
        }
        None => line(
            contract,
            Periode::dag(end),
            "einde",
            format!("loopt af op {end}, zonder optie om te verlengen"),
        ),
    })
}

/// Options that do not follow each other.
fn options(contract: &Contract) -> Vec<Kalenderregel> {
    let mut told = Vec::new();
    // A fault is one on every day until it is put right.
    let mut wrong = |tekst: String| told.push(line(contract, Periode::ALTIJD, "optie-fout", tekst));
    match contract.termijn.tot {
        None if contract.verlengingen.is_empty() => {}
        None => wrong("heeft geen einde, dus valt er met een optie niets te verlengen".to_owned()),
        Some(end) => {
            for optie in contract.verlengingen.iter().filter(|optie| optie.tot <= end) {
                wrong(format!("de optie t/m {} eindigt niet later dan het contract zelf ({end})", optie.tot));
            }
        }
    }
    for two in contract.verlengingen.windows(2) {
        if two[0].tot == two[1].tot {
            wrong(format!("de optie t/m {} staat er twee keer", two[0].tot));
        } else if two[1].uitgeoefend && !two[0].uitgeoefend {
            let tekst =
                format!("de optie t/m {} is uitgeoefend en die ervoor, t/m {}, niet", two[1].tot, two[0].tot);
            wrong(tekst);
        }
    }
    told
}

/// Days without a rate between days with one, and rates that end before their contract.
fn rates(contract: &Contract) -> Vec<Kalenderregel> {
    let mut by_product: BTreeMap<ProductEenheid, Vec<Periode>> = BTreeMap::new();
    for regel in &contract.regels {
        by_product.entry(product(regel)).or_default().push(regel.geldig);
    }
    let mut told = Vec::new();
    for ((categorie, code, eenheid), mut lines) in by_product {
        lines.sort_unstable();
        let what = format!("{categorie} {code} ({eenheid})");
        // The last day that is covered; none when that is until further notice.
        let mut covered = lines.first().and_then(|line| line.tot);
        for next in lines.iter().skip(1) {
            let Some(last) = covered else { break };
            let hole = (last.succ_opt(), next.van.and_then(|van| van.pred_opt()));
            if let (Some(from), Some(to)) = hole
                && from <= to
            {
                told.push(line(
                    contract,
                    Periode::of(from, Some(to)),
                    "gat",
                    format!("{what} heeft geen tarief van {from} t/m {to}"),
                ));
            }
            covered = next.tot.map(|tot| tot.max(last));
        }
        let end = contract.looptijd().tot.filter(|_| !contract.naam.is_empty());
        if let Some(last) = covered.filter(|last| end.is_none_or(|end| *last < end)) {
            let then = end.map_or_else(String::new, |end| format!(", het contract op {end}"));
            told.push(line(
                contract,
                Periode::dag(last),
                "tarief-einde",
                format!("het tarief van {what} eindigt op {last}{then}"),
            ));
        }
    }
    told
}

type OfAanbieder = (GemeenteCode, AgbCode, ProductEenheid);

/// Two contracts that give one aanbieder different rates for a product on the same days: either is right then.
fn overlaps(register: &Register) -> BTreeSet<Kalenderregel> {
    let mut lines: BTreeMap<OfAanbieder, Vec<(&Contract, &ContractRegel)>> = BTreeMap::new();
    for contract in register.contracten().list().iter().filter(|contract| contract.client.is_none()) {
        for (gemeente, aanbieder) in
            contract.gemeenten.iter().flat_map(|gemeente| contract.aanbieders().map(|own| (*gemeente, own)))
        {
            for regel in &contract.regels {
                lines.entry((gemeente, aanbieder, product(regel))).or_default().push((contract, regel));
            }
        }
    }
    let mut told = BTreeSet::new();
    for ((_, aanbieder, (categorie, code, eenheid)), lines) in lines {
        for (place, (contract, regel)) in lines.iter().enumerate() {
            for (other, second) in &lines[place + 1..] {
                let both = regel.geldig.intersection(&second.geldig);
                let Some(days) = both.filter(|_| regel.tarief != second.tarief) else { continue };
                let tekst = format!(
                    "{categorie} {code} ({eenheid}) heeft voor {aanbieder} twee tarieven, ook in contract {} ({days})",
                    other.nummer
                );
                told.insert(line(contract, days, "overlap", tekst));
            }
        }
    }
    told
}
