//! All state in memory: what a replay decides on instead of a database.

use crate::codes::{Bsn, Datum, DebetCredit, GemeenteCode};
use crate::contracts::Register;
use crate::decide::Decision;
use crate::decide::following::{Promised, Regel, anew, follow};
use crate::decide::limits::counted_from;
use crate::journal::Gevolgd;
use crate::messages::{Bericht, BerichtSoort};
use crate::schema::Document;
use crate::state::{
    Beurt, Change, GeboektePrestatie, NewWorkItem, TeVolgen, VasthoudingStatus, Verzameld, WorkingSet,
};
use crate::store::sqlite::Everything;
use crate::store::{BudgetScope, Entry, Numbers, WorkItem, WorkStatus};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A work item as far as deciding on it needs.
#[derive(Debug, Clone)]
pub struct Werk {
    /// What it is about.
    pub item: NewWorkItem,
    /// Waits for a decision.
    pub open: bool,
}

/// A client at a gemeente.
pub type Client = (GemeenteCode, Bsn);

/// Where a message lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bron {
    /// In the inbox, under this arrival number.
    Aankomst(i64),
    /// In the journal itself, as what was taken over from a previous system does, or with the message of the entry.
    Journaal(i64),
}

impl Bron {
    /// What an entry is about.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        entry.arrival.map_or(Self::Journaal(entry.journal), Self::Aankomst)
    }
}

/// State that was frozen, as it is read back.
pub struct Thawed {
    /// The facts.
    pub everything: Everything,
    /// Work items.
    pub work: Vec<WorkItem>,
}

/// The state after so many journal entries.
#[derive(Debug)]
pub struct Memory {
    /// Everything that a decision may ask for, but for the messages that made clients known.
    pub known: WorkingSet,
    /// Where those lie: few decisions ask for one, and all of them are many.
    bronnen: FxHashMap<Client, Bron>,
    /// Work items by number.
    pub work: BTreeMap<i64, Werk>,
    /// The numbers that come next.
    pub numbers: Numbers,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            known: WorkingSet::default(),
            bronnen: FxHashMap::default(),
            work: BTreeMap::new(),
            numbers: Numbers::next(1, 1, 1),
        }
    }
}

impl Memory {
    /// What a decision changed; `bron` is the message that it was about.
    pub fn apply(&mut self, changes: Vec<Change>, bron: Bron) {
        for change in &changes {
            match change {
                Change::ClientBekend { gemeente, bsn } => drop(self.bronnen.insert((*gemeente, *bsn), bron)),
                Change::Verzameld(nu) => match nu.beurt {
                    Beurt::Blijft => {}
                    Beurt::Heropend => self.set_open(nu.werk, true),
                    Beurt::Gesloten(_) => self.set_open(nu.werk, false),
                },
                _ => {}
            }
        }
        self.known.take(changes);
    }

    /// What follows from what messages did to limits.
    #[must_use]
    pub fn followed(
        &self,
        register: &Register,
        (today, version): (Datum, i64),
        gevolgd: Gevolgd,
    ) -> Decision {
        let known = &self.known;
        let rows: Vec<TeVolgen> = known.te_volgen.range(..=gevolgd.tot).map(|(_, row)| row.clone()).collect();
        let mut decision = follow(&rows, known, register, today);
        if gevolgd.opnieuw {
            let mut all = self.promised(counted_from(register, today));
            anew(&mut all, register, (today, version), &mut decision);
        }
        decision
    }

    /// Everything that promises are made of.
    fn promised(&self, since: Datum) -> Promised {
        let known = &self.known;
        let mut toewijzingen: Vec<_> = known.toewijzingen.values().cloned().collect();
        toewijzingen.sort_unstable_by_key(|toewijzing| (toewijzing.gemeente, toewijzing.nummer));
        let open = known.prestaties.values().filter(|line| line.is_open_debet() && line.begin >= since);
        let regels = open.map(|line| Regel {
            toewijzing: (line.relatie.gemeente, line.toewijzing),
            categorie: line.categorie,
            code: line.code,
            begin: line.begin,
            bedrag: line.bedrag,
        });
        let stops = known.leveringen.iter().flat_map(|((relatie, _), leveringen)| {
            leveringen.all_gestopt().into_iter().map(|(nummer, dag)| ((relatie.gemeente, nummer), dag))
        });
        let kept = WorkingSet {
            toezeggingen: known.toezeggingen.clone(),
            toegezegd: known.toegezegd.clone(),
            verzameld: known.verzameld.clone(),
            budget_standen: known.budget_standen.clone(),
            ..WorkingSet::default()
        };
        Promised { toewijzingen, regels: regels.collect(), gestopt: stops.collect(), known: kept }
    }

    /// Goes on from a state that was frozen.
    pub fn thaw(&mut self, Thawed { everything, work }: Thawed) {
        let Everything { known, clients } = everything;
        self.bronnen = clients
            .into_iter()
            .map(|(gemeente, bsn, journal)| ((gemeente, bsn), Bron::Journaal(journal)))
            .collect();
        let open = |item: &WorkItem| item.status == WorkStatus::Open;
        self.work =
            work.into_iter().map(|item| (item.id, Werk { open: open(&item), item: item.item })).collect();
        self.known = known;
    }

