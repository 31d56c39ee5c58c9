//! All facts of a store at once: for a replay that goes on from a state that was frozen.

use super::bulk::failed;
use super::{facts, facts_money};
use crate::codes::{Bsn, DebetCredit, GemeenteCode};
use crate::messages::{Partij, Relatie};
use crate::state::{FactKeys, Identificaties, WorkingSet};
use crate::store::StoreError;
use crate::store::convert::Coded;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

type Result<T> = std::result::Result<T, StoreError>;

/// Rows that are read at once.
const PAGE: i64 = 50_000;
/// State that was frozen has no message bodies.
const DOING: &str = "een bevroren stand lezen";

/// What is known of everything, without the messages of clients.
#[derive(Debug, Default)]
pub struct Everything {
    /// The facts.
    pub known: WorkingSet,
    /// Journal number of the newest JW301 of each client.
    pub clients: Vec<(GemeenteCode, Bsn, i64)>,
}

/// Reads all of it.
pub async fn everything(connection: &mut SqliteConnection) -> Result<Everything> {
    let clients = clients(connection).await?;
    let mut keys = keys(connection).await?;
    keys.bekende_clienten = clients.iter().map(|(gemeente, bsn, _)| (*gemeente, *bsn)).collect();
    let mut known = facts::load(connection, &keys).await?;
    assignments(connection, &mut known).await?;
    lines(connection, &mut known).await?;
    super::promises::everything(connection, &mut known).await?;
    for verzoek in known.verzoeken.values().filter(|verzoek| verzoek.status.is_open()) {
        let relatie = Relatie { gemeente: verzoek.gemeente, aanbieder: verzoek.aanbieder };
        let open = known.open_verzoeken.entry((relatie, verzoek.bsn)).or_default();
        open.insert(verzoek.referentie.clone());
    }
    Ok(Everything { known, clients })
}

async fn all<T>(
    connection: &mut SqliteConnection,
    sql: &'static str,
    read: impl Fn(&SqliteRow) -> Option<T>,
) -> Result<Vec<T>> {
    let rows = sqlx::query(sql).fetch_all(connection).await.map_err(failed(DOING))?;
    rows.iter().map(|row| read(row).ok_or(StoreError::corrupt("journaal"))).collect()
}

fn code<T: Coded>(row: &SqliteRow, at: usize) -> Option<T> {
    T::from_integer(row.try_get(at).ok()?)
}

fn text(row: &SqliteRow, at: usize) -> Option<Box<str>> {
    row.try_get::<String, _>(at).ok().map(Into::into)
}

async fn clients(connection: &mut SqliteConnection) -> Result<Vec<(GemeenteCode, Bsn, i64)>> {
    const SQL: &str = "SELECT gemeente, bsn, journaal FROM client";
    all(connection, SQL, |row| Some((code(row, 0)?, code(row, 1)?, row.try_get(2).ok()?))).await
}

/// Keys of what is not read page by page.
async fn keys(connection: &mut SqliteConnection) -> Result<FactKeys> {
    const IDENTIFICATIES: &str = "SELECT afzender, soort, identificatie FROM identificatie";
    const VERZOEKEN: &str = "SELECT aanbieder, referentie FROM verzoek";
    const LEVERINGEN: &str = "SELECT DISTINCT gemeente, aanbieder, bsn FROM levering";
    const DECLARATIES: &str = "SELECT aanbieder, nummer FROM declaratie";
    const PERIODEN: &str = "SELECT DISTINCT gemeente, aanbieder FROM declaratie";
    const BUDGETTEN: &str = "SELECT sleutel FROM budget_stand UNION SELECT sleutel FROM toegezegd";
    const NUMMERS: &str = "SELECT DISTINCT gemeente FROM nummerreeks";
    const GROEPEN: &str = "SELECT groep FROM werk WHERE groep IS NOT NULL";
    const VERZONDEN: &str = "SELECT soort, gemeente, aanbieder, identificatie FROM verzonden";
    let relatie =
        |row: &SqliteRow, at| Some(Relatie { gemeente: code(row, at)?, aanbieder: code(row, at + 1)? });
    let none = Identificaties { van: 0, tot: 0, aantal: 0 };
    let mut keys = FactKeys::default();
    let sender = |row: &SqliteRow| Partij::parse(&text(row, 0)?);
    keys.identificaties.extend(
        all(connection, IDENTIFICATIES, |row| Some((sender(row)?, code(row, 1)?, text(row, 2)?))).await?,
    );
    keys.verzoeken.extend(all(connection, VERZOEKEN, |row| Some((code(row, 0)?, text(row, 1)?))).await?);
    keys.leveringen.extend(all(connection, LEVERINGEN, |row| Some((relatie(row, 0)?, code(row, 2)?))).await?);
    keys.declaratie_nummers
        .extend(all(connection, DECLARATIES, |row| Some((code(row, 0)?, text(row, 1)?))).await?);
    keys.laatste_perioden.extend(all(connection, PERIODEN, |row| relatie(row, 0)).await?);
    keys.budgetten.extend(all(connection, BUDGETTEN, |row| text(row, 0)).await?);
    keys.nummers.extend(all(connection, NUMMERS, |row| Some((code(row, 0)?, none))).await?);
    keys.groepen.extend(all(connection, GROEPEN, |row| text(row, 0)).await?);
    let sent = all(connection, VERZONDEN, |row| Some((code(row, 0)?, relatie(row, 1)?, text(row, 3)?)));
    keys.verzonden.extend(sent.await?);
    Ok(keys)
}

async fn assignments(connection: &mut SqliteConnection, known: &mut WorkingSet) -> Result<()> {
    let mut after = 0;
    loop {
        let page = facts::toewijzingen_na(connection, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = crate::store::convert::toewijzing_key(last.gemeente, last.nummer);
        for toewijzing in page {
            known.know(toewijzing);
        }
    }
}

async fn lines(connection: &mut SqliteConnection, known: &mut WorkingSet) -> Result<()> {
    let mut after = i64::MIN;
    loop {
        let page = facts_money::lines_after(connection, after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for (_, prestatie) in page {
            let open = prestatie.toegekend && !prestatie.gecrediteerd;
            if open && prestatie.debet_credit == DebetCredit::Debet {
                known.open_debets.insert(prestatie.debet_sleutel());
            }
            known.know_line(prestatie);
        }
    }
    facts_money::vasthoudingen(connection, &FactKeys::default(), known).await
}
