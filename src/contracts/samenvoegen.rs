//! A part on top of a version: what the part names is replaced, what it does not name stays.
//!
//! What is named is a contract with its terms, within it a product in an eenheid with all its rates, a row of another
//! list, a client, and each of the settings that a flat document may say. Replay does this as well, so what it comes to
//! never changes.

use super::import::checks;
use super::import::plat::{Plat, Termen, of_relatie};
use super::import::record::fout;
use super::limits::{Budgetten, Plafonds};
use super::{
    Clienten, Contract, ContractRegel, Contracten, Gemeentecodes, ImportFout, Instellingen, Onderdeel,
    Periode, Productcode, Register,
};
use crate::codes::{AgbCode, Eenheid, GemeenteCode, ProductCategorie, ProductCode};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A product in an eenheid: what the rates of a contract are replaced by.
pub(super) type ProductEenheid = (ProductCategorie, ProductCode, Eenheid);

pub(super) fn product(regel: &ContractRegel) -> ProductEenheid {
    (regel.categorie, regel.code, regel.eenheid)
}

/// The version after a part.
pub(super) fn merged(current: &Register, part: &Register, onderdelen: &BTreeSet<Onderdeel>) -> Register {
    let mut next = current.clone();
    if onderdelen.contains(&Onderdeel::Contracten) {
        next.contracten =
            Arc::new(Contracten::new(contracten(current.contracten().list(), part.contracten().list())));
    }
    if let Some(codes) = part.productcodelijst() {
        next.productcodelijst = Some(Arc::new(productcodes(current.productcodelijst(), codes)));
    }
    let codes = |register: &Register| register.gemeentecodes().list().cloned().collect::<Vec<_>>();
    next.gemeentecodes = Arc::new(Gemeentecodes::new(by_key(codes(current), codes(part), |row| row.code)));
    let budgets = |register: &Register| register.budgetten().to_vec();
    next.budgetten = Arc::new(Budgetten::new(by_key(budgets(current), budgets(part), |it| it.sleutel)));
    let ceilings = |register: &Register| register.plafonds().to_vec();
    next.plafonds = Arc::new(Plafonds::new(by_key(ceilings(current), ceilings(part), |it| it.sleutel)));
    if !part.clienten().is_empty() {
        let clients =
            |register: &Register| register.clienten().list().into_iter().cloned().collect::<Vec<_>>();
        let together = by_key(clients(current), clients(part), |client| (client.gemeente, client.bsn));
        next.clienten = Arc::new(Clienten::new(together));
    }
    if onderdelen.contains(&Onderdeel::Regio) {
        next.eigen_regio = Arc::clone(&part.eigen_regio);
        next.instellingen = Arc::default();
    }
    if onderdelen.contains(&Onderdeel::Instellingen) {
        next.instellingen = Arc::new(instellingen(&next.instellingen, &part.instellingen));
    }
    next.settled()
}

/// Rows of keys that the part names are those of the part.
fn by_key<T, K: Ord>(current: Vec<T>, part: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let named: BTreeSet<K> = part.iter().map(&key).collect();
    current.into_iter().filter(|row| !named.contains(&key(row))).chain(part).collect()
}

fn productcodes(
    current: Option<&BTreeSet<Productcode>>,
    part: &BTreeSet<Productcode>,
) -> BTreeSet<Productcode> {
    let current = current.into_iter().flatten().copied().collect();
    by_key(current, part.iter().copied().collect(), |(categorie, code, _)| (*categorie, *code))
        .into_iter()
        .collect()
}

fn instellingen(current: &Instellingen, part: &Instellingen) -> Instellingen {
    Instellingen {
        drempels: part.drempels.clone().or_else(|| current.drempels.clone()),
        plausibiliteit: part.plausibiliteit.or(current.plausibiliteit),
        uitloop_maanden: part.uitloop_maanden.or(current.uitloop_maanden),
        na_termijn: part.na_termijn.or(current.na_termijn),
        mandaat_bedrag: part.mandaat_bedrag.or(current.mandaat_bedrag),
    }
}

/// The gemeente and aanbieder of a contract that stands for lines of a flat document: only those have no name.
fn flat(contract: &Contract) -> Option<(GemeenteCode, AgbCode)> {
    contract.naam.is_empty().then(|| Some((*contract.gemeenten.first()?, contract.aanbieder)))?
}

/// Takes up the lines of a contract, and its names where there are none yet.
fn take(plat: &mut Plat, contract: &Contract) {
    plat.naam = plat.naam.take().or_else(|| contract.aanbieder_naam.clone());
    plat.rekeninghouder = plat.rekeninghouder.take().or_else(|| contract.rekeninghouder.clone());
    let termen = Termen { financiering: contract.financiering, gevolgen: contract.gevolgen };
    plat.lines.extend(contract.regels.iter().map(|regel| (termen, regel.clone())));
}

