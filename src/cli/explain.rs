//! `happyflow explain`: what a rule or a retourcode means, in Dutch.

use super::output::Output;
use super::{CliError, Exit};
use clap::Args;

/// Leg een regel of retourcode uit, zoals TR322 of 9322
#[derive(Debug, Args)]
pub(super) struct ExplainCommand {
    /// Regel (TR, CD of CS), retourcode, of XSD uit een uitkomst; hoofdletters maken niet uit
    #[arg(value_name = "CODE")]
    code: String,
}

impl ExplainCommand {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let Some(text) = crate::explain::explain(&self.code) else {
            return Err(CliError::Usage(format!(
                "code {:?} is onbekend; geef een regel zoals TR322, CD007 of CS319, of een retourcode zoals 9322",
                self.code
            )));
        };
        let mut output = Output::stdout();
        output.text(&text)?;
        output.flush()?;
        Ok(Exit::Good)
    }
}
