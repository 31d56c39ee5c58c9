//! Rows of the ledger that a transaction will write, and what they add to the balances.

use super::Entry;
use super::pending::Pending;
use crate::codes::Datum;
use crate::ledger::{Grootboekrekening, Overboeking};
use crate::state::{Afschrift, Bankregel, Boeking, Change, Heropend};
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

/// An entry with its journal number, the run of which it takes back, and what it was first.
pub type BoekingRow = (Boeking, i64, Option<i64>, Option<i64>);

/// What the bank told, with the journal number of the input.
#[derive(Default)]
pub struct BankRows {
    pub afschriften: Vec<(i64, Afschrift)>,
    pub regels: Vec<(i64, Bankregel)>,
    /// Posts that are explained: journal number and place, and the journal number of the explanation.
    pub verklaard: Vec<(i64, i64, i64)>,
}

impl BankRows {
    /// What is owed again takes back what the run paid, and is owed by itself.
    pub(super) fn change(&mut self, journal: i64, change: Change, boekingen: &mut Vec<BoekingRow>) {
        match change {
            Change::AfschriftIngelezen(afschrift) => self.afschriften.push((journal, *afschrift)),
            Change::BankregelIngelezen(regel) => self.regels.push((journal, *regel)),
            Change::BankregelVerklaard { journaal, volgorde } => {
                self.verklaard.push((journaal, volgorde, journal));
            }
            Change::Heropend(heropend) => {
                let Heropend { run, oorsprong, boeking } = *heropend;
                let back = Boeking { bedrag: -boeking.bedrag, ..boeking.clone() };
                boekingen.push((back, journal, Some(run), None));
                boekingen.push((boeking, journal, None, Some(oorsprong)));
            }
            _ => {}
        }
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
