//! TR346: the amount is volume times rate.

use crate::codes::{Eenheid, Retourcode};
use crate::messages::BerichtSoort;
use crate::messages::jw323::Prestatie;
use crate::money::Cents;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Check, Outcome, Rule};

/// Without a line in the contract for minutes nobody can tell whether an hour rate lies behind them. TR418
/// says so (0611), and this rule, which would rest on that rate, is silent (rulings 5.12).
pub static RULE: Rule = Rule {
    code: "TR346",
    level: 4,
    retourcode: Some(Retourcode::of("9346")),
    messages: &[BerichtSoort::Jw323],
    text: "Het IngediendBedrag is het GeleverdVolume maal het ProductTarief, behalve bij eenheid 83. Minuten tegen een uurtarief worden gerekend met het uurtarief uit het contract.",
    source: "TR346, IV081; rulings 5.7 en 5.12",
    checks: &[Check::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet(|| {
        let prestatie = facts.prestatie;
        // CD087 asks for a rate in every other unit, so that none is a violation of level 2.
        let Some(tarief) = prestatie.product_tarief else {
            return Outcome::Silent;
        };
        let bedrag = prestatie.ingediend_bedrag.bedrag;
        if prestatie.eenheid == Eenheid::Minuut && facts.contract_lines_for_eenheid().next().is_none() {
            return Outcome::Silent;
        }
        let hourly = if prestatie.eenheid == Eenheid::Minuut { by_the_hour(facts) } else { Vec::new() };
        let expected = if hourly.is_empty() {
            // An amount that cannot be counted is no amount of the message.
            tarief.times(prestatie.geleverd_volume).into_iter().collect()
        } else {
            hourly
        };
        if expected.contains(&bedrag) {
            return Outcome::Holds;
        }
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        Outcome::Violated(vec![("bedrag", bedrag.to_string()), ("verwacht", expected.join(" of "))])
    })
}

/// What the minutes cost at the hour rates of the contract: those with the rate of the line, else all
/// of them. Empty when the contract has a rate per minute, or none.
fn by_the_hour(facts: &PrestatieFacts<'_>) -> Vec<Cents> {
    let Prestatie { eenheid, geleverd_volume, product_tarief, .. } = *facts.prestatie;
    let lines = || {
        facts.contract_lines_for_eenheid().filter(move |line| line.is_hour_rate_in_minutes(eenheid)).map(
            move |line| {
                let same_rate = line.product_tarief(eenheid) == Ok(product_tarief);
                (same_rate, line.bedrag(eenheid, geleverd_volume).ok().flatten())
            },
        )
    };
    let any_same = lines().any(|(same_rate, _)| same_rate);
    lines().filter(|(same_rate, _)| *same_rate || !any_same).filter_map(|(_, bedrag)| bedrag).collect()
}
