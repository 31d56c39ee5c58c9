//! Budgets and ceilings of the register. Over one a line is still granted (OP095, rulings 5.11): it is
//! signalled, or its payment waits for an operator.

use super::lines::{Line, Lines};
use crate::codes::{Bsn, Datum, ProductSleutel, ToewijzingNummer};
use crate::contracts::Register;
use crate::decide::limits::Limiet;
use crate::messages::Relatie;
use crate::messages::jw323::Prestatie;
use crate::money::Cents;
use crate::state::{Change, NewWorkItem, Voorstel, WorkReason, WorkingSet};
use chrono::Datelike;
use rustc_hash::FxHashMap;

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
    known: &'a WorkingSet,
    register: &'a Register,
    relatie: Relatie,
    places: FxHashMap<&'a str, usize>,
    stands: Vec<Stand<'a>>,
    /// Debits whose payment waits, with their assignment, that this claim takes back.
    waiting: Vec<(&'a str, ToewijzingNummer)>,
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
            waiting: Vec::new(),
        }
    }

    /// Spends every granted line in the order of judging; says of each line whether it must wait.
    ///
    /// A line waits as a whole when it takes a limit of kind hold over its amount. A credit gives room back;
    /// it waits when its debit does, lest the aanbieder pay back what it never got. What waits counts as
    /// spent, and room that comes back releases nothing by itself: a person decides (rulings 5.11).
    pub fn spend(&mut self, judged: &Lines<'_>) -> Vec<bool> {
        let mut held = vec![false; judged.lines.len()];
        for place in judged.in_order_of_judging() {
            let line = &judged.lines[place];
            if line.is_granted() {
                held[place] = self.spend_line(line);
            }
        }
        held
    }

    fn spend_line(&mut self, line: &Line<'_>) -> bool {
        let bedrag = line.toegekend();
        let mut held = false;
        if let Some(debet) = self.waiting_debet(line) {
            self.waiting.push((debet, line.prestatie.toewijzing_nummer));
            held = true;
        }
        let register = self.register;
        for limiet in counting(register, self.relatie, line.client.bsn, line.prestatie) {
            let place = self.place(limiet);
            let stand = &mut self.stands[place];
            stand.spent.0 += bedrag.0;
            if bedrag.0 > 0 && stand.before.0 + stand.spent.0 > limiet.bedrag().0 {
                stand.over.get_or_insert(line.prestatie.toewijzing_nummer);
                held |= limiet.holds_betaling();
            }
        }
        held
    }

    /// The debit that a credit takes back, when its payment still waits.
    fn waiting_debet(&self, line: &Line<'_>) -> Option<&'a str> {
        if !line.is_credit() {
            return None;
        }
        let reference = line.prestatie.product_referentie.vorig_referentie_nummer?;
        let debet = self.known.prestaties.get(self.relatie.aanbieder, reference)?;
        let released = || {
            let key = (self.relatie.aanbieder, debet.referentie.clone());
            self.known.vrijgegeven.contains(&key)
        };
        (debet.vastgehouden && !released()).then_some(&*debet.referentie)
    }

    fn place(&mut self, limiet: Limiet<'a>) -> usize {
        let (stands, known) = (&mut self.stands, self.known);
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
    /// for all that holds, because a claim is released as a whole.
    pub fn work(&self, declaratie_nummer: &str) -> Vec<NewWorkItem> {
        let mut over: Vec<&Stand<'_>> = self.stands.iter().filter(|stand| stand.over.is_some()).collect();
        over.sort_by(|one, two| one.limiet.id().cmp(two.limiet.id()));
        let (holds, signals): (Vec<&Stand<'_>>, Vec<&Stand<'_>>) =
            over.into_iter().partition(|stand| stand.limiet.holds_betaling());
        let item = |stands: &[&Stand<'_>], rest: &str, voorstel| NewWorkItem {
            reason: reason(stands[0].limiet),
            relatie: self.relatie,
            toewijzing: stands[0].over,
            due: None,
            story: format!("Declaratie {declaratie_nummer} gaat over {}. {rest}", stories(stands)),
            voorstel,
        };
        let credits = self.waiting_story();
        let signal = "De regels zijn toegekend en worden betaald.";
        let mut work: Vec<NewWorkItem> =
            signals.iter().map(|stand| item(&[*stand], signal, Voorstel::Kennisnemen)).collect();
        if !holds.is_empty() {
            let voorstel = Voorstel::Vrijgeven { declaratie_nummer: declaratie_nummer.into() };
            let mut hold =
                "De regels zijn toegekend; de betaling van wat erover gaat, wacht op vrijgave.".to_owned();
            if let Some(credits) = credits {
                hold.push_str(" Deze declaratie ");
                hold.push_str(&credits);
            }
            work.push(item(&holds, &hold, voorstel));
        } else if let Some(credits) = credits {
            work.push(NewWorkItem {
                reason: WorkReason::CreditOpVastgehouden,
                relatie: self.relatie,
                toewijzing: self.waiting.first().map(|(_, nummer)| *nummer),
                due: None,
                story: format!("Declaratie {declaratie_nummer} {credits}"),
                voorstel: Voorstel::Vrijgeven { declaratie_nummer: declaratie_nummer.into() },
            });
        }
        work
    }

    fn waiting_story(&self) -> Option<String> {
        let references: Vec<&str> = self.waiting.iter().map(|(reference, _)| *reference).take(10).collect();
        let rest = self.waiting.len().saturating_sub(references.len());
        let rest = if rest == 0 { String::new() } else { format!(" en nog {rest}") };
        (!references.is_empty()).then(|| {
            format!(
                "crediteert regels waarvan de betaling nog wacht ({}{rest}); de credit wacht mee. Geef beide declaraties vrij, of geen van beide.",
                references.join(", ")
            )
        })
    }
}

fn stories(stands: &[&Stand<'_>]) -> String {
    let story = |stand: &&Stand<'_>| {
        let now = Cents(stand.before.0 + stand.spent.0);
        format!("{}: besteed is nu {now}", stand.limiet.naam())
    };
    stands.iter().map(story).collect::<Vec<_>>().join("; en over ")
}
