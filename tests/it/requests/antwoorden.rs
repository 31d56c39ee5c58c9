//! JW319 from the gemeente.

use super::berichten::{aangevraagd, jw301, jw315, jw319, toegewezen};
use super::world::{World, reasons, retour_on, retourcodes, sent, to_aanbieder};
use happyflow::decide::Requests;
use happyflow::state::{VerzoekStatus, WorkReason};

/// A request that the gemeente answers itself.
fn asked() -> World {
    let mut world = World::new();
    world.requests = Requests::Manual;
    world.accept(&jw315("B1", &[aangevraagd("R1")]));
    world
}

#[test]
fn examining_keeps_the_request_open_and_refusing_closes_it() {
    let mut world = asked();
    let decision = world.accept(&jw319("C1", "R1", None, None));
    assert_eq!(sent(&decision), [("JW320", "0193".to_owned())]);
    assert_eq!(decision.forwards, [to_aanbieder()]);
    assert_eq!(world.status("R1"), VerzoekStatus::InOnderzoek);
    assert_eq!(world.faults(&jw315("B2", &[aangevraagd("R2")])), ["TR374"]);
    // Once is all (TR360).
    let again = world.give(&jw319("C2", "R1", None, None));
    assert_eq!(
        retourcodes(&again.answers[0]),
        [("Header".to_owned(), "0200".to_owned()), ("Antwoord".to_owned(), "9360".to_owned())]
    );
    world.accept(&jw319("C2", "R1", Some("4"), None));
    assert_eq!(world.status("R1"), VerzoekStatus::Afgewezen);
    world.accept(&jw315("B2", &[aangevraagd("R2")]));
}

#[test]
fn an_answer_belongs_to_a_request_of_this_aanbieder_to_this_gemeente() {
    let mut world = asked();
    assert_eq!(world.faults(&jw319("C1", "R9", Some("4"), None)), ["TR355"]);
    assert_eq!(
        world.faults(&jw319("C1", "R1", Some("4"), None).replace(">12345678<", ">87654321<")),
        ["TR355"]
    );
    assert_eq!(world.faults(&jw319("C1", "R1", Some("4"), None).replace(">0193<", ">0148<")), ["TR355"]);
    world.accept(&jw319("C1", "R1", Some("4"), None));
}

#[test]
fn nothing_follows_on_a_refusal() {
    let mut world = asked();
    world.accept(&jw319("C1", "R1", Some("4"), None));
    assert_eq!(world.faults(&jw319("C2", "R1", Some("4"), None)), ["TR365"]);
    assert_eq!(world.faults(&jw319("C2", "R1", None, None)), ["TR360", "TR365"]);
}

#[test]
fn an_assignment_closes_the_request_for_answers() {
    let mut world = asked();
    let mut honoured = toegewezen(1);
    honoured.referentie = Some("R1");
    world.accept(&jw301("A1", &[honoured]));
    assert_eq!(world.faults(&jw319("C1", "R1", Some("4"), None)), ["TR359"]);
}

#[test]
fn the_gemeente_that_is_responsible_must_exist() {
    let mut world = asked();
    let decision = world.give(&jw319("C1", "R1", Some("8"), Some("0999")));
    let expected = [("Header", "0200"), ("Antwoord/Woonplaatsbeginsel", "S300"), ("Antwoord", "0200")];
    let found = retourcodes(&decision.answers[0]);
    assert_eq!(found.iter().map(|(path, code)| (path.as_str(), code.as_str())).collect::<Vec<_>>(), expected);
    // Weesp existed until 2022: a request cannot be sent there any more.
    assert_eq!(world.faults(&jw319("C1", "R1", Some("8"), Some("0457"))), ["TR378"]);
    world.accept(&jw319("C1", "R1", Some("8"), Some("0148")));
}

#[test]
fn a_rejected_answer_is_work() {
    let mut world = asked();
    let heen = jw319("C1", "R1", Some("4"), None);
    world.accept(&heen);
    let decision = world.give(&retour_on(heen.as_bytes(), Some("TR355")));
    assert_eq!(reasons(&decision), [WorkReason::RetourAfgekeurd]);
    assert!(decision.answers.is_empty());
}
