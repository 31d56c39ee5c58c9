//! TR323: a credit takes back a granted debit that is the same.

use crate::codes::{DebetCredit, Retourcode};
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::GeboektePrestatie;

pub static RULE: Rule = Rule {
    code: "TR323",
    level: 3,
    retourcode: Some(Retourcode::of("8017")),
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323],
    text: "Een creditregel moet gelijk zijn aan een eerder toegekende debetregel, waarnaar VorigReferentieNummer verwijst.",
    source: "TR323, IV085, IV091; rulings 5.8",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    if !facts.is_credit() {
        return Outcome::Holds;
    }
    let Some(debet) = facts.credited_debet() else {
        return Outcome::Violated(vec![("debetregel", "niet gevonden".into())]);
    };
    // In a declaratie of care before 2021 that has a code of its own (8853).
    if facts.factuur.is_some() && !facts.is_factuur() && !debet.toegekend {
        return Outcome::Silent;
    }
    if debet.debet_credit != DebetCredit::Debet || !debet.toegekend {
        return Outcome::Violated(vec![("debetregel", "niet toegekend".into())]);
    }
    match difference(facts, debet) {
        None => Outcome::Holds,
        Some(element) => Outcome::Violated(vec![("wijkt af van de debetregel in", element.into())]),
    }
}

/// A credit has the volume of its debit as it was claimed; of a JW303 that was granted in part less is
/// booked (IV054).
fn same_volume(facts: &PrestatieFacts<'_>, debet: &GeboektePrestatie) -> bool {
    let credited = facts.prestatie.geleverd_volume;
    if facts.factuur.is_some() { debet.volume <= credited } else { debet.volume == credited }
}

/// The first element in which a credit differs from its debit, references and DebetCredit apart.
fn difference(facts: &PrestatieFacts<'_>, debet: &GeboektePrestatie) -> Option<&'static str> {
    let credit = facts.prestatie;
    let periode = &credit.product_periode;
    let same = [
        ("Ontvanger", debet.relatie == facts.facts.relatie),
        ("Bsn", debet.bsn == facts.client.bsn),
        ("ToewijzingNummer", debet.toewijzing == credit.toewijzing_nummer),
        ("ProductCategorie", debet.categorie == credit.product_categorie),
        ("ProductCode", debet.code == credit.product_code),
        ("ProductPeriode", (debet.begin, debet.eind) == (periode.begindatum, periode.einddatum)),
        ("GeleverdVolume", same_volume(facts, debet)),
        ("Eenheid", debet.eenheid == credit.eenheid),
        ("ProductTarief", debet.tarief == credit.product_tarief),
        ("IngediendBedrag", debet.bedrag == credit.ingediend_bedrag.bedrag),
    ];
    same.into_iter().find_map(|(element, equal)| (!equal).then_some(element))
}
