//! Canonical XML: UTF-8 without mark, two spaces per level, prefixes as in the standard's samples.

use super::class::{Class, ElementValue};
use crate::schema::{Content, Element, MessageSchema, Owner};

/// Prefix of the shared namespace.
const BASIS_PREFIX: &str = "ijw";

/// Writes elements with their prefixes.
#[derive(Debug)]
pub struct Writer {
    out: String,
    schema: &'static MessageSchema,
    prefix: &'static str,
    depth: usize,
}

impl Writer {
    /// A whole message: declaration, root with its namespaces, and what the class writes.
    pub fn message<'d>(schema: &'static MessageSchema, root: &impl Class<'d>) -> Vec<u8> {
        let mut writer = Self::start(schema);
        root.write(&mut writer);
        writer.finish()
    }

    /// Begins a message as its release states it.
    #[must_use]
    pub fn start(schema: &'static MessageSchema) -> Self {
        let prefix = schema.soort.prefix();
        let (namespace, basis_namespace) = (&schema.namespace, &schema.basis_namespace);
        let out = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{prefix}:Bericht \
             xmlns:{prefix}=\"{namespace}\" xmlns:{BASIS_PREFIX}=\"{basis_namespace}\">\n"
        );
        Self { out, schema, prefix, depth: 1 }
    }

    /// What is written.
    #[must_use]
    pub fn schema(&self) -> &'static MessageSchema {
        self.schema
    }

    /// Ends a message.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.out.push_str("</");
        self.out.push_str(self.prefix);
        self.out.push_str(":Bericht>\n");
        self.out.into_bytes()
    }

    fn tag(&mut self, open: &str, name: &str, owner: Owner) {
        self.out.push_str(open);
        self.out.push_str(match owner {
            Owner::Basis => BASIS_PREFIX,
            Owner::Bericht => self.prefix,
        });
        self.out.push(':');
        self.out.push_str(name);
        self.out.push('>');
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.out.push_str("  ");
        }
    }

    /// Opens an element that holds elements.
    pub fn open(&mut self, name: &str, owner: Owner) {
        self.indent();
        self.tag("<", name, owner);
        self.out.push('\n');
        self.depth += 1;
    }

    /// Closes an element that holds elements.
    pub fn close(&mut self, name: &str, owner: Owner) {
        self.depth -= 1;
        self.indent();
        self.tag("</", name, owner);
        self.out.push('\n');
    }

    /// An element that holds a value.
    pub fn value<'d>(&mut self, name: &str, owner: Owner, value: &impl ElementValue<'d>) {
        self.indent();
        self.tag("<", name, owner);
        value.write_value(&mut self.out);
        self.tag("</", name, owner);
        self.out.push('\n');
    }

    /// An element as it was received, under a name: values keep their spelling.
    pub fn copy(&mut self, name: &str, owner: Owner, element: Element<'_>) {
        match element.content() {
            Content::Simple(_) => self.text(name, owner, element.text()),
            Content::Class(_) => {
                self.open(name, owner);
                self.copy_children(element);
                self.close(name, owner);
            }
        }
    }

    /// Everything in an element as it was received.
    pub fn copy_children(&mut self, element: Element<'_>) {
        for child in element.children() {
            let owner = child.document.schema.class(child.node().parent).owner;
            self.copy(child.name(), owner, child);
        }
    }

    /// An element that holds a text as it was received.
    pub fn text(&mut self, name: &str, owner: Owner, text: &str) {
        self.value(name, owner, &text);
    }
}

/// Adds a text with what XML would read otherwise written as references. A carriage return, tab or
/// newline is a reference too, so that reading gives the same characters back.
pub fn escape_into(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            _ => out.push(character),
        }
    }
}
