//! Takes up what was booked before there was a ledger, from claims, entries and runs as they stand.
//!
//! What a claim was granted is owed or held, what was decided about held money moves it on, and what a run paid is on its
//! way. Inputs that have rows are passed over. The form of funding is not known here, and the year of care is that of the
//! DeclaratiePeriode.

use super::{Engine, Query, Text, text};
use crate::store::StoreError;

type Result<T> = std::result::Result<T, StoreError>;

/// Texts of keys: a relatie, a year, a day of the journal.
macro_rules! taken_up {
    ($([$($part:tt)+])+) => {
        text!(["WITH soms AS (
            SELECT b.journaal, b.gemeente, b.aanbieder, b.declaratie_nummer, b.periode_begin,
                sum(CASE WHEN "]
            [no "b.vastgehouden"]
            [" OR b.vrijgegeven IS NOT NULL THEN b.bedrag ELSE 0 END) AS betaalbaar,
                sum(CASE WHEN "]
            [yes "b.vastgehouden"]
            [" AND b.vrijgegeven IS NULL AND "]
            [no "b.geweigerd"]
            [" THEN b.bedrag ELSE 0 END) AS vast,
                sum(CASE WHEN "]
            [yes "b.geweigerd"]
            [" THEN b.bedrag ELSE 0 END) AS geweigerd
            FROM boeking b GROUP BY 1, 2, 3, 4, 5),
        beweging AS (
            SELECT s.*, CASE WHEN d.journaal = s.journaal THEN 1 ELSE 0 END AS declaratie,
                "]
            [only_sqlite "printf('%04d/%08d', s.gemeente, s.aanbieder) AS wie, strftime('%Y', s.periode_begin * 86400, 'unixepoch') AS jaar"]
            [only_postgres "lpad(s.gemeente::text, 4, '0') || '/' || lpad(s.aanbieder::text, 8, '0') AS wie, to_char(s.periode_begin, 'YYYY') AS jaar"]
            [" FROM soms s LEFT JOIN declaratie d ON d.aanbieder = s.aanbieder AND d.nummer = s.declaratie_nummer),
        rij (journaal, soort, sleutel, gebeurtenis, debet, credit, bedrag, bron, volgnummer) AS (
            SELECT journaal, 1, declaratie_nummer, CASE WHEN betaalbaar > 0 THEN 'toegekend' ELSE 'credit' END,
                '40/' || wie || '/-/' || jaar, '20/' || wie, betaalbaar, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT)
            FROM beweging WHERE declaratie = 1
            UNION ALL SELECT journaal, 2, declaratie_nummer,
                CASE WHEN vast > 0 THEN 'toegekend-vastgehouden' ELSE 'credit-vastgehouden' END,
                '40/' || wie || '/-/' || jaar, '21/' || wie, vast, NULL, NULL
            FROM beweging WHERE declaratie = 1
            UNION ALL SELECT journaal, 3, declaratie_nummer, 'vrijgegeven', '21/' || wie, '20/' || wie, betaalbaar,
                NULL, NULL
            FROM beweging WHERE declaratie = 0
            UNION ALL SELECT journaal, 4, declaratie_nummer,
                CASE WHEN geweigerd > 0 THEN 'geweigerd' ELSE 'heropend' END,
                '21/' || wie, '40/' || wie || '/-/' || jaar, geweigerd, NULL, NULL
            FROM beweging WHERE declaratie = 0
            UNION ALL SELECT d.journaal, 5, d.nummer, 'overgenomen', "]
            [only_sqlite "'40/' || printf('%04d/%08d', d.gemeente, d.aanbieder) || '/-/' || strftime('%Y', d.periode_begin * 86400, 'unixepoch'),
                '29/' || printf('%04d/%08d', d.gemeente, d.aanbieder)"]
            [only_postgres "'40/' || lpad(d.gemeente::text, 4, '0') || '/' || lpad(d.aanbieder::text, 8, '0') || '/-/' || to_char(d.periode_begin, 'YYYY'),
                '29/' || lpad(d.gemeente::text, 4, '0') || '/' || lpad(d.aanbieder::text, 8, '0')"]
            [", d.toegekend, NULL, NULL
            FROM declaratie d JOIN journaal j ON j.nummer = d.journaal AND j.soort = 'overname'
            UNION ALL SELECT r.journaal, 6, '', 'betaald', '20/' || "]
            [only_sqlite "printf('%04d/%08d', t.gemeente, t.aanbieder)"]
            [only_postgres "lpad(t.gemeente::text, 4, '0') || '/' || lpad(t.aanbieder::text, 8, '0')"]
            [", '11/-', t.bedrag, t.betaalrun, t.volgnummer
            FROM betaling t JOIN betaalrun r ON r.nummer = t.betaalrun WHERE t.van IS NULL),
        genummerd AS (
            SELECT rij.*, row_number() OVER (PARTITION BY journaal ORDER BY soort, sleutel, volgnummer, debet, credit) AS regel
            FROM rij WHERE bedrag <> 0
                AND NOT EXISTS (SELECT 1 FROM overboeking o WHERE o.journaal = rij.journaal)) "]
            $([$($part)+])+)
    };
}

/// Posts what has no rows yet; how many rows came.
pub async fn take_up(on: &mut impl Engine) -> Result<u64> {
    const DOING: &str = "het grootboek beginnen";
    const TRANSFERS: Text = text!([
        "INSERT INTO betaling (betaalrun, volgnummer, gemeente, aanbieder, bedrag, kenmerk)
        SELECT betaalrun, row_number() OVER (PARTITION BY betaalrun ORDER BY gemeente, aanbieder), gemeente, aanbieder, bedrag,
            'RUN-' || betaalrun || '-' || "]
        [only_sqlite "printf('%08d-%04d', aanbieder, gemeente)"]
        [only_postgres "lpad(aanbieder::text, 8, '0') || '-' || lpad(gemeente::text, 4, '0')"]
        [" FROM (SELECT betaalrun, gemeente, aanbieder, CAST(sum(bedrag) AS BIGINT) AS bedrag FROM boeking
            WHERE betaalrun IS NOT NULL GROUP BY 1, 2, 3) t
        WHERE bedrag > 0 AND NOT EXISTS (SELECT 1 FROM betaling b WHERE b.betaalrun = t.betaalrun)"]);
    const ROWS: Text = taken_up!(["INSERT INTO overboeking (journaal, regel, gebeurtenis, bron, volgnummer, debet, credit,
            bedrag, boekdatum, overgenomen)
        SELECT g.journaal, g.regel, g.gebeurtenis, coalesce(g.bron, g.journaal), coalesce(g.volgnummer, g.regel),
            CASE WHEN g.bedrag > 0 THEN g.debet ELSE g.credit END,
            CASE WHEN g.bedrag > 0 THEN g.credit ELSE g.debet END, CAST(abs(g.bedrag) AS BIGINT), "]
        [only_sqlite "j.moment / 86400, 1"]
        [only_postgres "(j.moment AT TIME ZONE 'Europe/Amsterdam')::date, true"]
        [" FROM genummerd g JOIN journaal j ON j.nummer = g.journaal"]);
    const CLEARED: &str = "DELETE FROM grootboekstand";
    const BALANCES: &str = "INSERT INTO grootboekstand (rekening, debet, credit)
        SELECT rekening, CAST(sum(debet) AS BIGINT), CAST(sum(credit) AS BIGINT) FROM (
            SELECT debet AS rekening, bedrag AS debet, 0 AS credit FROM overboeking
            UNION ALL SELECT credit, 0, bedrag FROM overboeking) r GROUP BY rekening";
    on.run(Query::new(DOING, "betaling", TRANSFERS)).await?;
    let rows = on.run(Query::new(DOING, "overboeking", ROWS)).await?;
    if rows > 0 {
        on.run(Query::new(DOING, "grootboekstand", CLEARED)).await?;
        on.run(Query::new(DOING, "grootboekstand", BALANCES)).await?;
    }
    Ok(rows)
}
