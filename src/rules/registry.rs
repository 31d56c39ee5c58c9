//! The registry: every rule in its order of precedence. A rule without a row does not exist.

use super::{Finding, Findings, Rule, RuleCheck, across_messages, contract, in_message, rule_table};
use crate::messages::Bericht;

/// Every rule, level by level, in the order in which findings are reported.
static REGISTRY: &[&Rule] = &[
    // Level 2: rules, then conditions, then constraints, by number.
    &in_message::tr002::RULE,
    &in_message::tr006::RULE,
    &in_message::tr018::RULE,
    &in_message::tr061::RULE,
    &in_message::tr101::RULE,
    &in_message::tr134::RULE,
    &in_message::tr137::RULE,
    &in_message::tr302::RULE,
    &in_message::tr312::TR312,
    &in_message::tr312::TR313,
    &in_message::tr315::RULE,
    &in_message::tr316::RULE,
    &in_message::tr317::RULE,
    &in_message::tr320::RULE,
    &in_message::tr335::RULE,
    &in_message::tr342::RULE,
    &in_message::tr352::RULE,
    &in_message::tr353::RULE,
    &in_message::tr358::RULE,
    &in_message::tr377::RULE,
    &in_message::tr380::RULE,
    &in_message::tr383::RULE,
    &in_message::tr386::RULE,
    &in_message::tr409::RULE,
    &in_message::tr410::RULE,
    &in_message::tr416::RULE,
    &in_message::cd005::RULE,
    &in_message::cd007::RULE,
    &in_message::cd009::RULE,
    &in_message::cd025::RULE,
    &in_message::cd034::RULE,
    &in_message::cd041::RULE,
    &in_message::cd043::RULE,
    &in_message::cd055::CD055,
    &in_message::cd055::CD056,
    &in_message::cd058::RULE,
    &in_message::cd055::CD059,
    &in_message::cd060::RULE,
    &in_message::cd062::RULE,
    &in_message::cd066::RULE,
    &in_message::cd067::RULE,
    &in_message::cd068::RULE,
    &in_message::cd075::RULE,
    &in_message::cd076::RULE,
    &in_message::cd077::RULE,
    &in_message::cd078::RULE,
    &in_message::cd079::RULE,
    &in_message::cd080::RULE,
    &in_message::cd085::RULE,
    &in_message::cd086::RULE,
    &in_message::cd087::RULE,
    &in_message::cd095::RULE,
    &in_message::cd096::RULE,
    &in_message::cs002::RULE,
    &in_message::cs003::RULE,
    &in_message::cs015::RULE,
    &in_message::cs025::RULE,
    &in_message::cs050::RULE,
    &in_message::cs058::RULE,
    &in_message::cs089::RULE,
    &in_message::cs100::RULE,
    &in_message::cs103::RULE,
    &in_message::cs108::RULE,
    &in_message::cs139::RULE,
    &in_message::cs318::RULE,
    &in_message::cs319::RULE,
    &in_message::cs323::RULE,
    &in_message::cs325::RULE,
    &in_message::cs327::RULE,
    &in_message::cs328::RULE,
    &in_message::cs331::RULE,
    &in_message::cs335::RULE,
    &in_message::cs336::RULE,
    &in_message::cs337::RULE,
    &in_message::cs338::RULE,
    &in_message::cs339::RULE,
    &in_message::cs340::RULE,
    &in_message::cs343::RULE,
    // Level 3.
    &across_messages::tr019::RULE,
    &across_messages::tr056::RULE,
    &across_messages::tr063::RULE,
    &across_messages::tr071::RULE,
    &across_messages::tr074::RULE,
    &across_messages::tr303::RULE,
    &across_messages::tr304::RULE,
    &across_messages::tr305::RULE,
    &across_messages::tr306::RULE,
    &across_messages::tr307::RULE,
    &across_messages::tr308::RULE,
    &across_messages::tr309::RULE,
    &across_messages::tr311::RULE,
    &across_messages::tr314::RULE,
    &across_messages::tr318::RULE,
    &across_messages::tr319::RULE,
    &across_messages::tr321::RULE,
    &across_messages::tr322::RULE,
    &across_messages::tr323::RULE,
    &across_messages::tr324::RULE,
    &across_messages::tr326::RULE,
    &across_messages::tr332::RULE,
    &across_messages::tr333::RULE,
    &across_messages::tr337::RULE,
    &across_messages::tr338::RULE,
    &across_messages::tr339::RULE,
    &across_messages::tr340::RULE,
    &across_messages::tr341::RULE,
    &across_messages::tr347::RULE,
    &across_messages::tr349::RULE,
    &across_messages::tr350::RULE,
    &across_messages::tr351::RULE,
    &across_messages::tr355::RULE,
    &across_messages::tr357::RULE,
    &across_messages::tr359::RULE,
    &across_messages::tr360::RULE,
    &across_messages::tr361::RULE,
    &across_messages::tr365::RULE,
    &across_messages::tr366::RULE,
    &across_messages::tr367::RULE,
    &across_messages::tr369::RULE,
    &across_messages::tr371::RULE,
    &across_messages::tr373::RULE,
    &across_messages::tr374::RULE,
    &across_messages::tr375::RULE,
    &across_messages::tr376::RULE,
    &across_messages::tr379::RULE,
    &across_messages::tr382::RULE,
    &across_messages::tr384::RULE,
    &across_messages::tr385::RULE,
    &across_messages::tr387::RULE,
    &across_messages::tr388::RULE,
    &across_messages::tr389::RULE,
    &across_messages::tr390::RULE,
    &across_messages::tr411::RULE,
    &across_messages::tr412::RULE,
    &across_messages::tr413::RULE,
    &across_messages::tr414::RULE,
    &across_messages::tr415::RULE,
    &across_messages::tr418::RULE,
    &across_messages::rc8853::RULE,
    &across_messages::rc8854::RULE,
    // Level 4.
    &contract::tr135::RULE,
    &contract::tr346::RULE,
    &contract::tr378::RULE,
    &contract::tr381::RULE,
    &contract::cs321::RULE,
    &contract::rc8004::RULE,
    &contract::rc8847::RULE,
    &contract::rc8855::RC8855,
    &contract::rc8855::RC8856,
];

