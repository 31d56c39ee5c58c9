//! TR321: the line alone fits the assignment.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::spent_volume;

pub static RULE: Rule = Rule {
    code: "TR321",
    level: 3,
    retourcode: Some(Retourcode::of("9321")),
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323],
    text: "Het volume van een prestatie moet passen bij wat voor die periode is toegewezen.",
    source: "TR321, IV076, IV077, IV078; rulings 5.4 en 5.5",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet_on_toewijzing(|toewijzing| {
        let Some(omvang) = toewijzing.omvang else {
            return Outcome::Holds;
        };
        if !facts.eenheid_fits() {
            return Outcome::Silent;
        }
        let prestatie = facts.prestatie;
        let (begin, eind) = (prestatie.product_periode.begindatum, prestatie.product_periode.einddatum);
        // Not one day in common: TR307 or TR308 says so, and no volume belongs to such a period.
        let Some(maximum) = facts.maximum(|ruimte| ruimte.maximum_in(begin, eind)) else {
            return Outcome::Silent;
        };
        let claimed = spent_volume(prestatie.geleverd_volume, prestatie.eenheid);
        if claimed <= spent_volume(maximum, omvang.eenheid) {
            return Outcome::Holds;
        }
        Outcome::Violated(vec![
            ("geleverd volume", format!("{} (eenheid {})", prestatie.geleverd_volume, prestatie.eenheid)),
            ("maximum in de periode", format!("{maximum} (eenheid {})", omvang.eenheid)),
        ])
    })
}
