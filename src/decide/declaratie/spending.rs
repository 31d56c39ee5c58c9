//! Budgets and ceilings of the register. Over one a line is still granted (OP095, rulings 5.11): it is
//! signalled, or its payment waits for an operator (rulings 8.5).

use super::beyond::{Beyond, Looking};
use super::lines::{Line, Lines};
use crate::codes::{Bsn, Datum, ProductSleutel, ToewijzingNummer};
use crate::contracts::{BETAALTERMIJN_DAGEN, Gevolg, Register};
use crate::decide::Input;
use crate::decide::limits::Limiet;
use crate::decide::termijn;
use crate::messages::Relatie;
use crate::messages::jw323::{Declaratie, Prestatie};
use crate::money::Cents;
use crate::state::{
    Bedragen, BoekingSoort, Change, NewWorkItem, Vasthouding, VasthoudingStatus, Voorstel, WorkReason,
    WorkingSet,
};
use chrono::Datelike;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The limits that a line counts for.
pub fn counting<'r>(
    register: &'r Register,
    relatie: Relatie,
    bsn: Bsn,
    prestatie: &Prestatie<'_>,
) -> impl Iterator<Item = Limiet<'r>> {
    let product =
        ProductSleutel { categorie: prestatie.product_categorie, code: Some(prestatie.product_code) };
    counting_on(register, relatie, bsn, product, prestatie.product_periode.begindatum)
}

/// The limits that care of a product counts for that is claimed: those of the first day of its ProductPeriode.
pub fn counting_on(
    register: &Register,
    relatie: Relatie,
    bsn: Bsn,
    product: ProductSleutel,
    day: Datum,
) -> impl Iterator<Item = Limiet<'_>> {
    let budgets = if register.budgetten().is_empty() {
        Vec::new()
    } else {
        register.budgets_for(relatie, bsn, Some(product), day)
    };
    let ceilings =
        if register.plafonds().is_empty() { Vec::new() } else { register.ceilings_for(relatie, day.year()) };
    budgets.into_iter().map(Limiet::Budget).chain(ceilings.into_iter().map(Limiet::Plafond))
}

fn reason(limiet: Limiet<'_>) -> WorkReason {
    match limiet {
        Limiet::Budget(_) => WorkReason::BudgetOverschreden,
        Limiet::Plafond(_) => WorkReason::PlafondOverschreden,
    }
}

/// Where a limit stands.
#[derive(Debug)]
struct LimietStand<'r> {
    limiet: Limiet<'r>,
    /// Spent before this claim; under a limit that aanbieders share without what is held of the others.
    before: Cents,
    /// Spent by this claim, signed.
    spent: Cents,
    /// Held of those whose held lines hold this claim as well: of this aanbieder, or of all.
    vast: Cents,
    /// Whether it holds a line of this claim.
    holds: bool,
    /// The first assignment with a line over it, or held by it.
    over: Option<ToewijzingNummer>,
}

impl LimietStand<'_> {
    /// How far it is above its amount.
    fn above(&self) -> Cents {
        Cents((self.before.0 + self.spent.0 - self.limiet.bedrag().0).max(0))
    }
}

/// A line whose payment waits.
#[derive(Debug)]
struct WaitingLine<'r> {
    /// Its place among the lines of the claim.
    at: usize,
    bedrag: Cents,
    /// The limits that hold it.
    limits: Vec<&'r str>,
}

/// The limits that a claim counts for, and what becomes of its lines.
#[derive(Debug)]
pub struct Spending<'a> {
    known: &'a WorkingSet,
    register: &'a Register,
    relatie: Relatie,
    places: FxHashMap<&'a str, usize>,
    stands: Vec<LimietStand<'a>>,
    held: Vec<WaitingLine<'a>>,
    /// What else holds lines, or is told of them.
    looking: Looking<'a>,
    beyond: Vec<(ToewijzingNummer, Beyond)>,
    /// Lines that this claim takes back before they were paid.
    cancelled: Vec<&'a Vasthouding>,
}

