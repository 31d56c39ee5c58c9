//! Every rule on a start, on both sides of its boundary.

use super::berichten::{DEFINITIEF, Regel, Regie, TIJDELIJK, VANDAAG, regie as regie_of, start, stop};
use crate::requests::berichten::{jw301, toegewezen};
use crate::requests::world::{World, day, retour_on, retourcodes, sent, to_gemeente};
use happyflow::decide::Verdict;

#[test]
fn a_start_is_answered_by_an_empty_jw306_and_is_no_work() {
    let mut regie = Regie::new();
    let decision = regie.accept(&[start("2025-01-05"), start("2025-01-05").on(2).code("45A05")]);
    assert_eq!(sent(&decision), [("JW306", "12345678".to_owned())]);
    assert_eq!(retourcodes(&decision.answers[0]), []);
    assert!(decision.work.is_empty() && decision.forwards.is_empty());
}

#[test]
fn tr019_asks_for_an_assignment_of_this_client_at_this_aanbieder() {
    let mut regie = Regie::new();
    for stranger in [3, 4, 5] {
        assert_eq!(regie.faults(&[start("2025-01-05").on(stranger)]), ["TR019"], "{stranger}");
    }
    // Without a number there is nothing to belong to (IV096).
    regie.accept(&[start("2025-01-05").taak()]);
    regie.accept(&[start("2025-01-05")]);
}

#[test]
fn tr019_takes_a_deleted_assignment_for_none_but_lets_its_start_be_removed() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    let mut deleted = toegewezen(1);
    (deleted.reden, deleted.eind, deleted.datum) = (Some("13"), Some("2025-01-01"), "2025-03-01");
    regie.world.accept(&jw301("T9", &[deleted]));
    assert_eq!(regie.faults(&[stop("2025-01-05", DEFINITIEF, "2025-02-01")]), ["TR019"]);
    regie.accept(&[start("2025-01-05").weg()]);
    assert_eq!(regie.faults(&[start("2025-01-05")]), ["TR019"]);
}

#[test]
fn tr019_knows_no_deletion_that_the_aanbieder_rejected() {
    let mut regie = Regie::new();
    let mut deleted = toegewezen(1);
    (deleted.reden, deleted.eind, deleted.datum) = (Some("13"), Some("2025-01-01"), "2025-03-01");
    let deletion = jw301("T9", &[deleted]);
    regie.world.accept(&deletion);
    assert_eq!(regie.faults(&[start("2025-01-05")]), ["TR019"]);
    regie.world.give(&retour_on(deletion.as_bytes(), Some("TR332")));
    regie.accept(&[start("2025-01-05")]);
}

/// The newest version was rejected; the deletion is older, came later, and was not: it is all that the
/// aanbieder has.
#[test]
fn tr019_knows_an_older_deletion_that_came_late_and_was_not_rejected() {
    let mut regie = Regie::new();
    let mut newest = toegewezen(6).code("45A05");
    newest.datum = "2025-03-02";
    let heen = jw301("T8", &[newest.clone()]);
    regie.world.accept(&heen);
    regie.world.give(&retour_on(heen.as_bytes(), Some("TR056")));
    regie.accept(&[start("2025-01-05").on(6).code("45A05")]);
    regie.accept(&[start("2025-01-05").on(6).code("45A05").weg()]);
    (newest.reden, newest.eind, newest.datum) = (Some("13"), Some("2025-01-01"), "2025-03-01");
    regie.world.accept(&jw301("T9", &[newest]));
    assert_eq!(regie.faults(&[start("2025-01-05").on(6).code("45A05")]), ["TR019"]);
}

/// The newest version was rejected where it came first, and not where it was said once more; an older deletion came
/// late. What the aanbieder has is the newest version.
#[test]
fn tr019_knows_what_a_later_message_said_once_more() {
    let mut regie = Regie::new();
    let mut newest = toegewezen(6).code("45A05");
    newest.datum = "2025-03-02";
    let [heen, again] = ["T7", "T8"].map(|name| jw301(name, std::slice::from_ref(&newest)));
    regie.world.accept(&heen);
    regie.world.accept(&again);
    (newest.reden, newest.eind, newest.datum) = (Some("13"), Some("2025-01-01"), "2025-03-01");
    regie.world.accept(&jw301("T9", &[newest]));
    regie.world.give(&retour_on(heen.as_bytes(), Some("TR056")));
    regie.accept(&[start("2025-01-05").on(6).code("45A05")]);
    regie.accept(&[start("2025-01-05").on(6).code("45A05").weg()]);
    regie.world.give(&retour_on(again.as_bytes(), Some("TR056")));
    assert_eq!(regie.faults(&[start("2025-01-05").on(6).code("45A05")]), ["TR019"]);
}

