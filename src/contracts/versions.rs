//! Which version of the register was known when.

use super::{Import, Register};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A version and the journal number that it is known from.
#[derive(Debug, Clone)]
pub struct Versie {
    /// Journal number of the import that made it; 0 for the empty register before all imports.
    pub journal: i64,
    /// The content.
    pub register: Arc<Register>,
    /// Digest of the content.
    pub digest: [u8; 32],
}

/// The versions of the register by journal number.
#[derive(Debug, Clone)]
pub struct Versies {
    empty: Versie,
    imported: BTreeMap<i64, Versie>,
}

impl Default for Versies {
    fn default() -> Self {
        let register = Register::default();
        let digest = register.digest();
        let empty = Versie { journal: 0, register: Arc::new(register), digest };
        Self { empty, imported: BTreeMap::new() }
    }
}

impl Versies {
    /// The version that an import would make after the latest one; none when nothing would change.
    #[must_use]
    pub fn next(&self, import: &Import) -> Option<Register> {
        let latest = self.latest();
        let next = import.onto(&latest.register);
        (next.digest() != latest.digest).then_some(next)
    }

    /// Takes up an import under its journal number. False when it changes nothing: no version is added.
    ///
    /// Numbers must rise, as those of a journal do; replay calls this in the same order.
    pub fn record(&mut self, journal: i64, import: &Import) -> bool {
        debug_assert!(journal > self.latest().journal, "a journal number went back");
        let Some(register) = self.next(import) else { return false };
        let digest = register.digest();
        self.imported.insert(journal, Versie { journal, register: Arc::new(register), digest });
        true
    }

    /// The version in force.
    #[must_use]
    pub fn latest(&self) -> &Versie {
        self.known_at(i64::MAX)
    }

    /// The version that was known at a number of the journal.
    #[must_use]
    pub fn known_at(&self, journal: i64) -> &Versie {
        self.imported.range(..=journal).next_back().map_or(&self.empty, |(_, versie)| versie)
    }

    /// Every version, oldest first, starting with the empty one.
    pub fn list(&self) -> impl Iterator<Item = &Versie> {
        std::iter::once(&self.empty).chain(self.imported.values())
    }
}
