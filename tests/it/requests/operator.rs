//! What a person decides on a work item, and what a passing term does.

use super::berichten::{Aangevraagd, Toegewezen, aangevraagd, jw301, jw315, toegewezen};
use super::world::{
    CLIENT, World, answers, day, document, document_of, load, reasons, to_aanbieder, to_gemeente, values,
};
use happyflow::codes::{Datum, RedenAfwijzingVerzoek as Reden};
use happyflow::decide::Decision;
use happyflow::decide::operator::{Besluit, TermPassed, WorkError, WorkInput, decide_work, due, work_keys};
use happyflow::messages::{Bericht, BerichtSoort};
use happyflow::state::{NewWorkItem, Ontvangst, VerzoekStatus, Voorstel, WorkReason};
use std::sync::Arc;

/// A world with one request that waits, its message and its work item.
fn waiting() -> (World, String, NewWorkItem) {
    waiting_for(World::new())
}

fn waiting_for(mut world: World) -> (World, String, NewWorkItem) {
    let xml = jw315("B1", &[Aangevraagd { verwijzer: "06", ..aangevraagd("R1") }]);
    let item = world.accept(&xml).work.remove(0);
    assert_eq!(item.reason, WorkReason::VerzoekBeoordelen);
    (world, xml, item)
}

