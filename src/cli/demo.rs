//! `happyflow demo`: an invented region at work, from messages to payment, and a table of what came
//! of it. It uses what `generate`, `process` and `pay` use, one month after another.

mod table;

use super::files::{make_folder, save};
use super::generate::{RegionOptions, TrafficFolder, is_empty};
use super::output::Output;
use super::pay::settle;
use super::place::{Data, block_on};
use super::serve::stop_on_signals;
use super::{CliError, Exit, progress};
use crate::bank::{Bankgrenzen, Batchwijze};
use crate::clock::Clock;
use crate::codes::Datum;
use crate::config::{Betaling, Config};
use crate::generate::Generator;
use crate::generate::bank::{
    Banklevering, Bankopdracht, Bankopties, Bankstreek, Boekwijze, Camtversie, NagemaakteBank,
};
use crate::messages::{BerichtSoort, Partij};
use crate::money::Cents;
use crate::office::Run;
use crate::office::Settings;
use crate::office::bank::BankFile;
use crate::office::feed::ToRead;
use crate::office::line::ProcessLine;
use crate::office::operator::Person;
use crate::office::source;
use chrono::Months;
use clap::Args;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use table::Played;

/// What the invented bank has on the account when it begins.
const BEGINSALDO: Cents = Cents(500_000_000);

/// Says that a folder is a former demo, so that a new one may replace it.
const MARKER: &str = ".happyflow-demo";
const MARKER_TEXT: &str = "Deze map is gemaakt door happyflow demo. Een volgende demo vervangt in/, data/, pay/ en bank/ hiernaast.\n";
/// What a demo makes, and what the next one replaces.
const PARTS: [&str; 4] = ["in", "data", "pay", "bank"];

/// Speel een bedachte regio: maanden berichten, oordelen, antwoorden en een betaalrun
#[derive(Debug, Args)]
pub(super) struct DemoCommand {
    /// Map voor de demo: leeg, nieuw of van een eerdere demo, die dan wordt vervangen
    #[arg(long, value_name = "MAP", default_value = "./happyflow-demo")]
    dir: PathBuf,
    /// Open daarna de console over de gespeelde regio, op een adres van deze machine
    #[arg(long)]
    serve: bool,
    /// Poort van de console
    #[arg(long, value_name = "POORT", default_value_t = 9470, requires = "serve")]
    port: u16,
    #[command(flatten)]
    region: RegionOptions,
}

impl DemoCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let generator = self.region.generator()?;
        clear(&self.dir)?;
        block_on(async {
            let (open, today) = play(&self.dir, generator).await?;
            if self.serve {
                show(&open, today, self.port).await?;
            }
            Ok(Exit::Good)
        })
    }
}

