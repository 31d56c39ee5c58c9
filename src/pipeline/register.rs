//! The contract register: its versions from the store, and new ones from files.

use super::error::PipelineError;
use crate::contracts::{Import, Register, Versies, import_sources};
use crate::store::{BudgetScope, RegisterAt, RegisterImport, RegisterSource, Store};
use chrono::NaiveDate;

/// Every version that the store has, read again.
pub async fn load<S: Store>(store: &S) -> Result<Versies, PipelineError> {
    let mut versies = Versies::default();
    for info in store.register_versions().await? {
        let version = info.version;
        let Some(content) = store.register(RegisterAt::Version(version)).await? else {
            continue;
        };
        let sources: Vec<_> = content.sources.into_iter().map(|source| (source.name, source.bytes)).collect();
        let import =
            import_sources(&sources).map_err(|errors| PipelineError::Register { version, errors })?;
        versies.record(info.journal, &import);
    }
    Ok(versies)
}

/// What the store keeps of an import that makes this register.
pub(crate) fn for_store(import: &Import, next: &Register) -> RegisterImport {
    let source =
        |(name, bytes): &(String, Vec<u8>)| RegisterSource { name: name.clone(), bytes: bytes.clone() };
    RegisterImport {
        digest: next.digest(),
        sources: import.sources.iter().map(source).collect(),
        budgets: scopes(next),
    }
}

/// Which booked lines count for each budget and ceiling.
pub(crate) fn scopes(register: &Register) -> Vec<BudgetScope> {
    let day = |jaar, month, day| NaiveDate::from_ymd_opt(jaar, month, day).unwrap_or(NaiveDate::MAX);
    let budgets = register.budgetten().iter().map(|budget| BudgetScope {
        sleutel: budget.id.clone(),
        gemeente: budget.sleutel.gemeente,
        bsn: budget.sleutel.bsn,
        aanbieder: budget.sleutel.aanbieder,
        categorie: budget.sleutel.categorie,
        van: budget.sleutel.periode.van.unwrap_or(day(1, 1, 1)),
        tot: budget.sleutel.periode.tot.unwrap_or(day(9999, 12, 31)),
    });
    let ceilings = register.plafonds().iter().map(|plafond| BudgetScope {
        sleutel: plafond.id.clone(),
        gemeente: plafond.sleutel.gemeente,
        bsn: None,
        aanbieder: plafond.sleutel.aanbieder,
        categorie: None,
        van: day(plafond.sleutel.jaar, 1, 1),
        tot: day(plafond.sleutel.jaar, 12, 31),
    });
    budgets.chain(ceilings).collect()
}
