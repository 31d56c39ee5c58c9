//! The registry against the rules of the standard.

use crate::standard::standard_dir;
use happyflow::rules::{NOT_YET, Rule, find, registry};
use std::collections::BTreeSet;

#[derive(serde::Deserialize)]
struct Official {
    code: String,
    level: u8,
    retourcode: Option<String>,
    messages: Vec<String>,
}

fn official_rules() -> Option<Vec<Official>> {
    let file = standard_dir()?.join("rules.json");
    Some(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
}

fn differences(rule: &Rule, official: &Official) -> Vec<String> {
    let mut found = Vec::new();
    let retourcode = rule.retourcode.map(|code| code.as_str().to_owned());
    if retourcode != official.retourcode {
        found.push(format!("{}: retourcode {retourcode:?}, not {:?}", rule.code, official.retourcode));
    }
    if rule.level != official.level {
        found.push(format!("{}: level {}, not {}", rule.code, rule.level, official.level));
    }
    let ours: BTreeSet<&str> = rule.messages.iter().map(|soort| soort.name()).collect();
    let theirs: BTreeSet<&str> = official.messages.iter().map(String::as_str).collect();
    if ours != theirs || ours.len() != rule.messages.len() {
        found.push(format!("{}: messages {ours:?}, not {theirs:?}", rule.code));
    }
    found
}

#[test]
fn every_rule_of_the_standard_is_here_or_has_a_reason_not_to_be() {
    let Some(official) = official_rules() else { return };
    let mut wrong = Vec::new();
    for rule in &official {
        let reason = NOT_YET.iter().find(|not_yet| not_yet.code == rule.code);
        match (find(&rule.code), reason) {
            (None, None) => wrong.push(format!("{} is missing", rule.code)),
            (Some(_), Some(_)) => wrong.push(format!("{} is here: strike it from NOT_YET", rule.code)),
            (Some(ours), None) => wrong.extend(differences(ours, rule)),
            (None, Some(_)) if rule.level == 2 => wrong.push(format!("{} must be here", rule.code)),
            (None, Some(_)) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(official.len(), 121, "the standard has other rules than it had");
}

#[test]
fn no_rule_is_made_up() {
    let Some(official) = official_rules() else { return };
    let known: BTreeSet<&str> = official.iter().map(|rule| rule.code.as_str()).collect();
    let ours = registry().iter().map(|rule| rule.code).chain(NOT_YET.iter().map(|not_yet| not_yet.code));
    for code in ours {
        assert!(known.contains(code), "{code} is no rule of the standard");
    }
}

#[test]
fn rules_stand_in_the_registry_once_and_level_by_level() {
    let codes: BTreeSet<&str> = registry().iter().map(|rule| rule.code).collect();
    assert_eq!(codes.len(), registry().len());
    assert!(registry().is_sorted_by_key(|rule| rule.level));
}

#[test]
fn every_rule_says_what_it_asks_and_where_that_stands() {
    for rule in registry() {
        assert!(rule.text.len() > 20 && rule.text.ends_with('.'), "{}", rule.code);
        assert!(rule.source.starts_with(rule.code), "{}", rule.code);
    }
}
