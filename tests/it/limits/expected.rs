//! What an assignment is expected to cost in a period (rulings 8.2), beside a count day by day.

use crate::claims::scene::{bsn, day, gemeente, register as contracts};
use chrono::{Datelike, Days, NaiveDate};
use happyflow::codes::{AgbCode, Eenheid, Frequentie, ProductCategorie, ProductCode, ProductSleutel};
use happyflow::contracts::{Periode, Register, import_sources};
use happyflow::decide::cost::Zorg;
use happyflow::decide::expected::expected;
use happyflow::messages::Relatie;
use happyflow::money::Cents;
use happyflow::state::ToegewezenOmvang;
use proptest::prelude::*;

/// One product by the hour; a rate per period, in cents.
fn rates(rows: &[(&str, Option<&str>, i64)]) -> Register {
    let row = |(from, to, cents): &(&str, Option<&str>, i64)| {
        let to = to.map_or_else(|| "null".to_owned(), |to| format!("{to:?}"));
        format!(
            r#"{{"gemeente":"0193","aanbieder":"12345678","productcategorie":"45","productcode":"45A04","eenheid":"04",
                "tarief":{cents},"geldig_van":"{from}","geldig_tot":{to}}}"#
        )
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    let json = format!(r#"{{"contracten":[{}]}}"#, rows.join(","));
    import_sources(&[("contracts.json".to_owned(), json.into_bytes())]).unwrap().register
}

fn care(volume: i64, frequentie: &str, begin: &str, eind: Option<&str>) -> Zorg {
    let relatie = Relatie { gemeente: gemeente("0193"), aanbieder: AgbCode::parse("12345678").unwrap() };
    let product = ProductSleutel {
        categorie: ProductCategorie::parse("45").unwrap(),
        code: Some(ProductCode::parse("45A04").unwrap()),
    };
    let (eenheid, frequentie) = (Eenheid::parse("04").unwrap(), Frequentie::parse(frequentie).unwrap());
    Zorg {
        relatie,
        bsn: bsn("999900006"),
        product: Some(product),
        begin: day(begin),
        eind: eind.map(day),
        omvang: Some(ToegewezenOmvang { volume, eenheid, frequentie }),
        budget: None,
    }
}

fn year(year: i32) -> Periode {
    Periode { van: NaiveDate::from_ymd_opt(year, 1, 1), tot: NaiveDate::from_ymd_opt(year, 12, 31) }
}

fn cents(zorg: &Zorg, register: &Register, periode: Periode) -> Option<i64> {
    expected(zorg, register, periode, None).map(|cents| cents.0)
}

#[test]
fn care_without_an_end_costs_its_months_in_every_year() {
    let register = rates(&[("2024-01-01", None, 6_850)]);
    let open = care(10, "4", "2024-03-01", None);
    assert_eq!(cents(&open, &register, year(2024)), Some(10 * 10 * 6_850));
    for later in [2025, 2026, 2031] {
        assert_eq!(cents(&open, &register, year(later)), Some(12 * 10 * 6_850), "{later}");
    }
    assert_eq!(cents(&open, &register, year(2023)), Some(0));
}

#[test]
fn a_total_is_divided_over_its_days() {
    let register = rates(&[("2024-01-01", None, 6_850)]);
    // One hour a day: 151 days, 120 of them in the year after.
    let total = care(151, "6", "2025-12-01", Some("2026-04-30"));
    assert_eq!(cents(&total, &register, year(2026)), Some(120 * 6_850));
    assert_eq!(cents(&total, &register, year(2025)), Some(31 * 6_850));
    let budget = Zorg { budget: Some(Cents(15_100)), omvang: None, ..total };
    assert_eq!(cents(&budget, &register, year(2026)), Some(12_000));
    // A third of a cent goes down, half of one up: rounded once.
    let budget = Zorg { budget: Some(Cents(100)), eind: Some(day("2026-01-31")), ..budget };
    assert_eq!(cents(&budget, &register, year(2026)), Some(50), "31 of 62 days");
}

#[test]
fn a_total_that_never_ends_lasts_as_long_as_its_contract_or_a_year() {
    let spread = care(365, "6", "2025-01-01", None);
    let open = rates(&[("2024-01-01", None, 100)]);
    assert_eq!(cents(&spread, &open, year(2025)), Some(36_500), "twelve months");
    assert_eq!(cents(&spread, &open, year(2026)), Some(0));
    // Two years of 365 days.
    let ends = rates(&[("2024-01-01", Some("2026-12-31"), 100)]);
    assert_eq!(cents(&spread, &ends, year(2025)), Some(18_250));
    assert_eq!(cents(&spread, &ends, year(2026)), Some(18_250));
}

