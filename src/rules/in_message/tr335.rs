//! TR335: care is claimed within five years.
//!
//! Of the dates called Einddatum it is that of the ProductPeriode: the care claimed. Five years to the
//! day is still in time; five years before 29 February is 28 February.

use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::rules::{Findings, Rule, RuleCheck};
use chrono::Months;

use super::TECHNISCH;
use super::parts::prestaties;

/// Five years.
const TERM: Months = Months::new(5 * 12);

pub static RULE: Rule = Rule {
    code: "TR335",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323],
    text: "De laatste dag van een ProductPeriode ligt ten hoogste vijf jaar voor de \
           DeclaratieDagtekening; oudere zorg is verjaard.",
    source: "TR335",
    checks: &[RuleCheck::Jw323(judge)],
};

fn judge(bericht: &Jw323<'_>, findings: &mut Findings) {
    let Some(earliest) = bericht.declaratie.declaratie_dagtekening.checked_sub_months(TERM) else {
        return; // Five years ago lies before the calendar: nothing is older.
    };
    for prestatie in prestaties(bericht) {
        if prestatie.product_periode.einddatum < earliest {
            findings.add(prestatie.at, "ProductPeriode/Einddatum");
        }
    }
}
