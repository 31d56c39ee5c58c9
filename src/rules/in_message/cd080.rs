//! CD080: since 2021 only a specific product has a volume.

use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::dates::runs_past_2020;
use super::regel::toegewezen;

pub static RULE: Rule = Rule {
    code: "CD080",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "Een toewijzing zonder productcode die na 2020 doorloopt of geen einddatum heeft, \
           heeft geen Omvang.",
    source: "CD080; IV075",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    for regel in toegewezen(bericht) {
        if regel.code().is_none() && runs_past_2020(regel.eind) && regel.omvang.is_some() {
            findings.add(regel.at, "Omvang");
        }
    }
}
