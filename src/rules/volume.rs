//! How much volume an assignment allows: in a period and in total (IV076, IV077, IV078, rulings 5.5).
//!
//! All arithmetic is on whole days and takes the same time for any length of period. Volumes are in
//! the unit of the assignment.

use crate::codes::{Datum, Eenheid, Frequentie};
use crate::contracts::GebrokenMaand;
use crate::money::{Cents, round_half_up};
use crate::state::{ToegewezenOmvang, Toewijzing};
use chrono::Datelike;
use rust_decimal::Decimal;

/// What an assignment allows: so much of a unit, so often, between two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruimte {
    /// How much, of what, how often.
    pub omvang: ToegewezenOmvang,
    /// First day of the assignment.
    pub ingangsdatum: Datum,
    /// Last day, inclusive.
    pub einddatum: Option<Datum>,
    /// What an output month counts for that the assignment covers in part; IV078 leaves it to the contract.
    pub gebroken_maand: GebrokenMaand,
}

impl Ruimte {
    /// The room of an assignment; `None` when it has no Omvang.
    #[must_use]
    pub fn of(toewijzing: &Toewijzing, gebroken_maand: GebrokenMaand) -> Option<Self> {
        let Toewijzing { ingangsdatum, einddatum, .. } = *toewijzing;
        toewijzing.omvang.map(|omvang| Self { omvang, ingangsdatum, einddatum, gebroken_maand })
    }

    /// Most that may be claimed on the days from `begin` to `eind`, both included (TR321).
    ///
    /// Only days of the assignment count (IV077). `None` when there are none: then the period is wrong,
    /// not the volume. With frequentie 6 the total is the maximum of every period.
    #[must_use]
    pub fn maximum_in(&self, begin: Datum, eind: Datum) -> Option<i64> {
        if self.omvang.frequentie == Frequentie::TotaalBinnenGeldigheidsduur {
            return Some(self.omvang.volume);
        }
        let first = begin.max(self.ingangsdatum);
        let last = self.einddatum.map_or(eind, |end| end.min(eind));
        (first <= last).then(|| self.between(first, last))
    }

    /// Most that may be claimed over the whole assignment (TR322).
    ///
    /// `None` when it has no last day and its frequentie is not the total: no total can be told.
    #[must_use]
    pub fn maximum_in_total(&self) -> Option<i64> {
        if self.omvang.frequentie == Frequentie::TotaalBinnenGeldigheidsduur {
            return Some(self.omvang.volume);
        }
        self.einddatum
            .map(|end| if end < self.ingangsdatum { 0 } else { self.between(self.ingangsdatum, end) })
    }

    /// Volume over days that all lie in the assignment.
    fn between(&self, first: Datum, last: Datum) -> i64 {
        let output = is_output(self.omvang.eenheid);
        match self.omvang.frequentie {
            Frequentie::PerDag => self.times((last - first).num_days() + 1),
            Frequentie::PerWeek if output => self.times(self.sundays(first, last)),
            Frequentie::PerWeek => self.times(week_number(last) - week_number(first) + 1),
            Frequentie::PerVierWeken => self.times(self.four_weeks(last) - self.four_weeks(first) + 1),
            Frequentie::PerMaand if output => self.output_months(first, last),
            Frequentie::PerMaand => self.times(month_number(last) - month_number(first) + 1),
            Frequentie::PerJaar => self.times(i64::from(last.year()) - i64::from(first.year()) + 1),
            Frequentie::TotaalBinnenGeldigheidsduur => self.omvang.volume,
        }
    }

    /// Counts blocks of four calendar weeks, the first of which holds the first day of the assignment: the
    /// standard names the frequency (until 2020) and leaves open where it begins.
    fn four_weeks(&self, day: Datum) -> i64 {
        (week_number(day) - week_number(self.ingangsdatum)).div_euclid(4)
    }

    fn times(&self, count: i64) -> i64 {
        self.omvang.volume.saturating_mul(count)
    }

