//! Reads a message: valid at level 1, or what is wrong with it.

use super::document::{Document, Node};
use super::fast::read_fast;
use super::fault::Fault;
use super::judge::{StructureVerdict, judge};
use super::source::{MessageText, read_source};
use super::statement::MessageSchema;
use super::unread::flat_file;
use crate::codes::{BerichtSoort, Partij};

/// What reading a message gives.
#[derive(Debug)]
pub enum Reading<'a> {
    /// It is valid at level 1.
    Valid(Document<'a>),
    /// It is not.
    Invalid(Invalid),
}

/// A message that is not valid at level 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Which message it claims to be, when its root says so.
    pub soort: Option<BerichtSoort>,
    pub release: Option<&'static str>,
    /// What is wrong, in the order in which it was met; never empty.
    pub findings: Vec<XsdFinding>,
    /// There was more: [`MAX_FINDINGS`](super::limits::MAX_FINDINGS) was reached.
    pub truncated: bool,
    /// What could be read of its header, to address a notice; `None` when nothing could.
    pub header: Option<HeaderPeek>,
}

/// What could be read of the header of a message that is not valid.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct HeaderPeek {
    /// Sender; of the heenbericht for a retour.
    pub afzender: Option<Partij>,
    /// Receiver; of the heenbericht for a retour.
    pub ontvanger: Option<Partij>,
    /// Identificatie in BerichtIdentificatie.
    pub identificatie: Option<String>,
}

/// One thing that is wrong at level 1. Shows no value that may say something of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XsdFinding {
    /// Line of the start tag, or of the fault itself in text that is no XML; from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Path of local names from the root, `[n]` on elements that may repeat; empty outside the root.
    pub path: String,
    /// What should stand there, in Dutch.
    pub expected: String,
    /// What stands there, in Dutch.
    pub found: String,
}

impl XsdFinding {
    /// One Dutch sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("Verwacht: {}; gevonden: {}.", self.expected, self.found)
    }
}

/// A fault with its path.
#[derive(Debug)]
pub struct Located {
    pub fault: Fault,
    /// Path of local names.
    pub path: String,
}

/// Judges a message at level 1.
#[must_use]
pub fn read(bytes: &[u8]) -> Reading<'_> {
    read_with(bytes, read_fast)
}

/// The same without the fast reader, for the tests that compare the two.
#[must_use]
pub fn read_thoroughly(bytes: &[u8]) -> Reading<'_> {
    read_with(bytes, |_, _| None)
}

/// What the fast reader alone says: whether it takes the message, for the tests that count how often.
#[must_use]
pub fn takes_fast_way(bytes: &[u8]) -> bool {
    read_source(bytes).is_ok_and(|MessageText { text, body }| read_fast(&text, body).is_some())
}

/// A reader that may give up.
type FastReader = fn(&str, usize) -> Option<(&'static MessageSchema, Vec<Node>)>;

fn read_with(bytes: &[u8], fast: FastReader) -> Reading<'_> {
    let MessageText { text, body } = match read_source(bytes) {
        Ok(source) => source,
        Err(unreadable) => {
            let located = vec![Located { fault: unreadable.fault, path: String::new() }];
            let findings = findings(&unreadable.text, located);
            let (soort, release, truncated, header) = (None, None, false, None);
            return Reading::Invalid(Invalid { soort, release, findings, truncated, header });
        }
    };
    if let Some((schema, nodes)) = fast(&text, body) {
        return Reading::Valid(Document { schema, source: text, values: String::new(), nodes });
    }
    let verdict = match flat_file(&text) {
        Some(fault) => {
            let faults = vec![Located { fault, path: String::new() }];
            StructureVerdict { faults, ..StructureVerdict::default() }
        }
        None => judge(&text, body),
    };
    let schema = verdict.schema;
    match schema {
        Some(schema) if verdict.faults.is_empty() => {
            let (values, nodes) = (verdict.values, verdict.nodes);
            Reading::Valid(Document { schema, source: text, values, nodes })
        }
        _ => Reading::Invalid(Invalid {
            soort: schema.map(|schema| schema.soort),
            release: schema.map(|schema| schema.release.name),
            truncated: verdict.truncated,
            findings: findings(&text, verdict.faults),
            header: verdict.header,
        }),
    }
}

/// Works out lines and columns in one pass over the text.
fn findings(text: &str, located: Vec<Located>) -> Vec<XsdFinding> {
    let mut order: Vec<usize> = (0..located.len()).collect();
    order.sort_by_key(|&index| located[index].fault.offset);
    let mut places = vec![(1, 1); located.len()];
    let (mut line, mut line_start, mut from) = (1u32, 0usize, 0usize);
    for index in order {
        let offset = located[index].fault.offset.min(text.len());
        for newline in memchr::memchr_iter(b'\n', &text.as_bytes()[from..offset]) {
            line = line.saturating_add(1);
            line_start = from + newline + 1;
        }
        from = offset;
        let column = text.get(line_start..offset).map_or(0, |before| before.chars().count());
        places[index] = (line, u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1));
    }
    let finding = |(located, (line, column)): (Located, (u32, u32))| {
        let Located { path, fault: Fault { expected, found, .. } } = located;
        XsdFinding { line, column, path, expected, found }
    };
    located.into_iter().zip(places).map(finding).collect()
}
