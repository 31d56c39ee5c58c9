//! TR409: another gemeente is named for one reason only.
//!
//! An answer without a reason has not reason 8 either, so it names no gemeente.

use crate::codes::RedenAfwijzingVerzoek;
use crate::messages::BerichtSoort;
use crate::messages::jw319::Jw319;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "TR409",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw319],
    text: "Woonplaatsbeginsel blijft weg als de reden van afwijzing niet 8 (woonplaatsbeginsel) \
           is, ook als er geen reden staat.",
    source: "TR409",
    checks: &[RuleCheck::Jw319(judge)],
};

fn judge(bericht: &Jw319<'_>, findings: &mut Findings) {
    if let Some(antwoord) = &bericht.antwoord
        && antwoord.reden_afwijzing_verzoek != Some(RedenAfwijzingVerzoek::Woonplaatsbeginsel)
        && antwoord.woonplaatsbeginsel.is_some()
    {
        findings.add(antwoord.at, "Woonplaatsbeginsel");
    }
}
