//! Reads what waits for an answer, ours or that of another.

use super::bulk::{Keys, failed};
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, RedenAfwijzingVerzoek, ToewijzingNummer};
use crate::decide::Requests;
use crate::messages::Relatie;
use crate::state::{Einde, Verzoek, VerzoekSoort, VerzoekStatus};
use crate::store::convert::{Coded, Labelled, read, read_option};
use crate::store::{GemeldeLevering, OpenVerzoek, StoreError, Unanswered, Unreturned};
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, StoreError>;

/// Requests without final answer, with their newest open work item. The index is named, because
/// SQLite would rather read all requests in order than sort the open ones.
pub async fn open_requests(reader: &SqlitePool) -> Result<Vec<OpenVerzoek>> {
    const SQL: &str =
        "SELECT v.aanbieder, v.referentie, v.gemeente, v.bsn, v.soort, v.journaal, v.dagtekening,
            v.ontvangen, v.status, v.verwijzer, j.verzoeken, w.id, w.voorstel_reden,
            (SELECT max(g.vervalt) FROM werk g WHERE g.aanbieder = v.aanbieder
             AND g.voorstel_sleutel = v.referentie AND g.reden = 'termijn-verstreken'), u.release
        FROM verzoek v INDEXED BY verzoek_open JOIN journaal j ON j.nummer = v.journaal LEFT JOIN uitkomst u ON u.aankomst = j.aankomst
        LEFT JOIN werk w ON w.id = (SELECT max(o.id) FROM werk o WHERE o.aanbieder = v.aanbieder
            AND o.voorstel_sleutel = v.referentie AND o.status = 'open'
            AND o.voorstel IN ('honoreren', 'afwijzen', 'herinneren') AND o.reden <> 'retour-ontbreekt')
        WHERE v.status IN ('open', 'in-onderzoek') ORDER BY v.aanbieder, v.referentie";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("verzoeken lezen"))?;
    rows.iter().map(read_request).collect()
}

/// A request in the columns from this one on: aanbieder, referentie, gemeente, bsn, soort, journaal, dagtekening,
/// ontvangen, status, verwijzer.
pub fn read_verzoek(row: &SqliteRow, first: usize) -> Result<Verzoek> {
    const TABLE: &str = "verzoek";
    Ok(Verzoek {
        aanbieder: read(row.get(first), TABLE)?,
        referentie: row.get::<&str, _>(first + 1).into(),
        gemeente: read(row.get(first + 2), TABLE)?,
        bsn: read(row.get(first + 3), TABLE)?,
        soort: VerzoekSoort::from_label(row.get(first + 4), TABLE)?,
        bericht: row.get(first + 5),
        dagtekening: read(row.get(first + 6), TABLE)?,
        ontvangen: read(row.get(first + 7), TABLE)?,
        status: VerzoekStatus::from_label(row.get(first + 8), TABLE)?,
        verwijzer: read_option(row.get(first + 9), TABLE)?,
    })
}

fn read_request(row: &SqliteRow) -> Result<OpenVerzoek> {
    let voorstel: Option<&str> = row.get(12);
    let voorstel = voorstel.map(RedenAfwijzingVerzoek::parse).transpose();
    Ok(OpenVerzoek {
        verzoek: read_verzoek(row, 0)?,
        requests: Requests::from_label(row.get(10), "journaal")?,
        werk: row.get(11),
        voorstel: voorstel.map_err(|_| StoreError::Corrupt("werk"))?,
        gemeld: read_option(row.get(13), "werk")?,
        release: row.get(14),
    })
}

/// Messages that were not judged, or set aside without a notice to their sender. By the two indexes of what waits:
/// for an `OR` SQLite reads every message that ever came in.
pub async fn unanswered(reader: &SqlitePool) -> Result<Vec<Unanswered>> {
    const SQL: &str = "SELECT i.aankomst, i.naam, i.ontvangen, u.soort, u.gemeente, u.aanbieder,
            (SELECT max(w.id) FROM werk w WHERE w.aankomst = i.aankomst AND w.reden = 'declaratie-te-laat'), u.release
        FROM (SELECT aankomst FROM inkomend WHERE status = 'open'
            UNION ALL SELECT aankomst FROM inkomend WHERE status = 'geparkeerd') k
        CROSS JOIN inkomend i ON i.aankomst = k.aankomst
        LEFT JOIN uitkomst u ON u.aankomst = i.aankomst AND i.status = 'geparkeerd'
        WHERE i.status = 'open' OR (i.status = 'geparkeerd' AND u.soort IS NOT NULL AND u.melding IS NULL)
        ORDER BY i.aankomst";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("berichten lezen"))?;
    rows.iter()
        .map(|row| {
            const TABLE: &str = "uitkomst";
            let soort: Option<i64> = row.get(3);
            let message = soort.map(|soort| {
                let relatie = Relatie {
                    gemeente: read(row.get::<Option<i64>, _>(4).unwrap_or(-1), TABLE)?,
                    aanbieder: read(row.get::<Option<i64>, _>(5).unwrap_or(-1), TABLE)?,
                };
                Ok::<_, StoreError>((read(soort, TABLE)?, relatie))
            });
            Ok(Unanswered {
                arrival: row.get(0),
                name: row.get(1),
                received: read(row.get(2), "inkomend")?,
                message: message.transpose()?,
                werk: row.get(6),
                release: row.get(7),
            })
        })
        .collect()
}

