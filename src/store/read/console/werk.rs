//! Open work items, what must be done first on top. No aanbieder sees any.

use super::{Bereik, COUNTED, Lijstdeel, any, any_text, ask};
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode, ToewijzingNummer};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::WorkReason;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::console::Stilte;
use crate::store::convert::Coded;
use crate::store::read::{OwnRow, Value, read};
use crate::store::{Store, StoreError, WorkItem};

type Result<T> = std::result::Result<T, StoreError>;

/// Whether the row `s` keeps the item `w` quiet: by itself, as long as it is not more than was seen.
macro_rules! quiet_item {
    () => {
        "(s.werk = w.id AND coalesce(w.te_veel, 0) <= s.te_veel AND (s.te_veel > 0
            OR (SELECT count(*) FROM werkregel r WHERE r.werk = w.id) <= s.regels))"
    };
}

/// As its kind, as long as all of that together is not more.
macro_rules! quiet_kind {
    () => {
        "(s.werk IS NULL AND s.reden = w.reden AND s.aanbieder = w.aanbieder
            AND (SELECT coalesce(sum(k.te_veel), 0) FROM werk k WHERE k.status = 'open' AND k.reden = s.reden
                AND k.aanbieder = s.aanbieder AND k.voorstel = 'kennisnemen' AND k.vervalt IS NULL) <= s.te_veel
            AND (s.te_veel > 0 OR (SELECT count(*) FROM werk k WHERE k.status = 'open' AND k.reden = s.reden
                AND k.aanbieder = s.aanbieder AND k.voorstel = 'kennisnemen' AND k.vervalt IS NULL) <= s.regels))"
    };
}

macro_rules! werk {
    ($before:literal, $behind:literal) => {
        concat!(
            $before,
            " FROM werk w JOIN journaal j ON j.nummer = w.journaal LEFT JOIN opgepakt o ON o.werk = w.id
                WHERE w.status = 'open'
                AND (w.gemeente = $1 OR $1 < 0) AND $2 < 0
                AND (w.gemeente = $3 OR $3 < 0) AND (w.aanbieder = $4 OR $4 < 0) AND (w.reden = $5 OR $5 = '')
                AND ($6 <> 'laat' OR w.vervalt < $7)
                AND ($8 <> 'iemand' OR o.wie = $9
                    OR o.wie IN (SELECT v.wie FROM vervanging v WHERE v.door = $9 AND v.tot >= $10))
                AND ($8 <> 'niemand' OR o.werk IS NULL)
                AND ($11 = '' OR ($11 = 'stil') = EXISTS (SELECT 1 FROM stil s WHERE s.tot >= $12
                    AND w.voorstel = 'kennisnemen' AND w.vervalt IS NULL AND (",
            quiet_item!(),
            " OR ",
            quiet_kind!(),
            "))) ",
            $behind
        )
    };
}

const LIST: (&str, &str) = (
    "werk",
    werk!(
        "SELECT w.id, w.reden, w.gemeente, w.aanbieder, w.toewijzing, w.vervalt, w.verhaal, w.voorstel, j.moment,
            w.gevraagd, w.te_veel, o.wie",
        "ORDER BY CASE WHEN w.vervalt IS NULL THEN 1 ELSE 0 END, w.vervalt, w.id LIMIT $13 OFFSET $14"
    ),
);
const COUNT: (&str, &str) = ("werk", werk!("SELECT count(*) FROM (SELECT w.id", "LIMIT $13) gevonden"));
const SEES: (&str, &str) =
    ("werk", "SELECT w.id FROM werk w WHERE w.id = $1 AND (w.gemeente = $2 OR $2 < 0) AND $3 < 0");
const TAKEN: (&str, &str) = ("opgepakt", "SELECT wie, sinds FROM opgepakt WHERE werk = $1");
const QUIET: (&str, &str) = (
    "stil",
    concat!(
        "SELECT s.werk, s.reden, s.aanbieder, s.te_veel, s.regels, s.tot, s.wie, s.waarom, s.sinds,
            CAST(CASE WHEN s.tot >= $4 AND (",
        quiet_item!(),
        " OR ",
        quiet_kind!(),
        ") THEN 1 ELSE 0 END AS BIGINT)
        FROM stil s JOIN werk w ON w.id = $1 WHERE s.werk = $1 OR (s.werk IS NULL AND s.reden = $2 AND s.aanbieder = $3)
        ORDER BY s.sleutel"
    ),
);
const SIZES: (&str, &str) = (
    "werk",
    "SELECT CAST(coalesce(sum(k.te_veel), 0) AS BIGINT), count(*) FROM werk k WHERE k.status = 'open' AND k.reden = $1
        AND k.aanbieder = $2 AND k.voorstel = 'kennisnemen' AND k.vervalt IS NULL",
);
const NOTES: (&str, &str) = (
    "notitie",
    "SELECT j.moment, j.wie, j.waarom FROM notitie n JOIN journaal j ON j.nummer = n.journaal
        WHERE n.werk = $1 ORDER BY n.journaal DESC",
);
const TOLD: (&str, &str) =
    ("uitslag", "SELECT werk, uitkomst FROM uitslag WHERE journaal = $1 ORDER BY werk");
const CLOSED: (&str, &str) = (
    "werk",
    "SELECT w.id FROM werk w WHERE w.gesloten_journaal > $1 AND w.journaal <= $1 ORDER BY w.gesloten_journaal, w.id LIMIT $2",
);

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[LIST.1, COUNT.1, SEES.1, TAKEN.1, NOTES.1, TOLD.1, CLOSED.1];

/// Which work items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Werkvraag {
    /// Only of this gemeente.
    pub gemeente: Option<GemeenteCode>,
    /// Only of this aanbieder.
    pub aanbieder: Option<AgbCode>,
    /// Only for this reason.
    pub reden: Option<String>,
    /// Only with a term before this moment.
    pub laat_op: Option<Moment>,
    /// Only what somebody works on, or nobody.
    pub bij: Option<WerktEraan>,
    /// Only what is quiet on a day, or only what is not.
    pub stil: Option<(bool, Datum)>,
}

/// Who works on a work item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WerktEraan {
    /// Who has this name, or the one for whom that one acts on a day.
    Deze(String, Datum),
    Niemand,
}

/// That somebody works on a work item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opgepakt {
    /// Name.
    pub wie: String,
    /// Since when.
    pub sinds: Moment,
}

/// What somebody wrote about a work item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notitieregel {
    pub moment: Moment,
    /// Name.
    pub wie: String,
    pub tekst: String,
}

/// A work item in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WerkRij {
    /// Number.
    pub id: i64,
    /// Why.
    pub reden: String,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// The assignment that it is about.
    pub toewijzing: Option<ToewijzingNummer>,
    /// When it must be done.
    pub vervalt: Option<Moment>,
    /// The story.
    pub verhaal: String,
    /// Label of what approving it does.
    pub voorstel: String,
    /// When it was made.
    pub gemaakt: Moment,
    /// What was asked.
    pub gevraagd: Option<Cents>,
    /// How far that is above what was agreed.
    pub te_veel: Option<Cents>,
    /// Who works on it.
    pub opgepakt: Option<String>,
}

