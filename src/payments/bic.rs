//! Codes of banks (ISO 9362).

use crate::codes::{CodeError, plain_text};

/// BIC of a bank: eight characters, or eleven with the branch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bic {
    bytes: [u8; 11],
    len: u8,
}
plain_text!(Bic);

impl Bic {
    /// Reads a BIC in upper case; `CodeError` when it has another form.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let has_form = matches!(text.len(), 8 | 11)
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && text.as_bytes()[4..6].iter().all(u8::is_ascii_uppercase);
        if !has_form {
            return Err(CodeError("BIC"));
        }
        let mut bytes = [0; 11];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes, len: if text.len() == 8 { 8 } else { 11 } })
    }

    /// The BIC as it stands in a message.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_both_lengths() {
        for text in ["TESTNL2A", "TESTNL2AXXX"] {
            assert_eq!(Bic::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "TESTNL2", "TESTNL2AX", "testnl2a", "TEST1L2A", "TESTNL2é"] {
            assert_eq!(Bic::parse(text), Err(CodeError("BIC")), "{text}");
        }
    }
}
