//! A child in hospital: care is paused, does not go on, and ends on the day of the pause (casuistry,
//! chapter 2); with what may not happen along the way, and a case that does go on.

use super::berichten::{Regie, TIJDELIJK, start, stop};
use crate::requests::world::{retourcodes, sent};

/// RedenBeeindiging: ended early by agreement.
const IN_OVERLEG: &str = "34";

#[test]
fn a_pause_that_becomes_the_end_on_the_same_day() {
    let mut regie = Regie::new();

    // Nothing can end that was never reported as begun.
    assert_eq!(regie.faults(&[stop("2025-05-15", TIJDELIJK, "2025-06-20")]), ["TR382"]);

    let decision = regie.accept(&[start("2025-05-15")]);
    assert_eq!(sent(&decision), [("JW306", "12345678".to_owned())]);

    // To hospital on 20 June.
    let decision = regie.accept(&[stop("2025-05-15", TIJDELIJK, "2025-06-20")]);
    assert_eq!(sent(&decision), [("JW308", "12345678".to_owned())]);

    // Another pause says nothing new, and care cannot have ended before the pause.
    assert_eq!(regie.faults(&[stop("2025-05-15", TIJDELIJK, "2025-06-27")]), ["TR413"]);
    assert_eq!(regie.faults(&[stop("2025-05-15", IN_OVERLEG, "2025-06-19")]), ["TR414"]);

    // It does not go on: the end is the day of the pause, without a start in between.
    let decision = regie.accept(&[stop("2025-05-15", IN_OVERLEG, "2025-06-20")]);
    assert_eq!(retourcodes(&decision.answers[0]), []);
    assert_eq!(regie.faults(&[stop("2025-05-15", IN_OVERLEG, "2025-06-21")]), ["TR415"]);

    // The start of care that ended stays as it is.
    assert_eq!(regie.faults(&[start("2025-05-15").weg()]), ["TR071"]);
}

#[test]
fn a_pause_after_which_care_goes_on() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-05-15")]);
    regie.accept(&[stop("2025-05-15", TIJDELIJK, "2025-06-20")]);
    regie.accept(&[start("2025-07-04")]);
    // The end is that of the second period.
    assert_eq!(regie.faults(&[stop("2025-05-15", IN_OVERLEG, "2025-08-01")]), ["TR382"]);
    regie.accept(&[stop("2025-07-04", IN_OVERLEG, "2025-08-01")]);
    // Even after the end, care may begin anew.
    regie.accept(&[start("2025-08-20")]);
}
