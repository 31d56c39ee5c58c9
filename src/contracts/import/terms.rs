//! Terms of a contract and settings of the region: TOML that people write.

use super::build;
use super::json::Regels;
use super::record::{Eisen, Knoop, Lezer, Notatie, Record, Waarde, fout};
use crate::codes::{AgbCode, GemeenteCode, TypeVerwijzer};
use crate::contracts::regio::{
    MAX_HERINDELING_MAANDEN, MAX_IDENTIFICATIE, MAX_MAANDEN, MAX_RELATIE_NUMMER, MAX_TOEWIJZING_NUMMER,
};
use crate::contracts::{
    Contract, Declaratiewijze, Drempels, Financiering, Gevolg, Herkomst, ImportFout, Instellingen, NaTermijn,
    Nummerreeks, Nummerreeksen, Peildatum, Regio, Verlenging, Wijze,
};
use std::borrow::Cow;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) const FINANCIERING: &str = "pxq, pxq_plafond, profiel_vast, verblijf, output, taak of maandtarief";

/// As long as a name in the file for the bank may be (Max70Text).
const MAX_NAAM: usize = 70;

/// The terms in a `contract.toml`, without its lines, and of which day the rates hold of lines that do not say it.
pub(super) fn contract(
    (bestand, eisen): (&str, Eisen),
    text: &str,
    fouten: &mut Vec<ImportFout>,
) -> Option<(Contract, Option<Peildatum>)> {
    let record = parse(bestand, text, fouten)?;
    let mut lezer = Lezer::new(bestand, (Notatie::Euro, eisen), record, fouten);
    let bron = lezer.bron();
    let nummer = lezer.must("nummer", Lezer::tekst);
    let naam = lezer.must("naam", Lezer::tekst);
    let aanbieder_naam = naam_of(&mut lezer, "aanbieder_naam");
    let aanbieder = lezer.must("aanbieder", build::aanbieder);
    let onderaannemers = lezer.codes("onderaannemers", build::AANBIEDER, AgbCode::parse).unwrap_or_default();
    let gemeenten =
        lezer.must("gemeenten", |lezer, veld| lezer.codes(veld, build::GEMEENTE, GemeenteCode::parse));
    let client = lezer.bsn("client");
    let financiering =
        lezer.must("financiering", |lezer, veld| lezer.code(veld, FINANCIERING, Financiering::parse));
    let van_there = lezer.filled("geldig_van");
    let termijn = lezer.periode("geldig_van", "geldig_tot");
    let verlengingen = extensions(&mut lezer);
    let gevolgen = build::gevolgen(&mut lezer);
    let niet_gedekt = build::signaal(&mut lezer, "niet_gedekt").unwrap_or(Gevolg::Signal);
    let budget_weigeren = lezer.ja_nee("budget_weigeren").unwrap_or(false);
    let peildatum = lezer.code("tarief_peildatum", build::PEILDATUM, Peildatum::parse);
    let declaratiewijze = lezer.code("declaratiewijze", "declaratie of factuur", Declaratiewijze::parse);
    let voorschot_per_maand = lezer.bedrag("voorschot_per_maand");
    let iban = build::iban(&mut lezer);
    let rekeninghouder = naam_of(&mut lezer, "rekeninghouder");
    if !van_there {
        lezer.fault(Some("geldig_van"), "ontbreekt");
    }
    lezer.finish();
    let contract = Contract {
        nummer: nummer?,
        naam: naam?,
        aanbieder_naam,
        aanbieder: aanbieder?,
        onderaannemers: sorted(onderaannemers),
        gemeenten: sorted(gemeenten?),
        client,
        financiering: financiering?,
        termijn: termijn?,
        verlengingen,
        gevolgen,
        budget_weigeren,
        declaratiewijze,
        niet_gedekt,
        voorschot_per_maand,
        iban,
        rekeninghouder,
        regels: Vec::new(),
        bron,
    };
    Some((contract, peildatum))
}

