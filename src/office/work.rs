//! Decisions on work items, of a person or of a passing term: the same way as a message. Facts, a pure decision, our
//! own answers judged, and everything recorded in one transaction.

use super::alone::{Alone, DecidedAlone, Followed};
use super::error::OfficeError;
use super::handle::Office;
use super::operator::Person;
use super::outcome::Leaving;
use super::voordracht::Besluitvorming;
use super::work_preview::{WorkPreview, released};
use crate::clock::Moment;
use crate::codes::Bsn;
use crate::contracts::Register;
use crate::decide::operator::{
    Besluit, TermPassed, WorkError, WorkInput, decide_work, due, passing, work_keys,
};
use crate::decide::{Decision, Verdict};
use crate::journal::{Gedaan, Notitie, OpWerkitem};
use crate::messages::{Bericht, BerichtSoort};
use crate::schema::{Reading, read};
use crate::state::{FactKeys, NewWorkItem, Soort};
use crate::store::{
    Batch, Entry, JournalKind, JournalRecord, MessageMeta, Store, StoreError, TakeLimit, WorkItem, WorkStatus,
};

/// Most characters of a note.
const LONGEST_NOTE: usize = 1_000;

/// A work item that was closed, and what left with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedItem {
    /// Its number.
    pub id: i64,
    /// What it became.
    pub status: WorkStatus,
    /// Answers that left.
    pub answers: Vec<Leaving>,
    /// To whom the message went on.
    pub forwarded: Vec<Leaving>,
    /// Its kind; none when there is none.
    pub message: Option<BerichtSoort>,
    /// Work items that follow on it.
    pub work: Vec<i64>,
}

/// What the passing of time did to one work item.
#[derive(Debug)]
pub struct Passed {
    /// Its number.
    pub id: i64,
    /// What was done, or why nothing could be.
    pub outcome: Result<ClosedItem, OfficeError>,
}

/// What is recorded of who closes an item, and what was decided.
struct ClosedBy {
    gedaan: Gedaan,
    /// What the item becomes; none when it stays as it is.
    status: Option<WorkStatus>,
    who: Option<String>,
    why: String,
}

/// A decision that was made and not recorded yet.
pub(crate) struct UnrecordedDecision<T> {
    pub journal: i64,
    pub moment: Moment,
    pub first_identificatie: Option<i64>,
    pub message: Option<MessageMeta>,
    pub decided: T,
}

impl UnrecordedDecision<TermPassed> {
    /// What follows when time passes; none when nothing does.
    pub(crate) fn of_term(self) -> Option<Verstreken<UnrecordedDecision<Decision>>> {
        let Self { journal, moment, first_identificatie, message, decided } = self;
        let Verstreken { decision: decided, why, status } = passed(decided)?;
        let decision = UnrecordedDecision { journal, moment, first_identificatie, message, decided };
        Some(Verstreken { decision, why, status })
    }
}

impl Office {
    /// Carries out what a person decided on an open work item.
    pub async fn decide_work(
        &self,
        id: i64,
        besluit: Besluit,
        person: Person,
    ) -> Result<ClosedItem, OfficeError> {
        self.decide_work_as(id, besluit, None, person.into()).await
    }

    /// The item of a decision as it is while nobody else decides, and what follows.
    pub(super) async fn make_work(
        &self,
        alone: &mut Alone<'_>,
        id: i64,
        besluit: Besluit,
    ) -> Result<(WorkItem, UnrecordedDecision<Decision>), OfficeError> {
        let item = match besluit {
            Besluit::Heropenen => self.closed_item(id).await?.ok_or(StoreError::WorkNotClosed(id))?,
            _ => match self.open_item(id).await? {
                Some(item) => item,
                None => return Err(self.closed_meanwhile(id).await?),
            },
        };
        let made = self.make(alone, &item, |input| decide_work(input, besluit)).await?;
        Ok((item, made))
    }

