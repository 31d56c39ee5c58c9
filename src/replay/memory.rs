//! All state in memory: what a replay decides on instead of a database.

use crate::codes::{Bsn, GemeenteCode};
use crate::contracts::Register;
use crate::decide::births_asked;
use crate::messages::{Bericht, BerichtSoort};
use crate::schema::Document;
use crate::state::{Beurt, Change, NewWorkItem, Verzameld, WorkingSet};
use crate::store::sqlite::Everything;
use crate::store::{BatchNumbers, Entry, WorkItem, WorkStatus};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A work item as far as deciding on it needs.
#[derive(Debug, Clone)]
pub struct ReplayedWork {
    /// What it is about.
    pub item: NewWorkItem,
    /// Waits for a decision.
    pub open: bool,
}

pub type ClientAtGemeente = (GemeenteCode, Bsn);

/// Where a message lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BerichtBron {
    /// In the inbox, under this arrival number.
    Aankomst(i64),
    /// In the journal itself, as what was taken over from a previous system does, or with the message of the entry.
    Journaal(i64),
}

impl BerichtBron {
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
    pub work: Vec<WorkItem>,
}

/// The state after so many journal entries.
#[derive(Debug)]
pub struct Memory {
    /// Everything that a decision may ask for, but for the messages that made clients known.
    pub known: WorkingSet,
    /// Where those lie: few decisions ask for one, and all of them are many.
    bronnen: FxHashMap<ClientAtGemeente, BerichtBron>,
    /// Work items by number.
    pub work: BTreeMap<i64, ReplayedWork>,
    /// The numbers that come next.
    pub numbers: BatchNumbers,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            known: WorkingSet::default(),
            bronnen: FxHashMap::default(),
            work: BTreeMap::new(),
            numbers: BatchNumbers::next(1, 1, 1),
        }
    }
}

impl Memory {
    /// What a decision changed; `bron` is the message that it was about.
    pub fn apply(&mut self, changes: Vec<Change>, bron: BerichtBron) {
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

    /// Goes on from a state that was frozen.
    pub fn thaw(&mut self, Thawed { everything, work }: Thawed) {
        let Everything { known, clients } = everything;
        self.bronnen = clients
            .into_iter()
            .map(|(gemeente, bsn, journal)| ((gemeente, bsn), BerichtBron::Journaal(journal)))
            .collect();
        let open = |item: &WorkItem| item.status == WorkStatus::Open;
        self.work = work
            .into_iter()
            .map(|item| (item.id, ReplayedWork { open: open(&item), item: item.item }))
            .collect();
        self.known = known;
    }

    /// Where the newest data of clients lie that deciding on a message needs: of the client of a request, which the answer
    /// copies, and of those in a claim whose age is looked at.
    #[must_use]
    pub fn asked(
        &self,
        document: &Document<'_>,
        register: &Register,
        answers: bool,
    ) -> Vec<(ClientAtGemeente, BerichtBron)> {
        let soort = document.schema.soort;
        let claims = soort == BerichtSoort::Jw323 && register.contracten().have_age_limits();
        if !(claims || answers && matches!(soort, BerichtSoort::Jw315 | BerichtSoort::Jw317)) {
            return Vec::new();
        }
        let bericht = Bericht::read(document);
        let gemeente = bericht.header().relatie().gemeente;
        let of_request = |bsn: Option<Bsn>| bsn.map(|bsn| (gemeente, bsn)).into_iter().collect();
        let clients: BTreeSet<ClientAtGemeente> = match &bericht {
            Bericht::VerzoekToewijzing(verzoek) => {
                of_request(verzoek.client.as_ref().map(|client| client.bsn))
            }
            Bericht::VerzoekWijziging(verzoek) => {
                of_request(verzoek.client.as_ref().map(|client| client.bsn))
            }
            Bericht::Declaratie(declaratie) => births_asked(declaratie, register),
            _ => BTreeSet::new(),
        };
        clients.into_iter().filter_map(|client| Some((client, *self.bronnen.get(&client)?))).collect()
    }

    /// Lays the data of a known client ready, or takes them away again.
    pub fn lay(&mut self, client: ClientAtGemeente, jw301: Option<Arc<[u8]>>) {
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
            self.work.insert(id, ReplayedWork { item, open: true });
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
}
