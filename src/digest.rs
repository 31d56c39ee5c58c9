//! Digests of records: fields with their lengths, salt over a body. The chain ([`crate::chain`]) links them.

use sha2::{Digest as _, Sha256};

/// SHA-256.
pub type Digest = [u8; 32];

/// Bytes of salt per body.
pub const SALT_BYTES: usize = 16;

/// Fields with their lengths, so that no two records give the same bytes.
#[derive(Default)]
pub struct DigestFields(Sha256);

impl DigestFields {
    /// A record of this kind and version.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        let mut fields = Self::default();
        fields.bytes(kind.as_bytes());
        fields
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

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

    /// Of the rows that an input posted in the ledger, a line each.
    #[must_use]
    pub fn posted(rows: &str) -> Digest {
        let mut fields = Self::of("grootboek");
        fields.text(rows);
        fields.finish()
    }

    /// Of who decided, why, and in which role when that is not the usual one.
    #[must_use]
    pub fn explained(who: Option<&str>, why: Option<&str>, role: Option<&str>) -> Digest {
        let mut fields = Self::of("toelichting");
        fields.optional(who).optional(why);
        if let Some(role) = role {
            fields.text(role);
        }
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
    let mut fields = DigestFields::of("happyflow inhoud 1");
    fields.bytes(salt).bytes(body);
    fields.finish()
}

/// Bytes as people write a digest.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: &u8| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    bytes.iter().flat_map(digits).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_cannot_slide_into_each_other() {
        let of = |texts: &[&str]| {
            let mut fields = DigestFields::of("t");
            for text in texts {
                fields.text(text);
            }
            fields.finish()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a"]), of(&["a", ""]));
        let (mut absent, mut empty) = (DigestFields::of("t"), DigestFields::of("t"));
        absent.optional(None);
        empty.optional(Some(""));
        assert_ne!(absent.finish(), empty.finish());
    }

    #[test]
    fn a_digest_can_be_computed_with_any_tool() {
        // printf '\0\0\0\0\0\0\0\x01t\0\0\0\0\0\0\0\x02ab' | sha256sum
        let mut fields = DigestFields::of("t");
        fields.text("ab");
        let bytes = [&[0, 0, 0, 0, 0, 0, 0, 1][..], b"t", &[0, 0, 0, 0, 0, 0, 0, 2], b"ab"].concat();
        assert_eq!(fields.finish(), Digest::from(Sha256::digest(bytes)));
    }
}
