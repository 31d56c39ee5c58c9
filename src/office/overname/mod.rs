//! `import --silent`: what a previous system decided becomes the opening state, in one transaction: nothing is
//! answered, forwarded or paid. Either all of it that can be taken over is there, or nothing is.
//!
//! First everything is read and judged by itself (`search`); then assignments are taken over, and after them
//! claims by period. Each becomes a journal entry with what was taken over as its body (`journal/overname`), so that a
//! replay takes it over again.

mod regel;
mod search;

pub use regel::{OvernameLine, OvernameStatus};

use super::alone::Alone;
use super::error::OfficeError;
use super::handle::Office;
use super::line::FindingLine;
use super::source::{Reader, Source};
use crate::decide::overname::{Bezwaar, Overname, OvernameInput};
use crate::journal::overname::tabel::{PrestatieRij, ToewijzingRij};
use crate::journal::overname::{Stuk, StukError, as_messages, body_of_declaratie, body_of_rijen};
use crate::messages::{Bericht, BerichtSoort, Relatie};
use crate::rules::{Finding, judge_in_message};
use crate::schema::At;
use crate::state::{FactKeys, WorkingSet};
use crate::store::{Batch, Entered, Entry, JournalKind};
use regel::Plaats;
use search::{FoundClaim, FoundSources, answer_to};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Parts that are read, and whose facts are loaded, at once; and bytes of them together.
const PARTS_AT_ONCE: usize = 256;
const BYTES_AT_ONCE: usize = 32 * 1024 * 1024;

/// How an archive is taken over.
#[derive(Debug, Clone, Copy, Default)]
pub struct TakeOverMode {
    /// Only tell what would happen.
    pub check: bool,
    /// A claim without answer was granted in full.
    pub unanswered_granted: bool,
}

/// What an import did in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TakeOverTotals {
    /// Files or parts of tables taken over.
    pub imported: usize,
    /// There already.
    pub known: usize,
    /// With nothing in them to take over.
    pub nothing: usize,
    /// Not taken over.
    pub skipped: usize,
    pub assignments: usize,
    /// Lines of claims.
    pub lines: usize,
    /// Granted, signed eurocents.
    pub granted_cents: i64,
}

impl TakeOverTotals {
    fn count(&mut self, line: &OvernameLine) {
        match line.status {
            OvernameStatus::Imported => self.imported += 1,
            OvernameStatus::Known => self.known += 1,
            OvernameStatus::Nothing => self.nothing += 1,
            OvernameStatus::Skipped => self.skipped += 1,
        }
        self.assignments += line.assignments;
        self.lines += line.lines;
        self.granted_cents += line.granted_cents.unwrap_or_default();
    }
}

/// One part that is to be taken over.
enum TakeOverPart {
    Toewijzing(usize),
    Rijen(usize, Vec<ToewijzingRij>),
    Declaratie(FoundClaim),
}

struct ReadPart {
    line: OvernameLine,
    /// The line of the answer, when that is a file of its own.
    antwoord: Option<OvernameLine>,
    body: Vec<u8>,
    stuk: Stuk,
    rows: Option<Vec<PrestatieRij>>,
}

impl Office {
    /// Takes archives over. `tell` gets every line; breaking off leaves nothing.
    pub async fn take_over(
        &self,
        sources: &[Source],
        mode: TakeOverMode,
        mut step: impl FnMut(),
        mut tell: impl FnMut(OvernameLine) -> ControlFlow<()>,
    ) -> Result<TakeOverTotals, OfficeError> {
        let mut totals = TakeOverTotals::default();
        let FoundSources { toewijzingen, rijen, declaraties, lines } =
            search::search(sources, mode.unanswered_granted, &mut step);
        let mut told = |line: OvernameLine, totals: &mut TakeOverTotals| {
            totals.count(&line);
            tell(line).is_continue()
        };
        for line in lines {
            if !told(line, &mut totals) {
                return Ok(totals);
            }
        }
        let parts = toewijzingen.into_iter().map(TakeOverPart::Toewijzing);
        let parts = parts.chain(rijen.into_iter().map(|(bron, rows)| TakeOverPart::Rijen(bron, rows)));
        let mut parts = parts.chain(declaraties.into_iter().map(TakeOverPart::Declaratie)).peekable();
        let mut reader = Reader::default();
        let mut alone = self.alone().await?;
        let beoordeeld = alone.batch.judged_relaties().await?;
        while parts.peek().is_some() {
            let (mut read, mut bytes) = (Vec::new(), 0);
            while read.len() < PARTS_AT_ONCE && bytes < BYTES_AT_ONCE {
                let Some(deel) = parts.next() else { break };
                match read_part(&mut reader, sources, deel) {
                    Ok(part) => {
                        bytes += part.body.len();
                        read.push(part);
                    }
                    Err(line) => {
                        if !told(*line, &mut totals) {
                            return Ok(totals);
                        }
                    }
                }
            }
            let lines = take_over_parts(&mut alone, &beoordeeld, read).await?;
            for line in lines {
                if !told(line, &mut totals) {
                    return Ok(totals);
                }
            }
            alone.batch.write().await?;
        }
        if !mode.check {
            alone.commit().await?;
        }
        Ok(totals)
    }
}

