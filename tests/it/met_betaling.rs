//! A trajectory at a fixed price that is let through although it is beside another, or more than one piece: its payments
//! wait, unless the release takes them along (rulings 8.6, last sentence).

use crate::limit_cases::money;
use crate::office::Office;
use crate::rebuild::assert_same;
use crate::requests::berichten::{Toegewezen, jw301_for, toegewezen};
use crate::xml::{Line, jw323};
use serde_json::{Value, json};

const BSN: &str = "999900006";

fn trajectory(nummer: u32, stuks: i64, begin: &'static str, eind: &'static str) -> Toegewezen {
    let omvang = Some((stuks, "82", "6"));
    Toegewezen { product: Some(("50", Some("50P01"))), omvang, begin, eind: Some(eind), ..toegewezen(nummer) }
}

/// A contract of an aanbieder with trajectories of 1,000.00 at a fixed price.
fn contract(aanbieder: &str, act: &Value) -> Value {
    let mut row = json!({"gemeente": "0193", "aanbieder": aanbieder, "productcategorie": "50", "productcode": "50P01",
        "eenheid": "82", "tarief": 100_000, "geldig_van": "2024-01-01", "geldig_tot": null,
        "financiering": "profiel_vast", "iban": "NL13TEST0123456789"});
    row.as_object_mut().unwrap().extend(act.as_object().unwrap().clone());
    row
}

/// An office with one such contract.
fn office(act: &Value) -> Office {
    Office::open(&json!({"contracten": [contract("12345678", act)]}))
}

/// Assigns; gives the item of a message that is held.
fn assign(office: &mut Office, id: &str, products: &[Toegewezen]) -> Option<String> {
    assign_to(office, "12345678", id, products)
}

fn assign_to(office: &mut Office, aanbieder: &str, id: &str, products: &[Toegewezen]) -> Option<String> {
    let line = office.send("2025-03-03", &jw301_for(BSN, aanbieder, id, products));
    assert_eq!(line["verdict"], "accepted", "{line}");
    (line["held"] == true).then(|| {
        // Others only tell, of the same product twice for instance.
        let items = office.expect(0, &["work", "list", "--json", "--data", "data"]).lines();
        let held = items
            .iter()
            .rfind(|item| item["proposal"] == "de vastgehouden toewijzing gaat naar de aanbieder");
        held.unwrap()["work"].to_string()
    })
}

fn approve(office: &Office, item: &str, more: &[&str]) {
    let by = ["--by", "A. Proef", "--why", "nagegaan", "--data", "data", "--today", "2025-03-04"];
    office.expect(0, &[&["work", "approve", item][..], &by, more].concat());
}

/// Claims pieces on an assignment; whether their payment waits.
fn claim(office: &mut Office, nummer: u32, stuks: i64) -> bool {
    claim_in(office, nummer, stuks, ("2025-03-01", "2025-03-31"))
}

fn claim_in(office: &mut Office, nummer: u32, stuks: i64, (begin, eind): (&str, &str)) -> bool {
    let line = Line {
        referentie: format!("R{nummer}-{begin}"),
        vorig: None,
        toewijzing: nummer,
        product: ("50", "50P01"),
        periode: (begin.into(), eind.into()),
        volume: stuks,
        eenheid: "82",
        tarief: 100_000,
    };
    let (days, name) = (("2025-05-01", "2025-05-31"), format!("C{nummer}{begin}"));
    let xml = jw323(("12345678", "0193"), &name.replace('-', ""), "2025-06-02", days, BSN, &[line]);
    let told = office.send("2025-06-03", &xml);
    assert_eq!((&told["verdict"], &told["level"]), (&"accepted".into(), &Value::Null), "{told}");
    told["held"] == true
}

