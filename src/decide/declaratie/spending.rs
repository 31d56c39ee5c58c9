//! Budgets and ceilings of the register. Over one a line is still granted (OP095, rulings 5.11): it is
//! signalled, or its payment waits for an operator.

use super::lines::{Line, Lines};
use crate::codes::{Bsn, ToewijzingNummer};
use crate::contracts::Register;
use crate::decide::Input;
use crate::decide::limits::Limiet;
use crate::messages::Relatie;
use crate::messages::jw323::Prestatie;
use crate::money::Cents;
use crate::state::{Change, NewWorkItem, Voorstel, WorkReason};
use chrono::Datelike;
use rustc_hash::FxHashMap;

/// The limits that a line counts for. Care counts on the first day of its ProductPeriode.
pub fn counting<'r>(
    register: &'r Register,
    relatie: Relatie,
    bsn: Bsn,
    prestatie: &Prestatie<'_>,
) -> impl Iterator<Item = Limiet<'r>> {
    let day = prestatie.product_periode.begindatum;
    let budgets = if register.budgetten().is_empty() {
        Vec::new()
    } else {
        register.budgets_for(relatie, bsn, Some(prestatie.product_categorie), day)
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
struct Stand<'r> {
    limiet: Limiet<'r>,
    /// Spent before this claim.
    before: Cents,
    /// Spent by this claim, signed.
    spent: Cents,
    /// The first assignment with a line over it.
    over: Option<ToewijzingNummer>,
}

/// The limits that a claim counts for.
#[derive(Debug)]
pub struct Spending<'a> {
    input: &'a Input<'a>,
    relatie: Relatie,
    places: FxHashMap<&'a str, usize>,
    stands: Vec<Stand<'a>>,
}

impl<'a> Spending<'a> {
    /// Nothing spent by this claim yet.
    pub fn new(input: &'a Input<'a>) -> Self {
        let relatie = input.bericht.header().relatie();
        Self { input, relatie, places: FxHashMap::default(), stands: Vec::new() }
    }

    /// Spends every granted line in the order of judging; says of each line whether it must wait.
    ///
    /// A line waits as a whole when it takes a limit of kind hold over its amount. A credit gives room
    /// back and never waits.
    pub fn spend(&mut self, judged: &Lines<'_>) -> Vec<bool> {
        let mut held = vec![false; judged.lines.len()];
        let register = self.input.register;
        if register.budgetten().is_empty() && register.plafonds().is_empty() {
            return held;
        }
        for place in judged.in_order_of_judging() {
            let line = &judged.lines[place];
            if line.is_granted() {
                held[place] = self.spend_line(line);
            }
        }
        held
    }

    fn spend_line(&mut self, line: &Line<'_>) -> bool {
        let bedrag = line.prestatie.ingediend_bedrag.signed();
        let mut held = false;
        let register = self.input.register;
        for limiet in counting(register, self.relatie, line.client.bsn, line.prestatie) {
            let place = self.place(limiet);
            let stand = &mut self.stands[place];
            stand.spent.0 += bedrag.0;
            if bedrag.0 > 0 && stand.before.0 + stand.spent.0 > limiet.bedrag().0 {
                stand.over.get_or_insert(line.prestatie.toewijzing_nummer);
                held |= limiet.holds();
            }
        }
        held
    }

    fn place(&mut self, limiet: Limiet<'a>) -> usize {
        let (stands, known) = (&mut self.stands, self.input.known);
        *self.places.entry(limiet.id()).or_insert_with(|| {
            let before = known.budget_standen.get(limiet.id()).copied().unwrap_or_default();
            stands.push(Stand { limiet, before, spent: Cents::ZERO, over: None });
            stands.len() - 1
        })
    }

    /// What was spent, in order of key.
    pub fn changes(&self) -> Vec<Change> {
        let mut spent: Vec<&Stand<'_>> =
            self.stands.iter().filter(|stand| stand.spent != Cents::ZERO).collect();
        spent.sort_by(|one, two| one.limiet.id().cmp(two.limiet.id()));
        let change = |stand: &Stand<'_>| Change::BudgetBesteed {
            sleutel: stand.limiet.id().into(),
            bedrag: stand.spent,
        };
        spent.into_iter().map(change).collect()
    }

    /// What an operator must see: one item per limit that only signals, and one to release the claim
    /// for all limits that hold, because a claim is released as a whole.
    pub fn work(&self, declaratie_nummer: &str) -> Vec<NewWorkItem> {
        let mut over: Vec<&Stand<'_>> = self.stands.iter().filter(|stand| stand.over.is_some()).collect();
        over.sort_by(|one, two| one.limiet.id().cmp(two.limiet.id()));
        let (holds, signals): (Vec<&Stand<'_>>, Vec<&Stand<'_>>) =
            over.into_iter().partition(|stand| stand.limiet.holds());
        let item = |stands: &[&Stand<'_>], rest: &str, voorstel| NewWorkItem {
            reason: reason(stands[0].limiet),
            relatie: self.relatie,
            toewijzing: stands[0].over,
            due: None,
            story: format!("Declaratie {declaratie_nummer} gaat over {}. {rest}", stories(stands)),
            voorstel,
        };
        let signal = "De regels zijn toegekend en worden betaald.";
        let mut work: Vec<NewWorkItem> =
            signals.iter().map(|stand| item(&[*stand], signal, Voorstel::Kennisnemen)).collect();
        if !holds.is_empty() {
            let voorstel = Voorstel::Vrijgeven { declaratie_nummer: declaratie_nummer.into() };
            let hold = "De regels zijn toegekend; de betaling van wat erover gaat, wacht op vrijgave.";
            work.push(item(&holds, hold, voorstel));
        }
        work
    }
}

fn stories(stands: &[&Stand<'_>]) -> String {
    let story = |stand: &&Stand<'_>| {
        let now = Cents(stand.before.0 + stand.spent.0);
        format!("{}: besteed is nu {now}", stand.limiet.naam())
    };
    stands.iter().map(story).collect::<Vec<_>>().join("; en over ")
}
