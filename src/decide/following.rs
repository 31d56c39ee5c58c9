//! What follows behind the commit from what messages did to limits (rulings 8.4, 8.5, 8.16): sums of limits that cannot
//! hold, and what is told of any.
//!
//! An input of its own, decided alone and in journal order, so that replay tells the same. Messages leave what they did
//! ([`promises`](super::promises)); a new month or new contracts make every promise anew.

mod keys;
mod nearly_used;

pub use keys::{compared_assignments, compared_children, keys};
pub use nearly_used::{ceilings, reached};

use super::cost::Zorg;
use super::limits::{Gebruik, Limiet, Sleutel, Straks, by_id, counted_from};
use super::overlap::Samenloop;
use super::verzamelen::{Aanleiding, Verzamelaar, settle};
use super::{Decision, Verdict, fixed_price, plausible};
use crate::codes::{Datum, ProductCategorie, ProductCode};
use crate::contracts::{Gevolg, Periode, Register};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{
    Change, Controle, Gemelde, GevolgdTot, Groep, LimietVerschil, NewWorkItem, Oorzaak, TeVolgen, Toegezegd,
    Toewijzing, Toezegging, WorkReason, WorkingSet,
};
use chrono::Datelike;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was granted on an assignment from one day on, in open debits of one product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToegekendVanaf {
    /// Assignment.
    pub toewijzing: Sleutel,
    /// Category as claimed.
    pub categorie: ProductCategorie,
    /// Code as claimed.
    pub code: ProductCode,
    /// First day of the ProductPeriode.
    pub begin: Datum,
    /// Granted and not credited, in eurocents.
    pub bedrag: Cents,
}

/// Everything that promises are made of.
#[derive(Debug, Default)]
pub struct Promised {
    /// All assignments, in order of key.
    pub toewijzingen: Vec<Toewijzing>,
    /// What was granted since the first day that still counts.
    pub regels: Vec<ToegekendVanaf>,
    /// The last day of care that was stopped for good.
    pub gestopt: BTreeMap<Sleutel, Datum>,
    /// Promises as they are kept.
    pub known: WorkingSet,
}

/// Months since the year 0.
#[must_use]
pub fn maand(day: Datum) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

/// Follows what messages did, in order of their journal numbers, up to and including the last of them.
#[must_use]
pub fn follow(rows: &[TeVolgen], known: &WorkingSet, register: &Register, today: Datum) -> Decision {
    let verzamelaar = Verzamelaar::new(&known.verzameld);
    let mut following = Following {
        known,
        register,
        today,
        stands: BTreeMap::new(),
        verzamelaar,
        work: Vec::new(),
        warned: nearly_used::Warned::new(),
    };
    for row in rows {
        following.row(row);
    }
    following.overruns();
    let Following { stands, verzamelaar, mut work, warned, .. } = following;
    let mut changes: Vec<Change> = stands.into_iter().flat_map(|(id, stand)| stand.changes(&id)).collect();
    let (new, gathered) = verzamelaar.finish();
    work.extend(new);
    changes.extend(gathered);
    changes.extend(nearly_used::notices(warned, today));
    changes.extend(rows.last().map(|row| Change::GevolgdTot(row.journal)));
    Decision { changes, work, ..Decision::of(Verdict::Accepted) }
}

/// After what messages did: every promise is made anew, and what was told closes where its reason ended.
pub fn all_anew(
    all: &mut Promised,
    register: &Register,
    (today, version): (Datum, i64),
    decision: &mut Decision,
) {
    let none = Arc::from([]);
    all.known.apply(&decision.changes, &none);
    let made = make_anew(all, register, today);
    all.known.apply(&made, &none);
    decision.changes.extend(made);
    decision.changes.push(Change::Gevolgd(GevolgdTot { maand: maand(today), register: version }));
    decision.changes.extend(settle(&all.known, Some(&all.toewijzingen), register, today));
}