/// Parts one after another on one working set.
async fn take_over_parts(
    alone: &mut Alone<'_>,
    beoordeeld: &BTreeSet<Relatie>,
    parts: Vec<ReadPart>,
) -> Result<Vec<OvernameLine>, OfficeError> {
    let register = alone.register();
    let mut keys = FactKeys::default();
    for part in &parts {
        keys.merge(&part.stuk.keys(&register));
    }
    let mut known = alone.batch.load(&keys).await?;
    let mut lines = Vec::new();
    for part in parts {
        let before = *alone.batch.numbers();
        let entry = alone.entry(JournalKind::Overname);
        let (journal, moment) = (entry.journal, entry.moment);
        let input = OvernameInput { journal, known: &known, register: &register, moment, beoordeeld };
        let ReadPart { mut line, antwoord, body, stuk, rows } = part;
        match stuk.decide(&input) {
            Overname::Overgenomen(taken) => {
                line.taken(&taken);
                let entry = Entry { why: Some(line.file.clone()), ..entry };
                enter(&mut *alone.batch, &mut known, entry, body, taken.changes);
            }
            other => {
                *alone.batch.numbers() = before;
                not_taken(&mut line, other, &stuk, rows.as_deref());
            }
        }
        if let Some(answer) = antwoord {
            lines.push(OvernameLine { status: line.status, reason: Some(answer_reason(&line)), ..answer });
        }
        lines.push(line);
    }
    Ok(lines)
}
/// Puts what was taken over in the batch and in the working set.
pub(crate) fn enter(
    batch: &mut dyn Batch,
    known: &mut WorkingSet,
    entry: Entry,
    body: Vec<u8>,
    changes: Vec<crate::state::Change>,
) {
    let bytes: Arc<[u8]> = body.as_slice().into();
    known.apply(&changes, &bytes);
    batch.enter(Entered { changes, ..Entered::alone(Entry { body: Some(body), ..entry }) });
}

fn answer_reason(claim: &OvernameLine) -> String {
    let what = match claim.status {
        OvernameStatus::Skipped => "niet overgenomen, zie",
        _ => "hoort bij",
    };
    format!("{what} {}", claim.file)
}

/// Reads a part again, with everything that is needed to take it over; its line when that cannot be done.
fn read_part(
    reader: &mut Reader,
    sources: &[Source],
    deel: TakeOverPart,
) -> Result<ReadPart, Box<OvernameLine>> {
    match deel {
        TakeOverPart::Toewijzing(place) => {
            let source = &sources[place];
            let body = bytes_of(reader, source, "JW301")?;
            let stuk = stuk_of(&source.name, "JW301", &body)?;
            let line = OvernameLine::of(&source.name, Some("JW301"), OvernameStatus::Skipped);
            Ok(ReadPart { line: identified(line, &stuk), antwoord: None, body, stuk, rows: None })
        }
        TakeOverPart::Rijen(place, rows) => {
            let name = &sources[place].name;
            let line = OvernameLine::of(name, Some("toewijzingen"), OvernameStatus::Skipped);
            let (regel, identificatie) = (Some(rows[0].regel), rows[0].identificatie.clone());
            let line = OvernameLine { line: regel, identificatie, ..line };
            let findings = in_rows(&rows);
            if !findings.is_empty() {
                return Err(Box::new(OvernameLine { findings, ..line }));
            }
            let body = body_of_rijen(&rows);
            Ok(ReadPart { line, antwoord: None, body, stuk: Stuk::Rijen(rows), rows: None })
        }
        TakeOverPart::Declaratie(FoundClaim::Bericht { soort, heen, antwoord }) => {
            let (message, answered) = (soort.name(), answer_to(soort).name());
            let source = &sources[heen];
            let claim = bytes_of(reader, source, message)?;
            let answer = antwoord.map(|place| bytes_of(reader, &sources[place], answered)).transpose()?;
            let body = body_of_declaratie(&claim, answer.as_deref());
            let stuk = stuk_of(&source.name, message, &body)?;
            let line = OvernameLine::of(&source.name, Some(message), OvernameStatus::Skipped);
            let antwoord = antwoord
                .map(|place| OvernameLine::of(&sources[place].name, Some(answered), OvernameStatus::Skipped));
            Ok(ReadPart { line: identified(line, &stuk), antwoord, body, stuk, rows: None })
        }
        TakeOverPart::Declaratie(FoundClaim::Rijen { bron, rows }) => read_rows(&sources[bron].name, rows),
    }
}

