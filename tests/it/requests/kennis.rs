//! Nothing of a child is told to an aanbieder that does not show that it knows it (rulings 3.10).

use super::berichten::{
    Aangevraagd, TeWijzigen, Toegewezen, aangevraagd, jw301, jw301_for, jw315, jw317, nieuw, te_wijzigen,
    toegewezen,
};
use super::operator::decided;
use super::world::{AANBIEDER, ANDERE_AANBIEDER, BSN, CLIENT, World, answers, codes, reasons, sent};
use happyflow::codes::RedenAfwijzingVerzoek as Reden;
use happyflow::decide::Decision;
use happyflow::decide::operator::{Besluit, WorkError};
use happyflow::messages::BerichtSoort;
use happyflow::state::{NewWorkItem, VerzoekStatus, Voorstel, WorkReason};

/// Born and named as the child is in the JW301s and in the register.
const BORN: &str = "<i:Datum>2010-02-14</i:Datum>";
const NAMED: &str = "<i:Achternaam>Voorbeeld</i:Achternaam>";
const KNOWN: (&str, &str) = (BORN, NAMED);

fn born(datum: &str, gebruik: &str) -> String {
    let gebruik =
        if gebruik.is_empty() { gebruik } else { &format!("<i:DatumGebruik>{gebruik}</i:DatumGebruik>") };
    format!("<i:Datum>{datum}</i:Datum>{gebruik}")
}

fn named(achternaam: &str, voorvoegsel: &str) -> String {
    let voorvoegsel = if voorvoegsel.is_empty() {
        voorvoegsel
    } else {
        &format!("<i:Voorvoegsel>{voorvoegsel}</i:Voorvoegsel>")
    };
    format!("<i:Achternaam>{achternaam}</i:Achternaam>{voorvoegsel}")
}

/// A message about a child that is born and named so.
fn about(xml: &str, (born, named): (&str, &str)) -> String {
    xml.replace(BORN, born).replace(NAMED, named)
}

fn asked(who: (&str, &str)) -> String {
    about(&jw315("B1", &[aangevraagd("R1")]), who)
}

/// The one item of a request that nothing was answered to but the retour.
fn waits(decision: &Decision) -> &NewWorkItem {
    assert_eq!(sent(decision).len(), 1, "{:?}", sent(decision));
    assert_eq!(reasons(decision), [WorkReason::VerzoekBeoordelen]);
    let item = &decision.work[0];
    assert!(item.due.is_some());
    for personal in [BSN, "2010", "Voorbeeld", "Voorbeeldstraat"] {
        assert!(!item.story.contains(personal), "{}", item.story);
    }
    item
}

fn is_honoured(decision: &Decision) -> bool {
    answers(decision, BerichtSoort::Jw301).len() == 2 && decision.work.is_empty()
}

/// A gemeente that assigned care of the child to another aanbieder; nobody else knows of it.
fn assigned_elsewhere() -> World {
    let mut world = World::with("", &[]);
    world.accept(&jw301_for(BSN, ANDERE_AANBIEDER, "A1", &[toegewezen(1).code("45A06")]));
    world
}

/// Every place where the data of the child may be known.
fn worlds() -> Vec<(&'static str, World)> {
    let mut honoured = World::new();
    honoured.accept(&jw315("B0", &[aangevraagd("R0").code("45A05")]));
    vec![("JW301", assigned_elsewhere()), ("register", World::new()), ("honoured", honoured)]
}

#[test]
fn a_guessed_number_gives_nothing_of_the_child_away() {
    for (known_from, mut world) in worlds() {
        let decision = world.accept(&asked((&born("2013-08-01", ""), &named("Gissing", ""))));
        let story = &waits(&decision).story;
        assert!(story.contains("geboortedatum is een andere dan"), "{known_from}: {story}");
        assert!(story.contains("geslachtsnaam is een andere dan"), "{known_from}: {story}");
        assert_eq!(world.status("R1"), VerzoekStatus::Open);
        assert_eq!(
            world.known.toewijzingen_van.values().flatten().filter(|nummer| nummer.0 > 800_000_001).count(),
            0
        );
    }
}

#[test]
fn each_of_the_two_facts_alone_is_not_enough() {
    for (known_from, mut world) in worlds() {
        let decision = world.accept(&asked((&born("2010-02-15", ""), NAMED)));
        let story = &waits(&decision).story;
        assert!(story.contains("de geslachtsnaam klopt"), "{known_from}: {story}");
    }
    for (known_from, mut world) in worlds() {
        let decision = world.accept(&asked((BORN, &named("Voorbeelden", ""))));
        let story = &waits(&decision).story;
        assert!(story.contains("de geboortedatum klopt"), "{known_from}: {story}");
    }
    for (known_from, mut world) in worlds() {
        assert!(is_honoured(&world.accept(&asked(KNOWN))), "{known_from}");
    }
}

