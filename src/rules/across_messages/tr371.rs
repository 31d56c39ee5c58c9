//! TR371: an answer says with which schemas the claim was made.

use super::DeclaratieAntwoordFacts;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR371",
    level: 3,
    retourcode: None,
    messages: &[BerichtSoort::Jw325],
    text: "XsdVersieDeclaratie is niet gelijk aan XsdVersie van het declaratiebericht dat wordt beantwoord.",
    source: "TR371, IV034",
    checks: &[RuleCheck::DeclaratieAntwoord(judge)],
};

fn judge(about: &DeclaratieAntwoordFacts<'_>) -> Outcome {
    let Some(declaratie) = about.declaratie else { return Outcome::Silent };
    let Some(antwoord) = &about.bericht.header.antwoord else {
        return Outcome::FactMissing("de header van het antwoord");
    };
    Outcome::holds_if(declaratie.header.xsd_versie.as_ref() == Some(&antwoord.xsd_versie_declaratie))
}
