//! The ledger for people: balances per account, and rows.

use super::{Cell, Report, ReportError, Table};
use crate::clock::Moment;
use crate::ledger::Grootboekrekening;
use crate::money::Cents;
use crate::store::read::{ledger_balances, ledger_rows};
use crate::store::{GrootboekSaldo, Store};
use std::collections::BTreeMap;

/// Rows that are read at once.
const AT_ONCE: i64 = 10_000;

/// Balances of the accounts whose key begins so, summed per kind and each by itself.
pub async fn balances(store: &dyn Store, prefix: &str, moment: Moment) -> Result<Report, ReportError> {
    const AMOUNTS: [(&str, &str); 3] =
        [("debit_cents", "Debet"), ("credit_cents", "Credit"), ("balance_cents", "Saldo (credit min debet)")];
    let columns =
        |first: [(&'static str, &'static str); 2]| -> Vec<_> { first.into_iter().chain(AMOUNTS).collect() };
    let mut kinds: BTreeMap<(&str, &str), (Cents, Cents)> = BTreeMap::new();
    let mut rows =
        Table::new("accounts", "Per rekening", &columns([("account", "Rekening"), ("name", "Soort")]));
    for GrootboekSaldo { rekening, debet, credit } in ledger_balances(store).await? {
        let key = rekening.to_string();
        if !key.starts_with(prefix) {
            continue;
        }
        let kind = kinds.entry((rekening.nummer(), rekening.naam())).or_default();
        *kind = (kind.0.plus(debet)?, kind.1.plus(credit)?);
        rows.row([key.into(), rekening.naam().into()].into_iter().chain(amounts(debet, credit)?).collect());
    }
    let mut sums = Table::new("kinds", "Per soort", &columns([("number", "Nummer"), ("name", "Soort")]));
    let mut all = (Cents::ZERO, Cents::ZERO);
    for ((nummer, naam), (debet, credit)) in kinds {
        all = (all.0.plus(debet)?, all.1.plus(credit)?);
        sums.row([nummer.into(), naam.into()].into_iter().chain(amounts(debet, credit)?).collect());
    }
    sums.row([Cell::Empty, "Samen".into()].into_iter().chain(amounts(all.0, all.1)?).collect());
    Ok(Report { name: "ledger-balance", titel: "Saldi van het grootboek", moment, tables: vec![sums, rows] })
}

fn amounts(debet: Cents, credit: Cents) -> Result<[Cell; 3], ReportError> {
    Ok([debet.into(), credit.into(), credit.minus(debet)?.into()])
}

/// Rows that are asked for; without an account they have no balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowsOf {
    /// Of this account.
    Rekening(Grootboekrekening),
    /// Of the input with this journal number.
    Journaal(i64),
    All,
}

/// What every row of the ledger shows.
pub const ROW_COLUMNS: [(&str, &str); 7] = [
    ("journal", "Journaal"),
    ("line", "Regel"),
    ("date", "Boekdatum"),
    ("event", "Gebeurtenis"),
    ("debit_account", "Debet"),
    ("credit_account", "Credit"),
    ("amount_cents", "Bedrag"),
];

/// Rows of the ledger in order; of an account with its balance after each.
pub async fn rows(store: &dyn Store, of: RowsOf, moment: Moment) -> Result<Report, ReportError> {
    let mut columns = ROW_COLUMNS.to_vec();
    let rekening = match of {
        RowsOf::Rekening(rekening) => Some(rekening),
        RowsOf::Journaal(_) | RowsOf::All => None,
    };
    if rekening.is_some() {
        columns.push(("balance_cents", "Saldo daarna"));
    }
    let mut table = Table::new("rows", "Overboekingen", &columns);
    let (mut behind, mut last) = ((0, 0), i64::MAX);
    if let RowsOf::Journaal(journal) = of {
        (behind, last) = ((journal - 1, i64::MAX), journal);
    }
    let mut saldo = Cents::ZERO;
    loop {
        let part = ledger_rows(store, behind, AT_ONCE, rekening.as_ref()).await?;
        for row in part.iter().take_while(|row| row.journal <= last) {
            let mut cells = vec![
                row.journal.into(),
                row.regel.into(),
                Cell::Date(row.boekdatum),
                row.gebeurtenis.as_str().into(),
                row.debet.to_string().into(),
                row.credit.to_string().into(),
                row.bedrag.into(),
            ];
            if let Some(rekening) = rekening {
                saldo =
                    if row.credit == rekening { saldo.plus(row.bedrag)? } else { saldo.minus(row.bedrag)? };
                cells.push(saldo.into());
            }
            table.row(cells);
        }
        let Some(end) = part.last().filter(|end| end.journal <= last) else { break };
        if i64::try_from(part.len()) != Ok(AT_ONCE) {
            break;
        }
        behind = (end.journal, end.regel);
    }
    Ok(Report { name: "ledger-rows", titel: "Overboekingen van het grootboek", moment, tables: vec![table] })
}
