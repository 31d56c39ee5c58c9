//! Regular files, read with a bound.

use crate::io_text::io_text;
use rustix::fs::{FileType, OFlags, fstat};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::Path;

/// Reading a pipe or a terminal would wait; opening one so does not.
pub(super) const READ: OFlags =
    OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum FileRefusal {
    /// A link: where it leads may change, and be what its owner may not read.
    #[error("is een verwijzing (link)")]
    Link,
    /// A folder, a pipe, a device or a socket.
    #[error("is geen gewoon bestand")]
    NotAFile,
    /// It has another name as well (a hard link), and may be somebody else's.
    #[error("heeft nog een naam (harde link)")]
    OtherName,
    /// Larger than may be read.
    #[error("is groter dan {most} bytes, het grootste bestand dat wordt gelezen")]
    TooLarge {
        /// The largest that is read.
        most: u64,
    },
    /// The system refused.
    #[error("{}", io_text(.0))]
    Io(io::Error),
}

impl From<io::Error> for FileRefusal {
    fn from(error: io::Error) -> Self {
        let is = |errno: Errno| error.raw_os_error() == Some(errno.raw_os_error());
        if is(Errno::LOOP) {
            Self::Link
        } else if is(Errno::NXIO) || error.kind() == io::ErrorKind::IsADirectory {
            // A socket cannot be opened; a folder cannot be read.
            Self::NotAFile
        } else {
            Self::Io(error)
        }
    }
}

/// A regular file that is open; what it is was asked of the handle.
#[derive(Debug)]
pub struct Regular {
    file: File,
    length: u64,
    identity: (u64, u64),
}

impl Regular {
    pub(super) fn of(handle: OwnedFd) -> Result<(Self, u64), FileRefusal> {
        let found = fstat(&handle).map_err(io::Error::from)?;
        if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
            return Err(FileRefusal::NotAFile);
        }
        let length = u64::try_from(found.st_size).unwrap_or(0);
        let file = Self { file: File::from(handle), length, identity: identity(&found) };
        #[allow(clippy::useless_conversion, reason = "not as wide on every system")]
        Ok((file, u64::from(found.st_nlink)))
    }

    /// Bytes that it had when it was opened.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Device and number of the file.
    pub(super) const fn identity(&self) -> (u64, u64) {
        self.identity
    }

    /// The handle.
    #[must_use]
    pub fn into_file(self) -> File {
        self.file
    }

    /// An error when it is larger than may be read.
    pub fn at_most(self, most: u64) -> Result<Self, FileRefusal> {
        if self.length > most { Err(FileRefusal::TooLarge { most }) } else { Ok(self) }
    }

    /// Its bytes. No memory is taken for a file that is too large; it may grow while it is read.
    pub fn read(self, most: u64) -> Result<Vec<u8>, FileRefusal> {
        let this = self.at_most(most)?;
        let mut bytes =
            Vec::with_capacity(usize::try_from(this.length).unwrap_or(usize::MAX).saturating_add(1));
        this.file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most { Err(FileRefusal::TooLarge { most }) } else { Ok(bytes) }
    }

    /// Copies its bytes; how many.
    pub fn copy_to(self, to: &mut File, most: u64) -> Result<u64, FileRefusal> {
        let this = self.at_most(most)?;
        let copied = io::copy(&mut this.file.take(most.saturating_add(1)), to)?;
        if copied > most { Err(FileRefusal::TooLarge { most }) } else { Ok(copied) }
    }
}

pub(super) fn identity(found: &rustix::fs::Stat) -> (u64, u64) {
    #[allow(clippy::unnecessary_cast, reason = "not as wide on every system")]
    (found.st_dev as u64, found.st_ino as u64)
}

/// Opens a regular file that a person named: links are followed, pipes and devices refused at once.
pub fn open(path: &Path) -> Result<Regular, FileRefusal> {
    let handle = rustix::fs::open(path, READ, rustix::fs::Mode::empty()).map_err(io::Error::from)?;
    Ok(Regular::of(handle)?.0)
}

/// Opens a regular file where nobody else writes: a link is none of ours.
pub fn open_own(path: &Path) -> Result<Regular, FileRefusal> {
    let flags = READ | OFlags::NOFOLLOW;
    let handle = rustix::fs::open(path, flags, rustix::fs::Mode::empty()).map_err(io::Error::from)?;
    Ok(Regular::of(handle)?.0)
}

/// The bytes of a regular file that a person named, when there are not too many.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, FileRefusal> {
    open(path)?.read(most)
}

/// As [`read`], of a file that is text.
pub fn read_text(path: &Path, most: u64) -> Result<String, FileRefusal> {
    let text = String::from_utf8(read(path, most)?);
    text.map_err(|_| FileRefusal::Io(io::Error::new(io::ErrorKind::InvalidData, "is geen tekst in UTF-8")))
}
