//! CD086: what is examined is not refused.

use crate::codes::VerzoekAntwoord;
use crate::messages::BerichtSoort;
use crate::messages::jw319::Jw319;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CD086",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw319],
    text: "Is een verzoek in onderzoek (VerzoekAntwoord 2), dan staat er geen reden van \
           afwijzing.",
    source: "CD086",
    checks: &[RuleCheck::Jw319(judge)],
};

fn judge(bericht: &Jw319<'_>, findings: &mut Findings) {
    if let Some(antwoord) = &bericht.antwoord
        && antwoord.verzoek_antwoord == VerzoekAntwoord::InOnderzoek
        && antwoord.reden_afwijzing_verzoek.is_some()
    {
        findings.add(antwoord.at, "RedenAfwijzingVerzoek");
    }
}
