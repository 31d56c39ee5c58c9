//! Row about a limit: what it says beside its figures.

use super::Cell;
use crate::codes::{AgbCode, GemeenteCode, ToewijzingNummer};
use crate::decide::limits::Limiet;

/// Assignments that are named with a budget of one client.
const NAMED: usize = 4;

/// Columns of the limits. What is in use is granted and promised; room is what is left of it (rulings 8.3).
pub(super) const COLUMNS: [(&str, &str); 17] = [
    ("kind", "Soort"),
    ("gemeente", "Gemeente"),
    ("aanbieder", "Aanbieder"),
    ("aanbieder_naam", "Naam van de aanbieder"),
    ("productcategorie", "Categorie"),
    ("from", "Van"),
    ("to", "Tot en met"),
    ("toewijzingen", "Toewijzingen"),
    ("policy", "Bij overschrijding"),
    ("assigned_cents", "Bedrag"),
    ("claimed_cents", "Ingediend"),
    ("granted_cents", "Toegekend"),
    ("held_cents", "Vastgehouden"),
    ("promised_cents", "Toegezegd"),
    ("promised_unknown", "Toewijzingen zonder bedrag"),
    ("in_use_cents", "In gebruik"),
    ("room_cents", "Ruimte"),
];

/// Kind and scope of a limit, without saying who the client is.
#[must_use]
pub fn about(limiet: &Limiet<'_>) -> (&'static str, Option<GemeenteCode>, Option<AgbCode>, Cell) {
    match limiet {
        Limiet::Budget(budget) => {
            let about = &budget.sleutel;
            let kind = if about.bsn.is_some() { "clientbudget" } else { "budget" };
            (kind, about.gemeente, about.aanbieder, about.categorie.into())
        }
        Limiet::Plafond(plafond) => {
            ("plafond", plafond.sleutel.gemeente, plafond.sleutel.aanbieder, Cell::Empty)
        }
    }
}

/// A few assignment numbers.
pub(super) fn named(numbers: &[ToewijzingNummer]) -> String {
    let mut names: Vec<String> = numbers.iter().take(NAMED).map(ToString::to_string).collect();
    if numbers.len() > NAMED {
        names.push(format!("en nog {}", numbers.len() - NAMED));
    }
    names.join(" ")
}
