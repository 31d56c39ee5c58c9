//! Requests for an assignment and for a change.

use crate::requests::berichten::{
    Nieuw, TeWijzigen, Toegewezen, aangevraagd, jw301, jw315, jw317, jw319, nieuw, te_wijzigen, toegewezen,
};
use crate::requests::world::{
    CLIENT, World, answers, codes, day, reasons, register, retour_on, sent, values,
};
use happyflow::decide::{Decision, Requests};
use happyflow::messages::BerichtSoort;
use happyflow::state::{VerzoekStatus, WorkReason};

/// Assignments 1 and 2, ten hours a month in 2025.
fn two() -> World {
    let mut world = World::new();
    world.accept(&jw301("T1", &[toegewezen(1), toegewezen(2).code("45A05")]));
    world
}

/// The same, answered by the gemeente itself.
fn manual() -> World {
    World { requests: Requests::Manual, ..two() }
}

fn longer() -> TeWijzigen {
    TeWijzigen { eind: Some("2026-06-30"), ..te_wijzigen(1) }
}

fn asked(id: &str, referentie: &str) -> String {
    jw317(id, referentie, &[2], &[longer()], &[])
}

/// Why a request was refused by ourselves.
fn refused(decision: &Decision, retour: &str) -> String {
    let kinds: Vec<&str> = sent(decision).into_iter().map(|(soort, _)| soort).collect();
    assert_eq!(kinds, [retour, "JW319"]);
    values(answers(decision, BerichtSoort::Jw319)[0], "RedenAfwijzingVerzoek").remove(0)
}

#[test]
fn na_een_afwijzing_geldt_wat_er_was_en_mag_een_nieuw_verzoek() {
    let mut world = two();
    let outside = Nieuw { product: Some(("45", Some("45A99"))), ..nieuw("45A06") };
    let decision = world.accept(&jw317("B1", "V1", &[2], &[longer()], &[outside]));
    assert_eq!(refused(&decision, "JW318"), "4");
    assert_eq!(world.toewijzing(1).einddatum, Some(day("2025-12-31")), "as it was");
    let decision = world.accept(&asked("B2", "V2"));
    assert_eq!(answers(&decision, BerichtSoort::Jw301).len(), 2);
}

#[test]
fn na_een_vow_staat_de_hele_situatie_in_de_toewijzing() {
    let mut world = two();
    let decision = world.accept(&jw317("B1", "V1", &[2], &[longer()], &[nieuw("45A06")]));
    let jw301 = answers(&decision, BerichtSoort::Jw301)[0];
    assert_eq!(values(jw301, "ToewijzingNummer"), ["2", "1", "800000001"]);
    assert_eq!(values(jw301, "Einddatum"), ["2025-12-31", "2026-06-30", "2025-09-30"]);
    assert_eq!(values(jw301, "ReferentieAanbieder"), ["V1"; 3]);
    assert_eq!(values(jw301, "RedenWijziging"), ["12"], "on what changed");
}

#[test]
fn een_vow_noemt_alles() {
    let mut world = two();
    assert_eq!(world.faults(&jw317("B1", "V1", &[], &[longer()], &[])), ["TR349"]);
    world.accept(&asked("B1", "V1"));
}

#[test]
fn een_tweede_vow_wordt_afgekeurd() {
    let mut world = manual();
    world.accept(&asked("B1", "V1"));
    assert_eq!(world.faults(&asked("B2", "V2")), ["TR374"]);
    assert_eq!(world.faults(&jw315("B3", &[aangevraagd("V3").code("45A06")])), ["TR374"]);
    assert_eq!(world.status("V1"), VerzoekStatus::Open, "the first one still waits");
}

#[test]
fn een_totaal_mag_over_de_hele_looptijd_wijzigen() {
    let mut world = World::new();
    let total = Toegewezen { omvang: Some((100, "04", "6")), ..toegewezen(1) };
    world.accept(&jw301("T1", &[total, toegewezen(2).code("45A05")]));
    let more = TeWijzigen { omvang: Some((120, "04", "6")), ..te_wijzigen(1) };
    let decision = world.accept(&jw317("B1", "V1", &[2], std::slice::from_ref(&more), &[]));
    assert_eq!(answers(&decision, BerichtSoort::Jw301).len(), 2, "the first day lies in the past");
    assert_eq!(world.toewijzing(1).omvang.unwrap().volume, 120);
    // A volume per month does not change with effect in the past.
    let mut world = two();
    let past = TeWijzigen { begin: "2025-02-01", omvang: Some((12, "04", "4")), ..te_wijzigen(1) };
    assert_eq!(world.faults(&jw317("B1", "V1", &[2], &[past], &[])), ["TR357"]);
}

