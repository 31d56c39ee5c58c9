//! Names, order and types of the fields that scripts read (design 8).

use super::{TODAY, claim, hours, open_work, with_assignment};
use crate::cli_process::tree;
use crate::messages::jw301;
use crate::office::{Office, contracts};
use serde_json::json;
use std::fs;
use std::io::Write;
use zip::write::SimpleFileOptions;

/// A JSON text in which every value is its type: `s`, `n`, `b` or null. Names stay, in their order.
fn shape(json: &str) -> String {
    let (mut shape, mut rest) = (String::new(), json.trim_end());
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let mut escaped = false;
                let end = rest[1..].find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                end.unwrap() + 2
            }
            '-' | '0'..='9' => rest.find(|c: char| !"-+.eE0123456789".contains(c)).unwrap_or(rest.len()),
            'a'..='z' => rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        shape.push_str(match first {
            '"' if after.starts_with(':') => token,
            '"' => "s",
            '-' | '0'..='9' => "n",
            't' | 'f' => "b",
            _ => token,
        });
        rest = after;
    }
    shape
}

const FINDING: &str = r#"{"level":n,"rule":s,"retourcode":s,"path":s,"line":n,"text":s}"#;

/// The shape of a line of `process --json` with these parts.
fn line(
    release: &str,
    identificatie: &str,
    level: &str,
    [findings, answers, forwarded, work]: [&str; 4],
    amounts: &str,
) -> String {
    format!(
        r#"{{"file":s,"message":{release},"release":{release},"identificatie":{identificatie},"verdict":s,"duplicate":b,"level":{level},"findings":[{findings}],"answers":[{answers}],"forwarded":[{forwarded}],"held":b,"work":[{work}],"amounts":{amounts}}}"#
    )
}

const ANSWER: &str = r#"{"type":s,"receiver":s,"path":s}"#;
const FORWARD: &str = r#"{"receiver":s,"path":s}"#;
const AMOUNTS: &str = r#"{"claimed_cents":n,"granted_cents":n}"#;

/// Sends a message and gives the shape of its line.
fn sent(office: &Office, xml: &str) -> String {
    fs::write(office.folder().join("x.xml"), xml).unwrap();
    let fixed = ["process", "--json", "--today", TODAY, "--data", "data", "--contracts", "contracts.json"];
    shape(&office.run(&[&fixed[..], &["x.xml"]].concat()).stdout)
}

