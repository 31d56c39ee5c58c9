//! `happyflow generate`: traffic of an invented region, for trying out and for measuring.

use super::files::{make_folder, save};
use super::output::Output;
use super::{CliError, Exit, progress};
use crate::codes::Datum;
use crate::disk;
use crate::generate::{Fout, GenerateError, GeneratedFile, Generator, Options, ReleasesByDay};
use clap::Args;
use serde::Serialize;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Maak berichtenverkeer van een bedachte regio: een map per maand en contracts.json
#[derive(Debug, Args)]
pub(super) struct GenerateCommand {
    /// Map voor het verkeer; hij moet leeg zijn of nog niet bestaan
    #[arg(long, value_name = "MAP")]
    out: PathBuf,
    #[command(flatten)]
    region: RegionOptions,
}

/// What `generate` and `demo` have in common.
#[derive(Debug, Args)]
pub(super) struct RegionOptions {
    /// Begin van het toeval: dezelfde seed geeft dezelfde bytes
    #[arg(long, value_name = "GETAL", default_value_t = Options::default().seed)]
    seed: u64,
    /// Aantal jeugdigen
    #[arg(long, value_name = "AANTAL", default_value_t = Options::default().clients)]
    clients: u32,
    /// Aantal maanden
    #[arg(long, value_name = "AANTAL", default_value_t = Options::default().months)]
    months: u32,
    /// Eerste maand, jjjj-mm
    #[arg(long, value_name = "MAAND", value_parser = month, default_value = "2025-01")]
    start: Datum,
    /// Aantal gemeenten, hoogstens 11
    #[arg(long, value_name = "AANTAL", default_value_t = Options::default().gemeenten)]
    gemeenten: u32,
    /// Aantal aanbieders met een contract, hoogstens 500
    #[arg(long, value_name = "AANTAL", default_value_t = Options::default().aanbieders)]
    aanbieders: u32,
    /// Aandeel berichten en regels met een ingebouwde fout, van 0 t/m 1
    #[arg(long, value_name = "AANDEEL", default_value_t = Options::default().faults)]
    faults: f64,
    /// Releases waarin de berichten zijn geschreven, elk vanaf een maand: 2018-01=2.3,2020-04=2.4,2021-01=3.0;
    /// leeg is de release die nu geldt
    #[arg(long, value_name = "LIJST", value_parser = ReleasesByDay::parse, default_value = "")]
    releases: ReleasesByDay,
}

/// The first day of a month, `yyyy-mm`.
fn month(text: &str) -> Result<Datum, &'static str> {
    let day = if text.len() == 7 { format!("{text}-01") } else { String::new() };
    day.parse().map_err(|_| "verwacht een maand als 2025-01")
}

impl RegionOptions {
    /// A generator with these options; what does not fit is wrong use.
    pub(super) fn generator(&self) -> Result<Generator, CliError> {
        let options = Options {
            seed: self.seed,
            clients: self.clients,
            months: self.months,
            start: self.start,
            gemeenten: self.gemeenten,
            aanbieders: self.aanbieders,
            faults: self.faults,
            releases: self.releases,
        };
        Generator::new(options).map_err(|error| CliError::Usage(error.to_string()))
    }
}

impl GenerateCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let mut generator = self.region.generator()?;
        if !is_empty(&self.out)? {
            let out = self.out.display();
            return Err(CliError::Usage(format!("{out} is niet leeg: kies een andere map of maak hem leeg")));
        }
        let mut folder = TrafficFolder::create(&self.out, &generator)?;
        let bar = progress::bar(generator.months() as usize, "Maken");
        while generator.next_month().is_some() {
            folder.month(&mut generator)?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        let count = folder.finish()?;
        let mut output = Output::stdout();
        output.text(&format!("{count} berichten in {}\n", self.out.display()))?;
        output.flush()?;
        Ok(Exit::Good)
    }
}

/// Whether a folder is absent or has nothing in it.
pub(super) fn is_empty(path: &Path) -> Result<bool, CliError> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(CliError::file(path, &error)),
    }
}

/// One row of `manifest.jsonl`: a file with faults that were put in.
#[derive(Serialize)]
struct ManifestRow<'a> {
    file: &'a str,
    faults: Vec<&'static str>,
}

/// The folder that traffic is written to.
pub(super) struct TrafficFolder {
    path: PathBuf,
    manifest: BufWriter<File>,
    count: u64,
}

impl TrafficFolder {
    /// The folder with its `contracts.json` and an empty `manifest.jsonl`.
    pub(super) fn create(path: &Path, generator: &Generator) -> Result<Self, CliError> {
        make_folder(path)?;
        save(&path.join("contracts.json"), &generator.contracts_json())?;
        let manifest = path.join("manifest.jsonl");
        let file = disk::create(&manifest).map_err(|error| CliError::file(&manifest, &error))?;
        Ok(Self { path: path.to_owned(), manifest: BufWriter::new(file), count: 0 })
    }

    /// Writes the next month and returns its folder.
    pub(super) fn month(&mut self, generator: &mut Generator) -> Result<PathBuf, CliError> {
        let month = generator.next_month().map(|first| first.format("%Y-%m").to_string());
        generator.month(|file| self.file(&file)).map_err(|error| match error {
            GenerateError::Bedrag(error) => CliError::Usage(error.to_string()),
            GenerateError::Sink(error) => error,
        })?;
        Ok(self.path.join(month.unwrap_or_default()))
    }

    fn file(&mut self, file: &GeneratedFile) -> Result<(), CliError> {
        let path = self.path.join(&file.path);
        let written = match disk::write(&path, &file.bytes) {
            // The first file of a month.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let made = path.parent().map_or(Ok(()), disk::make_folder);
                made.and_then(|()| disk::write(&path, &file.bytes))
            }
            written => written,
        };
        written.map_err(|error| CliError::file(&path, &error))?;
        self.count += 1;
        if !file.fouten.is_empty() {
            let faults = file.fouten.iter().map(Fout::as_str).collect();
            let row = ManifestRow { file: &file.path, faults };
            serde_json::to_writer(&mut self.manifest, &row).map_err(std::io::Error::from)?;
            self.manifest.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Everything is written; how many messages there are.
    pub(super) fn finish(mut self) -> Result<u64, CliError> {
        self.manifest.flush()?;
        Ok(self.count)
    }
}
