//! File modes: who may read and write what we make is said by us, whatever the umask is.

use super::file::FileRefusal;
use super::folder::Folder;
use rustix::fs::{OFlags, fchmod};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Rights of the group and of everybody.
const OTHERS: u32 = 0o077;

/// Rights on a file that we make. Folders are always for us alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For us alone (0600).
    Private,
    /// Also read by the group of the folder that it lies in (0640): who manages that folder says who that is.
    Shared,
}

impl Mode {
    pub(super) fn bits(self) -> rustix::fs::Mode {
        use rustix::fs::Mode;
        match self {
            Self::Private => Mode::RUSR | Mode::WUSR,
            Self::Shared => Mode::RUSR | Mode::WUSR | Mode::RGRP,
        }
    }

    /// Sets it: what was asked for at the making is less what the umask takes away.
    pub(super) fn set(self, file: &File) -> io::Result<()> {
        Ok(fchmod(file, self.bits())?)
    }
}

/// Makes a folder, and those above it, that are not there, for us alone.
pub fn make_folder(path: &Path) -> io::Result<()> {
    Folder::make(path).map(drop)
}

/// Writes a file that a person named, for us alone. What is there and is no regular file (a pipe, `/dev/stdout`) is
/// written to as it is.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create(path)?.write_all(bytes)
}

/// Makes a file that a person named, for us alone, or empties it.
pub fn create(path: &Path) -> io::Result<File> {
    open_to_write(path, OFlags::TRUNC)
}

/// Opens a file that processes lock, and makes it when it is not there.
pub fn open_lock(path: &Path) -> io::Result<File> {
    open_to_write(path, OFlags::NONBLOCK)
}

/// Makes a folder that was not there yet, for what goes when we end: whoever else may write there cannot have it ready.
pub fn make_scratch(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let process = std::process::id();
    for number in 0.. {
        let path = folder.join(format!("{name}-{process}-{number}"));
        match rustix::fs::mkdir(&path, rustix::fs::Mode::RWXU) {
            Err(rustix::io::Errno::EXIST) => {}
            made => return made.map(|()| path).map_err(io::Error::from),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Makes a file of ours for us alone when it is not there, and takes the rights on it from all others when it is. It is
/// not opened: whoever closes a file loses every lock of this process on it.
pub fn protect(path: &Path) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    match rustix::fs::open(path, flags, Mode::Private.bits()) {
        Err(rustix::io::Errno::EXIST) => take_from_others(path),
        made => Mode::Private.set(&File::from(made?)),
    }
}

/// As [`protect`], of a file that need not be there.
pub fn take_from_others(path: &Path) -> io::Result<()> {
    let found = match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if !found.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, FileRefusal::NotAFile.to_string()));
    }
    if found.mode() & OTHERS == 0 {
        return Ok(());
    }
    match rustix::fs::chmod(path, Mode::Private.bits()) {
        // Who may write in a file of another may not change its mode.
        Err(rustix::io::Errno::PERM) => Ok(()),
        set => Ok(set?),
    }
}

/// Opens a file that a person named to write behind what it has, and makes it for us alone when it is not there.
pub fn append(path: &Path) -> io::Result<File> {
    open_to_write(path, OFlags::APPEND)
}

fn open_to_write(path: &Path, how: OFlags) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOCTTY | OFlags::CLOEXEC | how;
    let file = File::from(rustix::fs::open(path, flags, Mode::Private.bits())?);
    if file.metadata()?.is_file() {
        // Who may write in a file of another may not change its mode, and need not.
        match Mode::Private.set(&file) {
            Err(error) if error.kind() != io::ErrorKind::PermissionDenied => return Err(error),
            _ => {}
        }
    }
    Ok(file)
}
