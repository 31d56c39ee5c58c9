//! Zips: which messages are in it, and their bytes. Names of entries are shown, never used as paths.

use super::limits::{MAX_ZIP_BYTES, MAX_ZIP_ENTRIES, MAX_ZIP_RATIO, MIN_ZIP_RATIO_BYTES};
use crate::disk::{self, FileRefusal};
use crate::io_text::io_text;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// Why a zip, or an entry of it, cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// The system refused.
    #[error("{0}")]
    Io(String),
    /// It is damaged, or no zip.
    #[error("is geen goed zipbestand")]
    Damaged,
    /// A way of packing that is not read.
    #[error("is ingepakt op een manier die niet wordt gelezen; gebruik gewoon zippen (deflate)")]
    Unsupported,
    /// Behind a password.
    #[error("is versleuteld; lever het zonder wachtwoord aan")]
    Encrypted,
    /// The same name more than once: one of the messages would be lost.
    #[error("bevat twee keer dezelfde naam")]
    DuplicateNames,
    /// More entries than are read.
    #[error("bevat meer dan {MAX_ZIP_ENTRIES} bestanden")]
    TooManyEntries,
    /// Unpacks to more than is read.
    #[error("wordt uitgepakt groter dan {MAX_ZIP_BYTES} bytes")]
    TooLarge,
    /// One message larger than a message may be.
    #[error("is uitgepakt groter dan {most} bytes, het grootste bericht dat wordt gelezen")]
    EntryTooLarge {
        /// The largest that is read.
        most: u64,
    },
    /// Unpacks to so much more than it is that it must be an attack.
    #[error("wordt bij uitpakken meer dan {MAX_ZIP_RATIO} keer zo groot en is daarom niet gelezen")]
    Bomb,
}

impl From<ZipError> for ArchiveError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => Self::from(error),
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
                Self::Encrypted
            }
            ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => Self::Unsupported,
            _ => Self::Damaged,
        }
    }
}

impl From<std::io::Error> for ArchiveError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            // What a damaged stream of packed bytes gives.
            std::io::ErrorKind::InvalidData
            | std::io::ErrorKind::InvalidInput
            | std::io::ErrorKind::UnexpectedEof
            | std::io::ErrorKind::Other => Self::Damaged,
            std::io::ErrorKind::Unsupported => Self::Unsupported,
            _ => Self::Io(io_text(&error)),
        }
    }
}

impl From<FileRefusal> for ArchiveError {
    fn from(refusal: FileRefusal) -> Self {
        match refusal {
            FileRefusal::Io(error) => error.into(),
            refusal => Self::Io(refusal.to_string()),
        }
    }
}

/// A zip that is being read.
#[derive(Debug)]
pub(super) struct OpenArchive {
    path: PathBuf,
    archive: ZipArchive<BufReader<File>>,
    unpacked: u64,
}

impl OpenArchive {
    /// Opens it and looks at its directory, not at its content.
    pub(super) fn open(path: &Path) -> Result<Self, ArchiveError> {
        let file = disk::open(path)?.into_file();
        let archive = ZipArchive::new(BufReader::new(file))?;
        if archive.has_duplicate_names() {
            return Err(ArchiveError::DuplicateNames);
        }
        if archive.len() > MAX_ZIP_ENTRIES {
            return Err(ArchiveError::TooManyEntries);
        }
        Ok(Self { path: path.to_owned(), archive, unpacked: 0 })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Names and indexes of the files in it, in byte order of the name.
    pub(super) fn files(&self) -> Result<Vec<(String, usize)>, ArchiveError> {
        let mut files = Vec::new();
        let mut declared: u64 = 0;
        for index in 0..self.archive.len() {
            let entry = self.archive.by_index_data(index)?;
            declared = declared.saturating_add(entry.size());
            if entry.is_file() {
                files.push((String::from_utf8_lossy(entry.name_raw()).into_owned(), index));
            }
        }
        if declared > MAX_ZIP_BYTES {
            return Err(ArchiveError::TooLarge);
        }
        files.sort_unstable();
        Ok(files)
    }

    /// Unpacks one entry of at most so many bytes. What its directory says of sizes is not trusted.
    pub(super) fn read(&mut self, index: usize, most: u64) -> Result<Vec<u8>, ArchiveError> {
        let entry = self.archive.by_index(index)?;
        let packed = entry.compressed_size();
        let ratio = packed.saturating_mul(MAX_ZIP_RATIO).max(MIN_ZIP_RATIO_BYTES);
        let limit = ratio.min(most).min(MAX_ZIP_BYTES.saturating_sub(self.unpacked));
        let expected = usize::try_from(entry.size().min(limit)).unwrap_or(0);
        let mut bytes = Vec::with_capacity(expected + 1);
        entry.take(limit + 1).read_to_end(&mut bytes)?;
        let size = bytes.len() as u64;
        self.unpacked = self.unpacked.saturating_add(size);
        if size <= limit {
            Ok(bytes)
        } else if limit == most {
            Err(ArchiveError::EntryTooLarge { most })
        } else if limit == ratio {
            Err(ArchiveError::Bomb)
        } else {
            Err(ArchiveError::TooLarge)
        }
    }
}
