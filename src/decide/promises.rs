//! Sums of limits, kept with what decisions change (rulings 8.3): what assignments promise, and what was granted.
//!
//! One place for all inputs: it looks at the changes of a decision, whatever made them. The sums of a limit that can
//! hold are kept by the message itself; those of the others, which many messages would wait for, behind the commit
//! ([`following`](super::following)), with what is to be told.

use super::cost::Zorg;
use super::declaratie::counting_on;
use super::limits::{Limiet, Sleutel, Straks, by_id, counted_from};
use super::overlap::is_beside;
use super::{fixed_price, plausible};
use crate::codes::{Datum, DebetCredit, Eenheid, ProductSleutel, ToewijzingNummer};
use crate::contracts::{Gevolg, Gevolgen, Register};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{
    Change, Controle, GeboektePrestatie, Leveringen, LimietVerschil, Melding, Ontvangst, Oorzaak, TeVolgen,
    Toewijzing, Toezegging, WorkingSet,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What a decision is about.
#[derive(Debug, Clone, Copy)]
pub struct PromiseCause<'a> {
    /// Journal number of the decision.
    pub journal: i64,
    /// What kind of input it is.
    pub oorzaak: Oorzaak,
    /// The message for people.
    pub bericht: &'a str,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// The day of the decision.
    pub today: Datum,
}

/// An assignment that the changes touch.
#[derive(Debug, Default)]
struct Geraakt<'a> {
    /// As it is after them, when it changed itself.
    toewijzing: Option<Cow<'a, Toewijzing>>,
    /// Whether what was reported of it changed.
    gemeld: bool,
    /// Granted, by limit, signed.
    toegekend: BTreeMap<&'a str, Cents>,
}

/// Adds to the changes of a decision what they do to limits.
pub fn keep(about: &PromiseCause<'_>, known: &WorkingSet, register: &Register, changes: &mut Vec<Change>) {
    let raised = fixed_price::raised(known, register, changes);
    changes.extend(raised);
    let mut kept = Kept { controles: controles(about, known, register, changes), ..Kept::default() };
    if !register.has_limits() && known.toezeggingen.is_empty() {
        kept.finish(about, None, changes);
        return;
    }
    let since = counted_from(register, about.today);
    let touched = touched(changes, known, register, since);
    let first = touched.iter().find(|(_, of)| of.toewijzing.is_some()).or(touched.iter().next());
    let toewijzing = first.map(|((_, nummer), _)| *nummer);
    for (sleutel, of) in touched {
        kept.assignment(sleutel, &of, (known, register, since), changes);
    }
    kept.granted(register, changes);
    kept.finish(about, toewijzing, changes);
}

/// What is compared behind the commit: assignments at a fixed price and what is claimed on them, unless their contract
/// holds, nights and lines over the same days, unless the region holds those, and assignments of which another version
/// came, for what was told of them.
fn controles(
    about: &PromiseCause<'_>,
    known: &WorkingSet,
    register: &Register,
    changes: &[Change],
) -> Vec<Controle> {
    let mut controles = BTreeSet::new();
    let (fixed, signalled) = (register.has_fixed_prices(), plausible::is_signalled(register));
    let mut claimed: BTreeMap<Sleutel, bool> = BTreeMap::new();
    let told = |zorg: &Zorg, act: fn(Gevolgen) -> Gevolg| {
        fixed_price::gevolgen(zorg, register).map(act).filter(|gevolg| *gevolg != Gevolg::Hold)
    };
    for change in changes {
        if let Change::ToewijzingOpgeslagen(toewijzing) = change {
            let Toewijzing { gemeente, nummer, bericht, .. } = **toewijzing;
            let before = known.toewijzingen.get(&(gemeente, nummer));
            if before.is_some_and(|before| before.bericht != bericht) {
                controles.insert(Controle::Gewijzigd { gemeente, nummer });
            }
        }
        match change {
            Change::ToewijzingOpgeslagen(toewijzing)
                if fixed
                    && about.oorzaak == Oorzaak::Toewijzing
                    && toewijzing.ontvangst == Ontvangst::Verzonden =>
            {
                let Toewijzing { gemeente, nummer, bericht, .. } = **toewijzing;
                // A version that only came once more, or an older one behind it, compares as before.
                let same = |known: &Toewijzing| known.bericht == bericht;
                if known.toewijzingen.get(&(gemeente, nummer)).is_some_and(same) {
                    continue;
                }
                if told(&Zorg::of(toewijzing), |gevolgen| gevolgen.bij_toewijzing).is_some() {
                    controles.insert(Controle::VastePrijs { gemeente, nummer, meldt: None });
                }
            }
            Change::PrestatiesGeboekt(lines) if about.oorzaak == Oorzaak::Declaratie => {
                for line in lines.iter().filter(|line| line.is_open_debet()) {
                    let (gemeente, nummer) = (line.relatie.gemeente, line.toewijzing);
                    let zorg = fixed.then(|| Zorg::of_line(line));
                    if let Some(gevolg) = zorg.and_then(|zorg| told(&zorg, |gevolgen| gevolgen.bij_betaling))
                    {
                        *claimed.entry((gemeente, nummer)).or_default() |= gevolg == Gevolg::Signal;
                    }
                    if signalled && is_beside(&line.debet_sleutel(), known) {
                        let (begin, eind) = (line.begin, line.eind);
                        controles.insert(Controle::Samenloop { gemeente, nummer, begin, eind });
                    }
                    if signalled && line.eenheid == Eenheid::Etmaal {
                        let (begin, eind) = (line.begin, line.eind);
                        controles.insert(Controle::Nachten { gemeente, nummer, begin, eind });
                    }
                }
            }
            _ => {}
        }
    }
    let claimed = claimed.into_iter();
    controles.extend(claimed.map(|((gemeente, nummer), meldt)| Controle::VastePrijs {
        gemeente,
        nummer,
        meldt: Some(meldt),
    }));
    controles.into_iter().collect()
}

