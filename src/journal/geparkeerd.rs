//! Decision of a person about a parked message.

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpGeparkeerd {
    /// It is judged again.
    Opnieuw,
    /// It is left for what it is.
    Vervallen,
}

impl OpGeparkeerd {
    #[must_use]
    pub const fn body(self) -> &'static [u8] {
        match self {
            Self::Opnieuw => br#"{"geparkeerd":"opnieuw"}"#,
            Self::Vervallen => br#"{"geparkeerd":"vervallen"}"#,
        }
    }

    /// Reads a body; none when it is about something else.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        [Self::Opnieuw, Self::Vervallen].into_iter().find(|one| one.body() == body)
    }
}
