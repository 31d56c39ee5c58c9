//! An archive of another system against its own answers, and the auditor's sample.

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office};
use crate::replay::{region, tamper};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What our own office received and sent, as if it were the archive of somebody else.
fn archive(office: &Office) -> PathBuf {
    let folder = office.folder().join("archief");
    std::fs::create_dir(&folder).unwrap();
    let copy = |from: PathBuf, to: &str| std::fs::copy(&from, folder.join(to)).map(drop).unwrap();
    copy(office.folder().join("001.xml"), "a-jw315.xml");
    let mut sent: Vec<PathBuf> = Vec::new();
    for receiver in [AANBIEDER, GEMEENTE] {
        let out = office.folder().join("data/out").join(receiver);
        sent.extend(std::fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path()));
    }
    for path in sent {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let to_gemeente = path.parent().unwrap().ends_with(GEMEENTE);
        // The JW301 comes from the gemeente after the request; its copy is the same message.
        if name.ends_with("JW301.xml") && to_gemeente {
            continue;
        }
        let order = if name.ends_with("JW301.xml") { "b" } else { "d" };
        copy(path, &format!("{order}-{name}"));
    }
    for claim in ["002.xml", "003.xml", "004.xml"] {
        copy(office.folder().join(claim), &format!("c-{claim}"));
    }
    folder
}

fn replayed(office: &Office, code: i32, path: &str) -> (Vec<Value>, Value) {
    let arguments = ["replay", "--contracts", "contracts.json", "--json", path];
    let mut lines = office.expect(code, &arguments).lines();
    let last = lines.pop().unwrap();
    (lines, last["summary"].clone())
}

#[test]
fn an_archive_of_another_system_is_compared_with_its_own_answers() {
    let office = region();
    let folder = archive(&office);
    let (differences, summary) = replayed(&office, 0, "archief");
    assert_eq!(differences, Vec::<Value>::new());
    // The request and three claims; the JW301 has no retour in the archive.
    assert_eq!((&summary["compared"], &summary["unanswered"]), (&4.into(), &1.into()), "{summary}");
    let answer = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            std::fs::read_to_string(path).unwrap().contains("DC2") && path.to_str().unwrap().contains("JW325")
        })
        .unwrap();
    let xml = std::fs::read_to_string(&answer).unwrap();
    let total = xml.find("TotaalToegekendBedrag").unwrap();
    let (head, tail) = xml.split_at(total);
    std::fs::write(&answer, format!("{head}{}", tail.replacen("32000", "31000", 1))).unwrap();
    let (differences, summary) = replayed(&office, 1, "archief");
    assert_eq!((differences.len(), &summary["faults"]), (1, &1.into()), "{differences:?}");
    assert_eq!(differences[0]["identificatie"], "C2");
    assert_eq!(differences[0]["old"]["granted_cents"], 31_000);
    assert_eq!(differences[0]["new"]["granted_cents"], 32_000);
}

#[test]
fn an_archive_needs_contracts_and_is_not_mixed_with_other_work() {
    let office = region();
    for arguments in [
        &["replay", "001.xml"][..],
        &["replay", "--contracts", "contracts.json"],
        &["replay", "--data", "data", "--sample", "3"],
        &["replay", "--data", "data", "--sample", "3", "--out", "uit", "001.xml"],
    ] {
        office.expect(2, arguments);
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    entries.map(|path| (name(&path), std::fs::read(&path).unwrap())).collect()
}

#[test]
fn a_sample_is_the_same_for_the_same_seed_and_holds_what_a_decision_rests_on() {
    let office = region();
    let draw = |count: &str, seed: &str, out: &str| {
        office.expect(0, &["replay", "--data", "data", "--sample", count, "--seed", seed, "--out", out]);
        files(&office.folder().join(out))
    };
    let first = draw("2", "5", "een");
    assert_eq!(first, draw("2", "5", "twee"));
    let all = draw("100", "5", "alles");
    let index = String::from_utf8(all["steekproef.csv"].clone()).unwrap();
    assert_eq!(index.lines().count(), 2 + 3, "{index}");
    let dossier = String::from_utf8(all["0002.md"].clone()).unwrap();
    for part in [
        "bedrag: € 320,00",
        "declaratie DC2, referentie RC2",
        "door: de regels, zonder tussenkomst van een persoon",
        "opnieuw beslist: gelijk aan wat is vastgelegd",
        "tarief € 80,00 per 04",
        "volume maal tarief is € 320,00",
        "- boeking 2: € 320,00, betaalbaar, nog niet betaald",
        "- ontvangen onder nummer 3: jw323.xml",
        "JW325".to_lowercase().as_str(),
        "toewijzing.xml",
    ] {
        assert!(dossier.contains(part), "{part}\n{dossier}");
    }
    for (name, bytes) in &all {
        assert!(!name.contains(BSN));
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(name.contains(".xml") || !text.contains(BSN), "{name}");
    }
    assert!(String::from_utf8(all["0002-jw323.xml"].clone()).unwrap().contains(BSN));
    // A decision that was forged is told in the item.
    tamper(&office, "UPDATE uitkomst SET toegekend = 1 WHERE aankomst = 3", None);
    office.expect(1, &["replay", "--data", "data", "--sample", "9", "--out", "vals"]);
    let forged = String::from_utf8(files(&office.folder().join("vals"))["0002.md"].clone()).unwrap();
    assert!(forged.contains("WIJKT AF"), "{forged}");
}
