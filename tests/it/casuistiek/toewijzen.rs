//! The life of an assignment, and of the care on it.

use crate::regie::berichten::{DEFINITIEF, Regel, Regie, TIJDELIJK, regie, start, stop};
use crate::requests::berichten::{
    TeWijzigen, Toegewezen, aangevraagd, jw301, jw315, jw317, te_wijzigen, toegewezen,
};
use crate::requests::world::{World, answers, day, reasons, retour_on, values};
use happyflow::messages::BerichtSoort;
use happyflow::state::WorkReason;

/// A later version of assignment 1.
fn later(eind: &'static str, reden: &'static str) -> Toegewezen {
    Toegewezen { datum: "2025-02-10", eind: Some(eind), reden: Some(reden), ..toegewezen(1) }
}

#[test]
fn casus_1_oprekken() {
    let mut world = World::new();
    world.today = day("2025-09-01");
    let care = Toegewezen { eind: Some("2025-06-30"), omvang: Some((3, "04", "2")), ..toegewezen(1) };
    world.accept(&jw301("C1", std::slice::from_ref(&care)));
    world.accept(&regie("S1", &[start("2025-01-05")]));
    // In May the care goes on until the end of the year: same volume, same frequentie, not over yet (OP380).
    let longer = Toegewezen { datum: "2025-05-10", eind: Some("2025-12-31"), reden: Some("04"), ..care };
    let message = jw301("C2", &[longer]).replace("2025-03-03</i:Dagtekening>", "2025-05-10</i:Dagtekening>");
    let decision = world.accept(&message);
    assert!(decision.work.is_empty(), "nothing to tell: {:?}", decision.work);
    assert_eq!(world.toewijzing(1).einddatum, Some(day("2025-12-31")));
    // The care that runs is not touched.
    assert_eq!(world.faults(&regie("S2", &[start("2025-07-01")])), ["TR326"]);
    world.accept(&regie("S3", &[stop("2025-01-05", DEFINITIEF, "2025-08-31")]));
}

#[test]
fn casus_2_tijdelijk_dan_definitief() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-05-15")]);
    regie.accept(&[stop("2025-05-15", TIJDELIJK, "2025-06-20")]);
    // Not before the day on which care stopped for a time (TR414); on that day it may end, as agreed.
    // 23 is of the Wmo; 33 is the like of it here.
    let ended = |eind| stop("2025-05-15", "33", eind);
    assert_eq!(regie.faults(&[ended("2025-06-19")]), ["TR414"]);
    regie.accept(&[ended("2025-06-20")]);
    // Nothing follows on it without a new start; a stop for a time would be the second one too (TR413).
    assert_eq!(regie.faults(&[stop("2025-05-15", TIJDELIJK, "2025-06-21")]), ["TR413", "TR415"]);
}

#[test]
fn alle_actuele_toewijzingen_gaan_mee() {
    let mut world = World::new();
    let ended = Toegewezen { eind: Some("2025-02-28"), ..toegewezen(1).code("45A05") };
    let open = Toegewezen { eind: None, ..toegewezen(2).code("45A06") };
    world.accept(&jw301("A1", &[ended, open]));
    // What has ended stays out, what is current goes along (OP087).
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1")]));
    let jw301 = answers(&decision, BerichtSoort::Jw301)[0];
    assert_eq!(values(jw301, "ToewijzingNummer"), ["2", "800000001"]);
    assert_eq!(values(jw301, "ReferentieAanbieder"), ["R1"], "only on the direct result");
}

#[test]
fn inkorten_en_oprekken_onder_hetzelfde_nummer() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    for (id, eind, reden) in [("A2", "2025-09-30", "05"), ("A3", "2026-03-31", "04")] {
        let changed =
            Toegewezen { datum: if id == "A2" { "2025-02-10" } else { "2025-02-11" }, ..later(eind, reden) };
        let decision = world.accept(&jw301(id, &[changed]));
        assert!(decision.work.is_empty(), "{:?}", decision.work);
        assert_eq!(world.toewijzing(1).einddatum, Some(day(eind)));
    }
    // Another volume is another assignment, unless it is a total (OP033x1).
    let more = Toegewezen { omvang: Some((12, "04", "4")), datum: "2025-02-12", ..later("2026-03-31", "14") };
    assert_eq!(reasons(&world.accept(&jw301("A4", &[more]))), [WorkReason::WijzigingNietToegestaan]);
}

