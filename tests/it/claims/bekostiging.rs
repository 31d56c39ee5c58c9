//! The ways in which the region has paid, as claims meet them: a fixed price per profile and intensity, month
//! rates of certified institutions, ceilings per gemeente, budgets of a client over assignments.

use super::money::spent;
use super::scene::{
    AANBIEDER, BSN, GEMEENTE, Line, NUMMER, OTHER_BSN, Scene, bsn, day, omvang, product, register, toewijzing,
};
use happyflow::contracts::{Register, import_sources};
use happyflow::money::Cents;
use happyflow::state::{Toewijzing, Voorstel, WorkReason};

/// Twelve profiles in three intensities, each with its price: code and cents.
fn profielen() -> Vec<(&'static str, i64)> {
    let codes =
        (1..=12).flat_map(|profiel| ["L", "M", "Z"].map(|zwaarte| format!("50{profiel:02}{zwaarte}")));
    codes.zip(1_i64..).map(|(code, nth)| (&*code.leak(), 139_500 + nth * 12_345)).collect()
}

/// A contract with a line per code: eenheid 82, one piece.
fn fixed_prices(profielen: &[(&str, i64)], rest: &str) -> Register {
    let lines: Vec<String> = profielen
        .iter()
        .map(|(code, cents)| {
            format!(
                r#"{{"gemeente":"{GEMEENTE}","aanbieder":"{AANBIEDER}","productcategorie":"{}","productcode":"{code}",
                 "eenheid":"82","tarief":{cents},"geldig_van":"2025-01-01"{rest}}}"#,
                &code[..2]
            )
        })
        .collect();
    let json = format!(r#"{{"contracten":[{}]}}"#, lines.join(","));
    let import = import_sources(&[("contracts.json".to_owned(), json.into_bytes())]);
    import.unwrap_or_else(|errors| panic!("{errors:?}")).register
}

/// One piece of a code for a price.
fn piece(reference: &str, code: &'static str, cents: i64) -> Line {
    Line { code, eenheid: "82", volume: 1, tarief: Some(cents), bedrag: cents, ..Line::new(reference) }
}

#[test]
fn every_profile_in_every_intensity_is_paid_once_at_its_price() {
    let profielen = profielen();
    assert_eq!(profielen.len(), 36);
    for (place, &(code, cents)) in profielen.iter().enumerate() {
        let mut scene = Scene::new();
        scene.register = fixed_prices(&profielen, "");
        scene.change(|t| (t.product, t.omvang) = (Some(product(code)), omvang(1, "82", "6")));
        // Neither a cent more nor the price of another intensity.
        assert_eq!(scene.codes(&piece("R1", code, cents + 1)), ["0611"], "{code}");
        let (other, price) = profielen[(place + 1) % profielen.len()];
        assert_eq!(scene.codes(&piece("R1", code, price)), ["0611"], "{code}");
        // No extra work: another profile or intensity is another assignment.
        assert_eq!(scene.codes(&piece("R1", other, price)), ["9340"], "{code}");
        // Two pieces at once break the line and the sum; one and then another the sum.
        let two = Line { volume: 2, bedrag: 2 * cents, ..piece("R1", code, cents) };
        assert_eq!(scene.codes(&two), ["9321", "9322"], "{code}");
        let granted = scene.process(&[piece("R1", code, cents)]);
        assert_eq!(granted.amounts.unwrap().granted, Cents(cents));
        let again = piece("R2", code, cents).month("2025-02-01", "2025-02-28");
        assert_eq!(scene.codes(&again), ["9322"], "{code}");
        // Taken back, it may be claimed in another month.
        scene.process(&[piece("R1", code, cents).credit("C1")]);
        assert_eq!(scene.codes(&again), [""; 0], "{code}");
    }
}

#[test]
fn a_fixed_price_in_euros_may_be_claimed_in_parts_up_to_the_price() {
    let mut scene = Scene::new();
    scene.change(|t| (t.product, t.omvang) = (Some(product("45A07")), omvang(139_500, "83", "6")));
    let part = |reference, cents| Line::new(reference).euros(cents);
    assert_eq!(scene.codes(&part("R1", 139_501)), ["9321", "9322"]);
    scene.process(&[part("R1", 97_650)]);
    let rest = |cents| part("R2", cents).month("2025-02-01", "2025-02-28");
    assert_eq!(scene.codes(&rest(41_851)), ["9322"]);
    assert_eq!(scene.codes(&rest(41_850)), [""; 0]);
}

