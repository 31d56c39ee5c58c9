//! CD060: a credit names its debit.

use crate::codes::DebetCredit;
use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::messages::jw323::Jw323;
use crate::messages::jw325::Jw325;
use crate::messages::shared::{BedragMetDc, Referentie};
use crate::rules::{Findings, Rule, RuleCheck};
use crate::schema::At;

use super::TECHNISCH;
use super::parts::{afgewezen, prestaties};

pub static RULE: Rule = Rule {
    code: "CD060",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323, BerichtSoort::Jw325],
    text: "Een creditregel noemt in VorigReferentieNummer de debetregel die hij terugneemt; een \
           debetregel laat het leeg.",
    source: "CD060; IV091",
    checks: &[RuleCheck::Jw303(jw303), RuleCheck::Jw323(jw323), RuleCheck::Jw325(jw325)],
};

fn jw303(bericht: &Jw303<'_>, findings: &mut Findings) {
    for prestatie in bericht.prestaties() {
        judge(prestatie.at, &prestatie.product_referentie, &prestatie.bedrag.bedrag, findings);
    }
}

fn jw323(bericht: &Jw323<'_>, findings: &mut Findings) {
    for prestatie in prestaties(bericht) {
        judge(prestatie.at, &prestatie.product_referentie, &prestatie.ingediend_bedrag, findings);
    }
}

fn jw325(bericht: &Jw325<'_>, findings: &mut Findings) {
    for prestatie in afgewezen(bericht) {
        judge(prestatie.at, &prestatie.product_referentie, &prestatie.ingediend_bedrag, findings);
    }
}

fn judge(at: At, referentie: &Referentie<'_>, bedrag: &BedragMetDc, findings: &mut Findings) {
    if (bedrag.debet_credit == DebetCredit::Credit) != referentie.vorig_referentie_nummer.is_some() {
        findings.add(at, "ProductReferentie/VorigReferentieNummer");
    }
}
