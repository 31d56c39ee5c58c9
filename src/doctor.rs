//! Checkups of an installation: one per thing that it needs, each with what to do.

use crate::clock::Clock;
use crate::config::Broker;
use crate::disk::free_bytes;
use crate::hub::amqp::{BrokerAddress, inspect, version};
use crate::io_text::io_text;
use crate::store::postgres::{Condition, PgSettings};
use crate::store::{Schema, StoreError, postgres, sqlite};
use crate::writable::try_write;
use std::path::Path;

mod folders;
mod register;
mod service;
mod versions;

pub use folders::folder_checks;
pub use register::register_checks;
pub use service::{http_check, hub_checks};

/// How a check turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckupVerdict {
    /// As it should be.
    Good,
    /// It works, and someone must look.
    Attention,
    /// It does not work.
    Wrong,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    /// What was looked at.
    pub what: &'static str,
    /// How it turned out.
    pub verdict: CheckupVerdict,
    /// What was found and what to do, in Dutch.
    pub text: String,
}

impl Checkup {
    /// As it should be.
    #[must_use]
    pub fn good(what: &'static str, text: String) -> Self {
        Self { what, verdict: CheckupVerdict::Good, text }
    }

    fn attention(what: &'static str, text: String) -> Self {
        Self { what, verdict: CheckupVerdict::Attention, text }
    }

    fn wrong(what: &'static str, text: String) -> Self {
        Self { what, verdict: CheckupVerdict::Wrong, text }
    }
}

/// Seconds that two clocks may differ.
const CLOCK_SECONDS: i64 = 5;
/// Free bytes below which the service cannot be trusted to go on.
const LEAST_FREE: u64 = 512 * 1024 * 1024;
/// Free bytes below which someone must look.
const LITTLE_FREE: u64 = 5 * 1024 * 1024 * 1024;

/// Database and tables in a data folder. Nothing is made or changed.
pub async fn sqlite_checks(folder: &Path) -> Vec<Checkup> {
    if !folder.is_dir() {
        let text = format!("map {} bestaat niet. Maak hem, of geef een andere", folder.display());
        return vec![Checkup::wrong("opslag", text)];
    }
    let mut checks = tables(sqlite::schema(folder).await, &folder.display().to_string());
    if checks.iter().all(|check| check.verdict != CheckupVerdict::Wrong) {
        checks.push(match sqlite::whole(folder).await {
            Ok(()) => Checkup::good(
                "inhoud",
                "elke bladzijde van de database is te lezen en past bij de rest".to_owned(),
            ),
            Err(error) => Checkup::wrong("inhoud", error.to_string()),
        });
    }
    checks.push(writable(folder));
    checks
}

/// Database and tables on a server. Nothing is made or changed.
pub async fn postgres_checks(settings: &PgSettings) -> Vec<Checkup> {
    let mut checks = tables(postgres::schema(settings).await, &settings.shown());
    if let Ok(version) = postgres::version(settings).await {
        checks.push(versions::postgresql(&version));
    }
    if checks.iter().all(|check| check.verdict != CheckupVerdict::Wrong) {
        checks.push(inside(postgres::condition(settings).await));
    }
    if let Ok(theirs) = postgres::clock(settings).await {
        let apart = (Clock::System.now() - theirs).num_seconds().abs();
        checks.push(if apart <= CLOCK_SECONDS {
            Checkup::good("klok", "gelijk met die van de database".to_owned())
        } else {
            let text = format!("loopt {apart} seconden uit de pas met de database. Zet tijdsynchronisatie aan (chrony) op beide machines");
            Checkup::wrong("klok", text)
        });
    }
    checks
}

