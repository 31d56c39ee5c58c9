//! Days, weeks and months, counted one by one (IV076, IV077, IV078).

use super::spec::{Dag, Omvang};
use chrono::{Datelike, Weekday};
use std::collections::BTreeSet;

/// Every day from the first up to and including the last.
fn days(from: Dag, to: Dag) -> Vec<Dag> {
    from.iter_days().take_while(|day| *day <= to).collect()
}

/// Units of effort; the others that occur here are output (rulings 5.6).
pub fn effort(eenheid: &str) -> bool {
    matches!(eenheid, "01" | "04" | "14" | "16" | "84")
}

/// How many times the volume of the frequency fits in these days of an assignment (rulings 5.5); `gi` is its first day
/// when the contract pays months as certified institutions are paid.
fn times(omvang: Omvang, days: &[Dag], assignment: &[Dag], einde: Option<Dag>, gi: Option<Dag>) -> usize {
    match omvang.frequentie {
        "1" => days.len(),
        "2" if effort(omvang.eenheid) => {
            let week = |day: &Dag| (day.iso_week().year(), day.iso_week().week());
            days.iter().map(week).collect::<BTreeSet<_>>().len()
        }
        "2" => {
            let sundays = days.iter().filter(|day| day.weekday() == Weekday::Sun).count();
            // Without any Sunday the one week that was assigned is claimed where it ends.
            let last_sunday =
                assignment.iter().rfind(|day| day.weekday() == Weekday::Sun).or(assignment.last());
            let broken = einde.is_some_and(|einde| einde.weekday() != Weekday::Sun);
            sundays + usize::from(broken && last_sunday.is_some_and(|sunday| days.contains(sunday)))
        }
        "4" if !effort(omvang.eenheid) && gi.is_some() => {
            // The month in which a measure begins after the first is not claimed, unless it ends in it.
            let month = |day: Dag| (day.year(), day.month());
            let first = gi.filter(|ingang| {
                ingang.day() > 1 && einde.is_none_or(|einde| month(einde) != month(*ingang))
            });
            let months: BTreeSet<_> = days.iter().map(|day| month(*day)).collect();
            months.into_iter().filter(|one| first.is_none_or(|ingang| month(ingang) != *one)).count()
        }
        "4" => days.iter().map(|day| (day.year(), day.month())).collect::<BTreeSet<_>>().len(),
        _ => 1,
    }
}

/// In the smallest unit that is summed: minutes for hours, else the unit itself.
pub fn minutes(volume: i64, eenheid: &str) -> i64 {
    if eenheid == "04" { volume * 60 } else { volume }
}

/// The most that one line over these days may have; `None` when they share no day with the assignment.
pub fn most_in_period(
    omvang: Omvang,
    (ingang, einde): (Dag, Option<Dag>),
    (begin, eind): (Dag, Dag),
    gi: bool,
) -> Option<i64> {
    let until = einde.map_or(eind, |einde| einde.min(eind));
    let shared = days(begin.max(ingang), until);
    if shared.is_empty() {
        return None;
    }
    let whole = einde.map_or_else(Vec::new, |einde| days(ingang, einde));
    let times = i64::try_from(times(omvang, &shared, &whole, einde, gi.then_some(ingang))).unwrap();
    Some(minutes(omvang.volume, omvang.eenheid) * times)
}

/// The most over the whole assignment; `None` when it has no end and is no total.
pub fn most_in_all(omvang: Omvang, ingang: Dag, einde: Option<Dag>, gi: bool) -> Option<i64> {
    if omvang.frequentie == "6" {
        return Some(minutes(omvang.volume, omvang.eenheid));
    }
    let whole = days(ingang, einde?);
    let times = i64::try_from(times(omvang, &whole, &whole, einde, gi.then_some(ingang))).unwrap();
    Some(minutes(omvang.volume, omvang.eenheid) * times)
}