#[test]
fn a_name_in_other_letters_and_a_date_in_part_are_those_of_the_child() {
    let names = [
        named("VOORBEELD", ""),
        named("Voor-beeld", ""),
        named("vóórbeeld", ""),
        named("Voorbeeld", "van der"),
        named("van der Voorbeeld", ""),
    ];
    for name in &names {
        for (known_from, mut world) in worlds() {
            assert!(is_honoured(&world.accept(&asked((BORN, name)))), "{known_from} {name}");
        }
    }
    // DatumGebruik: the day, day and month, or nothing of the date is known (IV009).
    for (date, same) in [
        (born("2010-02-01", "1"), true),
        (born("2010-03-01", "1"), false),
        (born("2010-01-01", "2"), true),
        (born("2011-01-01", "2"), false),
        (born("1900-01-01", "3"), false),
    ] {
        for (known_from, mut world) in worlds() {
            let decision = world.accept(&asked((&date, NAMED)));
            assert_eq!(is_honoured(&decision), same, "{known_from} {date}: {:?}", decision.work);
        }
    }
    let decision = World::new().accept(&asked((&born("1900-01-01", "3"), NAMED)));
    assert!(waits(&decision).story.contains("de geboortedatum zegt het verzoek niet"));
}

#[test]
fn what_the_gemeente_does_not_know_either_is_for_a_person() {
    // A date of which the gemeente knows only a part is that part.
    let part = |date: &str, gebruik: &str| {
        let mut world = World::with("", &[]);
        let assigned = jw301_for(BSN, ANDERE_AANBIEDER, "A1", &[toegewezen(1).code("45A06")]);
        world.accept(&about(&assigned, (&born(date, gebruik), NAMED)));
        world
    };
    assert!(is_honoured(&part("2010-02-01", "1").accept(&asked(KNOWN))));
    waits(&part("2010-03-01", "1").accept(&asked(KNOWN)));
    let unknown = part("1900-01-01", "3").accept(&asked(KNOWN));
    assert!(waits(&unknown).story.contains("de geboortedatum is niet bekend"));
    // A register that says one of the two, or neither, or a name without a letter.
    for (column, value) in [("2010-02-14", ""), ("Voorbeeld;", ";"), ("Voorbeeld;1", "-;1")] {
        let clients = CLIENT.replacen(column, value, 1);
        let decision = World::with("", &[("clienten.csv", clients.as_str())]).accept(&asked(KNOWN));
        assert!(waits(&decision).story.contains("is niet bekend uit"), "{column}");
    }
    // What the JW301 leaves open the register may say.
    let mut world = World::new();
    let assigned = jw301_for(BSN, ANDERE_AANBIEDER, "A1", &[toegewezen(1).code("45A06")]);
    world.accept(&about(&assigned, (&born("1900-01-01", "3"), NAMED)));
    assert!(is_honoured(&world.accept(&asked(KNOWN))));
}

#[test]
fn the_newest_assignment_goes_before_the_register() {
    let renamed = named("Anders", "");
    let mut world = World::new();
    let assigned = jw301_for(BSN, ANDERE_AANBIEDER, "A1", &[toegewezen(1).code("45A06")]);
    world.accept(&about(&assigned, (BORN, &renamed)));
    assert!(waits(&world.accept(&asked(KNOWN))).story.contains("dan in de nieuwste toewijzing"));
    let mut world = World::new();
    world.accept(&about(&assigned, (BORN, &renamed)));
    assert!(is_honoured(&world.accept(&asked((BORN, &renamed)))));
}

#[test]
fn the_partner_of_the_client_may_stand_in_the_name() {
    let mut world = World::with("", &[]);
    let assigned = jw301_for(BSN, ANDERE_AANBIEDER, "A1", &[toegewezen(1).code("45A06")]);
    let partner = "<i:Partnernaam><i:Achternaam>Metgezel</i:Achternaam></i:Partnernaam><i:NaamGebruik>";
    world.accept(&assigned.replace("<i:NaamGebruik>", partner));
    assert!(is_honoured(&world.accept(&asked((BORN, &named("Voorbeeld-Metgezel", ""))))));
    let mut alone = assigned_elsewhere();
    waits(&alone.accept(&asked((BORN, &named("Voorbeeld-Metgezel", "")))));
}

#[test]
fn an_aanbieder_sees_the_same_of_a_child_that_is_known_and_of_one_that_is_not() {
    let stranger = (born("2013-08-01", ""), named("Gissing", ""));
    let stranger = (stranger.0.as_str(), stranger.1.as_str());
    let out_of_contract = about(&jw315("B1", &[aangevraagd("R1").code("45Z99")]), stranger);
    let too_old =
        about(&jw315("B1", &[aangevraagd("R1").code("45A05")]), (&born("2001-01-01", ""), stranger.1));
    let stacked = about(&jw315("B1", &[aangevraagd("R1").code("45A06")]), stranger);
    let by_court = about(&jw315("B1", &[Aangevraagd { verwijzer: "08", ..aangevraagd("R1") }]), stranger);
    for message in [asked(stranger), out_of_contract, too_old, stacked, by_court] {
        let unknown = World::with("", &[]).accept(&message);
        waits(&unknown);
        for (known_from, mut world) in worlds() {
            let decision = world.accept(&message);
            waits(&decision);
            let seen = |decision: &Decision| {
                let content = decision.answers.iter();
                content.map(|answer| (answer.receiver, without_number(&answer.bytes))).collect::<Vec<_>>()
            };
            assert_eq!(seen(&decision), seen(&unknown), "{known_from}");
        }
    }
}

