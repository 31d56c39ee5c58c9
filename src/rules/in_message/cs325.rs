//! CS325: nothing is a debit.

use crate::codes::DebetCredit;
use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::messages::jw325::Jw325;
use crate::messages::shared::{BedragMetDc, TotaalBedragMetDc};
use crate::money::Cents;
use crate::rules::{Check, Findings, Rule};
use crate::schema::At;

use super::TECHNISCH;
use super::parts::{afgewezen, prestaties};

/// The rule.
pub static RULE: Rule = Rule {
    code: "CS325",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323, BerichtSoort::Jw325],
    text: "Een bedrag of totaal van 0 is debet (D), nooit credit.",
    source: "CS325",
    checks: &[Check::Jw323(jw323), Check::Jw325(jw325)],
};

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
    if bedrag.bedrag == Cents::ZERO && bedrag.debet_credit == DebetCredit::Credit {
        findings.add(at, "IngediendBedrag/DebetCredit");
    }
}
