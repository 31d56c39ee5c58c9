//! Text for banks: the Latin character set that every SEPA bank must accept (EPC132-08).

/// Letters of the Latin alphabets of Europe by the letter they are written with for banks.
const PLAIN_LETTERS: &[(&str, &str)] = &[
    ("ÀÁÂÃÄÅĀĂĄ", "A"),
    ("àáâãäåāăąª", "a"),
    ("Æ", "AE"),
    ("æ", "ae"),
    ("ÇĆĈĊČ", "C"),
    ("çćĉċč", "c"),
    ("ÐĎĐ", "D"),
    ("ðďđ", "d"),
    ("ÈÉÊËĒĔĖĘĚ", "E"),
    ("èéêëēĕėęě€", "e"),
    ("ĜĞĠĢ", "G"),
    ("ĝğġģ", "g"),
    ("ĤĦ", "H"),
    ("ĥħ", "h"),
    ("ÌÍÎÏĨĪĬĮİ", "I"),
    ("ìíîïĩīĭįı", "i"),
    ("Ĳ", "IJ"),
    ("ĳ", "ij"),
    ("Ĵ", "J"),
    ("ĵ", "j"),
    ("Ķ", "K"),
    ("ķĸ", "k"),
    ("ĹĻĽĿŁ", "L"),
    ("ĺļľŀł", "l"),
    ("ÑŃŅŇŊ", "N"),
    ("ñńņňŋ", "n"),
    ("ÒÓÔÕÖØŌŎŐ", "O"),
    ("òóôõöøōŏőº", "o"),
    ("Œ", "OE"),
    ("œ", "oe"),
    ("ŔŖŘ", "R"),
    ("ŕŗř", "r"),
    ("ŚŜŞŠȘ", "S"),
    ("śŝşšș", "s"),
    ("ß", "ss"),
    ("ŢŤŦȚ", "T"),
    ("ţťŧț", "t"),
    ("Þ", "TH"),
    ("þ", "th"),
    ("ÙÚÛÜŨŪŬŮŰŲ", "U"),
    ("ùúûüũūŭůűų", "u"),
    ("Ŵ", "W"),
    ("ŵ", "w"),
    ("ÝŶŸ", "Y"),
    ("ýÿŷ", "y"),
    ("ŹŻŽ", "Z"),
    ("źżž", "z"),
    ("&", "+"),
    ("_–—‐‑−", "-"),
    ("\"`´‘’‚“”„", "'"),
    ("[{<", "("),
    ("]}>", ")"),
    (";", ","),
];

/// The text in the bank's character set, single-spaced, cut to `longest` characters.
///
/// Empty when nothing of the text is left. A character without counterpart becomes a full stop.
#[must_use]
pub fn epc_text(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len().min(longest));
    for character in text.chars() {
        if is_accepted(character) {
            out.push(character);
        } else if character.is_whitespace() || character.is_control() {
            out.push(' ');
        } else if !is_combining_accent(character) {
            out.push_str(plain(character));
        }
    }
    // All that is left is ASCII, so bytes are characters.
    let mut spaced = out.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    spaced.truncate(longest);
    spaced.truncate(spaced.trim_end().len());
    spaced
}

/// Whether banks accept this character as it is; a space as well, but that is counted apart.
const fn is_accepted(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '/' | '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+')
}

const fn is_combining_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

fn plain(character: char) -> &'static str {
    PLAIN_LETTERS.iter().find(|(from, _)| from.contains(character)).map_or(".", |(_, to)| to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_names_without_accents() {
        assert_eq!(
            epc_text("Stichting Ĳsselzorg & Coöperatie «Zuîd»", 70),
            "Stichting IJsselzorg + Cooperatie .Zuid."
        );
        assert_eq!(epc_text("Cafe\u{301}  de\tVries;\r\n[BV] “A”", 70), "Cafe de Vries, (BV) 'A'");
        assert_eq!(epc_text("Groß@Łódź_日本", 70), "Gross.Lodz-..");
        assert_eq!(epc_text("A/B-C?D:E(F)G.H,I'J+K", 70), "A/B-C?D:E(F)G.H,I'J+K");
    }

    #[test]
    fn cuts_at_the_length_and_leaves_no_space_behind() {
        assert_eq!(epc_text(&"a".repeat(71), 70).len(), 70);
        assert_eq!(epc_text("abc def", 4), "abc");
        assert_eq!(epc_text("ßß", 3), "sss");
        assert_eq!(epc_text(" \u{301}\t ", 70), "");
    }

    proptest! {
        #[test]
        fn only_accepted_characters_leave(text in any::<String>(), longest in 0_usize..80) {
            let out = epc_text(&text, longest);
            prop_assert!(out.chars().all(|c| c == ' ' || is_accepted(c)));
            prop_assert!(out.len() <= longest && out.trim() == out && !out.contains("  "));
            prop_assert_eq!(epc_text(&out, longest), out);
        }
    }
}
