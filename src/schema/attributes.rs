//! The inside of a start tag: name and attributes (XML 1.0, sections 3.1 and 3.3.3).

use super::facet::is_space;
use super::fault::Fault;
use super::limits::MAX_ATTRIBUTES;
use super::names::{referenced, split_qname};
use std::borrow::Cow;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute<'s> {
    /// Prefix, empty when there is none.
    pub prefix: &'s str,
    /// Local name.
    pub local: &'s str,
    /// Value, references resolved and white space made spaces.
    pub value: Cow<'s, str>,
}

/// A start tag taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Tag<'s> {
    /// Prefix, empty when there is none.
    pub prefix: &'s str,
    /// Local name.
    pub local: &'s str,
    /// Attributes in order.
    pub attributes: Vec<Attribute<'s>>,
}

/// Takes apart what stands between `<` and `>` or `/>`. `offset` is that of the `<`.
pub fn read_tag(inside: &str, offset: usize) -> Result<Tag<'_>, Fault> {
    let end = inside.bytes().position(is_space).unwrap_or(inside.len());
    let (name, mut rest) = inside.split_at(end);
    let (prefix, local) = split_qname(name)
        .ok_or_else(|| Fault::new(offset, "de naam van een element", "een tag zonder geldige naam"))?;
    let mut attributes: Vec<Attribute<'_>> = Vec::new();
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        if trimmed.is_empty() {
            return Ok(Tag { prefix, local, attributes });
        }
        if trimmed.len() == rest.len() {
            return Err(Fault::new(offset, "een spatie voor elk attribuut", "attributen aan elkaar vast"));
        }
        if attributes.len() >= MAX_ATTRIBUTES {
            let expected = format!("hoogstens {MAX_ATTRIBUTES} attributen");
            return Err(Fault::new(offset, expected, "een element met meer attributen"));
        }
        let (attribute, after) = read_attribute(trimmed, offset)?;
        attributes.push(attribute);
        rest = after;
    }
}

fn read_attribute(text: &str, offset: usize) -> Result<(Attribute<'_>, &str), Fault> {
    let wrong = |found: &str| Fault::new(offset, "attributen als naam=\"waarde\"", found);
    let space = [' ', '\t', '\n', '\r'];
    let (name, rest) = text.split_once('=').ok_or_else(|| wrong("een attribuut zonder waarde"))?;
    let name = name.trim_end_matches(space);
    let (prefix, local) =
        split_qname(name).ok_or_else(|| wrong("een attribuut met een naam die niet mag"))?;
    let rest = rest.trim_start_matches(space);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let quote = quote.ok_or_else(|| wrong("een attribuut zonder aanhalingstekens"))?;
    let (raw, after) =
        rest[1..].split_once(quote).ok_or_else(|| wrong("een attribuut zonder aanhalingsteken sluiten"))?;
    let value = normalise(raw).ok_or_else(|| wrong("een waarde met < of een onbekende verwijzing"))?;
    Ok((Attribute { prefix, local, value }, after))
}

/// The value of an attribute; `None` when `<` or a reference that we do not know stands in it.
fn normalise(raw: &str) -> Option<Cow<'_, str>> {
    if raw.contains('<') {
        return None;
    }
    if !raw.contains(['&', '\t', '\n', '\r']) {
        return Some(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(special) = rest.find(['&', '\t', '\n', '\r']) {
        value.push_str(&rest[..special]);
        rest = &rest[special..];
        if let Some(after) = rest.strip_prefix('&') {
            let (reference, after) = after.split_once(';')?;
            value.push(referenced(reference)?);
            rest = after;
        } else {
            value.push(' ');
            rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
        }
    }
    value.push_str(rest);
    Some(Cow::Owned(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_tag_apart() {
        let tag = read_tag("a:b x=\"1\"\n y:z = 'a>&#38;\r\n&lt;\"' ", 0).unwrap();
        assert_eq!((tag.prefix, tag.local), ("a", "b"));
        let values: Vec<_> = tag.attributes.iter().map(|a| (a.prefix, a.local, a.value.as_ref())).collect();
        assert_eq!(values, [("", "x", "1"), ("y", "z", "a>& <\"")]);
    }

    #[test]
    fn refuses_what_xml_refuses() {
        for wrong in [
            "",
            " a",
            "a/",
            "a x",
            "a x=1",
            "a x='1",
            "a x='1'y='2'",
            "a x='<'",
            "a x='&'",
            "a x='&eacute;'",
            "a x='&#0;'",
            "a 1='1'",
            "a =''",
            "a x==''",
            "a:b:c",
            "a x='1' /",
        ] {
            assert!(read_tag(wrong, 0).is_err(), "{wrong}");
        }
        let many = (0..65).fold("a".to_owned(), |tag, n| tag + &format!(" x{n}=''"));
        assert!(read_tag(&many, 0).is_err());
    }
}
