//! What a payment run moves: what was owed to an aanbieder is on its way.

use super::{Boekgebeurtenis, Grootboekrekening, Overboeking};
use crate::iban::Iban;
use crate::messages::Relatie;
use crate::money::Cents;

/// The row of a transfer; `van` is the account that pays.
#[must_use]
pub fn transfer_posted(
    (run, volgnummer): (i64, i64),
    relatie: Relatie,
    van: Iban,
    bedrag: Cents,
) -> Option<Overboeking> {
    let row = Overboeking::of(
        Boekgebeurtenis::Betaald,
        Grootboekrekening::Crediteur(relatie),
        Grootboekrekening::Onderweg(Some(van)),
        bedrag,
    );
    row.map(|row| row.of_betaling(run, volgnummer))
}
