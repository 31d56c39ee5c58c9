//! Reserved number ranges (design 7): used up, told, extended, gone on.

use super::{claim, hours, open_work};
use crate::messages::jw301;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, answers, contracts};
use crate::xml::jw315;
use serde_json::{Value, json};
use std::fs;

const WHO: [&str; 6] = ["--by", "A. Proef", "--why", "reeks verlengd", "--data", "data"];

/// Takes a range over for gemeente 0193.
fn import(office: &Office, range: &str) {
    let text = format!("naam = \"Proefregio\"\ngemeenten = [\"{GEMEENTE}\"]\n[[nummers]]\n{range}\n");
    fs::create_dir_all(office.folder().join("regio")).unwrap();
    fs::write(office.folder().join("regio/regio.toml"), text).unwrap();
    fs::copy(office.folder().join("contracts.json"), office.folder().join("regio/c.json")).unwrap();
    office.expect(0, &["contract", "import", "regio", "--data", "data"]);
}

fn send(office: &Office, today: &str, name: &str, xml: &str) -> Value {
    fs::write(office.folder().join(name), xml).unwrap();
    let process = ["process", "--json", "--today", today, "--data", "data", name];
    office.run(&process).lines().remove(0)
}

#[test]
fn without_assignment_numbers_a_person_goes_on_after_the_range_is_extended() {
    let office = Office::open(&contracts(None));
    import(&office, "toewijzingnummer_van = 800000001\ntoewijzingnummer_tot = 800000001");
    let ask = |name: &str, referentie: &str, (van, tot): (&str, &str)| {
        let rows = [(referentie, van, tot, 1)];
        send(&office, "2025-01-07", name, &jw315((AANBIEDER, GEMEENTE), name, "2025-01-06", BSN, &rows))
    };
    assert_eq!(answers(&ask("1.xml", "REF1", ("2025-01-01", "2025-06-30"))).len(), 3);
    let line = ask("2.xml", "REF2", ("2025-07-01", "2025-12-31"));
    assert_eq!(answers(&line), [("JW316".into(), AANBIEDER.into())], "{line}");
    let items = open_work(&office);
    let of = |reason: &str| {
        items.iter().find(|item| item["reason"] == reason).unwrap_or_else(|| panic!("{items:?}"))
    };
    assert!(of("nummerreeks-op")["story"].as_str().unwrap().contains("toewijzingnummer"));
    let id = of("verzoek-beoordelen")["work"].to_string();
    let approve = [&["work", "approve", &id, "--json", "--today", "2025-01-08"][..], &WHO].concat();
    let still = office.expect(2, &approve);
    assert!(still.stderr.contains("reserveer een nieuwe reeks"), "{}", still.stderr);
    import(&office, "toewijzingnummer_van = 800000001\ntoewijzingnummer_tot = 800000009");
    let line = office.expect(0, &approve).lines().remove(0);
    assert_eq!(answers(&line)[0], ("JW301".into(), AANBIEDER.into()), "{line}");
    let jw301 = fs::read_to_string(office.path(&line["answers"][0]["path"])).unwrap();
    assert!(jw301.contains(">800000002<") && jw301.contains(">REF2<"), "{jw301}");
}

#[test]
fn without_numbers_for_messages_a_claim_waits_and_is_judged_after_the_range_is_extended() {
    let office = Office::open(&contracts(None));
    import(&office, "identificatie_van = 800000001\nidentificatie_tot = 800000001");
    let today = "2026-03-04";
    assert_eq!(send(&office, today, "1.xml", &jw301("T1", 300_401))["verdict"], "accepted");
    let line = send(&office, today, "2.xml", &claim("C1", &[hours("R1", 300_401, 4)]));
    assert_eq!(
        (&line["verdict"], &line["answers"], &line["amounts"]),
        (&json!("parked"), &json!([]), &Value::Null)
    );
    assert_eq!(open_work(&office)[0]["reason"], "nummerreeks-op");
    import(&office, "identificatie_van = 800000001\nidentificatie_tot = 800000009");
    let line = office.expect(0, &[&["parked", "retry", "2", "--json"][..], &WHO].concat()).lines().remove(0);
    assert_eq!(
        (&line["verdict"], &line["amounts"]["granted_cents"]),
        (&json!("accepted"), &json!(32_000)),
        "{line}"
    );
}
