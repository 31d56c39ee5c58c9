//! Rows of the ledger that a transaction will write, and what they add to the balances.

use super::Entry;
use super::pending::Pending;
use crate::codes::Datum;
use crate::ledger::{Grootboekrekening, Overboeking};
use std::collections::BTreeMap;

/// A row with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverboekingRow {
    /// Journal number of the input that posts it.
    pub journal: i64,
    /// Its place among the rows of the input, from 1 up.
    pub regel: i64,
    /// Day of the input.
    pub boekdatum: Datum,
    pub overboeking: Overboeking,
}

impl Pending {
    /// A payment run was recorded, and moves money.
    pub fn pay(&mut self, entry: Entry, posted: Vec<Overboeking>) {
        for row in posted {
            self.post((entry.journal, entry.moment.date()), row);
        }
        self.entries.push(entry.into());
    }

    /// Adds a row behind those of its input.
    pub(super) fn post(&mut self, (journal, boekdatum): (i64, Datum), overboeking: Overboeking) {
        let last = self.overboekingen.last().filter(|row| row.journal == journal);
        let regel = last.map_or(1, |row| row.regel + 1);
        self.overboekingen.push(OverboekingRow { journal, regel, boekdatum, overboeking });
    }
}

/// What rows add to debit and credit of every account, in eurocents.
#[must_use]
pub fn grootboekstanden(rows: &[OverboekingRow]) -> BTreeMap<Grootboekrekening, (i64, i64)> {
    let mut sums: BTreeMap<Grootboekrekening, (i64, i64)> = BTreeMap::new();
    for row in rows {
        let bedrag = row.overboeking.bedrag.0;
        sums.entry(row.overboeking.debet).or_default().0 += bedrag;
        sums.entry(row.overboeking.credit).or_default().1 += bedrag;
    }
    sums
}
