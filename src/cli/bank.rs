//! `happyflow bank`: what the bank tells is taken in, and posts that nobody knows are explained.

use super::output::Output;
use super::place::{By, Installation, block_on};
use super::{CliError, Exit};
use crate::bank::Bankgrenzen;
use crate::codes::GemeenteCode;
use crate::config::Betaling;
use crate::disk;
use crate::office::bank::{BankFile, BankImport, BankLine, Uitleg};
use crate::office::operator::Person;
use crate::state::{Bankregel, Bankuitkomst};
use crate::store::read::open_posts;
use clap::{Args, Subcommand};
use serde::Serialize;
use std::path::PathBuf;

const HELP: &str = "\
Afschriften (camt.053, versie 02 en 08) verplaatsen geld; detailmeldingen (camt.054) vertellen wat in een post zit en
worden samen met het afschrift ingelezen; statusberichten (pain.002) zeggen wat de bank met een betaalbestand doet.
Wat niet zeker van ons is, wacht op uitleg: zie happyflow bank list. Hetzelfde afschrift nog eens doet niets.
De eigen rekeningen zijn die onder [betaling] in de configuratie.";

/// De bank: afschriften en statusberichten inlezen, en posten verklaren
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct BankCommand {
    #[command(subcommand)]
    what: BankAction,
}

#[derive(Debug, Subcommand)]
enum BankAction {
    /// Lees bestanden van de bank in
    Import(BankImportCommand),
    /// Toon posten die op uitleg wachten
    List(BankListCommand),
    /// Zeg wat een post was
    Explain(BankExplainCommand),
}

#[derive(Debug, Args)]
struct BankImportCommand {
    /// Bestanden van de bank
    #[arg(value_name = "BESTAND", required = true)]
    files: Vec<PathBuf>,
    /// Zeg alleen wat er zou gebeuren
    #[arg(long)]
    check: bool,
    /// Een JSON-regel per afschrift of statusbericht, voor scripts
    #[arg(long)]
    json: bool,
    /// Wie dit inleest
    #[arg(long, value_name = "NAAM", default_value = "happyflow bank import")]
    by: String,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
struct BankListCommand {
    /// Een JSON-regel per post, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
struct BankExplainCommand {
    /// De post, zoals in de lijst: journaalregel/volgorde
    #[arg(value_name = "POST", value_parser = post)]
    post: (i64, i64),
    /// Het is geld van deze gemeente
    #[arg(long, value_name = "CODE", value_parser = gemeente, required_unless_present = "betaling")]
    gemeente: Option<GemeenteCode>,
    /// Het is deze betaling die terugkwam (kenmerk, zoals RUN-3-99100001-0193): zij staat weer open
    #[arg(long, value_name = "KENMERK", conflicts_with = "gemeente")]
    betaling: Option<String>,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    place: Installation,
}

fn post(text: &str) -> Result<(i64, i64), &'static str> {
    let parts = text.split_once('/');
    let parts = parts.and_then(|(journal, place)| Some((journal.parse().ok()?, place.parse().ok()?)));
    parts.ok_or("geef een post zoals 4711/2")
}

fn gemeente(text: &str) -> Result<GemeenteCode, &'static str> {
    GemeenteCode::parse(text).map_err(|_| "geef een gemeentecode van vier cijfers")
}

/// What scripts get of a statement or a status report.
#[derive(Debug, Serialize)]
struct BankImportLine<'a> {
    file: &'a str,
    account: Option<String>,
    what: &'a str,
    order: &'a str,
    taken: bool,
    opening_cents: i64,
    closing_cents: i64,
    owed_again_cents: i64,
    lines: Vec<PostLine<'a>>,
}

/// What scripts get of a post.
#[derive(Debug, Serialize)]
struct PostLine<'a> {
    /// Journal number of its statement; none before it is taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<i64>,
    place: i64,
    account: String,
    amount_cents: i64,
    date: Option<String>,
    outcome: &'static str,
    reference: &'a str,
    reason: &'a str,
}

impl<'a> PostLine<'a> {
    fn of(journal: Option<i64>, regel: &'a Bankregel) -> Self {
        Self {
            journal,
            place: regel.volgorde,
            account: regel.rekening.to_string(),
            amount_cents: regel.bedrag.0,
            date: regel.boekdatum.map(|day| day.to_string()),
            outcome: regel.uitkomst.as_str(),
            reference: &regel.kenmerk,
            reason: &regel.reden,
        }
    }
}

impl BankCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            match self.what {
                BankAction::Import(import) => import.run().await,
                BankAction::List(list) => list.run().await,
                BankAction::Explain(explain) => explain.run().await,
            }
        })
    }
}

