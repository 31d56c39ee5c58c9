//! TR346: the amount is volume times rate.

use crate::codes::{Eenheid, Retourcode};
use crate::contracts::GeldendeRegel;
use crate::messages::BerichtSoort;
use crate::messages::jw323::Prestatie;
use crate::money::Cents;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

/// Without a line in the contract for minutes nobody can tell whether an hour rate lies behind them. TR418
/// says so (0611), and this rule, which would rest on that rate, is silent (rulings 5.12).
pub static RULE: Rule = Rule {
    code: "TR346",
    level: 4,
    retourcode: Some(Retourcode::of("9346")),
    messages: &[BerichtSoort::Jw323],
    text: "Het IngediendBedrag is het GeleverdVolume maal het ProductTarief, behalve bij eenheid 83. Minuten tegen een uurtarief worden gerekend met het uurtarief uit het contract.",
    source: "TR346, IV081; rulings 5.7 en 5.12",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet(|| {
        let prestatie = facts.prestatie;
        // CD087 asks for a rate in every other unit, so that none is a violation of level 2.
        let Some(tarief) = prestatie.product_tarief else {
            return Outcome::Silent;
        };
        let bedrag = prestatie.ingediend_bedrag.bedrag;
        let mut hourly = Vec::new();
        if prestatie.eenheid == Eenheid::Minuut {
            let lines: Vec<GeldendeRegel<'_>> = facts.contract_lines_for_eenheid().collect();
            if lines.is_empty() {
                return Outcome::Silent;
            }
            hourly = by_the_hour(prestatie, &lines);
        }
        // An amount that cannot be counted is no amount of the message.
        let expected = tarief.times(prestatie.geleverd_volume).ok().filter(|_| hourly.is_empty());
        if expected == Some(bedrag) || hourly.contains(&bedrag) {
            return Outcome::Holds;
        }
        let expected: Vec<String> = expected.iter().chain(&hourly).map(ToString::to_string).collect();
        Outcome::Violated(vec![("bedrag", bedrag.to_string()), ("verwacht", expected.join(" of "))])
    })
}

/// What the minutes cost at the hour rates of the contract: those with the rate of the line, else all
/// of them. Empty when the contract has a rate per minute.
fn by_the_hour(prestatie: &Prestatie<'_>, lines: &[GeldendeRegel<'_>]) -> Vec<Cents> {
    let Prestatie { eenheid, geleverd_volume, product_tarief, .. } = *prestatie;
    let same_rate = |line: &GeldendeRegel<'_>| line.product_tarief(eenheid) == Ok(product_tarief);
    let hourly = || lines.iter().filter(|line| line.is_hour_rate_in_minutes(eenheid));
    let any_same = hourly().any(same_rate);
    let wanted = hourly().filter(|line| same_rate(line) || !any_same);
    wanted.filter_map(|line| line.bedrag(eenheid, geleverd_volume).ok().flatten()).collect()
}