#[test]
fn certified_institutions_claim_no_first_broken_month_and_the_last_one_whole() {
    let (code, cents) = ("48A01", 103_090);
    let mut scene = Scene::new();
    scene.register = fixed_prices(&[(code, cents)], r#","gebroken_maand":"gi""#);
    scene.today = day("2025-08-01");
    (scene.dagtekening, scene.declaratie_dagtekening) = (scene.today, scene.today);
    scene.periode = (day("2025-06-01"), day("2025-06-30"));
    scene.change(|t| {
        (t.product, t.omvang) = (Some(product(code)), omvang(1, "82", "4"));
        (t.ingangsdatum, t.einddatum) = (day("2025-03-10"), Some(day("2025-06-15")));
    });
    let month = |reference, begin, eind| piece(reference, code, cents).month(begin, eind);
    assert_eq!(scene.codes(&month("R0", "2025-03-10", "2025-03-31")), ["9321"], "the first month");
    let rest = [
        month("R1", "2025-04-01", "2025-04-30"),
        month("R2", "2025-05-01", "2025-05-31"),
        month("R3", "2025-06-01", "2025-06-15"),
    ];
    let decision = scene.process(&rest);
    assert_eq!(decision.amounts.unwrap().granted, Cents(3 * cents), "the last one whole");
    // A measure that begins on the first of a month has that month.
    scene.assign(Toewijzing {
        product: Some(product(code)),
        omvang: omvang(1, "82", "4"),
        ingangsdatum: day("2025-03-01"),
        einddatum: Some(day("2025-03-15")),
        ..toewijzing(1002)
    });
    assert_eq!(scene.codes(&month("R4", "2025-03-01", "2025-03-15").on(1002)), [""; 0]);
    // One that begins and ends within a month has its last month in it: payable once, whole (rulings 5.5).
    scene.assign(Toewijzing {
        product: Some(product(code)),
        omvang: omvang(1, "82", "4"),
        ingangsdatum: day("2025-03-02"),
        einddatum: Some(day("2025-03-15")),
        ..toewijzing(1003)
    });
    let short = |reference| month(reference, "2025-03-02", "2025-03-15").on(1003);
    let two = Line { volume: 2, bedrag: 2 * cents, ..short("R5") };
    assert_eq!(scene.codes(&two), ["9321", "9322"]);
    assert_eq!(scene.process(&[short("R5")]).amounts.unwrap().granted, Cents(cents));
    assert_eq!(scene.codes(&short("R6")), ["9322", "9389"]);
}

#[test]
fn a_ceiling_counts_care_of_its_gemeente_and_year_whoever_gives_it() {
    let ceiling = |gemeente: &str, aanbieder: &str, jaar: i32| {
        register(&format!(
            r#","plafonds":[{{"gemeente":{gemeente},"aanbieder":{aanbieder},"jaar":{jaar},"bedrag":79999,"bij_overschrijding":"hold"}}]"#
        ))
    };
    let own = r#""0193""#;
    let cases = [
        (own, "null", 2025, true),
        ("null", "null", 2025, true),
        ("null", r#""12345678""#, 2025, true),
        (own, r#""12345678""#, 2025, true),
        (own, "null", 2024, false),
        (r#""0148""#, "null", 2025, false),
        ("null", r#""87654321""#, 2025, false),
    ];
    for (gemeente, aanbieder, jaar, counts) in cases {
        let mut scene = Scene::new();
        scene.register = ceiling(gemeente, aanbieder, jaar);
        let decision = scene.decide(&[Line::new("R1")]);
        assert_eq!(spent(&decision), vec![80_000; usize::from(counts)], "{gemeente} {aanbieder} {jaar}");
        assert_eq!(decision.held, counts, "{gemeente} {aanbieder} {jaar}");
        assert_eq!(decision.work.len(), usize::from(counts));
        if counts {
            assert_eq!(decision.work[0].reason, WorkReason::PlafondOverschreden);
            assert_eq!(decision.work[0].voorstel, Voorstel::Vrijgeven { declaratie_nummer: "DN1".into() });
        }
    }
}

#[test]
fn a_client_budget_is_one_sum_over_all_assignments() {
    let budget = |policy: &str| {
        register(&format!(
            r#","budgetten":[{{"gemeente":"{GEMEENTE}","bsn":"{BSN}","bedrag":159999,"van":"2025-01-01","tot":"2025-12-31","bij_overschrijding":"{policy}"}}]"#
        ))
    };
    for (policy, held) in [("signal", false), ("hold", true)] {
        let mut scene = Scene::new();
        scene.register = budget(policy);
        scene.assign(Toewijzing {
            product: Some(product("44A01")),
            omvang: omvang(10, "14", "4"),
            ..toewijzing(1002)
        });
        scene.assign(Toewijzing { bsn: bsn(OTHER_BSN), ..toewijzing(1003) });
        let stay = Line {
            code: "44A01",
            eenheid: "14",
            volume: 4,
            tarief: Some(20_000),
            bedrag: 80_000,
            ..Line::new("R2").on(1002)
        };
        let lines = [Line::new("R1").on(NUMMER), stay.clone(), Line::new("R3").of(OTHER_BSN).on(1003)];
        let decision = scene.process(&lines);
        assert_eq!(spent(&decision), [160_000], "the other client does not count");
        assert_eq!(decision.held, held, "{policy}");
        let work = if held { decision.work.clone() } else { scene.follow() };
        let [item] = work.as_slice() else { panic!("{work:?}") };
        assert_eq!(item.reason, WorkReason::BudgetOverschreden);
        assert_eq!(matches!(item.voorstel, Voorstel::Vrijgeven { .. }), held, "{policy}");
        // A credit of one assignment gives room to another.
        let credit = scene.process(&[stay.credit("C2")]);
        assert_eq!(spent(&credit), [-80_000]);
        let after = scene.decide(&[Line::new("R4").month("2025-02-01", "2025-02-28").hours(9)]);
        assert!(!after.held && after.work.is_empty(), "{policy} {:?}", after.work);
    }
}
