//! Writing to stdout: JSON lines for scripts, text for people. A reader that stops reading (`| head`) is no error: what
//! comes after is for nobody, and the command ends with what it did.

use super::CliError;
use serde::Serialize;
use std::io::{BufWriter, ErrorKind, IsTerminal, StdoutLock, Write};

/// Text for people, at once.
pub(super) fn say(text: &str) -> Result<(), CliError> {
    let mut output = Output::stdout();
    output.text(text)?;
    output.flush()
}

/// The name of a file on one line: it may not pretend to be more of the report.
pub(super) fn one_line(name: &str) -> String {
    name.replace('\n', "\u{FFFD}")
}

/// Buffered stdout.
pub(super) struct Output {
    to: BufWriter<StdoutLock<'static>>,
    /// A person looks at it: every piece goes out at once, so that it does not run into the bar.
    screen: bool,
    /// Nobody reads any more.
    closed: bool,
}

/// A line for people on stderr; when nobody reads it, nothing is wrong.
pub(super) fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl Output {
    pub(super) fn stdout() -> Self {
        let lock = std::io::stdout().lock();
        Self { screen: lock.is_terminal(), to: BufWriter::new(lock), closed: false }
    }

    /// One JSON object on a line of its own.
    pub(super) fn json(&mut self, line: &impl Serialize) -> Result<(), CliError> {
        let written = serde_json::to_writer(&mut self.to, line).map_err(std::io::Error::from);
        self.unless_closed(written)?;
        self.text("\n")
    }

    /// Text for people. Control characters, which names of files may have, would steer the terminal:
    /// they are replaced.
    pub(super) fn text(&mut self, text: &str) -> Result<(), CliError> {
        let steers = |c: char| c.is_control() && c != '\n';
        if text.contains(steers) {
            self.bytes(text.replace(steers, "\u{FFFD}").as_bytes())?;
        } else {
            self.bytes(text.as_bytes())?;
        }
        if self.screen { self.flush() } else { Ok(()) }
    }

    /// Whether a person looks at it.
    pub(super) const fn is_screen(&self) -> bool {
        self.screen
    }

    /// Bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        if self.closed {
            return Ok(());
        }
        let written = self.to.write_all(bytes);
        self.unless_closed(written)
    }

    /// Whether nobody reads any more: long work that is only told of need not go on.
    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    fn unless_closed(&mut self, written: std::io::Result<()>) -> Result<(), CliError> {
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            written => Ok(written?),
        }
    }

    /// Everything written so far goes out.
    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        if self.closed {
            return Ok(());
        }
        let written = self.to.flush();
        self.unless_closed(written)
    }
}