#[test]
fn every_kind_of_line_has_the_same_fields_in_the_same_order() {
    let office = with_assignment(&contracts(None), 300_401);
    let partial = claim("C1", &[hours("R1", 300_401, 4), hours("R2", 300_409, 4)]);
    let expected = line("s", "s", "n", [FINDING, ANSWER, "", ""], AMOUNTS);
    assert_eq!(sent(&office, &partial), expected, "partial");
    assert_eq!(sent(&office, &partial), expected, "duplicate");
    let unknown = jw301("T2", 300_402).replace("0193", "9999");
    let rejected = line("s", "s", "n", [FINDING, ANSWER, "", ""], "null");
    assert_eq!(sent(&office, &unknown), rejected, "rejected");
    let uncovered = jw301("T3", 300_403).replace("45A04", "45A05");
    let told = line("s", "s", "null", ["", ANSWER, FORWARD, "n"], "null");
    assert_eq!(sent(&office, &uncovered), told, "work");
    let finding = FINDING.replace(r#""retourcode":s"#, r#""retourcode":null"#);
    assert_eq!(
        sent(&office, "geen xml"),
        line("null", "null", "n", [&finding, "", "", ""], "null"),
        "parked"
    );
    let broken = jw301("T4", 300_404).replace("<m:Geslacht>2<", "<m:Geslacht>8<");
    assert_eq!(sent(&office, &broken), line("s", "s", "n", [&finding, "", "", ""], "null"), "parked");
}

#[test]
fn verdict_level_and_booleans_say_what_happened() {
    let mut limited = contracts(None);
    limited["plafonds"] = json!([{"gemeente": null, "aanbieder": "12345678", "jaar": 2026, "bedrag": 1000,
        "bij_overschrijding": "hold"}]);
    let mut office = with_assignment(&contracts(None), 300_401);
    fs::write(office.folder().join("contracts.json"), limited.to_string()).unwrap();
    let held = office.send(TODAY, &claim("C1", &[hours("R1", 300_401, 4), hours("R2", 300_409, 4)]));
    assert_eq!(
        (&held["verdict"], &held["level"], &held["held"], &held["duplicate"]),
        (&json!("partial"), &json!(3), &json!(true), &json!(false))
    );
    assert_eq!(held["amounts"], json!({"claimed_cents": 64_000, "granted_cents": 32_000}));
    let listed: Vec<_> = open_work(&office).iter().map(|item| item["work"].clone()).collect();
    assert_eq!(held["work"], json!(listed), "every work item is named by the line that made it");
}

#[test]
fn every_kind_of_work_and_parked_line_has_its_fields() {
    let mut office = Office::open(&contracts(None));
    office.send(TODAY, &jw301("T1", 300_401).replace("45A04", "45A05"));
    office.send(TODAY, "geen xml");
    let work = office.expect(0, &["work", "list", "--json", "--data", "data"]).stdout;
    let expected = r#"{"work":n,"status":s,"soort":s,"reason":s,"gemeente":s,"gemeente_naam":s,"aanbieder":s,"aanbieder_naam":null,"toewijzing":n,"due":null,"asked_cents":null,"over_cents":null,"gathered":null,"story":s,"proposal":s,"arrival":n,"made":s,"closed":null}"#;
    assert_eq!(shape(&work), expected);
    let parked = office.expect(0, &["parked", "list", "--json", "--data", "data"]);
    assert_eq!(parked.lines().len(), 1);
}

#[test]
fn the_same_bytes_in_a_folder_a_zip_and_a_later_run_are_answered_once() {
    let office = Office::open(&contracts(None));
    let message = jw301("T1", 300_401);
    fs::create_dir(office.folder().join("map")).unwrap();
    fs::write(office.folder().join("map/a.xml"), &message).unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(office.folder().join("a.zip")).unwrap());
    for name in ["b.xml", "c.xml"] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(message.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let given = [fs::read(office.folder().join("a.zip")).unwrap(), message.clone().into_bytes()];
    let process = ["process", "--json", "--today", TODAY, "--data", "data"];
    let first = office.expect(0, &[&process[..], &["a.zip", "map"]].concat()).lines();
    let files: Vec<_> = first.iter().map(|line| (line["file"].clone(), line["duplicate"].clone())).collect();
    let expected = [("a.zip!/b.xml", false), ("a.zip!/c.xml", true), ("map/a.xml", true)]
        .map(|(file, duplicate)| (json!(file), json!(duplicate)));
    assert_eq!(files, expected);
    let out = tree(&office.folder().join("data/out"));
    assert_eq!(out.len(), 2, "one JW302 and the message itself");
    let again = office.expect(0, &[&process[..], &["map", "a.zip!/c.xml"]].concat()).lines();
    assert!(again.iter().all(|line| line["duplicate"] == true && line["answers"] == first[0]["answers"]));
    assert_eq!(tree(&office.folder().join("data/out")), out);
    let now = [
        fs::read(office.folder().join("a.zip")).unwrap(),
        fs::read(office.folder().join("map/a.xml")).unwrap(),
    ];
    assert_eq!(now, given, "files given are never changed");
}

#[test]
fn the_settings_name_the_data_for_every_command() {
    let office = Office::open(&contracts(None));
    fs::write(office.folder().join("c.toml"), "data = \"elders\"\n[betaling]\nopdrachtgever = \"Proef\"\n[betaling.rekening]\nnaam = \"Proef\"\niban = \"NL13TEST0123456789\"\n").unwrap();
    fs::write(office.folder().join("a.xml"), jw301("T1", 300_401)).unwrap();
    let config = ["--config", "c.toml"];
    office.expect(0, &[&["process", "a.xml"][..], &config].concat());
    for command in [
        &["work", "list"][..],
        &["work", "due"],
        &["parked", "list"],
        &["contract", "list"],
        &["contract", "import", "contracts.json"],
        &["resend", "1"],
        &["pay", "--date", "2026-03-05", "--out", "p"],
    ] {
        office.expect(0, &[command, &config].concat());
        assert!(office.run(command).stderr.contains("--data"), "{command:?}");
    }
    assert!(office.folder().join("elders/happyflow.db").is_file());
}
