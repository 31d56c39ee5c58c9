//! `happyflow explain` as operators and scripts use it (design 8).

use crate::cli::run;
use std::path::Path;

#[test]
fn a_rule_is_told_with_level_retourcode_messages_and_source() {
    let run = run(Path::new("."), &["explain", "tr322"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    for part in
        ["TR322 (regel)\n", "Niveau      3 (samenhang", "Retourcode  9322\n", "Berichten   JW323\n", "IV077"]
    {
        assert!(run.stdout.contains(part), "{part:?} not in {}", run.stdout);
    }
}

#[test]
fn a_retourcode_is_told_with_every_rule_that_leads_to_it() {
    let nine = run(Path::new("."), &["explain", "9322"]);
    assert!(
        nine.stdout.contains("9322 (retourcode)\nVolgt uit:\n  TR322  niveau 3  JW323\n"),
        "{}",
        nine.stdout
    );
    let technical = run(Path::new("."), &["explain", "--json", "0001"]);
    let line = &technical.lines()[0];
    assert_eq!((line["code"].as_str(), line["kind"].as_str()), (Some("0001"), Some("retourcode")));
    assert!(line["text"].as_str().unwrap().contains("niveau 2"));
    let rules: Vec<_> =
        line["rules"].as_array().unwrap().iter().map(|rule| rule["rule"].as_str().unwrap()).collect();
    assert!(rules.contains(&"TR002") && rules.contains(&"CS319") && !rules.contains(&"TR322"), "{rules:?}");
}

#[test]
fn an_unknown_code_says_what_to_give() {
    let run = run(Path::new("."), &["explain", "TR999"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("TR999") && run.stderr.contains("zoals TR322"), "{}", run.stderr);
}