/// The assignments that changes touch, in order of key.
fn touched<'a>(
    changes: &'a [Change],
    known: &'a WorkingSet,
    register: &'a Register,
    since: Datum,
) -> BTreeMap<Sleutel, Geraakt<'a>> {
    let mut touched: BTreeMap<Sleutel, Geraakt<'a>> = BTreeMap::new();
    for change in changes {
        match change {
            Change::ToewijzingOpgeslagen(toewijzing) => {
                let of = touched.entry((toewijzing.gemeente, toewijzing.nummer)).or_default();
                of.toewijzing = Some(Cow::Borrowed(toewijzing));
            }
            Change::ToewijzingOntvangst { gemeente, nummer, ontvangst } => {
                let sleutel = (*gemeente, *nummer);
                let of = touched.entry(sleutel).or_default();
                let now = of.toewijzing.as_deref().or_else(|| known.toewijzingen.get(&sleutel));
                let after = now.map(|now| Toewijzing { ontvangst: *ontvangst, ..now.clone() });
                of.toewijzing = after.map(Cow::Owned);
            }
            Change::LeveringGemeld { relatie, melding, .. }
            | Change::LeveringVerwijderd { relatie, melding, .. } => {
                if let Some(nummer) = melding.levering.toewijzing {
                    touched.entry((relatie.gemeente, nummer)).or_default().gemeld = true;
                }
            }
            Change::PrestatiesGeboekt(lines) => {
                for line in lines.iter().filter(|line| line.toegekend && line.begin >= since) {
                    let of = touched.entry((line.relatie.gemeente, line.toewijzing)).or_default();
                    for id in limits_of_line(line, register) {
                        *of.toegekend.entry(id).or_default() += signed(line);
                    }
                }
            }
            _ => {}
        }
    }
    touched
}

/// The limits that a line counts for: those of the first day of its ProductPeriode (rulings 8.2).
fn limits_of_line<'r>(line: &GeboektePrestatie, register: &'r Register) -> Vec<&'r str> {
    let product = ProductSleutel { categorie: line.categorie, code: Some(line.code) };
    counting_on(register, line.relatie, line.bsn, product, line.begin).map(|limiet| limiet.id()).collect()
}

fn signed(line: &GeboektePrestatie) -> Cents {
    match line.debet_credit {
        DebetCredit::Debet => line.bedrag,
        DebetCredit::Credit => -line.bedrag,
    }
}

/// What care of an assignment was stopped on, with what the changes report.
fn gestopt(
    (_, nummer): Sleutel,
    toewijzing: &Toewijzing,
    known: &WorkingSet,
    changes: &[Change],
) -> Option<Datum> {
    let client = (Relatie { gemeente: toewijzing.gemeente, aanbieder: toewijzing.aanbieder }, toewijzing.bsn);
    let mut leveringen: Cow<'_, Leveringen> =
        known.leveringen.get(&client).map_or_else(Cow::default, Cow::Borrowed);
    let of_it = |melding: &Melding| melding.levering.toewijzing == Some(nummer);
    for change in changes {
        match change {
            Change::LeveringGemeld { melding, bericht, .. } if of_it(melding) => {
                leveringen.to_mut().report((**melding).clone(), *bericht);
            }
            Change::LeveringVerwijderd { melding, .. } if of_it(melding) => {
                leveringen.to_mut().remove(melding);
            }
            _ => {}
        }
    }
    leveringen.gestopt(nummer)
}

