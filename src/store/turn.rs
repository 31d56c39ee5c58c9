//! Rights that one at a time has, and how long a holder may stand still.

use super::Result;
use async_trait::async_trait;
use std::pin::pin;
use std::time::Duration;

/// What others wait for. Death of its holder releases it; on a server so does a holder that stands still too long.
#[async_trait]
pub trait Turn: Send {
    /// How often [`Turn::keep`] is called by whoever holds it for long; none: it need not be.
    fn every(&self) -> Option<Duration>;

    /// Shows that the holder is there, when that is due. An error: others went on without it.
    async fn keep(&mut self) -> Result<()>;
}

/// Does work that may take long, and keeps the turn meanwhile. A turn that is lost is found out with the next
/// [`Turn::keep`]: what is under way is finished.
pub async fn keeping<W>(turn: &mut dyn Turn, work: impl Future<Output = W>) -> W {
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
