//! TR337: an answer names the claim that it answers.

use super::DeclaratieAntwoordFacts;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// The Identificatie alone may have been used twice, when the first claim was rejected as a whole
/// (OP286); its Dagtekening is copied as well.
pub static RULE: Rule = Rule {
    code: "TR337",
    level: 3,
    retourcode: None,
    messages: &[BerichtSoort::Jw325],
    text: "Het antwoord noemt een declaratiebericht dat er niet is: DeclaratieIdentificatie is niet de BerichtIdentificatie daarvan.",
    source: "TR337, IV087",
    checks: &[RuleCheck::DeclaratieAntwoord(judge)],
};

fn judge(about: &DeclaratieAntwoordFacts<'_>) -> Outcome {
    let Some(antwoord) = &about.bericht.header.antwoord else {
        return Outcome::FactMissing("de header van het antwoord");
    };
    let named = &antwoord.declaratie_identificatie;
    let same = about.declaratie.is_some_and(|declaratie| {
        let own = &declaratie.header.bericht_identificatie;
        (own.identificatie, own.dagtekening) == (named.identificatie, named.dagtekening)
    });
    if same {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![("declaratieidentificatie", named.identificatie.to_owned())])
}
