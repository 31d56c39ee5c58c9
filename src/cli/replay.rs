//! `happyflow replay`: what was decided, decided again, for auditors and contract managers.

mod audit;
mod chain;
mod client;
mod foreign;
mod sample;
mod state;
mod whatif;

use super::check::agb;
use super::place::{Installation, block_on};
use super::toegang::Kijker;
use super::{CliError, Exit};
use crate::codes::{AgbCode, GemeenteCode};
use crate::replay::Filter;
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

const HELP: &str = "Zonder optie beslist replay alle gearchiveerde berichten opnieuw, met de contracten zoals die \
    toen\nbekend waren, en meldt elk verschil met het eerste feit dat afwijkt.\n\n\
    Uitgang: 0 geen verschillen (wat door nieuwere regels of nieuwere contracten anders zou zijn, telt\n         \
    niet); 1 verschillen; 2 fout in gebruik, configuratie of opslag.";

/// Beslis gearchiveerde berichten opnieuw en meld elk verschil
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct ReplayCommand {
    #[command(flatten)]
    place: Installation,
    /// Alleen wat op of na deze dag is beslist (jjjj-mm-dd)
    #[arg(long, value_name = "DATUM")]
    from: Option<NaiveDate>,
    /// Alleen wat op of voor deze dag is beslist (jjjj-mm-dd)
    #[arg(long, value_name = "DATUM")]
    to: Option<NaiveDate>,
    /// Alleen berichten van deze gemeente
    #[arg(long, value_name = "CODE", value_parser = gemeente)]
    gemeente: Option<GemeenteCode>,
    /// Alleen berichten van deze aanbieder
    #[arg(long, value_name = "AGB", value_parser = agb)]
    aanbieder: Option<AgbCode>,
    /// Met welke contracten: recorded zoals toen bekend, newest ook met de nieuwste
    #[arg(long, value_enum, value_name = "WELKE", default_value = "recorded")]
    register: RegisterChoice,
    /// Bewijs dat de hele stand gelijk is aan het opnieuw besliste journaal
    #[arg(long)]
    verify_state: bool,
    /// Controleer de keten: is er iets veranderd, verdwenen of ingevoegd
    #[arg(long)]
    verify_chain: bool,
    /// Schrijf een anker bij in dit bestand; bewaar het waar niemand bij kan die bij de gegevens kan
    #[arg(long, value_name = "BESTAND")]
    export_anchor: Option<PathBuf>,
    /// Controleer de ankers in dit bestand
    #[arg(long, value_name = "BESTAND")]
    check_anchor: Option<PathBuf>,
    /// Met deze contracten (een bestand of een map): met --as-if de toegekende zorg, met PAD een archief
    #[arg(long, value_name = "PAD")]
    contracts: Option<PathBuf>,
    /// Het jaar waarin de zorg dan zou vallen
    #[arg(long, value_name = "JAAR", requires = "contracts", requires = "out", value_parser = clap::value_parser!(i32).range(2000..2100))]
    as_if: Option<i32>,
    /// Wat oude producten worden: een CSV met van;naar en zo nodig eenheid, factor, aandeel en volume
    #[arg(long, value_name = "BESTAND", requires = "as_if")]
    map: Option<PathBuf>,
    /// Map waarin de uitkomst komt
    #[arg(long, value_name = "MAP")]
    out: Option<PathBuf>,
    /// Trek een steekproef van ongeveer zoveel toegekende regels, elk met alles waarop zij rust
    #[arg(long, value_name = "AANTAL", requires = "out", value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,
    /// Begin van het toeval van de steekproef: dezelfde seed trekt dezelfde regels
    #[arg(long, value_name = "GETAL", requires = "sample", default_value_t = 1)]
    seed: u64,
    /// Alles over een jeugdige (inzage): het burgerservicenummer staat in dit bestand, - leest het van stdin
    #[arg(long, value_name = "BESTAND", requires = "out")]
    client_file: Option<PathBuf>,
    #[command(flatten)]
    kijker: Kijker,
    /// Een JSON-regel per verschil, voor scripts
    #[arg(long)]
    json: bool,
    /// Archief van een ander systeem: bestanden, mappen of zipbestanden met berichten en antwoorden
    #[arg(value_name = "PAD", conflicts_with_all = ["as_if", "sample", "client_file", "verify_chain", "verify_state"])]
    paths: Vec<PathBuf>,
}

/// `--register`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RegisterChoice {
    /// As it was known then.
    #[value(help = "zoals ze bekend waren op het moment van de beslissing")]
    Recorded,
    /// Also the newest.
    #[value(help = "ook de nieuwste: wat zou nu anders worden beantwoord")]
    Newest,
}

impl ReplayCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            if let (Some(contracts), Some(jaar), Some(out)) = (&self.contracts, self.as_if, &self.out) {
                whatif::run(&self, contracts, jaar, out).await
            } else if let (Some(file), Some(out)) = (&self.client_file, &self.out) {
                client::run(&self, file, out).await
            } else if let (Some(count), Some(out)) = (self.sample, &self.out) {
                sample::run(&self, count as usize, self.seed, out).await
            } else if !self.paths.is_empty() {
                foreign::run(&self).await
            } else if self.contracts.is_some() {
                Err(CliError::Usage(
                    "geef bij --contracts een jaar (--as-if) of een archief (PAD)".to_owned(),
                ))
            } else if self.verify_chain || self.export_anchor.is_some() || self.check_anchor.is_some() {
                chain::run(&self).await
            } else if self.verify_state {
                state::verify(&self).await
            } else {
                audit::run(&self).await
            }
        })
    }

    fn filter(&self) -> Filter {
        Filter { from: self.from, to: self.to, gemeente: self.gemeente, aanbieder: self.aanbieder }
    }
}

fn gemeente(text: &str) -> Result<GemeenteCode, &'static str> {
    GemeenteCode::parse(text).map_err(|_| "verwacht een code van vier cijfers")
}
