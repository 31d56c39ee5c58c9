//! TR366: a rejected line is a line of the claim.

use super::AfgewezenPrestatieFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// The same line has the same ProductReferentie, both of its numbers, at the same client: one
/// ReferentieNummer may stand at two clients of a claim, of which the second is rejected (TR314).
pub static RULE: Rule = Rule {
    code: "TR366",
    level: 3,
    retourcode: Some(Retourcode::of("9366")),
    messages: &[BerichtSoort::Jw325],
    text: "De teruggestuurde prestatie staat met deze ProductReferentie niet in de declaratie die wordt beantwoord.",
    source: "TR366, IV087",
    checks: &[RuleCheck::AfgewezenPrestatie(judge)],
};

fn judge(about: &AfgewezenPrestatieFacts<'_>) -> Outcome {
    match (about.declaratie, about.ingediend) {
        (None, _) => Outcome::Silent,
        (Some(_), Some(_)) => Outcome::Holds,
        (Some(_), None) => {
            let reference = about.prestatie.product_referentie.referentie_nummer;
            Outcome::Violated(vec![("referentienummer", reference.to_owned())])
        }
    }
}
