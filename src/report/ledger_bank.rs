//! What in the ledger contradicts what the bank told and what people said of it: every row of a bank input is the one that its
//! journal entry says, what is not explained is what waits, and what is on its way is what runs sent less what the bank booked
//! and refused. Of kept sums and balances nothing is believed.

use super::{ReportError, add};
use crate::journal::{Bankverklaring, Bankverwerking, Besloten, Deelverklaring, Verklaring};
use crate::ledger::{Boekgebeurtenis, Grootboekrekening, Overboeking, OverboekingBron};
use crate::money::Cents;
use crate::office::bank::{rows_of_explanation, rows_of_lines};
use crate::payments::pain001::{block_id, file_id};
use crate::state::{Bankregel, Bankuitkomst};
use crate::store::read::{bank_journals, open_posts, transfers};
use crate::store::{PostedRow, Store, TakeLimit};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of bank inputs, by journal number.
pub(super) type BankRowsPosted = BTreeMap<i64, Vec<PostedRow>>;

/// What runs have on their way, in cents: by what was sent and told, and by the rows.
type OnItsWay = BTreeMap<i64, [Cents; 2]>;

/// Blocks and transfers of all runs, to know of what the bank tells which run it is.
struct SentByRuns {
    /// The run of a block, by PmtInfId.
    blocks: BTreeMap<String, i64>,
    /// Amounts of transfers, by run and place in it.
    amounts: BTreeMap<(i64, i64), Cents>,
}

/// Checks what the bank moved. `paid` has what runs put on their way by their rows.
pub(super) async fn bank_faults(
    store: &dyn Store,
    posted: &BankRowsPosted,
    paid: &BTreeMap<i64, Cents>,
    accounts: &BTreeMap<Grootboekrekening, (Cents, Cents)>,
    faults: &mut Vec<String>,
) -> Result<(), ReportError> {
    let sent = sent_by_runs(store).await?;
    let mut on_its_way = OnItsWay::new();
    for ((run, _), bedrag) in &sent.amounts {
        add(&mut on_its_way.entry(*run).or_default()[0], *bedrag)?;
    }
    for (run, bedrag) in paid {
        add(&mut on_its_way.entry(*run).or_default()[1], *bedrag)?;
    }
    let mut journals: BTreeSet<i64> = bank_journals(store).await?.into_iter().collect();
    journals.extend(posted.keys());
    for journal in journals {
        let rows = posted.get(&journal).map_or(&[][..], Vec::as_slice);
        match recorded(store, journal).await? {
            Some(Besloten::Bank(bank)) => lines(journal, &bank, rows, &sent, (&mut on_its_way, &mut *faults))?,
            Some(Besloten::Bankverklaring(said)) => {
                explanation(journal, &said, rows, (&mut on_its_way, &mut *faults))?;
            }
            _ => faults.push(format!(
                "journaalregel {journal}: in het grootboek staat iets van de bank, en de journaalregel zegt dat niet"
            )),
        }
    }
    for (run, [told, posted]) in on_its_way {
        if told != posted {
            faults.push(format!(
                "betaalrun {run}: onderweg is {posted} in het grootboek; verstuurd, min geboekt en afgewezen door de bank, is {told}"
            ));
        }
    }
    unexplained(store, accounts, faults).await
}

/// What waits for an explanation is what stands on 18.
async fn unexplained(
    store: &dyn Store,
    accounts: &BTreeMap<Grootboekrekening, (Cents, Cents)>,
    faults: &mut Vec<String>,
) -> Result<(), ReportError> {
    let mut waits: BTreeMap<Grootboekrekening, Cents> = BTreeMap::new();
    for (_, regel) in open_posts(store).await? {
        add(waits.entry(Grootboekrekening::TeOnderzoeken(regel.rekening)).or_default(), regel.bedrag)?;
    }
    let unknown = |rekening: &&Grootboekrekening| matches!(rekening, Grootboekrekening::TeOnderzoeken(_));
    let all: BTreeSet<_> = waits.keys().chain(accounts.keys().filter(unknown)).copied().collect();
    for rekening in all {
        let (debet, credit) = accounts.get(&rekening).copied().unwrap_or_default();
        let (saldo, open) = (credit.minus(debet)?, waits.get(&rekening).copied().unwrap_or_default());
        if saldo != open {
            faults.push(format!(
                "rekening {rekening}: het saldo is {saldo}, de posten die op uitleg wachten zijn samen {open}"
            ));
        }
    }
    Ok(())
}

async fn sent_by_runs(store: &dyn Store) -> Result<SentByRuns, ReportError> {
    let days: BTreeMap<i64, _> =
        store.payment_runs().await?.into_iter().map(|run| (run.run, run.datum)).collect();
    let mut sent = SentByRuns { blocks: BTreeMap::new(), amounts: BTreeMap::new() };
    for transfer in transfers(store, 0).await? {
        if let Some(day) = days.get(&transfer.run) {
            let block = block_id(&file_id(*day, transfer.run, transfer.deel), transfer.relatie.gemeente);
            sent.blocks.insert(block, transfer.run);
        }
        sent.amounts.insert((transfer.run, transfer.volgnummer), transfer.bedrag);
    }
    Ok(sent)
}

