//! CD055, CD056 and CD059: who is not exempt from VAT says how much, who is exempt does not; an invoice says
//! which of the two.

use crate::codes::JaNee;
use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

/// Not exempt.
pub static CD055: Rule = Rule {
    code: "CD055",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "Bij BtwVrijstellingIndicatie 2 zijn BtwIDNummer, BtwTotaalBedrag, BtwPercentage en BtwBedrag gevuld.",
    source: "CD055",
    checks: &[RuleCheck::Jw303(judge_taxed)],
};

/// Exempt.
pub static CD056: Rule = Rule {
    code: "CD056",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "Bij BtwVrijstellingIndicatie 1 blijven BtwPercentage en BtwBedrag leeg.",
    source: "CD056",
    checks: &[RuleCheck::Jw303(judge_exempt)],
};

/// An invoice.
pub static CD059: Rule = Rule {
    code: "CD059",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "In een factuur (BerichtCode 450) is BtwVrijstellingIndicatie bij elke prestatie gevuld.",
    source: "CD059",
    checks: &[RuleCheck::Jw303(judge_invoice)],
};

fn judge_taxed(bericht: &Jw303<'_>, findings: &mut Findings) {
    let mut taxed = false;
    for prestatie in bericht.prestaties() {
        let bedrag = &prestatie.bedrag;
        if bedrag.btw_vrijstelling != Some(JaNee::Nee) {
            continue;
        }
        taxed = true;
        if bedrag.btw_percentage.is_none() {
            findings.add(prestatie.at, "IngediendeBedragPrestatie/BtwPercentage");
        }
        if bedrag.btw_bedrag.is_none() {
            findings.add(prestatie.at, "IngediendeBedragPrestatie/BtwBedrag");
        }
    }
    let kop = &bericht.kop;
    if taxed && kop.identificatie.btw_id_nummer.is_none() {
        findings.add(kop.at, "DeclaratieFactuurIdentificatie/BtwIDNummer");
    }
    if taxed && kop.bedragen.as_ref().is_some_and(|bedragen| bedragen.btw_totaal.is_none()) {
        findings.add(kop.at, "DeclaratieFactuurBedragen/BtwTotaalBedrag");
    }
}

fn judge_exempt(bericht: &Jw303<'_>, findings: &mut Findings) {
    for prestatie in bericht.prestaties() {
        let bedrag = &prestatie.bedrag;
        if bedrag.btw_vrijstelling == Some(JaNee::Ja) {
            if bedrag.btw_percentage.is_some() {
                findings.add(prestatie.at, "IngediendeBedragPrestatie/BtwPercentage");
            }
            if bedrag.btw_bedrag.is_some() {
                findings.add(prestatie.at, "IngediendeBedragPrestatie/BtwBedrag");
            }
        }
    }
}

fn judge_invoice(bericht: &Jw303<'_>, findings: &mut Findings) {
    if !bericht.kop.code.is_factuur() {
        return;
    }
    for prestatie in bericht.prestaties().filter(|prestatie| prestatie.bedrag.btw_vrijstelling.is_none()) {
        findings.add(prestatie.at, "IngediendeBedragPrestatie/BtwVrijstellingIndicatie");
    }
}
