//! TR360: a request is put under examination once, as the first answer.

use super::AntwoordFacts;
use super::tr355::answered;
use crate::codes::{Retourcode, VerzoekAntwoord};
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::VerzoekStatus;

/// After a refusal TR365 is violated as well.
pub static RULE: Rule = Rule {
    code: "TR360",
    level: 3,
    retourcode: Some(Retourcode::of("9360")),
    messages: &[BerichtSoort::Jw319],
    text: "Het verzoek is al eerder beantwoord: in onderzoek kan maar een keer, en niet na een afwijzing.",
    source: "TR360, OP344",
    checks: &[RuleCheck::Antwoord(judge)],
};

fn judge(about: &AntwoordFacts<'_>) -> Outcome {
    let Some(request) = answered(about) else { return Outcome::Silent };
    let examined = about.antwoord.verzoek_antwoord == VerzoekAntwoord::InOnderzoek;
    let answered_before = matches!(request.status, VerzoekStatus::InOnderzoek | VerzoekStatus::Afgewezen);
    Outcome::holds_if(!(examined && answered_before))
}
