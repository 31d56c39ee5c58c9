//! What assignments promise of limits, kept message by message, is what comes out when all of it is made anew
//! (rulings 8.3); and what happens at the amount (rulings 8.4, 8.6, 8.7).

use crate::requests::berichten::{
    Aangevraagd, PERSON, Toegewezen, aangevraagd, jw301, jw301_for, jw315, message, toegewezen,
};
use crate::requests::world::{AANBIEDER, ANDERE_AANBIEDER, BSN, CLIENT, World, answers, gemeente, retour_on};
use happyflow::decide::Requests;
use happyflow::decide::following::{Promised, make_anew};
use happyflow::decide::in_memory::promised;
use happyflow::decide::limits::counted_from;
use happyflow::decide::new_register::Kring;
use happyflow::messages::BerichtSoort;
use happyflow::money::Cents;
use happyflow::state::{Change, Ontvangst, Voorstel, WorkReason, WorkingSet};
use proptest::prelude::*;
use std::sync::Arc;

/// The sums as they are when every promise is made anew.
fn anew(world: &World) -> WorkingSet {
    let since = counted_from(&world.register, world.today);
    let all = Promised { known: WorkingSet::default(), ..promised(&world.known, since, &Kring::allen()) };
    let mut made = WorkingSet::default();
    made.apply(&make_anew(&all, &world.register, world.today), &Arc::from([]));
    made
}

/// What is kept is what comes out anew, row by row and in sum.
fn add_up(world: &mut World) {
    world.follow();
    let made = anew(world);
    let rows = |known: &WorkingSet| {
        let mut rows: Vec<_> = known
            .toezeggingen
            .iter()
            .flat_map(|(key, rows)| rows.iter().map(move |(limiet, row)| (*key, limiet.clone(), *row)))
            .collect();
        rows.sort_by(|one, two| (one.0, &one.1).cmp(&(two.0, &two.1)));
        rows
    };
    assert_eq!(rows(&world.known), rows(&made));
    let sums = |known: &WorkingSet| {
        let sums = known.toegezegd.iter().map(|(key, sum)| (key.clone(), sum.bedrag, sum.onbekend));
        let mut sums: Vec<_> = sums.filter(|(_, bedrag, onbekend)| (bedrag.0, *onbekend) != (0, 0)).collect();
        sums.sort();
        sums
    };
    assert_eq!(sums(&world.known), sums(&made));
}

const LIMITS: &str = "aanbieder;jaar;bedrag;bij_toewijzing;bij_betaling\n12345678;2025;ROOM;ACT;signal\n";

fn ceiling(room: &str, act: &str) -> World {
    let file = LIMITS.replace("ROOM", room).replace("ACT", act);
    World::with("", &[("plafonds.csv", file.as_str()), ("clienten.csv", CLIENT)])
}

/// What is promised of all limits together, in cents.
fn in_all(world: &mut World) -> i64 {
    add_up(world);
    world.known.toegezegd.values().map(|sum| sum.bedrag.0).sum()
}

fn stop(id: &str, soort: &str, status: &str, reden: &str) -> String {
    let (name, code, rest) = match soort {
        "jw305" => ("StartProduct", "438", String::new()),
        _ => (
            "StopProduct",
            "440",
            format!("<m:RedenBeeindiging>{reden}</m:RedenBeeindiging><m:Einddatum>2025-02-28</m:Einddatum>"),
        ),
    };
    let body = format!(
        "<m:Client><m:Bsn>{BSN}</m:Bsn>{PERSON}<m:Naam><i:Geslachtsnaam><i:Achternaam>Voorbeeld</i:Achternaam>\
         </i:Geslachtsnaam></m:Naam><m:{name}en><m:{name}><m:ToewijzingNummer>1</m:ToewijzingNummer>\
         <m:Product><i:Categorie>45</i:Categorie><i:Code>45A04</i:Code></m:Product>\
         <m:Begindatum>2025-01-06</m:Begindatum>{rest}<m:StatusAanlevering>{status}</m:StatusAanlevering>\
         </m:{name}></m:{name}en></m:Client>"
    );
    message(soort, code, AANBIEDER, "0193", id, "2025-03-03", &body)
}

#[test]
fn what_ends_is_deleted_or_is_rejected_promises_nothing_more() {
    let mut world = ceiling("100000,00", "signal");
    let heen = jw301("A1", &[toegewezen(1)]);
    world.accept(&heen);
    assert_eq!(in_all(&mut world), 960_000, "twelve months of 800,00");
    let shorter = Toegewezen { eind: Some("2025-06-30"), datum: "2025-02-01", ..toegewezen(1) };
    world.accept(&jw301("A2", &[shorter]));
    assert_eq!(in_all(&mut world), 480_000);
    world.accept(&jw301("A3", &[toegewezen(2).code("45A05")]));
    world.give(&retour_on(jw301("A3", &[toegewezen(2).code("45A05")]).as_bytes(), Some("TR056")));
    assert_eq!(in_all(&mut world), 480_000, "the aanbieder rejected the second");
    let deleted =
        Toegewezen { eind: Some("2025-01-01"), datum: "2025-03-01", reden: Some("13"), ..toegewezen(1) };
    world.accept(&jw301("A4", &[deleted]));
    assert_eq!(in_all(&mut world), 0);
}

