//! Level 1 case by case: what XML and XML Schema say of each, by name, and that libxml2 agrees.
//!
//! `fixtures/differential/` keeps every message on which we ever differed from libxml2. The first word
//! of its name is the verdict that must stand: `valid` and `invalid` are shared; `ours-valid` and
//! `ours-invalid` are faults of libxml2, that say no and yes to it, or encodings that only libxml2 reads.

use crate::generator::{Dice, valid};
use crate::second_opinion::opinions;
use crate::spelling::plain;
use happyflow::schema::{MessageSchema, Reading, read, read_thoroughly, releases};
use std::path::Path;

fn accepted(message: &[u8]) -> bool {
    let ours = matches!(read(message), Reading::Valid(_));
    assert_eq!(ours, matches!(read_thoroughly(message), Reading::Valid(_)));
    ours
}

/// A valid message of a type, as text, in which an element of this name stands.
fn holding(soort: &str, element: &str) -> String {
    let schema: &MessageSchema =
        releases().messages().iter().rfind(|schema| schema.soort.name() == soort).unwrap();
    (0..500)
        .map(|seed| String::from_utf8(plain(schema, &valid(schema, &mut Dice::new(seed)))).unwrap())
        .find(|text| text.contains(&format!(":{element}>")))
        .unwrap_or_else(|| panic!("no {element} in any {soort}"))
}

/// The message with other content in the first element of this name.
fn with(soort: &str, element: &str, content: &str) -> Vec<u8> {
    let text = holding(soort, element);
    let open = text.find(&format!(":{element}>")).unwrap() + element.len() + 2;
    let close = open + text[open..].find("</").unwrap();
    format!("{}{content}{}", &text[..open], &text[close..]).into_bytes()
}

/// A JW301 after one replacement, at the first place where `from` stands.
fn changed(from: &str, to: &str) -> Vec<u8> {
    let text = holding("JW301", "Geslachtsnaam");
    assert!(text.contains(from), "{from} in {text}");
    text.replacen(from, to, 1).into_bytes()
}

type Case = (String, Vec<u8>, bool);

/// Values: type, element, content, verdict.
const VALUES: &[(&str, &str, &str, bool)] = &[
    ("JW301", "Toewijzingstijd", "24:00:00", true),
    ("JW301", "Toewijzingstijd", "24:00:00.000", true),
    ("JW301", "Toewijzingstijd", "24:00:01", false),
    ("JW301", "Toewijzingstijd", "23:59:60", false),
    ("JW301", "Toewijzingstijd", "12:34:56.5", true),
    ("JW301", "Toewijzingstijd", "12:34", false),
    ("JW301", "Toewijzingstijd", "12:34:56Z", false),
    ("JW301", "Toewijzingstijd", "12:34:56+01:00", false),
    ("JW301", "Toewijzingstijd", "\n 12:34:56\t", true),
    ("JW301", "Toewijzingsdatum", "2024-02-29", true),
    ("JW301", "Toewijzingsdatum", "2023-02-29", false),
    ("JW301", "Toewijzingsdatum", "1900-02-29", false),
    ("JW301", "Toewijzingsdatum", "2000-02-29", true),
    ("JW301", "Toewijzingsdatum", "0000-01-01", false),
    ("JW301", "Toewijzingsdatum", "-0001-01-01", true),
    ("JW301", "Toewijzingsdatum", "10000-01-01", true),
    ("JW301", "Toewijzingsdatum", "010000-01-01", false),
    ("JW301", "Toewijzingsdatum", "2024-01-31Z", false),
    ("JW301", "Toewijzingsdatum", "2024-01-31+02:00", false),
    ("JW301", "Toewijzingsdatum", "2024-01-31-02:00", false),
    ("JW301", "Toewijzingsdatum", " 2024-01-31&#10;", true),
    ("JW301", "Toewijzingsdatum", "2024 -01-31", false),
    ("JW301", "Toewijzingsdatum", "&#50;024-<![CDATA[01]]>-<!-- x -->31", true),
    ("JW301", "ToewijzingNummer", "+5", true),
    ("JW301", "ToewijzingNummer", "007", true),
    ("JW301", "ToewijzingNummer", "-0", true),
    ("JW301", "ToewijzingNummer", "-1", false),
    ("JW301", "ToewijzingNummer", "+", false),
    ("JW301", "ToewijzingNummer", "", false),
    ("JW301", "ToewijzingNummer", "5.0", false),
    ("JW301", "ToewijzingNummer", "1 2", false),
    ("JW301", "ToewijzingNummer", "999999999", true),
    ("JW301", "ToewijzingNummer", "1000000000", false),
    ("JW301", "ToewijzingNummer", "00000000000000000000000000000000000000001", true),
    ("JW301", "ToewijzingNummer", "99999999999999999999999999999999999999999", false),
    ("JW301", "ToewijzingNummer", "18446744073709551617", false),
    ("JW301", "ToewijzingNummer", "٣", false),
    ("JW301", "BerichtVersie", " 3 ", true),
    ("JW301", "BerichtVersie", "03", false),
    ("JW301", "BerichtCode", " 436", false),
    ("JW301", "Geslacht", " 1", false),
    ("JW301", "Geslacht", "&#49;", true),
    ("JW301", "Bsn", "99990000", false),
    ("JW301", "Bsn", "9999000060", false),
    ("JW301", "Bsn", "99990000A", false),
    ("JW301", "Achternaam", "\u{1F600}", true),
    ("JW301", "Achternaam", " \t", false),
    ("JW301", "Achternaam", "a\nb", false),
    ("JW301", "Achternaam", "a&#10;b", false),
    ("JW301", "Achternaam", "a\rb", false),
    ("JW301", "Achternaam", "\u{A0}", true),
    ("JW301", "Achternaam", "&#x1F600;", true),
    ("JW301", "Achternaam", "&#xD83D;&#xDE00;", false),
    ("JW301", "Achternaam", "\u{FFFE}", false),
    ("JW301", "Achternaam", "&#xFFFE;", false),
    ("JW301", "Achternaam", "\u{FFFD}", true),
    ("JW301", "Achternaam", "\u{1}", false),
    ("JW301", "Achternaam", "\u{85}\u{7F}", true),
    ("JW301", "Achternaam", "&nbsp;", false),
    ("JW301", "Achternaam", "R&D", false),
    ("JW301", "Achternaam", "a]]>b", false),
    ("JW301", "Achternaam", "a]]&gt;b", true),
    ("JW301", "Achternaam", "<![CDATA[<&]]>", true),
    ("JW301", "Achternaam", "<![CDATA[]]>", false),
    ("JW301", "Achternaam", "<?x y?>a<!-- b -->", true),
    ("JW301", "Achternaam", "<x/>a", false),
    ("JW302", "RetourCode", "0200", true),
    ("JW302", "RetourCode", "200", false),
    ("JW323", "DebetCredit", "d", false),
];

