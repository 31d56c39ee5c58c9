//! The rules on a JW317, each on both sides.

use super::berichten::{
    Nieuw, TeWijzigen, Toegewezen, aangevraagd, jw301, jw301_for, jw315, jw317, nieuw, te_wijzigen,
    toegewezen,
};
use super::world::{ANDERE_AANBIEDER, BSN, World, answers, day, reasons, retour_on, retourcodes};
use happyflow::decide::Verdict;
use happyflow::messages::BerichtSoort;
use happyflow::state::{Ontvangst, VerzoekStatus, WorkReason};

/// A client with two assignments: 1 of 45A04 and 2 of 45A05, all of 2025.
fn two() -> World {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1), toegewezen(2).code("45A05")]));
    world
}

/// The codes when 2 stays and this is to change.
fn faults_of(world: &mut World, product: TeWijzigen) -> Vec<&'static str> {
    world.faults(&jw317("B1", "V1", &[2], &[product], &[]))
}

fn longer() -> TeWijzigen {
    TeWijzigen { eind: Some("2026-06-30"), ..te_wijzigen(1) }
}

#[test]
fn tr304_an_unknown_client_is_the_only_fault_and_nothing_below_it_is_judged() {
    let mut world = World::new();
    let decision = world.give(&jw317("B1", "V1", &[1], &[longer()], &[nieuw("45A06")]));
    assert_eq!(decision.verdict, Verdict::Rejected);
    let codes = retourcodes(answers(&decision, BerichtSoort::Jw318)[0]);
    let shown: Vec<(&str, &str)> = codes
        .iter()
        .map(|(class, code)| (class.rsplit('/').next().unwrap().trim_end_matches("[1]"), code.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("Header", "0200"),
            ("OngewijzigdProduct", "0233"),
            ("TeWijzigenProduct", "0233"),
            ("NieuwProduct", "0233"),
            ("Verzoek", "0233"),
            ("Client", "8187"),
        ]
    );
    assert!(world.known.verzoeken.is_empty(), "a rejected request never was");
}

#[test]
fn tr347_a_reference_is_used_once_whatever_it_was_for() {
    let mut world = two();
    world.accept(&jw315("B0", &[aangevraagd("V1").code("45A06")]));
    assert_eq!(world.status("V1"), VerzoekStatus::Gehonoreerd);
    let all = [2, 800_000_001];
    assert_eq!(world.faults(&jw317("B1", "V1", &all, &[longer()], &[])), ["TR347"]);
    world.accept(&jw317("B1", "V2", &all, &[longer()], &[]));
}

#[test]
fn tr349_everything_current_is_named() {
    let mut world = two();
    world.accept(&jw301_for(BSN, ANDERE_AANBIEDER, "A2", &[toegewezen(3).code("45A06")]));
    assert_eq!(world.faults(&jw317("B1", "V1", &[], &[longer()], &[])), ["TR349"]);
    let decision = world.give(&jw317("B1", "V1", &[], &[longer()], &[]));
    assert_eq!(decision.findings[0].values, [("ontbrekende toewijzing", "2".to_owned())]);
    world.accept(&jw317("B1", "V1", &[2], &[longer()], &[]));
}

#[test]
fn tr349_what_ended_between_writing_and_reading_may_be_left_out_and_may_be_named() {
    let ends = || {
        let mut world = World::new();
        let short = Toegewezen { eind: Some("2025-03-04"), ..toegewezen(2).code("45A05") };
        world.accept(&jw301("A1", &[toegewezen(1), short]));
        world
    };
    let without = jw317("B1", "V1", &[], &[longer()], &[]);
    let with = jw317("B1", "V1", &[2], &[longer()], &[]);
    let mut world = ends();
    assert_eq!(world.faults(&without), ["TR349"], "still current on the day of the message");
    for message in [without, with] {
        let mut world = ends();
        world.today = day("2025-03-05");
        world.accept(&message);
    }
}