impl<'a> Spending<'a> {
    /// Nothing spent by this claim yet.
    pub fn new(known: &'a WorkingSet, register: &'a Register, relatie: Relatie) -> Self {
        Self {
            known,
            register,
            relatie,
            places: FxHashMap::default(),
            stands: Vec::new(),
            held: Vec::new(),
            looking: Looking::new(known, register, relatie),
            beyond: Vec::new(),
            cancelled: Vec::new(),
        }
    }

    /// Spends every granted line in the order of judging; gives the account of each line.
    ///
    /// A line waits as a whole when it takes a limit of kind hold over its amount, or while another is held under
    /// that limit. What waits counts as spent. A credit gives room back; of a line that waits or was refused it takes
    /// the money away where it stands, so that nobody owes what was never paid (rulings 8.8).
    pub fn spend(&mut self, judged: &Lines<'_>) -> Vec<BoekingSoort> {
        let mut accounts = vec![BoekingSoort::Betaalbaar; judged.lines.len()];
        for place in judged.in_order_of_judging() {
            let line = &judged.lines[place];
            if line.is_granted() {
                accounts[place] =
                    if line.is_credit() { self.spend_credit(line) } else { self.spend_debit(place, line) };
            }
        }
        accounts
    }

    fn spend_credit(&mut self, line: &Line<'_>) -> BoekingSoort {
        self.looking.line(line);
        let waiting = self.unpaid_debet(line);
        if let Some(debet) = waiting {
            self.cancelled.push(debet);
        }
        let soort = waiting.and_then(|debet| debet.status.boeking()).unwrap_or(BoekingSoort::Betaalbaar);
        // What was refused counted no more.
        if soort == BoekingSoort::Geweigerd {
            return soort;
        }
        let bedrag = line.toegekend();
        for limiet in counting(self.register, self.relatie, line.client.bsn, line.prestatie) {
            let place = self.place(limiet);
            let stand = &mut self.stands[place];
            stand.spent.0 += bedrag.0;
            if waiting.is_some_and(|debet| debet.limieten.iter().any(|id| **id == *limiet.id())) {
                stand.vast.0 += bedrag.0;
            }
        }
        soort
    }

    fn spend_debit(&mut self, at: usize, line: &Line<'_>) -> BoekingSoort {
        let bedrag = line.toegekend();
        let mut holding = Vec::new();
        let (register, specifiek) = (self.register, self.is_specific(line));
        for limiet in counting(register, self.relatie, line.client.bsn, line.prestatie) {
            let place = self.place(limiet);
            let stand = &mut self.stands[place];
            stand.spent.0 += bedrag.0;
            let above = bedrag.0 > 0 && stand.before.0 + stand.spent.0 > limiet.bedrag().0;
            let waits =
                limiet.holds_betaling() && !limiet.spares(line.prestatie.product_categorie, specifiek);
            let holds = waits && bedrag.0 > 0 && (above || stand.vast.0 > 0);
            if above || holds {
                stand.over.get_or_insert(line.prestatie.toewijzing_nummer);
            }
            if holds {
                holding.push(place);
            }
        }
        let beyond = self.looking.line(line);
        self.beyond.extend(beyond.iter().map(|beyond| (line.prestatie.toewijzing_nummer, *beyond)));
        let reasons = beyond.into_iter().filter(|beyond| beyond.gevolg == Gevolg::Hold);
        let reasons: Vec<&'static str> = reasons.map(|beyond| beyond.waarom.id()).collect();
        if holding.is_empty() && reasons.is_empty() {
            return BoekingSoort::Betaalbaar;
        }
        for place in &holding {
            self.stands[*place].vast.0 += bedrag.0;
            self.stands[*place].holds = true;
        }
        let limits = holding.into_iter().map(|place| self.stands[place].limiet.id());
        let limits = limits.chain(reasons).collect();
        self.held.push(WaitingLine { at, bedrag, limits });
        BoekingSoort::Vastgehouden
    }

