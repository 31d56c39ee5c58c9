//! TR341: the unit is the one assigned.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR341",
    level: 3,
    retourcode: Some(Retourcode::of("9341")),
    messages: &[BerichtSoort::Jw323],
    text: "De eenheid van de prestatie is die van de toewijzing; wat in uren is toegewezen mag in minuten gedeclareerd worden. Zonder eenheid in de toewijzing geldt die van het contract.",
    source: "TR341, IV081; rulings 5.4",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|toewijzing| {
        if facts.eenheid_fits() {
            return Outcome::Holds;
        }
        let expected = toewijzing.omvang.map_or("die van het contract", |omvang| omvang.eenheid.as_str());
        Outcome::Violated(vec![
            ("eenheid", facts.prestatie.eenheid.to_string()),
            ("verwacht", expected.to_owned()),
        ])
    })
}
