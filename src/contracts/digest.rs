//! One digest per content: the same register gives the same digest, whatever the form of its files.

use crate::codes::Datum;
use crate::contracts::Periode;
use crate::money::Cents;
use chrono::Datelike;
use sha2::{Digest, Sha256};

/// Takes up values as bytes that cannot run into each other: texts with their length, numbers of
/// eight bytes, a mark before what may be absent.
pub(super) struct Canon(Sha256);

impl Canon {
    /// Starts with the name of what is digested.
    pub(super) fn of(what: &str) -> Self {
        let mut canon = Self(Sha256::new());
        canon.text(what);
        canon
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    pub(super) fn number(&mut self, number: i64) {
        self.0.update(number.to_be_bytes());
    }

    /// A number of things, or the length of a text.
    pub(super) fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_be_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.number(i64::from(flag));
    }

    pub(super) fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub(super) fn optional_text(&mut self, text: Option<&str>) {
        self.optional(text, Self::text);
    }

    pub(super) fn cents(&mut self, cents: Cents) {
        self.number(cents.0);
    }

    pub(super) fn datum(&mut self, datum: Datum) {
        self.number(i64::from(datum.num_days_from_ce()));
    }

    pub(super) fn periode(&mut self, periode: Periode) {
        self.optional(periode.van, Self::datum);
        self.optional(periode.tot, Self::datum);
    }

    pub(super) fn list<T>(
        &mut self,
        items: impl ExactSizeIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        self.count(items.len());
        for item in items {
            write(self, item);
        }
    }

    pub(super) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
