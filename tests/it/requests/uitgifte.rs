//! What the automatic answer issues: JW301s and JW319s, and what they change.

use super::berichten::{Aangevraagd, Toegewezen, aangevraagd, jw301, jw301_for, jw315, toegewezen};
use super::world::{
    AANBIEDER, ANDERE_AANBIEDER, BSN, CLIENT, GEMEENTE, World, answers, bsn, day, document_of, gemeente,
    reasons, retour_on, sent, to_aanbieder, to_gemeente, values,
};
use happyflow::clock::Clock;
use happyflow::codes::ToewijzingNummer;
use happyflow::decide::Verdict;
use happyflow::messages::BerichtSoort;
use happyflow::messages::{Bericht, jw301 as typed};
use happyflow::state::{BEZETTE_NUMMERS_MAX, Ontvangst, VerzoekStatus, WorkReason};

#[test]
fn l_what_nothing_stands_against_is_honoured_as_requested() {
    let mut world = World::new();
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1")]));
    let expected = [("JW316", "12345678"), ("JW301", "12345678"), ("JW301", "0193")];
    assert_eq!(sent(&decision), expected.map(|(soort, receiver)| (soort, receiver.to_owned())));
    let [own, copy] = answers(&decision, BerichtSoort::Jw301)[..] else { panic!("two JW301s") };
    assert_eq!((own.receiver, copy.receiver), (to_aanbieder(), to_gemeente()));
    assert_eq!((&own.bytes, &own.identificatie), (&copy.bytes, &copy.identificatie));
    assert!(decision.work.is_empty() && decision.forwards.is_empty());
    assert_eq!(decision.issued, 1);

    let document = document_of(own);
    let Bericht::Toewijzing(typed::Jw301 { header, client: Some(client), .. }) = Bericht::read(&document)
    else {
        panic!("a JW301 with a client")
    };
    assert_eq!(header.bericht_identificatie.identificatie, "800000002", "the retour had the first number");
    assert_eq!(client.bsn, bsn());
    assert_eq!(client.contactgegevens[0].adres.as_ref().unwrap().postcode.unwrap().0, "8011AA");
    let [product] = &client.toegewezen_producten[..] else { panic!("one assignment") };
    assert_eq!(product.nummer(), ToewijzingNummer(800_000_001));
    assert_eq!(product.referentie_aanbieder, Some("R1"));
    assert_eq!((product.toewijzingsdatum, product.toewijzingstijd), (day("2025-03-03"), "12:00:00"));
    assert_eq!((product.ingangsdatum, product.einddatum), (day("2025-04-01"), Some(day("2025-09-30"))));
    assert_eq!(product.omvang.as_ref().unwrap().volume, 10);
    assert_eq!((product.reden_wijziging, product.commentaar), (None, None));

    // The state is as if it had been received.
    assert_eq!(world.status("R1"), VerzoekStatus::Gehonoreerd);
    assert_eq!(world.toewijzing(800_000_001).ontvangst, Ontvangst::Verzonden);
    assert!(world.known.clienten.contains_key(&(gemeente("0193"), bsn())));
    assert_eq!(world.known.verzonden.len(), 1);
    assert_eq!(world.faults(&jw301("800000002", &[toegewezen(1)])), ["TR056"]);
    let rejected = world.give(&retour_on(&own.bytes, Some("TR056")));
    assert_eq!(reasons(&rejected), [WorkReason::RetourAfgekeurd, WorkReason::VerzoekBeoordelen]);
    assert_eq!(world.toewijzing(800_000_001).ontvangst, Ontvangst::Afgewezen);
}

#[test]
fn a_fixed_clock_advances_one_second_per_assignment_issued() {
    let mut world = World::new();
    world.accept(&jw315("B1", &[aangevraagd("R1")]));
    let second = world.accept(&jw315("B2", &[aangevraagd("R2").code("45A05")]));
    let times = values(answers(&second, BerichtSoort::Jw301)[0], "Toewijzingstijd");
    assert_eq!(times, ["12:00:00", "12:00:01"], "the first stays as it was");
}

