//! The only place that reads the clock. Everything else gets a [`Moment`].

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Europe::Amsterdam;
use std::time::SystemTime;

/// A moment on the clock of the Netherlands; recorded with every decision.
pub type Moment = NaiveDateTime;

/// Where moments come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The clock of the machine, in Europe/Amsterdam, to the second.
    System,
    /// `--today`: this date; the day starts at 12:00:00.
    Fixed(NaiveDate),
}

impl Clock {
    /// The moment now, to the second. A fixed clock stands at noon: [`after`] moves it per JW301 issued.
    #[must_use]
    pub fn now(self) -> Moment {
        let now = self.exactly();
        now - TimeDelta::nanoseconds(i64::from(chrono::Timelike::nanosecond(&now)))
    }

    /// The moment now, as exactly as the machine knows it: to measure how long something took.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn exactly(self) -> Moment {
        match self {
            Self::System => moment_of(SystemTime::now()),
            Self::Fixed(today) => today.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()),
        }
    }
}

/// Seconds since 1970, as monitoring counts time.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn unix_seconds() -> i64 {
    DateTime::<Utc>::from(SystemTime::now()).timestamp()
}

/// Whether the clock of the machine says something that can be: one that does not run says 1970, or something before.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn is_set() -> bool {
    may_be_now(SystemTime::now())
}

fn may_be_now(now: SystemTime) -> bool {
    now.duration_since(SystemTime::UNIX_EPOCH).is_ok()
}

/// A moment that the system keeps of a file.
#[must_use]
pub fn moment_of(time: SystemTime) -> Moment {
    DateTime::<Utc>::from(time).with_timezone(&Amsterdam).naive_local()
}

/// A moment some seconds later.
#[must_use]
pub fn after(moment: Moment, seconds: u32) -> Moment {
    moment + TimeDelta::seconds(i64::from(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_clock_before_1970_is_told_and_read_all_the_same() {
        let day = Duration::from_hours(24);
        let before = SystemTime::UNIX_EPOCH - day;
        assert!(!may_be_now(before));
        assert_eq!(moment_of(before).to_string(), "1969-12-31 01:00:00");
        assert!(may_be_now(SystemTime::UNIX_EPOCH) && is_set());
    }
}
