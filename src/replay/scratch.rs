//! A store that only a replay looks at, in a folder that goes with it.

use crate::disk::make_scratch;
use crate::io_text::io_text;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreError};
use std::path::PathBuf;

/// The store and its folder.
pub struct Scratch {
    store: SqliteStore,
    _folder: ScratchFolder,
}

struct ScratchFolder(PathBuf);

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

impl Scratch {
    /// An empty store.
    pub async fn open() -> Result<Self, StoreError> {
        let temporary = std::env::temp_dir();
        let path = make_scratch(&temporary, "happyflow-replay").map_err(|error| StoreError::Open {
            path: temporary.display().to_string(),
            reason: io_text(&error),
        })?;
        let folder = ScratchFolder(path);
        Ok(Self { store: SqliteStore::open(&folder.0).await?, _folder: folder })
    }

    #[must_use]
    pub const fn store(&self) -> &SqliteStore {
        &self.store
    }

    /// Ends its connections, and takes the folder away.
    pub async fn close(self) {
        self.store.close().await;
    }
}
