//! Facts for the rules on a start or stop.

use super::MeldingFacts;
use crate::codes::StatusAanlevering;
use crate::rules::Outcome;
use crate::state::Einde;

impl MeldingFacts<'_> {
    /// Judges a removal; a delivery passes.
    pub fn verwijdering(&self, judge: impl FnOnce() -> Outcome) -> Outcome {
        if self.status == StatusAanlevering::Verwijderen { judge() } else { Outcome::Holds }
    }

    /// Judges a delivery; a removal passes: it puts something right, so that nothing but TR063 and
    /// TR071 is asked of it (note of TR063).
    pub fn aanlevering(&self, judge: impl FnOnce() -> Outcome) -> Outcome {
        if self.status == StatusAanlevering::Verwijderen { Outcome::Holds } else { judge() }
    }

    /// Judges a delivered stop.
    pub fn stop(&self, judge: impl FnOnce(&Einde) -> Outcome) -> Outcome {
        self.aanlevering(|| self.melding.einde.as_ref().map_or(Outcome::Holds, judge))
    }
}
