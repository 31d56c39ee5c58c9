//! Errors of the store. Texts are for operators and never hold personal data.

use crate::labels::labels;
use crate::messages::Partij;
use std::fmt;

/// A number that people know a row by, behind what it is: `journaalregel 17`, `aankomst 31`.
pub type RowNumber = (&'static str, i64);

/// A place where something stands that is not what we write: a table, and the number of its row where that is known. Numbers
/// of ours only, never a value of the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The table, or what was read instead of one.
    pub table: &'static str,
    pub row: Option<RowNumber>,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Some((what, number)) => write!(f, "{} ({what} {number})", self.table),
            None => f.write_str(self.table),
        }
    }
}

/// A store call that failed. Nothing of its transaction was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder or the database could not be opened or made.
    #[error(
        "kan de opslag in {path} niet openen: {reason}. Controleer of de map bestaat en beschrijfbaar is"
    )]
    Open {
        /// Folder or database, as the operator gave it.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The database is damaged, or is no database of ours.
    #[error(
        "de opslag {path} is beschadigd of geen database van happyflow. Er is niets gewijzigd: zet een \
         reservekopie terug, of geef een andere gegevensmap"
    )]
    Damaged {
        /// The database, as the operator gave its folder.
        path: String,
    },
    /// The database was last used by a newer happyflow.
    #[error(
        "de opslag {path} is bijgewerkt door een nieuwere happyflow. Er is niets gewijzigd: gebruik die \
         versie, of zet een reservekopie terug"
    )]
    Newer {
        /// The database, as the operator gave its folder.
        path: String,
    },
    /// The schema of the database could not be brought up to date.
    #[error("kan de opslag niet bijwerken: {0}. Gebruik de nieuwste happyflow of zet een reservekopie terug")]
    Migrate(String),
    /// Bringing the schema up to date needs more room than there is.
    #[error(
        "de tabellen in {path} moeten worden bijgewerkt, en daarvoor is te weinig ruimte op de schijf: nodig is \
         {} MB, vrij is {} MB. Er is niets gewijzigd: maak ruimte en probeer het opnieuw",
        .needed.div_ceil(1_000_000), .free / 1_000_000
    )]
    NoRoom {
        /// The data folder, as the operator gave it.
        path: String,
        /// Bytes that must be free.
        needed: u64,
        /// Bytes that are.
        free: u64,
    },
    /// The database refused a statement.
    #[error(
        "de opslag weigerde een opdracht ({doing}): {reason}. Probeer het opnieuw; er is niets half geboekt"
    )]
    Database {
        /// What we were doing, in Dutch.
        doing: &'static str,
        /// What the database said: codes and names of tables, never values.
        reason: String,
    },
    /// Another worker was first: nothing was kept, and deciding again gives the right answer.
    #[error(
        "een andere verwerking was eerder ({doing}): {reason}. Probeer het opnieuw; er is niets half geboekt"
    )]
    LostRace {
        /// What we were doing, in Dutch.
        doing: &'static str,
        /// What the database said: codes and names of tables, never values.
        reason: String,
    },
    /// The database server does not let us in, or has no such database.
    #[error("{path} is niet te gebruiken: {reason}. {advice}")]
    Refused {
        /// The database, without a password.
        path: String,
        /// What is wrong, in Dutch.
        reason: String,
        /// What to do, in Dutch.
        advice: &'static str,
    },
    /// The database server does not answer, or the connection broke.
    #[error(
        "de database is niet bereikbaar ({doing}): {reason}. Controleer of de server draait en het adres \
         onder [database] klopt; er is niets half geboekt"
    )]
    Unreachable {
        /// What we were doing, in Dutch.
        doing: &'static str,
        /// What the system said.
        reason: String,
    },
    /// Another worker kept what we needed for too long.
    #[error(
        "te lang gewacht op een andere verwerking ({doing}): {reason}. Kijk of er een stilstaat en probeer het \
         daarna opnieuw; er is niets half geboekt"
    )]
    Waited {
        /// What we were doing, in Dutch.
        doing: &'static str,
        /// What the database said: codes and names of tables, never values.
        reason: String,
    },
    /// A right that one at a time has went to another, because we stood still.
    #[error(
        "een ander heeft de beurt overgenomen, omdat deze verwerking stilstond; het werk gaat daar verder"
    )]
    TurnLost,
    /// The disk, or what stands for it, failed to write or to read.
    #[error(
        "de schijf weigerde dienst ({doing}): {reason}. Controleer ruimte, quota en de schijf zelf, en start \
         opnieuw; er is niets half geboekt"
    )]
    Disk {
        /// What we were doing, in Dutch.
        doing: &'static str,
        /// What the database said: codes, never values.
        reason: String,
    },
    /// The disk is full.
    #[error("de schijf is vol. Maak ruimte en start opnieuw; er is niets half geboekt")]
    Full,
    /// The lock on the data folder could not be taken.
    #[error("kan {path} niet vergrendelen: {reason}")]
    Lock {
        /// The lock file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// What was read back is not what we write.
    #[error("de opslag bevat iets onverwachts in {0}. Zet een reservekopie terug of vraag om hulp")]
    Corrupt(Spot),
    /// The system gives no randomness: what needs salt is not done.
    #[error(
        "het systeem geeft geen toevalsgetallen: {0}. Er is niets gewijzigd: start opnieuw of vraag om hulp"
    )]
    Randomness(String),
    /// Every number that could stand for a person is in use.
    #[error(
        "er is geen vrij nummer om in de plaats van een burgerservicenummer te zetten; er is niets verwijderd"
    )]
    NoPseudonym,
    /// A message that leaves, or what is known of it, is not what we wrote. Others leave all the same.
    #[error("zendnummer {send} is beschadigd in de opslag. Zet een reservekopie terug of vraag om hulp")]
    DamagedMessage {
        /// Its send number.
        send: i64,
        /// Who waits for it, and for what comes after it.
        receiver: Partij,
    },
    /// A notice is not what we wrote. Others leave all the same.
    #[error(
        "de melding over bericht {arrival} is beschadigd in de opslag. Zet een reservekopie terug of vraag om hulp"
    )]
    DamagedNotice {
        /// Arrival number of the message that it is about.
        arrival: i64,
        /// Who waits for it; `None` when the message was the operator's own file.
        sender: Option<Partij>,
    },
    /// A notice about a decision is not what we wrote. Others leave all the same.
    #[error(
        "de kennisgeving over journaalregel {journal} is beschadigd in de opslag. Zet een reservekopie terug of vraag om hulp"
    )]
    DamagedKennisgeving {
        /// Journal number of the decision.
        journal: i64,
        /// Who waits for it, and for what comes after it.
        receiver: Partij,
    },
    /// What the database keeps is damaged: every call may fail, and none says anything of what was asked.
    #[error(
        "de database is beschadigd ({doing}). Stop happyflow, bewaar een kopie van wat er staat en zet de laatste goede \
         reservekopie terug"
    )]
    Malformed {
        /// What we were doing, in Dutch.
        doing: &'static str,
    },
    /// An entry was already paid, or may not be paid yet. Nothing of the run was kept.
    #[error("een boeking van deze betaalrun is al betaald of wordt vastgehouden. Start de betaalrun opnieuw")]
    NotPayable,
    /// A work item that is no longer open, or does not exist.
    #[error("werkitem {0} staat niet open. Bekijk de lijst met `happyflow work list`")]
    WorkNotOpen(i64),
    /// A work item that nobody closed.
    #[error("werkitem {0} is niet afgehandeld, dus er valt niets te heropenen")]
    WorkNotClosed(i64),
    /// A message that is not parked.
    #[error("bericht {0} is niet geparkeerd. Bekijk de lijst met `happyflow parked list`")]
    NotParked(i64),
    /// A proposal that nobody approved, or that was carried out, taken back or ended meanwhile.
    #[error("voordracht {0} is niet goedgekeurd, of niet meer; er is niets gedaan")]
    NotApproved(i64),
    /// An arrival number that the inbox does not have.
    #[error("bericht {0} is niet bekend in de opslag")]
    UnknownArrival(i64),
    /// A send number that the outbox does not have.
    #[error("zendnummer {0} is niet bekend in de opslag")]
    UnknownSend(i64),
}