    /// Carries out a decision; with what was seen of it before, only when that is what follows now.
    pub(super) async fn decide_work_as(
        &self,
        id: i64,
        besluit: Besluit,
        seen: Option<&str>,
        door: Besluitvorming,
    ) -> Result<ClosedItem, OfficeError> {
        let mut alone = self.alone().await?;
        let (item, made) = self.make_work(&mut alone, id, besluit).await?;
        if seen.is_some_and(|token| token != WorkPreview::of(&item.item, besluit, &made.decided).token) {
            return Err(OfficeError::WorkChanged { id });
        }
        if status(Gedaan::Besluit(besluit)) == WorkStatus::Goedgekeurd {
            self.may_decide(&alone.register(), (true, false), released(&made.decided), &door)?;
        }
        if let Some(voordracht) = door.voordracht() {
            alone.batch.carry_out(voordracht, made.journal).await?;
        }
        let person = door.person();
        let (who, why) = (Some(person.signature()), person.why);
        let gedaan = Gedaan::Besluit(besluit);
        let status = Some(status(gedaan));
        self.settle(alone, &item, made, ClosedBy { gedaan, status, who, why }).await
    }

    /// Writes a note on a work item, open or not: the reason of the person is the note.
    pub async fn note(&self, id: i64, person: Person) -> Result<(), OfficeError> {
        let text = &person.why;
        if text.is_empty() || text.chars().count() > LONGEST_NOTE {
            return Err(OfficeError::Note("schrijf een notitie van hoogstens 1.000 tekens"));
        }
        if Bsn::mask_in(text) != *text {
            return Err(OfficeError::Note(
                "een BSN hoort niet in een notitie: haal het weg en bewaar opnieuw",
            ));
        }
        let mut alone = self.alone().await?;
        let item = self.store().work_item(id).await?.ok_or(StoreError::WorkNotOpen(id))?;
        let mut entry = alone.entry(JournalKind::Besluit);
        entry.arrival = item.arrival;
        entry.who = Some(person.signature());
        entry.why = Some(person.why);
        entry.body = Some(Notitie { werkitem: id }.body());
        alone.batch.note(entry, id).await?;
        alone.commit().await
    }

    /// Acts on terms that have passed and closes items whose request has its answer. Only for those does anybody who
    /// decides have to wait. One that fails does not stop the others.
    pub async fn pass_terms(&self) -> Result<Vec<Passed>, OfficeError> {
        let moment = self.settings().clock.now();
        let mut items = self.store().request_work(moment).await?;
        items.retain(|(item, request)| passing(&item.item, request.as_ref(), moment).is_some());
        items.sort_by_key(|(item, _)| by_term(item));
        let mut passed = Vec::new();
        for id in items.into_iter().map(|(item, _)| item.id) {
            passed.extend(self.pass_in(self.alone().await?, id).await?);
        }
        passed.extend(self.pass_holds().await?);
        Ok(passed)
    }

    /// What time does to one item; none when it does nothing.
    pub(super) async fn pass_in(&self, alone: Alone<'_>, id: i64) -> Result<Option<Passed>, OfficeError> {
        match self.pass(alone, id).await {
            Ok(None) => Ok(None),
            Ok(Some(settled)) => Ok(Some(Passed { id, outcome: Ok(settled) })),
            // The store or the hub stops everything; what one item lacks, or what is damaged of it, does not.
            Err(
                error @ (OfficeError::Work { .. }
                | OfficeError::OwnAnswer { .. }
                | OfficeError::Store(StoreError::Corrupt(_))),
            ) => Ok(Some(Passed { id, outcome: Err(error) })),
            Err(error) => Err(error),
        }
    }

    /// An item as it is while nobody else decides; none when it was closed meanwhile.
    async fn open_item(&self, id: i64) -> Result<Option<WorkItem>, StoreError> {
        let item = self.store().work_item(id).await?;
        Ok(item.filter(|item| item.status == WorkStatus::Open))
    }

    /// Why nothing is decided on an item that is open no more, or never was.
    async fn closed_meanwhile(&self, id: i64) -> Result<OfficeError, StoreError> {
        let item = self.store().work_item(id).await?;
        Ok(match item.and_then(|item| Some((item.status, item.closed?))) {
            Some((status, closed)) => OfficeError::Closed { id, status, closed: Box::new(closed) },
            None => StoreError::WorkNotOpen(id).into(),
        })
    }

    async fn closed_item(&self, id: i64) -> Result<Option<WorkItem>, StoreError> {
        let item = self.store().work_item(id).await?;
        Ok(item.filter(|item| item.status != WorkStatus::Open))
    }