/// Makes room for a demo. Only what a former demo made is removed.
fn clear(dir: &Path) -> Result<(), CliError> {
    let marker = dir.join(MARKER);
    if !is_empty(dir)? && !marker.is_file() {
        return Err(CliError::Usage(format!(
            "{} is niet leeg en geen eerdere demo: kies met --dir een andere map",
            dir.display()
        )));
    }
    make_folder(dir)?;
    save(&marker, MARKER_TEXT.as_bytes())?;
    for part in PARTS.map(|part| dir.join(part)) {
        match fs::remove_dir_all(&part) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(CliError::file(&part, &error));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn play(dir: &Path, mut generator: Generator) -> Result<(Data, Datum), CliError> {
    let [input, data, payments, bank] = PARTS.map(|part| dir.join(part));
    let mut folder = TrafficFolder::create(&input, &generator)?;
    let mut played = Played::default();
    let mut today = None;
    while let Some(first) = generator.next_month() {
        let month = folder.month(&mut generator)?;
        let after = first + Months::new(1);
        let open = Data::open(data.clone(), settings(after)).await?;
        if today.is_none() {
            open.office.import(&input.join("contracts.json")).await?;
        }
        for path in process_month(&open, &month, &mut played).await? {
            let bytes = fs::read(&path).map_err(|error| CliError::file(&path, &error))?;
            generator.receive(&bytes);
        }
        today = Some(after);
    }
    folder.finish()?;
    let today = today.unwrap_or_default();
    let open = Data::open(data, settings(today)).await?;
    if let Some(order) = pay(&open, today, &payments).await? {
        answer(&open, today, &order, &bank).await?;
    }
    let overview = open.office.store().overview().await?;
    let mut output = Output::stdout();
    output.text(&table::table(dir, &overview, &played))?;
    output.flush()?;
    Ok((open, today))
}

/// Opens the console over the region, until somebody stops it.
async fn show(open: &Data, today: Datum, port: u16) -> Result<(), CliError> {
    open.seal().await?;
    let told = |address: &str| {
        let mut output = Output::stdout();
        output.text(&format!(
            "\nDe console staat open op {address} (inloggen zonder wachtwoord; Ctrl-C stopt)\n"
        ))?;
        output.flush()
    };
    let over = (open.office.clone(), open.folder.clone());
    super::console::over(over, (today, port), told, stop_on_signals()?).await
}

/// Pays everything that is payable, from an account that does not exist; the file for the bank.
async fn pay(open: &Data, date: Datum, out: &Path) -> Result<Option<Bankopdracht>, CliError> {
    let mut planned = open.office.plan_payment(date, &Betaling::example()).await?;
    if planned.run.paid.is_empty() {
        return Ok(None);
    }
    settle(&open.office, &planned, out).await?;
    let order = planned.files.drain(..).find_map(|(_, bytes)| Bankopdracht::read(&bytes));
    Ok(order)
}

/// An invented bank carries the file out, one transfer comes back, and its statement is taken in.
async fn answer(open: &Data, date: Datum, order: &Bankopdracht, folder: &Path) -> Result<(), CliError> {
    let mut bank = NagemaakteBank::new(Bankopties {
        seed: 1,
        versie: Camtversie::V08,
        boekwijze: Boekwijze::Batch(Batchwijze::Bruto),
        in_melding: false,
        streken: [Bankstreek::Terugkomst].into(),
        beginsaldo: BEGINSALDO,
    });
    make_folder(folder)?;
    let mut files = Vec::new();
    for Banklevering { naam, bytes } in bank.day(date, std::slice::from_ref(order)) {
        let name = format!("{naam}.xml");
        save(&folder.join(&name), &bytes)?;
        files.push(BankFile { name, bytes });
    }
    let person = Person { who: "demo".to_owned(), second: None, why: "bestanden van de bank".to_owned() };
    let limits = Bankgrenzen::default();
    open.office.import_bank(&files, &Betaling::example(), (&limits, false), &person).await?;
    Ok(())
}

/// The settings of a run that is made on this day.
fn settings(today: Datum) -> Settings {
    let betaling = Some(Betaling::example());
    Settings::new(&Config { betaling, ..Config::default() }, Clock::Fixed(today))
}

/// Processes the files of a month. Returns where the assignments lie that aanbieders got in answer to
/// their requests: they will claim on them.
async fn process_month(open: &Data, month: &Path, played: &mut Played) -> Result<Vec<PathBuf>, CliError> {
    let given = |source| ToRead { source, channel: None, claimed: None };
    let work: Vec<ToRead> = source::list(month).into_iter().map(given).collect();
    let bar = progress::bar(work.len(), month.file_name().unwrap_or_default().display().to_string());
    let mut issued = Vec::new();
    let report = |line: ProcessLine| {
        bar.inc(1);
        played.count(&line);
        issued.extend(issued_to_aanbieders(&line).map(|path| open.folder.join(path)));
        ControlFlow::Continue(())
    };
    Run::new(&open.office).all(work, report).await?;
    open.office.follow_limits().await?;
    bar.finish_and_clear();
    open.seal().await?;
    Ok(issued)
}

fn issued_to_aanbieders(line: &ProcessLine) -> impl Iterator<Item = &Path> {
    let issued = line.answers.iter().filter(|answer| {
        let to_aanbieder = matches!(Partij::parse(&answer.receiver), Some(Partij::Aanbieder(_)));
        to_aanbieder && answer.soort == BerichtSoort::Jw301.name()
    });
    // A message that came twice has the answers of the first time.
    issued.filter(|_| !line.duplicate).map(|answer| Path::new(&answer.path))
}
