//! From bytes to text: encoding and XML declaration (XML 1.0, sections 2.8, 4.3.3 and appendix F).

use super::facet::is_space;
use super::fault::Fault;
use super::limits::MAX_BYTES;
use std::borrow::Cow;

#[derive(Debug)]
pub struct MessageText<'a> {
    /// The text without byte order mark.
    pub text: Cow<'a, str>,
    /// Where the text after the XML declaration begins.
    pub body: usize,
}

/// A fault with as much of the text as could be read before it, to count its lines in.
#[derive(Debug)]
pub struct UnreadableText<'a> {
    /// What is wrong; its offset lies in `text`.
    pub fault: Fault,
    /// The text up to the fault, or more.
    pub text: Cow<'a, str>,
}

impl<'a> UnreadableText<'a> {
    fn new(text: impl Into<Cow<'a, str>>, fault: Fault) -> Self {
        Self { fault, text: text.into() }
    }
}

/// How the bytes are written, as far as a program can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Latin1,
    Utf16 { big_endian: bool },
}

/// Only these are accepted.
const ACCEPTED: &str = "een bericht in UTF-8, UTF-16 of ISO-8859-1";

/// Reads the bytes of a message as text.
pub fn read_source(bytes: &[u8]) -> Result<MessageText<'_>, UnreadableText<'_>> {
    if bytes.len() > MAX_BYTES {
        let expected = format!("een bericht van hoogstens {MAX_BYTES} bytes");
        return Err(UnreadableText::new("", Fault::new(0, expected, format!("{} bytes", bytes.len()))));
    }
    let (encoding, marked, bytes) = detect(bytes);
    let text = match encoding {
        Encoding::Utf16 { big_endian } => Cow::Owned(from_utf16(bytes, big_endian)?),
        Encoding::Utf8 if !marked && declares_latin1(bytes) => return latin1(bytes),
        Encoding::Utf8 | Encoding::Latin1 => Cow::Borrowed(from_utf8(bytes)?),
    };
    finish(text, encoding)
}

fn latin1(bytes: &[u8]) -> Result<MessageText<'_>, UnreadableText<'_>> {
    finish(Cow::Owned(bytes.iter().copied().map(char::from).collect()), Encoding::Latin1)
}

/// Checks the declaration against the encoding that the bytes are in.
fn finish(text: Cow<'_, str>, encoding: Encoding) -> Result<MessageText<'_>, UnreadableText<'_>> {
    match declaration(&text).and_then(|declaration| declaration.check(encoding)) {
        Ok(body) => Ok(MessageText { text, body }),
        Err(fault) => Err(UnreadableText::new(text, fault)),
    }
}

/// The encoding by byte order mark or by the first characters; whether there was a mark.
fn detect(bytes: &[u8]) -> (Encoding, bool, &[u8]) {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (Encoding::Utf8, true, rest),
        [0xFF, 0xFE, rest @ ..] => (Encoding::Utf16 { big_endian: false }, true, rest),
        [0xFE, 0xFF, rest @ ..] => (Encoding::Utf16 { big_endian: true }, true, rest),
        [b'<', 0, b'?', 0, ..] => (Encoding::Utf16 { big_endian: false }, false, bytes),
        [0, b'<', 0, b'?', ..] => (Encoding::Utf16 { big_endian: true }, false, bytes),
        _ => (Encoding::Utf8, false, bytes),
    }
}

fn from_utf8(bytes: &[u8]) -> Result<&str, UnreadableText<'_>> {
    std::str::from_utf8(bytes).map_err(|error| {
        let read = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        // The name of an encoding that we do not read explains the rest.
        match declaration(read).and_then(|declaration| declaration.check(Encoding::Utf8)) {
            Err(fault) if read.contains("?>") => UnreadableText::new(read, fault),
            _ => UnreadableText::new(read, Fault::new(read.len(), ACCEPTED, "bytes die geen UTF-8 zijn")),
        }
    })
}

