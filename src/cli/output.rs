//! Writing to stdout: JSON lines for scripts, text for people.

use super::CliError;
use serde::Serialize;
use std::io::{BufWriter, IsTerminal, StdoutLock, Write};

/// The name of a file on one line: it may not pretend to be more of the report.
pub(super) fn one_line(name: &str) -> String {
    name.replace('\n', "\u{FFFD}")
}

/// Buffered stdout.
pub(super) struct Output {
    to: BufWriter<StdoutLock<'static>>,
    /// A person looks at it: every piece goes out at once, so that it does not run into the bar.
    screen: bool,
}

impl Output {
    pub(super) fn stdout() -> Self {
        let lock = std::io::stdout().lock();
        Self { screen: lock.is_terminal(), to: BufWriter::new(lock) }
    }

    /// One JSON object on a line of its own.
    pub(super) fn json(&mut self, line: &impl Serialize) -> Result<(), CliError> {
        serde_json::to_writer(&mut self.to, line).map_err(std::io::Error::from)?;
        self.text("\n")
    }

    /// Text for people. Control characters, which names of files may have, would steer the terminal:
    /// they are replaced.
    pub(super) fn text(&mut self, text: &str) -> Result<(), CliError> {
        let steers = |c: char| c.is_control() && c != '\n';
        if text.contains(steers) {
            self.to.write_all(text.replace(steers, "\u{FFFD}").as_bytes())?;
        } else {
            self.to.write_all(text.as_bytes())?;
        }
        if self.screen { self.flush() } else { Ok(()) }
    }

    /// Whether a person looks at it.
    pub(super) const fn is_screen(&self) -> bool {
        self.screen
    }

    /// Bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        Ok(self.to.write_all(bytes)?)
    }

    /// Everything written so far goes out.
    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        Ok(self.to.flush()?)
    }
}
