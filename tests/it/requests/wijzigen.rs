//! The answer on a JW317 as a whole: what is issued, refused, or left to a person (rulings 3.6).

use super::berichten::{
    Nieuw, TeWijzigen, Toegewezen, jw301, jw301_for, jw317, nieuw, te_wijzigen, toegewezen,
};
use super::world::{
    ANDERE_AANBIEDER, BSN, CLIENT, World, agb, answers, bsn, day, document, document_of, gemeente, load,
    reasons, register, sent, to_gemeente, values,
};
use happyflow::codes::{ProductCategorie, ProductCode, RedenAfwijzingVerzoek as Reden, ToewijzingNummer};
use happyflow::decide::operator::{Besluit, WorkError, WorkInput, decide_work, work_keys};
use happyflow::decide::{Decision, Requests};
use happyflow::messages::{Bericht, BerichtSoort, jw301 as typed};
use happyflow::money::Cents;
use happyflow::state::{DebetSleutel, NewWorkItem, Ontvangst, VerzoekStatus, Voorstel, WorkReason};
use std::sync::Arc;

/// A line of a JW301: number, code, begin, end, volume, date, reason, reference.
type Line = (u32, String, String, String, i64, String, String, String);

/// The lines of the JW301 that a decision sends.
fn lines(decision: &Decision) -> Vec<Line> {
    let [own, copy] = answers(decision, BerichtSoort::Jw301)[..] else { panic!("{:?}", decision.work) };
    assert_eq!(own.bytes, copy.bytes, "the gemeente gets the same");
    let document = document_of(own);
    let Bericht::Toewijzing(typed::Jw301 { client: Some(client), .. }) = Bericht::read(&document) else {
        panic!("a JW301 with a client")
    };
    let line = |product: &typed::ToegewezenProduct<'_>| {
        let code = product.product.as_ref().map_or("", |product| {
            product.code.as_ref().map_or(product.categorie.as_str(), |code| code.as_str())
        });
        (
            product.nummer().0,
            code.to_owned(),
            product.ingangsdatum.to_string(),
            product.einddatum.map_or_else(String::new, |end| end.to_string()),
            product.omvang.as_ref().map_or(0, |omvang| omvang.volume),
            product.toewijzingsdatum.to_string(),
            product.reden_wijziging.map_or_else(String::new, |reden| reden.as_str().to_owned()),
            product.referentie_aanbieder.unwrap_or_default().to_owned(),
        )
    };
    client.toegewezen_producten.iter().map(line).collect()
}

#[expect(clippy::too_many_arguments, reason = "one column each")]
fn line(
    nummer: u32,
    code: &str,
    begin: &str,
    eind: &str,
    volume: i64,
    dated: &str,
    reden: &str,
    reference: &str,
) -> Line {
    let own = str::to_owned;
    (nummer, own(code), own(begin), own(eind), volume, own(dated), own(reden), own(reference))
}

/// Assignments 1 (45A04) and 2 (45A05), ten hours a month in 2025.
fn two() -> World {
    of(&[toegewezen(1), toegewezen(2).code("45A05")])
}

fn of(products: &[Toegewezen]) -> World {
    let mut world = World::new();
    world.accept(&jw301("A1", products));
    world
}

fn more(begin: &'static str, volume: i64) -> TeWijzigen {
    TeWijzigen { begin, omvang: Some((volume, "04", "4")), ..te_wijzigen(1) }
}

fn until(eind: &'static str) -> TeWijzigen {
    TeWijzigen { eind: Some(eind), ..te_wijzigen(1) }
}

/// Why a person must decide; nothing else happened than a clean retour.
fn reviewed(decision: &Decision) -> &NewWorkItem {
    assert_eq!(sent(decision), [("JW318", "12345678".to_owned())]);
    let [item] = &decision.work[..] else { panic!("{:?}", decision.work) };
    assert_eq!(item.reason, WorkReason::VerzoekBeoordelen);
    assert!(item.due.is_some());
    item
}

fn refused(decision: &Decision) -> String {
    assert_eq!(sent(decision), ["JW318", "JW319"].map(|soort| (soort, "12345678".to_owned())));
    values(answers(decision, BerichtSoort::Jw319)[0], "RedenAfwijzingVerzoek").remove(0)
}

