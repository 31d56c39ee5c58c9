//! TR384: the assignment was not deleted.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR384",
    level: 3,
    retourcode: Some(Retourcode::of("9384")),
    messages: &[BerichtSoort::Jw323],
    text: "Op een toewijzing met RedenWijziging 13 (verwijderd) kan niet gedeclareerd worden.",
    source: "TR384",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet(|| match facts.toewijzing {
        None => Outcome::Silent,
        Some(_) => Outcome::holds_if(!facts.is_toewijzing_verwijderd()),
    })
}