/// What the server itself noticed of its files. Reading all of them is the work of its own tools, and of every copy
/// (`pg_dump` reads every row).
fn inside(found: Result<Condition, StoreError>) -> Checkup {
    const WHAT: &str = "inhoud";
    let Condition { checked, damaged_pages, broken_indexes } = match found {
        Ok(condition) => condition,
        Err(error) => return Checkup::wrong(WHAT, error.to_string()),
    };
    if damaged_pages > 0 {
        let text = format!(
            "de server vond {damaged_pages} beschadigde bladzijden. Stop happyflow, kijk de schijf na en zet de laatste goede \
             reservekopie terug"
        );
        return Checkup::wrong(WHAT, text);
    }
    if !broken_indexes.is_empty() {
        let text =
            format!("onbruikbare indexen: {}. Maak ze opnieuw met REINDEX INDEX", broken_indexes.join(", "));
        return Checkup::wrong(WHAT, text);
    }
    Checkup::good(
        WHAT,
        if checked {
            "de server vond geen beschadigde bladzijden".to_owned()
        } else {
            "geen onbruikbare indexen; de server controleert zijn bladzijden niet (data_checksums staat uit)"
                .to_owned()
        },
    )
}

fn tables(schema: Result<Schema, StoreError>, shown: &str) -> Vec<Checkup> {
    let schema = match schema {
        Ok(schema) => schema,
        Err(error) => return vec![Checkup::wrong("opslag", error.to_string())],
    };
    let mut checks = vec![Checkup::good("opslag", format!("{shown} antwoordt"))];
    checks.push(match schema {
        Schema { applied: 0, .. } => {
            Checkup::attention("tabellen", "er zijn er nog geen. Maak ze met `happyflow migrate`".to_owned())
        }
        Schema { unknown: true, .. } => Checkup::wrong(
            "tabellen",
            "zijn bijgewerkt door een nieuwere happyflow. Gebruik die versie, of zet een reservekopie terug"
                .to_owned(),
        ),
        Schema { applied, known, .. } if applied < known => Checkup::attention(
            "tabellen",
            format!("{applied} van {known} stappen gedaan. Werk ze bij met `happyflow migrate`"),
        ),
        Schema { known, .. } => Checkup::good("tabellen", format!("alle {known} stappen gedaan")),
    });
    checks
}

fn writable(folder: &Path) -> Checkup {
    match try_write(folder) {
        Ok(()) => Checkup::good("map", format!("{} is beschrijfbaar", folder.display())),
        Err(error) => {
            let text = format!(
                "{} is niet beschrijfbaar ({}). Geef de gebruiker van happyflow rechten",
                folder.display(),
                io_text(&error)
            );
            Checkup::wrong("map", text)
        }
    }
}

/// Room on the disk of a folder.
#[must_use]
pub fn disk(folder: &Path) -> Checkup {
    let free = match free_bytes(folder) {
        Ok(free) => free,
        Err(error) => {
            let text = format!("{}: {}. Maak de map", folder.display(), io_text(&error));
            return Checkup::wrong("schijf", text);
        }
    };
    let shown = format!("{} GB vrij bij {}", free / 1_000_000_000, folder.display());
    if free < LEAST_FREE {
        return Checkup::wrong("schijf", format!("{shown}. Maak ruimte voordat de opslag stilvalt"));
    }
    if free < LITTLE_FREE {
        return Checkup::attention("schijf", format!("{shown}. Maak op tijd ruimte"));
    }
    Checkup::good("schijf", shown)
}

/// The broker, its queues and what lies in them.
pub async fn broker_checks(address: &BrokerAddress, broker: &Broker) -> Vec<Checkup> {
    let found = match inspect(address, &broker.prefix).await {
        Ok(found) => found,
        Err(error) => {
            let text = format!(
                "{error}. Controleer adres, gebruiker, wachtwoord, certificaat en of de broker draait"
            );
            return vec![Checkup::wrong("broker", text)];
        }
    };
    let mut checks =
        vec![Checkup::good("broker", format!("{} antwoordt en de wachtrijen zijn er", address.shown()))];
    checks.push(versions::rabbitmq(version(address).await.as_deref()));
    checks.push(Checkup::good(
        "inname",
        format!("{} berichten wachten, {} processen luisteren", found.waiting, found.consumers),
    ));
    checks.push(if found.dead == 0 {
        Checkup::good("onbestelbaar", "geen berichten".to_owned())
    } else {
        let text = format!(
            "{} berichten die niet konden worden ingenomen. Zie docs/operations.md, Onbestelbare berichten",
            found.dead
        );
        Checkup::attention("onbestelbaar", text)
    });
    checks
}
