//! Levels 3 and 4, budgets and automatic answers: a pure function of a message, the facts, the
//! contract register and the moment. No I/O, no clock, no randomness.
//!
//! One file per message; [`answer`] builds what goes out. The walkthrough is in
//! `docs/ARCHITECTURE.md`.

use crate::clock::Moment;
use crate::contracts::Register;
use crate::messages::{Bericht, BerichtSoort, Partij, Relatie};
use crate::money::Cents;
use crate::rules::Finding;
use crate::schema::Document;
use crate::state::{Change, NewWorkItem, WorkingSet};

pub mod answer;
mod antwoord;
pub mod clientfeiten;
pub mod cost;
mod declaratie;
mod dispatch;
pub mod doorsturen;
mod drempels;
pub mod expected;
pub mod fixed_price;
pub mod following;
pub mod herziening;
pub mod in_memory;
pub mod judge;
mod kennisgeving;
mod levering;
pub mod limits;
pub mod new_register;
pub mod numbers;
pub mod operator;
pub mod overlap;
pub mod overname;
pub mod own;
pub mod plausible;
pub mod promises;
mod retour;
pub mod ruimte;
mod stapeling;
pub mod termijn;
mod toewijzing;
pub mod vasthouding;
mod verwijzing;
pub mod verzamelen;
mod verzoek;
mod wijziging;

pub use declaratie::births_asked;
pub use dispatch::{decide, keys};
pub use verzoek::{GI_CATEGORIES, UitgifteError};

/// Whether requests are answered by themselves (docs/interface.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requests {
    /// Rulings 3.5.
    Automatic,
    /// Nothing automatic: also forwarded to the gemeente (rulings 3.7).
    Manual,
}

/// Everything that a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The message, typed.
    pub bericht: &'a Bericht<'a>,
    /// The message as it was read; answers copy from it.
    pub document: &'a Document<'a>,
    /// Findings of level 2; empty when it passed.
    pub in_message: &'a [Finding],
    /// Journal number of the message.
    pub journal: i64,
    /// Facts, earlier messages of the batch applied.
    pub known: &'a WorkingSet,
    /// Contract register in force.
    pub register: &'a Register,
    /// Whether requests are answered by themselves.
    pub requests: Requests,
    /// When it is decided.
    pub moment: Moment,
    /// How many JW301s were issued before in this run of a fixed clock; each moves it one second.
    pub issued: u32,
}

/// The verdict as scripts see it (docs/interface.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No findings.
    Accepted,
    /// A declaratie with granted and rejected lines, or with all lines rejected.
    Partial,
    /// Rejected as a whole.
    Rejected,
    /// Set aside for a person; nothing was answered.
    Parked,
}

/// A message that leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Which message.
    pub soort: BerichtSoort,
    /// To whom.
    pub receiver: Partij,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Its own Identificatie, or IdentificatieRetour of a retour.
    pub identificatie: String,
    /// The message.
    pub bytes: Vec<u8>,
}

/// What was claimed and what was granted, signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amounts {
    /// TotaalIngediendBedrag.
    pub claimed: Cents,
    /// TotaalToegekendBedrag.
    pub granted: Cents,
}

/// What follows from a message.
#[derive(Debug, Clone)]
pub struct Decision {
    pub verdict: Verdict,
    /// Lowest level with findings.
    pub level: Option<u8>,
    /// Every finding in order of precedence.
    pub findings: Vec<Finding>,
    /// Retours, answers, JW301s and JW319s, in the order in which they leave.
    pub answers: Vec<Outgoing>,
    /// To whom the message itself goes on, unchanged.
    pub forwards: Vec<Partij>,
    pub changes: Vec<Change>,
    /// What a person must see.
    pub work: Vec<NewWorkItem>,
    /// Declaraties only.
    pub amounts: Option<Amounts>,
    /// Part of it waits for an operator.
    pub held: bool,
    /// How many JW301s were issued.
    pub issued: u32,
}

impl Decision {
    /// A verdict from which nothing else follows.
    #[must_use]
    pub const fn of(verdict: Verdict) -> Self {
        Self {
            verdict,
            level: None,
            findings: Vec::new(),
            answers: Vec::new(),
            forwards: Vec::new(),
            changes: Vec::new(),
            work: Vec::new(),
            amounts: None,
            held: false,
            issued: 0,
        }
    }
}
