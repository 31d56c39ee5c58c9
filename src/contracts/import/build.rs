//! One record becomes one thing of the register. All fields are read before the first missing one
//! ends it, so that every fault of a record is told at once.

use super::record::{Lezer, Notatie};
use crate::codes::{
    AdresSoort, AgbCode, CodeError, Eenheid, GemeenteCode, NaamGebruik, ProductCategorie, ProductCode,
    is_dutch_postcode,
};
use crate::contracts::{
    ClientAdres, ClientGegevens, ContractRegel, Geboren, GebrokenMaand, GemeenteRegel, Geslachtsnaam, Gevolg,
    Gevolgen, Overleden, Peildatum, Productcode, Segment, Tariefeenheid, Uitvoeringsvariant,
    postcode_in_bericht,
};
use crate::iban::Iban;
use crate::messages::BerichtSoort;
use crate::schema::Release;

pub(super) const GEMEENTE: &str = "een gemeentecode van vier cijfers, met voorloopnullen";
pub(super) const AANBIEDER: &str = "een AGB-code van acht cijfers, met voorloopnullen";
pub(super) const CATEGORIE: &str = "een productcategorie van twee cijfers";
const CODE: &str = "een productcode van een tot en met vijf tekens";
const EENHEID: &str = "een eenheid: 01, 04, 14, 16, 82, 83 of 84";
pub(super) const PEILDATUM: &str = "periode (die van de prestatie) of toewijzing (haar eerste dag)";
pub(super) const SEGMENT: &str = "A, B of C";
const GEVOLG: &str = "niets, signal (doorgaan en melden) of hold (vasthouden)";
const SIGNAAL: &str = "signal (doorgaan en melden) of hold (vasthouden)";