#[test]
fn nothing_is_promised_behind_a_stop_for_good_until_it_is_taken_back() {
    let mut world = ceiling("100000,00", "signal");
    world.accept(&jw301("A1", &[toegewezen(1)]));
    world.accept(&stop("S1", "jw305", "1", ""));
    assert_eq!(in_all(&mut world), 960_000);
    world.accept(&stop("S2", "jw307", "1", "02"));
    assert_eq!(in_all(&mut world), 160_000, "until the end of February");
    world.accept(&stop("S3", "jw307", "3", "02"));
    assert_eq!(in_all(&mut world), 960_000);
    world.accept(&stop("S4", "jw307", "1", "20"));
    assert_eq!(in_all(&mut world), 960_000, "for a time");
}

#[test]
fn to_the_cent_of_a_limit_that_holds_it_fits_and_a_cent_more_waits() {
    let mut world = ceiling("9600,00", "hold");
    assert!(!world.accept(&jw301("A1", &[toegewezen(1)])).held);
    assert_eq!(in_all(&mut world), 960_000);
    let mut world = ceiling("9599,99", "hold");
    let decision = world.accept(&jw301("A1", &[toegewezen(1)]));
    let [item] = &decision.work[..] else { panic!("{:?}", decision.work) };
    assert!(decision.held && decision.forwards.is_empty());
    assert_eq!((item.reason, &item.voorstel), (WorkReason::ToewijzingBovenBudget, &Voorstel::Doorsturen));
    assert!(item.due.is_some(), "three working days");
    for part in ["9.599,99", "9.600,00", "0,01 te veel"] {
        assert!(item.story.contains(part), "{part}: {}", item.story);
    }
    assert_eq!(in_all(&mut world), 0, "what is held promises nothing");
    assert!(world.follow().is_empty(), "the item is there already");
}

/// Rulings 8.7: what the aanbieder did not receive does not exist for it, until the gemeente sends what fits.
#[test]
fn a_held_assignment_does_not_exist_and_a_newer_one_takes_its_place() {
    let mut world = ceiling("5000,00", "hold");
    let first = world.accept(&jw301("A1", &[toegewezen(1)]));
    assert!(first.held);
    assert_eq!(world.faults(&stop("S1", "jw305", "1", "")), ["TR019"]);
    let less = Toegewezen { eind: Some("2025-06-30"), datum: "2025-02-01", ..toegewezen(1) };
    let second = world.accept(&jw301("A2", &[less]));
    assert!(!second.held && !second.forwards.is_empty());
    let replaced = |change: &Change| matches!(change, Change::VasthoudingVervangen { .. });
    assert!(second.changes.iter().any(replaced), "nobody decides on the first any more");
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden);
    world.accept(&stop("S2", "jw305", "1", ""));
    assert_eq!(in_all(&mut world), 480_000);
}

#[test]
fn what_ends_or_is_for_the_court_is_never_held_and_told_all_the_same() {
    // A change that shortens one and adds more than fits.
    let mut world = ceiling("10000,00", "hold");
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let shorter = Toegewezen { eind: Some("2025-11-30"), datum: "2025-02-01", ..toegewezen(1) };
    let more = toegewezen(2).code("45A05");
    let decision = world.accept(&jw301("A2", &[shorter, more]));
    assert!(!decision.held && decision.work.is_empty(), "{:?}", decision.work);
    let told = world.follow();
    assert!(told[0].story.contains("nooit vastgehouden"), "{told:?}");
    // A measure of a certified institution.
    let mut world = ceiling("100,00", "hold");
    let measure = Toegewezen { omvang: Some((1, "82", "4")), ..toegewezen(1).code("48A01") };
    assert!(!world.accept(&jw301("A1", &[measure])).held);
    assert_eq!(world.follow()[0].reason, WorkReason::ToewijzingBovenBudget);
    // An answer to a request of a certified institution, the court, or neither.
    for (verwijzer, held) in [("04", false), ("08", false), ("02", true)] {
        let mut world = ceiling("100,00", "hold");
        world.requests = Requests::Manual;
        world.accept(&jw315("B1", &[Aangevraagd { verwijzer, ..aangevraagd("R1") }]));
        let answer = Toegewezen {
            referentie: Some("R1"),
            begin: "2025-04-01",
            eind: Some("2025-09-30"),
            ..toegewezen(1)
        };
        assert_eq!(world.accept(&jw301("A1", &[answer])).held, held, "{verwijzer}");
    }
}

#[test]
fn our_own_assignments_promise_and_a_request_that_does_not_fit_waits() {
    // Six months of 800,00.
    let mut world = ceiling("9599,99", "hold");
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1")]));
    assert_eq!(answers(&decision, BerichtSoort::Jw301).len(), 2);
    assert_eq!(in_all(&mut world), 480_000);
    let decision = world.accept(&jw315("B2", &[aangevraagd("R2").code("45A05")]));
    assert!(answers(&decision, BerichtSoort::Jw301).is_empty());
    assert!(decision.work[0].story.contains("0,01 te veel"), "{:?}", decision.work);
    assert_eq!(in_all(&mut world), 480_000);
}

