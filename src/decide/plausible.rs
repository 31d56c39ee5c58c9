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

/// Nights that a child was somewhere, within a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verblijf {
    /// First day of the period.
    pub begin: Datum,
    /// Last day, inclusive.
    pub eind: Datum,
    /// Nights.
    pub nachten: i64,
}

impl Verblijf {
    /// The nights of a line; none when it is about something else.
    #[must_use]
    pub fn of(line: &GeboektePrestatie) -> Option<Self> {
        let nachten = (line.eenheid == Eenheid::Etmaal).then_some(line.volume)?;
        Some(Self { begin: line.begin, eind: line.eind, nachten })
    }
}

/// Nights of one child, summed by period: a claim has many lines and few periods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nachten(BTreeMap<(Datum, Datum), i64>);

impl Nachten {
    /// More nights, or less of them.
    pub fn add(&mut self, verblijf: Verblijf) {
        let nights = self.0.entry((verblijf.begin, verblijf.eind)).or_default();
        *nights = nights.saturating_add(verblijf.nachten);
    }

    /// Whether no stretch of days with these in it holds more nights than it has days: only such stretches became
    /// fuller by them. Looked at are periods that begin around theirs, whatever else is known: the same facts always.
    #[must_use]
    pub fn has_room_around(&self, own: Verblijf) -> bool {
        let (earliest, latest) = window(own.begin, own.eind);
        let around = self.0.iter().filter(|((begin, _), _)| (earliest..=latest).contains(begin));
        let around = Self(around.map(|(periode, nights)| (*periode, *nights)).collect());
        let first_days: BTreeSet<Datum> =
            around.0.keys().map(|(begin, _)| *begin).filter(|begin| *begin <= own.begin).collect();
        let last_days: BTreeSet<Datum> =
            around.0.keys().map(|(_, eind)| *eind).filter(|eind| own.eind <= *eind).collect();
        let fits = |first: Datum, last: Datum| around.within(first, last) <= days(first, last);
        first_days.iter().all(|first| last_days.iter().all(|last| fits(*first, *last)))
    }

    /// Whether all of them can lie apart. For periods it is enough that no stretch is too full.
    #[must_use]
    pub fn can_lie_apart(&self) -> bool {
        let last_days: BTreeSet<Datum> = self.0.keys().map(|(_, eind)| *eind).collect();
        self.0
            .keys()
            .all(|(first, _)| last_days.iter().all(|last| self.within(*first, *last) <= days(*first, *last)))
    }

    fn within(&self, first: Datum, last: Datum) -> i64 {
        let within = self.0.range((first, first)..).take_while(|((begin, _), _)| *begin <= last);
        within.filter(|((_, eind), _)| *eind <= last).map(|(_, nights)| *nights).fold(0, i64::saturating_add)
    }
}

impl FromIterator<Verblijf> for Nachten {
    fn from_iter<I: IntoIterator<Item = Verblijf>>(verblijven: I) -> Self {
        let mut all = Self::default();
        for verblijf in verblijven {
            all.add(verblijf);
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
pub fn granted_nights(bsn: Bsn, known: &WorkingSet) -> Nachten {
    let lines = known.nachten.get(&bsn).into_iter().flatten();
    let lines = lines.filter_map(|(aanbieder, reference)| known.prestaties.get(*aanbieder, reference));
    lines.filter(|line| line.is_open_debet()).filter_map(Verblijf::of).collect()
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
    let nachten: Nachten = lines.iter().filter_map(|line| Verblijf::of(line)).collect();
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

    fn verblijf(begin: &str, eind: &str, nachten: i64) -> Verblijf {
        Verblijf { begin: begin.parse().unwrap(), eind: eind.parse().unwrap(), nachten }
    }

    #[test]
    fn nights_at_two_places_may_lie_apart_within_their_periods() {
        let can_lie_apart =
            |verblijven: &[Verblijf]| verblijven.iter().copied().collect::<Nachten>().can_lie_apart();
        let february = |nachten| verblijf("2026-02-01", "2026-02-28", nachten);
        assert!(can_lie_apart(&[february(10), february(18)]));
        assert!(!can_lie_apart(&[february(10), february(19)]));
        // Two weeks that overlap by one day.
        let weeks = [verblijf("2026-02-01", "2026-02-07", 7), verblijf("2026-02-07", "2026-02-13", 7)];
        assert!(!can_lie_apart(&weeks));
        let weeks = [verblijf("2026-02-01", "2026-02-07", 7), verblijf("2026-02-07", "2026-02-13", 6)];
        assert!(can_lie_apart(&weeks));
    }

    #[test]
    fn only_what_made_a_stretch_too_full_is_beyond_it() {
        let mut nachten: Nachten = [verblijf("2026-02-01", "2026-02-02", 3)].into_iter().collect();
        let later = verblijf("2026-02-10", "2026-02-11", 2);
        nachten.add(later);
        assert!(nachten.has_room_around(later) && !nachten.can_lie_apart());
        // What was taken back leaves room.
        let mut nachten: Nachten =
            [verblijf("2026-02-02", "2026-02-03", 2), verblijf("2026-02-03", "2026-02-03", 1)]
                .into_iter()
                .collect();
        let own = verblijf("2026-02-01", "2026-02-03", 1);
        nachten.add(own);
        assert!(!nachten.has_room_around(own));
        nachten.add(verblijf("2026-02-03", "2026-02-03", -1));
        assert!(nachten.has_room_around(own));
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
