//! Salt is drawn at random: what it gives is recorded, so nothing depends on it later.

use crate::digest::SALT_BYTES;
use rustix::rand::{GetRandomFlags, getrandom};

/// Salt for so many bodies, from the system.
pub fn draw(count: usize) -> std::io::Result<Vec<[u8; SALT_BYTES]>> {
    let mut bytes = vec![0; count * SALT_BYTES];
    let mut filled = 0;
    while filled < bytes.len() {
        filled += getrandom(&mut bytes[filled..], GetRandomFlags::empty())?;
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