#[test]
fn one_is_stretched_and_one_is_replaced_as_in_iv093() {
    let mut world = two();
    let replaced = TeWijzigen { nummer: 2, ..more("2025-06-12", 20) };
    let decision = world.accept(&jw317("B1", "V1", &[], &[until("2026-06-30"), replaced], &[]));
    assert_eq!(
        lines(&decision),
        [
            line(1, "45A04", "2025-01-01", "2026-06-30", 10, "2025-03-03", "12", "V1"),
            line(2, "45A05", "2025-01-01", "2025-06-11", 10, "2025-03-03", "12", "V1"),
            line(800_000_001, "45A05", "2025-06-12", "2025-12-31", 20, "2025-03-03", "", "V1"),
        ]
    );
    assert_eq!(sent(&decision).len(), 3);
    assert_eq!((decision.issued, decision.work.len()), (1, 0));
    // The state is as if it had been received.
    assert_eq!(world.status("V1"), VerzoekStatus::Gehonoreerd);
    assert_eq!(world.toewijzing(1).einddatum, Some(day("2026-06-30")));
    assert_eq!(world.toewijzing(2).einddatum, Some(day("2025-06-11")));
    assert_eq!(world.toewijzing(800_000_001).einddatum, Some(day("2025-12-31")));
    assert_eq!(world.toewijzing(1).vorige[0].einddatum, Some(day("2025-12-31")));
    let sent = world.known.verzonden.values().find(|sent| sent.toewijzingen.len() == 3).unwrap();
    let carried: Vec<_> = sent.toewijzingen.iter().map(|versie| versie.nummer).collect();
    assert_eq!(carried, [1, 2, 800_000_001].map(ToewijzingNummer));
}

#[test]
fn a_product_makes_room_for_another_as_in_the_first_example_of_iv092() {
    let mut world =
        of(&[toegewezen(1), Toegewezen { omvang: Some((80, "04", "6")), ..toegewezen(2).code("45A05") }]);
    let next = Nieuw { begin: "2025-09-01", eind: Some("2025-12-31"), ..nieuw("45A06") };
    let decision = world.accept(&jw317("B1", "V1", &[2], &[until("2025-08-31")], &[next]));
    assert_eq!(
        lines(&decision),
        [
            line(2, "45A05", "2025-01-01", "2025-12-31", 80, "2025-01-10", "", "V1"),
            line(1, "45A04", "2025-01-01", "2025-08-31", 10, "2025-03-03", "12", "V1"),
            line(800_000_001, "45A06", "2025-09-01", "2025-12-31", 4, "2025-03-03", "", "V1"),
        ]
    );
}

#[test]
fn more_from_a_day_and_longer_of_another_as_in_the_second_example_of_iv092() {
    let mut world = two();
    let longer = TeWijzigen { nummer: 2, ..until("2026-07-01") };
    let from_november = TeWijzigen { eind: Some("2026-07-01"), ..more("2025-11-01", 15) };
    let decision = world.accept(&jw317("B1", "V1", &[], &[from_november, longer], &[]));
    let shown: Vec<_> =
        lines(&decision).into_iter().map(|line| (line.0, line.2, line.3, line.4, line.6)).collect();
    let expected = [
        (1, "2025-01-01", "2025-10-31", 10, "12"),
        (800_000_001, "2025-11-01", "2026-07-01", 15, ""),
        (2, "2025-01-01", "2026-07-01", 10, "12"),
    ];
    let own = str::to_owned;
    assert_eq!(
        shown,
        expected.map(|(nummer, begin, eind, volume, reden)| (
            nummer,
            own(begin),
            own(eind),
            volume,
            own(reden)
        ))
    );
}

#[test]
fn an_unchanged_product_that_goes_on_otherwise_later_is_new() {
    let mut world = two();
    let next = Nieuw { begin: "2026-01-01", eind: Some("2026-07-01"), ..nieuw("45A05") };
    let decision = world.accept(&jw317("B1", "V1", &[2], &[more("2025-11-01", 15)], &[next]));
    let numbers: Vec<u32> = lines(&decision).iter().map(|line| line.0).collect();
    assert_eq!(numbers, [2, 1, 800_000_001, 800_000_002]);
}

#[test]
fn a_budget_or_total_changes_under_its_own_number() {
    let mut world = of(&[Toegewezen { omvang: Some((80, "04", "6")), ..toegewezen(1) }]);
    let asked = TeWijzigen { omvang: Some((90, "04", "6")), eind: Some("2025-10-31"), ..te_wijzigen(1) };
    let decision = world.accept(&jw317("B1", "V1", &[], &[asked], &[]));
    let expected = line(1, "45A04", "2025-01-01", "2025-10-31", 90, "2025-03-03", "12", "V1");
    assert_eq!(lines(&decision), [expected]);

    let aspecific =
        Toegewezen { product: Some(("45", None)), omvang: None, budget: Some(50_000), ..toegewezen(1) };
    let mut world = of(&[aspecific]);
    let asked = TeWijzigen { omvang: None, budget: Some(60_000), ..te_wijzigen(1) };
    let decision = world.accept(&jw317("B1", "V1", &[], &[asked], &[]));
    assert_eq!(lines(&decision)[0].0, 1);
    assert_eq!(world.toewijzing(1).budget, Some(Cents(60_000)));
}

