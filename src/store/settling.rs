//! Settling of open work items without a person: they close with the journal entry that settles what they are about.

use crate::clock::Moment;
use crate::codes::AgbCode;
use crate::messages::Relatie;

/// What settles open work items that were made before it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Settles {
    /// A request of an aanbieder has its answer.
    Verzoek(AgbCode, Box<str>),
    /// What was sent has its retour: relatie, and what the item is known by.
    Retour(Relatie, Box<str>),
    /// A message that was set aside was judged after all, or never will be.
    Aankomst(i64),
}

/// Open work items close with the journal entry that settles what they are about.
pub struct Settling {
    pub about: Settles,
    pub journal: i64,
    pub moment: Moment,
    pub who: String,
    pub why: String,
}

/// What one round settles, by what it is about.
#[derive(Default)]
pub struct SettledBy {
    pub requests: Vec<(AgbCode, Box<str>, Closing)>,
    pub retours: Vec<(Relatie, Box<str>, Closing)>,
    pub arrivals: Vec<(i64, Closing)>,
}

/// Journal number, moment, who and why.
pub type Closing = (i64, Moment, String, String);

impl SettledBy {
    /// Sorts a round.
    pub fn of(round: Vec<Settling>) -> Self {
        let mut sorted = Self::default();
        for Settling { about, journal, moment, who, why } in round {
            let closing = (journal, moment, who, why);
            match about {
                Settles::Verzoek(aanbieder, referentie) => {
                    sorted.requests.push((aanbieder, referentie, closing));
                }
                Settles::Retour(relatie, kenmerk) => sorted.retours.push((relatie, kenmerk, closing)),
                Settles::Aankomst(arrival) => sorted.arrivals.push((arrival, closing)),
            }
        }
        sorted
    }
}
