//! Tables of a previous system: CSV with semicolons, UTF-8, dates as jjjj-mm-dd, amounts in eurocents.
//!
//! `toewijzingen`: one row per assignment. `prestaties`: one row per line of a claim; a row with a
//! retourcode was rejected. Every fault of a table is told, with its line, and then nothing of it is read.

use crate::codes::{
    AgbCode, Bsn, Datum, DebetCredit, Eenheid, Frequentie, GemeenteCode, ProductCategorie, ProductCode,
    RedenWijziging, Retourcode, ToewijzingNummer,
};
use crate::contracts::ImportFout;
use crate::contracts::import::record::{Eisen, Lezer, Notatie, fout};
use crate::contracts::import::tables::{TableColumns, records};
use crate::money::Cents;
use chrono::{Datelike, NaiveTime};
use std::fmt::Display;

const TOEWIJZINGEN: TableColumns = &[
    ("gemeente", true),
    ("aanbieder", true),
    ("bsn", true),
    ("toewijzingnummer", true),
    ("toewijzingsdatum", true),
    ("toewijzingstijd", true),
    ("ingangsdatum", true),
    ("einddatum", false),
    ("productcategorie", false),
    ("productcode", false),
    ("volume", false),
    ("eenheid", false),
    ("frequentie", false),
    ("budget", false),
    ("redenwijziging", false),
    ("referentieaanbieder", false),
    ("identificatie", false),
];

const PRESTATIES: TableColumns = &[
    ("gemeente", true),
    ("aanbieder", true),
    ("identificatie", true),
    ("dagtekening", true),
    ("declaratienummer", true),
    ("periode", true),
    ("bsn", true),
    ("referentienummer", true),
    ("vorigreferentienummer", false),
    ("toewijzingnummer", true),
    ("productcategorie", true),
    ("productcode", true),
    ("begindatum", true),
    ("einddatum", true),
    ("volume", true),
    ("eenheid", true),
    ("tarief", false),
    ("bedrag", true),
    ("debetcredit", true),
    ("retourcode", false),
    ("totaal_ingediend", false),
    ("totaal_toegekend", false),
];

/// Largest volume and amount of a line: eight digits.
const MAX_ACHT: i64 = 99_999_999;
/// Largest total: twelve digits.
const MAX_TOTAAL: i64 = 999_999_999_999;
/// Largest ToewijzingNummer.
const MAX_NUMMER: i64 = 999_999_999;

/// A row of `toewijzingen`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToewijzingRij {
    pub regel: usize,
    pub gemeente: GemeenteCode,
    pub aanbieder: AgbCode,
    pub bsn: Bsn,
    pub nummer: ToewijzingNummer,
    pub toewijzingsdatum: Datum,
    pub toewijzingstijd: String,
    pub ingangsdatum: Datum,
    pub einddatum: Option<Datum>,
    pub categorie: Option<ProductCategorie>,
    pub code: Option<ProductCode>,
    /// Volume, unit, frequency.
    pub omvang: Option<(i64, Eenheid, Frequentie)>,
    pub budget: Option<Cents>,
    pub reden_wijziging: Option<RedenWijziging>,
    pub referentie_aanbieder: Option<String>,
    /// Identificatie of the JW301 that it came in; empty when that is not known.
    pub identificatie: Option<String>,
}

/// A row of `prestaties`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrestatieRij {
    pub regel: usize,
    pub gemeente: GemeenteCode,
    pub aanbieder: AgbCode,
    pub identificatie: String,
    pub dagtekening: Datum,
    pub declaratie_nummer: String,
    /// First and last day of the DeclaratiePeriode.
    pub periode: (Datum, Datum),
    pub bsn: Bsn,
    pub referentie: String,
    pub vorig_referentie: Option<String>,
    pub toewijzing: ToewijzingNummer,
    pub categorie: ProductCategorie,
    pub code: ProductCode,
    pub begin: Datum,
    pub eind: Datum,
    pub volume: i64,
    pub eenheid: Eenheid,
    pub tarief: Option<Cents>,
    pub bedrag: Cents,
    pub debet_credit: DebetCredit,
    /// Why it was rejected; empty when it was granted.
    pub retourcode: Option<Retourcode>,
    pub totaal_ingediend: Option<Cents>,
    pub totaal_toegekend: Option<Cents>,
}