    /// Where the newest data of the client of a request lie: deciding on it may copy them.
    #[must_use]
    pub fn asked(&self, document: &Document<'_>) -> Option<(Client, Bron)> {
        if !matches!(document.schema.soort, BerichtSoort::Jw315 | BerichtSoort::Jw317) {
            return None;
        }
        let bericht = Bericht::read(document);
        let bsn = match &bericht {
            Bericht::VerzoekToewijzing(verzoek) => verzoek.client.as_ref()?.bsn,
            Bericht::VerzoekWijziging(verzoek) => verzoek.client.as_ref()?.bsn,
            _ => return None,
        };
        let client = (bericht.header().relatie().gemeente, bsn);
        Some((client, *self.bronnen.get(&client)?))
    }

    /// Lays the data of a known client ready, or takes them away again.
    pub fn lay(&mut self, client: Client, jw301: Option<Arc<[u8]>>) {
        if let Some(stand) = self.known.clienten.get_mut(&client) {
            stand.jw301 = jw301;
        }
    }

    /// Work items that were made, from a number on.
    pub fn add_work(&mut self, first: i64, items: Vec<NewWorkItem>) {
        for (id, item) in (first..).zip(items) {
            if let Some(verzamel) = &item.verzamel {
                let new = Verzameld::new(id, item.bedragen.over, &verzamel.regels);
                self.known.verzameld.insert(verzamel.groep.clone(), new);
            }
            self.work.insert(id, Werk { item, open: true });
        }
    }

    /// A work item is closed, or open again.
    pub fn set_open(&mut self, id: i64, open: bool) {
        let Some(werk) = self.work.get_mut(&id) else { return };
        werk.open = open;
        let groep = werk.item.verzamel.as_ref().map(|verzamel| &verzamel.groep);
        if let Some(known) = groep.and_then(|groep| self.known.verzameld.get_mut(groep)) {
            known.open = open;
        }
    }

    /// Budgets that are new start with what was booked already, as in the store.
    pub fn begin_budgets(&mut self, scopes: &[BudgetScope]) {
        let known = &mut self.known;
        let new: Vec<&BudgetScope> =
            scopes.iter().filter(|scope| !known.budget_standen.contains_key(&scope.sleutel)).collect();
        if new.is_empty() {
            return;
        }
        let mut sums = vec![0_i64; new.len()];
        let index = Scopes::of(&new);
        for prestatie in known.prestaties.values().filter(|line| !is_refused(known, line)) {
            for place in index.counting(&new, prestatie) {
                sums[place] += signed(prestatie);
            }
        }
        for (scope, sum) in new.iter().zip(sums) {
            known.budget_standen.insert(scope.sleutel.clone(), crate::money::Cents(sum));
        }
    }
}

/// Whether an operator refused to pay it: it counts for no limit.
fn is_refused(known: &WorkingSet, line: &GeboektePrestatie) -> bool {
    let held = || known.vasthoudingen.get(&(line.relatie.aanbieder, line.referentie.clone()));
    line.vastgehouden && held().is_some_and(|held| held.status == VasthoudingStatus::Geweigerd)
}

/// What a granted line adds to a budget.
fn signed(prestatie: &GeboektePrestatie) -> i64 {
    match prestatie.debet_credit {
        DebetCredit::Debet => prestatie.bedrag.0,
        DebetCredit::Credit => -prestatie.bedrag.0,
    }
}

/// Places of scopes: those of a client by client, the others in a list.
pub struct Scopes {
    of_client: FxHashMap<Bsn, Vec<usize>>,
    of_all: Vec<usize>,
}

impl Scopes {
    /// An index over these.
    pub fn of(scopes: &[&BudgetScope]) -> Self {
        let mut index = Self { of_client: FxHashMap::default(), of_all: Vec::new() };
        for (place, scope) in scopes.iter().enumerate() {
            match scope.bsn {
                Some(bsn) => index.of_client.entry(bsn).or_default().push(place),
                None => index.of_all.push(place),
            }
        }
        index
    }

    /// Places of the scopes that a granted line counts for.
    pub fn counting<'a>(
        &'a self,
        scopes: &'a [&'a BudgetScope],
        prestatie: &'a GeboektePrestatie,
    ) -> impl Iterator<Item = usize> + 'a {
        let of_client = self.of_client.get(&prestatie.bsn).into_iter().flatten();
        let places = of_client.chain(&self.of_all).copied();
        places.filter(move |place| prestatie.toegekend && counts(scopes[*place], prestatie))
    }
}

fn counts(scope: &BudgetScope, prestatie: &GeboektePrestatie) -> bool {
    (scope.van..=scope.tot).contains(&prestatie.begin)
        && scope.gemeente.is_none_or(|gemeente| gemeente == prestatie.relatie.gemeente)
        && scope.aanbieder.is_none_or(|aanbieder| aanbieder == prestatie.relatie.aanbieder)
        && scope.bsn.is_none_or(|bsn| bsn == prestatie.bsn)
        && scope.categorie.is_none_or(|categorie| categorie == prestatie.categorie)
}
