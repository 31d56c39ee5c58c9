//! Our statement of the structure of a release: the files under `schemas/<release>/`.
//!
//! `types.schema` states the simple types and the shared classes, `<message>.schema` one message.
//! The format, one statement per line, `#` begins a comment:
//!
//! ```text
//! type  LDT_Naam string 1..200 line      a string of 1 to 200 characters, one line, not blank
//! type  LDT_Bedrag integer 0..99999999   a whole number
//! type  LDT_Datum date                   a date without zone
//! type  LDT_JaNee enum 1 2               one of these strings
//! class CDT_Huis                         a class; its elements follow, in order, indented
//!   Huisnummer LDT_Huisnummer
//!   Huisletter LDT_Huisletter ?          ? at most once, * once or more
//!   BerichtCode = 436                    a fixed value
//! message jw301 436                      a message with its BerichtCode; its classes follow
//! ```

use crate::messages::BerichtSoort;

/// Index of a class in its message's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassId(pub u16);

/// Index of a simple type in its message's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimpleId(pub u16);

/// What an element may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Elements.
    Class(ClassId),
    /// A value.
    Simple(SimpleId),
}

/// In which namespace an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The namespace shared by all messages (`ijw`).
    Basis,
    /// The namespace of the message itself.
    Bericht,
}

/// One element of a class.
#[derive(Debug, Clone)]
pub struct Particle {
    /// Local name.
    pub name: &'static str,
    /// Class or simple type.
    pub content: Content,
    /// It may be absent.
    pub optional: bool,
    /// It may repeat.
    pub many: bool,
}

/// A class: its elements in their fixed order.
#[derive(Debug, Clone)]
pub struct Class {
    /// Name in our statement.
    pub name: &'static str,
    /// Namespace of its elements.
    pub owner: Owner,
    /// Elements in order.
    pub particles: Vec<Particle>,
}

/// One message of one release.
#[derive(Debug)]
pub struct MessageSchema {
    /// Which message.
    pub soort: BerichtSoort,
    /// Release, `3.2`.
    pub release: &'static str,
    /// Its own namespace.
    pub namespace: String,
    /// The namespace of the shared types.
    pub basis_namespace: String,
    /// Classes; the first is that of the root.
    pub classes: Vec<Class>,
    /// Simple types.
    pub simples: Vec<Simple>,
}

impl MessageSchema {
    /// A class by its index.
    #[must_use]
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[usize::from(id.0)]
    }

    /// A simple type by its index.
    #[must_use]
    pub fn simple(&self, id: SimpleId) -> &Simple {
        &self.simples[usize::from(id.0)]
    }

    /// A class by its name in our statement.
    #[must_use]
    pub fn class_named(&self, name: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.name == name)
    }
}

/// A simple type: its name and what it accepts.
#[derive(Debug, Clone)]
pub struct Simple {
    /// Name in our statement, or `=436` for a fixed value.
    pub name: String,
    /// What it accepts.
    pub facet: Facet,
}

/// What a simple type accepts.
#[derive(Debug, Clone)]
pub enum Facet {
    /// A string; white space counts.
    Text {
        /// Fewest characters.
        min: u32,
        /// Most characters.
        max: u32,
        /// Which characters and shape.
        form: Form,
    },
    /// One of these strings; white space counts.
    Enum(Vec<&'static str>),
    /// A whole number; surrounding white space is dropped.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
        /// The only spelling allowed after dropping white space.
        exactly: Option<&'static str>,
    },
    /// A date without time zone; surrounding white space is dropped.
    Date,
    /// A time without time zone; surrounding white space is dropped.
    Time,
}

/// The shape of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Any characters.
    Any,
    /// One line with at least one character that is not white space.
    Line,
    /// At least one character that is not white space, lines allowed.
    NotBlank,
    /// ASCII digits only.
    Digits,
    /// ASCII letters and digits only.
    Alphanumeric,
    /// Letters as the standard counts them in initials: a-z, A-Z, U+00C0 to U+1EF3.
    Letters,
    /// Three numbers with dots, no leading zeros.
    Version,
    /// One given text.
    Exactly(&'static str),
}
