//! Payments that are released by themselves: there is room again, and their limits say that no person has to look.

use super::alone::DecidedAlone;
use super::error::OfficeError;
use super::handle::Office;
use super::work::{ClosedItem, Passed};
use crate::contracts::Register;
use crate::decide::{ruimte, vasthouding};
use crate::journal::{Besloten, VrijgaveVanRegels};
use crate::state::{Change, FactKeys, Voorstel};
use crate::store::{Batch, Entry, HoldsOf, JournalKind, Store, StoreError, WorkItem};
use std::collections::BTreeSet;

/// Lines that are released in one transaction.
const AT_ONCE: usize = 10_000;

impl Office {
    /// Releases what fits again under limits that say that it goes by itself, until nothing does. Gives the work items
    /// about it.
    pub async fn release_what_fits(&self) -> Result<Vec<Passed>, OfficeError> {
        let mut passed = Vec::new();
        loop {
            let newest = self.register().await?.versie.register;
            if fitting(self.store(), &newest).await?.is_empty() {
                return Ok(passed);
            }
            let mut alone = self.alone().await?;
            // Looked at again now that nobody else writes: two services release a line once.
            let register = alone.register();
            let regels = fitting(self.store(), &register).await?;
            if regels.is_empty() {
                return Ok(passed);
            }
            let items = items_about(self.store(), &regels).await?;
            let vrijgave = VrijgaveVanRegels { regels };
            let changes = changes(self.store(), &mut *alone.batch, &register, &vrijgave).await?;
            let entry = alone.entry(JournalKind::Termijn);
            decided(entry, &vrijgave, changes).enter(&mut *alone.batch);
            alone.commit().await?;
            for id in items {
                let Some(item) = self.store().work_item(id).await? else { continue };
                passed.push(looked_at(&item));
            }
        }
    }
}

/// Lines that go by themselves, by their place in the order of holding.
async fn fitting(store: &dyn Store, register: &Register) -> Result<Vec<(i64, i64)>, StoreError> {
    if !ruimte::releases_by_itself(register) {
        return Ok(Vec::new());
    }
    let waiting = store.holds(HoldsOf::Open).await?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let past = ruimte::fits(&waiting, &store.limit_sums().await?, register);
    Ok(past.vanzelf.iter().take(AT_ONCE).map(|regel| regel.volgorde()).collect())
}

/// Open work items about the claims of these lines.
async fn items_about(store: &dyn Store, regels: &[(i64, i64)]) -> Result<Vec<i64>, StoreError> {
    let regels: BTreeSet<&(i64, i64)> = regels.iter().collect();
    let waiting = store.holds(HoldsOf::Open).await?;
    let released = waiting.iter().filter(|regel| regels.contains(&regel.volgorde()));
    let claims: BTreeSet<_> =
        released.map(|regel| (regel.relatie.aanbieder, regel.declaratie_nummer.clone())).collect();
    let about = |item: &WorkItem| match &item.item.voorstel {
        Voorstel::Vrijgeven { declaratie_nummer } => {
            claims.contains(&(item.item.relatie.aanbieder, declaratie_nummer.clone()))
        }
        _ => false,
    };
    Ok(store.work(true).await?.iter().filter(|item| about(item)).map(|item| item.id).collect())
}

fn looked_at(item: &WorkItem) -> Passed {
    let settled = ClosedItem {
        id: item.id,
        status: item.status,
        answers: Vec::new(),
        forwarded: Vec::new(),
        message: None,
        work: Vec::new(),
    };
    Passed { id: item.id, outcome: Ok(settled) }
}

/// What follows from a release: the lines that it names, as long as they wait.
pub(crate) async fn changes(
    store: &dyn Store,
    batch: &mut dyn Batch,
    register: &Register,
    vrijgave: &VrijgaveVanRegels,
) -> Result<Vec<Change>, StoreError> {
    let named: BTreeSet<&(i64, i64)> = vrijgave.regels.iter().collect();
    let waiting = store.holds(HoldsOf::Open).await?;
    let mut keys = FactKeys::default();
    for regel in waiting.iter().filter(|regel| named.contains(&regel.volgorde())) {
        keys.vasthoudingen.insert((regel.relatie.aanbieder, regel.declaratie_nummer.clone()));
    }
    let known = batch.load(&keys).await?;
    Ok(vasthouding::released(&vrijgave.regels, &known, register))
}

/// A release, with its entry, which names every line.
pub(crate) fn decided(entry: Entry, vrijgave: &VrijgaveVanRegels, changes: Vec<Change>) -> DecidedAlone {
    let body = Some(Besloten::Vrijgave(vrijgave.clone()).body());
    DecidedAlone::of_changes(Entry { body, ..entry }, changes)
}