#[test]
fn tr350_and_tr351_want_a_current_assignment_of_this_client_here() {
    let mut world = two();
    world.accept(&jw301_for("999900018", super::world::AANBIEDER, "A2", &[toegewezen(3)]));
    world.accept(&jw301_for(BSN, ANDERE_AANBIEDER, "A3", &[toegewezen(4).code("45A06")]));
    let ended = Toegewezen { begin: "2024-01-01", eind: Some("2025-03-02"), ..toegewezen(5).code("45A06") };
    let deleted = Toegewezen { eind: Some("2025-01-01"), reden: Some("13"), ..toegewezen(6).code("45A07") };
    world.accept(&jw301("A4", &[ended, deleted]));
    for nummer in [3, 4, 5, 6, 99] {
        assert_eq!(world.faults(&jw317("B1", "V1", &[2, nummer], &[longer()], &[])), ["TR350"], "{nummer}");
        // 9351 silences every other rule on that product.
        let lost = TeWijzigen { omvang: None, begin: "2024-05-01", ..te_wijzigen(nummer) };
        assert_eq!(world.faults(&jw317("B1", "V1", &[1, 2], &[lost], &[])), ["TR351"], "{nummer}");
    }
}

#[test]
fn a_version_that_the_aanbieder_rejected_or_never_got_is_no_fact() {
    let mut world = two();
    // Number 1 ends in February and number 3 is new, and both are rejected.
    let ended = Toegewezen { tijd: "11:00:00", eind: Some("2025-02-28"), reden: Some("05"), ..toegewezen(1) };
    let xml = jw301("A2", &[ended, toegewezen(3).code("45A06")]);
    world.accept(&xml);
    world.accept(&retour_on(xml.as_bytes(), Some("TR056")));
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Afgewezen);
    let before = jw317("B1", "V1", &[2], &[longer()], &[]);
    assert_eq!(world.faults(&jw317("B1", "V1", &[2, 3], &[longer()], &[])), ["TR350"], "3 never was");
    assert_eq!(world.faults(&jw317("B1", "V1", &[], &[te_wijzigen(2)], &[])), ["TR349"], "1 runs on");
    let decision = world.accept(&before);
    assert_eq!(decision.work.len(), 1, "a person sees that the versions differ");
    assert!(decision.work[0].story.contains("niet bij de aanbieder aangekomen"));
}

#[test]
fn tr357_a_change_starts_later_or_covers_all() {
    let more = |begin| TeWijzigen { begin, omvang: Some((12, "04", "4")), ..te_wijzigen(1) };
    assert_eq!(faults_of(&mut two(), more("2025-03-03")), ["TR357"], "the day of the message is not later");
    assert_eq!(faults_of(&mut two(), more("2025-01-02")), ["TR357"]);
    for begin in ["2025-01-01", "2025-03-04"] {
        two().accept(&jw317("B1", "V1", &[2], &[more(begin)], &[]));
    }
}

#[test]
fn tr361_the_same_product_is_not_asked_for_twice_at_once() {
    let same = || Nieuw { begin: "2025-12-31", eind: None, ..nieuw("45A05") };
    let mut world = two();
    assert_eq!(world.faults(&jw317("B1", "V1", &[2], &[longer()], &[same()])), ["TR361"]);
    let category = Nieuw { product: Some(("45", None)), omvang: None, ..nieuw("45A06") };
    assert_eq!(world.faults(&jw317("B1", "V1", &[2], &[longer()], &[category])), ["TR361"]);
    // Named twice, and until the change the old assignment runs on.
    assert_eq!(world.faults(&jw317("B1", "V1", &[1, 2], &[longer()], &[])), ["TR361"]);
    let from_june = TeWijzigen { begin: "2025-06-01", omvang: Some((5, "04", "4")), ..te_wijzigen(1) };
    let in_between = Nieuw { begin: "2025-05-01", eind: Some("2025-05-31"), ..nieuw("45A04") };
    assert_eq!(world.faults(&jw317("B1", "V1", &[2], &[from_june], &[in_between])), ["TR361"]);
    let next = Nieuw { begin: "2026-01-01", eind: Some("2026-03-31"), ..nieuw("45A05") };
    world.accept(&jw317("B1", "V1", &[2], &[longer()], &[next]));
}

