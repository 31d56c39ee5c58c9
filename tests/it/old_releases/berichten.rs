//! Messages of any release as text. Fictive clients only.

use crate::office::{AANBIEDER, BSN, GEMEENTE};
use std::fmt::Write as _;

/// A line of a claim.
#[derive(Debug, Clone)]
pub struct Regel {
    pub referentie: &'static str,
    pub vorig: Option<&'static str>,
    pub toewijzing: Option<u32>,
    pub code: &'static str,
    pub begin: &'static str,
    /// Month, `yyyy-mm`.
    pub maand: &'static str,
    pub volume: i64,
    pub eenheid: &'static str,
    pub tarief: i64,
    pub cents: i64,
}

impl Regel {
    /// Hours in a month, at the rate of the contract.
    pub fn debet(referentie: &'static str, maand: &'static str, uren: i64) -> Self {
        let (toewijzing, code) = (Some(1001), "45A04");
        let (eenheid, tarief, cents) = ("04", 8_000, uren * 8_000);
        Self {
            referentie,
            vorig: None,
            toewijzing,
            code,
            begin: "",
            maand,
            volume: uren,
            eenheid,
            tarief,
            cents,
        }
    }

    /// The same given back.
    pub fn credit(referentie: &'static str, vorig: &'static str, maand: &'static str, uren: i64) -> Self {
        Self { vorig: Some(vorig), ..Self::debet(referentie, maand, uren) }
    }

    fn periode(&self) -> String {
        let (begin, eind) = month(self.maand);
        let begin = if self.begin.is_empty() { begin } else { self.begin.to_owned() };
        format!("<b:Begindatum>{begin}</b:Begindatum><b:Einddatum>{eind}</b:Einddatum>")
    }

    fn referenties(&self) -> String {
        let vorig =
            self.vorig.map(|vorig| format!("<b:VorigReferentieNummer>{vorig}</b:VorigReferentieNummer>"));
        format!(
            "<m:ProductReferentie><b:ReferentieNummer>{}</b:ReferentieNummer>{}</m:ProductReferentie>",
            self.referentie,
            vorig.unwrap_or_default()
        )
    }

    fn way(&self) -> &'static str {
        if self.vorig.is_some() { "C" } else { "D" }
    }

    fn product(&self) -> String {
        let nummer =
            self.toewijzing.map(|nummer| format!("<m:ToewijzingNummer>{nummer}</m:ToewijzingNummer>"));
        format!(
            "{}<m:ProductCategorie>45</m:ProductCategorie><m:ProductCode>{}</m:ProductCode>\
             <m:ProductPeriode>{}</m:ProductPeriode>",
            nummer.unwrap_or_default(),
            self.code,
            self.periode()
        )
    }
}

/// First and last day of a month.
fn month(maand: &str) -> (String, String) {
    let begin: chrono::NaiveDate = format!("{maand}-01").parse().unwrap();
    let eind = begin + chrono::Months::new(1) - chrono::Days::new(1);
    (begin.to_string(), eind.to_string())
}

fn total(regels: &[Regel]) -> (i64, &'static str) {
    let sum: i64 =
        regels.iter().map(|regel| if regel.vorig.is_some() { -regel.cents } else { regel.cents }).sum();
    (sum.abs(), if sum < 0 { "C" } else { "D" })
}

fn root(message: &str, release: &str, inside: &str) -> String {
    let root = format!("http://www.istandaarden.nl/ijw/{}", release.replace('.', "_"));
    format!(
        "<m:Bericht xmlns:m=\"{root}/{message}/schema\" xmlns:b=\"{root}/basisschema/schema\">{inside}</m:Bericht>"
    )
}

fn xsd_versie(release: &str) -> &'static str {
    if release == "2.3" {
        ""
    } else {
        "<m:XsdVersie><b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie>\
         <b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie></m:XsdVersie>"
    }
}

fn versie(release: &str) -> String {
    let (versie, subversie) = release.split_once('.').unwrap();
    format!("<m:BerichtVersie>{versie}</m:BerichtVersie><m:BerichtSubversie>{subversie}</m:BerichtSubversie>")
}

