//! CS338: since 2021 some units are not used per day.
//!
//! The sibling for requests is CS343.

use crate::codes::{Eenheid, Frequentie};
use crate::messages::BerichtSoort;
use crate::messages::shared::Omvang;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::dates::runs_past_2020;
use super::regel::{ProductRegel, te_wijzigen_en_nieuw, toegewezen};

pub static RULE: Rule = Rule {
    code: "CS338",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301, BerichtSoort::Jw317],
    text: "Een Omvang in etmalen, dagdelen, euro's of stuks inspanning (14, 16, 83, 84) is per \
           week, per maand of totaal (Frequentie 2, 4, 6) als de periode na 2020 doorloopt of \
           geen einddatum heeft.",
    source: "CS338; IV042",
    checks: &[
        RuleCheck::Jw301(|bericht, findings| judge(toegewezen(bericht), findings)),
        RuleCheck::Jw317(|bericht, findings| judge(te_wijzigen_en_nieuw(bericht), findings)),
    ],
};

/// Adds a finding at every product that wants such a unit per day.
pub(super) fn judge<'a>(regels: impl Iterator<Item = ProductRegel<'a>>, findings: &mut Findings) {
    for regel in regels.filter(|regel| runs_past_2020(regel.eind) && regel.omvang.is_some_and(is_wrong)) {
        findings.add(regel.at, "Omvang/Frequentie");
    }
}

fn is_wrong(omvang: &Omvang) -> bool {
    match omvang.eenheid {
        Eenheid::Etmaal | Eenheid::Dagdeel | Eenheid::Euro | Eenheid::StuksInspanning => {
            omvang.frequentie == Frequentie::PerDag
        }
        Eenheid::Minuut
        | Eenheid::Uur
        | Eenheid::Week
        | Eenheid::Tijdsonafhankelijk
        | Eenheid::StuksOutput => false,
    }
}
