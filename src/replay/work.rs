//! What a person decided, or time, decided again.

use super::rebuild::{ReplayError, diverged};
use crate::codes::RedenAfwijzingVerzoek;
use crate::contracts::Register;
use crate::decide::operator::{Besluit, decide_work, due};
use crate::decide::termijn::Signaal;
use crate::pipeline::operator::{DISCARDED, RETRIED};
use crate::pipeline::termijn;
use crate::pipeline::work::{At, Made, draw, enter, make, passed};
use crate::store::{Batch, Entry, JournalRecord, Store, WorkStatus};
use serde_json::Value;

/// Decides an entry about a work item or a parked message again.
pub async fn decide<T: Store>(
    into: &T,
    register: &Register,
    record: &JournalRecord,
) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let body = entry.body.as_deref().unwrap_or_default();
    if body == RETRIED.as_bytes() || body == DISCARDED.as_bytes() {
        return unpark(into, record, body == RETRIED.as_bytes()).await;
    }
    let body: Value =
        serde_json::from_slice(body).map_err(|_| diverged(entry, "het besluit is onleesbaar"))?;
    if body.get("signaal").is_some() {
        return signal(into, record, body).await;
    }
    let id = body["werkitem"].as_i64().ok_or(diverged(entry, "het werkitem ontbreekt"))?;
    let batch = into.begin().await?;
    let item = into.work_item(id).await?.filter(|item| item.status == WorkStatus::Open);
    let item = item.ok_or(diverged(entry, "het werkitem staat niet open"))?;
    let at = At { moment: entry.moment, issued: entry.issued, replays: Some(record) };
    let (made, status) = if let Some(besluit) = read_besluit(&body["gedaan"], entry)? {
        let made = make((into, batch), register, at, &item, |input| decide_work(input, besluit)).await?;
        let approved = !matches!(besluit, Besluit::Afwijzen { .. });
        (made, if approved { WorkStatus::Goedgekeurd } else { WorkStatus::Afgewezen })
    } else {
        let Made { batch, journal, moment, first_identificatie, message, decided } =
            make((into, batch), register, at, &item, due).await?;
        let (decided, _) = passed(decided).ok_or(diverged(entry, "er is geen termijn verstreken"))?;
        (Made { batch, journal, moment, first_identificatie, message, decided }, WorkStatus::Afgehandeld)
    };
    let Made { mut batch, journal, message, decided, .. } = made;
    if journal != entry.journal {
        return Err(diverged(entry, "het journaalnummer"));
    }
    let drawn = draw(&mut batch, &decided);
    enter(&mut batch, entry.clone(), (id, status), message, decided, drawn);
    Ok(batch.commit().await?)
}

/// What was decided; `None`: a term passed.
pub(super) fn read_besluit(done: &Value, entry: &Entry) -> Result<Option<Besluit>, ReplayError> {
    match done["besluit"].as_str() {
        // Gate of rulings 3.10: what was recorded went through it, or is older than it.
        Some("goedkeuren") => Ok(Some(Besluit::GoedkeurenKindBekend)),
        Some("afwijzen") => {
            let reden = done["reden"].as_str().map(RedenAfwijzingVerzoek::parse).transpose();
            let reden = reden.map_err(|_| diverged(entry, "de reden van afwijzing is onbekend"))?;
            Ok(Some(Besluit::Afwijzen { reden }))
        }
        Some("termijn") => Ok(None),
        _ => Err(diverged(entry, "het besluit is onbekend")),
    }
}

/// A term that passed without a work item: the entry says all of it.
async fn signal<T: Store>(into: &T, record: &JournalRecord, body: Value) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let signaal: Signaal =
        serde_json::from_value(body).map_err(|_| diverged(entry, "de termijn is onleesbaar"))?;
    let mut batch = into.begin().await?;
    batch.numbers().resume(record);
    if batch.numbers().draw_journal() != entry.journal {
        return Err(diverged(entry, "het journaalnummer"));
    }
    termijn::enter(&mut batch, entry.clone(), &signaal);
    Ok(batch.commit().await?)
}

async fn unpark<T: Store>(into: &T, record: &JournalRecord, retry: bool) -> Result<(), ReplayError> {
    let entry = &record.entry;
    let mut batch = into.begin().await?;
    batch.numbers().resume(record);
    if batch.numbers().draw_journal() != entry.journal {
        return Err(diverged(entry, "het journaalnummer"));
    }
    batch.unpark(entry.clone(), retry).await?;
    Ok(batch.commit().await?)
}
