//! What is wrong at a place of a text, before line, column and path are worked out.

use super::names::split_qname;

/// Something wrong at a byte offset. Never holds a value of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, in bytes from the start of the source.
    pub offset: usize,
    /// What should stand there, in Dutch.
    pub expected: String,
    /// What stands there, in Dutch.
    pub found: String,
}

impl Fault {
    /// A fault at a place.
    pub fn new(offset: usize, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { offset, expected: expected.into(), found: found.into() }
    }
}

/// The name of an element or attribute as it may be shown: a short plain name.
#[must_use]
pub fn shown_name(name: &str) -> String {
    const MAX_SHOWN: usize = 40;
    if name.len() <= MAX_SHOWN && name.is_ascii() && split_qname(name).is_some() {
        name.to_owned()
    } else {
        "(vreemde naam)".to_owned()
    }
}

/// A value as it may be shown: only when it is short and cannot be a name or a BSN.
#[must_use]
pub fn shown_value(value: &str, personal: bool) -> String {
    const MAX_SHOWN: usize = 12;
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.' | b':'));
    if value.is_empty() {
        "een lege waarde".to_owned()
    } else if !personal && plain && value.len() <= MAX_SHOWN && letters <= 2 && digits != 9 {
        format!("de waarde {value}")
    } else {
        match value.chars().count() {
            1 => "een waarde van 1 teken".to_owned(),
            count => format!("een waarde van {count} tekens"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_codes_and_hides_what_may_be_a_person() {
        assert_eq!(shown_value("2027-06-31", false), "de waarde 2027-06-31");
        assert_eq!(shown_value("45A04", false), "de waarde 45A04");
        assert_eq!(shown_value("99", true), "een waarde van 2 tekens");
        assert_eq!(shown_value("999900006", false), "een waarde van 9 tekens");
        assert_eq!(shown_value("Jan", false), "een waarde van 3 tekens");
        assert_eq!(shown_value("", true), "een lege waarde");
        assert_eq!(shown_name("jw301:Client"), "jw301:Client");
        for hidden in ["Jan</Naam", "a b", "é", "1", "", &"x".repeat(41)] {
            assert_eq!(shown_name(hidden), "(vreemde naam)");
        }
    }
}
