//! Lines of one assignment over days that another line was claimed for (rulings 8.12), and a fixed price that is claimed on
//! an assignment of which lines of other products are claimed as well (8.6).

use crate::decided_alone::{Keeps, assert_sound, beside, send};
use crate::postgres::TestDatabase;
use crate::requests::berichten::{Toegewezen, jw301, toegewezen};
use crate::requests::world::{AANBIEDER, BSN, GEMEENTE, World, register};
use crate::xml::{Line, jw323};
use happyflow::decide::Decision;
use happyflow::state::{Change, WorkReason};
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{HoldsOf, Store};
use std::sync::Arc;

/// Help by the hour, and what the region does with what cannot have happened.
fn hours(act: &str) -> String {
    format!(
        r#"{{"plausibiliteit":"{act}","contracten":[{{"gemeente":"0193","aanbieder":"12345678","productcategorie":"45",
           "productcode":"45A04","eenheid":"04","tarief":8000,"geldig_van":"2024-01-01","iban":"NL13TEST0123456789"}}]}}"#
    )
}

/// Hours from the first of March up to a day.
fn line(referentie: &str, eind: &str, volume: i64) -> Line {
    Line {
        referentie: referentie.to_owned(),
        vorig: None,
        toewijzing: 1,
        product: ("45", "45A04"),
        periode: ("2025-03-01".to_owned(), eind.to_owned()),
        volume,
        eenheid: "04",
        tarief: 8000,
    }
}

fn xml(id: &str, lines: &[Line]) -> String {
    jw323((AANBIEDER, GEMEENTE), id, "2025-04-02", ("2025-03-01", "2025-03-31"), BSN, lines)
}

/// The assignment of ten hours a month, as it ends on a day: each later one was decided on later.
fn until(id: &str, tijd: &'static str, eind: &'static str) -> String {
    jw301(id, &[Toegewezen { tijd, eind: Some(eind), ..toegewezen(1) }])
}

