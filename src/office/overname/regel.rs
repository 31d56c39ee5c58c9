//! Lines about an import, for scripts and people: one per file, or per part of a table (docs/interface.md).

use crate::contracts::ImportFout;
use crate::decide::overname::{Bezwaar, Overgenomen};
use crate::journal::overname::as_messages::per_client;
use crate::journal::overname::tabel::PrestatieRij;
use crate::office::line::FindingLine;
use crate::rules::Finding;
use crate::schema::{At, Document};
use serde::Serialize;

/// What became of a file or of a part of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OvernameStatus {
    /// It is state now (with a dry run: it would be).
    Imported,
    /// All of it was there already.
    Known,
    /// There is nothing in it to take over.
    Nothing,
    /// It is not taken over; the reason or the findings say why.
    Skipped,
}

/// One line of `import --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OvernameLine {
    /// The path as it was given.
    pub file: String,
    /// First line of the part of a table; none for a message.
    pub line: Option<usize>,
    /// `JW301`, `JW323`, `JW325`; `toewijzingen` or `prestaties` for a table; none when unknown.
    pub message: Option<String>,
    /// Identificatie in the header; none when unknown.
    pub identificatie: Option<String>,
    /// What became of it.
    pub status: OvernameStatus,
    /// Why it was not taken over, or what goes with it; none when there is nothing to tell.
    pub reason: Option<String>,
    /// Rules that it breaks.
    pub findings: Vec<FindingLine>,
    /// Assignments that are new or newer than what was known.
    pub assignments: usize,
    /// Lines of a claim.
    pub lines: usize,
    /// Claims only.
    pub claimed_cents: Option<i64>,
    /// Claims only.
    pub granted_cents: Option<i64>,
}

impl OvernameLine {
    /// A line on which nothing is told yet.
    pub(super) fn of(file: &str, message: Option<&str>, status: OvernameStatus) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            message: message.map(str::to_owned),
            identificatie: None,
            status,
            reason: None,
            findings: Vec::new(),
            assignments: 0,
            lines: 0,
            claimed_cents: None,
            granted_cents: None,
        }
    }

    /// A file that is not taken over.
    pub(super) fn skipped(file: &str, message: Option<&str>, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::of(file, message, OvernameStatus::Skipped) }
    }

    /// One of which there is nothing to take over.
    pub(super) fn nothing(file: &str, message: Option<&str>, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::of(file, message, OvernameStatus::Nothing) }
    }

    /// A table that cannot be read, with every fault.
    pub(super) fn of_table(file: &str, faults: &[ImportFout]) -> Self {
        let findings = faults.iter().map(|fault| FindingLine {
            level: 1,
            rule: "CSV".to_owned(),
            retourcode: None,
            path: fault.veld.clone().unwrap_or_default(),
            line: u32::try_from(fault.bron.regel).ok(),
            column: None,
            text: fault.tekst.clone(),
            values: None,
        });
        Self { findings: findings.collect(), ..Self::of(file, None, OvernameStatus::Skipped) }
    }

    /// What was taken over.
    pub(super) fn taken(&mut self, taken: &Overgenomen) {
        self.status = OvernameStatus::Imported;
        self.assignments = taken.toewijzingen;
        self.lines = taken.prestaties;
        if taken.prestaties > 0 {
            self.claimed_cents = Some(taken.ingediend.0);
            self.granted_cents = Some(taken.toegekend.0);
        }
        if taken.ouder > 0 {
            self.reason =
                Some(format!("{} toewijzingen zijn ouder dan wat al bekend is (IV013)", taken.ouder));
        }
    }
}

/// Where the classes of a message are for people: in its file, or in the rows that it stands for.
pub(super) enum Plaats<'a> {
    /// A message of a file.
    Bericht(&'a Document<'static>),
    /// Rows with assignments: a place is the line of its row.
    Rijen,
    /// A claim made of rows.
    Prestaties(&'a Document<'static>, &'a [PrestatieRij]),
}

impl Plaats<'_> {
    /// What is wrong with the message, or with its answer (`label` names that).
    pub(super) fn findings(&self, faults: &[Bezwaar], label: Option<&str>) -> Vec<FindingLine> {
        let mut lines = match self {
            Self::Bericht(document) | Self::Prestaties(document, _) => in_document(document, faults),
            Self::Rijen => faults.iter().map(in_row).collect(),
        };
        for line in &mut lines {
            if let Self::Prestaties(_, rows) = self {
                line.line = row_of(rows, &line.path);
                line.path = String::new();
            }
            if let Some(label) = label {
                line.text = format!("{label}: {}", line.text);
            }
        }
        lines
    }

    /// The rows that findings on a message made of them are about.
    pub(super) fn of_rows(rows: &[PrestatieRij], mut findings: Vec<FindingLine>) -> Vec<FindingLine> {
        for line in &mut findings {
            line.line = row_of(rows, &line.path);
            line.column = None;
            line.path = String::new();
        }
        findings
    }
}

/// Rules of level 2 in the messages of a file.
pub(super) fn in_message(document: &Document<'_>, findings: &[Finding]) -> Vec<FindingLine> {
    FindingLine::of_findings(document, findings)
}

fn in_document(document: &Document<'_>, faults: &[Bezwaar]) -> Vec<FindingLine> {
    let by_rule: Vec<Finding> = faults.iter().filter_map(|fault| fault.finding.clone()).collect();
    let mut lines = FindingLine::of_findings(document, &by_rule);
    lines.extend(faults.iter().filter(|fault| fault.finding.is_none()).map(|fault| {
        let path = document.path(fault.at);
        FindingLine { path, ..own(fault) }
    }));
    lines
}

fn in_row(fault: &Bezwaar) -> FindingLine {
    let line = (fault.at != At::default()).then_some(fault.at.0);
    match &fault.finding {
        None => FindingLine { line, ..own(fault) },
        Some(finding) => FindingLine {
            level: finding.rule.level,
            rule: finding.rule.code.to_owned(),
            retourcode: finding.rule.retourcode.map(|code| code.as_str().to_owned()),
            path: String::new(),
            line,
            column: None,
            text: finding.rule.text.to_owned(),
            values: None,
        },
    }
}

/// A fault that no rule of the standard is about.
fn own(fault: &Bezwaar) -> FindingLine {
    FindingLine {
        level: 3,
        rule: "OVERNAME".to_owned(),
        retourcode: None,
        path: String::new(),
        line: None,
        column: None,
        text: fault.tekst.clone(),
        values: None,
    }
}

/// The line of the row that a path into a claim is about; the first one when it is about the claim.
fn row_of(rows: &[PrestatieRij], path: &str) -> Option<u32> {
    let clients = per_client(rows);
    let row = index(path, "Client[").and_then(|client| {
        let (_, rows) = clients.get(client)?;
        let line = index(path, "Prestatie[").unwrap_or_default();
        rows.get(line).copied()
    });
    row.or(rows.first()).and_then(|row| u32::try_from(row.regel).ok())
}

/// The number between brackets, from 0.
fn index(path: &str, start: &str) -> Option<usize> {
    let rest = &path[path.find(start)? + start.len()..];
    rest.split(']').next()?.parse::<usize>().ok()?.checked_sub(1)
}
