//! Differences between two versions of the register: before an import, after it, and between any two.

mod afspraken;
mod tarieven;
mod tekst;

pub(super) use tarieven::days;

use super::{ClientGegevens, Contract, GemeenteRegel, Productcode, Register};
use crate::codes::{AgbCode, GemeenteCode};
use crate::money::Cents;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Everything that differs, in order. Names no client.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verschil {
    /// Contracts that were not there.
    pub contracts_new: Vec<ContractNaam>,
    /// Contracts that are there no longer.
    pub contracts_gone: Vec<ContractNaam>,
    /// Terms of contracts.
    pub terms: Vec<Wijziging>,
    /// Accounts that contracts are paid on.
    pub ibans: Vec<Wijziging>,
    /// Rates of contracts that stay.
    pub rates: Vec<TariefVerschil>,
    /// What else lines of contracts say.
    pub lines: Vec<Wijziging>,
    /// Budgets and ceilings; one that comes or goes has an amount on one side only.
    pub limits: Vec<Wijziging>,
    /// Rows of the list of product codes and of the codes of gemeenten.
    pub lists: Vec<Wijziging>,
    /// Settings of the region.
    pub settings: Vec<Wijziging>,
    /// How many clients of each gemeente come, go and are known otherwise.
    pub clients: Vec<ClientVerschil>,
}

/// A contract and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContractNaam {
    /// Number.
    pub contract: String,
    /// The party that contracts.
    pub aanbieder: AgbCode,
    /// Name for people.
    pub naam: String,
}

/// One thing that was said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Wijziging {
    /// What it is about.
    pub over: String,
    pub wat: &'static str,
    /// What was said; none when it was not there.
    pub old: Option<String>,
    /// What is said; none when it is there no longer.
    pub new: Option<String>,
}

/// A rate on some days that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TariefVerschil {
    /// Number of the contract.
    pub contract: String,
    /// Category, code and eenheid.
    pub productcategorie: String,
    /// Code.
    pub productcode: String,
    pub eenheid: String,
    /// First of the days; none: since ever.
    pub van: Option<String>,
    /// Last of the days; none: until further notice.
    pub tot: Option<String>,
    /// Rate in eurocents; none when there was none.
    pub old_cents: Option<Cents>,
    /// Rate in eurocents; none when there is none any more.
    pub new_cents: Option<Cents>,
    /// How much more, in percent; none when either is missing, or the old one is nothing.
    pub percent: Option<Procent>,
}

/// How many clients of a gemeente differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientVerschil {
    pub gemeente: GemeenteCode,
    /// That were not there.
    pub new: usize,
    /// That are there no longer.
    pub gone: usize,
    /// Of whom something else is known.
    pub changed: usize,
    /// Of the new and changed ones: who turn out to have died.
    pub deceased: usize,
}

/// Percent with two decimals; for scripts a text with a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Procent(pub Decimal);

impl Serialize for Procent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:.2}", self.0))
    }
}

/// How much more one amount is than another, in percent with two decimals.
fn percent(old: Option<Cents>, new: Option<Cents>) -> Option<Procent> {
    let (old, new) = (old?, new?);
    if old == Cents::ZERO {
        return None;
    }
    let more = Decimal::from(new.0.checked_sub(old.0)?) * Decimal::ONE_HUNDRED / Decimal::from(old.0);
    let mut rounded = more.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    Some(Procent(rounded))
}

impl Verschil {
    /// What is otherwise in one version than in another.
    #[must_use]
    pub fn of(old: &Register, new: &Register) -> Self {
        let mut verschil = Self::default();
        for (nummer, contracts) in
            pairs(old.contracten().list(), new.contracten().list(), |it| it.nummer.clone())
        {
            match contracts {
                (Some(old), Some(new)) => {
                    let over = format!("contract {nummer}");
                    verschil.terms.extend(changes(&over, &afspraken::terms(old), &afspraken::terms(new)));
                    tarieven::lines(&mut verschil, old, new);
                }
                (None, Some(new)) => verschil.contracts_new.push(ContractNaam::of(new)),
                (Some(old), None) => verschil.contracts_gone.push(ContractNaam::of(old)),
                (None, None) => {}
            }
        }
        for (_, limits) in pairs(old.budgetten(), new.budgetten(), |budget| budget.id.clone()) {
            verschil.limits.extend(one_or_both(limits, afspraken::budget_naam, afspraken::budget));
        }
        for (_, limits) in pairs(old.plafonds(), new.plafonds(), |plafond| plafond.id.clone()) {
            verschil.limits.extend(one_or_both(limits, afspraken::plafond_naam, afspraken::plafond));
        }
        verschil.lists = lists(old, new);
        let settings = (afspraken::regio(old.regio()), afspraken::regio(new.regio()));
        verschil.settings = changes("regio", &settings.0, &settings.1);
        verschil.clients = clients(old, new);
        verschil
    }

