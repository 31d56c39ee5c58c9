//! Granted lines whose rate is another since an import: told per aanbieder, and followed until they are credited and
//! claimed anew.

use super::alone::DecidedAlone;
use super::error::OfficeError;
use super::handle::Office;
use crate::contracts::Register;
use crate::decide::Decision;
use crate::decide::herziening::{assignments, decide, keys};
use crate::journal::{Afgerond, Besloten, Herziening};
use crate::store::{Batch, Entry, JournalKind, StoreError, WorkStatus};

/// Why such an item closes.
const GEDAAN: &str = "alle regels zijn gecrediteerd en waar nodig opnieuw gedeclareerd";

impl Office {
    /// Closes the items of which every line is credited and claimed anew; gives their numbers.
    pub async fn close_revised(&self) -> Result<Vec<i64>, OfficeError> {
        if self.store().revised().await?.is_empty() {
            return Ok(Vec::new());
        }
        let mut alone = self.alone().await?;
        // Looked at again now that nobody else writes: two services close an item once.
        let werkitems = self.store().revised().await?;
        if werkitems.is_empty() {
            return Ok(werkitems);
        }
        let entry = alone.entry(JournalKind::Termijn);
        let afgerond = Afgerond { werkitems };
        finished(entry, &afgerond).enter(&mut *alone.batch);
        alone.commit().await?;
        Ok(afgerond.werkitems)
    }
}

/// What follows from a version that changes rates of the past, decided on the facts of a transaction.
pub(crate) async fn revised(
    batch: &mut dyn Batch,
    register: &Register,
    herziening: &Herziening,
) -> Result<Decision, StoreError> {
    let Herziening { versie, producten } = herziening;
    let mut known = batch.load(&keys(producten)).await?;
    let about = batch.load(&assignments(&known)).await?;
    known.take_over(about);
    Ok(decide(*versie, producten, &known, register))
}

/// What follows, with its entry.
pub(crate) fn decided(entry: Entry, herziening: &Herziening, decision: Decision) -> DecidedAlone {
    let body = Some(Besloten::Herziening(herziening.clone()).body());
    DecidedAlone::new(Entry { body, ..entry }, decision)
}

/// The closing of items, with its entry.
pub(crate) fn finished(entry: Entry, afgerond: &Afgerond) -> DecidedAlone {
    let body = Some(Besloten::Afgerond(afgerond.clone()).body());
    let items = afgerond.werkitems.iter().map(|id| (*id, WorkStatus::Afgehandeld)).collect();
    let entry = Entry { body, why: Some(GEDAAN.to_owned()), ..entry };
    DecidedAlone { items, ..DecidedAlone::of_changes(entry, Vec::new()) }
}
