//! TR303: the assignment exists (care before 2021).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR303",
    level: 3,
    retourcode: Some(Retourcode::of("0551")),
    messages: &[BerichtSoort::Jw303],
    text: "De prestatie hoort bij een toewijzing van deze gemeente voor deze cliënt: op ToewijzingNummer, of zonder nummer op de andere sleutelvelden bij een toewijzing van voor 12 juni 2017.",
    source: "TR303, IV051; rulings 5.9: een toewijzing van een andere cliënt of een verwijderde geldt als onbekend",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet(|| {
        let assigned = facts.toewijzing.is_some() && !facts.is_toewijzing_verwijderd();
        Outcome::holds_if(assigned || facts.is_of_other_aanbieder())
    })
}
