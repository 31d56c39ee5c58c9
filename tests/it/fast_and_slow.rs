//! The fast reader and the thorough one give the same document, and typed messages survive being
//! written and read again.

use crate::generator::{Dice, valid};
use crate::spelling::{fancy, plain, spoil_bytes};
use happyflow::messages::{Bericht, peek};
use happyflow::schema::{Document, MessageSchema, Reading, read, read_thoroughly, releases};
use proptest::prelude::*;

fn document(bytes: &[u8]) -> Document<'_> {
    match read(bytes) {
        Reading::Valid(document) => document,
        Reading::Invalid(invalid) => {
            panic!("{:?} in {}", invalid.findings, String::from_utf8_lossy(bytes))
        }
    }
}

/// Both readers say the same: the same document, or both nothing.
fn agree(bytes: &[u8]) -> bool {
    match (read(bytes), read_thoroughly(bytes)) {
        (Reading::Valid(fast), Reading::Valid(slow)) => {
            assert_eq!(fast.schema.namespace, slow.schema.namespace);
            assert_eq!(fast.source, slow.source);
            assert_eq!(fast.nodes, slow.nodes, "{}", fast.source);
            assert_eq!(fast.values, slow.values);
            true
        }
        (Reading::Invalid(fast), Reading::Invalid(slow)) => {
            assert_eq!(fast, slow);
            false
        }
        (Reading::Valid(_), Reading::Invalid(slow)) => {
            panic!("only the fast reader accepts {}: {:?}", String::from_utf8_lossy(bytes), slow.findings)
        }
        (Reading::Invalid(_), Reading::Valid(_)) => unreachable!("what is invalid was judged thoroughly"),
    }
}

fn schemas() -> impl Strategy<Value = &'static MessageSchema> {
    prop::sample::select(releases().messages().iter().collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn typed_messages_survive_writing_and_reading(schema in schemas(), seed: u64) {
        let mut dice = Dice::new(seed);
        let tree = valid(schema, &mut dice);
        let bytes = plain(schema, &tree);
        let first = document(&bytes);
        let typed = Bericht::read(&first);
        let written = typed.write();
        let second = document(&written);
        prop_assert_eq!(&Bericht::read(&second), &typed);
        prop_assert_eq!(first.nodes.len(), second.nodes.len());
        for (before, after) in first.nodes.iter().zip(&second.nodes) {
            prop_assert_eq!((before.position, before.parent), (after.position, after.parent));
        }
        // Written in another way it is the same message.
        let other = fancy(schema, &tree, &mut dice);
        let third = document(&other);
        prop_assert_eq!(&Bericht::read(&third), &typed);
    }

    #[test]
    fn fast_and_thorough_reader_agree(schema in schemas(), seed: u64, spoilt in 0..3usize, byte_faults in 0..3usize) {
        let mut dice = Dice::new(seed);
        let mut tree = valid(schema, &mut dice);
        if dice.one_in(2) {
            tree.simplify();
        }
        for _ in 0..spoilt {
            tree.spoil(&mut dice);
        }
        let mut bytes = if dice.one_in(2) { plain(schema, &tree) } else { fancy(schema, &tree, &mut dice) };
        for _ in 0..byte_faults {
            spoil_bytes(&mut bytes, &mut dice);
        }
        agree(&bytes);
        first_glance_is_right(&bytes);
    }
}

/// What the first bytes tell is what reading in full tells, of a message that level 1 accepts. Whether they told.
fn first_glance_is_right(bytes: &[u8]) -> bool {
    let glance = peek::envelope(bytes);
    if let Reading::Valid(document) = read(bytes) {
        let full = Bericht::read(&document).header().envelope();
        assert_eq!(glance.unwrap_or(full), full, "{}", document.source);
    }
    glance.is_some()
}

