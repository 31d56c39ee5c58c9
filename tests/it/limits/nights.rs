//! Nights that have no day of their own beside others of the child (rulings 8.12): only the line that makes them so is told of
//! or held, whatever was too much before it.

use crate::requests::berichten::{Toegewezen, jw301, toegewezen};
use crate::requests::world::{AANBIEDER, BSN, GEMEENTE, World, register};
use crate::xml::{Line, jw323};
use happyflow::state::{Change, Voorstel, WorkReason};
use std::sync::Arc;

/// Stay by the night, and what the region does with what cannot have happened.
fn world(act: &str) -> World {
    let json = format!(
        r#"{{"plausibiliteit":"{act}","contracten":[{{"gemeente":"0193","aanbieder":"12345678","productcategorie":"44",
           "productcode":"44A01","eenheid":"14","tarief":20000,"geldig_van":"2024-01-01","iban":"NL13TEST0123456789"}}]}}"#
    );
    World::of(register(&[("contracts.json", &json)]))
}

/// A stay between two days, as many nights as are asked.
fn stay(nummer: u32, begin: &'static str, eind: &'static str) -> Toegewezen {
    let omvang = Some((500, "14", "6"));
    Toegewezen { omvang, begin, eind: Some(eind), ..toegewezen(nummer).code("44A01") }
}

/// So many nights of an assignment in a period.
type Nights = (u32, &'static str, &'static str, i64);

/// Claims them in a message of their own; whether they wait, and whether they are told of.
fn claim(world: &mut World, (nummer, begin, eind, volume): Nights) -> (bool, bool) {
    world.journal += 1;
    let place = world.journal;
    let line = Line {
        referentie: format!("R{place}"),
        vorig: None,
        toewijzing: nummer,
        product: ("44", "44A01"),
        periode: (begin.to_owned(), eind.to_owned()),
        volume,
        eenheid: "14",
        tarief: 20_000,
    };
    world.today = "2025-06-03".parse().unwrap();
    let days = ("2025-05-01", "2025-05-31");
    let xml = jw323((AANBIEDER, GEMEENTE), &format!("C{place}"), "2025-06-02", days, BSN, &[line]);
    let decision = world.decide_on_all(&xml);
    assert!(decision.findings.is_empty(), "{:?}", decision.findings);
    world.known.apply(&decision.changes, &Arc::from([]));
    let held = decision.changes.iter().any(|change| matches!(change, Change::Vastgehouden(_)));
    let is_told = |reason: WorkReason| reason == WorkReason::NietAannemelijk;
    let told =
        decision.work.iter().any(|item| item.voorstel == Voorstel::Kennisnemen && is_told(item.reason));
    (held, told | world.follow().iter().any(|item| is_told(item.reason)))
}

/// What becomes of claims, one after another, where the region holds and where it tells: the same lines are at fault.
fn at_fault(stays: &[Toegewezen], claims: &[Nights]) -> Vec<bool> {
    let [held, told] = ["hold", "signal"].map(|act| {
        let mut world = world(act);
        for (number, stay) in stays.iter().enumerate() {
            world.give(&jw301(&format!("A{number}"), std::slice::from_ref(stay)));
            world.follow();
        }
        let found = claims.iter().map(|nights| claim(&mut world, *nights));
        let found: Vec<bool> = found.map(|(held, told)| if act == "hold" { held } else { told }).collect();
        found
    });
    assert_eq!(held, told, "{claims:?}");
    held
}

#[test]
fn a_month_that_is_too_full_by_itself_says_nothing_of_the_next() {
    let stays = [stay(1, "2025-03-01", "2025-04-30")];
    let march = (1, "2025-03-01", "2025-03-31", 60);
    let april = (1, "2025-04-01", "2025-04-30", 25);
    assert_eq!(at_fault(&stays, &[march, april]), [true, false]);
    assert_eq!(at_fault(&stays, &[april, march]), [false, true]);
}

#[test]
fn a_line_that_leaves_the_others_their_days_is_not_at_fault_for_what_they_lack() {
    let stays = [
        stay(1, "2025-03-20", "2025-03-31"),
        stay(2, "2025-03-20", "2025-03-31"),
        stay(3, "2025-03-01", "2025-03-31"),
    ];
    let (first, second) = ((1, "2025-03-20", "2025-03-31", 12), (2, "2025-03-20", "2025-03-31", 1));
    assert_eq!(at_fault(&stays, &[first, second, (3, "2025-03-01", "2025-03-31", 19)]), [false, true, false]);
    assert_eq!(at_fault(&stays, &[first, second, (3, "2025-03-01", "2025-03-31", 20)]), [false, true, true]);
}

/// The stay in the middle has to have the days that the last one begins on.
#[test]
fn what_begins_after_a_line_may_leave_it_no_days() {
    let stays = [
        stay(1, "2025-03-11", "2025-03-31"),
        stay(2, "2025-03-05", "2025-03-31"),
        stay(3, "2025-03-01", "2025-03-10"),
    ];
    let others = [(1, "2025-03-11", "2025-03-31", 21), (2, "2025-03-05", "2025-03-31", 6)];
    let last = (3, "2025-03-01", "2025-03-10", 5);
    assert_eq!(at_fault(&stays, &[others[0], others[1], last]), [false, false, true]);
    assert_eq!(at_fault(&stays, &[others[1], last]), [false, false]);
}