fn from_utf16<'a>(bytes: &[u8], big_endian: bool) -> Result<String, UnreadableText<'a>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs
        .iter()
        .map(|&pair| if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) });
    let mut text = String::with_capacity(pairs.len());
    for unit in char::decode_utf16(units) {
        let Ok(character) = unit else {
            let fault = Fault::new(text.len(), ACCEPTED, "bytes die geen UTF-16 zijn");
            return Err(UnreadableText::new(text, fault));
        };
        text.push(character);
    }
    if rest.is_empty() {
        Ok(text)
    } else {
        let fault = Fault::new(text.len(), ACCEPTED, "een half teken UTF-16 aan het eind");
        Err(UnreadableText::new(text, fault))
    }
}

/// Names by which the registry of IANA, or habit, knows an encoding that we read.
fn encoding_named(label: &str) -> Option<&'static [Encoding]> {
    const LE: Encoding = Encoding::Utf16 { big_endian: false };
    const BE: Encoding = Encoding::Utf16 { big_endian: true };
    Some(match label.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" => &[Encoding::Utf8],
        "ISO-8859-1" | "ISO_8859-1" | "ISO8859-1" | "ISO-LATIN-1" | "LATIN1" | "L1" => &[Encoding::Latin1],
        "UTF-16" | "UTF16" => &[LE, BE],
        "UTF-16LE" => &[LE],
        "UTF-16BE" => &[BE],
        _ => return None,
    })
}

fn declares_latin1(bytes: &[u8]) -> bool {
    const LONGEST_DECLARATION: usize = 1024;
    let head = &bytes[..bytes.len().min(LONGEST_DECLARATION)];
    let end = memchr::memchr(b'>', head).map_or(0, |end| end + 1);
    let head = std::str::from_utf8(&head[..end]).unwrap_or_default();
    declaration(head).is_ok_and(|declaration| {
        declaration.encoding.and_then(encoding_named).is_some_and(|known| known.contains(&Encoding::Latin1))
    })
}

/// What the XML declaration says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Declaration<'t> {
    encoding: Option<&'t str>,
    end: usize,
}

impl Declaration<'_> {
    /// Where the text after it begins, when its encoding is that of the bytes.
    fn check(&self, actual: Encoding) -> Result<usize, Fault> {
        let Some(label) = self.encoding else {
            return match actual {
                Encoding::Latin1 => Err(Fault::new(0, ACCEPTED, "een bericht zonder naam van de codering")),
                _ => Ok(self.end),
            };
        };
        let fault = |found: &str| Err(Fault::new(0, ACCEPTED, found));
        match encoding_named(label) {
            Some(known) if known.contains(&actual) => Ok(self.end),
            Some(_) => fault("een XML-declaratie die een andere codering noemt dan de bytes hebben"),
            None => fault("een XML-declaratie die een andere codering noemt"),
        }
    }
}

/// Reads the XML declaration; a text without one has nothing declared.
fn declaration(text: &str) -> Result<Declaration<'_>, Fault> {
    let wrong = || {
        let expected =
            "een XML-declaratie met version 1.0, en zo nodig encoding en standalone, in die volgorde";
        Fault::new(0, expected, "een andere XML-declaratie")
    };
    let Some(rest) = text.strip_prefix("<?xml").filter(|rest| rest.bytes().next().is_some_and(is_space))
    else {
        return Ok(Declaration::default());
    };
    let (inside, _) = rest.split_once("?>").ok_or_else(wrong)?;
    let end = text.len() - rest.len() + inside.len() + 2;
    let mut rest = inside;
    let version = pseudo_attribute(&mut rest, "version").ok_or_else(wrong)?;
    // The fifth edition reads every 1.x as 1.0.
    let minor = version.strip_prefix("1.").ok_or_else(wrong)?;
    let encoding = pseudo_attribute(&mut rest, "encoding");
    let standalone = pseudo_attribute(&mut rest, "standalone");
    let valid = !minor.is_empty()
        && minor.bytes().all(|byte| byte.is_ascii_digit())
        && encoding.is_none_or(is_encoding_name)
        && standalone.is_none_or(|value| matches!(value, "yes" | "no"))
        && rest.bytes().all(is_space);
    if valid { Ok(Declaration { encoding, end }) } else { Err(wrong()) }
}

