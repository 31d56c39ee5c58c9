//! Comparison of the state of two stores.

use crate::store::{STATE, StateRow, StateTable, Store, StoreError};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// The rows of a table of state, as they come.
pub type Rows<'a> = BoxStream<'a, Result<StateRow, StoreError>>;

/// Where the state of two stores differs.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Differences {
    /// The first table with a difference, and how many of its rows differ. `None`: nothing does.
    pub first: Option<(&'static str, usize)>,
    /// Table and first column of rows that differ, which is never personal; as many as were asked for.
    pub named: Vec<(&'static str, String)>,
    /// Every table with a difference.
    pub tables: BTreeSet<&'static str>,
}

impl Differences {
    /// Compares two tables row by row: of what is equal nothing is kept.
    pub async fn compare(
        &mut self,
        table: &'static StateTable,
        (mut left, mut right): (Rows<'_>, Rows<'_>),
        named: usize,
    ) -> Result<(), StoreError> {
        // How often more a row stands on the left: where one is missing, all behind it come a place earlier.
        let mut unequal: BTreeMap<StateRow, i64> = BTreeMap::new();
        loop {
            let (row, counterpart) = tokio::try_join!(left.try_next(), right.try_next())?;
            if row.is_none() && counterpart.is_none() {
                break;
            }
            if row != counterpart {
                let sides = [(row, 1), (counterpart, -1)];
                for (row, times) in sides.into_iter().filter_map(|(row, times)| Some((row?, times))) {
                    let more = unequal.remove(&row).unwrap_or_default() + times;
                    if more != 0 {
                        unequal.insert(row, more);
                    }
                }
            }
        }
        let missing: i64 = unequal.values().filter(|times| **times > 0).sum();
        let extra: i64 = unequal.values().filter(|times| **times < 0).sum();
        let rows = usize::try_from(missing.max(-extra)).unwrap_or(usize::MAX);
        if rows > 0 {
            self.first.get_or_insert((table.name, rows));
            self.tables.insert(table.name);
        }
        let key = |row: &StateRow| row.first().cloned().flatten().unwrap_or_default();
        let keys: BTreeSet<String> = unequal.keys().map(key).collect();
        let room = named.saturating_sub(self.named.len());
        self.named.extend(keys.into_iter().take(room).map(|key| (table.name, key)));
        Ok(())
    }
}

/// Compares two stores.
pub async fn differences(
    one: &dyn Store,
    other: &dyn Store,
    named: usize,
) -> Result<Differences, StoreError> {
    let mut found = Differences::default();
    for table in &STATE {
        found.compare(table, (one.state(table).boxed(), other.state(table).boxed()), named).await?;
    }
    Ok(found)
}