/// An answer without its own number, which depends on how many were given before.
fn without_number(answer: &[u8]) -> String {
    let text = String::from_utf8(answer.to_vec()).unwrap();
    let begin = text.find("IdentificatieRetour>").unwrap();
    let end = begin + text[begin..].find("</").unwrap();
    format!("{}{}", &text[..begin], &text[end..])
}

#[test]
fn a_person_approves_it_knowingly() {
    let stranger = (born("2010-02-15", ""), NAMED);
    for (known_from, mut world) in worlds() {
        let xml = asked((&stranger.0, stranger.1));
        let item = world.accept(&xml).work.remove(0);
        assert_eq!(item.voorstel, Voorstel::Honoreren { referentie: "R1".into(), einddatum: None });
        let error = decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap_err();
        let WorkError::NotShown(why) = &error else { panic!("{error}") };
        assert!(why.contains("de geboortedatum is een andere dan in"), "{known_from}: {why}");
        assert!(error.to_string().contains("--kind-bekend"), "{error}");
        assert!(!error.to_string().contains(BSN) && !error.to_string().contains("2010"));
        assert_eq!(world.status("R1"), VerzoekStatus::Open, "nothing happened");
        if known_from == "JW301" {
            let refuse = Besluit::Afwijzen { reden: Some(Reden::ZorginhoudelijkeAfkeur) };
            decided(&mut world, &xml, &item, refuse).unwrap();
            assert_eq!(world.status("R1"), VerzoekStatus::Afgewezen);
            continue;
        }
        decided(&mut world, &xml, &item, Besluit::GoedkeurenKindBekend).unwrap();
        assert_eq!(world.status("R1"), VerzoekStatus::Gehonoreerd);
    }
}

#[test]
fn who_put_the_register_right_approves_it_as_any_other() {
    let clients = CLIENT.replace("2010-02-14", "2010-02-15");
    let mut world = World::with("", &[("clienten.csv", clients.as_str())]);
    let xml = asked(KNOWN);
    let item = world.accept(&xml).work.remove(0);
    assert!(matches!(decided(&mut world, &xml, &item, Besluit::Goedkeuren), Err(WorkError::NotShown(_))));
    world.register = World::new().register;
    decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap();
}

/// A request for change names the child by its number alone: what it must name besides is care that this
/// aanbieder has for it.
#[test]
fn a_change_names_care_of_the_aanbieder_itself_or_is_refused_as_if_there_were_none() {
    let mut world = assigned_elsewhere();
    assert_eq!(world.give(&jw317("V1", "V1", &[], &[], &[nieuw("45A05")])).findings.len(), 1, "TR352");
    for nummer in [1, 999] {
        let mut world = assigned_elsewhere();
        let refused = world.give(&jw317("V1", "V1", &[nummer], &[], &[nieuw("45A05")]));
        assert_eq!(codes(&refused), ["TR350"], "of another aanbieder, or of nobody");
        let changed = TeWijzigen { eind: Some("2026-01-31"), ..te_wijzigen(nummer) };
        let refused = world.give(&jw317("V2", "V2", &[], &[changed], &[]));
        assert_eq!(codes(&refused), ["TR351"], "of another aanbieder, or of nobody");
    }
    // What was assigned by mistake and deleted is nobody's either.
    let mut world = assigned_elsewhere();
    world.accept(&jw301("A2", &[toegewezen(2)]));
    let deleted =
        Toegewezen { eind: Some("2025-01-01"), reden: Some("13"), datum: "2025-02-01", ..toegewezen(2) };
    world.accept(&jw301("A3", &[deleted]));
    assert_eq!(codes(&world.give(&jw317("V1", "V1", &[2], &[], &[nieuw("45A05")]))), ["TR350"]);
}

#[test]
fn an_answer_lists_no_assignment_of_another_aanbieder() {
    let mut world = assigned_elsewhere();
    let decision = world.accept(&asked(KNOWN));
    let [own, copy] = answers(&decision, BerichtSoort::Jw301)[..] else { panic!("{:?}", decision.work) };
    assert_eq!(own.bytes, copy.bytes);
    let text = String::from_utf8(own.bytes.clone()).unwrap();
    assert!(!text.contains("45A06") && !text.contains(ANDERE_AANBIEDER) && text.contains(AANBIEDER));
}
