//! Lines of a contract day by day: what they say of a product changes where a line begins or ends.

use super::{Gezegd, TariefVerschil, Verschil, Wijziging, changes, percent};
use crate::codes::Datum;
use crate::contracts::samenvoegen::{ProductEenheid, product};
use crate::contracts::{Contract, ContractRegel, Peildatum, Periode};
use crate::money::Cents;
use std::collections::{BTreeMap, BTreeSet};

type LineDifferences<'r> = BTreeMap<ProductEenheid, (Vec<&'r ContractRegel>, Vec<&'r ContractRegel>)>;

/// What differs in the lines of a contract that is in both versions.
pub(super) fn lines(verschil: &mut Verschil, old: &Contract, new: &Contract) {
    let mut by_product: LineDifferences<'_> = BTreeMap::new();
    for regel in &old.regels {
        by_product.entry(product(regel)).or_default().0.push(regel);
    }
    for regel in &new.regels {
        by_product.entry(product(regel)).or_default().1.push(regel);
    }
    let over = format!("contract {}", new.nummer);
    let mut ibans: BTreeSet<(Option<String>, Option<String>)> = BTreeSet::new();
    let mut told: BTreeSet<Wijziging> = BTreeSet::new();
    for (product, (before, after)) in by_product {
        for days in days(before.iter().chain(&after).map(|regel| regel.geldig)) {
            let on = |lines: &[&'_ ContractRegel]| {
                lines.iter().find(|regel| regel.geldig.overlaps(&days)).map(|regel| (*regel).clone())
            };
            let (was, is) = (on(&before), on(&after));
            rate(verschil, (&new.nummer, product), days, was.as_ref(), is.as_ref());
            let (Some(was), Some(is)) = (was, is) else { continue };
            let iban = |regel: &ContractRegel, contract: &Contract| {
                regel.iban.or(contract.iban).map(|iban| iban.to_string())
            };
            ibans.insert((iban(&was, old), iban(&is, new)));
            let (categorie, code, eenheid) = product;
            told.extend(changes(&format!("{over} {categorie} {code} ({eenheid})"), &said(&was), &said(&is)));
        }
    }
    ibans.insert((old.iban.map(|iban| iban.to_string()), new.iban.map(|iban| iban.to_string())));
    let changed = ibans.into_iter().filter(|(old, new)| old != new);
    verschil.ibans.extend(changed.map(|(old, new)| Wijziging { over: over.clone(), wat: "IBAN", old, new }));
    verschil.lines.extend(told);
}

/// The longest stretches of days on which no line begins or ends.
pub(in crate::contracts) fn days(lines: impl Iterator<Item = Periode>) -> Vec<Periode> {
    // Where something begins; none is the beginning of time.
    let mut begins: BTreeSet<Option<Datum>> = BTreeSet::new();
    for line in lines {
        begins.insert(line.van);
        begins.extend(line.tot.and_then(|tot| tot.succ_opt()).map(Some));
    }
    let begins: Vec<Option<Datum>> = begins.into_iter().collect();
    let end = |place: usize| begins.get(place + 1).copied().flatten().and_then(|next: Datum| next.pred_opt());
    begins.iter().enumerate().map(|(place, van)| Periode { van: *van, tot: end(place) }).collect()
}

/// The rate on some days; the days before them with the same two rates are one with them.
fn rate(
    verschil: &mut Verschil,
    (contract, (categorie, code, eenheid)): (&str, ProductEenheid),
    days: Periode,
    was: Option<&ContractRegel>,
    is: Option<&ContractRegel>,
) {
    // A line in euros has no rate, and yet it may come or go.
    let cents = |regel: Option<&ContractRegel>| regel.map(|regel| regel.tarief.unwrap_or(Cents::ZERO));
    let (old_cents, new_cents) = (cents(was), cents(is));
    if old_cents == new_cents {
        return;
    }
    let tot = days.tot.map(|day| day.to_string());
    let next = TariefVerschil {
        contract: contract.to_owned(),
        productcategorie: categorie.to_string(),
        productcode: code.to_string(),
        eenheid: eenheid.to_string(),
        van: days.van.map(|day| day.to_string()),
        tot: tot.clone(),
        old_cents,
        new_cents,
        percent: percent(old_cents, new_cents),
    };
    let before = days.van.and_then(|van| van.pred_opt()).map(|day| day.to_string());
    if let Some(last) = verschil.rates.last_mut() {
        let same = TariefVerschil { van: next.van.clone(), tot: next.tot.clone(), ..last.clone() } == next;
        if same && last.tot.is_some() && last.tot == before {
            last.tot = tot;
            return;
        }
    }
    verschil.rates.push(next);
}

/// What a line says besides its rate, its days and its account.
fn said(regel: &ContractRegel) -> Gezegd {
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "geen".to_owned());
    vec![
        ("tarief per", or_none(regel.tariefeenheid.map(|eenheid| eenheid.to_string()))),
        ("uitvoeringsvariant", or_none(regel.variant.map(|variant| variant.to_string()))),
        ("tarief van", regel.peildatum.unwrap_or(Peildatum::Periode).to_string()),
        ("gebroken maand", regel.gebroken_maand.to_string()),
        ("segment", or_none(regel.segment.map(|segment| segment.to_string()))),
        ("leeftijd tot", or_none(regel.leeftijd_max.map(|jaren| jaren.to_string()))),
        ("spoed", if regel.spoed { "ja" } else { "nee" }.to_owned()),
    ]
}
