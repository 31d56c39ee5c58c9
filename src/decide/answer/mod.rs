//! Answers: retours, assignments and what else is of our own making.

pub mod jw301;
pub(super) mod jw304;
pub mod jw319;
pub(super) mod jw325;
pub mod retour;

use crate::messages::Bericht;
use crate::messages::shared::XsdVersie;
use crate::rules::judge_in_message;
use crate::schema::{At, Reading, read};

/// The versions of the schemas that our messages are made with (IV034).
pub const XSD_VERSIE: XsdVersie<'static> = XsdVersie { at: At(0), basisschema: "1.0.0", bericht: "1.0.0" };

/// Whether a message of ours is valid at levels 1 and 2, and then by what `across` says of levels 3 and 4;
/// the codes of what is not, when it is not.
///
/// What fails does not leave (docs/ARCHITECTURE.md). Shows no values.
pub fn verify(bytes: &[u8], across: impl FnOnce(&Bericht<'_>) -> Vec<String>) -> Result<(), Vec<String>> {
    let document = match read(bytes) {
        Reading::Valid(document) => document,
        Reading::Invalid(invalid) => {
            return Err(invalid
                .findings
                .into_iter()
                .map(|finding| format!("XSD {}", finding.path))
                .collect());
        }
    };
    let bericht = Bericht::read(&document);
    let in_message = judge_in_message(&bericht);
    let mut codes: Vec<String> = in_message.iter().map(|finding| finding.rule.code.to_owned()).collect();
    codes.dedup();
    if codes.is_empty() {
        codes = across(&bericht);
    }
    if codes.is_empty() { Ok(()) } else { Err(codes) }
}
