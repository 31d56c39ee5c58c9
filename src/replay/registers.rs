//! The contract register as it was known at each journal number, and versions that are not what was
//! imported.

use super::difference::{Difference, Kind};
use crate::contracts::{Versies, import_sources};
use crate::store::{RegisterAt, RegisterInfo, Store, StoreError};
use std::collections::BTreeMap;

/// Every version, and what is wrong with them.
pub struct Registers {
    /// The versions by journal number.
    pub versies: Versies,
    /// Journal number of each version.
    pub journals: BTreeMap<i64, i64>,
    /// Versions that are not what was imported, by journal number.
    pub faults: BTreeMap<i64, Difference>,
}

/// Reads every version again.
pub async fn load<S: Store>(store: &S) -> Result<Registers, StoreError> {
    let mut all =
        Registers { versies: Versies::default(), journals: BTreeMap::new(), faults: BTreeMap::new() };
    for info in store.register_versions().await? {
        all.journals.insert(info.version, info.journal);
        if let Some(fact) = one(store, &info, &mut all.versies).await? {
            let fault = Difference {
                moment: Some(info.moment),
                register_version: Some(info.version),
                ..Difference::of(Kind::Register, info.journal, fact)
            };
            all.faults.insert(info.journal, fault);
        }
    }
    Ok(all)
}

/// Takes up one version; says what is wrong with it.
async fn one<S: Store>(
    store: &S,
    info: &RegisterInfo,
    versies: &mut Versies,
) -> Result<Option<String>, StoreError> {
    let version = info.version;
    let content = match store.register(RegisterAt::Version(version)).await {
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
    versies.record(info.journal, &import);
    let same = versies.known_at(info.journal).digest == info.digest;
    Ok((!same).then(|| format!("de inhoud van versie {version} is niet die van de import")))
}
