//! Characters and names of XML 1.0 (fifth edition) and Namespaces in XML 1.0.

/// The first character that XML does not allow at all, as a byte offset.
#[must_use]
pub fn forbidden_character(text: &str) -> Option<usize> {
    let suspect = |byte: &u8| (*byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) || *byte == 0xEF;
    let mut from = 0;
    while let Some(found) = text.as_bytes()[from..].iter().position(suspect) {
        let offset = from + found;
        match text[offset..].chars().next() {
            Some(character) if is_character(character) => from = offset + character.len_utf8(),
            _ => return Some(offset),
        }
    }
    None
}

/// Whether XML allows a character (production Char).
#[must_use]
pub const fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// NameStartChar without the colon.
const fn starts_name(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// NameChar without the colon.
const fn continues_name(c: char) -> bool {
    starts_name(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// A name without colon.
#[must_use]
pub fn is_ncname(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(starts_name) && characters.all(continues_name)
}

/// Prefix (empty when there is none) and local name; `None` when it is no qualified name.
#[must_use]
pub fn split_qname(name: &str) -> Option<(&str, &str)> {
    match name.split_once(':') {
        Some((prefix, local)) => (is_ncname(prefix) && is_ncname(local)).then_some((prefix, local)),
        None => is_ncname(name).then_some(("", name)),
    }
}

/// The character that a reference stands for, given what is between `&` and `;`.
#[must_use]
pub fn referenced(reference: &str) -> Option<char> {
    let number = match reference {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "apos" => return Some('\''),
        "quot" => return Some('"'),
        _ => reference.strip_prefix('#')?,
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
    // `from_str_radix` would accept a sign.
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    char::from_u32(code).filter(|&character| is_character(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_characters_that_xml_forbids() {
        assert_eq!(forbidden_character("aé\t\r\n\u{FFFD}\u{FEFF}ﬁ"), None);
        assert_eq!(forbidden_character("ab\0"), Some(2));
        assert_eq!(forbidden_character("\u{FEFF}\u{FFFE}"), Some(3));
        assert_eq!(forbidden_character("x\u{FFFF}"), Some(1));
    }

    #[test]
    fn splits_names() {
        assert_eq!(split_qname("a:b"), Some(("a", "b")));
        assert_eq!(split_qname("é-1"), Some(("", "é-1")));
        for wrong in ["", ":", "a:", ":a", "a:b:c", "1a", "-a", "a b", "a:1", "a/", "×"] {
            assert_eq!(split_qname(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn resolves_references() {
        assert_eq!(referenced("#233"), Some('é'));
        assert_eq!(referenced("#x1F600"), Some('😀'));
        assert_eq!(referenced("#0000000000000000000000065"), Some('A'));
        for wrong in
            ["", "#", "#x", "#0", "#xD800", "#xFFFE", "#x110000", "#+65", "#X41", "eacute", " lt", "#-1"]
        {
            assert_eq!(referenced(wrong), None, "{wrong}");
        }
    }
}
