//! Decisions of persons and of time, decided again.

use super::rebuild::{ReplayError, again, diverged};
use crate::contracts::Register;
use crate::decide::operator::{decide_work, due};
use crate::decide::termijn::Signaal;
use crate::journal::{
    Afgerond, Besloten, Gedaan, Gevolgd, Herziening, Notitie, OpGeparkeerd, OpWerkitem, OpWerkitems,
    VrijgaveVanRegels,
};
use crate::office::alone::DecidedAlone;
use crate::office::work::{DecidedAt, decided, make, status};
use crate::office::{bank, besluiten, following, herziening, termijn, vrijgave, woord};
use crate::state::Betaalbesluit;
use crate::store::{Entry, JournalRecord, Store, WorkStatus};

/// Decides an entry about a work item or a parked message again.
pub async fn decide(
    into: &dyn Store,
    register: &Register,
    record: &JournalRecord,
) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let body = entry.body.as_deref().unwrap_or_default();
    let OpWerkitem { werkitem: id, gedaan } = match Besloten::read(body) {
        Ok(Besloten::OpGeparkeerd(besluit)) => return unpark(into, record, besluit).await,
        Ok(Besloten::Signaal(signaal)) => return signal(into, record, &signaal).await,
        Ok(Besloten::Gevolgd(gevolgd)) => return follow_limits(into, register, record, gevolgd).await,
        Ok(Besloten::Herziening(herziening)) => return revise(into, register, record, &herziening).await,
        Ok(Besloten::Afgerond(afgerond)) => return finish(into, record, &afgerond).await,
        Ok(Besloten::Notitie(notitie)) => return note(into, record, notitie).await,
        Ok(Besloten::Betaalbesluit(besluit)) => return about_paying(into, record, &besluit).await,
        Ok(Besloten::Bank(told)) => return alone(into, record, |entry| bank::taken(entry, &told)).await,
        Ok(Besloten::Bankverklaring(said)) => {
            return alone(into, record, |entry| bank::explained(entry, &said)).await;
        }
        Ok(Besloten::Vrijgave(vrijgave)) => return release(into, register, record, &vrijgave).await,
        Ok(Besloten::OpWerkitems(besluit)) => return many(into, register, record, &besluit).await,
        Ok(Besloten::Woord(_)) => return alone(into, record, woord::said).await,
        Ok(Besloten::OpWerkitem(besluit)) => besluit,
        Err(why) => return Err(diverged(entry, why.as_str())),
    };
    let mut batch = into.begin().await?;
    let item = into.work_item(id).await?;
    let item = item.filter(|item| (item.status == WorkStatus::Open) != reopens(gedaan));
    let item = item.ok_or(diverged(entry, "het werkitem staat niet open, of is niet afgehandeld"))?;
    let at = DecidedAt { moment: entry.moment, issued: entry.issued, replays: Some(record) };
    let mut becomes = Some(status(gedaan));
    let made = match gedaan {
        Gedaan::Besluit(besluit) => {
            make((into, &mut *batch), register, at, &item, |input| decide_work(input, besluit)).await?
        }
        Gedaan::Termijn => {
            let made = make((into, &mut *batch), register, at, &item, due).await?;
            let term = made.of_term().ok_or(diverged(entry, "er is geen termijn verstreken"))?;
            becomes = term.status;
            term.decision
        }
    };
    if made.journal != entry.journal {
        return Err(diverged(entry, "het journaalnummer"));
    }
    decided(entry.clone(), (id, becomes), made).enter(&mut *batch);
    Ok(batch.commit().await?)
}

/// Whether an item that was closed is open again with it.
pub(super) fn reopens(gedaan: Gedaan) -> bool {
    status(gedaan) == WorkStatus::Open
}

/// A term that passed without a work item: the entry says all of it.
async fn signal(into: &dyn Store, record: &JournalRecord, signaal: &Signaal) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let mut batch = again(into, record).await?;
    termijn::decided(entry.clone(), signaal).enter(&mut *batch);
    Ok(batch.commit().await?)
}

