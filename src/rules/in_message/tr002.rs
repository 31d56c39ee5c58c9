//! TR002: nobody is older than 120 years.
//!
//! Every date of birth counts, that of a relation as well. The 120th birthday itself is still allowed.

use crate::codes::DatumGebruik;
use crate::messages::BerichtSoort;
use crate::messages::Header;
use crate::messages::shared::Geboortedatum;
use crate::rules::{Findings, Rule, RuleCheck};
use chrono::{Datelike, Months};

use super::TECHNISCH;
use super::dates::{
    GeborenIn, dagtekening, geboren_in_jw301, geboren_in_jw305, geboren_in_jw307, geboren_in_jw315,
};

/// 120 years.
const MAXIMUM_AGE: Months = Months::new(120 * 12);

pub static RULE: Rule = Rule {
    code: "TR002",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw305, BerichtSoort::Jw307, BerichtSoort::Jw315],
    text: "Wie in het bericht staat, is op de datum van het bericht niet ouder dan 120 jaar. \
           Een onbekende geboortedatum (DatumGebruik 3 met 1900-01-01) telt niet mee.",
    source: "TR002; IV009",
    checks: &[
        RuleCheck::Jw301(|bericht, findings| judge(geboren_in_jw301(bericht), &bericht.header, findings)),
        RuleCheck::Jw305(|bericht, findings| judge(geboren_in_jw305(bericht), &bericht.header, findings)),
        RuleCheck::Jw307(|bericht, findings| judge(geboren_in_jw307(bericht), &bericht.header, findings)),
        RuleCheck::Jw315(|bericht, findings| judge(geboren_in_jw315(bericht), &bericht.header, findings)),
    ],
};

fn judge<'a>(geboren: impl Iterator<Item = GeborenIn<'a>>, header: &Header<'_>, findings: &mut Findings) {
    let dagtekening = dagtekening(header);
    for (at, geboortedatum) in geboren {
        // Past the end of the calendar nobody can be too old.
        let last_day = geboortedatum.datum.checked_add_months(MAXIMUM_AGE);
        if !is_unknown(geboortedatum) && last_day.is_some_and(|last_day| last_day < dagtekening) {
            findings.add(at, "Geboortedatum/Datum");
        }
    }
}

fn is_unknown(geboortedatum: &Geboortedatum) -> bool {
    let datum = geboortedatum.datum;
    geboortedatum.datum_gebruik == Some(DatumGebruik::Onbekend)
        && (datum.year(), datum.month(), datum.day()) == (1900, 1, 1)
}