/// Calls with the facts that the keys ask for.
fn with<T>(world: &World, xml: &str, item: &NewWorkItem, call: impl FnOnce(&WorkInput<'_>) -> T) -> T {
    let document = document(xml.as_bytes());
    let bericht = Bericht::read(&document);
    let known = load(&world.known, &work_keys(item, Some(&bericht), &world.register));
    call(&WorkInput {
        item,
        bericht: Some(&bericht),
        journal: 77,
        known: &known,
        register: &world.register,
        moment: world.moment(),
        issued: world.issued,
    })
}

pub fn decided(
    world: &mut World,
    xml: &str,
    item: &NewWorkItem,
    besluit: Besluit,
) -> Result<Decision, WorkError> {
    let decision = with(world, xml, item, |input| decide_work(input, besluit))?;
    world.known.apply(&decision.changes, &Arc::from(xml.as_bytes()));
    for answer in &decision.answers {
        document_of(answer);
    }
    Ok(decision)
}

#[test]
fn approving_issues_the_same_assignment_as_the_automatic_path() {
    let (mut world, xml, item) = waiting();
    let by_hand = decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap();
    let automatic = World::new().accept(&jw315("B1", &[aangevraagd("R1")]));
    let of = |decision: &Decision| {
        let sent = answers(decision, BerichtSoort::Jw301);
        sent.iter().map(|answer| (answer.receiver, answer.bytes.clone())).collect::<Vec<_>>()
    };
    assert_eq!(of(&by_hand), of(&automatic));
    assert_eq!(of(&by_hand).iter().map(|(to, _)| *to).collect::<Vec<_>>(), [to_aanbieder(), to_gemeente()]);
    assert_eq!(by_hand.issued, 1);
    assert_eq!(world.status("R1"), VerzoekStatus::Gehonoreerd);
    assert_eq!(world.toewijzing(800_000_001).bericht, 77);
    assert_eq!(decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap_err(), WorkError::Answered);
}

#[test]
fn the_proposed_last_day_is_assigned() {
    let client = CLIENT.replace("2010-02-14", "2007-09-30");
    let mut world = World::with("", &[("clienten.csv", client.as_str())]);
    let xml = jw315("B1", &[aangevraagd("R1").code("45A05")]).replace("2010-02-14", "2007-09-30");
    let item = world.accept(&xml).work.remove(0);
    decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap();
    assert_eq!(world.toewijzing(800_000_001).einddatum, Some(day("2025-09-29")));
}

#[test]
fn refusing_needs_a_reason_and_closes_the_request() {
    let (mut world, xml, item) = waiting();
    let refuse = |reden| Besluit::Afwijzen { reden };
    assert_eq!(decided(&mut world, &xml, &item, refuse(None)).unwrap_err(), WorkError::NoReason);
    let elsewhere = refuse(Some(Reden::Woonplaatsbeginsel));
    assert_eq!(decided(&mut world, &xml, &item, elsewhere).unwrap_err(), WorkError::NoOtherGemeente);
    assert_eq!(world.status("R1"), VerzoekStatus::Open);
    let decision = decided(&mut world, &xml, &item, refuse(Some(Reden::ZorginhoudelijkeAfkeur))).unwrap();
    let [jw319] = answers(&decision, BerichtSoort::Jw319)[..] else { panic!("one JW319") };
    assert_eq!(values(jw319, "RedenAfwijzingVerzoek"), ["7"]);
    assert_eq!(world.status("R1"), VerzoekStatus::Afgewezen);
    world.accept(&jw315("B2", &[aangevraagd("R2")]));
}

#[test]
fn a_request_for_another_gemeente_is_refused_with_that_gemeente_or_honoured() {
    let clients = CLIENT.replace("2024-12-01;\n", "2024-12-01;0148\n");
    let asked = || {
        let mut world = World::with("", &[("clienten.csv", clients.as_str())]);
        let xml = jw315("B1", &[aangevraagd("R1")]);
        let item = world.accept(&xml).work.remove(0);
        (world, xml, item)
    };
    let (mut world, xml, item) = asked();
    let decision = decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap();
    let jw319 = answers(&decision, BerichtSoort::Jw319)[0];
    assert_eq!(values(jw319, "RedenAfwijzingVerzoek"), ["8"]);
    assert_eq!(values(jw319, "Gemeente"), ["0148"]);
    let (mut world, xml, item) = asked();
    decided(&mut world, &xml, &item, Besluit::Afwijzen { reden: None }).unwrap();
    assert_eq!(world.status("R1"), VerzoekStatus::Gehonoreerd);
}

#[test]
fn honouring_without_client_data_says_what_is_missing() {
    let (mut world, xml, item) = waiting_for(World::with("", &[]));
    let error = decided(&mut world, &xml, &item, Besluit::GoedkeurenKindBekend).unwrap_err();
    assert!(matches!(error, WorkError::NoClientData(_)));
    assert_eq!(world.status("R1"), VerzoekStatus::Open);
    // A JW301 of the gemeente has what was missing.
    world.accept(&jw301("A1", &[toegewezen(1).code("45A05")]));
    let decision = decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap();
    assert_eq!(values(answers(&decision, BerichtSoort::Jw301)[0], "ToewijzingNummer"), ["1", "800000001"]);
}

#[test]
fn honouring_what_would_be_stacked_is_refused_by_our_own_check() {
    let (mut world, xml, item) = waiting();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let error = decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap_err();
    assert!(error.to_string().contains("TR302"), "{error}");
}

#[test]
fn a_held_message_is_forwarded_when_released() {
    let mut world = World::with("niet_gedekt = \"hold\"\n", &[("clienten.csv", CLIENT)]);
    let xml = jw301("A1", &[toegewezen(1).code("45Z99")]);
    let item = world.accept(&xml).work.remove(0);
    assert_eq!(item.voorstel, Voorstel::Doorsturen);
    let decision = decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap();
    assert_eq!(decision.forwards, [to_aanbieder()]);
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden);
    assert_eq!(world.known.verzonden.len(), 1);
}

#[test]
fn a_held_message_that_was_overtaken_is_not_forwarded() {
    let mut world = World::with("niet_gedekt = \"hold\"\n", &[("clienten.csv", CLIENT)]);
    let xml = jw301("A1", &[toegewezen(1).code("45Z99")]);
    let item = world.accept(&xml).work.remove(0);
    let newer = Toegewezen { datum: "2025-02-01", eind: Some("2025-06-30"), ..toegewezen(1).code("45Z99") };
    world.accept(&jw301("A2", &[newer]));
    assert_eq!(decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap_err(), WorkError::Superseded);
}

#[test]
fn a_held_request_waits_for_the_message_that_is_held() {
    let mut world = World::with("niet_gedekt = \"hold\"\n", &[("clienten.csv", CLIENT)]);
    world.accept(&jw301("A1", &[toegewezen(1).code("45A05")]));
    let longer = Toegewezen { eind: Some("2028-12-31"), datum: "2025-02-01", ..toegewezen(1).code("45A05") };
    assert!(world.accept(&jw301("A2", &[longer])).held);
    let (mut world, xml, item) = waiting_for(world);
    assert_eq!(decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap_err(), WorkError::HeldFirst);
}