    /// Whether nothing differs that is told of.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl ContractNaam {
    fn of(contract: &Contract) -> Self {
        let naam = if contract.naam.is_empty() {
            contract.aanbieder_naam.clone().unwrap_or_default()
        } else {
            contract.naam.clone()
        };
        Self { contract: contract.nummer.clone(), aanbieder: contract.aanbieder, naam }
    }
}

/// What was and what is, by key.
type Pairs<'r, K, T> = BTreeMap<K, (Option<&'r T>, Option<&'r T>)>;

fn pairs<'r, K: Ord, T>(
    old: impl IntoIterator<Item = &'r T>,
    new: impl IntoIterator<Item = &'r T>,
    key: impl Fn(&T) -> K,
) -> Pairs<'r, K, T> {
    let mut all: Pairs<'r, K, T> = BTreeMap::new();
    for one in old {
        all.entry(key(one)).or_default().0 = Some(one);
    }
    for one in new {
        all.entry(key(one)).or_default().1 = Some(one);
    }
    all
}

/// What something says: by name, what there is to say.
type Gezegd = Vec<(&'static str, String)>;

/// What is said otherwise of one thing.
fn changes(over: &str, old: &Gezegd, new: &Gezegd) -> Vec<Wijziging> {
    let both = old.iter().zip(new).filter(|(old, new)| old != new);
    both.map(|((wat, old), (_, new))| Wijziging {
        over: over.to_owned(),
        wat,
        old: Some(old.clone()),
        new: Some(new.clone()),
    })
    .collect()
}

/// A limit that came or went with its first part, its amount; one that stays with what changed.
fn one_or_both<T>(
    (old, new): (Option<&T>, Option<&T>),
    naam: impl Fn(&T) -> String,
    said: impl Fn(&T) -> Gezegd,
) -> Vec<Wijziging> {
    match (old, new) {
        (Some(old), Some(new)) => changes(&naam(new), &said(old), &said(new)),
        (one, other) => {
            let first = |limit: &T| said(limit).into_iter().next();
            let Some(any) = one.or(other) else { return Vec::new() };
            let Some((wat, _)) = first(any) else { return Vec::new() };
            let value = |limit: Option<&T>| limit.and_then(first).map(|(_, value)| value);
            vec![Wijziging { over: naam(any), wat, old: value(old), new: value(new) }]
        }
    }
}

fn lists(old: &Register, new: &Register) -> Vec<Wijziging> {
    let code = |row: &Productcode| (format!("{} {}", row.0, row.1), row.2.to_string());
    let gemeente = |row: &GemeenteRegel| {
        (row.code.to_string(), format!("{} {}", row.naam, row.geldig).trim().to_owned())
    };
    let codes = |register: &Register| register.productcodelijst().into_iter().flatten().map(code).collect();
    let gemeenten = |register: &Register| register.gemeentecodes().list().map(gemeente).collect();
    let mut told = rows("productcode", codes(old), codes(new));
    told.extend(rows("gemeentecode", gemeenten(old), gemeenten(new)));
    if old.productcodelijst().is_some() != new.productcodelijst().is_some() {
        let there = |register: &Register| {
            Some(if register.productcodelijst().is_some() { "ja" } else { "nee" }.to_owned())
        };
        told.push(Wijziging {
            over: "productcodelijst".to_owned(),
            wat: "is er",
            old: there(old),
            new: there(new),
        });
    }
    told
}

/// Rows by key; several of one key are one text.
fn rows(kind: &str, old: Vec<(String, String)>, new: Vec<(String, String)>) -> Vec<Wijziging> {
    let together = |rows: Vec<(String, String)>| {
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        for (key, value) in rows {
            let text = all.entry(key).or_default();
            text.push_str(if text.is_empty() { "" } else { "; " });
            text.push_str(&value);
        }
        all
    };
    let (old, new) = (together(old), together(new));
    let keys: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differ = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
    differ
        .map(|key| Wijziging {
            over: format!("{kind} {key}"),
            wat: "geldig",
            old: old.get(key).cloned(),
            new: new.get(key).cloned(),
        })
        .collect()
}

fn clients(old: &Register, new: &Register) -> Vec<ClientVerschil> {
    let mut counts: BTreeMap<GemeenteCode, ClientVerschil> = BTreeMap::new();
    let all = pairs(old.clienten().list(), new.clienten().list(), |client: &ClientGegevens| {
        (client.gemeente, client.bsn)
    });
    for ((gemeente, _), (old, new)) in all {
        if old == new {
            continue;
        }
        let none = ClientVerschil { gemeente, new: 0, gone: 0, changed: 0, deceased: 0 };
        let count = counts.entry(gemeente).or_insert(none);
        let died = |client: Option<&ClientGegevens>| client.is_some_and(|client| client.overleden.is_some());
        count.deceased += usize::from(died(new) && !died(old));
        match (old, new) {
            (None, _) => count.new += 1,
            (_, None) => count.gone += 1,
            _ => count.changed += 1,
        }
    }
    counts.into_values().collect()
}