/// Structure and attributes of a JW301: what is replaced, by what, verdict.
const CHANGES: &[(&str, &str, bool)] = &[
    ("<jw301:Client>", "<jw301:Client>&#32;", true),
    ("<jw301:Client>", "<jw301:Client><![CDATA[ \n]]>", true),
    ("<jw301:Client>", "<jw301:Client>&#160;", false),
    ("<jw301:Client>", "<jw301:Client>los", false),
    ("<jw301:Client>", "<jw301:Client><!-- x --><?y?>", true),
    ("<jw301:Client>", "<jw301:Client >", true),
    ("</jw301:Client>", "</jw301:Client\n>", true),
    ("</jw301:Client>", "</jw301:Client x=''>", false),
    ("<jw301:Client>", "<jw301:Client xmlns:jw301='urn:x'>", false),
    ("<jw301:Client>", "<jw301:Client xmlns:p='urn:x' xmlns='urn:y'>", true),
    ("<jw301:Client>", "<jw301:Client x=''>", false),
    ("<jw301:Client>", "<jw301:Client xml:lang='nl'>", false),
    ("<jw301:Client>", "<jw301:Client x='' x=''>", false),
    ("<jw301:Client>", "<jw301:Client xmlns:ijw=''>", false),
    ("<jw301:Client>", "<jw301:Client xmlns:ijw='urn:a&#x26;b'>", false),
    ("<jw301:Bsn>", "<jw301:Bsn/><jw301:Bsn>", false),
    ("<jw301:Geboortedatum>", "<jw301:Geboortedatum/><jw301:Geboortedatum>", false),
    ("<ijw:Geslachtsnaam>", "<jw301:Geslachtsnaam>", false),
];

/// Attributes of `xsi` on an element: element, attribute, verdict.
const OF_XSI: &[(&str, &str, bool)] = &[
    ("jw301:Client", "xsi:type='jw301:Client'", true),
    ("jw301:Client", "xsi:type='&#x6A;w301:Client'", true),
    ("jw301:Client", "xsi:type='ijw:Client'", false),
    ("jw301:Client", "xsi:type='Client'", false),
    ("jw301:Client", "xsi:type='x:Client'", false),
    ("jw301:Client", "xsi:type=''", false),
    ("jw301:Client", "xsi:nil='false'", false),
    ("jw301:Client", "xsi:schemaLocation='a b'", true),
    ("jw301:Client", "xsi:schemaLocation='a&amp;b c'", true),
    ("jw301:Client", "xsi:noNamespaceSchemaLocation='a'", true),
    ("jw301:Client", "xsi:onbekend='a'", false),
    ("jw301:Bsn", "xsi:type='ijw:LDT_BurgerServicenummer'", true),
    ("jw301:Bsn", "xsi:type='ijw:LDT_Datum'", false),
    ("jw301:BerichtCode", "xsi:type='ijw:LDT_BerichtCode'", false),
    ("jw301:Bericht", "xsi:type='jw301:Root'", true),
];