/// A trajectory at a fixed price beside another, where neither contract holds and one of them signals (rulings 8.6).
fn assigned_beside(toewijzing: &Toewijzing, known: &WorkingSet, register: &Register) -> Option<String> {
    let zorg = Zorg::of(toewijzing);
    let own = fixed_price::gevolgen(&zorg, register)?.bij_toewijzing;
    let beside = fixed_price::beside(&zorg, (toewijzing.gemeente, toewijzing.nummer), known, register);
    let mut told = beside.into_iter().filter(|(_, theirs)| own.max(theirs.bij_toewijzing) == Gevolg::Signal);
    Some(format!("{}.", fixed_price::story(told.next()?.0)))
}

/// A claim on one that stands behind another, and of which nobody let the payments through; `meldt`: whether the contract of
/// what is claimed tells of payments.
fn claimed_beside(
    toewijzing: &Toewijzing,
    meldt: Option<bool>,
    known: &WorkingSet,
    register: &Register,
) -> Option<String> {
    let assigned = || fixed_price::gevolgen(&Zorg::of(toewijzing), register);
    let own = match meldt {
        Some(true) => Gevolg::Signal,
        Some(false) => Gevolg::Niets,
        None => assigned()?.bij_betaling,
    };
    let (other, gevolg) = fixed_price::in_front(toewijzing, own, known, register)?;
    let told = format!(
        "declareert op toewijzing {}; die {}. De regels zijn toegekend en worden betaald.",
        toewijzing.nummer,
        fixed_price::story(other)
    );
    (gevolg == Gevolg::Signal && toewijzing.vrijgegeven != Some(true)).then_some(told)
}

/// Where a limit stands while messages are followed.
#[derive(Debug, Clone, Copy, Default)]
struct FollowedLimit {
    toegekend: Cents,
    toegezegd: Toegezegd,
    /// As it was.
    before: Toegezegd,
    /// What was added.
    added: (Cents, Cents, i64),
}

impl FollowedLimit {
    fn changes(self, sleutel: &str) -> Vec<Change> {
        let (toegekend, toegezegd, onbekend) = self.added;
        let mut changes = Vec::new();
        if toegekend != Cents::ZERO {
            changes.push(Change::BudgetBesteed { sleutel: sleutel.into(), bedrag: toegekend });
        }
        if (toegezegd, onbekend) != (Cents::ZERO, 0) {
            let sleutel = sleutel.into();
            changes.push(Change::Toegezegd { sleutel, bedrag: toegezegd, onbekend });
        }
        for wat in Gemelde::ALL {
            let over = self.toegezegd.gemeld(wat);
            if over != self.before.gemeld(wat) {
                changes.push(Change::OverschrijdingGemeld { sleutel: sleutel.into(), wat, over });
            }
        }
        changes
    }

    /// Whether an overrun is told: the first time, and when it has grown by a tenth of the limit since.
    fn tells(&mut self, wat: Gemelde, over: Option<Cents>, bedrag: Cents) -> bool {
        let told = self.toegezegd.gemeld(wat);
        let tells =
            over.is_some_and(|over| told.is_none_or(|told| over - told >= Cents((bedrag.0 / 10).max(1))));
        if tells || over.is_none() {
            self.toegezegd.set_gemeld(wat, over);
        }
        tells
    }
}

struct Following<'a> {
    known: &'a WorkingSet,
    register: &'a Register,
    today: Datum,
    stands: BTreeMap<Box<str>, FollowedLimit>,
    verzamelaar: Verzamelaar<'a>,
    work: Vec<NewWorkItem>,
    warned: nearly_used::Warned,
}

