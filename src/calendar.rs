//! Dutch working days, for terms and for payment dates.
//!
//! Working days follow the Algemene termijnenwet, articles 1 and 3: not on Saturday, Sunday and the
//! days it names; Good Friday is put on a par with them, and 5 May counts every year. The days that a
//! royal decree adds for a single year (article 3, third paragraph) are not known here. King's Day is
//! as it has been since 2014. Bank days follow the closing days of TARGET.

use crate::codes::Datum;
use chrono::{Datelike, Days, TimeDelta, Weekday};
use std::collections::BTreeSet;

/// The working day that lies `count` working days after `date`; `count` 0 is `date` itself.
///
/// The day of receipt does not count: received on Friday, the first working day is Monday. At the end
/// of the calendar the last date stands for every later one.
#[must_use]
pub fn add_working_days(date: Datum, count: u32) -> Datum {
    (0..count).fold(date, |day, _| first_from(next(day), is_working_day))
}

/// How many working days lie after `from`, up to and including `to`; negative when `to` comes first, then
/// as many as lie after it up to and including `from`. Weeks and years are reckoned with, not walked: on a page
/// stand hundreds of terms, and some are years old.
#[must_use]
pub fn working_days_between(from: Datum, to: Datum) -> i64 {
    if to < from {
        return -working_days_between(to, from);
    }
    let days = to.signed_duration_since(from).num_days();
    let rest = to.iter_days().rev().take(usize::try_from(days % 7).unwrap_or_default());
    let weekdays = days / 7 * 5 + count(rest.filter(|day| !is_weekend(*day)));
    let holidays = (from.year()..=to.year()).flat_map(holidays_on_weekdays);
    weekdays - count(holidays.filter(|day| *day > from && *day <= to))
}

fn count(days: impl Iterator<Item = Datum>) -> i64 {
    i64::try_from(days.count()).unwrap_or(i64::MAX)
}

/// The public holidays of a year that are no Saturday or Sunday.
fn holidays_on_weekdays(year: i32) -> BTreeSet<Datum> {
    let fixed = [(1, 1), (4, 26), (4, 27), (5, 5), (12, 25), (12, 26)];
    let fixed = fixed.into_iter().filter_map(|(month, day)| Datum::from_ymd_opt(year, month, day));
    let february = Datum::from_ymd_opt(year, 3, 1).and_then(|march| march.pred_opt());
    let easter = february.map(|february| february + Days::new(day_of_march_of_easter(year).into()));
    let moving = [-2, 1, 39, 50];
    let moving = moving.into_iter().filter_map(|days| easter?.checked_add_signed(TimeDelta::days(days)));
    fixed.chain(moving).filter(|day| is_public_holiday(*day) && !is_weekend(*day)).collect()
}

/// Whether the Algemene termijnenwet counts this day as a working day.
#[must_use]
pub fn is_working_day(date: Datum) -> bool {
    !is_weekend(date) && !is_public_holiday(date)
}

/// Whether the Algemene termijnenwet, article 3, names this day: a public holiday or Good Friday.
#[must_use]
pub fn is_public_holiday(date: Datum) -> bool {
    match (date.month(), date.day()) {
        (1, 1) | (5, 5) | (12, 25 | 26) => true,
        // King's Day is a day early in years in which it would be a Sunday.
        (4, 27) => date.weekday() != Weekday::Sun,
        (4, 26) if date.weekday() == Weekday::Sat => true,
        // Good Friday, Easter Monday, Ascension Day and Whit Monday.
        _ => matches!(days_after_easter(date), -2 | 1 | 39 | 50),
    }
}

/// Whether TARGET, and with it the transfer of euros between banks, is open on this day.
#[must_use]
pub fn is_bank_day(date: Datum) -> bool {
    let closed = match (date.month(), date.day()) {
        (1 | 5, 1) | (12, 25 | 26) => true,
        _ => matches!(days_after_easter(date), -2 | 1),
    };
    !closed && !is_weekend(date)
}