fn claim(world: &mut World, id: &str, lines: &[Line]) -> Decision {
    world.today = "2025-04-03".parse().unwrap();
    let decision = world.decide_on_all(&xml(id, lines));
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

/// The month was claimed up to its end when the assignment was shortened; then it is claimed up to its new end.
#[test]
fn the_later_of_two_lines_over_the_same_days_is_held_when_they_are_more_than_the_month() {
    for (first, second, held) in [(6, 4, false), (6, 5, true), (10, 1, true)] {
        let mut world = World::of(register(&[("contracts.json", &hours("hold"))]));
        world.accept(&until("A1", "10:00:00", "2025-12-31"));
        assert_eq!(waiting(&claim(&mut world, "C1", &[line("R1", "2025-03-31", first)])), [""; 0]);
        world.give(&until("A2", "11:00:00", "2025-03-20"));
        let decision = claim(&mut world, "C2", &[line("R2", "2025-03-20", second)]);
        assert_eq!(waiting(&decision), if held { vec!["R2"] } else { vec![] }, "{first} {second}");
        assert!(!held || decision.work[0].reason == WorkReason::NietAannemelijk);
    }
}

#[test]
fn a_line_of_the_whole_month_is_held_beside_that_of_a_part_of_it() {
    let mut world = World::of(register(&[("contracts.json", &hours("hold"))]));
    world.accept(&until("A1", "10:00:00", "2025-03-20"));
    assert_eq!(waiting(&claim(&mut world, "C1", &[line("R1", "2025-03-20", 5)])), [""; 0]);
    world.give(&until("A2", "11:00:00", "2025-12-31"));
    assert_eq!(waiting(&claim(&mut world, "C2", &[line("R2", "2025-03-31", 6)])), ["R2"]);
    // What the claim takes back is nothing to be beside.
    let credit = Line { vorig: Some("R1".to_owned()), ..line("R3", "2025-03-20", 5) };
    let again = Line { vorig: Some("R2".to_owned()), ..line("R4", "2025-03-31", 6) };
    let decision = claim(&mut world, "C3", &[line("R5", "2025-03-31", 10), credit, again]);
    assert_eq!(waiting(&decision), [""; 0]);
}

/// Minutes are hours in parts; a total over all days is kept by TR322, not by this.
#[test]
fn minutes_count_as_parts_of_hours_and_a_total_is_not_looked_at() {
    let by_the_hour = hours("hold").replace("8000", "6000");
    for (minutes, held) in [(240, false), (241, true)] {
        let mut world = World::of(register(&[("contracts.json", &by_the_hour)]));
        world.accept(&until("A1", "10:00:00", "2025-12-31"));
        claim(&mut world, "C1", &[Line { tarief: 6000, ..line("R1", "2025-03-31", 6) }]);
        world.give(&until("A2", "11:00:00", "2025-03-20"));
        let minutes = Line { eenheid: "01", tarief: 100, ..line("R2", "2025-03-20", minutes) };
        assert_eq!(waiting(&claim(&mut world, "C2", &[minutes])), if held { vec!["R2"] } else { vec![] });
    }
    let mut total = World::of(register(&[("contracts.json", &hours("hold"))]));
    let of =
        |tijd, eind| Toegewezen { tijd, eind: Some(eind), omvang: Some((30, "04", "6")), ..toegewezen(1) };
    total.accept(&jw301("A1", &[of("10:00:00", "2025-12-31")]));
    claim(&mut total, "C1", &[line("R1", "2025-03-31", 15)]);
    total.give(&jw301("A2", &[of("11:00:00", "2025-03-20")]));
    assert_eq!(waiting(&claim(&mut total, "C2", &[line("R2", "2025-03-20", 15)])), [""; 0]);
}

/// Where the region only signals it is told behind the commit, and names both lines.
#[test]
fn lines_over_the_same_days_are_told_where_the_region_signals_and_not_where_it_asks_for_nothing() {
    for (act, told) in [("signal", 1), ("niets", 0), ("hold", 0)] {
        let mut world = World::of(register(&[("contracts.json", &hours(act))]));
        world.accept(&until("A1", "10:00:00", "2025-12-31"));
        claim(&mut world, "C1", &[line("R1", "2025-03-31", 6)]);
        world.give(&until("A2", "11:00:00", "2025-03-20"));
        world.follow();
        claim(&mut world, "C2", &[line("R2", "2025-03-20", 5)]);
        let items = world.follow();
        assert_eq!(items.len(), told, "{act}: {items:?}");
        for item in items {
            let story = item.verzamel.as_ref().map_or(&item.story[..], |gathered| &gathered.regels[0].tekst);
            assert_eq!(item.reason, WorkReason::NietAannemelijk);
            assert!(
                story.contains("5 van 2025-03-01 t/m 2025-03-20; 6 van 2025-03-01 t/m 2025-03-31"),
                "{story}"
            );
        }
    }
}

/// A generic assignment has a budget, and lines of any product: minutes and days are no pieces at a fixed price.
#[test]
fn on_a_generic_assignment_only_lines_at_a_fixed_price_are_pieces() {
    let mut world = World::of(register(&[("contracts.json", &mixed())]));
    world.accept(&jw301("A1", &[generic()]));
    assert_eq!(waiting(&claim(&mut world, "C1", &[line("R1", "2025-03-31", 12)])), [""; 0]);
    assert_eq!(
        waiting(&claim(&mut world, "C2", &[piece("R2", "50P01", ("2025-03-01", "2025-03-31"))])),
        [""; 0]
    );
    // More hours are no second piece either, and a second trajectory is.
    let hours = Line { product: ("45", "45A05"), ..line("R3", "2025-03-31", 12) };
    assert_eq!(waiting(&claim(&mut world, "C3", &[hours])), [""; 0]);
    let earlier = piece("R4", "50P02", ("2025-02-15", "2025-02-28"));
    assert_eq!(waiting(&claim(&mut world, "C4", &[earlier])), ["R4"]);
    // Taken back and claimed anew in one claim it is one piece.
    let mut world = World::of(register(&[("contracts.json", &mixed())]));
    world.accept(&jw301("A1", &[generic()]));
    let first = piece("R1", "50P01", ("2025-03-01", "2025-03-31"));
    assert_eq!(waiting(&claim(&mut world, "C1", std::slice::from_ref(&first))), [""; 0]);
    let credit = Line { referentie: "R2".to_owned(), vorig: Some("R1".to_owned()), ..first.clone() };
    let anew = Line { referentie: "R3".to_owned(), ..first };
    assert_eq!(waiting(&claim(&mut world, "C2", &[anew, credit])), [""; 0]);
}

/// A trajectory that is claimed on a generic assignment stands behind another as one that was assigned does; where both
/// contracts only tell, that is told.
#[test]
fn a_fixed_price_on_a_generic_assignment_is_told_behind_another_where_both_only_tell() {
    for (act, told) in [("signal", 1), ("niets", 0)] {
        let agreed = mixed().replace(r#""bij_betaling":"hold""#, &format!(r#""bij_betaling":"{act}""#));
        let mut world = World::of(register(&[("contracts.json", &agreed)]));
        let first = Toegewezen {
            omvang: Some((1, "82", "6")),
            begin: "2025-02-01",
            eind: Some("2025-06-30"),
            ..toegewezen(2).code("50P02")
        };
        world.accept(&jw301("A1", &[first]));
        world.give(&jw301("A2", &[generic()]));
        world.follow();
        // Hours on it are no trajectory.
        claim(&mut world, "C1", &[line("R1", "2025-03-31", 12)]);
        assert!(world.follow().is_empty());
        claim(&mut world, "C2", &[piece("R2", "50P01", ("2025-03-01", "2025-03-31"))]);
        let items = world.follow();
        assert_eq!(items.len(), told, "{act}: {items:?}");
        for item in items {
            let story = item.verzamel.as_ref().map_or(&item.story[..], |gathered| &gathered.regels[0].tekst);
            assert!(story.contains("valt samen met toewijzing 2 "), "{story}");
        }
    }
}

/// Hours, and two profiles at a fixed price of which a second waits.
fn mixed() -> String {
    let row = |code: &str, more: &str| {
        format!(
            r#"{{"gemeente":"0193","aanbieder":"12345678","productcategorie":"{}","productcode":"{code}","geldig_van":"2024-01-01",
               "iban":"NL13TEST0123456789",{more}}}"#,
            &code[..2]
        )
    };
    let hours = r#""eenheid":"04","tarief":8000"#;
    let fixed = r#""eenheid":"82","tarief":100000,"financiering":"profiel_vast","bij_betaling":"hold""#;
    format!(
        r#"{{"contracten":[{},{},{},{}]}}"#,
        row("45A04", hours),
        row("45A05", hours),
        row("50P01", fixed),
        row("50P02", fixed)
    )
}

