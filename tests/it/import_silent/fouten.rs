//! What does not fit is told, with its place, and not taken over.

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, contracts};
use crate::xml::{Line, jw323};
use serde_json::Value;
use std::fs;

const TOEWIJZINGEN: &str = "gemeente;aanbieder;bsn;toewijzingnummer;toewijzingsdatum;toewijzingstijd;ingangsdatum;\
     einddatum;productcategorie;productcode;volume;eenheid;frequentie";
const PRESTATIES: &str = "gemeente;aanbieder;identificatie;dagtekening;declaratienummer;periode;bsn;referentienummer;\
     vorigreferentienummer;toewijzingnummer;productcategorie;productcode;begindatum;einddatum;volume;eenheid;tarief;bedrag;\
     debetcredit;retourcode;totaal_toegekend";

fn toewijzing(nummer: u32) -> String {
    format!("0193;12345678;{BSN};{nummer};2024-12-20;10:00:00;2025-01-01;2025-12-31;45;45A04;10;04;4")
}

/// Five hours in January 2025 on assignment 7, with the changes of a test.
fn prestatie(claim: &str, referentie: &str, rest: &[(&str, &str)]) -> String {
    let mut cells: Vec<(&str, String)> = PRESTATIES
        .split(';')
        .zip(
            format!(
                "0193;12345678;{claim};2025-02-03;D{claim};2025-01;{BSN};{referentie};;7;45;45A04;2025-01-01;2025-01-31;\
                 5;04;8000;40000;D;;"
            )
            .split(';'),
        )
        .map(|(name, value)| (name, value.to_owned()))
        .collect();
    for (name, value) in rest {
        (*value).clone_into(&mut cells.iter_mut().find(|(cell, _)| cell == name).unwrap().1);
    }
    cells.into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(";")
}

/// Takes tables over in a new back office; the lines of it.
fn import(files: &[(&str, Vec<u8>)], code: i32) -> (Office, Vec<Value>) {
    let office = Office::open(&contracts(None));
    office.expect(0, &["contract", "import", "contracts.json", "--data", "data"]);
    fs::create_dir(office.folder().join("archief")).unwrap();
    for (name, bytes) in files {
        fs::write(office.folder().join("archief").join(name), bytes).unwrap();
    }
    let arguments = ["import", "--silent", "--json", "--data", "data", "--today", "2025-03-01", "archief"];
    let lines = office.expect(code, &arguments).lines();
    (office, lines)
}

