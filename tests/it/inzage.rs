//! Everything about one client, and of nobody else.

use crate::office::{AANBIEDER, BSN, GEMEENTE};
use crate::replay::region;
use crate::xml::{Line, jw323};

/// Passes the elfproef, and is nobody's.
const OTHER: &str = "999900018";

#[test]
fn a_client_gets_everything_and_of_others_nothing() {
    let mut office = region();
    let mut claim = jw323(
        (AANBIEDER, GEMEENTE),
        "C9",
        "2025-05-02",
        ("2025-04-01", "2025-04-30"),
        BSN,
        &[Line {
            referentie: "RC9".into(),
            vorig: None,
            toewijzing: 800_000_001,
            product: ("45", "45A04"),
            periode: ("2025-04-01".into(), "2025-04-30".into()),
            volume: 1,
            eenheid: "04",
            tarief: 8000,
        }],
    );
    // The same claim has a line of another client.
    let (begin, end) = (claim.find("<m:Client>").unwrap(), claim.find("</m:Client>").unwrap() + 11);
    let other = claim[begin..end].replace(BSN, OTHER).replace("RC9", "RCX").replace("8000<", "8001<");
    claim.insert_str(end, &other);
    office.send("2025-05-03", &claim);
    std::fs::write(office.folder().join("wie.txt"), format!("{BSN}\n")).unwrap();
    office.expect(0, &["replay", "--data", "data", "--client-file", "wie.txt", "--out", "inzage"]);
    let mut shared = 0;
    let mut names = Vec::new();
    for entry in std::fs::read_dir(office.folder().join("inzage")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains(OTHER), "{name}");
        assert!(!name.contains(BSN));
        if name.ends_with("uittreksel.txt") {
            shared += 1;
            assert!(text.contains("RC9") && !text.contains("RCX"), "{text}");
        }
        names.push(name);
    }
    assert_eq!(shared, 1, "{names:?}");
    for part in ["ontvangen-jw315.xml", "verstuurd-jw301.xml", "ontvangen-jw323.xml"] {
        assert!(names.iter().any(|name| name.ends_with(part)), "{part} {names:?}");
    }
    let overview = std::fs::read_to_string(office.folder().join("inzage/inzage.md")).unwrap();
    for part in ["nummer 800000001", "Proefstraat", "2025-03-01 tot en met 2025-03-31", "toegekend", "REF1"] {
        assert!(overview.contains(part), "{part}\n{overview}");
    }
}

#[test]
fn the_number_is_never_shown_and_must_be_right() {
    let office = region();
    for (wrong, shown) in [("123456789", "123456789"), ("999900006 x", "999900006"), ("", "@")] {
        std::fs::write(office.folder().join("wie.txt"), wrong).unwrap();
        let run = office.expect(2, &["replay", "--data", "data", "--client-file", "wie.txt", "--out", "uit"]);
        assert!(!run.stderr.contains(shown), "{}", run.stderr);
    }
    std::fs::write(office.folder().join("wie.txt"), OTHER).unwrap();
    let run = office.expect(0, &["replay", "--data", "data", "--client-file", "wie.txt", "--out", "niets"]);
    assert!(run.stdout.starts_with("0 berichten"), "{}", run.stdout);
}
