//! Messages as text, for tests that use the program as its senders do. Fictive clients only.

use std::fmt::Write;

/// A line of a JW323.
#[derive(Debug, Clone)]
pub struct Line {
    pub referentie: String,
    /// The debit that this credit takes back.
    pub vorig: Option<String>,
    pub toewijzing: u32,
    pub product: (&'static str, &'static str),
    pub periode: (String, String),
    pub volume: i64,
    pub eenheid: &'static str,
    pub tarief: i64,
}

impl Line {
    fn bedrag(&self) -> i64 {
        self.volume * self.tarief
    }

    fn signed(&self) -> i64 {
        if self.vorig.is_some() { -self.bedrag() } else { self.bedrag() }
    }
}

/// Everything before the classes of a message: declaration, root and header.
fn head(
    message: &str,
    code: &str,
    afzender: &str,
    ontvanger: &str,
    identificatie: &str,
    dagtekening: &str,
) -> String {
    let root = "http://www.istandaarden.nl/ijw/3_2";
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<m:Bericht xmlns:m="{root}/{message}/schema" xmlns:b="{root}/basisschema/schema">
 <m:Header>
  <m:BerichtCode>{code}</m:BerichtCode><m:BerichtVersie>3</m:BerichtVersie><m:BerichtSubversie>2</m:BerichtSubversie>
  <m:Afzender>{afzender}</m:Afzender><m:Ontvanger>{ontvanger}</m:Ontvanger>
  <m:BerichtIdentificatie><b:Identificatie>{identificatie}</b:Identificatie><b:Dagtekening>{dagtekening}</b:Dagtekening></m:BerichtIdentificatie>
  <m:XsdVersie><b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie><b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie></m:XsdVersie>
 </m:Header>
"#
    )
}

/// A JW315 for one product per row of `(referentie, ingang, einde, volume per month in hours)`.
pub fn jw315(
    (afzender, ontvanger): (&str, &str),
    identificatie: &str,
    dagtekening: &str,
    bsn: &str,
    rows: &[(&str, &str, &str, i64)],
) -> String {
    let mut xml = head("jw315", "446", afzender, ontvanger, identificatie, dagtekening);
    write!(
        xml,
        " <m:Client><m:Bsn>{bsn}</m:Bsn><m:Geboortedatum><b:Datum>2014-05-17</b:Datum></m:Geboortedatum>\
         <m:Geslacht>2</m:Geslacht><m:Naam><b:Geslachtsnaam><b:Achternaam>Proef</b:Achternaam></b:Geslachtsnaam>\
         <b:Voornamen>Test</b:Voornamen></m:Naam><m:GezagsdragerBekend>1</m:GezagsdragerBekend>\n  <m:AangevraagdeProducten>\n"
    )
    .unwrap();
    for (referentie, ingang, einde, volume) in rows {
        writeln!(
            xml,
            "   <m:AangevraagdProduct><m:ReferentieAanbieder>{referentie}</m:ReferentieAanbieder>\
             <m:Product><b:Categorie>45</b:Categorie><b:Code>45A04</b:Code></m:Product>\
             <m:ToewijzingIngangsdatum>{ingang}</m:ToewijzingIngangsdatum><m:ToewijzingEinddatum>{einde}</m:ToewijzingEinddatum>\
             <m:Omvang><b:Volume>{volume}</b:Volume><b:Eenheid>04</b:Eenheid><b:Frequentie>4</b:Frequentie></m:Omvang>\
             <m:Verwijzer><b:Type>02</b:Type><b:ZorgverlenerCode>01234567</b:ZorgverlenerCode></m:Verwijzer></m:AangevraagdProduct>"
        )
        .unwrap();
    }
    xml + "  </m:AangevraagdeProducten>\n </m:Client>\n</m:Bericht>\n"
}

/// A JW323 of one client over the month that begins on `periode.0`.
pub fn jw323(
    (afzender, ontvanger): (&str, &str),
    identificatie: &str,
    dagtekening: &str,
    periode: (&str, &str),
    bsn: &str,
    lines: &[Line],
) -> String {
    let totaal: i64 = lines.iter().map(Line::signed).sum();
    let mut xml = head("jw323", "490", afzender, ontvanger, identificatie, dagtekening);
    write!(
        xml,
        " <m:Declaratie><m:DeclaratieNummer>D{identificatie}</m:DeclaratieNummer>\
         <m:DeclaratiePeriode><b:Begindatum>{}</b:Begindatum><b:Einddatum>{}</b:Einddatum></m:DeclaratiePeriode>\
         <m:DeclaratieDagtekening>{dagtekening}</m:DeclaratieDagtekening>\
         <m:TotaalIngediendBedrag><b:TotaalBedrag>{}</b:TotaalBedrag><b:DebetCredit>{}</b:DebetCredit></m:TotaalIngediendBedrag>\n\
         <m:Clienten><m:Client><m:Bsn>{bsn}</m:Bsn><m:Prestaties>\n",
        periode.0,
        periode.1,
        totaal.abs(),
        if totaal < 0 { "C" } else { "D" },
    )
    .unwrap();
    for line in lines {
        let vorig = line.vorig.as_ref().map_or_else(String::new, |vorig| {
            format!("<b:VorigReferentieNummer>{vorig}</b:VorigReferentieNummer>")
        });
        writeln!(
            xml,
            "  <m:Prestatie><m:ProductReferentie><b:ReferentieNummer>{}</b:ReferentieNummer>{vorig}</m:ProductReferentie>\
             <m:ToewijzingNummer>{}</m:ToewijzingNummer><m:ProductCategorie>{}</m:ProductCategorie><m:ProductCode>{}</m:ProductCode>\
             <m:ProductPeriode><b:Begindatum>{}</b:Begindatum><b:Einddatum>{}</b:Einddatum></m:ProductPeriode>\
             <m:GeleverdVolume>{}</m:GeleverdVolume><m:Eenheid>{}</m:Eenheid><m:ProductTarief>{}</m:ProductTarief>\
             <m:IngediendBedrag><b:Bedrag>{}</b:Bedrag><b:DebetCredit>{}</b:DebetCredit></m:IngediendBedrag></m:Prestatie>",
            line.referentie,
            line.toewijzing,
            line.product.0,
            line.product.1,
            line.periode.0,
            line.periode.1,
            line.volume,
            line.eenheid,
            line.tarief,
            line.bedrag(),
            if line.vorig.is_some() { "C" } else { "D" },
        )
        .unwrap();
    }
    xml + " </m:Prestaties></m:Client></m:Clienten></m:Declaratie>\n</m:Bericht>\n"
}

/// A JW302 without codes on a JW301: the aanbieder accepts it.
pub fn jw302_clean((afzender, ontvanger): (&str, &str), identificatie: &str, dagtekening: &str) -> String {
    let head = head("jw302", "437", afzender, ontvanger, identificatie, dagtekening);
    let retour = format!(
        "<m:IdentificatieRetour>R1</m:IdentificatieRetour><m:DagtekeningRetour>{dagtekening}</m:DagtekeningRetour>\
         <m:XsdVersieRetour><b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie><b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie></m:XsdVersieRetour>\n </m:Header>"
    );
    head.replace(" </m:Header>", &retour) + "</m:Bericht>\n"
}