fn tables(assignments: &[String], claims: &[String]) -> [(&'static str, Vec<u8>); 2] {
    let table = |header: &str, rows: &[String]| format!("{header}\n{}\n", rows.join("\n")).into_bytes();
    [("a.csv", table(TOEWIJZINGEN, assignments)), ("b.csv", table(PRESTATIES, claims))]
}

fn rules(line: &Value) -> Vec<&str> {
    line["findings"].as_array().unwrap().iter().map(|found| found["rule"].as_str().unwrap()).collect()
}

#[test]
fn a_claim_that_does_not_fit_is_told_with_its_line() {
    let good = [prestatie("C1", "R1", &[])];
    let cases: [(&str, Vec<String>); 9] = [
        ("TR338", vec![prestatie("C2", "R2", &[("toewijzingnummer", "8")])]),
        ("TR314", vec![prestatie("C2", "R1", &[("begindatum", "2025-01-02")])]),
        ("TR389", vec![prestatie("C2", "R2", &[])]),
        ("TR323", vec![prestatie("C2", "R2", &[("vorigreferentienummer", "R9"), ("debetcredit", "C")])]),
        ("TR056", vec![prestatie("C1", "R2", &[("declaratienummer", "DC9"), ("begindatum", "2025-01-02")])]),
        ("TR304", vec![prestatie("C2", "R2", &[("bsn", "999900018")])]),
        ("TR342", vec![prestatie("C2", "R2", &[("begindatum", "2025-01-02"), ("totaal_toegekend", "1")])]),
        (
            "TR135",
            vec![prestatie("C2", "R2", &[("begindatum", "2025-01-02"), ("dagtekening", "2025-03-02")])],
        ),
        ("XSD", vec![prestatie("C2", "R2", &[("retourcode", "ZZZZ")])]),
    ];
    for (rule, claim) in cases {
        let claims: Vec<String> = good.iter().chain(&claim).cloned().collect();
        let (_, lines) = import(&tables(&[toewijzing(7)], &claims), 1);
        let skipped: Vec<&Value> = lines.iter().filter(|line| line["status"] == "skipped").collect();
        let [line] = skipped[..] else { panic!("{rule}: {lines:?}") };
        assert!(rules(line).contains(&rule), "{rule}: {line}");
        assert_eq!((&line["line"], &line["findings"][0]["line"]), (&3.into(), &3.into()), "{rule}: {line}");
        assert_eq!(lines.iter().filter(|line| line["status"] == "imported").count(), 2, "{rule}");
        assert!(!line.to_string().contains("99990001"), "{rule}: no BSN is shown");
    }
}

#[test]
fn every_fault_of_a_table_is_told_and_then_nothing_of_it_is_read() {
    let rows = [
        toewijzing(7),
        toewijzing(8).replace(BSN, "999900007"),
        toewijzing(9).replace("2025-01-01", "01/01/2025"),
        toewijzing(10).replace(";10;04;4", ";10;;4"),
        "0193;123".to_owned(),
    ];
    let (office, lines) = import(&tables(&rows, &[]), 1);
    let told: Vec<(&Value, &str)> = lines[0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| (&found["line"], found["path"].as_str().unwrap()))
        .collect();
    let expected = [(3, "bsn"), (4, "ingangsdatum"), (5, "volume"), (6, "")];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for ((line, column), (expected_line, expected_column)) in told.iter().zip(expected) {
        assert_eq!((line.as_u64(), *column), (Some(expected_line), expected_column));
    }
    assert!(
        super::archief::of(&super::archief::state(&office.folder().join("data")), &["toewijzing"]).is_empty()
    );
}

#[test]
fn hostile_files_are_told_and_the_rest_is_taken_over() {
    let mut files = tables(&[toewijzing(7)], &[prestatie("C1", "R1", &[])]).to_vec();
    let latin1: Vec<u8> = [TOEWIJZINGEN.as_bytes(), b"\n0193;\xe9\n"].concat();
    files.extend([
        ("c.csv", latin1),
        ("d.csv", b"naam;waarde\n1;2\n".to_vec()),
        ("e.csv", Vec::new()),
        ("f.xml", b"<kapot".to_vec()),
        ("g.xml", vec![0xff; 100_000]),
        ("h.xml", b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".to_vec()),
        ("i.csv", format!("{TOEWIJZINGEN}\n\"{}", "x".repeat(2_000_000)).into_bytes()),
    ]);
    let (_, lines) = import(&files, 1);
    let status = |status: &str| -> Vec<&str> {
        let of = lines.iter().filter(|line| line["status"] == status);
        of.map(|line| line["file"].as_str().unwrap().rsplit('/').next().unwrap()).collect()
    };
    assert_eq!(status("imported"), ["a.csv", "b.csv"]);
    assert_eq!(status("skipped"), ["c.csv", "d.csv", "e.csv", "f.xml", "g.xml", "h.xml", "i.csv"]);
    assert_eq!(lines[0]["findings"][0]["line"], 2, "the line that is not UTF-8: {}", lines[0]);
}

#[test]
fn a_claim_without_answer_waits_for_an_answer_or_counts_as_granted() {
    let line = Line {
        referentie: "R1".to_owned(),
        vorig: None,
        toewijzing: 7,
        product: ("45", "45A04"),
        periode: ("2025-01-01".to_owned(), "2025-01-31".to_owned()),
        volume: 5,
        eenheid: "04",
        tarief: 8000,
    };
    let month = ("2025-01-01", "2025-01-31");
    let claim = jw323((AANBIEDER, GEMEENTE), "C1", "2025-02-03", month, BSN, &[line]);
    let mut files = tables(&[toewijzing(7)], &[]).to_vec();
    files[1] = ("b.xml", claim.into_bytes());
    let (mut office, lines) = import(&files, 1);
    let told: Vec<&Value> = lines.iter().filter(|line| line["message"] == "JW323").collect();
    assert_eq!((told.len(), &told[0]["status"]), (1, &"skipped".into()));
    let arguments = [
        "import",
        "--silent",
        "--json",
        "--unanswered",
        "granted",
        "--data",
        "data",
        "--today",
        "2025-03-01",
        "archief",
    ];
    let lines = office.expect(0, &arguments).lines();
    let granted = lines.iter().find(|line| line["message"] == "JW323").unwrap();
    assert_eq!((&granted["status"], &granted["granted_cents"]), (&"imported".into(), &40_000.into()));
    // A credit of it is money back; nothing more is taken over now that this system judged a claim.
    let credit = Line {
        referentie: "R2".to_owned(),
        vorig: Some("R1".to_owned()),
        toewijzing: 7,
        product: ("45", "45A04"),
        periode: ("2025-01-01".to_owned(), "2025-01-31".to_owned()),
        volume: 5,
        eenheid: "04",
        tarief: 8000,
    };
    let month = ("2025-02-01", "2025-02-28");
    let judged =
        office.send("2025-03-05", &jw323((AANBIEDER, GEMEENTE), "C2", "2025-03-04", month, BSN, &[credit]));
    assert_eq!(
        (&judged["verdict"], &judged["amounts"]["granted_cents"]),
        (&"accepted".into(), &(-40_000).into())
    );
    fs::write(office.folder().join("archief/c.csv"), format!("{TOEWIJZINGEN}\n{}\n", toewijzing(70)))
        .unwrap();
    let lines = office.expect(1, &arguments).lines();
    let late = lines.iter().find(|line| line["status"] == "skipped").unwrap();
    assert_eq!(rules(late), ["OVERNAME"], "{late}");
    assert!(lines.iter().filter(|line| line["status"] == "known").count() >= 2, "{lines:?}");
}
