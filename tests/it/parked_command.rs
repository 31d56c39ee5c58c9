//! `happyflow parked`, `happyflow resend` and `happyflow contract`.

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, answers, contracts};
use crate::xml::jw315;
use std::fs;

const WHO: [&str; 6] = ["--by", "A. Proef", "--why", "gemeente doet mee", "--data", "data"];

fn request() -> String {
    let rows = [("REF1", "2025-01-01", "2025-12-31", 8)];
    jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &rows)
}

/// An office that does not serve the gemeente yet, with a message of it.
fn parked() -> Office {
    let mut office = Office::open(&contracts(None));
    fs::write(office.folder().join("zonder.toml"), "gemeenten = ['0177']\n").unwrap();
    fs::write(office.folder().join("met.toml"), "gemeenten = ['0177', '0193']\n").unwrap();
    let line = office.send_with("2025-01-07", &request(), &["--config", "zonder.toml"]);
    assert_eq!(line["verdict"], "parked", "{line}");
    office
}

fn count(office: &Office) -> usize {
    let list = office.expect(0, &["parked", "list", "--data", "data"]).stdout;
    assert!(!list.contains(BSN), "{list}");
    let lines = office.expect(0, &["parked", "list", "--json", "--data", "data"]).lines();
    assert_eq!(lines.len(), list.lines().count() - 1);
    assert!(lines.iter().all(|line| line["reason"].as_str().unwrap().contains("0193")), "{lines:?}");
    lines.len()
}

#[test]
fn a_parked_message_is_judged_again_once_its_cause_is_gone() {
    let office = parked();
    assert_eq!(count(&office), 1);
    let shown = office.expect(0, &["parked", "show", "1", "--data", "data"]).stdout;
    assert!(shown.contains("JW315") && shown.contains("0193"), "{shown}");
    office.expect(2, &["parked", "retry", "1", "--data", "data"]);
    let same = office
        .expect(1, &[&["parked", "retry", "1", "--json", "--config", "zonder.toml"][..], &WHO].concat());
    assert_eq!(same.lines()[0]["verdict"], "parked");
    assert_eq!(count(&office), 1);
    let today = ["--today", "2025-01-08", "--config", "met.toml"];
    let retried = office.expect(0, &[&["parked", "retry", "1", "--json"][..], &today, &WHO].concat());
    let line = &retried.lines()[0];
    assert_eq!(line["verdict"], "accepted", "{line}");
    assert_eq!(answers(line)[0], ("JW316".into(), AANBIEDER.into()));
    assert_eq!(count(&office), 0);
    office.expect(2, &[&["parked", "retry", "1"][..], &WHO].concat());
}

#[test]
fn a_discarded_message_is_gone_from_the_list_and_was_never_answered() {
    let office = parked();
    office.expect(2, &["parked", "discard", "1", "--by", "A. Proef", "--data", "data"]);
    let run = office.expect(0, &[&["parked", "discard", "1"][..], &WHO].concat());
    assert!(run.stdout.contains("vervallen"), "{}", run.stdout);
    assert_eq!(count(&office), 0);
    assert_eq!(fs::read_dir(office.folder().join("data/out")).unwrap().count(), 0);
    office.expect(2, &[&["parked", "discard", "1"][..], &WHO].concat());
}

#[test]
fn a_message_is_sent_again_with_the_same_bytes() {
    let mut office = Office::open(&contracts(None));
    let line = office.send("2025-01-07", &request());
    for answer in line["answers"].as_array().unwrap() {
        let path = office.path(&answer["path"]);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let send: u64 = name[..12].parse().unwrap();
        let run = office.expect(0, &["resend", &send.to_string(), "--data", "data"]);
        assert!(run.stdout.contains(&name), "{}", run.stdout);
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    let jw301 = fs::read_to_string(office.path(&line["answers"][1]["path"])).unwrap();
    let from = jw301.find("Identificatie>").unwrap() + "Identificatie>".len();
    let rest = &jw301[from..];
    let rest = rest.find("Identificatie>").map_or(rest, |at| &rest[at + "Identificatie>".len()..]);
    let identificatie = &rest[..rest.find('<').unwrap()];
    let run = office.expect(0, &["resend", identificatie, "--data", "data"]);
    assert!(run.stdout.contains("JW301"), "{identificatie}: {}", run.stdout);
    let unknown = office.expect(2, &["resend", "999999", "--data", "data"]);
    assert!(unknown.stderr.contains("999999"), "{}", unknown.stderr);
}

#[test]
fn contracts_are_imported_listed_and_shown_as_they_were_known() {
    let office = Office::open(&contracts(None));
    let import = |name: &str, day: &str, code: i32| {
        office.expect(code, &["contract", "import", name, "--volledig", "--data", "data", "--today", day])
    };
    let first = import("contracts.json", "2025-02-01", 0);
    assert!(first.stdout.contains("overgenomen als versie 1"), "{}", first.stdout);
    let same = import("contracts.json", "2025-02-02", 0);
    assert!(same.stdout.contains("Niets veranderd"), "{}", same.stdout);
    let other = contracts(None).to_string().replace(AANBIEDER, "87654321");
    fs::write(office.folder().join("ander.json"), other).unwrap();
    assert!(import("ander.json", "2025-03-01", 0).stdout.contains("als versie 2"));

    let list = |more: &[&str]| {
        office.expect(0, &[&["contract", "list", "--data", "data"][..], more].concat()).stdout
    };
    let has = |text: &str| (text.contains(AANBIEDER), text.contains("87654321"));
    assert_eq!(has(&list(&[])), (false, true));
    for (as_of, expected) in [
        ("1", (true, false)),
        ("2", (false, true)),
        ("0", (false, false)),
        ("2025-01-31", (false, false)),
        ("2025-02-01", (true, false)),
        ("2025-02-28", (true, false)),
        ("2025-03-01", (false, true)),
    ] {
        assert_eq!(has(&list(&["--as-of", as_of])), expected, "{as_of}");
    }
    assert_eq!(list(&["--versions"]).lines().count(), 2);
    let wrong = office.expect(2, &["contract", "list", "--data", "data", "--as-of", "gisteren"]);
    assert!(wrong.stderr.contains("journaalnummer of een datum"), "{}", wrong.stderr);

    let now = list(&[]);
    let nummer = now.lines().nth(1).unwrap().split_whitespace().next().unwrap();
    let shown = office.expect(0, &["contract", "show", nummer, "--data", "data"]).stdout;
    assert!(shown.contains("45A04") && shown.contains("80,00") && !shown.contains(BSN), "{shown}");
    office.expect(2, &["contract", "show", nummer, "--data", "data", "--as-of", "0"]);
}

#[test]
fn a_contract_file_with_a_fault_is_told_with_its_line_and_nothing_is_imported() {
    let office = Office::open(&contracts(None));
    let bad = serde_json::to_string_pretty(&contracts(None)).unwrap().replace("\"0193\"", "\"19\"");
    fs::write(office.folder().join("fout.json"), bad).unwrap();
    let run = office.expect(2, &["contract", "import", "fout.json", "--data", "data"]);
    assert!(run.stderr.contains("fout.json:"), "{}", run.stderr);
    let list = office.expect(0, &["contract", "list", "--versions", "--data", "data"]);
    assert_eq!(list.stdout, "");
}
