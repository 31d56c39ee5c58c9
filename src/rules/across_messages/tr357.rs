//! TR357: a change starts later, or is about the whole assignment.

use super::TeWijzigenFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR357",
    level: 3,
    retourcode: Some(Retourcode::of("9357")),
    messages: &[BerichtSoort::Jw317],
    text: "Een wijziging gaat in na de Dagtekening, of op de eerste dag van de toewijzing zelf.",
    source: "TR357, IV092",
    checks: &[RuleCheck::TeWijzigenProduct(judge)],
};

fn judge(about: &TeWijzigenFacts<'_>) -> Outcome {
    let Some(toewijzing) = about.toewijzing else { return Outcome::Silent };
    let wanted = about.product.gewenste_ingangsdatum;
    if wanted > about.wijziging.dagtekening || wanted == toewijzing.ingangsdatum {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![
        ("gewenste ingangsdatum", wanted.to_string()),
        ("ingangsdatum", toewijzing.ingangsdatum.to_string()),
    ])
}
