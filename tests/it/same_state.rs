//! All state of a store at once, and whether that of two is the same.

use futures_util::TryStreamExt;
use happyflow::replay::{Differences, differences};
use happyflow::store::{STATE, Store, StoreError};

/// What only a test may keep in memory.
pub trait Dump {
    /// All rows of all tables, in a fixed order.
    async fn dump(&self) -> Result<Vec<String>, StoreError>;
}

impl<S: Store> Dump for S {
    async fn dump(&self) -> Result<Vec<String>, StoreError> {
        let mut lines = Vec::new();
        for table in &STATE {
            for row in self.state(table).try_collect::<Vec<_>>().await? {
                let cells: Vec<&str> = row.iter().map(|cell| cell.as_deref().unwrap_or("-")).collect();
                lines.push(format!("{}|{}", table.name, cells.join("|")));
            }
        }
        Ok(lines)
    }
}

/// Where two states differ, when they do.
pub async fn different(one: &dyn Store, other: &dyn Store) -> Option<Differences> {
    let found = differences(one, other, 50).await.unwrap();
    found.first.is_some().then_some(found)
}