fn generic() -> Toegewezen {
    Toegewezen { product: None, omvang: None, budget: Some(9_000_000), begin: "2025-02-15", ..toegewezen(1) }
}

fn piece(referentie: &str, code: &'static str, (begin, eind): (&str, &str)) -> Line {
    Line {
        product: ("50", code),
        periode: (begin.to_owned(), eind.to_owned()),
        volume: 1,
        eenheid: "82",
        tarief: 100_000,
        ..line(referentie, eind, 1)
    }
}

async fn held<S: Keeps>(store: &S) -> Vec<String> {
    let lines = store.holds(HoldsOf::Open).await.unwrap();
    lines.iter().map(|line| line.referentie.to_string()).collect()
}

async fn agree<S: Keeps>(store: &S, json: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contracts.json");
    std::fs::write(&path, json).unwrap();
    beside(store, "2025-03-03").await.import(&path).await.unwrap();
}

/// The facts come from the store, of messages that were decided before.
async fn days_that_were_claimed<S: Keeps>(store: &S) {
    agree(store, &hours("hold")).await;
    send(store, "2025-03-03", "a1.xml", until("A1", "10:00:00", "2025-12-31")).await;
    send(store, "2025-04-03", "c1.xml", xml("C1", &[line("R1", "2025-03-31", 6)])).await;
    send(store, "2025-04-03", "a2.xml", until("A2", "11:00:00", "2025-03-20")).await;
    send(store, "2025-04-03", "c2.xml", xml("C2", &[line("R2", "2025-03-20", 5)])).await;
    assert_eq!(held(store).await, ["R2"]);
    assert_sound(store).await;
}

async fn signalled_days<S: Keeps>(store: &S) {
    agree(store, &hours("signal")).await;
    send(store, "2025-03-03", "a1.xml", until("A1", "10:00:00", "2025-12-31")).await;
    send(store, "2025-04-03", "c1.xml", xml("C1", &[line("R1", "2025-03-31", 6)])).await;
    send(store, "2025-04-03", "a2.xml", until("A2", "11:00:00", "2025-03-20")).await;
    send(store, "2025-04-03", "c2.xml", xml("C2", &[line("R2", "2025-03-20", 5)])).await;
    beside(store, "2025-04-03").await.follow_limits().await.unwrap();
    let work = store.work(true).await.unwrap();
    let told = work.iter().filter(|item| item.item.reason == WorkReason::NietAannemelijk);
    assert_eq!(told.count(), 1, "{work:?}");
    assert_sound(store).await;
}

async fn pieces_of_a_generic_assignment<S: Keeps>(store: &S) {
    agree(store, &mixed()).await;
    send(store, "2025-03-03", "a1.xml", jw301("A1", &[generic()])).await;
    send(store, "2025-04-03", "c1.xml", xml("C1", &[line("R1", "2025-03-31", 12)])).await;
    send(store, "2025-04-03", "c2.xml", xml("C2", &[piece("R2", "50P01", ("2025-02-15", "2025-02-28"))]))
        .await;
    assert_eq!(held(store).await, [""; 0]);
    send(store, "2025-04-03", "c3.xml", xml("C3", &[piece("R3", "50P02", ("2025-03-01", "2025-03-31"))]))
        .await;
    assert_eq!(held(store).await, ["R3"]);
    assert_sound(store).await;
}

#[test]
fn both_stores_know_what_was_claimed_before_on_the_same_days_and_on_a_generic_assignment() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for number in 0..3 {
            let (folder, database) = (tempfile::tempdir().unwrap(), TestDatabase::new());
            let sqlite = SqliteStore::open(folder.path()).await.unwrap();
            let server = database.open().await;
            match number {
                0 => {
                    days_that_were_claimed(&sqlite).await;
                    days_that_were_claimed(&server).await;
                }
                1 => {
                    signalled_days(&sqlite).await;
                    signalled_days(&server).await;
                }
                _ => {
                    pieces_of_a_generic_assignment(&sqlite).await;
                    pieces_of_a_generic_assignment(&server).await;
                }
            }
            sqlite.close().await;
            server.close().await;
        }
    });
}