impl Following<'_> {
    fn row(&mut self, row: &TeVolgen) {
        for controle in row.controles.iter().filter(|it| matches!(it, Controle::Gewijzigd { .. })) {
            self.verzamelaar.changed(controle.toewijzing());
        }
        for verschil in &row.verschillen {
            self.follow(row, verschil);
        }
        for controle in &row.controles {
            self.compare(row, *controle);
        }
        for told in &row.te_vertellen {
            let groep = Groep::of(told.reden, row.relatie.aanbieder, self.today);
            let aanleiding = Aanleiding {
                reden: told.reden,
                relatie: row.relatie,
                toewijzing: told.toewijzing,
                bericht: &row.bericht,
                tekst: told.tekst.to_string(),
                gevraagd: told.gevraagd,
                vertelt: true,
            };
            if let Some(groep) = groep {
                self.verzamelaar.add(&groep, aanleiding);
            }
        }
    }

    /// Compares over aanbieders and gemeenten.
    fn compare(&mut self, row: &TeVolgen, controle: Controle) {
        let (known, register) = (self.known, self.register);
        let Some(toewijzing) = known.toewijzingen.get(&controle.toewijzing()) else { return };
        let told = match controle {
            // What was deleted is beside nothing.
            Controle::VastePrijs { meldt, .. } => toewijzing.bij_aanbieder().and_then(|toewijzing| {
                if toewijzing.is_verwijderd() {
                    return None;
                }
                let tekst = match row.oorzaak {
                    Oorzaak::Declaratie => claimed_beside(&toewijzing, meldt, known, register)?,
                    _ => assigned_beside(&toewijzing, known, register)?,
                };
                Some((WorkReason::VastePrijs, tekst))
            }),
            Controle::Nachten { begin, eind, .. } => {
                let sleutel = controle.toewijzing();
                let told = plausible::not_apart(toewijzing.bsn, sleutel, (begin, eind), known);
                told.map(|tekst| (WorkReason::NietAannemelijk, tekst))
            }
            Controle::Samenloop { begin, eind, .. } => {
                let together = Samenloop::of_days(controle.toewijzing(), (begin, eind), known);
                let tekst = together.and_then(|together| together.story(known, register));
                tekst.map(|tekst| (WorkReason::NietAannemelijk, tekst))
            }
            Controle::Gewijzigd { .. } => None,
        };
        let Some((reden, tekst)) = told else { return };
        let aanleiding = Aanleiding {
            reden,
            relatie: row.relatie,
            toewijzing: Some(toewijzing.nummer),
            bericht: &row.bericht,
            tekst: story(row, &tekst),
            gevraagd: None,
            vertelt: true,
        };
        let groep = Groep::of(reden, row.relatie.aanbieder, self.today);
        if let Some(groep) = groep {
            self.verzamelaar.add(&groep, aanleiding);
        }
    }

    fn follow(&mut self, row: &TeVolgen, verschil: &LimietVerschil) {
        let LimietVerschil { limiet: id, toegekend, toegezegd, onbekend, geteld } = verschil;
        let known = self.known;
        let stand = self.stands.entry(id.clone()).or_insert_with(|| {
            let before = known.toegezegd.get(id).copied().unwrap_or_default();
            let toegekend = known.budget_standen.get(id).copied().unwrap_or_default();
            FollowedLimit { toegekend, toegezegd: before, before, added: (Cents::ZERO, Cents::ZERO, 0) }
        });
        if !geteld {
            stand.toegekend += *toegekend;
            stand.toegezegd.bedrag += *toegezegd;
            stand.toegezegd.onbekend += onbekend;
            let added = stand.added;
            stand.added = (added.0 + *toegekend, added.1 + *toegezegd, added.2 + onbekend);
        }
        let Some(limiet) = by_id(self.register, id) else { return };
        let told = told(stand, row.oorzaak, limiet, verschil);
        let warned = nearly_used::warned(stand.toegekend, &mut stand.toegezegd, limiet);
        if let Some(Verteld { wat, reden, tekst, erbij, vertelt }) = told {
            let aanleiding = Aanleiding {
                reden,
                relatie: row.relatie,
                toewijzing: row.toewijzing,
                bericht: &row.bericht,
                tekst: story(row, &tekst),
                gevraagd: Some(erbij),
                vertelt,
            };
            self.verzamelaar.add(&Groep::Grens { wat, limiet: id.clone() }, aanleiding);
        }
        if let Some((tekst, told)) = warned {
            self.work.push(nearly_used::item(row.relatie, story(row, &tekst), self.today));
            if let Some((aanbieder, stand)) = told {
                self.warned.entry(aanbieder).or_default().push(stand);
            }
        }
    }

    /// How far the limits that were touched are over after it all: what was told of one that is not is over.
    fn overruns(&mut self) {
        for (id, stand) in &self.stands {
            let Some(limiet) = by_id(self.register, id) else { continue };
            let granted = stand.toegekend;
            let in_use = granted + stand.toegezegd.bedrag;
            for (wat, used) in [(Gemelde::Toewijzing, in_use), (Gemelde::Betaling, granted)] {
                let over = used - limiet.bedrag();
                let over = (over > Cents::ZERO).then_some(over);
                self.verzamelaar.stands(&Groep::Grens { wat, limiet: id.clone() }, over);
            }
        }
    }
}

