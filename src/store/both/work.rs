//! Work items as operators see them.

use super::{Engine, Query, Row, Text, Value, text};
use crate::clock::Moment;
use crate::codes::{Datum, RedenAfwijzingVerzoek, ToewijzingNummer};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Bedragen, NewWorkItem, Verzamel, Verzoek, Voorstel, WorkReason};
use crate::store::cells::Fields;
use crate::store::report::moments_of;
use crate::store::rows::{read_verzoek, read_werkregel};
use crate::store::{Closed, LateHold, StoreError, WorkItem, WorkLine, WorkStatus};

type Result<T> = std::result::Result<T, StoreError>;

const DOING: &str = "werkitems lezen";
const TABLE: &str = "werk";

/// Work items under a condition, with more columns from more tables; literals of ours.
macro_rules! work_sql {
    ($condition:literal) => {
        work_sql!("", "", $condition)
    };
    ($columns:literal, $tables:literal, $condition:literal) => {
        text!(["SELECT w.id, w.status, w.journaal, w.aankomst, u.release, j.moment, w.reden, w.gemeente, w.aanbieder,
                w.toewijzing, w.vervalt, w.verhaal, w.voorstel, w.voorstel_sleutel, w.voorstel_einddatum,
                w.voorstel_reden, w.gesloten_journaal, w.gesloten_moment, w.wie, w.waarom, w.groep,
                coalesce(w.gevraagd, (SELECT CAST(sum(r.bedrag) AS BIGINT) FROM werkregel r
                    WHERE r.werk = w.id AND r.vervallen IS NULL)),
                w.te_veel, (SELECT count(*) FROM werkregel r WHERE r.werk = w.id AND r.vervallen IS NULL),
                (SELECT max(r.journaal) FROM werkregel r WHERE r.werk = w.id)"]
            [$columns]
            [" FROM werk w JOIN journaal j ON j.nummer = w.journaal LEFT JOIN uitkomst u ON u.aankomst = w.aankomst "]
            [$tables]
            [" WHERE "]
            [$condition]
            [" ORDER BY w.id"])
    };
}

/// All items, or those that are open.
pub async fn list(mut on: impl Engine, open: bool) -> Result<Vec<WorkItem>> {
    const ALL: Text = work_sql!("true");
    const OPEN: Text = work_sql!("w.status = 'open'");
    on.all(Query::new(DOING, TABLE, if open { OPEN } else { ALL }), |row| read_item(row)).await
}

pub async fn item(mut on: impl Engine, id: i64) -> Result<Option<WorkItem>> {
    const ONE: Text = work_sql!("w.id = $1");
    on.one(Query::new(DOING, TABLE, ONE).with(id), |row| read_item(row)).await
}

/// Open items about requests, with the request, but for those whose term comes after this moment while the request
/// waits for its first answer.
pub async fn about_requests(mut on: impl Engine, moment: Moment) -> Result<Vec<(WorkItem, Option<Verzoek>)>> {
    const ITEMS: Text = work_sql!(
        ", v.aanbieder IS NOT NULL, v.aanbieder, v.referentie, v.gemeente, v.bsn, v.soort, v.journaal, v.dagtekening,
            v.ontvangen, v.status, v.verwijzer",
        "LEFT JOIN verzoek v ON v.aanbieder = w.aanbieder AND v.referentie = w.voorstel_sleutel",
        "w.status = 'open' AND w.voorstel IN ('honoreren', 'afwijzen')
            AND (w.vervalt <= $1 OR v.status IS DISTINCT FROM 'open')"
    );
    let query = Query::new(DOING, TABLE, ITEMS).with(Value::Term(moment));
    on.all(query, |row| {
        let item = read_item(row)?;
        Ok((item, if row.flag()? { Some(read_verzoek(row)?) } else { None }))
    })
    .await
}

/// Open items about held JW301s whose last day comes before this one, with when the gemeente was last told that it waits.
pub async fn late_holds(mut on: impl Engine, day: Datum) -> Result<Vec<LateHold>> {
    const LATE: Text = work_sql!(
        ", (SELECT max(m.moment) FROM kennisgeving k JOIN journaal m ON m.nummer = k.journaal
            WHERE m.aankomst = w.aankomst AND m.soort = 'termijn')",
        "",
        "w.status = 'open' AND w.voorstel = 'doorsturen' AND w.vervalt < $1"
    );
    let [first, _] = moments_of(day);
    let query = Query::new(DOING, TABLE, LATE).with(Value::Term(first));
    on.all(query, |row| Ok(LateHold { item: read_item(row)?, told: row.moment_or_null()? })).await
}

