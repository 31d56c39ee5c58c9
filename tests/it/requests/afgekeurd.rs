//! What an aanbieder rejects was never sent: which version goes, which request is open again, and how it is
//! answered once more (OP286, rulings 1.2 and 2.6).

use super::berichten::{
    TeWijzigen, Toegewezen, aangevraagd, jw301, jw315, jw317, jw319, te_wijzigen, toegewezen,
};
use super::world::{
    AANBIEDER, BSN, GEMEENTE, World, answers, codes, day, document, document_of, load, reasons, register,
    retour_on, sent, to_aanbieder, values,
};
use crate::xml::{Line, jw323};
use happyflow::codes::RedenAfwijzingVerzoek as Reden;
use happyflow::decide::operator::{Besluit, WorkInput, decide_work, work_keys};
use happyflow::decide::{Decision, Requests};
use happyflow::messages::{Bericht, BerichtSoort};
use happyflow::state::{NewWorkItem, Ontvangst, VerzoekStatus, Voorstel, WorkReason};
use std::sync::Arc;

/// A later version of assignment 1 that ends on this day.
fn until(eind: &'static str, tijd: &'static str) -> Toegewezen {
    Toegewezen { eind: Some(eind), tijd, reden: Some("05"), ..toegewezen(1) }
}

/// The last day that the aanbieder knows of assignment 1; none when it has no version of it.
fn known_end(world: &World) -> Option<String> {
    world.toewijzing(1).bij_aanbieder().map(|known| known.einddatum.unwrap().to_string())
}

fn reject(world: &mut World, heen: &str) -> Decision {
    world.give(&retour_on(heen.as_bytes(), Some("TR056")))
}

/// Three versions of one assignment, each in a message of its own.
fn three() -> (World, [String; 3]) {
    let mut world = World::new();
    let messages = [
        jw301("A1", &[toegewezen(1)]),
        jw301("A2", &[until("2025-10-31", "11:00:00")]),
        jw301("A3", &[until("2025-09-30", "12:00:00")]),
    ];
    for message in &messages {
        world.accept(message);
    }
    (world, messages)
}

#[test]
fn a_late_rejection_is_about_the_version_that_was_in_its_message() {
    let (mut world, [first, second, third]) = three();
    reject(&mut world, &first);
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden, "the third stands");
    assert_eq!(known_end(&world).unwrap(), "2025-09-30");
    reject(&mut world, &third);
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Afgewezen);
    assert_eq!(known_end(&world).unwrap(), "2025-10-31", "the second is left");
    reject(&mut world, &second);
    assert_eq!(known_end(&world), None, "nothing is left");
}

#[test]
fn whatever_the_order_of_the_retours_the_newest_version_that_was_not_rejected_counts() {
    for order in [[0, 1], [1, 0]] {
        let (mut world, messages) = three();
        for place in order {
            reject(&mut world, &messages[place]);
        }
        assert_eq!(known_end(&world).unwrap(), "2025-09-30");
        assert!(world.toewijzing(1).vorige.is_empty());
    }
    for order in [[1, 2], [2, 1]] {
        let (mut world, messages) = three();
        for place in order {
            reject(&mut world, &messages[place]);
        }
        assert_eq!(known_end(&world).unwrap(), "2025-12-31");
    }
}

/// It went to the aanbieder all the same: the aanbieder knows it (rulings 1.7, 2.1).
#[test]
fn an_older_version_that_came_late_is_what_is_left_of_a_rejected_newest_one() {
    for rejected_first in [false, true] {
        let mut world = World::new();
        let [first, second, third] = [
            jw301("A1", &[toegewezen(1)]),
            jw301("A2", &[until("2025-10-31", "11:00:00")]),
            jw301("A3", &[until("2025-09-30", "12:00:00")]),
        ];
        world.accept(&first);
        world.accept(&third);
        if rejected_first {
            reject(&mut world, &third);
            assert_eq!(known_end(&world).unwrap(), "2025-12-31");
        }
        world.accept(&second);
        if !rejected_first {
            assert_eq!(known_end(&world).unwrap(), "2025-09-30", "the newest stands");
            reject(&mut world, &third);
        }
        assert_eq!(world.toewijzing(1).einddatum, Some(day("2025-09-30")), "an older one never overwrites");
        assert_eq!(known_end(&world).unwrap(), "2025-10-31");
        reject(&mut world, &second);
        assert_eq!(known_end(&world).unwrap(), "2025-12-31");
        // Sent again, the newest counts.
        world.accept(&jw301("A4", &[until("2025-09-30", "12:00:00")]));
        assert_eq!(known_end(&world).unwrap(), "2025-09-30");
    }
}

