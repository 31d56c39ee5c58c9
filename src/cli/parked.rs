//! `happyflow parked`: messages that were set aside, and what a person decides about them.

use super::check::with_mark;
use super::output::Output;
use super::place::{By, Installation, block_on};
use super::process::ProcessOutput;
use super::{CliError, Exit};
use crate::messages::{BerichtSoort, Partij};
use crate::office::line::evidence;
use crate::office::outcome::MessageOutcome;
use crate::store::ParkedMessage;
use clap::{Args, Subcommand};
use serde::Serialize;

/// Geparkeerde berichten: bekijken, opnieuw proberen of laten vervallen
#[derive(Debug, Args)]
pub(super) struct ParkedCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Toon alle geparkeerde berichten
    List(List),
    /// Toon een geparkeerd bericht: van wie, waarom en wat er mis is
    Show(Show),
    /// Beoordeel een geparkeerd bericht opnieuw
    Retry(Retry),
    /// Laat een geparkeerd bericht vervallen: er gebeurt niets meer mee
    Discard(Discard),
}

#[derive(Debug, Args)]
struct List {
    /// Een JSON-regel per bericht, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
struct Show {
    /// Nummer van het bericht, zoals in de lijst
    #[arg(value_name = "NUMMER")]
    arrival: i64,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
struct Retry {
    /// Nummer van het bericht, zoals in de lijst
    #[arg(value_name = "NUMMER")]
    arrival: i64,
    #[command(flatten)]
    by: By,
    /// Een JSON-regel met de uitkomst, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
struct Discard {
    /// Nummer van het bericht, zoals in de lijst
    #[arg(value_name = "NUMMER")]
    arrival: i64,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    place: Installation,
}

impl ParkedCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            match self.action {
                Action::List(list) => list.run().await,
                Action::Show(show) => show.run().await,
                Action::Retry(retry) => retry.run().await,
                Action::Discard(discard) => discard.run().await,
            }
        })
    }
}

/// Number, moment, kind, sender and reason on one line.
fn summary(parked: &ParkedMessage) -> String {
    let kind = parked.soort.map_or("onbekend", BerichtSoort::name);
    let release = parked.release.as_deref().map(|release| format!(" {}", with_mark(release)));
    let release = release.unwrap_or_default();
    let sender =
        parked.channel.map_or_else(|| "eigen bestand".to_owned(), |sender: Partij| sender.to_string());
    format!(
        "{}  {}  {kind}{release}  {sender}  {}  {}\n",
        parked.arrival, parked.received, parked.name, parked.reason
    )
}

/// What scripts get of a parked message.
#[derive(Debug, Serialize)]
struct ParkedLine<'a> {
    arrival: i64,
    file: &'a str,
    sender: Option<String>,
    received: String,
    message: Option<&'static str>,
    reason: &'a str,
    parked: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
}

impl<'a> ParkedLine<'a> {
    fn of(message: &'a ParkedMessage) -> Self {
        Self {
            arrival: message.arrival,
            file: &message.name,
            sender: message.channel.map(|sender| sender.to_string()),
            received: message.received.to_string(),
            message: message.soort.map(BerichtSoort::name),
            reason: &message.reason,
            parked: message.parked.to_string(),
            evidence: evidence(message.release.as_deref()),
        }
    }
}

impl List {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.place.look().await?;
        let parked = store.parked().await?;
        let mut output = Output::stdout();
        for message in &parked {
            if self.json {
                output.json(&ParkedLine::of(message))?;
            } else {
                output.text(&summary(message))?;
            }
        }
        if !self.json {
            output.text(&format!("{} geparkeerd\n", parked.len()))?;
        }
        output.flush()?;
        Ok(Exit::Good)
    }
}

impl Show {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.place.look().await?;
        let Some(content) = store.parked_content(self.arrival).await? else {
            return Err(not_parked(self.arrival));
        };
        let mut output = Output::stdout();
        output.text(&summary(&content.message))?;
        output.text(&format!("geparkeerd op {}, {} bytes\n", content.message.parked, content.bytes.len()))?;
        let outcome = MessageOutcome::read(&content.outcome);
        // Of a message that is wrong at level 1 the archive keeps no kind; its outcome names the release.
        if let (None, Some(release)) =
            (&content.message.release, outcome.as_ref().and_then(|outcome| outcome.release.as_deref()))
        {
            output.text(&format!("release {}\n", with_mark(release)))?;
        }
        for finding in outcome.iter().flat_map(|outcome| &outcome.findings) {
            output.text(&super::check::finding_for_people(finding))?;
        }
        output.flush()?;
        Ok(Exit::Good)
    }
}

impl Retry {
    async fn run(self) -> Result<Exit, CliError> {
        let data = self.place.open().await?;
        data.catch_up().await?;
        let line = data.office.retry(self.arrival, self.by.into()).await?;
        let mut report = ProcessOutput::new(self.json, &data.folder);
        report.line(line)?;
        report.finish()
    }
}

impl Discard {
    async fn run(self) -> Result<Exit, CliError> {
        let data = self.place.open().await?;
        data.catch_up().await?;
        data.office.discard(self.arrival, self.by.into()).await?;
        let mut output = Output::stdout();
        output.text(&format!("bericht {} is vervallen\n", self.arrival))?;
        output.flush()?;
        Ok(Exit::Good)
    }
}

fn not_parked(arrival: i64) -> CliError {
    crate::store::StoreError::NotParked(arrival).into()
}