/// This day when TARGET is open on it, else the next one on which it is.
#[must_use]
pub fn bank_day_from(date: Datum) -> Datum {
    first_from(date, is_bank_day)
}

fn is_weekend(date: Datum) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

fn next(date: Datum) -> Datum {
    date.succ_opt().unwrap_or(date)
}

fn first_from(date: Datum, accepts: fn(Datum) -> bool) -> Datum {
    let mut day = date;
    while !accepts(day) && day != Datum::MAX {
        day = next(day);
    }
    day
}

/// Days from Easter Sunday of the same year to this day; negative before it.
fn days_after_easter(date: Datum) -> i32 {
    let day_of_march = |month: u32, day: u32| if month == 3 { day } else { day + 31 };
    let easter = day_of_march_of_easter(date.year());
    match (date.month(), date.day()) {
        (month @ (3 | 4), day) => difference(day_of_march(month, day), easter),
        // Ascension Day and Whit Monday fall in May or, with Easter at its latest, in June.
        (5, day) => difference(day + 61, easter),
        (6, day) => difference(day + 92, easter),
        _ => i32::MAX,
    }
}

fn difference(day: u32, other: u32) -> i32 {
    day.cast_signed() - other.cast_signed()
}

/// Easter Sunday as a day of March (April 1 is 32), by the Gregorian computus: the Sunday after the
/// first ecclesiastical full moon on or after 21 March.
fn day_of_march_of_easter(year: i32) -> u32 {
    // The Gregorian calendar, weekdays included, repeats every 400 years, its moon every 5,700,000.
    let year = year.rem_euclid(5_700_000).cast_unsigned();
    let golden = year % 19;
    let (century, year_of_century) = (year / 100, year % 100);
    let moon_correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon_correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (year_of_century / 4) - epact - year_of_century % 4) % 7;
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    22 + epact + weekday - 7 * shift
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> Datum {
        text.parse().unwrap()
    }

    fn easter(year: i32) -> Datum {
        let march = Datum::from_ymd_opt(year, 3, 1).unwrap();
        march + Days::new(u64::from(day_of_march_of_easter(year)) - 1)
    }

    /// Easter another way: Knuth's account of the clavian rule, walking from the full moon to Sunday.
    fn easter_by_full_moon(year: i32) -> Datum {
        let golden = year % 19 + 1;
        let century = year / 100 + 1;
        let leap_years_dropped = 3 * century / 4 - 12;
        let moon_correction = (8 * century + 5) / 25 - 5;
        let mut epact = (11 * golden + 20 + moon_correction - leap_years_dropped).rem_euclid(30);
        if epact == 24 || (epact == 25 && golden > 11) {
            epact += 1;
        }
        let mut full_moon = 44 - epact;
        if full_moon < 21 {
            full_moon += 30;
        }
        let march = Datum::from_ymd_opt(year, 3, 1).unwrap();
        let mut day = march + Days::new(u64::try_from(full_moon - 1).unwrap());
        loop {
            day = day.succ_opt().unwrap();
            if day.weekday() == Weekday::Sun {
                return day;
            }
        }
    }

    #[test]
    fn easter_is_the_same_by_two_ways_of_reckoning() {
        for year in 1900..2200 {
            assert_eq!(easter(year), easter_by_full_moon(year), "{year}");
        }
    }

    #[test]
    fn easter_falls_on_the_dates_of_the_almanac() {
        for day in ["1954-04-18", "1981-04-19", "2008-03-23", "2025-04-20", "2026-04-05", "2038-04-25"] {
            assert_eq!(easter(date(day).year()), date(day));
        }
    }

    #[test]
    fn holidays_of_2025_that_fall_on_a_weekday() {
        let found: Vec<String> = date("2025-01-01")
            .iter_days()
            .take(365)
            .filter(|day| !is_weekend(*day) && !is_working_day(*day))
            .map(|day| day.format("%m-%d").to_string())
            .collect();
        let expected = ["01-01", "04-18", "04-21", "05-05", "05-29", "06-09", "12-25", "12-26"];
        assert_eq!(found, expected);
    }

    #[test]
    fn kings_day_gives_way_to_sunday() {
        assert!(is_public_holiday(date("2025-04-26")) && !is_public_holiday(date("2025-04-27")));
        assert!(is_public_holiday(date("2026-04-27")) && !is_public_holiday(date("2026-04-26")));
        // 26 April 2031 is a Saturday and the 27th a Sunday; in 2024 the 27th was a Saturday.
        assert!(is_public_holiday(date("2031-04-26")));
        assert!(is_public_holiday(date("2024-04-27")) && !is_public_holiday(date("2024-04-26")));
    }

    #[test]
    fn whit_monday_can_fall_in_june_and_ascension_in_april() {
        assert!(is_public_holiday(date("2038-06-14")));
        // Easter on 23 March 2008 put Ascension Day on 1 May.
        assert!(is_public_holiday(date("2008-05-01")) && is_public_holiday(date("2008-05-12")));
    }

    #[test]
    fn terms_skip_weekends_and_holidays() {
        // Thursday before Easter 2025: Good Friday to Easter Monday do not count.
        assert_eq!(add_working_days(date("2025-04-17"), 1), date("2025-04-22"));
        assert_eq!(add_working_days(date("2025-04-17"), 3), date("2025-04-24"));
        assert_eq!(add_working_days(date("2025-03-08"), 1), date("2025-03-10"));
        assert_eq!(add_working_days(date("2025-12-24"), 4), date("2026-01-02"));
        assert_eq!(add_working_days(date("2025-12-25"), 0), date("2025-12-25"));
        assert_eq!(add_working_days(Datum::MAX, 20), Datum::MAX);
    }

    #[test]
    fn banks_keep_days_of_their_own() {
        assert_eq!(bank_day_from(date("2025-05-01")), date("2025-05-02"));
        assert_eq!(bank_day_from(date("2025-05-05")), date("2025-05-05"));
        assert_eq!(bank_day_from(date("2026-04-27")), date("2026-04-27"));
        assert_eq!(bank_day_from(date("2025-04-18")), date("2025-04-22"));
        assert_eq!(bank_day_from(date("2025-12-25")), date("2025-12-29"));
        assert_eq!(bank_day_from(date("2027-01-01")), date("2027-01-04"));
        assert!(is_bank_day(date("2025-05-29")), "TARGET is open on Ascension Day");
    }

    proptest! {
        #[test]
        fn the_counted_days_are_the_working_days_between(start in 0_u64..109_000, count in 0_u32..40) {
            let start = date("1900-01-01") + Days::new(start);
            let end = add_working_days(start, count);
            let between = start.iter_days().skip(1).take_while(|day| *day <= end);
            prop_assert_eq!(between.filter(|day| is_working_day(*day)).count(), count as usize);
            prop_assert!(count == 0 || is_working_day(end));
            prop_assert_eq!(working_days_between(start, end), i64::from(count));
            prop_assert_eq!(working_days_between(end, start), -i64::from(count));
        }

        #[test]
        fn days_that_are_reckoned_are_those_that_are_walked(start in 0_u64..109_000, length in 0_u64..3_000) {
            let start = date("1900-01-01") + Days::new(start);
            let end = start + Days::new(length);
            let walked = start.iter_days().skip(1).take_while(|day| *day <= end);
            let walked = i64::try_from(walked.filter(|day| is_working_day(*day)).count()).unwrap();
            prop_assert_eq!(working_days_between(start, end), walked);
        }

        #[test]
        fn no_date_makes_the_calendar_fail(year in -262_142_i32..262_142, day in 1_u32..366) {
            let day = Datum::from_yo_opt(year, day).unwrap();
            prop_assert!(add_working_days(day, 1) >= day && bank_day_from(day) >= day);
        }
    }
}
