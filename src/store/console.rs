//! Who is logged in at the console, and what was looked at. None of it is state: nothing is decided by it, and no replay
//! makes it again.

use super::Result;
use super::post::Postregel;
use super::voordracht::Voordrachtstap;
use crate::clock::Moment;
use crate::codes::Datum;
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
    /// Nobody works on a work item any more; with a name only when this one does.
    Losgelaten { werk: i64, wie: Option<String> },
    /// Somebody acts for another up to and including a day, in the place of whoever did; or nobody does any more.
    Vervanging {
        /// Who is away.
        wie: String,
        /// Who acts, and the last day.
        door: Option<(String, Datum)>,
    },
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
