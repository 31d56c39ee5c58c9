//! TR349: a request for change tells about everything that the client has.

use super::WijzigingFacts;
use crate::codes::{Retourcode, ToewijzingNummer};
use crate::messages::BerichtSoort;
use crate::rules::{Outcome, Rule, RuleCheck};
use std::collections::BTreeSet;

/// What must be named is current on the day of judging, as the aanbieder was told of it. One that
/// ended since the message was made may be left out and may be named (TR350, TR351).
pub static RULE: Rule = Rule {
    code: "TR349",
    level: 3,
    retourcode: Some(Retourcode::of("9349")),
    messages: &[BerichtSoort::Jw317],
    text: "Het verzoek noemt elke lopende en komende toewijzing van de cliënt bij deze aanbieder: ongewijzigd, of te wijzigen.",
    source: "TR349, IV092, rulings 1.7 en 2.6",
    checks: &[RuleCheck::Wijziging(judge)],
};

fn judge(about: &WijzigingFacts<'_>) -> Outcome {
    let verzoek = &about.client.verzoek;
    let unchanged = verzoek.ongewijzigde_producten.iter().map(|product| product.toewijzing_nummer);
    let changed = verzoek.te_wijzigen_producten.iter().map(|product| product.toewijzing_nummer);
    let named: BTreeSet<ToewijzingNummer> = unchanged.chain(changed).collect();
    let missing: Vec<String> = about
        .actueel(about.facts.moment.date())
        .filter(|toewijzing| !named.contains(&toewijzing.nummer))
        .map(|toewijzing| toewijzing.nummer.to_string())
        .collect();
    if missing.is_empty() {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![("ontbrekende toewijzing", missing.join(", "))])
}