/// Every rule in order of precedence.
#[must_use]
pub fn registry() -> &'static [&'static Rule] {
    REGISTRY
}

/// The rule with this code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    REGISTRY.iter().copied().find(|rule| rule.code == code)
}

/// Level 2: every rule that can be judged within the message; all findings, in order.
#[must_use]
pub fn judge_in_message(bericht: &Bericht<'_>) -> Vec<Finding> {
    let header = bericht.header();
    let rules = &rule_table(header.release).of(header.soort).in_message;
    let Some(first) = rules.first() else {
        return Vec::new();
    };
    let mut findings = Findings::new(first);
    for rule in rules {
        findings.switch_to(rule);
        for check in rule.checks {
            apply(*check, bericht, &mut findings);
        }
    }
    findings.into_vec()
}

fn apply(check: RuleCheck, bericht: &Bericht<'_>, findings: &mut Findings) {
    match (check, bericht) {
        (RuleCheck::Header(judge), _) => judge(bericht.header(), findings),
        (RuleCheck::Jw301(judge), Bericht::Toewijzing(bericht)) => judge(bericht, findings),
        (RuleCheck::Jw303(judge), Bericht::Factuur(bericht)) => judge(bericht, findings),
        (RuleCheck::Jw305(judge), Bericht::Start(bericht)) => judge(bericht, findings),
        (RuleCheck::Jw307(judge), Bericht::Stop(bericht)) => judge(bericht, findings),
        (RuleCheck::Jw315(judge), Bericht::VerzoekToewijzing(bericht)) => judge(bericht, findings),
        (RuleCheck::Jw317(judge), Bericht::VerzoekWijziging(bericht)) => judge(bericht, findings),
        (RuleCheck::Jw319(judge), Bericht::Antwoord(bericht)) => judge(bericht, findings),
        (RuleCheck::Jw323(judge), Bericht::Declaratie(bericht)) => judge(bericht, findings),
        (RuleCheck::Jw325(judge), Bericht::DeclaratieAntwoord(bericht)) => judge(bericht, findings),
        _ => {}
    }
}
