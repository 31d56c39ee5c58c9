//! TR307: not before the assignment begins.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR307",
    level: 3,
    retourcode: Some(Retourcode::of("9307")),
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323],
    text: "De ProductPeriode mag niet eerder beginnen dan de toewijzing.",
    source: "TR307, OP368",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|toewijzing| {
        let begin = facts.prestatie.product_periode.begindatum;
        if begin >= toewijzing.ingangsdatum {
            return Outcome::Holds;
        }
        Outcome::Violated(vec![
            ("begindatum", begin.to_string()),
            ("ingangsdatum", toewijzing.ingangsdatum.to_string()),
        ])
    })
}