    /// Whether the assignment of a line names a code (rulings 8.16).
    fn is_specific(&self, line: &Line<'_>) -> bool {
        let key = (self.relatie.gemeente, line.prestatie.toewijzing_nummer);
        let product = self.known.toewijzingen.get(&key).and_then(|toewijzing| toewijzing.product);
        product.is_some_and(|product| product.code.is_some())
    }

    /// The debit that a credit takes back, when its money waits or was refused.
    fn unpaid_debet(&self, line: &Line<'_>) -> Option<&'a Vasthouding> {
        let reference = line.prestatie.product_referentie.vorig_referentie_nummer?;
        let debet = self.known.vasthoudingen.get(&(self.relatie.aanbieder, reference.into()))?;
        let unpaid = [VasthoudingStatus::Vastgehouden, VasthoudingStatus::Geweigerd];
        unpaid.contains(&debet.status).then_some(debet)
    }

    fn place(&mut self, limiet: Limiet<'a>) -> usize {
        let (stands, known, own) = (&mut self.stands, self.known, self.relatie.aanbieder);
        *self.places.entry(limiet.id()).or_insert_with(|| {
            let mut before = known.budget_standen.get(limiet.id()).copied().unwrap_or_default();
            let mut vast = Cents::ZERO;
            for (aanbieder, held) in known.limiet_vast.get(limiet.id()).into_iter().flatten() {
                if *aanbieder == own || !limiet.is_shared() {
                    vast.0 += held.0;
                } else {
                    before.0 -= held.0;
                }
            }
            stands.push(LimietStand { limiet, before, spent: Cents::ZERO, vast, holds: false, over: None });
            stands.len() - 1
        })
    }

    /// What was spent, in order of key.
    pub fn spent(&self) -> Vec<Change> {
        let mut spent: Vec<&LimietStand<'_>> =
            self.stands.iter().filter(|stand| stand.spent != Cents::ZERO).collect();
        spent.sort_by(|one, two| one.limiet.id().cmp(two.limiet.id()));
        let change = |stand: &LimietStand<'_>| Change::BudgetBesteed {
            sleutel: stand.limiet.id().into(),
            bedrag: stand.spent,
        };
        spent.into_iter().map(change).collect()
    }

    /// Which lines are held, which of those that were held are taken back, and what is held per limit.
    pub fn holds(&self, input: &Input<'_>, declaratie: &Declaratie<'_>, judged: &Lines<'_>) -> Vec<Change> {
        let mut changes = Vec::with_capacity(self.held.len() + self.cancelled.len());
        let aanbieder = self.relatie.aanbieder;
        let mut vast: BTreeMap<&str, i64> = BTreeMap::new();
        for debet in &self.cancelled {
            for id in debet.limieten.iter().filter(|_| debet.status == VasthoudingStatus::Vastgehouden) {
                *vast.entry(id).or_default() -= debet.bedrag.0;
            }
            changes.push(Change::VasthoudingBeslist {
                aanbieder,
                referentie: debet.referentie.clone(),
                declaratie_nummer: debet.declaratie_nummer.clone(),
                status: VasthoudingStatus::Gecrediteerd,
            });
        }
        for (WaitingLine { at, bedrag, limits }, volgnummer) in self.held.iter().zip(0_i64..) {
            let (line, bedrag) = (&judged.lines[*at], *bedrag);
            for id in limits {
                *vast.entry(id).or_default() += bedrag.0;
            }
            changes.push(Change::Vastgehouden(Box::new(Vasthouding {
                relatie: self.relatie,
                referentie: line.prestatie.product_referentie.referentie_nummer.into(),
                declaratie_nummer: declaratie.declaratie_nummer.into(),
                periode_begin: declaratie.declaratie_periode.begindatum,
                bedrag,
                limieten: limits.iter().map(|id| Box::from(*id)).collect(),
                status: VasthoudingStatus::Vastgehouden,
                journaal: input.journal,
                volgnummer,
                ontvangen: input.moment.date(),
                beslist: None,
            })));
        }
        let vast = vast.into_iter().filter(|(_, bedrag)| *bedrag != 0);
        changes.extend(vast.map(|(sleutel, bedrag)| Change::LimietVast {
            sleutel: sleutel.into(),
            aanbieder,
            bedrag: Cents(bedrag),
        }));
        changes
    }

