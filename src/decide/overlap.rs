//! Lines of one assignment over periods that have days in common (rulings 8.12): each is within what its period allows
//! (TR321), none is claimed twice (TR389), and together they may still be more than those days allow.
//!
//! That happens when an assignment ends on another day after it was claimed: a line begins on the first day of the month or
//! of the assignment (TR387), and ends with the month or the assignment (TR388). So lines with days in common begin on the
//! same day, and those that end on another day are found by it.

use super::limits::Sleutel;
use super::plausible::{Deel, Verdeling};
use crate::codes::{Datum, Eenheid, Frequentie};
use crate::contracts::{Peil, Periode, Register};
use crate::messages::Relatie;
use crate::rules::volume::{Ruimte, last_of_month};
use crate::state::{DebetSleutel, GeboektePrestatie, Toewijzing, WorkingSet, spent_volume};
use std::borrow::Cow;

/// Whether an open debit of the same assignment begins on the same day as a line and ends on another. Only of an assignment
/// with a volume per period: a total is kept by TR322, a budget by TR369.
#[must_use]
pub fn is_beside(sleutel: &DebetSleutel, known: &WorkingSet) -> bool {
    let Some(toewijzing) = known.toewijzingen.get(&(sleutel.gemeente, sleutel.toewijzing)) else {
        return false;
    };
    let month_end = last_of_month(sleutel.begin);
    // Nearly every line is of a whole month of an assignment that never changed: then nothing is looked for.
    if (sleutel.eind == month_end && toewijzing.vorige.is_empty()) || !is_per_period(toewijzing) {
        return false;
    }
    let mut days = sleutel.begin.iter_days().take_while(|day| *day <= month_end);
    days.any(|eind| eind != sleutel.eind && known.open_debets.contains(&DebetSleutel { eind, ..*sleutel }))
}

fn is_per_period(toewijzing: &Toewijzing) -> bool {
    toewijzing.omvang.is_some_and(|omvang| omvang.frequentie != Frequentie::TotaalBinnenGeldigheidsduur)
}

/// A line with those of its assignment that begin on its first day.
#[derive(Debug)]
pub struct Samenloop<'k> {
    sleutel: DebetSleutel,
    eenheid: Eenheid,
    /// As its aanbieder has it.
    toewijzing: Cow<'k, Toewijzing>,
}

impl<'k> Samenloop<'k> {
    /// `None` when its aanbieder has no such assignment, or one without a volume per period.
    #[must_use]
    pub fn of(sleutel: DebetSleutel, eenheid: Eenheid, known: &'k WorkingSet) -> Option<Self> {
        let assigned = known.toewijzingen.get(&(sleutel.gemeente, sleutel.toewijzing))?;
        let toewijzing = assigned.zoals_bekend().filter(|known| is_per_period(known))?;
        Some(Self { sleutel, eenheid, toewijzing })
    }

    /// That of an open debit over these days; `None` when there is none.
    #[must_use]
    pub fn of_days(
        (gemeente, nummer): Sleutel,
        (begin, eind): (Datum, Datum),
        known: &'k WorkingSet,
    ) -> Option<Self> {
        let mut lines = known.prestaties.values();
        let line = lines.find(|line| {
            (line.relatie.gemeente, line.toewijzing, line.begin, line.eind) == (gemeente, nummer, begin, eind)
                && line.is_open_debet()
        })?;
        Self::of(line.debet_sleutel(), line.eenheid, known)
    }

    /// Whether they are together more than their days allow: what is known, as far as it `stands`, with the volume of the
    /// line itself where that is not known yet.
    pub fn is_above(
        &self,
        known: &WorkingSet,
        register: &Register,
        eigen: Option<i64>,
        stands: impl Fn(&str) -> bool,
    ) -> bool {
        let lines: Vec<Deel> = self.lines(known).filter(|line| stands(&line.referentie)).map(deel).collect();
        let DebetSleutel { begin, eind, .. } = self.sleutel;
        if lines.iter().all(|other| other.eind == eind) {
            return false;
        }
        let mut all: Verdeling = lines.into_iter().collect();
        let own = Deel { begin, eind, volume: eigen.map_or(0, |volume| spent_volume(volume, self.eenheid)) };
        all.add(own);
        !all.has_room(own, |first, last| self.room(register, first, last))
    }

    /// Open debits of the assignment that begin on the same day.
    fn lines<'w>(&self, known: &'w WorkingSet) -> impl Iterator<Item = &'w GeboektePrestatie> + use<'w> {
        let sleutel = self.sleutel;
        known.prestaties.values().filter(move |line| {
            line.is_open_debet() && line.debet_sleutel() == DebetSleutel { eind: line.eind, ..sleutel }
        })
    }

    /// What the assignment allows on some days, as TR321 counts it, in the unit in which lines are summed. Days that it no
    /// longer has allow nothing by themselves.
    fn room(&self, register: &Register, first: Datum, last: Datum) -> i64 {
        let DebetSleutel { gemeente, categorie, code, begin, eind, .. } = self.sleutel;
        let Toewijzing { aanbieder, bsn, ingangsdatum, .. } = *self.toewijzing;
        let peil = Peil { periode: Periode::of(begin, Some(eind)), toewijzing: Some(ingangsdatum) };
        let relatie = Relatie { gemeente, aanbieder };
        let lines = || register.tarief(relatie, bsn, (categorie, code), self.eenheid, peil);
        let settings = || lines().map(|found| found.regel.gebroken_maand);
        let room = Ruimte::widest(&self.toewijzing, settings, |ruimte| ruimte.maximum_in(first, last));
        let eenheid = self.toewijzing.omvang.map_or(self.eenheid, |omvang| omvang.eenheid);
        spent_volume(room.unwrap_or(0), eenheid)
    }

    /// That they are together more than their days allow, in Dutch.
    #[must_use]
    pub fn story(&self, known: &WorkingSet, register: &Register) -> Option<String> {
        if !self.is_above(known, register, None, |_| true) {
            return None;
        }
        let mut lines: Vec<&GeboektePrestatie> = self.lines(known).collect();
        lines.sort_by(|one, two| (one.eind, &one.referentie).cmp(&(two.eind, &two.referentie)));
        let of_line =
            |line: &&GeboektePrestatie| format!("{} van {} t/m {}", line.volume, line.begin, line.eind);
        let named: Vec<String> = lines.iter().map(of_line).collect();
        Some(format!(
            "declareert op toewijzing {} over dagen die al zijn gedeclareerd: {}. Samen is dat meer dan voor die dagen is \
             toegewezen.",
            self.sleutel.toewijzing,
            named.join("; ")
        ))
    }
}

fn deel(line: &GeboektePrestatie) -> Deel {
    Deel { begin: line.begin, eind: line.eind, volume: spent_volume(line.volume, line.eenheid) }
}