labels!(StoreError {
    Self::Open { .. } => "store.open",
    Self::Damaged { .. } => "store.damaged",
    Self::Newer { .. } => "store.newer",
    Self::Migrate(_) => "store.migrate",
    Self::NoRoom { .. } => "store.no-room",
    Self::Database { .. } => "store.database",
    Self::LostRace { .. } => "store.lost-race",
    Self::Refused { .. } => "store.not-admitted",
    Self::Unreachable { .. } => "store.unreachable",
    Self::Waited { .. } => "store.waited",
    Self::TurnLost => "store.turn-lost",
    Self::Disk { .. } => "store.disk",
    Self::Full => "store.full",
    Self::Lock { .. } => "store.lock",
    Self::Corrupt(_) => "store.corrupt",
    Self::Randomness(_) => "store.randomness",
    Self::NoPseudonym => "store.no-pseudonym",
    Self::DamagedMessage { .. } => "store.damaged-message",
    Self::DamagedNotice { .. } => "store.damaged-notice",
    Self::DamagedKennisgeving { .. } => "store.damaged-kennisgeving",
    Self::Malformed { .. } => "store.damaged-pages",
    Self::NotPayable => "store.not-payable",
    Self::WorkNotOpen(_) => "store.work-not-open",
    Self::WorkNotClosed(_) => "store.work-not-closed",
    Self::NotParked(_) => "store.not-parked",
    Self::NotApproved(_) => "store.not-approved",
    Self::UnknownArrival(_) => "store.unknown-arrival",
    Self::UnknownSend(_) => "store.unknown-send",
});

impl StoreError {
    /// Something in a table is not what we write.
    #[must_use]
    pub const fn corrupt(table: &'static str) -> Self {
        Self::Corrupt(Spot { table, row: None })
    }

    /// The same of a row, where the error does not say which row it is about.
    #[must_use]
    pub fn of_row(self, number: Option<RowNumber>) -> Self {
        match self {
            Self::Corrupt(Spot { table, row: None }) => Self::Corrupt(Spot { table, row: number }),
            error => error,
        }
    }

    /// Whether it comes from where messages are kept: it says nothing about the messages of the batch.
    #[must_use]
    pub fn is_of_the_store(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Waited { .. }
                | Self::TurnLost
                | Self::Disk { .. }
                | Self::Full
                | Self::Malformed { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ours_is_told_by_table_and_number() {
        let told = |error: StoreError| {
            let text = error.to_string();
            text.strip_prefix("de opslag bevat iets onverwachts in ")
                .unwrap()
                .split_once('.')
                .unwrap()
                .0
                .to_owned()
        };
        assert_eq!(told(StoreError::corrupt("werk")), "werk");
        assert_eq!(told(StoreError::corrupt("werk").of_row(Some(("werkitem", 12)))), "werk (werkitem 12)");
        let known = StoreError::corrupt("archief").of_row(Some(("aankomst", 31)));
        assert_eq!(told(known.of_row(Some(("journaalregel", 40)))), "archief (aankomst 31)");
    }
}
