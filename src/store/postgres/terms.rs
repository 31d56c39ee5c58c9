//! Reads what waits for an answer, ours or that of another.

use super::bulk::{Cursor, failed};
use crate::codes::{AgbCode, Datum, RedenAfwijzingVerzoek, ToewijzingNummer};
use crate::decide::Requests;
use crate::messages::Relatie;
use crate::state::Einde;
use crate::store::cells::Fields;
use crate::store::convert::{Coded, Labelled};
use crate::store::rows::read_verzoek;
use crate::store::{GemeldeLevering, OpenVerzoek, StoreError, Unanswered, Unreturned};
use sqlx::postgres::{PgPool, PgRow};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, StoreError>;

/// Requests without final answer, with their newest open work item.
pub async fn open_requests(reader: &PgPool) -> Result<Vec<OpenVerzoek>> {
    const SQL: &str =
        "SELECT v.aanbieder, v.referentie, v.gemeente, v.bsn, v.soort, v.journaal, v.dagtekening,
            v.ontvangen, v.status, v.verwijzer, j.verzoeken, w.id, w.voorstel_reden,
            (SELECT max(g.vervalt) FROM werk g WHERE g.aanbieder = v.aanbieder
             AND g.voorstel_sleutel = v.referentie AND g.reden = 'termijn-verstreken'), u.release
        FROM verzoek v JOIN journaal j ON j.nummer = v.journaal LEFT JOIN uitkomst u ON u.aankomst = j.aankomst
        LEFT JOIN werk w ON w.id = (SELECT max(o.id) FROM werk o WHERE o.aanbieder = v.aanbieder
            AND o.voorstel_sleutel = v.referentie AND o.status = 'open'
            AND o.voorstel IN ('honoreren', 'afwijzen', 'herinneren') AND o.reden <> 'retour-ontbreekt')
        WHERE v.status IN ('open', 'in-onderzoek') ORDER BY v.aanbieder, v.referentie";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("verzoeken lezen"))?;
    rows.iter().map(read_request).collect()
}

fn read_request(row: &PgRow) -> Result<OpenVerzoek> {
    let row = &mut Cursor::new(row, "verzoek");
    let verzoek = read_verzoek(row)?;
    let requests = Requests::from_label(row.text()?, "journaal")?;
    let werk = row.integer_or_null()?;
    let voorstel = row.text_or_null()?.map(RedenAfwijzingVerzoek::parse).transpose();
    let voorstel = voorstel.map_err(|_| StoreError::Corrupt("werk"))?;
    let (gemeld, release) = (row.term_or_null()?, row.text_or_null()?.map(str::to_owned));
    Ok(OpenVerzoek { verzoek, requests, werk, voorstel, gemeld, release })
}

/// Messages that were not judged, or set aside without a notice to their sender.
pub async fn unanswered(reader: &PgPool) -> Result<Vec<Unanswered>> {
    const SQL: &str = "SELECT i.aankomst, i.naam, i.ontvangen, u.soort, u.gemeente, u.aanbieder,
            (SELECT max(w.id) FROM werk w WHERE w.aankomst = i.aankomst AND w.reden = 'declaratie-te-laat'), u.release
        FROM (SELECT aankomst, TRUE AS wacht FROM wachtrij
            UNION ALL SELECT aankomst, FALSE FROM inkomend WHERE status = 'geparkeerd') k
        JOIN inkomend i ON i.aankomst = k.aankomst
        LEFT JOIN uitkomst u ON u.aankomst = i.aankomst AND NOT k.wacht
        WHERE k.wacht OR (u.soort IS NOT NULL AND u.melding IS NULL)
        ORDER BY i.aankomst";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("berichten lezen"))?;
    rows.iter()
        .map(|row| {
            let mut row = Cursor::new(row, "inkomend");
            let (arrival, name, received) = (row.integer()?, row.owned()?, row.moment()?);
            let soort = row.code_or_null()?;
            let (gemeente, aanbieder) = (row.code_or_null()?, row.code_or_null()?);
            let message = match (soort, gemeente, aanbieder) {
                (Some(soort), Some(gemeente), Some(aanbieder)) => {
                    Some((soort, Relatie { gemeente, aanbieder }))
                }
                _ => None,
            };
            let (werk, release) = (row.integer_or_null()?, row.text_or_null()?.map(str::to_owned));
            Ok(Unanswered { arrival, name, received, message, werk, release })
        })
        .collect()
}

