//! What becomes of lines whose payment waits: released, refused, or opened again (rulings 8.8).
//!
//! Money never changes in an entry: it leaves one account and comes on another. A line that was refused counts for no
//! limit; one that is opened again counts as it did.

use super::declaratie::counting_on;
use super::kennisgeving::{self, BetalingBericht};
use super::limits::Limiet;
use super::operator::Besluit;
use super::promises::{self, PromiseCause};
use super::termijn;
use crate::codes::{AgbCode, Datum, ProductSleutel};
use crate::contracts::{BETAALTERMIJN_DAGEN, Register};
use crate::ledger::{Kosten, Verplaatsing, hold_moved};
use crate::money::Cents;
use crate::state::{
    Boeking, BoekingSoort, Change, GeboektePrestatie, NewWorkItem, Oorzaak, Vasthouding, VasthoudingStatus,
    Voorstel, WorkingSet,
};
use chrono::Datelike;
use std::collections::{BTreeMap, BTreeSet};

/// The lines of a claim that stand somewhere, in the order in which they were held.
#[must_use]
pub fn of_claim<'k>(
    known: &'k WorkingSet,
    aanbieder: AgbCode,
    declaratie_nummer: &str,
    status: VasthoudingStatus,
) -> Vec<&'k Vasthouding> {
    let of_claim = |regel: &&Vasthouding| {
        regel.relatie.aanbieder == aanbieder
            && *regel.declaratie_nummer == *declaratie_nummer
            && regel.status == status
    };
    let mut found: Vec<&Vasthouding> = known.vasthoudingen.values().filter(of_claim).collect();
    found.sort_by_key(|regel| regel.volgorde());
    found
}

/// The limits that a booked line counts for, as the register has them.
pub fn limits_of_line<'r>(
    register: &'r Register,
    line: &GeboektePrestatie,
) -> impl Iterator<Item = Limiet<'r>> + use<'r> {
    let product = ProductSleutel { categorie: line.categorie, code: Some(line.code) };
    counting_on(register, line.relatie, line.bsn, product, line.begin)
}

/// From where to where a decision brings the lines of a claim.
#[must_use]
pub const fn way(besluit: Besluit) -> (VasthoudingStatus, VasthoudingStatus) {
    use VasthoudingStatus::{Geweigerd, Vastgehouden, Vrijgegeven};
    match besluit {
        Besluit::Goedkeuren | Besluit::GoedkeurenKindBekend | Besluit::GoedkeurenMetBetaling => {
            (Vastgehouden, Vrijgegeven)
        }
        Besluit::Afwijzen { .. } => (Vastgehouden, Geweigerd),
        Besluit::Heropenen => (Geweigerd, Vastgehouden),
    }
}

/// The lines that a decision on the item about a claim moves; none when the item is about something else.
#[must_use]
pub fn decided_on<'k>(item: &NewWorkItem, besluit: Besluit, known: &'k WorkingSet) -> Vec<&'k Vasthouding> {
    let Voorstel::Vrijgeven { declaratie_nummer } = &item.voorstel else { return Vec::new() };
    of_claim(known, item.relatie.aanbieder, declaratie_nummer, way(besluit).0)
}

/// What the aanbieder of these lines is told of a decision on an item. An item of before payments had a term has none:
/// then it is that of the first line.
#[must_use]
pub(super) fn told(item: &NewWorkItem, besluit: Besluit, lines: &[&Vasthouding]) -> BetalingBericht {
    match besluit {
        Besluit::Goedkeuren | Besluit::GoedkeurenKindBekend | Besluit::GoedkeurenMetBetaling => {
            BetalingBericht::Vrijgegeven
        }
        Besluit::Afwijzen { .. } => BetalingBericht::Geweigerd,
        Besluit::Heropenen => {
            let first = lines.first().map_or(Datum::MAX, |line| line.ontvangen);
            let last =
                item.due.map_or_else(|| termijn::betaling(first, BETAALTERMIJN_DAGEN), |due| due.date());
            BetalingBericht::Heropend(last)
        }
    }
}

