//! Reads the journal, and all state as text, for replay.

use super::PgStore;
use super::bulk::failed;
use super::inbox::{by_number, where_it_stands};
use crate::state::GevolgdTot;
use crate::store::both::journal;
use crate::store::state::row_of;
use crate::store::{JournalKind, JournalRecord, JournalStore, StateRow, StateTable, StoreError, TakeLimit};
use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt};
use sqlx::postgres::PgPool;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl JournalStore for PgStore {
    async fn gevolgd(&self) -> Result<(Option<GevolgdTot>, bool)> {
        self.answers.to(super::promises::gevolgd(&self.reader)).await
    }

    async fn journal_of(&self, kind: JournalKind) -> Result<Vec<i64>> {
        self.answers.to(journal::of_kind(&self.reader, kind)).await
    }

    async fn newest_entry(&self) -> Result<Option<(i64, String)>> {
        self.answers.to(journal::newest(&self.reader)).await
    }

    async fn journal(&self, after: i64, limit: TakeLimit) -> Result<Vec<JournalRecord>> {
        let entries = async {
            let entries = journal::entries(&self.reader, after, limit).await?;
            let messages = by_number(&self.reader, journal::arrivals(&entries)).await?;
            Ok(journal::with_messages(entries, messages))
        };
        self.answers.to(entries).await
    }

    fn state(&self, table: &'static StateTable) -> BoxStream<'_, Result<StateRow>> {
        state(&self.reader, table)
    }
}

/// A day as the embedded store has it: days since 1970-01-01.
macro_rules! day {
    ($column:literal) => {
        concat!($column, " - DATE '1970-01-01'")
    };
}

/// An instant as the embedded store has it: seconds on the Dutch clock since 1970-01-01.
macro_rules! moment {
    ($column:literal) => {
        concat!("extract(epoch FROM ", $column, " AT TIME ZONE 'Europe/Amsterdam')::bigint")
    };
}

/// Rows as lists of texts.
macro_rules! lines {
    ($($part:expr),+) => {
        concat!(
            "SELECT ARRAY(SELECT f.value FROM json_each_text(row_to_json(t)) WITH ORDINALITY f ORDER BY f.ordinality)
             FROM (SELECT ",
            $($part),+,
            ") t"
        )
    };
}

/// The columns of a line.
macro_rules! prestatie {
    () => {
        concat!(
            "p.referentie, p.vorig_referentie, p.toewijzing, p.bsn, p.categorie, p.code, ",
            day!("p.begin"),
            " AS b, ",
            day!("p.eind"),
            " AS e, p.volume, p.eenheid, p.tarief, p.bedrag, p.debet::int AS debet, p.toegekend::int AS toegekend,
             p.gecrediteerd::int AS gecrediteerd, p.vastgehouden::int AS vastgehouden"
        )
    };
}

/// Every table of state in a fixed order, the same text as the embedded store gives.
const TABLES: [(&str, &str); 34] = [
    (
        "inkomend",
        lines!("aankomst, naam, kanaal, ", moment!("ontvangen"), " AS ontvangen, lengte, coalesce(upper(encode(sha256, 'hex')), '') AS sha256,
            ", where_it_stands!(), " AS status FROM inkomend i ORDER BY aankomst"),
    ),
    (
        "uitkomst",
        lines!("u.aankomst, u.journaal, u.soort, u.release, u.afzender, u.gemeente, u.aanbieder, u.identificatie,
            u.verdict, u.niveau, u.ingediend, u.toegekend, u.reden, CASE WHEN u.melding IS NULL THEN '' ELSE coalesce(upper(encode(a.sha256, 'hex')), '?') END AS melding,
            coalesce(upper(encode(u.json, 'hex')), '') AS json
            FROM uitkomst u LEFT JOIN archief a ON a.id = u.melding ORDER BY u.aankomst"),
    ),
    (
        "journaal",
        lines!("j.nummer, j.soort, ", moment!("j.moment"), " AS moment, j.register, j.regelset, j.verzoeken,
            j.uitgegeven, j.aankomst, j.wie, j.waarom,
            CASE WHEN j.inhoud IS NULL THEN '' ELSE coalesce(upper(encode(a.sha256, 'hex')), '?') END AS inhoud, j.rol
            FROM journaal j LEFT JOIN archief a ON a.id = j.inhoud ORDER BY j.nummer"),
    ),
    ("bevinding", lines!("journaal, volgnummer, niveau, regel, retourcode, plaats, element, waarden FROM bevinding ORDER BY journaal, volgnummer")),
    ("identificatie", lines!("afzender, soort, identificatie FROM identificatie ORDER BY afzender, soort, identificatie")),
    ("client", lines!("gemeente, bsn, journaal FROM client ORDER BY gemeente, bsn")),
    (
        "toewijzing",
        lines!("sleutel, gemeente, aanbieder, bsn, categorie, code, ", day!("toewijzingsdatum"), " AS d,
            toewijzingstijd, ", day!("ingangsdatum"), " AS i, ", day!("einddatum"), " AS e, reden_wijziging, volume,
            eenheid, frequentie, budget, referentie_aanbieder, commentaar, journaal, ontvangst, vorige, verwijzer,
            vrijgegeven::int AS vrijgegeven FROM toewijzing ORDER BY sleutel"),
    ),
    ("besteding", lines!("toewijzing, volume, bedrag FROM besteding ORDER BY toewijzing")),
    (
        "verzoek",
        lines!("aanbieder, referentie, gemeente, bsn, soort, journaal, ", day!("dagtekening"), " AS d, ",
            day!("ontvangen"), " AS o, status, verwijzer FROM verzoek ORDER BY aanbieder, referentie"),
    ),
    (
        "levering",
        lines!("gemeente, aanbieder, bsn, toewijzing, categorie, code, ", day!("begin"), " AS b, ", day!("eind"), " AS e,
            reden, journaal FROM levering ORDER BY gemeente, aanbieder, bsn, toewijzing NULLS FIRST,
            categorie NULLS FIRST, code NULLS FIRST, begin, eind NULLS FIRST, reden NULLS FIRST"),
    ),
    (
        "declaratie",
        lines!("aanbieder, nummer, gemeente, ", day!("periode_begin"), " AS p, ingediend, toegekend, journaal,
            aantal_prestaties FROM declaratie ORDER BY journaal, aanbieder, nummer"),
    ),
    (
        "prestatie",
        // Lines of no claim come first.
        lines!("p.aanbieder, NULL AS declaratie, ", prestatie!(), " FROM prestatie p
             WHERE (SELECT count(*) FROM prestatie) <> (SELECT coalesce(sum(aantal_prestaties), 0) FROM declaratie)
             AND NOT EXISTS (SELECT 1 FROM declaratie d
                 WHERE p.id >= d.eerste_prestatie AND p.id < d.eerste_prestatie + d.aantal_prestaties)
             UNION ALL
             SELECT * FROM (SELECT p.aanbieder, d.nummer AS declaratie, ", prestatie!(), "
             FROM declaratie d JOIN prestatie p
                 ON p.id >= d.eerste_prestatie AND p.id < d.eerste_prestatie + d.aantal_prestaties
             ORDER BY d.journaal, d.aanbieder, d.nummer, p.id) in_order"),
    ),
    ("budget_stand", lines!("sleutel, bedrag FROM budget_stand ORDER BY sleutel")),
    ("toezegging", lines!("toewijzing, limiet, verwacht, toegekend FROM toezegging ORDER BY toewijzing, limiet")),
    ("toegezegd", lines!("sleutel, bedrag, onbekend, gemeld, gemeld_betaling, gewaarschuwd FROM toegezegd
            WHERE bedrag <> 0 OR onbekend <> 0 OR gemeld IS NOT NULL OR gemeld_betaling IS NOT NULL
                OR gewaarschuwd IS NOT NULL ORDER BY sleutel")),
    ("te_volgen", lines!("journaal, inhoud FROM te_volgen ORDER BY journaal")),
    ("gevolgd", lines!("id, maand, register FROM gevolgd")),
    (
        "vasthouding",
        lines!("aanbieder, referentie, gemeente, declaratie_nummer, ", day!("periode_begin"), " AS p, bedrag, limieten,
            status, journaal, volgnummer, ", day!("ontvangen"), " AS o, beslist
            FROM vasthouding ORDER BY aanbieder, referentie"),
    ),
    ("kennisgeving", lines!("journaal, ontvanger, inhoud FROM kennisgeving ORDER BY journaal, ontvanger")),
    ("limiet_vast", lines!("sleutel, aanbieder, bedrag FROM limiet_vast ORDER BY sleutel, aanbieder")),
    // Identificaties are reserved in blocks: how many were is not decided.
    ("nummerreeks", lines!("gemeente, reeks, volgende FROM nummerreeks WHERE reeks <> 'identificatie' ORDER BY gemeente, reeks")),
    (
        "verzonden",
        lines!("soort, gemeente, aanbieder, identificatie, toewijzingen, aanvaard::int AS aanvaard, verzoeken, journaal
            FROM verzonden ORDER BY soort, gemeente, aanbieder, identificatie"),
    ),
    (
        "boeking",
        lines!("aanbieder, gemeente, declaratie_nummer, ", day!("periode_begin"), " AS p, vastgehouden::int AS v,
            bedrag, journaal, vrijgegeven, betaalrun, geweigerd::int AS w, oorsprong
            FROM boeking ORDER BY journaal, id"),
    ),
    (
        "betaalrun",
        lines!("r.nummer, r.journaal, ", moment!("r.moment"), " AS moment, ", day!("r.datum"), " AS datum, f.naam,
            coalesce(upper(encode(a.sha256, 'hex')), '') AS inhoud
            FROM betaalrun r LEFT JOIN betaalbestand f ON f.betaalrun = r.nummer
            LEFT JOIN archief a ON a.id = f.archief ORDER BY r.nummer, f.volgnummer"),
    ),
    (
        "betaling",
        lines!("betaalrun, volgnummer, gemeente, aanbieder, van, naar, bedrag, kenmerk, deel FROM betaling
            ORDER BY betaalrun, volgnummer"),
    ),
    (
        "overboeking",
        lines!("journaal, regel, gebeurtenis, bron, volgnummer, debet, credit, bedrag, ", day!("boekdatum"), " AS b,
            overgenomen::int AS o FROM overboeking ORDER BY journaal, regel"),
    ),
    ("betaalbesluit", lines!("journaal, daad, aanbieder, iban, declaratie FROM betaalbesluit ORDER BY journaal")),
    ("grootboekstand", lines!("rekening, debet, credit FROM grootboekstand ORDER BY rekening")),
    (
        "bankafschrift",
        lines!("journaal, rekening, identificatie, elektronisch, wettelijk, deel, ", day!("tot"), " AS laatste, opening, slot, afdruk
            FROM bankafschrift ORDER BY journaal"),
    ),
    (
        "bankregel",
        lines!("journaal, volgorde, rekening, bedrag, ", day!("boekdatum"), " AS b, uitkomst, betaalrun, volgnummer, kenmerk,
            reden, verklaard FROM bankregel ORDER BY journaal, volgorde"),
    ),
    (
        "werk",
        lines!("id, reden, gemeente, aanbieder, toewijzing, extract(epoch FROM vervalt)::bigint AS vervalt, verhaal,
            voorstel, voorstel_sleutel, ", day!("voorstel_einddatum"), " AS d, voorstel_reden, status, journaal,
            aankomst, gesloten_journaal, ", moment!("gesloten_moment"), " AS g, wie, waarom, groep, gevraagd, te_veel
            FROM werk ORDER BY id"),
    ),
    (
        "werkregel",
        lines!("werk, nummer, journaal, gemeente, aanbieder, toewijzing, bericht, referentie, tekst, bedrag, nieuw,
            vervallen FROM werkregel ORDER BY werk, nummer"),
    ),
    (
        "uitgaand",
        lines!("u.zendnummer, u.soort, u.ontvanger, u.gemeente, u.aanbieder, u.identificatie, u.journaal,
            coalesce(upper(encode(a.sha256, 'hex')), '') AS inhoud
            FROM uitgaand u JOIN archief a ON a.id = u.archief ORDER BY u.zendnummer"),
    ),
    (
        "registerversie",
        lines!("v.versie, v.journaal, ", moment!("v.moment"), " AS moment, coalesce(upper(encode(v.sha256, 'hex')), '') AS sha256,
            b.naam, coalesce(upper(encode(a.sha256, 'hex')), '') AS inhoud FROM registerversie v
            LEFT JOIN registerbron b ON b.versie = v.versie LEFT JOIN archief a ON a.id = b.archief
            ORDER BY v.versie, b.volgnummer"),
    ),
];

/// The rows of a table.
pub fn state<'s>(reader: &'s PgPool, table: &'static StateTable) -> BoxStream<'s, Result<StateRow>> {
    let Some((_, sql)) = TABLES.iter().find(|(name, _)| *name == table.name) else {
        return stream::once(async move { Err(StoreError::corrupt(table.name)) }).boxed();
    };
    let rows = sqlx::query_scalar(*sql).fetch(reader);
    rows.map(move |row| row_of(table, row.map_err(failed("de stand lezen"))?)).boxed()
}
