//! The ledger as it stands: balances, rows, transfers, and what in it contradicts the rest.

use super::{OwnRow, Value, query, read};
use crate::iban::Iban;
use crate::ledger::Grootboekrekening;
use crate::messages::Relatie;
use crate::money::Cents;
use crate::payments::Betaalrekening;
use crate::state::{Afschrift, Bankregel, Betaalbesluit, Betaalbesluitdelen, Betaaldaad};
use crate::store::cells::Fields;
use crate::store::rows::{read_afschrift, read_bankregel, read_overboeking, read_rekening};
use crate::store::{GrootboekSaldo, OwedByInput, PostedRow, Store, StoreError, TransferRow};

use std::collections::BTreeSet;

type Result<T> = std::result::Result<T, StoreError>;

const BALANCES: (&str, &str) =
    ("grootboekstand", "SELECT rekening, debet, credit FROM grootboekstand ORDER BY rekening");
macro_rules! rows {
    ($condition:literal) => {
        concat!(
            "SELECT journaal, regel, gebeurtenis, debet, credit, bedrag, boekdatum, CASE WHEN overgenomen THEN 1 ELSE 0 END
            FROM overboeking WHERE ",
            $condition,
            " ORDER BY journaal, regel LIMIT $3"
        )
    };
}
const ROWS: (&str, &str) = ("overboeking", rows!("(journaal, regel) > ($1, $2)"));
const ROWS_OF: (&str, &str) =
    ("overboeking", rows!("(journaal, regel) > ($1, $2) AND (debet = $4 OR credit = $4)"));
const TRANSFERS: (&str, &str) = (
    "betaling",
    "SELECT t.betaalrun, t.volgnummer, t.gemeente, t.aanbieder, t.van, t.naar, t.bedrag, t.kenmerk, t.deel FROM betaling t
        WHERE (t.betaalrun = $1 OR $1 = 0) ORDER BY t.betaalrun, t.volgnummer",
);
const OWED: (&str, &str) = (
    "boeking",
    "SELECT journaal, gemeente, aanbieder,
        CAST(sum(CASE WHEN (NOT vastgehouden OR vrijgegeven IS NOT NULL)
            AND (bedrag > 0 OR betaalrun IS NULL OR journaal < (SELECT r.journaal FROM betaalrun r WHERE r.nummer = boeking.betaalrun))
            THEN bedrag ELSE 0 END) AS BIGINT),
        CAST(sum(CASE WHEN vastgehouden AND vrijgegeven IS NULL AND NOT geweigerd THEN bedrag ELSE 0 END) AS BIGINT)
        FROM boeking GROUP BY 1, 2, 3",
);
const TAKEN_OVER: (&str, &str) = (
    "declaratie",
    "SELECT d.journaal, d.gemeente, d.aanbieder, d.toegekend FROM declaratie d
        JOIN journaal j ON j.nummer = d.journaal WHERE j.soort = 'overname'",
);
const PAID: (&str, &str) = (
    "boeking",
    "SELECT b.betaalrun, b.gemeente, b.aanbieder, CAST(sum(b.bedrag) AS BIGINT) FROM boeking b
        JOIN betaalrun r ON r.nummer = b.betaalrun WHERE b.journaal < r.journaal GROUP BY 1, 2, 3",
);

const BETAALBESLUITEN: (&str, &str) = (
    "betaalbesluit",
    "SELECT journaal, daad, aanbieder, iban, declaratie FROM betaalbesluit ORDER BY journaal",
);

const REFUSED_ACCOUNTS: (&str, &str) = (
    "bankregel",
    "SELECT r.journaal, t.aanbieder, t.naar, r.reden FROM bankregel r
        JOIN betaling t ON t.betaalrun = r.betaalrun AND t.volgnummer = r.volgnummer
        WHERE r.betaalrun IS NOT NULL AND r.uitkomst IN ('afgewezen', 'teruggekomen') AND t.naar IS NOT NULL
        ORDER BY r.journaal, r.volgorde",
);
const PAID_ACCOUNTS: (&str, &str) =
    ("betaling", "SELECT DISTINCT aanbieder, naar FROM betaling WHERE naar IS NOT NULL");

