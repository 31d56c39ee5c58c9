//! The ledger as it stands: balances, rows, transfers, and what in it contradicts the rest.

use super::{OwnRow, Value, query, read};
use crate::bank::asks_for_lock;
use crate::iban::Iban;
use crate::ledger::{Boekgebeurtenis, Grootboekrekening};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::payments::Betaalrekening;
use crate::state::{Afschrift, Bankregel, Betaalbesluit, Betaalbesluitdelen, Betaaldaad};
use crate::store::cells::Fields;
use crate::store::rows::{read_afschrift, read_bankregel, read_overboeking, read_rekening};
use crate::store::{GrootboekSaldo, OwedByInput, PostedRow, Store, StoreError, TransferRow};

use std::collections::{BTreeMap, BTreeSet};

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
            AND (betaalrun IS NULL OR journaal < (SELECT r.journaal FROM betaalrun r WHERE r.nummer = boeking.betaalrun))
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

const PAID_ACCOUNTS: (&str, &str) =
    ("betaling", "SELECT DISTINCT aanbieder, naar FROM betaling WHERE naar IS NOT NULL");

macro_rules! told {
    ($condition:literal) => {
        concat!(
            "SELECT journaal, volgorde, rekening, bedrag, boekdatum, uitkomst, betaalrun, volgnummer, kenmerk, reden, verklaard
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
const LINES: (&str, &str) = ("bankregel", told!("journaal = $1"));
const RECOGNISED: (&str, &str) = (
    "overboeking",
    "SELECT gebeurtenis, bron, volgnummer FROM overboeking
        WHERE gebeurtenis IN ('betaling-herkend', 'afwijzing-herkend')",
);
const OPENINGS: (&str, &str) = (
    "bankregel",
    "SELECT rekening, CAST(sum(bedrag) AS BIGINT) FROM bankregel WHERE kenmerk = 'beginsaldo' GROUP BY rekening",
);
const BANK_JOURNALS: (&str, &str) = (
    "bankregel",
    "SELECT journaal FROM bankregel UNION SELECT verklaard FROM bankregel WHERE verklaard IS NOT NULL ORDER BY 1",
);
const LOCKS: (&str, &str) = (
    "bankregel",
    "SELECT t.gemeente, t.aanbieder, t.naar, t.betaalrun, t.volgnummer, b.journaal, b.volgorde, b.reden
        FROM bankregel b JOIN betaling t ON t.betaalrun = b.betaalrun AND t.volgnummer = b.volgnummer
        WHERE b.betaalrun IS NOT NULL AND t.naar IS NOT NULL
            AND b.uitkomst IN ('afgewezen', 'afgewezen-wacht', 'teruggekomen', 'te-onderzoeken', 'naam', 'melding')
        ORDER BY b.journaal, b.volgorde",
);
const OPEN_POSTS: (&str, &str) =
    ("bankregel", told!("uitkomst IN ('te-onderzoeken', 'afgewezen-wacht') AND verklaard IS NULL"));
const STATEMENTS_TAKEN: (&str, &str) = (
    "bankafschrift",
    "SELECT journaal, rekening, identificatie, elektronisch, wettelijk, deel, tot, opening, slot, afdruk
        FROM bankafschrift ORDER BY journaal",
);

/// What is asked while somebody waits. A check of the whole ledger reads everything on purpose.
pub(super) const STATEMENTS: &[&str] = &[BALANCES.1, ROWS.1, ROWS_OF.1, TRANSFERS.1, LINES.1];

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

/// A line of what the bank told, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TellingRow {
    /// Journal number of its input.
    pub journal: i64,
    pub regel: Bankregel,
    /// Journal number of the explanation, of one that waited for it.
    pub verklaard: Option<i64>,
}

fn read_telling(row: &mut OwnRow) -> Result<TellingRow> {
    let (journal, regel) = (row.key("journaalregel")?, read_bankregel(row)?);
    Ok(TellingRow { journal, regel, verklaard: row.integer_or_null()? })
}

/// What the bank told about transfers and blocks, in order.
pub async fn bank_told(store: &dyn Store) -> Result<Vec<TellingRow>> {
    read(store, query(TOLD), read_telling).await
}

/// What one input of the bank told, in order.
pub async fn bank_lines(store: &dyn Store, journal: i64) -> Result<Vec<TellingRow>> {
    read(store, query(LINES).with(journal), read_telling).await
}

/// Posts that a person recognised as a transfer that left (run, and place in it), or as money of a refused one back.
pub async fn recognised(store: &dyn Store) -> Result<Vec<(Boekgebeurtenis, (i64, i64))>> {
    read(store, query(RECOGNISED), |row| {
        Ok((row.parse(Boekgebeurtenis::parse)?, (row.integer()?, row.integer()?)))
    })
    .await
}

/// Journal numbers of what the bank told, and of explanations.
pub async fn bank_journals(store: &dyn Store) -> Result<Vec<i64>> {
    read(store, query(BANK_JOURNALS), OwnRow::integer).await
}

/// An account that is not to be paid to before somebody called back: the bank said of a transfer to it that account or name is
/// wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slotvraag {
    pub relatie: Relatie,
    /// The account of the aanbieder.
    pub iban: Iban,
    /// The transfer: run, and place in it.
    pub betaling: (i64, i64),
    /// The line that says so: journal number of its input, and place in that.
    pub journaal: i64,
    pub volgorde: i64,
    /// Code and sentence for an operator.
    pub reden: String,
}

/// Accounts that what the bank told asks to lock, in the order in which it was told; one for every line that does. Of runs of
/// before the ledger the account is not known.
pub async fn ibans_to_lock(store: &dyn Store) -> Result<Vec<Slotvraag>> {
    let rows = read(store, query(LOCKS), |row| {
        let (relatie, corrupt) = (read_relatie(row)?, row.corrupt());
        Ok(Slotvraag {
            relatie,
            iban: read_iban(row)?.ok_or(corrupt)?,
            betaling: (row.integer()?, row.integer()?),
            journaal: row.integer()?,
            volgorde: row.integer()?,
            reden: row.text()?.to_owned(),
        })
    });
    Ok(rows.await?.into_iter().filter(|vraag| asks_for_lock(&vraag.reden)).collect())
}

/// What was posted of the balances that accounts began with.
pub async fn openings_posted(store: &dyn Store) -> Result<BTreeMap<Iban, Cents>> {
    let rows = read(store, query(OPENINGS), |row| {
        let corrupt = row.corrupt();
        let rekening = read_iban(row)?.ok_or(corrupt)?;
        Ok((rekening, Cents(row.integer()?)))
    });
    Ok(rows.await?.into_iter().collect())
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
