//! Every rule on a stop, on both sides of its boundary.

use super::berichten::{DEFINITIEF, Regel, Regie, TIJDELIJK, start, stop};
use crate::requests::world::{retourcodes, sent};

/// Care on assignment 1 that runs since 5 January.
fn running() -> Regie {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    regie
}

#[test]
fn a_stop_is_answered_by_an_empty_jw308() {
    let decision = running().accept(&[stop("2025-01-05", DEFINITIEF, "2025-02-01")]);
    assert_eq!(sent(&decision), [("JW308", "12345678".to_owned())]);
    assert_eq!(retourcodes(&decision.answers[0]), []);
}

#[test]
fn tr382_takes_over_every_key_element_of_the_start() {
    let mut regie = running();
    let ended = stop("2025-01-05", DEFINITIEF, "2025-02-01");
    let category = Regel { product: Some(("45", None)), ..ended.clone() };
    let others = [
        stop("2025-01-06", DEFINITIEF, "2025-02-01"),
        ended.clone().on(2),
        ended.clone().code("45A05"),
        category,
    ];
    for other in others.into_iter().chain([ended.clone().taak()]) {
        assert_eq!(regie.faults(&[other]), ["TR382"]);
    }
    // No assignment and no start: both are true.
    assert_eq!(regie.faults(&[ended.clone().on(5)]), ["TR019", "TR382"]);
    // ToewijzingIngangsdatum is no key element, and the last day may be the first.
    regie.accept(&[Regel { ingang: Some("2025-01-02"), ..stop("2025-01-05", DEFINITIEF, "2025-01-05") }]);
}

#[test]
fn tr382_asks_for_the_start_that_was_reported_last() {
    let mut regie = running();
    regie.accept(&[stop("2025-01-05", TIJDELIJK, "2025-02-01")]);
    regie.accept(&[start("2025-03-01")]);
    let before = stop("2025-01-05", DEFINITIEF, "2025-04-01");
    assert_eq!(regie.faults(std::slice::from_ref(&before)), ["TR382"]);
    // A removed start is not the last one.
    regie.accept(&[start("2025-03-01").weg()]);
    regie.accept(&[before]);
}

#[test]
fn tr382_goes_by_order_of_report_and_not_by_day() {
    let mut regie = running();
    regie.accept(&[stop("2025-01-05", DEFINITIEF, "2025-02-01")]);
    regie.accept(&[start("2025-01-02")]);
    assert_eq!(regie.faults(&[stop("2025-01-05", DEFINITIEF, "2025-02-02")]), ["TR382", "TR415"]);
    regie.accept(&[stop("2025-01-02", DEFINITIEF, "2025-01-04")]);
}

#[test]
fn tr413_lets_only_a_definitive_stop_follow_a_stop_for_a_time() {
    // OP377 and OP378.
    let mut regie = running();
    let paused = stop("2025-01-05", TIJDELIJK, "2025-02-01");
    regie.accept(std::slice::from_ref(&paused));
    assert_eq!(regie.faults(&[paused]), ["TR074", "TR413"]);
    assert_eq!(regie.faults(&[stop("2025-01-05", TIJDELIJK, "2025-02-02")]), ["TR413"]);
    regie.accept(&[stop("2025-01-05", DEFINITIEF, "2025-02-02")]);
}

#[test]
fn tr413_allows_a_pause_after_a_new_start() {
    let mut regie = running();
    regie.accept(&[stop("2025-01-05", TIJDELIJK, "2025-02-01")]);
    regie.accept(&[start("2025-03-01")]);
    regie.accept(&[stop("2025-03-01", TIJDELIJK, "2025-04-01")]);
}

#[test]
fn tr414_lets_the_second_stop_end_on_the_same_day_or_later() {
    for (eind, faults) in [("2025-01-31", &["TR414"][..]), ("2025-02-01", &[]), ("2025-02-02", &[])] {
        let mut regie = running();
        regie.accept(&[stop("2025-01-05", TIJDELIJK, "2025-02-01")]);
        assert_eq!(regie.faults(&[stop("2025-01-05", DEFINITIEF, eind)]), faults, "{eind}");
    }
}

#[test]
fn tr415_ends_with_a_definitive_stop() {
    let mut regie = running();
    regie.accept(&[stop("2025-01-05", DEFINITIEF, "2025-02-01")]);
    let faults = |regie: &mut Regie, reden, eind| regie.faults(&[stop("2025-01-05", reden, eind)]);
    assert_eq!(faults(&mut regie, DEFINITIEF, "2025-02-01"), ["TR074", "TR415"]);
    // Rulings 4.5: another reason or day is another key.
    assert_eq!(faults(&mut regie, "32", "2025-02-01"), ["TR415"]);
    assert_eq!(faults(&mut regie, DEFINITIEF, "2025-02-02"), ["TR415"]);
    assert_eq!(faults(&mut regie, DEFINITIEF, "2025-01-31"), ["TR414", "TR415"]);
    assert_eq!(faults(&mut regie, TIJDELIJK, "2025-02-01"), ["TR415"]);
    regie.accept(&[start("2025-03-01")]);
    regie.accept(&[stop("2025-03-01", DEFINITIEF, "2025-03-02")]);
}

#[test]
fn tr063_removes_a_stop_by_its_whole_key() {
    let mut regie = running();
    let ended = stop("2025-01-05", DEFINITIEF, "2025-02-01");
    assert_eq!(regie.faults(&[ended.weg()]), ["TR063"]);
    regie.accept(std::slice::from_ref(&ended));
    for other in [stop("2025-01-05", "32", "2025-02-01"), stop("2025-01-05", DEFINITIEF, "2025-02-02")] {
        assert_eq!(regie.faults(&[other.weg()]), ["TR063"]);
    }
    regie.accept(&[ended.weg()]);
    assert_eq!(regie.faults(&[ended.weg()]), ["TR063"]);
    // It runs again.
    assert_eq!(regie.faults(&[start("2025-03-01")]), ["TR326"]);
    regie.accept(&[ended]);
}

#[test]
fn stops_without_assignment_go_by_product() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05").taak(), start("2025-01-05").taak().code("45A05")]);
    regie.accept(&[stop("2025-01-05", DEFINITIEF, "2025-02-01").taak()]);
    assert_eq!(regie.faults(&[stop("2025-01-05", DEFINITIEF, "2025-02-02").taak()]), ["TR415"]);
    regie.accept(&[stop("2025-01-05", DEFINITIEF, "2025-01-31").taak().code("45A05")]);
}

#[test]
fn stops_of_one_message_count_in_the_order_of_the_file() {
    let (paused, ended) =
        (stop("2025-01-05", TIJDELIJK, "2025-02-01"), stop("2025-01-05", DEFINITIEF, "2025-02-01"));
    assert_eq!(running().faults(&[ended.clone(), paused.clone()]), ["TR415"]);
    running().accept(&[paused, ended]);
}
