//! Texts of others, and values, as people read them.

use crate::clock::Moment;
use crate::codes::{Bsn, Datum};
use crate::report::Cell;

/// A text of others: without what looks like the number of a person, and without characters that steer a screen or turn
/// the direction of reading.
pub fn plain(text: &str) -> String {
    straight(&Bsn::mask_in(text))
}

/// A text without characters that steer a screen or turn the direction of reading.
pub fn straight(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || turns(c) { '\u{FFFD}' } else { c }).collect()
}

/// Characters that change how those beside them are shown.
pub const fn turns(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{061C}' | '\u{FEFF}')
}

pub fn day(day: Datum) -> String {
    day.format("%d-%m-%Y").to_string()
}

pub fn moment(moment: Moment) -> String {
    moment.format("%d-%m-%Y %H:%M").to_string()
}

/// A month in words: `maart 2025`.
pub fn month(day: Datum) -> String {
    use chrono::Datelike;
    const NAMES: [&str; 12] = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    let name = NAMES.get(day.month0() as usize).copied().unwrap_or_default();
    format!("{name} {}", day.year())
}

/// A number with points between thousands.
pub fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// So many, with the word for one and for more.
pub fn count(amount: i64, one: &str, more: &str) -> String {
    if amount == 1 { format!("1 {one}") } else { format!("{} {more}", number(amount)) }
}

/// A cell of a table.
pub fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => plain(text),
        Cell::Number(amount) => number(*amount),
        Cell::Euros(amount) => amount.to_string(),
        Cell::Date(date) => day(*date),
        Cell::Month(first) => first.format("%Y-%m").to_string(),
    }
}

/// A verdict for people.
pub fn verdict(verdict: Option<&str>, dropped: bool) -> &'static str {
    match verdict {
        None => "wacht",
        Some("accepted") => "goedgekeurd",
        Some("partial") => "deels toegekend",
        Some("rejected") => "afgekeurd",
        Some(_) if dropped => "vervallen",
        Some(_) => "geparkeerd",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_steers_nothing() {
        assert_eq!(plain("a\u{202e}b\u{7}c\u{200f}<b>"), "a\u{FFFD}b\u{FFFD}c\u{FFFD}<b>");
        assert_eq!(plain("van 999900006 af"), "van ********* af");
    }

    #[test]
    fn numbers_and_months_are_dutch() {
        let shown = [0, 7, 999, 1_000, 1_234_567, -45_000].map(number);
        assert_eq!(shown, ["0", "7", "999", "1.000", "1.234.567", "-45.000"]);
        assert_eq!(month("2025-03-01".parse().unwrap()), "maart 2025");
        assert_eq!(
            (count(1, "regel", "regels"), count(2, "regel", "regels")),
            ("1 regel".into(), "2 regels".into())
        );
    }
}