/// What the journal says of an input.
async fn recorded(store: &dyn Store, journal: i64) -> Result<Option<Besloten>, ReportError> {
    let one = TakeLimit { messages: 1, bytes: usize::MAX };
    let record = store.journal(journal - 1, one).await?.into_iter().next();
    let record = record.filter(|record| record.entry.journal == journal);
    let body = record.and_then(|record| record.entry.body);
    Ok(body.and_then(|body| Besloten::read(&body).ok()))
}

type Found<'f> = (&'f mut OnItsWay, &'f mut Vec<String>);

/// The rows of what the bank told.
fn lines(
    journal: i64,
    bank: &Bankverwerking,
    rows: &[PostedRow],
    sent: &SentByRuns,
    (on_its_way, faults): Found<'_>,
) -> Result<(), ReportError> {
    let expected = rows_of_lines(bank);
    let plain: Vec<Overboeking> = expected.iter().map(|(_, row)| *row).collect();
    same_rows(journal, &plain, rows, faults);
    let run_of = |regel: &Bankregel| match regel.betaling {
        Some((run, _)) => Some(run),
        None => sent.blocks.get(&regel.kenmerk).copied(),
    };
    for regel in &bank.regels {
        let moved = match regel.uitkomst {
            Bankuitkomst::BatchBruto
            | Bankuitkomst::BatchNetto
            | Bankuitkomst::Geboekt
            | Bankuitkomst::AfwijzingTerug => regel.bedrag,
            Bankuitkomst::Afgewezen => {
                let amount = regel.betaling.and_then(|betaling| sent.amounts.get(&betaling).copied());
                -amount.unwrap_or_default()
            }
            _ => continue,
        };
        if let Some(run) = run_of(regel) {
            add(&mut on_its_way.entry(run).or_default()[0], moved)?;
        }
    }
    for ((place, _), row) in expected.iter().zip(rows) {
        if let Some(run) = run_of(&bank.regels[*place]) {
            add(&mut on_its_way.entry(run).or_default()[1], moved_on_its_way(row))?;
        }
    }
    Ok(())
}

/// The rows of an explanation.
fn explanation(
    journal: i64,
    said: &Bankverklaring,
    rows: &[PostedRow],
    (on_its_way, faults): Found<'_>,
) -> Result<(), ReportError> {
    let expected = rows_of_explanation(said);
    same_rows(journal, &expected, rows, faults);
    let mut told = |run: i64, bedrag: Cents| add(&mut on_its_way.entry(run).or_default()[0], bedrag);
    match &said.is {
        Verklaring::Terug(run, _) if said.regel.uitkomst == Bankuitkomst::AfgewezenWacht => {
            told(*run, -said.heropend.iter().map(|schuld| schuld.bedrag).sum::<Cents>())?;
        }
        Verklaring::Gemeente(_) | Verklaring::Terug(..) => {}
        Verklaring::Delen(delen) => {
            for deel in delen {
                match &deel.is {
                    Deelverklaring::Geboekt(herkend) | Deelverklaring::AfwijzingTerug(herkend) => {
                        told(herkend.betaalrun, deel.bedrag)?;
                    }
                    Deelverklaring::WeerOpen(herkend) => told(herkend.betaalrun, -herkend.bedrag)?,
                    _ => {}
                }
            }
        }
    }
    for (row, posted) in expected.iter().zip(rows) {
        let OverboekingBron::Betaling { run, .. } = row.bron else { continue };
        add(&mut on_its_way.entry(run).or_default()[1], moved_on_its_way(posted))?;
    }
    Ok(())
}

/// Rows are those that follow from what was recorded, one by one.
fn same_rows(journal: i64, expected: &[Overboeking], rows: &[PostedRow], faults: &mut Vec<String>) {
    let told = |row: Option<(Boekgebeurtenis, Grootboekrekening, Grootboekrekening, Cents)>| {
        row.map_or_else(
            || "niets".to_owned(),
            |(gebeurtenis, debet, credit, bedrag)| {
                format!("{gebeurtenis} {bedrag} van {credit} naar {debet}")
            },
        )
    };
    for place in 0..expected.len().max(rows.len()) {
        let should = expected.get(place).map(|row| (row.gebeurtenis, row.debet, row.credit, row.bedrag));
        let is = rows.get(place).map(|row| (row.gebeurtenis, row.debet, row.credit, row.bedrag));
        if should != is {
            let number =
                rows.get(place).map_or(i64::try_from(place).unwrap_or(i64::MAX) + 1, |row| row.regel);
            faults.push(format!(
                "journaalregel {journal}, overboeking {number}: in het grootboek staat {}, volgens wat de bank of de uitleg zei {}",
                told(is),
                told(should)
            ));
        }
    }
}

/// What a row adds to what is on its way.
fn moved_on_its_way(row: &PostedRow) -> Cents {
    let is = |rekening| matches!(rekening, Grootboekrekening::Onderweg(_));
    match (is(row.credit), is(row.debet)) {
        (true, false) => row.bedrag,
        (false, true) => -row.bedrag,
        _ => Cents::ZERO,
    }
}
