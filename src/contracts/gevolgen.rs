//! Consequences: what a limit or a contract does with what goes above it (rulings 8.1).

use super::digest::Canon;
use crate::codes::code_enum;

code_enum!(
    /// What happens with what is above a limit, or with what no contract covers.
    Gevolg {
        /// Nothing.
        Niets = "niets",
        /// It goes on, and an operator is told.
        Signal = "signal",
        /// It waits for an operator.
        Hold = "hold",
    }
);

code_enum!(
    /// Who releases a held payment for which there is room again (rulings 8.8).
    Vrijgave {
        /// A person, to whom it is proposed.
        Persoon = "persoon",
        /// Nobody: it is released at once.
        Automatisch = "automatisch",
    }
);

/// Days in which a held payment is decided on, from its receipt, where the limit does not say another number.
pub const BETAALTERMIJN_DAGEN: u32 = 30;

/// The two acts of a limit or a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gevolgen {
    /// What happens with an assignment that brings it over.
    pub bij_toewijzing: Gevolg,
    /// What happens with the payment of a Prestatie that is above it.
    pub bij_betaling: Gevolg,
    /// Whether the file names neither of the two, so that `bij_overschrijding`, or nothing, stands for both.
    samen: bool,
}

impl Gevolgen {
    /// As a file says it: a key of its own beats `bij_overschrijding`; an act that is not set is nothing when the
    /// other is, and a signal when neither is.
    pub(super) fn of(
        bij_overschrijding: Option<Gevolg>,
        bij_toewijzing: Option<Gevolg>,
        bij_betaling: Option<Gevolg>,
    ) -> Self {
        let set = [bij_overschrijding, bij_toewijzing, bij_betaling].iter().any(Option::is_some);
        let absent = bij_overschrijding.unwrap_or(if set { Gevolg::Niets } else { Gevolg::Signal });
        Self {
            bij_toewijzing: bij_toewijzing.unwrap_or(absent),
            bij_betaling: bij_betaling.unwrap_or(absent),
            samen: bij_toewijzing.is_none() && bij_betaling.is_none(),
        }
    }

    /// The one act that a file gave for both with `bij_overschrijding`, or by saying nothing. None where it tells them
    /// apart: who wrote that knows that there are two.
    #[must_use]
    pub fn samen(self) -> Option<Gevolg> {
        self.samen.then_some(self.bij_betaling)
    }

    /// Whether either of them holds.
    #[must_use]
    pub fn holds(self) -> bool {
        [self.bij_toewijzing, self.bij_betaling].contains(&Gevolg::Hold)
    }

    /// One act for both is written as before there were two: a register of then keeps its digest.
    pub(super) fn write(self, canon: &mut Canon) {
        if let Some(both) = self.samen() {
            canon.text(both.as_str());
        } else {
            canon.text("apart");
            canon.text(self.bij_toewijzing.as_str());
            canon.text(self.bij_betaling.as_str());
        }
    }

    /// For people.
    pub(super) fn shown(self) -> String {
        match self.samen() {
            Some(both) => both.to_string(),
            None => format!("toewijzing {}, betaling {}", self.bij_toewijzing, self.bij_betaling),
        }
    }
}

impl Default for Gevolgen {
    fn default() -> Self {
        Self::of(None, None, None)
    }
}

#[cfg(test)]
mod tests {
    use super::Gevolg::{Hold, Niets, Signal};
    use super::*;

    #[test]
    fn one_key_sets_both_and_a_key_of_its_own_beats_it() {
        for (both, toewijzing, betaling, expected) in [
            (None, None, None, (Signal, Signal)),
            (Some(Hold), None, None, (Hold, Hold)),
            (Some(Niets), None, None, (Niets, Niets)),
            (None, Some(Hold), None, (Hold, Niets)),
            (None, None, Some(Signal), (Niets, Signal)),
            (None, Some(Signal), Some(Hold), (Signal, Hold)),
            (Some(Hold), Some(Signal), None, (Signal, Hold)),
            (Some(Signal), None, Some(Hold), (Signal, Hold)),
        ] {
            let found = Gevolgen::of(both, toewijzing, betaling);
            assert_eq!(
                (found.bij_toewijzing, found.bij_betaling),
                expected,
                "{both:?} {toewijzing:?} {betaling:?}"
            );
        }
    }
}
