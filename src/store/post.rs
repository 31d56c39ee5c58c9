//! What people are told by mail: why, and to whom it left. None of it is state: nothing is decided by it, and no replay
//! makes it again.

use crate::clock::Moment;
use crate::codes::code_enum;

code_enum!(
    /// What is told by mail; each kind has a list of receivers.
    Meldsoort {
        /// A JW301 waits, and its term has passed.
        Wachtend = "wachtend",
        /// A part of the service does not do its work.
        Dienst = "dienst",
        /// Nothing can be written.
        Schijf = "schijf",
    }
);

/// Something that somebody must know. Its text names no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meldgrond {
    /// What it is known by, the same as long as it lasts.
    pub sleutel: String,
    pub soort: Meldsoort,
    /// For people.
    pub tekst: String,
    /// The work item that it is about: who took that, took this.
    pub werk: Option<i64>,
}

/// Something that somebody must know, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postmelding {
    pub aanleiding: Meldgrond,
    /// Since when.
    pub sinds: Moment,
    /// Who took it upon himself, and when: then it is not told again.
    pub genomen: Option<(String, Moment)>,
    /// When it was over; none while it lasts.
    pub voorbij: Option<Moment>,
}

/// How far the mail about it to one receiver is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verzending {
    pub sleutel: String,
    /// Address of the receiver.
    pub aan: String,
    /// When a mail left last.
    pub gemeld: Option<Moment>,
    /// How many left.
    pub keren: i64,
    /// Until when somebody is at it, or when it is tried again.
    pub bezig: Option<Moment>,
    /// Label of why it did not go; none when it did.
    pub mislukt: Option<String>,
}

/// What is kept of mail.
#[derive(Debug, Clone)]
pub enum Postregel {
    /// It is there, now.
    Gezien(Meldgrond, Moment),
    /// It is over.
    Voorbij { sleutel: String, moment: Moment },
    /// Somebody takes it upon himself.
    Genomen { sleutel: String, wie: String, moment: Moment },
    /// One process sends it until a moment, when nobody else does, and none left after another moment.
    Bezig { sleutel: String, aan: String, tot: Moment, nu: Moment, na: Moment },
    /// A mail left.
    Gemeld { sleutel: String, aan: String, moment: Moment },
    /// It did not go; it is tried again at a moment.
    Mislukt { sleutel: String, aan: String, weer: Moment, waarom: &'static str },
    /// What was over before a moment goes.
    Opruimen(Moment),
}