/// The rows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tabel {
    Toewijzingen(Vec<ToewijzingRij>),
    Prestaties(Vec<PrestatieRij>),
}

/// Reads a table; the first line says which. Every fault, in order of line.
pub(crate) fn read(naam: &str, bytes: &[u8]) -> Result<Tabel, Vec<ImportFout>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let regel = memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count() + 1;
        vec![fout(naam, regel, None, "geen UTF-8; bewaar het bestand als UTF-8")]
    })?;
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let has = |column: &str| first.split(';').any(|cell| cell.trim().trim_matches('"') == column);
    let mut fouten = Vec::new();
    let tabel = if has("referentienummer") || has("declaratienummer") {
        Tabel::Prestaties(rows(naam, text, PRESTATIES, &mut fouten, prestatie))
    } else if has("toewijzingsdatum") || has("toewijzingnummer") {
        Tabel::Toewijzingen(rows(naam, text, TOEWIJZINGEN, &mut fouten, toewijzing))
    } else {
        let names =
            |columns: TableColumns| columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let tekst = format!(
            "de eerste regel heeft niet de kolommen van toewijzingen ({}) of van prestaties ({})",
            names(TOEWIJZINGEN),
            names(PRESTATIES)
        );
        return Err(vec![fout(naam, 1, None, tekst)]);
    };
    if fouten.is_empty() {
        return Ok(tabel);
    }
    fouten.sort();
    fouten.dedup();
    Err(fouten)
}

fn rows<T>(
    naam: &str,
    text: &str,
    columns: TableColumns,
    fouten: &mut Vec<ImportFout>,
    read: fn(&mut Lezer<'_, '_>, usize) -> Option<T>,
) -> Vec<T> {
    let mut rows = Vec::new();
    for record in records(naam, text, columns, fouten) {
        let regel = record.regel;
        let before = fouten.len();
        let mut lezer = Lezer::new(naam, (Notatie::Eurocent, Eisen::Toen), record, fouten);
        let row = read(&mut lezer, regel);
        lezer.finish();
        if fouten.len() == before {
            rows.extend(row);
        }
    }
    rows
}

/// Every field is read, so that every fault is told.
fn toewijzing(lezer: &mut Lezer<'_, '_>, regel: usize) -> Option<ToewijzingRij> {
    let gemeente = gemeente(lezer);
    let aanbieder = aanbieder(lezer);
    let bsn = lezer.must("bsn", Lezer::bsn);
    let nummer = nummer(lezer);
    let toewijzingsdatum = lezer.must("toewijzingsdatum", Lezer::datum);
    let toewijzingstijd = lezer.must("toewijzingstijd", tijd);
    let ingangsdatum = lezer.must("ingangsdatum", Lezer::datum);
    let einddatum = lezer.datum("einddatum");
    let categorie = categorie(lezer, "productcategorie");
    let code = code(lezer, "productcode");
    let omvang = omvang(lezer);
    let budget = lezer.getal("budget", 0, MAX_ACHT).map(Cents);
    let reden_wijziging = lezer.code("redenwijziging", "een code van RedenWijziging", RedenWijziging::parse);
    let referentie_aanbieder = tekst(lezer, "referentieaanbieder", 20);
    let identificatie = tekst(lezer, "identificatie", 12);
    if code.is_some() && categorie.is_none() {
        lezer.fault(Some("productcategorie"), "ontbreekt bij deze productcode");
    }
    Some(ToewijzingRij {
        regel,
        gemeente: gemeente?,
        aanbieder: aanbieder?,
        bsn: bsn?,
        nummer: nummer?,
        toewijzingsdatum: toewijzingsdatum?,
        toewijzingstijd: toewijzingstijd?,
        ingangsdatum: ingangsdatum?,
        einddatum,
        categorie,
        code,
        omvang,
        budget,
        reden_wijziging,
        referentie_aanbieder,
        identificatie,
    })
}

