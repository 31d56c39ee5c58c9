//! How much a random test tries: its share of the time of an ordinary run, or as much as is asked for. An ordinary run
//! begins at the same seed every time, so that what lands depends on the change and not on luck; `make long` takes
//! another series every time. Where it begins is printed; `HAPPYFLOW_SEED` begins there again.

use std::time::{Duration, Instant};

/// Seeds to try.
pub struct Share {
    /// The first.
    pub seed: u64,
    /// This many; none: until the time is up.
    count: Option<u64>,
    time: Duration,
}

#[expect(clippy::disallowed_methods, reason = "how much to test is the environment of the tests")]
fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} is not a whole number")))
}

impl Share {
    /// As many as `variable` says, else for so many seconds.
    pub fn of(variable: &str, seconds: u64) -> Self {
        let seed = number("HAPPYFLOW_SEED").unwrap_or_default();
        let count = number(variable);
        println!(
            "HAPPYFLOW_SEED={seed}{}",
            count.map_or(String::new(), |count| format!(" {variable}={count}"))
        );
        Self { seed, count, time: Duration::from_secs(seconds) }
    }

    /// One in so many, when a number is asked for.
    pub fn one_in(self, part: u64) -> Self {
        Self { count: self.count.map(|count| count.div_ceil(part)), ..self }
    }

    /// How many are asked for.
    pub const fn count(&self) -> Option<u64> {
        self.count
    }

    /// The seeds: one at least.
    pub fn seeds(self) -> impl Iterator<Item = u64> {
        let Self { seed, count, time } = self;
        let begun = Instant::now();
        let goes_on = move |tried: &u64| match count {
            Some(count) => *tried < count,
            None => *tried == 0 || begun.elapsed() < time,
        };
        (0..).take_while(goes_on).map(move |tried| seed.wrapping_add(tried))
    }
}
