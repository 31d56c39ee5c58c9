//! Cells of CSV files that Dutch spreadsheets open.

use crate::codes::Datum;
use crate::money::Cents;
use std::borrow::Cow;

/// Tells a spreadsheet that the file is UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A text that a spreadsheet will not run as a formula: one that starts like a formula gets an
/// apostrophe before it. A plain negative number stays the number it is.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    let like_formula =
        text.trim_start_matches([' ', '\u{a0}']).starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if like_formula && !is_negative_number(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// `-12` or `-12,34`: digits with at most one comma between them.
fn is_negative_number(text: &str) -> bool {
    let Some(number) = text.strip_prefix('-') else { return false };
    let (whole, fraction) = number.split_once(',').unwrap_or((number, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Euros with a decimal comma and without separators: `-1234,56`.
#[must_use]
pub fn euros(amount: Cents) -> String {
    let sign = if amount < Cents::ZERO { "-" } else { "" };
    format!("{sign}{},{:02}", amount.0.unsigned_abs() / 100, amount.0.unsigned_abs() % 100)
}

/// A date as the Dutch write it: `31-01-2025`.
#[must_use]
pub fn date(date: Datum) -> String {
    date.format("%d-%m-%Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text() {
        for text in
            ["=1+1", "+31", "-A1", "@SUM(A1)", "-", "-1+2", "-1,", "-,5", "-1,2,3", "--1", "\t=1", " =1"]
        {
            assert_eq!(guarded(text), format!("'{text}"), "{text}");
        }
        for text in ["", "-12", "-12,34", "12,34", "F2025-01", "a=b", "01-02-2025"] {
            assert_eq!(guarded(text), text);
        }
    }

    #[test]
    fn amounts_have_a_decimal_comma() {
        assert_eq!(euros(Cents(0)), "0,00");
        assert_eq!(euros(Cents(-5)), "-0,05");
        assert_eq!(euros(Cents(123_456_789)), "1234567,89");
        assert!(euros(Cents(i64::MIN)).ends_with("758,08"));
        assert_eq!(guarded(&euros(Cents(-5))), "-0,05");
    }
}