/// A line `q` that claims anew what the line `p` claimed, as parts of [`text!`] around what the caller says of it.
macro_rules! claimed_anew {
    ([$($before:tt)+] [$($after:tt)+]) => {
        text!([$($before)+]
            ["EXISTS (SELECT 1 FROM prestatie q WHERE q.begin = p.begin AND q.toewijzing = p.toewijzing
                AND q.categorie = p.categorie AND q.code = p.code AND "]
            [yes "q.toegekend"]
            [" AND "]
            [yes "q.debet"]
            [" AND "]
            [no "q.gecrediteerd"]
            [" AND q.id <> p.id)"]
            [$($after)+])
    };
}

/// What an item is about, in order.
pub async fn lines(mut on: impl Engine, id: i64) -> Result<Vec<WorkLine>> {
    const LINES: Text = claimed_anew!(
        ["SELECT r.gemeente, r.aanbieder, r.toewijzing, r.bericht, r.referentie, r.tekst, r.bedrag, r.nieuw,
            r.vervallen IS NOT NULL, d.nummer, coalesce(p.gecrediteerd, false), "][" FROM werkregel r
        LEFT JOIN prestatie p ON p.aanbieder = r.aanbieder AND p.referentie = r.referentie
        LEFT JOIN declaratie d ON d.aanbieder = r.aanbieder AND p.id >= d.eerste_prestatie
            AND p.id < d.eerste_prestatie + d.aantal_prestaties
        WHERE r.werk = $1 ORDER BY r.nummer"]
    );
    let query = Query::new("werkitem lezen", "werkregel", LINES).with(id);
    on.all(query, |row| {
        row.known_by(("werkitem", id));
        read_werkregel(row)
    })
    .await
}

/// Open items about lines whose rate is another since, of which every line is credited and claimed anew.
pub async fn revised(mut on: impl Engine) -> Result<Vec<i64>> {
    const ITEMS: Text = claimed_anew!(
        ["SELECT w.id FROM werk w WHERE w.status = 'open' AND w.reden = 'tarief-herzien'
        AND NOT EXISTS (SELECT 1 FROM werkregel r
            JOIN prestatie p ON p.aanbieder = r.aanbieder AND p.referentie = r.referentie
            WHERE r.werk = w.id AND r.vervallen IS NULL
            AND (CASE WHEN p.gecrediteerd THEN r.nieuw IS NOT NULL AND NOT "][" ELSE true END)) ORDER BY w.id"]
    );
    on.all(Query::new(DOING, TABLE, ITEMS), |row| row.integer()).await
}

/// What one decision about many did with these items.
pub async fn tell(mut on: impl Engine, journal: i64, uitkomst: &str, werk: &[i64]) -> Result<()> {
    const TOLD: Text =
        text!(["INSERT INTO uitslag (journaal, werk, uitkomst) SELECT $1, k.value, $2 FROM "][keys "$3"]);
    if werk.is_empty() {
        return Ok(());
    }
    let query = Query::new("uitslag vastleggen", "uitslag", TOLD).with(journal).with(uitkomst).with(werk);
    on.run(query).await.map(drop)
}

/// An entry of the journal is a note on an item.
pub async fn note(mut on: impl Engine, werk: i64, journal: i64) -> Result<()> {
    const NOTE: &str = "INSERT INTO notitie (werk, journaal) VALUES ($1, $2)";
    on.run(Query::new("notitie vastleggen", "notitie", NOTE).with(werk).with(journal)).await.map(drop)
}

fn read_item(row: &mut impl Row) -> Result<WorkItem> {
    let (id, status) = (row.key("werkitem")?, row.parse(WorkStatus::parse)?);
    let (journal, arrival) = (row.integer()?, row.integer_or_null()?);
    let (release, made) = (row.owned_or_null()?, row.moment()?);
    let reason = row.parse(WorkReason::parse)?;
    let relatie = Relatie { gemeente: row.code()?, aanbieder: row.code()? };
    let toewijzing = row.integer_or_null()?.map(u32::try_from).transpose().map_err(|_| row.corrupt())?;
    let mut item = NewWorkItem {
        reason,
        relatie,
        toewijzing: toewijzing.map(ToewijzingNummer),
        due: row.term_or_null()?,
        story: row.owned()?,
        voorstel: read_voorstel(row)?,
        bedragen: Bedragen::default(),
        verzamel: None,
    };
    let (journal_of_closing, moment) = (row.integer_or_null()?, row.moment_or_null()?);
    let closed = match (journal_of_closing, moment, row.owned_or_null()?, row.owned_or_null()?) {
        (None, ..) => None,
        (Some(journal), Some(moment), Some(who), Some(why)) => Some(Closed { journal, moment, who, why }),
        _ => return Err(row.corrupt()),
    };
    let groep = row.text_or_null()?.map(Box::<str>::from);
    item.verzamel = groep.map(|groep| Box::new(Verzamel { groep, regels: Vec::new() }));
    let (gevraagd, over) = (row.integer_or_null()?.map(Cents), row.integer_or_null()?.map(Cents));
    item.bedragen = Bedragen { gevraagd, over };
    let (regels, laatst) = (row.integer()?, row.integer_or_null()?);
    Ok(WorkItem { id, item, status, journal, arrival, made, release, regels, laatst, closed })
}

fn read_voorstel(row: &mut impl Row) -> Result<Voorstel> {
    let number = row.row();
    let corrupt = || StoreError::corrupt(TABLE).of_row(number);
    let label = row.owned()?;
    let key = row.text_or_null()?.map(Box::<str>::from);
    let (einddatum, reden) = (row.date_or_null()?, row.owned_or_null()?);
    let key = || key.clone().ok_or_else(corrupt);
    Ok(match label.as_str() {
        "kennisnemen" => Voorstel::Kennisnemen,
        "doorsturen" => Voorstel::Doorsturen,
        "honoreren" => Voorstel::Honoreren { referentie: key()?, einddatum },
        "afwijzen" => {
            let reden = reden.ok_or_else(corrupt)?;
            let reden = RedenAfwijzingVerzoek::parse(&reden).map_err(|_| corrupt())?;
            Voorstel::Afwijzen { referentie: key()?, reden }
        }
        "herinneren" => Voorstel::Herinneren { kenmerk: key()? },
        "vrijgeven" => Voorstel::Vrijgeven { declaratie_nummer: key()? },
        _ => return Err(corrupt()),
    })
}