fn keys(bereik: &Bereik, vraag: &Werkvraag) -> Vec<Value> {
    let late = if vraag.laat_op.is_some() { "laat" } else { "" };
    let (bij, wie, op) = match &vraag.bij {
        None => ("", "", None),
        Some(WerktEraan::Deze(wie, op)) => ("iemand", wie.as_str(), Some(*op)),
        Some(WerktEraan::Niemand) => ("niemand", "", None),
    };
    vec![
        any(bereik.gemeente),
        any(bereik.aanbieder),
        any(vraag.gemeente),
        any(vraag.aanbieder),
        any_text(vraag.reden.as_deref()),
        late.into(),
        Value::Term(vraag.laat_op.unwrap_or_default()),
        bij.into(),
        wie.into(),
        Value::Day(op.unwrap_or_default()),
        vraag.stil.map_or("", |(stil, _)| if stil { "stil" } else { "hoorbaar" }).into(),
        Value::Day(vraag.stil.map(|(_, op)| op).unwrap_or_default()),
    ]
}

/// Open work items behind so many others.
pub async fn werk(
    store: &dyn Store,
    bereik: &Bereik,
    vraag: &Werkvraag,
    (behind, most): (i64, usize),
) -> Result<Lijstdeel<WerkRij>> {
    let mut keys = keys(bereik, vraag);
    keys.extend([super::one_more(most), behind.into()]);
    let mut rijen = read(store, ask(LIST, keys), read_werk).await?;
    let erna = rijen.len() > most;
    rijen.truncate(most);
    Ok(Lijstdeel { rijen, ervoor: behind > 0, erna })
}

