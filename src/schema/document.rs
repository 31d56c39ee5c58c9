//! A message that passed level 1, as a flat table of elements over the text it was read from.
//!
//! One [`Node`] per element in document order: no string is copied and nothing is allocated per
//! element. Typed messages are read from it ([`crate::messages`]), retour messages copy from it,
//! and places for people (line, path) are worked out only when somebody asks.

use super::statement::{ClassId, Content, MessageSchema, Particle};
use std::borrow::Cow;

/// Index of an element in its document; 0 is the root. Values that we built ourselves carry 0.
///
/// Two places are always equal, so that a message compares equal to what was written of it.
#[derive(Debug, Default, Clone, Copy)]
pub struct At(pub u32);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for At {}

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Byte offset of the `<` of its start tag in the source.
    pub offset: u32,
    /// Where its value begins; in the source, or in the decoded values when `decoded`.
    pub start: u32,
    /// Length of its value in bytes; 0 for a class.
    pub len: u32,
    /// Index just past its last descendant.
    pub end: u32,
    /// Which particle of its parent's class it is; [`Node::ROOT`] for the root.
    pub position: u16,
    pub parent: ClassId,
    /// The value stands in the decoded values: in the source it has references, CDATA, comments or
    /// carriage returns in it.
    pub decoded: bool,
}

impl Node {
    /// Position of the root, which fills no particle.
    pub const ROOT: u16 = u16::MAX;
}

/// A message that is valid at level 1.
#[derive(Debug)]
pub struct Document<'a> {
    /// Which message of which release.
    pub schema: &'static MessageSchema,
    /// The message as UTF-8, converted when it came in another encoding.
    pub source: Cow<'a, str>,
    /// Values that do not stand in the source as one piece.
    pub values: String,
    /// Every element in document order, the root first.
    pub nodes: Vec<Node>,
}

impl Document<'_> {
    /// The element `Bericht`.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element { document: self, index: 0 }
    }

    /// The element at a place.
    #[must_use]
    pub fn element(&self, at: At) -> Element<'_> {
        Element { document: self, index: at.0 }
    }

    /// Line of the start tag at a place, from 1.
    #[must_use]
    pub fn line(&self, at: At) -> u32 {
        let offset = self.nodes[at.0 as usize].offset as usize;
        let before = &self.source.as_bytes()[..offset];
        u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Path of local names from the root, with `[n]` on elements that may repeat.
    #[must_use]
    pub fn path(&self, at: At) -> String {
        let mut path = String::from("/Bericht");
        let mut parent = self.root();
        while parent.index != at.0 {
            let mut count: u32 = 0;
            let mut last = None;
            let Some(step) = parent.children().find(|child| {
                let position = child.node().position;
                count = if last == Some(position) { count + 1 } else { 1 };
                last = Some(position);
                at.0 < child.node().end
            }) else {
                return path;
            };
            path.push('/');
            path.push_str(step.name());
            if step.particle().is_some_and(|particle| particle.many) {
                path.push_str(&format!("[{count}]"));
            }
            parent = step;
        }
        path
    }
}

/// One element of a [`Document`].
#[derive(Debug, Clone, Copy)]
pub struct Element<'d> {
    /// The message.
    pub document: &'d Document<'d>,
    /// Index of its node.
    pub index: u32,
}

impl<'d> Element<'d> {
    /// Its place.
    #[must_use]
    pub fn at(self) -> At {
        At(self.index)
    }

    #[must_use]
    pub fn node(self) -> &'d Node {
        &self.document.nodes[self.index as usize]
    }

    /// Its value, white space treated as its type says; empty for a class.
    #[must_use]
    pub fn text(self) -> &'d str {
        let node = self.node();
        let whole: &'d str = if node.decoded { &self.document.values } else { &self.document.source };
        let start = node.start as usize;
        &whole[start..start + node.len as usize]
    }

    /// Its children in order.
    #[must_use]
    pub fn children(self) -> Children<'d> {
        Children { document: self.document, next: self.index + 1, end: self.node().end }
    }

    /// The first child with this local name.
    #[must_use]
    pub fn child(self, name: &str) -> Option<Element<'d>> {
        self.children().find(|child| child.name() == name)
    }

    /// Its local name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.particle().map_or("Bericht", |particle| particle.name)
    }

    /// The particle of its parent's class that it fills; `None` for the root.
    #[must_use]
    pub fn particle(self) -> Option<&'static Particle> {
        let Node { parent, position, .. } = *self.node();
        self.document.schema.class(parent).particles.get(usize::from(position))
    }

    /// Class or simple type.
    #[must_use]
    pub fn content(self) -> Content {
        self.particle().map_or(Content::Class(ClassId(0)), |particle| particle.content)
    }
}

/// Children of an element.
#[derive(Debug, Clone)]
pub struct Children<'d> {
    document: &'d Document<'d>,
    next: u32,
    end: u32,
}

impl<'d> Children<'d> {
    /// The next child, if it fills this particle; otherwise it stays.
    pub fn filling(&mut self, position: u16) -> Option<Element<'d>> {
        let node = self.document.nodes.get(self.next as usize)?;
        if self.next >= self.end || node.position != position {
            return None;
        }
        let element = Element { document: self.document, index: self.next };
        self.next = node.end;
        Some(element)
    }
}

impl<'d> Iterator for Children<'d> {
    type Item = Element<'d>;

    fn next(&mut self) -> Option<Element<'d>> {
        if self.next >= self.end {
            return None;
        }
        let element = Element { document: self.document, index: self.next };
        self.next = element.node().end;
        Some(element)
    }
}
