//! What in the ledger contradicts what was decided, held and paid: expected from claims, entries, held lines and runs, and
//! added up from the rows; of kept balances nothing is believed.

use super::ledger_bank::{BankRowsPosted, bank_faults};
use super::{ReportError, add};
use crate::ledger::{Boekgebeurtenis, Grootboekrekening};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::VasthoudingStatus;
use crate::store::read::{
    bank_statements, granted_before, ledger_balances, ledger_rows, owed_by_input, paid_by_runs, transfers,
};
use crate::store::{HoldsOf, PostedRow, Store};
use std::collections::{BTreeMap, BTreeSet};

/// Rows that are read at once.
const AT_ONCE: i64 = 20_000;

/// What moved of one input and relatie, in eurocents: owed, held, and taken over from a previous system.
type MovedByInput = [Cents; 3];

/// What the rows come to.
#[derive(Default)]
struct Added {
    rows: u64,
    /// Debit and credit per account.
    accounts: BTreeMap<Grootboekrekening, (Cents, Cents)>,
    /// What claims and decisions moved.
    inputs: BTreeMap<(i64, Relatie), MovedByInput>,
    /// What runs moved, by run and relatie.
    paid: BTreeMap<(i64, Relatie), Cents>,
    /// What runs put on their way.
    sent: BTreeMap<i64, Cents>,
    /// What the bank moved.
    bank: BankRowsPosted,
}

impl Added {
    fn row(&mut self, row: &PostedRow, run: Option<i64>) -> Result<(), ReportError> {
        self.rows += 1;
        add(&mut self.accounts.entry(row.debet).or_default().0, row.bedrag)?;
        add(&mut self.accounts.entry(row.credit).or_default().1, row.bedrag)?;
        if row.gebeurtenis.is_of_bank() {
            self.bank.entry(row.journal).or_default().push(*row);
        }
        for (rekening, bedrag) in [(row.debet, -row.bedrag), (row.credit, row.bedrag)] {
            if let (Some(run), Grootboekrekening::Onderweg(_)) = (run, rekening) {
                add(self.sent.entry(run).or_default(), bedrag)?;
            }
            let place = match rekening {
                Grootboekrekening::Crediteur(_) => 0,
                Grootboekrekening::Vastgehouden(_) => 1,
                Grootboekrekening::Overgenomen(_) => 2,
                _ => continue,
            };
            let Some(relatie) = rekening.relatie() else { continue };
            match run {
                Some(run) => add(self.paid.entry((run, relatie)).or_default(), -bedrag)?,
                None => add(&mut self.inputs.entry((row.journal, relatie)).or_default()[place], bedrag)?,
            }
        }
        Ok(())
    }
}

/// What was checked, and what contradicts: a sentence each.
#[derive(Debug, Default)]
pub struct LedgerFaults {
    /// Rows that were added up.
    pub rows: u64,
    pub faults: Vec<String>,
}

/// Checks the whole ledger.
pub async fn ledger_faults(store: &dyn Store) -> Result<LedgerFaults, ReportError> {
    let runs: BTreeMap<i64, i64> =
        store.payment_runs().await?.into_iter().map(|run| (run.journal, run.run)).collect();
    let mut added = Added::default();
    let mut behind = (0, 0);
    loop {
        let part = ledger_rows(store, behind, AT_ONCE, None).await?;
        for row in &part {
            let run = runs.get(&row.journal).filter(|_| row.gebeurtenis == Boekgebeurtenis::Betaald);
            added.row(row, run.copied())?;
        }
        let Some(end) = part.last() else { break };
        behind = (end.journal, end.regel);
    }
    let mut faults = LedgerFaults { rows: added.rows, faults: Vec::new() };
    kept_balances(store, &added, &mut faults.faults).await?;
    inputs(store, &added, &mut faults.faults).await?;
    standing(store, &added, &mut faults.faults).await?;
    paid(store, &added, &mut faults.faults).await?;
    bank(store, &added, &mut faults.faults).await?;
    let Added { bank, sent, accounts, .. } = &added;
    bank_faults(store, bank, sent, accounts, &mut faults.faults).await?;
    Ok(faults)
}

/// Kept balances are the sums of the rows.
async fn kept_balances(
    store: &dyn Store,
    added: &Added,
    faults: &mut Vec<String>,
) -> Result<(), ReportError> {
    let mut expected = added.accounts.clone();
    for kept in ledger_balances(store).await? {
        let (debet, credit) = expected.remove(&kept.rekening).unwrap_or_default();
        if (debet, credit) != (kept.debet, kept.credit) {
            faults.push(format!(
                "rekening {}: bewaard is debet {} en credit {}, de overboekingen geven {debet} en {credit}",
                kept.rekening, kept.debet, kept.credit
            ));
        }
    }
    faults.extend(expected.keys().map(|rekening| format!("rekening {rekening}: er is geen saldo bewaard")));
    Ok(())
}

