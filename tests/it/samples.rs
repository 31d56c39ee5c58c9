//! The official sample messages get the verdict of the official schemas.

use crate::standard::standard_dir;
use happyflow::schema::{Reading, XsdFinding, read};

/// Two samples contradict their schema: a date that does not exist, and elements out of order.
const INVALID: &[(&str, &str)] = &[("jw315.xml", "de waarde 2027-06-31"), ("jw318.xml", "element")];

fn findings(bytes: &[u8]) -> Vec<XsdFinding> {
    match read(bytes) {
        Reading::Valid(_) => Vec::new(),
        Reading::Invalid(invalid) => invalid.findings,
    }
}

#[test]
fn official_samples_get_the_verdict_of_their_schema() {
    let Some(standard) = standard_dir() else { return };
    let mut judged = 0;
    let folders = ["samples", "samples-2.3"].map(|folder| std::fs::read_dir(standard.join(folder)).unwrap());
    for entry in folders.into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let findings = findings(&std::fs::read(&path).unwrap());
        let old = path.parent().unwrap().ends_with("samples-2.3");
        match INVALID.iter().find(|(invalid, _)| *invalid == name && !old) {
            None => assert_eq!(findings, [], "{name}"),
            Some((_, found)) => assert!(findings[0].found.starts_with(found), "{name}: {findings:?}"),
        }
        judged += 1;
    }
    assert!(judged >= 17, "only {judged} samples");
}

#[test]
fn samples_of_the_hub_documentation_are_read() {
    let Some(standard) = standard_dir() else { return };
    for name in ["payload-JW301.xml", "payload-JW302.xml", "payload-JW315.xml", "payload-JW316.xml"] {
        let bytes = std::fs::read(standard.join("hub-examples").join(name)).unwrap();
        match read(&bytes) {
            Reading::Valid(document) => assert_eq!(document.root().name(), "Bericht"),
            Reading::Invalid(invalid) => assert!(!invalid.findings.is_empty(), "{name}"),
        }
    }
}
