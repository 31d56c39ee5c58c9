//! `happyflow status`: where something stands, by any number that anybody knows it by.

use super::output::Output;
use super::place::{Installation, block_on};
use super::resend::party;
use super::{CliError, Exit};
use crate::messages::Partij;
use crate::office::register;
use crate::status::{Opzoeken, Stand, StatusSoort, Vertel, Vraag};
use clap::Args;
use serde::Serialize;

const HELP: &str = "\
Een nummer is: een DeclaratieNummer, ReferentieNummer, ReferentieAanbieder, ToewijzingNummer, Identificatie of
IdentificatieRetour; of een aankomstnummer, zendnummer, werkitem, betaalrun of kenmerk van een overboeking.
Wat meer dingen als nummer hebben staat er allemaal; met --van en --soort is het er een.
Zoeken op een BSN kan niet. Zoek met het ToewijzingNummer of het nummer van de declaratie.";

/// Waar iets staat: een bericht, declaratie, regel, verzoek, toewijzing, werkitem of betaling
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct StatusCommand {
    /// Het nummer waaronder iemand het kent
    #[arg(value_name = "NUMMER", allow_hyphen_values = true)]
    number: String,
    /// Alleen wat van deze partij is (gemeentecode of AGB-code)
    #[arg(long, value_name = "CODE", value_parser = party)]
    van: Option<Partij>,
    /// Alleen dit soort: declaratie, prestatie, verzoek, toewijzing, bericht, verzonden, werkitem of betaalrun
    #[arg(long, value_name = "SOORT", value_parser = soort)]
    soort: Option<StatusSoort>,
    /// Een JSON-object, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

fn soort(text: &str) -> Result<StatusSoort, String> {
    let all = StatusSoort::ALL.iter().map(StatusSoort::as_str).collect::<Vec<_>>().join(", ");
    StatusSoort::parse(text).map_err(|_| format!("kies uit {all}"))
}

/// What scripts get. The number of a person is not repeated.
#[derive(Serialize)]
struct StatusJson<'a> {
    number: Option<&'a str>,
    refused: Option<&'static str>,
    found: &'a [Stand],
}

const PERSON: &str = "dit kan een BSN zijn, en op een BSN wordt niet gezocht. Zoek met het ToewijzingNummer, het \
    DeclaratieNummer, het ReferentieNummer of de Identificatie van het bericht";

impl StatusCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let vraag = Vraag::parse(&self.number, self.van, self.soort);
        let vraag = vraag.map_err(|error| CliError::Usage(error.to_string()))?;
        block_on(async {
            let (folder, store) = self.place.still().await?;
            let lies = self.place.lies(folder)?;
            let look = async {
                let register = register::in_force(&*store).await?.versie.register;
                let vertel = Vertel::ALLES;
                let looking = Opzoeken { store: &*store, register: &register, lies: &lies, vertel };
                Ok::<_, CliError>(looking.find(&vraag).await?)
            };
            let found = look.await;
            // The folder is left as it was found: what a connection keeps beside the database goes with it.
            store.close().await;
            let found = found?;
            let refused = found.is_empty() && vraag.may_be_a_person();
            let mut output = Output::stdout();
            if self.json {
                let number = (!refused).then(|| self.number.trim());
                output.json(&StatusJson { number, refused: refused.then_some(PERSON), found: &found })?;
            } else if refused {
                return Err(CliError::Usage(PERSON.to_owned()));
            } else {
                output.text(&self.for_people(&found))?;
            }
            output.flush()?;
            Ok(match (refused, found.is_empty()) {
                (true, _) => Exit::Error,
                (false, true) => Exit::Some,
                (false, false) => Exit::Good,
            })
        })
    }

    fn for_people(&self, found: &[Stand]) -> String {
        if found.is_empty() {
            return self.nothing();
        }
        let mut text = String::new();
        if found.len() > 1 {
            let more = if found.len() >= crate::status::MOST { "minstens " } else { "" };
            text.push_str(&format!(
                "{more}{} dingen hebben dit nummer; met --van of --soort is het er een.\n",
                found.len()
            ));
        }
        let mut kind = "";
        for stand in found {
            if found.len() > 1 && stand.kind != kind {
                kind = stand.kind;
                text.push_str(&format!("\n== {kind}\n"));
            } else if found.len() > 1 {
                text.push('\n');
            }
            for sentence in &stand.text {
                text.push_str(sentence);
                text.push('\n');
            }
        }
        text
    }

    fn nothing(&self) -> String {
        let number = self.number.trim();
        let mut text = format!("Er is niets bekend met nummer {number}");
        if let Some(van) = self.van {
            text.push_str(&format!(" van {van}"));
        }
        text.push_str(".\n");
        if let Some(party) = Partij::parse(number) {
            let what = match party {
                Partij::Aanbieder(_) => "aanbieder: kijk met report brief --aanbieder",
                Partij::Gemeente(_) => "gemeente: kijk met report deadlines of work list --gemeente",
            };
            text.push_str(&format!("Het kan de code zijn van een {what}.\n"));
        }
        if self.van.is_none() {
            text.push_str(
                "Wat als geheel is afgekeurd of niet te lezen was, staat niet onder zijn eigen nummers: zoek met de \
                 Identificatie van het bericht, of geef met --van van wie het kwam.\n",
            );
        }
        text
    }
}