#[test]
fn the_rate_is_that_of_the_first_day_and_behind_the_last_known_one_that() {
    let register =
        rates(&[("2024-01-01", Some("2025-06-30"), 8_000), ("2025-07-01", Some("2025-12-31"), 9_000)]);
    let hours = care(1, "4", "2025-01-01", Some("2026-03-31"));
    assert_eq!(cents(&hours, &register, year(2025)), Some(6 * 8_000 + 6 * 9_000));
    assert_eq!(cents(&hours, &register, year(2026)), Some(3 * 9_000));
    // The month in which the rate changes has the one of its first day.
    let changes = rates(&[("2024-01-01", Some("2025-06-14"), 8_000), ("2025-06-15", None, 9_000)]);
    assert_eq!(cents(&hours, &changes, year(2025)), Some(6 * 8_000 + 6 * 9_000));
}

#[test]
fn what_has_no_rate_or_no_volume_is_not_known() {
    let register = rates(&[("2024-01-01", None, 6_850)]);
    let hours = care(1, "4", "2025-01-01", None);
    let other = ProductSleutel { code: Some(ProductCode::parse("45A99").unwrap()), ..hours.product.unwrap() };
    assert_eq!(cents(&Zorg { product: Some(other), ..hours }, &register, year(2025)), None);
    assert_eq!(cents(&Zorg { omvang: None, ..hours }, &register, year(2025)), None);
    let nothing = Zorg { eind: Some(day("2024-12-31")), ..hours };
    assert_eq!(cents(&nothing, &register, year(2025)), Some(0), "no day of it");
}

#[test]
fn nothing_is_expected_behind_a_stop_for_good() {
    let register = rates(&[("2024-01-01", None, 1_000)]);
    let hours = care(1, "4", "2025-01-01", None);
    let stopped = |on: &str| expected(&hours, &register, year(2025), Some(day(on)));
    assert_eq!(stopped("2025-03-10"), Some(Cents(3_000)), "March is touched");
    assert_eq!(stopped("2024-12-31"), Some(Cents(0)));
}

#[test]
fn minutes_at_an_hour_rate_are_rounded_once() {
    // 20 minutes a week at 80.50 an hour: 26.8333 a week.
    let register = contracts("");
    let code = ProductCode::parse("45A06").unwrap();
    let minutes = care(20, "2", "2025-01-06", Some("2025-01-26"));
    let omvang = ToegewezenOmvang { eenheid: Eenheid::parse("01").unwrap(), ..minutes.omvang.unwrap() };
    let product = ProductSleutel { code: Some(code), ..minutes.product.unwrap() };
    let minutes = Zorg { product: Some(product), omvang: Some(omvang), ..minutes };
    assert_eq!(cents(&minutes, &register, year(2025)), Some(8_050), "three weeks are an hour");
}

/// Day by day: the volume of a day, week or month on the first day of it that counts, at the rate of that day.
fn by_day(zorg: &Zorg, rates: &[(NaiveDate, i64)], first: NaiveDate, last: NaiveDate) -> i64 {
    let omvang = zorg.omvang.unwrap();
    let (mut total, mut day) = (0, first);
    while day <= last {
        let counts = match omvang.frequentie.as_str() {
            "1" => true,
            "2" => day == first || day.weekday() == chrono::Weekday::Mon,
            _ => day == first || day.day() == 1,
        };
        if counts {
            // The one that began last; before the first one the first.
            let rate = rates.iter().rev().find(|(from, _)| *from <= day).unwrap_or(&rates[0]).1;
            total += omvang.volume * rate;
        }
        day = day + Days::new(1);
    }
    total
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn every_day_week_or_month_counts_once(
        (volume, frequentie) in (1..40_i64, prop::sample::select(vec!["1", "2", "4"])),
        (start, length) in (0..900_u64, 0..1_000_u64),
        (period, period_length) in (0..900_u64, 0..500_u64),
        cuts in proptest::collection::btree_set(1..1_200_u64, 0..4),
        (open, cents) in (any::<bool>(), 1_000..9_000_i64),
    ) {
        let origin = day("2023-01-01");
        let on = |days: u64| origin + Days::new(days);
        let begins: Vec<NaiveDate> = std::iter::once(on(0)).chain(cuts.into_iter().map(on)).collect();
        let known: Vec<(NaiveDate, i64)> = begins.iter().copied().zip((0..).map(|step| cents + 100 * step)).collect();
        let texts: Vec<(String, Option<String>, i64)> = known
            .iter()
            .enumerate()
            .map(|(place, (from, rate))| {
                let to = known.get(place + 1).map(|(next, _)| (*next - Days::new(1)).to_string());
                (from.to_string(), to, *rate)
            })
            .collect();
        let rows: Vec<(&str, Option<&str>, i64)> =
            texts.iter().map(|(from, to, rate)| (from.as_str(), to.as_deref(), *rate)).collect();
        let register = rates(&rows);
        let (begin, eind) = (on(start), on(start + length));
        let zorg = care(volume, frequentie, &begin.to_string(), None);
        let zorg = Zorg { eind: (!open).then_some(eind), ..zorg };
        let (van, tot) = (on(period), on(period + period_length));
        let first = begin.max(van);
        let last = if open { tot } else { eind.min(tot) };
        let counted = if first <= last { by_day(&zorg, &known, first, last) } else { 0 };
        let periode = Periode { van: Some(van), tot: Some(tot) };
        prop_assert_eq!(expected(&zorg, &register, periode, None), Some(Cents(counted)));
    }
}
