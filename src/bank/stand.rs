//! How far a transfer is, by what the bank told.

/// How far a transfer is. All three may be so, in any order in which a bank tells them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Betaalstand {
    /// A booked post took it from the account.
    pub weg: bool,
    /// The bank refused it before it left: what became of its debt followed from the reason.
    pub afgewezen: bool,
    /// A booked post brought its money back.
    pub terug: bool,
}

impl Betaalstand {
    /// For people.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self { afgewezen: true, weg: false, .. } => "door de bank afgewezen",
            Self { terug: true, .. } => "teruggekomen",
            Self { afgewezen: true, .. } => "afgewezen, en met zijn blok van de rekening gegaan",
            Self { weg: true, .. } => "door de bank geboekt",
            Self { .. } => "onderweg",
        }
    }
}
