//! Files that are there whole or not at all.

use super::HubError;
use crate::disk::{Folder, Mode};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Begins the name of a file that is not whole yet; nobody else may read it.
pub(super) const UNFINISHED: &str = ".half-";

/// What went wrong with a path.
pub(super) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> HubError {
    let path = path.to_owned();
    move |error| HubError::of(doing, &path, &error)
}

/// Makes a folder and those above it; durable once [`sync_folder`] was done above it.
pub(crate) fn make_folder(path: &Path) -> Result<Folder, HubError> {
    Folder::make(path).map_err(failed("map maken", path))
}

/// A file with its content, under a name that says that it is not whole.
pub(crate) struct Unfinished {
    file: File,
    folder: Folder,
    temporary: OsString,
    name: OsString,
}

impl Unfinished {
    /// Writes it; the content is durable after [`Unfinished::sync`].
    pub(crate) fn write(folder: &Folder, name: &str, mode: Mode, bytes: &[u8]) -> Result<Self, HubError> {
        let temporary = OsString::from(format!("{UNFINISHED}{name}"));
        let path = folder.path().join(name);
        let written = create(folder, &temporary, mode).and_then(|mut file| {
            let written = file.write_all(bytes);
            if written.is_err() {
                // What is left of it would only take room; that it stays is no further harm.
                let _ = folder.remove(&temporary);
            }
            written.map(|()| file)
        });
        let file = written.map_err(failed("schrijven van", &path))?;
        Ok(Self { file, folder: folder.clone(), temporary, name: OsString::from(name) })
    }

    /// Waits until its content is on the disk.
    pub(crate) fn sync(&self) -> Result<(), HubError> {
        self.file.sync_all().map_err(failed("schrijven van", &self.path()))
    }

    /// Gives it its name; durable once [`sync_folder`] was done.
    pub(crate) fn finish(self) -> Result<(), HubError> {
        let done = self.folder.rename(&self.temporary, &self.folder, &self.name);
        done.map_err(failed("schrijven van", &self.path()))
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }
}

/// What lies there under this name was left by a process that died, or put there by whoever may write in the folder;
/// it is not written to.
pub(super) fn create(folder: &Folder, name: &OsStr, mode: Mode) -> io::Result<File> {
    match folder.create(name, mode) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            folder.remove(name)?;
            folder.create(name, mode)
        }
        created => created,
    }
}

/// Waits until the names in a folder are on the disk.
pub(crate) fn sync_folder(folder: &Folder) -> Result<(), HubError> {
    folder.sync().map_err(failed("schrijven van", folder.path()))
}