/// Sent messages without retour.
pub async fn unreturned(reader: &SqlitePool) -> Result<Vec<Unreturned>> {
    const SQL: &str = "SELECT v.soort, v.gemeente, v.aanbieder, v.identificatie, j.moment,
            (SELECT max(w.id) FROM werk w WHERE w.aanbieder = v.aanbieder AND w.gemeente = v.gemeente
             AND w.reden = 'retour-ontbreekt'
             AND w.voorstel_sleutel = CASE v.soort WHEN 436 THEN 'JW301 ' ELSE 'JW319 ' END || v.identificatie), u.release
        FROM verzonden v LEFT JOIN journaal j ON j.nummer = v.journaal
        LEFT JOIN uitkomst u ON u.aankomst = j.aankomst
        WHERE v.aanvaard IS NULL ORDER BY v.journaal, v.soort, v.gemeente, v.aanbieder, v.identificatie";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("verzonden berichten lezen"))?;
    rows.iter()
        .map(|row| {
            const TABLE: &str = "verzonden";
            Ok(Unreturned {
                soort: read(row.get(0), TABLE)?,
                relatie: Relatie { gemeente: read(row.get(1), TABLE)?, aanbieder: read(row.get(2), TABLE)? },
                identificatie: row.get::<&str, _>(3).into(),
                moment: read_option(row.get(4), "journaal")?,
                werk: row.get(5),
                release: row.get(6),
            })
        })
        .collect()
}

/// Starts and stops that name an assignment.
pub async fn deliveries(reader: &SqlitePool) -> Result<Vec<GemeldeLevering>> {
    const SQL: &str = "SELECT gemeente, toewijzing, begin, eind, reden FROM levering
        WHERE toewijzing IS NOT NULL ORDER BY gemeente, toewijzing, begin, eind, reden";
    let rows = sqlx::query(SQL).fetch_all(reader).await.map_err(failed("leveringen lezen"))?;
    rows.iter()
        .map(|row| {
            const TABLE: &str = "levering";
            let number = u32::try_from(row.get::<i64, _>(1)).map_err(|_| StoreError::Corrupt(TABLE))?;
            let einddatum = read_option(row.get(3), TABLE)?;
            let einde = einddatum.zip(row.get::<Option<&str>, _>(4));
            Ok(GemeldeLevering {
                gemeente: read(row.get(0), TABLE)?,
                toewijzing: ToewijzingNummer(number),
                begin: read(row.get(2), TABLE)?,
                einde: einde.map(|(einddatum, reden)| Einde { einddatum, reden: reden.into() }),
            })
        })
        .collect()
}

/// The days of journal entries.
/// Whether there is a work item of this aanbieder about this, closed or not.
pub async fn is_reminded(reader: &SqlitePool, aanbieder: AgbCode, kenmerk: &str) -> Result<bool> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM werk w WHERE w.aanbieder = ? AND w.voorstel_sleutel = ?)";
    let query = sqlx::query_scalar(SQL).bind(aanbieder.to_integer()).bind(kenmerk);
    query.fetch_one(reader).await.map_err(failed("werkitems lezen"))
}

pub async fn journal_days(reader: &SqlitePool, journals: &[i64]) -> Result<BTreeMap<i64, Datum>> {
    const SQL: &str =
        "SELECT j.nummer, j.moment FROM json_each(?) k CROSS JOIN journaal j ON j.nummer = k.value";
    let query = sqlx::query(SQL).bind(Keys::integers(journals.iter().copied()));
    let rows = query.fetch_all(reader).await.map_err(failed("het journaal lezen"))?;
    rows.iter()
        .map(|row| {
            let moment: Moment = read(row.get(1), "journaal")?;
            Ok((row.get(0), moment.date()))
        })
        .collect()
}
