//! JW301 from the gemeente: rules, versions, signals, forwarding and holding.

use super::berichten::{Toegewezen, aangevraagd, jw301, jw301_for, jw315, toegewezen};
use super::world::{
    AANBIEDER, ANDERE_AANBIEDER, BSN, CLIENT, World, agb, day, reasons, register, retour_on, to_aanbieder,
};
use happyflow::codes::{RedenWijziging, ToewijzingNummer};
use happyflow::decide::Requests;
use happyflow::money::Cents;
use happyflow::state::{Ontvangst, VerzoekStatus, VerzondenVersie, Voorstel, WorkReason};
use std::slice::from_ref;

#[test]
fn an_assignment_is_stored_forwarded_and_waits_for_its_retour() {
    let mut world = World::new();
    let decision = world.accept(&jw301("A1", &[toegewezen(1)]));
    assert_eq!(decision.forwards, [to_aanbieder()]);
    assert!(decision.work.is_empty() && !decision.held);
    let stored = world.toewijzing(1);
    assert_eq!((stored.ingangsdatum, stored.einddatum), (day("2025-01-01"), Some(day("2025-12-31"))));
    assert_eq!((stored.ontvangst, stored.bericht), (Ontvangst::Verzonden, 1));
    let sent: Vec<_> = world.known.verzonden.values().collect();
    assert_eq!(sent.len(), 1);
    assert_eq!((&*sent[0].identificatie, sent[0].aanvaard), ("A1", None));
    let versie = VerzondenVersie { nummer: ToewijzingNummer(1), bericht: Some(1) };
    assert_eq!(sent[0].toewijzingen, [versie]);
}

#[test]
fn a_known_number_is_a_repeat_or_change_of_the_same_assignment_only() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let begins_later = Toegewezen { begin: "2025-02-01", ..toegewezen(1) };
    let aspecific = Toegewezen { product: Some(("45", None)), omvang: None, ..toegewezen(1) };
    assert_eq!(world.faults(&jw301("A2", &[begins_later])), ["TR332"]);
    assert_eq!(world.faults(&jw301("A2", &[aspecific])), ["TR332"]);
    assert_eq!(world.faults(&jw301_for("999900018", AANBIEDER, "A2", &[toegewezen(1)])), ["TR332"]);
    assert_eq!(world.faults(&jw301_for(BSN, ANDERE_AANBIEDER, "A2", &[toegewezen(1)])), ["TR332"]);
    let longer =
        Toegewezen { eind: Some("2026-06-30"), datum: "2025-02-01", reden: Some("04"), ..toegewezen(1) };
    let decision = world.accept(&jw301("A2", &[longer]));
    assert!(decision.work.is_empty());
    assert_eq!(world.toewijzing(1).einddatum, Some(day("2026-06-30")));
    assert_eq!(world.toewijzing(1).reden_wijziging, Some(RedenWijziging::HerbeoordelingVerlenging));
}

#[test]
fn an_older_version_never_overwrites_and_is_told() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[Toegewezen { tijd: "10:00:00.5", ..toegewezen(1) }]));
    let older = Toegewezen { eind: Some("2025-06-30"), ..toegewezen(1) };
    let decision = world.accept(&jw301("A2", &[older]));
    assert_eq!(reasons(&decision), [WorkReason::OudereToewijzing]);
    assert_eq!(world.toewijzing(1).einddatum, Some(day("2025-12-31")));
    assert_eq!(decision.forwards, [to_aanbieder()], "the aanbieder judges by the same moments");
    let newer = Toegewezen { eind: Some("2025-06-30"), tijd: "10:00:01", ..toegewezen(1) };
    world.accept(&jw301("A3", &[newer]));
    assert_eq!(world.toewijzing(1).einddatum, Some(day("2025-06-30")));
}

#[test]
fn a_repeat_changes_nothing() {
    let mut world = World::new();
    let deleted = Toegewezen { eind: Some("2025-01-01"), reden: Some("13"), ..toegewezen(1) };
    world.accept(&jw301("A1", from_ref(&deleted)));
    // RedenWijziging is empty when nothing changed (IV099): the assignment stays deleted.
    let decision = world.accept(&jw301("A2", &[Toegewezen { reden: None, ..deleted }]));
    assert!(world.toewijzing(1).is_verwijderd());
    assert!(decision.work.is_empty());
    assert_eq!(world.toewijzing(1).bericht, 1);
}

