//! Finds everything that names a client.

use super::mask::{ClientTraits, refers};
use crate::codes::{Bsn, Datum};
use crate::journal::overname::Stuk;
use crate::schema::{Document, Element, Reading, read};
use crate::store::{Entry, JournalKind, JournalRecord, Store, StoreError, TakeLimit};
use std::collections::{BTreeMap, BTreeSet};

const PAGE: TakeLimit = TakeLimit { messages: 256, bytes: 32 * 1024 * 1024 };

/// What names a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedIn {
    /// The message under this arrival number.
    Message(i64),
    /// Our own message with this send number.
    Sent(i64),
    /// The message under the arrival number, passed on under this send number.
    Forwarded(i64),
    /// The input of the entry.
    Body,
    /// Why a person decided.
    Explanation,
}

/// What names a client, and in which journal entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DossierPlace {
    /// Journal number.
    pub journal: i64,
    pub what: NamedIn,
}

/// Everything that names one client.
#[derive(Debug, Default)]
pub struct Dossier {
    /// Where, in journal order.
    pub places: Vec<DossierPlace>,
    /// The last day on which something was recorded.
    pub last: Option<Datum>,
    /// What its messages have in common.
    pub common: ClientTraits,
    /// Arrival numbers of its messages.
    pub arrivals: BTreeSet<i64>,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Dossiers {
    /// By client.
    pub dossiers: BTreeMap<Bsn, Dossier>,
    /// Every number that stands anywhere.
    pub numbers: BTreeSet<Bsn>,
}

impl Dossiers {
    /// Nothing yet, of these clients.
    pub fn of(wanted: &[Bsn]) -> Self {
        let dossiers = wanted.iter().map(|bsn| (*bsn, Dossier::default())).collect();
        Self { dossiers, numbers: BTreeSet::new() }
    }

    /// What was found of one client.
    pub fn from(bsn: Bsn, dossier: Dossier) -> Self {
        Self { dossiers: BTreeMap::from([(bsn, dossier)]), numbers: BTreeSet::new() }
    }

    /// Looks through the journal after a number, and adds what is new.
    pub async fn add_after(&mut self, store: &dyn Store, mut last: i64) -> Result<(), StoreError> {
        loop {
            let records = store.journal(last, PAGE).await?;
            let Some(end) = records.last().map(|record| record.entry.journal) else { return Ok(()) };
            let mut sent = BTreeMap::new();
            for recorded in store.recorded(last, end).await? {
                let digests =
                    recorded.sent.iter().map(|sent| (sent.send, Some(sent.sha256) == recorded.received));
                sent.insert(recorded.journal, digests.collect::<Vec<_>>());
            }
            for record in &records {
                let sent = sent.remove(&record.entry.journal).unwrap_or_default();
                self.entry(store, record, &sent).await?;
            }
            last = end;
        }
    }

    async fn entry(
        &mut self,
        store: &dyn Store,
        record: &JournalRecord,
        sent: &[(i64, bool)],
    ) -> Result<(), StoreError> {
        let entry = &record.entry;
        if let Some(message) = &record.message {
            self.message(entry, &message.bytes.bytes()?, NamedIn::Message(message.arrival));
        }
        match entry.kind {
            JournalKind::Overname => self.body(entry),
            JournalKind::Besluit => self.explanation(entry),
            _ => {}
        }
        let asked = entry.arrival.is_some_and(|arrival| self.is_about(arrival));
        if record.message.is_some() && !asked {
            return Ok(());
        }
        for (send, forwarded) in sent {
            if *forwarded {
                self.note_all(entry, NamedIn::Forwarded(*send));
            } else if let Some(message) = store.sent(*send).await? {
                self.message(entry, &message.bytes, NamedIn::Sent(*send));
            }
        }
        Ok(())
    }

    fn is_about(&self, arrival: i64) -> bool {
        self.dossiers.values().any(|dossier| dossier.arrivals.contains(&arrival))
    }

    /// Of every client that the message of the entry is about.
    fn note_all(&mut self, entry: &Entry, what: NamedIn) {
        let arrival = entry.arrival.unwrap_or_default();
        for dossier in self.dossiers.values_mut().filter(|dossier| dossier.arrivals.contains(&arrival)) {
            dossier.add(entry, what);
        }
    }

    fn explanation(&mut self, entry: &Entry) {
        if entry.why.is_some() {
            self.note_all(entry, NamedIn::Explanation);
        }
    }

    fn message(&mut self, entry: &Entry, bytes: &[u8], what: NamedIn) {
        match read(bytes) {
            Reading::Valid(document) => self.document(entry, &document, what),
            Reading::Invalid(_) => {
                for (bsn, dossier) in &mut self.dossiers {
                    if holds(bytes, *bsn) {
                        dossier.add(entry, what);
                    }
                }
            }
        }
    }

    fn document(&mut self, entry: &Entry, document: &Document<'_>, what: NamedIn) {
        let mut numbers = BTreeSet::new();
        clients(document.root(), &mut numbers);
        if numbers.is_empty() {
            let dossiers = self.dossiers.iter_mut().filter(|(bsn, _)| refers(document.root(), **bsn));
            dossiers.for_each(|(_, dossier)| dossier.add(entry, what));
        }
        for bsn in &numbers {
            if let Some(dossier) = self.dossiers.get_mut(bsn) {
                dossier.common.add(document, *bsn);
                dossier.add(entry, what);
            }
        }
        self.numbers.extend(numbers);
    }

    fn body(&mut self, entry: &Entry) {
        let body = entry.body.as_deref().unwrap_or_default();
        match Stuk::read(body) {
            Ok(Stuk::Toewijzing(document)) => self.document(entry, &document, NamedIn::Body),
            Ok(Stuk::Declaratie { heen, antwoord }) => {
                self.document(entry, &heen, NamedIn::Body);
                if let Some(antwoord) = antwoord {
                    self.document(entry, &antwoord, NamedIn::Body);
                }
            }
            Ok(Stuk::Rijen(rows)) => {
                let numbers: BTreeSet<Bsn> = rows.iter().map(|row| row.bsn).collect();
                for bsn in &numbers {
                    if let Some(dossier) = self.dossiers.get_mut(bsn) {
                        dossier.add(entry, NamedIn::Body);
                    }
                }
                self.numbers.extend(numbers);
            }
            Err(_) => {}
        }
    }
}

impl Dossier {
    fn add(&mut self, entry: &Entry, what: NamedIn) {
        let (day, place) = (entry.moment.date(), DossierPlace { journal: entry.journal, what });
        self.last = self.last.max(Some(day));
        self.common.add_day(day);
        if self.places.contains(&place) {
            return;
        }
        self.places.push(place);
        if let NamedIn::Message(arrival) = what {
            self.arrivals.insert(arrival);
        }
    }
}

/// Whether bytes that cannot be read hold a number, one or two bytes a character.
fn holds(bytes: &[u8], bsn: Bsn) -> bool {
    let wide: Vec<u8> = bsn.as_str().bytes().flat_map(|digit| [digit, 0]).collect();
    let narrow = bsn.as_str().as_bytes();
    [narrow, &wide[..wide.len() - 1]].into_iter().any(|text| memchr::memmem::find(bytes, text).is_some())
}

fn clients(element: Element<'_>, numbers: &mut BTreeSet<Bsn>) {
    for child in element.children() {
        if child.name() == "Bsn"
            && let Ok(bsn) = Bsn::parse(child.text())
        {
            numbers.insert(bsn);
        }
        clients(child, numbers);
    }
}