#[test]
fn without_a_word_of_a_person_the_payments_of_what_was_let_through_wait_also_of_the_first() {
    for (met_betaling, waits) in [(&[][..], true), (&["--met-betaling"][..], false)] {
        let mut office = office(&json!({"bij_overschrijding": "hold"}));
        assert_eq!(assign(&mut office, "A1", &[trajectory(1, 1, "2025-02-01", "2025-06-30")]), None);
        // Begins before the other: of the two it is the first.
        let item = assign(&mut office, "A2", &[trajectory(2, 1, "2025-01-01", "2025-05-31")]).unwrap();
        approve(&office, &item, met_betaling);
        assert_eq!(claim(&mut office, 2, 1), waits);
        let held = if waits { 100_000 } else { 0 };
        let expected =
            json!({"granted": 100_000, "payable": 100_000 - held, "held": held, "refused": 0, "paid": 0});
        assert_eq!(money(office.folder()), expected);
        // A newer version of it is let through as well: what was decided stays.
        let longer = Toegewezen { datum: "2025-01-20", ..trajectory(2, 1, "2025-01-01", "2025-06-15") };
        if let Some(item) = assign(&mut office, "A3", &[longer]) {
            approve(&office, &item, met_betaling);
        }
        assert_same(&office.folder().join("data"));
        office.expect(0, &["replay", "--data", "data"]);
        office.expect(0, &["replay", "--verify-state", "--data", "data"]);
    }
}

#[test]
fn two_pieces_in_one_assignment_are_paid_or_wait_as_the_release_says() {
    for (met_betaling, waits) in [(&[][..], true), (&["--met-betaling"][..], false)] {
        let mut office = office(&json!({"bij_overschrijding": "hold"}));
        let item = assign(&mut office, "A1", &[trajectory(1, 2, "2025-01-01", "2025-06-30")]).unwrap();
        approve(&office, &item, met_betaling);
        assert_eq!(claim(&mut office, 1, 2), waits);
        assert_same(&office.folder().join("data"));
    }
}

/// A budget says no number of pieces: with its payments a trajectory of it was let through, and no second one.
#[test]
fn of_a_budget_that_was_let_through_with_its_payments_the_second_piece_waits() {
    let mut office = office(&json!({"bij_overschrijding": "hold"}));
    assert_eq!(assign(&mut office, "A1", &[trajectory(1, 1, "2025-02-01", "2025-06-30")]), None);
    let budget = Toegewezen {
        product: Some(("50", None)),
        omvang: None,
        budget: Some(1_400_000),
        ..trajectory(2, 1, "2025-03-01", "2025-05-31")
    };
    let item = assign(&mut office, "A2", &[budget]).unwrap();
    approve(&office, &item, &["--met-betaling"]);
    assert!(!claim(&mut office, 2, 1), "the first");
    assert!(claim_in(&mut office, 2, 1, ("2025-04-01", "2025-04-30")), "the second");
    assert!(claim_in(&mut office, 2, 12, ("2025-05-01", "2025-05-31")), "and the rest");
    assert_same(&office.folder().join("data"));
    office.expect(0, &["replay", "--verify-state", "--data", "data"]);
}

/// What a person let through was one piece: a later version that nothing holds, because it ends earlier, is for three.
#[test]
fn pieces_that_come_to_what_was_let_through_with_its_payments_wait() {
    let mut office = office(&json!({"bij_overschrijding": "hold"}));
    assert_eq!(assign(&mut office, "A1", &[trajectory(1, 1, "2025-02-01", "2025-06-30")]), None);
    let item = assign(&mut office, "A2", &[trajectory(2, 1, "2025-01-01", "2025-05-31")]).unwrap();
    approve(&office, &item, &["--met-betaling"]);
    let more = Toegewezen { tijd: "11:00:00", ..trajectory(2, 3, "2025-01-01", "2025-04-30") };
    assert_eq!(assign(&mut office, "A3", &[more]), None, "it ends earlier, and passes");
    assert!(claim(&mut office, 2, 3));
    assert_same(&office.folder().join("data"));
    office.expect(0, &["replay", "--data", "data"]);
    office.expect(0, &["replay", "--verify-state", "--data", "data"]);
    // One that stays one piece is let through as before.
    let mut other = self::office(&json!({"bij_overschrijding": "hold"}));
    assert_eq!(assign(&mut other, "A1", &[trajectory(1, 1, "2025-02-01", "2025-06-30")]), None);
    let item = assign(&mut other, "A2", &[trajectory(2, 1, "2025-01-01", "2025-05-31")]).unwrap();
    approve(&other, &item, &["--met-betaling"]);
    let shorter = Toegewezen { tijd: "11:00:00", ..trajectory(2, 1, "2025-01-01", "2025-04-30") };
    assert_eq!(assign(&mut other, "A3", &[shorter]), None);
    assert!(!claim(&mut other, 2, 1));
}

