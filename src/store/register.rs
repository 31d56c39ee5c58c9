//! Versions of the contract register.

use super::Result;
use crate::clock::Moment;
use crate::state::Change;
use async_trait::async_trait;

/// Versions of the contract register.
#[async_trait]
pub trait RegisterStore: Send + Sync {
    /// A version of the contract register; `None` when nothing was imported by then.
    async fn register(&self, at: RegisterAt) -> Result<Option<RegisterVersion>>;

    /// Every version of the contract register, oldest first.
    async fn register_versions(&self) -> Result<Vec<RegisterInfo>>;
}

/// A file of the register as it was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterSource {
    /// File name for people.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A version without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterInfo {
    /// Version, from 1 up.
    pub version: i64,
    /// Journal number under which it was recorded.
    pub journal: i64,
    /// When it was recorded.
    pub moment: Moment,
    /// SHA-256 over its content, as the importer computed it.
    pub digest: [u8; 32],
    /// Names of its files.
    pub names: Vec<String>,
}

/// A version with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterVersion {
    /// The version.
    pub info: RegisterInfo,
    /// Its files, in the order in which they were given.
    pub sources: Vec<RegisterSource>,
}

/// Which version of the register is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterAt {
    /// The newest.
    Latest,
    Version(i64),
    /// The newest that was recorded at or before this journal number.
    Journal(i64),
    /// The newest that was recorded at or before this moment.
    Moment(Moment),
}

/// A version to be recorded.
#[derive(Debug, Clone)]
pub struct RegisterImport {
    /// SHA-256 over the content.
    pub digest: [u8; 32],
    /// Its files.
    pub sources: Vec<RegisterSource>,
    /// What it does to the sums of limits.
    pub changes: Vec<Change>,
}
