//! Facets: what a value of a simple type may be (XML Schema 1.0 part 2, as far as the standard uses it).

use super::statement::{Facet, Form};

/// Space, tab, newline and carriage return: what XML calls white space.
#[must_use]
pub const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Without surrounding white space as XML counts it.
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

impl Facet {
    /// Surrounding white space is no part of the value.
    #[must_use]
    pub const fn trims(&self) -> bool {
        matches!(self, Self::Integer { .. } | Self::Date | Self::Time)
    }

    /// Whether a value is of this type. It has been trimmed when the type says so.
    #[must_use]
    pub fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Text { min, max, form } => length_fits(value, *min, *max) && form.accepts(value),
            Self::Enum(values) => values.contains(&value),
            Self::Integer { min, max, exactly } => {
                exactly.is_none_or(|only| only == value)
                    && integer(value).is_some_and(|number| (*min..=*max).contains(&number))
            }
            Self::Date => is_date(value.as_bytes()),
            Self::Time => is_time(value.as_bytes()),
        }
    }

    /// What is asked for, in Dutch.
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Text { form: Form::Exactly(only), .. } | Self::Integer { exactly: Some(only), .. } => {
                format!("de waarde {only}")
            }
            Self::Text { form: Form::OneOf([one, other]), .. } => format!("de waarde {one} of {other}"),
            Self::Text { min, max, form } => {
                let length = match (*min, *max) {
                    (min, u32::MAX) => format!("minstens {min}"),
                    (min, max) if min == max => format!("precies {min}"),
                    (min, max) => format!("{min} tot en met {max}"),
                };
                format!("een tekst van {length} tekens{}", form.condition())
            }
            Self::Enum(values) if values.len() <= 30 => format!("een van {}", values.join(", ")),
            Self::Enum(values) => format!("een van de {} codes van de codelijst", values.len()),
            Self::Integer { min, max, .. } => format!("een geheel getal van {min} tot en met {max}"),
            Self::Date => "een bestaande datum jjjj-mm-dd zonder tijdzone".to_owned(),
            Self::Time => "een bestaande tijd uu:mm:ss zonder tijdzone".to_owned(),
        }
    }
}

/// Length in characters, not bytes.
fn length_fits(value: &str, min: u32, max: u32) -> bool {
    let bytes = value.len();
    if bytes <= max as usize && value.is_ascii() {
        return bytes >= min as usize;
    }
    let max = if max == u32::MAX { usize::MAX } else { max as usize };
    let length = value.chars().take(max.saturating_add(1)).count();
    length >= min as usize && length <= max
}

impl Form {
    /// Whether a text has this shape.
    #[must_use]
    pub fn accepts(self, value: &str) -> bool {
        let bytes = value.as_bytes();
        match self {
            Self::Any => true,
            Self::Line => {
                !bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r'))
                    && bytes.iter().any(|&byte| !is_space(byte))
            }
            Self::NotBlank => bytes.iter().any(|&byte| !is_space(byte)),
            Self::Digits => bytes.iter().all(u8::is_ascii_digit),
            Self::Alphanumeric => !bytes.is_empty() && bytes.iter().all(u8::is_ascii_alphanumeric),
            Self::Letters => {
                !value.is_empty()
                    && value.chars().all(|c| c.is_ascii_alphabetic() || ('\u{C0}'..='\u{1EF3}').contains(&c))
            }
            Self::Version => is_version(value),
            Self::Servicebureau => is_servicebureau(bytes),
            Self::BtwIdNummer => is_btw_nummer(bytes),
            Self::Exactly(only) => value == only,
            Self::OneOf(values) => values.contains(&value),
        }
    }

    const fn condition(self) -> &'static str {
        match self {
            Self::Any | Self::Exactly(_) | Self::OneOf(_) => "",
            Self::Servicebureau => ", de AGB-code van een servicebureau (98 en zes cijfers)",
            Self::BtwIdNummer => " in de vorm NL123456789B01",
            Self::Line => " op één regel, niet alleen spaties",
            Self::NotBlank => ", niet alleen spaties",
            Self::Digits => ", alleen cijfers",
            Self::Alphanumeric => ", alleen letters en cijfers zonder accenten",
            Self::Letters => ", alleen letters",
            Self::Version => " in de vorm 1.2.3",
        }
    }
}

fn is_servicebureau(bytes: &[u8]) -> bool {
    match bytes {
        b"00000000" => true,
        [b'9', b'8', number @ ..] => {
            number.len() == 6 && number.iter().all(u8::is_ascii_digit) && number != b"000000"
        }
        _ => false,
    }
}

fn is_btw_nummer(bytes: &[u8]) -> bool {
    match bytes {
        [b'N', b'L', number @ ..] if number.len() == 12 => number
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 9 { *byte == b'B' } else { byte.is_ascii_digit() }),
        _ => false,
    }
}

fn is_version(value: &str) -> bool {
    let number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let mut parts = value.split('.');
    parts.by_ref().take(3).filter(|part| number(part)).count() == 3 && parts.next().is_none()
}

/// The number; `None` when it is no number or so long that no range of the standard holds it.
fn integer(value: &str) -> Option<i64> {
    let negative = value.starts_with('-');
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value).as_bytes();
    if digits.is_empty() {
        return None;
    }
    let mut number: i64 = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
    }
    Some(if negative { -number } else { number })
}

/// Two ASCII digits as a number.
fn two(tens: u8, units: u8) -> Option<u8> {
    (tens.is_ascii_digit() && units.is_ascii_digit()).then(|| (tens - b'0') * 10 + (units - b'0'))
}

