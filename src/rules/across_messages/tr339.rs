//! TR339: the category is the one assigned.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR339",
    level: 3,
    retourcode: Some(Retourcode::of("9339")),
    messages: &[BerichtSoort::Jw323],
    text: "De ProductCategorie van de prestatie is die van de toewijzing, als die er een noemt.",
    source: "TR339",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|toewijzing| {
        let claimed = facts.prestatie.product_categorie;
        match toewijzing.product {
            Some(product) if product.categorie != claimed => Outcome::Violated(vec![
                ("categorie", claimed.to_string()),
                ("toegewezen", product.categorie.to_string()),
            ]),
            _ => Outcome::Holds,
        }
    })
}
