//! Our statement of the structure says what the official schemas say, element by element and
//! facet by facet.

use crate::second_opinion::{official, xsd_folder};
use crate::standard::standard_dir;
use happyflow::schema::{Content, Facet, Form, MessageSchema, Owner, Release, Simple, releases};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::path::Path;

/// An element of an official schema with what stands in it; annotations are left out.
#[derive(Debug, Default)]
struct Node {
    tag: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
}

impl Node {
    fn new(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let value = attribute.value.replace("&lt;", "<").replace("&amp;", "&");
            (attribute.key.local_name().as_ref().to_owned(), value)
        });
        let tag = start.local_name().as_ref().to_owned();
        Self { tag, attributes: attributes.collect(), children: Vec::new() }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    fn child(&self, tag: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.tag == tag)
    }

    fn all(&self, tag: &str) -> Vec<&Self> {
        self.children.iter().filter(|child| child.tag == tag).collect()
    }
}

fn parse(path: &Path) -> Node {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}'));
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) if start.local_name().as_ref() == "annotation" => {
                reader.read_to_end(start.to_end().name()).unwrap();
            }
            Event::Start(start) => open.push(Node::new(&start)),
            Event::Empty(start) => open.last_mut().unwrap().children.push(Node::new(&start)),
            Event::End(_) => {
                let node = open.pop().unwrap();
                open.last_mut().unwrap().children.push(node);
            }
            Event::Eof => return open.pop().unwrap().children.remove(0),
            _ => {}
        }
    }
}

/// What a restriction accepts, as we state it; `base` is the facet of the type that it narrows.
fn facet(restriction: &Node, base: Option<&Facet>) -> Facet {
    let value = |tag: &str| restriction.child(tag).map(|facet| facet.get("value").unwrap());
    let number = |tag: &str| value(tag).map(|text| text.parse::<i64>().unwrap());
    let pattern = value("pattern");
    assert!(restriction.all("pattern").len() <= 1, "two patterns in one step");
    let known = ["pattern", "enumeration", "minLength", "maxLength", "minInclusive", "maxInclusive"];
    assert!(restriction.children.iter().all(|child| known.contains(&child.tag.as_str())), "{restriction:?}");
    match (restriction.get("base").unwrap(), base) {
        ("xs:date", _) => {
            assert_eq!(pattern, Some("[^:Z]*"));
            Facet::Date
        }
        ("xs:time", _) => {
            assert_eq!(pattern, Some("[^Z+-]+"));
            Facet::Time
        }
        ("xs:integer", _) => {
            assert_eq!(pattern, None);
            let (min, max) = (number("minInclusive").unwrap(), number("maxInclusive").unwrap());
            Facet::Integer { min, max, exactly: None }
        }
        (_, Some(&Facet::Integer { min, max, .. })) => {
            let (least, most) =
                (number("minInclusive").unwrap_or(min), number("maxInclusive").unwrap_or(max));
            let exactly = pattern.map(|pattern| &*pattern.to_owned().leak());
            Facet::Integer { min: least, max: most, exactly }
        }
        ("xs:string", _) if !restriction.all("enumeration").is_empty() => {
            let values = restriction.all("enumeration");
            let values: Vec<&'static str> =
                values.iter().map(|value| &*value.get("value").unwrap().to_owned().leak()).collect();
            let longest = values.iter().map(|value| value.len()).max();
            assert!(number("maxLength").is_none_or(|max| i64::try_from(longest.unwrap()).unwrap() <= max));
            Facet::Enum(values)
        }
        (_, base) => {
            let (mut min, mut max) = match base {
                Some(&Facet::Text { min, max, .. }) => (min, max),
                _ => (0, u32::MAX),
            };
            let length = |tag| number(tag).map(|length| u32::try_from(length).unwrap());
            (min, max) = (length("minLength").unwrap_or(min), length("maxLength").unwrap_or(max));
            text(pattern, base.is_some(), min, max)
        }
    }
}

const SERVICEBUREAU: &str = "(0{8})|98((00000[1-9])|(0000[1-9][0-9])|(000[1-9][0-9]{2})\
    |(00[1-9][0-9]{3})|(0[1-9][0-9]{4})|([1-9][0-9]{5}))";

/// A string type by its pattern; `narrowing` when it is a pattern on a type of the standard.
fn text(pattern: Option<&str>, narrowing: bool, mut min: u32, mut max: u32) -> Facet {
    let form = match pattern {
        None => Form::Any,
        Some(r".*[^\s].*") => Form::Line,
        Some(r"([.\s]*\S+[.\s]*)+") => Form::NotBlank,
        Some("[0-9]*") => Form::Digits,
        Some("([a-zA-ZÀ-ỳ])+") => Form::Letters,
        Some("([a-zA-Z0-9])+") => Form::Alphanumeric,
        Some(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)") => Form::Version,
        Some(SERVICEBUREAU) => Form::Servicebureau,
        Some("NL[0-9]{9}B[0-9]{2}") => Form::BtwIdNummer,
        Some(either) if narrowing && either.contains('|') => {
            let (one, other) = either.split_once('|').unwrap();
            Form::OneOf([one.to_owned().leak(), other.to_owned().leak()])
        }
        Some(fixed) if narrowing => Form::Exactly(fixed.to_owned().leak()),
        Some(digits) => {
            let count = digits.strip_prefix("[0-9]{").and_then(|rest| rest.strip_suffix('}'));
            let count: u32 = count.expect("a pattern that we know").parse().unwrap();
            (min, max) = (min.max(count), max.min(count));
            Form::Digits
        }
    };
    Facet::Text { min, max, form }
}