#[test]
fn op380_what_has_ended_when_it_is_decided_is_not_stretched() {
    let mut world = of(&[Toegewezen { eind: Some("2025-03-04"), ..toegewezen(1) }]);
    let message = jw317("B1", "V1", &[], &[until("2025-06-30")], &[]);
    let mut in_time = of(&[Toegewezen { eind: Some("2025-03-04"), ..toegewezen(1) }]);
    in_time.today = day("2025-03-04");
    assert_eq!(lines(&in_time.accept(&message))[0].3, "2025-06-30");
    world.today = day("2025-03-05");
    let decision = world.accept(&message);
    assert!(reviewed(&decision).story.contains("OP380"));
    assert_eq!(world.status("V1"), VerzoekStatus::Open);
}

#[test]
fn a_date_that_has_passed_is_for_a_person() {
    let message = jw317("B1", "V1", &[2], &[more("2025-03-04", 12)], &[]);
    let mut world = two();
    world.today = day("2025-03-04");
    assert_eq!(lines(&world.accept(&message))[1].3, "2025-03-03", "a change from today on is in time");
    let mut world = two();
    world.today = day("2025-03-05");
    assert!(reviewed(&world.accept(&message)).story.contains("IV093"));
    let mut world = two();
    let ended = jw317("B1", "V1", &[2], &[until("2025-03-02")], &[]);
    assert!(reviewed(&world.accept(&ended)).story.contains("einddatum is verstreken"));
    let mut world = two();
    world.today = day("2025-03-06");
    let new = Nieuw { begin: "2025-03-05", ..nieuw("45A06") };
    reviewed(&world.accept(&jw317("B1", "V1", &[1, 2], &[], &[new])));
}

#[test]
fn another_volume_over_the_whole_period_is_for_a_person() {
    let mut world = two();
    let decision = world.accept(&jw317("B1", "V1", &[2], &[more("2025-01-01", 12)], &[]));
    assert!(reviewed(&decision).story.contains("OP033x1"));
    let mut world = two();
    let after_the_end = TeWijzigen { eind: Some("2026-06-30"), ..more("2026-02-01", 12) };
    let decision = world.accept(&jw317("B1", "V1", &[2], &[after_the_end], &[]));
    assert!(reviewed(&decision).story.contains("IV092"));
}

#[test]
fn op345_granted_care_stays_lawful() {
    // Hours are kept in minutes.
    let spent = |minutes, cents| {
        let mut world = of(&[Toegewezen { omvang: Some((80, "04", "6")), ..toegewezen(1) }]);
        let known = world.known.toewijzingen.get_mut(&(gemeente("0193"), ToewijzingNummer(1))).unwrap();
        known.besteed.volume = minutes;
        known.besteed.bedrag = Cents(cents);
        world
    };
    let less = TeWijzigen { omvang: Some((70, "04", "6")), ..te_wijzigen(1) };
    let message = jw317("B1", "V1", &[], &[less], &[]);
    assert_eq!(lines(&spent(70 * 60, 0).accept(&message))[0].4, 70);
    assert!(reviewed(&spent(70 * 60 + 1, 0).accept(&message)).story.contains("OP345"));

    let claimed_to = |eind| {
        let mut world = two();
        world.known.open_debets.insert(DebetSleutel {
            gemeente: gemeente("0193"),
            toewijzing: ToewijzingNummer(1),
            begin: day("2025-04-01"),
            eind: day(eind),
            categorie: ProductCategorie::parse("45").unwrap(),
            code: ProductCode::parse("45A04").unwrap(),
        });
        world
    };
    for asked in [until("2025-04-14"), more("2025-04-15", 12)] {
        let message = jw317("B1", "V1", &[2], &[asked], &[]);
        lines(&claimed_to("2025-04-14").accept(&message));
        assert!(reviewed(&claimed_to("2025-04-15").accept(&message)).story.contains("OP345"));
    }
    lines(&claimed_to("2025-04-30").accept(&jw317("B1", "V1", &[2], &[until("2026-04-14")], &[])));
}

