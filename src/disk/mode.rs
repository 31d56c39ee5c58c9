//! Who may read and write what we make: said by us, whatever the umask is.

use super::folder::Folder;
use rustix::fs::{OFlags, fchmod};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

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
    open_to_write(path, OFlags::TRUNC)?.write_all(bytes)
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
