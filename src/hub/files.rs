//! Files that are there whole or not at all.

use super::HubError;
use crate::pipeline::io_text::io_text;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Begins the name of a file that is not whole yet; nobody else may read it.
const UNFINISHED: &str = ".half-";

/// What went wrong with a path.
pub(super) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> HubError {
    let path = path.display().to_string();
    move |error| HubError { doing, path, reason: io_text(&error) }
}

/// Makes a folder and those above it; durable once [`sync_folder`] was done above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), HubError> {
    fs::create_dir_all(path).map_err(failed("map maken", path))
}

/// A file with its content, under a name that says that it is not whole.
pub(crate) struct Unfinished {
    file: File,
    temporary: PathBuf,
    path: PathBuf,
}

impl Unfinished {
    /// Writes it; the content is durable after [`Unfinished::sync`].
    pub(crate) fn write(path: PathBuf, bytes: &[u8]) -> Result<Self, HubError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = path.with_file_name(format!("{UNFINISHED}{name}"));
        let written = File::create(&temporary).and_then(|mut file| file.write_all(bytes).map(|()| file));
        match written {
            Ok(file) => Ok(Self { file, temporary, path }),
            Err(error) => {
                // What is left of it would only take room; that it stays is no further harm.
                let _ = fs::remove_file(&temporary);
                Err(failed("schrijven van", &path)(error))
            }
        }
    }

    /// Waits until its content is on the disk.
    pub(crate) fn sync(&self) -> Result<(), HubError> {
        self.file.sync_all().map_err(failed("schrijven van", &self.path))
    }

    /// Gives it its name; durable once [`sync_folder`] was done.
    pub(crate) fn finish(self) -> Result<(), HubError> {
        fs::rename(&self.temporary, &self.path).map_err(failed("schrijven van", &self.path))
    }
}

/// Waits until the names in a folder are on the disk.
pub(crate) fn sync_folder(path: &Path) -> Result<(), HubError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(failed("schrijven van", path))
}

/// Waits until everything that was written to the file system of this folder is on the disk: one wait
/// for a batch of files, where a wait for each would cost a batch as much as everything else together.
#[cfg(target_os = "linux")]
pub(super) fn sync_file_system(path: &Path) -> Result<(), HubError> {
    let folder = File::open(path).map_err(failed("schrijven van", path))?;
    rustix::fs::syncfs(folder).map_err(|error| failed("schrijven van", path)(error.into()))
}

/// Elsewhere files are synced one by one, and this has nothing left to do but the folder.
#[cfg(not(target_os = "linux"))]
pub(super) fn sync_file_system(path: &Path) -> Result<(), HubError> {
    sync_folder(path)
}

/// Removes a file; one that is gone already is fine.
pub(super) fn remove(path: &Path) -> Result<(), HubError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed("verwijderen van", path)(error)),
        _ => Ok(()),
    }
}

/// Entries of a folder in byte order of their names; none when it is not there.
pub(super) fn entries(path: &Path) -> Result<Vec<PathBuf>, HubError> {
    let read = match fs::read_dir(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(failed("lezen van", path))?,
    };
    let mut entries = Vec::new();
    for entry in read {
        entries.push(entry.map_err(failed("lezen van", path))?.path());
    }
    entries.sort_unstable();
    Ok(entries)
}
