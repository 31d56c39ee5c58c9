//! Payments that wait, in words.

use crate::contracts::Register;
use crate::decide::{fixed_price, plausible};

/// What kind of limit holds a line, by the id that the line names. Never whose it is, nor how large.
#[must_use]
pub fn kind_of_limit(id: &str, register: &Register) -> &'static str {
    if id == fixed_price::ID {
        return "de vaste prijs";
    }
    if id == plausible::ID {
        return "meer dan in de periode kan zijn geleverd";
    }
    if id == "leeftijdsgrens" {
        return "de leeftijdsgrens van het contract";
    }
    if let Some(budget) = register.budget(id) {
        return if budget.sleutel.bsn.is_some() { "het clientbudget" } else { "het budget van de gemeente" };
    }
    if register.plafond(id).is_some() {
        return "het plafond";
    }
    "een limiet"
}
