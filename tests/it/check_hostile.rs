//! What `happyflow check` prints of messages made to mislead: nothing of a person, nothing that steers
//! a terminal, and an end to it.

use crate::cli::run;
use crate::messages::{BSN, jw305};
use happyflow::schema::limits::MAX_FINDINGS;
use std::fs;

/// Everything that a run prints of a message, for people and for scripts.
fn printed(message: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("b.xml"), message).unwrap();
    let (people, scripts) =
        (run(folder.path(), &["check", "b.xml"]), run(folder.path(), &["check", "--json", "b.xml"]));
    assert_eq!((people.code, scripts.code), (Some(1), Some(1)), "{}{}", people.stdout, people.stderr);
    people.stdout + &people.stderr + &scripts.stdout + &scripts.stderr
}

/// Where a name, a number or an address may end up when a sender makes a mistake.
#[test]
fn no_mistake_brings_a_name_or_number_out() {
    let name = "Achternaam>Proef<";
    let changes: &[(&str, &str)] = &[
        // Text that is taken for a tag.
        (name, "Achternaam>van <Proef></b:Achternaam><"),
        (name, "Achternaam>Proef & Test<"),
        (name, "Achternaam>Proef<Proef/><"),
        ("<m:Naam>", "<m:Naam><Proef/>"),
        ("<m:Naam>", "<m:Naam><x:Proef xmlns:x='urn:Proef'/>"),
        ("<m:Naam>", "<m:Naam>Proef 999900006"),
        // A value in the wrong place.
        ("<m:Geslacht>2", "<m:Geslacht>Proef"),
        ("<m:Geslacht>2", "<m:Geslacht>999900006"),
        ("<m:Geslacht>2", "<m:Geslacht>0999900006"),
        ("<m:StatusAanlevering>1", "<m:StatusAanlevering>99990000-6"),
        ("<m:ToewijzingNummer>300401", "<m:ToewijzingNummer>09.999.000.06"),
        ("<b:Datum>2012-05-04", "<b:Datum>2012-13-04"),
        ("<m:Begindatum>2026-03-01", "<m:Begindatum>999900006"),
        ("<b:Code>45A04", "<b:Code>Proef 1"),
        // Names of elements, attributes and namespaces.
        ("<m:Client>", "<m:Client><m:b999900006/>"),
        ("<m:Client>", "<m:Client b999900006='1'>"),
        ("<m:Client>", "<m:Client xmlns:Proef='urn:x' xmlns:Proef='urn:x'>"),
        ("<m:Client>", "<Proef:Client>"),
        ("<m:Client>", "<?Proef:999900006?><m:Client>"),
        ("<m:Client>", "<!--Proef -- 999900006--><m:Client>"),
        // Level 2: a number that is none, a date of birth after everything.
        (BSN, "999900007"),
        ("<b:Datum>2012-05-04", "<b:Datum>2112-05-04"),
    ];
    for (from, to) in changes {
        let message = jw305("1").replacen(from, to, 1);
        assert_ne!(message, jw305("1"), "{from}");
        let printed = printed(&message);
        for personal in ["Proef", "99990000", "09.999", "2012-", "2112-"] {
            assert!(!printed.contains(personal), "{to} brings out {personal}:\n{printed}");
        }
    }
}

#[test]
fn the_names_of_files_do_not_steer_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let name = "a\u{1B}[2J\nb.xml: JW305 3.2: goedgekeurd\r.xml";
    fs::write(folder.path().join(name), "x").unwrap();
    let run = run(folder.path(), &["check", "."]);
    assert_eq!(run.stdout.lines().filter(|line| line.contains("goedgekeurd")).count(), 2, "{}", run.stdout);
    assert!(!run.stdout.contains(['\u{1B}', '\r']), "{:?}", run.stdout);
    assert!(run.stdout.starts_with("./a\u{FFFD}[2J\u{FFFD}b.xml"), "{:?}", run.stdout);
}

#[test]
fn more_findings_than_are_shown_are_said_to_be_there() {
    let many = "<m:x/>".repeat(MAX_FINDINGS + 1);
    let printed = printed(&jw305("1").replace("<m:Client>", &format!("<m:Client>{many}")));
    let last = "bestand\n    XSD: Na 500 bevindingen is het beoordelen gestopt; er kunnen er meer zijn.";
    assert!(printed.contains(last), "{}", &printed[printed.len() - 300..]);
}

/// Many messages are one line: the column leads to the place.
#[test]
fn a_message_on_one_line_has_its_findings_at_their_columns() {
    let one_line = jw305("1").replace('\n', "");
    let bad = one_line.replace("<m:Geslacht>2<", "<m:Geslacht>7<");
    let column = bad.find("<m:Geslacht>").unwrap() + 1;
    let printed = printed(&bad);
    assert!(printed.contains(&format!("regel 1, teken {column} /Bericht/Client/Geslacht")), "{printed}");
}
