//! Numbers of clients: read from a file or from stdin, never from the command line, where others see them.

use super::CliError;
use super::files::{read_stdin, read_text};
use crate::codes::Bsn;
use std::path::Path;

/// The numbers in a file, or on stdin for `-`, one on a line. What is wrong with one is told without showing it.
pub(super) fn numbers(file: &Path) -> Result<Vec<Bsn>, CliError> {
    let text = if file == Path::new("-") { read_stdin()? } else { read_text(file)? };
    let wrong = || CliError::Usage("in het bestand staat geen geldig burgerservicenummer".to_owned());
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let numbers: Option<Vec<Bsn>> =
        lines.map(|line| Bsn::parse(line).ok().filter(Bsn::passes_elfproef)).collect();
    numbers.filter(|numbers| !numbers.is_empty()).ok_or_else(wrong)
}
