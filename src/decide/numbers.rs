//! Numbers that we hand out for a gemeente, each once, from the ranges that it reserved (docs/interface.md).

use crate::codes::{GemeenteCode, ToewijzingNummer};
use crate::contracts::Register;
use crate::messages::Relatie;
use crate::state::{
    BEZETTE_NUMMERS_MAX, Bedragen, Change, FactKeys, Identificaties, NewWorkItem, Reeks, Voorstel,
    WorkReason, WorkingSet,
};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The ranges of one gemeente while one message is decided.
#[derive(Debug, Clone)]
pub struct GemeenteNumbers<'a> {
    known: &'a WorkingSet,
    register: &'a Register,
    gemeente: GemeenteCode,
    next: BTreeMap<Reeks, i64>,
}

/// A range is used up: nothing that needs a number from it may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("de nummerreeks {} van gemeente {gemeente} is op; reserveer een nieuwe reeks", reeks.as_str())]
pub struct Exhausted {
    /// Gemeente that reserved the range.
    pub gemeente: GemeenteCode,
    /// Which range.
    pub reeks: Reeks,
}

/// Answering takes at most this many Identificaties of the gemeente.
pub fn identificaties(gemeente: GemeenteCode, aantal: usize, register: &Register, keys: &mut FactKeys) {
    let range = register.regio().nummers(gemeente).identificatie;
    let aantal = u32::try_from(aantal).unwrap_or(u32::MAX);
    keys.nummers.insert(gemeente, Identificaties { van: range.van, tot: range.tot, aantal });
}

/// An assignment of this gemeente may be issued: asks which numbers of its range it gave out itself.
pub fn keys(gemeente: GemeenteCode, register: &Register, keys: &mut FactKeys) {
    let van = register.regio().nummers(gemeente).toewijzing_nummer.van;
    // The register keeps a range within nine digits.
    keys.bezette_nummers.insert(gemeente, ToewijzingNummer(u32::try_from(van).unwrap_or(u32::MAX)));
}

impl<'a> GemeenteNumbers<'a> {
    /// The ranges as earlier messages left them.
    #[must_use]
    pub fn new(known: &'a WorkingSet, register: &'a Register, gemeente: GemeenteCode) -> Self {
        Self { known, register, gemeente, next: BTreeMap::new() }
    }

    /// An Identificatie or IdentificatieRetour of ours (TR056).
    pub fn identificatie(&mut self) -> Result<String, Exhausted> {
        self.take(Reeks::Identificatie).map(|number| number.to_string())
    }

    /// A ToewijzingNummer of ours (TR332). One that the gemeente gave out itself is passed over: it is the
    /// assignment of somebody else.
    pub fn toewijzing(&mut self) -> Result<ToewijzingNummer, Exhausted> {
        let exhausted = Exhausted { gemeente: self.gemeente, reeks: Reeks::ToewijzingNummer };
        // What is beyond the last that was loaded is not known to be free.
        let mut loaded = self.known.bezette_nummers.range(self.all_numbers());
        let last_known = loaded.nth(BEZETTE_NUMMERS_MAX - 1).map(|(_, last)| *last);
        loop {
            let number = self.take(Reeks::ToewijzingNummer)?;
            // The register keeps a range within nine digits; one that is not is as good as used up.
            let number = u32::try_from(number).map(ToewijzingNummer).map_err(|_| exhausted)?;
            if last_known.is_some_and(|last| number > last) {
                return Err(exhausted);
            }
            let key = (self.gemeente, number);
            if !self.known.bezette_nummers.contains(&key) && !self.known.toewijzingen.contains_key(&key) {
                return Ok(number);
            }
        }
    }

    fn all_numbers(&self) -> RangeInclusive<(GemeenteCode, ToewijzingNummer)> {
        (self.gemeente, ToewijzingNummer(0))..=(self.gemeente, ToewijzingNummer(u32::MAX))
    }

    fn take(&mut self, reeks: Reeks) -> Result<i64, Exhausted> {
        let exhausted = Exhausted { gemeente: self.gemeente, reeks };
        let ranges = self.register.regio().nummers(self.gemeente);
        let range = match reeks {
            Reeks::ToewijzingNummer => ranges.toewijzing_nummer,
            Reeks::Identificatie => ranges.identificatie,
            Reeks::RelatieNummer => ranges.relatie_nummer,
        };
        let used = self.next.get(&reeks).or_else(|| self.known.nummers.get(&(self.gemeente, reeks)));
        // A range that was configured anew begins where the new one begins.
        let number = used.map_or(range.van, |next| range.van.max(*next));
        if number > range.tot {
            return Err(exhausted);
        }
        self.next.insert(reeks, number + 1);
        Ok(number)
    }

    /// What handing them out changes, in order of range.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let used = self.next.iter();
        used.map(|(&reeks, &volgende)| Change::NummersGebruikt { gemeente: self.gemeente, reeks, volgende })
            .collect()
    }
}

impl Exhausted {
    /// The alarm for operators.
    #[must_use]
    pub fn work(self, relatie: Relatie) -> NewWorkItem {
        NewWorkItem {
            reason: WorkReason::NummerreeksOp,
            relatie,
            toewijzing: None,
            due: None,
            story: format!(
                "Er is niets verstuurd: {self}. Bied het bericht daarna opnieuw aan, of handel het met de hand af."
            ),
            voorstel: Voorstel::Kennisnemen,
            bedragen: Bedragen::default(),
            verzamel: None,
        }
    }
}
