//! Who asks, and in which role.

pub use crate::config::{Rolsoort, Toegangsrol};

/// Who asks.
#[derive(Debug, Clone)]
pub(super) struct Wie {
    /// Name.
    pub naam: String,
    /// Role.
    pub rol: Toegangsrol,
    /// The session.
    pub sessie: [u8; 32],
    /// The address that is asked from.
    pub herkomst: String,
}