macro_rules! told {
    ($condition:literal) => {
        concat!(
            "SELECT journaal, volgorde, rekening, bedrag, boekdatum, uitkomst, betaalrun, volgnummer, kenmerk, reden
            FROM bankregel WHERE ",
            $condition,
            " ORDER BY journaal, volgorde"
        )
    };
}
const TOLD: (&str, &str) =
    ("bankregel", told!("betaalrun IS NOT NULL OR uitkomst IN ('batch-bruto', 'batch-netto')"));
const OWED_AGAIN: (&str, &str) = (
    "overboeking",
    "SELECT bron, volgnummer FROM overboeking WHERE gebeurtenis IN ('bank-afgewezen', 'teruggekomen')",
);
const OPEN_POSTS: (&str, &str) =
    ("bankregel", told!("uitkomst IN ('te-onderzoeken', 'afgewezen-wacht') AND verklaard IS NULL"));
const STATEMENTS_TAKEN: (&str, &str) = (
    "bankafschrift",
    "SELECT journaal, rekening, identificatie, elektronisch, wettelijk, deel, tot, opening, slot, afdruk
        FROM bankafschrift ORDER BY journaal",
);

/// What is asked while somebody waits. A check of the whole ledger reads everything on purpose.
pub(super) const STATEMENTS: &[&str] = &[BALANCES.1, ROWS.1, ROWS_OF.1, TRANSFERS.1];

/// Kept sums of every account, by key.
pub async fn ledger_balances(store: &dyn Store) -> Result<Vec<GrootboekSaldo>> {
    read(store, query(BALANCES), |row| {
        Ok(GrootboekSaldo {
            rekening: read_rekening(row)?,
            debet: Cents(row.integer()?),
            credit: Cents(row.integer()?),
        })
    })
    .await
}

/// Rows behind a place (journal number and row), in order, at most so many; of one account or of all.
pub async fn ledger_rows(
    store: &dyn Store,
    (journal, regel): (i64, i64),
    count: i64,
    rekening: Option<&Grootboekrekening>,
) -> Result<Vec<PostedRow>> {
    let asked = |text| query(text).with(journal).with(regel).with(count);
    let asked = match rekening {
        None => asked(ROWS),
        Some(rekening) => asked(ROWS_OF).with(Value::Text(rekening.to_string())),
    };
    read(store, asked, read_overboeking).await
}

/// Transfers of a run, or of all (0), in the order of their files.
pub async fn transfers(store: &dyn Store, run: i64) -> Result<Vec<TransferRow>> {
    read(store, query(TRANSFERS).with(run), |row| {
        Ok(TransferRow {
            run: row.key("betaalrun")?,
            volgnummer: row.integer()?,
            relatie: read_relatie(row)?,
            van: read_iban(row)?,
            naar: read_iban(row)?,
            bedrag: Cents(row.integer()?),
            kenmerk: row.text()?.into(),
            deel: row.integer_or_null()?,
        })
    })
    .await
}

/// What was decided about paying, in order, with the journal number.
pub async fn betaalbesluiten(store: &dyn Store) -> Result<Vec<(i64, Betaalbesluit)>> {
    read(store, query(BETAALBESLUITEN), |row| {
        let (journal, daad) = (row.key("journaalregel")?, row.parse(Betaaldaad::parse)?);
        let aanbieder = row.code_or_null()?;
        let (iban, corrupt) = (read_iban(row)?, row.corrupt());
        let declaratie = row.text_or_null()?.map(Box::from);
        let delen = Betaalbesluitdelen { daad, aanbieder, iban, declaratie };
        Ok((journal, delen.try_into().map_err(|()| corrupt)?))
    })
    .await
}

