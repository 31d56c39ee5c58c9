//! The contract register: its versions from the store, and new ones from files.

use super::error::OfficeError;
use crate::contracts::{Herkomst, Import, Versie, import_sources};
use crate::state::Change;
use crate::store::{RegisterAt, RegisterImport, RegisterInfo, RegisterSource, RegisterVersion, Store};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::Mutex;

/// A version of the register with its number in the store. Those before it are not kept: a file of all clients, every
/// day for years, is thousands of them.
#[derive(Debug, Clone, Default)]
pub struct InForce {
    /// The number; 0 before the first import.
    pub version: i64,
    /// The version.
    pub versie: Versie,
}

impl InForce {
    /// Takes up what was imported since, one version after another, until this one.
    async fn follow(&mut self, store: &dyn Store, version: i64) -> Result<(), OfficeError> {
        while self.version < version {
            let next = self.version + 1;
            if let Some(content) = store.register(RegisterAt::Version(next)).await? {
                let sources = content.sources.into_iter().map(|source| (source.name, source.bytes));
                let import = import_sources(&sources.collect::<Vec<_>>())
                    .map_err(|errors| OfficeError::Register { version: next, errors })?;
                let register = Arc::new(import.onto(&self.versie.register));
                let RegisterInfo { journal, digest, .. } = content.info;
                // The digest is the recorded one: making it takes as long as reading, and replay compares the two.
                self.versie = Versie { journal, register, digest };
            }
            self.version = next;
        }
        Ok(())
    }
}

/// The newest version.
pub async fn in_force(store: &dyn Store) -> Result<InForce, OfficeError> {
    let mut found = InForce::default();
    found.follow(store, newest_version(store).await?).await?;
    Ok(found)
}

/// The versions one after another, for who goes along the journal: only the one that is looked at is kept.
pub struct Along<'a> {
    store: &'a dyn Store,
    ahead: VecDeque<RegisterInfo>,
    known: InForce,
}

impl<'a> Along<'a> {
    /// From the beginning.
    pub async fn of(store: &'a dyn Store) -> Result<Self, OfficeError> {
        let ahead = store.register_versions().await?.into();
        Ok(Self { store, ahead, known: InForce::default() })
    }

    /// The version that was known at a number of the journal, which never goes back.
    pub async fn known_at(&mut self, journal: i64) -> Result<&Versie, OfficeError> {
        while let Some(next) = self.ahead.pop_front_if(|next| next.journal <= journal) {
            self.known.follow(self.store, next.version).await?;
        }
        Ok(&self.known.versie)
    }
}

/// Who took a version over, and why; none where that was not said.
#[must_use]
pub fn brought(version: &RegisterVersion) -> Option<Herkomst> {
    let said = version.sources.iter().find(|source| source.name == Herkomst::BESTAND)?;
    let said = import_sources(&[(said.name.clone(), said.bytes.clone())]).ok()?;
    Some(said.herkomst)
}

/// The number of the newest version.
pub(super) async fn newest_version(store: &dyn Store) -> Result<i64, OfficeError> {
    Ok(store.register_versions().await?.last().map_or(0, |info| info.version))
}

/// The newest version that somebody in this process read: what one reads the others need not.
#[derive(Debug, Default)]
pub(super) struct Registers {
    newest: Mutex<InForce>,
}

impl Registers {
    /// This version. Who asks for one that another is reading waits for it.
    pub(super) async fn get(&self, store: &dyn Store, version: i64) -> Result<InForce, OfficeError> {
        let mut newest = self.newest.lock().await;
        newest.follow(store, version).await?;
        Ok(newest.clone())
    }

    /// One that was made here.
    pub(super) async fn put(&self, made: InForce) {
        let mut newest = self.newest.lock().await;
        if newest.version < made.version {
            *newest = made;
        }
    }
}

/// What the store keeps of an import that makes this version.
pub(crate) fn for_store(import: &Import, next: &Versie, changes: Vec<Change>) -> RegisterImport {
    let source =
        |(name, bytes): &(String, Vec<u8>)| RegisterSource { name: name.clone(), bytes: bytes.clone() };
    RegisterImport { digest: next.digest, sources: import.sources.iter().map(source).collect(), changes }
}
