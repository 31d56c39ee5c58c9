//! Who asks, and in which role.

pub use crate::config::{Rolsoort, Toegangsrol};
use crate::office::voordracht::Deelnemer;

/// Who asks.
#[derive(Debug, Clone)]
pub(super) struct Wie {
    /// Name.
    pub naam: String,
    /// Role.
    pub rol: Toegangsrol,
    /// What tells this person from another, whatever the name: identity provider and subject.
    pub account: String,
    /// The session.
    pub sessie: [u8; 32],
    /// The address that is asked from.
    pub herkomst: String,
}

impl Wie {
    /// As whom somebody proposes or approves.
    pub fn deelnemer(&self) -> Deelnemer {
        Deelnemer { naam: self.naam.clone(), account: self.account.clone() }
    }
}
