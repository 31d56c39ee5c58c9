//! What banks send back about what was paid: statements (camt.053), notifications (camt.054) and status reports
//! (pain.002).
//!
//! All of it is pure: the caller has the bytes and what was sent, and books what comes of it. A file goes through
//! `walk`, which finds its pieces and refuses what is hostile, and piece by piece through `lees`, the one file that
//! knows the crate that reads them; `tellen` proves every statement to the cent before anybody sees it. `redenen` and
//! `statussen` say what a code of a bank means for a payment.
//!
//! What it means for what we sent: `volgorde` whether a statement follows on what is known, `passen` what each of its
//! posts is, `meldingen` what stands behind a post and what a status report does.

mod bestand;
mod fout;
mod grenzen;
mod lees;
mod meldingen;
mod passen;
mod redenen;
mod stand;
mod statussen;
mod stukken;
mod tellen;
mod volgorde;
mod walk;

pub use bestand::{
    Afschriftdeel, Afschriftnummer, Bankafschrift, Bankbericht, Bankbestand, Bankinhoud, Bankmelding,
    Bankpost, Bankreden, Banktekst, Batchverwijzing, Betalingstatus, Blokstatus, Postdetail, Poststatus,
    Statusbericht, Statusmelding,
};
pub use fout::BankFout;
pub use grenzen::Bankgrenzen;
pub use meldingen::{Statusover, Statusuitkomst, add_details};
pub use passen::{
    Aansluiting, Bankvoorstel, Batchwijze, NaarBank, Onderzoeksreden, Postbetekenis, Postuitkomst,
    Terugsoort, Uitkomstdeel, VerzondenBetaling, VerzondenBlok,
};
pub use redenen::{Klasse, Redencode, Redengevolg, Schuldgevolg, Werkgevolg, asks_for_lock};
pub use stand::Betaalstand;
pub use statussen::{Betaalstatus, Naamcontrole, Statusgevolg};
pub use volgorde::{Afschriftstand, BekendAfschrift, in_order, judge_order, known_in_order, oldest_opening};

use crate::schema::{MessageText, read_source};

/// Reads a file of a bank: all of it, checked, or why not.
pub fn read(bytes: &[u8], grenzen: &Bankgrenzen) -> Result<Bankbestand, BankFout> {
    if bytes.len() as u64 > grenzen.bytes {
        return Err(BankFout::TeGroot { bytes: bytes.len() as u64, most: grenzen.bytes });
    }
    if let Some(wat) = stukken::no_xml(bytes) {
        return Err(BankFout::GeenBankbestand(wat.to_owned()));
    }
    let MessageText { text, body } =
        read_source(bytes).map_err(|unreadable| BankFout::unreadable(&unreadable.text, &unreadable.fault))?;
    let walked = walk::walk(&text, body, grenzen)?;
    let bestand = lees::read(&walked)?;
    tellen::check(&bestand)?;
    Ok(bestand)
}