fn header(release: &str, code: &str, (from, to): (&str, &str), identificatie: &str, day: &str) -> String {
    format!(
        "<m:Header><m:BerichtCode>{code}</m:BerichtCode>{}<m:Afzender>{from}</m:Afzender>\
         <m:Ontvanger>{to}</m:Ontvanger><m:BerichtIdentificatie><b:Identificatie>{identificatie}</b:Identificatie>\
         <b:Dagtekening>{day}</b:Dagtekening></m:BerichtIdentificatie>{}</m:Header>",
        versie(release),
        xsd_versie(release)
    )
}

/// A JW301 with assignment 1001: ten hours a month.
pub fn jw301(release: &str, identificatie: &str, day: &str, (begin, eind): (&str, &str)) -> String {
    let product = format!(
        "<m:ToegewezenProducten><m:ToegewezenProduct><m:ToewijzingNummer>1001</m:ToewijzingNummer>\
         <m:Product><b:Categorie>45</b:Categorie><b:Code>45A04</b:Code></m:Product>\
         <m:Toewijzingsdatum>{day}</m:Toewijzingsdatum><m:Toewijzingstijd>10:00:00</m:Toewijzingstijd>\
         <m:Ingangsdatum>{begin}</m:Ingangsdatum><m:Einddatum>{eind}</m:Einddatum>\
         <m:Omvang><b:Volume>10</b:Volume><b:Eenheid>04</b:Eenheid><b:Frequentie>4</b:Frequentie></m:Omvang>\
         </m:ToegewezenProduct></m:ToegewezenProducten>"
    );
    let product = if release.starts_with('2') {
        format!(
            "<m:Beschikking><m:BeschikkingNummer>7</m:BeschikkingNummer><m:Afgiftedatum>{day}</m:Afgiftedatum>\
             <m:Ingangsdatum>{begin}</m:Ingangsdatum>{product}</m:Beschikking>"
        )
    } else {
        product
    };
    let client = format!(
        "<m:Client><m:Bsn>{BSN}</m:Bsn><m:Geboortedatum><b:Datum>2010-05-17</b:Datum></m:Geboortedatum>\
         <m:Geslacht>2</m:Geslacht><m:Naam><b:Geslachtsnaam><b:Achternaam>Proef</b:Achternaam></b:Geslachtsnaam>\
         <b:Voornamen>Test</b:Voornamen><b:NaamGebruik>1</b:NaamGebruik></m:Naam><m:Contactgegevens><m:Contact>\
         <m:Soort>01</m:Soort><m:Adres><b:Huis><b:Huisnummer>1</b:Huisnummer></b:Huis><b:Postcode>8011AA</b:Postcode>\
         <b:Straatnaam>Proefstraat</b:Straatnaam><b:Plaatsnaam>Zwolle</b:Plaatsnaam><b:LandCode>NL</b:LandCode>\
         </m:Adres></m:Contact></m:Contactgegevens>{product}</m:Client>"
    );
    let header = header(release, "436", (GEMEENTE, AANBIEDER), identificatie, day);
    root("jw301", release, &(header + &client))
}