#[test]
fn an_assignment_carries_every_other_current_one_unchanged() {
    let mut world = World::new();
    let ended = Toegewezen { begin: "2024-01-01", eind: Some("2025-03-02"), ..toegewezen(1) };
    let ends_today =
        Toegewezen { begin: "2025-01-01", eind: Some("2025-03-03"), ..toegewezen(2).code("45A05") };
    let future =
        Toegewezen { begin: "2026-01-01", eind: None, reden: Some("14"), referentie: None, ..toegewezen(3) };
    let deleted = Toegewezen { eind: Some("2025-01-01"), reden: Some("13"), ..toegewezen(4).code("45A06") };
    world.accept(&jw301("A1", &[ended, ends_today, future, deleted]));
    world.accept(&jw301_for(BSN, ANDERE_AANBIEDER, "A2", &[toegewezen(5).code("45A06")]));
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1"), aangevraagd("R2").code("45A05")]));
    let document = document_of(answers(&decision, BerichtSoort::Jw301)[0]);
    let Bericht::Toewijzing(typed::Jw301 { client: Some(client), .. }) = Bericht::read(&document) else {
        panic!("a JW301 with a client")
    };
    let numbers: Vec<u32> = client.toegewezen_producten.iter().map(|product| product.nummer().0).collect();
    assert_eq!(numbers, [2, 3, 800_000_001, 800_000_002]);
    for product in &client.toegewezen_producten[..2] {
        assert_eq!((product.referentie_aanbieder, product.reden_wijziging), (None, None));
        assert_eq!((product.toewijzingsdatum, product.toewijzingstijd), (day("2025-01-10"), "10:00:00"));
    }
    let references: Vec<_> =
        client.toegewezen_producten[2..].iter().map(|p| p.referentie_aanbieder).collect();
    assert_eq!(references, [Some("R1"), Some("R2")]);
    // The newest JW301 has the client data, not the register.
    assert_eq!(client.contactgegevens[0].adres.as_ref().unwrap().postcode.unwrap().0, "8011AB");
    // The ones that went along stay as they are.
    assert_eq!(world.toewijzing(3).reden_wijziging.map(|reden| reden.as_str()), Some("14"));
    assert_eq!(world.toewijzing(2).bericht, 1);
}

#[test]
fn what_the_aanbieder_rejected_is_sent_again() {
    let mut world = World::new();
    let heen = jw301("A1", &[Toegewezen { reden: Some("14"), ..toegewezen(1).code("45A05") }]);
    world.accept(&heen);
    world.give(&retour_on(heen.as_bytes(), Some("TR056")));
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1")]));
    assert_eq!(values(answers(&decision, BerichtSoort::Jw301)[0], "RedenWijziging"), ["14"]);
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden);
}

#[test]
fn every_product_has_its_own_answer() {
    let mut world = World::new();
    let no_referrer = Aangevraagd { verwijzer: "06", ..aangevraagd("R3").code("45A06") };
    let unknown = aangevraagd("R2").code("45Z99");
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1"), unknown, no_referrer]));
    let kinds: Vec<_> = decision.answers.iter().map(|answer| answer.soort.name()).collect();
    assert_eq!(kinds, ["JW316", "JW301", "JW301", "JW319"]);
    let refusal = &decision.answers[3];
    assert_eq!(values(refusal, "ReferentieAanbieder"), ["R2"]);
    assert_eq!(values(refusal, "VerzoekAntwoord"), ["1"]);
    assert_eq!(values(refusal, "Bsn"), [""; 0]);
    assert_eq!(reasons(&decision), [WorkReason::VerzoekBeoordelen]);
    let statuses = ["R1", "R2", "R3"].map(|reference| world.status(reference));
    assert_eq!(statuses, [VerzoekStatus::Gehonoreerd, VerzoekStatus::Afgewezen, VerzoekStatus::Open]);
    // R3 waits: no other request, noon of the fifth working day is its term.
    assert_eq!(world.faults(&jw315("B2", &[aangevraagd("R4").code("45A05")])), ["TR374"]);
    assert_eq!(decision.work[0].due, Some(Clock::Fixed(day("2025-03-10")).now()));
}