/// Every JW301 has all that is current (OP087): what stands in several is there until each of them is rejected.
#[test]
fn what_a_later_message_said_once_more_stands_until_that_one_is_rejected_too() {
    let repeated = until("2025-10-31", "11:00:00");
    let messages = [
        jw301("A1", &[toegewezen(1)]),
        jw301("A2", std::slice::from_ref(&repeated)),
        jw301("A3", &[repeated.clone(), toegewezen(2).code("45A05")]),
        jw301("A4", &[Toegewezen { reden: None, ..repeated }, toegewezen(2).code("45A05")]),
    ];
    for order in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
        let mut world = World::new();
        for message in &messages {
            world.accept(message);
        }
        for place in &order[..2] {
            reject(&mut world, &messages[*place]);
            assert_eq!(known_end(&world).unwrap(), "2025-10-31", "{order:?}");
        }
        reject(&mut world, &messages[order[2]]);
        assert_eq!(known_end(&world).unwrap(), "2025-12-31", "{order:?}");
        // Said once more after that, it was sent again.
        world.accept(&messages[1].replace(">A2<", ">A5<"));
        assert_eq!(known_end(&world).unwrap(), "2025-10-31", "{order:?}");
    }
}

/// The same of a message of ours, which repeats what the gemeente assigned.
#[test]
fn what_a_message_of_ours_said_once_more_stands_when_that_of_the_gemeente_is_rejected() {
    let mut world = World::new();
    let [first, second] = [
        jw301("A1", &[toegewezen(1).code("45A05")]),
        jw301("A2", &[until("2025-10-31", "11:00:00").code("45A05")]),
    ];
    world.accept(&first);
    world.accept(&second);
    let honoured = world.accept(&jw315("B1", &[aangevraagd("R1")]));
    let ours = String::from_utf8(answers(&honoured, BerichtSoort::Jw301)[0].bytes.clone()).unwrap();
    reject(&mut world, &second);
    assert_eq!(known_end(&world).unwrap(), "2025-10-31");
    reject(&mut world, &ours);
    assert_eq!(known_end(&world).unwrap(), "2025-12-31");
}

#[test]
fn a_second_rejection_of_one_message_takes_nothing_out_that_was_sent_again() {
    let mut world = World::new();
    let first = jw301("A1", &[toegewezen(1)]);
    world.accept(&first);
    reject(&mut world, &first);
    world.accept(&jw301("A2", &[toegewezen(1)]));
    // The gemeente or the aanbieder rejects the first message as well.
    let again = reject(&mut world, &first);
    assert_eq!(reasons(&again), [WorkReason::RetourAfgekeurd]);
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden);
}

/// Two assignments and a request to make the first longer, which the gemeente answers itself.
fn asked() -> World {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1), toegewezen(2).code("45A05")]));
    world.requests = Requests::Manual;
    let longer = TeWijzigen { eind: Some("2026-06-30"), ..te_wijzigen(1) };
    world.accept(&jw317("B1", "V1", &[2], &[longer], &[]));
    world
}

/// The answer of the gemeente: every line has the reference (IV093).
fn honoured() -> [Toegewezen; 2] {
    let referentie = Some("V1");
    let longer = Toegewezen { referentie, eind: Some("2026-06-30"), reden: Some("12"), ..toegewezen(1) };
    [Toegewezen { tijd: "11:00:00", ..longer }, Toegewezen { referentie, ..toegewezen(2).code("45A05") }]
}

