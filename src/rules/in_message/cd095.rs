//! CD095: since 2021 only a specific product has a volume.

use crate::messages::BerichtSoort;
use crate::messages::jw315::Jw315;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::dates::runs_past_2020;
use super::regel::aangevraagd;

pub static RULE: Rule = Rule {
    code: "CD095",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw315],
    text: "Een aanvraag zonder productcode die na 2020 doorloopt of geen einddatum heeft, \
           vraagt geen Omvang.",
    source: "CD095; IV075",
    checks: &[RuleCheck::Jw315(judge)],
};

fn judge(bericht: &Jw315<'_>, findings: &mut Findings) {
    for regel in aangevraagd(bericht) {
        if regel.code().is_none() && runs_past_2020(regel.eind) && regel.omvang.is_some() {
            findings.add(regel.at, "Omvang");
        }
    }
}
