//! Namespaces: which one a prefix stands for (Namespaces in XML 1.0, third edition).

use super::attributes::{Attribute, Tag};
use super::facet::trim;
use super::fault::Fault;
use super::limits::MAX_NAMESPACES;
use super::names::split_qname;
use std::rc::Rc;

/// Namespace of the attributes that a schema knows of itself.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// A name with its namespace, empty when it stands in none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name<'s> {
    pub namespace: Rc<str>,
    /// Local name.
    pub local: &'s str,
}

#[derive(Debug)]
struct Binding<'s> {
    prefix: &'s str,
    namespace: Rc<str>,
    depth: usize,
}

/// The declarations that hold at a place.
#[derive(Debug)]
pub struct Namespaces<'s> {
    bindings: Vec<Binding<'s>>,
    depth: usize,
}

impl<'s> Namespaces<'s> {
    /// Only `xml` is bound.
    #[must_use]
    pub fn new() -> Self {
        Self { bindings: vec![Binding { prefix: "xml", namespace: XML.into(), depth: 0 }], depth: 0 }
    }

    /// Enters an element: takes its declarations in.
    pub fn enter(&mut self, tag: &Tag<'s>, offset: usize) -> Result<(), Fault> {
        self.depth += 1;
        for attribute in &tag.attributes {
            if let Some(prefix) = declared(attribute) {
                check_declaration(prefix, &attribute.value, offset)?;
                let namespace = Rc::from(attribute.value.as_ref());
                self.bindings.push(Binding { prefix, namespace, depth: self.depth });
            }
        }
        if self.bindings.len() > MAX_NAMESPACES {
            let expected = format!("hoogstens {MAX_NAMESPACES} namespaces tegelijk");
            return Err(Fault::new(offset, expected, "een element met nog meer namespaces"));
        }
        Ok(())
    }

    /// Leaves an element.
    pub fn leave(&mut self) {
        while self.bindings.last().is_some_and(|binding| binding.depth == self.depth) {
            self.bindings.pop();
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// What a prefix stands for; empty for no prefix where no default is declared.
    #[must_use]
    pub fn resolve(&self, prefix: &str) -> Option<Rc<str>> {
        let bound = self.bindings.iter().rev().find(|binding| binding.prefix == prefix);
        match bound {
            Some(binding) => Some(Rc::clone(&binding.namespace)),
            None => prefix.is_empty().then(|| Rc::from("")),
        }
    }

    /// A prefix that stands for a namespace here.
    #[must_use]
    pub fn prefix_of(&self, namespace: &str) -> Option<&'s str> {
        self.bindings.iter().find(|binding| *binding.namespace == *namespace).map(|binding| binding.prefix)
    }

    /// A name of an element, or of a type in `xsi:type`.
    pub fn name(&self, prefix: &str, local: &'s str, offset: usize) -> Result<Name<'s>, Fault> {
        let namespace = self.resolve(prefix).ok_or_else(|| undeclared(offset))?;
        Ok(Name { namespace, local })
    }

    /// Namespace and local name of what a value such as that of `xsi:type` names.
    #[must_use]
    pub fn named<'v>(&self, value: &'v str) -> Option<(Rc<str>, &'v str)> {
        let (prefix, local) = split_qname(trim(value))?;
        Some((self.resolve(prefix)?, local))
    }

    /// The attributes that are no declarations, with their namespaces; none may stand twice.
    pub fn attributes<'t>(
        &self,
        tag: &'t Tag<'s>,
        offset: usize,
    ) -> Result<Vec<(Name<'s>, &'t Attribute<'s>)>, Fault> {
        let mut named: Vec<(Name<'s>, &Attribute<'s>)> = Vec::new();
        for (index, attribute) in tag.attributes.iter().enumerate() {
            let same =
                |other: &Attribute<'_>| other.prefix == attribute.prefix && other.local == attribute.local;
            if tag.attributes[..index].iter().any(same) {
                return Err(twice(offset));
            }
            if declared(attribute).is_some() {
                continue;
            }
            let name = match attribute.prefix {
                "" => Name { namespace: Rc::from(""), local: attribute.local },
                prefix => self.name(prefix, attribute.local, offset)?,
            };
            if named.iter().any(|(other, _)| *other == name) {
                return Err(twice(offset));
            }
            named.push((name, attribute));
        }
        Ok(named)
    }
}

