//! What the bank tells is taken in: statements move money to and from the account, status reports open debts again. In one
//! transaction per call, an entry of the journal per statement and per status report.
//!
//! Which transfer a post is, [`crate::bank`] says; what is not certain goes to an account to be explained, and a person
//! says what it was.

mod afschriften;
mod lines;
mod report;
mod rijen;
mod sent;
mod take;
mod uitleg;
mod vorm;
mod werk;

pub use afschriften::{Afschriftplaats, statements_in_order};
pub(crate) use rijen::{rows_of_explanation, rows_of_lines};
pub use take::{BankFile, BankImport, BankLine, NotRead};
pub use uitleg::Uitlegbeeld;
pub use vorm::{Uitleg, Uitlegdeel, Uitlegsoort};
pub use werk::{BANKPOST, Bankkandidaat, Bankwerk, waiting};

use super::alone::DecidedAlone;
use crate::journal::{Bankverklaring, Bankverwerking, Besloten, Schuld};
use crate::money::Cents;
use crate::state::{Boeking, Change, Heropend};
use crate::store::Entry;

/// What follows from what the bank told, with its entry. Live and in a replay.
pub(crate) fn taken(entry: Entry, bank: &Bankverwerking) -> DecidedAlone {
    let mut changes = Vec::new();
    if let Some(afschrift) = &bank.afschrift {
        changes.push(Change::AfschriftIngelezen(Box::new(afschrift.clone())));
    }
    changes.extend(rows_of_lines(bank).into_iter().map(|(_, row)| Change::Overgeboekt(row)));
    changes.extend(bank.regels.iter().map(|regel| Change::BankregelIngelezen(Box::new(regel.clone()))));
    changes.extend(bank.heropend.iter().map(|schuld| Change::Heropend(Box::new(schuld.heropend()))));
    let body = Some(Besloten::Bank(Box::new(bank.clone())).body());
    DecidedAlone::of_changes(Entry { body, ..entry }, changes)
}

/// The same of an explanation.
pub(crate) fn explained(entry: Entry, verklaring: &Bankverklaring) -> DecidedAlone {
    let Bankverklaring { journaal, volgorde, heropend, voldaan, .. } = verklaring;
    let rows = rows_of_explanation(verklaring);
    let mut changes: Vec<Change> = rows.into_iter().map(Change::Overgeboekt).collect();
    changes.push(Change::BankregelVerklaard { journaal: *journaal, volgorde: *volgorde });
    changes.extend(heropend.iter().map(|schuld| Change::Heropend(Box::new(schuld.heropend()))));
    changes.extend(voldaan.iter().map(|schuld| Change::Heropend(Box::new(settled(schuld)))));
    let body = Some(Besloten::Bankverklaring(Box::new(verklaring.clone())).body());
    DecidedAlone::of_changes(Entry { body, ..entry }, changes)
}

/// What was owed again is paid by its run after all: the same entries the other way round.
fn settled(schuld: &Schuld) -> Heropend {
    let Heropend { run, oorsprong, boeking } = schuld.heropend();
    Heropend { run, oorsprong, boeking: Boeking { bedrag: Cents::ZERO - boeking.bedrag, ..boeking } }
}
