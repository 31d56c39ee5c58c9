//! RC8854: a debit is credited once (retourcode 8854 without a rule).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "RC8854",
    level: 3,
    retourcode: Some(Retourcode::of("8854")),
    messages: &[BerichtSoort::Jw303],
    text: "Een prestatie die al gecrediteerd is, wordt niet nog eens gecrediteerd.",
    source: "RC8854: retourcode 8854, waar geen regel bij hoort",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    if !facts.is_credit() {
        return Outcome::Holds;
    }
    facts.credited_debet().map_or(Outcome::Silent, |debet| Outcome::holds_if(!debet.gecrediteerd))
}
