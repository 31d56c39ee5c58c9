//! RC8853: nothing is taken back that was never granted (retourcode 8853 without a rule).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "RC8853",
    level: 3,
    retourcode: Some(Retourcode::of("8853")),
    messages: &[BerichtSoort::Jw303],
    text: "In een declaratie (432) wordt geen prestatie gecrediteerd die is afgewezen.",
    source: "RC8853: retourcode 8853, waar geen regel bij hoort; rulings 5.8",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    if !facts.is_credit() || facts.is_factuur() {
        return Outcome::Holds;
    }
    // Without debit TR323 says so.
    facts.credited_debet().map_or(Outcome::Silent, |debet| Outcome::holds_if(debet.toegekend))
}
