//! `happyflow explain` as operators use it (docs/interface.md).

use crate::cli::run;
use std::path::Path;

#[test]
fn a_rule_and_a_retourcode_are_told_whatever_their_capitals() {
    for (code, parts) in [
        ("tr322", ["TR322: regel op niveau 3", "Retourcode: 9322", "IV077"]),
        ("9322", ["9322: retourcode", "TR322 (JW303, JW323)", "Wat te doen"]),
    ] {
        let run = run(Path::new("."), &["explain", code]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        for part in parts {
            assert!(run.stdout.contains(part), "{part:?} not in {}", run.stdout);
        }
    }
}

#[test]
fn an_unknown_code_says_what_to_give() {
    let run = run(Path::new("."), &["explain", "TR999"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("TR999") && run.stderr.contains("zoals TR322"), "{}", run.stderr);
}