    async fn pass(&self, mut alone: Alone<'_>, id: i64) -> Result<Option<ClosedItem>, OfficeError> {
        let Some(item) = self.open_item(id).await? else { return Ok(None) };
        let Some(Verstreken { decision: made, why, status }) =
            self.make(&mut alone, &item, due).await?.of_term()
        else {
            return Ok(None);
        };
        let closing = ClosedBy { gedaan: Gedaan::Termijn, status, who: None, why: why.to_owned() };
        self.settle(alone, &item, made, closing).await.map(Some)
    }

    async fn make<T>(
        &self,
        alone: &mut Alone<'_>,
        item: &WorkItem,
        decide: impl FnOnce(&WorkInput<'_>) -> Result<T, WorkError>,
    ) -> Result<UnrecordedDecision<T>, OfficeError> {
        let at =
            DecidedAt { moment: self.settings().clock.now(), issued: self.issued().get(), replays: None };
        let register = alone.register();
        make((self.store(), &mut *alone.batch), &register, at, item, decide).await
    }

    /// Records a decision with the closing of its item, and publishes what leaves.
    async fn settle(
        &self,
        alone: Alone<'_>,
        item: &WorkItem,
        made: UnrecordedDecision<Decision>,
        closing: ClosedBy,
    ) -> Result<ClosedItem, OfficeError> {
        let ClosedBy { gedaan, status, who, why } = closing;
        let kind = match gedaan {
            Gedaan::Besluit(_) => JournalKind::Besluit,
            Gedaan::Termijn => JournalKind::Termijn,
        };
        let entry = Entry {
            moment: made.moment,
            first_identificatie: made.first_identificatie,
            arrival: item.arrival,
            who,
            why: Some(why),
            body: Some(OpWerkitem { werkitem: item.id, gedaan }.body()),
            ..alone.entry_of(kind, made.journal)
        };
        let message = made.message.as_ref().map(|message| message.soort);
        let Followed { answers, forwarded, work } =
            alone.settle(decided(entry, (item.id, status), made)).await?;
        let status = status.unwrap_or(item.status);
        Ok(ClosedItem { id: item.id, status, answers, forwarded, message, work })
    }
}

/// A decision on a work item, with its entry and what the item becomes; none when it stays as it is.
pub(crate) fn decided(
    entry: Entry,
    (id, status): (i64, Option<WorkStatus>),
    made: UnrecordedDecision<Decision>,
) -> DecidedAlone {
    let UnrecordedDecision { message, decided: decision, .. } = made;
    DecidedAlone {
        entry,
        decision,
        forwarded: message,
        items: status.map(|status| (id, status)).into_iter().collect(),
    }
}

/// How an item stands after it.
pub(crate) const fn status(gedaan: Gedaan) -> WorkStatus {
    match gedaan {
        Gedaan::Besluit(
            Besluit::Goedkeuren | Besluit::GoedkeurenKindBekend | Besluit::GoedkeurenMetBetaling,
        ) => WorkStatus::Goedgekeurd,
        Gedaan::Besluit(Besluit::Afwijzen { .. }) => WorkStatus::Afgewezen,
        Gedaan::Besluit(Besluit::Heropenen) => WorkStatus::Open,
        Gedaan::Termijn => WorkStatus::Afgehandeld,
    }
}

/// When an item is decided about: now, or as a journal says.
pub(crate) struct DecidedAt<'a> {
    pub moment: Moment,
    /// JW301s that a fixed clock issued before.
    pub issued: u32,
    /// The entry that is decided again.
    pub replays: Option<&'a JournalRecord>,
}

