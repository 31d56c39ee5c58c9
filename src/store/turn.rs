//! Rights that one at a time has, and how long a holder may stand still.

use super::{Call, StoreError};
use std::pin::pin;
use std::time::Duration;

/// What others wait for. Death of its holder releases it; on a server so does a holder that stands still too long.
pub trait Turn: Send {
    /// How often [`Turn::keep`] is called by whoever holds it for long; none: it need not be.
    fn every(&self) -> Option<Duration>;

    /// Shows that the holder is there, when that is due. An error: others went on without it.
    fn keep(&mut self) -> impl Call<()>;
}

/// Does work that may take long, and keeps the turn meanwhile. A turn that is lost is found out with the next
/// [`Turn::keep`]: what is under way is finished.
pub async fn keeping<W>(turn: &mut impl Turn, work: impl Future<Output = W>) -> W {
    let mut work = pin!(work);
    while let Some(every) = turn.every() {
        match tokio::time::timeout(every, &mut work).await {
            Ok(done) => return done,
            Err(_) if turn.keep().await.is_err() => break,
            Err(_) => {}
        }
    }
    work.await
}

/// A file that is locked is lost with its process alone.
impl Turn for super::sqlite::FileLock {
    fn every(&self) -> Option<Duration> {
        None
    }

    async fn keep(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}
