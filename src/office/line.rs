//! Output lines for scripts: one JSON object per message (docs/interface.md). Names and order of the fields are fixed;
//! other people's programs depend on them.

use super::places;
use super::source::SourceError;
use crate::decide::Verdict;
use crate::rules::{Finding, Rule};
use crate::schema::limits::MAX_FINDINGS;
use crate::schema::{Document, Invalid, unverified};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A finding for scripts and people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingLine {
    /// Level; 1 for a file that cannot be read.
    pub level: u8,
    /// Code of the rule, `XSD` at level 1, `IO` for a file that cannot be read.
    pub rule: String,
    /// What the sender gets; none at level 1.
    pub retourcode: Option<String>,
    /// Path of local names from the root; empty outside it.
    pub path: String,
    /// Line of the start tag, from 1; none for what concerns the file as a whole.
    pub line: Option<u32>,
    /// Column in characters, from 1, at level 1; for people, whose files are often one long line.
    #[serde(skip)]
    pub column: Option<u32>,
    /// Dutch, nothing personal.
    pub text: String,
    /// What explains it, where the text is that of the rule with these behind it.
    #[serde(skip)]
    pub values: Option<Explained>,
}

/// Names and values that explain a finding, in order.
pub type Explained = Vec<(Cow<'static, str>, String)>;

impl FindingLine {
    /// The one finding of a file that cannot be read.
    #[must_use]
    pub fn unreadable(error: &SourceError) -> Self {
        Self::of_file(match error {
            SourceError::Empty { .. } => format!("Er is niets te lezen: dit {error}."),
            _ => format!("Bestand kan niet worden gelezen: {error}."),
        })
    }

    /// The one finding of a message that could not be judged by a fault of ours.
    #[must_use]
    pub fn not_judged() -> Self {
        Self::of_file("Beoordelen mislukt door een fout in happyflow; meld dit bij de beheerder.".to_owned())
    }

    fn of_file(text: String) -> Self {
        Self {
            level: 1,
            rule: "IO".to_owned(),
            retourcode: None,
            path: String::new(),
            line: None,
            column: None,
            text,
            values: None,
        }
    }

    /// The findings of level 1.
    #[must_use]
    pub fn of_invalid(invalid: &Invalid) -> Vec<Self> {
        let line = |finding: &crate::schema::XsdFinding| Self {
            level: 1,
            rule: "XSD".to_owned(),
            retourcode: None,
            path: finding.path.clone(),
            line: Some(finding.line),
            column: Some(finding.column),
            text: finding.sentence(),
            values: None,
        };
        let mut lines: Vec<Self> = invalid.findings.iter().map(line).collect();
        if invalid.truncated {
            let text =
                format!("Na {MAX_FINDINGS} bevindingen is het beoordelen gestopt; er kunnen er meer zijn.");
            lines.push(Self { rule: "XSD".to_owned(), ..Self::of_file(text) });
        }
        lines
    }

    /// The findings of levels 2 to 4, in their order of precedence.
    #[must_use]
    pub fn of_findings(document: &Document<'_>, findings: &[Finding]) -> Vec<Self> {
        let locations = places::locations(document, findings);
        let line = |(finding, location): (&Finding, places::Location)| {
            let values = finding.values.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone()));
            let values: Explained = values.collect();
            Self {
                level: finding.rule.level,
                rule: finding.rule.code.to_owned(),
                retourcode: finding.rule.retourcode.map(|code| code.as_str().to_owned()),
                path: location.path,
                line: Some(location.line),
                column: None,
                text: text(finding.rule, &values),
                values: Some(values),
            }
        };
        findings.iter().zip(locations).map(line).collect()
    }
}

/// The text of a rule, and the values that explain the finding.
#[must_use]
pub fn text(rule: &Rule, values: &Explained) -> String {
    let mut text = rule.text.to_owned();
    for (index, (name, value)) in values.iter().enumerate() {
        text.push_str(if index == 0 { " (" } else { ", " });
        text.push_str(&format!("{name}: {value}"));
    }
    if !values.is_empty() {
        text.push(')');
    }
    text
}

/// Verdict on a message at levels 1 and 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckVerdict {
    /// No findings.
    Accepted,
    /// One or more.
    Rejected,
}

/// One line of `check --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckLine {
    /// The path as it was given.
    pub file: String,
    /// `JW323`; none when unknown.
    pub message: Option<&'static str>,
    /// `3.2`; none when unknown.
    pub release: Option<&'static str>,
    /// Accepted or rejected.
    pub verdict: CheckVerdict,
    /// Lowest level with findings.
    pub level: Option<u8>,
    /// All findings, in order.
    pub findings: Vec<FindingLine>,
    /// As [`ProcessLine::evidence`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// What is said of a release that was put together from others; nothing of one that was verified.
#[must_use]
pub fn evidence(release: Option<&str>) -> Option<String> {
    unverified(release).map(|_| "reconstructed".to_owned())
}

/// Lowest level with findings.
#[must_use]
pub fn lowest_level(findings: &[FindingLine]) -> Option<u8> {
    findings.iter().map(|finding| finding.level).min()
}

/// The verdict on a message (docs/interface.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProcessVerdict {
    /// No findings.
    Accepted,
    /// A declaratie of which lines were rejected.
    Partial,
    /// Rejected as a whole.
    Rejected,
    /// Set aside for a person; nothing was answered.
    Parked,
}

impl From<Verdict> for ProcessVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Accepted => Self::Accepted,
            Verdict::Partial => Self::Partial,
            Verdict::Rejected => Self::Rejected,
            Verdict::Parked => Self::Parked,
        }
    }
}

/// An answer that leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerLine {
    /// `JW302`.
    #[serde(rename = "type")]
    pub soort: String,
    /// Code of the receiver.
    pub receiver: String,
    /// Where the hub puts it, within the data folder.
    pub path: String,
}

/// The message itself, sent on unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForwardLine {
    /// Code of the receiver.
    pub receiver: String,
    /// As [`AnswerLine::path`].
    pub path: String,
}

/// What was claimed and granted, signed eurocents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountsLine {
    pub claimed_cents: i64,
    pub granted_cents: i64,
}

/// One line of `process --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProcessLine {
    /// The path as it was given.
    pub file: String,
    /// `JW323`; none when unknown.
    pub message: Option<String>,
    /// `3.2`; none when unknown.
    pub release: Option<String>,
    /// Identificatie in the header; none when unknown.
    pub identificatie: Option<String>,
    pub verdict: ProcessVerdict,
    /// The same bytes were judged before: nothing was done now.
    pub duplicate: bool,
    /// Lowest level with findings.
    pub level: Option<u8>,
    /// All findings, in order.
    pub findings: Vec<FindingLine>,
    /// What leaves, in order.
    pub answers: Vec<AnswerLine>,
    /// To whom it goes on unchanged.
    pub forwarded: Vec<ForwardLine>,
    /// Part of it waits for an operator.
    pub held: bool,
    /// Numbers of the work items that it made.
    pub work: Vec<i64>,
    /// Declaraties only.
    pub amounts: Option<AmountsLine>,
    /// `reconstructed` for a release whose schemas nobody could verify; not there otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Why it was parked, for people.
    #[serde(skip)]
    pub reason: Option<String>,
}
