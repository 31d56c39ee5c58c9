//! What an aanbieder said of a child, right or wrong, is gone with it; what was decided on that stays.

use super::{Archive, RELATIE, holds};
use crate::office::{BSN, contracts};
use crate::xml::jw315;
use serde_json::json;

#[test]
fn a_request_about_another_name_or_day_still_waits_when_both_are_gone() {
    let mut all = contracts(None);
    all["clienten"][0]["geboortedatum"] = "2012-05-17".into();
    all["clienten"][0]["geslachtsnaam"] = "Verhulstdonk".into();
    let archive = Archive::with(&all);
    archive.run(0, &["contract", "import", "contracts.json", "--today", "2025-01-02"]);
    let asked = |number: usize, (name, born): (&str, &str)| {
        let reference = format!("REF{number}");
        let begin = format!("2025-{number:02}-01");
        let end = format!("2025-{number:02}-28");
        let asked = jw315(RELATIE, &number.to_string(), "2025-01-06", BSN, &[(&reference, &begin, &end, 8)]);
        asked.replace(">Proef<", &format!(">{name}<")).replace("2014-05-17", born)
    };
    let part = "2012-05-01</b:Datum><b:DatumGebruik>1</b:DatumGebruik><b:Datum>";
    let cases = [
        (("Verhulstdonk", "2012-05-17"), true),
        (("Verhulstdonck", "2012-05-17"), false),
        (("Verhulstdonk", "2012-05-18"), false),
        (("van VERHULSTDÓNK", "2012-05-17"), true),
        (("Verhulstdonk", part), true),
    ];
    for (number, (said, shown)) in (1..).zip(cases) {
        let name = format!("{number}.xml");
        let xml = asked(number, said).replace("<b:Datum></b:Datum>", "");
        let line = archive.process("2025-01-07", &name, &xml);
        assert_eq!(line["answers"].as_array().unwrap().len(), if shown { 3 } else { 1 }, "{said:?} {line}");
        for item in line["work"].as_array().unwrap() {
            let id = item.to_string();
            let reject = ["work", "reject", &id, "--reason", "7", "--by", "A. Proef", "--why", "onbekend"];
            archive.run(0, &[&reject[..], &["--today", "2025-01-08"]].concat());
        }
    }
    all["clienten"] = json!([]);
    std::fs::write(archive.office.folder().join("contracts.json"), all.to_string()).unwrap();
    archive.run(0, &["contract", "import", "contracts.json", "--volledig", "--today", "2026-01-02"]);
    archive.remove(0, "2046-01-02", &["--client-file", "wie.txt"]);
    let after = archive.everything();
    for part in [BSN, "2012-05-17", "2012-05-18"] {
        assert!(!after.contains(part), "{part}");
    }
    assert!(!after.to_lowercase().contains("verhulst"));
    holds(&archive, 7);
}
