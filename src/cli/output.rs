//! Writing to stdout: JSON lines for scripts, text for people.

use super::CliError;
use serde::Serialize;
use std::io::{BufWriter, StdoutLock, Write};

/// Buffered stdout.
pub(super) struct Output(BufWriter<StdoutLock<'static>>);

impl Output {
    pub(super) fn stdout() -> Self {
        Self(BufWriter::new(std::io::stdout().lock()))
    }

    /// One JSON object on a line of its own.
    pub(super) fn json(&mut self, line: &impl Serialize) -> Result<(), CliError> {
        serde_json::to_writer(&mut self.0, line).map_err(std::io::Error::from)?;
        self.text("\n")
    }

    /// Text as it is.
    pub(super) fn text(&mut self, text: &str) -> Result<(), CliError> {
        Ok(self.0.write_all(text.as_bytes())?)
    }

    /// Everything written so far goes out.
    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        Ok(self.0.flush()?)
    }
}