#[test]
fn without_numbers_nothing_is_answered_and_an_alarm_is_raised() {
    let regio = ("regio.toml", "[[nummers]]\ntoewijzingnummer_van = 5\ntoewijzingnummer_tot = 5\n");
    let mut world = World::with("", &[("clienten.csv", CLIENT), regio]);
    let two = world.accept(&jw315("B1", &[aangevraagd("R1"), aangevraagd("R2").code("45A05")]));
    assert_eq!(sent(&two).len(), 1, "only the JW316");
    let expected = [WorkReason::NummerreeksOp, WorkReason::VerzoekBeoordelen, WorkReason::VerzoekBeoordelen];
    assert_eq!(reasons(&two), expected);
    assert_eq!((two.verdict, two.issued), (Verdict::Accepted, 0));
    assert_eq!(world.status("R1"), VerzoekStatus::Open);
    // The number that was not used is still there.
    let mut world = World::with("", &[("clienten.csv", CLIENT), regio]);
    world.accept(&jw315("B1", &[aangevraagd("R1")]));
    assert_eq!(world.toewijzing(5).ontvangst, Ontvangst::Verzonden);
}

#[test]
fn an_answer_that_would_not_be_valid_does_not_leave() {
    // A product code of its own making passes; an address without a country code that exists does not.
    let clients = CLIENT.replace("plaatsnaam;", "plaatsnaam;landcode;").replace("Zwolle;", "Zwolle;QQ;");
    let mut world = World::with("", &[("clienten.csv", clients.as_str())]);
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1")]));
    assert_eq!(reasons(&decision), [WorkReason::AntwoordOngeldig, WorkReason::VerzoekBeoordelen]);
    assert_eq!(sent(&decision).len(), 1);
    assert!(world.known.toewijzingen.is_empty());
}

#[test]
fn a_number_that_the_gemeente_gave_out_itself_is_passed_over() {
    let mut world = World::new();
    // Two numbers of our range: of another client at another aanbieder, and of this client, over by now.
    let other = jw301("T1", &[toegewezen(800_000_001)]).replace(AANBIEDER, ANDERE_AANBIEDER);
    world.accept(&other.replace(BSN, "999900018"));
    let ended = Toegewezen { eind: Some("2025-01-31"), ..toegewezen(800_000_002).code("45A05") };
    world.accept(&jw301("T2", &[ended]));
    let theirs = [world.toewijzing(800_000_001).clone(), world.toewijzing(800_000_002).clone()];
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1"), aangevraagd("R2").code("45A05")]));
    assert!(decision.work.is_empty(), "{:?}", decision.work);
    let numbers = values(answers(&decision, BerichtSoort::Jw301)[0], "ToewijzingNummer");
    assert_eq!(numbers, ["800000003", "800000004"], "theirs is over and stays as it is");
    for known in theirs {
        let now = world.toewijzing(known.nummer.0);
        assert_eq!(
            (now.bsn, now.aanbieder, now.ingangsdatum),
            (known.bsn, known.aanbieder, known.ingangsdatum)
        );
    }
    assert_eq!(world.status("R1"), VerzoekStatus::Gehonoreerd);
    // What the gemeente sends later under a number of ours is refused (TR332).
    let late = jw301("T3", &[toegewezen(800_000_003)]).replace(BSN, "999900018");
    assert_eq!(world.faults(&late), ["TR332"]);
}

#[test]
fn a_range_that_the_gemeente_filled_itself_is_used_up() {
    let mut world = World::new();
    let taken =
        |number: usize| (gemeente(GEMEENTE), ToewijzingNummer(800_000_000 + u32::try_from(number).unwrap()));
    world.known.bezette_nummers.extend((1..BEZETTE_NUMMERS_MAX).map(taken));
    let bytes = jw315("B1", &[aangevraagd("R1")]);
    let issued = world.decide_on_all(&bytes);
    assert_eq!(values(answers(&issued, BerichtSoort::Jw301)[0], "ToewijzingNummer"), ["800001000"]);
    // One more, and what lies behind the last that was loaded may be anybody's.
    world.known.bezette_nummers.insert(taken(BEZETTE_NUMMERS_MAX));
    let stopped = world.decide_on_all(&bytes);
    assert_eq!(reasons(&stopped), [WorkReason::NummerreeksOp, WorkReason::VerzoekBeoordelen]);
}
