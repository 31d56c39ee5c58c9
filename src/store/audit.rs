//! Records of journal entries, for who decides them again.

use super::Result;
use super::{Entry, Turn};
use crate::digest::{Digest, DigestFields};
use crate::journal::Rol;
use crate::messages::{BerichtSoort, Partij, Relatie};
use crate::state::Boeking;
use async_trait::async_trait;

/// What auditors and the sealer look at, and the chain that the sealer adds to.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// What was recorded of the journal entries after a number, up to and with another, in order.
    async fn recorded(&self, after: i64, to: i64) -> Result<Vec<Recorded>>;

    /// The journal number up to which nothing can still arrive, however many workers there are.
    async fn settled(&self) -> Result<i64>;

    /// The journal number and the link of the end of the chain.
    async fn last_link(&self) -> Result<Option<(i64, Digest)>>;

    /// Entries after a number, up to and with another, with the digests of their bodies: those that the
    /// archive keeps, or with `content` those of what lies there now.
    async fn sealable(&self, after: i64, to: i64, content: bool) -> Result<Vec<Sealable>>;

    /// Links after a number, up to and with another.
    async fn links(&self, after: i64, to: i64) -> Result<Vec<Sealed>>;

    /// The right to seal, for one process at a time; `None` while another has it.
    async fn lock_sealing(&self) -> Result<Option<Box<dyn Turn>>>;

    /// Adds links behind the one of this journal number, in one transaction; false, and nothing added, when
    /// the chain has grown since.
    async fn seal(&self, behind: i64, links: Vec<Sealed>) -> Result<bool>;
}

/// What the store has of one journal entry, apart from the entry and its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Journal number.
    pub journal: i64,
    /// Digest of the message as it was received; none when the entry has no message.
    pub received: Option<Digest>,
    /// Its outcome; none for an entry without message, and when a later entry on the same message
    /// replaced it.
    pub outcome: Option<RecordedOutcome>,
    /// What left with it, by send number.
    pub sent: Vec<RecordedSend>,
    /// What it booked in the ledger, in order.
    pub boekingen: Vec<Boeking>,
    /// Number of the first work item that it made.
    pub first_work: Option<i64>,
    /// Journal number of the newest removal that took a person out of it.
    pub removed: Option<i64>,
}

/// What became of a message, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedOutcome {
    /// Verdict of the row that reports count.
    pub verdict: String,
    /// Claimed and granted of that row, signed eurocents.
    pub amounts: Option<(i64, i64)>,
    /// Gemeente and aanbieder, when the header could be read.
    pub relatie: Option<Relatie>,
    /// As `process --json` printed it.
    pub json: String,
}

/// A message that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedSend {
    /// Send number.
    pub send: i64,
    /// Kind.
    pub soort: BerichtSoort,
    /// To whom.
    pub receiver: Partij,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Its Identificatie, or IdentificatieRetour.
    pub identificatie: Box<str>,
    /// Digest of its bytes.
    pub sha256: Digest,
}

/// A body of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyPart {
    /// Which: `bericht`, `uitkomst`, `uitgaand 12`.
    pub name: String,
    /// Its digest; none when it cannot be read.
    pub digest: Option<Digest>,
}

/// A journal entry with its bodies, in order of name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealable {
    /// The entry; `body` is filled for removals only.
    pub entry: Entry,
    pub parts: Vec<BodyPart>,
    /// A later entry judged the same message: the outcome is that of the later one.
    pub replaced: bool,
}

/// A body as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPart {
    pub name: String,
    /// Its salt; once a person was removed from it that of what lies there instead.
    pub salt: Option<Vec<u8>>,
    /// Digest over salt and body.
    pub digest: Digest,
    /// Journal number of its lawful removal.
    pub removed: Option<i64>,
}

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Journal number.
    pub journal: i64,
    pub link: Digest,
    /// The bodies, in order of name.
    pub parts: Vec<SealedPart>,
}

impl Sealable {
    /// With who decided, why, and in which role as a body of its own, and the bodies in order. A role that the kind of
    /// entry gives says nothing more: programs that keep no roles come to the same digest.
    #[must_use]
    pub fn new(entry: Entry, mut parts: Vec<BodyPart>, replaced: bool) -> Self {
        let role = entry.role.filter(|role| Some(*role) != entry.kind.role());
        if entry.who.is_some() || entry.why.is_some() || role.is_some() {
            let role = role.as_ref().map(Rol::as_str);
            let digest = DigestFields::explained(entry.who.as_deref(), entry.why.as_deref(), role);
            parts.push(BodyPart { name: "toelichting".to_owned(), digest: Some(digest) });
        }
        parts.sort_by(|one, other| one.name.cmp(&other.name));
        Self { entry, parts, replaced }
    }
}

pub type LinkRows = Vec<(i64, Digest)>;
/// Rows of bodies.
pub type PartRows = Vec<(i64, SealedPart)>;

impl Sealed {
    /// The rows of both tables: links, and bodies.
    #[must_use]
    pub fn into_rows(links: Vec<Self>) -> (LinkRows, PartRows) {
        let mut parts = Vec::new();
        let mut rows = Vec::with_capacity(links.len());
        for Self { journal, link, parts: own } in links {
            rows.push((journal, link));
            parts.extend(own.into_iter().map(|part| (journal, part)));
        }
        (rows, parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::Requests;
    use crate::store::JournalKind;

    fn explained(role: Option<Rol>) -> Option<Digest> {
        let entry = Entry {
            journal: 1,
            kind: JournalKind::Besluit,
            moment: "2026-02-03T12:00:00".parse().unwrap(),
            register_version: 0,
            rule_set: String::new(),
            requests: Requests::Automatic,
            issued: 0,
            first_identificatie: None,
            arrival: None,
            who: Some("A. Proef".to_owned()),
            why: None,
            role,
            body: None,
        };
        Sealable::new(entry, Vec::new(), false).parts[0].digest
    }

    #[test]
    fn a_role_that_the_kind_gives_changes_no_digest_and_another_does() {
        assert_eq!(explained(Some(Rol::Operator)), explained(None));
        assert_ne!(explained(Some(Rol::Dienst)), explained(None));
    }
}
