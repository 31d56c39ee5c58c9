//! Warnings about a register: what works otherwise than who wrote it may think, told at an import and by `doctor`.

use super::{Gevolg, Register};
use crate::codes::AgbCode;
use std::collections::{BTreeMap, BTreeSet};

/// Limits that a warning names; of others it gives the number.
const GENOEMD_MAX: usize = 10;

/// One Dutch sentence per matter, without saying which client it is about.
#[must_use]
pub fn aandachtspunten(register: &Register) -> Vec<String> {
    let limits = both_at_once(register).into_iter().chain(shared(register));
    limits.chain(without_name(register)).chain(several_holders(register)).collect()
}

/// Who contracts and has no name: lists and payments have its code then.
fn without_name(register: &Register) -> Option<String> {
    let contracten = register.contracten();
    let codes: BTreeSet<AgbCode> = contracten.list().iter().map(|contract| contract.aanbieder).collect();
    let nameless = codes.into_iter().filter(|code| contracten.aanbieder_naam(*code).is_none());
    let named = listed(nameless.map(|code| code.to_string()))?;
    Some(format!(
        "zonder naam van de aanbieder staat in lijsten en in betaalbestanden alleen de AGB-code, en banken vergelijken de \
         naam met de rekening; vul aanbieder_naam aan (naam in een JSON-document). Het gaat om {named}"
    ))
}

/// Accounts that contracts give different holders: a bank knows one.
fn several_holders(register: &Register) -> Option<String> {
    let contracten = register.contracten();
    let mut holders: BTreeMap<&str, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
    for contract in contracten.list() {
        let Some(houder) = contracten.rekeninghouder(contract) else { continue };
        for iban in contract.accounts() {
            let of = holders.entry(iban.as_str()).or_default();
            of.0.insert(houder);
            of.1.insert(&contract.nummer);
        }
    }
    let several = holders.into_values().filter(|(names, _)| names.len() > 1).map(|(names, contracts)| {
        let all = |texts: BTreeSet<&str>| texts.into_iter().collect::<Vec<_>>().join(" en ");
        format!("{} (contract {})", all(names), all(contracts))
    });
    let named = listed(several)?;
    Some(format!("een rekening heeft in het ene contract een andere houder dan in het andere: {named}"))
}

/// Ceilings whose one key holds assignments as well, which it did not always do (rulings 8.1).
fn both_at_once(register: &Register) -> Option<String> {
    let limits = register.plafonds().iter().filter(|plafond| plafond.gevolgen.samen() == Some(Gevolg::Hold));
    let named = listed(limits.map(|plafond| {
        let whose = plafond.sleutel.aanbieder.map(|code| format!(" van {code}")).unwrap_or_default();
        let where_ = plafond.sleutel.gemeente.map(|code| format!(" in {code}")).unwrap_or_default();
        format!("{}{whose}{where_}", plafond.sleutel.jaar)
    }))?;
    Some(format!(
        "bij_overschrijding = hold houdt nu ook toewijzingen vast die boven het plafond komen, naast betalingen; wie dat \
         niet wil, zegt bij_toewijzing en bij_betaling apart. Het gaat om plafond {named}"
    ))
}

/// Limits of several aanbieders that hold: each aanbieder is held for what it claimed above it itself (rulings 8.5).
fn shared(register: &Register) -> Option<String> {
    let budgets = register.budgetten().iter().filter(|budget| budget.is_shared());
    let budgets = budgets.filter(|budget| budget.gevolgen.bij_betaling == Gevolg::Hold).map(|budget| {
        let where_ =
            budget.sleutel.gemeente.map_or_else(|| "alle gemeenten".to_owned(), |code| code.to_string());
        format!("budget van {where_} ({})", budget.sleutel.periode)
    });
    let ceilings = register.plafonds().iter().filter(|plafond| plafond.is_shared());
    let ceilings = ceilings.filter(|plafond| plafond.gevolgen.bij_betaling == Gevolg::Hold).map(|plafond| {
        let where_ =
            plafond.sleutel.gemeente.map_or_else(|| "alle gemeenten".to_owned(), |code| code.to_string());
        format!("plafond van {where_} ({})", plafond.sleutel.jaar)
    });
    let named = listed(budgets.chain(ceilings))?;
    Some(format!(
        "een grens die aanbieders delen en betalingen vasthoudt, houdt daarna alleen nog latere declaraties vast van de \
         aanbieder die eroverheen ging; voor de andere aanbieders telt wat is vastgehouden niet mee. Het gaat om {named}"
    ))
}

/// The first of them, and how many there are beside those; none when there are none.
fn listed(mut limits: impl Iterator<Item = String>) -> Option<String> {
    let first: Vec<String> = limits.by_ref().take(GENOEMD_MAX).collect();
    let named = first.join(", ");
    match limits.count() {
        _ if first.is_empty() => None,
        0 => Some(named),
        more => Some(format!("{named} en {more} andere")),
    }
}
