//! Level 1 in full: every message, every error, and the document when there is none.
//!
//! The pieces come from [`super::tokens`]; here stand the order and counts of elements, types,
//! attributes and what is done to go on after an error: what may not stand somewhere is skipped
//! with all that is in it, what is missing is reported and passed over.

use super::document::Node;
use super::facet::{is_space, trim};
use super::fault::{Fault, shown_if_known, shown_name, shown_value};
use super::frame::{OpenElement, ParticleCursor, PathStep, path};
use super::limits::{MAX_ELEMENTS, MAX_FINDINGS};
use super::namespaces::{Name, XSI};
use super::reading::{HeaderPeek, Located};
use super::release::releases;
use super::statement::{ClassId, Content, MessageSchema, Owner, SimpleId};
use super::tokens::{Attributes, Token, Tokens};
use super::unread;
use super::value::PartialValue;
use crate::codes::Partij;

/// What judging gives.
#[derive(Debug, Default)]
pub struct StructureVerdict {
    /// Which message, when the root says so.
    pub schema: Option<&'static MessageSchema>,
    /// What is wrong.
    pub faults: Vec<Located>,
    /// There was more.
    pub truncated: bool,
    /// What could be read of the header.
    pub header: Option<HeaderPeek>,
    /// Elements, complete when nothing is wrong.
    pub nodes: Vec<Node>,
    /// Values that do not stand in the text as one piece.
    pub values: String,
}

/// Reading ends here: the text is no XML, or nothing more can be said of it.
struct Stop;

struct Judge<'s> {
    tokens: Tokens<'s>,
    verdict: StructureVerdict,
    frames: Vec<OpenElement<'s>>,
    /// Depth within an element that is skipped.
    skipping: usize,
    elements: usize,
}

/// Judges a text; `body` is where the part after the XML declaration begins.
#[must_use]
pub fn judge(text: &str, body: usize) -> StructureVerdict {
    let tokens = match Tokens::new(text, body) {
        Ok(tokens) => tokens,
        Err(fault) => {
            let faults = vec![Located { fault, path: String::new() }];
            return StructureVerdict { faults, ..StructureVerdict::default() };
        }
    };
    let verdict = StructureVerdict::default();
    let mut judge = Judge { tokens, verdict, frames: Vec::new(), skipping: 0, elements: 0 };
    while judge.step().is_ok() {}
    judge.verdict
}

impl<'s> Judge<'s> {
    fn step(&mut self) -> Result<(), Stop> {
        let (offset, token) = match self.tokens.read() {
            Ok(next) => next,
            Err(fault) => {
                self.report(fault);
                return Err(Stop);
            }
        };
        match token {
            Token::Eof => return Err(Stop),
            Token::Start { name, attributes, empty } => self.start(offset, &name, &attributes, empty)?,
            Token::End if self.skipping > 0 => self.skipping -= 1,
            Token::End => self.end(),
            Token::Text(text) => self.text(offset, text, |value| value.push_source(offset, text)),
            Token::CData(text) => self.text(offset, text, |value| {
                let start = offset + "<![CDATA[".len();
                value.push_source(start, text);
            }),
            Token::Character(character) => {
                let mut buffer = [0; 4];
                let text: &str = character.encode_utf8(&mut buffer);
                self.text(offset, text, |value| value.push(text));
            }
            Token::Aside => {}
        }
        if self.verdict.faults.len() >= MAX_FINDINGS {
            self.verdict.faults.truncate(MAX_FINDINGS);
            self.verdict.truncated = true;
            return Err(Stop);
        }
        Ok(())
    }

    fn report(&mut self, fault: Fault) {
        self.verdict.faults.push(Located { fault, path: path(&self.frames) });
    }

    /// Reports something of a child that has no frame.
    fn report_child(&mut self, fault: Fault, child: &str) {
        let path = format!("{}/{child}", path(&self.frames));
        self.verdict.faults.push(Located { fault, path });
    }

