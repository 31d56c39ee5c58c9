//! Reads the journal, and all state as text, for replay.

use super::SqliteStore;
use super::bulk::failed;
use super::inbox::by_number;
use crate::state::GevolgdTot;
use crate::store::both::journal;
use crate::store::state::row_of;
use crate::store::{JournalKind, JournalRecord, JournalStore, StateRow, StateTable, StoreError, TakeLimit};
use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt};
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl JournalStore for SqliteStore {
    async fn gevolgd(&self) -> Result<(Option<GevolgdTot>, bool)> {
        super::promises::gevolgd(&self.reader).await
    }

    async fn journal_of(&self, kind: JournalKind) -> Result<Vec<i64>> {
        journal::of_kind(&self.reader, kind).await
    }

    async fn newest_entry(&self) -> Result<Option<(i64, String)>> {
        journal::newest(&self.reader).await
    }

    async fn journal(&self, after: i64, limit: TakeLimit) -> Result<Vec<JournalRecord>> {
        let entries = journal::entries(&self.reader, after, limit).await?;
        let messages = by_number(&self.reader, journal::arrivals(&entries)).await?;
        Ok(journal::with_messages(entries, messages))
    }

    fn state(&self, table: &'static StateTable) -> BoxStream<'_, Result<StateRow>> {
        state(&self.reader, table)
    }
}

/// Every table of state in a fixed order. Numbers inside the store (of the archive, claims, lines and
/// entries) differ between a store and its replay, so digests and keys stand for them; what was
/// published and how often was tried is left out.
const TABLES: [(&str, &str); 34] = [
    ("inkomend", "SELECT aankomst, naam, kanaal, ontvangen, lengte, hex(sha256), status FROM inkomend ORDER BY aankomst"),
    (
        "uitkomst",
        "SELECT u.aankomst, u.journaal, u.soort, u.release, u.afzender, u.gemeente, u.aanbieder, u.identificatie,
             u.verdict, u.niveau, u.ingediend, u.toegekend, u.reden,
             iif(u.melding IS NULL, '', iif(a.id IS NULL, '?', hex(a.sha256))), hex(u.json)
         FROM uitkomst u LEFT JOIN archief a ON a.id = u.melding ORDER BY u.aankomst",
    ),
    (
        "journaal",
        "SELECT j.nummer, j.soort, j.moment, j.register, j.regelset, j.verzoeken, j.uitgegeven, j.aankomst, j.wie,
             j.waarom, iif(j.inhoud IS NULL, '', iif(a.id IS NULL, '?', hex(a.sha256))), j.rol FROM journaal j LEFT JOIN archief a ON a.id = j.inhoud ORDER BY j.nummer",
    ),
    ("bevinding", "SELECT journaal, volgnummer, niveau, regel, retourcode, plaats, element, waarden FROM bevinding ORDER BY journaal, volgnummer"),
    ("identificatie", "SELECT afzender, soort, identificatie FROM identificatie ORDER BY afzender, soort, identificatie"),
    ("client", "SELECT gemeente, bsn, journaal FROM client ORDER BY gemeente, bsn"),
    (
        "toewijzing",
        "SELECT sleutel, gemeente, aanbieder, bsn, categorie, code, toewijzingsdatum, toewijzingstijd, ingangsdatum,
             einddatum, reden_wijziging, volume, eenheid, frequentie, budget, referentie_aanbieder, commentaar,
             journaal, ontvangst, vorige, verwijzer, vrijgegeven FROM toewijzing ORDER BY sleutel",
    ),
    ("besteding", "SELECT toewijzing, volume, bedrag FROM besteding ORDER BY toewijzing"),
    ("verzoek", "SELECT aanbieder, referentie, gemeente, bsn, soort, journaal, dagtekening, ontvangen, status, verwijzer
         FROM verzoek ORDER BY aanbieder, referentie"),
    (
        "levering",
        "SELECT gemeente, aanbieder, bsn, toewijzing, categorie, code, begin, eind, reden, journaal
         FROM levering ORDER BY gemeente, aanbieder, bsn, toewijzing, categorie, code, begin, eind, reden",
    ),
    (
        "declaratie",
        "SELECT aanbieder, nummer, gemeente, periode_begin, ingediend, toegekend, journaal, aantal_prestaties
         FROM declaratie ORDER BY journaal, aanbieder, nummer",
    ),
    (
        "prestatie",
        // Lines of no claim come first.
        "SELECT p.aanbieder, NULL, p.referentie, p.vorig_referentie, p.toewijzing, p.bsn, p.categorie, p.code, p.begin,
             p.eind, p.volume, p.eenheid, p.tarief, p.bedrag, p.debet, p.toegekend, p.gecrediteerd, p.vastgehouden
         FROM prestatie p WHERE (SELECT count(*) FROM prestatie) <> (SELECT total(aantal_prestaties) FROM declaratie)
             AND NOT EXISTS (SELECT 1 FROM declaratie d
                 WHERE p.id >= d.eerste_prestatie AND p.id < d.eerste_prestatie + d.aantal_prestaties)
         UNION ALL
         SELECT * FROM (SELECT p.aanbieder, d.nummer, p.referentie, p.vorig_referentie, p.toewijzing, p.bsn, p.categorie,
             p.code, p.begin, p.eind, p.volume, p.eenheid, p.tarief, p.bedrag, p.debet, p.toegekend, p.gecrediteerd,
             p.vastgehouden
         FROM declaratie d CROSS JOIN prestatie p
             ON p.id >= d.eerste_prestatie AND p.id < d.eerste_prestatie + d.aantal_prestaties
         ORDER BY d.journaal, d.aanbieder, d.nummer, p.id)",
    ),
    ("budget_stand", "SELECT sleutel, bedrag FROM budget_stand ORDER BY sleutel"),
    ("toezegging", "SELECT toewijzing, limiet, verwacht, toegekend FROM toezegging ORDER BY toewijzing, limiet"),
    ("toegezegd", "SELECT sleutel, bedrag, onbekend, gemeld, gemeld_betaling, gewaarschuwd FROM toegezegd
         WHERE bedrag <> 0 OR onbekend <> 0 OR gemeld IS NOT NULL OR gemeld_betaling IS NOT NULL
             OR gewaarschuwd IS NOT NULL ORDER BY sleutel"),
    ("te_volgen", "SELECT journaal, inhoud FROM te_volgen ORDER BY journaal"),
    ("gevolgd", "SELECT id, maand, register FROM gevolgd"),
    (
        "vasthouding",
        "SELECT aanbieder, referentie, gemeente, declaratie_nummer, periode_begin, bedrag, limieten, status, journaal,
             volgnummer, ontvangen, beslist FROM vasthouding ORDER BY aanbieder, referentie",
    ),
    ("kennisgeving", "SELECT journaal, ontvanger, inhoud FROM kennisgeving ORDER BY journaal, ontvanger"),
    ("limiet_vast", "SELECT sleutel, aanbieder, bedrag FROM limiet_vast ORDER BY sleutel, aanbieder"),
    ("nummerreeks", "SELECT gemeente, reeks, volgende FROM nummerreeks WHERE reeks <> 'identificatie' ORDER BY gemeente, reeks"),
    (
        "verzonden",
        "SELECT soort, gemeente, aanbieder, identificatie, toewijzingen, aanvaard, verzoeken, journaal
         FROM verzonden ORDER BY soort, gemeente, aanbieder, identificatie",
    ),
    (
        "boeking",
        "SELECT aanbieder, gemeente, declaratie_nummer, periode_begin, vastgehouden, bedrag, journaal, vrijgegeven,
             betaalrun, geweigerd, oorsprong FROM boeking ORDER BY journaal, id",
    ),
    (
        "betaalrun",
        "SELECT r.nummer, r.journaal, r.moment, r.datum, f.naam, hex(a.sha256) FROM betaalrun r LEFT JOIN betaalbestand f ON f.betaalrun = r.nummer
         LEFT JOIN archief a ON a.id = f.archief ORDER BY r.nummer, f.volgnummer",
    ),
    (
        "betaling",
        "SELECT betaalrun, volgnummer, gemeente, aanbieder, van, naar, bedrag, kenmerk, deel FROM betaling
         ORDER BY betaalrun, volgnummer",
    ),
    (
        "overboeking",
        "SELECT journaal, regel, gebeurtenis, bron, volgnummer, debet, credit, bedrag, boekdatum, overgenomen
         FROM overboeking ORDER BY journaal, regel",
    ),
    ("betaalbesluit", "SELECT journaal, daad, aanbieder, iban, declaratie FROM betaalbesluit ORDER BY journaal"),
    ("grootboekstand", "SELECT rekening, debet, credit FROM grootboekstand ORDER BY rekening"),
    (
        "bankafschrift",
        "SELECT journaal, rekening, identificatie, elektronisch, wettelijk, deel, tot, opening, slot, afdruk
         FROM bankafschrift ORDER BY journaal",
    ),
    (
        "bankregel",
        "SELECT journaal, volgorde, rekening, bedrag, boekdatum, uitkomst, betaalrun, volgnummer, kenmerk, reden, verklaard
         FROM bankregel ORDER BY journaal, volgorde",
    ),
    (
        "werk",
        "SELECT id, reden, gemeente, aanbieder, toewijzing, vervalt, verhaal, voorstel, voorstel_sleutel,
             voorstel_einddatum, voorstel_reden, status, journaal, aankomst, gesloten_journaal, gesloten_moment, wie,
             waarom, groep, gevraagd, te_veel FROM werk ORDER BY id",
    ),
    (
        "werkregel",
        "SELECT werk, nummer, journaal, gemeente, aanbieder, toewijzing, bericht, referentie, tekst, bedrag, nieuw,
             vervallen FROM werkregel ORDER BY werk, nummer",
    ),
    (
        "uitgaand",
        "SELECT u.zendnummer, u.soort, u.ontvanger, u.gemeente, u.aanbieder, u.identificatie, u.journaal,
             hex(a.sha256) FROM uitgaand u JOIN archief a ON a.id = u.archief ORDER BY u.zendnummer",
    ),
    (
        "registerversie",
        "SELECT v.versie, v.journaal, v.moment, hex(v.sha256), b.naam, hex(a.sha256) FROM registerversie v
         LEFT JOIN registerbron b ON b.versie = v.versie LEFT JOIN archief a ON a.id = b.archief
         ORDER BY v.versie, b.volgnummer",
    ),
];

/// The rows of a table.
pub fn state<'s>(reader: &'s SqlitePool, table: &'static StateTable) -> BoxStream<'s, Result<StateRow>> {
    let Some((_, sql)) = TABLES.iter().find(|(name, _)| *name == table.name) else {
        return stream::once(async move { Err(StoreError::corrupt(table.name)) }).boxed();
    };
    let cells = move |row: &SqliteRow| {
        let cell = |column| row.try_get_unchecked::<Option<String>, _>(column);
        let cells: std::result::Result<StateRow, _> = (0..row.len()).map(cell).collect();
        row_of(table, cells.map_err(|_| StoreError::corrupt(table.name))?)
    };
    let rows = sqlx::query(*sql).fetch(reader);
    rows.map(move |row| cells(&row.map_err(failed("de stand lezen"))?)).boxed()
}
