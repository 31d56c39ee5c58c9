//! CS337: a line stays within one month.

use crate::codes::Datum;
use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::rules::{Findings, Rule, RuleCheck};
use chrono::Datelike;

use super::TECHNISCH;
use super::parts::prestaties;

pub static RULE: Rule = Rule {
    code: "CS337",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323],
    text: "Een ProductPeriode begint en eindigt in dezelfde kalendermaand van hetzelfde jaar.",
    source: "CS337",
    checks: &[RuleCheck::Jw323(judge)],
};

fn judge(bericht: &Jw323<'_>, findings: &mut Findings) {
    for prestatie in prestaties(bericht) {
        let periode = &prestatie.product_periode;
        if month(periode.begindatum) != month(periode.einddatum) {
            findings.add(prestatie.at, "ProductPeriode/Einddatum");
        }
    }
}

fn month(datum: Datum) -> (i32, u32) {
    (datum.year(), datum.month())
}
