//! TR367: a rejected line is returned as it was claimed.

use super::AfgewezenPrestatieFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// Every element of the line but its retourcodes, whatever the sample of the standard shows
/// (rulings 5.1).
pub static RULE: Rule = Rule {
    code: "TR367",
    level: 3,
    retourcode: Some(Retourcode::of("9367")),
    messages: &[BerichtSoort::Jw325],
    text: "De teruggestuurde prestatie is niet gelijk aan de prestatie zoals die is gedeclareerd.",
    source: "TR367, IV087; rulings 5.1",
    checks: &[RuleCheck::AfgewezenPrestatie(judge)],
};

fn judge(about: &AfgewezenPrestatieFacts<'_>) -> Outcome {
    let Some(claimed) = about.ingediend else { return Outcome::Silent };
    let returned = about.prestatie;
    let periode =
        |periode: &crate::messages::shared::GeslotenPeriode| (periode.begindatum, periode.einddatum);
    let same = [
        ("ToewijzingNummer", returned.toewijzing_nummer == claimed.toewijzing_nummer),
        ("ProductCategorie", returned.product_categorie == claimed.product_categorie),
        ("ProductCode", returned.product_code == claimed.product_code),
        ("ProductPeriode", periode(&returned.product_periode) == periode(&claimed.product_periode)),
        ("GeleverdVolume", returned.geleverd_volume == claimed.geleverd_volume),
        ("Eenheid", returned.eenheid == claimed.eenheid),
        ("ProductTarief", returned.product_tarief == claimed.product_tarief),
        ("IngediendBedrag", returned.ingediend_bedrag.signed() == claimed.ingediend_bedrag.signed()),
    ];
    match same.into_iter().find(|(_, same)| !same) {
        None => Outcome::Holds,
        Some((element, _)) => Outcome::Violated(vec![("wijkt af in", element.to_owned())]),
    }
}
