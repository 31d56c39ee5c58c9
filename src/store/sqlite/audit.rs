//! Records of journal entries, read back to be compared.

use super::{FileLock, SqliteStore, keten};
use crate::digest::Digest;
use crate::store::audit::{AuditStore, Recorded, Sealable, Sealed};
use crate::store::both::audit;
use crate::store::{StoreError, Turn};
use async_trait::async_trait;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl AuditStore for SqliteStore {
    async fn recorded(&self, after: i64, to: i64) -> Result<Vec<Recorded>> {
        audit::recorded(&self.reader, after, to).await
    }

    async fn settled(&self) -> Result<i64> {
        keten::settled(&self.reader).await
    }

    async fn last_link(&self) -> Result<Option<(i64, Digest)>> {
        audit::last_link(&self.reader).await
    }

    async fn sealable(&self, after: i64, to: i64, content: bool) -> Result<Vec<Sealable>> {
        audit::sealable(&mut &self.reader, after, to, content).await
    }

    async fn links(&self, after: i64, to: i64) -> Result<Vec<Sealed>> {
        audit::links(&self.reader, after, to).await
    }

    async fn lock_sealing(&self) -> Result<Option<Box<dyn Turn>>> {
        Ok(FileLock::attempt(&self.sealing_lock)?.map(|lock| Box::new(lock) as Box<dyn Turn>))
    }

    async fn seal(&self, behind: i64, links: Vec<Sealed>) -> Result<bool> {
        keten::seal(&self.writer, behind, links).await
    }
}
