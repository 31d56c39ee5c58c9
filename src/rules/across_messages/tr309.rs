//! TR309: the unit fits the one assigned (care before 2021).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR309",
    level: 3,
    retourcode: Some(Retourcode::of("9309")),
    messages: &[BerichtSoort::Jw303],
    text: "De eenheid is die van de toewijzing; wat in uren is toegewezen mag in minuten gedeclareerd worden.",
    source: "TR309, IV060 (waarvan alleen dit deel is nagegaan), TR341",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|_| Outcome::holds_if(facts.eenheid_fits()))
}
