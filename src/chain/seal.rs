//! Adds links for what was committed since. A transaction of its own: it never holds up a commit, and one
//! that is broken off leaves the chain as it was.

use super::salt::draw;
use super::{BEGIN, link};
use crate::digest::salted;
use crate::store::audit::{Sealed, SealedPart};
use crate::store::{Store, StoreError};

/// Entries that are sealed at once.
const AT_ONCE: i64 = 1024;

/// Seals everything below which nothing can still arrive. Returns how many entries were sealed. Two sealers
/// at once are safe: the later one finds that the chain has grown and stops.
pub async fn seal(store: &dyn Store) -> Result<u64, StoreError> {
    let settled = store.settled().await?;
    let (mut last, mut before) = store.last_link().await?.unwrap_or((0, BEGIN));
    let (mut count, mut from) = (0, last);
    while from < settled {
        let to = settled.min(from.saturating_add(AT_ONCE));
        let entries = store.sealable(from, to, false).await?;
        from = to;
        let parts = entries.iter().map(|entry| entry.parts.len()).sum();
        let mut salts = draw(parts)?.into_iter();
        let mut links = Vec::with_capacity(entries.len());
        for sealable in entries {
            let mut parts = Vec::with_capacity(sealable.parts.len());
            for (part, salt) in sealable.parts.into_iter().zip(salts.by_ref()) {
                let Some(digest) = part.digest else { return Err(StoreError::corrupt("keten")) };
                let digest = salted(&salt, &digest);
                parts.push(SealedPart { name: part.name, salt: Some(salt.to_vec()), digest, removed: None });
            }
            before = link(&before, &sealable.entry, &parts);
            links.push(Sealed { journal: sealable.entry.journal, link: before, parts });
        }
        let Some(end) = links.last().map(|link| link.journal) else { continue };
        let sealed = links.len() as u64;
        if !store.seal(last, links).await? {
            return Ok(count);
        }
        (last, count) = (end, count + sealed);
    }
    Ok(count)
}