#[test]
fn what_is_only_seen_changes_nothing_and_only_a_refused_payment_is_opened_again() {
    let (world, xml, item) = waiting();
    let decide = |item: &NewWorkItem, besluit| with(&world, &xml, item, |input| decide_work(input, besluit));
    let seen = NewWorkItem { voorstel: Voorstel::Kennisnemen, ..item.clone() };
    let nothing = decide(&seen, Besluit::Goedkeuren).unwrap();
    assert!(nothing.changes.is_empty() && nothing.answers.is_empty());
    assert_eq!(decide(&seen, Besluit::Heropenen).unwrap_err(), WorkError::NotReopened);
    assert_eq!(decide(&item, Besluit::Heropenen).unwrap_err(), WorkError::NotReopened);
    let paid = NewWorkItem { voorstel: Voorstel::Vrijgeven { declaratie_nummer: "D1".into() }, ..item };
    assert_eq!(decide(&paid, Besluit::Heropenen).unwrap_err(), WorkError::NothingHeld);
}

/// What the term of an item does on a day.
fn on(world: &mut World, xml: &str, item: &NewWorkItem, today: Datum) -> TermPassed {
    world.today = today;
    with(world, xml, item, due).unwrap()
}

#[test]
fn on_the_fifth_working_day_the_request_is_put_under_examination_once() {
    // Received on Monday 3 March 2025: the fifth working day is Monday 10 March.
    let (mut world, xml, item) = waiting();
    assert!(matches!(on(&mut world, &xml, &item, day("2025-03-09")), TermPassed::Nothing));
    let TermPassed::Examined(decision) = on(&mut world, &xml, &item, day("2025-03-10")) else {
        panic!("examined")
    };
    let jw319 = answers(&decision, BerichtSoort::Jw319)[0];
    assert_eq!(values(jw319, "VerzoekAntwoord"), ["2"]);
    assert_eq!(values(jw319, "RedenAfwijzingVerzoek"), [""; 0]);
    assert_eq!(reasons(&decision), [WorkReason::VerzoekBeoordelen]);
    // Eight weeks from Dagtekening.
    let next = &decision.work[0];
    assert_eq!(next.due.unwrap().date(), day("2025-04-28"));
    assert_eq!(next.voorstel, item.voorstel);
    world.known.apply(&decision.changes, &Arc::from(xml.as_bytes()));
    assert_eq!(world.status("R1"), VerzoekStatus::InOnderzoek);
    assert!(matches!(on(&mut world, &xml, next, day("2025-04-27")), TermPassed::Nothing), "2 is sent once");
    // Then a person is reminded, once.
    let TermPassed::Reminded(decision) = on(&mut world, &xml, next, day("2025-04-28")) else {
        panic!("reminded")
    };
    assert!(answers(&decision, BerichtSoort::Jw319).is_empty());
    assert_eq!(reasons(&decision), [WorkReason::TermijnVerstreken]);
    let next = &decision.work[0];
    assert!(matches!(on(&mut world, &xml, next, day("2025-04-29")), TermPassed::Nothing));
    // It is still open and can be honoured.
    decided(&mut world, &xml, next, Besluit::Goedkeuren).unwrap();
    assert!(matches!(on(&mut world, &xml, next, day("2025-04-29")), TermPassed::Settled));
}

#[test]
fn a_request_for_another_gemeente_has_fourteen_days() {
    let clients = CLIENT.replace("2024-12-01;\n", "2024-12-01;0148\n");
    let mut world = World::with("", &[("clienten.csv", clients.as_str())]);
    let xml = jw315("B1", &[aangevraagd("R1")]);
    let item = world.accept(&xml).work.remove(0);
    let TermPassed::Examined(decision) = on(&mut world, &xml, &item, day("2025-03-10")) else {
        panic!("examined")
    };
    assert_eq!(decision.work[0].due.unwrap().date(), day("2025-03-17"));
}
