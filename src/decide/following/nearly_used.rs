//! Ceilings of which nearly all is in use (rulings 8.16): operator and aanbieder are told once, whatever brought it there.

use crate::codes::{AgbCode, Datum};
use crate::contracts::{Contract, Plafond, PlafondSleutel, Register};
use crate::decide::limits::Limiet;
use crate::decide::{Decision, kennisgeving, termijn};
use crate::messages::{Partij, Relatie};
use crate::money::Cents;
use crate::state::{
    Bedragen, Change, FactKeys, Gemelde, Kennisgeving, Mededeling, NewWorkItem, Plafondstand, Toegezegd,
    Voorstel, WorkReason, WorkingSet,
};
use chrono::{Datelike, Days};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Days in which an aanbieder says what it does about it.
const WARNED_WITHIN_DAYS: u64 = 14;

/// A warning for the operator, and for the aanbieder whose ceiling it is.
type Warning = (String, Option<(AgbCode, Plafondstand)>);
/// Whose ceilings are nearly used. Of one that aanbieders share none of them is told: it says what others have.
pub(super) type Warned = BTreeMap<AgbCode, Vec<Plafondstand>>;

/// That a ceiling is used up to the percentage that was agreed, once.
pub(super) fn warned(toegekend: Cents, toegezegd: &mut Toegezegd, limiet: Limiet<'_>) -> Option<Warning> {
    let (Limiet::Plafond(plafond), percent) = (limiet, limiet.waarschuw_bij()?) else { return None };
    let in_use = toegekend + toegezegd.bedrag;
    let reached = i128::from(in_use.0) * 100 >= i128::from(plafond.bedrag.0) * i128::from(percent);
    if !reached || toegezegd.gemeld(Gemelde::Waarschuwing).is_some() {
        return None;
    }
    toegezegd.set_gemeld(Gemelde::Waarschuwing, Some(in_use));
    let told = Plafondstand {
        jaar: plafond.sleutel.jaar,
        gemeente: plafond.sleutel.gemeente,
        plafond_cents: plafond.bedrag,
        percentage: percent,
        toegekend_cents: toegekend,
        toegezegd_cents: toegezegd.bedrag,
    };
    let tekst = format!(
        "brengt {} op of boven {percent} %: toegekend is {toegekend}, toegezegd {}. Overleg binnen twee weken met de aanbieder.",
        limiet.naam(),
        toegezegd.bedrag
    );
    Some((tekst, plafond.sleutel.aanbieder.map(|aanbieder| (aanbieder, told))))
}

/// The last day on which an aanbieder says what it does about it.
fn until(today: Datum) -> Datum {
    today.checked_add_days(Days::new(WARNED_WITHIN_DAYS)).unwrap_or(Datum::MAX)
}

/// For the operator.
pub(super) fn item(relatie: Relatie, story: String, today: Datum) -> NewWorkItem {
    NewWorkItem {
        reason: WorkReason::PlafondBijnaBereikt,
        relatie,
        toewijzing: None,
        due: termijn::moment(until(today)),
        story,
        voorstel: Voorstel::Kennisnemen,
        bedragen: Bedragen::default(),
        verzamel: None,
    }
}

/// For the aanbieders.
pub(super) fn notices(warned: Warned, today: Datum) -> impl Iterator<Item = Change> {
    warned.into_iter().map(move |(aanbieder, plafonds)| {
        kennisgeving::to_aanbieder(
            aanbieder,
            Mededeling::PlafondBijnaBereikt { uiterlijk: until(today), plafonds },
        )
    })
}

/// The ceilings that warn, of this year and later: of an earlier one nobody decides anything any more.
fn warning(register: &Register, today: Datum) -> impl Iterator<Item = &Plafond> {
    let now = move |plafond: &&Plafond| plafond.sleutel.jaar >= today.year();
    register.plafonds().iter().filter(|plafond| plafond.ruimte.waarschuw_bij.is_some()).filter(now)
}

/// Their sums.
#[must_use]
pub fn ceilings(register: &Register, today: Datum) -> FactKeys {
    let budgetten = warning(register, today).map(|plafond| plafond.id.clone()).collect();
    FactKeys { budgetten, ..FactKeys::default() }
}

/// Adds those that are nearly used after all that was decided and that no message was told of: a month ended, the contracts
/// say something else, or a person decided. `sums` are those of before.
pub fn reached(mut sums: WorkingSet, register: &Register, today: Datum, decision: &mut Decision) {
    sums.apply(&decision.changes, &Arc::from([]));
    let mut all = Warned::new();
    for plafond in warning(register, today) {
        let toegekend = sums.budget_standen.get(&plafond.id).copied().unwrap_or_default();
        let mut toegezegd = sums.toegezegd.get(&plafond.id).copied().unwrap_or_default();
        let Some(relatie) = relatie(&plafond.sleutel, register) else { continue };
        if toegekend + toegezegd.bedrag <= Cents::ZERO {
            continue;
        }
        let Some((tekst, told)) = warned(toegekend, &mut toegezegd, Limiet::Plafond(plafond)) else {
            continue;
        };
        let story = format!("Een afspraak, een besluit of een nieuwe maand {tekst}");
        decision.work.push(item(relatie, story, today));
        let over = toegezegd.gemeld(Gemelde::Waarschuwing);
        decision.changes.push(Change::OverschrijdingGemeld {
            sleutel: plafond.id.clone(),
            wat: Gemelde::Waarschuwing,
            over,
        });
        if let Some((aanbieder, stand)) = told {
            all.entry(aanbieder).or_default().push(stand);
        }
    }
    // Whoever is told of another ceiling by the same decision is told of all at once.
    for change in &mut decision.changes {
        if let Change::Kennisgeving(notice) = change
            && let Kennisgeving {
                ontvanger: Partij::Aanbieder(aanbieder),
                inhoud: Mededeling::PlafondBijnaBereikt { plafonds, .. },
            } = &mut **notice
        {
            plafonds.extend(all.remove(aanbieder).unwrap_or_default());
        }
    }
    decision.changes.extend(notices(all, today));
}

/// Whom the ceiling is about: where it leaves that open, the first contract of it says so.
fn relatie(sleutel: &PlafondSleutel, register: &Register) -> Option<Relatie> {
    let of_it = |contract: &&Contract| {
        sleutel.aanbieder.is_none_or(|aanbieder| contract.aanbieder == aanbieder)
            && sleutel.gemeente.is_none_or(|gemeente| contract.gemeenten.contains(&gemeente))
    };
    let contract = register.contracten().list().iter().find(of_it);
    Some(Relatie {
        gemeente: sleutel.gemeente.or_else(|| contract?.gemeenten.first().copied())?,
        aanbieder: sleutel.aanbieder.or_else(|| Some(contract?.aanbieder))?,
    })
}
