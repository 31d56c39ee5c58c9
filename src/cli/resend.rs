//! `happyflow resend`: a message that was sent goes out again, byte for byte.

use super::output::Output;
use super::place::{Place, block_on};
use super::{CliError, Exit};
use clap::Args;

/// Verstuur een bericht nog een keer, byte voor byte gelijk
#[derive(Debug, Args)]
pub(super) struct Resend {
    /// Zendnummer, of de Identificatie van het bericht
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    place: Place,
}

impl Resend {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            let mut data = self.place.open().await?;
            let resent = data.engine.resend(&self.id).await?;
            if resent.is_empty() {
                let text =
                    format!("er is geen verzonden bericht met zendnummer of Identificatie {}", self.id);
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