/// Assignments 1 and 3 of the same product, stacked by the gemeente, and 2.
fn stacked() -> World {
    let mut world = two();
    let same = Toegewezen { begin: "2025-06-01", eind: Some("2025-09-30"), ..toegewezen(3) };
    let decision = world.accept(&jw301("A2", &[same]));
    assert_eq!(decision.work[0].reason, WorkReason::Stapeling);
    world
}

#[test]
fn tr361_what_the_gemeente_stacked_is_not_asked_for_twice() {
    // TR349 asks for all three; the change is about another one.
    let other = || TeWijzigen { nummer: 2, eind: Some("2026-06-30"), ..te_wijzigen(2) };
    let decision = stacked().accept(&jw317("B1", "V1", &[1, 3], &[other()], &[]));
    assert!(decision.work[0].story.contains("toewijzingen 1 en 3"), "{}", decision.work[0].story);
    // A stacked one itself, within the days that it has.
    let more = |nummer, eind| TeWijzigen {
        eind: Some(eind),
        omvang: Some((12, "04", "4")),
        begin: "2025-07-01",
        ..te_wijzigen(nummer)
    };
    stacked().accept(&jw317("B1", "V1", &[2, 3], &[more(1, "2026-06-30")], &[]));
    stacked().accept(&jw317("B1", "V1", &[1, 2], &[more(3, "2025-09-30")], &[]));
    // Days that the request adds are its own, as is the same number twice.
    assert_eq!(stacked().faults(&jw317("B1", "V1", &[1, 2], &[more(3, "2025-10-01")], &[])), ["TR361"]);
    assert_eq!(stacked().faults(&jw317("B1", "V1", &[1, 2, 3], &[longer()], &[])), ["TR361"]);
    // Beside the stack, a new product of the same code.
    let beside = stacked().give(&jw317("B1", "V1", &[1, 2, 3], &[], &[nieuw("45A04")]));
    let places: Vec<_> = beside.findings.iter().map(|finding| finding.rule.code).collect();
    assert_eq!(places, ["TR361"], "only the new one is the fault");
}

#[test]
fn what_the_gemeente_stacked_keeps_an_assignment_of_ours_from_leaving() {
    let mut world = stacked();
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1").code("45A06")]));
    assert_eq!(reasons(&decision), [WorkReason::VerzoekBeoordelen]);
    assert!(decision.work[0].story.contains("TR302"), "{}", decision.work[0].story);
    // A refusal needs no assignment.
    let refused = stacked().accept(&jw315("B1", &[aangevraagd("R1").code("45A99")]));
    assert_eq!(answers(&refused, BerichtSoort::Jw319).len(), 1);
    // When it has passed, it is in nobody's way.
    let mut later = stacked();
    later.today = day("2025-10-01");
    let asked = aangevraagd("R1").later().code("45A06");
    assert_eq!(answers(&later.accept(&jw315("B1", &[asked])), BerichtSoort::Jw301).len(), 2);
}