pub(super) fn gemeente(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<GemeenteCode> {
    lezer.code(veld, GEMEENTE, GemeenteCode::parse)
}

pub(super) fn aanbieder(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<AgbCode> {
    lezer.code(veld, AANBIEDER, AgbCode::parse)
}

pub(super) fn categorie(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<ProductCategorie> {
    lezer.code(veld, CATEGORIE, ProductCategorie::parse)
}

/// An IBAN that passes its check; absent when the field is.
pub(super) fn iban(lezer: &mut Lezer<'_, '_>) -> Option<Iban> {
    let text = lezer.tekst("iban")?;
    match Iban::parse(&text) {
        Ok(iban) => Some(iban),
        Err(error) => {
            lezer.fault(Some("iban"), error.to_string());
            None
        }
    }
}

/// The two acts of a limit or a contract.
pub(super) fn gevolgen(lezer: &mut Lezer<'_, '_>) -> Gevolgen {
    let both = gevolg(lezer, "bij_overschrijding");
    Gevolgen::of(both, gevolg(lezer, "bij_toewijzing"), gevolg(lezer, "bij_betaling"))
}

pub(super) fn gevolg(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<Gevolg> {
    lezer.code(veld, GEVOLG, Gevolg::parse)
}

/// An act where doing nothing is no choice.
pub(super) fn signaal(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<Gevolg> {
    lezer.code(veld, SIGNAAL, |text| match Gevolg::parse(text)? {
        Gevolg::Niets => Err(CodeError("Gevolg")),
        gevolg => Ok(gevolg),
    })
}

/// A line of a contract: product, rate and what goes with it.
pub(super) fn contract_regel(lezer: &mut Lezer<'_, '_>) -> Option<ContractRegel> {
    let bron = lezer.bron();
    let product = categorie_en_code(lezer);
    let eenheid = lezer.must("eenheid", |l, veld| l.code(veld, EENHEID, Eenheid::parse));
    let tarief_given = lezer.filled("tarief");
    let tarief = lezer.tarief("tarief");
    let tariefeenheid = lezer.code("tariefeenheid", "uur of leeg", Tariefeenheid::parse);
    let variant = lezer.code("uitvoeringsvariant", "inspanning, output of taak", Uitvoeringsvariant::parse);
    let gebroken_maand = lezer.code("gebroken_maand", "vol, naar_rato, geen of gi", GebrokenMaand::parse);
    let peildatum = lezer.code("tarief_peildatum", PEILDATUM, Peildatum::parse);
    let segment = lezer.code("segment", SEGMENT, Segment::parse);
    let spoed = lezer.ja_nee("spoed").unwrap_or(false);
    let leeftijd_max = lezer.getal("leeftijd_max", 0, 120).and_then(|jaren| u8::try_from(jaren).ok());
    let geldig = lezer.periode("geldig_van", "geldig_tot");
    let iban = iban(lezer);
    match eenheid {
        Some(Eenheid::Euro) if tarief_given => {
            lezer.fault(Some("tarief"), "blijft leeg bij eenheid 83: het volume is zelf een bedrag");
        }
        Some(eenheid) if eenheid != Eenheid::Euro && !tarief_given => {
            lezer.fault(Some("tarief"), "ontbreekt; alleen bij eenheid 83 blijft het leeg");
        }
        Some(eenheid) if tariefeenheid.is_some() && !matches!(eenheid, Eenheid::Minuut | Eenheid::Uur) => {
            lezer.fault(Some("tariefeenheid"), "uur gaat alleen samen met eenheid 01 (minuten, IV081)");
        }
        _ => {}
    }
    let (categorie, code) = product?;
    Some(ContractRegel {
        categorie,
        code,
        eenheid: eenheid?,
        tarief,
        tariefeenheid,
        variant,
        peildatum,
        gebroken_maand: gebroken_maand.unwrap_or(GebrokenMaand::Vol),
        segment,
        leeftijd_max,
        spoed,
        geldig: geldig?,
        iban,
        bron,
    })
}

/// The product of a line or of the list of product codes.
fn categorie_en_code(lezer: &mut Lezer<'_, '_>) -> Option<(ProductCategorie, ProductCode)> {
    let categorie = lezer.must("productcategorie", categorie);
    let code = lezer.must("productcode", |l, veld| l.code(veld, CODE, ProductCode::parse));
    Some((categorie?, code?))
}

/// A row of the list of product codes.
pub(super) fn productcode(lezer: &mut Lezer<'_, '_>) -> Option<Productcode> {
    let product = categorie_en_code(lezer);
    let geldig = lezer.periode("geldig_van", "geldig_tot");
    let (categorie, code) = product?;
    Some((categorie, code, geldig?))
}

/// A row that adds to the codes of gemeenten.
pub(super) fn gemeentecode(lezer: &mut Lezer<'_, '_>) -> Option<GemeenteRegel> {
    let code = lezer.must("code", gemeente);
    let naam = lezer.tekst("naam").unwrap_or_default();
    let geldig = lezer.periode("geldig_van", "geldig_tot");
    Some(GemeenteRegel { code: code?, naam, geldig: geldig? })
}

/// A client. In JSON the address is a group of its own, in a table its columns stand among the others.
pub(super) fn client(lezer: &mut Lezer<'_, '_>) -> Option<ClientGegevens> {
    let gemeente_code = lezer.must("gemeente", gemeente);
    let bsn = lezer.must("bsn", Lezer::bsn);
    let naamgebruik = lezer.code("naamgebruik", "een code van COD700: 1 t/m 6", NaamGebruik::parse);
    let adres = if lezer.notatie() == Notatie::Eurocent {
        lezer.groep("adres").and_then(|record| {
            let mut inner = lezer.inner(record);
            let soort = adres_soort(&mut inner, "soort").unwrap_or(AdresSoort::Brp);
            let adres = adres(&mut inner, soort);
            inner.finish();
            adres
        })
    } else {
        let soort = adres_soort(lezer, "adressoort").unwrap_or(AdresSoort::Brp);
        adres(lezer, soort)
    };
    let gezagsdrager_bekend = lezer.ja_nee("gezagsdrager_bekend");
    let andere_gemeente = gemeente(lezer, "andere_gemeente");
    let wijkteam_contact = lezer.datum("wijkteam_contact");
    let geboortedatum = lezer.datum("geboortedatum").map(Geboren);
    let geslachtsnaam = part(lezer, "geslachtsnaam", 200).map(Geslachtsnaam);
    let overleden = lezer.datum("overleden").map(Overleden);
    if let (Some(Geboren(first)), Some(Overleden(last))) = (geboortedatum, overleden)
        && last < first
    {
        lezer.fault(Some("overleden"), "ligt voor geboortedatum");
    }
    Some(ClientGegevens {
        gemeente: gemeente_code?,
        bsn: bsn?,
        naamgebruik,
        adres,
        gezagsdrager_bekend,
        andere_gemeente,
        wijkteam_contact,
        geboortedatum,
        geslachtsnaam,
        overleden,
    })
}

fn adres_soort(lezer: &mut Lezer<'_, '_>, veld: &'static str) -> Option<AdresSoort> {
    lezer.code(veld, "een adressoort: 01, 02, 03 of 04", AdresSoort::parse)
}

/// An address of which at least one part is known; lengths as in CDT_Adres.
fn adres(lezer: &mut Lezer<'_, '_>, soort: AdresSoort) -> Option<ClientAdres> {
    let huisnummer = lezer.getal("huisnummer", 0, 99_999);
    let huisletter = part(lezer, "huisletter", 1);
    let huisnummer_toevoeging = part(lezer, "huisnummertoevoeging", 4);
    let aanduiding_woonadres = part(lezer, "aanduiding_woonadres", 2);
    let postcode = part(lezer, "postcode", 8);
    let straatnaam = part(lezer, "straatnaam", 24);
    let plaatsnaam = part(lezer, "plaatsnaam", 80);
    let land_code = part(lezer, "landcode", 2);
    let postcode_in_bericht = postcode.as_deref().map(|text| postcode_in_bericht(text, land_code.as_deref()));
    if lezer.is_new() {
        fits_dutch(lezer, postcode_in_bericht.as_deref(), land_code.as_deref());
        for (veld, soort, value) in [
            ("huisletter", "LDT_Huisletter", &huisletter),
            ("huisnummertoevoeging", "LDT_HuisnummerToevoeging", &huisnummer_toevoeging),
            ("aanduiding_woonadres", "LDT_AanduidingWoonadres", &aanduiding_woonadres),
            ("postcode", "LDT_Postcode", &postcode_in_bericht),
            ("straatnaam", "LDT_Straatnaam", &straatnaam),
            ("plaatsnaam", "LDT_Plaatsnaam", &plaatsnaam),
            ("landcode", "LDT_LandCode", &land_code),
        ] {
            fits_type(lezer, veld, soort, value.as_deref());
        }
    }
    let known =
        huisnummer.is_some() || [&postcode, &straatnaam, &plaatsnaam].iter().any(|part| part.is_some());
    known.then_some(ClientAdres {
        soort,
        huisnummer,
        huisletter,
        huisnummer_toevoeging,
        aanduiding_woonadres,
        postcode,
        postcode_in_bericht,
        straatnaam,
        plaatsnaam,
        land_code,
    })
}

/// CS089: a postcode in the Netherlands looks like one.
fn fits_dutch(lezer: &mut Lezer<'_, '_>, postcode: Option<&str>, land_code: Option<&str>) {
    let wrong = postcode.is_some_and(|postcode| !is_dutch_postcode(postcode));
    if wrong && land_code.is_none_or(|land| land == "NL") {
        let tekst =
            "verwacht: vier cijfers en twee letters (CS089), of een landcode bij een buitenlandse postcode";
        lezer.fault(Some("postcode"), tekst);
    }
}

/// What the schema of the JW301 that we make asks of a value.
fn fits_type(lezer: &mut Lezer<'_, '_>, veld: &'static str, soort: &str, value: Option<&str>) {
    let Some(value) = value else { return };
    let simples = &Release::live().message(BerichtSoort::Jw301).simples;
    let named = simples.iter().find(|simple| simple.name == soort && !simple.narrowed);
    if let Some(simple) = named.filter(|simple| !simple.facet.accepts(value)) {
        lezer.fault(Some(veld), format!("verwacht: {}", simple.facet.expected()));
    }
}

/// A text of at most so many characters that says something.
pub(super) fn part(lezer: &mut Lezer<'_, '_>, veld: &'static str, max: usize) -> Option<String> {
    let verwacht = format!("een tekst van ten hoogste {max} tekens");
    let parse = |text: &str| {
        let fits = text.chars().count() <= max && !text.trim().is_empty();
        if fits { Ok(text.to_owned()) } else { Err(CodeError("tekst")) }
    };
    lezer.code(veld, &verwacht, parse)
}
