//! TR320: the answer on a JW303 lists what was not granted in full, no less and no more.

use crate::messages::BerichtSoort;
use crate::messages::jw303::{Jw303, Prestatie};
use crate::money::Cents;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

/// The rule. An answer that returns the header only says nothing of lines: the message was granted or
/// rejected as a whole.
pub static RULE: Rule = Rule {
    code: "TR320",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw304],
    text: "Het verschil tussen ingediend en toegekend bij de teruggestuurde prestaties is het verschil \
           tussen het ingediende en het toegekende totaal.",
    source: "TR320; IV056",
    checks: &[RuleCheck::Jw303(judge)],
};

fn judge(bericht: &Jw303<'_>, findings: &mut Findings) {
    let Some(bedragen) = bericht.kop.retour_bedragen.as_ref().filter(|_| !bericht.clienten.is_empty()) else {
        return;
    };
    let expected = bedragen.ingediend.signed().minus(bedragen.toegekend.signed());
    let sum =
        bericht.prestaties().try_fold(Cents::ZERO, |sum, prestatie| sum.plus(difference(prestatie)?).ok());
    if sum.is_none() || sum != expected.ok() {
        findings.add(bericht.kop.at, "RetourBedragen/ToegekendTotaalBedrag");
    }
}

fn difference(prestatie: &Prestatie<'_>) -> Option<Cents> {
    let granted = prestatie.toegekend.as_ref().map_or(Cents::ZERO, |amounts| amounts.toegekend.signed());
    prestatie.bedrag.bedrag.signed().minus(granted).ok()
}