/// How many they are, up to one more than [`COUNTED`].
pub async fn count_werk(store: &dyn Store, bereik: &Bereik, vraag: &Werkvraag) -> Result<i64> {
    let mut keys = keys(bereik, vraag);
    keys.push(Value::from(COUNTED + 1));
    Ok(read(store, ask(COUNT, keys), OwnRow::integer).await?.pop().unwrap_or_default())
}

pub(super) fn read_werk(row: &mut OwnRow) -> Result<WerkRij> {
    let (id, reden) = (row.integer()?, row.owned()?);
    let relatie = Relatie { gemeente: row.code()?, aanbieder: row.code()? };
    let toewijzing = row.integer_or_null()?.map(u32::try_from).transpose().map_err(|_| row.corrupt())?;
    Ok(WerkRij {
        id,
        reden,
        relatie,
        toewijzing: toewijzing.map(ToewijzingNummer),
        vervalt: row.term_or_null()?,
        verhaal: row.owned()?,
        voorstel: row.owned()?,
        gemaakt: row.moment()?,
        gevraagd: row.integer_or_null()?.map(Cents),
        te_veel: row.integer_or_null()?.map(Cents),
        opgepakt: row.owned_or_null()?,
    })
}

/// Whether this work item is among what is seen.
pub async fn sees_werk(store: &dyn Store, bereik: &Bereik, id: i64) -> Result<bool> {
    let keys = vec![id.into(), any(bereik.gemeente), any(bereik.aanbieder)];
    Ok(!read(store, ask(SEES, keys), OwnRow::integer).await?.is_empty())
}

/// Who works on a work item.
pub async fn opgepakt(store: &dyn Store, id: i64) -> Result<Option<Opgepakt>> {
    let own = |row: &mut OwnRow| Ok(Opgepakt { wie: row.owned()?, sinds: row.moment()? });
    Ok(read(store, ask(TAKEN, vec![id.into()]), own).await?.pop())
}

/// What keeps a work item quiet on a day, or would if it had not got worse: each with whether it does.
pub async fn stiltes(store: &dyn Store, item: &WorkItem, op: Datum) -> Result<Vec<(Stilte, bool)>> {
    let (reden, aanbieder) = (item.item.reason, item.item.relatie.aanbieder);
    let keys = vec![item.id.into(), reden.as_str().into(), aanbieder.to_integer().into(), Value::Day(op)];
    let own = |row: &mut OwnRow| {
        let (werk, reden) = (row.integer_or_null()?, row.owned()?);
        let reden = WorkReason::parse(&reden).map_err(|_| row.corrupt())?;
        let stilte = Stilte {
            werk,
            reden,
            aanbieder: row.code()?,
            te_veel: Cents(row.integer()?),
            regels: row.integer()?,
            tot: row.date()?,
            wie: row.owned()?,
            waarom: row.owned()?,
            sinds: row.moment()?,
        };
        Ok((stilte, row.integer()? == 1))
    };
    read(store, ask(QUIET, keys), own).await
}

/// How far all open notices for a reason about an aanbieder are over together, and how many they are.
pub async fn notices_of(store: &dyn Store, reden: WorkReason, aanbieder: AgbCode) -> Result<(Cents, i64)> {
    let keys = vec![reden.as_str().into(), aanbieder.to_integer().into()];
    let own = |row: &mut OwnRow| Ok((Cents(row.integer()?), row.integer()?));
    Ok(read(store, ask(SIZES, keys), own).await?.pop().unwrap_or_default())
}

/// What was written about a work item, the newest first.
pub async fn notities(store: &dyn Store, id: i64) -> Result<Vec<Notitieregel>> {
    let own = |row: &mut OwnRow| {
        let (moment, wie) = (row.moment()?, row.owned_or_null()?.unwrap_or_default());
        Ok(Notitieregel { moment, wie, tekst: row.owned_or_null()?.unwrap_or_default() })
    };
    read(store, ask(NOTES, vec![id.into()]), own).await
}

/// What one decision about many did with each item: its number and the label of what was done.
pub async fn uitslag(store: &dyn Store, journal: i64) -> Result<Vec<(i64, String)>> {
    let own = |row: &mut OwnRow| Ok((row.integer()?, row.owned()?));
    read(store, ask(TOLD, vec![journal.into()]), own).await
}

/// Work items that were open at a number of the journal and were closed since.
pub async fn werk_closed_since(store: &dyn Store, journal: i64, most: usize) -> Result<Vec<i64>> {
    read(store, ask(CLOSED, vec![journal.into(), super::one_more(most)]), OwnRow::integer).await
}
