//! Who is logged in at the console, and what was looked at. None of it is state: nothing is decided by it, and no replay
//! makes it again.

use super::Result;
use super::post::Postregel;
use super::voordracht::Voordrachtstap;
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum};
use crate::money::Cents;
use crate::state::WorkReason;
use async_trait::async_trait;

/// What the browser has of a session, or of a form, as the store knows it: SHA-256.
pub type Sessiesleutel = [u8; 32];

/// A session of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sessie {
    /// Name of the person.
    pub wie: String,
    /// Label of the role.
    pub rol: String,
    /// Code of the gemeente or aanbieder of which alone things are seen.
    pub partij: Option<String>,
    /// What tells this person from another; empty in a session of a program that did not keep it.
    pub account: String,
    /// When it began.
    pub gemaakt: Moment,
    /// When it was last used, to the minute.
    pub gebruikt: Moment,
}

/// Whether an account is one of 0.5.0: by what the settings call an identity provider, so that nobody can tell whose it is beside one
/// that has the name of the provider itself.
#[must_use]
pub fn is_by_settings(account: &str) -> bool {
    account.contains('/') && !account.contains("://") && !account.starts_with("ontwikkeling/")
}

/// Somebody who was sent to an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inlogpoging {
    /// Of what the provider sends back.
    pub sleutel: Sessiesleutel,
    /// Of what the browser has that began it.
    pub browser: Sessiesleutel,
    /// Name of the provider in the settings.
    pub dienst: String,
    /// What must stand in the token.
    pub nonce: String,
    /// What shows the provider that who asks for the token is who began.
    pub verifier: String,
    /// Where to go afterwards.
    pub naar: String,
    /// When it began.
    pub gemaakt: Moment,
}

/// Something that somebody looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toegang {
    /// When.
    pub moment: Moment,
    /// Name of the person.
    pub wie: String,
    /// In which role.
    pub rol: String,
    /// What was done, such as `tonen` or `zoeken`.
    pub actie: String,
    /// What it is about; never the number of a person.
    pub onderwerp: String,
    /// Why.
    pub reden: String,
    /// From where.
    pub herkomst: String,
}

/// A list that somebody gave a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weergave {
    /// Name of the person.
    pub wie: String,
    /// Name of the list, one of each.
    pub naam: String,
    /// Path and filter; never the number of a person.
    pub adres: String,
}

/// Contract files that somebody gave, until they are taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aanbod {
    /// Drawn; not to be guessed.
    pub sleutel: String,
    /// Name of who gave them.
    pub wie: String,
    pub moment: Moment,
    /// The files, one behind the other, as the office writes them.
    pub inhoud: Vec<u8>,
}

/// What is quiet for a while: one work item, or one kind of notice about one aanbieder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stilte {
    /// The work item; none: every notice for this reason about this aanbieder.
    pub werk: Option<i64>,
    pub reden: WorkReason,
    pub aanbieder: AgbCode,
    /// How far it may be over: above this it speaks again.
    pub te_veel: Cents,
    /// How many lines, or notices, it may have where it has no amount.
    pub regels: i64,
    /// The last day.
    pub tot: Datum,
    /// Name of who made it quiet.
    pub wie: String,
    pub waarom: String,
    pub sinds: Moment,
}

impl Stilte {
    /// What it is kept by.
    #[must_use]
    pub fn sleutel(werk: Option<i64>, reden: WorkReason, aanbieder: AgbCode) -> String {
        werk.map_or_else(|| format!("soort {reden} {aanbieder}"), |werk| format!("werk {werk}"))
    }
}

/// Most lists that one person gives a name.
pub const MOST_WEERGAVEN: i64 = 50;

/// Something that the console keeps.
#[derive(Debug, Clone)]
pub enum Bewaren {
    /// A session begins.
    Begin(Sessiesleutel, Sessie),
    /// A session was used.
    Gebruikt(Sessiesleutel, Moment),
    /// A session ends.
    Einde(Sessiesleutel),
    /// Sessions and forms of before this moment go.
    Opruimen {
        /// Sessions that began before it.
        gemaakt: Moment,
        /// Sessions that were last used before it.
        gebruikt: Moment,
        /// Forms that were given before it.
        formulier: Moment,
    },
    /// A form is given to a session.
    Formulier(Sessiesleutel, Vec<u8>, Moment),
    /// A form comes back: it is good for one time, to who has it, when it was given after this moment.
    Ingeleverd(Sessiesleutel, Vec<u8>, Moment),
    /// Somebody is sent to an identity provider; attempts of before this moment go.
    Poging(Inlogpoging, Moment),
    /// An attempt is over: it is good for one time, from this browser and provider, when it began after this moment.
    PogingGedaan { sleutel: Sessiesleutel, browser: Sessiesleutel, dienst: String, since: Moment },
    /// Somebody looked at something.
    Toegang(Toegang),
    /// Something about mail to people.
    Post(Postregel),
    /// A list gets a name, in place of another list with that name; nothing changes when there are too many.
    Weergave(Weergave),
    /// Somebody begins with a work item; nothing changes when another has it since what was seen.
    Opgepakt {
        werk: i64,
        wie: String,
        sinds: Moment,
        /// Since when the one had it in whose place somebody comes, as it was seen.
        gezien: Option<Moment>,
    },
    /// Somebody works on a work item no more; nothing changes when another does. That nobody works on an item that closes or opens
    /// again, the database sees to.
    Losgelaten { werk: i64, wie: String },
    /// Somebody acts for another up to and including a day, in the place of whoever did; or nobody does any more.
    Vervanging {
        /// Who is away.
        wie: String,
        /// Who acts, and the last day.
        door: Option<(String, Datum)>,
    },
    /// Something is quiet, in the place of what was quiet so before.
    Stil(Stilte),
    /// It speaks again, by what it is kept by.
    Hoorbaar { sleutel: String },
    /// Somebody gave contract files; those of before a moment go, but for what is proposed.
    Aanbod(Aanbod, Moment),
    /// Files that were taken over, or whose proposal ended, go.
    AanbodWeg { sleutel: String },
    /// A step of a proposal.
    Voordracht(Voordrachtstap),
    /// A list loses its name.
    WeergaveWeg {
        /// Of whom.
        wie: String,
        /// The name.
        naam: String,
    },
}

/// What the console writes; what it reads goes by [`Reads`](super::read::Reads).
#[async_trait]
pub trait ConsoleStore: Send + Sync {
    /// Keeps it, durable when this returns; how many rows that made or changed.
    async fn keep(&self, what: Bewaren) -> Result<u64>;
}
