//! TR314: a reference is used once.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR314",
    level: 3,
    retourcode: Some(Retourcode::of("8021")),
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323],
    text: "Het ReferentieNummer van een prestatie mag niet eerder door de aanbieder gebruikt zijn, bij geen enkele gemeente.",
    source: "TR314; rulings 5.10: binnen een bericht is het tweede gebruik fout, en het nummer van een afgewezen prestatie blijft gebruikt",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    Outcome::holds_if(facts.reference_free)
}
