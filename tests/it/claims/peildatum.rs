//! A rate that holds as it was on the first day of the assignment (rulings 5.7).

use super::scene::{
    AANBIEDER, GEMEENTE, Line, NUMMER, Scene, bsn, day, gemeente, omvang, product, toewijzing,
};
use happyflow::codes::RedenWijziging;
use happyflow::contracts::{Register, import_sources};
use happyflow::decide::cost::Zorg;
use happyflow::money::Cents;
use happyflow::state::Toewijzing;

/// Hours of 45A04 at 80 euros in 2024 and at 90 from 2025 on; the same in minutes for 45A06.
fn rates(peildatum: &str) -> Register {
    let line = |code: &str, unit: &str, tarief: i64, days: &str| {
        format!(
            r#"{{"gemeente":"{GEMEENTE}","aanbieder":"{AANBIEDER}","productcategorie":"45","productcode":"{code}",
             {unit},"tarief":{tarief},{days}{peildatum}}}"#
        )
    };
    let then = r#""geldig_van":"2024-01-01","geldig_tot":"2024-12-31""#;
    let now = r#""geldig_van":"2025-01-01""#;
    let (hour, minute) = (r#""eenheid":"04""#, r#""eenheid":"01","tariefeenheid":"uur""#);
    let lines = [
        line("45A04", hour, 8000, then),
        line("45A04", hour, 9000, now),
        line("45A06", minute, 8050, then),
        line("45A06", minute, 9050, now),
    ];
    let json = format!(r#"{{"contracten":[{}]}}"#, lines.join(","));
    let import = import_sources(&[("contracts.json".to_owned(), json.into_bytes())]);
    import.unwrap_or_else(|errors| panic!("{errors:?}")).register
}

const EERSTE_DAG: &str = r#","tarief_peildatum":"toewijzing""#;

/// An assignment that began on this day.
fn begun(register: Register, ingang: &str) -> Scene {
    let mut scene = Scene::new();
    scene.register = register;
    scene.change(|t| t.ingangsdatum = day(ingang));
    scene
}

/// Ten hours of March 2025 at a rate in cents.
fn hours(tarief: i64) -> Line {
    Line { tarief: Some(tarief), bedrag: 10 * tarief, ..Line::new("R1") }
}

#[test]
fn the_rate_of_the_first_day_holds_as_long_as_the_assignment_lasts() {
    // First day, and the rate that is right in March 2025.
    for (ingang, right) in [("2024-01-01", 8000), ("2024-12-31", 8000), ("2025-01-01", 9000)] {
        let scene = begun(rates(EERSTE_DAG), ingang);
        for tarief in [8000, 9000] {
            let expected: &[&str] = if tarief == right { &[] } else { &["0611"] };
            assert_eq!(scene.codes(&hours(tarief)), expected, "{ingang} {tarief}");
        }
        // Without the key, and with its other value: the rate of the period.
        for other in ["", r#","tarief_peildatum":"periode""#, r#","tarief_peildatum":null"#] {
            let scene = begun(rates(other), ingang);
            assert_eq!(scene.codes(&hours(9000)), [""; 0]);
            assert_eq!(scene.codes(&hours(8000)), ["0611"]);
        }
    }
    // Before the first rate there was none.
    assert_eq!(begun(rates(EERSTE_DAG), "2023-12-31").codes(&hours(8000)), ["0611"]);
}

#[test]
fn minutes_are_rounded_from_the_hour_rate_of_the_first_day() {
    let of = |ingang| {
        let mut scene = begun(rates(EERSTE_DAG), ingang);
        scene.change(|t| (t.product, t.omvang) = (Some(product("45A06")), omvang(600, "01", "4")));
        scene
    };
    let minutes = |tarief, bedrag| Line {
        code: "45A06",
        eenheid: "01",
        volume: 100,
        tarief: Some(tarief),
        bedrag,
        ..Line::new("R1")
    };
    // 80.50 an hour: 134 a minute, 13,417 for a hundred; 90.50: 151 and 15,083.
    assert_eq!(of("2024-06-01").codes(&minutes(134, 13_417)), [""; 0]);
    assert_eq!(of("2024-06-01").codes(&minutes(151, 15_083)), ["0611", "9346"]);
    assert_eq!(of("2025-01-01").codes(&minutes(151, 15_083)), [""; 0]);
    assert_eq!(of("2025-01-01").codes(&minutes(134, 13_417)), ["0611", "9346"]);
}

#[test]
fn without_an_assignment_nobody_can_tell_the_rate() {
    let mut scene = begun(rates(EERSTE_DAG), "2024-06-01");
    assert_eq!(scene.codes(&hours(8000).on(NUMMER + 1)), ["9338"], "unknown (rulings 5.12)");
    scene.change(|t| t.reden_wijziging = Some(RedenWijziging::Verwijderd));
    assert_eq!(scene.codes(&hours(8000)), ["9384"]);
    // A rate of the period is told beside it, as ever.
    let scene = begun(rates(""), "2024-06-01");
    assert_eq!(scene.codes(&hours(8000).on(NUMMER + 1)), ["9338", "0611"]);
}

#[test]
fn a_credit_is_not_judged_by_it_and_a_later_contract_changes_only_what_comes_after() {
    let mut scene = begun(rates(EERSTE_DAG), "2024-06-01");
    let line = hours(8000);
    assert_eq!(scene.process(std::slice::from_ref(&line)).amounts.unwrap().granted, Cents(80_000));
    scene.register = rates("");
    assert_eq!(scene.codes(&line.credit("C1")), [""; 0]);
}

#[test]
fn the_expected_cost_is_that_of_the_first_day() {
    let assigned = |ingang: &str| Toewijzing { ingangsdatum: day(ingang), ..toewijzing(NUMMER) };
    let cost = |ingang: &str, peildatum: &str| Zorg::of(&assigned(ingang)).cost(&rates(peildatum)).unwrap();
    // Ten hours a month up to and including December 2025.
    assert_eq!(cost("2024-07-01", EERSTE_DAG), Cents(18 * 10 * 8000));
    assert_eq!(cost("2024-07-01", ""), Cents(6 * 10 * 8000 + 12 * 10 * 9000), "the rates of its own days");
    assert_eq!(cost("2025-01-01", EERSTE_DAG), Cents(12 * 10 * 9000));
    assert_eq!(Zorg::of(&assigned("2023-07-01")).cost(&rates(EERSTE_DAG)), None, "no rate held then");
    let of = Zorg::of(&assigned("2024-07-01"));
    assert_eq!((of.bsn, of.relatie.gemeente), (bsn(super::scene::BSN), gemeente(GEMEENTE)));
}
