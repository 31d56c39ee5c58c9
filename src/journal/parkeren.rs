//! Reason why a message was set aside that nothing in the message tells: so that a replay sets it aside as well,
//! whatever the settings say by then, and however whole the copy is that it runs on.

use crate::messages::{Partij, Relatie};

/// How the body says that the content was damaged.
const DAMAGED: &str = "beschadigd";

/// What kept it from being judged or answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// Our answer would have been larger than this.
    AntwoordTeGroot {
        /// `limits.max_message_bytes` of that moment.
        most_bytes: u64,
    },
    /// Its content could not be read any more where it is kept.
    Beschadigd {
        /// Of whom it was, as far as the inbox knew.
        relatie: Option<Relatie>,
    },
}

impl Apart {
    #[must_use]
    pub fn body(self) -> Vec<u8> {
        let text = match self {
            Self::AntwoordTeGroot { most_bytes } => most_bytes.to_string(),
            Self::Beschadigd { relatie: None } => DAMAGED.to_owned(),
            Self::Beschadigd { relatie: Some(Relatie { gemeente, aanbieder }) } => {
                format!("{DAMAGED} {gemeente} {aanbieder}")
            }
        };
        text.into_bytes()
    }

    /// Reads a body; none when the message itself tells why it was set aside.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        let Some(whose) = text.strip_prefix(DAMAGED) else {
            return text.parse().ok().map(|most_bytes| Self::AntwoordTeGroot { most_bytes });
        };
        let mut words = whose.split_whitespace().map(Partij::parse);
        let relatie = match (words.next().flatten(), words.next().flatten()) {
            (Some(Partij::Gemeente(gemeente)), Some(Partij::Aanbieder(aanbieder))) => {
                Some(Relatie { gemeente, aanbieder })
            }
            _ => None,
        };
        Some(Self::Beschadigd { relatie })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{AgbCode, GemeenteCode};

    #[test]
    fn it_is_written_as_it_always_was_and_read_again() {
        let relatie = Relatie {
            gemeente: GemeenteCode::parse("0193").unwrap(),
            aanbieder: AgbCode::parse("12345678").unwrap(),
        };
        for (apart, body) in [
            (Apart::AntwoordTeGroot { most_bytes: 67_108_864 }, "67108864"),
            (Apart::Beschadigd { relatie: None }, "beschadigd"),
            (Apart::Beschadigd { relatie: Some(relatie) }, "beschadigd 0193 12345678"),
        ] {
            assert_eq!(String::from_utf8(apart.body()).unwrap(), body);
            assert_eq!(Apart::read(body.as_bytes()), Some(apart), "{body}");
        }
        assert_eq!((Apart::read(b""), Apart::read(b"iets"), Apart::read(b"\xff")), (None, None, None));
    }
}