/// A JW303 of one client over a month: 432 or 450.
pub fn jw303(release: &str, code: &str, number: &str, day: &str, maand: &str, regels: &[Regel]) -> String {
    let (begin, eind) = month(maand);
    let (sum, way) = total(regels);
    let xsd_versie = xsd_versie(release);
    let header = format!(
        "<m:Header><m:BerichtCode>{code}</m:BerichtCode>{}<m:Gemeente>{GEMEENTE}</m:Gemeente>\
         <m:Aanbieder>{AANBIEDER}</m:Aanbieder><m:BetalingAanID>02</m:BetalingAanID>\
         <m:DeclaratieFactuurIdentificatie><b:DeclaratiePeriode><b:Begindatum>{begin}</b:Begindatum>\
         <b:Einddatum>{eind}</b:Einddatum></b:DeclaratiePeriode>\
         <b:DeclarantFactuurNummer>{number}</b:DeclarantFactuurNummer>\
         <b:FactuurDagtekening>{day}</b:FactuurDagtekening><b:ValutaCode>EUR</b:ValutaCode>\
         </m:DeclaratieFactuurIdentificatie><m:DeclaratieFactuurBedragen><b:DeclaratieFactuurTotaalBedrag>\
         <b:TotaalBedrag>{sum}</b:TotaalBedrag><b:DebetCredit>{way}</b:DebetCredit>\
         </b:DeclaratieFactuurTotaalBedrag></m:DeclaratieFactuurBedragen>{xsd_versie}</m:Header>",
        versie(release)
    );
    let mut lines = String::new();
    for regel in regels {
        write!(
            lines,
            "<m:Prestatie>{}<m:IngediendeBedragPrestatie><b:GeleverdVolume>{}</b:GeleverdVolume>\
             <b:Eenheid>{}</b:Eenheid><b:ProductTarief>{}</b:ProductTarief>\
             <b:BtwVrijstellingIndicatie>1</b:BtwVrijstellingIndicatie><b:DeclaratieFactuurBedrag>\
             <b:Bedrag>{}</b:Bedrag><b:DebetCredit>{}</b:DebetCredit></b:DeclaratieFactuurBedrag>\
             </m:IngediendeBedragPrestatie>{}</m:Prestatie>",
            regel.product(),
            regel.volume,
            regel.eenheid,
            regel.tarief,
            regel.cents,
            regel.way(),
            regel.referenties()
        )
        .unwrap();
    }
    let clienten = format!(
        "<m:Clienten><m:Client><m:Bsn>{BSN}</m:Bsn><m:Geboortedatum><b:Datum>2010-05-17</b:Datum>\
         </m:Geboortedatum><m:Geslacht>2</m:Geslacht><m:Naam><b:Geslachtsnaam><b:Achternaam>Proef</b:Achternaam>\
         </b:Geslachtsnaam></m:Naam><m:Prestaties>{lines}</m:Prestaties></m:Client></m:Clienten>"
    );
    root("jw303", release, &(header + &clienten))
}

/// A JW323 of one client over a month.
pub fn jw323(release: &str, number: &str, day: &str, maand: &str, regels: &[Regel]) -> String {
    let (begin, eind) = month(maand);
    let (sum, way) = total(regels);
    let mut lines = String::new();
    for regel in regels {
        write!(
            lines,
            "<m:Prestatie>{}{}<m:GeleverdVolume>{}</m:GeleverdVolume><m:Eenheid>{}</m:Eenheid>\
             <m:ProductTarief>{}</m:ProductTarief><m:IngediendBedrag><b:Bedrag>{}</b:Bedrag>\
             <b:DebetCredit>{}</b:DebetCredit></m:IngediendBedrag></m:Prestatie>",
            regel.referenties(),
            regel.product(),
            regel.volume,
            regel.eenheid,
            regel.tarief,
            regel.cents,
            regel.way()
        )
        .unwrap();
    }
    let header = header(release, "490", (AANBIEDER, GEMEENTE), number, day);
    let claim = format!(
        "<m:Declaratie><m:DeclaratieNummer>{number}</m:DeclaratieNummer><m:DeclaratiePeriode>\
         <b:Begindatum>{begin}</b:Begindatum><b:Einddatum>{eind}</b:Einddatum></m:DeclaratiePeriode>\
         <m:DeclaratieDagtekening>{day}</m:DeclaratieDagtekening><m:TotaalIngediendBedrag>\
         <b:TotaalBedrag>{sum}</b:TotaalBedrag><b:DebetCredit>{way}</b:DebetCredit></m:TotaalIngediendBedrag>\
         <m:Clienten><m:Client><m:Bsn>{BSN}</m:Bsn><m:Prestaties>{lines}</m:Prestaties></m:Client></m:Clienten>\
         </m:Declaratie>"
    );
    root("jw323", release, &(header + &claim))
}