fn omvang(lezer: &mut Lezer<'_, '_>) -> Option<(i64, Eenheid, Frequentie)> {
    let filled = ["volume", "eenheid", "frequentie"].map(|veld| lezer.filled(veld));
    let volume = lezer.getal("volume", 0, MAX_ACHT);
    let eenheid = eenheid(lezer);
    let frequentie = lezer.code("frequentie", "een code van Frequentie", Frequentie::parse);
    if filled.contains(&true) && filled.contains(&false) {
        lezer.fault(Some("volume"), "volume, eenheid en frequentie horen bij elkaar: alle drie of geen");
    }
    Some((volume?, eenheid?, frequentie?))
}

fn prestatie(lezer: &mut Lezer<'_, '_>, regel: usize) -> Option<PrestatieRij> {
    let gemeente = gemeente(lezer);
    let aanbieder = aanbieder(lezer);
    let identificatie = lezer.must("identificatie", |lezer, veld| tekst(lezer, veld, 12));
    let dagtekening = lezer.must("dagtekening", Lezer::datum);
    let declaratie_nummer = lezer.must("declaratienummer", |lezer, veld| tekst(lezer, veld, 12));
    let periode = lezer.must("periode", maand);
    let bsn = lezer.must("bsn", Lezer::bsn);
    let referentie = lezer.must("referentienummer", |lezer, veld| tekst(lezer, veld, 20));
    let vorig_referentie = tekst(lezer, "vorigreferentienummer", 20);
    let toewijzing = nummer(lezer);
    let categorie = lezer.must("productcategorie", |lezer, veld| categorie(lezer, veld));
    let code = lezer.must("productcode", |lezer, veld| code(lezer, veld));
    let begin = lezer.must("begindatum", Lezer::datum);
    let eind = lezer.must("einddatum", Lezer::datum);
    let volume = lezer.must("volume", |lezer, veld| lezer.getal(veld, 0, MAX_ACHT));
    let eenheid = lezer.must("eenheid", |lezer, _| eenheid(lezer));
    let tarief = lezer.getal("tarief", 0, MAX_ACHT).map(Cents);
    let bedrag = lezer.must("bedrag", |lezer, veld| lezer.getal(veld, 0, MAX_ACHT)).map(Cents);
    let debet_credit =
        lezer.must("debetcredit", |lezer, veld| lezer.code(veld, "D of C", DebetCredit::parse));
    let retourcode = lezer.code("retourcode", "een retourcode van vier tekens", Retourcode::parse);
    if retourcode
        .is_some_and(|code| code == Retourcode::GEEN_OPMERKING || code == Retourcode::VOLLEDIG_TOEGEWEZEN)
    {
        lezer.fault(Some("retourcode"), "een toegekende prestatie heeft geen retourcode");
    }
    let totaal_ingediend = lezer.getal("totaal_ingediend", -MAX_TOTAAL, MAX_TOTAAL).map(Cents);
    let totaal_toegekend = lezer.getal("totaal_toegekend", -MAX_TOTAAL, MAX_TOTAAL).map(Cents);
    Some(PrestatieRij {
        regel,
        gemeente: gemeente?,
        aanbieder: aanbieder?,
        identificatie: identificatie?,
        dagtekening: dagtekening?,
        declaratie_nummer: declaratie_nummer?,
        periode: periode?,
        bsn: bsn?,
        referentie: referentie?,
        vorig_referentie,
        toewijzing: toewijzing?,
        categorie: categorie?,
        code: code?,
        begin: begin?,
        eind: eind?,
        volume: volume?,
        eenheid: eenheid?,
        tarief,
        bedrag: bedrag?,
        debet_credit: debet_credit?,
        retourcode,
        totaal_ingediend,
        totaal_toegekend,
    })
}

fn gemeente(lezer: &mut Lezer<'_, '_>) -> Option<GemeenteCode> {
    lezer.must("gemeente", |lezer, veld| lezer.code(veld, "vier cijfers", GemeenteCode::parse))
}