/// Every claim and every decision moved what it made payable, held, or took over; once.
async fn inputs(store: &dyn Store, added: &Added, faults: &mut Vec<String>) -> Result<(), ReportError> {
    let mut expected: BTreeMap<(i64, Relatie), MovedByInput> = BTreeMap::new();
    for owed in owed_by_input(store).await? {
        let moved = expected.entry((owed.journal, owed.relatie)).or_default();
        add(&mut moved[0], owed.betaalbaar)?;
        add(&mut moved[1], owed.vastgehouden)?;
    }
    for (journal, relatie, bedrag) in granted_before(store).await? {
        add(&mut expected.entry((journal, relatie)).or_default()[2], bedrag)?;
    }
    let keys: BTreeSet<_> = expected.keys().chain(added.inputs.keys()).copied().collect();
    for key in keys {
        let decided = expected.get(&key).copied().unwrap_or_default();
        let posted = added.inputs.get(&key).copied().unwrap_or_default();
        let (journal, Relatie { gemeente, aanbieder }) = key;
        for (what, decided, posted) in [
            ("betaalbaar", decided[0], posted[0]),
            ("vastgehouden", decided[1], posted[1]),
            ("overgenomen", decided[2], posted[2]),
        ] {
            if decided != posted {
                faults.push(format!(
                    "journaalregel {journal}, gemeente {gemeente}, aanbieder {aanbieder}: {what} werd {decided}, in het grootboek staat {posted}"
                ));
            }
        }
    }
    Ok(())
}

/// What is owed is what may be paid, and what is held is what lines wait.
async fn standing(store: &dyn Store, added: &Added, faults: &mut Vec<String>) -> Result<(), ReportError> {
    let mut expected: BTreeMap<Grootboekrekening, Cents> = BTreeMap::new();
    for entry in store.payable().await? {
        let relatie = Relatie { gemeente: entry.boeking.gemeente, aanbieder: entry.boeking.aanbieder };
        add(expected.entry(Grootboekrekening::Crediteur(relatie)).or_default(), entry.boeking.bedrag)?;
    }
    for line in store.holds(HoldsOf::All).await? {
        if line.status == VasthoudingStatus::Vastgehouden {
            add(expected.entry(Grootboekrekening::Vastgehouden(line.relatie)).or_default(), line.bedrag)?;
        }
    }
    for (rekening, (debet, credit)) in &added.accounts {
        let kept = matches!(rekening, Grootboekrekening::Crediteur(_) | Grootboekrekening::Vastgehouden(_));
        let (saldo, decided) = (credit.minus(*debet)?, expected.remove(rekening).unwrap_or_default());
        if kept && saldo != decided {
            faults.push(format!("rekening {rekening}: het saldo is {saldo}, open staat {decided}"));
        }
    }
    expected.retain(|_, open| *open != Cents::ZERO);
    faults.extend(expected.iter().map(|(rekening, open)| {
        format!("rekening {rekening}: het saldo is {}, open staat {open}", Cents::ZERO)
    }));
    Ok(())
}

/// Every transfer is what its run paid, and moved once.
async fn paid(store: &dyn Store, added: &Added, faults: &mut Vec<String>) -> Result<(), ReportError> {
    let mut sent: BTreeMap<(i64, Relatie), Cents> = BTreeMap::new();
    for transfer in transfers(store, 0).await? {
        add(sent.entry((transfer.run, transfer.relatie)).or_default(), transfer.bedrag)?;
    }
    let mut settled = paid_by_runs(store).await?;
    settled.retain(|(.., bedrag)| *bedrag > Cents::ZERO);
    let settled: BTreeMap<_, _> =
        settled.into_iter().map(|(run, relatie, bedrag)| ((run, relatie), bedrag)).collect();
    let keys: BTreeSet<_> = sent.keys().chain(settled.keys()).chain(added.paid.keys()).copied().collect();
    for key in keys {
        let of = |sums: &BTreeMap<_, Cents>| sums.get(&key).copied().unwrap_or_default();
        let (sent, settled, posted) = (of(&sent), of(&settled), of(&added.paid));
        if sent != settled || sent != posted {
            let (run, Relatie { gemeente, aanbieder }) = key;
            faults.push(format!(
                "betaalrun {run}, gemeente {gemeente}, aanbieder {aanbieder}: overgemaakt is {sent}, betaald is {settled}, in het grootboek staat {posted}"
            ));
        }
    }
    Ok(())
}

/// The bank has what its last statement says.
async fn bank(store: &dyn Store, added: &Added, faults: &mut Vec<String>) -> Result<(), ReportError> {
    let mut last = BTreeMap::new();
    for (_, afschrift) in bank_statements(store).await? {
        let newest = last.entry(afschrift.rekening).or_insert((afschrift.tot, afschrift.slot));
        if afschrift.tot >= newest.0 {
            *newest = (afschrift.tot, afschrift.slot);
        }
    }
    for (rekening, (_, slot)) in last {
        let bank = Grootboekrekening::Bank(rekening);
        let (debet, credit) = added.accounts.get(&bank).copied().unwrap_or_default();
        let saldo = debet.minus(credit)?;
        if saldo != slot {
            faults.push(format!(
                "rekening {bank}: volgens het laatste afschrift staat er {slot}, in het grootboek {saldo}; ontbreekt er een afschrift?"
            ));
        }
    }
    Ok(())
}
