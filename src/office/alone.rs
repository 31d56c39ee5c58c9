//! The one door for what is decided alone: operators, terms, contracts, payments, removals, take-overs.

use super::error::OfficeError;
use super::handle::Office;
use super::outcome::Leaving;
use super::register::InForce;
use super::step::leaving;
use crate::clock::Clock;
use crate::contracts::Register;
use crate::decide::{Decision, Verdict};
use crate::state::Change;
use crate::store::{Batch, Closed, Entered, Entry, JournalKind, MessageMeta, WorkClosing, WorkStatus};
use std::sync::Arc;

/// What was decided alone, with the entry that tells it. Live work and replay put it in a batch the same way.
#[derive(Debug)]
pub(crate) struct DecidedAlone {
    /// The entry; its body is filled.
    pub entry: Entry,
    /// What follows.
    pub decision: Decision,
    /// The message of the entry, when that goes on.
    pub forwarded: Option<MessageMeta>,
    /// Work items that it closes, or opens again, with how they stand then.
    pub items: Vec<(i64, WorkStatus)>,
}

/// What followed, under the numbers that it got.
#[derive(Debug)]
pub(crate) struct Followed {
    /// Answers that leave.
    pub answers: Vec<Leaving>,
    /// To whom the message goes on.
    pub forwarded: Vec<Leaving>,
    /// Work items that came of it.
    pub work: Vec<i64>,
}

impl DecidedAlone {
    /// A decision that is about no work item.
    pub(crate) const fn new(entry: Entry, decision: Decision) -> Self {
        Self { entry, decision, forwarded: None, items: Vec::new() }
    }

    /// A decision of which nothing leaves, and that tells nobody.
    pub(crate) fn of_changes(entry: Entry, changes: Vec<Change>) -> Self {
        Self::new(entry, Decision { changes, ..Decision::of(Verdict::Accepted) })
    }

    /// Puts it in the batch.
    pub(crate) fn enter(self, batch: &mut dyn Batch) -> Followed {
        let Self { entry, decision, forwarded: message, items } = self;
        let first_send = batch.numbers().draw_send(decision.answers.len() + decision.forwards.len());
        let first_work = batch.numbers().draw_work(decision.work.len());
        let (answers, forwarded) = leaving(&decision, first_send);
        let followed =
            Followed { answers, forwarded, work: (first_work..).take(decision.work.len()).collect() };
        let closed = Closed {
            journal: entry.journal,
            moment: entry.moment,
            who: entry.who.clone().unwrap_or_default(),
            why: entry.why.clone().unwrap_or_default(),
        };
        batch.enter(Entered {
            entry,
            changes: decision.changes,
            answers: decision.answers,
            forwarded: message,
            forwards: decision.forwards,
            first_send,
            work: decision.work,
            first_work,
        });
        for (id, status) in items {
            if status == WorkStatus::Open {
                batch.reopen_work(id);
            } else {
                batch.close_work(WorkClosing { id, status, closed: closed.clone() });
            }
        }
        followed
    }
}

/// A transaction in which nobody else decides anything, with the version of the contract register that it decides by:
/// that cannot change until the transaction ends. Dropping it leaves nothing.
pub struct Alone<'o> {
    office: &'o Office,
    /// The transaction.
    pub batch: Box<dyn Batch>,
    register: InForce,
}

impl<'o> Alone<'o> {
    pub(super) async fn begin(office: &'o Office) -> Result<Self, OfficeError> {
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

    /// Records one decision: what leaves is judged as its receiver will, everything becomes durable, and then it is
    /// published.
    pub(super) async fn settle(mut self, decided: DecidedAlone) -> Result<Followed, OfficeError> {
        let office = self.office;
        let context = office.context(&self.register, office.issued().get());
        // What is issued was judged at levels 3 and 4 when it was made.
        let fault =
            decided.decision.answers.iter().find_map(|answer| context.fault_in(answer, |_| Vec::new()));
        if let Some(fault) = fault {
            let id = decided.items.first().map_or(0, |(id, _)| *id);
            tracing::error!(work = id, %fault, "eigen antwoord ongeldig");
            return Err(OfficeError::OwnAnswer { id, fault });
        }
        let issued = decided.decision.issued;
        let followed = decided.enter(&mut *self.batch);
        self.commit().await?;
        // The clock of the machine moves by itself.
        if matches!(office.settings().clock, Clock::Fixed(_)) {
            office.issued().at_least(office.issued().get() + issued);
        }
        office.publish().await?;
        Ok(followed)
    }

    /// Writes everything and makes it durable.
    pub async fn commit(self) -> Result<(), OfficeError> {
        Ok(self.batch.commit().await?)
    }
}