fn aanbieder(lezer: &mut Lezer<'_, '_>) -> Option<AgbCode> {
    lezer.must("aanbieder", |lezer, veld| lezer.code(veld, "acht cijfers (AGB)", AgbCode::parse))
}

fn nummer(lezer: &mut Lezer<'_, '_>) -> Option<ToewijzingNummer> {
    let number = lezer.must("toewijzingnummer", |lezer, veld| lezer.getal(veld, 0, MAX_NUMMER))?;
    u32::try_from(number).ok().map(ToewijzingNummer)
}

fn categorie(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<ProductCategorie> {
    lezer.code(veld, "een productcategorie van twee tekens", ProductCategorie::parse)
}

fn code(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<ProductCode> {
    lezer.code(veld, "een productcode van hoogstens vijf tekens", ProductCode::parse)
}

fn eenheid(lezer: &mut Lezer<'_, '_>) -> Option<Eenheid> {
    lezer.code("eenheid", "een code van Eenheid", Eenheid::parse)
}

fn tijd(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<String> {
    lezer.field(veld, "een tijd als uu:mm:ss", |waarde| {
        let text = crate::contracts::import::record::text(&waarde)?;
        let parsed = NaiveTime::parse_from_str(text, "%H:%M:%S%.f");
        (parsed.is_ok() && text.len() >= 8 && text.len() <= 18).then(|| text.to_owned())
    })
}

/// A month, `jjjj-mm`, as its first and last day.
fn maand(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<(Datum, Datum)> {
    lezer.field(veld, "een maand als jjjj-mm", |waarde| {
        let text = crate::contracts::import::record::text(&waarde)?;
        let first: Datum = (text.len() == 7).then(|| format!("{text}-01"))?.parse().ok()?;
        let last = first.with_day(u32::from(first.num_days_in_month()))?;
        Some((first, last))
    })
}

/// A text of at most so many characters, without control characters.
fn tekst(lezer: &mut Lezer<'_, '_>, veld: &'static str, max: usize) -> Option<String> {
    lezer.field(veld, &format!("een tekst van hoogstens {max} tekens"), |waarde| {
        let text = crate::contracts::import::record::text(&waarde)?;
        let fits = text.chars().count() <= max && !text.chars().any(char::is_control);
        fits.then(|| text.to_owned())
    })
}

/// Rows of `toewijzingen` as a table again: what the journal keeps.
pub(crate) fn write_toewijzingen(rows: &[ToewijzingRij]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    let header: Vec<&str> = TOEWIJZINGEN.iter().map(|(name, _)| *name).collect();
    let cells = |row: &ToewijzingRij| {
        let (volume, eenheid, frequentie) = match row.omvang {
            Some((volume, eenheid, frequentie)) => {
                (volume.to_string(), eenheid.as_str().to_owned(), frequentie.as_str().to_owned())
            }
            None => Default::default(),
        };
        [
            row.gemeente.to_string(),
            row.aanbieder.to_string(),
            row.bsn.as_str().to_owned(),
            row.nummer.to_string(),
            row.toewijzingsdatum.to_string(),
            row.toewijzingstijd.clone(),
            row.ingangsdatum.to_string(),
            or_empty(row.einddatum),
            or_empty(row.categorie.map(|categorie| categorie.as_str().to_owned())),
            or_empty(row.code.map(|code| code.as_str().to_owned())),
            volume,
            eenheid,
            frequentie,
            or_empty(row.budget.map(|budget| budget.0)),
            or_empty(row.reden_wijziging.map(|reden| reden.as_str().to_owned())),
            row.referentie_aanbieder.clone().unwrap_or_default(),
            row.identificatie.clone().unwrap_or_default(),
        ]
    };
    // Writing into memory does not fail, and every row has as many cells as the header.
    let written: Result<(), csv::Error> = writer
        .write_record(&header)
        .and_then(|()| rows.iter().try_for_each(|row| writer.write_record(cells(row))));
    debug_assert!(written.is_ok());
    writer.into_inner().unwrap_or_default()
}

fn or_empty(value: Option<impl Display>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
