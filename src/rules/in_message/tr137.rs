//! TR137: a claimed period has ended, and not before it began.
//!
//! The rule text names no paths; it speaks of the last day of a period, and JW323 and JW325 have closed
//! periods only: DeclaratiePeriode and ProductPeriode. A period that breaks both halves is reported once.

use crate::codes::Datum;
use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::messages::jw325::Jw325;
use crate::messages::shared::GeslotenPeriode;
use crate::rules::{Findings, Rule, RuleCheck};
use crate::schema::At;

use super::TECHNISCH;
use super::dates::dagtekening;
use super::parts::{afgewezen, prestaties};

pub static RULE: Rule = Rule {
    code: "TR137",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323, BerichtSoort::Jw325],
    text: "De Einddatum van een DeclaratiePeriode of ProductPeriode ligt op of na de \
           Begindatum, en niet na de Dagtekening: wat nog moet komen is niet te declareren.",
    source: "TR137; de officiële XSLT 2.10.5 voor de elementen",
    checks: &[RuleCheck::Jw323(jw323), RuleCheck::Jw325(jw325)],
};

fn jw323(bericht: &Jw323<'_>, findings: &mut Findings) {
    let dagtekening = dagtekening(&bericht.header);
    let declaratie = &bericht.declaratie;
    judge(
        declaratie.at,
        &declaratie.declaratie_periode,
        "DeclaratiePeriode/Einddatum",
        dagtekening,
        findings,
    );
    for prestatie in prestaties(bericht) {
        judge(prestatie.at, &prestatie.product_periode, "ProductPeriode/Einddatum", dagtekening, findings);
    }
}

fn jw325(bericht: &Jw325<'_>, findings: &mut Findings) {
    let dagtekening = dagtekening(&bericht.header);
    for prestatie in afgewezen(bericht) {
        judge(prestatie.at, &prestatie.product_periode, "ProductPeriode/Einddatum", dagtekening, findings);
    }
}

fn judge(
    at: At,
    periode: &GeslotenPeriode,
    element: &'static str,
    dagtekening: Datum,
    findings: &mut Findings,
) {
    if periode.einddatum < periode.begindatum || periode.einddatum > dagtekening {
        findings.add(at, element);
    }
}
