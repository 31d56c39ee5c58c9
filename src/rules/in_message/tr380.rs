//! TR380: a new product starts after the request for it.
//!
//! The rule text names no path. It is GewensteIngangsdatum of NieuwProduct, as in the official style
//! sheets of release 3.2 (2.10.5): that of a TeWijzigenProduct may lie in the past (TR357).

use crate::messages::BerichtSoort;
use crate::messages::jw317::Jw317;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::dates::dagtekening;
use super::regel::nieuw;

pub static RULE: Rule = Rule {
    code: "TR380",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw317],
    text: "Een nieuw product in een verzoek om wijziging begint na de Dagtekening, op zijn \
           vroegst de dag erna.",
    source: "TR380; TR357; de officiële XSLT 2.10.5 voor het element",
    checks: &[RuleCheck::Jw317(judge)],
};

fn judge(bericht: &Jw317<'_>, findings: &mut Findings) {
    let dagtekening = dagtekening(&bericht.header);
    for product in nieuw(bericht) {
        if product.begin <= dagtekening {
            findings.add(product.at, "GewensteIngangsdatum");
        }
    }
}
