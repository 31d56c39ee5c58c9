//! TR373: another budget or total is about the whole assignment.

use super::TeWijzigenFacts;
use crate::codes::{Frequentie, Retourcode};
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::ToegewezenOmvang;

/// Another last day alone changes neither.
pub static RULE: Rule = Rule {
    code: "TR373",
    level: 3,
    retourcode: Some(Retourcode::of("9373")),
    messages: &[BerichtSoort::Jw317],
    text: "Een ander budget, of een ander totaal binnen de geldigheidsduur, gaat in op de eerste dag van de toewijzing.",
    source: "TR373, IV092",
    checks: &[RuleCheck::TeWijzigenProduct(judge)],
};

fn judge(about: &TeWijzigenFacts<'_>) -> Outcome {
    let Some(toewijzing) = about.toewijzing else { return Outcome::Silent };
    let has_total =
        toewijzing.omvang.is_some_and(|omvang| omvang.frequentie == Frequentie::TotaalBinnenGeldigheidsduur);
    let other_total =
        has_total && about.product.omvang.as_ref().map(ToegewezenOmvang::from) != toewijzing.omvang;
    let changes = other_total || about.product.budget != toewijzing.budget;
    if !changes || about.product.gewenste_ingangsdatum == toewijzing.ingangsdatum {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![
        ("gewenste ingangsdatum", about.product.gewenste_ingangsdatum.to_string()),
        ("ingangsdatum", toewijzing.ingangsdatum.to_string()),
    ])
}
