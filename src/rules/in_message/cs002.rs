//! CS002: a Bsn passes the eleven test.

use crate::codes::Bsn;
use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::messages::jw303::Jw303;
use crate::messages::jw305::Jw305;
use crate::messages::jw307::Jw307;
use crate::messages::jw315::Jw315;
use crate::messages::jw317::Jw317;
use crate::messages::jw323::Jw323;
use crate::messages::jw325::Jw325;
use crate::rules::{Findings, Rule, RuleCheck};
use crate::schema::At;

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS002",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[
        BerichtSoort::Jw301,
        BerichtSoort::Jw303,
        BerichtSoort::Jw305,
        BerichtSoort::Jw307,
        BerichtSoort::Jw315,
        BerichtSoort::Jw317,
        BerichtSoort::Jw323,
        BerichtSoort::Jw325,
    ],
    text: "Elk Bsn voldoet aan de elfproef.",
    source: "CS002",
    checks: &[
        RuleCheck::Jw301(jw301),
        RuleCheck::Jw303(jw303),
        RuleCheck::Jw305(jw305),
        RuleCheck::Jw307(jw307),
        RuleCheck::Jw315(jw315),
        RuleCheck::Jw317(jw317),
        RuleCheck::Jw323(jw323),
        RuleCheck::Jw325(jw325),
    ],
};

fn jw301(bericht: &Jw301<'_>, findings: &mut Findings) {
    judge(bericht.client.iter().map(|client| (client.at, client.bsn)), findings);
}

fn jw303(bericht: &Jw303<'_>, findings: &mut Findings) {
    judge(bericht.clienten.iter().map(|client| (client.at, client.bsn)), findings);
}

fn jw305(bericht: &Jw305<'_>, findings: &mut Findings) {
    judge(bericht.client.iter().map(|client| (client.at, client.bsn)), findings);
}

fn jw307(bericht: &Jw307<'_>, findings: &mut Findings) {
    judge(bericht.client.iter().map(|client| (client.at, client.bsn)), findings);
}

fn jw315(bericht: &Jw315<'_>, findings: &mut Findings) {
    judge(bericht.client.iter().map(|client| (client.at, client.bsn)), findings);
}

fn jw317(bericht: &Jw317<'_>, findings: &mut Findings) {
    judge(bericht.client.iter().map(|client| (client.at, client.bsn)), findings);
}

fn jw323(bericht: &Jw323<'_>, findings: &mut Findings) {
    judge(bericht.declaratie.clienten.iter().map(|client| (client.at, client.bsn)), findings);
}

fn jw325(bericht: &Jw325<'_>, findings: &mut Findings) {
    let clienten = bericht.declaratie_antwoord.iter().flat_map(|antwoord| &antwoord.clienten);
    judge(clienten.map(|client| (client.at, client.bsn)), findings);
}

fn judge(clienten: impl Iterator<Item = (At, Bsn)>, findings: &mut Findings) {
    for (at, _) in clienten.filter(|(_, bsn)| !bsn.passes_elfproef()) {
        findings.add(at, "Bsn");
    }
}
