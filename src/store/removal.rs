//! Removal of a person from the store: decided above, written by each engine in one transaction.

use super::audit::BodyPart;
use crate::codes::Bsn;
use crate::digest::{Digest, SALT_BYTES, hex, salted};
use crate::journal::verwijdering::{self, VerwijderdDeel};
use serde_json::Value;

/// Text that stands for what a person wrote.
pub const REMOVED_TEXT: &str = "verwijderd";
/// Text that stands for a name, a street or a comment in a message.
pub const FILLER: &str = "X";

/// Everything that changes when a client is removed. The numbers are those of the store.
#[derive(Clone)]
pub struct Removal {
    /// Who goes.
    pub bsn: Bsn,
    /// What stands in the place of the number: nobody's.
    pub pseudonym: Bsn,
    /// Messages that came in, by arrival number, without the person.
    pub messages: Vec<(i64, Vec<u8>)>,
    /// Messages of our own that left, by send number.
    pub sends: Vec<(i64, Vec<u8>)>,
    /// Inputs of journal entries, by journal number.
    pub bodies: Vec<(i64, Vec<u8>)>,
    /// Files of the register, by version and place.
    pub sources: Vec<(i64, i64, Vec<u8>)>,
    /// Digests of the versions of the register.
    pub versions: Vec<(i64, Digest)>,
    /// Keys of budgets, old and new: they are made of what the budget is about.
    pub budgets: Vec<(Box<str>, Box<str>)>,
    /// Outcomes, by arrival number.
    pub outcomes: Vec<(i64, String)>,
    /// Messages that could not be read, by arrival number: why they were set aside, and the notice, anew.
    pub parked: Vec<(i64, String, Option<Vec<u8>>)>,
    /// Journal entries of which the reason that a person gave goes.
    pub explained: Vec<i64>,
    /// What of which entry changes, as the chain names it, with a new salt each.
    pub parts: Vec<(i64, String, [u8; SALT_BYTES])>,
    /// Digests of bodies of the archive before and after.
    pub digests: Vec<(Digest, Digest)>,
    /// What the journal says of it, without anything personal.
    pub told: Value,
}

impl Removal {
    /// The body of the journal entry; `digests` are the salted ones of the parts, in the same order.
    #[must_use]
    pub fn body(&self, digests: &[Digest]) -> Vec<u8> {
        let parts = self.parts.iter().zip(digests);
        let parts: Vec<VerwijderdDeel> =
            parts.map(|((journal, part, _), digest)| (*journal, part.clone(), hex(digest))).collect();
        verwijdering::body(self.told.clone(), &parts)
    }
}

/// The salted digest of a part as it lies there now; none when the entry does not have it.
#[must_use]
pub fn digest_of(parts: &[BodyPart], name: &str, salt: &[u8]) -> Option<Digest> {
    let part = parts.iter().find(|part| part.name == name)?;
    Some(salted(salt, &part.digest?))
}
