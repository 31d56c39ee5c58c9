//! TR378: a gemeentecode is one of CBS.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::{HeaderFacts, WoonplaatsbeginselFacts};
use crate::rules::{Outcome, Rule, RuleCheck};
use crate::schema::Release;

/// The code in the header may also have held when an assignment began that the message deals with, or have
/// ended a short time ago: what began under a code is finished under it after a merger. The gemeente that a JW319
/// names gets a request from now on, so its code must hold today.
pub static RULE: Rule = Rule {
    code: "TR378",
    level: 4,
    retourcode: Some(Retourcode::of("S300")),
    messages: &[
        BerichtSoort::Jw301,
        BerichtSoort::Jw303,
        BerichtSoort::Jw305,
        BerichtSoort::Jw307,
        BerichtSoort::Jw315,
        BerichtSoort::Jw317,
        BerichtSoort::Jw319,
        BerichtSoort::Jw323,
        BerichtSoort::Jw325,
    ],
    text: "De gemeentecode staat niet in de gemeentelijke indeling van het CBS die nu geldt of die gold op de eerste dag van de toewijzing, en is niet kort geleden vervallen (herindeling_maanden).",
    source: "TR378, IV046, IV095, rulings 1.8",
    checks: &[RuleCheck::AcrossHeader(judge_header), RuleCheck::Woonplaatsbeginsel(judge_woonplaatsbeginsel)],
};

fn judge_header(about: &HeaderFacts<'_>) -> Outcome {
    let (code, today) = (about.facts.relatie.gemeente, about.facts.moment.date());
    // A message of an older release is one of an archive: the list of its own day counts as well.
    let written = about.header.bericht_identificatie.dagtekening;
    let of_its_time = (about.header.release != Release::live()).then_some(written);
    let mut days = of_its_time.into_iter().chain(about.dates.iter().copied());
    let register = about.facts.register;
    if register.gemeente_in_use(code, today) || days.any(|day| register.gemeente_valid(code, day)) {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![("gemeente", code.to_string())])
}

fn judge_woonplaatsbeginsel(about: &WoonplaatsbeginselFacts<'_>) -> Outcome {
    let code = about.woonplaatsbeginsel.gemeente;
    if about.facts.register.gemeente_valid(code, about.facts.moment.date()) {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![("gemeente", code.to_string())])
}