/// Name of an aanbieder or of who has an account; absent when the field is.
pub(super) fn naam_of(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<String> {
    build::part(lezer, veld, MAX_NAAM)
}

fn extensions(lezer: &mut Lezer<'_, '_>) -> Vec<Verlenging> {
    let mut options = Vec::new();
    for record in lezer.records("verlenging").unwrap_or_default() {
        let mut inner = lezer.inner(record);
        let tot = inner.must("tot", Lezer::datum);
        let uitgeoefend = inner.ja_nee("uitgeoefend").unwrap_or(false);
        inner.finish();
        options.extend(tot.map(|tot| Verlenging { tot, uitgeoefend }));
    }
    sorted(options)
}

/// The settings in a `regio.toml`.
pub(super) fn regio(
    (bestand, eisen): (&str, Eisen),
    text: &str,
    fouten: &mut Vec<ImportFout>,
) -> Option<Regio> {
    let record = parse(bestand, text, fouten)?;
    let mut lezer = Lezer::new(bestand, (Notatie::Euro, eisen), record, fouten);
    let mut regio = Regio {
        naam: lezer.tekst("naam").unwrap_or_default(),
        gemeenten: lezer
            .codes("gemeenten", build::GEMEENTE, GemeenteCode::parse)
            .unwrap_or_default()
            .into_iter()
            .collect(),
        servicebureaus: lezer
            .codes("servicebureaus", build::AANBIEDER, AgbCode::parse)
            .unwrap_or_default()
            .into_iter()
            .collect(),
        regieberichten_doorsturen: lezer.ja_nee("regieberichten_doorsturen").unwrap_or(false),
        herindeling_maanden: lezer
            .getal("herindeling_maanden", 0, MAX_HERINDELING_MAANDEN)
            .and_then(|months| u32::try_from(months).ok()),
        vreemde_kinderen_per_dag: lezer
            .getal("vreemde_kinderen_per_dag", 1, i64::from(u32::MAX))
            .and_then(|children| u32::try_from(children).ok()),
        ..Regio::default()
    };
    for record in lezer.records("nummers").unwrap_or_default() {
        let mut inner = lezer.inner(record);
        let gemeente_there = inner.filled("gemeente");
        let gemeente = build::gemeente(&mut inner, "gemeente");
        let reeksen = ranges(&mut inner);
        let repeated = gemeente.is_some_and(|code| regio.nummers.insert(code, reeksen).is_some());
        if repeated {
            inner.fault(Some("gemeente"), "deze gemeente heeft al nummerreeksen");
        }
        if !gemeente_there {
            regio.nummers_standaard = reeksen;
        }
        inner.finish();
    }
    if let Some(record) = lezer.groep("drempels") {
        let mut inner = lezer.inner(record);
        regio.drempels = thresholds(&mut inner);
        inner.finish();
    }
    regio = regio.with(&bewaking(&mut lezer));
    lezer.finish();
    Some(regio)
}

/// How files were taken over, in the file that is kept with them.
pub(super) fn herkomst(
    (bestand, eisen): (&str, Eisen),
    text: &str,
    fouten: &mut Vec<ImportFout>,
) -> Option<Herkomst> {
    let record = parse(bestand, text, fouten)?;
    let mut lezer = Lezer::new(bestand, (Notatie::Euro, eisen), record, fouten);
    let wijze = lezer.must("wijze", |lezer, veld| lezer.code(veld, "volledig of aanvullend", Wijze::parse));
    let (door, waarom) = (lezer.tekst("door"), lezer.tekst("waarom"));
    lezer.finish();
    Some(Herkomst { wijze: wijze?, door, waarom })
}

fn ranges(lezer: &mut Lezer<'_, '_>) -> Nummerreeksen {
    let standard = Nummerreeksen::default();
    Nummerreeksen {
        toewijzing_nummer: range(
            lezer,
            ["toewijzingnummer_van", "toewijzingnummer_tot"],
            standard.toewijzing_nummer,
            MAX_TOEWIJZING_NUMMER,
        ),
        identificatie: range(
            lezer,
            ["identificatie_van", "identificatie_tot"],
            standard.identificatie,
            MAX_IDENTIFICATIE,
        ),
        relatie_nummer: range(
            lezer,
            ["relatienummer_van", "relatienummer_tot"],
            standard.relatie_nummer,
            MAX_RELATIE_NUMMER,
        ),
    }
}

fn range(
    lezer: &mut Lezer<'_, '_>,
    [van, tot]: [&'static str; 2],
    standard: Nummerreeks,
    max: i64,
) -> Nummerreeks {
    let mut number = |veld, absent| lezer.getal(veld, 1, max).unwrap_or(absent);
    let reeks = Nummerreeks { van: number(van, standard.van), tot: number(tot, standard.tot) };
    if reeks.van > reeks.tot {
        lezer.fault(Some(tot), "het laatste nummer ligt voor het eerste");
    }
    reeks
}

fn thresholds(lezer: &mut Lezer<'_, '_>) -> Drempels {
    let standard = Drempels::default();
    let verwijzers = lezer.codes("verwijzers", "een type verwijzer: 01 t/m 06 of 08", TypeVerwijzer::parse);
    Drempels {
        verwijzing: lezer.bedrag("verwijzing").unwrap_or(standard.verwijzing),
        verwijzers: verwijzers.map_or(standard.verwijzers, |codes| codes.into_iter().collect()),
        verwijzing_vanaf: lezer.datum("verwijzing_vanaf").unwrap_or(standard.verwijzing_vanaf),
        segment_c: lezer.bedrag("segment_c").unwrap_or(standard.segment_c),
        segment_c_verzoek: build::signaal(lezer, "segment_c_verzoek").unwrap_or(standard.segment_c_verzoek),
        contact_maanden: months(lezer, "contact_maanden").unwrap_or(standard.contact_maanden),
    }
}

/// What a flat document says of the region, and by the same keys the settings of the region itself.
pub(super) fn instellingen(lezer: &mut Lezer<'_, '_>) -> Instellingen {
    let drempels = lezer.groep("drempels").map(|record| {
        let mut inner = lezer.inner(record);
        let drempels = thresholds(&mut inner);
        inner.finish();
        drempels
    });
    Instellingen { drempels, ..bewaking(lezer) }
}

fn bewaking(lezer: &mut Lezer<'_, '_>) -> Instellingen {
    Instellingen {
        drempels: None,
        plausibiliteit: build::gevolg(lezer, "plausibiliteit"),
        uitloop_maanden: months(lezer, "uitloop_maanden"),
        na_termijn: lezer.code("na_termijn", "wachten of doorsturen", NaTermijn::parse),
        mandaat_bedrag: lezer.bedrag("mandaat_bedrag"),
    }
}

fn months(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<u32> {
    lezer.getal(veld, 0, MAX_MAANDEN).and_then(|months| u32::try_from(months).ok())
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items.dedup();
    items
}

/// The document as a record; what is no TOML is a fault for each place.
fn parse<'a>(bestand: &str, text: &'a str, fouten: &mut Vec<ImportFout>) -> Option<Record<'a>> {
    let regels = Regels::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let regel = error.span().map_or(0, |span| regels.at(span.start));
        fouten.push(fout(bestand, regel, None, "geen geldige TOML: verwacht sleutel = waarde"));
    }
    errors.is_empty().then(|| Record { regel: 1, velden: fields(table.into_inner(), &regels) })
}

fn fields<'a>(table: DeTable<'a>, regels: &Regels) -> Vec<(Cow<'a, str>, Knoop<'a>)> {
    table.into_iter().map(|(key, value)| (key.into_inner(), node(value, regels))).collect()
}

fn node<'a>(value: Spanned<DeValue<'a>>, regels: &Regels) -> Knoop<'a> {
    let regel = regels.at(value.span().start);
    let waarde = match value.into_inner() {
        DeValue::String(text) if text.is_empty() => Waarde::Leeg,
        DeValue::String(text) => Waarde::Tekst(text),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Waarde::Anders, Waarde::Getal)
        }
        DeValue::Boolean(flag) => Waarde::JaNee(flag),
        DeValue::Datetime(moment) => Waarde::Tekst(Cow::Owned(moment.to_string())),
        DeValue::Float(_) => Waarde::Anders,
        DeValue::Array(items) => Waarde::Lijst(items.into_iter().map(|item| node(item, regels)).collect()),
        DeValue::Table(table) => Waarde::Record(Record { regel, velden: fields(table, regels) }),
    };
    Knoop { regel, waarde }
}
