//! Whether what is claimed can have happened (rulings 8.12): more days than a period has, more hours than a day has,
//! and nights of one child at two places.

use crate::codes::{Bsn, Datum, Eenheid};
use crate::contracts::{Gevolg, Register};
use crate::state::{GeboektePrestatie, WorkingSet};
use chrono::Days;

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

/// Whether all of these can lie apart: no stretch of days must hold more nights than it has days. For periods that is
/// enough.
#[must_use]
pub fn can_lie_apart(verblijven: &[Verblijf]) -> bool {
    verblijven.iter().all(|first| {
        verblijven.iter().all(|last| {
            let within = verblijven.iter().filter(|one| first.begin <= one.begin && one.eind <= last.eind);
            let nights: i64 = within.map(|one| one.nachten).fold(0, i64::saturating_add);
            nights <= days(first.begin, last.eind)
        })
    })
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
    (bsn, begin.checked_sub_days(Days::new(LONGEST_PERIOD_DAYS)).unwrap_or(begin), eind)
}

/// That these nights cannot lie apart, in Dutch: which lines, by assignment and period.
#[must_use]
pub fn not_apart(lines: &[&GeboektePrestatie]) -> Option<String> {
    let verblijven: Vec<Verblijf> = lines.iter().filter_map(|line| Verblijf::of(line)).collect();
    if lines.len() < 2 || can_lie_apart(&verblijven) {
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