    fn start(
        &mut self,
        offset: usize,
        name: &Name<'s>,
        attributes: &Attributes<'s>,
        empty: bool,
    ) -> Result<(), Stop> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            let expected = format!("hoogstens {MAX_ELEMENTS} elementen");
            self.report(Fault::new(offset, expected, "een bericht met meer elementen"));
            return Err(Stop);
        }
        if self.skipping > 0 {
            self.skipping += usize::from(!empty);
            return Ok(());
        }
        let frame = match self.verdict.schema {
            Some(schema) => self.child(schema, offset, name),
            None => Some(self.root(offset, name)?),
        };
        let Some(frame) = frame else {
            self.skipping = usize::from(!empty);
            return Ok(());
        };
        self.open(frame);
        self.check_attributes(offset, attributes);
        if empty {
            self.end();
        }
        Ok(())
    }

    fn root(&mut self, offset: usize, name: &Name<'s>) -> Result<OpenElement<'s>, Stop> {
        self.verdict.schema = releases().by_namespace(&name.namespace);
        let shown = shown_name(name.local);
        if self.verdict.schema.is_none()
            && let Some(fault) = unread::namespace(offset, &name.namespace)
        {
            self.report_child(fault, &shown);
            return Err(Stop);
        }
        let found = match self.verdict.schema {
            Some(_) if name.local == "Bericht" => {
                let step = PathStep { name: "Bericht", index: None };
                return Ok(frame(step, offset, ClassId(0), Node::ROOT, Content::Class(ClassId(0))));
            }
            Some(_) => format!("het hoofdelement {shown}"),
            None => format!("het hoofdelement {shown} in een andere namespace"),
        };
        let expected = "het hoofdelement Bericht in de namespace van een bericht dat wij kennen";
        self.report_child(Fault::new(offset, expected, found), &shown);
        Err(Stop)
    }

    /// The frame of a child of the innermost element; `None` when it may not stand there.
    fn child(
        &mut self,
        schema: &'static MessageSchema,
        offset: usize,
        name: &Name<'s>,
    ) -> Option<OpenElement<'s>> {
        let parent = self.frames.last_mut()?;
        let Content::Class(class_id) = parent.content else {
            parent.spoilt = true;
            self.report(Fault::new(offset, "een waarde zonder elementen", "een element in een waarde"));
            return None;
        };
        let class = schema.class(class_id);
        let right_namespace = *name.namespace == *schema.namespace_of(class.owner);
        let before = parent.cursor;
        let placed = if right_namespace { parent.cursor.place(class, name.local) } else { None };
        let Some(placed) = placed else {
            let ours =
                [&schema.namespace, &schema.basis_namespace].iter().any(|ours| **ours == *name.namespace);
            let shown = if ours { shown_name(name.local) } else { shown_if_known(name.local) };
            let found = if !right_namespace {
                format!("element {shown} in een andere namespace")
            } else if before.is_past(class, name.local) {
                format!("element {shown}, dat hier niet meer mag staan")
            } else {
                format!("element {shown}")
            };
            let fault = Fault::new(offset, before.expected(class, parent.step.name), found);
            self.report_child(fault, &shown);
            return None;
        };
        for missing in placed.missing {
            let fault = Fault::new(offset, format!("element {missing}"), format!("element {}", name.local));
            self.report_child(fault, missing);
        }
        let particle = &class.particles[placed.position];
        let step = PathStep { name: particle.name, index: placed.index };
        let position = u16::try_from(placed.position).unwrap_or(u16::MAX);
        Some(frame(step, offset, class_id, position, particle.content))
    }

    fn open(&mut self, mut frame: OpenElement<'s>) {
        frame.node = self.verdict.nodes.len();
        if self.verdict.faults.is_empty() {
            self.verdict.nodes.push(Node {
                offset: offset32(frame.offset),
                start: 0,
                len: 0,
                end: 0,
                position: frame.position,
                parent: frame.parent,
                decoded: false,
            });
        }
        self.frames.push(frame);
    }

    /// Only where to find a schema, and the type that the element has anyway, may be said.
    fn check_attributes(&mut self, offset: usize, attributes: &Attributes<'s>) {
        let (Some(schema), Some(frame)) = (self.verdict.schema, self.frames.last()) else { return };
        let content = frame.content;
        for (name, attribute) in attributes {
            let known = if *name.namespace == *XSI { name.local } else { "" };
            let fault = match known {
                "schemaLocation" | "noNamespaceSchemaLocation" => continue,
                "type" if self.names_type(schema, content, &attribute.value) => continue,
                "type" => Fault::new(offset, "xsi:type met het type van dit element", "een ander type"),
                "nil" => Fault::new(offset, "een element zonder xsi:nil", "xsi:nil"),
                _ => {
                    let found = format!("attribuut {}", shown_name(name.local));
                    Fault::new(offset, "een element zonder attributen", found)
                }
            };
            self.report(fault);
        }
    }

    fn names_type(&self, schema: &MessageSchema, content: Content, value: &str) -> bool {
        let Some((namespace, local)) = self.tokens.namespaces().named(value) else { return false };
        let (name, owner) = match content {
            Content::Class(class) => (schema.class(class).name, schema.class(class).owner),
            Content::Simple(simple) if schema.simple(simple).narrowed => return false,
            Content::Simple(simple) => (schema.simple(simple).name, Owner::Basis),
        };
        local == name && *namespace == *schema.namespace_of(owner)
    }

    fn text(&mut self, offset: usize, text: &str, push: impl FnOnce(&mut PartialValue<'s>)) {
        let Some(frame) = self.frames.last_mut().filter(|_| self.skipping == 0) else { return };
        match frame.content {
            Content::Simple(_) => push(&mut frame.value),
            Content::Class(_) if frame.spoilt || text.bytes().all(is_space) => {}
            Content::Class(_) => {
                frame.spoilt = true;
                self.report(Fault::new(offset, "alleen elementen", "tekst tussen de elementen"));
            }
        }
    }

    fn end(&mut self) {
        let (Some(schema), Some(frame)) = (self.verdict.schema, self.frames.last_mut()) else { return };
        match frame.content {
            Content::Class(class) => {
                let class = schema.class(class);
                let (offset, found) = (frame.offset, format!("het einde van {}", frame.step.name));
                for missing in frame.cursor.missing(class, class.particles.len()) {
                    let fault = Fault::new(offset, format!("element {missing}"), found.clone());
                    self.report_child(fault, missing);
                }
                self.close();
            }
            Content::Simple(simple) => {
                let (value, spoilt) = (std::mem::take(&mut frame.value), frame.spoilt);
                if !spoilt {
                    self.check_value(schema, simple, &value);
                }
                self.close();
            }
        }
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let end = offset32(self.verdict.nodes.len());
        if let (true, Some(node)) = (self.verdict.faults.is_empty(), self.verdict.nodes.get_mut(frame.node)) {
            node.end = end;
        }
    }

    fn check_value(&mut self, schema: &'static MessageSchema, simple: SimpleId, value: &PartialValue<'s>) {
        let Some(frame) = self.frames.last() else { return };
        let (node, offset, parent) = (frame.node, frame.offset, frame.parent);
        let simple = schema.simple(simple);
        let whole = value.as_str();
        let text = if simple.facet.trims() { trim(whole) } else { whole };
        if !simple.facet.accepts(text) {
            let personal = simple.personal || schema.class(parent).personal;
            let found = shown_value(text, personal);
            self.report(Fault::new(offset, simple.facet.expected(), found));
            return;
        }
        peek(&mut self.verdict.header, &self.frames, text);
        if !self.verdict.faults.is_empty() {
            return;
        }
        let (start, decoded) = match *value {
            PartialValue::Empty => (0, false),
            PartialValue::Source(start, whole) if simple.facet.trims() => {
                (start + leading_space(whole), false)
            }
            PartialValue::Source(start, _) => (start, false),
            PartialValue::Decoded(_) => (self.verdict.values.len(), true),
        };
        if decoded {
            self.verdict.values.push_str(text);
        }
        if let Some(node) = self.verdict.nodes.get_mut(node) {
            (node.start, node.len, node.decoded) = (offset32(start), offset32(text.len()), decoded);
        }
    }
}

fn frame<'s>(
    step: PathStep,
    offset: usize,
    parent: ClassId,
    position: u16,
    content: Content,
) -> OpenElement<'s> {
    let (cursor, value) = (ParticleCursor::default(), PartialValue::default());
    OpenElement { step, offset, node: 0, parent, position, content, cursor, value, spoilt: false }
}

/// Offsets fit: a message has at most 256 MiB, twice that when it was not UTF-8.
fn offset32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

fn leading_space(text: &str) -> usize {
    text.bytes().take_while(|&byte| is_space(byte)).count()
}

/// Keeps what a notice needs of the header.
fn peek(header: &mut Option<HeaderPeek>, frames: &[OpenElement<'_>], value: &str) {
    let name = |depth: usize| frames.get(depth).map_or("", |frame| frame.step.name);
    if name(1) != "Header" {
        return;
    }
    match (name(2), name(3)) {
        ("Afzender", "") => header.get_or_insert_default().afzender = Partij::parse(value),
        ("Ontvanger", "") => header.get_or_insert_default().ontvanger = Partij::parse(value),
        ("BerichtIdentificatie", "Identificatie") => {
            header.get_or_insert_default().identificatie = Some(value.to_owned());
        }
        _ => {}
    }
}
