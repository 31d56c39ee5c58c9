//! `happyflow pay block`, `unblock`, `blocks` and `callback`: what is not paid until further notice, and accounts that were checked.

use super::output::Output;
use super::place::{By, Installation, block_on};
use super::{CliError, Exit};
use crate::codes::AgbCode;
use crate::iban::Iban;
use crate::office::OfficeError;
use crate::payments::Geweigerd;
use crate::state::{Betaalbesluit, Blokkade};
use crate::store::read::decided_by;
use clap::Args;
use serde::Serialize;

#[derive(Debug, Args)]
pub(super) struct BlockCommand {
    /// Alles van deze aanbieder (AGB-code), of met --declaratie een declaratie ervan
    #[arg(long, value_name = "CODE", value_parser = aanbieder, required_unless_present = "iban")]
    aanbieder: Option<AgbCode>,
    /// Alles naar deze rekening
    #[arg(long, value_name = "IBAN", value_parser = iban, conflicts_with_all = ["aanbieder", "declaratie"])]
    iban: Option<Iban>,
    /// Deze declaratie van de aanbieder
    #[arg(long, value_name = "NUMMER")]
    declaratie: Option<String>,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
pub(super) struct CallbackCommand {
    /// De aanbieder die u belde
    #[arg(long, value_name = "CODE", value_parser = aanbieder)]
    aanbieder: AgbCode,
    /// De rekening die klopt
    #[arg(long, value_name = "IBAN", value_parser = iban)]
    iban: Iban,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
pub(super) struct BlocksCommand {
    /// Een JSON-regel per blokkade, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

fn aanbieder(text: &str) -> Result<AgbCode, &'static str> {
    AgbCode::parse(text).map_err(|_| "geef een AGB-code van acht cijfers")
}

fn iban(text: &str) -> Result<Iban, &'static str> {
    Iban::parse(text).map_err(|_| "dit is geen geldige IBAN")
}

impl BlockCommand {
    pub(super) fn block(self) -> Result<Exit, CliError> {
        let what = self.what()?;
        let said = format!("{what} wordt niet meer betaald, tot dit wordt opgeheven");
        decide(&self.place, self.by, &Betaalbesluit::Blokkeren(what), &said)
    }

    pub(super) fn unblock(self) -> Result<Exit, CliError> {
        let what = self.what()?;
        let said = format!("{what} wordt weer betaald");
        decide(&self.place, self.by, &Betaalbesluit::Vrijgeven(what), &said)
    }

    fn what(&self) -> Result<Blokkade, CliError> {
        match (self.aanbieder, self.iban, self.declaratie.as_deref()) {
            (Some(aanbieder), None, None) => Ok(Blokkade::Aanbieder(aanbieder)),
            (Some(aanbieder), None, Some(nummer)) => Ok(Blokkade::Declaratie(aanbieder, nummer.into())),
            (None, Some(iban), None) => Ok(Blokkade::Rekening(iban)),
            _ => Err(CliError::Usage("geef --aanbieder, --aanbieder met --declaratie, of --iban".to_owned())),
        }
    }
}

impl CallbackCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let said = format!("rekening {} van aanbieder {} is nagebeld", self.iban, self.aanbieder);
        decide(&self.place, self.by, &Betaalbesluit::Nagebeld(self.aanbieder, self.iban), &said)
    }
}

fn decide(place: &Installation, by: By, besluit: &Betaalbesluit, said: &str) -> Result<Exit, CliError> {
    block_on(async {
        let open = place.open().await?;
        let journal = open.office.decide_paying(besluit, by.into()).await?;
        open.seal().await?;
        let mut output = Output::stdout();
        output.text(&format!("Vastgelegd als journaalregel {journal}: {said}\n"))?;
        output.flush()?;
        Ok(Exit::Good)
    })
}

/// What scripts get of a block, or of an account that waits for a call.
#[derive(Debug, Serialize)]
struct BlockLine {
    kind: &'static str,
    what: String,
    /// Journal number of the decision, or of what the bank told.
    journal: i64,
    by: Option<String>,
    reason: Option<&'static str>,
}

impl BlocksCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            let open = self.place.open().await?;
            let beletselen = open.office.beletselen().await?;
            let mut lines = Vec::new();
            for (blokkade, journal) in beletselen.blokkades() {
                let by = decided_by(open.office.store(), journal).await.map_err(OfficeError::from)?;
                let (kind, what) = ("blocked", blokkade.to_string());
                lines.push(BlockLine { kind, what, journal, by, reason: None });
            }
            for ((aanbieder, iban), Geweigerd { journaal, code }) in beletselen.na_te_bellen() {
                let what = format!("rekening {iban} van aanbieder {aanbieder}");
                lines.push(BlockLine {
                    kind: "call-back",
                    what,
                    journal: journaal,
                    by: None,
                    reason: Some(code),
                });
            }
            let mut output = Output::stdout();
            for line in &lines {
                if self.json {
                    output.json(line)?;
                } else {
                    output.text(&for_people(line))?;
                }
            }
            if lines.is_empty() && !self.json {
                output.text("Er is niets geblokkeerd.\n")?;
            }
            output.flush()?;
            Ok(Exit::Good)
        })
    }
}

fn for_people(line: &BlockLine) -> String {
    match (line.reason, &line.by) {
        (Some(code), _) => format!(
            "{}: de bank weigerde een betaling ({code}, journaalregel {}); nabellen, of een andere IBAN in het contract\n",
            line.what, line.journal
        ),
        (None, by) => {
            let by = by.as_deref().map_or_else(String::new, |by| format!(" door {by}"));
            format!("{}: geblokkeerd{by} (journaalregel {})\n", line.what, line.journal)
        }
    }
}