#[test]
fn one_product_outside_the_contract_refuses_all() {
    let mut world = two();
    let other = Nieuw { product: Some(("45", Some("45A99"))), ..nieuw("45A06") };
    let decision = world.accept(&jw317("B1", "V1", &[2], &[until("2026-06-30")], &[other]));
    assert_eq!(refused(&decision), "4");
    assert_eq!(world.status("V1"), VerzoekStatus::Afgewezen);
    assert_eq!(world.toewijzing(1).einddatum, Some(day("2025-12-31")), "nothing changed");
    world.accept(&jw317("B2", "V2", &[2], &[until("2026-06-30")], &[]));
    // Past the end of the contract line.
    let mut world = of(&[Toegewezen { eind: Some("2025-05-31"), ..toegewezen(1).code("45A07") }]);
    assert_eq!(refused(&world.accept(&jw317("B1", "V1", &[], &[until("2025-07-31")], &[]))), "4");
    // Shorter needs no contract.
    let mut world = of(&[toegewezen(1).code("45A07")]);
    lines(&world.accept(&jw317("B1", "V1", &[], &[until("2025-11-30")], &[])));
}

#[test]
fn an_aanbieder_without_contract_has_no_role() {
    let mut world = World::of(register(&[("clienten.csv", CLIENT)]));
    world.accept(&jw301("A1", &[toegewezen(1)]));
    assert_eq!(refused(&world.accept(&jw317("B1", "V1", &[], &[until("2025-11-30")], &[]))), "4");
}

#[test]
fn over_the_budget_a_person_decides_unless_the_contract_refuses() {
    let budget =
        "gemeente;bsn;bedrag;van;tot;bij_toewijzing\n0193;999900006;10000,00;2025-01-01;2025-12-31;hold\n";
    let with = |terms: &str, limit| {
        let mut world = World::with(terms, &[("clienten.csv", CLIENT), limit]);
        world.accept(&jw301("A1", &[toegewezen(1)]));
        world
    };
    let world = |terms: &str| with(terms, ("budgetten.csv", budget));
    // Eight hundred euros a month is 9,600 in 2025.
    lines(&world("").accept(&jw317("B1", "V1", &[], &[until("2026-06-30")], &[])));
    let message = jw317("B1", "V1", &[], &[more("2025-07-01", 12)], &[]);
    assert!(reviewed(&world("").accept(&message)).story.contains("budget"));
    // The budget of a client tells of what others spend (rulings 3.5 i); a ceiling of the aanbieder does not.
    reviewed(&world("budget_weigeren = true").accept(&message));
    let ceiling = ("plafonds.csv", "aanbieder;jaar;bedrag;bij_toewijzing\n12345678;2025;10000,00;hold\n");
    assert_eq!(refused(&with("budget_weigeren = true", ceiling).accept(&message)), "2");
    reviewed(&with("", ceiling).accept(&message));
    // What ends makes room for what begins.
    let next = || Nieuw {
        begin: "2025-07-01",
        eind: Some("2025-12-31"),
        omvang: Some((5, "04", "4")),
        ..nieuw("45A05")
    };
    lines(&world("").accept(&jw317("B1", "V1", &[], &[until("2025-06-30")], &[next()])));
    reviewed(&world("").accept(&jw317("B1", "V1", &[1], &[], &[next()])));
}

#[test]
fn measures_national_products_and_other_aanbieders_are_for_a_person() {
    for code in ["48A01", "55A11"] {
        let product = Toegewezen { omvang: Some((1, "04", "4")), ..toegewezen(1).code(code) };
        let mut world = of(&[product]);
        let asked = TeWijzigen { omvang: Some((1, "04", "4")), ..until("2025-11-30") };
        reviewed(&world.accept(&jw317("B1", "V1", &[], &[asked], &[])));
    }
    let mut world = two();
    world.accept(&jw301_for(BSN, ANDERE_AANBIEDER, "A2", &[toegewezen(3).code("45A06")]));
    let item = world.accept(&jw317("B1", "V1", &[1, 2], &[], &[nieuw("45A06")]));
    assert!(reviewed(&item).story.contains("aanbieder 87654321"));
}

#[test]
fn another_gemeente_is_five_and_by_a_person_only() {
    let clients = CLIENT.replace("2024-12-01;\n", "2024-12-01;0148\n");
    let mut world = World::with("", &[("clienten.csv", clients.as_str())]);
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let xml = jw317("B1", "V1", &[], &[until("2026-06-30")], &[]);
    let item = reviewed(&world.accept(&xml)).clone();
    assert_eq!(item.voorstel, Voorstel::Afwijzen { referentie: "V1".into(), reden: Reden::AndereGemeente });
    let eight = Besluit::Afwijzen { reden: Some(Reden::Woonplaatsbeginsel) };
    assert_eq!(decided(&mut world, &xml, &item, eight).unwrap_err(), WorkError::NotOnChange);
    let decision = decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap();
    assert_eq!(values(&decision.answers[0], "RedenAfwijzingVerzoek"), ["5"]);
    assert_eq!(world.status("V1"), VerzoekStatus::Afgewezen);
}

