//! Take-over from a previous system, taken over again.

use super::rebuild::{ReplayError, diverged};
use crate::contracts::Register;
use crate::decide::overname::{Overname, OvernameInput};
use crate::journal::overname::Stuk;
use crate::office::overname::enter;
use crate::state::FactKeys;
use crate::store::{Entry, JournalRecord, Store};
use std::collections::BTreeSet;

/// Entries after one another, in one transaction. That nothing had been judged of their relaties was
/// established then.
pub async fn take_over(
    into: &dyn Store,
    register: &Register,
    records: &[JournalRecord],
) -> Result<(), ReplayError> {
    let (mut keys, mut parts) = (FactKeys::default(), Vec::with_capacity(records.len()));
    for record in records {
        let entry = &record.entry;
        let body = entry.body.as_deref().ok_or(diverged(entry, "de inhoud ontbreekt"))?;
        let stuk = Stuk::read(body).map_err(|_| diverged(entry, "de inhoud is onleesbaar"))?;
        keys.merge(&stuk.keys(register));
        parts.push((record, body, stuk));
    }
    let mut batch = into.begin().await?;
    let mut known = batch.load(&keys).await?;
    for (record, body, stuk) in parts {
        let entry = &record.entry;
        let (journal, moment) = (entry.journal, entry.moment);
        // Numbers that were drawn for nothing stand between the entries.
        batch.numbers().resume(record);
        if batch.numbers().draw_journal() != journal {
            return Err(diverged(entry, "het journaalnummer"));
        }
        let beoordeeld = &BTreeSet::new();
        let input = OvernameInput { journal, known: &known, register, moment, beoordeeld };
        let Overname::Overgenomen(taken) = stuk.decide(&input) else {
            return Err(diverged(entry, "het wordt nu niet overgenomen"));
        };
        let entry = Entry { body: None, ..entry.clone() };
        enter(&mut *batch, &mut known, entry, body.to_vec(), taken.changes);
    }
    Ok(batch.commit().await?)
}
