//! The shape of a JW325 by where the fault is, and the order within a claim (rulings 5.1 and 5.2).

use super::{TODAY, answer, claim, found, hours, with_assignment};
use crate::cli::{Run, command};
use crate::office::{AANBIEDER, BSN, Office, contracts};
use crate::xml::Line;
use serde_json::{Value, json};
use std::process::Stdio;

/// The codes in an answer, in the order of the file: those of a class stand behind its content.
fn codes(office: &Office, line: &Value) -> Vec<String> {
    let text = answer(office, line, 0);
    let rest = text.split("RetourCode>").skip(1).step_by(2);
    rest.map(|rest| rest[..rest.find('<').unwrap()].to_owned()).collect()
}

#[test]
fn the_codes_stand_where_the_fault_is() {
    let mut office = with_assignment(&contracts(None), 300_401);
    let unknown_client = claim("C1", &[hours("R1", 300_401, 4)]).replace(BSN, "999900018");
    let line = office.send(TODAY, &unknown_client);
    assert_eq!(codes(&office, &line), ["0200", "0233", "8187", "0200"], "line, client, claim");
    let line = office.send(TODAY, &claim("C2", &[hours("R2", 300_409, 4)]));
    assert_eq!((&line["verdict"], found(&line)), (&json!("partial"), vec![("TR338", "9338")]));
    assert_eq!(codes(&office, &line), ["0200", "9338", "0200", "0200"], "also when every line is rejected");
    let line = office.send(TODAY, &claim("C3", &[hours("R3", 300_401, 4)]));
    assert_eq!(codes(&office, &line), ["0200", "8001"]);
}

#[test]
fn a_credit_counts_before_the_debit_that_stands_above_it() {
    let mut office = with_assignment(&contracts(None), 300_401);
    // February 2026 touches five weeks of four hours.
    assert_eq!(office.send(TODAY, &claim("C1", &[hours("R1", 300_401, 20)]))["verdict"], "accepted");
    let credit = Line { vorig: Some("R1".into()), ..hours("R3", 300_401, 20) };
    let line = office.send(TODAY, &claim("C2", &[hours("R2", 300_401, 20), credit]));
    assert_eq!((&line["verdict"], found(&line)), (&json!("accepted"), vec![]), "{line}");
}

#[test]
fn two_runs_on_one_spool_answer_every_message_once() {
    let office = with_assignment(&contracts(None), 300_401);
    let folder = office.folder().join("data/in").join(AANBIEDER);
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..40 {
        let text = claim(&format!("S{number}"), &[hours(&format!("Z{number}"), 300_401, 1)]);
        std::fs::write(folder.join(format!("{number:02}.xml")), text).unwrap();
    }
    let start = || {
        let arguments = ["process", "--json", "--today", TODAY, "--data", "data"];
        command(office.folder())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let runs = [start(), start()].map(|child| Run::of(&child.wait_with_output().unwrap()));
    assert!(runs.iter().all(|run| run.code == Some(0)), "{}{}", runs[0].stderr, runs[1].stderr);
    let lines: Vec<Value> = runs.iter().flat_map(Run::lines).collect();
    assert_eq!((lines.len(), lines.iter().filter(|line| line["duplicate"] == true).count()), (40, 0));
    let granted: i64 = lines.iter().map(|line| line["amounts"]["granted_cents"].as_i64().unwrap()).sum();
    assert_eq!(granted, 8000, "the same care is granted once");
    let sent = std::fs::read_dir(office.folder().join("data/out").join(AANBIEDER)).unwrap().count();
    assert_eq!((sent, std::fs::read_dir(folder).unwrap().count()), (41, 0), "a JW301 and forty JW325s");
}
