//! Exit codes of subcommands.

use crate::config::ConfigError;
use crate::hub::HubError;
use crate::io_text::io_text;
use crate::labels::labels;
use crate::office::OfficeError;
use crate::post::PostError;
use crate::removal::RemovalError;
use crate::report::ReportError;
use crate::service::ServiceError;
use crate::store::StoreError;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit codes that scripts depend on (docs/interface.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: all judged, whatever the verdict; for `check` all accepted.
    Good,
    /// 1: some parked or failed; for `check` some rejected.
    Some,
    /// 2: usage, configuration, contract file or store error.
    Error,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Good => Self::SUCCESS,
            Exit::Some => Self::from(1),
            Exit::Error => Self::from(2),
        }
    }
}

/// Why a subcommand could not do its work; a Dutch text that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Our output cannot be written.
    #[error("uitvoer schrijven mislukt: {0}")]
    Output(String),
    /// A file or folder cannot be read or written.
    #[error("{path}: {text}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        text: String,
    },
    /// The arguments do not make sense together.
    #[error("{0}")]
    Usage(String),
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The service ended otherwise than it was asked to.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A removal that was refused.
    #[error(transparent)]
    Removal(RemovalError),
    /// A report.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Mail to people.
    #[error(transparent)]
    Post(#[from] PostError),
    /// Store, hub or contract files.
    #[error(transparent)]
    Office(#[from] OfficeError),
}

labels!(CliError {
    Self::Output(_) => "cli.output",
    Self::File { .. } => "cli.file",
    Self::Usage(_) => "cli.usage",
} passes {
    Self::Config(error) => error,
    Self::Service(error) => error,
    Self::Removal(error) => error,
    Self::Report(error) => error,
    Self::Post(error) => error,
    Self::Office(error) => error,
});

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::Office(error.into())
    }
}

impl From<HubError> for CliError {
    fn from(error: HubError) -> Self {
        Self::Office(error.into())
    }
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        Self::Output(io_text(&error))
    }
}

impl CliError {
    /// What the system says about a file or folder.
    pub(super) fn file(path: &Path, error: &std::io::Error) -> Self {
        Self::File { path: path.to_owned(), text: io_text(error) }
    }
}