#[test]
fn tr379_the_answer_on_a_request_for_change_may_be_sent_again_whole() {
    let mut world = asked();
    let heen = jw301("A2", &honoured());
    world.accept(&heen);
    assert_eq!(world.status("V1"), VerzoekStatus::Gehonoreerd);
    let rejected = reject(&mut world, &heen);
    assert_eq!(reasons(&rejected), [WorkReason::RetourAfgekeurd], "the gemeente answers again");
    assert!(rejected.work[0].story.contains("V1"));
    assert_eq!(world.status("V1"), VerzoekStatus::Open);
    // The same again, the unchanged line included.
    world.accept(&jw301("A3", &honoured()));
    assert_eq!(world.status("V1"), VerzoekStatus::Gehonoreerd);
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden);
    // A repeat is no second time, for no line of it (IV013).
    world.accept(&jw301("A4", &honoured()));
    // A reference alone, on what was not part of the answer, is.
    let alone = [toegewezen(1).clone(), honoured()[1].clone()];
    let mut alone_later = alone.clone();
    alone_later[1].datum = "2025-02-01";
    assert_eq!(world.faults(&jw301("A5", &alone_later[1..])), ["TR379"]);
}

#[test]
fn tr379_a_request_whose_answer_was_not_rejected_is_answered_once() {
    let mut world = asked();
    world.accept(&jw301("A2", &honoured()));
    let newer = honoured().map(|line| Toegewezen { datum: "2025-02-01", ..line });
    assert_eq!(world.faults(&jw301("A3", &newer)), ["TR379", "TR379"]);
}

#[test]
fn an_answer_without_a_change_closes_its_request() {
    let mut world = asked();
    let same = [toegewezen(1), toegewezen(2).code("45A05")]
        .map(|line| Toegewezen { referentie: Some("V1"), ..line });
    world.accept(&jw301("A2", &same));
    assert_eq!(world.status("V1"), VerzoekStatus::Gehonoreerd);
}

/// The newer version stands, and answers only the request that it names (TR374).
#[test]
fn a_newer_version_leaves_a_request_open_that_it_does_not_name() {
    let mut world = asked();
    let heen = jw301("A2", &honoured());
    world.accept(&heen);
    let later = Toegewezen { referentie: None, datum: "2025-02-01", ..honoured()[0].clone() };
    world.accept(&jw301("A3", &[later, toegewezen(2).code("45A05")]));
    reject(&mut world, &heen);
    assert_eq!(world.status("V1"), VerzoekStatus::Open);
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden);
}

/// A request that we refused by ourselves: there is no such product in the contract.
fn refused() -> (World, String, String) {
    let mut world = World::new();
    let xml = jw315("B1", &[aangevraagd("R1").code("45A99")]);
    let decision = world.accept(&xml);
    let jw319 = answers(&decision, BerichtSoort::Jw319)[0];
    assert_eq!(world.status("R1"), VerzoekStatus::Afgewezen);
    let heen = String::from_utf8(jw319.bytes.clone()).unwrap();
    (world, xml, heen)
}

#[test]
fn a_rejected_refusal_opens_the_request_again_and_is_work() {
    let (mut world, xml, heen) = refused();
    let decision = world.give(&retour_on(heen.as_bytes(), Some("TR056")));
    assert_eq!(reasons(&decision), [WorkReason::RetourAfgekeurd, WorkReason::VerzoekBeoordelen]);
    let item = &decision.work[1];
    assert_eq!(item.voorstel, Voorstel::Honoreren { referentie: "R1".into(), einddatum: None });
    assert_eq!(item.due.unwrap().date(), day("2025-03-10"), "five working days");
    assert_eq!(world.status("R1"), VerzoekStatus::Open);
    assert_eq!(world.faults(&jw315("B2", &[aangevraagd("R2")])), ["TR374"], "it waits for its answer");
    assert_eq!(world.faults(&jw315("B2", &[aangevraagd("R1")])), ["TR347", "TR374"]);
    // A person refuses again, and then the next one may be asked.
    let item = item.clone();
    let refusal = Besluit::Afwijzen { reden: Some(Reden::PastNietBinnenContract) };
    let again = decided(&mut world, &xml, &item, refusal);
    assert_eq!(values(answers(&again, BerichtSoort::Jw319)[0], "RedenAfwijzingVerzoek"), ["4"]);
    world.accept(&jw315("B2", &[aangevraagd("R2")]));
    // What the first rejection opened, a second one of the same message leaves alone.
    let second = world.give(&retour_on(heen.as_bytes(), Some("TR355")));
    assert_eq!(reasons(&second), [WorkReason::RetourAfgekeurd]);
    assert_eq!(world.status("R1"), VerzoekStatus::Afgewezen);
}

