//! CS003: a period does not end before it begins.
//!
//! The term of a temporary address may lack its first day; then there is nothing to compare.

use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::messages::shared::OpenPeriode;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::parts::contacten;
use super::regel::{ProductRegel, aangevraagd, te_wijzigen_en_nieuw, toegewezen};

pub static RULE: Rule = Rule {
    code: "CS003",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw315, BerichtSoort::Jw317],
    text: "De einddatum van een toewijzing, aanvraag of adresperiode ligt op of na de \
           begindatum ervan.",
    source: "CS003",
    checks: &[
        RuleCheck::Jw301(jw301),
        RuleCheck::Jw315(|bericht, findings| judge(aangevraagd(bericht), findings)),
        RuleCheck::Jw317(|bericht, findings| judge(te_wijzigen_en_nieuw(bericht), findings)),
    ],
};

fn jw301(bericht: &Jw301<'_>, findings: &mut Findings) {
    for contact in contacten(bericht) {
        let ends_before = |periode: &OpenPeriode| Some(periode.einddatum? < periode.begindatum?);
        if contact.periode.as_ref().and_then(ends_before) == Some(true) {
            findings.add(contact.at, "Periode/Einddatum");
        }
    }
    judge(toegewezen(bericht), findings);
}

fn judge<'a>(regels: impl Iterator<Item = ProductRegel<'a>>, findings: &mut Findings) {
    for regel in regels.filter(|regel| regel.eind.is_some_and(|eind| eind < regel.begin)) {
        findings.add(regel.at, regel.eind_element);
    }
}
