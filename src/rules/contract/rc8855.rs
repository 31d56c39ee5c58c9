//! RC8855 and RC8856: care before 2021 is claimed in the way that was agreed (retourcodes without a rule).

use crate::codes::Retourcode;
use crate::contracts::{Declaratiewijze, Periode};
use crate::messages::BerichtSoort;
use crate::rules::across_messages::DeclaratieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

/// A declaratie where a factuur was agreed.
pub static RC8855: Rule = Rule {
    code: "RC8855",
    level: 4,
    retourcode: Some(Retourcode::of("8855")),
    messages: &[BerichtSoort::Jw303],
    text: "Er is een declaratie (432) gestuurd, maar de contracten van deze aanbieder met deze gemeente vragen in de DeclaratiePeriode een factuur (450).",
    source: "RC8855: retourcode 8855, waar geen regel bij hoort; een contract zonder declaratiewijze laat beide toe",
    checks: &[RuleCheck::Declaratie(judge_declaratie)],
};

/// A factuur where a declaratie was agreed.
pub static RC8856: Rule = Rule {
    code: "RC8856",
    level: 4,
    retourcode: Some(Retourcode::of("8856")),
    messages: &[BerichtSoort::Jw303],
    text: "Er is een factuur (450) gestuurd, maar de contracten van deze aanbieder met deze gemeente vragen in de DeclaratiePeriode een declaratie (432).",
    source: "RC8856: retourcode 8856, waar geen regel bij hoort; een contract zonder declaratiewijze laat beide toe",
    checks: &[RuleCheck::Declaratie(judge_factuur)],
};

fn judge_declaratie(facts: &DeclaratieFacts<'_>) -> Outcome {
    judge(facts, Declaratiewijze::Declaratie)
}

fn judge_factuur(facts: &DeclaratieFacts<'_>) -> Outcome {
    judge(facts, Declaratiewijze::Factuur)
}

/// Violated when it came in this way and every contract in the period asks for the other. Without contract
/// the rate says so, line by line (TR418).
fn judge(facts: &DeclaratieFacts<'_>, sent: Declaratiewijze) -> Outcome {
    let Some(kop) = facts.factuur else { return Outcome::Silent };
    let is_factuur = sent == Declaratiewijze::Factuur;
    if kop.code.is_factuur() != is_factuur {
        return Outcome::Holds;
    }
    let periode = &facts.declaratie.declaratie_periode;
    let periode = Periode::of(periode.begindatum, Some(periode.einddatum));
    let contracten = facts.facts.register.contracten().party_to(facts.facts.relatie);
    let mut in_force = contracten.filter(|contract| contract.looptijd().overlaps(&periode)).peekable();
    let none = in_force.peek().is_none();
    Outcome::holds_if(
        none || in_force.any(|contract| contract.declaratiewijze.is_none_or(|wijze| wijze == sent)),
    )
}
