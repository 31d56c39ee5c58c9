//! Hostile and broken input: refused with a reason, quickly, without growing.

use happyflow::schema::{Invalid, Reading, limits, read};
use std::path::Path;
use std::time::Duration;

/// File and what the first finding says was found.
const EVIL: &[(&str, &str)] = &[
    ("bad-utf8.xml", "bytes die geen UTF-8 zijn"),
    ("control-by-reference.xml", "een andere verwijzing"),
    ("cut-after-a-tag.xml", "het einde van het bericht"),
    ("declaration-after-space.xml", "een XML-declaratie verderop"),
    ("doctype.xml", "een DOCTYPE, die om veiligheid wordt geweigerd"),
    ("empty.xml", "geen element"),
    ("entity-expansion.xml", "een DOCTYPE, die om veiligheid wordt geweigerd"),
    ("external-entity.xml", "een DOCTYPE, die om veiligheid wordt geweigerd"),
    ("half-utf-16.xml", "een half teken UTF-16 aan het eind"),
    ("json.xml", "tekst buiten het hoofdelement"),
    ("lone-surrogate.xml", "bytes die geen UTF-16 zijn"),
    ("no-namespace.xml", "het hoofdelement Bericht in een andere namespace"),
    ("no-such-message.xml", "het hoofdelement fo01Bericht in een andere namespace"),
    ("no-such-release.xml", "een JW305 van release 9.9, die happyflow herkent en niet leest"),
    ("not-xml.xml", "tekst buiten het hoofdelement"),
    ("nul-bytes.xml", "het teken U+0000"),
    ("other-root.xml", "het hoofdelement Header"),
    ("page.xml", "een DOCTYPE, die om veiligheid wordt geweigerd"),
    ("says-utf-16.xml", "een XML-declaratie die een andere codering noemt dan de bytes hebben"),
    ("text-after-root.xml", "het einde van Bericht"),
    ("truncated.xml", "een tag die niet klopt of niet eindigt"),
    ("twice-the-same-attribute.xml", "een attribuut dat er tweemaal staat"),
    ("two-roots.xml", "het hoofdelement x in een andere namespace"),
    ("undeclared-prefix.xml", "een prefix zonder xmlns"),
    ("unknown-entity.xml", "een andere verwijzing"),
    ("white-space.xml", "geen element"),
    ("windows-1252.xml", "een XML-declaratie die een andere codering noemt"),
];

fn invalid(bytes: &[u8]) -> Invalid {
    match read(bytes) {
        Reading::Valid(_) => panic!("accepted"),
        Reading::Invalid(invalid) => invalid,
    }
}

#[test]
fn every_evil_file_is_refused_with_its_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/evil");
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, EVIL.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (name, found) in EVIL {
        let invalid = invalid(&std::fs::read(folder.join(name)).unwrap());
        assert_eq!(invalid.findings[0].found, *found, "{name}");
        assert!(!invalid.truncated && invalid.header.is_none(), "{name}");
    }
}

const ROOT: &str = r#"<m:Bericht xmlns:m="http://www.istandaarden.nl/ijw/3_2/jw323/schema">"#;

/// Judging stops at a limit: what follows, 200 MB of it, is not looked at.
#[test]
fn deep_nesting_ends_at_the_limit() {
    let deep = [ROOT, &"<m:x>".repeat(40_000_000)].concat();
    let begin = std::time::Instant::now();
    let invalid = invalid(deep.as_bytes());
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    let last = invalid.findings.last().unwrap();
    assert_eq!(last.found, "een element dat dieper ligt");
    assert_eq!(last.line, 1);
}

#[test]
fn other_limits_hold() {
    let joined = |pieces: Vec<String>| pieces.concat();
    let attributes = joined((0..=limits::MAX_ATTRIBUTES).map(|n| format!(" a{n}=''")).collect());
    let found = |text: &str| invalid(text.as_bytes()).findings.last().unwrap().found.clone();
    assert_eq!(found(&ROOT.replace('>', &format!("{attributes}>"))), "een element met meer attributen");
    let declared = joined((0..40).map(|n| format!(" xmlns:a{n}='urn:a'")).collect());
    let nested = format!("{ROOT}<m:a{declared}><m:b{declared}>");
    assert_eq!(found(&nested), "een element met nog meer namespaces");
    let wrong = format!("{ROOT}{}</m:Bericht>", "<m:x/>".repeat(2 * limits::MAX_FINDINGS));
    let invalid = invalid(wrong.as_bytes());
    assert!(invalid.truncated);
    assert_eq!(invalid.findings.len(), limits::MAX_FINDINGS);
}

#[test]
fn too_many_bytes_are_refused_unread() {
    let invalid = invalid(&vec![b' '; limits::MAX_BYTES + 1]);
    assert_eq!(invalid.findings[0].expected, "een bericht van hoogstens 268435456 bytes");
}
