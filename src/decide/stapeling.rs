//! Assignments that a gemeente stacked (OP259): a JW301 that holds both would be refused itself (TR302), so
//! nothing is issued by itself until the gemeente put it right.

use crate::codes::{Datum, ToewijzingNummer};
use crate::rules::in_message::overlap::{Zorgperiode, overlapping};
use crate::schema::At;
use crate::state::Toewijzing;

/// Two assignments of one client at one aanbieder that are current and of the same product at the same time.
pub fn stacked<'t>(
    toewijzingen: impl Iterator<Item = &'t Toewijzing>,
    today: Datum,
) -> Option<(ToewijzingNummer, ToewijzingNummer)> {
    let current: Vec<&Toewijzing> = toewijzingen.filter(|other| other.is_actueel(today)).collect();
    let perioden: Vec<Zorgperiode> = current
        .iter()
        .map(|other| Zorgperiode {
            at: At::default(),
            product: other.product,
            begin: other.ingangsdatum,
            eind: other.einddatum,
        })
        .collect();
    let (one, two) = overlapping(&perioden).into_iter().min()?;
    Some((current[one].nummer, current[two].nummer))
}

/// What a person is told of it.
pub fn story((one, two): (ToewijzingNummer, ToewijzingNummer)) -> String {
    format!(
        "toewijzingen {one} en {two} zijn van hetzelfde product in dezelfde periode, en horen allebei in het bericht (OP087, TR302)"
    )
}
