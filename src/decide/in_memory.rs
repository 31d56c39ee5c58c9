//! What follows behind the commit and with an import, on facts that are all in memory: as the store has it, for who decides
//! without one.

use super::Decision;
use super::following::{Promised, ToegekendVanaf, all_anew, follow, make_anew, reached};
use super::limits::counted_from;
use super::new_register::{Kring, Toegekend, anew, begin, came_in, lines_of};
use super::verzamelen::settle_limits;
use crate::codes::{Datum, DebetCredit, ProductSleutel};
use crate::contracts::{Periode, Register};
use crate::messages::Relatie;
use crate::state::{Change, GeboektePrestatie, TeVolgen, Toewijzing, VasthoudingStatus, WorkingSet};

/// What follows from what messages up to a journal number did to limits; every promise anew where a version is given.
#[must_use]
pub fn followed(
    known: &WorkingSet,
    register: &Register,
    today: Datum,
    (tot, opnieuw): (i64, Option<i64>),
) -> Decision {
    let rows: Vec<TeVolgen> = known.te_volgen.range(..=tot).map(|(_, row)| row.clone()).collect();
    let mut decision = follow(&rows, known, register, today);
    if let Some(version) = opnieuw {
        let mut all = promised(known, counted_from(register, today), &Kring::allen());
        let told = told(known);
        all.known.verzameld = told.verzameld;
        (all.known.budget_standen, all.known.toegezegd) = (told.budget_standen, told.toegezegd);
        all_anew(&mut all, register, (today, version), &mut decision);
    }
    reached(told(known), register, today, &mut decision);
    decision
}

/// What a new version of the register does to limits.
#[must_use]
pub fn imported(
    known: &WorkingSet,
    (before, after): (&Register, &Register),
    (today, version): (Datum, i64),
) -> Vec<Change> {
    let new = came_in(before, after);
    let (of, days) = lines_of(&new, after);
    let lines = if new.is_empty() { Vec::new() } else { granted(known, days, &of) };
    let mut changes = begin(&new, &lines, known, after);
    let (of, gevolgd) = anew((before, after), today, version, known.gevolgd);
    if !of.is_empty() {
        changes.extend(make_anew(&promised(known, counted_from(after, today), &of), after, today));
    }
    changes.extend(gevolgd.map(Change::Gevolgd));
    let settled = settle_limits(told(known), &changes, after, today);
    changes.extend(settled);
    changes
}

/// Items that gather, with the sums of limits.
fn told(known: &WorkingSet) -> WorkingSet {
    WorkingSet {
        verzameld: known.verzameld.clone(),
        budget_standen: known.budget_standen.clone(),
        toegezegd: known.toegezegd.clone(),
        ..WorkingSet::default()
    }
}

/// Everything that promises of some are made of.
#[must_use]
pub fn promised(known: &WorkingSet, since: Datum, of: &Kring) -> Promised {
    let of_toewijzing = |toewijzing: &&Toewijzing| {
        let Toewijzing { gemeente, aanbieder, bsn, .. } = **toewijzing;
        of.contains(Relatie { gemeente, aanbieder }, bsn)
    };
    let mut toewijzingen: Vec<_> = known.toewijzingen.values().filter(of_toewijzing).cloned().collect();
    toewijzingen.sort_unstable_by_key(|toewijzing| (toewijzing.gemeente, toewijzing.nummer));
    let open = known.prestaties.values().filter(|line| line.is_open_debet() && line.begin >= since);
    let regels = open.map(|line| ToegekendVanaf {
        toewijzing: (line.relatie.gemeente, line.toewijzing),
        categorie: line.categorie,
        code: line.code,
        begin: line.begin,
        bedrag: line.bedrag,
    });
    let stops = known.leveringen.iter().flat_map(|((relatie, _), leveringen)| {
        leveringen.all_gestopt().into_iter().map(|(nummer, dag)| ((relatie.gemeente, nummer), dag))
    });
    let kept = WorkingSet { toezeggingen: known.toezeggingen.clone(), ..WorkingSet::default() };
    Promised { toewijzingen, regels: regels.collect(), gestopt: stops.collect(), known: kept }
}

/// What was granted to some, in lines that begin on some days.
fn granted(known: &WorkingSet, days: Periode, of: &Kring) -> Vec<Toegekend> {
    let lines = known.prestaties.values().filter(|line| line.toegekend && days.contains(line.begin));
    let lines = lines.filter(|line| of.contains(line.relatie, line.bsn) && !is_refused(known, line));
    let toegekend = lines.map(|line| Toegekend {
        relatie: line.relatie,
        bsn: line.bsn,
        product: ProductSleutel { categorie: line.categorie, code: Some(line.code) },
        begin: line.begin,
        bedrag: match line.debet_credit {
            DebetCredit::Debet => line.bedrag,
            DebetCredit::Credit => -line.bedrag,
        },
    });
    toegekend.collect()
}

/// Whether an operator refused to pay it: it counts for no limit.
fn is_refused(known: &WorkingSet, line: &GeboektePrestatie) -> bool {
    let held = || known.vasthoudingen.get(&(line.relatie.aanbieder, line.referentie.clone()));
    line.vastgehouden && held().is_some_and(|held| held.status == VasthoudingStatus::Geweigerd)
}