#[test]
fn a_rejected_answer_leaves_the_request_where_it_stood() {
    let mut world = World::new();
    world.requests = Requests::Manual;
    world.accept(&jw315("B1", &[aangevraagd("R1")]));
    let examined = jw319("C1", "R1", None, None);
    world.accept(&examined);
    let refused = jw319("C2", "R1", Some("4"), None);
    world.accept(&refused);
    reject(&mut world, &refused);
    assert_eq!(world.status("R1"), VerzoekStatus::InOnderzoek);
    // 2 was sent and may not be sent again (TR360); a refusal may (TR365).
    assert_eq!(world.faults(&jw319("C3", "R1", None, None)), ["TR360"]);
    world.accept(&jw319("C3", "R1", Some("4"), None));
    // A late rejection of what was answered otherwise since is no longer about the request.
    let late = reject(&mut world, &examined);
    assert_eq!(reasons(&late), [WorkReason::RetourAfgekeurd]);
    assert_eq!(world.status("R1"), VerzoekStatus::Afgewezen);
}

#[test]
fn an_examination_that_was_rejected_never_began() {
    let mut world = World::new();
    world.requests = Requests::Manual;
    world.accept(&jw315("B1", &[aangevraagd("R1")]));
    let examined = jw319("C1", "R1", None, None);
    world.accept(&examined);
    reject(&mut world, &examined);
    assert_eq!(world.status("R1"), VerzoekStatus::Open);
    world.accept(&jw319("C2", "R1", None, None));
}

#[test]
fn approving_sends_a_rejected_assignment_once_more_with_its_reference() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1).code("45A05")]));
    let xml = jw315("B1", &[aangevraagd("R1")]);
    let first = world.accept(&xml);
    let heen = answers(&first, BerichtSoort::Jw301)[0].bytes.clone();
    let rejected = world.give(&retour_on(&heen, Some("TR056")));
    assert_eq!(world.status("R1"), VerzoekStatus::Open);
    let item = rejected.work[1].clone();
    let again = decided(&mut world, &xml, &item, Besluit::Goedkeuren);
    let jw301 = answers(&again, BerichtSoort::Jw301)[0];
    assert_eq!(jw301.receiver, to_aanbieder());
    assert_eq!(values(jw301, "ToewijzingNummer"), ["1", "800000001"], "no new number");
    assert_eq!(values(jw301, "ReferentieAanbieder"), ["R1"]);
    assert_eq!(values(jw301, "Toewijzingsdatum"), ["2025-01-10", "2025-03-03"]);
    assert_eq!(world.status("R1"), VerzoekStatus::Gehonoreerd);
    assert_eq!(world.toewijzing(800_000_001).ontvangst, Ontvangst::Verzonden);
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden);
}