#[test]
fn tr063_removes_only_what_is_there_under_the_same_key() {
    let mut regie = Regie::new();
    let begun = start("2025-01-05");
    assert_eq!(regie.faults(&[begun.weg()]), ["TR063"]);
    regie.accept(std::slice::from_ref(&begun));
    let category = Regel { product: Some(("45", None)), ..begun.clone() };
    let others = [start("2025-01-06"), begun.clone().on(2), begun.clone().code("45A05"), category];
    for other in others.into_iter().chain([begun.clone().taak()]) {
        assert_eq!(regie.faults(&[other.weg()]), ["TR063"]);
    }
    // ToewijzingIngangsdatum is no part of the key.
    regie.accept(&[Regel { ingang: Some("2025-01-02"), ..begun.weg() }]);
    assert_eq!(regie.faults(&[begun.weg()]), ["TR063"], "for the second time");
}

#[test]
fn tr071_keeps_a_start_that_was_stopped_until_the_stop_is_removed() {
    for reden in [TIJDELIJK, DEFINITIEF] {
        let mut regie = Regie::new();
        let (begun, ended) = (start("2025-01-05"), stop("2025-01-05", reden, "2025-02-01"));
        regie.accept(std::slice::from_ref(&begun));
        regie.accept(std::slice::from_ref(&ended));
        assert_eq!(regie.faults(&[begun.weg()]), ["TR071"], "{reden}");
        regie.accept(&[ended.weg()]);
        regie.accept(&[begun.weg()]);
    }
}

#[test]
fn tr071_looks_at_the_stops_of_that_start_only() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    regie.accept(&[stop("2025-01-05", TIJDELIJK, "2025-02-01")]);
    regie.accept(&[start("2025-03-01")]);
    regie.accept(&[start("2025-03-01").weg()]);
    assert_eq!(regie.faults(&[start("2025-01-05").weg()]), ["TR071"]);
}

#[test]
fn tr074_and_tr326_refuse_what_is_known_and_what_still_runs() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05")]);
    assert_eq!(regie.faults(&[start("2025-01-05")]), ["TR074", "TR326"]);
    assert_eq!(regie.faults(&[start("2025-01-06")]), ["TR326"]);
    // Another product under the same number is the same assignment.
    assert_eq!(regie.faults(&[start("2025-01-06").code("45A05")]), ["TR326"]);
    regie.accept(&[start("2025-01-05").on(2).code("45A05")]);
    regie.accept(&[stop("2025-01-05", TIJDELIJK, "2025-02-01")]);
    assert_eq!(regie.faults(&[start("2025-01-05")]), ["TR074"]);
    regie.accept(&[start("2025-02-01")]);
    regie.accept(&[stop("2025-02-01", DEFINITIEF, "2025-03-01")]);
    regie.accept(&[start("2025-04-01")]);
    regie.accept(&[start("2025-04-01").weg()]);
    regie.accept(&[start("2025-04-01")]);
}

#[test]
fn tr326_holds_within_a_message_and_faulty_classes_do_not_count() {
    let mut regie = Regie::new();
    let decision = regie.give(&[start("2025-01-05"), start("2025-01-06"), start("2025-01-07").on(5)]);
    let found: Vec<_> = retourcodes(&decision.answers[0]);
    let product = |number: u32| format!("Client/StartProducten/StartProduct[{number}]");
    assert_eq!(
        found,
        [
            ("Header".to_owned(), "0200".to_owned()),
            (product(1), "0200".to_owned()),
            (product(2), "9326".to_owned()),
            (product(3), "9019".to_owned()),
            ("Client".to_owned(), "0200".to_owned()),
        ]
    );
    assert_eq!(regie.faults(&[start("2025-01-05").on(5), start("2025-01-06").on(5)]), ["TR019", "TR019"]);
    // Nothing of it was kept.
    regie.accept(&[start("2025-01-06")]);
}

#[test]
fn without_assignment_the_product_is_the_care() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05").taak(), start("2025-01-05").taak().code("45A05")]);
    assert_eq!(regie.faults(&[start("2025-01-06").taak()]), ["TR326"]);
    assert_eq!(regie.faults(&[start("2025-01-05").taak()]), ["TR074", "TR326"]);
    regie.accept(&[start("2025-01-05")]);
    regie.accept(&[stop("2025-01-05", DEFINITIEF, "2025-02-01").taak()]);
    regie.accept(&[start("2025-02-06").taak()]);
    assert_eq!(regie.faults(&[start("2025-02-06")]), ["TR326"]);
    // Neither product nor number: generic.
    let generic = Regel { product: None, ..start("2025-01-05").taak() };
    regie.accept(std::slice::from_ref(&generic));
    assert_eq!(regie.faults(&[generic]), ["TR074", "TR326"]);
}