#[test]
fn forbidden_changes_are_stored_and_told() {
    let mut world = World::new();
    let total = Toegewezen { omvang: Some((100, "04", "6")), ..toegewezen(2) }.code("45A05");
    world.accept(&jw301("A1", &[toegewezen(1), total.clone()]));
    let later = "2025-02-01";
    let monthly =
        Toegewezen { omvang: Some((12, "04", "4")), datum: later, reden: Some("14"), ..toegewezen(1) };
    let total = Toegewezen { omvang: Some((120, "04", "6")), datum: later, reden: Some("14"), ..total };
    let decision = world.accept(&jw301("A2", &[monthly, total]));
    assert_eq!(reasons(&decision), [WorkReason::WijzigingNietToegestaan]);
    assert_eq!(decision.work[0].toewijzing, Some(ToewijzingNummer(1)));
    assert_eq!(world.toewijzing(1).omvang.unwrap().volume, 12);
    assert_eq!(world.toewijzing(2).omvang.unwrap().volume, 120);
    assert_eq!(decision.forwards, [to_aanbieder()]);
    let minutes = Toegewezen { omvang: Some((120, "01", "6")), datum: "2025-02-02", ..toegewezen(2) };
    let decision = world.accept(&jw301("A3", &[minutes.code("45A05")]));
    assert_eq!(reasons(&decision), [WorkReason::WijzigingNietToegestaan]);
}

#[test]
fn an_assignment_with_granted_claims_is_not_deleted() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let deleted =
        Toegewezen { eind: Some("2025-01-01"), datum: "2025-02-01", reden: Some("13"), ..toegewezen(1) };
    let key = (super::world::gemeente("0193"), ToewijzingNummer(1));
    world.known.toewijzingen.get_mut(&key).unwrap().besteed.bedrag = Cents(80_000);
    assert_eq!(world.faults(&jw301("A2", from_ref(&deleted))), ["TR385"]);
    // Credited: nothing is granted any more.
    world.known.toewijzingen.get_mut(&key).unwrap().besteed.bedrag = Cents(0);
    world.accept(&jw301("A2", &[deleted]));
    assert!(world.toewijzing(1).is_verwijderd());
}

#[test]
fn a_reference_names_a_request_that_is_honoured_now() {
    let mut world = World::new();
    world.requests = Requests::Manual;
    world.accept(&jw315("B1", &[aangevraagd("R1")]));
    let honoured =
        Toegewezen { referentie: Some("R1"), begin: "2025-04-01", eind: Some("2025-09-30"), ..toegewezen(1) };
    let unknown = Toegewezen { referentie: Some("R9"), ..honoured.clone() };
    assert_eq!(world.faults(&jw301("A1", &[unknown])), ["TR379"]);
    let other_client = jw301_for("999900018", AANBIEDER, "A1", from_ref(&honoured));
    assert_eq!(world.faults(&other_client), ["TR379"]);
    let heen = jw301("A1", from_ref(&honoured));
    world.accept(&heen);
    assert_eq!(world.status("R1"), VerzoekStatus::Gehonoreerd);
    // The same version again is no second time (IV013); a change is (IV097).
    world.accept(&jw301("A2", from_ref(&honoured)));
    let changed = Toegewezen { eind: Some("2025-08-31"), datum: "2025-02-01", ..honoured.clone() };
    assert_eq!(world.faults(&jw301("A3", from_ref(&changed))), ["TR379"]);
    world.accept(&jw301("A3", &[Toegewezen { referentie: None, ..changed.clone() }]));
    // After the aanbieder rejected it, it was never sent.
    world.give(&retour_on(heen.as_bytes(), Some("TR056")));
    let again = Toegewezen { datum: "2025-02-02", ..honoured };
    world.accept(&jw301("A4", &[again]));
    assert_eq!(world.status("R1"), VerzoekStatus::Gehonoreerd);
}

