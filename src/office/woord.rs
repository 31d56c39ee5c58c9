//! What a gemeente says of an assignment of it that waits: an entry of the journal of which nothing follows.

use super::alone::DecidedAlone;
use super::error::OfficeError;
use super::handle::Office;
use super::operator::Person;
use crate::codes::GemeenteCode;
use crate::journal::{Besloten, Rol, WoordVanGemeente};
use crate::state::Voorstel;
use crate::store::{Entry, JournalKind, StoreError, WorkItem, WorkStatus};

/// Whether a gemeente is asked what it thinks of an item: its own JW301 waits there.
#[must_use]
pub fn is_asked(item: &WorkItem, gemeente: GemeenteCode) -> bool {
    item.status == WorkStatus::Open
        && item.item.voorstel == Voorstel::Doorsturen
        && item.item.relatie.gemeente == gemeente
}

impl Office {
    /// Keeps what somebody of a gemeente says.
    pub async fn keep_word(
        &self,
        gemeente: GemeenteCode,
        gezegd: WoordVanGemeente,
        person: Person,
    ) -> Result<(), OfficeError> {
        let mut alone = self.alone().await?;
        let item = self.store().work_item(gezegd.werkitem).await?;
        let item = item.filter(|item| is_asked(item, gemeente));
        let item = item.ok_or(StoreError::WorkNotOpen(gezegd.werkitem))?;
        let entry = Entry {
            arrival: item.arrival,
            who: Some(person.signature()),
            why: Some(person.why),
            role: Some(Rol::Gemeente),
            body: Some(Besloten::Woord(gezegd).body()),
            ..alone.entry(JournalKind::Besluit)
        };
        said(entry).enter(&mut *alone.batch);
        alone.commit().await
    }
}

/// The entry, of which nothing follows.
pub(crate) fn said(entry: Entry) -> DecidedAlone {
    DecidedAlone::of_changes(entry, Vec::new())
}
