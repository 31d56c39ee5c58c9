//! From the paths that were given to messages as bytes: files, directories and zips.
//!
//! Names are listed first, in a fixed order; bytes are read one message at a time, so that memory
//! does not grow with the number of files. What cannot be read stays in the list, with its reason.

mod archive;
mod limits;
mod listing;

pub use archive::ArchiveError;
pub use limits::{MAX_DIRECTORY_DEPTH, MAX_ZIP_BYTES, MAX_ZIP_ENTRIES, MAX_ZIP_RATIO, MIN_ZIP_RATIO_BYTES};
pub use listing::{list, list_with_tables};

use super::io_text::io_text;
use crate::schema::limits::MAX_BYTES;
use archive::OpenArchive;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// One message by name, not read yet.
#[derive(Debug)]
pub struct Source {
    /// Name for people and scripts: the path as it was given, `a.zip!/entry` within a zip.
    pub name: String,
    /// Where its bytes are.
    pub place: Place,
}

/// Where the bytes of a message are.
#[derive(Debug)]
pub enum Place {
    /// A file of its own.
    File(PathBuf),
    /// An entry of a zip, by its index.
    Entry {
        /// The zip.
        archive: PathBuf,
        /// Index in its directory.
        index: usize,
    },
    /// Nowhere: why.
    Unreadable(SourceError),
}

/// Why a message cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The system refused.
    #[error("{0}")]
    Io(String),
    /// A device, a pipe or the like.
    #[error("is geen gewoon bestand")]
    NotAFile,
    /// Larger than a message may be.
    #[error("is groter dan {MAX_BYTES} bytes, het grootste bericht dat wordt gelezen")]
    TooLarge,
    /// Deeper than directories are followed.
    #[error("staat dieper dan {MAX_DIRECTORY_DEPTH} mappen; geef de map zelf op")]
    TooDeep,
    /// Something with a zip.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl From<io::Error> for SourceError {
    fn from(error: io::Error) -> Self {
        Self::Io(io_text(&error))
    }
}

/// Reads messages one after another; keeps the zip open that it read from last.
#[derive(Debug, Default)]
pub struct Reader {
    open: Option<OpenArchive>,
}

impl Reader {
    /// The bytes of a message.
    pub fn read(&mut self, source: &Source) -> Result<Vec<u8>, SourceError> {
        match &source.place {
            Place::File(path) => read_file(path),
            Place::Entry { archive, index } => Ok(self.archive(archive)?.read(*index)?),
            Place::Unreadable(error) => Err(error.clone()),
        }
    }

    fn archive(&mut self, path: &Path) -> Result<&mut OpenArchive, ArchiveError> {
        let open = match self.open.take() {
            Some(open) if open.path() == path => open,
            _ => OpenArchive::open(path)?,
        };
        Ok(self.open.insert(open))
    }
}

/// The bytes of a regular file that is not larger than a message may be.
pub fn read_file(path: &Path) -> Result<Vec<u8>, SourceError> {
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(SourceError::NotAFile);
    }
    let expected = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    if expected > MAX_BYTES {
        return Err(SourceError::TooLarge);
    }
    let mut bytes = Vec::with_capacity(expected + 1);
    // It may grow while it is read.
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES { Err(SourceError::TooLarge) } else { Ok(bytes) }
}
