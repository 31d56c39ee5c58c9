//! Refusals of a database server, in Dutch: why it does not let us in, and who can mend it.

use super::PgSettings;
use crate::io_text::io_text;
use crate::store::StoreError;

/// What the standard codes of PostgreSQL mean when a session begins, and what to do.
const CODES: [(&str, &str, &str); 6] = [
    ("3D000", "die database bestaat niet", "Maak hem met createdb, of verbeter de naam in [database] url"),
    (
        "28",
        "de server laat deze gebruiker niet binnen",
        "Controleer gebruiker en wachtwoord, en pg_hba.conf op de server",
    ),
    (
        "53300",
        "er is geen verbinding meer vrij",
        "Verhoog max_connections op de server, of verlaag [database] connections",
    ),
    ("57P03", "de server start op of stopt", "Wacht tot hij draait"),
    ("42501", "deze gebruiker heeft te weinig rechten", "Geef hem de rechten die docs/operations.md noemt"),
    (
        "42",
        "de tabellen zijn niet die van happyflow",
        "Werk ze bij met `happyflow migrate`, of kies een andere database",
    ),
];

impl PgSettings {
    /// The database could not be opened.
    pub(super) fn refused(&self, error: &sqlx::Error) -> StoreError {
        let path = self.shown();
        match error {
            sqlx::Error::Configuration(_) => StoreError::Refused {
                path,
                reason: "het adres is niet te lezen".to_owned(),
                advice: "Schrijf het als postgres://gebruiker@server:poort/naam",
            },
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                let known = CODES.iter().find(|(start, ..)| code.starts_with(start));
                let (reason, advice) = known.map_or_else(
                    || (format!("{} ({code})", database.message()), "Kijk in het log van de server"),
                    |(_, reason, advice)| ((*reason).to_owned(), *advice),
                );
                StoreError::Refused { path, reason, advice }
            }
            error => StoreError::Unreachable {
                doing: "de database openen",
                reason: format!("{path}: {}", link_text(error)),
            },
        }
    }

    /// It did not answer in time.
    pub(super) fn silent(&self) -> StoreError {
        StoreError::Unreachable {
            doing: "de database openen",
            reason: format!("{} antwoordt niet", self.shown()),
        }
    }
}

/// What is wrong with a connection.
pub(super) fn link_text(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => io_text(error),
        sqlx::Error::PoolTimedOut => "er kwam op tijd geen verbinding".to_owned(),
        sqlx::Error::Tls(_) => "de beveiligde verbinding (TLS) kwam niet tot stand".to_owned(),
        sqlx::Error::Protocol(_) => "de server antwoordt niet als PostgreSQL".to_owned(),
        error => error.to_string(),
    }
}