/// Sent messages without retour.
pub async fn unreturned(reader: &PgPool) -> Result<Vec<Unreturned>> {
    const SQL: &str = "SELECT v.soort, v.gemeente, v.aanbieder, v.identificatie, j.moment,
            (SELECT max(w.id) FROM werk w WHERE w.aanbieder = v.aanbieder AND w.gemeente = v.gemeente
             AND w.reden = 'retour-ontbreekt'
             AND w.voorstel_sleutel = CASE v.soort WHEN 436 THEN 'JW301 ' ELSE 'JW319 ' END || v.identificatie), u.release
        FROM verzonden v LEFT JOIN journaal j ON j.nummer = v.journaal
        LEFT JOIN uitkomst u ON u.aankomst = j.aankomst
        WHERE v.aanvaard IS NULL
        ORDER BY v.journaal NULLS FIRST, v.soort, v.gemeente, v.aanbieder, v.identificatie";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("verzonden berichten lezen"))?;
    rows.iter()
        .map(|row| {
            let mut row = Cursor::new(row, "verzonden");
            Ok(Unreturned {
                soort: row.code()?,
                relatie: Relatie { gemeente: row.code()?, aanbieder: row.code()? },
                identificatie: row.text()?.into(),
                moment: row.moment_or_null()?,
                werk: row.integer_or_null()?,
                release: row.text_or_null()?.map(str::to_owned),
            })
        })
        .collect()
}

/// Starts and stops that name an assignment.
pub async fn deliveries(reader: &PgPool) -> Result<Vec<GemeldeLevering>> {
    const SQL: &str = "SELECT gemeente, toewijzing, begin, eind, reden FROM levering
        WHERE toewijzing IS NOT NULL ORDER BY gemeente, toewijzing, begin, eind NULLS FIRST, reden NULLS FIRST";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("leveringen lezen"))?;
    rows.iter()
        .map(|row| {
            let mut row = Cursor::new(row, "levering");
            let gemeente = row.code()?;
            let number = u32::try_from(row.integer()?).map_err(|_| row.corrupt())?;
            let begin = row.date()?;
            let einddatum = row.date_or_null()?;
            let einde = einddatum.zip(row.text_or_null()?);
            Ok(GemeldeLevering {
                gemeente,
                toewijzing: ToewijzingNummer(number),
                begin,
                einde: einde.map(|(einddatum, reden)| Einde { einddatum, reden: reden.into() }),
            })
        })
        .collect()
}

/// The days of journal entries.
/// Whether there is a work item of this aanbieder about this, closed or not.
pub async fn is_reminded(reader: &PgPool, aanbieder: AgbCode, kenmerk: &str) -> Result<bool> {
    const SQL: &str =
        "SELECT EXISTS (SELECT 1 FROM werk w WHERE w.aanbieder = $1 AND w.voorstel_sleutel = $2)";
    let query = sqlx::query_scalar(SQL).bind(aanbieder.to_integer()).bind(kenmerk);
    query.fetch_one(reader).await.map_err(failed("werkitems lezen"))
}

pub async fn journal_days(reader: &PgPool, journals: &[i64]) -> Result<BTreeMap<i64, Datum>> {
    const SQL: &str = "SELECT nummer, moment FROM journaal WHERE nummer = ANY($1)";
    let rows = sqlx::query(SQL).bind(journals).fetch_all(reader).await;
    let rows = rows.map_err(failed("het journaal lezen"))?;
    rows.iter()
        .map(|row| {
            let mut row = Cursor::new(row, "journaal");
            Ok((row.integer()?, row.moment()?.date()))
        })
        .collect()
}