#[test]
fn een_vow_wordt_als_geheel_gehonoreerd_of_afgewezen() {
    // One of three products has no contract: nothing of the others is assigned.
    let mut world = two();
    let outside = Nieuw { product: Some(("45", Some("45A99"))), ..nieuw("45A06") };
    let decision = world.accept(&jw317("B1", "V1", &[2], &[longer()], &[nieuw("45A06"), outside]));
    assert_eq!(refused(&decision, "JW318"), "4");
    assert_eq!(world.known.toewijzingen.len(), 2);
    // Of a request for assignment each product has its own answer (OP344).
    let outside = aangevraagd("R2").code("45A99");
    let decision = world.accept(&jw315("B2", &[aangevraagd("R1").code("45A06"), outside]));
    let kinds: Vec<&str> = sent(&decision).into_iter().map(|(soort, _)| soort).collect();
    assert_eq!(kinds, ["JW316", "JW301", "JW301", "JW319"]);
}

#[test]
fn een_verstreken_datum_is_voor_een_mens() {
    let mut world = two();
    let more = TeWijzigen { begin: "2025-03-04", omvang: Some((12, "04", "4")), ..te_wijzigen(1) };
    world.today = day("2025-03-05");
    let decision = world.accept(&jw317("B1", "V1", &[2], &[more], &[]));
    assert_eq!(reasons(&decision), [WorkReason::VerzoekBeoordelen]);
    assert!(decision.work[0].story.contains("stem de datums af"), "{}", decision.work[0].story);
    assert_eq!(world.status("V1"), VerzoekStatus::Open);
}

#[test]
fn intrekken_gaat_door_afwijzing() {
    let mut world = manual();
    world.accept(&asked("B1", "V1"));
    // The aanbieder asks, outside the messages, to refuse it; only then it can ask something else.
    world.accept(&jw319("C1", "V1", Some("7"), None));
    world.accept(&asked("B2", "V2"));
    assert_eq!((world.status("V1"), world.status("V2")), (VerzoekStatus::Afgewezen, VerzoekStatus::Open));
}

#[test]
fn toewijzing_afwijzing_of_eerst_onderzoek() {
    let honoured = || {
        let line = Toegewezen { referentie: Some("V1"), ..toegewezen(1) };
        let longer = Toegewezen { tijd: "11:00:00", eind: Some("2026-06-30"), reden: Some("12"), ..line };
        let same = Toegewezen { referentie: Some("V1"), ..toegewezen(2).code("45A05") };
        jw301("A1", &[longer, same])
    };
    for examined in [false, true] {
        for last in [honoured(), jw319("C2", "V1", Some("4"), None)] {
            let mut world = manual();
            world.accept(&asked("B1", "V1"));
            if examined {
                world.accept(&jw319("C1", "V1", None, None));
                assert_eq!(codes(&world.give(&jw319("C3", "V1", None, None))), ["TR360"], "only once");
            }
            world.accept(&last);
            assert!(!world.status("V1").is_open());
            world.accept(&asked("B2", "V2"));
        }
    }
}

#[test]
fn een_andere_gemeente_krijgt_een_nieuw_verzoek() {
    let mut world = World { requests: Requests::Manual, ..World::new() };
    world.accept(&jw315("B1", &[aangevraagd("R1")]));
    let refused = jw319("C1", "R1", Some("8"), Some("0148"));
    world.accept(&refused);
    // It does not go over by itself: the aanbieder asks the other gemeente, with a reference of its own.
    let elsewhere = |referentie| jw315("B2", &[aangevraagd(referentie)]).replace(">0193<", ">0148<");
    assert_eq!(world.faults(&elsewhere("R1")), ["TR347"]);
    world.accept(&elsewhere("R2"));
    assert_eq!(world.status("R2"), VerzoekStatus::Open);
    // Had the aanbieder rejected that refusal, the first request would be open again (OP286).
    world.give(&retour_on(refused.as_bytes(), Some("TR056")));
    assert_eq!(world.status("R1"), VerzoekStatus::Open);
}

#[test]
fn een_vow_zonder_rol_wordt_met_4_afgewezen() {
    let mut world = World::of(register(&[("clienten.csv", CLIENT)]));
    world.accept(&jw301("T1", &[toegewezen(1)]));
    let decision = world.accept(&jw317("B1", "V1", &[], &[longer()], &[]));
    assert_eq!(refused(&decision, "JW318"), "4");
    let jw319 = answers(&decision, BerichtSoort::Jw319)[0].bytes.clone();
    assert!(world.give(&retour_on(&jw319, None)).work.is_empty(), "the JW320 ends it");
}

#[test]
fn een_vot_zonder_contract_wordt_met_3_afgewezen() {
    let mut world = World::of(register(&[("clienten.csv", CLIENT)]));
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1")]));
    assert_eq!(refused(&decision, "JW316"), "3");
    // It is settled: another one may be asked (OP350).
    world.accept(&jw315("B2", &[aangevraagd("R2")]));
}