#[test]
fn stacking_across_messages_is_told() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let category = Toegewezen { product: Some(("45", None)), omvang: None, ..toegewezen(2) };
    let decision = world.accept(&jw301("A2", &[category]));
    assert!(reasons(&decision).contains(&WorkReason::Stapeling));
    // Another code, a later period, another aanbieder, or one that was deleted.
    let mut fresh = World::new();
    fresh.accept(&jw301("A1", &[toegewezen(1)]));
    fresh.accept(&jw301("A2", &[toegewezen(2).code("45A05")]));
    let after = Toegewezen { begin: "2026-01-01", eind: Some("2026-12-31"), ..toegewezen(3) };
    let elsewhere = jw301_for(BSN, ANDERE_AANBIEDER, "A4", &[toegewezen(4)]);
    let decisions = [fresh.accept(&jw301("A3", &[after])), fresh.accept(&elsewhere)];
    assert!(decisions.iter().all(|decision| !reasons(decision).contains(&WorkReason::Stapeling)));
    let deleted =
        Toegewezen { eind: Some("2025-01-01"), datum: "2025-02-01", reden: Some("13"), ..toegewezen(1) };
    fresh.accept(&jw301("A5", &[deleted]));
    assert!(fresh.accept(&jw301("A6", &[toegewezen(5)])).work.is_empty());
}

#[test]
fn what_the_contract_does_not_cover_is_forwarded_and_told() {
    let mut world = World::new();
    let cases = [
        (toegewezen(1).code("45Z99"), "niet gecontracteerd"),
        (Toegewezen { omvang: Some((10, "14", "4")), ..toegewezen(2) }, "andere eenheid"),
        (toegewezen(3).code("45A07"), "hele periode"),
        (Toegewezen { begin: "2023-01-01", eind: Some("2023-12-31"), ..toegewezen(4) }, "geen contract"),
    ];
    for (index, (product, why)) in cases.into_iter().enumerate() {
        let decision = world.accept(&jw301(&format!("A{index}"), &[product]));
        let told = decision.work.iter().find(|item| item.reason == WorkReason::ToewijzingNietGedekt).unwrap();
        assert!(told.story.contains(why), "{}", told.story);
        assert_eq!((decision.forwards, decision.held), (vec![to_aanbieder()], false));
    }
    // A repeat is not told again.
    assert!(world.accept(&jw301("A9", &[toegewezen(1).code("45Z99")])).work.is_empty());
}

#[test]
fn over_a_budget_or_ceiling_is_forwarded_and_told() {
    // Ten hours a month of 80 euros: 9,600 euros in 2025.
    let budget = |cents: &str| {
        format!(
            "gemeente;bsn;van;tot;bedrag;bij_overschrijding\n0193;999900006;2025-01-01;2025-12-31;{cents};signal\n"
        )
    };
    let tight = budget("9599,99");
    let mut world = World::with("", &[("budgetten.csv", tight.as_str()), ("clienten.csv", CLIENT)]);
    let decision = world.accept(&jw301("A1", &[toegewezen(1)]));
    assert_eq!((reasons(&decision), decision.forwards), (vec![], vec![to_aanbieder()]));
    let told = world.follow();
    let [item] = &told[..] else { panic!("{told:?}") };
    assert_eq!((item.reason, &item.voorstel), (WorkReason::ToewijzingBovenBudget, &Voorstel::Kennisnemen));
    for part in ["JW301 A1", "9.600,00", "0,01 te veel"] {
        assert!(item.story.contains(part), "{part}: {}", item.story);
    }
    let enough = budget("9600,00");
    let mut world = World::with("", &[("budgetten.csv", enough.as_str())]);
    assert!(world.told(&jw301("A1", &[toegewezen(1)])).is_empty());
    // What was promised before counts, once: the same assignment for longer stays within 2025.
    let longer = Toegewezen { eind: Some("2026-06-30"), datum: "2025-02-01", ..toegewezen(1) };
    assert!(world.told(&jw301("A2", &[longer])).is_empty());
    let more = Toegewezen { begin: "2025-12-01", ..toegewezen(2).code("45A05") };
    assert_eq!(world.told(&jw301("A3", &[more])), [WorkReason::ToewijzingBovenBudget]);
    let plafond = "aanbieder;jaar;bedrag;bij_overschrijding\n12345678;2025;9599,99;signal\n";
    let mut world = World::with("", &[("plafonds.csv", plafond)]);
    assert_eq!(world.told(&jw301("A1", &[toegewezen(1)])), [WorkReason::ToewijzingBovenBudget]);
}