#[test]
fn a_start_concerns_one_gemeente_one_aanbieder_and_one_client() {
    let mut regie = Regie::new();
    regie.accept(&[start("2025-01-05").taak()]);
    let mut other = |id: &str, from: &str, to: &str| {
        let message = regie_of(id, &[start("2025-01-06").taak()]);
        regie.world.give(&message.replace(from, to)).verdict
    };
    assert_eq!(other("X1", ">0193<", ">0193<"), Verdict::Rejected);
    assert_eq!(other("X2", ">0193<", ">0148<"), Verdict::Accepted);
    assert_eq!(other("X3", ">12345678<", ">87654321<"), Verdict::Accepted);
    assert_eq!(other("X4", ">999900006<", ">999900018<"), Verdict::Accepted);
}

#[test]
fn the_header_is_judged_first() {
    let mut regie = Regie::new();
    let begun = |id: &str| regie_of(id, &[start("2025-01-05")]);
    let taken = [("Header".to_owned(), "9056".to_owned())];
    regie.world.accept(&begun("S1"));
    let again = regie.world.give(&begun("S1").replace("2025-01-05", "2025-01-06"));
    assert_eq!(retourcodes(&again.answers[0]), taken);
    // A JW307 has Identificaties of its own (TR056).
    let ended = regie_of("S1", &[stop("2025-01-05", DEFINITIEF, "2025-02-01")]);
    regie.world.accept(&ended);
    let again = regie.world.give(&ended.replace("2025-02-01", "2025-02-02"));
    assert_eq!(retourcodes(&again.answers[0]), taken);

    assert_eq!(regie.world.faults(&begun("S2").replace(">0193<", ">0999<")), ["TR378"]);
    regie.world.today = day("2025-08-31");
    let later = begun("S3").replace("2025-01-05", "2025-02-05");
    assert_eq!(regie.world.faults(&later), ["TR135"]);
    // Rejected at the header: its Identificatie is free again.
    regie.world.today = day(VANDAAG);
    regie.world.accept(&later);
}

#[test]
fn tr381_looks_at_the_days_of_care() {
    // 45Z99 is in no contract, and in the list for the first quarter.
    let list =
        "productcategorie;productcode;geldig_van;geldig_tot\n45;45A04;;\n45;45Z99;2025-01-01;2025-03-31\n";
    let of = || Regie::of(World::with("", &[("productcodes.csv", list)]));
    let on = |begin| start(begin).on(2).code("45Z99");
    let ended = |begin, eind| stop(begin, DEFINITIEF, eind).on(2).code("45Z99");
    assert_eq!(of().faults(&[on("2025-03-31")]), [""; 0]);
    assert_eq!(of().faults(&[on("2025-04-01")]), ["TR381"]);
    // A stop repeats the product of its start, long after the code was dropped.
    let mut regie = of();
    regie.accept(&[on("2025-03-01")]);
    assert_eq!(regie.faults(&[ended("2025-03-01", "2025-08-15")]), [""; 0]);
    assert_eq!(of().faults(&[ended("2025-04-01", "2025-08-15")]), ["TR382", "TR381"]);
}

#[test]
fn tr381_asks_for_a_code_of_the_list_unless_something_is_removed() {
    let list = [("productcodes.csv", "productcategorie;productcode\n45;45A04\n")];
    let mut regie = Regie::of(World::new());
    regie.accept(&[start("2025-01-05").on(2).code("45Z99")]);
    regie.world.register = World::with("", &list).register;
    assert_eq!(regie.faults(&[start("2025-01-05").code("45Z99")]), ["TR381"]);
    assert_eq!(regie.faults(&[stop("2025-01-05", DEFINITIEF, "2025-02-01").on(2).code("45Z99")]), ["TR381"]);
    regie.accept(&[start("2025-01-05").on(2).code("45Z99").weg()]);
    regie.accept(&[start("2025-01-05")]);
    regie.accept(&[Regel { product: Some(("45", None)), ..start("2025-01-05").on(2) }]);
}

#[test]
fn the_gemeente_gets_a_copy_where_the_region_wants_it() {
    let settings = [("regio.toml", "regieberichten_doorsturen = true\n")];
    let mut regie = Regie::of(World::with("", &settings));
    assert_eq!(regie.accept(&[start("2025-01-05")]).forwards, [to_gemeente()]);
    assert_eq!(regie.accept(&[stop("2025-01-05", DEFINITIEF, "2025-02-01")]).forwards, [to_gemeente()]);
    // What is rejected goes nowhere.
    assert_eq!(regie.give(&[stop("2025-01-05", DEFINITIEF, "2025-02-01")]).forwards, []);
}
