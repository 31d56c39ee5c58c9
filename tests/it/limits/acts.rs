//! What limits and contracts do with what goes beyond them: the stricter of two fixed prices (rulings 8.6), care after the age
//! limit (8.11), nights that are taken back (8.12) and what a ceiling never holds (8.16).

use crate::requests::berichten::{Toegewezen, jw301, jw301_for, toegewezen};
use crate::requests::world::{AANBIEDER, ANDERE_AANBIEDER, BSN, GEMEENTE, World, register};
use crate::xml::{Line, jw323};
use happyflow::decide::{Decision, keys};
use happyflow::messages::Bericht;
use happyflow::schema::{Reading, read};
use happyflow::state::{Change, WorkReason};
use std::sync::Arc;

fn world(json: &str) -> World {
    World::of(register(&[("contracts.json", json)]))
}

/// A line of a month.
fn line(
    referentie: &str,
    toewijzing: u32,
    product: (&'static str, &'static str),
    (volume, eenheid, tarief): (i64, &'static str, i64),
) -> Line {
    Line {
        referentie: referentie.to_owned(),
        vorig: None,
        toewijzing,
        product,
        periode: ("2025-02-01".to_owned(), "2025-02-28".to_owned()),
        volume,
        eenheid,
        tarief,
    }
}

/// Decides a claim on all that is known.
fn claim(world: &mut World, aanbieder: &str, id: &str, lines: &[Line]) -> Decision {
    let periode = ("2025-02-01", "2025-02-28");
    let xml = jw323((aanbieder, GEMEENTE), id, "2025-03-03", periode, BSN, lines);
    let decision = world.decide_on_all(&xml);
    assert!(decision.findings.is_empty(), "{:?}", decision.findings);
    world.journal += 1;
    world.known.apply(&decision.changes, &Arc::from([]));
    decision
}

/// References of the lines whose payment waits.
fn waiting(decision: &Decision) -> Vec<String> {
    let held = decision.changes.iter().filter_map(|change| match change {
        Change::Vastgehouden(held) => Some(held.referentie.to_string()),
        _ => None,
    });
    held.collect()
}

fn fixed(one: &str, other: &str) -> String {
    let row = |aanbieder: &str, code: &str, act: &str| {
        format!(
            r#"{{"gemeente":"0193","aanbieder":"{aanbieder}","productcategorie":"50","productcode":"{code}","eenheid":"82",
               "tarief":100000,"geldig_van":"2024-01-01","financiering":"profiel_vast","bij_overschrijding":"{act}"}}"#
        )
    };
    format!(
        r#"{{"contracten":[{},{}]}}"#,
        row(AANBIEDER, "50P01", one),
        row(ANDERE_AANBIEDER, "50P02", other)
    )
}

fn trajectory(nummer: u32, code: &'static str) -> Toegewezen {
    Toegewezen { omvang: Some((1, "82", "6")), eind: Some("2025-05-31"), ..toegewezen(nummer).code(code) }
}

