//! Messages as the archive keeps them, for who unpacks them where and when they are needed.

use super::StoreError;
use super::pack::{unpack_into, unpack_shared};
use std::ops::Range;
use std::sync::Arc;

/// A message as the archive keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedMessage {
    packed: Vec<u8>,
    length: usize,
}

impl PackedMessage {
    /// From the columns of the archive.
    pub(super) fn new(packed: &[u8], length: i64) -> Result<Self, StoreError> {
        let length = usize::try_from(length).map_err(|_| StoreError::Corrupt("archief"))?;
        Ok(Self { packed: packed.to_vec(), length })
    }

    /// How many bytes the message has.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// The message.
    pub fn bytes(&self) -> Result<Arc<[u8]>, StoreError> {
        unpack_shared(&self.packed, self.length)
    }
}

/// Room for messages, used again for the next ones: for memory that is new every time, a large message costs as
/// much again as unpacking it.
#[derive(Debug, Default)]
pub struct Room {
    bytes: Vec<u8>,
    used: usize,
}

impl Room {
    /// Forgets the messages in it.
    pub fn clear(&mut self) {
        self.used = 0;
    }

    /// Unpacks a message behind the others; says where it lies.
    pub fn unpack(&mut self, frame: &PackedMessage) -> Result<Range<usize>, StoreError> {
        let place = unpack_into(&frame.packed, frame.length, &mut self.bytes, self.used)?;
        self.used = place.end;
        Ok(place)
    }

    /// The message that lies there.
    #[must_use]
    pub fn message(&self, place: Range<usize>) -> &[u8] {
        &self.bytes[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::pack;

    #[test]
    fn room_holds_messages_and_is_used_again() {
        let frame =
            |bytes: &[u8]| PackedMessage::new(&pack(bytes), i64::try_from(bytes.len()).unwrap()).unwrap();
        let (long, short) = (b"<a>abc</a>".repeat(5_000), b"<b/>".to_vec());
        let damaged = PackedMessage { length: long.len() + 1, ..frame(&long) };
        let mut room = Room::default();
        for turn in [[&long, &short], [&short, &long], [&short, &short]] {
            room.clear();
            let first = room.unpack(&frame(turn[0])).unwrap();
            assert!(room.unpack(&damaged).is_err());
            let second = room.unpack(&frame(turn[1])).unwrap();
            assert_eq!((room.message(first), room.message(second)), (&turn[0][..], &turn[1][..]));
        }
        assert_eq!(*frame(&long).bytes().unwrap(), *long);
    }
}
