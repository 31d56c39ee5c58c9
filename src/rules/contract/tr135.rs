//! TR135: a message is not dated in the future.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::{DeclaratieFacts, HeaderFacts};
use crate::rules::{Outcome, Rule, RuleCheck};

/// The rule names no elements. It is about the dates that say when something was made: Dagtekening of
/// every message and DeclaratieDagtekening. Toewijzingsdatum needs no check here: TR134 keeps it at or
/// before Dagtekening.
pub static RULE: Rule = Rule {
    code: "TR135",
    level: 4,
    retourcode: Some(Retourcode::of("8848")),
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
    text: "De dagtekening ligt in de toekomst.",
    source: "TR135, rulings 5.1",
    checks: &[RuleCheck::AcrossHeader(judge_header), RuleCheck::Declaratie(judge_declaratie)],
};

fn judge_header(about: &HeaderFacts<'_>) -> Outcome {
    Outcome::holds_if(about.header.bericht_identificatie.dagtekening <= about.facts.moment.date())
}

fn judge_declaratie(about: &DeclaratieFacts<'_>) -> Outcome {
    Outcome::holds_if(about.declaratie.declaratie_dagtekening <= about.facts.moment.date())
}
