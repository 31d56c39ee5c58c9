//! The value of an element while it is read, piece by piece.

use std::borrow::Cow;

/// What was read of a value so far.
#[derive(Debug, Default)]
pub enum PartialValue<'s> {
    /// Nothing.
    #[default]
    Empty,
    /// One piece of the source, at this offset.
    Source(usize, &'s str),
    /// Put together from several pieces.
    Decoded(String),
}

impl<'s> PartialValue<'s> {
    /// Adds text of the source that stands at an offset.
    pub fn push_source(&mut self, offset: usize, text: &'s str) {
        match self {
            Self::Empty if !text.contains('\r') => *self = Self::Source(offset, text),
            _ => self.push(&one_kind_of_newline(text)),
        }
    }

    /// Adds text that does not stand in the source as it is.
    pub fn push(&mut self, text: &str) {
        match self {
            Self::Decoded(value) => value.push_str(text),
            Self::Empty => *self = Self::Decoded(text.to_owned()),
            Self::Source(_, before) => {
                let value = format!("{before}{text}");
                *self = Self::Decoded(value);
            }
        }
    }

    /// The value so far.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Source(_, text) => text,
            Self::Decoded(value) => value,
        }
    }
}

/// XML reads every kind of line ending as a newline (section 2.11).
fn one_kind_of_newline(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_a_piece_of_the_source_when_it_can() {
        let mut value = PartialValue::default();
        value.push_source(7, "ab");
        assert!(matches!(value, PartialValue::Source(7, "ab")));
        value.push("c");
        value.push_source(12, "\r\nd\re");
        assert!(matches!(value, PartialValue::Decoded(_)));
        assert_eq!(value.as_str(), "abc\nd\ne");
        let mut lines = PartialValue::default();
        lines.push_source(0, "a\r\nb");
        assert_eq!(lines.as_str(), "a\nb");
    }
}
