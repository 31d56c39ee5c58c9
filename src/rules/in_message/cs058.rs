//! CS058: a start or stop is delivered or withdrawn, nothing else.

use crate::codes::StatusAanlevering;
use crate::messages::BerichtSoort;
use crate::messages::jw305::Jw305;
use crate::messages::jw307::Jw307;
use crate::rules::{Findings, Rule, RuleCheck};
use crate::schema::At;

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS058",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw305, BerichtSoort::Jw307],
    text: "StatusAanlevering is 1 (nieuw) of 3 (verwijderen); een wijziging gaat als \
           verwijdering met een nieuwe aanlevering.",
    source: "CS058; IV008",
    checks: &[RuleCheck::Jw305(jw305), RuleCheck::Jw307(jw307)],
};

fn jw305(bericht: &Jw305<'_>, findings: &mut Findings) {
    let producten = bericht.client.iter().flat_map(|client| &client.start_producten);
    judge(producten.map(|product| (product.at, product.status_aanlevering)), findings);
}

fn jw307(bericht: &Jw307<'_>, findings: &mut Findings) {
    let producten = bericht.client.iter().flat_map(|client| &client.stop_producten);
    judge(producten.map(|product| (product.at, product.status_aanlevering)), findings);
}

fn judge(producten: impl Iterator<Item = (At, StatusAanlevering)>, findings: &mut Findings) {
    for (at, status) in producten {
        if !matches!(status, StatusAanlevering::Eerste | StatusAanlevering::Verwijderen) {
            findings.add(at, "StatusAanlevering");
        }
    }
}
