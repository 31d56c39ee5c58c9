//! Amounts at the edge of what a contract and a message can say: counted to the cent, told and held, and never wrapped.

use crate::requests::berichten::{Toegewezen, jw301, toegewezen};
use crate::requests::world::{World, register};
use happyflow::state::WorkReason;

/// The largest amount of a limit, and the largest rate.
const LARGEST: i64 = 999_999_999_999;
const RATE: i64 = 99_999_999;
/// What the care of one assignment counts for at most.
const MOST: i64 = 1_000_000_000_000;

fn world(bedrag: i64, act: &str) -> World {
    let json = format!(
        r#"{{"contracten":[{{"gemeente":"0193","aanbieder":"12345678","productcategorie":"45","productcode":"45A04","eenheid":"04",
           "tarief":{RATE},"geldig_van":"2024-01-01"}}],
           "plafonds":[{{"aanbieder":"12345678","jaar":2025,"bedrag":{bedrag},"bij_toewijzing":"{act}","bij_betaling":"{act}",
             "waarschuw_bij":70}}]}}"#
    );
    World::of(register(&[("contracts.json", &json)]))
}

/// So many hours a month at the largest rate.
fn hours(nummer: u32, volume: i64) -> Toegewezen {
    // Each in days of its own: the same product twice is another matter.
    let days = [("2025-01-01", "2025-03-31"), ("2025-04-01", "2025-06-30"), ("2025-07-01", "2025-12-31")];
    let (begin, eind) = days[nummer as usize - 1];
    Toegewezen { omvang: Some((volume, "04", "4")), begin, eind: Some(eind), ..toegewezen(nummer) }
}

fn promised(world: &World) -> Vec<i64> {
    world.known.toegezegd.values().map(|sum| sum.bedrag.0).collect()
}

#[test]
fn the_largest_volumes_at_the_largest_rate_add_up_and_are_told_each_time() {
    let mut world = world(LARGEST, "signal");
    for nummer in 1..=3 {
        assert!(!world.accept(&jw301(&format!("A{nummer}"), &[hours(nummer, 99_999_999)])).held);
        let told: Vec<WorkReason> = world.follow().iter().map(|item| item.reason).collect();
        assert!(told.contains(&WorkReason::ToewijzingBovenBudget), "{told:?}");
        assert_eq!(told.contains(&WorkReason::PlafondBijnaBereikt), nummer == 1, "{told:?}");
        assert_eq!(promised(&world), [MOST * i64::from(nummer)]);
    }
}

#[test]
fn a_cent_above_the_largest_limit_waits_and_up_to_it_nothing_does() {
    let mut largest = world(LARGEST, "hold");
    // 3,333 hours a month for three months are 9,999.99 million euros and some: within ten thousand million.
    assert!(!largest.accept(&jw301("A1", &[hours(1, 3_333)])).held);
    assert_eq!(promised(&largest), [3 * 3_333 * RATE]);
    let decision = largest.accept(&jw301("A2", &[hours(2, 1)]));
    assert!(decision.held, "{:?}", decision.work);
    assert_eq!(promised(&largest), [3 * 3_333 * RATE]);
    // Of a limit of nothing every cent is too much, and each larger overrun is a tenth of it more.
    assert!(world(0, "hold").accept(&jw301("A1", &[hours(1, 1)])).held);
    let mut nothing = world(0, "signal");
    assert!(!nothing.accept(&jw301("A1", &[hours(1, 1)])).held);
    assert!(!nothing.follow().is_empty());
}