fn undeclared(offset: usize) -> Fault {
    Fault::new(offset, "een prefix die bij een namespace hoort", "een prefix zonder xmlns")
}

fn twice(offset: usize) -> Fault {
    Fault::new(offset, "elk attribuut hoogstens eenmaal", "een attribuut dat er tweemaal staat")
}

/// The prefix that an attribute declares, empty for the default namespace.
fn declared<'s>(attribute: &Attribute<'s>) -> Option<&'s str> {
    match (attribute.prefix, attribute.local) {
        ("xmlns", prefix) => Some(prefix),
        ("", "xmlns") => Some(""),
        _ => None,
    }
}

/// Reserved prefixes and namespaces go together only; a prefix cannot be unbound.
fn check_declaration(prefix: &str, namespace: &str, offset: usize) -> Result<(), Fault> {
    let allowed = match prefix {
        "xmlns" => false,
        "xml" => namespace == XML,
        "" => namespace != XML && namespace != XMLNS,
        _ => namespace != XML && namespace != XMLNS && !namespace.is_empty(),
    };
    if !is_uri_reference(namespace) {
        Err(Fault::new(offset, "een URI als namespace", "een namespace met tekens die een URI niet heeft"))
    } else if allowed {
        Ok(())
    } else {
        Err(Fault::new(
            offset,
            "een namespace die bij deze prefix mag",
            "een voorbehouden prefix of namespace",
        ))
    }
}

/// Whether only characters stand in it that a URI may have (RFC 3986).
fn is_uri_reference(text: &str) -> bool {
    let is_hex =
        |digits: &[u8]| matches!(digits, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    let bytes = text.as_bytes();
    bytes.iter().enumerate().all(|(index, &byte)| match byte {
        b'%' => is_hex(&bytes[index + 1..]),
        _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte),
    }) && text.matches('#').count() <= 1
}

#[cfg(test)]
mod tests {
    use super::super::attributes::read_tag;
    use super::*;

    #[test]
    fn declarations_hold_until_their_element_ends() {
        let mut namespaces = Namespaces::new();
        namespaces.enter(&read_tag("a xmlns='u' xmlns:p='v'", 0).unwrap(), 0).unwrap();
        namespaces.enter(&read_tag("b xmlns='' xmlns:p='w'", 0).unwrap(), 0).unwrap();
        assert_eq!((&*namespaces.resolve("").unwrap(), &*namespaces.resolve("p").unwrap()), ("", "w"));
        namespaces.leave();
        assert_eq!((&*namespaces.resolve("").unwrap(), &*namespaces.resolve("p").unwrap()), ("u", "v"));
        namespaces.leave();
        assert_eq!(namespaces.resolve("p"), None);
        assert!(namespaces.resolve("xml").is_some());
    }

    #[test]
    fn refuses_reserved_names_and_doubles() {
        for wrong in [
            "xmlns:xmlns='u'",
            "xmlns:xml='u'",
            "xmlns:p=''",
            "xmlns:p='http://www.w3.org/XML/1998/namespace'",
            "xmlns='http://www.w3.org/2000/xmlns/'",
            "xmlns:p='http://www.w3.org/2000/xmlns/'",
            "xmlns:p='a b'",
            "xmlns='urn:é'",
            "xmlns='a>b'",
            "xmlns='%4'",
            "xmlns='#a#b'",
        ] {
            let text = format!("a {wrong}");
            let tag = read_tag(&text, 0).unwrap();
            assert!(Namespaces::new().enter(&tag, 0).is_err(), "{wrong}");
        }
        for wrong in
            ["x='' x=''", "xmlns:p='u' xmlns:p='u'", "xmlns:p='u' xmlns:q='u' p:x='' q:x=''", "p:x=''"]
        {
            let text = format!("a {wrong}");
            let tag = read_tag(&text, 0).unwrap();
            let mut namespaces = Namespaces::new();
            namespaces.enter(&tag, 0).unwrap();
            assert!(namespaces.attributes(&tag, 0).is_err(), "{wrong}");
        }
        let text = "a xmlns='u' xmlns:q='u' x='' q:x='' xml:lang='nl'";
        let tag = read_tag(text, 0).unwrap();
        let mut namespaces = Namespaces::new();
        namespaces.enter(&tag, 0).unwrap();
        assert_eq!(namespaces.attributes(&tag, 0).unwrap().len(), 3);
    }
}
