//! TR376: an answer has the number of the claim that it answers.

use super::DeclaratieAntwoordFacts;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// An answer of a header only has no number.
pub static RULE: Rule = Rule {
    code: "TR376",
    level: 3,
    retourcode: None,
    messages: &[BerichtSoort::Jw325],
    text: "Het DeclaratieNummer in het antwoord is niet dat van de declaratie die wordt beantwoord.",
    source: "TR376, IV087",
    checks: &[RuleCheck::DeclaratieAntwoord(judge)],
};

fn judge(about: &DeclaratieAntwoordFacts<'_>) -> Outcome {
    let Some(antwoord) = &about.bericht.declaratie_antwoord else { return Outcome::Holds };
    let Some(declaratie) = about.declaratie else { return Outcome::Silent };
    if antwoord.declaratie_nummer == declaratie.declaratie.declaratie_nummer {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![("declaratienummer", antwoord.declaratie_nummer.to_owned())])
}
