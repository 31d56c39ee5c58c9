//! CD085: a refusal has a reason.

use crate::codes::VerzoekAntwoord;
use crate::messages::BerichtSoort;
use crate::messages::jw319::Jw319;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CD085",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw319],
    text: "Wordt een verzoek afgewezen (VerzoekAntwoord 1), dan staat de reden erbij.",
    source: "CD085",
    checks: &[RuleCheck::Jw319(judge)],
};

fn judge(bericht: &Jw319<'_>, findings: &mut Findings) {
    if let Some(antwoord) = &bericht.antwoord
        && antwoord.verzoek_antwoord == VerzoekAntwoord::Afgewezen
        && antwoord.reden_afwijzing_verzoek.is_none()
    {
        findings.add(antwoord.at, "RedenAfwijzingVerzoek");
    }
}
