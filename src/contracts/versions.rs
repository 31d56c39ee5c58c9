//! One version of the register, and the next one.

use super::{Import, Register};
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
