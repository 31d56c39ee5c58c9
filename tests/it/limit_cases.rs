//! The worked cases of limits, played through the program.

use crate::cli::{Run, run};
use crate::standard::{missing, standard_dir};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Where the money of a data folder stands, as a case says it.
pub fn money(folder: &Path) -> Value {
    let told = run(folder, &["report", "money", "--data", "data", "--format", "json"]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    let report: Value = serde_json::from_str(&told.stdout).unwrap();
    let sum = &report["totals"][0];
    assert_eq!(sum["difference_cents"], 0, "{sum}");
    let cents = |name: &str| (name.to_owned(), sum[format!("{name}_cents")].clone());
    ["granted", "payable", "held", "refused", "paid"].into_iter().map(cents).collect()
}

/// The folder of a case; none when the cases are not there.
fn case(name: &str) -> Option<PathBuf> {
    let cases = standard_dir()?.join("../cases/limits").join(name);
    if cases.is_dir() {
        return Some(cases);
    }
    missing(&format!("the worked cases of limits at {}", cases.display()));
    None
}

/// Carries out the steps of a case in an empty folder and looks at the money after each.
fn play(name: &str) {
    let Some(case) = case(name) else { return };
    let dir = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(&case).unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
    }
    let steps: Value = serde_json::from_slice(&std::fs::read(case.join("steps.json")).unwrap()).unwrap();
    let mut items: Vec<Option<i64>> = Vec::new();
    for step in steps["steps"].as_array().unwrap() {
        let (done, item) = carry_out(dir.path(), step, &items);
        assert!(done.code == Some(0), "{name} {step}\n{}\n{}", done.stdout, done.stderr);
        items.push(item);
        let expect = &step["expect"];
        if expect["held"].is_boolean() {
            assert_eq!(done.lines()[0]["held"], expect["held"], "{name} {step}\n{}", done.stdout);
        }
        if expect["new_work_item"].is_boolean() && expect["may_come_later"].is_null() {
            assert_eq!(item.is_some(), expect["new_work_item"] == true, "{name} {step}\n{}", done.stdout);
        }
        if let Some(request) = expect["request"].as_str() {
            let answers = done.lines()[0]["answers"].to_string();
            let follows = |kind: &str| answers.contains(&format!("\"{kind}\""));
            assert_eq!(follows("JW301"), request.starts_with("honoured"), "{name} {step}\n{}", done.stdout);
            assert!(!follows("JW319"), "{name} {step}\n{}", done.stdout);
        }
        if let Some(split) = expect["total_cents"].as_object() {
            let told = &done.lines()[0]["aanbieders"][0];
            for (part, cents) in split {
                assert_eq!(told[format!("{part}_cents")], *cents, "{name} {part} {told}");
            }
        } else if !expect["total_cents"].is_null() {
            assert_eq!(done.lines()[0]["total_cents"], expect["total_cents"], "{name} {step}");
        }
        if !expect["money_cents"].is_null() {
            assert_eq!(money(dir.path()), expect["money_cents"], "{name} {step}");
        }
    }
}

/// Runs the command of a step; gives the work item that it made.
fn carry_out(folder: &Path, step: &Value, items: &[Option<i64>]) -> (Run, Option<i64>) {
    let command = step["command"].as_str().unwrap();
    let item = step["expect"]["item"].as_str().map(|named| {
        let number: usize = named.trim_start_matches("the work item of step ").parse().unwrap();
        items[number - 1].unwrap_or_else(|| panic!("step {number} made no item")).to_string()
    });
    let word = |word: &str| match word {
        "DIR" => "data".to_owned(),
        "PAY" => "pay".to_owned(),
        "NAME" => "A. Proef".to_owned(),
        "TEXT" => "nagegaan".to_owned(),
        "ITEM" => item.clone().unwrap(),
        other => other.to_owned(),
    };
    let words: Vec<String> = command.split(' ').skip(1).map(word).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = run(folder, &words);
    let lines = if done.code == Some(0) && words.contains(&"--json") { done.lines() } else { Vec::new() };
    let made = lines.first().and_then(|line| line["work"].as_array()?.first()?.as_i64());
    (done, made)
}

#[test]
fn an_assignment_is_signalled_and_a_payment_is_held() {
    play("04-two-acts");
}

#[test]
fn a_refused_payment_can_be_taken_back_and_then_credited() {
    play("07-held-payment");
}

#[test]
fn the_threshold_of_referrals_looks_at_the_child() {
    play("09-referral-threshold");
}

#[test]
fn what_was_held_first_is_released_first_when_a_limit_grows() {
    play("08-limit-grows");
}

#[test]
fn an_assignment_without_an_end_is_never_free() {
    play("01-open-end");
}

#[test]
fn promises_to_other_children_add_up() {
    play("02-promises-add-up");
}

#[test]
fn a_total_is_divided_over_its_days() {
    play("03-pro-rata-over-the-year");
}

#[test]
fn a_second_fixed_price_at_the_same_time_waits() {
    play("05-fixed-price");
}

#[test]
fn what_the_aanbieder_did_not_receive_does_not_exist_for_it() {
    play("06-held-assignment");
}

#[test]
fn price_and_mix_are_told_apart() {
    play("12-price-and-mix");
}

#[test]
fn the_same_night_at_two_places_is_told() {
    play("10-two-beds");
}

#[test]
fn a_part_is_imported_and_the_rest_stays() {
    play("11-part-of-the-register");
}
