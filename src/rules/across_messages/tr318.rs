//! TR318: claims go forward in time.

use crate::codes::{EERSTE_DAG_2021, Retourcode};
use crate::messages::BerichtSoort;
use crate::rules::across_messages::DeclaratieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR318",
    level: 3,
    retourcode: Some(Retourcode::of("8214")),
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323],
    text: "De DeclaratiePeriode mag niet vóór de laatst verwerkte DeclaratiePeriode van de aanbieder bij deze gemeente liggen.",
    source: "TR318, IV090; rulings 5.10: overslaan en herhalen mag",
    checks: &[RuleCheck::Declaratie(judge)],
};

fn judge(facts: &DeclaratieFacts<'_>) -> Outcome {
    let begin = facts.declaratie.declaratie_periode.begindatum;
    // A JW303 is about care before 2021 and a JW323 about care since: each has its own sequence (rulings 6).
    let known = facts.facts.known;
    let latest =
        if begin < EERSTE_DAG_2021 { &known.laatste_periode_tot_2021 } else { &known.laatste_periode };
    match latest.get(&facts.facts.relatie) {
        Some(latest) if begin < *latest => Outcome::Violated(vec![
            ("begindatum", begin.to_string()),
            ("begindatum laatst verwerkt", latest.to_string()),
        ]),
        _ => Outcome::Holds,
    }
}