/// A claim of a table, as the messages that it stands for, judged at levels 1 and 2.
fn read_rows(name: &str, rows: Vec<PrestatieRij>) -> Result<ReadPart, Box<OvernameLine>> {
    let line = OvernameLine::of(name, Some("prestaties"), OvernameStatus::Skipped);
    let (regel, identificatie) = (Some(rows[0].regel), Some(rows[0].identificatie.clone()));
    let line = OvernameLine { line: regel, identificatie, ..line };
    let (heen, antwoord) = as_messages::declaratie(&rows);
    let body = body_of_declaratie(&heen, Some(&antwoord));
    let stuk = match Stuk::read(&body) {
        Ok(stuk) => stuk,
        Err(StukError::Ongeldig(invalid)) => {
            let findings = Plaats::of_rows(&rows, FindingLine::of_invalid(&invalid));
            return Err(Box::new(OvernameLine { findings, ..line }));
        }
        Err(_) => return Err(Box::new(OvernameLine { reason: Some(UNREADABLE.to_owned()), ..line })),
    };
    let mut findings = Vec::new();
    if let Stuk::Declaratie { heen, antwoord } = &stuk {
        for document in std::iter::once(heen).chain(antwoord) {
            let found: Vec<Bezwaar> =
                judge_in_message(&Bericht::read(document)).into_iter().map(Bezwaar::rule).collect();
            let label = (document.schema.soort == BerichtSoort::Jw325).then_some("antwoord");
            findings.extend(Plaats::Prestaties(document, &rows).findings(&found, label));
        }
    }
    if !findings.is_empty() {
        return Err(Box::new(OvernameLine { findings, ..line }));
    }
    Ok(ReadPart { line, antwoord: None, body, stuk, rows: Some(rows) })
}

const UNREADABLE: &str = "het bestand is veranderd terwijl het werd gelezen";

/// Level 2 on rows with assignments: what is about a row. The rest is about a client that no table has.
fn in_rows(rows: &[ToewijzingRij]) -> Vec<FindingLine> {
    let found: Vec<Finding> = as_messages::with_toewijzing(rows, |bericht| {
        judge_in_message(&Bericht::Toewijzing(bericht.clone()))
            .into_iter()
            .filter(|finding| finding.at != At::default())
            .collect()
    });
    let faults: Vec<Bezwaar> = found.into_iter().map(Bezwaar::rule).collect();
    Plaats::Rijen.findings(&faults, None)
}

fn bytes_of(reader: &mut Reader, source: &Source, message: &str) -> Result<Vec<u8>, Box<OvernameLine>> {
    reader.read(source).map_err(|error| {
        let line = OvernameLine::of(&source.name, Some(message), OvernameStatus::Skipped);
        Box::new(OvernameLine { findings: vec![FindingLine::unreadable(&error)], ..line })
    })
}

fn stuk_of(name: &str, message: &str, body: &[u8]) -> Result<Stuk, Box<OvernameLine>> {
    // It was valid a moment ago.
    Stuk::read(body).map_err(|_| Box::new(OvernameLine::skipped(name, Some(message), UNREADABLE)))
}

fn identified(line: OvernameLine, stuk: &Stuk) -> OvernameLine {
    let (Stuk::Toewijzing(document) | Stuk::Declaratie { heen: document, .. }) = stuk else { return line };
    let bericht = Bericht::read(document);
    let identificatie = bericht.header().bericht_identificatie.identificatie.to_owned();
    OvernameLine { identificatie: Some(identificatie), ..line }
}

/// What is told of a part that is not taken over.
fn not_taken(line: &mut OvernameLine, said: Overname, stuk: &Stuk, rows: Option<&[PrestatieRij]>) {
    match said {
        Overname::Overgenomen(_) | Overname::Bekend => line.status = OvernameStatus::Known,
        Overname::Niets(reason) => {
            line.status = OvernameStatus::Nothing;
            line.reason = Some(reason);
        }
        Overname::Geweigerd(faults) => {
            line.status = OvernameStatus::Skipped;
            let (in_answer, own): (Vec<Bezwaar>, Vec<Bezwaar>) =
                faults.into_iter().partition(|fault| fault.in_antwoord);
            match stuk {
                Stuk::Toewijzing(document) => line.findings = Plaats::Bericht(document).findings(&own, None),
                Stuk::Rijen(_) => line.findings = Plaats::Rijen.findings(&own, None),
                Stuk::Declaratie { heen, antwoord } => {
                    let place = |document| match rows {
                        Some(rows) => Plaats::Prestaties(document, rows),
                        None => Plaats::Bericht(document),
                    };
                    line.findings = place(heen).findings(&own, None);
                    if let Some(antwoord) = antwoord {
                        line.findings.extend(place(antwoord).findings(&in_answer, Some("antwoord")));
                    }
                }
            }
        }
    }
}
