//! An invented region that claims without end: every claim is credited by the next one, so that the same
//! room can be claimed for as long as a measurement takes.

use happyflow::codes::Bsn;
use std::fmt::Write as _;

/// The gemeente of the region.
pub const GEMEENTE: &str = "0193";
/// Lines of a claim, each of a client of its own.
pub const LINES: usize = 5;
/// Cents of a line: four hours.
const LINE_CENTS: usize = 4 * 8000;
const ROOT: &str = "http://www.istandaarden.nl/ijw/3_2";

/// The code of an aanbieder.
pub fn aanbieder(number: usize) -> String {
    format!("{:08}", 12_340_000 + number)
}

/// Invented clients, as many as the claims of so many aanbieders name.
fn bsns(aanbieders: usize) -> Vec<Bsn> {
    (999_000_000_u32..)
        .filter_map(|number| Bsn::parse(&number.to_string()).ok())
        .filter(Bsn::passes_elfproef)
        .take(aanbieders * LINES)
        .collect()
}

/// One rate for every aanbieder.
pub fn contracts(aanbieders: usize) -> String {
    let line = |number| {
        format!(
            r#"{{"aanbieder":"{}","productcode":"45A04","tarief":8000,"geldig_van":"2025-01-01","gemeente":"{GEMEENTE}","eenheid":"04","productcategorie":"45"}}"#,
            aanbieder(number)
        )
    };
    let lines: Vec<String> = (0..aanbieders).map(line).collect();
    format!(r#"{{"contracten":[{}]}}"#, lines.join(",\n"))
}

fn header(soort: &str, code: u32, from: &str, to: &str, identificatie: &str) -> String {
    format!(
        "<m:Bericht xmlns:m=\"{ROOT}/{soort}/schema\" xmlns:b=\"{ROOT}/basisschema/schema\"><m:Header>\
         <m:BerichtCode>{code}</m:BerichtCode><m:BerichtVersie>3</m:BerichtVersie>\
         <m:BerichtSubversie>2</m:BerichtSubversie><m:Afzender>{from}</m:Afzender><m:Ontvanger>{to}</m:Ontvanger>\
         <m:BerichtIdentificatie><b:Identificatie>{identificatie}</b:Identificatie>\
         <b:Dagtekening>2026-11-01</b:Dagtekening></m:BerichtIdentificatie><m:XsdVersie>\
         <b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie><b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie>\
         </m:XsdVersie></m:Header>"
    )
}

/// The assignments that the claims are about.
pub fn assignments(aanbieders: usize) -> impl Iterator<Item = String> {
    bsns(aanbieders).into_iter().enumerate().map(|(number, bsn)| {
        let bsn = bsn.as_str();
        let aanbieder = aanbieder(number / LINES);
        let nummer = 1 + number;
        format!(
            "{}<m:Client><m:Bsn>{bsn}</m:Bsn><m:Geboortedatum><b:Datum>2012-05-04</b:Datum></m:Geboortedatum>\
             <m:Geslacht>2</m:Geslacht><m:Naam><b:Geslachtsnaam><b:Achternaam>Proef</b:Achternaam>\
             </b:Geslachtsnaam><b:Voorletters>P</b:Voorletters><b:NaamGebruik>1</b:NaamGebruik></m:Naam>\
             <m:Contactgegevens><m:Contact><m:Soort>01</m:Soort><m:Adres><b:Huis><b:Huisnummer>1</b:Huisnummer>\
             </b:Huis><b:Postcode>8011AA</b:Postcode><b:Straatnaam>Proefweg</b:Straatnaam>\
             <b:Plaatsnaam>Zwolle</b:Plaatsnaam><b:LandCode>NL</b:LandCode></m:Adres></m:Contact>\
             </m:Contactgegevens><m:ToegewezenProducten><m:ToegewezenProduct>\
             <m:ToewijzingNummer>{nummer}</m:ToewijzingNummer><m:Product><b:Categorie>45</b:Categorie>\
             <b:Code>45A04</b:Code></m:Product><m:Toewijzingsdatum>2025-12-20</m:Toewijzingsdatum>\
             <m:Toewijzingstijd>10:00:00</m:Toewijzingstijd><m:Ingangsdatum>2026-01-01</m:Ingangsdatum>\
             <m:Einddatum>2026-12-31</m:Einddatum><m:Omvang><b:Volume>4</b:Volume><b:Eenheid>04</b:Eenheid>\
             <b:Frequentie>2</b:Frequentie></m:Omvang></m:ToegewezenProduct></m:ToegewezenProducten></m:Client>\
             </m:Bericht>",
            header("jw301", 436, GEMEENTE, &aanbieder, &format!("T{nummer}"))
        )
    })
}

/// The claims of every aanbieder in turn: a round of debits, a round that credits them, and so on.
pub struct Claims {
    bsns: Vec<Bsn>,
    aanbieders: usize,
    next: usize,
}

impl Claims {
    /// From the first claim on.
    pub fn new(aanbieders: usize) -> Self {
        Self { bsns: bsns(aanbieders), aanbieders, next: 0 }
    }
}

impl Iterator for Claims {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let (round, number) = (self.next / self.aanbieders, self.next % self.aanbieders);
        self.next += 1;
        let credit = round % 2 == 1;
        let sign = if credit { 'C' } else { 'D' };
        let aanbieder = aanbieder(number);
        let mut text = header("jw323", 490, &aanbieder, GEMEENTE, &format!("B{round}"));
        let _ = write!(
            text,
            "<m:Declaratie><m:DeclaratieNummer>N{round}</m:DeclaratieNummer><m:DeclaratiePeriode>\
             <b:Begindatum>2026-10-01</b:Begindatum><b:Einddatum>2026-10-31</b:Einddatum></m:DeclaratiePeriode>\
             <m:DeclaratieDagtekening>2026-11-01</m:DeclaratieDagtekening><m:TotaalIngediendBedrag>\
             <b:TotaalBedrag>{}</b:TotaalBedrag><b:DebetCredit>{sign}</b:DebetCredit></m:TotaalIngediendBedrag>\
             <m:Clienten>",
            LINES * LINE_CENTS
        );
        for line in 0..LINES {
            let place = number * LINES + line;
            let vorige = if credit {
                format!("<b:VorigReferentieNummer>R{}-{line}</b:VorigReferentieNummer>", round - 1)
            } else {
                String::new()
            };
            let _ = write!(
                text,
                "<m:Client><m:Bsn>{}</m:Bsn><m:Prestaties><m:Prestatie><m:ProductReferentie>\
                 <b:ReferentieNummer>R{round}-{line}</b:ReferentieNummer>{vorige}</m:ProductReferentie>\
                 <m:ToewijzingNummer>{}</m:ToewijzingNummer><m:ProductCategorie>45</m:ProductCategorie>\
                 <m:ProductCode>45A04</m:ProductCode><m:ProductPeriode><b:Begindatum>2026-10-01</b:Begindatum>\
                 <b:Einddatum>2026-10-31</b:Einddatum></m:ProductPeriode><m:GeleverdVolume>4</m:GeleverdVolume>\
                 <m:Eenheid>04</m:Eenheid><m:ProductTarief>8000</m:ProductTarief><m:IngediendBedrag>\
                 <b:Bedrag>{LINE_CENTS}</b:Bedrag><b:DebetCredit>{sign}</b:DebetCredit></m:IngediendBedrag>\
                 </m:Prestatie></m:Prestaties></m:Client>",
                self.bsns[place].as_str(),
                place + 1
            );
        }
        text.push_str("</m:Clienten></m:Declaratie></m:Bericht>");
        Some(text)
    }
}