/// The whole text in other bytes.
fn encodings() -> Vec<Case> {
    let text = holding("JW301", "Geslachtsnaam");
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let declared = |declaration: &str| format!("<?xml {declaration}?>{text}");
    let latin1 = |text: &str| -> Vec<u8> {
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(0xE9)).collect()
    };
    let named = |name: &str, bytes: Vec<u8>, valid: bool| (name.to_owned(), bytes, valid);
    vec![
        named("UTF-8 with a mark", format!("\u{FEFF}{text}").into_bytes(), true),
        named("UTF-8 with two marks", format!("\u{FEFF}\u{FEFF}{text}").into_bytes(), false),
        named("UTF-16 with a mark", utf16(&format!("\u{FEFF}{text}")), true),
        named("UTF-16 by declaration", utf16(&declared("version='1.0' encoding='UTF-16'")), true),
        named("UTF-16 of half a character", [&utf16(&format!("\u{FEFF}{text}"))[..], b" "].concat(), false),
        named("UTF-8 that says UTF-16", declared("version='1.0' encoding='UTF-16'").into_bytes(), false),
        named("ISO-8859-1", latin1(&declared("version='1.0' encoding='ISO-8859-1'")), true),
        named("standalone", declared("version='1.0' standalone='yes'").into_bytes(), true),
        named("standalone of neither kind", declared("version='1.0' standalone='x'").into_bytes(), false),
        named("version 1.1", declared("version='1.1'").into_bytes(), true),
        named("version 2.0", declared("version='2.0'").into_bytes(), false),
        named("space before the declaration", format!(" {}", declared("version='1.0'")).into_bytes(), false),
        named("two declarations", declared("version='1.0'?><?xml version='1.0'").into_bytes(), false),
        named("two roots", format!("{text}{text}").into_bytes(), false),
        named("text after the root", format!("{text}x").into_bytes(), false),
        named("a comment after the root", format!("{text}<!-- x -->\n<?y?>").into_bytes(), true),
        named("CDATA after the root", format!("{text}<![CDATA[ ]]>").into_bytes(), false),
        named("zeros after the root", format!("{text}\0\0").into_bytes(), false),
    ]
}

fn cases() -> Vec<Case> {
    let values = VALUES.iter().map(|&(soort, element, content, valid)| {
        (format!("{soort} {element} {content:?}"), with(soort, element, content), valid)
    });
    let changes =
        CHANGES.iter().map(|&(from, to, valid)| (format!("{from} as {to}"), changed(from, to), valid));
    let of_xsi = OF_XSI.iter().map(|&(element, attribute, valid)| {
        let from = format!("<{element}");
        let to = format!("{from} xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' {attribute}");
        (format!("{element} with {attribute}"), changed(&from, &to), valid)
    });
    values.chain(changes).chain(of_xsi).chain(encodings()).collect()
}

#[test]
fn each_case_has_the_verdict_of_the_texts_and_of_libxml2() {
    let cases = cases();
    let wrong: Vec<&str> = cases
        .iter()
        .filter(|(_, message, valid)| accepted(message) != *valid)
        .map(|(name, ..)| name.as_str())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let Some(theirs) = opinions(cases.iter().map(|(_, message, _)| message.as_slice())) else { return };
    let differ: Vec<&str> = cases
        .iter()
        .zip(theirs)
        .filter(|((_, _, valid), theirs)| valid != theirs)
        .map(|((name, ..), _)| name.as_str())
        .collect();
    assert!(differ.is_empty(), "libxml2 differs: {differ:#?}");
}

#[test]
fn every_kept_difference_has_its_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/differential");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 4, "{files:?}");
    let messages: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    let theirs = opinions(messages.iter().map(Vec::as_slice));
    for (index, (file, message)) in files.iter().zip(&messages).enumerate() {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let (ours, libxml2) = match name {
            _ if name.starts_with("ours-valid-") => (true, false),
            _ if name.starts_with("ours-invalid-") => (false, true),
            _ if name.starts_with("valid-") => (true, true),
            _ if name.starts_with("invalid-") => (false, false),
            _ => panic!("{name} begins with no verdict"),
        };
        assert_eq!(accepted(message), ours, "{name}");
        if let Some(theirs) = &theirs {
            assert_eq!(theirs[index], libxml2, "{name}: what libxml2 says");
        }
    }
}

/// Patterns that a backtracking matcher tries in ever more ways: judged by what they mean, at once.
#[test]
fn long_remarks_are_judged_in_linear_time() {
    const LENGTH: usize = 4_000_000;
    let begin = std::time::Instant::now();
    for (content, valid) in [
        (" ".repeat(LENGTH), false),
        ("\n\t".repeat(LENGTH / 2), false),
        (".".repeat(LENGTH), true),
        (format!("{}x", " .".repeat(LENGTH / 2)), true),
        (format!("{}\u{1F600}", " ".repeat(LENGTH)), true),
        ("a ".repeat(LENGTH / 2), true),
    ] {
        assert_eq!(accepted(&with("JW301", "Commentaar", &content)), valid, "{}...", &content[..4]);
    }
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}
