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

use crate::disk::{self, FileRefusal};
use crate::io_text::io_text;
use crate::schema::limits::MAX_BYTES;
use archive::OpenArchive;
use std::io;
use std::path::{Path, PathBuf};

/// One message by name, not read yet.
#[derive(Debug)]
pub struct Source {
    /// Name for people and scripts: the path as it was given, `a.zip!/entry` within a zip.
    pub name: String,
    /// Where its bytes are.
    pub place: SourcePlace,
}

/// Where the bytes of a message are.
#[derive(Debug)]
pub enum SourcePlace {
    /// A file that a person named.
    File(PathBuf),
    /// A file that was taken over from a sender, and lies where nobody else writes.
    Claimed(PathBuf),
    /// An entry of a zip, by its index.
    Entry {
        /// The zip.
        archive: PathBuf,
        /// Index in its directory.
        index: usize,
    },
    /// At hand.
    Given(Vec<u8>),
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
    #[error("is groter dan {most} bytes, het grootste bericht dat wordt gelezen")]
    TooLarge {
        /// The largest that is read.
        most: u64,
    },
    /// Deeper than directories are followed.
    #[error("staat dieper dan {MAX_DIRECTORY_DEPTH} mappen; geef de map zelf op")]
    TooDeep,
    /// Nothing that is sought is in it.
    #[error("bevat geen berichten ({sought}); verborgen bestanden tellen niet mee")]
    Empty {
        /// Ends of names that are sought, for people.
        sought: String,
    },
    #[error("is een zipbestand in een zipbestand; pak het eerst uit")]
    ZipInZip,
    /// Something with a zip.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl From<io::Error> for SourceError {
    fn from(error: io::Error) -> Self {
        Self::Io(io_text(&error))
    }
}

impl From<FileRefusal> for SourceError {
    fn from(refusal: FileRefusal) -> Self {
        match refusal {
            FileRefusal::TooLarge { most } => Self::TooLarge { most },
            FileRefusal::Io(error) => error.into(),
            FileRefusal::Link | FileRefusal::NotAFile | FileRefusal::OtherName => Self::NotAFile,
        }
    }
}

/// Reads messages one after another; keeps the zip open that it read from last.
#[derive(Debug)]
pub struct Reader {
    most: u64,
    open: Option<OpenArchive>,
}

impl Default for Reader {
    /// Everything that can be judged at all.
    fn default() -> Self {
        Self::new(MAX_BYTES as u64)
    }
}

impl Reader {
    /// Reads no message of more bytes.
    #[must_use]
    pub const fn new(most: u64) -> Self {
        Self { most, open: None }
    }

    /// The bytes of a message.
    pub fn read(&mut self, source: &Source) -> Result<Vec<u8>, SourceError> {
        let most = self.most;
        match &source.place {
            SourcePlace::File(path) => Ok(disk::read(path, most)?),
            SourcePlace::Claimed(path) => Ok(disk::open_own(path)?.read(most)?),
            SourcePlace::Entry { archive, index } => Ok(self.archive(archive)?.read(*index, most)?),
            SourcePlace::Given(bytes) if bytes.len() as u64 > most => Err(SourceError::TooLarge { most }),
            SourcePlace::Given(bytes) => Ok(bytes.clone()),
            SourcePlace::Unreadable(error) => Err(error.clone()),
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