impl BankImportCommand {
    async fn run(self) -> Result<Exit, CliError> {
        let betaling = match self.place.config()?.betaling {
            Some(betaling) => betaling,
            None if self.place.has_config() => {
                let text = "de configuratie heeft geen [betaling] met de rekeningen van de BVO";
                return Err(CliError::Usage(text.to_owned()));
            }
            None => Betaling::example(),
        };
        let grenzen = Bankgrenzen::default();
        let mut files = Vec::with_capacity(self.files.len());
        for path in &self.files {
            let name = path.display().to_string();
            let bytes = disk::read(path, grenzen.bytes)
                .map_err(|refusal| CliError::Usage(format!("{name} is niet te lezen: {refusal}")))?;
            files.push(BankFile { name, bytes });
        }
        let open = self.place.open().await?;
        open.catch_up().await?;
        let person = Person { who: self.by.clone(), second: None, why: "bestanden van de bank".to_owned() };
        let found = open.office.import_bank(&files, &betaling, (&grenzen, self.check), &person).await?;
        self.tell(&found)?;
        open.seal().await?;
        let wrong = found.lines.iter().any(|line| line.wrong);
        Ok(if wrong { Exit::Some } else { Exit::Good })
    }

    fn tell(&self, found: &BankImport) -> Result<(), CliError> {
        let mut output = Output::stdout();
        for line in &found.lines {
            if self.json {
                output.json(&as_line(line))?;
            } else {
                output.text(&for_people(line))?;
            }
        }
        if !self.json {
            let waits = found.lines.iter().flat_map(|line| &line.regels);
            let waits = waits.filter(|regel| regel.uitkomst == Bankuitkomst::TeOnderzoeken).count();
            if waits > 0 {
                output.text(&format!("{waits} posten wachten op uitleg: happyflow bank list\n"))?;
            }
            if self.check {
                output.text("Er is niets ingelezen (--check).\n")?;
            }
        }
        output.flush()
    }
}

fn as_line(line: &BankLine) -> BankImportLine<'_> {
    BankImportLine {
        file: &line.file,
        account: line.rekening.map(|rekening| rekening.to_string()),
        what: &line.wat,
        order: &line.stand,
        taken: line.taken,
        opening_cents: line.opening.0,
        closing_cents: line.slot.0,
        owed_again_cents: line.heropend.0,
        lines: line.regels.iter().map(|regel| PostLine::of(None, regel)).collect(),
    }
}

fn for_people(line: &BankLine) -> String {
    let account = line.rekening.map_or_else(String::new, |rekening| format!(" van {rekening}"));
    let mut text = format!("{}: {}{account}: {}\n", line.file, line.wat, line.stand);
    if line.rekening.is_some() {
        text.push_str(&format!("  beginsaldo {}, eindsaldo {}\n", line.opening, line.slot));
    }
    for regel in &line.regels {
        text.push_str(&format!("  {:>3}  {}\n", regel.volgorde, post_for_people(regel)));
    }
    if line.heropend.0 != 0 {
        text.push_str(&format!("  weer te betalen: {}\n", line.heropend));
    }
    text
}

fn post_for_people(regel: &Bankregel) -> String {
    let day = regel.boekdatum.map_or_else(|| " ".repeat(10), |day| day.format("%d-%m-%Y").to_string());
    let parts = [&*regel.kenmerk, &*regel.reden].into_iter().filter(|part| !part.is_empty());
    let about = parts.collect::<Vec<_>>().join(": ");
    format!("{day}  {:>16}  {}  {about}", regel.bedrag.to_string(), regel.uitkomst)
}

impl BankListCommand {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.place.look().await?;
        let open = open_posts(&*store).await?;
        let mut output = Output::stdout();
        for (journal, regel) in &open {
            if self.json {
                output.json(&PostLine::of(Some(*journal), regel))?;
            } else {
                let (place, text) = (regel.volgorde, post_for_people(regel));
                output.text(&format!("{journal}/{place}  {text}  ({})\n", regel.rekening))?;
            }
        }
        if !self.json {
            output.text(&format!("{} posten wachten op uitleg\n", open.len()))?;
        }
        output.flush()?;
        Ok(Exit::Good)
    }
}

impl BankExplainCommand {
    async fn run(self) -> Result<Exit, CliError> {
        let uitleg = match (self.gemeente, self.betaling) {
            (Some(gemeente), _) => Uitleg::Gemeente(gemeente),
            (None, Some(kenmerk)) => Uitleg::Betaling(kenmerk),
            (None, None) => return Err(CliError::Usage("geef --gemeente of --betaling".to_owned())),
        };
        let open = self.place.open().await?;
        open.catch_up().await?;
        open.office.explain_bank(self.post, &uitleg, &self.by.into()).await?;
        open.seal().await?;
        let mut output = Output::stdout();
        output.text(&format!("bankpost {}/{} is verklaard\n", self.post.0, self.post.1))?;
        output.flush()?;
        Ok(Exit::Good)
    }
}