#[test]
fn tr373_another_budget_or_total_covers_all() {
    let with = |product: Toegewezen| {
        let mut world = World::new();
        world.accept(&jw301("A1", &[product, toegewezen(2).code("45A05")]));
        world
    };
    let total = || with(Toegewezen { omvang: Some((100, "04", "6")), ..toegewezen(1) });
    let asked = |begin, volume, eind| TeWijzigen {
        begin,
        eind: Some(eind),
        omvang: Some((volume, "04", "6")),
        ..te_wijzigen(1)
    };
    assert_eq!(faults_of(&mut total(), asked("2025-04-01", 120, "2025-12-31")), ["TR373"]);
    total().accept(&jw317("B1", "V1", &[2], &[asked("2025-01-01", 120, "2025-12-31")], &[]));
    total().accept(&jw317("B1", "V1", &[2], &[asked("2025-04-01", 100, "2026-01-31")], &[]));

    let budget = || {
        let mut world = World::new();
        world.accept(&jw301(
            "A1",
            &[
                Toegewezen {
                    product: Some(("46", None)),
                    omvang: None,
                    budget: Some(50_000),
                    ..toegewezen(1)
                },
                toegewezen(2).code("45A05"),
            ],
        ));
        world
    };
    let asked = |begin, cents| TeWijzigen { begin, omvang: None, budget: Some(cents), ..te_wijzigen(1) };
    assert_eq!(faults_of(&mut budget(), asked("2025-04-01", 60_000)), ["TR373"]);
    budget().accept(&jw317("B1", "V1", &[2], &[asked("2025-01-01", 60_000)], &[]));
}

#[test]
fn tr374_one_request_at_a_time_until_it_has_its_answer() {
    let mut world = two();
    world.requests = happyflow::decide::Requests::Manual;
    world.accept(&jw317("B1", "V1", &[2], &[longer()], &[]));
    assert_eq!(world.faults(&jw317("B2", "V2", &[2], &[longer()], &[])), ["TR374"]);
    assert_eq!(world.faults(&jw315("B3", &[aangevraagd("V3").code("45A06")])), ["TR374"]);
    // A JW301 of the gemeente with its reference closes it, a JW319 with 2 would not.
    world.accept(&super::berichten::jw319("C1", "V1", None, None));
    assert_eq!(world.faults(&jw317("B2", "V2", &[2], &[longer()], &[])), ["TR374"]);
    let changed = Toegewezen {
        referentie: Some("V1"),
        tijd: "11:00:00",
        eind: Some("2026-06-30"),
        reden: Some("12"),
        ..toegewezen(1)
    };
    let same = Toegewezen { referentie: Some("V1"), ..toegewezen(2).code("45A05") };
    world.accept(&jw301("A2", &[changed, same]));
    assert_eq!(world.status("V1"), VerzoekStatus::Gehonoreerd);
    world.accept(&jw317("B2", "V2", &[2], &[longer()], &[nieuw("45A06")]));
}

#[test]
fn tr375_tr411_and_tr412_ask_for_the_volume_that_the_assignment_has() {
    assert_eq!(faults_of(&mut two(), TeWijzigen { omvang: None, ..longer() }), ["TR411"]);
    let of = |product| {
        let mut world = World::new();
        let first = Toegewezen { product, omvang: None, budget: Some(50_000), ..toegewezen(1) };
        world.accept(&jw301("A1", &[first]));
        world
    };
    let with_volume = TeWijzigen { begin: "2025-01-01", ..longer() };
    let without = TeWijzigen { omvang: None, budget: Some(50_000), ..longer() };
    let asked = |product: &TeWijzigen| jw317("B1", "V1", &[], std::slice::from_ref(product), &[]);
    assert_eq!(of(Some(("46", None))).faults(&asked(&with_volume)), ["TR412"]);
    assert_eq!(of(None).faults(&asked(&with_volume)), ["TR375", "TR412"]);
    of(Some(("46", None))).accept(&asked(&without));
    of(None).accept(&asked(&without));
}

#[test]
fn tr056_tr135_and_tr378_stand_in_the_header() {
    let mut world = two();
    world.accept(&jw317("B1", "V1", &[2], &[longer()], &[]));
    assert_eq!(world.faults(&jw317("B1", "V2", &[1], &[te_wijzigen(2)], &[])), ["TR056"]);
    let tomorrow = jw317("B2", "V2", &[2], &[longer()], &[]).replace(">2025-03-03<", ">2025-03-04<");
    assert_eq!(two().faults(&tomorrow), ["TR135"]);
    let unknown = jw317("B2", "V2", &[2], &[longer()], &[]).replace(">0193<", ">9999<");
    assert_eq!(two().faults(&unknown), ["TR378"]);
}
