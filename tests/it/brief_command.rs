//! `happyflow report brief`: what an aanbieder must mend, and what waits.

use crate::held_payments::with_a_held_line;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF};
use crate::xml::{Line, jw323};
use serde_json::Value;

/// Text of an aanbieder that a page or a spreadsheet could take for more than text.
const HOSTILE: &str = "=1+1&amp;&lt;b&gt;&quot;";

/// A held line, a rejected line with a hostile reference, and a payment.
fn office() -> Office {
    let mut office = with_a_held_line();
    let line = Line {
        referentie: HOSTILE.into(),
        vorig: None,
        toewijzing: 800_000_001,
        product: ("45", "45A04"),
        periode: ("2025-05-01".into(), "2025-05-31".into()),
        volume: 1,
        eenheid: "04",
        tarief: TARIEF + 100,
    };
    let xml = jw323((AANBIEDER, GEMEENTE), "C9", "2026-01-05", ("2025-12-01", "2025-12-31"), BSN, &[line]);
    assert_eq!(office.send("2026-01-06", &xml)["verdict"], "partial");
    office.expect(0, &["pay", "--data", "data", "--date", "2026-01-09", "--out", "pay"]);
    std::fs::write(office.folder().join("kapot.xml"), "<onleesbaar").unwrap();
    office
}

const WEEK: [&str; 6] = ["--week", "2026-W02", "--data", "data", "--today", "2026-01-13"];

fn brief(office: &Office, more: &[&str]) -> String {
    let text = office.expect(0, &[&["report", "brief"][..], more, &WEEK].concat()).stdout;
    for person in [BSN, "Proef", "2014-05-17"] {
        assert!(!text.contains(person), "{person} in {text}");
    }
    text
}

#[test]
fn it_says_what_to_mend_what_waits_and_what_was_paid() {
    let office = office();
    let json: Value =
        serde_json::from_str(&brief(&office, &["--aanbieder", AANBIEDER, "--format", "json"])).unwrap();
    let summary = &json["summary"][0];
    let cents = ["claimed", "granted", "rejected", "paid", "held"]
        .map(|name| summary[format!("{name}_cents")].as_i64().unwrap());
    assert_eq!(cents, [96_100, 88_000, 8_100, 48_000, 40_000], "{summary}");
    let mend = &json["mend"][0];
    assert_eq!((&mend["retourcode"], &mend["declaratie"]), (&"0611".into(), &"DC9".into()), "{mend}");
    assert_eq!((&mend["toewijzing"], &mend["amount_cents"]), (&"800000001".into(), &8100.into()));
    assert!(
        mend["text"].as_str().unwrap().contains("contract")
            || mend["text"].as_str().unwrap().contains("afgesproken"),
        "{mend}"
    );
    assert!(mend["advice"].as_str().unwrap().contains("tarief"), "{mend}");
    let held = &json["held"][0];
    assert_eq!((&held["reference"], &held["until"]), (&"R2".into(), &"2026-02-05".into()), "{held}");
    assert_eq!(held["by"], "het plafond", "the kind and not the amount");
    assert_eq!(json["paid"][0]["reference"], "RUN-1-12345678-0193");
    // Another week has what waits, and nothing else.
    let other = ["report", "brief", "--aanbieder", AANBIEDER, "--format", "json", "--week", "2025-W02"];
    let run = office.expect(0, &[&other[..], &["--data", "data", "--today", "2026-01-13"]].concat());
    let json = run.lines().remove(0);
    assert_eq!((json["mend"].as_array().unwrap().len(), json["held"].as_array().unwrap().len()), (0, 1));
}

#[test]
fn what_others_wrote_stays_text_in_every_form() {
    let office = office();
    let page = brief(&office, &["--aanbieder", AANBIEDER, "--format", "html"]);
    assert!(
        page.contains("=1+1&amp;&lt;b&gt;&quot;") && !page.contains("<b>") && !page.contains("<script"),
        "{page}"
    );
    assert!(page.contains("@page") && !page.contains("http"), "printable, and nothing comes from elsewhere");
    let csv = brief(&office, &["--aanbieder", AANBIEDER, "--format", "csv"]);
    assert!(csv.contains("'=1+1&<b>"), "a formula is text: {csv}");
    let text = brief(&office, &["--aanbieder", AANBIEDER]);
    assert!(text.contains("Te herstellen om betaald te krijgen"), "{text}");
}

#[test]
fn a_file_per_aanbieder_lies_in_the_folder() {
    let office = office();
    for (form, ending) in
        [("html", "html"), ("csv", "csv"), ("xlsx", "xlsx"), ("json", "json"), ("table", "txt")]
    {
        let told = brief(&office, &["--out", "brieven", "--format", form]);
        let name = format!("brieven/brief-{AANBIEDER}-2026-01-05-2026-01-11.{ending}");
        assert_eq!(told, format!("{name}\n"));
        assert!(!std::fs::read(office.folder().join(name)).unwrap().is_empty());
    }
    let at = |arguments: &[&str]| office.run(&[&["report"][..], arguments, &["--data", "data"]].concat());
    for (arguments, said) in [
        (&["brief"][..], "--out MAP"),
        (&["brief", "--aanbieder", "1"], "AGB-code"),
        (&["brief", "--aanbieder", AANBIEDER, "--week", "2026-W60"], "2025-W23"),
        (
            &["brief", "--aanbieder", AANBIEDER, "--van", "2026-01-02", "--tot", "2026-01-01"],
            "--van ligt na --tot",
        ),
        (&["brief", "--aanbieder", AANBIEDER, "--van", "2026-01-02"], "ontbreekt"),
        (&["money", "--aanbieder", AANBIEDER], "horen bij report brief"),
    ] {
        let run = at(arguments);
        assert!(run.code == Some(2) && run.stderr.contains(said), "{arguments:?} {}", run.stderr);
    }
    let nobody = office.expect(
        0,
        &[
            "report",
            "brief",
            "--aanbieder",
            "87654321",
            "--format",
            "json",
            "--data",
            "data",
            "--week",
            "2026-W02",
        ],
    );
    assert_eq!(
        nobody.lines()[0]["mend"].as_array().unwrap().len(),
        0,
        "one asked for by name is written all the same"
    );
}
