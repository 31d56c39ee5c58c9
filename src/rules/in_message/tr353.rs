//! TR353: a request for change changes something.

use crate::messages::BerichtSoort;
use crate::messages::jw317::Jw317;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "TR353",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw317],
    text: "Een verzoek om wijziging vraagt ook echt iets: er staat ten minste één te wijzigen \
           of een nieuw product in.",
    source: "TR353",
    checks: &[RuleCheck::Jw317(judge)],
};

fn judge(bericht: &Jw317<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client {
        let verzoek = &client.verzoek;
        if verzoek.te_wijzigen_producten.is_empty() && verzoek.nieuwe_producten.is_empty() {
            findings.add(verzoek.at, "");
        }
    }
}
