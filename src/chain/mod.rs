//! The chain over the journal: every message, decision and operator's action is a link, so that a record
//! that was changed, taken out or put in can be named.
//!
//! The sealer works behind the commit and in journal order, up to the number below which nothing can still
//! arrive. A link is SHA-256 over the link before it, the fields of the entry and a digest per body. A body
//! (message, answer, decision, file) lies apart from its digest, and the digest is salted: salt and body can
//! be removed lawfully, and the chain still holds.
//!
//! How to compute a link with any tool: a field is its length in eight bytes, big endian, and then its
//! bytes; an absent field is the eight bytes `ff`. Numbers are decimal text.

mod anchor;
mod salt;
mod seal;
mod verify;

pub use anchor::{Anchor, AnchorError, read_anchors};
pub use salt::draw as draw_salts;
pub use seal::seal;
pub use verify::{ChainFault, ChainFaultKind, ChainReport, verify};

use crate::digest::{Digest, DigestFields};
use crate::store::Entry;
use crate::store::audit::SealedPart;

/// The link before the first.
pub const BEGIN: Digest = [0; 32];

/// The link of an entry.
#[must_use]
pub fn link(before: &Digest, entry: &Entry, parts: &[SealedPart]) -> Digest {
    let mut fields = DigestFields::of("happyflow schakel 1");
    fields
        .bytes(before)
        .number(entry.journal)
        .text(entry.kind.as_str())
        .text(&entry.moment.format("%Y-%m-%dT%H:%M:%S").to_string())
        .number(entry.register_version)
        .text(&entry.rule_set)
        .text(match entry.requests {
            crate::decide::Requests::Automatic => "automatic",
            crate::decide::Requests::Manual => "manual",
        })
        .number(i64::from(entry.issued))
        .optional(entry.arrival.map(|arrival| arrival.to_string()).as_deref())
        .number(i64::try_from(parts.len()).unwrap_or(i64::MAX));
    for part in parts {
        fields.text(&part.name).bytes(&part.digest);
    }
    // Entries of before it was kept have links without it. What was counted before tells them apart.
    if let Some(first) = entry.first_identificatie {
        fields.number(first);
    }
    fields.finish()
}
