//! CS325: nothing is a debit.

use crate::codes::DebetCredit;
use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::messages::jw323::Jw323;
use crate::messages::jw325::Jw325;
use crate::messages::shared::{BedragMetDc, TotaalBedragMetDc};
use crate::money::Cents;
use crate::rules::{Findings, Rule, RuleCheck};
use crate::schema::At;

use super::TECHNISCH;
use super::parts::{afgewezen, prestaties};

pub static RULE: Rule = Rule {
    code: "CS325",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw304, BerichtSoort::Jw323, BerichtSoort::Jw325],
    text: "Een bedrag of totaal van 0 is debet (D), nooit credit.",
    source: "CS325",
    checks: &[RuleCheck::Jw303(jw303), RuleCheck::Jw323(jw323), RuleCheck::Jw325(jw325)],
};

fn jw303(bericht: &Jw303<'_>, findings: &mut Findings) {
    let kop = &bericht.kop;
    let asked = kop.bedragen.iter().flat_map(|amounts| {
        let vat = amounts.btw_totaal.iter().map(|total| ("DeclaratieFactuurBedragen/BtwTotaalBedrag", total));
        std::iter::once(("DeclaratieFactuurBedragen/DeclaratieFactuurTotaalBedrag", &amounts.totaal))
            .chain(vat)
    });
    let answered = kop.retour_bedragen.iter().flat_map(|amounts| {
        [
            ("RetourBedragen/IngediendTotaalBedrag", &amounts.ingediend),
            ("RetourBedragen/ToegekendTotaalBedrag", &amounts.toegekend),
        ]
    });
    for (element, _) in asked.chain(answered).filter(|(_, total)| is_zero_credit(total)) {
        findings.add(kop.at, element);
    }
    for prestatie in bericht.prestaties() {
        let asked = &prestatie.bedrag;
        let granted = prestatie.toegekend.iter().flat_map(|amounts| [&amounts.berekend, &amounts.toegekend]);
        let amounts = std::iter::once(&asked.bedrag).chain(&asked.berekend_bedrag).chain(&asked.btw_bedrag);
        if amounts.chain(granted).any(is_zero_credit_of_line) {
            findings.add(prestatie.at, "IngediendeBedragPrestatie");
        }
    }
}

fn is_zero_credit_of_line(bedrag: &BedragMetDc) -> bool {
    bedrag.bedrag == Cents::ZERO && bedrag.debet_credit == DebetCredit::Credit
}

fn jw323(bericht: &Jw323<'_>, findings: &mut Findings) {
    let declaratie = &bericht.declaratie;
    if is_zero_credit(&declaratie.totaal_ingediend_bedrag) {
        findings.add(declaratie.at, "TotaalIngediendBedrag/DebetCredit");
    }
    for prestatie in prestaties(bericht) {
        judge_line(prestatie.at, &prestatie.ingediend_bedrag, findings);
    }
}

fn jw325(bericht: &Jw325<'_>, findings: &mut Findings) {
    if let Some(antwoord) = &bericht.declaratie_antwoord {
        if is_zero_credit(&antwoord.totaal_ingediend_bedrag) {
            findings.add(antwoord.at, "TotaalIngediendBedrag/DebetCredit");
        }
        if is_zero_credit(&antwoord.totaal_toegekend_bedrag) {
            findings.add(antwoord.at, "TotaalToegekendBedrag/DebetCredit");
        }
    }
    for prestatie in afgewezen(bericht) {
        judge_line(prestatie.at, &prestatie.ingediend_bedrag, findings);
    }
}

fn is_zero_credit(totaal: &TotaalBedragMetDc) -> bool {
    totaal.totaal_bedrag == Cents::ZERO && totaal.debet_credit == DebetCredit::Credit
}

fn judge_line(at: At, bedrag: &BedragMetDc, findings: &mut Findings) {
    if is_zero_credit_of_line(bedrag) {
        findings.add(at, "IngediendBedrag/DebetCredit");
    }
}