/// Each contract says that there is no other trajectory beside it: what either asks is done with the second.
#[test]
fn of_two_trajectories_the_stricter_contract_counts_on_assignment_and_payment() {
    for (one, other, act) in [
        ("hold", "signal", "hold"),
        ("signal", "hold", "hold"),
        ("hold", "niets", "hold"),
        ("signal", "niets", "signal"),
        ("niets", "signal", "signal"),
        ("niets", "niets", "niets"),
    ] {
        let mut world = world(&fixed(one, other));
        assert!(!world.accept(&jw301("A1", &[trajectory(1, "50P01")])).held);
        assert_eq!(world.follow(), []);
        let second = jw301_for(BSN, ANDERE_AANBIEDER, "A2", &[trajectory(2, "50P02")]);
        let decision = world.accept(&second);
        let told = world.follow();
        assert_eq!(
            (decision.held, decision.work.len()),
            (act == "hold", usize::from(act == "hold")),
            "{one} {other}"
        );
        assert_eq!(
            told.iter().map(|item| item.reason).collect::<Vec<_>>(),
            if act == "signal" { vec![WorkReason::VastePrijs] } else { vec![] },
            "{one} {other}"
        );
        if act == "hold" {
            continue;
        }
        // The first is paid; the payment of the second is above it.
        let piece =
            |referentie, toewijzing, code| line(referentie, toewijzing, ("50", code), (1, "82", 100_000));
        assert_eq!(waiting(&claim(&mut world, AANBIEDER, "C1", &[piece("R1", 1, "50P01")])), [""; 0]);
        assert_eq!(world.follow(), [], "{one} {other}");
        assert_eq!(waiting(&claim(&mut world, ANDERE_AANBIEDER, "C2", &[piece("R2", 2, "50P02")])), [""; 0]);
        let told = world.follow();
        assert_eq!(told.len(), usize::from(act == "signal"), "{told:?}");
        assert!(
            told.iter().all(|item| item.story.contains("toewijzing 1") && item.story.contains("declareert"))
        );
    }
    // Only the payment of the second waits, whichever of the two contracts asks.
    for (one, other) in [("hold", "niets"), ("niets", "hold")] {
        let json = fixed(one, other).replace("bij_overschrijding", "bij_betaling");
        let mut world = world(&json);
        assert!(!world.accept(&jw301("A1", &[trajectory(1, "50P01")])).held);
        assert!(!world.accept(&jw301_for(BSN, ANDERE_AANBIEDER, "A2", &[trajectory(2, "50P02")])).held);
        let piece =
            |referentie, toewijzing, code| line(referentie, toewijzing, ("50", code), (1, "82", 100_000));
        assert_eq!(waiting(&claim(&mut world, ANDERE_AANBIEDER, "C2", &[piece("R2", 2, "50P02")])), ["R2"]);
        assert_eq!(waiting(&claim(&mut world, AANBIEDER, "C1", &[piece("R1", 1, "50P01")])), [""; 0]);
    }
}

/// Rulings 8.11: who is not in the client register was born when the newest JW301 says, unless that does not know all of it.
#[test]
fn age_on_claims_comes_from_the_newest_jw301_where_the_register_has_none() {
    const BORN: &str = "<i:Datum>2010-02-14</i:Datum>";
    let json = |act: &str| {
        format!(
            r#"{{"contracten":[{{"gemeente":"0193","aanbieder":"12345678","productcategorie":"45","productcode":"45A04","eenheid":"04",
               "tarief":8000,"geldig_van":"2024-01-01","leeftijd_max":18,"bij_toewijzing":"niets","bij_betaling":"{act}"}}]}}"#
        )
    };
    for (born, act, held) in [
        ("<i:Datum>2007-02-02</i:Datum>", "hold", false),
        ("<i:Datum>2007-02-01</i:Datum>", "hold", true),
        ("<i:Datum>2007-02-01</i:Datum>", "niets", false),
        ("<i:Datum>2007-01-01</i:Datum><i:DatumGebruik>2</i:DatumGebruik>", "hold", false),
    ] {
        let mut world = world(&json(act));
        let assigned = jw301("A1", &[toegewezen(1)]).replace(BORN, born);
        world.give(&assigned);
        let decision =
            claim(&mut world, AANBIEDER, "C1", &[line("R1", 1, ("45", "45A04"), (1, "04", 8_000))]);
        assert_eq!(decision.held, held, "{born} {act}");
        assert!(!held || decision.work[0].reason == WorkReason::Leeftijdsgrens);
    }
}

/// Rulings 8.12: nights that a claim takes back and claims anew are nobody's second bed.
#[test]
fn nights_that_are_credited_and_claimed_again_are_not_held() {
    let json = r#"{"plausibiliteit":"hold","contracten":[{"gemeente":"0193","aanbieder":"12345678","productcategorie":"44","productcode":"44A01",
        "eenheid":"14","tarief":20000,"geldig_van":"2024-01-01"}]}"#;
    let mut world = world(json);
    let stay = Toegewezen { omvang: Some((60, "14", "4")), ..toegewezen(1).code("44A01") };
    world.accept(&jw301("A1", &[stay]));
    let nights = |referentie, volume| line(referentie, 1, ("44", "44A01"), (volume, "14", 20_000));
    assert_eq!(waiting(&claim(&mut world, AANBIEDER, "C1", &[nights("R1", 28)])), [""; 0]);
    let credit = Line { vorig: Some("R1".to_owned()), ..nights("R2", 28) };
    assert_eq!(waiting(&claim(&mut world, AANBIEDER, "C2", &[nights("R3", 27), credit])), [""; 0]);
    // One night too many is held, whatever was before.
    let credit = Line { vorig: Some("R3".to_owned()), ..nights("R4", 27) };
    assert_eq!(waiting(&claim(&mut world, AANBIEDER, "C3", &[nights("R5", 29), credit])), ["R5"]);
}

