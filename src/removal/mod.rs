//! Lawful removal: after the retention term a person is taken out of everything that was recorded.
//!
//! What goes: number, names, day of birth, addresses, contact data and comments, in every message that came in
//! or left, in every table and in the register. What stays, without a person: amounts, products, periods of
//! care and the numbers of messages, assignments and claims. The books rest on those, and so does what was
//! decided about others in the same messages. The chain keeps its digests; the salts that made them guessable
//! are gone, and the journal tells what lies there now.

mod dossier;
mod frozen;
mod mask;
mod plan;
mod register;

use crate::codes::{Bsn, Datum};
use crate::contracts::Register;
use crate::labels::labels;
use crate::office::core::Core;
use crate::office::operator::Person;
use crate::office::register::in_force;
use crate::office::{Office, OfficeError, Settings};
use crate::replay::{Audit, Filter};
use crate::state::WorkingSet;
use crate::store::removal::Removal;
use crate::store::{Store, StoreError, keeping};
use chrono::Months;
use dossier::{Dossier, Dossiers};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Why nothing was removed. Texts are for operators; a client is told of by its place in the list.
#[derive(Debug, thiserror::Error)]
pub enum RemovalError {
    /// The store, or the register in it.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// What was recorded does not follow from the journal.
    #[error(
        "de vastgelegde stand wijkt op {0} plaatsen af van het journaal; zoek dat eerst uit met `happyflow replay`"
    )]
    Unsound(u64),
    /// One of the clients may not be removed.
    #[error("jeugdige {place} van de lijst kan niet worden verwijderd: {why}")]
    Refused {
        /// Place in the list, from 1.
        place: usize,
        why: NotRemovable,
    },
}

labels!(RemovalError {
    Self::Unsound(_) => "removal.unsound",
    Self::Refused { .. } => "removal.refused",
} passes {
    Self::Office(error) => error,
});

impl From<StoreError> for RemovalError {
    fn from(error: StoreError) -> Self {
        Self::Office(error.into())
    }
}

/// Why a client may not be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRemovable {
    /// Nothing names the client.
    #[error("er is niets over deze jeugdige")]
    Unknown,
    /// The term has not passed.
    #[error("de bewaartermijn loopt tot en met {0}")]
    TooEarly(Datum),
    /// An assignment has no end.
    #[error("er loopt een toewijzing")]
    Running,
    /// A request or a work item is open.
    #[error("er staat een verzoek of een werkitem open")]
    Open,
    /// The newest register still names the client.
    #[error("het contractregister noemt de jeugdige nog: haal die er eerst uit")]
    Registered,
    /// Something was recorded after the client was selected.
    #[error("er is intussen iets over deze jeugdige vastgelegd")]
    Newer,
}

/// A client whose term has passed.
pub struct DueClient {
    /// The client.
    pub bsn: Bsn,
    dossier: Dossier,
}

/// Who may be removed, and every number that is in use.
pub struct Selection {
    /// In the order asked for.
    pub due: Vec<DueClient>,
    used: BTreeSet<Bsn>,
    settled: i64,
}

/// What is looked for.
pub struct Wanted<'a> {
    /// These clients, all of which must be due; none: every client that is.
    pub clients: Option<&'a [Bsn]>,
    /// Nothing may have been recorded on or after this day.
    pub before: Datum,
    /// Years of the term.
    pub years: u32,
    /// The journal number up to which nothing could still arrive when the store was frozen.
    pub settled: i64,
}

/// The first day on which something may have been recorded that must still stay.
#[must_use]
pub fn kept_from(today: Datum, years: u32) -> Datum {
    today.checked_sub_months(Months::new(years.saturating_mul(12))).unwrap_or(Datum::MIN)
}

/// Finds who may be removed. Decides the whole journal again: nothing is removed from what cannot be shown.
pub async fn select(
    store: &dyn Store,
    settings: Settings,
    wanted: &Wanted<'_>,
) -> Result<Selection, RemovalError> {
    let audit = Audit { core: Core::STANDARD, settings, filter: Filter::default(), newest: false };
    let (totals, known) = audit.run_with(store, &mut |_| {}, &mut |_| {}).await?;
    if totals.faults > 0 {
        return Err(RemovalError::Unsound(totals.faults));
    }
    let ends = Ends::of(&known);
    let asked: Vec<Bsn> = match wanted.clients {
        Some(clients) => clients.to_vec(),
        None => ends.before(wanted.before),
    };
    let mut found = Dossiers::of(&asked);
    found.add_after(store, 0).await?;
    let register = in_force(store).await?.versie.register;
    let now = Obstacles::of(store, register).await?;
    let mut used = found.numbers;
    used.extend(ends.clients.keys());
    let (mut dossiers, mut due) = (found.dossiers, Vec::new());
    for (place, bsn) in (1..).zip(asked) {
        let Some(dossier) = dossiers.remove(&bsn) else { continue };
        let why = ends.why_not(bsn, &dossier, wanted).or_else(|| {
            let requests = known.open_verzoeken.iter().any(|((_, of), open)| *of == bsn && !open.is_empty());
            if requests { Some(NotRemovable::Open) } else { now.why_not(bsn, &dossier) }
        });
        match why {
            None => due.push(DueClient { bsn, dossier }),
            Some(why) if wanted.clients.is_some() => return Err(RemovalError::Refused { place, why }),
            Some(_) => {}
        }
    }
    Ok(Selection { due, used, settled: wanted.settled })
}