    /// Sundays, and one week more when the last day of the assignment is no Sunday. That week counts
    /// where the last Sunday of the assignment falls; an assignment without any Sunday has no such day,
    /// and its only week counts where it ends (our reading: it would otherwise count nowhere).
    fn sundays(&self, first: Datum, last: Datum) -> i64 {
        let counted = sundays_up_to(last) - sundays_up_to(first) + i64::from(is_sunday(first));
        let Some(end) = self.einddatum.filter(|end| !is_sunday(*end)) else {
            return counted;
        };
        let last_sunday = sundays_up_to(end) * 7;
        let week_counts_on =
            if last_sunday < day_number(self.ingangsdatum) { day_number(end) } else { last_sunday };
        let extra = (day_number(first)..=day_number(last)).contains(&week_counts_on);
        counted + i64::from(extra)
    }

    /// Whole months in full; at most two months are covered in part: the first and the last.
    fn output_months(&self, first: Datum, last: Datum) -> i64 {
        let touched = month_number(first)..=month_number(last);
        let mut total = self.times(touched.end() - touched.start() + 1);
        let starts_in = month_number(self.ingangsdatum);
        let broken_at_start = self.ingangsdatum.day() > 1;
        let ends_in = self.einddatum.filter(|end| *end != last_of_month(*end)).map(month_number);
        if touched.contains(&starts_in) && (broken_at_start || ends_in == Some(starts_in)) {
            total -= self.omvang.volume - self.broken_month(self.ingangsdatum, broken_at_start);
        }
        if let (Some(end), Some(month)) = (self.einddatum, ends_in)
            && month != starts_in
            && touched.contains(&month)
        {
            total -= self.omvang.volume - self.broken_month(end, false);
        }
        total
    }

    /// What the month of this day counts for, which the assignment covers in part.
    fn broken_month(&self, day: Datum, broken_at_start: bool) -> i64 {
        let volume = self.omvang.volume;
        match self.gebroken_maand {
            GebrokenMaand::Vol => volume,
            GebrokenMaand::Geen => 0,
            // Protocol of certified institutions: the month in which a measure starts is not claimed, the one in
            // which it ends is claimed in full. Both in one month: that is its last month, or a measure of some
            // weeks would be paid nowhere (rulings 5.5).
            GebrokenMaand::Gi => {
                let ends_here = self.einddatum.is_some_and(|end| month_number(end) == month_number(day));
                if broken_at_start && !ends_here { 0 } else { volume }
            }
            GebrokenMaand::NaarRato => {
                let (month_begin, month_end) = (first_of_month(day), last_of_month(day));
                let first = month_begin.max(self.ingangsdatum);
                let last = self.einddatum.map_or(month_end, |end| end.min(month_end));
                let share = Decimal::from(volume) * Decimal::from((last - first).num_days() + 1)
                    / Decimal::from(month_end.day());
                // A part is never more than the whole, so it fits.
                round_half_up(share).unwrap_or(Cents(volume)).0
            }
        }
    }
}

/// Rulings 5.6: what an assignment in this unit pays for is a result, not an effort.
#[must_use]
pub const fn is_output(eenheid: Eenheid) -> bool {
    matches!(eenheid, Eenheid::StuksOutput | Eenheid::Euro)
}

/// First day of the month of a day.
#[must_use]
pub fn first_of_month(day: Datum) -> Datum {
    day.with_day(1).unwrap_or(day)
}

/// Last day of the month of a day.
#[must_use]
pub fn last_of_month(day: Datum) -> Datum {
    (28..=31).rev().find_map(|last| day.with_day(last)).unwrap_or(day)
}

/// Days since the calendar began; 1 is a Monday, so 7 and its multiples are Sundays.
fn day_number(day: Datum) -> i64 {
    i64::from(day.num_days_from_ce())
}

fn is_sunday(day: Datum) -> bool {
    day_number(day).rem_euclid(7) == 0
}

fn sundays_up_to(day: Datum) -> i64 {
    day_number(day).div_euclid(7)
}

/// Counts calendar weeks from Monday on: equal for two days exactly when ISO year and week are.
fn week_number(day: Datum) -> i64 {
    (day_number(day) - 1).div_euclid(7)
}