/// What changes by one decision on many items, with what it does to limits; `at` is its journal number and day.
#[must_use]
pub fn decided_all(
    items: &[&NewWorkItem],
    besluit: Besluit,
    (journal, today): (i64, Datum),
    known: &WorkingSet,
    register: &Register,
) -> Vec<Change> {
    let Some(first) = items.first() else { return Vec::new() };
    let (mut changes, mut lines) = (Vec::new(), Vec::new());
    for item in items {
        let of_item = decided_on(item, besluit, known);
        changes.extend(moved(&of_item, way(besluit).1, known, register));
        lines.extend(of_item);
    }
    let (oorzaak, bericht, relatie) = (Oorzaak::Anders, "Een besluit", first.relatie);
    promises::keep(
        &PromiseCause { journal, oorzaak, bericht, relatie, today },
        known,
        register,
        &mut changes,
    );
    changes.extend(kennisgeving::of_payments(&lines, told(first, besluit, &lines), register));
    changes
}

/// What changes when these lines come to stand elsewhere.
#[must_use]
pub fn moved(
    lines: &[&Vasthouding],
    nu: VasthoudingStatus,
    known: &WorkingSet,
    register: &Register,
) -> Vec<Change> {
    let mut sums = MovedSums::default();
    let mut changes = Vec::with_capacity(lines.len());
    for regel in lines {
        sums.line(regel, nu, known, register);
        changes.push(Change::VasthoudingBeslist {
            aanbieder: regel.relatie.aanbieder,
            referentie: regel.referentie.clone(),
            declaratie_nummer: regel.declaratie_nummer.clone(),
            status: nu,
        });
    }
    changes.extend(sums.changes());
    changes
}

/// What changes when these lines are released: they are named by their place in the order of holding, and those that
/// wait no more stay as they are.
#[must_use]
pub fn released(regels: &[(i64, i64)], known: &WorkingSet, register: &Register) -> Vec<Change> {
    let named: BTreeSet<&(i64, i64)> = regels.iter().collect();
    let waits = |regel: &&Vasthouding| {
        regel.status == VasthoudingStatus::Vastgehouden && named.contains(&regel.volgorde())
    };
    let mut lines: Vec<&Vasthouding> = known.vasthoudingen.values().filter(waits).collect();
    lines.sort_by_key(|regel| regel.volgorde());
    let mut changes = moved(&lines, VasthoudingStatus::Vrijgegeven, known, register);
    changes.extend(kennisgeving::of_payments(&lines, BetalingBericht::Vrijgegeven, register));
    changes
}

/// Sums of what moves, so that a decision about a claim is a few entries, however many lines it has.
#[derive(Default)]
struct MovedSums<'a> {
    entries: BTreeMap<(&'a str, usize), (&'a Vasthouding, BoekingSoort, Cents)>,
    posted: BTreeMap<(Verplaatsing, Kosten), Cents>,
    besteed: BTreeMap<Box<str>, Cents>,
    vast: BTreeMap<(&'a str, AgbCode), Cents>,
}

/// The accounts, in the order in which entries of one decision stand.
const ACCOUNTS: [BoekingSoort; 3] =
    [BoekingSoort::Vastgehouden, BoekingSoort::Geweigerd, BoekingSoort::Betaalbaar];

impl<'a> MovedSums<'a> {
    fn line(
        &mut self,
        regel: &'a Vasthouding,
        nu: VasthoudingStatus,
        known: &WorkingSet,
        register: &Register,
    ) {
        let bedrag = regel.bedrag;
        self.post(regel, nu, known, register);
        let signed = |sign: i64| if sign < 0 { -bedrag } else { bedrag };
        self.entry(regel, regel.status, -bedrag);
        self.entry(regel, nu, bedrag);
        let is = |status, wanted: VasthoudingStatus| i64::from(status == wanted);
        let held =
            is(nu, VasthoudingStatus::Vastgehouden) - is(regel.status, VasthoudingStatus::Vastgehouden);
        for sleutel in regel.limieten.iter().filter(|_| held != 0) {
            *self.vast.entry((sleutel, regel.relatie.aanbieder)).or_default() += signed(held);
        }
        let counts = is(regel.status, VasthoudingStatus::Geweigerd) - is(nu, VasthoudingStatus::Geweigerd);
        let line = known.prestaties.get(regel.relatie.aanbieder, &regel.referentie);
        if let Some(line) = line.filter(|_| counts != 0) {
            for limiet in limits_of_line(register, line) {
                *self.besteed.entry(limiet.id().into()).or_default() += signed(counts);
            }
        }
    }