/// What is told of a limit after a message that is above it and adds to that.
struct Verteld {
    wat: Gemelde,
    reden: WorkReason,
    tekst: String,
    /// What the message added.
    erbij: Cents,
    /// The first time, or grown by a tenth of the limit since.
    vertelt: bool,
}

fn told(
    stand: &mut FollowedLimit,
    oorzaak: Oorzaak,
    limiet: Limiet<'_>,
    verschil: &LimietVerschil,
) -> Option<Verteld> {
    let gevolgen = limiet.gevolgen();
    let anderen = stand.toegezegd.bedrag - verschil.toegezegd;
    let in_use = Gebruik { toegekend: stand.toegekend, anderen, erbij: verschil.toegezegd }.over(limiet);
    let paid = stand.toegekend - limiet.bedrag();
    let paid = (paid > Cents::ZERO).then_some(paid);
    if in_use.is_none() {
        stand.tells(Gemelde::Toewijzing, None, limiet.bedrag());
    }
    if paid.is_none() {
        stand.tells(Gemelde::Betaling, None, limiet.bedrag());
    }
    match oorzaak {
        // What holds and was not held, passed the hold: such a message never waits (rulings 8.7).
        Oorzaak::Toewijzing
            if gevolgen.bij_toewijzing != Gevolg::Niets && verschil.toegezegd > Cents::ZERO =>
        {
            let over = in_use?;
            let passed =
                if limiet.holds_toewijzing() { " Dit bericht wordt nooit vastgehouden." } else { "" };
            Some(Verteld {
                wat: Gemelde::Toewijzing,
                reden: WorkReason::ToewijzingBovenBudget,
                tekst: format!("gaat over {}.{passed}", over.tekst),
                erbij: verschil.toegezegd,
                vertelt: stand.tells(Gemelde::Toewijzing, Some(over.over), limiet.bedrag()),
            })
        }
        Oorzaak::Declaratie
            if gevolgen.bij_betaling == Gevolg::Signal && verschil.toegekend > Cents::ZERO =>
        {
            let over = paid?;
            let reden = match limiet {
                Limiet::Budget(_) => WorkReason::BudgetOverschreden,
                Limiet::Plafond(_) => WorkReason::PlafondOverschreden,
            };
            let tekst = format!(
                "gaat over {}: toegekend is nu {}, dat is {over} te veel. De regels zijn toegekend en worden betaald.",
                limiet.naam(),
                stand.toegekend
            );
            let vertelt = stand.tells(Gemelde::Betaling, Some(over), limiet.bedrag());
            Some(Verteld { wat: Gemelde::Betaling, reden, tekst, erbij: verschil.toegekend, vertelt })
        }
        _ => None,
    }
}

/// What is told of a message, which it names.
fn story(row: &TeVolgen, tekst: &str) -> String {
    let toewijzing = row.toewijzing.filter(|_| row.oorzaak == Oorzaak::Toewijzing);
    let about = toewijzing.map_or_else(String::new, |nummer| format!(" (toewijzing {nummer})"));
    format!("{}{about} {tekst}", row.bericht)
}

