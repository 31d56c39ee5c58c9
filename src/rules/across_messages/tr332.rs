//! TR332: a ToewijzingNummer stands for one assignment of a gemeente.

use super::ToewijzingFacts;
use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::messages::shared::Product;
use crate::rules::{Outcome, Rule, RuleCheck, Values};

/// A number that is known is a repeat or a change when client, aanbieder, product and first day
/// are the same; those never change (IV066). Anything else is another assignment under a used number.
pub static RULE: Rule = Rule {
    code: "TR332",
    level: 3,
    retourcode: Some(Retourcode::of("9332")),
    messages: &[BerichtSoort::Jw301],
    text: "Dit ToewijzingNummer is bij deze gemeente al in gebruik voor een andere toewijzing.",
    source: "TR332, IV066, rulings 2.1",
    checks: &[RuleCheck::Toewijzing(judge)],
};

fn judge(about: &ToewijzingFacts<'_>) -> Outcome {
    let Some(known) = about.known else { return Outcome::Holds };
    let product = about.product;
    let same = [
        ("client", known.bsn == about.client.bsn),
        ("aanbieder", known.aanbieder == about.facts.relatie.aanbieder),
        ("product", known.product == product.product.as_ref().map(Product::sleutel)),
        ("ingangsdatum", known.ingangsdatum == product.ingangsdatum),
    ];
    let other: Vec<&str> = same.iter().filter(|(_, same)| !same).map(|(what, _)| *what).collect();
    if other.is_empty() {
        return Outcome::Holds;
    }
    let values: Values =
        vec![("toewijzingnummer", product.nummer().to_string()), ("verschilt", other.join(", "))];
    Outcome::Violated(values)
}
