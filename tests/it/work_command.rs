//! `happyflow work`: what a person decides is carried out, with who and why.

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, answers, contracts};
use crate::xml::jw315;
use serde_json::Value;

/// Above EUR 8,000 a person looks (ruling 3.5j): twelve hours a month for a year.
fn office() -> (Office, i64) {
    let mut office = Office::open(&contracts(None));
    let rows = [("REF1", "2025-01-01", "2025-12-31", 12)];
    let line = office.send("2025-01-07", &jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &rows));
    assert_eq!(answers(&line), [("JW316".into(), AANBIEDER.into())], "{line}");
    let work = line["work"][0].as_i64().unwrap_or_else(|| panic!("no work item: {line}"));
    (office, work)
}

fn open(office: &Office) -> Vec<Value> {
    office.expect(0, &["work", "list", "--json", "--data", "data"]).lines()
}

const WHO: [&str; 6] = ["--by", "A. Proef", "--why", "besproken met het wijkteam", "--data", "data"];

#[test]
fn a_work_item_is_listed_and_shown_with_message_and_proposal_and_without_the_client() {
    let (office, id) = office();
    let items = open(&office);
    assert_eq!(items.len(), 1);
    assert_eq!((&items[0]["work"], &items[0]["reason"]), (&id.into(), &"verzoek-beoordelen".into()));
    assert!(items[0]["due"].as_str().unwrap().starts_with("2025-01-14"), "{}", items[0]);
    let shown = office.expect(0, &["work", "show", &id.to_string(), "--data", "data"]).stdout;
    for part in
        ["verzoek-beoordelen", "gemeente 0193", "bij goedkeuren: het verzoek REF1", "bericht: JW315 V1"]
    {
        assert!(shown.contains(part), "{part:?} not in {shown}");
    }
    assert!(!shown.contains(BSN) && !shown.contains("Proefstraat"), "{shown}");
    let unknown = office.expect(2, &["work", "show", "99", "--data", "data"]);
    assert!(unknown.stderr.contains("werkitem 99 bestaat niet"), "{}", unknown.stderr);
}

#[test]
fn approving_issues_the_jw301_once_and_keeps_who_and_why() {
    let (office, id) = office();
    let id = id.to_string();
    let run =
        office.expect(0, &[&["work", "approve", &id, "--json", "--today", "2025-01-08"][..], &WHO].concat());
    let line = &run.lines()[0];
    assert_eq!(
        answers(line),
        [("JW301".into(), AANBIEDER.into()), ("JW301".into(), GEMEENTE.into())],
        "{line}"
    );
    let jw301 = std::fs::read_to_string(office.path(&line["answers"][0]["path"])).unwrap();
    assert!(jw301.contains(">REF1<") && jw301.contains(">800000001<"), "{jw301}");
    assert_eq!(line["status"], "goedgekeurd");
    assert!(open(&office).is_empty());
    let all = office.expect(0, &["work", "list", "--all", "--json", "--data", "data"]).lines();
    assert_eq!(all[0]["closed"]["by"], "A. Proef");
    assert_eq!(all[0]["closed"]["why"], "besproken met het wijkteam");
    let again = office.expect(2, &[&["work", "approve", &id][..], &WHO].concat());
    assert!(again.stderr.contains("staat niet open"), "{}", again.stderr);
}

#[test]
fn rejecting_needs_a_reason_and_sends_the_jw319() {
    let (office, id) = office();
    let id = id.to_string();
    let without = office.expect(2, &[&["work", "reject", &id][..], &WHO].concat());
    assert!(without.stderr.contains("geef bij afwijzen een reden"), "{}", without.stderr);
    assert_eq!(open(&office).len(), 1);
    let wrong = office.expect(2, &[&["work", "reject", &id, "--reason", "12"][..], &WHO].concat());
    assert!(wrong.stderr.contains("1 tot en met 9"), "{}", wrong.stderr);
    let run = office.expect(0, &[&["work", "reject", &id, "--reason", "7", "--json"][..], &WHO].concat());
    let line = &run.lines()[0];
    assert_eq!(answers(line), [("JW319".into(), AANBIEDER.into())], "{line}");
    let jw319 = std::fs::read_to_string(office.path(&line["answers"][0]["path"])).unwrap();
    assert!(jw319.contains(">REF1<") && !jw319.contains(BSN), "{jw319}");
    assert_eq!(line["status"], "afgewezen");
}

#[test]
fn who_and_why_are_required() {
    let (office, id) = office();
    let id = id.to_string();
    for arguments in [
        &["work", "approve", &id, "--data", "data", "--why", "x"][..],
        &["work", "approve", &id, "--data", "data", "--by", "x"],
        &["work", "reject", &id, "--data", "data", "--reason", "7"],
        &["work", "approve", &id, "--data", "data", "--by", " ", "--why", "x"],
    ] {
        let run = office.expect(2, arguments);
        assert!(run.stderr.contains("--by") || run.stderr.contains("--why"), "{}", run.stderr);
    }
    assert_eq!(open(&office).len(), 1);
}

#[test]
fn a_passing_term_puts_a_request_under_examination_once() {
    let (office, id) = office();
    let due = |today: &str| {
        office.expect(0, &["work", "due", "--json", "--data", "data", "--today", today]).lines()
    };
    assert!(due("2025-01-13").is_empty());
    let passed = due("2025-01-14");
    assert_eq!(passed.len(), 1);
    assert_eq!(answers(&passed[0]), [("JW319".into(), AANBIEDER.into())], "{}", passed[0]);
    assert_eq!((&passed[0]["work"], &passed[0]["status"]), (&id.into(), &"afgehandeld".into()));
    assert!(due("2025-01-14").is_empty());
    assert!(due("2025-01-17").is_empty());
    // It still waits for an answer, and gets one.
    let next = passed[0]["follow_up"][0].to_string();
    let run = office
        .expect(0, &[&["work", "approve", &next, "--json", "--today", "2025-01-21"][..], &WHO].concat());
    assert_eq!(answers(&run.lines()[0])[0].0, "JW301");
    assert!(open(&office).is_empty());
}
