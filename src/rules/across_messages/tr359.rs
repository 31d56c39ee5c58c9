//! TR359: a request that was honoured gets no answer any more.

use super::AntwoordFacts;
use super::tr355::answered;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::VerzoekStatus;

/// Whoever honoured it: the gemeente, or we for it.
pub static RULE: Rule = Rule {
    code: "TR359",
    level: 3,
    retourcode: Some(Retourcode::of("9359")),
    messages: &[BerichtSoort::Jw319],
    text: "Op dit verzoek is al een toewijzing verstuurd: het kan niet meer worden beantwoord.",
    source: "TR359, OP344",
    checks: &[RuleCheck::Antwoord(judge)],
};

fn judge(about: &AntwoordFacts<'_>) -> Outcome {
    let Some(request) = answered(about) else { return Outcome::Silent };
    Outcome::holds_if(request.status != VerzoekStatus::Gehonoreerd)
}
