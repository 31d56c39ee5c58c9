//! JW315: rules, what a rejection leaves behind, and requests that the gemeente answers itself.

use super::berichten::{aangevraagd, jw315};
use super::world::{World, codes, reasons, retourcodes, sent, to_gemeente};
use happyflow::decide::Requests;
use happyflow::state::VerzoekStatus;

#[test]
fn a_reference_is_used_once_per_aanbieder() {
    let mut world = World::new();
    world.accept(&jw315("B1", &[aangevraagd("R1")]));
    // It was honoured, so no request is open; to another gemeente the reference is used as well.
    assert_eq!(world.status("R1"), VerzoekStatus::Gehonoreerd);
    let again = world.give(&jw315("B2", &[aangevraagd("R2").code("45A05"), aangevraagd("R1")]));
    assert_eq!(codes(&again), ["TR347"]);
    let class = "Client/AangevraagdeProducten/AangevraagdProduct";
    let expected = [
        ("Header".to_owned(), "0200"),
        (format!("{class}[1]"), "0200"),
        (format!("{class}[2]"), "9347"),
        ("Client".to_owned(), "0200"),
    ];
    let found = retourcodes(&again.answers[0]);
    assert_eq!(found.iter().map(|(path, code)| (path.clone(), code.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(world.faults(&jw315("B2", &[aangevraagd("R1")]).replace(">0193<", ">0148<")), ["TR347"]);
    world.accept(&jw315("B2", &[aangevraagd("R1")]).replace(">12345678<", ">87654321<"));
}

#[test]
fn a_client_has_one_open_request_at_an_aanbieder() {
    let mut world = World::new();
    world.requests = Requests::Manual;
    world.accept(&jw315("B1", &[aangevraagd("R1"), aangevraagd("R2").code("45A05")]));
    let second = world.give(&jw315("B2", &[aangevraagd("R3").code("45A06")]));
    assert_eq!(codes(&second), ["TR374"]);
    assert_eq!(retourcodes(&second.answers[0]).last().unwrap(), &("Client".to_owned(), "9374".to_owned()));
    assert_eq!(world.faults(&jw315("B2", &[aangevraagd("R1")])), ["TR347", "TR374"]);
    // Another client, another gemeente.
    world.accept(&jw315("B2", &[aangevraagd("R4")]).replace("999900006", "999900018"));
    world.accept(&jw315("B3", &[aangevraagd("R5")]).replace(">0193<", ">0148<"));
}

#[test]
fn a_rejected_request_was_never_sent() {
    let mut world = World::with("", &[("productcodes.csv", "productcategorie;productcode\n45;45A04\n")]);
    let rejected = world.give(&jw315("B1", &[aangevraagd("R1"), aangevraagd("R2").code("45Z99")]));
    assert_eq!(codes(&rejected), ["TR381"]);
    assert_eq!(sent(&rejected), [("JW316", "12345678".to_owned())]);
    assert!(rejected.work.is_empty());
    assert!(world.known.verzoeken.is_empty());
    // Identificatie and references are free, and no request is open.
    world.accept(&jw315("B1", &[aangevraagd("R1"), aangevraagd("R2").code("45A04").later()]));
}

#[test]
fn manual_requests_go_to_the_gemeente_unchanged() {
    let mut world = World::new();
    world.requests = Requests::Manual;
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1")]));
    assert_eq!(sent(&decision), [("JW316", "12345678".to_owned())]);
    assert_eq!(decision.forwards, [to_gemeente()]);
    assert!(reasons(&decision).is_empty());
    assert_eq!(world.status("R1"), VerzoekStatus::Open);
}
