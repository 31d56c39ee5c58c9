//! Follows behind the commit what messages did to limits, and makes promises anew after a month or an import.

use super::alone::{Alone, DecidedAlone};
use super::error::OfficeError;
use super::handle::Office;
use super::termijn::told;
use super::work::Passed;
use crate::codes::Datum;
use crate::contracts::Register;
use crate::decide::Decision;
use crate::decide::following::{
    all_anew, ceilings, compared_assignments, compared_children, follow, is_stale, keys, make_anew, reached,
};
use crate::decide::limits::counted_from;
use crate::decide::new_register::{Kring, anew, begin, came_in, lines_of};
use crate::decide::verzamelen::{limits_of, settle_limits};
use crate::journal::{Besloten, Gevolgd};
use crate::state::{self, Change, FactKeys, WorkingSet};
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
            let rows = alone.batch.te_volgen(i64::MAX, AT_ONCE).await?;
            let entry = alone.entry(JournalKind::Termijn);
            let (register, version) = (alone.register(), alone.in_force().version);
            let opnieuw = rows.len() < AT_ONCE && is_stale(gevolgd, &register, entry.moment.date(), version);
            if rows.is_empty() && !opnieuw {
                break;
            }
            let tot = rows.last().map_or(0, |row| row.journal);
            passed.extend(alone.follow(entry, Gevolgd { tot, opnieuw }).await?);
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

impl Alone<'_> {
    async fn follow(&mut self, entry: Entry, gevolgd: Gevolgd) -> Result<Vec<Passed>, OfficeError> {
        let (register, at) = (self.register(), (entry.moment.date(), self.in_force().version));
        let decision = followed(&mut *self.batch, &register, at, gevolgd).await?;
        let followed = decided(entry, gevolgd, decision).enter(&mut *self.batch);
        Ok(followed.work.into_iter().map(told).collect())
    }

    /// Tells of ceilings that are nearly used by what a new version of the register says.
    pub(super) async fn follow_version(
        &mut self,
        version: i64,
        register: &Register,
        today: Datum,
    ) -> Result<Vec<i64>, OfficeError> {
        if ceilings(register, today).budgetten.is_empty() {
            return Ok(Vec::new());
        }
        self.batch.write().await?;
        let gevolgd = Gevolgd { tot: 0, opnieuw: false };
        let decision = followed(&mut *self.batch, register, (today, version), gevolgd).await?;
        if decision.work.is_empty() {
            return Ok(Vec::new());
        }
        let entry = Entry { register_version: version, ..self.entry(JournalKind::Termijn) };
        Ok(decided(entry, gevolgd, decision).enter(&mut *self.batch).work)
    }

    /// Follows everything that waits; what is loaded from now on shows it.
    pub(super) async fn follow_all(&mut self) -> Result<(), OfficeError> {
        let rows = self.batch.te_volgen(i64::MAX, usize::MAX).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        let entry = self.entry(JournalKind::Termijn);
        self.follow(entry, Gevolgd { tot: last.journal, opnieuw: false }).await?;
        Ok(self.batch.write().await?)
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
        let mut all = batch.promised(counted_from(register, today), &Kring::allen()).await?;
        let told = gathered(batch).await?;
        all.known.verzameld = told.verzameld;
        (all.known.budget_standen, all.known.toegezegd) = (told.budget_standen, told.toegezegd);
        all_anew(&mut all, register, (today, version), &mut decision);
    }
    let ceilings = ceilings(register, today);
    if !ceilings.budgetten.is_empty() {
        reached(batch.load(&ceilings).await?, register, today, &mut decision);
    }
    Ok(decision)
}

/// What followed, with its entry.
pub(crate) fn decided(entry: Entry, gevolgd: Gevolgd, decision: Decision) -> DecidedAlone {
    let body = Some(Besloten::Gevolgd(gevolgd).body());
    DecidedAlone::new(Entry { body, ..entry }, decision)
}

/// What a new version of the register does to limits. Everything that messages did was followed in this transaction.
pub(crate) async fn imported(
    batch: &mut dyn Batch,
    (before, after): (&Register, &Register),
    (today, version): (Datum, i64),
    gevolgd: Option<state::GevolgdTot>,
) -> Result<Vec<Change>, OfficeError> {
    let mut changes = Vec::new();
    let new = came_in(before, after);
    if !new.is_empty() {
        let (of, days) = lines_of(&new, after);
        let lines = batch.granted(days, &of).await?;
        let budgetten = new.iter().map(|limiet| limiet.id().into()).collect();
        let known = batch.load(&FactKeys { budgetten, ..FactKeys::default() }).await?;
        changes.extend(begin(&new, &lines, &known, after));
    }
    let (of, gevolgd) = anew((before, after), today, version, gevolgd);
    if !of.is_empty() {
        let all = batch.promised(counted_from(after, today), &of).await?;
        changes.extend(make_anew(&all, after, today));
    }
    changes.extend(gevolgd.map(Change::Gevolgd));
    let told = gathered(batch).await?;
    let settled = settle_limits(told, &changes, after, today);
    changes.extend(settled);
    Ok(changes)
}

/// Open items that gather, with the sums of the limits that they are about.
async fn gathered(batch: &mut dyn Batch) -> Result<WorkingSet, OfficeError> {
    let verzameld = batch.load(&FactKeys { groepen_open: true, ..FactKeys::default() }).await?.verzameld;
    let sums = batch.load(&FactKeys { budgetten: limits_of(&verzameld), ..FactKeys::default() }).await?;
    Ok(WorkingSet { verzameld, ..sums })
}