/// What messages did to limits, followed again.
async fn follow_limits(
    into: &dyn Store,
    register: &Register,
    record: &JournalRecord,
    gevolgd: Gevolgd,
) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let mut batch = again(into, record).await?;
    let at = (entry.moment.date(), entry.register_version);
    let decision = following::followed(&mut *batch, register, at, gevolgd).await?;
    following::decided(entry.clone(), gevolgd, decision).enter(&mut *batch);
    Ok(batch.commit().await?)
}

/// Lines whose rate is another since an import, looked for again.
async fn revise(
    into: &dyn Store,
    register: &Register,
    record: &JournalRecord,
    herziening: &Herziening,
) -> Result<(), ReplayError> {
    let mut batch = again(into, record).await?;
    let decision = herziening::revised(&mut *batch, register, herziening).await?;
    herziening::decided(record.entry.clone(), herziening, decision).enter(&mut *batch);
    Ok(batch.commit().await?)
}

/// Work items of which all was done: the entry names them.
async fn finish(into: &dyn Store, record: &JournalRecord, afgerond: &Afgerond) -> Result<(), ReplayError> {
    let mut batch = again(into, record).await?;
    herziening::finished(record.entry.clone(), afgerond).enter(&mut *batch);
    Ok(batch.commit().await?)
}

/// What the entry alone says all of.
async fn alone(
    into: &dyn Store,
    record: &JournalRecord,
    decided: impl FnOnce(Entry) -> DecidedAlone,
) -> Result<(), ReplayError> {
    let mut batch = again(into, record).await?;
    decided(record.entry.clone()).enter(&mut *batch);
    Ok(batch.commit().await?)
}

/// Payments that were released by themselves: the entry names the lines.
async fn release(
    into: &dyn Store,
    register: &Register,
    record: &JournalRecord,
    vrijgave: &VrijgaveVanRegels,
) -> Result<(), ReplayError> {
    let mut batch = again(into, record).await?;
    let changes = vrijgave::changes(into, &mut *batch, register, vrijgave).await?;
    vrijgave::decided(record.entry.clone(), vrijgave, changes).enter(&mut *batch);
    Ok(batch.commit().await?)
}

/// A decision about many items at once.
async fn many(
    into: &dyn Store,
    register: &Register,
    record: &JournalRecord,
    besluit: &OpWerkitems,
) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let mut batch = again(into, record).await?;
    let mut items = Vec::with_capacity(besluit.werkitems.len());
    for id in &besluit.werkitems {
        let item = into.work_item(*id).await?.filter(|item| item.status == WorkStatus::Open);
        items.push(item.ok_or(diverged(entry, "een werkitem staat niet open"))?);
    }
    let at = (entry.journal, entry.moment.date());
    let changes = besluiten::changes(&mut *batch, register, at, &items, besluit).await?;
    besluiten::decided(entry.clone(), besluit, changes).enter(&mut *batch);
    Ok(batch.commit().await?)
}

async fn note(into: &dyn Store, record: &JournalRecord, notitie: Notitie) -> Result<(), ReplayError> {
    let mut batch = again(into, record).await?;
    batch.note(record.entry.clone(), notitie.werkitem).await?;
    Ok(batch.commit().await?)
}

async fn about_paying(
    into: &dyn Store,
    record: &JournalRecord,
    besluit: &Betaalbesluit,
) -> Result<(), ReplayError> {
    let mut batch = again(into, record).await?;
    batch.decide_paying(record.entry.clone(), besluit).await?;
    Ok(batch.commit().await?)
}

async fn unpark(into: &dyn Store, record: &JournalRecord, besluit: OpGeparkeerd) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let mut batch = again(into, record).await?;
    batch.unpark(entry.clone(), besluit == OpGeparkeerd::Opnieuw).await?;
    Ok(batch.commit().await?)
}
