//! TR377: who is referred to another gemeente hears which.

use crate::codes::RedenAfwijzingVerzoek;
use crate::messages::BerichtSoort;
use crate::messages::jw319::Jw319;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "TR377",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw319],
    text: "Wordt een verzoek afgewezen met reden 8 (woonplaatsbeginsel), dan noemt het antwoord \
           in Woonplaatsbeginsel de gemeente die wel aan zet is.",
    source: "TR377; IV095",
    checks: &[RuleCheck::Jw319(judge)],
};

fn judge(bericht: &Jw319<'_>, findings: &mut Findings) {
    if let Some(antwoord) = &bericht.antwoord
        && antwoord.reden_afwijzing_verzoek == Some(RedenAfwijzingVerzoek::Woonplaatsbeginsel)
        && antwoord.woonplaatsbeginsel.is_none()
    {
        findings.add(antwoord.at, "Woonplaatsbeginsel");
    }
}
