//! How bytes are kept in the archive: as zstd frames.

use super::StoreError;
use std::cell::RefCell;
use zstd::bulk::Compressor;

/// Fast, and enough for XML: a claim of 16 MB becomes less than 1 MB.
const LEVEL: i32 = 1;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = RefCell::new(Compressor::new(LEVEL).ok());
}

/// Bytes as a zstd frame. Callers with many messages do this in parallel, before the store is asked.
#[must_use]
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    COMPRESSOR
        .with_borrow_mut(|compressor| compressor.as_mut().and_then(|packer| packer.compress(bytes).ok()))
        .unwrap_or_else(|| panic!("zstd cannot pack in memory"))
}

/// The bytes of a zstd frame; `length` is how many they were.
pub(super) fn unpack(frame: &[u8], length: usize) -> Result<Vec<u8>, StoreError> {
    let bytes = zstd::bulk::decompress(frame, length).map_err(|_| StoreError::Corrupt("archief"))?;
    if bytes.len() == length { Ok(bytes) } else { Err(StoreError::Corrupt("archief")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_exactly_what_was_packed() {
        for bytes in [&b""[..], b"<a/>", &[0, 255, 10].repeat(5000)] {
            assert_eq!(unpack(&pack(bytes), bytes.len()).unwrap(), bytes);
        }
        assert!(unpack(&pack(b"abc"), 2).is_err());
        assert!(unpack(&pack(b"abc"), 4).is_err());
    }
}
