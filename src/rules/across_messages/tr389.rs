//! TR389: one debit per assignment, product and period.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR389",
    level: 3,
    retourcode: Some(Retourcode::of("9389")),
    messages: &[BerichtSoort::Jw323],
    text: "Voor dezelfde toewijzing, hetzelfde product en dezelfde ProductPeriode kan een debetregel pas opnieuw worden ingediend als de vorige is gecrediteerd.",
    source: "TR389, OP366; rulings 5.3: een afgewezen debetregel houdt geen andere tegen",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet(|| {
        let key = facts.debet_sleutel();
        let earlier = facts.in_message;
        let open = facts.facts.known.open_debets.contains(&key) && !earlier.gecrediteerd.contains(&key);
        Outcome::holds_if(!open && !earlier.debets.contains(&key))
    })
}