fn month_number(day: Datum) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn day(text: &str) -> Datum {
        text.parse().unwrap()
    }

    fn ruimte(volume: i64, eenheid: &str, frequentie: &str, from: &str, to: &str) -> Ruimte {
        Ruimte {
            omvang: ToegewezenOmvang {
                volume,
                eenheid: Eenheid::parse(eenheid).unwrap(),
                frequentie: Frequentie::parse(frequentie).unwrap(),
            },
            ingangsdatum: day(from),
            einddatum: (!to.is_empty()).then(|| day(to)),
            gebroken_maand: GebrokenMaand::Vol,
        }
    }

    /// Each period with the maximum that belongs to it.
    fn assert_periods(ruimte: Ruimte, expected: &[(&str, &str, i64)]) {
        for (begin, eind, maximum) in expected {
            assert_eq!(ruimte.maximum_in(day(begin), day(eind)), Some(*maximum), "{begin} {eind}");
        }
    }

    #[test]
    fn effort_per_week_counts_calendar_weeks_touched() {
        // IV076; in July the text says 9, its own method gives 12 (rulings 7).
        let summer = ruimte(3, "04", "2", "2025-07-07", "2025-09-07");
        assert_periods(
            summer,
            &[
                ("2025-07-07", "2025-07-31", 12),
                ("2025-08-01", "2025-08-31", 15),
                ("2025-09-01", "2025-09-07", 3),
            ],
        );
        assert_eq!(summer.maximum_in_total(), Some(27));
        // IV077; December runs from week 49 to week 1 of the next year (rulings 7).
        let autumn = ruimte(3, "04", "2", "2025-10-07", "2025-12-30");
        assert_periods(
            autumn,
            &[
                ("2025-10-07", "2025-10-31", 12),
                ("2025-11-01", "2025-11-30", 15),
                ("2025-12-01", "2025-12-30", 15),
            ],
        );
        assert_eq!(autumn.maximum_in_total(), Some(39));
        // IV078, first example; the text says 9 (rulings 7).
        let broken = ruimte(3, "04", "2", "2026-11-12", "2026-12-13");
        assert_periods(broken, &[("2026-11-12", "2026-11-30", 12)]);
    }

    #[test]
    fn output_per_week_counts_sundays_and_the_last_broken_week() {
        // IV076, both examples for output; amounts in eurocents.
        let on_sunday = ruimte(30_000, "83", "2", "2025-07-07", "2025-09-07");
        assert_periods(
            on_sunday,
            &[
                ("2025-07-07", "2025-07-31", 90_000),
                ("2025-08-01", "2025-08-31", 150_000),
                ("2025-09-01", "2025-09-07", 30_000),
            ],
        );
        let on_saturday = ruimte(30_000, "83", "2", "2025-07-07", "2025-09-06");
        assert_periods(
            on_saturday,
            &[
                ("2025-07-07", "2025-07-31", 90_000),
                ("2025-08-01", "2025-08-31", 180_000),
                ("2025-09-01", "2025-09-06", 0),
            ],
        );
        assert_eq!(on_saturday.maximum_in_total(), Some(270_000));
        // IV077, first example, from 7 October on (rulings 7).
        let first = ruimte(30_000, "83", "2", "2025-10-07", "2025-12-31");
        assert_periods(
            first,
            &[
                ("2025-10-07", "2025-10-31", 90_000),
                ("2025-11-01", "2025-11-30", 150_000),
                ("2025-12-01", "2025-12-31", 150_000),
            ],
        );
        // IV077, second example.
        let second = ruimte(30_000, "83", "2", "2025-07-07", "2025-09-05");
        assert_periods(
            second,
            &[("2025-07-07", "2025-07-31", 90_000), ("2025-08-01", "2025-08-31", 180_000)],
        );
    }

    #[test]
    fn frequencies_of_older_releases_count_what_is_touched() {
        // Monday 7 January 2019: blocks begin on 7 January, 4 February and 4 March.
        let blocks = ruimte(10, "04", "3", "2019-01-09", "2019-03-31");
        assert_periods(
            blocks,
            &[
                ("2019-01-09", "2019-01-31", 10),
                ("2019-02-01", "2019-02-28", 20),
                ("2019-02-04", "2019-03-03", 10),
                ("2019-03-01", "2019-03-31", 20),
            ],
        );
        assert_eq!(blocks.maximum_in_total(), Some(30));
        let years = ruimte(40, "04", "5", "2018-11-01", "2020-01-01");
        assert_periods(years, &[("2018-11-01", "2018-12-31", 40), ("2018-12-31", "2019-01-01", 80)]);
        assert_eq!(years.maximum_in_total(), Some(120));
    }

    #[test]
    fn an_output_assignment_without_sunday_has_its_one_week_where_it_ends() {
        let week = ruimte(1, "82", "2", "2025-09-29", "2025-10-04");
        assert_periods(week, &[("2025-09-29", "2025-09-30", 0), ("2025-10-01", "2025-10-04", 1)]);
        assert_eq!(week.maximum_in_total(), Some(1));
    }

    #[test]
    fn effort_per_month_is_whole_for_every_month_touched() {
        // IV078, second example.
        let months = ruimte(15, "04", "4", "2026-10-14", "2026-12-13");
        assert_periods(months, &[("2026-10-14", "2026-10-31", 15), ("2026-12-01", "2026-12-13", 15)]);
        assert_eq!(months.maximum_in_total(), Some(45));
    }

    #[test]
    fn a_broken_output_month_counts_as_the_contract_says() {
        // 14 October to 15 December: 18 of 31 days, all of November, 15 of 31 days.
        let of =
            |gebroken_maand| Ruimte { gebroken_maand, ..ruimte(1000, "83", "4", "2026-10-14", "2026-12-15") };
        let cases = [
            (GebrokenMaand::Vol, 1000, 1000, 3000),
            (GebrokenMaand::NaarRato, 581, 484, 2065),
            (GebrokenMaand::Geen, 0, 0, 1000),
            (GebrokenMaand::Gi, 0, 1000, 2000),
        ];
        for (setting, october, december, total) in cases {
            assert_periods(
                of(setting),
                &[
                    ("2026-10-14", "2026-10-31", october),
                    ("2026-11-01", "2026-11-30", 1000),
                    ("2026-12-01", "2026-12-15", december),
                ],
            );
            assert_eq!(of(setting).maximum_in_total(), Some(total), "{setting}");
        }
    }

    #[test]
    fn an_output_month_broken_at_both_ends_counts_once() {
        let of = |from, to, gebroken_maand| Ruimte { gebroken_maand, ..ruimte(30, "82", "4", from, to) };
        let within = |setting| of("2026-04-05", "2026-04-14", setting).maximum_in_total();
        assert_eq!(within(GebrokenMaand::Vol), Some(30));
        assert_eq!(within(GebrokenMaand::NaarRato), Some(10));
        assert_eq!(within(GebrokenMaand::Geen), Some(0));
        // Its one month is the last: payable once (rulings 5.5), whichever days of it are claimed.
        assert_eq!(within(GebrokenMaand::Gi), Some(30));
        for (from, to) in
            [("2026-04-05", "2026-04-05"), ("2026-04-05", "2026-04-30"), ("2026-04-30", "2026-04-30")]
        {
            let measure = of(from, to, GebrokenMaand::Gi);
            assert_periods(measure, &[("2026-04-01", "2026-04-30", 30), (from, to, 30)]);
            assert_eq!(measure.maximum_in_total(), Some(30), "{from} {to}");
        }
        let two_months = of("2026-04-05", "2026-05-02", GebrokenMaand::Gi);
        assert_periods(two_months, &[("2026-04-05", "2026-04-30", 0), ("2026-05-01", "2026-05-02", 30)]);
        let open = Ruimte { einddatum: None, ..two_months };
        assert_periods(open, &[("2026-04-05", "2026-04-30", 0)]);
        let ends_only = of("2026-04-01", "2026-04-14", GebrokenMaand::Gi);
        assert_eq!(ends_only.maximum_in_total(), Some(30));
        let whole = of("2026-04-01", "2026-04-30", GebrokenMaand::Geen);
        assert_eq!(whole.maximum_in_total(), Some(30));
    }

    #[test]
    fn per_day_counts_days_and_the_total_counts_once() {
        let daily = ruimte(2, "04", "1", "2025-01-30", "2025-02-02");
        assert_periods(daily, &[("2025-01-01", "2025-01-31", 4), ("2025-02-01", "2025-02-28", 4)]);
        assert_eq!(daily.maximum_in_total(), Some(8));
        let total = ruimte(100, "04", "6", "2025-01-01", "");
        assert_periods(total, &[("2025-03-01", "2025-03-31", 100)]);
        assert_eq!(total.maximum_in_total(), Some(100));
    }

    #[test]
    fn without_last_day_only_periods_have_a_maximum() {
        let open = ruimte(10, "04", "4", "2025-01-01", "");
        assert_eq!(open.maximum_in(day("2025-03-01"), day("2025-03-31")), Some(10));
        assert_eq!(open.maximum_in_total(), None);
    }

    #[test]
    fn a_period_outside_the_assignment_has_no_maximum() {
        let spring = ruimte(10, "04", "4", "2025-03-01", "2025-05-31");
        assert_eq!(spring.maximum_in(day("2025-02-01"), day("2025-02-28")), None);
        assert_eq!(spring.maximum_in(day("2025-06-01"), day("2025-06-30")), None);
    }

    fn any_ruimte() -> impl Strategy<Value = Ruimte> {
        (
            0..40_000_i64,
            0..500_i64,
            proptest::sample::select(Eenheid::ALL),
            proptest::sample::select(Frequentie::ALL),
            proptest::sample::select(GebrokenMaand::ALL),
            1..1000_i64,
        )
            .prop_map(|(start, length, eenheid, frequentie, gebroken_maand, volume)| {
                let ingangsdatum = day("1990-01-01") + chrono::TimeDelta::days(start);
                Ruimte {
                    omvang: ToegewezenOmvang { volume, eenheid, frequentie },
                    ingangsdatum,
                    einddatum: Some(ingangsdatum + chrono::TimeDelta::days(length)),
                    gebroken_maand,
                }
            })
    }

    /// The calendar months of an assignment.
    fn months(ruimte: &Ruimte) -> Vec<(Datum, Datum)> {
        let end = ruimte.einddatum.unwrap();
        let mut months = Vec::new();
        let mut begin = ruimte.ingangsdatum;
        while begin <= end {
            let last = last_of_month(begin);
            months.push((begin, last.min(end)));
            begin = last.succ_opt().unwrap();
        }
        months
    }

    proptest! {
        #[test]
        fn weeks_touched_are_the_distinct_iso_weeks(mut ruimte in any_ruimte()) {
            ruimte.omvang.eenheid = Eenheid::Uur;
            ruimte.omvang.frequentie = Frequentie::PerWeek;
            let weeks: BTreeSet<_> = ruimte
                .ingangsdatum
                .iter_days()
                .take_while(|day| *day <= ruimte.einddatum.unwrap())
                .map(|day| (day.iso_week().year(), day.iso_week().week()))
                .collect();
            let expected = ruimte.omvang.volume * i64::try_from(weeks.len()).unwrap();
            prop_assert_eq!(ruimte.maximum_in_total(), Some(expected));
        }

        #[test]
        fn months_together_give_the_total_except_for_weeks_of_effort(ruimte in any_ruimte()) {
            let sum: i64 =
                months(&ruimte).iter().filter_map(|(begin, eind)| ruimte.maximum_in(*begin, *eind)).sum();
            let total = ruimte.maximum_in_total().unwrap();
            match (ruimte.omvang.frequentie, is_output(ruimte.omvang.eenheid)) {
                (Frequentie::TotaalBinnenGeldigheidsduur, _) => prop_assert_eq!(total, ruimte.omvang.volume),
                // A week over the end of a month counts in both months, but once in total (IV077).
                (Frequentie::PerWeek, false) => prop_assert!(sum >= total),
                // So does a block of weeks, and a year in each of its months.
                (Frequentie::PerVierWeken | Frequentie::PerJaar, _) => prop_assert!(sum >= total),
                _ => prop_assert_eq!(sum, total),
            }
        }
    }
}
