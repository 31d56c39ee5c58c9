//! Our statement of the structure of a release: the files under `schemas/<release>/`.
//!
//! `types.schema` states the simple types and the shared classes, `<message>.schema` one message.
//! The format, one statement per line, `#` begins a comment line:
//!
//! ```text
//! release 3.2                            the release
//! base 3.1                               it is as this release, but for what follows
//! version 3 2                            BerichtVersie and BerichtSubversie
//! evidence official                      compared with the official schemas, or `reconstructed`
//! live                                   the release that we speak: one says so
//! namespace http://example/*/schema      `*` is the message, or `basisschema`, the shared types
//! type LDT_Naam string 1..200 line       a string of 1 to 200 characters and its form: any, line,
//!                                        notblank, digits, letters, alphanumeric or version
//! type LDT_AgbCode string 8 digits code  exactly 8; `code`: may be shown to people (others are not)
//! type LDT_Bedrag integer 0..99999999    a whole number
//! type LDT_Datum date                    a date without zone; `time` a time without zone
//! type LDT_JaNee enum 1 2                one of these strings, in rising order
//! class CDT_Huis personal                a class; `personal`: nothing in it is shown to people
//!   Huisnummer LDT_Huisnummer            its elements follow, in order, indented, with their type
//!   Huisletter LDT_Huisletter ?          `?` at most once, `+` once or more, nothing exactly once
//!   BerichtCode LDT_BerichtCode = 436    only this value of the type
//!   BerichtCode LDT_BerichtCode = 432 450
//!   BerichtVersie LDT_BerichtVersie = $versie      as `version` says; `$subversie` likewise
//!   Nummer LDT_Nr alphanumeric           only this form of the type
//!   Percentage LDT_Percentage ..9999     only up to this number
//! message jw301                          a message; its classes follow, the first is the root's
//! ```
//!
//! Types and classes have the names of the official schemas, because a message may name them
//! (`xsi:type`). A type or class that a variant states again replaces that of its base. What a line narrows (`=`, a form) has no name there, and none here.

use super::release::Release;
use crate::codes::BerichtSoort;
use std::sync::OnceLock;

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
pub struct StatedClass {
    /// Name in the standard.
    pub name: &'static str,
    /// Namespace of its elements and of its name.
    pub owner: Owner,
    /// Its values say something of a person: they are never shown.
    pub personal: bool,
    /// Elements in order.
    pub particles: Vec<Particle>,
}

/// Where the fields of a type are in a class that has its elements in another order, or others.
#[derive(Debug, Clone)]
pub struct Layout {
    /// For every field of the type the place of its element.
    pub places: Box<[u16]>,
    /// For every element the field of the type.
    pub order: Box<[u16]>,
}

impl Layout {
    /// Stands in a layout for an element that the class does not have.
    pub const ABSENT: u16 = u16::MAX;

    /// The layout of a class for a type with these fields; none when every element is in its place.
    #[must_use]
    pub fn of(class: &StatedClass, fields: &[&'static str]) -> Option<Self> {
        let in_place = class.particles.iter().enumerate().all(|(at, own)| fields.get(at) == Some(&own.name));
        if in_place {
            return None;
        }
        let place = |at: Option<usize>| at.and_then(|at| u16::try_from(at).ok()).unwrap_or(Self::ABSENT);
        let particle = |name: &&str| place(class.particles.iter().position(|own| own.name == *name));
        let field = |own: &Particle| place(fields.iter().position(|name| *name == own.name));
        let (places, order) =
            (fields.iter().map(particle).collect(), class.particles.iter().map(field).collect());
        Some(Self { places, order })
    }
}

/// The layouts of a message, class by class; none when every class has its elements where its type has them.
pub type Layouts = Option<Box<[Option<Layout>]>>;

/// One message of one release.
#[derive(Debug, Clone)]
pub struct MessageSchema {
    /// Which message.
    pub soort: BerichtSoort,
    pub release: &'static Release,
    pub namespace: String,
    /// The namespace of the shared types.
    pub basis_namespace: String,
    /// Classes; the first is that of the root.
    pub classes: Vec<StatedClass>,
    /// Simple types.
    pub simples: Vec<Simple>,
    /// Worked out once, by those who have the types.
    pub layouts: OnceLock<Layouts>,
}

impl MessageSchema {
    /// A class by its index.
    #[must_use]
    pub fn class(&self, id: ClassId) -> &StatedClass {
        &self.classes[usize::from(id.0)]
    }

    /// The namespace in which the elements of a class stand.
    #[must_use]
    pub fn namespace_of(&self, owner: Owner) -> &str {
        match owner {
            Owner::Basis => &self.basis_namespace,
            Owner::Bericht => &self.namespace,
        }
    }

    /// A simple type by its index.
    #[must_use]
    pub fn simple(&self, id: SimpleId) -> &Simple {
        &self.simples[usize::from(id.0)]
    }

    /// A class by its name in our statement.
    #[must_use]
    pub fn class_named(&self, name: &str) -> Option<&StatedClass> {
        self.classes.iter().find(|class| class.name == name)
    }
}

/// A simple type: its name and what it accepts. All stand in the shared namespace.
#[derive(Debug, Clone)]
pub struct Simple {
    /// Name in the standard, of the type that it narrows when `narrowed`.
    pub name: &'static str,
    /// It narrows a type in one place and has no name of its own.
    pub narrowed: bool,
    /// Free text: its values are never shown.
    pub personal: bool,
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
    /// AGB code of a servicebureau: 98 and a number from 1 on, or eight zeros.
    Servicebureau,
    /// VAT number of the Netherlands.
    BtwIdNummer,
    /// One given text.
    Exactly(&'static str),
    /// One of two given texts.
    OneOf([&'static str; 2]),
}
