//! Who a message is about stays in the messages: a whole story, and nothing personal beside it.

use crate::cli::Run;
use crate::cli_process::tree;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, contracts};
use crate::xml::{Line, jw315, jw323};
use std::path::Path;

/// What the client is known by in what the story sends and imports; spelled in no other way.
const PERSONAL: [&str; 8] =
    [BSN, "999900018", "Zonderling", "Wonderkind", "2014-05-17", "Verborgenlaan", "8011ZX", "17-05-2014"];

fn assert_nothing_personal(where_found: &str, text: &str) {
    for personal in PERSONAL {
        assert!(!text.contains(personal), "{personal} in {where_found}:\n{text}");
    }
}

/// Runs a command with everything logged and looks at what it says.
fn quiet(office: &Office, arguments: &[&str]) -> Run {
    let run = office.run(&[&["-vv"][..], arguments].concat());
    assert_nothing_personal(&format!("stdout of {arguments:?}"), &run.stdout);
    assert_nothing_personal(&format!("stderr of {arguments:?}"), &run.stderr);
    run
}

/// Messages in the inbox of the story, by name: good, bad in every way, and one with a broken Bsn.
fn messages() -> Vec<(&'static str, String)> {
    let relatie = (AANBIEDER, GEMEENTE);
    let named = |text: String| text.replace(">Proef<", ">Zonderling<").replace(">Test<", ">Wonderkind<");
    let ask = |id: &str, bsn: &str, hours: i64| {
        named(jw315(relatie, id, "2025-01-06", bsn, &[(id, "2025-01-01", "2025-12-31", hours)]))
    };
    let line = |referentie: &str, volume: i64| Line {
        referentie: referentie.into(),
        vorig: None,
        toewijzing: 800_000_001,
        product: ("45", "45A04"),
        periode: ("2025-01-01".into(), "2025-01-31".into()),
        volume,
        eenheid: "04",
        tarief: 8000,
    };
    let unknown = Line { toewijzing: 800_000_999, ..line("R2", 6) };
    let claim = |id: &str, bsn: &str, lines: &[Line]| {
        jw323(relatie, id, "2025-02-03", ("2025-01-01", "2025-01-31"), bsn, lines)
    };
    vec![
        ("a.xml", ask("V1", BSN, 8)),
        ("b.xml", ask("V2", "999900018", 8)),
        ("c.xml", ask("V3", BSN, 12)),
        ("d.xml", claim("C1", BSN, &[line("R1", 6), unknown])),
        ("e.xml", claim("C2", "999900018", &[line("R3", 1)])),
        ("f.xml", ask("V4", BSN, 8).replace("<m:Geslacht>2<", "<m:Geslacht>Zonderling<")),
        ("g.xml", ask("V5", BSN, 8).replace("2014-05-17", "17-05-2014")),
        ("h.xml", ask("V6", BSN, 8).replace("<m:Naam>", "<m:Naam>Zonderling")),
        ("i.xml", cut_in("Wonderkind", &ask("V7", BSN, 8))),
        ("j.xml", ask("V8", "999900019", 8)),
        ("k.xml", ask("V9", BSN, 8).replace("<m:Naam>", "<m:Naam soort=\"Zonderling\">")),
        ("l.xml", ask("V10", BSN, 8).replace("<m:Client>", "<!DOCTYPE Zonderling><m:Client>")),
    ]
}

/// The message as far as halfway this word.
fn cut_in(word: &str, message: &str) -> String {
    message[..message.find(word).unwrap() + word.len() / 2].to_owned()
}

#[test]
fn nothing_that_is_told_written_or_logged_beside_the_messages_says_who() {
    let mut rates = contracts(Some("NL13TEST0123456789"));
    rates["clienten"][0]["adres"]["straatnaam"] = "Verborgenlaan".into();
    rates["clienten"][0]["adres"]["postcode"] = "8011ZX".into();
    rates["clienten"][0]["geslachtsnaam"] = "Zonderling".into();
    rates["budgetten"] = serde_json::json!([{"bsn": BSN, "gemeente": GEMEENTE, "aanbieder": null,
        "productcategorie": null, "tot": "2025-12-31", "van": "2025-01-01", "bedrag": 770_000,
        "bij_overschrijding": "signal"}]);
    let office = Office::open(&rates);
    std::fs::create_dir_all(office.folder().join("post")).unwrap();
    for (name, text) in messages() {
        std::fs::write(office.folder().join("post").join(name), text).unwrap();
    }
    let who = ["--by", "A. Proef", "--why", "akkoord", "--data", "data", "--today", "2025-02-05"];
    let run = |arguments: &[&str]| quiet(&office, arguments);
    run(&["check", "--json", "post"]);
    run(&["check", "post"]);
    let process = ["process", "--today", "2025-02-04", "--data", "data", "--contracts", "contracts.json"];
    let lines = run(&[&process[..], &["--json", "post"]].concat()).lines();
    let parked = lines.iter().filter(|line| line["verdict"] == "parked").count();
    assert!(lines.len() == 12 && parked >= 5, "{parked} of {} parked", lines.len());
    run(&[&process[..], &["post"]].concat());
    let items = run(&["work", "list", "--json", "--data", "data"]).lines();
    assert!(!items.is_empty());
    for item in &items {
        let id = item["work"].to_string();
        run(&["work", "show", &id, "--data", "data"]);
        run(&["work", "show", &id, "--json", "--data", "data"]);
        run(&[&["work", "approve", &id, "--json"][..], &who].concat());
    }
    run(&["work", "list", "--all", "--data", "data"]);
    run(&["work", "due", "--data", "data", "--today", "2025-04-01"]);
    for parked in run(&["parked", "list", "--json", "--data", "data"]).lines() {
        let id = parked["arrival"].to_string();
        run(&["parked", "show", &id, "--data", "data"]);
        run(&[&["parked", "retry", &id][..], &who].concat());
    }
    run(&["parked", "list", "--data", "data"]);
    run(&["contract", "list", "--data", "data"]);
    run(&["contract", "list", "--versions", "--data", "data"]);
    run(&["contract", "import", "contracts.json", "--data", "data"]);
    run(&["pay", "--date", "2025-03-01", "--out", "pay", "--data", "data", "--json"]);
    assert!(office.folder().join("pay").is_dir(), "something was paid");
    look_at_files(office.folder());
}

/// Notices and payment files; messages themselves, and the store that has them, are what they are.
fn look_at_files(folder: &Path) {
    let mut notices = 0;
    for (path, bytes) in tree(folder) {
        let name = path.display().to_string();
        assert_nothing_personal("a file name", &name);
        let is_notice = name.ends_with("-melding.xml");
        if is_notice || name.starts_with("pay") {
            notices += usize::from(is_notice);
            assert_nothing_personal(&name, &String::from_utf8_lossy(&bytes));
        }
    }
    assert!(notices > 0, "no notice was looked at");
}
