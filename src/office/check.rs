//! Levels 1 and 2 of one message, without any state.

use super::line::{CheckLine, CheckVerdict, FindingLine, evidence, lowest_level};
use super::source::SourceError;
use crate::messages::{Bericht, BerichtSoort};
use crate::rules::judge_in_message;
use crate::schema::{Reading, read};
use std::panic::catch_unwind;

/// Judges one message at levels 1 and 2; no level 2 after a failure at level 1. A panic in a rule is
/// a line of its own: the other messages are judged all the same.
#[must_use]
pub fn check(file: String, bytes: Result<Vec<u8>, SourceError>) -> CheckLine {
    let (message, release, findings) = match bytes {
        Err(error) => (None, None, vec![FindingLine::unreadable(&error)]),
        Ok(bytes) => {
            catch_unwind(|| judge(&bytes)).unwrap_or_else(|_| (None, None, vec![FindingLine::not_judged()]))
        }
    };
    CheckLine {
        file,
        message: message.map(BerichtSoort::name),
        release,
        verdict: if findings.is_empty() { CheckVerdict::Accepted } else { CheckVerdict::Rejected },
        level: lowest_level(&findings),
        findings,
        evidence: evidence(release),
    }
}

/// Which message, of which release, and what is wrong with it.
type CheckedBytes = (Option<BerichtSoort>, Option<&'static str>, Vec<FindingLine>);

fn judge(bytes: &[u8]) -> CheckedBytes {
    match read(bytes) {
        Reading::Invalid(invalid) => (invalid.soort, invalid.release, FindingLine::of_invalid(&invalid)),
        Reading::Valid(document) => {
            let findings = judge_in_message(&Bericht::read(&document));
            let (soort, release) = (document.schema.soort, document.schema.release.name);
            (Some(soort), Some(release), FindingLine::of_findings(&document, &findings))
        }
    }
}
