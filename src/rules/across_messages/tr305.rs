//! TR305: the category is the one assigned (care before 2021).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR305",
    level: 3,
    retourcode: Some(Retourcode::of("1112")),
    messages: &[BerichtSoort::Jw303],
    text: "De ProductCategorie is die van de toewijzing.",
    source: "TR305",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|toewijzing| {
        let other =
            toewijzing.product.filter(|product| product.categorie != facts.prestatie.product_categorie);
        Outcome::holds_if(other.is_none())
    })
}
