//! TR361: no product is asked for twice at the same time.

use super::{NieuwFacts, OngewijzigdFacts, TeWijzigenFacts};
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::schema::At;
use std::collections::BTreeSet;

/// The later one in the message is the fault; new products among themselves are for TR410. A change
/// counts from the first day of its assignment, which runs on until the change. A product whose number
/// is unknown (9350, 9351) takes no part. Two assignments that overlap because the gemeente stacked them are
/// not asked for (OP347): the request must name both (TR349), so no aanbieder could write it otherwise, and
/// what the gemeente did is told when it does it (OP259). The same number twice, or days that the request
/// adds, are its own.
pub static RULE: Rule = Rule {
    code: "TR361",
    level: 3,
    retourcode: Some(Retourcode::of("9361")),
    messages: &[BerichtSoort::Jw317],
    text: "Hetzelfde product staat niet tweemaal in het verzoek met perioden die elkaar overlappen. Zonder productcode telt de hele categorie, zonder product alles.",
    source: "TR361, TR349, OP259, OP347, IV092, rulings 1.7 en 5.12",
    checks: &[
        RuleCheck::OngewijzigdProduct(judge_ongewijzigd),
        RuleCheck::TeWijzigenProduct(judge_te_wijzigen),
        RuleCheck::NieuwProduct(judge_nieuw),
    ],
};

fn judge_ongewijzigd(about: &OngewijzigdFacts<'_>) -> Outcome {
    judge(about.overlappend, about.product.at)
}

fn judge_te_wijzigen(about: &TeWijzigenFacts<'_>) -> Outcome {
    judge(about.overlappend, about.product.at)
}

fn judge_nieuw(about: &NieuwFacts<'_>) -> Outcome {
    judge(about.overlappend, about.product.at)
}

fn judge(overlappend: &BTreeSet<u32>, at: At) -> Outcome {
    Outcome::holds_if(!overlappend.contains(&at.0))
}
