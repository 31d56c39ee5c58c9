//! TR319: nothing of a later month.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR319",
    level: 3,
    retourcode: Some(Retourcode::of("9319")),
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323],
    text: "Een prestatie gaat over de maand van de declaratie of over een eerdere maand, nooit over een latere.",
    source: "TR319, IV089, IV090",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet(|| {
        let eind = facts.prestatie.product_periode.einddatum;
        let last = facts.declaratie.declaratie_periode.einddatum;
        if eind <= last {
            return Outcome::Holds;
        }
        Outcome::Violated(vec![
            ("einddatum", eind.to_string()),
            ("einddatum DeclaratiePeriode", last.to_string()),
        ])
    })
}
