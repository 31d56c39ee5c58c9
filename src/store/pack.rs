//! Packing of bytes in the archive: as zstd frames.

use super::StoreError;
use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;
use zstd::bulk::{Compressor, Decompressor};

/// Fast, and enough for XML: a claim of 16 MB becomes less than 1 MB.
const LEVEL: i32 = 1;

/// Outcomes up to this many bytes are kept as they are.
const PLAIN_OUTCOME: usize = 1024;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = RefCell::new(Compressor::new(LEVEL).ok());
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
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
    DECOMPRESSOR
        .with_borrow_mut(|decompressor| decompressor.as_mut()?.decompress(frame, length).ok())
        .filter(|bytes| bytes.len() == length)
        .ok_or(StoreError::Corrupt("archief"))
}

/// As [`unpack`], where they stay: a large message is not copied.
pub(super) fn unpack_shared(frame: &[u8], length: usize) -> Result<Arc<[u8]>, StoreError> {
    check_stated(frame, length)?;
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, length).collect();
    let room = Arc::get_mut(&mut bytes).ok_or(StoreError::Corrupt("archief"))?;
    fill(frame, room)?;
    Ok(bytes)
}

/// As [`unpack`], in room that is there already from `start` on, or is made; says where they lie.
pub(super) fn unpack_into(
    frame: &[u8],
    length: usize,
    room: &mut Vec<u8>,
    start: usize,
) -> Result<Range<usize>, StoreError> {
    check_stated(frame, length)?;
    let place = start..start.saturating_add(length);
    if room.len() < place.end {
        room.resize(place.end, 0);
    }
    fill(frame, &mut room[place.clone()])?;
    Ok(place)
}

/// What is damaged must not say how much room it takes.
fn check_stated(frame: &[u8], length: usize) -> Result<(), StoreError> {
    let stated = zstd::zstd_safe::get_frame_content_size(frame).ok().flatten();
    if stated == u64::try_from(length).ok() { Ok(()) } else { Err(StoreError::Corrupt("archief")) }
}

/// Unpacks what fills this room exactly.
fn fill(frame: &[u8], room: &mut [u8]) -> Result<(), StoreError> {
    let length = room.len();
    let unpacked =
        DECOMPRESSOR.with_borrow_mut(|unpacker| unpacker.as_mut()?.decompress_to_buffer(frame, room).ok());
    if unpacked == Some(length) { Ok(()) } else { Err(StoreError::Corrupt("archief")) }
}

/// An outcome as it is kept: short ones plain, else a zstd frame behind its length.
pub(super) fn pack_outcome(json: String) -> Vec<u8> {
    if json.len() <= PLAIN_OUTCOME {
        return json.into_bytes();
    }
    let mut bytes = vec![0];
    bytes.extend(u64::try_from(json.len()).unwrap_or(u64::MAX).to_be_bytes());
    bytes.extend(pack(json.as_bytes()));
    bytes
}

/// An outcome as it was; JSON never begins with a zero byte.
pub(super) fn unpack_outcome(bytes: &[u8]) -> Result<String, StoreError> {
    let corrupt = || StoreError::Corrupt("uitkomst");
    let plain = match bytes.split_first() {
        Some((0, rest)) => {
            let (length, frame) = rest.split_first_chunk::<8>().ok_or_else(corrupt)?;
            unpack(frame, usize::try_from(u64::from_be_bytes(*length)).map_err(|_| corrupt())?)?
        }
        _ => bytes.to_vec(),
    };
    String::from_utf8(plain).map_err(|_| corrupt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_exactly_what_was_packed() {
        for bytes in [&b""[..], b"<a/>", &[0, 255, 10].repeat(5000)] {
            assert_eq!(unpack(&pack(bytes), bytes.len()).unwrap(), bytes);
            assert_eq!(*unpack_shared(&pack(bytes), bytes.len()).unwrap(), *bytes);
        }
        for length in [2, 4, usize::MAX] {
            assert!(unpack_shared(&pack(b"abc"), length).is_err());
        }
        assert!(unpack(&pack(b"abc"), 2).is_err());
        assert!(unpack(&pack(b"abc"), 4).is_err());
        let mut damaged = pack(&b"<a>abc</a>".repeat(50));
        damaged.truncate(damaged.len() - 3);
        assert!(unpack_shared(&damaged, 500).is_err());
    }

    #[test]
    fn outcomes_come_back_as_they_were() {
        for json in ["{}".to_owned(), format!("{{\"text\":\"{}\"}}", "é".repeat(5000))] {
            assert_eq!(unpack_outcome(&pack_outcome(json.clone())).unwrap(), json);
        }
    }
}