    /// What an operator must see: one item to decide on the payment of all lines that are held, and what the claim itself
    /// tells of. Limits that only signal are told of behind the commit (rulings 8.4).
    pub fn work(&self, declaratie: &Declaratie<'_>, ingediend: Cents, ontvangen: Datum) -> Vec<NewWorkItem> {
        let nummer = declaratie.declaratie_nummer;
        let mut work: Vec<NewWorkItem> = self.told(nummer);
        let over = self.stands.iter().filter(|stand| stand.holds).map(LimietStand::above).max();
        let bedragen = Bedragen { gevraagd: Some(ingediend), over };
        work.extend(self.held_item(nummer, ontvangen).map(|item| NewWorkItem { bedragen, ..item }));
        work
    }

    fn told(&self, declaratie_nummer: &str) -> Vec<NewWorkItem> {
        let mut told: Vec<NewWorkItem> = Vec::new();
        for (nummer, beyond) in self.beyond.iter().filter(|(_, beyond)| beyond.gevolg == Gevolg::Signal) {
            let story = format!(
                "Declaratie {declaratie_nummer} gaat op toewijzing {nummer} over {}. De regels zijn toegekend en worden betaald.",
                beyond.waarom.naam()
            );
            if told.iter().any(|item| item.story == story) {
                continue;
            }
            told.push(NewWorkItem {
                reason: beyond.waarom.reason(),
                relatie: self.relatie,
                toewijzing: Some(*nummer),
                due: None,
                story,
                voorstel: Voorstel::Kennisnemen,
                bedragen: Bedragen::default(),
                verzamel: None,
            });
        }
        told
    }

    fn held_item(&self, declaratie_nummer: &str, ontvangen: Datum) -> Option<NewWorkItem> {
        let mut holds: Vec<&LimietStand<'_>> = self.stands.iter().filter(|stand| stand.holds).collect();
        holds.sort_by(|one, two| one.limiet.id().cmp(two.limiet.id()));
        let reasons = || self.beyond.iter().filter(|(_, beyond)| beyond.gevolg == Gevolg::Hold);
        self.held.first()?;
        let days = holds.iter().map(|stand| stand.limiet.vasthouden().betaaltermijn_dagen);
        let days = days.chain(reasons().map(|_| BETAALTERMIJN_DAGEN)).min()?;
        let last = termijn::betaling(ontvangen, days);
        let mut over: Vec<String> = holds.iter().map(|stand| story(stand)).collect();
        for (_, beyond) in reasons() {
            let naam = beyond.waarom.naam().to_owned();
            if !over.contains(&naam) {
                over.push(naam);
            }
        }
        let story = format!(
            "Declaratie {declaratie_nummer} gaat over {}. De regels zijn toegekend; van {} van hen wacht de betaling, \
             samen {}. Besluit uiterlijk {last}.",
            over.join("; en over "),
            self.held.len(),
            Cents(self.held.iter().map(|held| held.bedrag.0).sum())
        );
        let first = reasons().next();
        Some(NewWorkItem {
            reason: holds.first().map_or_else(
                || first.map_or(WorkReason::VastePrijs, |(_, beyond)| beyond.waarom.reason()),
                |stand| reason(stand.limiet),
            ),
            relatie: self.relatie,
            toewijzing: holds.first().and_then(|stand| stand.over).or(first.map(|(nummer, _)| *nummer)),
            due: termijn::moment(last),
            story,
            voorstel: Voorstel::Vrijgeven { declaratie_nummer: declaratie_nummer.into() },
            bedragen: Bedragen::default(),
            verzamel: None,
        })
    }
}

fn story(stand: &LimietStand<'_>) -> String {
    let now = Cents(stand.before.0 + stand.spent.0);
    format!("{}: besteed is nu {now}", stand.limiet.naam())
}
