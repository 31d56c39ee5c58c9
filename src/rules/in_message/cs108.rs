//! CS108: a closed period ends after it begins and before the claim is written (with CS023).

use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::messages::shared::GeslotenPeriode;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS108",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "Een DeclaratiePeriode of ProductPeriode eindigt op of na de Begindatum en niet na de FactuurDagtekening.",
    source: "CS108; CS023: een begindatum na de dagtekening valt hier onder, want de einddatum ligt dan ook daarna",
    checks: &[RuleCheck::Jw303(judge)],
};

fn judge(bericht: &Jw303<'_>, findings: &mut Findings) {
    let kop = &bericht.kop;
    let dagtekening = kop.identificatie.dagtekening;
    let wrong =
        |periode: &GeslotenPeriode| periode.einddatum < periode.begindatum || periode.einddatum > dagtekening;
    if wrong(&kop.identificatie.periode) {
        findings.add(kop.at, "DeclaratieFactuurIdentificatie/DeclaratiePeriode");
    }
    for prestatie in bericht.prestaties().filter(|prestatie| wrong(&prestatie.product_periode)) {
        findings.add(prestatie.at, "ProductPeriode");
    }
}
