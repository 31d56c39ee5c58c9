//! Corrections: removals, and deliveries that replace them (IV008).

use super::berichten::{DEFINITIEF, Regel, Regie, TIJDELIJK, start, stop};
use crate::requests::world::{codes, retourcodes, values};
use happyflow::state::WorkingSet;

fn known(regie: &Regie) -> String {
    let WorkingSet { leveringen, .. } = &regie.world.known;
    format!("{:?}", leveringen.values().collect::<Vec<_>>())
}

#[test]
fn another_first_day_fits_in_one_message_in_either_order() {
    for wrong_first in [true, false] {
        let mut regie = Regie::new();
        let (wrong, right) = (start("2025-01-05"), start("2025-01-06"));
        regie.accept(std::slice::from_ref(&wrong));
        let mut classes = [wrong.weg(), right.clone()];
        if !wrong_first {
            classes.reverse();
        }
        regie.accept(&classes);
        assert_eq!(regie.faults(&[wrong.weg()]), ["TR063"]);
        assert_eq!(regie.faults(&[right]), ["TR074", "TR326"]);
    }
}

#[test]
fn another_number_or_product_fits_in_one_message() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    regie.accept(&[start("2025-01-05").weg(), start("2025-01-05").on(2).code("45A05")]);
    regie.accept(&[start("2025-01-05").on(2).code("45A05").weg(), start("2025-01-05").on(2)]);
    assert_eq!(regie.faults(&[start("2025-02-05").on(2)]), ["TR326"]);
    regie.accept(&[start("2025-02-05")]);
}

#[test]
fn what_is_no_part_of_the_key_takes_two_messages() {
    let mut regie = Regie::new();
    let (wrong, right) = (start("2025-01-05"), Regel { ingang: Some("2025-01-02"), ..start("2025-01-05") });
    regie.accept(std::slice::from_ref(&wrong));
    let decision = regie.give(&[wrong.weg(), right.clone()]);
    assert_eq!(codes(&decision), ["TR101"]);
    assert_eq!(retourcodes(&decision.answers[0]), [("Header".to_owned(), "0001".to_owned())]);
    regie.accept(&[wrong.weg()]);
    regie.accept(&[right]);
}

#[test]
fn another_reason_or_last_day_of_a_stop_fits_in_one_message() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    regie.accept(&[stop("2025-01-05", DEFINITIEF, "2025-02-01")]);
    regie.accept(&[
        stop("2025-01-05", "32", "2025-02-01"),
        stop("2025-01-05", DEFINITIEF, "2025-02-01").weg(),
    ]);
    // Earlier than the stop that goes is fine: it counts as never sent (TR414).
    regie
        .accept(&[stop("2025-01-05", "32", "2025-02-01").weg(), stop("2025-01-05", TIJDELIJK, "2025-01-20")]);
    assert_eq!(regie.faults(&[stop("2025-01-05", TIJDELIJK, "2025-01-21")]), ["TR413"]);
}

#[test]
fn a_failed_removal_leaves_what_it_should_have_made_room_for() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    let before = known(&regie);
    let decision = regie.give(&[start("2025-01-07"), start("2025-01-06").weg()]);
    let product = |number: u32| format!("Client/StartProducten/StartProduct[{number}]");
    assert_eq!(
        retourcodes(&decision.answers[0]),
        [
            ("Header".to_owned(), "0200".to_owned()),
            (product(1), "9326".to_owned()),
            (product(2), "9063".to_owned()),
            ("Client".to_owned(), "0200".to_owned()),
        ]
    );
    // Findings stand in order of the rules, whatever was judged first.
    assert_eq!(codes(&decision), ["TR063", "TR326"]);
    assert_eq!(values(&decision.answers[0], "Begindatum"), ["2025-01-07", "2025-01-06"]);
    assert_eq!(known(&regie), before);
}

#[test]
fn a_rejected_message_changes_nothing_at_all() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    regie.accept(&[stop("2025-01-05", TIJDELIJK, "2025-02-01")]);
    let before = known(&regie);
    let decision = regie.give(&[
        stop("2025-01-05", TIJDELIJK, "2025-02-01").weg(),
        stop("2025-01-05", DEFINITIEF, "2025-02-01"),
        stop("2025-01-05", DEFINITIEF, "2025-03-01"),
    ]);
    let product = |number: u32| format!("Client/StopProducten/StopProduct[{number}]");
    assert_eq!(
        retourcodes(&decision.answers[0]),
        [
            ("Header".to_owned(), "0200".to_owned()),
            (product(1), "0200".to_owned()),
            (product(2), "0200".to_owned()),
            (product(3), "9415".to_owned()),
            ("Client".to_owned(), "0200".to_owned()),
        ]
    );
    assert_eq!(known(&regie), before);
}

#[test]
fn a_fault_gives_every_code_that_is_true() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    let decision = regie.give(&[start("2025-01-05")]);
    let found = retourcodes(&decision.answers[0]);
    let of_product: Vec<&str> =
        found.iter().filter(|(path, _)| path.contains("Product")).map(|(_, code)| code.as_str()).collect();
    assert_eq!(of_product, ["9074", "9326"]);
}

#[test]
fn only_tr063_and_tr071_judge_a_removal() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    // Neither the unknown assignment nor the start that runs is held against it.
    assert_eq!(regie.faults(&[start("2025-01-05").on(5).weg()]), ["TR063"]);
    assert_eq!(regie.faults(&[stop("2025-01-09", DEFINITIEF, "2025-02-01").on(5).weg()]), ["TR063"]);
}