/// Rulings 8.16: what a ceiling excepts is never held, and neither is the message that it stands in.
#[test]
fn a_message_with_care_that_a_ceiling_excepts_is_told_and_not_held() {
    let json = |more: &str| {
        format!(
            r#"{{"contracten":[{{"gemeente":"0193","aanbieder":"12345678","productcategorie":"45","productcode":"45A04","eenheid":"04",
               "tarief":8000,"geldig_van":"2024-01-01"}},{{"gemeente":"0193","aanbieder":"12345678","productcategorie":"44",
               "productcode":"44A01","eenheid":"14","tarief":20000,"geldig_van":"2024-01-01"}}],
               "plafonds":[{{"aanbieder":"12345678","jaar":2025,"bedrag":10000,"bij_toewijzing":"hold","bij_betaling":"hold"{more}}}]}}"#
        )
    };
    let crisis = || Toegewezen {
        omvang: Some((3, "14", "6")),
        eind: Some("2025-01-31"),
        ..toegewezen(2).code("44A01")
    };
    let mut excepts = world(&json(r#","uitgezonderd":["44"]"#));
    assert!(excepts.accept(&jw301("A0", &[toegewezen(9)])).held, "other care waits");
    for (id, products) in [
        ("A1", vec![crisis()]),
        (
            "A2",
            vec![
                toegewezen(1),
                Toegewezen { nummer: 3, begin: "2025-02-01", eind: Some("2025-02-28"), ..crisis() },
            ],
        ),
    ] {
        let decision = excepts.accept(&jw301(id, &products));
        assert!(!decision.held && !decision.forwards.is_empty(), "{:?}", decision.work);
        let told = excepts.follow();
        assert_eq!(told[0].reason, WorkReason::ToewijzingBovenBudget);
        assert!(told[0].story.contains("nooit vastgehouden"), "{told:?}");
    }
    assert!(world(&json("")).accept(&jw301("A1", &[crisis()])).held);
    // What is said of payments says nothing of assignments.
    assert!(world(&json(r#","specifiek_betalen":true"#)).accept(&jw301("A1", &[toegewezen(1)])).held);
}

/// Where the region holds what cannot have happened, only children with such lines are locked; limits only where they hold.
#[test]
fn a_claim_locks_only_children_with_nights_and_limits_that_hold() {
    let json = r#"{"plausibiliteit":"hold","contracten":[{"gemeente":"0193","aanbieder":"12345678","productcategorie":"44","productcode":"44A01",
        "eenheid":"14","tarief":20000,"geldig_van":"2024-01-01","leeftijd_max":18}],
        "budgetten":[{"gemeente":"0193","van":"2025-01-01","tot":"2025-12-31","bedrag":1,"bij_betaling":"hold"},
          {"gemeente":"0193","productcategorie":"44","van":"2025-01-01","tot":"2025-12-31","bedrag":1}]}"#;
    let register = register(&[("contracts.json", json)]);
    let locked = |line: Line| {
        let periode = ("2025-02-01", "2025-02-28");
        let xml = jw323((AANBIEDER, GEMEENTE), "C1", "2025-03-03", periode, BSN, &[line]);
        let Reading::Valid(document) = read(xml.as_bytes()) else { panic!("{xml}") };
        let keys = keys(&Bericht::read(&document), &register);
        (keys.kinderen.len(), keys.clienten.len(), keys.budgetten.len())
    };
    assert_eq!(locked(line("R1", 1, ("44", "44A01"), (1, "14", 20_000))), (1, 1, 1));
    assert_eq!(locked(line("R1", 1, ("45", "45A04"), (1, "04", 8_000))), (0, 0, 1));
}
