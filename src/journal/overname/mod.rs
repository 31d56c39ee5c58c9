//! One thing to take over, as the journal keeps it: what is read of it now is read of it again when the
//! journal is replayed.
//!
//! The body of a JW301 is the message itself: requests for the client find its data there. Anything else
//! begins with a line of our own, which no message does.

pub(crate) mod as_messages;
pub(crate) mod tabel;

use crate::contracts::Register;
use crate::decide::overname::{self, Overname, OvernameInput};
use crate::messages::{Bericht, BerichtSoort};
use crate::schema::{Document, Invalid, Reading, read};
use crate::state::FactKeys;
use std::borrow::Cow;
use tabel::{Tabel, ToewijzingRij};

/// First word of a body that is no message.
const START: &str = "OVERNAME 1 ";
const RIJEN: &str = "toewijzingen";
const DECLARATIE: &str = "declaratie";

/// What is taken over at once.
pub(crate) enum Stuk {
    /// A JW301.
    Toewijzing(Document<'static>),
    /// Rows of a table with assignments: those of one message, or one row.
    Rijen(Vec<ToewijzingRij>),
    /// A JW323 with its JW325, or a JW303 with its JW304; without one it was granted in full.
    Declaratie { heen: Document<'static>, antwoord: Option<Document<'static>> },
}

/// Why a body cannot be read.
#[derive(Debug)]
pub(crate) enum StukError {
    /// It is no body of ours.
    Vorm,
    /// A message in it is not valid at level 1.
    Ongeldig(Box<Invalid>),
    /// A message in it is of another kind than it should be.
    Soort,
}

/// The body of rows with assignments.
pub(crate) fn body_of_rijen(rows: &[ToewijzingRij]) -> Vec<u8> {
    let mut body = format!("{START}{RIJEN}\n").into_bytes();
    body.extend(tabel::write_toewijzingen(rows));
    body
}

/// The body of a claim with its answer.
pub(crate) fn body_of_declaratie(heen: &[u8], antwoord: Option<&[u8]>) -> Vec<u8> {
    let answer = antwoord.map_or_else(|| "-".to_owned(), |antwoord| antwoord.len().to_string());
    let mut body = format!("{START}{DECLARATIE} {} {answer}\n", heen.len()).into_bytes();
    body.extend_from_slice(heen);
    body.extend_from_slice(antwoord.unwrap_or_default());
    body
}

impl Stuk {
    /// Reads a body.
    pub(crate) fn read(body: &[u8]) -> Result<Self, StukError> {
        let Some(rest) = body.strip_prefix(START.as_bytes()) else {
            let document = document(body, &[BerichtSoort::Jw301])?;
            return Ok(Self::Toewijzing(document));
        };
        let end = memchr::memchr(b'\n', rest).ok_or(StukError::Vorm)?;
        let head = std::str::from_utf8(&rest[..end]).map_err(|_| StukError::Vorm)?;
        let rest = &rest[end + 1..];
        match head.split(' ').collect::<Vec<_>>()[..] {
            [RIJEN] => match tabel::read(RIJEN, rest) {
                Ok(Tabel::Toewijzingen(rows)) => Ok(Self::Rijen(rows)),
                _ => Err(StukError::Vorm),
            },
            [DECLARATIE, length, answer] => {
                let length: usize = length.parse().map_err(|_| StukError::Vorm)?;
                let (heen, answer_bytes) = rest.split_at_checked(length).ok_or(StukError::Vorm)?;
                let heen = document(heen, &[BerichtSoort::Jw323, BerichtSoort::Jw303])?;
                let antwoord = match answer {
                    "-" => None,
                    _ => Some(document(answer_bytes, &[BerichtSoort::Jw325, BerichtSoort::Jw304])?),
                };
                Ok(Self::Declaratie { heen, antwoord })
            }
            _ => Err(StukError::Vorm),
        }
    }

    /// The facts that it needs.
    pub(crate) fn keys(&self, register: &Register) -> FactKeys {
        match self {
            Self::Toewijzing(document) | Self::Declaratie { heen: document, .. } => {
                overname::keys(&Bericht::read(document), register)
            }
            Self::Rijen(rows) => as_messages::with_toewijzing(rows, |bericht| {
                overname::keys(&Bericht::Toewijzing(bericht.clone()), register)
            }),
        }
    }

    /// Takes it over.
    pub(crate) fn decide(&self, input: &OvernameInput<'_>) -> Overname {
        match self {
            Self::Toewijzing(document) => match Bericht::read(document) {
                Bericht::Toewijzing(bericht) => overname::take_over_toewijzing(input, &bericht, true),
                _ => Overname::Geweigerd(Vec::new()),
            },
            Self::Rijen(rows) => as_messages::with_toewijzing(rows, |bericht| {
                overname::take_over_toewijzing(input, bericht, false)
            }),
            Self::Declaratie { heen, antwoord } => {
                let answer = antwoord.as_ref().map(|document| Bericht::read(document));
                match (Bericht::read(heen), &answer) {
                    (Bericht::Declaratie(bericht), Some(Bericht::DeclaratieAntwoord(antwoord))) => {
                        overname::take_over_declaratie(input, &bericht, Some(antwoord))
                    }
                    (Bericht::Declaratie(bericht), None) => {
                        overname::take_over_declaratie(input, &bericht, None)
                    }
                    (Bericht::Factuur(factuur), Some(Bericht::Factuur(antwoord))) => {
                        overname::take_over_factuur(input, &factuur, Some(antwoord))
                    }
                    (Bericht::Factuur(factuur), None) => overname::take_over_factuur(input, &factuur, None),
                    _ => Overname::Geweigerd(Vec::new()),
                }
            }
        }
    }
}

fn document(bytes: &[u8], soorten: &[BerichtSoort]) -> Result<Document<'static>, StukError> {
    match read(bytes) {
        Reading::Invalid(invalid) => Err(StukError::Ongeldig(Box::new(invalid))),
        Reading::Valid(document) if soorten.contains(&document.schema.soort) => {
            let Document { schema, source, values, nodes } = document;
            Ok(Document { schema, source: Cow::Owned(source.into_owned()), values, nodes })
        }
        Reading::Valid(_) => Err(StukError::Soort),
    }
}
