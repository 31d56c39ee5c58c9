//! Gathering work items: what is only to be known has one item per limit and period, or per aanbieder and period,
//! instead of one per message (rulings 8.4).

use super::{Gemelde, WorkReason};
use crate::codes::{AgbCode, Datum, GemeenteCode, ToewijzingNummer};
use crate::messages::Relatie;
use crate::money::Cents;
use chrono::Datelike;
use std::collections::BTreeSet;

/// What one work item gathers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Groep {
    /// Everything that brings a limit over its amount.
    Grens {
        /// What is told of it.
        wat: Gemelde,
        /// Key of the limit.
        limiet: Box<str>,
    },
    /// What is told of assignments at an aanbieder for one reason in a year.
    Jaar {
        /// Why.
        reden: WorkReason,
        aanbieder: AgbCode,
        /// The year in which it was told.
        jaar: i32,
    },
    /// What is told of claims of an aanbieder for one reason in a month.
    Maand {
        /// Why.
        reden: WorkReason,
        aanbieder: AgbCode,
        /// Months since the year 0.
        maand: i64,
    },
    /// Granted lines of an aanbieder whose rate is another since.
    Tarief {
        aanbieder: AgbCode,
        /// The version of the contract register since which it is.
        versie: i64,
    },
}

impl Groep {
    /// What gathers a reason that is told of an aanbieder on a day; none for what stands by itself.
    #[must_use]
    pub fn of(reden: WorkReason, aanbieder: AgbCode, dag: Datum) -> Option<Self> {
        if !Self::gathers(reden) {
            return None;
        }
        Some(if reden == WorkReason::NietAannemelijk {
            let maand = i64::from(dag.year()) * 12 + i64::from(dag.month0());
            Self::Maand { reden, aanbieder, maand }
        } else {
            Self::Jaar { reden, aanbieder, jaar: dag.year() }
        })
    }

    /// Whether a reason is gathered.
    #[must_use]
    pub const fn gathers(reden: WorkReason) -> bool {
        matches!(
            reden,
            WorkReason::ToewijzingBovenBudget
                | WorkReason::SegmentC
                | WorkReason::VastePrijs
                | WorkReason::Leeftijdsgrens
                | WorkReason::NietAannemelijk
        )
    }

    /// What the store keeps it by.
    #[must_use]
    pub fn sleutel(&self) -> Box<str> {
        match self {
            Self::Grens { wat, limiet } => format!("grens {} {limiet}", wat.as_str()),
            Self::Jaar { reden, aanbieder, jaar } => format!("jaar {} {aanbieder} {jaar}", reden.as_str()),
            Self::Maand { reden, aanbieder, maand } => {
                format!("maand {} {aanbieder} {maand}", reden.as_str())
            }
            Self::Tarief { aanbieder, versie } => format!("tarief {aanbieder} {versie}"),
        }
        .into()
    }

    /// Reads what the store keeps.
    #[must_use]
    pub fn parse(sleutel: &str) -> Option<Self> {
        let mut parts = sleutel.split(' ');
        let kind = parts.next()?;
        let next = parts.next()?;
        match kind {
            "grens" => {
                let wat = Gemelde::ALL.into_iter().find(|wat| wat.as_str() == next)?;
                Some(Self::Grens { wat, limiet: parts.next()?.into() })
            }
            "tarief" => {
                let versie = parts.next()?.parse().ok()?;
                Some(Self::Tarief { aanbieder: AgbCode::parse(next).ok()?, versie })
            }
            "jaar" | "maand" => {
                let reden = WorkReason::parse(next).ok()?;
                let aanbieder = AgbCode::parse(parts.next()?).ok()?;
                let number = parts.next()?;
                Some(if kind == "jaar" {
                    Self::Jaar { reden, aanbieder, jaar: number.parse().ok()? }
                } else {
                    Self::Maand { reden, aanbieder, maand: number.parse().ok()? }
                })
            }
            _ => None,
        }
    }
}