/// `[-]yyyy-mm-dd`: four digits or more without leading zeros, no year 0000, no zone.
fn is_date(value: &[u8]) -> bool {
    let unsigned = value.strip_prefix(b"-").unwrap_or(value);
    let Some((year, &[b'-', m1, m2, b'-', d1, d2])) = unsigned.split_last_chunk() else { return false };
    let well_formed = year.len() >= 4 && year.iter().all(u8::is_ascii_digit);
    if !well_formed || (year.len() > 4 && year[0] == b'0') || year == b"0000" {
        return false;
    }
    match (two(m1, m2), two(d1, d2)) {
        (Some(month), Some(day)) => (1..=days_in_month(year, month)).contains(&day),
        _ => false,
    }
}

/// Days of a month, 0 when there is no such month. Leap years repeat every 400 years and the last
/// four digits decide, so a year of any length will do.
fn days_in_month(year: &[u8], month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => {
            let tail = &year[year.len() - 4..];
            let rest = tail.iter().fold(0, |sum: u32, digit| sum * 10 + u32::from(digit - b'0'));
            let leap = rest.is_multiple_of(4) && (!rest.is_multiple_of(100) || rest.is_multiple_of(400));
            if leap { 29 } else { 28 }
        }
        _ => 0,
    }
}

/// `hh:mm:ss[.fraction]` without zone; `24:00:00` is the end of the day.
fn is_time(value: &[u8]) -> bool {
    let Some((&[h1, h2, b':', m1, m2, b':', s1, s2], fraction)) = value.split_first_chunk() else {
        return false;
    };
    let fraction_digits = match fraction {
        [] => &[],
        [b'.', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => digits,
        _ => return false,
    };
    match (two(h1, h2), two(m1, m2), two(s1, s2)) {
        (Some(24), Some(0), Some(0)) => fraction_digits.iter().all(|&digit| digit == b'0'),
        (Some(hour), Some(minute), Some(second)) => hour < 24 && minute < 60 && second < 60,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_as_xml_schema_writes_them() {
        let volume = Facet::Integer { min: 0, max: 99_999_999, exactly: None };
        for valid in ["0", "+5", "007", "-0", "99999999", "0000000000000000000000000000099"] {
            assert!(volume.accepts(valid), "{valid}");
        }
        for invalid in
            ["", "-", "+", "-1", "100000000", "1e3", "1.0", "٣", "99999999999999999999999999", "--1"]
        {
            assert!(!volume.accepts(invalid), "{invalid}");
        }
        let version = Facet::Integer { min: 0, max: 99, exactly: Some("3") };
        assert!(version.accepts("3") && !version.accepts("03") && !version.accepts("+3"));
    }

    #[test]
    fn dates_of_the_calendar_without_zone() {
        for valid in ["2024-02-29", "2000-02-29", "-0044-03-15", "-0004-02-29", "12024-01-31", "9999-12-31"] {
            assert!(Facet::Date.accepts(valid), "{valid}");
        }
        for invalid in [
            "2023-02-29",
            "1900-02-29",
            "0000-01-01",
            "02024-01-01",
            "2024-13-01",
            "2024-00-10",
            "2024-06-31",
            "2024-06-00",
            "2024-6-01",
            "2024-01-01Z",
            "2024-01-01+01:00",
            "+2024-01-01",
            "24-01-01",
            "",
            "2024-01-01T00:00:00",
            "2024/01/01",
            "--2024-01-01",
        ] {
            assert!(!Facet::Date.accepts(invalid), "{invalid}");
        }
    }

    #[test]
    fn times_of_the_day_without_zone() {
        for valid in ["00:00:00", "23:59:59", "24:00:00", "24:00:00.000", "12:00:00.123456789012"] {
            assert!(Facet::Time.accepts(valid), "{valid}");
        }
        for invalid in [
            "24:00:01",
            "24:00:00.1",
            "23:60:00",
            "23:59:60",
            "12:00",
            "12:00:00.",
            "12:00:00Z",
            "12:00:00-01:00",
            "12:00:00+01:00",
            "1:00:00",
            "12-00-00",
            "",
        ] {
            assert!(!Facet::Time.accepts(invalid), "{invalid}");
        }
    }

    #[test]
    fn lengths_count_characters_and_forms_their_own_kind() {
        let line = |min, max| Facet::Text { min, max, form: Form::Line };
        assert!(line(1, 5).accepts("ééééé") && !line(1, 5).accepts("éééééé"));
        assert!(line(1, 5).accepts(" a\t") && !line(1, 5).accepts("a\nb") && !line(1, 5).accepts("  \t"));
        assert!(line(1, 5).accepts("\u{A0}"), "a no-break space is no white space of XML");
        assert!(Form::NotBlank.accepts("\n a \n") && !Form::NotBlank.accepts(" \n\r\t"));
        assert!(
            Form::Letters.accepts("aZÀỳ")
                && !Form::Letters.accepts("a.")
                && !Form::Letters.accepts("ỵ\u{1EF5}")
        );
        assert!(
            !Form::Letters.accepts("") && !Form::Alphanumeric.accepts("") && !Form::Alphanumeric.accepts("é")
        );
        assert!(Form::Digits.accepts("") && !Form::Digits.accepts("١"));
        for (version, valid) in [("1.0.0", true), ("0.10.203", true), ("01.0.0", false), ("1.0", false)] {
            assert_eq!(Form::Version.accepts(version), valid, "{version}");
        }
        for version in ["1.0.0.0", "1..0", "1.0.a", "1.0.0 ", ""] {
            assert!(!Form::Version.accepts(version), "{version}");
        }
    }
}