#[test]
fn manual_means_a_retour_and_the_gemeente() {
    let mut world = two();
    world.requests = Requests::Manual;
    let decision = world.accept(&jw317("B1", "V1", &[2], &[until("2026-06-30")], &[]));
    assert_eq!(sent(&decision), [("JW318", "12345678".to_owned())]);
    assert_eq!(decision.forwards, [to_gemeente()]);
    assert!(decision.work.is_empty());
    assert_eq!(world.status("V1"), VerzoekStatus::Open);
}

#[test]
fn approving_carries_it_out_as_it_was_asked() {
    let mut world = two();
    let xml = jw317("B1", "V1", &[2], &[more("2025-03-04", 12)], &[]);
    world.today = day("2025-03-05");
    let item = reviewed(&world.accept(&xml)).clone();
    world.today = day("2025-03-10");
    let decision = decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap();
    assert_eq!(
        lines(&decision),
        [
            line(2, "45A05", "2025-01-01", "2025-12-31", 10, "2025-01-10", "", "V1"),
            line(1, "45A04", "2025-01-01", "2025-03-03", 10, "2025-03-10", "12", "V1"),
            line(800_000_001, "45A04", "2025-03-04", "2025-12-31", 12, "2025-03-10", "", "V1"),
        ]
    );
    assert_eq!((decision.issued, world.status("V1")), (1, VerzoekStatus::Gehonoreerd));
    assert_eq!(decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap_err(), WorkError::Answered);

    let mut world = two();
    let xml = jw317("B1", "V1", &[2], &[more("2025-01-01", 12)], &[]);
    let item = reviewed(&world.accept(&xml)).clone();
    let error = decided(&mut world, &xml, &item, Besluit::Goedkeuren).unwrap_err();
    assert!(matches!(error, WorkError::NotAsAsked(_)));
    let refusal = Besluit::Afwijzen { reden: Some(Reden::ZorginhoudelijkeAfkeur) };
    decided(&mut world, &xml, &item, refusal).unwrap();
    assert_eq!(world.status("V1"), VerzoekStatus::Afgewezen);
}

#[test]
fn what_the_aanbieder_rejects_is_no_fact_until_it_is_sent_again() {
    let mut world = two();
    let decision = world.accept(&jw317("B1", "V1", &[2], &[until("2026-06-30")], &[]));
    let heen = answers(&decision, BerichtSoort::Jw301)[0].bytes.clone();
    let rejected = world.give(&super::world::retour_on(&heen, Some("TR056")));
    assert_eq!(reasons(&rejected), [WorkReason::RetourAfgekeurd, WorkReason::VerzoekBeoordelen]);
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Afgewezen);
    assert_eq!(world.toewijzing(1).bij_aanbieder().unwrap().einddatum, Some(day("2025-12-31")));
    assert_eq!(world.toewijzing(2).ontvangst, Ontvangst::Verzonden, "it was not about this one");
}

#[test]
fn a_client_that_a_request_made_known_is_assigned_from_the_same_data() {
    let mut world = World::new();
    let asked = super::berichten::aangevraagd("R1");
    world.accept(&super::berichten::jw315("B0", &[asked]));
    let longer =
        TeWijzigen { begin: "2025-04-01", ..TeWijzigen { nummer: 800_000_001, ..until("2025-12-31") } };
    let decision = world.accept(&jw317("B1", "V1", &[], &[longer], &[]));
    assert_eq!(lines(&decision)[0].3, "2025-12-31");
    assert!(world.known.clienten.contains_key(&(gemeente("0193"), bsn())));
    assert_eq!(world.toewijzing(800_000_001).aanbieder, agb("12345678"));
}

/// Decides on a work item with the facts that its keys ask for.
fn decided(
    world: &mut World,
    xml: &str,
    item: &NewWorkItem,
    besluit: Besluit,
) -> Result<Decision, WorkError> {
    let decision = {
        let document = document(xml.as_bytes());
        let bericht = Bericht::read(&document);
        let known = load(&world.known, &work_keys(item, Some(&bericht), &world.register));
        decide_work(
            &WorkInput {
                item,
                bericht: Some(&bericht),
                journal: 77,
                known: &known,
                register: &world.register,
                moment: world.moment(),
                issued: world.issued,
            },
            besluit,
        )?
    };
    world.known.apply(&decision.changes, &Arc::from(xml.as_bytes()));
    Ok(decision)
}
