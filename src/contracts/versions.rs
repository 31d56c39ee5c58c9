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

impl Default for Versie {
    fn default() -> Self {
        let register = Register::default();
        let digest = register.digest();
        Self { journal: 0, register: Arc::new(register), digest }
    }
}

impl Versie {
    /// The version that an import makes after this one, known from a journal number on; none when nothing changes.
    #[must_use]
    pub fn next(&self, journal: i64, import: &Import) -> Option<Self> {
        let register = import.onto(&self.register);
        let digest = register.digest();
        (digest != self.digest).then(|| Self { journal, register: Arc::new(register), digest })
    }
}

/// The versions of the register by journal number.
#[derive(Debug, Clone, Default)]
pub struct Versies {
    empty: Versie,
    imported: BTreeMap<i64, Versie>,
}

impl Versies {
    /// Takes up an import under its journal number. False when it changes nothing: no version is added.
    ///
    /// Numbers must rise, as those of a journal do; replay calls this in the same order.
    pub fn record(&mut self, journal: i64, import: &Import) -> bool {
        debug_assert!(journal > self.latest().journal, "a journal number went back");
        let Some(next) = self.latest().next(journal, import) else { return false };
        self.imported.insert(journal, next);
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
