//! CD096: since 2021 only a specific product has a volume.

use crate::messages::BerichtSoort;
use crate::messages::jw317::Jw317;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::dates::runs_past_2020;
use super::regel::nieuw;

pub static RULE: Rule = Rule {
    code: "CD096",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw317],
    text: "Een nieuw product zonder productcode dat na 2020 doorloopt of geen einddatum heeft, \
           vraagt geen Omvang.",
    source: "CD096; IV075",
    checks: &[RuleCheck::Jw317(judge)],
};

fn judge(bericht: &Jw317<'_>, findings: &mut Findings) {
    for regel in nieuw(bericht) {
        if regel.code().is_none() && runs_past_2020(regel.eind) && regel.omvang.is_some() {
            findings.add(regel.at, "Omvang");
        }
    }
}
