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
pub use salt::{SALT_BYTES, draw as draw_salts};
pub use seal::seal;
pub use verify::{ChainFault, ChainReport, Fault, verify};

use crate::store::Entry;
use crate::store::audit::{Digest, SealedPart};
use sha2::{Digest as _, Sha256};

/// The link before the first.
pub const BEGIN: Digest = [0; 32];

/// Fields with their lengths, so that no two records give the same bytes.
#[derive(Default)]
pub struct Fields(Sha256);

impl Fields {
    /// A record of this kind and version.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        let mut fields = Self::default();
        fields.bytes(kind.as_bytes());
        fields
    }

    /// Bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// A number.
    pub fn number(&mut self, number: i64) -> &mut Self {
        self.text(&number.to_string())
    }

    /// A text that may be absent, which differs from empty.
    pub fn optional(&mut self, text: Option<&str>) -> &mut Self {
        let Some(text) = text else {
            self.0.update(u64::MAX.to_be_bytes());
            return self;
        };
        self.text(text)
    }

    /// Of bytes in the archive, with what belongs to them.
    #[must_use]
    pub fn archived(about: &str, bytes: &Digest) -> Digest {
        let mut fields = Self::of("archief");
        fields.text(about).bytes(bytes);
        fields.finish()
    }

    /// Of an outcome, with the verdict and amounts that reports count.
    #[must_use]
    pub fn outcome(json: &str, counted: &str) -> Digest {
        let mut fields = Self::of("uitkomst");
        fields.text(json).text(counted);
        fields.finish()
    }

    /// Of an entry of the ledger.
    #[must_use]
    pub fn booking(row: &str) -> Digest {
        let mut fields = Self::of("boeking");
        fields.text(row);
        fields.finish()
    }

    /// Of who decided, and why.
    #[must_use]
    pub fn explained(who: Option<&str>, why: Option<&str>) -> Digest {
        let mut fields = Self::of("toelichting");
        fields.optional(who).optional(why);
        fields.finish()
    }

    /// The digest.
    #[must_use]
    pub fn finish(self) -> Digest {
        self.0.finalize().into()
    }
}

/// The digest of a body that a link holds.
#[must_use]
pub fn salted(salt: &[u8], body: &Digest) -> Digest {
    let mut fields = Fields::of("happyflow inhoud 1");
    fields.bytes(salt).bytes(body);
    fields.finish()
}

/// The link of an entry.
#[must_use]
pub fn link(before: &Digest, entry: &Entry, parts: &[SealedPart]) -> Digest {
    let mut fields = Fields::of("happyflow schakel 1");
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

/// A digest as people write it.
#[must_use]
pub fn hex(digest: &Digest) -> String {
    digest.iter().fold(String::with_capacity(64), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_cannot_slide_into_each_other() {
        let of = |texts: &[&str]| {
            let mut fields = Fields::of("t");
            for text in texts {
                fields.text(text);
            }
            fields.finish()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a"]), of(&["a", ""]));
        let (mut absent, mut empty) = (Fields::of("t"), Fields::of("t"));
        absent.optional(None);
        empty.optional(Some(""));
        assert_ne!(absent.finish(), empty.finish());
    }

    #[test]
    fn a_digest_can_be_computed_with_any_tool() {
        // printf '\0\0\0\0\0\0\0\x01t\0\0\0\0\0\0\0\x02ab' | sha256sum
        let mut fields = Fields::of("t");
        fields.text("ab");
        let bytes = [&[0, 0, 0, 0, 0, 0, 0, 1][..], b"t", &[0, 0, 0, 0, 0, 0, 0, 2], b"ab"].concat();
        assert_eq!(fields.finish(), Digest::from(Sha256::digest(bytes)));
    }
}