/// Takes one of the selected clients out of everything, unless something was recorded of the client since: nobody
/// decides while that is looked at and done. Gives the journal number and what was removed.
pub async fn remove(
    office: &Office,
    selection: &mut Selection,
    due: DueClient,
    person: Person,
    settings: &Settings,
) -> Result<Result<(i64, Removal), NotRemovable>, RemovalError> {
    let mut alone = office.alone().await?;
    let plan = plan_of(office.store(), alone.register(), selection, due, settings);
    Ok(match keeping(&mut *alone.batch, plan).await? {
        Err(why) => Err(why),
        Ok(removal) => Ok((office.remove(alone, &removal, person).await?, removal)),
    })
}

/// What must be done to take a client out, as things stand now.
async fn plan_of(
    store: &dyn Store,
    register: Arc<Register>,
    selection: &mut Selection,
    DueClient { bsn, dossier }: DueClient,
    settings: &Settings,
) -> Result<Result<Removal, NotRemovable>, RemovalError> {
    let seen = dossier.places.len();
    let mut found = Dossiers::from(bsn, dossier);
    found.add_after(store, selection.settled).await?;
    selection.used.append(&mut found.numbers);
    let dossier = found.dossiers.remove(&bsn).unwrap_or_default();
    let newer = (dossier.places.len() > seen).then_some(NotRemovable::Newer);
    if let Some(why) = newer.or(Obstacles::of(store, register).await?.why_not(bsn, &dossier)) {
        return Ok(Err(why));
    }
    Ok(Ok(plan::plan(store, selection, &DueClient { bsn, dossier }, settings).await?))
}

/// What stands in the way of a removal at this moment.
struct Obstacles {
    register: Arc<Register>,
    /// Arrival numbers of messages on which a person must still decide.
    open: BTreeSet<i64>,
}

impl Obstacles {
    async fn of(store: &dyn Store, register: Arc<Register>) -> Result<Self, RemovalError> {
        let open = store.work(true).await?.iter().filter_map(|item| item.arrival).collect();
        Ok(Self { register, open })
    }

    fn why_not(&self, bsn: Bsn, dossier: &Dossier) -> Option<NotRemovable> {
        let Self { register, open } = self;
        let registered = !register.clienten().of(bsn).is_empty()
            || register.budgetten().iter().any(|budget| budget.sleutel.bsn == Some(bsn))
            || register.contracten().list().iter().any(|contract| contract.client == Some(bsn));
        if dossier.arrivals.is_disjoint(open) {
            registered.then_some(NotRemovable::Registered)
        } else {
            Some(NotRemovable::Open)
        }
    }
}

/// The last day that anything about each client is for; none: it has no end.
struct Ends {
    clients: BTreeMap<Bsn, Option<Datum>>,
}

impl Ends {
    fn of(known: &WorkingSet) -> Self {
        let mut clients: BTreeMap<Bsn, Option<Datum>> = BTreeMap::new();
        let mut add = |bsn: Bsn, end: Option<Datum>| {
            let last = clients.entry(bsn).or_insert(end);
            *last = last.zip(end).map(|(one, other)| one.max(other));
        };
        for (_, bsn) in known.clienten.keys() {
            add(*bsn, Some(Datum::MIN));
        }
        for one in known.toewijzingen.values() {
            add(one.bsn, if one.is_verwijderd() { Some(one.ingangsdatum) } else { one.einddatum });
        }
        for one in known.prestaties.values() {
            add(one.bsn, Some(one.eind));
        }
        Self { clients }
    }

    fn before(&self, day: Datum) -> Vec<Bsn> {
        let ended = self.clients.iter().filter(|(_, end)| end.is_some_and(|end| end < day));
        ended.map(|(bsn, _)| *bsn).collect()
    }

    fn why_not(&self, bsn: Bsn, dossier: &Dossier, wanted: &Wanted<'_>) -> Option<NotRemovable> {
        let end = self.clients.get(&bsn).copied();
        let (Some(recorded), end) = (dossier.last, end.unwrap_or(dossier.last)) else {
            return Some(NotRemovable::Unknown);
        };
        let Some(end) = end else { return Some(NotRemovable::Running) };
        let last = end.max(recorded);
        let until =
            last.checked_add_months(Months::new(wanted.years.saturating_mul(12))).unwrap_or(Datum::MAX);
        (last >= wanted.before).then_some(NotRemovable::TooEarly(until))
    }
}