    fn post(&mut self, regel: &Vasthouding, nu: VasthoudingStatus, known: &WorkingSet, register: &Register) {
        let verplaatsing = match nu {
            VasthoudingStatus::Vrijgegeven => Verplaatsing::Vrijgegeven,
            VasthoudingStatus::Geweigerd => Verplaatsing::Geweigerd,
            VasthoudingStatus::Vastgehouden => Verplaatsing::Heropend,
            VasthoudingStatus::Gecrediteerd => return,
        };
        // Released money goes from one account of the relatie to another: no costs are in it.
        if verplaatsing == Verplaatsing::Vrijgegeven {
            let kosten = Kosten { relatie: regel.relatie, vorm: None, jaar: 0 };
            *self.posted.entry((verplaatsing, kosten)).or_default() += regel.bedrag;
            return;
        }
        let line = known.prestaties.get(regel.relatie.aanbieder, &regel.referentie);
        let vorm = line.and_then(|line| {
            register.contracten().financiering(regel.relatie, (line.categorie, line.code), line.begin)
        });
        let jaar = line.map_or(regel.periode_begin, |line| line.begin).year();
        let kosten = Kosten { relatie: regel.relatie, vorm, jaar };
        *self.posted.entry((verplaatsing, kosten)).or_default() += regel.bedrag;
    }

    fn entry(&mut self, regel: &'a Vasthouding, status: VasthoudingStatus, bedrag: Cents) {
        let Some(soort) = status.boeking() else { return };
        let place = ACCOUNTS.iter().position(|account| *account == soort).unwrap_or_default();
        let entry =
            self.entries.entry((&regel.declaratie_nummer, place)).or_insert((regel, soort, Cents::ZERO));
        entry.2 += bedrag;
    }

    fn changes(self) -> impl Iterator<Item = Change> + use<'a> {
        let entries = self.entries.into_values().map(|(regel, soort, bedrag)| {
            Change::Geboekt(Boeking {
                aanbieder: regel.relatie.aanbieder,
                gemeente: regel.relatie.gemeente,
                declaratie_nummer: regel.declaratie_nummer.clone(),
                periode_begin: regel.periode_begin,
                soort,
                bedrag,
            })
        });
        let entries = entries
            .filter(|entry| !matches!(entry, Change::Geboekt(boeking) if boeking.bedrag == Cents::ZERO));
        let besteed =
            self.besteed.into_iter().map(|(sleutel, bedrag)| Change::BudgetBesteed { sleutel, bedrag });
        let vast = self.vast.into_iter().map(|((sleutel, aanbieder), bedrag)| Change::LimietVast {
            sleutel: sleutel.into(),
            aanbieder,
            bedrag,
        });
        let posted =
            self.posted.into_iter().filter_map(|((way, kosten), bedrag)| hold_moved(way, kosten, bedrag));
        entries.chain(posted.map(Change::Overgeboekt)).chain(besteed).chain(vast)
    }
}

/// What kind of limit holds a line, by the id that the line names. Never whose it is, nor how large.
#[must_use]
pub fn kind_of_limit(id: &str, register: &Register) -> &'static str {
    if id == super::fixed_price::ID {
        return "de vaste prijs";
    }
    if id == super::plausible::ID {
        return "meer dan in de periode kan zijn geleverd";
    }
    if id == "leeftijdsgrens" {
        return "de leeftijdsgrens van het contract";
    }
    if let Some(budget) = register.budget(id) {
        return if budget.sleutel.bsn.is_some() { "het clientbudget" } else { "het budget van de gemeente" };
    }
    if register.plafond(id).is_some() {
        return "het plafond";
    }
    "een limiet"
}
