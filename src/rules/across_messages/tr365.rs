//! TR365: an answer may only follow one that put the request under examination.

use super::AntwoordFacts;
use super::tr355::answered;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::VerzoekStatus;

/// The only answer after which nothing may follow is a refusal.
pub static RULE: Rule = Rule {
    code: "TR365",
    level: 3,
    retourcode: Some(Retourcode::of("9365")),
    messages: &[BerichtSoort::Jw319],
    text: "Dit verzoek is al afgewezen: daarna volgt geen antwoord meer.",
    source: "TR365, OP344",
    checks: &[RuleCheck::Antwoord(judge)],
};

fn judge(about: &AntwoordFacts<'_>) -> Outcome {
    let Some(request) = answered(about) else { return Outcome::Silent };
    Outcome::holds_if(request.status != VerzoekStatus::Afgewezen)
}
