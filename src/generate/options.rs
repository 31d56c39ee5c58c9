//! Options: what can be chosen.

use super::random::WHOLE;
use super::region::{MAX_AANBIEDERS, MAX_GEMEENTEN};
use super::releases::ReleasesByDay;
use crate::codes::Datum;
use chrono::{Datelike, NaiveDate};

/// Most clients: so many test numbers pass the eleven test, some left for clients nobody knows.
const MAX_CLIENTS: u32 = 90_000;
/// Most months.
const MAX_MONTHS: u32 = 120;
/// First year of care under the Jeugdwet (CS328); before 2021 only in a release that has JW303.
const EERSTE_JAAR: i32 = 2015;
/// Last year that may be asked for, so that no date leaves four digits.
const LAATSTE_JAAR: i32 = 2199;

/// What the traffic looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Where all chance comes from.
    pub seed: u64,
    /// Young people.
    pub clients: u32,
    pub months: u32,
    /// First day of the first month.
    pub start: Datum,
    pub gemeenten: u32,
    /// Aanbieders with a contract.
    pub aanbieders: u32,
    /// Share of messages and of lines with a fault put in, from 0 to 1.
    pub faults: f64,
    /// In which releases messages are written.
    pub releases: ReleasesByDay,
}

/// Why options do not fit. Dutch, for operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// A number outside its bounds.
    #[error("{naam} moet van 1 t/m {tot} zijn")]
    Aantal {
        /// Option.
        naam: &'static str,
        /// Largest.
        tot: u32,
    },
    /// No first day of a month in these years.
    #[error("start moet een maand van {EERSTE_JAAR}-01 t/m {LAATSTE_JAAR}-12 zijn")]
    Start,
    /// No list of releases.
    #[error(
        "releases moet een lijst zijn als 2018-01=2.3,2020-04=2.4: oplopende maanden, releases die happyflow leest"
    )]
    Releases,
    /// Care that no message claims.
    #[error(
        "zorg van voor 2021 vraagt een release met JW303 en latere zorg een met JW323: kies een start vanaf 2021-01 of geef --releases"
    )]
    Declareren,
    /// No share.
    #[error("faults moet van 0 t/m 1 zijn")]
    Fouten,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            clients: 300,
            months: 6,
            start: NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default(),
            gemeenten: 4,
            aanbieders: 10,
            faults: 0.03,
            releases: ReleasesByDay::default(),
        }
    }
}

impl Options {
    pub(super) fn check(&self) -> Result<(), OptionsError> {
        let numbers = [
            ("clients", self.clients, MAX_CLIENTS),
            ("months", self.months, MAX_MONTHS),
            ("gemeenten", self.gemeenten, MAX_GEMEENTEN),
            ("aanbieders", self.aanbieders, MAX_AANBIEDERS),
        ];
        if let Some((naam, _, tot)) = numbers.into_iter().find(|(_, value, tot)| !(1..=*tot).contains(value))
        {
            return Err(OptionsError::Aantal { naam, tot });
        }
        if self.start.day() != 1 || !(EERSTE_JAAR..=LAATSTE_JAAR).contains(&self.start.year()) {
            return Err(OptionsError::Start);
        }
        if !self.releases.can_claim_from(self.start) {
            return Err(OptionsError::Declareren);
        }
        if !(0.0..=1.0).contains(&self.faults) {
            return Err(OptionsError::Fouten);
        }
        Ok(())
    }

    /// The share of faults in parts of [`WHOLE`].
    pub(super) fn fault_share(&self) -> u32 {
        // Counting up keeps it free of casts between floats and integers.
        (0..WHOLE).take_while(|part| f64::from(*part) < self.faults * f64::from(WHOLE)).map(|_| 1).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_parts() {
        let share = |faults| Options { faults, ..Options::default() }.fault_share();
        assert_eq!((share(0.0), share(0.03), share(1.0)), (0, 300, WHOLE));
    }

    #[test]
    fn options_outside_their_bounds_are_told_by_name() {
        let with = |change: fn(&mut Options)| {
            let mut options = Options::default();
            change(&mut options);
            options.check()
        };
        assert_eq!(with(|_| ()), Ok(()));
        assert_eq!(with(|o| o.gemeenten = 12), Err(OptionsError::Aantal { naam: "gemeenten", tot: 11 }));
        assert_eq!(with(|o| o.clients = 0), Err(OptionsError::Aantal { naam: "clients", tot: 90_000 }));
        assert_eq!(with(|o| o.faults = f64::NAN), Err(OptionsError::Fouten));
        assert_eq!(with(|o| o.start = Datum::default()), Err(OptionsError::Start));
        let december = NaiveDate::from_ymd_opt(2020, 12, 1).unwrap();
        assert_eq!(Options { start: december, ..Options::default() }.check(), Err(OptionsError::Declareren));
    }
}
