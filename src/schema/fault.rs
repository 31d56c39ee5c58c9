//! Fault at a place of a text, before line, column and path are worked out.

use super::names::split_qname;
use super::release::releases;

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

/// Stands for a name that may say something of a person.
const HIDDEN_NAME: &str = "(vreemde naam)";

/// As many digits in a row of text may be a BSN, its leading zero left out.
const MIN_BSN_DIGITS: usize = 8;

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// The name of an element or attribute as it may be shown: a short plain name, no number.
#[must_use]
pub fn shown_name(name: &str) -> String {
    const MAX_SHOWN: usize = 40;
    let plain = name.len() <= MAX_SHOWN && name.is_ascii() && digits(name) < MIN_BSN_DIGITS;
    if plain && split_qname(name).is_some() { name.to_owned() } else { HIDDEN_NAME.to_owned() }
}

/// The name in a tag that nobody asked for: shown only when the standard has it, because text with a
/// `<` that was not escaped makes tags of what people are called.
#[must_use]
pub fn shown_if_known(name: &str) -> String {
    let local = name.rsplit(':').next().unwrap_or_default();
    if releases().knows_element(local) { shown_name(name) } else { HIDDEN_NAME.to_owned() }
}

/// A value as it may be shown: only when it is short and cannot be a name or a BSN.
#[must_use]
pub fn shown_value(value: &str, personal: bool) -> String {
    const MAX_SHOWN: usize = 12;
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let numbers_nobody = digits(value) < MIN_BSN_DIGITS || written_as_date(value);
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.' | b':'));
    if value.is_empty() {
        "een lege waarde".to_owned()
    } else if !personal && plain && value.len() <= MAX_SHOWN && letters <= 2 && numbers_nobody {
        format!("de waarde {value}")
    } else {
        match value.chars().count() {
            1 => "een waarde van 1 teken".to_owned(),
            count => format!("een waarde van {count} tekens"),
        }
    }
}

/// Whether it is digits and hyphens as in `2027-06-31`.
fn written_as_date(value: &str) -> bool {
    value.len() == 10
        && value.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
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
        assert_eq!(shown_value("0999900006", false), "een waarde van 10 tekens");
        assert_eq!(shown_value("99990-00-06", false), "een waarde van 11 tekens");
        assert_eq!(shown_value("Jan", false), "een waarde van 3 tekens");
        assert_eq!(shown_value("", true), "een lege waarde");
        assert_eq!(shown_name("jw301:Client"), "jw301:Client");
        for hidden in ["Jan</Naam", "a b", "é", "1", "", "b999900006", &"x".repeat(41)] {
            assert_eq!(shown_name(hidden), "(vreemde naam)");
        }
        assert_eq!(shown_if_known("m:Prestatie"), "m:Prestatie");
        assert_eq!(shown_if_known("Proef"), "(vreemde naam)");
    }
}
