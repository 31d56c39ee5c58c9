//! Terms: what waits for an answer, ours or that of another.

use super::{Engine, Query, Row, Text, at_most, text};
use crate::codes::{AgbCode, Datum, RedenAfwijzingVerzoek, ToewijzingNummer};
use crate::decide::Requests;
use crate::messages::Relatie;
use crate::state::Einde;
use crate::store::cells::Fields;
use crate::store::convert::{Coded, Labelled};
use crate::store::rows::read_verzoek;
use crate::store::{GemeldeLevering, OpenVerzoek, ReferrerSource, StoreError, Unanswered, Unreturned};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, StoreError>;

/// Requests without final answer, with their newest open work item. SQLite is told of the index: it would rather read all
/// requests in order than sort the open ones.
pub async fn open_requests(mut on: impl Engine) -> Result<Vec<OpenVerzoek>> {
    const REQUESTS: Text = text!(["SELECT v.aanbieder, v.referentie, v.gemeente, v.bsn, v.soort, v.journaal, v.dagtekening,
            v.ontvangen, v.status, v.verwijzer, j.verzoeken, w.id, w.voorstel_reden,
            (SELECT max(g.vervalt) FROM werk g WHERE g.aanbieder = v.aanbieder
             AND g.voorstel_sleutel = v.referentie AND g.reden = 'termijn-verstreken'), u.release
        FROM verzoek v "]
        [only_sqlite "INDEXED BY verzoek_open"]
        [" JOIN journaal j ON j.nummer = v.journaal LEFT JOIN uitkomst u ON u.aankomst = j.aankomst
        LEFT JOIN werk w ON w.id = (SELECT max(o.id) FROM werk o WHERE o.aanbieder = v.aanbieder
            AND o.voorstel_sleutel = v.referentie AND o.status = 'open'
            AND o.voorstel IN ('honoreren', 'afwijzen', 'herinneren') AND o.reden <> 'retour-ontbreekt')
        WHERE v.status IN ('open', 'in-onderzoek') ORDER BY v.aanbieder, v.referentie"]);
    on.all(Query::new("verzoeken lezen", "verzoek", REQUESTS), |row| read_request(row)).await
}

fn read_request(row: &mut impl Row) -> Result<OpenVerzoek> {
    let verzoek = read_verzoek(row)?;
    let requests = Requests::from_label(row.text()?, "journaal")?;
    let werk = row.integer_or_null()?;
    let voorstel = row.text_or_null()?.map(RedenAfwijzingVerzoek::parse).transpose();
    let number = werk.map(|werk| ("werkitem", werk));
    let voorstel = voorstel.map_err(|_| StoreError::corrupt("werk").of_row(number))?;
    let (gemeld, release) = (row.term_or_null()?, row.owned_or_null()?);
    Ok(OpenVerzoek { verzoek, requests, werk, voorstel, gemeld, release })
}

/// Messages that were not judged, or set aside without a notice to their sender. Each by the index of what waits: for an
/// `OR` SQLite reads every message that ever came in.
pub async fn unanswered(mut on: impl Engine) -> Result<Vec<Unanswered>> {
    const MESSAGES: Text = text!(["SELECT i.aankomst, i.naam, i.ontvangen, u.soort, u.gemeente, u.aanbieder,
            (SELECT max(w.id) FROM werk w WHERE w.aankomst = i.aankomst AND w.reden = 'declaratie-te-laat'), u.release
        FROM (SELECT aankomst, true AS wacht FROM "]
        [only_sqlite "inkomend WHERE status = 'open'"]
        [only_postgres "wachtrij"]
        [" UNION ALL SELECT aankomst, false FROM inkomend WHERE status = 'geparkeerd') k "]
        [then]
        [" inkomend i ON i.aankomst = k.aankomst
        LEFT JOIN uitkomst u ON u.aankomst = i.aankomst AND NOT k.wacht
        WHERE k.wacht OR (u.soort IS NOT NULL AND u.melding IS NULL)
        ORDER BY i.aankomst"]);
    on.all(Query::new("berichten lezen", "inkomend", MESSAGES), |row| {
        let (arrival, name, received) = (row.key("aankomst")?, row.owned()?, row.moment()?);
        let message = match (row.code_or_null()?, row.code_or_null()?, row.code_or_null()?) {
            (Some(soort), Some(gemeente), Some(aanbieder)) => Some((soort, Relatie { gemeente, aanbieder })),
            _ => None,
        };
        let (werk, release) = (row.integer_or_null()?, row.owned_or_null()?);
        Ok(Unanswered { arrival, name, received, message, werk, release })
    })
    .await
}

/// Sent messages without retour, oldest first, at most so many.
pub async fn unreturned(mut on: impl Engine, most: usize) -> Result<Vec<Unreturned>> {
    const SENT: &str = "SELECT v.soort, v.gemeente, v.aanbieder, v.identificatie, j.moment,
            (SELECT max(w.id) FROM werk w WHERE w.aanbieder = v.aanbieder AND w.gemeente = v.gemeente
             AND w.reden = 'retour-ontbreekt'
             AND w.voorstel_sleutel = CASE v.soort WHEN 436 THEN 'JW301 ' ELSE 'JW319 ' END || v.identificatie), u.release
        FROM verzonden v LEFT JOIN journaal j ON j.nummer = v.journaal
        LEFT JOIN uitkomst u ON u.aankomst = j.aankomst
        WHERE v.aanvaard IS NULL
        ORDER BY v.journaal NULLS FIRST, v.soort, v.gemeente, v.aanbieder, v.identificatie LIMIT $1";
    let query = Query::new("verzonden berichten lezen", "verzonden", SENT).with(at_most(most));
    on.all(query, |row| {
        Ok(Unreturned {
            soort: row.code()?,
            relatie: Relatie { gemeente: row.code()?, aanbieder: row.code()? },
            identificatie: row.text()?.into(),
            moment: row.moment_or_null()?,
            werk: row.integer_or_null()?,
            release: row.owned_or_null()?,
        })
    })
    .await
}

/// Starts and stops that name an assignment.
pub async fn deliveries(mut on: impl Engine) -> Result<Vec<GemeldeLevering>> {
    const DELIVERIES: &str = "SELECT gemeente, toewijzing, begin, eind, reden FROM levering
        WHERE toewijzing IS NOT NULL ORDER BY gemeente, toewijzing, begin, eind NULLS FIRST, reden NULLS FIRST";
    on.all(Query::new("leveringen lezen", "levering", DELIVERIES), |row| {
        let gemeente = row.code()?;
        let number = u32::try_from(row.integer()?).map_err(|_| row.corrupt())?;
        let (begin, einddatum) = (row.date()?, row.date_or_null()?);
        let einde = einddatum.zip(row.text_or_null()?);
        Ok(GemeldeLevering {
            gemeente,
            toewijzing: ToewijzingNummer(number),
            begin,
            einde: einde.map(|(einddatum, reden)| Einde { einddatum, reden: reden.into() }),
        })
    })
    .await
}

/// Whether there is a work item of this aanbieder about this, closed or not.
pub async fn is_reminded(mut on: impl Engine, aanbieder: AgbCode, kenmerk: &str) -> Result<bool> {
    const ITEM: &str = "SELECT 1 FROM werk w WHERE w.aanbieder = $1 AND w.voorstel_sleutel = $2 LIMIT 1";
    let query = Query::new("werkitems lezen", "werk", ITEM).with(aanbieder.to_integer()).with(kenmerk);
    Ok(on.one(query, |_| Ok(())).await?.is_some())
}

/// The days of journal entries, by number.
pub async fn journal_days(mut on: impl Engine, journals: &[i64]) -> Result<BTreeMap<i64, Datum>> {
    const DAYS: Text = text!(["SELECT j.nummer, j.moment FROM "]
        [keys "$1"]
        [" "]
        [then]
        [" journaal j ON j.nummer = k.value"]);
    let query = Query::new("het journaal lezen", "journaal", DAYS).with(journals);
    let days = on.all(query, |row| Ok((row.key("journaalregel")?, row.moment()?.date()))).await?;
    Ok(days.into_iter().collect())
}

/// Numbers of messages in which referrers are looked for, after one, at most so many.
pub async fn referrer_sources(
    mut on: impl Engine,
    source: ReferrerSource,
    after: i64,
    count: usize,
) -> Result<Vec<i64>> {
    const REQUESTS: &str = "SELECT DISTINCT j.aankomst FROM verzoek v JOIN journaal j ON j.nummer = v.journaal
        WHERE v.soort = 'toewijzing' AND v.verwijzer IS NULL AND j.aankomst > $1 ORDER BY j.aankomst LIMIT $2";
    const ASSIGNMENTS: &str = "SELECT zendnummer FROM uitgaand
        WHERE soort = 436 AND length(ontvanger) = 8 AND zendnummer > $1 ORDER BY zendnummer LIMIT $2";
    let (table, text) = match source {
        ReferrerSource::Requests => ("verzoek", REQUESTS),
        ReferrerSource::Assignments => ("uitgaand", ASSIGNMENTS),
    };
    let query = Query::new("verwijzers van eerdere verzoeken zoeken", table, text);
    on.all(query.with(after).with(at_most(count)), |row| row.integer()).await
}
