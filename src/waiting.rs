//! Waiting for another process: in silence at first, then told, so that nobody has to guess why nothing happens.

use crate::clock::{Clock, Moment};
use std::pin::pin;
use std::time::Duration;

/// Nobody is told of what takes no longer.
const SILENCE: Duration = Duration::from_secs(3);

/// Waits, and tells for what when it takes long.
pub(crate) async fn telling<T>(wait: impl Future<Output = T>, what: impl FnOnce(Moment) -> String) -> T {
    let tell = |since| tracing::warn!("{}; het gaat daarna vanzelf verder", what(since));
    telling_after(SILENCE, wait, tell).await
}

async fn telling_after<T>(silence: Duration, wait: impl Future<Output = T>, tell: impl FnOnce(Moment)) -> T {
    let since = Clock::System.now();
    let mut wait = pin!(wait);
    if let Ok(done) = tokio::time::timeout(silence, &mut wait).await {
        return done;
    }
    tell(since);
    wait.await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot::channel;

    #[tokio::test]
    async fn what_takes_long_is_told_once_and_what_does_not_is_not() {
        let silence = Duration::from_millis(5);
        let quick = telling_after(silence, std::future::ready(1), |_| panic!("it took no time"));
        assert_eq!(quick.await, 1);
        // It takes until it is told of.
        let (told, wait) = channel();
        assert_eq!(telling_after(silence, wait, |_| told.send(2).unwrap()).await, Ok(2));
    }
}
