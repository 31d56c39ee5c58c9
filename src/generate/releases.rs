//! In which release of the standard messages are written: the one in use, or each in that of its time.

use super::options::OptionsError;
use crate::codes::{Datum, EERSTE_DAG_2021};
use crate::messages::BerichtSoort;
use crate::rules::{find, rule_table};
use crate::schema::{Release, releases};

/// Most changes of release.
const MOST: usize = 8;

/// From which day on which release is written; without any change everything is of the release in use.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReleasesByDay([Option<(Datum, &'static Release)>; MOST]);

impl ReleasesByDay {
    /// Reads `2018-01=2.3,2020-04=2.4`: first months in order, each with its release.
    pub fn parse(text: &str) -> Result<Self, OptionsError> {
        let mut changes = [None; MOST];
        let mut last = None;
        for (place, part) in text.split(',').filter(|part| !part.is_empty()).enumerate() {
            let change = part.split_once('=').and_then(|(month, name)| {
                let day: Datum = format!("{month}-01").parse().ok()?;
                Some((day, releases().named(name)?))
            });
            let change = change.filter(|(day, _)| last.is_none_or(|last| last < *day));
            let (Some(change), Some(free)) = (change, changes.get_mut(place)) else {
                return Err(OptionsError::Releases);
            };
            last = Some(change.0);
            *free = Some(change);
        }
        Ok(Self(changes))
    }

    /// The release that a message of this day is written in.
    pub(super) fn at(&self, day: Datum) -> &'static Release {
        let changes = self.0.iter().flatten();
        changes.take_while(|(from, _)| *from <= day).last().map_or_else(Release::live, |(_, release)| release)
    }

    /// Whether messages are of more than the release in use.
    pub(super) fn is_history(&self) -> bool {
        self.0[0].is_some()
    }

    /// Whether care of every month can be claimed: with JW303 before 2021, with JW323 from then on.
    pub(super) fn can_claim_from(&self, start: Datum) -> bool {
        let changes = self.0.iter().flatten().map(|(from, _)| *from).filter(|from| *from > start);
        let mut days = changes.chain([start, start.max(EERSTE_DAG_2021)]);
        days.all(|day| {
            let soort = if day < EERSTE_DAG_2021 { BerichtSoort::Jw303 } else { BerichtSoort::Jw323 };
            has(self.at(day), soort)
        })
    }
}

/// Whether a release has a message.
pub(super) fn has(release: &Release, soort: BerichtSoort) -> bool {
    releases().message(release.name, soort).is_some()
}

/// Whether a rule holds for a message in a release.
pub(super) fn holds(release: &Release, code: &str, soort: BerichtSoort) -> bool {
    find(code).is_some_and(|rule| rule_table(release).certainty(rule, soort).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Datum {
        text.parse().unwrap()
    }

    #[test]
    fn a_message_is_of_the_release_of_its_day() {
        let releases = ReleasesByDay::parse("2018-01=2.3,2020-04=2.4,2021-01=3.0,2021-07=3.2").unwrap();
        let at = |text| releases.at(day(text)).name;
        assert_eq!([at("2018-01-01"), at("2020-03-31"), at("2020-04-01")], ["2.3", "2.3", "2.4"]);
        assert_eq!([at("2021-01-01"), at("2021-06-30"), at("2021-07-01")], ["3.0", "3.0", "3.2"]);
        assert!(releases.can_claim_from(day("2018-01-01")) && releases.is_history());
        assert_eq!(ReleasesByDay::default().at(day("2018-01-01")), Release::live());
        assert!(!ReleasesByDay::default().can_claim_from(day("2020-12-01")));
        assert!(ReleasesByDay::default().can_claim_from(day("2021-01-01")));
        let late = ReleasesByDay::parse("2018-01=2.3").unwrap();
        assert!(!late.can_claim_from(day("2018-01-01")), "it has no JW323");
    }

    #[test]
    fn what_is_no_list_of_releases_is_refused() {
        for text in ["2018-01", "2018-01=1.0", "2018=2.3", "2020-01=2.4,2018-01=2.3", "x"] {
            assert_eq!(ReleasesByDay::parse(text), Err(OptionsError::Releases), "{text}");
        }
        assert_eq!(ReleasesByDay::parse(""), Ok(ReleasesByDay::default()));
    }
}
