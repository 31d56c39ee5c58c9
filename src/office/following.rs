//! Follows behind the commit what messages did to limits, and makes promises anew after a month or an import.

use super::engine::Engine;
use super::error::OfficeError;
use super::register::newest_version;
use super::termijn::told;
use super::work::Passed;
use crate::codes::Datum;
use crate::contracts::Register;
use crate::decide::Decision;
use crate::decide::following::{follow, is_stale, keys, make_anew};
use crate::decide::limits::counted_from;
use crate::hub::Hub;
use crate::journal::{Besloten, Gevolgd};
use crate::store::{Batch, Entered, Entry, JournalKind, Store};
use std::sync::Arc;

/// Messages that are followed in one transaction.
const AT_ONCE: usize = 512;

impl<S: Store, H: Hub> Engine<S, H> {
    /// Follows limits until nothing waits; the work items that came of it.
    pub async fn follow_limits(&mut self) -> Result<Vec<Passed>, OfficeError> {
        let mut passed = Vec::new();
        while self.limits_wait().await? {
            let _turn = self.take_turn().await?;
            let mut batch = self.alone().await?;
            // Looked at again now that nobody else writes: two services follow a message once.
            let (gevolgd, _) = self.store().gevolgd().await?;
            let (register, version) = (self.register(), batch.register_version());
            let moment = self.settings.clock.now();
            let rows = batch.te_volgen(i64::MAX, AT_ONCE).await?;
            let opnieuw = rows.len() < AT_ONCE && is_stale(gevolgd, &register, moment.date(), version);
            if rows.is_empty() && !opnieuw {
                break;
            }
            let journal = batch.numbers().draw_journal();
            let mut entry = self.entry(JournalKind::Termijn, journal);
            entry.moment = moment;
            let gevolgd = Gevolgd { tot: rows.last().map_or(0, |row| row.journal), opnieuw };
            let decision = followed(&mut batch, &register, (moment.date(), version), gevolgd).await?;
            let first_work = batch.numbers().draw_work(decision.work.len());
            passed.extend((first_work..).take(decision.work.len()).map(told));
            enter(&mut batch, entry, gevolgd, decision, first_work);
            batch.commit().await?;
        }
        Ok(passed)
    }

    async fn limits_wait(&mut self) -> Result<bool, OfficeError> {
        let newest = newest_version(self.store()).await?;
        self.follow(newest).await?;
        let (gevolgd, waits) = self.store().gevolgd().await?;
        Ok(waits || is_stale(gevolgd, &self.register(), self.settings.clock.now().date(), newest))
    }
}

/// What follows, decided on the facts of a transaction in which nobody else decides.
pub(crate) async fn followed(
    batch: &mut impl Batch,
    register: &Register,
    (today, version): (Datum, i64),
    Gevolgd { tot, opnieuw }: Gevolgd,
) -> Result<Decision, OfficeError> {
    let rows = batch.te_volgen(tot, usize::MAX).await?;
    let known = batch.load(&keys(&rows)).await?;
    let mut decision = follow(&rows, &known, register, today);
    if opnieuw {
        let mut all = batch.promised(counted_from(register, today)).await?;
        all.known.apply(&decision.changes, &Arc::from([]));
        decision.changes.extend(make_anew(&all, register, today, version));
    }
    Ok(decision)
}

/// Puts what followed in the batch.
pub(crate) fn enter(
    batch: &mut impl Batch,
    mut entry: Entry,
    gevolgd: Gevolgd,
    decision: Decision,
    first_work: i64,
) {
    entry.body = Some(Besloten::Gevolgd(gevolgd).body());
    batch.enter(Entered {
        entry,
        changes: decision.changes,
        answers: Vec::new(),
        forwarded: None,
        forwards: Vec::new(),
        first_send: 0,
        work: decision.work,
        first_work,
    });
}
