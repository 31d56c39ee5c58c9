//! The moment of a decision of ours: always after the versions that its message carries (rulings 3.9).

use super::berichten::{
    Aangevraagd, TeWijzigen, Toegewezen, aangevraagd, jw301, jw315, jw317, nieuw, te_wijzigen, toegewezen,
};
use super::operator::decided;
use super::world::{World, answers, day, gemeente, reasons, sent, values};
use happyflow::codes::ToewijzingNummer;
use happyflow::decide::Decision;
use happyflow::decide::operator::{Besluit, WorkError};
use happyflow::messages::BerichtSoort;
use happyflow::state::{VerzoekStatus, WorkReason};

/// An office of which the gemeente decided at this moment.
fn decided_at(datum: &'static str, tijd: &'static str) -> World {
    let mut world = World::new();
    let total = Some((100, "04", "6"));
    world.accept(&jw301("A1", &[Toegewezen { datum, tijd, omvang: total, ..toegewezen(1) }]));
    world
}

/// The total of [`decided_at`] doubled.
fn doubled() -> TeWijzigen {
    TeWijzigen { omvang: Some((200, "04", "6")), ..te_wijzigen(1) }
}

/// Dagtekening, and moment of every assignment, of the JW301 that leaves.
fn moments(decision: &Decision) -> (String, Vec<String>) {
    let [own, copy] = answers(decision, BerichtSoort::Jw301)[..] else { panic!("{:?}", decision.work) };
    assert_eq!(own.bytes, copy.bytes);
    let (dates, times) = (values(own, "Toewijzingsdatum"), values(own, "Toewijzingstijd"));
    let moments = dates.iter().zip(&times).map(|(date, time)| format!("{date} {time}")).collect();
    (values(own, "Dagtekening").remove(0), moments)
}

#[test]
fn a_version_of_ours_is_newer_than_the_one_in_force_whatever_the_clock_says() {
    // It is 2025-03-03 12:00:00.
    for (datum, tijd, dagtekening, moment) in [
        ("2025-03-03", "11:59:58", "2025-03-03", "2025-03-03 12:00:00"),
        ("2025-03-03", "11:59:59", "2025-03-03", "2025-03-03 12:00:00"),
        ("2025-03-03", "11:59:59.5", "2025-03-03", "2025-03-03 12:00:01"),
        ("2025-03-03", "12:00:00", "2025-03-03", "2025-03-03 12:00:01"),
        ("2025-03-03", "17:30:00.25", "2025-03-03", "2025-03-03 17:30:02"),
        // Only the day is known: Dagtekening goes along, or TR134 would reject the message.
        ("2025-03-03", "23:59:59", "2025-03-04", "2025-03-04 00:00:00"),
        ("2025-03-03", "23:59:59.999", "2025-03-04", "2025-03-04 00:00:01"),
    ] {
        let mut world = decided_at(datum, tijd);
        let decision = world.accept(&jw317("B1", "V1", &[], &[doubled()], &[]));
        assert_eq!(moments(&decision), (dagtekening.to_owned(), vec![moment.to_owned()]), "{datum} {tijd}");
        assert!(decision.work.is_empty());
        let stored = world.toewijzing(1);
        assert_eq!(format!("{} {}", stored.toewijzingsdatum, stored.toewijzingstijd), moment);
        assert_eq!(stored.omvang.unwrap().volume, 200);
        // What the gemeente repeats is now the older version.
        let again =
            jw301("A2", &[Toegewezen { datum, tijd, omvang: Some((100, "04", "6")), ..toegewezen(1) }]);
        assert_eq!(reasons(&world.accept(&again)), [WorkReason::OudereToewijzing]);
        assert_eq!(world.toewijzing(1).omvang.unwrap().volume, 200);
    }
}

#[test]
fn what_goes_along_unchanged_counts_as_well() {
    // A new product, beside one that the gemeente decided on later today.
    let mut world = decided_at("2025-03-03", "23:59:59");
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1").code("45A05")]));
    let expected = vec!["2025-03-03 23:59:59".to_owned(), "2025-03-04 00:00:00".to_owned()];
    assert_eq!(moments(&decision), ("2025-03-04".to_owned(), expected));
    let mut world = decided_at("2025-03-03", "23:59:59");
    let decision = world.accept(&jw317("B1", "V1", &[1], &[], &[nieuw("45A05")]));
    assert_eq!(moments(&decision).1, ["2025-03-03 23:59:59", "2025-03-04 00:00:00"]);
    // Also when a person honours it.
    let mut world = decided_at("2025-03-03", "23:59:59");
    let xml = jw315("B1", &[Aangevraagd { verwijzer: "06", ..aangevraagd("R1").code("45A05") }]);
    let item = world.accept(&xml).work.remove(0);
    let decision = decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap();
    assert_eq!(moments(&decision).0, "2025-03-04");
}

#[test]
fn more_than_a_day_ahead_is_for_a_person() {
    let ahead = |datum: &str, tijd: &str| {
        let mut world = decided_at("2025-03-03", "10:00:00");
        let key = (gemeente("0193"), ToewijzingNummer(1));
        // As a previous system had it, or before our clock was put right.
        let known = world.known.toewijzingen.get_mut(&key).unwrap();
        (known.toewijzingsdatum, known.toewijzingstijd) = (day(datum), tijd.into());
        world
    };
    let asked = jw317("B1", "V1", &[], &[doubled()], &[]);
    // Just a day: the last second that may be used.
    let mut world = ahead("2025-03-04", "11:59:59");
    assert_eq!(moments(&world.accept(&asked)).1, ["2025-03-04 12:00:00"]);
    for (datum, tijd) in [("2025-03-04", "12:00:00"), ("2025-03-05", "24:00:00"), ("2999-12-31", "00:00:00")]
    {
        let mut world = ahead(datum, tijd);
        let decision = world.accept(&asked);
        assert_eq!(sent(&decision), [("JW318", "12345678".to_owned())], "{datum} {tijd}");
        assert_eq!(reasons(&decision), [WorkReason::VerzoekBeoordelen]);
        let story = &decision.work[0].story;
        assert!(story.contains(&format!("{datum} {tijd}")) && story.contains("toewijzing 1"), "{story}");
        assert_eq!((world.status("V1"), world.issued), (VerzoekStatus::Open, 0));
        // Approving does not help as long as the moment is ahead; the next day it does.
        let item = decision.work[0].clone();
        let refused = decided(&mut world, &asked, &item, Besluit::Goedkeuren).unwrap_err();
        assert!(matches!(refused, WorkError::Issue(_)), "{refused}");
        if datum == "2025-03-04" {
            world.today = day("2025-03-04");
            let decision = decided(&mut world, &asked, &item, Besluit::Goedkeuren).unwrap();
            assert_eq!(moments(&decision).1, ["2025-03-04 12:00:01"]);
        }
    }
    // What does not go along does not count: it has ended.
    let mut world = ahead("2025-03-09", "10:00:00");
    let key = (gemeente("0193"), ToewijzingNummer(1));
    world.known.toewijzingen.get_mut(&key).unwrap().einddatum = Some(day("2025-02-28"));
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1")]));
    assert_eq!(moments(&decision).1, ["2025-03-03 12:00:00"]);
}
