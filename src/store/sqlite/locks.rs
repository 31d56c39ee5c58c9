//! Locks between processes on one data folder: on files, which the system releases when a process dies.

use crate::clock::moment_of;
use crate::disk::{open_lock, read_text};
use crate::store::{StoreError, Turn};
use crate::waiting::telling;
use async_trait::async_trait;
use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

type Result<T> = std::result::Result<T, StoreError>;

/// A number of a process fits.
const NUMBER_BYTES: u64 = 32;

/// Held by the one who decides messages, by the one who publishes, by the one who seals; the system releases it when the
/// process dies.
#[derive(Debug)]
pub struct FileLock {
    file: File,
}

impl FileLock {
    /// Waits until no other process holds this file. One that holds it for long is told of.
    pub(super) async fn take(path: PathBuf) -> Result<Self> {
        if let Some(lock) = Self::attempt(&path)? {
            return Ok(lock);
        }
        let waiting = path.clone();
        let locked = tokio::task::spawn_blocking(move || {
            let file = open_lock(&waiting)?;
            file.lock().map(|()| file)
        });
        let locked = telling(locked, |since| {
            let holder =
                holder(&path).unwrap_or_else(|| format!("een ander proces, in elk geval sinds {since}"));
            format!("wacht tot {} vrij is: het is in gebruik bij {holder}", path.display())
        });
        let file = locked.await.map_err(|error| fault(&path, error.to_string()))?;
        let file = file.map_err(|error| fault(&path, error.to_string()))?;
        Ok(Self { file })
    }

    /// The lock on this file; none while another process has it.
    pub(super) fn attempt(path: &Path) -> Result<Option<Self>> {
        let file = open_lock(path).map_err(|error| fault(path, error.to_string()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(fault(path, error.to_string())),
        }
    }

    /// The same, with who has it written in it, for people: a disk that is full holds up nobody here.
    pub(super) fn signed(self) -> Self {
        let _ = sign(&self.file);
        self
    }
}

/// Who waits can read who has it; the system keeps since when.
fn sign(mut file: &File) -> io::Result<()> {
    file.set_len(0)?;
    file.write_all(format!("{}\n", std::process::id()).as_bytes())
}

/// Who holds a lock, and since when; none when it does not say.
fn holder(path: &Path) -> Option<String> {
    let number: u32 = read_text(path, NUMBER_BYTES).ok()?.trim().parse().ok()?;
    let since = moment_of(path.metadata().ok()?.modified().ok()?).format("%Y-%m-%d %H:%M:%S");
    Some(format!("proces {number}, sinds {since}"))
}

fn fault(path: &Path, reason: String) -> StoreError {
    StoreError::Lock { path: path.display().to_string(), reason }
}

/// A file that is locked is lost with its process alone.
#[async_trait]
impl Turn for FileLock {
    fn every(&self) -> Option<Duration> {
        None
    }

    async fn keep(&mut self) -> Result<()> {
        Ok(())
    }
}
