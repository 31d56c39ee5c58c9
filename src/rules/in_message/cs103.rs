//! CS103: a JW303 is for care before 2021.

use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::dates::EERSTE_DAG_2021;

pub static RULE: Rule = Rule {
    code: "CS103",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303],
    text: "DeclaratiePeriode en ProductPeriode liggen geheel voor 1 januari 2021; latere zorg gaat met een JW323.",
    source: "CS103; CS100; rulings 6: JW303 en JW323 lopen nooit door elkaar, ook niet in de releases voor 3.0",
    checks: &[RuleCheck::Jw303(judge)],
};

fn judge(bericht: &Jw303<'_>, findings: &mut Findings) {
    let periode = &bericht.kop.identificatie.periode;
    if periode.begindatum.max(periode.einddatum) >= EERSTE_DAG_2021 {
        findings.add(bericht.kop.at, "DeclaratieFactuurIdentificatie/DeclaratiePeriode");
    }
    for prestatie in bericht.prestaties() {
        let periode = &prestatie.product_periode;
        if periode.begindatum.max(periode.einddatum) >= EERSTE_DAG_2021 {
            findings.add(prestatie.at, "ProductPeriode");
        }
    }
}
