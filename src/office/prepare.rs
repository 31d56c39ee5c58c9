//! Preparation of a message before the store is asked anything: in parallel, any order.

use super::core::Core;
use crate::contracts::Register;
use crate::messages::{Bericht, Envelope, Partij, Relatie};
use crate::rules::Finding;
use crate::schema::{Document, Invalid, Reading, read};
use crate::state::FactKeys;
use crate::store::pack;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

/// A message that came in, before it is stored.
#[derive(Debug)]
pub struct Incoming {
    /// File name for people and scripts.
    pub name: String,
    /// The authenticated sender; none is the operator's own file.
    pub channel: Option<Partij>,
    /// A file of ours that is removed once the store has the message.
    pub claimed: Option<PathBuf>,
    /// The message.
    pub bytes: Arc<[u8]>,
}

/// A message with everything that the store and the decision need of it.
#[derive(Debug)]
pub struct Prepared {
    /// As it came in.
    pub incoming: Incoming,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// The bytes as the archive keeps them.
    pub packed: Vec<u8>,
    /// Levels 1 and 2.
    pub judged: Judged,
}

/// What levels 1 and 2 say.
#[derive(Debug)]
pub enum Judged {
    /// Valid at level 1.
    Valid(Box<ValidMessage>),
    /// Not valid at level 1.
    Invalid(Box<Invalid>),
    /// A rule or the reader panicked.
    Panicked,
    /// The store cannot give its bytes; the relatie is that of when it came in.
    Damaged(Option<Relatie>),
}

impl Judged {
    /// What the header says; none when the message cannot be read.
    #[must_use]
    pub fn envelope(&self) -> Option<Envelope> {
        match self {
            Self::Valid(valid) => Some(Bericht::read(&valid.document).header().envelope()),
            Self::Invalid(_) | Self::Panicked | Self::Damaged(_) => None,
        }
    }
}

/// A message that is valid at level 1.
#[derive(Debug)]
pub struct ValidMessage {
    /// As it was read.
    pub document: Document<'static>,
    /// Findings of level 2.
    pub in_message: Vec<Finding>,
    /// The facts that deciding it needs.
    pub keys: FactKeys,
}

/// From this many bytes on, a message is packed on one core while it is judged on another: often it is
/// the only one under way.
pub(super) const PACKED_APART: usize = 1024 * 1024;

/// Reads and judges a message at levels 1 and 2, and packs it for the archive.
#[must_use]
pub fn prepare(incoming: Incoming, core: Core, register: &Register) -> Prepared {
    let bytes = &incoming.bytes;
    let archive = || (Sha256::digest(bytes).into(), pack(bytes));
    let ((sha256, packed), judged) = if bytes.len() < PACKED_APART {
        (archive(), judge(bytes, core, register))
    } else {
        std::thread::scope(|scope| {
            let archive = scope.spawn(archive);
            let judged = judge(bytes, core, register);
            (archive.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), judged)
        })
    };
    Prepared { incoming, sha256, packed, judged }
}

/// Levels 1 and 2; a panic is an answer like any other.
#[must_use]
pub fn judge(bytes: &[u8], core: Core, register: &Register) -> Judged {
    let judge = || match read(bytes) {
        Reading::Invalid(invalid) => Judged::Invalid(Box::new(invalid)),
        Reading::Valid(document) => {
            let bericht = Bericht::read(&document);
            let in_message = (core.judge_in_message)(&bericht);
            let keys = (core.keys)(&bericht, register);
            drop(bericht);
            Judged::Valid(Box::new(ValidMessage { document: owned(document), in_message, keys }))
        }
    };
    catch_unwind(AssertUnwindSafe(judge)).unwrap_or(Judged::Panicked)
}

/// The document with a source of its own.
fn owned(document: Document<'_>) -> Document<'static> {
    let Document { schema, source, values, nodes } = document;
    Document { schema, source: Cow::Owned(source.into_owned()), values, nodes }
}