fn same(ours: &Facet, theirs: &Facet, place: &str) {
    assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{place}");
}

fn simple_named<'s>(schema: &'s MessageSchema, name: &str) -> &'s Simple {
    schema.simples.iter().find(|simple| simple.name == name && !simple.narrowed).expect(name)
}

/// Compares one class with one complex type.
fn compare_class(schema: &MessageSchema, name: &str, owner: Owner, complex: &Node) {
    let class = schema.classes.iter().find(|class| class.name == name && class.owner == owner);
    let class = class.unwrap_or_else(|| panic!("no class {name}"));
    assert_eq!(complex.children.len(), 1, "{name} has more than a sequence");
    let sequence = complex.child("sequence").unwrap();
    assert!(sequence.attributes.is_empty() && sequence.children.iter().all(|child| child.tag == "element"));
    assert_eq!(class.particles.len(), sequence.children.len(), "{name}");
    for (ours, theirs) in class.particles.iter().zip(&sequence.children) {
        let place = format!("{} {name}/{}", schema.soort.name(), ours.name);
        assert_eq!(Some(ours.name), theirs.get("name"), "{place}");
        assert_eq!(ours.optional, theirs.get("minOccurs") == Some("0"), "{place}");
        assert_eq!(ours.many, theirs.get("maxOccurs") == Some("unbounded"), "{place}");
        let allowed = ["name", "type", "minOccurs", "maxOccurs"];
        assert!(theirs.attributes.keys().all(|key| allowed.contains(&key.as_str())), "{place}");
        match (ours.content, theirs.get("type")) {
            (Content::Class(id), Some(named)) => {
                let class = schema.class(id);
                assert_eq!(qualified(schema, class.name, class.owner), named, "{place}");
            }
            (Content::Simple(id), Some(named)) => {
                let simple = schema.simple(id);
                assert!(!simple.narrowed, "{place}");
                assert_eq!(qualified(schema, simple.name, Owner::Basis), named, "{place}");
            }
            (Content::Simple(id), None) => {
                let simple = schema.simple(id);
                let restriction = theirs.child("simpleType").unwrap().child("restriction").unwrap();
                assert!(simple.narrowed, "{place}");
                assert_eq!(qualified(schema, simple.name, Owner::Basis), restriction.get("base").unwrap());
                let base = &simple_named(schema, simple.name).facet;
                same(&simple.facet, &facet(restriction, Some(base)), &place);
            }
            (Content::Class(_), None) => panic!("{place} has no named type"),
        }
    }
}

fn qualified(schema: &MessageSchema, name: &str, owner: Owner) -> String {
    match owner {
        Owner::Basis => format!("ijw:{name}"),
        Owner::Bericht => format!("{}:{name}", schema.soort.prefix()),
    }
}

#[test]
fn statement_equals_the_official_schemas() {
    let Some(standard) = standard_dir() else { return };
    for release in official() {
        compare_release(&standard.join(xsd_folder(release)), release);
    }
}

fn compare_release(standard: &Path, release: &Release) {
    let basis = parse(&standard.join("basisschema.xsd"));
    for schema in releases().messages().iter().filter(|schema| schema.release == release) {
        let prefix = schema.soort.prefix();
        let xsd = parse(&standard.join(format!("{prefix}.xsd")));
        assert_eq!(xsd.get("targetNamespace"), Some(schema.namespace.as_str()));
        assert_eq!(basis.get("targetNamespace"), Some(schema.basis_namespace.as_str()));
        for file in [&xsd, &basis] {
            assert_eq!(file.get("elementFormDefault"), Some("qualified"));
        }
        let root = xsd.child("element").unwrap();
        assert_eq!(root.get("name"), Some("Bericht"));
        assert_eq!(
            root.get("type"),
            Some(qualified(schema, schema.classes[0].name, Owner::Bericht).as_str())
        );
        for (owner, file) in [(Owner::Bericht, &xsd), (Owner::Basis, &basis)] {
            let theirs = file.all("complexType");
            let ours = schema.classes.iter().filter(|class| class.owner == owner);
            assert_eq!(ours.count(), theirs.len(), "{prefix}: number of classes");
            for complex in theirs {
                compare_class(schema, complex.get("name").unwrap(), owner, complex);
            }
        }
        let theirs = basis.all("simpleType");
        assert_eq!(schema.simples.iter().filter(|simple| !simple.narrowed).count(), theirs.len());
        for simple in theirs {
            let name = simple.get("name").unwrap();
            let official = facet(simple.child("restriction").unwrap(), None);
            same(&simple_named(schema, name).facet, &official, name);
        }
    }
}

#[test]
fn every_official_message_is_stated() {
    let Some(standard) = standard_dir() else { return };
    for release in official() {
        let mut files = 0;
        for entry in std::fs::read_dir(standard.join(xsd_folder(release))).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let Some(message) = name.strip_suffix(".xsd").filter(|name| *name != "basisschema") else {
                continue;
            };
            let mut stated = releases().messages().iter().filter(|schema| schema.release == release);
            assert!(stated.any(|schema| schema.soort.prefix() == message), "{} {message}", release.name);
            files += 1;
        }
        let stated = releases().messages().iter().filter(|schema| schema.release == release).count();
        assert_eq!(files, stated, "{}", release.name);
    }
}
