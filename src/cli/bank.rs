//! `happyflow bank`: what the bank tells is taken in, and posts that nobody knows are explained.

use super::output::Output;
use super::place::{ByUnlessCheck, Installation, block_on};
use super::{CliError, Exit};
use crate::config::Betaling;
use crate::disk;
use crate::ledger::Overboeking;
use crate::money::Cents;
use crate::office::bank::{BankFile, BankImport, BankLine, Uitleg, Uitlegbeeld, Uitlegdeel, Uitlegsoort};
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
    /// Het is geld van deze gemeente; met een bedrag (0193=2,50) een deel van de post
    #[arg(long, value_name = "CODE[=EURO]", value_parser = Uitlegdeel::gemeente)]
    gemeente: Vec<Uitlegdeel>,
    /// Het is deze betaling (kenmerk, zoals RUN-3-99100001-0193), of alles van dit blok: zij ging weg of kwam terug, zoals
    /// de post; wat terugkwam staat weer open. Meer keer mag
    #[arg(long, value_name = "KENMERK")]
    betaling: Vec<String>,
    /// Het zijn kosten van de bank, voor deze gemeente; met een bedrag (0193=2,50) een deel van de post
    #[arg(long, value_name = "CODE[=EURO]", value_parser = Uitlegdeel::kosten)]
    kosten: Vec<Uitlegdeel>,
    /// Het ging naar deze aanbieder en moet terugkomen, of het kwam zo terug (0193/99100001); met een bedrag een deel
    #[arg(long, value_name = "CODE/AGB[=EURO]", value_parser = Uitlegdeel::terugvordering)]
    terugvorderen: Vec<Uitlegdeel>,
    /// Bij een afwijzing: de betaling gaat toch door, of is gegaan; zij staat niet weer open
    #[arg(long)]
    doorgegaan: bool,
    /// Zeg alleen welke boekingen volgen
    #[arg(long)]
    check: bool,
    /// Een JSON-object met wat volgde, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    by: ByUnlessCheck,
    #[command(flatten)]
    place: Installation,
}

fn post(text: &str) -> Result<(i64, i64), &'static str> {
    let parts = text.split_once('/');
    let parts = parts.and_then(|(journal, place)| Some((journal.parse().ok()?, place.parse().ok()?)));
    parts.ok_or("geef een post zoals 4711/2")
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
    /// What in it is not understood.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    strange: &'a [String],
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
        let config = self.place.config()?;
        let grenzen = config.limits.bank();
        let betaling = match config.betaling {
            Some(betaling) => betaling,
            None if self.place.has_config() => {
                let text = "de configuratie heeft geen [betaling] met de rekeningen van de BVO";
                return Err(CliError::Usage(text.to_owned()));
            }
            None => Betaling::example(),
        };
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
        strange: &line.strange,
        lines: line.regels.iter().map(|regel| PostLine::of(None, regel)).collect(),
    }
}

fn for_people(line: &BankLine) -> String {
    let account = line.rekening.map_or_else(String::new, |rekening| format!(" van {rekening}"));
    let mut text = format!("{}: {}{account}: {}\n", line.file, line.wat, line.stand);
    if line.rekening.is_some() {
        text.push_str(&format!("  beginsaldo {}, eindsaldo {}\n", line.opening, line.slot));
    }
    for told in &line.strange {
        text.push_str(&format!("  ! {told}\n"));
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
    fn uitleg(&self) -> Uitleg {
        let named = self.betaling.iter().cloned().map(Uitlegdeel::betaling);
        let others = [&self.gemeente, &self.kosten, &self.terugvorderen].into_iter().flatten().cloned();
        let goes_on = self.doorgegaan.then_some(Uitlegdeel { is: Uitlegsoort::Doorgegaan, bedrag: None });
        Uitleg { delen: named.chain(others).chain(goes_on).collect() }
    }

    async fn run(self) -> Result<Exit, CliError> {
        let uitleg = self.uitleg();
        if uitleg.delen.is_empty() {
            let text =
                "zeg wat de post was: --gemeente, --betaling, --kosten, --terugvorderen of --doorgegaan";
            return Err(CliError::Usage(text.to_owned()));
        }
        let open = self.place.open().await?;
        open.catch_up().await?;
        let beeld = if self.check {
            open.office.preview_bank(self.post, &uitleg).await?
        } else {
            let beeld = open.office.explain_bank(self.post, &uitleg, None, &self.by.into()).await?;
            open.seal().await?;
            beeld
        };
        let mut output = Output::stdout();
        if self.json {
            output.json(&ExplainLine::of(self.post, &beeld, self.check))?;
        } else {
            let (journal, place) = self.post;
            let said = if self.check { "zou zo worden verklaard (--check)" } else { "is verklaard" };
            output.text(&format!("bankpost {journal}/{place} {said}\n"))?;
            output.text(&rows_for_people(&beeld))?;
        }
        output.flush()?;
        Ok(Exit::Good)
    }
}

/// What scripts get of an explanation.
#[derive(Debug, Serialize)]
struct ExplainLine {
    journal: i64,
    place: i64,
    /// Whether it was recorded.
    explained: bool,
    owed_again_cents: i64,
    owed_no_more_cents: i64,
    rows: Vec<ExplainRow>,
}

/// A row of the ledger in it.
#[derive(Debug, Serialize)]
struct ExplainRow {
    event: &'static str,
    debit_account: String,
    credit_account: String,
    amount_cents: i64,
}

impl ExplainLine {
    fn of((journal, place): (i64, i64), beeld: &Uitlegbeeld, check: bool) -> Self {
        let row = |row: &Overboeking| ExplainRow {
            event: row.gebeurtenis.as_str(),
            debit_account: row.debet.to_string(),
            credit_account: row.credit.to_string(),
            amount_cents: row.bedrag.0,
        };
        Self {
            journal,
            place,
            explained: !check,
            owed_again_cents: beeld.heropend.0,
            owed_no_more_cents: beeld.voldaan.0,
            rows: beeld.rijen.iter().map(row).collect(),
        }
    }
}

fn rows_for_people(beeld: &Uitlegbeeld) -> String {
    let row = |row: &Overboeking| {
        let Overboeking { gebeurtenis, debet, credit, bedrag, .. } = row;
        format!("  {gebeurtenis}: {bedrag} van {credit} naar {debet}\n")
    };
    let mut text: String = beeld.rijen.iter().map(row).collect();
    for (what, bedrag) in [("weer te betalen", beeld.heropend), ("niet meer te betalen", beeld.voldaan)] {
        if bedrag != Cents::ZERO {
            text.push_str(&format!("  {what}: {bedrag}\n"));
        }
    }
    text
}
