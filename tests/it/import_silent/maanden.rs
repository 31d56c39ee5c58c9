//! Months that one back office processed, taken over by another: the next month both judge the same.

use super::archief::{Regio, of, state, told};
use crate::rebuild::assert_same;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a message got, without what only numbers and paths say.
fn verdict(line: &Value) -> Value {
    let codes: Vec<&Value> =
        line["findings"].as_array().unwrap().iter().map(|found| &found["rule"]).collect();
    let paths: Vec<&Value> =
        line["findings"].as_array().unwrap().iter().map(|found| &found["path"]).collect();
    json!({
        "file": line["file"], "verdict": line["verdict"], "codes": codes, "paths": paths,
        "amounts": line["amounts"], "identificatie": line["identificatie"],
    })
}

/// Only assignments and claims are taken over, so only they are compared.
fn verdicts(lines: &[Value]) -> Vec<Value> {
    let judged = lines.iter().filter(|line| line["message"] == "JW301" || line["message"] == "JW323");
    judged.map(verdict).collect()
}

/// The money of a back office, in which every difference is zero; what was taken over stands on its own (rulings 8.15).
fn agrees(regio: &Regio, data: &str) -> Value {
    let report = |name: &str| -> Value {
        let told = crate::cli::run(regio.folder(), &["report", name, "--data", data, "--format", "json"]);
        assert_eq!(told.code, Some(0), "{}", told.stderr);
        serde_json::from_str(&told.stdout).unwrap()
    };
    let money = report("money");
    assert_eq!((&money["faults"], &money["totals"][0]["difference_cents"]), (&json!([]), &json!(0)));
    for row in report("budget")["totals"].as_array().unwrap() {
        let zero = [&row["difference_cents"], &row["count"]].map(|cell| cell.as_i64().unwrap_or_default());
        assert_eq!(zero, [0, 0], "{row}");
    }
    money["totals"][0].clone()
}

#[test]
fn the_next_month_is_judged_the_same_as_by_the_previous_system() {
    let (mut judged, mut partly, mut rejected, mut credits) = (0, 0, 0, 0);
    for seed in 1..=6 {
        let regio = Regio::new(4, seed);
        let [first, second, third, fourth] = &regio.maanden[..] else { panic!("{:?}", regio.maanden) };
        for (month, today) in [(first, "2025-02-20"), (second, "2025-03-20"), (third, "2025-04-20")] {
            regio.process("a", today, &[month]);
        }
        // All that the previous system received and sent.
        let imported = regio.import("b", &[], &[first, second, third, "a/out"]);
        let lines = imported.lines();
        let (taken, ..) = told(&lines);
        assert!(taken > 60, "seed {seed}: {taken} taken over\n{}", imported.stderr);
        let (before, after) = (state(&regio.folder().join("a")), state(&regio.folder().join("b")));
        let booked = ["declaratie", "prestatie", "budget_stand", "toewijzing", "client"];
        let differ = |one: &[String], other: &[String]| -> Vec<String> {
            one.iter().filter(|row| !other.contains(row)).cloned().collect()
        };
        let one_month_ago = after.clone();
        let (one, other) = (of(&before, &booked), of(&after, &booked));
        assert_eq!((differ(&one, &other), differ(&other, &one)), (vec![], vec![]), "seed {seed}");
        assert_eq!(of(&after, &["boeking"]), [""; 0], "nothing that was taken over is paid");

        let one = regio.process("a", "2025-05-20", &[fourth]);
        let other = regio.process("b", "2025-05-20", &[fourth]);
        let (one, other) = (verdicts(&one), verdicts(&other));
        let count = |verdict: &str| one.iter().filter(|line| line["verdict"] == verdict).count();
        (judged, partly, rejected) =
            (judged + one.len(), partly + count("partial"), rejected + count("rejected"));
        for (one, other) in one.iter().zip(&other) {
            assert_eq!(one, other, "seed {seed}");
        }
        // Only what this system granted itself is paid.
        let granted: BTreeMap<String, i64> = other
            .iter()
            .filter_map(|line| {
                Some((line["identificatie"].to_string(), line["amounts"]["granted_cents"].as_i64()?))
            })
            .collect();
        let paid: i64 = granted.values().sum();
        let after = state(&regio.folder().join("b"));
        let entries = of(&after, &["boeking"]);
        let booked: i64 =
            entries.iter().map(|row| row.rsplit('|').next().unwrap().parse::<i64>().unwrap()).sum();
        assert_eq!(booked, paid, "seed {seed}");
        let [theirs, ours] = ["a", "b"].map(|data| agrees(&regio, data));
        let cents = |of: &Value, key: &str| of[key].as_i64().unwrap();
        assert_eq!(theirs["taken_over_cents"], 0, "seed {seed}");
        assert!(cents(&ours, "taken_over_cents") > 0, "seed {seed}");
        let granted = cents(&ours, "granted_cents") + cents(&ours, "taken_over_cents");
        assert_eq!(granted, cents(&theirs, "granted_cents"), "seed {seed}");
        // Debits that were taken over, and credited by a claim of the month after.
        let gecrediteerd =
            |rows: &[String]| of(rows, &["prestatie"]).iter().filter(|row| row.ends_with("|1|1|1")).count();
        credits += gecrediteerd(&after) - gecrediteerd(&one_month_ago);
        assert!(assert_same(&regio.folder().join("b")) > 60, "state is the replay of the journal");
    }
    assert!(
        judged > 30 && partly > 10 && rejected > 1 && credits > 3,
        "{judged} judged, {partly} partly, {rejected} rejected, {credits} credits"
    );
}

#[test]
fn the_same_again_imports_nothing_and_a_dry_run_changes_nothing() {
    let regio = Regio::new(2, 7);
    let [first, second] = &regio.maanden[..] else { panic!("{:?}", regio.maanden) };
    regio.process("a", "2025-03-20", &[first, second]);
    let archive = [first.as_str(), second, "a/out"];
    let looked = regio.import("b", &["--check"], &archive);
    let empty =
        of(&state(&regio.folder().join("b")), &["toewijzing", "prestatie", "client", "identificatie"]);
    assert_eq!(empty, [""; 0]);
    let done = regio.import("b", &[], &archive);
    assert_eq!(looked.stdout, done.stdout, "a dry run tells what would happen");
    assert_eq!(looked.code, done.code);
    let after = state(&regio.folder().join("b"));
    assert!(after.len() > 200, "{}", after.len());
    let again = regio.import("b", &[], &archive);
    let ((taken, known, ..), (before, ..)) = (told(&again.lines()), told(&done.lines()));
    assert_eq!(taken, 0, "{}", again.stdout);
    assert!(known >= before, "{known} {before}");
    assert_eq!(state(&regio.folder().join("b")), after);

    // A part of it first comes to the same.
    regio.import("c", &[], &[first, "a/out"]);
    regio.import("c", &[], &archive);
    let claims = ["declaratie", "prestatie", "toewijzing", "budget_stand", "client"];
    assert_eq!(of(&state(&regio.folder().join("c")), &claims), of(&after, &claims));
}
