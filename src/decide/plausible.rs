//! Plausibility of what is claimed (rulings 8.12): more days than a period has, more hours than a day has, and nights
//! of one child at two places.

use crate::codes::{Bsn, Datum, Eenheid};
use crate::contracts::{Gevolg, Register};
use crate::decide::limits::Sleutel;
use crate::state::{GeboektePrestatie, WorkingSet};
use chrono::Days;
use std::collections::{BTreeMap, BTreeSet};

/// What a held line names beside the ids of limits.
pub const ID: &str = "aannemelijkheid";
/// Days on either side of a period in which lines begin that may have to do with it.
const LONGEST_PERIOD_DAYS: u64 = 31;
/// Minutes of a day.
const DAG_IN_MINUTEN: i64 = 24 * 60;

/// A volume that lies somewhere within a period: nights of a child, or what was claimed on an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deel {
    /// First day of the period.
    pub begin: Datum,
    /// Last day, inclusive.
    pub eind: Datum,
    /// In one unit.
    pub volume: i64,
}

impl Deel {
    /// The nights of a line; none when it is about something else.
    #[must_use]
    pub fn nights(line: &GeboektePrestatie) -> Option<Self> {
        let volume = (line.eenheid == Eenheid::Etmaal).then_some(line.volume)?;
        Some(Self { begin: line.begin, eind: line.eind, volume })
    }
}

/// Volumes summed by period: a claim has many lines and few periods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdeling(BTreeMap<(Datum, Datum), i64>);

impl Verdeling {
    /// More, or less of it.
    pub fn add(&mut self, deel: Deel) {
        let volume = self.0.entry((deel.begin, deel.eind)).or_default();
        *volume = volume.saturating_add(deel.volume);
    }

    /// Whether each night of a line that is in it has a day of its own, as far as the others leave it one. Where it has, what
    /// is too much is no fault of this line: it was before it, or would be without it. Looked at are periods that begin around
    /// its own, whatever else is known: the same facts always.
    #[must_use]
    pub fn has_days_for(&self, own: Deel) -> bool {
        let (earliest, latest) = window(own.begin, own.eind);
        let around = self.0.iter().filter(|((begin, _), _)| (earliest..=latest).contains(begin));
        let mut around = Self(around.map(|(periode, nights)| (*periode, *nights)).collect());
        let with_it = around.without_a_day();
        around.add(Deel { volume: -own.volume, ..own });
        with_it == around.without_a_day()
    }

    /// How many nights have no day of their own, however they are laid: a day has one night. Each day takes one of the
    /// period that ends first, which leaves the least without.
    fn without_a_day(&self) -> i64 {
        let mut left: BTreeMap<(Datum, Datum), i64> = BTreeMap::new();
        let mut later = self.0.iter().filter(|(_, nights)| **nights > 0).peekable();
        let mut without: i64 = 0;
        let mut day = Datum::MIN;
        while let Some(first) =
            later.peek().map(|((begin, _), _)| *begin).or((!left.is_empty()).then_some(day))
        {
            day = if left.is_empty() { first } else { day };
            while let Some(((begin, eind), nights)) = later.next_if(|((begin, _), _)| *begin <= day) {
                left.insert((*eind, *begin), *nights);
            }
            while let Some(ended) = left.first_entry().filter(|ended| ended.key().0 < day) {
                without = without.saturating_add(ended.remove());
            }
            if let Some(mut next) = left.first_entry() {
                *next.get_mut() -= 1;
                if *next.get() == 0 {
                    next.remove();
                }
            }
            let Some(tomorrow) = day.succ_opt() else { break };
            day = tomorrow;
        }
        without
    }

    /// Whether no stretch of days with this in it holds more than it has room for.
    pub fn has_room(&self, own: Deel, room: impl Fn(Datum, Datum) -> i64) -> bool {
        let first_days: BTreeSet<Datum> =
            self.0.keys().map(|(begin, _)| *begin).filter(|begin| *begin <= own.begin).collect();
        let last_days: BTreeSet<Datum> =
            self.0.keys().map(|(_, eind)| *eind).filter(|eind| own.eind <= *eind).collect();
        let fits = |first: Datum, last: Datum| self.within(first, last) <= room(first, last);
        first_days.iter().all(|first| last_days.iter().all(|last| fits(*first, *last)))
    }

    fn within(&self, first: Datum, last: Datum) -> i64 {
        let within = self.0.range((first, first)..).take_while(|((begin, _), _)| *begin <= last);
        within.filter(|((_, eind), _)| *eind <= last).map(|(_, volume)| *volume).fold(0, i64::saturating_add)
    }
}