/// Rulings 8.4.
#[test]
fn an_overrun_is_told_again_when_it_has_grown_by_a_tenth() {
    // Ten hours a month of 80 euros: 800 euros a month.
    let plafond = "aanbieder;jaar;bedrag;bij_overschrijding\n12345678;2025;10000,00;signal\n";
    let mut world = World::with("", &[("plafonds.csv", plafond)]);
    let month = |nummer, code: &'static str, begin: &'static str, eind| {
        Toegewezen { begin, eind: Some(eind), ..toegewezen(nummer) }.code(code)
    };
    assert!(world.told(&jw301("A1", &[toegewezen(1)])).is_empty(), "9.600,00");
    let first = month(2, "45A05", "2025-01-01", "2025-01-31");
    assert_eq!(world.told(&jw301("A2", &[first])), [WorkReason::ToewijzingBovenBudget], "400,00 over");
    let second = month(3, "45A05", "2025-02-01", "2025-02-28");
    assert!(world.told(&jw301("A3", &[second])).is_empty(), "1.200,00 over: 800,00 more");
    let third = month(4, "45A05", "2025-03-01", "2025-03-31");
    assert_eq!(world.told(&jw301("A4", &[third])), [WorkReason::ToewijzingBovenBudget], "1.600,00 more");
}

#[test]
fn products_of_one_message_count_together() {
    let budget = "gemeente;van;tot;bedrag;bij_overschrijding\n0193;2025-01-01;2025-12-31;19199,99;signal\n";
    let mut world = World::with("", &[("budgetten.csv", budget)]);
    let told = world.told(&jw301("A1", &[toegewezen(1), toegewezen(2).code("45A05")]));
    assert_eq!(told, [WorkReason::ToewijzingBovenBudget], "once for the message");
}

#[test]
fn segment_c_over_its_amount_is_told() {
    let mut world = World::new();
    // 83 hours of 300 euros is 24,900; 84 is 25,200.
    let hours = |volume| Toegewezen { omvang: Some((volume, "04", "6")), ..toegewezen(1) }.code("45A06");
    assert!(world.accept(&jw301("A1", &[hours(83)])).work.is_empty());
    let more = Toegewezen { datum: "2025-02-01", ..hours(84) };
    assert_eq!(reasons(&world.accept(&jw301("A2", &[more]))), [WorkReason::SegmentC]);
}

#[test]
fn a_region_may_hold_what_is_not_covered() {
    let mut world = World::with("niet_gedekt = \"hold\"\n", &[]);
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let decision = world.accept(&jw301("A2", &[toegewezen(1), toegewezen(2).code("45Z99")]));
    assert!(decision.held && decision.forwards.is_empty());
    assert_eq!(decision.work[0].voorstel, Voorstel::Doorsturen);
    assert_eq!(world.toewijzing(2).ontvangst, Ontvangst::Vastgehouden);
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden, "a repeat was received before");
    assert_eq!(world.known.verzonden.len(), 1);
    assert_eq!(decision.answers.len(), 1, "the gemeente gets its JW302 at once");
}

#[test]
fn the_aanbieder_is_the_one_of_the_header() {
    let mut world = World::new();
    world.accept(&jw301_for(BSN, ANDERE_AANBIEDER, "A1", &[toegewezen(1)]));
    assert_eq!(world.toewijzing(1).aanbieder, agb(ANDERE_AANBIEDER));
}

#[test]
fn a_budget_counts_the_cost_of_its_own_days_at_the_rates_of_those_days() {
    // Twelve months of ten hours: 9,600 euros at 80, 10,800 at 90.
    let contract = r#"{"contracten":[
      {"aanbieder":"12345678","gemeente":"0193","productcode":"45A04","productcategorie":"45","tarief":8000,"eenheid":"04","geldig_tot":"2025-12-31","geldig_van":"2025-01-01"},
      {"aanbieder":"12345678","gemeente":"0193","productcode":"45A04","productcategorie":"45","eenheid":"04","tarief":9000,"geldig_van":"2026-01-01","geldig_tot":null}],
     "budgetten":[
      {"bsn":null,"gemeente":"0193","productcategorie":null,"aanbieder":null,"van":"2025-01-01","tot":"2025-12-31","bedrag":960000,"bij_overschrijding":"signal"},
      {"bsn":null,"gemeente":"0193","productcategorie":null,"aanbieder":null,"van":"2026-01-01","tot":"2026-12-31","bedrag":LIMIT,"bij_overschrijding":"signal"}]}"#;
    let told = |limit: &str| {
        let json = contract.replace("LIMIT", limit);
        let mut world = World::of(register(&[("contracts.json", json.as_str())]));
        let two_years = Toegewezen { eind: Some("2026-12-31"), ..toegewezen(1) };
        world.told(&jw301("A1", &[two_years]))
    };
    assert_eq!(told("1080000"), []);
    assert_eq!(told("1079999"), [WorkReason::ToewijzingBovenBudget]);
}
