//! A request of an aanbieder as it stands.

use crate::codes::{AgbCode, Bsn, Datum, GemeenteCode, TypeVerwijzer};

/// Request for an assignment or for a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerzoekSoort {
    /// One product of a JW315.
    Toewijzing,
    /// A JW317 as a whole.
    Wijziging,
}

/// Where a request stands (TR374, TR360, TR365).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerzoekStatus {
    /// Received, nothing answered yet.
    Open,
    /// JW319 with 2 was sent: still open, but 2 may not be sent again.
    InOnderzoek,
    /// Honoured by a JW301.
    Gehonoreerd,
    /// Refused by a JW319 with 1.
    Afgewezen,
}

impl VerzoekStatus {
    /// Still waiting for a JW301 or a refusal.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::InOnderzoek)
    }
}

/// One request. A JW315 gives one per product, a JW317 one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verzoek {
    /// Aanbieder that asked; with `referentie` the key (TR347).
    pub aanbieder: AgbCode,
    /// ReferentieAanbieder.
    pub referentie: Box<str>,
    /// Gemeente that was asked.
    pub gemeente: GemeenteCode,
    /// Client.
    pub bsn: Bsn,
    /// JW315 or JW317.
    pub soort: VerzoekSoort,
    /// Journal number of the message.
    pub bericht: i64,
    /// Dagtekening of the message; the eight weeks run from it.
    pub dagtekening: Datum,
    /// Day of receipt; the five working days run from it.
    pub ontvangen: Datum,
    /// Where it stands.
    pub status: VerzoekStatus,
    /// Who referred the child. A JW317 names nobody; of what was taken over it is not known.
    pub verwijzer: Option<TypeVerwijzer>,
}
