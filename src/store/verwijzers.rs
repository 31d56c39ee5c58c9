//! Referrers of requests that came in before referrers were kept, found again in what was received and sent.

use super::Result;
use crate::codes::{AgbCode, GemeenteCode, ToewijzingNummer, TypeVerwijzer};
use async_trait::async_trait;

/// Messages in which referrers are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferrerSource {
    /// Requests for assignment of which the referrer is not known, by arrival number.
    Requests,
    /// JW301s that went to an aanbieder, by send number.
    Assignments,
}

/// What was found in messages.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Referrers {
    /// Who referred, by request.
    pub requests: Vec<(AgbCode, Box<str>, TypeVerwijzer)>,
    /// Assignments by the request that a message names with them.
    pub assignments: Vec<(GemeenteCode, ToewijzingNummer, AgbCode, Box<str>)>,
}

/// What filling in referrers needs of a store.
#[async_trait]
pub trait ReferrerStore: Send + Sync {
    /// Numbers of messages after this one, in order, at most so many.
    async fn referrer_sources(&self, source: ReferrerSource, after: i64, count: usize) -> Result<Vec<i64>>;

    /// Keeps what was found where nothing is known yet: with requests; with assignments, of their requests.
    async fn keep_referrers(&self, found: &Referrers) -> Result<()>;

    /// Assignments that are new under a request for change, which names nobody, take the referrer of another one of
    /// the child at that aanbieder.
    async fn pass_on_referrers(&self) -> Result<()>;
}

/// What needs no message: assignments that still name their request for assignment; then those that are new under a
/// request for change.
pub(super) const OF_REFERENCES: [&str; 2] = [
    "UPDATE toewijzing SET verwijzer = (SELECT v.verwijzer FROM verzoek v WHERE v.aanbieder = toewijzing.aanbieder
         AND v.referentie = toewijzing.referentie_aanbieder AND v.soort = 'toewijzing')
     WHERE verwijzer IS NULL AND referentie_aanbieder IS NOT NULL",
    "UPDATE toewijzing SET verwijzer = (SELECT o.verwijzer FROM toewijzing o WHERE o.bsn = toewijzing.bsn
         AND o.gemeente = toewijzing.gemeente AND o.aanbieder = toewijzing.aanbieder AND o.verwijzer IN (2, 3, 5)
         ORDER BY o.sleutel LIMIT 1)
     WHERE verwijzer IS NULL AND vorige IS NULL AND EXISTS (SELECT 1 FROM verzoek v
         WHERE v.aanbieder = toewijzing.aanbieder AND v.referentie = toewijzing.referentie_aanbieder
         AND v.soort = 'wijziging')",
];