#[test]
fn approving_sends_a_rejected_change_once_more_as_a_whole() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1), toegewezen(2).code("45A05")]));
    let more = TeWijzigen { begin: "2025-06-01", omvang: Some((12, "04", "4")), ..te_wijzigen(1) };
    let xml = jw317("B1", "V1", &[2], &[more], &[]);
    let first = world.accept(&xml);
    let heen = answers(&first, BerichtSoort::Jw301)[0].bytes.clone();
    let rejected = world.give(&retour_on(&heen, Some("TR056")));
    let item = rejected.work[1].clone();
    assert_eq!(world.status("V1"), VerzoekStatus::Open);
    let again = decided(&mut world, &xml, &item, Besluit::Goedkeuren);
    assert_eq!(sent(&again).len(), 2, "the aanbieder and the gemeente");
    let jw301 = answers(&again, BerichtSoort::Jw301)[0];
    assert_eq!(values(jw301, "ToewijzingNummer"), ["1", "2", "800000001"]);
    assert_eq!(values(jw301, "ReferentieAanbieder"), ["V1"; 3]);
    assert_eq!(world.status("V1"), VerzoekStatus::Gehonoreerd);
    assert_eq!(known_end(&world).unwrap(), "2025-05-31");
}

/// Decides on a work item with the facts that its keys ask for.
fn decided(world: &mut World, xml: &str, item: &NewWorkItem, besluit: Besluit) -> Decision {
    let decision = {
        let document = document(xml.as_bytes());
        let bericht = Bericht::read(&document);
        let known = load(&world.known, &work_keys(item, Some(&bericht), &world.register));
        let input = WorkInput {
            item,
            bericht: Some(&bericht),
            journal: 77,
            known: &known,
            register: &world.register,
            moment: world.moment(),
            issued: world.issued,
        };
        decide_work(&input, besluit).unwrap()
    };
    world.known.apply(&decision.changes, &Arc::from(xml.as_bytes()));
    for answer in &decision.answers {
        document_of(answer);
    }
    decision
}

/// A region in which every assignment waits, and what came late and is older does not.
fn with_one_that_waits() -> (World, String) {
    let json = r#"{"contracten":[{"gemeente":"0193","aanbieder":"12345678","productcategorie":"45","productcode":"45A04",
        "eenheid":"04","tarief":8000,"geldig_van":"2024-01-01"}],
        "plafonds":[{"aanbieder":"12345678","jaar":2025,"bedrag":0,"bij_toewijzing":"hold","bij_betaling":"niets"}]}"#;
    let mut world = World::of(register(&[("contracts.json", json)]));
    assert!(world.give(&jw301("A2", &[until("2025-09-30", "11:00:00")])).held);
    let late = jw301("A1", &[toegewezen(1)]);
    assert_eq!(world.give(&late).forwards, [to_aanbieder()]);
    (world, late)
}

/// What an aanbieder rejects stays what it is judged on in claims and starts, as long as nothing newer went to it (rulings
/// 2.6): that a newer version waits changes nothing in it (8.7).
#[test]
fn a_version_that_was_rejected_is_claimed_on_as_if_the_one_that_waits_had_never_come() {
    let claimed = |world: &World| {
        let line = Line {
            referentie: "R1".to_owned(),
            vorig: None,
            toewijzing: 1,
            product: ("45", "45A04"),
            periode: ("2025-02-01".to_owned(), "2025-02-28".to_owned()),
            volume: 1,
            eenheid: "04",
            tarief: 8000,
        };
        let days = ("2025-02-01", "2025-02-28");
        let xml = jw323((AANBIEDER, GEMEENTE), "C1", "2025-03-02", days, BSN, &[line]);
        codes(&world.decide_on_all(&xml))
    };
    let (mut world, late) = with_one_that_waits();
    assert_eq!(claimed(&world), [""; 0]);
    reject(&mut world, &late);
    assert_eq!(claimed(&world), [""; 0]);
    assert_eq!(known_end(&world), None, "and it is no fact for requests");
    assert_eq!(world.toewijzing(1).zoals_bekend().unwrap().einddatum, Some(day("2025-12-31")));
    // The same where it was rejected before another came that waits.
    let again = jw301("A3", &[until("2026-02-28", "12:00:00")]);
    assert!(world.give(&again).held);
    assert_eq!(claimed(&world), [""; 0]);
    // What never went to it is unknown.
    let (mut world, _) = with_one_that_waits();
    world.known.toewijzingen.values_mut().for_each(|known| known.vorige.clear());
    assert_eq!(claimed(&world), ["TR338"]);
}
