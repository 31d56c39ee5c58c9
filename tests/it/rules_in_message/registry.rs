//! The registry against the rules of the standard.

use super::case::{Case, Place};
use crate::standard::standard_dir;
use happyflow::codes::Retourcode;
use happyflow::messages::BerichtSoort;
use happyflow::rules::{NOT_YET, find, registry};
use std::collections::BTreeSet;

#[derive(serde::Deserialize)]
struct Official {
    code: String,
    level: u8,
    retourcode: Option<String>,
    messages: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
}

fn official_rules() -> Option<Vec<Official>> {
    let file = standard_dir()?.join("rules.json");
    Some(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
}

/// Messages that the release in use does not have.
fn before_2021(soort: BerichtSoort) -> bool {
    matches!(soort, BerichtSoort::Jw303 | BerichtSoort::Jw304)
}

/// What is said of a rule for some messages: by the registry, or as not built in yet.
struct Said {
    level: u8,
    retourcode: Option<Retourcode>,
    messages: &'static [BerichtSoort],
}

fn said_of(code: &str) -> Vec<Said> {
    let built = registry().iter().filter(|rule| rule.code == code).map(|rule| Said {
        level: rule.level,
        retourcode: rule.retourcode,
        messages: rule.messages,
    });
    let not_yet = NOT_YET.iter().filter(|rule| rule.code == code).map(|rule| Said {
        level: rule.level,
        retourcode: rule.retourcode,
        messages: rule.messages,
    });
    built.chain(not_yet).collect()
}

fn differences(official: &Official) -> Vec<String> {
    let code = &official.code;
    let said = said_of(code);
    let mut found = Vec::new();
    let mut ours: Vec<&str> = said
        .iter()
        .flat_map(|said| said.messages)
        .filter(|soort| !before_2021(**soort))
        .map(|soort| soort.name())
        .collect();
    let mut theirs: Vec<&str> = official.messages.iter().map(String::as_str).collect();
    ours.sort_unstable();
    theirs.sort_unstable();
    if ours != theirs {
        found.push(format!("{code}: messages {ours:?}, not {theirs:?}"));
    }
    for said in said {
        let retourcode = said.retourcode.map(|code| code.as_str().to_owned());
        if (said.level, &retourcode) != (official.level, &official.retourcode) {
            found.push(format!("{code}: level {} and retourcode {retourcode:?}", said.level));
        }
    }
    found
}

#[test]
fn every_rule_of_the_standard_is_here_for_its_messages_or_has_a_reason_not_to_be() {
    let Some(official) = official_rules() else { return };
    let mut wrong: Vec<String> = official.iter().flat_map(differences).collect();
    let level_2 = official.iter().filter(|rule| rule.level == 2);
    wrong.extend(
        level_2.filter(|rule| find(&rule.code).is_none()).map(|rule| format!("{} must be here", rule.code)),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(official.len(), 121, "the standard has other rules than it had");
}

/// Whether a case breaks the rule at a path such as `JW301.Contact.Adres_Adres/LandCode`: that message,
/// in that class, at that element of it.
fn is_broken_at(cases: &[Case], code: &str, path: &str) -> bool {
    let mut parts = path.splitn(3, '.');
    let (soort, class) = (parts.next().unwrap(), parts.next().unwrap());
    // After `_` comes the type of the element, after `/` and `.` what is within it.
    let element = parts.next().unwrap().split(['_', '/', '.']).next().unwrap();
    let here = |(place, found): &Place| {
        let whole = format!("{place}/{found}");
        let names: Vec<&str> = whole.split('/').map(|name| name.split('[').next().unwrap()).collect();
        let class = names.iter().position(|name| *name == class);
        class.is_some_and(|class| names[class + 1..].contains(&element))
    };
    cases.iter().any(|case| {
        case.rule == code && case.bericht.header().soort.name() == soort && case.expected.iter().any(here)
    })
}

#[test]
fn every_path_that_the_standard_gives_a_rule_of_level_2_is_broken_by_a_case() {
    let Some(official) = official_rules() else { return };
    let cases = super::all_cases();
    let judged = official.iter().filter(|rule| rule.level == 2);
    let judged = judged.filter(|rule| !super::DECIDED_BY_LEVEL_1.contains(&rule.code.as_str()));
    let paths: Vec<(&str, &str)> =
        judged.flat_map(|rule| rule.paths.iter().map(|path| (rule.code.as_str(), path.as_str()))).collect();
    assert!(paths.len() > 60, "{}", paths.len());
    let missing: Vec<_> = paths.iter().filter(|(code, path)| !is_broken_at(&cases, code, path)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn no_rule_is_made_up() {
    let Some(official) = official_rules() else { return };
    let known: BTreeSet<&str> = official.iter().map(|rule| rule.code.as_str()).collect();
    // The rules of care before 2021 are not in this list: their texts are of release 3.0.
    let still = registry().iter().filter(|rule| !rule.messages.iter().copied().all(before_2021));
    let ours = still.map(|rule| rule.code).chain(NOT_YET.iter().map(|not_yet| not_yet.code));
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
