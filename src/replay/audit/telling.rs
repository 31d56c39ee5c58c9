//! Telling of an entry: a difference, with what it may follow from.

use super::AuditRun;
use super::compare::{about_entry, kind, of_line, stored};
use crate::messages::Relatie;
use crate::replay::difference::{Difference, DifferenceKind};
use crate::replay::feed::Fed;
use crate::state::Reeks;
use crate::store::Entry;
use crate::store::audit::Recorded;

impl AuditRun<'_> {
    /// Tells that a person was removed lawfully.
    pub(super) fn removed(&mut self, entry: &Entry, recorded: Option<&Recorded>, relatie: Option<Relatie>) {
        let Some(removal) = recorded.and_then(|recorded| recorded.removed) else { return };
        let fact = format!("een persoon is rechtmatig verwijderd, zie journaal {removal}");
        let mut difference = Difference::of(DifferenceKind::Removed, entry.journal, fact);
        let outcome = recorded.and_then(|recorded| recorded.outcome.as_ref());
        if let Some(line) = outcome.and_then(|outcome| stored(&outcome.json)) {
            difference = of_line(difference, &line);
            difference.new = difference.old.clone();
        }
        self.say(about_entry(difference, entry).about(relatie), relatie);
    }

    /// Numbers that were handed out with what cannot be decided again count as used: the next answers
    /// have the next ones.
    pub(super) fn skip_numbers(&mut self, recorded: Option<&Recorded>) {
        for sent in recorded.into_iter().flat_map(|recorded| &recorded.sent) {
            if let Ok(number) = sent.identificatie.parse::<i64>() {
                let key = (sent.relatie.gemeente, Reeks::Identificatie);
                let next = self.memory.known.nummers.entry(key).or_insert(number + 1);
                *next = (*next).max(number + 1);
            }
        }
    }

    pub(super) fn cannot(&mut self, fed: &Fed, what: &str) {
        self.skip_numbers(fed.recorded.as_ref());
        let recorded = fed.recorded.as_ref().and_then(|recorded| recorded.outcome.as_ref());
        let relatie = recorded.and_then(|outcome| outcome.relatie);
        if self.lets_through(&fed.entry, relatie) {
            let mut difference =
                Difference::of(kind(&fed.entry, DifferenceKind::Input), fed.entry.journal, what);
            if let Some(line) = recorded.and_then(|outcome| stored(&outcome.json)) {
                difference = of_line(difference, &line);
            }
            self.say(about_entry(difference, &fed.entry).about(relatie), relatie);
        }
    }

    pub(super) fn unreadable(&mut self, journal: i64, recorded: Option<&Recorded>) {
        self.totals.entries += 1;
        self.skip_numbers(recorded);
        let outcome = recorded.and_then(|recorded| recorded.outcome.as_ref());
        let relatie = outcome.and_then(|outcome| outcome.relatie);
        let fact = "het gearchiveerde bericht of besluit is beschadigd en niet te lezen";
        let mut difference = Difference::of(DifferenceKind::Message, journal, fact);
        if let Some(line) = outcome.and_then(|outcome| stored(&outcome.json)) {
            difference = of_line(difference, &line);
        }
        if self.audit.filter.lets_through(None, relatie) {
            self.say(difference.about(relatie), relatie);
        }
    }

    /// Tells a difference, with the earlier one that it may follow from.
    pub(super) fn say(&mut self, mut difference: Difference, relatie: Option<Relatie>) {
        let version = difference.register_version;
        let register = version.and_then(|version| self.registers.faulty(version));
        let earlier = relatie.and_then(|relatie| self.first.get(&relatie).copied());
        difference.follows = register.or(earlier).filter(|journal| *journal < difference.journal);
        if let (DifferenceKind::NewestRegister, Some(now), Some(relatie)) =
            (difference.kind, &mut self.now, relatie)
        {
            let first = *now.first.entry(relatie).or_insert(difference.journal);
            difference.follows = Some(first).filter(|first| *first < difference.journal);
        }
        if difference.kind.is_fault() {
            self.totals.faults += 1;
            if let Some(relatie) = relatie {
                self.first.entry(relatie).or_insert(difference.journal);
            }
        } else {
            self.totals.others += 1;
        }
        // Nobody stops listening before this ends.
        let _ = self.told.send(difference);
    }
}