/// What happens to limits, as it is gathered.
#[derive(Debug, Default)]
struct Kept {
    rows: Vec<Change>,
    sums: BTreeMap<Box<str>, Sum>,
    controles: Vec<Controle>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    toegekend: Cents,
    toegezegd: Cents,
    onbekend: i64,
    can_hold: bool,
    /// It is told when it is nearly used.
    warns: bool,
}

impl Kept {
    fn assignment(
        &mut self,
        sleutel: Sleutel,
        of: &Geraakt<'_>,
        (known, register, since): (&WorkingSet, &Register, Datum),
        changes: &[Change],
    ) {
        let none = BTreeMap::new();
        let before = known.toezeggingen.get(&sleutel).unwrap_or(&none);
        let now = of.toewijzing.as_deref().or_else(|| known.toewijzingen.get(&sleutel).filter(|_| of.gemeld));
        let mut after: BTreeMap<Box<str>, (Option<Limiet<'_>>, Toezegging)> = match now {
            Some(toewijzing) => {
                let stop = gestopt(sleutel, toewijzing, known, changes);
                let bij_aanbieder = toewijzing.bij_aanbieder();
                let care = match bij_aanbieder.as_deref() {
                    Some(toewijzing) => Straks::of(toewijzing, stop),
                    None => Straks { zorg: None, sleutel: Some(sleutel), gestopt: None },
                };
                care.promises(known, register, since)
            }
            None => before.iter().map(|(id, row)| (id.clone(), (None, *row))).collect(),
        };
        for (id, bedrag) in &of.toegekend {
            let (_, row) = after.entry((*id).into()).or_default();
            row.toegekend += *bedrag;
        }
        let (gemeente, nummer) = sleutel;
        for (limiet, (_, row)) in after {
            let old = before.get(&limiet).copied().unwrap_or_default();
            if old == row {
                continue;
            }
            let sum = self.sums.entry(limiet.clone()).or_default();
            sum.toegezegd += row.toegezegd() - old.toegezegd();
            sum.onbekend += row.onbekend() - old.onbekend();
            self.rows.push(Change::Toezegging { gemeente, nummer, limiet, toezegging: row });
        }
    }

    /// Takes out of the changes what was granted of limits that cannot hold: it is added behind the commit.
    fn granted(&mut self, register: &Register, changes: &mut Vec<Change>) {
        let can_hold = |id: &str| by_id(register, id).is_some_and(|limiet| limiet.can_hold());
        changes.retain(|change| {
            let Change::BudgetBesteed { sleutel, bedrag } = change else { return true };
            self.sums.entry(sleutel.clone()).or_default().toegekend += *bedrag;
            can_hold(sleutel)
        });
        for (id, sum) in &mut self.sums {
            sum.can_hold = can_hold(id);
            sum.warns = by_id(register, id).is_some_and(|limiet| limiet.waarschuw_bij().is_some());
        }
    }

    fn finish(
        self,
        about: &PromiseCause<'_>,
        toewijzing: Option<ToewijzingNummer>,
        changes: &mut Vec<Change>,
    ) {
        let Self { rows, sums, controles } = self;
        changes.extend(rows);
        let mut verschillen = Vec::new();
        let warns = sums.values().any(|sum| sum.warns && sum.toegekend + sum.toegezegd > Cents::ZERO);
        for (limiet, sum) in sums {
            let Sum { toegekend, toegezegd, onbekend, can_hold, .. } = sum;
            if can_hold && (toegezegd, onbekend) != (Cents::ZERO, 0) {
                let sleutel = limiet.clone();
                changes.push(Change::Toegezegd { sleutel, bedrag: toegezegd, onbekend });
            }
            if (toegekend, toegezegd, onbekend) != (Cents::ZERO, Cents::ZERO, 0) {
                verschillen.push(LimietVerschil { limiet, toegekend, toegezegd, onbekend, geteld: can_hold });
            }
        }
        // Where room comes back what was told of a limit may be over, whoever brought it.
        let room =
            |verschil: &LimietVerschil| verschil.toegekend < Cents::ZERO || verschil.toegezegd < Cents::ZERO;
        let tells = verschillen
            .iter()
            .any(|verschil| !verschil.geteld || about.oorzaak != Oorzaak::Anders || room(verschil));
        if tells || warns || !controles.is_empty() {
            let PromiseCause { journal, oorzaak, bericht, relatie, .. } = *about;
            let bericht = bericht.into();
            changes.push(Change::TeVolgen(Box::new(TeVolgen {
                journal,
                oorzaak,
                bericht,
                relatie,
                toewijzing,
                verschillen,
                controles,
                te_vertellen: Vec::new(),
            })));
        }
    }
}