/// Loads the message and the facts of an item in a transaction in which nobody else decides, and lets `decide` decide.
/// Nothing is recorded.
pub(crate) async fn make<T>(
    (store, batch): (&dyn Store, &mut dyn Batch),
    register: &Register,
    at: DecidedAt<'_>,
    item: &WorkItem,
    decide: impl FnOnce(&WorkInput<'_>) -> Result<T, WorkError>,
) -> Result<UnrecordedDecision<T>, OfficeError> {
    let bytes = match item.arrival {
        Some(arrival) => store.received(arrival).await?,
        None => None,
    };
    let bytes = match bytes {
        Some(bytes) if is_retour(&bytes) => asking(store, batch, &item.item).await?,
        bytes => bytes,
    };
    let document = bytes.as_deref().and_then(|bytes| match read(bytes) {
        Reading::Valid(document) => Some(document),
        Reading::Invalid(_) => None,
    });
    let bericht = document.as_ref().map(|document| Bericht::read(document));
    let keys = work_keys(&item.item, bericht.as_ref(), register);
    let mut known = batch.load(&keys).await?;
    let DecidedAt { moment, issued, replays } = at;
    let gemeente = item.item.relatie.gemeente;
    if let Some(record) = replays {
        batch.numbers().resume(record);
        if let Some(first) = record.entry.first_identificatie {
            known.hand_out_from(gemeente, first);
        }
    }
    let first_identificatie = known.first_identificatie(gemeente);
    let journal = batch.numbers().draw_journal();
    let decided = decide(&WorkInput {
        item: &item.item,
        bericht: bericht.as_ref(),
        journal,
        known: &known,
        register,
        moment,
        issued,
    });
    let decided = decided.map_err(|error| OfficeError::Work { id: item.id, error })?;
    let message = document.as_ref().zip(bericht.as_ref()).map(|(document, bericht)| {
        let header = bericht.header();
        MessageMeta {
            soort: header.soort,
            release: document.schema.release.name,
            afzender: header.afzender,
            relatie: header.relatie(),
            identificatie: header.bericht_identificatie.identificatie.into(),
        }
    });
    Ok(UnrecordedDecision { journal, moment, first_identificatie, message, decided })
}

/// Whether a retour of an aanbieder made the item, and not the request that it is about.
pub(crate) fn is_retour(bytes: &[u8]) -> bool {
    let Reading::Valid(document) = read(bytes) else { return false };
    matches!(document.schema.soort, BerichtSoort::Jw302 | BerichtSoort::Jw320)
}

/// The message of the request that an item is about.
async fn asking(
    store: &dyn Store,
    batch: &mut dyn Batch,
    item: &NewWorkItem,
) -> Result<Option<Vec<u8>>, OfficeError> {
    let Some(referentie) = item.voorstel.verzoek() else { return Ok(None) };
    let key = (item.relatie.aanbieder, referentie.into());
    let mut keys = FactKeys::default();
    keys.verzoeken.insert(key.clone());
    let known = batch.load(&keys).await?;
    let Some(request) = known.verzoeken.get(&key) else { return Ok(None) };
    let one = TakeLimit { messages: 1, bytes: usize::MAX };
    let records = store.journal(request.bericht - 1, one).await?;
    let message = records.into_iter().next().and_then(|record| record.message);
    Ok(message.map(|taken| taken.bytes.bytes()).transpose()?.map(|bytes| bytes.to_vec()))
}

/// What follows when time passes.
pub(crate) struct Verstreken<D> {
    /// What is decided.
    pub decision: D,
    pub why: &'static str,
    /// What the item becomes; none when it stays as it is.
    pub status: Option<WorkStatus>,
}

/// What follows when time passes; none when nothing does.
pub(crate) fn passed(due: TermPassed) -> Option<Verstreken<Decision>> {
    let closed = Some(status(Gedaan::Termijn));
    let (decision, why, status) = match due {
        TermPassed::Nothing => return None,
        TermPassed::Settled => {
            (Decision::of(Verdict::Accepted), "het verzoek is intussen beantwoord", closed)
        }
        TermPassed::Examined(decision) => {
            (*decision, "de termijn verstrijkt; het verzoek is in onderzoek genomen (JW319 met 2)", closed)
        }
        TermPassed::Reminded(decision) => {
            (*decision, "de termijn na het onderzoek verstrijkt; een nieuw werkitem zegt dat", closed)
        }
        TermPassed::Forwarded(decision) => {
            (*decision, "de termijn is verstreken; de toewijzing is doorgestuurd (na_termijn)", closed)
        }
        TermPassed::Waits(decision) => {
            (*decision, "de termijn is verstreken; de gemeente weet dat de toewijzing nog wacht", None)
        }
    };
    Some(Verstreken { decision, why, status })
}

/// What asks for a decision comes before what is only to be known.
#[must_use]
pub fn by_kind(item: &WorkItem) -> (bool, (bool, Option<Moment>, i64)) {
    (item.item.soort() == Soort::Kennisnemen, by_term(item))
}

/// What must be done first comes first; what has no term comes last.
#[must_use]
pub fn by_term(item: &WorkItem) -> (bool, Option<Moment>, i64) {
    (item.item.due.is_none(), item.item.due, item.id)
}