fn contracten(current: &[Contract], part: &[Contract]) -> Vec<Contract> {
    let mut by_number: BTreeMap<&str, Contract> = BTreeMap::new();
    let mut relaties: BTreeMap<(GemeenteCode, AgbCode), Plat> = BTreeMap::new();
    for contract in part {
        if let Some(relatie) = flat(contract) {
            take(relaties.entry(relatie).or_default(), contract);
        }
    }
    let named: BTreeMap<_, BTreeSet<ProductEenheid>> = relaties
        .iter()
        .map(|(relatie, plat)| (*relatie, plat.lines.iter().map(|(_, regel)| product(regel)).collect()))
        .collect();
    for contract in current {
        match flat(contract).and_then(|relatie| Some((relaties.get_mut(&relatie)?, &named[&relatie]))) {
            Some((plat, named)) => {
                let mut kept = contract.clone();
                kept.regels.retain(|regel| !named.contains(&product(regel)));
                take(plat, &kept);
            }
            None => drop(by_number.insert(&contract.nummer, contract.clone())),
        }
    }
    for contract in part.iter().filter(|contract| flat(contract).is_none()) {
        let mut next = contract.clone();
        if let Some(before) = by_number.get(contract.nummer.as_str()) {
            let named: BTreeSet<ProductEenheid> = contract.regels.iter().map(product).collect();
            let kept = before.regels.iter().filter(|regel| !named.contains(&product(regel)));
            next.regels.extend(kept.cloned());
            checks::trim(&mut next);
        }
        by_number.insert(&contract.nummer, next);
    }
    let mut all: Vec<Contract> = by_number.into_values().collect();
    all.extend(relaties.into_iter().flat_map(|(relatie, plat)| of_relatie(relatie, plat)));
    renamed(&mut all, part);
    all
}

/// A name is of the aanbieder: a new one holds for its other contracts as well.
fn renamed(contracten: &mut [Contract], part: &[Contract]) {
    let with_name =
        part.iter().filter_map(|contract| Some((contract.aanbieder, contract.aanbieder_naam.as_ref()?)));
    let names: BTreeMap<AgbCode, &String> = with_name.collect();
    for contract in contracten.iter_mut().filter(|contract| contract.aanbieder_naam.is_some()) {
        if let Some(naam) = names.get(&contract.aanbieder) {
            contract.aanbieder_naam = Some((*naam).clone());
        }
    }
}

/// Why a part does not go together with a version: each with the place in the part, where it has one.
pub(super) fn faults(current: &Register, part: &Register, next: &Register) -> Vec<ImportFout> {
    let mut fouten = Vec::new();
    missing_days(current.contracten().list(), part.contracten().list(), &mut fouten);
    checks::overlaps(next.contracten().list(), &mut fouten);
    fouten
}

/// Which lines stand for each other: those of a contract, and in a flat document those of a gemeente and aanbieder.
fn whose(contract: &Contract) -> String {
    flat(contract)
        .map_or_else(|| contract.nummer.clone(), |(gemeente, aanbieder)| format!("{gemeente}-{aanbieder}"))
}

/// Products of contracts that a part names and that it does not name itself: they stay, which who gave the part may
/// not have meant. By contract.
pub(super) fn kept(current: &Register, part: &Register) -> BTreeMap<String, BTreeSet<ProductEenheid>> {
    let products = |register: &Register| {
        let mut products: BTreeMap<String, BTreeSet<ProductEenheid>> = BTreeMap::new();
        for contract in register.contracten().list() {
            products.entry(whose(contract)).or_default().extend(contract.regels.iter().map(product));
        }
        products
    };
    let named = products(part);
    let mut known = products(current);
    known.retain(|contract, products| {
        let Some(named) = named.get(contract) else { return false };
        products.retain(|product| !named.contains(product));
        !products.is_empty()
    });
    known
}

/// Days that had a rate, before the last day that the part gives one for, and that would have none.
fn missing_days(current: &[Contract], part: &[Contract], fouten: &mut Vec<ImportFout>) {
    let lines = |contracten: &[Contract]| {
        let mut lines: BTreeMap<(String, ProductEenheid), Vec<ContractRegel>> = BTreeMap::new();
        for contract in contracten {
            for regel in &contract.regels {
                lines.entry((whose(contract), product(regel))).or_default().push(regel.clone());
            }
        }
        lines
    };
    let before = lines(current);
    for (key, named) in lines(part) {
        let Some(known) = before.get(&key) else { continue };
        let last = named.iter().map(|regel| regel.geldig.tot).collect::<Option<Vec<_>>>();
        let last = last.and_then(|ends| ends.into_iter().max());
        let mut left: Vec<Periode> = known
            .iter()
            .filter_map(|regel| regel.geldig.intersection(&Periode { van: None, tot: last }))
            .collect();
        for regel in &named {
            left = left.into_iter().flat_map(|days| without(days, regel.geldig)).collect();
        }
        if let (Some(days), Some(first)) = (left.iter().min(), named.first()) {
            let (_, (categorie, code, eenheid)) = key;
            let tekst = format!(
                "{categorie} {code} in eenheid {eenheid} had een tarief op dagen die hier ontbreken ({days}); neem ook dat \
                 tarief op, of geef --volledig en alle contracten"
            );
            fouten.push(fout(&first.bron.bestand, first.bron.regel, Some("geldig_van"), tekst));
        }
    }
}

/// A period without the days of another: none, one or two.
fn without(days: Periode, other: Periode) -> Vec<Periode> {
    if !days.overlaps(&other) {
        return vec![days];
    }
    let before =
        other.van.and_then(|van| van.pred_opt()).map(|tot| Periode { van: days.van, tot: Some(tot) });
    let after = other.tot.and_then(|tot| tot.succ_opt()).map(|van| Periode { van: Some(van), tot: days.tot });
    [before, after].into_iter().flatten().filter_map(|left| left.intersection(&days)).collect()
}
