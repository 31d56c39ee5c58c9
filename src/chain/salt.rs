//! Salt is drawn at random: what it gives is recorded, so nothing depends on it later.

use crate::digest::SALT_BYTES;
use crate::io_text::io_text;
use crate::store::StoreError;
use rustix::rand::{GetRandomFlags, getrandom};

/// Salt for so many bodies, from the system.
pub fn draw(count: usize) -> Result<Vec<[u8; SALT_BYTES]>, StoreError> {
    let mut bytes = vec![0; count * SALT_BYTES];
    let mut filled = 0;
    while filled < bytes.len() {
        let drawn = getrandom(&mut bytes[filled..], GetRandomFlags::empty());
        filled += drawn.map_err(|error| StoreError::Randomness(io_text(&error.into())))?;
    }
    Ok(bytes.chunks_exact(SALT_BYTES).map(|salt| salt.try_into().unwrap_or_default()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salts_differ() {
        let salts = draw(100).unwrap();
        let different: std::collections::BTreeSet<_> = salts.iter().collect();
        assert_eq!((salts.len(), different.len()), (100, 100));
    }
}
