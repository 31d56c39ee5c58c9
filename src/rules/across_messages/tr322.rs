//! TR322: all lines together fit the assignment.

use crate::codes::{Eenheid, Retourcode};
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::volume::Ruimte;
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::state::spent_volume;

pub static RULE: Rule = Rule {
    code: "TR322",
    level: 3,
    retourcode: Some(Retourcode::of("9322")),
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323],
    text: "Alle toegekende prestaties op een toewijzing moeten samen passen binnen wat in totaal is toegewezen.",
    source: "TR322, IV077; rulings 5.3 tot en met 5.5: zonder einddatum alleen te toetsen bij frequentie 6",
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
        let Some(maximum) = facts.maximum(Ruimte::maximum_in_total) else {
            return Outcome::Holds;
        };
        let prestatie = facts.prestatie;
        let claimed = spent_volume(prestatie.geleverd_volume, prestatie.eenheid);
        let besteed = facts.besteed(toewijzing).volume;
        if besteed.saturating_add(claimed) <= spent_volume(maximum, omvang.eenheid) {
            return Outcome::Holds;
        }
        Outcome::Violated(vec![
            ("geleverd volume", format!("{} (eenheid {})", prestatie.geleverd_volume, prestatie.eenheid)),
            (
                "eerder toegekend",
                format!("{besteed}{}", if is_time(omvang.eenheid) { " minuten" } else { "" }),
            ),
            ("maximum in totaal", format!("{maximum} (eenheid {})", omvang.eenheid)),
        ])
    })
}

/// What was granted on these is kept in minutes.
const fn is_time(eenheid: Eenheid) -> bool {
    matches!(eenheid, Eenheid::Uur | Eenheid::Minuut)
}
