//! TR338: the assignment exists.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR338",
    level: 3,
    retourcode: Some(Retourcode::of("9338")),
    messages: &[BerichtSoort::Jw323],
    text: "De prestatie moet horen bij een toewijzing van deze gemeente aan deze aanbieder voor deze cliënt.",
    source: "TR338; rulings 5.9: een toewijzing van een andere aanbieder of cliënt geldt als onbekend",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet(|| Outcome::holds_if(facts.toewijzing.is_some()))
}
