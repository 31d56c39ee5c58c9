//! Every rule of levels 3 and 4 at its boundary, for every message that it judges: what just holds, and what
//! just does not. A rule of the registry without such a pair fails the test.
//!
//! The pairs are few and next to each other; the modules of each message try the rules in more ways.

mod berichten;
mod declaraties;
mod facturen;
mod regie;

use happyflow::decide::Decision;
use happyflow::messages::BerichtSoort;
use happyflow::rules::registry;
use std::collections::BTreeSet;

/// A rule at its boundary in one kind of message.
struct Grens {
    rule: &'static str,
    soort: BerichtSoort,
    /// The boundary, in words.
    bij: &'static str,
    /// The rules that are violated on this side: none.
    klopt: fn() -> Vec<String>,
    /// The rules that are violated on the other side: this one at least.
    fout: fn() -> Vec<String>,
}

fn all() -> Vec<Grens> {
    let parts = [berichten::grenzen(), regie::grenzen(), declaraties::grenzen(), facturen::grenzen()];
    parts.into_iter().flatten().collect()
}

/// The codes of the rules that a message violates.
fn codes(decision: &Decision) -> Vec<String> {
    decision.findings.iter().map(|finding| finding.rule.code.to_owned()).collect()
}

#[test]
fn every_rule_holds_on_one_side_of_its_boundary_and_is_violated_on_the_other() {
    let mut wrong = Vec::new();
    for Grens { rule, soort, bij, klopt, fout } in all() {
        let (holds, violated) = (klopt(), fout());
        if !holds.is_empty() {
            wrong.push(format!("{rule} {} ({bij}): {holds:?} where it holds", soort.name()));
        }
        if !violated.iter().any(|code| code == rule) {
            wrong.push(format!("{rule} {} ({bij}): {violated:?} where it is violated", soort.name()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_rule_of_levels_3_and_4_is_without_boundary() {
    let tried: BTreeSet<(&str, &str)> = all().iter().map(|grens| (grens.rule, grens.soort.name())).collect();
    let judged = registry().iter().filter(|rule| rule.level > 2);
    let judged: BTreeSet<(&str, &str)> =
        judged.flat_map(|rule| rule.messages.iter().map(|soort| (rule.code, soort.name()))).collect();
    let missing: Vec<_> = judged.difference(&tried).collect();
    assert!(missing.is_empty(), "without a pair of cases: {missing:?}");
    let unknown: Vec<_> = tried.difference(&judged).collect();
    assert!(unknown.is_empty(), "no rule judges: {unknown:?}");
    assert!(judged.len() > 95, "{}", judged.len());
}

#[test]
fn every_boundary_is_said_in_words() {
    assert!(all().iter().all(|grens| grens.bij.len() > 10));
}
