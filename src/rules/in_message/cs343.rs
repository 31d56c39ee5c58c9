//! CS343: what CS338 asks of assignments, for requests.

use crate::messages::BerichtSoort;
use crate::rules::{Rule, RuleCheck};

use super::TECHNISCH;
use super::cs338;
use super::regel::aangevraagd;

pub static RULE: Rule = Rule {
    code: "CS343",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw315],
    text: "Een aangevraagde Omvang in etmalen, dagdelen, euro's of stuks inspanning (14, 16, \
           83, 84) is per week, per maand of totaal (Frequentie 2, 4, 6) als de periode na 2020 \
           doorloopt of geen einddatum heeft.",
    source: "CS343; IV042",
    checks: &[RuleCheck::Jw315(|bericht, findings| cs338::judge(aangevraagd(bericht), findings))],
};
