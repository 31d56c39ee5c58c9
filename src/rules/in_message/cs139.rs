//! CS139: unknown parts of a date of birth are filled in as agreed.

use crate::codes::DatumGebruik;
use crate::messages::BerichtSoort;
use crate::messages::shared::Geboortedatum;
use crate::rules::{Findings, Rule, RuleCheck};
use chrono::Datelike;

use super::TECHNISCH;
use super::dates::{GeborenIn, geboren_in_jw301, geboren_in_jw305, geboren_in_jw307, geboren_in_jw315};

pub static RULE: Rule = Rule {
    code: "CS139",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw305, BerichtSoort::Jw307, BerichtSoort::Jw315],
    text: "Wat volgens DatumGebruik onbekend is staat als 01 in de geboortedatum: de dag bij 1, \
           dag en maand bij 2. Bij 3 is de datum 1900-01-01.",
    source: "CS139; IV009; COD170",
    checks: &[
        RuleCheck::Jw301(|bericht, findings| judge(geboren_in_jw301(bericht), findings)),
        RuleCheck::Jw305(|bericht, findings| judge(geboren_in_jw305(bericht), findings)),
        RuleCheck::Jw307(|bericht, findings| judge(geboren_in_jw307(bericht), findings)),
        RuleCheck::Jw315(|bericht, findings| judge(geboren_in_jw315(bericht), findings)),
    ],
};

fn judge<'a>(geboren: impl Iterator<Item = GeborenIn<'a>>, findings: &mut Findings) {
    for (at, _) in geboren.filter(|(_, geboortedatum)| !fits(geboortedatum)) {
        findings.add(at, "Geboortedatum/DatumGebruik");
    }
}

fn fits(geboortedatum: &Geboortedatum) -> bool {
    let datum = geboortedatum.datum;
    match geboortedatum.datum_gebruik {
        None => true,
        Some(DatumGebruik::DagOnbekend) => datum.day() == 1,
        Some(DatumGebruik::DagEnMaandOnbekend) => (datum.month(), datum.day()) == (1, 1),
        Some(DatumGebruik::Onbekend) => (datum.year(), datum.month(), datum.day()) == (1900, 1, 1),
    }
}