fn is_encoding_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// White space, the name, `=`, a quoted value; leaves `rest` as it was when something else stands there.
fn pseudo_attribute<'t>(rest: &mut &'t str, name: &str) -> Option<&'t str> {
    let space = |text: &'t str| text.trim_start_matches([' ', '\t', '\n', '\r']);
    let trimmed = space(rest);
    if trimmed.len() == rest.len() {
        return None;
    }
    let after_name = space(trimmed.strip_prefix(name)?);
    let value = space(after_name.strip_prefix('=')?);
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (value, after) = value[1..].split_once(quote)?;
    *rest = after;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<(String, usize), String> {
        read_source(bytes)
            .map(|source| (source.text.into_owned(), source.body))
            .map_err(|unreadable| unreadable.fault.found)
    }

    fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big_endian { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    #[test]
    fn reads_the_three_encodings_with_and_without_mark() {
        let plain = "<?xml version='1.0'?><é/>";
        assert_eq!(read(plain.as_bytes()).unwrap(), (plain.to_owned(), 21));
        assert_eq!(read(format!("\u{FEFF}{plain}").as_bytes()).unwrap().0, plain);
        let wide = "<?xml version=\"1.0\" encoding=\"utf-16\" standalone = 'no' ?><é😀/>";
        for big_endian in [false, true] {
            assert_eq!(read(&utf16(wide, big_endian)).unwrap().0, wide);
            assert_eq!(read(&utf16(&format!("\u{FEFF}{wide}"), big_endian)).unwrap().0, wide);
            assert_eq!(read(&utf16("\u{FEFF}<é/>", big_endian)).unwrap().0, "<é/>");
        }
        let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><\xE9\x85/>";
        assert!(read(latin).unwrap().0.ends_with("<é\u{85}/>"));
    }

    #[test]
    fn refuses_other_encodings_and_false_names() {
        let named = |name: &str| format!("<?xml version=\"1.0\" encoding=\"{name}\"?><a/>").into_bytes();
        for name in ["windows-1252", "US-ASCII", "EBCDIC"] {
            assert_eq!(read(&named(name)).unwrap_err(), "een XML-declaratie die een andere codering noemt");
        }
        let other = "een XML-declaratie die een andere codering noemt dan de bytes hebben";
        assert_eq!(read(&named("UTF-16")).unwrap_err(), other);
        assert_eq!(read(&utf16("<?xml version='1.0' encoding='UTF-8'?><a/>", true)).unwrap_err(), other);
        assert_eq!(read(b"\xEF\xBB\xBF<?xml version='1.0' encoding='ISO-8859-1'?><a/>").unwrap_err(), other);
        assert_eq!(read(b"<a>\xFF</a>").unwrap_err(), "bytes die geen UTF-8 zijn");
        assert_eq!(
            read(&[&named("windows-1252")[..], b"\xE9"].concat()).unwrap_err(),
            "een XML-declaratie die een andere codering noemt"
        );
        assert_eq!(read(b"\xFF\xFE<\0a\0/\0>").unwrap_err(), "een half teken UTF-16 aan het eind");
        assert_eq!(read(b"\xFE\xFF\xD8\x00\0a").unwrap_err(), "bytes die geen UTF-16 zijn");
    }

    #[test]
    fn checks_the_declaration() {
        for valid in ["version='1.0'", "version = \"1.1\" ", "version='1.0' standalone='yes'"] {
            assert!(declaration(&format!("<?xml {valid}?><a/>")).is_ok(), "{valid}");
        }
        for invalid in [
            "",
            "encoding='UTF-8'",
            "version='2.0'",
            "version='1.'",
            "version=1.0",
            "version='1.0\"",
            "version='1.0'encoding='UTF-8'",
            "version='1.0' encoding=''",
            "version='1.0' encoding='8bit'",
            "version='1.0' standalone='maybe'",
            "version='1.0' standalone='no' encoding='UTF-8'",
            "version='1.0' version='1.0'",
            "Version='1.0'",
            "version='1.0' more",
        ] {
            assert!(declaration(&format!("<?xml {invalid}?><a/>")).is_err(), "{invalid}");
        }
        assert_eq!(declaration("<?xml-stylesheet ?><a/>").unwrap(), Declaration::default());
    }
}
