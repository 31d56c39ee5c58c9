//! Follows behind the commit what messages did to limits, and makes promises anew after a month or an import.

use super::alone::DecidedAlone;
use super::error::OfficeError;
use super::handle::Office;
use super::termijn::told;
use super::work::Passed;
use crate::codes::Datum;
use crate::contracts::Register;
use crate::decide::Decision;
use crate::decide::following::{anew, compared_assignments, compared_children, follow, is_stale, keys};
use crate::decide::limits::counted_from;
use crate::decide::verzamelen::limits_of;
use crate::journal::{Besloten, Gevolgd};
use crate::state::FactKeys;
use crate::store::{Batch, Entry, JournalKind};

/// Messages that are followed in one transaction.
const AT_ONCE: usize = 512;

impl Office {
    /// Follows limits until nothing waits; the work items that came of it.
    pub async fn follow_limits(&self) -> Result<Vec<Passed>, OfficeError> {
        let mut passed = Vec::new();
        while self.limits_wait().await? {
            let mut alone = self.alone().await?;
            // Looked at again now that nobody else writes: two services follow a message once.
            let (gevolgd, _) = self.store().gevolgd().await?;
            let (register, version) = (alone.register(), alone.in_force().version);
            let moment = self.settings().clock.now();
            let rows = alone.batch.te_volgen(i64::MAX, AT_ONCE).await?;
            let opnieuw = rows.len() < AT_ONCE && is_stale(gevolgd, &register, moment.date(), version);
            if rows.is_empty() && !opnieuw {
                break;
            }
            let entry = Entry { moment, ..alone.entry(JournalKind::Termijn) };
            let gevolgd = Gevolgd { tot: rows.last().map_or(0, |row| row.journal), opnieuw };
            let at = (moment.date(), version);
            let decision = followed(&mut *alone.batch, &register, at, gevolgd).await?;
            let followed = decided(entry, gevolgd, decision).enter(&mut *alone.batch);
            passed.extend(followed.work.into_iter().map(told));
            alone.commit().await?;
        }
        passed.extend(self.close_revised().await?.into_iter().map(told));
        Ok(passed)
    }

    async fn limits_wait(&self) -> Result<bool, OfficeError> {
        let newest = self.register().await?;
        let (gevolgd, waits) = self.store().gevolgd().await?;
        let today = self.settings().clock.now().date();
        Ok(waits || is_stale(gevolgd, &newest.versie.register, today, newest.version))
    }
}

/// What follows, decided on the facts of a transaction in which nobody else decides.
pub(crate) async fn followed(
    batch: &mut dyn Batch,
    register: &Register,
    (today, version): (Datum, i64),
    Gevolgd { tot, opnieuw }: Gevolgd,
) -> Result<Decision, OfficeError> {
    let rows = batch.te_volgen(tot, usize::MAX).await?;
    let mut known = batch.load(&keys(&rows, today)).await?;
    let assignments = batch.load(&compared_assignments(&rows)).await?;
    let children = batch.load(&compared_children(&rows, &assignments)).await?;
    known.take_over(assignments);
    known.take_over(children);
    let mut decision = follow(&rows, &known, register, today);
    if opnieuw {
        let mut all = batch.promised(counted_from(register, today)).await?;
        let gathered = batch.load(&FactKeys { groepen_open: true, ..FactKeys::default() }).await?.verzameld;
        let sums = batch.load(&FactKeys { budgetten: limits_of(&gathered), ..FactKeys::default() }).await?;
        (all.known.verzameld, all.known.budget_standen) = (gathered, sums.budget_standen);
        anew(&mut all, register, (today, version), &mut decision);
    }
    Ok(decision)
}

/// What followed, with its entry.
pub(crate) fn decided(entry: Entry, gevolgd: Gevolgd, decision: Decision) -> DecidedAlone {
    let body = Some(Besloten::Gevolgd(gevolgd).body());
    DecidedAlone::new(Entry { body, ..entry }, decision)
}
