//! Parts of an address.

/// What stands at each `{}` of a pattern; none when the path is another.
pub fn matches(pattern: &str, path: &str) -> Option<Vec<String>> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut parts = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(parts),
            (Some("{}"), Some(part)) if !part.is_empty() => parts.push(decoded(part)?),
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return None,
        }
    }
}

/// A part as it was before it stood in an address.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// A text as a part of an address.
pub fn part(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        if plain(byte) {
            safe.push(char::from(byte));
        } else {
            safe.push_str(&format!("%{byte:02X}"));
        }
    }
    safe
}

/// A path with these pairs behind it; those without a value are left out.
pub fn with(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query = query.extend_pairs(given).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// An address within the console, as somebody may be sent on to; else the first page.
pub fn own(asked: &str) -> &str {
    let plain = asked.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain && asked.starts_with('/') && !asked.starts_with("//") { asked } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_a_part_of_an_address_and_comes_back() {
        for text in ["D-1", "a/b c", "é<>\"'&?#%", "..", "\u{202e}x"] {
            assert_eq!(
                matches("/a/{}", &format!("/a/{}", part(text))),
                Some(vec![text.to_owned()]),
                "{text}"
            );
        }
        assert_eq!(part("a/b<"), "a%2Fb%3C");
        for broken in ["/a/%", "/a/%2", "/a/%zz", "/a/%ff", "/a/", "/b/c", "/a/b/c"] {
            assert_eq!(matches("/a/{}", broken), None, "{broken}");
        }
        assert_eq!(with("/a", &[("b", "c d&"), ("e", "")]), "/a?b=c+d%26");
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(own("/berichten?a=b"), "/berichten?a=b");
        for elsewhere in ["//kwaad.nl", "https://kwaad.nl", "/\\kwaad.nl", "", "/a\r\nb", "javascript:x"] {
            assert_eq!(own(elsewhere), "/", "{elsewhere}");
        }
    }
}