const FIXED: &str = r#"{"contracten":[
  {"gemeente":"0193","aanbieder":"12345678","productcategorie":"50","productcode":"50P01","eenheid":"82","tarief":100000,
   "geldig_van":"2024-01-01","geldig_tot":null,"financiering":"profiel_vast","bij_overschrijding":"ACT"},
  {"gemeente":"0193","aanbieder":"87654321","productcategorie":"50","productcode":"50P02","eenheid":"82","tarief":200000,
   "geldig_van":"2024-01-01","geldig_tot":null,"financiering":"profiel_vast","bij_overschrijding":"ACT"},
  {"gemeente":"0193","aanbieder":"87654321","productcategorie":"50","productcode":"50P03","eenheid":"82","tarief":200000,
   "geldig_van":"2024-01-01","geldig_tot":null,"financiering":"profiel_vast","bij_overschrijding":"ACT","spoed":true}]}"#;

fn trajectory(nummer: u32, code: &'static str, begin: &'static str, eind: &'static str) -> Toegewezen {
    let omvang = Some((1, "82", "6"));
    Toegewezen { product: Some(("50", Some(code))), omvang, begin, eind: Some(eind), ..toegewezen(nummer) }
}

/// Rulings 8.6: one trajectory at a time, whichever profile and aanbieder; crisis help is none.
#[test]
fn one_trajectory_at_a_fixed_price_at_a_time() {
    for (act, holds) in [("hold", true), ("signal", false)] {
        let json = FIXED.replace("ACT", act);
        let mut world = World::of(crate::requests::world::register(&[("contracts.json", json.as_str())]));
        assert!(world.told(&jw301("A1", &[trajectory(1, "50P01", "2025-01-01", "2025-05-31")])).is_empty());
        let next = trajectory(2, "50P02", "2025-06-01", "2025-09-30");
        assert!(world.told(&jw301_for(BSN, ANDERE_AANBIEDER, "A2", &[next])).is_empty(), "the day after");
        let crisis = trajectory(3, "50P03", "2025-05-01", "2025-05-31");
        assert!(world.told(&jw301_for(BSN, ANDERE_AANBIEDER, "A3", &[crisis])).is_empty());
        let beside = trajectory(4, "50P02", "2025-05-31", "2025-05-31");
        let decision = world.accept(&jw301_for(BSN, ANDERE_AANBIEDER, "A4", &[beside]));
        assert_eq!(decision.held, holds, "{act}");
        let told = if holds { decision.work } else { world.follow() };
        let [item] = &told[..] else { panic!("{act} {told:?}") };
        assert_eq!(item.reason, WorkReason::VastePrijs);
        assert!(item.story.contains("toewijzing 1") && !item.story.contains(BSN), "{}", item.story);
        // More than one piece.
        let pieces =
            Toegewezen { omvang: Some((2, "82", "6")), ..trajectory(5, "50P01", "2026-01-01", "2026-01-31") };
        let decision = world.accept(&jw301("A5", &[pieces]));
        assert_eq!((decision.held, decision.work[0].reason), (holds, WorkReason::VastePrijs), "{act}");
    }
}

/// A message of a random history: about one of three assignments.
fn step(choice: u8, number: u32, turn: usize) -> String {
    const DAYS: [&str; 6] =
        ["2025-02-01", "2025-02-02", "2025-02-03", "2025-02-04", "2025-02-05", "2025-02-06"];
    let codes = ["45A04", "45A05", "45A06"];
    let base = Toegewezen { datum: DAYS[turn % 6], ..toegewezen(number).code(codes[number as usize - 1]) };
    let id = format!("H{turn}");
    match choice {
        0 => jw301(&id, &[base]),
        1 => jw301(&id, &[Toegewezen { eind: Some("2025-08-31"), ..base }]),
        2 => jw301(&id, &[Toegewezen { eind: Some("2026-08-31"), ..base }]),
        3 => jw301(&id, &[Toegewezen { eind: Some("2025-01-01"), reden: Some("13"), ..base }]),
        4 => retour_on(jw301(&format!("H{}", turn.saturating_sub(1)), &[base]).as_bytes(), Some("TR056")),
        5 => stop(&id, "jw305", "1", ""),
        6 => stop(&id, "jw307", "1", "02"),
        _ => stop(&id, "jw307", "3", "02"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn sums_are_what_they_are_when_made_anew(
        steps in proptest::collection::vec((0..8_u8, 1..4_u32), 1..14),
        act in prop::sample::select(vec!["hold", "signal"]),
    ) {
        let mut world = ceiling("15000,00", act);
        for (turn, (choice, number)) in steps.into_iter().enumerate() {
            world.give(&step(choice, number, turn));
            add_up(&mut world);
        }
        prop_assert!(world.known.toegezegd.values().all(|sum| sum.bedrag >= Cents::ZERO));
        prop_assert_eq!(world.known.toewijzingen.keys().all(|(of, _)| *of == gemeente("0193")), true);
    }
}
