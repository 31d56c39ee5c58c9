//! `happyflow resend`: a message that was sent goes out again, byte for byte.

use super::output::Output;
use super::place::{Data, Installation, block_on};
use super::{CliError, Exit};
use crate::messages::Partij;
use crate::store::Answer;
use clap::Args;

/// Verstuur een bericht nog een keer, byte voor byte gelijk
#[derive(Debug, Args)]
pub(super) struct ResendCommand {
    /// Zendnummer, of de Identificatie van het verzonden bericht; met --van de Identificatie van het ontvangen bericht,
    /// of het DeclaratieNummer van een geboekte declaratie
    #[arg(value_name = "ID")]
    id: String,
    /// Verstuur het antwoord op een bericht van deze partij (gemeentecode of AGB-code)
    #[arg(long, value_name = "CODE", value_parser = party)]
    van: Option<Partij>,
    #[command(flatten)]
    place: Installation,
}

pub(super) fn party(code: &str) -> Result<Partij, &'static str> {
    Partij::parse(code).ok_or("geef een gemeentecode (vier cijfers) of een AGB-code (acht cijfers)")
}

impl ResendCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            let data = self.place.open().await?;
            data.catch_up().await?;
            let id = match self.van {
                Some(sender) => answer_on(&data, sender, &self.id).await?.to_string(),
                None => self.id.clone(),
            };
            let resent = data.office.resend(&id).await?;
            if resent.is_empty() {
                let text = format!("er is geen verzonden bericht met zendnummer of Identificatie {id}");
                return Err(CliError::Usage(text));
            }
            let mut output = Output::stdout();
            for message in &resent {
                let path = data.folder.join(&message.address);
                let (soort, receiver) = (message.soort.name(), message.receiver);
                output.text(&format!("{soort} aan {receiver}: {}\n", path.display()))?;
            }
            output.flush()?;
            Ok(Exit::Good)
        })
    }
}

/// The send number of the one answer on what a sender calls so.
async fn answer_on(data: &Data, sender: Partij, id: &str) -> Result<i64, CliError> {
    let answers = data.office.store().find_answers(sender, id).await?;
    match &answers[..] {
        [answer] => Ok(answer.sent.send),
        [] => Err(CliError::Usage(format!(
            "er is geen antwoord verzonden op een bericht van {sender} met Identificatie of DeclaratieNummer {id}"
        ))),
        several => Err(CliError::Usage(format!(
            "{id} van {sender} heeft {} antwoorden; geef het zendnummer van een ervan, zonder --van:{}",
            several.len(),
            several.iter().map(listed).collect::<String>()
        ))),
    }
}

fn listed(Answer { decided, sent, .. }: &Answer) -> String {
    format!("\n  {}: {} aan {}, beslist op {decided}", sent.send, sent.soort.name(), sent.receiver)
}
