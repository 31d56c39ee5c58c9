//! Level 2: every rule of the standard, with messages that keep it, break it and stand at its edge.
//!
//! A case is a valid message with one change. It is written as XML and read again, so that only
//! messages of level 1 are judged and every finding is checked by its path in the message.

mod base;
mod base_claims;
mod case;
mod jw301;
mod jw301_assignments;
mod jw303;
mod jw305_jw307;
mod jw315;
mod jw317;
mod jw319;
mod jw323;
mod jw325;
mod registry;
mod robust;

use case::Case;
use happyflow::messages::BerichtSoort;
use happyflow::rules::registry;
use std::collections::BTreeSet;

/// Rules that level 1 decides: a message that breaks them is never judged at level 2.
const DECIDED_BY_LEVEL_1: [&str; 3] = ["CS015", "CS025", "CS319"];

fn all_cases() -> Vec<Case> {
    [
        jw301::cases(),
        jw301_assignments::cases(),
        jw303::cases(),
        jw305_jw307::cases(),
        jw315::cases(),
        jw317::cases(),
        jw319::cases(),
        jw323::cases(),
        jw325::cases(),
    ]
    .concat()
}

#[test]
fn base_messages_keep_every_rule() {
    for bericht in base::all() {
        let found = case::judge(&bericht);
        assert!(found.is_empty(), "{}: {found:?}", bericht.header().soort.name());
    }
}

#[test]
fn every_case_gets_its_findings() {
    let wrong: Vec<String> = all_cases().iter().filter_map(Case::what_is_wrong).collect();
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_is_broken_by_a_case_in_every_message_that_it_judges() {
    let broken: BTreeSet<(&str, BerichtSoort)> = all_cases()
        .iter()
        .filter(|case| !case.expected.is_empty())
        .map(|case| (case.rule, case.bericht.header().soort))
        .collect();
    for rule in registry().iter().filter(|rule| rule.level == 2) {
        if DECIDED_BY_LEVEL_1.contains(&rule.code) {
            continue;
        }
        for &soort in rule.messages {
            assert!(broken.contains(&(rule.code, soort)), "{} {} has no case", rule.code, soort.name());
        }
    }
}

#[test]
fn every_rule_with_a_limit_has_a_case_at_it() {
    let held: BTreeSet<&str> =
        all_cases().iter().filter(|case| case.expected.is_empty()).map(|case| case.rule).collect();
    for rule in registry().iter().filter(|rule| rule.level == 2) {
        assert!(
            DECIDED_BY_LEVEL_1.contains(&rule.code) || held.contains(rule.code),
            "{} has no case that keeps it",
            rule.code
        );
    }
}