impl FromIterator<Deel> for Verdeling {
    fn from_iter<I: IntoIterator<Item = Deel>>(delen: I) -> Self {
        let mut all = Self::default();
        for deel in delen {
            all.add(deel);
        }
        all
    }
}

/// More than the days of its own period allow, in Dutch.
#[must_use]
pub fn too_much(begin: Datum, eind: Datum, eenheid: Eenheid, volume: i64) -> Option<String> {
    let days = days(begin, eind);
    let hours = || format!("{volume} {} in {days} dagen is meer dan 24 uur per dag", eenheid_naam(eenheid));
    match eenheid {
        Eenheid::Etmaal if volume > days => Some(format!("{volume} etmalen in een periode van {days} dagen")),
        Eenheid::Minuut if volume > days.saturating_mul(DAG_IN_MINUTEN) => Some(hours()),
        Eenheid::Uur if volume.saturating_mul(60) > days.saturating_mul(DAG_IN_MINUTEN) => Some(hours()),
        _ => None,
    }
}

const fn eenheid_naam(eenheid: Eenheid) -> &'static str {
    match eenheid {
        Eenheid::Minuut => "minuten",
        _ => "uur",
    }
}

fn days(begin: Datum, eind: Datum) -> i64 {
    ((eind - begin).num_days() + 1).max(0)
}

/// All granted and not credited nights of a child that are known.
#[must_use]
pub fn granted_nights(bsn: Bsn, known: &WorkingSet) -> Verdeling {
    open_nights(bsn, known).filter_map(Deel::nights).collect()
}

/// Their lines, as far as they are granted and not credited.
fn open_nights(bsn: Bsn, known: &WorkingSet) -> impl Iterator<Item = &GeboektePrestatie> {
    let lines = known.nachten.get(&bsn).into_iter().flatten();
    let lines = lines.filter_map(|(aanbieder, reference)| known.prestaties.get(*aanbieder, reference));
    lines.filter(|line| line.is_open_debet() && line.eenheid == Eenheid::Etmaal)
}

/// The first days of lines that may leave a period no days: a line is about one month at most (IV076). One that begins after
/// it does when another lies over the end of it.
#[must_use]
pub fn around(bsn: Bsn, begin: Datum, eind: Datum) -> (Bsn, Datum, Datum) {
    let (earliest, latest) = window(begin, eind);
    (bsn, earliest, latest)
}

fn window(begin: Datum, eind: Datum) -> (Datum, Datum) {
    let days = Days::new(LONGEST_PERIOD_DAYS);
    (begin.checked_sub_days(days).unwrap_or(begin), eind.checked_add_days(days).unwrap_or(eind))
}

/// That nights claimed on an assignment for a period have no days of their own beside the others of the child, in Dutch:
/// which lines, by assignment and period.
#[must_use]
pub fn not_apart(
    bsn: Bsn,
    sleutel: Sleutel,
    (begin, eind): (Datum, Datum),
    known: &WorkingSet,
) -> Option<String> {
    let own = open_nights(bsn, known).filter(|line| {
        ((line.relatie.gemeente, line.toewijzing), line.begin, line.eind) == (sleutel, begin, eind)
    });
    let own = Deel { begin, eind, volume: own.map(|line| line.volume).fold(0, i64::saturating_add) };
    if granted_nights(bsn, known).has_days_for(own) {
        return None;
    }
    let mut lines = together(begin, eind, open_nights(bsn, known).collect());
    lines.sort_by(|one, two| {
        (one.begin, one.eind, &one.referentie).cmp(&(two.begin, two.eind, &two.referentie))
    });
    if lines.len() < 2 {
        return None;
    }
    let named = lines.iter().map(|line| {
        let GeboektePrestatie { relatie, toewijzing, volume, begin, eind, .. } = line;
        format!(
            "{volume} etmalen van {begin} t/m {eind} op toewijzing {toewijzing} (gemeente {}, aanbieder {})",
            relatie.gemeente, relatie.aanbieder
        )
    });
    let named: Vec<String> = named.collect();
    Some(format!(
        "telt nachten van een kind dubbel: {}. Zij kunnen niet op verschillende dagen liggen.",
        named.join("; ")
    ))
}

