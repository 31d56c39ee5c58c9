//! The contract register as it was known while the journal is decided again, and versions that are not what was
//! imported. One version is in memory at a time: a region that imports its clients every day has thousands.

use super::difference::{Difference, DifferenceKind};
use crate::contracts::{Versie, import_sources};
use crate::store::{RegisterInfo, RegisterVersion, StoreError};
use std::collections::{BTreeMap, VecDeque};

/// Reads a version; none when it is not there.
pub type ReadVersion<'a> = dyn Fn(i64) -> Result<Option<RegisterVersion>, StoreError> + Sync + 'a;

/// The version that is known now, and what was wrong with those until now.
pub struct ReplayedRegisters {
    /// As it is known.
    pub versie: Versie,
    /// As it was before that.
    pub before: Versie,
    ahead: VecDeque<RegisterInfo>,
    /// Journal number of each version.
    journals: BTreeMap<i64, i64>,
    /// Versions that are not what was imported, by journal number.
    faults: BTreeMap<i64, Difference>,
}

impl ReplayedRegisters {
    /// Before all of these versions.
    pub fn before(versions: Vec<RegisterInfo>) -> Self {
        let journals = versions.iter().map(|info| (info.version, info.journal)).collect();
        Self {
            versie: Versie::default(),
            before: Versie::default(),
            ahead: versions.into(),
            journals,
            faults: BTreeMap::new(),
        }
    }

    /// Goes on to what was known at a number of the journal, which never goes back.
    pub fn follow(&mut self, journal: i64, reads: &ReadVersion<'_>) -> Result<(), StoreError> {
        while let Some(next) = self.ahead.pop_front_if(|next| next.journal <= journal) {
            if let Some(fact) = self.take(&next, reads)? {
                let fault = Difference {
                    moment: Some(next.moment),
                    register_version: Some(next.version),
                    ..Difference::of(DifferenceKind::Register, next.journal, fact)
                };
                self.faults.insert(next.journal, fault);
            }
        }
        Ok(())
    }

    /// What is wrong with the version that this entry made.
    pub fn fault(&self, journal: i64) -> Option<&Difference> {
        self.faults.get(&journal)
    }

    /// The journal number of a version that is not what was imported.
    pub fn faulty(&self, version: i64) -> Option<i64> {
        self.journals.get(&version).filter(|journal| self.faults.contains_key(journal)).copied()
    }

    /// Takes up one version; says what is wrong with it.
    fn take(&mut self, info: &RegisterInfo, reads: &ReadVersion<'_>) -> Result<Option<String>, StoreError> {
        let version = info.version;
        let content = match reads(version) {
            Ok(Some(content)) => content,
            Ok(None) | Err(StoreError::Corrupt(_)) => {
                return Ok(Some(format!("versie {version} van het contractregister is niet te lezen")));
            }
            Err(error) => return Err(error),
        };
        let sources: Vec<_> = content.sources.into_iter().map(|source| (source.name, source.bytes)).collect();
        let Ok(import) = import_sources(&sources) else {
            return Ok(Some(format!("versie {version} van het contractregister is niet in te lezen")));
        };
        if let Some(next) = self.versie.next(info.journal, &import) {
            self.before = std::mem::replace(&mut self.versie, next);
        }
        let same = self.versie.digest == info.digest;
        Ok((!same).then(|| format!("de inhoud van versie {version} is niet die van de import")))
    }
}