#[test]
fn reden_01_vervalt_en_reden_14_niet() {
    // 01 is of before release 3.1: no assignment of today bears it (CS336).
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    assert_eq!(world.faults(&jw301("A2", &[later("2025-01-01", "01")])), ["CS336"]);
    for (reden, is_current) in [("13", false), ("14", true)] {
        let mut world = World::new();
        let other = toegewezen(2).code("45A05");
        let eind = if is_current { "2025-11-30" } else { "2025-01-01" };
        world.accept(&jw301("A1", &[toegewezen(1), other]));
        world.accept(&jw301("A2", &[later(eind, reden)]));
        // A request for change names what is current, and nothing else (TR349, TR350).
        let longer = TeWijzigen { nummer: 2, eind: Some("2026-06-30"), ..te_wijzigen(2) };
        let blijft: &[u32] = if is_current { &[1] } else { &[] };
        let wrong: &[u32] = if is_current { &[] } else { &[1] };
        let fault = if is_current { "TR349" } else { "TR350" };
        assert_eq!(
            world.faults(&jw317("B1", "V1", wrong, std::slice::from_ref(&longer), &[])),
            [fault],
            "{reden}"
        );
        world.accept(&jw317("B1", "V1", blijft, &[longer], &[]));
    }
}

#[test]
fn vervroegen_met_een_toewijzing_ervoor() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let before = Toegewezen { begin: "2024-11-15", eind: Some("2024-12-31"), ..toegewezen(2) };
    let decision = world.accept(&jw301("A2", &[toegewezen(1), before]));
    assert!(decision.work.is_empty(), "they do not overlap: {:?}", decision.work);
    // Another first day for the number itself is another assignment (TR332).
    let earlier = Toegewezen { begin: "2024-11-15", datum: "2025-02-10", ..toegewezen(1) };
    assert_eq!(world.faults(&jw301("A3", &[earlier])), ["TR332"]);
}

#[test]
fn vervroegen_door_opnieuw_toe_te_wijzen() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let anew = Toegewezen { begin: "2024-11-15", datum: "2025-02-10", ..toegewezen(2) };
    // Both in one message: what is deleted overlaps with nothing (TR302).
    let decision = world.accept(&jw301("A2", &[later("2025-01-01", "13"), anew]));
    assert!(decision.work.is_empty(), "{:?}", decision.work);
    assert!(world.toewijzing(1).is_verwijderd());
    assert_eq!(world.toewijzing(2).ingangsdatum, day("2024-11-15"));
}

#[test]
fn na_een_definitieve_stop_mag_weer_een_start() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    regie.accept(&[stop("2025-01-05", DEFINITIEF, "2025-03-31")]);
    regie.accept(&[start("2025-05-01")]);
    regie.accept(&[stop("2025-05-01", TIJDELIJK, "2025-06-30")]);
    regie.accept(&[start("2025-07-15")]);
}

#[test]
fn na_intrekking_volgt_een_stop() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    regie.world.accept(&jw301("C1", &[later("2025-02-28", "05"), toegewezen(2).code("45A05")]));
    // The assignment is over; the care on it is stopped all the same.
    regie.accept(&[stop("2025-01-05", DEFINITIEF, "2025-02-28")]);
    // Stopped before, there is nothing left to stop.
    assert_eq!(regie.faults(&[stop("2025-01-05", DEFINITIEF, "2025-03-01")]), ["TR415"]);
}

#[test]
fn een_start_en_een_stop_zijn_te_verwijderen() {
    let mut regie = Regie::new();
    let (begun, ended) = (start("2025-01-05"), stop("2025-01-05", DEFINITIEF, "2025-03-31"));
    regie.accept(std::slice::from_ref(&begun));
    regie.accept(std::slice::from_ref(&ended));
    // First the stop, then the start (TR071); what was removed was never sent.
    assert_eq!(regie.faults(&[begun.weg()]), ["TR071"]);
    regie.accept(&[ended.weg()]);
    regie.accept(&[begun.weg()]);
    regie.accept(&[begun]);
    // A stop that was rejected was never sent either, and may be sent anew.
    assert_eq!(regie.faults(&[stop("2025-01-06", DEFINITIEF, "2025-03-31")]), ["TR382"]);
    regie.accept(&[ended]);
}

#[test]
fn generiek_kent_een_start() {
    let mut world = World::new();
    world.today = day("2025-09-01");
    let generic = Toegewezen { product: None, omvang: None, budget: Some(500_000), ..toegewezen(1) };
    world.accept(&jw301("C1", &[generic]));
    let begun = Regel { product: None, ..start("2025-01-05") };
    world.accept(&regie("S1", std::slice::from_ref(&begun)));
    // One start for the whole assignment: a second trajectory has none of its own.
    let second = Regel { begin: "2025-03-01", ..begun };
    assert_eq!(world.faults(&regie("S2", &[second])), ["TR326"]);
}

#[test]
fn verwijderd_is_nooit_verzonden() {
    let mut regie = Regie::new();
    let deleted = later("2025-01-01", "13");
    let message = jw301("C1", &[deleted, toegewezen(2).code("45A05")]);
    let decision = regie.world.accept(&message);
    assert!(decision.work.is_empty(), "{:?}", decision.work);
    assert_eq!(regie.faults(&[start("2025-01-05")]), ["TR019"]);
    // Unless the aanbieder rejected the deletion: then that was never sent.
    regie.world.give(&retour_on(message.as_bytes(), Some("TR056")));
    regie.accept(&[start("2025-01-05")]);
}
