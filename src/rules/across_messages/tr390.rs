//! TR390: a debit is credited once.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR390",
    level: 3,
    retourcode: Some(Retourcode::of("9390")),
    messages: &[BerichtSoort::Jw323],
    text: "Een debetregel kan maar een keer gecrediteerd worden.",
    source: "TR390, IV091",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    // Without debit TR323 says so.
    let Some(debet) = facts.credited_debet() else {
        return Outcome::Silent;
    };
    // Two credits of one debit in the same message are TR315's.
    Outcome::holds_if(!debet.gecrediteerd)
}
