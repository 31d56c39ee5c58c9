//! The one door for what is decided alone: operators, terms, contracts, payments, removals, take-overs.

use super::error::OfficeError;
use super::handle::Office;
use super::register::InForce;
use crate::contracts::Register;
use crate::hub::Hub;
use crate::store::{Batch, Entry, JournalKind, Store};
use std::sync::Arc;

/// A transaction in which nobody else decides anything, with the version of the contract register that it decides by:
/// that cannot change until the transaction ends. Dropping it leaves nothing.
pub struct Alone<'o, S: Store, H> {
    office: &'o Office<S, H>,
    /// The transaction.
    pub batch: S::Batch,
    register: InForce,
}

impl<'o, S: Store, H: Hub> Alone<'o, S, H> {
    pub(super) async fn begin(office: &'o Office<S, H>) -> Result<Self, OfficeError> {
        let batch = office.store().begin().await?;
        let register = office.registers().get(office.store(), batch.register_version()).await?;
        Ok(Self { office, batch, register })
    }

    /// The contract register that is decided by.
    #[must_use]
    pub fn register(&self) -> Arc<Register> {
        self.register.versie.register.clone()
    }

    /// The same, with its number.
    #[must_use]
    pub const fn in_force(&self) -> &InForce {
        &self.register
    }

    /// Draws a journal number, for an entry of this kind.
    pub fn entry(&mut self, kind: JournalKind) -> Entry {
        let journal = self.batch.numbers().draw_journal();
        self.entry_of(kind, journal)
    }

    /// An entry under a journal number that was drawn.
    pub(super) fn entry_of(&self, kind: JournalKind, journal: i64) -> Entry {
        self.office.entry(kind, journal, self.register.version)
    }

    /// Writes everything and makes it durable.
    pub async fn commit(self) -> Result<(), OfficeError> {
        Ok(self.batch.commit().await?)
    }
}
