//! JW301s that wait for a decision, what must be decided first on top, and what their gemeenten say of them. No aanbieder
//! sees any.

use super::werk::{WerkRij, read_werk};
use super::{Bereik, COUNTED, Lijstdeel, any, ask, one_more};
use crate::clock::Moment;
use crate::journal::{Besloten, Woord};
use crate::store::cells::Fields;
use crate::store::read::{OwnRow, Value, read};
use crate::store::{Store, StoreError, TakeLimit};

type Result<T> = std::result::Result<T, StoreError>;

macro_rules! wachtend {
    ($before:literal, $behind:literal) => {
        concat!(
            $before,
            " FROM werk w JOIN journaal j ON j.nummer = w.journaal LEFT JOIN opgepakt o ON o.werk = w.id
            WHERE w.status = 'open' AND w.voorstel = 'doorsturen' AND (w.gemeente = $1 OR $1 < 0) AND $2 < 0 ",
            $behind
        )
    };
}

const LIST: (&str, &str) = (
    "werk",
    wachtend!(
        "SELECT w.id, w.reden, w.gemeente, w.aanbieder, w.toewijzing, w.vervalt, w.verhaal, w.voorstel, j.moment,
            w.gevraagd, w.te_veel, o.wie",
        "ORDER BY CASE WHEN w.vervalt IS NULL THEN 1 ELSE 0 END, w.vervalt, w.id LIMIT $3 OFFSET $4"
    ),
);
const COUNT: (&str, &str) = ("werk", wachtend!("SELECT count(*) FROM (SELECT w.id", "LIMIT $3) gevonden"));
const WORDS: (&str, &str) = (
    "journaal",
    "SELECT j.nummer FROM journaal j WHERE j.aankomst = (SELECT w.aankomst FROM werk w WHERE w.id = $1)
        AND j.rol = 'gemeente' ORDER BY j.nummer DESC LIMIT $2",
);

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[LIST.1, COUNT.1, WORDS.1];

/// Words of a gemeente about one message that are looked at, newest first.
const MOST: i64 = 20;

/// What somebody of a gemeente said of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GezegdWoord {
    /// When.
    pub moment: Moment,
    /// Name of the person.
    pub wie: String,
    /// What was said.
    pub woord: Woord,
    /// Why.
    pub waarom: String,
}

/// What waits behind so many others.
pub async fn wachtend(
    store: &dyn Store,
    bereik: &Bereik,
    (behind, most): (i64, usize),
) -> Result<Lijstdeel<WerkRij>> {
    let keys = vec![any(bereik.gemeente), any(bereik.aanbieder), one_more(most), behind.into()];
    let mut rijen = read(store, ask(LIST, keys), read_werk).await?;
    let erna = rijen.len() > most;
    rijen.truncate(most);
    Ok(Lijstdeel { rijen, ervoor: behind > 0, erna })
}

/// How many wait, up to one more than [`COUNTED`].
pub async fn count_wachtend(store: &dyn Store, bereik: &Bereik) -> Result<i64> {
    let keys = vec![any(bereik.gemeente), any(bereik.aanbieder), Value::from(COUNTED + 1)];
    Ok(read(store, ask(COUNT, keys), OwnRow::integer).await?.pop().unwrap_or_default())
}

/// What its gemeente said of an item, newest first.
pub async fn woorden(store: &dyn Store, werkitem: i64) -> Result<Vec<GezegdWoord>> {
    let one = TakeLimit { messages: 1, bytes: usize::MAX };
    let mut found = Vec::new();
    for journal in read(store, ask(WORDS, vec![werkitem.into(), MOST.into()]), OwnRow::integer).await? {
        let Some(record) = store.journal(journal.saturating_sub(1), one).await?.pop() else { continue };
        let entry = record.entry;
        let body = entry.body.unwrap_or_default();
        if let Ok(Besloten::Woord(gezegd)) = Besloten::read(&body)
            && gezegd.werkitem == werkitem
        {
            let (wie, waarom) = (entry.who.unwrap_or_default(), entry.why.unwrap_or_default());
            found.push(GezegdWoord { moment: entry.moment, wie, woord: gezegd.woord, waarom });
        }
    }
    Ok(found)
}
