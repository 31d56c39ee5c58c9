//! TR352: a request for change starts from what there is.

use crate::messages::BerichtSoort;
use crate::messages::jw317::Jw317;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "TR352",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw317],
    text: "Een verzoek om wijziging noemt ten minste één bestaande toewijzing, ongewijzigd of \
           te wijzigen; anders is het een verzoek om toewijzing.",
    source: "TR352",
    checks: &[RuleCheck::Jw317(judge)],
};

fn judge(bericht: &Jw317<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client {
        let verzoek = &client.verzoek;
        if verzoek.ongewijzigde_producten.is_empty() && verzoek.te_wijzigen_producten.is_empty() {
            findings.add(verzoek.at, "");
        }
    }
}
