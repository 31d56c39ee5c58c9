//! Proposals that need a second person.

use super::{OwnRow, Value, ask, read};
use crate::money::Cents;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::voordracht::{Ondertekening, Voordracht, Voordrachtsoort, Voordrachtstatus, Voorgedragene};
use crate::store::{Store, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

macro_rules! voordracht {
    ($behind:literal) => {
        (
            "voordracht",
            concat!(
                "SELECT nummer, soort, titel, besluit, gezien, bedrag, regels, werk, status, wie, account, waarom, moment,
                    verloopt, tweede, tweede_account, tweede_waarom, beslist, uitkomst, journaal FROM voordracht ",
                $behind
            ),
        )
    };
}

const ONE: (&str, &str) = voordracht!("WHERE nummer = $1");
const SAME: (&str, &str) =
    voordracht!("WHERE soort = $1 AND besluit = $2 AND status IN ('voorgedragen', 'goedgekeurd')");
const OF_ITEM: (&str, &str) = voordracht!("WHERE werk = $1 ORDER BY nummer DESC LIMIT $2");
const OPEN: (&str, &str) = voordracht!(
    "WHERE status IN ('voorgedragen', $1) AND account <> $2 AND soort LIKE $3 ORDER BY nummer DESC LIMIT $4 OFFSET $5"
);
const ALL: (&str, &str) =
    voordracht!("WHERE nummer > 0 AND soort LIKE $1 ORDER BY nummer DESC LIMIT $2 OFFSET $3");
const WAITING: (&str, &str) = (
    "voordracht",
    "SELECT count(*) FROM voordracht WHERE status = 'voorgedragen' AND account <> $1 AND soort LIKE $2",
);

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[ONE.1, SAME.1, OF_ITEM.1, OPEN.1, ALL.1, WAITING.1];

/// Of which kinds somebody sees proposals: a pattern.
fn pattern(begin: &str) -> Value {
    Value::Text(format!("{begin}%"))
}

/// A proposal by its number.
pub async fn voordracht(store: &dyn Store, nummer: i64) -> Result<Option<Voordracht>> {
    Ok(read(store, ask(ONE, vec![nummer.into()]), row).await?.pop())
}

/// One about the same that is open.
pub async fn same_voordracht(
    store: &dyn Store,
    soort: Voordrachtsoort,
    besluit: &str,
) -> Result<Option<Voordracht>> {
    Ok(read(store, ask(SAME, vec![soort.as_str().into(), besluit.into()]), row).await?.pop())
}

/// Those about a work item, the newest first.
pub async fn voordrachten_of_item(store: &dyn Store, werk: i64, most: i64) -> Result<Vec<Voordracht>> {
    read(store, ask(OF_ITEM, vec![werk.into(), most.into()]), row).await
}

/// Which proposals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voordrachtvraag<'a> {
    Alle,
    /// What may still be carried out.
    Open,
    /// What waits for somebody with this account: others proposed it.
    WachtOp(&'a str),
}

/// Those of kinds that begin so, the newest first, behind so many others.
pub async fn voordrachten(
    store: &dyn Store,
    (vraag, soort): (Voordrachtvraag<'_>, &str),
    (behind, most): (i64, i64),
) -> Result<Vec<Voordracht>> {
    let place = [pattern(soort), most.into(), behind.into()];
    let (statement, which) = match vraag {
        Voordrachtvraag::Alle => (ALL, Vec::new()),
        Voordrachtvraag::Open => (OPEN, vec!["goedgekeurd".into(), "".into()]),
        Voordrachtvraag::WachtOp(account) => (OPEN, vec!["voorgedragen".into(), account.into()]),
    };
    read(store, ask(statement, which.into_iter().chain(place).collect()), row).await
}

/// How many wait for somebody with this account, of kinds that begin so.
pub async fn count_voordrachten(store: &dyn Store, account: &str, soort: &str) -> Result<i64> {
    let counted = read(store, ask(WAITING, vec![account.into(), pattern(soort)]), OwnRow::integer).await?;
    Ok(counted.first().copied().unwrap_or_default())
}

fn row(row: &mut OwnRow) -> Result<Voordracht> {
    let nummer = row.integer()?;
    row.known_by(("voordracht", nummer));
    let corrupt = |row: &OwnRow| row.corrupt();
    let soort = Voordrachtsoort::parse(&row.owned()?).map_err(|_| corrupt(row))?;
    let (titel, besluit, gezien) = (row.owned()?, row.owned()?, row.owned()?);
    let (bedrag, regels) = (Cents(row.integer()?), sentences(row.owned_or_null()?));
    let wat = Voorgedragene { soort, titel, besluit, gezien, bedrag, regels, werk: row.integer_or_null()? };
    let status = Voordrachtstatus::parse(&row.owned()?).map_err(|_| corrupt(row))?;
    let eerste = Ondertekening {
        wie: row.owned()?,
        account: row.owned()?,
        waarom: row.owned()?,
        moment: row.moment()?,
    };
    let verloopt = row.moment()?;
    let (wie, account, waarom) = (row.owned_or_null()?, row.owned_or_null()?, row.owned_or_null()?);
    let tweede = wie.zip(account).zip(waarom).zip(row.moment_or_null()?);
    let tweede =
        tweede.map(|(((wie, account), waarom), moment)| Ondertekening { wie, account, waarom, moment });
    let uitkomst = sentences(row.owned_or_null()?);
    let journaal = row.integer_or_null()?;
    Ok(Voordracht { nummer, wat, status, eerste, verloopt, tweede, uitkomst, journaal })
}

fn sentences(kept: Option<String>) -> Vec<String> {
    kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}
