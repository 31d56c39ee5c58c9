//! Plan of the fast reader: the tags of a message with the prefixes of a document, and the checks of its values ready
//! for bytes.

use super::statement::{Content, Facet, Form, MessageSchema, Owner, StatedClass};

/// The tags and checks of one message with given prefixes.
#[derive(Debug)]
pub struct ReadingPlan {
    /// Prefix of the message's own namespace, empty for the default namespace.
    pub bericht: String,
    /// Prefix of the shared namespace, empty for the default namespace.
    pub basis: String,
    /// Steps of each class, in the order of the statement's classes.
    pub classes: Vec<Vec<PlanStep>>,
}

/// One element of a class.
#[derive(Debug)]
pub struct PlanStep {
    /// Its end tag; from the third byte on also the rest of its start tag.
    pub close: Box<[u8]>,
    pub holds: StepHolds,
    /// It may be absent.
    pub optional: bool,
    /// It may repeat.
    pub many: bool,
}

/// What an element holds.
#[derive(Debug)]
pub enum StepHolds {
    /// Elements of the class with this index.
    Class(u16),
    Value(ByteCheck),
}

/// A facet, ready to be checked on bytes.
#[derive(Debug)]
pub enum ByteCheck {
    /// So many digits.
    Digits(usize),
    /// One of these short strings, packed by [`packed`].
    Enum(Box<[u64]>),
    /// A whole number.
    Integer(i64, i64),
    Date,
    /// Text of so many characters on one line or more, not blank.
    Text {
        /// Fewest characters.
        min: u32,
        /// Most characters.
        max: u32,
        /// A newline or tab may stand in it.
        lines: bool,
        /// It may be nothing but spaces.
        blank: bool,
    },
    /// Anything else: as the facet itself says.
    Facet(Facet),
}

impl ReadingPlan {
    /// The plan of a message with these prefixes.
    #[must_use]
    pub fn new(schema: &MessageSchema, bericht: &str, basis: &str) -> Self {
        let class = |class: &StatedClass| {
            let prefix = match class.owner {
                Owner::Basis => basis,
                Owner::Bericht => bericht,
            };
            let steps = class.particles.iter().map(|particle| PlanStep {
                close: end_tag(prefix, particle.name).into_bytes().into(),
                holds: match particle.content {
                    Content::Class(class) => StepHolds::Class(class.0),
                    Content::Simple(simple) => StepHolds::Value(check(&schema.simple(simple).facet)),
                },
                optional: particle.optional,
                many: particle.many,
            });
            steps.collect()
        };
        let classes = schema.classes.iter().map(class).collect();
        Self { bericht: bericht.to_owned(), basis: basis.to_owned(), classes }
    }
}

/// `</prefix:name>`, without colon when there is no prefix.
pub fn end_tag(prefix: &str, name: &str) -> String {
    let colon = if prefix.is_empty() { "" } else { ":" };
    format!("</{prefix}{colon}{name}>")
}

fn check(facet: &Facet) -> ByteCheck {
    match facet {
        &Facet::Text { min, max, form: Form::Digits } if min == max => ByteCheck::Digits(max as usize),
        Facet::Enum(values) if values.iter().all(|value| value.len() <= MAX_PACKED) => {
            ByteCheck::Enum(values.iter().map(|value| packed(value.as_bytes())).collect())
        }
        &Facet::Integer { min, max, exactly: None } => ByteCheck::Integer(min, max),
        Facet::Date => ByteCheck::Date,
        &Facet::Text { min, max, form: form @ (Form::Any | Form::Line | Form::NotBlank) } => {
            ByteCheck::Text { min, max, lines: form != Form::Line, blank: form == Form::Any }
        }
        facet => ByteCheck::Facet(facet.clone()),
    }
}

/// Longest string that fits a packed code.
pub const MAX_PACKED: usize = 7;

/// A string of at most seven bytes as one number; the length is in it, so no two are the same.
#[inline]
#[must_use]
pub fn packed(bytes: &[u8]) -> u64 {
    bytes.iter().fold(1, |sum, &byte| sum << 8 | u64::from(byte))
}
