//! TR369: all lines together fit the budget.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR369",
    level: 3,
    retourcode: Some(Retourcode::of("9369")),
    messages: &[BerichtSoort::Jw323],
    text: "De bedragen van alle toegekende prestaties op een toewijzing moeten samen passen binnen haar Budget.",
    source: "TR369; rulings 5.3, 5.4 en 5.11: de som gaat over IngediendBedrag, credits tellen negatief",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|toewijzing| {
        let Some(budget) = toewijzing.budget else {
            return Outcome::Holds;
        };
        let besteed = facts.besteed(toewijzing).bedrag;
        let bedrag = facts.prestatie.ingediend_bedrag.bedrag;
        // A sum that cannot be counted is over any budget.
        if besteed.plus(bedrag).is_ok_and(|total| total <= budget) {
            return Outcome::Holds;
        }
        Outcome::Violated(vec![
            ("bedrag", bedrag.to_string()),
            ("eerder toegekend", besteed.to_string()),
            ("budget", budget.to_string()),
        ])
    })
}