#[test]
fn the_first_bytes_tell_the_envelope_of_every_plain_message_and_never_a_wrong_one() {
    for schema in releases().messages() {
        let bytes = plain(schema, &valid(schema, &mut Dice::new(11)));
        assert!(first_glance_is_right(&bytes), "{} {:?}", schema.soort.name(), schema.release);
    }
    let plain = crate::messages::jw301("1", 1);
    let tells = |from: &str, to: &str| {
        let text = plain.replace(from, to);
        assert_ne!(text, plain, "{from}");
        first_glance_is_right(text.as_bytes())
    };
    // Written otherwise it is the same message: told, or read in full.
    assert!(tells("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", ""));
    assert!(tells("<?xml", "\u{feff}<?xml"));
    assert!(tells("<m:Bericht xmlns:m=", "<m:Bericht xmlns:x='a>b' xmlns:m="));
    assert!(tells("\n", "\r\n"));
    for (from, to) in [
        ("<m:Header>", "<!-- <m:Afzender>0150</m:Afzender> --><m:Header>"),
        ("<m:Afzender>0193<", "<m:Afzender>01<!-- -->93<"),
        ("<m:Afzender>0193<", "<m:Afzender>&#48;193<"),
        ("<m:Afzender>0193<", "<m:Afzender><![CDATA[0193]]><"),
        ("<m:Afzender>0193<", "<m:Afzender> 0193<"),
        ("<m:Afzender>", "<m:Afzender xmlns:x='y'>"),
        ("<m:BerichtCode>", "<?stap 1?><m:BerichtCode>"),
        ("<m:Header>", &format!("{}<m:Header>", " ".repeat(5000))),
        ("<m:Ontvanger>12345678</m:Ontvanger>", "<m:Ontvanger>0150</m:Ontvanger>"),
        ("<m:Afzender>0193</m:Afzender>", "<m:Afzender>12345678</m:Afzender>"),
        ("<m:Afzender>0193</m:Afzender>", "<m:Afzender/>"),
        ("<m:Header>", "<m:Header/>"),
    ] {
        assert!(!tells(from, to), "{to}");
    }
    for cut in 0..plain.len().min(900) {
        first_glance_is_right(&plain.as_bytes()[..cut]);
    }
}

#[test]
fn plain_messages_take_the_fast_way_with_any_prefix() {
    let schema = releases().messages().iter().rfind(|schema| schema.soort.name() == "JW323").unwrap();
    let text = String::from_utf8(plain(schema, &valid(schema, &mut Dice::new(7)))).unwrap();
    assert!(agree(text.as_bytes()));
    let renamed =
        text.replace("jw323:", "x:").replace("xmlns:jw323", "xmlns:x").replace("/x:schema", "/jw323/schema");
    assert!(agree(renamed.as_bytes()), "{renamed}");
    let default = text.replace("<jw323:", "<").replace("</jw323:", "</").replace("xmlns:jw323", "xmlns");
    assert!(agree(default.as_bytes()), "{default}");
}

/// Places for people: lines, and paths with a number on what may repeat.
#[test]
fn places_are_lines_and_paths() {
    let schema = releases().messages().iter().rfind(|schema| schema.soort.name() == "JW302").unwrap();
    for seed in 0..20 {
        let bytes = plain(schema, &valid(schema, &mut Dice::new(seed)));
        let document = document(&bytes);
        let lines: Vec<&str> = document.source.lines().collect();
        for index in 0..u32::try_from(document.nodes.len()).unwrap() {
            let element = document.element(happyflow::schema::At(index));
            let line = lines[document.line(element.at()) as usize - 1];
            assert!(line.contains(&format!(":{}", element.name())), "{line} {}", element.name());
            let path = document.path(element.at());
            let last = path.rsplit('/').next().unwrap();
            assert_eq!(last.split('[').next().unwrap(), element.name(), "{path}");
            let many = element.particle().is_some_and(|particle| particle.many);
            assert_eq!(last.contains('['), many, "{path}");
        }
    }
}
