//! TR074: nothing is reported twice.

use super::MeldingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};

/// Within the message TR101 says the same at level 2. Of a stop, Einddatum and RedenBeeindiging are
/// part of the key.
pub static RULE: Rule = Rule {
    code: "TR074",
    level: 3,
    retourcode: Some(Retourcode::of("9074")),
    messages: &[BerichtSoort::Jw305, BerichtSoort::Jw307],
    text: "Deze start of stop is al eerder gemeld. Opnieuw melden kan pas als de vorige melding is verwijderd.",
    source: "TR074, IV008, IV096; rulings 4.2 en 4.5",
    checks: &[RuleCheck::Melding(judge)],
};

fn judge(about: &MeldingFacts<'_>) -> Outcome {
    about.aanlevering(|| Outcome::holds_if(!about.leveringen.contains(about.melding)))
}