/// One thing that a work item is about: a message that led to it, or a line that is to be claimed anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Werkregel {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Assignment.
    pub toewijzing: Option<ToewijzingNummer>,
    /// The message for people, such as `JW301 A5`; empty for a line.
    pub bericht: Box<str>,
    /// ReferentieNummer of a line.
    pub referentie: Option<Box<str>>,
    /// What is told of it.
    pub tekst: Box<str>,
    /// What was asked, or granted on a line, in eurocents.
    pub bedrag: Option<Cents>,
    /// What the line is now, in eurocents; none when nothing is agreed any more.
    pub nieuw: Option<Cents>,
}

/// What a new work item gathers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verzamel {
    /// [`Groep::sleutel`].
    pub groep: Box<str>,
    /// The first of it; the store gives none back with an item.
    pub regels: Vec<Werkregel>,
}

/// A work item that gathers, as a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verzameld {
    /// Its number.
    pub werk: i64,
    /// Whether it waits for a person.
    pub open: bool,
    /// How far it was over, in eurocents.
    pub over: Option<Cents>,
    /// How many lines it has, those that count no more included.
    pub regels: i64,
    /// Lines that still count and are about no assignment.
    pub los: i64,
    /// Assignments of lines that still count.
    pub toewijzingen: BTreeSet<(GemeenteCode, ToewijzingNummer)>,
}

/// What becomes of a work item that gathers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beurt {
    /// It stays as it is, open or closed.
    Blijft,
    /// It is open again.
    Heropend,
    /// Its reason ended: it is closed, and this is why.
    Gesloten(Box<str>),
}

/// How a work item that gathers changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verzameling {
    /// Its number.
    pub werk: i64,
    /// [`Groep::sleutel`].
    pub groep: Box<str>,
    /// Another story, when there is something new to tell.
    pub verhaal: Option<Box<str>>,
    /// How far it is over now, in eurocents.
    pub over: Option<Cents>,
    /// Assignments whose lines count no more; they are about a version that is no longer in force.
    pub vervallen: BTreeSet<(GemeenteCode, ToewijzingNummer)>,
    /// How many lines it had.
    pub had: i64,
    /// What came to it.
    pub regels: Vec<Werkregel>,
    /// What becomes of it.
    pub beurt: Beurt,
}

impl Verzameld {
    /// Takes over how it changed.
    pub fn apply(&mut self, nu: &Verzameling) {
        self.toewijzingen.retain(|sleutel| !nu.vervallen.contains(sleutel));
        self.add(&nu.regels);
        self.over = nu.over;
        match &nu.beurt {
            Beurt::Blijft => {}
            Beurt::Heropend => self.open = true,
            Beurt::Gesloten(_) => self.open = false,
        }
    }

    #[must_use]
    pub fn new(werk: i64, over: Option<Cents>, regels: &[Werkregel]) -> Self {
        let toewijzingen = BTreeSet::new();
        let mut new = Self { werk, open: true, over, regels: 0, los: 0, toewijzingen };
        new.add(regels);
        new
    }

    fn add(&mut self, regels: &[Werkregel]) {
        for regel in regels {
            self.regels += 1;
            match regel.toewijzing {
                Some(nummer) => drop(self.toewijzingen.insert((regel.relatie.gemeente, nummer))),
                None => self.los += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        let aanbieder = AgbCode::parse("12345678").unwrap();
        let reden = WorkReason::Leeftijdsgrens;
        for groep in [
            Groep::Grens { wat: Gemelde::Betaling, limiet: "plafond-1a".into() },
            Groep::Jaar { reden, aanbieder, jaar: 2025 },
            Groep::Maand { reden: WorkReason::NietAannemelijk, aanbieder, maand: 24_302 },
            Groep::Tarief { aanbieder, versie: 7 },
        ] {
            assert_eq!(Groep::parse(&groep.sleutel()).as_ref(), Some(&groep));
        }
        for wrong in ["", "grens", "grens zomaar x", "jaar leeftijdsgrens 1 2025", "dag x y z"] {
            assert_eq!(Groep::parse(wrong), None, "{wrong}");
        }
    }
}