/// The lines with days in common with a period, and those with days in common with them.
fn together(mut begin: Datum, mut eind: Datum, lines: Vec<&GeboektePrestatie>) -> Vec<&GeboektePrestatie> {
    let (mut found, mut apart) = (Vec::new(), lines);
    loop {
        let (more, rest): (Vec<_>, Vec<_>) =
            apart.into_iter().partition(|line| line.begin <= eind && begin <= line.eind);
        if more.is_empty() {
            return found;
        }
        begin = more.iter().map(|line| line.begin).fold(begin, Datum::min);
        eind = more.iter().map(|line| line.eind).fold(eind, Datum::max);
        found.extend(more);
        apart = rest;
    }
}

/// Whether what is not plausible is told, behind the commit.
#[must_use]
pub fn is_signalled(register: &Register) -> bool {
    register.regio().bewaking.plausibiliteit == Gevolg::Signal
}

/// Whether the payment of what is not plausible waits.
#[must_use]
pub fn holds(register: &Register) -> bool {
    register.regio().bewaking.plausibiliteit == Gevolg::Hold
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nights(begin: &str, eind: &str, volume: i64) -> Deel {
        Deel { begin: begin.parse().unwrap(), eind: eind.parse().unwrap(), volume }
    }

    fn without_a_day(all: &[Deel]) -> i64 {
        all.iter().copied().collect::<Verdeling>().without_a_day()
    }

    #[test]
    fn nights_at_two_places_may_lie_apart_within_their_periods() {
        let february = |volume| nights("2026-02-01", "2026-02-28", volume);
        assert_eq!(without_a_day(&[february(10), february(18)]), 0);
        assert_eq!(without_a_day(&[february(10), february(19)]), 1);
        // Two weeks that overlap by one day.
        let (first, second) = (nights("2026-02-01", "2026-02-07", 7), nights("2026-02-07", "2026-02-13", 7));
        assert_eq!(without_a_day(&[first, second]), 1);
        assert_eq!(without_a_day(&[first, nights("2026-02-07", "2026-02-13", 6)]), 0);
        // Days between two periods are nobody's.
        assert_eq!(
            without_a_day(&[nights("2026-02-01", "2026-02-02", 3), nights("2026-02-09", "2026-02-10", 2)]),
            1
        );
    }

    /// Whether the last of them is at fault.
    fn has_days_for_the_last(all: &[Deel]) -> bool {
        all.iter().copied().collect::<Verdeling>().has_days_for(*all.last().unwrap())
    }

    #[test]
    fn only_what_has_no_day_of_its_own_is_beyond() {
        let crowded = nights("2026-02-01", "2026-02-02", 3);
        assert!(has_days_for_the_last(&[crowded, nights("2026-02-10", "2026-02-11", 2)]));
        // The month before is too full by itself.
        let march = nights("2026-03-01", "2026-03-31", 60);
        assert!(has_days_for_the_last(&[march, nights("2026-04-01", "2026-04-30", 25)]));
        assert!(!has_days_for_the_last(&[nights("2026-04-01", "2026-04-30", 25), march]));
        // Two others are too many by themselves, and leave it the first day.
        let others = [nights("2026-02-02", "2026-02-03", 2), nights("2026-02-03", "2026-02-03", 1)];
        let own = |volume| nights("2026-02-01", "2026-02-03", volume);
        assert!(has_days_for_the_last(&[others[0], others[1], own(1)]));
        assert!(!has_days_for_the_last(&[others[0], others[1], own(2)]));
    }

    #[test]
    fn what_begins_after_a_line_leaves_it_no_days_either() {
        let all = [nights("2026-03-11", "2026-03-31", 21), nights("2026-03-05", "2026-03-31", 6)];
        assert!(!has_days_for_the_last(&[all[0], all[1], nights("2026-03-01", "2026-03-10", 10)]));
        assert!(has_days_for_the_last(&[all[1], nights("2026-03-01", "2026-03-10", 10)]));
    }

    #[test]
    fn a_day_has_twenty_four_hours() {
        let day = "2026-02-01".parse().unwrap();
        assert!(too_much(day, day, Eenheid::Uur, 24).is_none());
        assert!(too_much(day, day, Eenheid::Uur, 25).is_some());
        assert!(too_much(day, day, Eenheid::Minuut, 1_440).is_none());
        assert!(too_much(day, day, Eenheid::Minuut, 1_441).is_some());
        assert!(too_much(day, day, Eenheid::Etmaal, 2).is_some());
        assert!(too_much(day, day, Eenheid::StuksInspanning, 99).is_none());
    }
}
