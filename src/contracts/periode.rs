//! A period of days.

use crate::codes::Datum;
use std::fmt;

/// From one day up to and including another; an absent end has no limit.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Periode {
    /// First day; absent means since ever.
    pub van: Option<Datum>,
    /// Last day, inclusive; absent means until further notice.
    pub tot: Option<Datum>,
}

impl Periode {
    /// Every day there is.
    pub const ALTIJD: Self = Self { van: None, tot: None };

    /// From a day, up to and including another or without end.
    #[must_use]
    pub const fn of(van: Datum, tot: Option<Datum>) -> Self {
        Self { van: Some(van), tot }
    }

    /// One day.
    #[must_use]
    pub const fn dag(datum: Datum) -> Self {
        Self { van: Some(datum), tot: Some(datum) }
    }

    /// Whether the day lies in it.
    #[must_use]
    pub fn contains(&self, datum: Datum) -> bool {
        self.van.is_none_or(|van| van <= datum) && self.tot.is_none_or(|tot| datum <= tot)
    }

    /// Whether the two share a day.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.intersection(other).is_some()
    }

    /// The days that both have; none when they share no day.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let van = match (self.van, other.van) {
            (Some(one), Some(two)) => Some(one.max(two)),
            (one, two) => one.or(two),
        };
        let tot = match (self.tot, other.tot) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        let both = Self { van, tot };
        both.has_days().then_some(both)
    }

    /// Whether it has a day at all: the last is not before the first.
    #[must_use]
    pub fn has_days(&self) -> bool {
        match (self.van, self.tot) {
            (Some(van), Some(tot)) => van <= tot,
            _ => true,
        }
    }
}

impl fmt::Display for Periode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.van, self.tot) {
            (None, None) => f.pad("altijd"),
            (Some(van), None) => f.pad(&format!("vanaf {van}")),
            (None, Some(tot)) => f.pad(&format!("t/m {tot}")),
            (Some(van), Some(tot)) => f.pad(&format!("{van} t/m {tot}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Datum {
        text.parse().unwrap()
    }

    #[test]
    fn both_ends_are_inclusive() {
        let jaar = Periode::of(day("2025-01-01"), Some(day("2025-12-31")));
        assert!(jaar.contains(day("2025-01-01")) && jaar.contains(day("2025-12-31")));
        assert!(!jaar.contains(day("2024-12-31")) && !jaar.contains(day("2026-01-01")));
        assert!(jaar.overlaps(&Periode::dag(day("2025-12-31"))));
        assert!(!jaar.overlaps(&Periode::of(day("2026-01-01"), None)));
    }

    #[test]
    fn an_absent_end_is_no_limit() {
        assert!(Periode::ALTIJD.contains(day("0001-01-01")));
        let open = Periode::of(day("2025-01-01"), None);
        let tot = Periode { van: None, tot: Some(day("2025-06-30")) };
        assert_eq!(open.intersection(&tot), Some(Periode::of(day("2025-01-01"), Some(day("2025-06-30")))));
    }
}