/// Makes promises anew: a month ended, or the contracts changed. Rows that come out the same stay as they are.
#[must_use]
pub fn make_anew(all: &Promised, register: &Register, today: Datum) -> Vec<Change> {
    let since = counted_from(register, today);
    let mut lines: BTreeMap<Sleutel, Vec<&ToegekendVanaf>> = BTreeMap::new();
    for regel in all.regels.iter().filter(|regel| regel.begin >= since) {
        lines.entry(regel.toewijzing).or_default().push(regel);
    }
    let mut changes = Vec::new();
    let mut sums: BTreeMap<Box<str>, (Cents, i64)> = BTreeMap::new();
    let none = BTreeMap::new();
    for toewijzing in &all.toewijzingen {
        let (gemeente, nummer) = (toewijzing.gemeente, toewijzing.nummer);
        let before = all.known.toezeggingen.get(&(gemeente, nummer)).unwrap_or(&none);
        let of_it = lines.get(&(gemeente, nummer)).map_or(&[][..], Vec::as_slice);
        let after = made_anew(toewijzing, of_it, all, register, since);
        let gone = before.keys().filter(|id| !after.contains_key(*id)).cloned().collect::<Vec<_>>();
        let rows = after.into_iter().chain(gone.into_iter().map(|id| (id, Toezegging::default())));
        for (limiet, toezegging) in rows {
            let old = before.get(&limiet).copied().unwrap_or_default();
            if old == toezegging {
                continue;
            }
            let sum = sums.entry(limiet.clone()).or_default();
            sum.0 += toezegging.toegezegd() - old.toegezegd();
            sum.1 += toezegging.onbekend() - old.onbekend();
            changes.push(Change::Toezegging { gemeente, nummer, limiet, toezegging });
        }
    }
    let sums = sums.into_iter().filter(|(_, sum)| *sum != (Cents::ZERO, 0));
    changes.extend(sums.map(|(sleutel, (bedrag, onbekend))| Change::Toegezegd { sleutel, bedrag, onbekend }));
    changes
}

/// What an assignment promises, with what was granted on it.
fn made_anew(
    toewijzing: &Toewijzing,
    lines: &[&ToegekendVanaf],
    all: &Promised,
    register: &Register,
    since: Datum,
) -> BTreeMap<Box<str>, Toezegging> {
    let sleutel = (toewijzing.gemeente, toewijzing.nummer);
    let stop = all.gestopt.get(&sleutel).copied();
    let nothing = WorkingSet::default();
    let care = toewijzing.bij_aanbieder().map(|toewijzing| Straks::of(&toewijzing, stop));
    let promises = care.map(|care| care.promises(&nothing, register, since)).unwrap_or_default();
    let mut rows: BTreeMap<Box<str>, Toezegging> =
        promises.into_iter().map(|(id, (_, row))| (id, row)).collect();
    let relatie = Relatie { gemeente: toewijzing.gemeente, aanbieder: toewijzing.aanbieder };
    for line in lines {
        let product = crate::codes::ProductSleutel { categorie: line.categorie, code: Some(line.code) };
        let day = Periode::dag(line.begin);
        for id in
            super::limits::limits_over(relatie, toewijzing.bsn, Some(product), day, register).into_keys()
        {
            rows.entry(id.into()).or_default().toegekend += line.bedrag;
        }
    }
    rows.retain(|_, row| !row.is_empty());
    rows
}

/// Whether every promise is to be made anew.
#[must_use]
pub fn is_stale(gevolgd: Option<GevolgdTot>, register: &Register, today: Datum, version: i64) -> bool {
    let any = register.has_limits();
    match gevolgd {
        None => any,
        Some(gevolgd) => gevolgd.register != version || any && gevolgd.maand < maand(today),
    }
}
