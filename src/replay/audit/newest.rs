//! Newest register: what it makes of everything, on a state of its own.

use super::AuditRun;
use crate::contracts::Versie;
use crate::messages::{BerichtSoort, Relatie};
use crate::office::step::{Context, OpenRef, Step};
use crate::replay::memory::{BerichtBron, Memory};
use crate::state::Change;
use crate::store::{BatchNumbers, Entry, JournalKind};
use rustc_hash::FxHashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the newest register makes of everything.
pub(super) struct NewestJudgement {
    pub(super) versie: Versie,
    pub(super) memory: Memory,
    /// Something was decided with another register than it was.
    pub(super) apart: bool,
    /// The first answer of each relatie that differs.
    pub(super) first: FxHashMap<Relatie, i64>,
}

impl NewestJudgement {
    pub(super) fn of(versie: Versie) -> Self {
        Self { versie, memory: Memory::default(), apart: false, first: FxHashMap::default() }
    }
}

impl AuditRun<'_> {
    /// What the newest register says, on the state that its answers led to.
    pub(super) fn newest(
        &self,
        entry: &Entry,
        open: &OpenRef<'_>,
        mut numbers: BatchNumbers,
    ) -> Option<Step> {
        let now = self.now.as_ref()?;
        let newest = &now.versie;
        // As long as nothing differs, the register of the entry itself says the same.
        if entry.kind != JournalKind::Bericht || (!now.apart && newest.journal <= entry.journal) {
            return None;
        }
        let settings = self.audit.settings.of_entry(entry);
        let context = Context {
            core: self.audit.core,
            settings: &settings,
            register: &newest.register,
            register_version: entry.register_version,
            moment: entry.moment,
            issued: entry.issued,
        };
        catch_unwind(AssertUnwindSafe(|| context.decide(open, &now.memory.known, &mut numbers))).ok()
    }

    /// Takes the state of the newest register along. What others sent rested on the numbers and assignments that
    /// we gave out, so those stay as they were; what is granted on a claim is what is granted now.
    pub(super) fn follow(
        &mut self,
        newest: Option<Step>,
        changes: &[Change],
        soort: BerichtSoort,
        bron: BerichtBron,
    ) {
        let Some(now) = &mut self.now else { return };
        now.apart |= newest.is_some();
        let claim = matches!(soort, BerichtSoort::Jw323 | BerichtSoort::Jw303);
        match newest {
            Some(Step::Decided(decided, _)) if claim => now.memory.apply(decided.decision.changes, bron),
            Some(Step::Parked(..)) if claim => {}
            _ => now.memory.apply(changes.to_vec(), bron),
        }
    }
}