#[test]
fn what_the_contract_does_with_payments_stays_its_own_and_other_releases_take_no_payments_along() {
    // The contract only tells of payments: nothing waits.
    let mut office = self::office(&json!({"bij_toewijzing": "hold", "bij_betaling": "signal"}));
    assert_eq!(assign(&mut office, "A1", &[trajectory(1, 1, "2025-02-01", "2025-06-30")]), None);
    let item = assign(&mut office, "A2", &[trajectory(2, 1, "2025-01-01", "2025-05-31")]).unwrap();
    approve(&office, &item, &[]);
    assert!(!claim(&mut office, 2, 1));
    // What is held for another reason has no payments to take along.
    let mut other = self::office(&json!({"bij_overschrijding": "hold"}));
    let plain = Toegewezen { product: Some(("45", Some("45A04"))), ..toegewezen(3) };
    let mut agreed: Value =
        serde_json::from_slice(&std::fs::read(other.folder().join("contracts.json")).unwrap()).unwrap();
    agreed["plafonds"] =
        json!([{"aanbieder": "12345678", "jaar": 2025, "bedrag": 0, "bij_toewijzing": "hold"}]);
    agreed["contracten"].as_array_mut().unwrap().push(json!({"gemeente": "0193", "aanbieder": "12345678",
        "productcategorie": "45", "productcode": "45A04", "eenheid": "04", "tarief": 8000, "geldig_van": "2024-01-01",
        "geldig_tot": null, "iban": "NL13TEST0123456789"}));
    std::fs::write(other.folder().join("contracts.json"), agreed.to_string()).unwrap();
    let item = assign(&mut other, "A1", &[plain]).unwrap();
    let by = ["--by", "A. Proef", "--why", "nagegaan", "--data", "data", "--met-betaling"];
    let refused = other.expect(2, &[&["work", "approve", &item][..], &by].concat());
    assert!(refused.stderr.contains("--met-betaling is voor"), "{}", refused.stderr);
    approve(&other, &item, &[]);
}

#[test]
fn what_was_let_through_beside_a_stricter_contract_waits_or_is_paid_as_the_release_says() {
    for (own, met_betaling) in [("hold", false), ("niets", false), ("hold", true), ("niets", true)] {
        for own_is_first in [false, true] {
            let own = json!({"bij_toewijzing": own, "bij_betaling": "signal"});
            let strict = json!({"bij_overschrijding": "hold"});
            let mut office = Office::open(
                &json!({"contracten": [contract("12345678", &own), contract("87654321", &strict)]}),
            );
            let beside = trajectory(1, 1, "2025-02-01", "2025-06-30");
            assert_eq!(assign_to(&mut office, "87654321", "A1", &[beside]), None);
            let begin = if own_is_first { "2025-01-01" } else { "2025-03-01" };
            let item = assign(&mut office, "A2", &[trajectory(2, 1, begin, "2025-05-31")]).unwrap();
            approve(&office, &item, if met_betaling { &["--met-betaling"] } else { &[] });
            assert_eq!(claim(&mut office, 2, 1), !met_betaling, "{own} {met_betaling} {own_is_first}");
            assert_same(&office.folder().join("data"));
            office.expect(0, &["replay", "--verify-state", "--data", "data"]);
        }
    }
}
