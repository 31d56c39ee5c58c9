//! CD058: a servicebureau that is paid is named.

use crate::messages::BerichtSoort;
use crate::messages::jw303::{BetalingAan, Jw303};
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CD058",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "Wordt aan het servicebureau betaald (BetalingAanID 01), dan is Servicebureau gevuld.",
    source: "CD058",
    checks: &[RuleCheck::Jw303(judge)],
};

fn judge(bericht: &Jw303<'_>, findings: &mut Findings) {
    let kop = &bericht.kop;
    if kop.betaling_aan == BetalingAan::Servicebureau && kop.servicebureau.is_none() {
        findings.add(kop.at, "Servicebureau");
    }
}
