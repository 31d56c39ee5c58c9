//! A store that only a replay looks at, in a folder that goes with it.

use crate::store::StoreError;
use crate::store::sqlite::SqliteStore;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// Nobody else reads what lies there.
const MODE: u32 = 0o700;

/// The store and its folder.
pub struct Scratch {
    store: SqliteStore,
    _folder: Folder,
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

impl Scratch {
    /// An empty store.
    pub async fn open() -> Result<Self, StoreError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("happyflow-replay-{}-{number}", std::process::id()));
        let made = DirBuilder::new().mode(MODE).create(&path);
        made.map_err(|error| StoreError::Open {
            path: path.display().to_string(),
            reason: crate::io_text::io_text(&error),
        })?;
        let folder = Folder(path);
        Ok(Self { store: SqliteStore::open(&folder.0).await?, _folder: folder })
    }

    /// The store.
    #[must_use]
    pub const fn store(&self) -> &SqliteStore {
        &self.store
    }

    /// Ends its connections, and takes the folder away.
    pub async fn close(self) {
        self.store.close().await;
    }
}