/// Transfers that were refused or came back, in order: journal number, whose account, and the reason.
pub async fn refused_accounts(store: &dyn Store) -> Result<Vec<(i64, Betaalrekening, String)>> {
    read(store, query(REFUSED_ACCOUNTS), |row| {
        let (journal, aanbieder) = (row.key("journaalregel")?, row.code()?);
        let (iban, corrupt) = (read_iban(row)?, row.corrupt());
        Ok((journal, (aanbieder, iban.ok_or(corrupt)?), row.text()?.to_owned()))
    })
    .await
}

/// Accounts that were ever paid to.
pub async fn paid_accounts(store: &dyn Store) -> Result<BTreeSet<Betaalrekening>> {
    let rows = read(store, query(PAID_ACCOUNTS), |row| {
        let aanbieder = row.code()?;
        let (iban, corrupt) = (read_iban(row)?, row.corrupt());
        Ok((aanbieder, iban.ok_or(corrupt)?))
    });
    Ok(rows.await?.into_iter().collect())
}

/// What inputs made payable and held, of each relatie; credits are negative.
pub async fn owed_by_input(store: &dyn Store) -> Result<Vec<OwedByInput>> {
    read(store, query(OWED), |row| {
        Ok(OwedByInput {
            journal: row.key("journaalregel")?,
            relatie: read_relatie(row)?,
            betaalbaar: Cents(row.integer()?),
            vastgehouden: Cents(row.integer()?),
        })
    })
    .await
}

/// What was granted by a previous system: journal number, relatie, amount.
pub async fn granted_before(store: &dyn Store) -> Result<Vec<(i64, Relatie, Cents)>> {
    read(store, query(TAKEN_OVER), |row| {
        Ok((row.key("journaalregel")?, read_relatie(row)?, Cents(row.integer()?)))
    })
    .await
}

/// What runs paid by what is owed: run, relatie, amount.
pub async fn paid_by_runs(store: &dyn Store) -> Result<Vec<(i64, Relatie, Cents)>> {
    read(store, query(PAID), |row| Ok((row.key("betaalrun")?, read_relatie(row)?, Cents(row.integer()?))))
        .await
}

fn read_relatie(row: &mut OwnRow) -> Result<Relatie> {
    Ok(Relatie { gemeente: row.code()?, aanbieder: row.code()? })
}

fn read_iban(row: &mut OwnRow) -> Result<Option<Iban>> {
    let corrupt = row.corrupt();
    row.text_or_null()?.map(|text| Iban::parse(text).map_err(|_| corrupt)).transpose()
}

/// Statements of the bank that were taken in, in order, with the journal number.
pub async fn bank_statements(store: &dyn Store) -> Result<Vec<(i64, Afschrift)>> {
    read(store, query(STATEMENTS_TAKEN), |row| Ok((row.key("journaalregel")?, read_afschrift(row)?))).await
}

/// What the bank told about transfers and blocks, in order, with the journal number.
pub async fn bank_told(store: &dyn Store) -> Result<Vec<(i64, Bankregel)>> {
    read(store, query(TOLD), |row| Ok((row.key("journaalregel")?, read_bankregel(row)?))).await
}

/// Posts that nobody explained yet, in order, with the journal number.
pub async fn open_posts(store: &dyn Store) -> Result<Vec<(i64, Bankregel)>> {
    read(store, query(OPEN_POSTS), |row| Ok((row.key("journaalregel")?, read_bankregel(row)?))).await
}

/// Transfers (run, and place in it) that were refused or came back and are owed again, as it was posted, whoever said so.
pub async fn owed_again(store: &dyn Store) -> Result<BTreeSet<(i64, i64)>> {
    let rows = read(store, query(OWED_AGAIN), |row| Ok((row.integer()?, row.integer()?))).await?;
    Ok(rows.into_iter().collect())
}
