//! Plausibility of what is claimed (rulings 8.12): more days than a period has, more hours than a day has, and nights
//! of one child at two places.

use crate::codes::{Bsn, Datum, Eenheid};
use crate::contracts::{Gevolg, Register};
use crate::state::{GeboektePrestatie, WorkingSet};
use chrono::Days;
use std::collections::{BTreeMap, BTreeSet};

/// What a held line names beside the ids of limits.
pub const ID: &str = "aannemelijkheid";
/// Days before a period in which lines may begin that reach into it.
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

    /// Whether no stretch of days with these in it holds more nights than it has days: only such stretches became
    /// fuller by them. Looked at are periods that begin around theirs, whatever else is known: the same facts always.
    #[must_use]
    pub fn has_nights_around(&self, own: Deel) -> bool {
        let (earliest, latest) = window(own.begin, own.eind);
        let around = self.0.iter().filter(|((begin, _), _)| (earliest..=latest).contains(begin));
        Self(around.map(|(periode, nights)| (*periode, *nights)).collect()).has_room(own, days)
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

    /// Whether all nights can lie apart. For periods it is enough that no stretch is too full.
    #[must_use]
    pub fn can_lie_apart(&self) -> bool {
        let last_days: BTreeSet<Datum> = self.0.keys().map(|(_, eind)| *eind).collect();
        self.0
            .keys()
            .all(|(first, _)| last_days.iter().all(|last| self.within(*first, *last) <= days(*first, *last)))
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
    let lines = known.nachten.get(&bsn).into_iter().flatten();
    let lines = lines.filter_map(|(aanbieder, reference)| known.prestaties.get(*aanbieder, reference));
    lines.filter(|line| line.is_open_debet()).filter_map(Deel::nights).collect()
}

/// Granted and not credited nights of a child that fall in a period with days of these, in order of period and
/// reference.
#[must_use]
pub fn nights_of(bsn: Bsn, begin: Datum, eind: Datum, known: &WorkingSet) -> Vec<&GeboektePrestatie> {
    let lines = known.nachten.get(&bsn).into_iter().flatten();
    let lines = lines.filter_map(|(aanbieder, reference)| known.prestaties.get(*aanbieder, reference));
    let mut lines: Vec<&GeboektePrestatie> =
        lines.filter(|line| line.is_open_debet() && line.begin <= eind && begin <= line.eind).collect();
    lines.sort_by(|one, two| {
        (one.begin, one.eind, &one.referentie).cmp(&(two.begin, two.eind, &two.referentie))
    });
    lines
}

/// The first days of lines that may have days in common with a period: a line is about one month at most (IV076).
#[must_use]
pub fn around(bsn: Bsn, begin: Datum, eind: Datum) -> (Bsn, Datum, Datum) {
    let (earliest, latest) = window(begin, eind);
    (bsn, earliest, latest)
}

fn window(begin: Datum, eind: Datum) -> (Datum, Datum) {
    (begin.checked_sub_days(Days::new(LONGEST_PERIOD_DAYS)).unwrap_or(begin), eind)
}

/// That these nights cannot lie apart, in Dutch: which lines, by assignment and period.
#[must_use]
pub fn not_apart(lines: &[&GeboektePrestatie]) -> Option<String> {
    let nachten: Verdeling = lines.iter().filter_map(|line| Deel::nights(line)).collect();
    if lines.len() < 2 || nachten.can_lie_apart() {
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

    #[test]
    fn nights_at_two_places_may_lie_apart_within_their_periods() {
        let can_lie_apart = |all: &[Deel]| all.iter().copied().collect::<Verdeling>().can_lie_apart();
        let february = |volume| nights("2026-02-01", "2026-02-28", volume);
        assert!(can_lie_apart(&[february(10), february(18)]));
        assert!(!can_lie_apart(&[february(10), february(19)]));
        // Two weeks that overlap by one day.
        let weeks = [nights("2026-02-01", "2026-02-07", 7), nights("2026-02-07", "2026-02-13", 7)];
        assert!(!can_lie_apart(&weeks));
        let weeks = [nights("2026-02-01", "2026-02-07", 7), nights("2026-02-07", "2026-02-13", 6)];
        assert!(can_lie_apart(&weeks));
    }

    #[test]
    fn only_what_made_a_stretch_too_full_is_beyond_it() {
        let mut nachten: Verdeling = [nights("2026-02-01", "2026-02-02", 3)].into_iter().collect();
        let later = nights("2026-02-10", "2026-02-11", 2);
        nachten.add(later);
        assert!(nachten.has_nights_around(later) && !nachten.can_lie_apart());
        // What was taken back leaves room.
        let mut nachten: Verdeling =
            [nights("2026-02-02", "2026-02-03", 2), nights("2026-02-03", "2026-02-03", 1)]
                .into_iter()
                .collect();
        let own = nights("2026-02-01", "2026-02-03", 1);
        nachten.add(own);
        assert!(!nachten.has_nights_around(own));
        nachten.add(nights("2026-02-03", "2026-02-03", -1));
        assert!(nachten.has_nights_around(own));
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
