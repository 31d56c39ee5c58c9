//! The only place that reads the clock. Everything else gets a [`Moment`].

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Europe::Amsterdam;

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
            Self::System => Utc::now().with_timezone(&Amsterdam).naive_local(),
            Self::Fixed(today) => today.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()),
        }
    }
}

/// Seconds since 1970, as monitoring counts time.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn unix_seconds() -> i64 {
    Utc::now().timestamp()
}

/// A moment some seconds later.
#[must_use]
pub fn after(moment: Moment, seconds: u32) -> Moment {
    moment + TimeDelta::seconds(i64::from(seconds))
}
