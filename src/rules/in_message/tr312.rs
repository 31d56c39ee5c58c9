//! TR312 and TR313: the totals of a JW303 are the sums of its lines, debits added and credits subtracted.

use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::messages::shared::{BedragMetDc, TotaalBedragMetDc};
use crate::money::Cents;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

/// The amounts asked.
pub static TR312: Rule = Rule {
    code: "TR312",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "DeclaratieFactuurTotaalBedrag is het totaal van alle prestaties: debet erbij, credit eraf.",
    source: "TR312",
    checks: &[RuleCheck::Jw303(judge_total)],
};

/// The VAT.
pub static TR313: Rule = Rule {
    code: "TR313",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "BtwTotaalBedrag is het totaal van de btw-bedragen van alle prestaties: debet erbij, credit eraf.",
    source: "TR313",
    checks: &[RuleCheck::Jw303(judge_vat)],
};

fn judge_total(bericht: &Jw303<'_>, findings: &mut Findings) {
    let Some(bedragen) = &bericht.kop.bedragen else { return };
    let sum = sum(bericht.prestaties().map(|prestatie| &prestatie.bedrag.bedrag));
    if sum != Some(bedragen.totaal.signed()) {
        findings.add(bericht.kop.at, "DeclaratieFactuurBedragen/DeclaratieFactuurTotaalBedrag");
    }
}

/// Without a total there must be no VAT to add up.
fn judge_vat(bericht: &Jw303<'_>, findings: &mut Findings) {
    let Some(bedragen) = &bericht.kop.bedragen else { return };
    let sum = sum(bericht.prestaties().filter_map(|prestatie| prestatie.bedrag.btw_bedrag.as_ref()));
    let total = bedragen.btw_totaal.as_ref().map_or(Cents::ZERO, TotaalBedragMetDc::signed);
    if sum != Some(total) {
        findings.add(bericht.kop.at, "DeclaratieFactuurBedragen/BtwTotaalBedrag");
    }
}

fn sum<'a>(mut amounts: impl Iterator<Item = &'a BedragMetDc>) -> Option<Cents> {
    amounts.try_fold(Cents::ZERO, |sum, amount| sum.plus(amount.signed()).ok())
}
