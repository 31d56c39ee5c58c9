//! CS321: a servicebureau that sends is one that there is (care before 2021).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::DeclaratieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

/// The rule. Level 1 has looked at the shape of the code.
pub static RULE: Rule = Rule {
    code: "CS321",
    level: 4,
    retourcode: Some(Retourcode::of("0013")),
    messages: &[BerichtSoort::Jw303],
    text: "Servicebureau is een servicebureau uit de lijst van de regio, als die er is.",
    source: "CS321; welke servicebureaus er zijn staat in de instellingen van de regio (servicebureaus in regio.toml)",
    checks: &[RuleCheck::Declaratie(judge)],
};

fn judge(facts: &DeclaratieFacts<'_>) -> Outcome {
    let known = &facts.facts.register.regio().servicebureaus;
    let named = facts.factuur.and_then(|kop| kop.servicebureau);
    Outcome::holds_if(known.is_empty() || named.is_none_or(|code| known.contains(&code)))
}
