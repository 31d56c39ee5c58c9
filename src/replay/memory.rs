//! All state in memory: what a replay decides on instead of a database.

use crate::codes::{Bsn, DebetCredit};
use crate::state::{Change, GeboektePrestatie, NewWorkItem, WorkingSet};
use crate::store::{BudgetScope, Numbers};
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

/// The state after so many journal entries.
#[derive(Debug)]
pub struct Memory {
    /// Everything that a decision may ask for.
    pub known: WorkingSet,
    /// Work items by number.
    pub work: BTreeMap<i64, Werk>,
    /// The numbers that come next.
    pub numbers: Numbers,
}

impl Default for Memory {
    fn default() -> Self {
        Self { known: WorkingSet::default(), work: BTreeMap::new(), numbers: Numbers::next(1, 1, 1) }
    }
}

impl Memory {
    /// What a decision changed; `bytes` are those of the message it was about.
    pub fn apply(&mut self, changes: &[Change], bytes: &Arc<[u8]>) {
        self.known.apply(changes, bytes);
    }

    /// Work items that were made, from a number on.
    pub fn add_work(&mut self, first: i64, items: Vec<NewWorkItem>) {
        self.work.extend((first..).zip(items).map(|(id, item)| (id, Werk { item, open: true })));
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
        for prestatie in known.prestaties.values() {
            for place in index.counting(&new, prestatie) {
                sums[place] += signed(prestatie);
            }
        }
        for (scope, sum) in new.iter().zip(sums) {
            known.budget_standen.insert(scope.sleutel.clone(), crate::money::Cents(sum));
        }
    }
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
