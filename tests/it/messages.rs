//! Small messages for tests, written here. The Bsn is a test number.

/// A test Bsn that passes the eleven test.
pub const BSN: &str = "999900006";

/// A JW305 (start) as an administration would send it.
pub fn jw305(identificatie: &str) -> String {
    jw305_between("12345678", "0193", identificatie)
}

/// A JW305 of an aanbieder to a gemeente.
pub fn jw305_between(aanbieder: &str, gemeente: &str, identificatie: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<m:Bericht xmlns:m="http://www.istandaarden.nl/ijw/3_2/jw305/schema" xmlns:b="http://www.istandaarden.nl/ijw/3_2/basisschema/schema">
  <m:Header>
    <m:BerichtCode>438</m:BerichtCode>
    <m:BerichtVersie>3</m:BerichtVersie>
    <m:BerichtSubversie>2</m:BerichtSubversie>
    <m:Afzender>{aanbieder}</m:Afzender>
    <m:Ontvanger>{gemeente}</m:Ontvanger>
    <m:BerichtIdentificatie>
      <b:Identificatie>{identificatie}</b:Identificatie>
      <b:Dagtekening>2026-03-02</b:Dagtekening>
    </m:BerichtIdentificatie>
    <m:XsdVersie>
      <b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie>
      <b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie>
    </m:XsdVersie>
  </m:Header>
  <m:Client>
    <m:Bsn>{BSN}</m:Bsn>
    <m:Geboortedatum>
      <b:Datum>2012-05-04</b:Datum>
    </m:Geboortedatum>
    <m:Geslacht>2</m:Geslacht>
    <m:Naam>
      <b:Geslachtsnaam>
        <b:Achternaam>Proef</b:Achternaam>
      </b:Geslachtsnaam>
      <b:Voorletters>P</b:Voorletters>
    </m:Naam>
    <m:StartProducten>
      <m:StartProduct>
        <m:ToewijzingNummer>300401</m:ToewijzingNummer>
        <m:Product>
          <b:Categorie>45</b:Categorie>
          <b:Code>45A04</b:Code>
        </m:Product>
        <m:ToewijzingIngangsdatum>2026-02-01</m:ToewijzingIngangsdatum>
        <m:Begindatum>2026-03-01</m:Begindatum>
        <m:StatusAanlevering>1</m:StatusAanlevering>
      </m:StartProduct>
    </m:StartProducten>
  </m:Client>
</m:Bericht>
"#
    )
}

/// A JW301 of gemeente 0193 for aanbieder 12345678 with one open assignment of 45A04, four hours a week.
pub fn jw301(identificatie: &str, toewijzing_nummer: u32) -> String {
    jw301_between("0193", "12345678", identificatie, toewijzing_nummer)
}

/// A JW301 of a gemeente to an aanbieder.
pub fn jw301_between(gemeente: &str, aanbieder: &str, identificatie: &str, toewijzing_nummer: u32) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<m:Bericht xmlns:m="http://www.istandaarden.nl/ijw/3_2/jw301/schema" xmlns:b="http://www.istandaarden.nl/ijw/3_2/basisschema/schema">
  <m:Header>
    <m:BerichtCode>436</m:BerichtCode>
    <m:BerichtVersie>3</m:BerichtVersie>
    <m:BerichtSubversie>2</m:BerichtSubversie>
    <m:Afzender>{gemeente}</m:Afzender>
    <m:Ontvanger>{aanbieder}</m:Ontvanger>
    <m:BerichtIdentificatie>
      <b:Identificatie>{identificatie}</b:Identificatie>
      <b:Dagtekening>2026-02-02</b:Dagtekening>
    </m:BerichtIdentificatie>
    <m:XsdVersie>
      <b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie>
      <b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie>
    </m:XsdVersie>
  </m:Header>
  <m:Client>
    <m:Bsn>{BSN}</m:Bsn>
    <m:Geboortedatum>
      <b:Datum>2012-05-04</b:Datum>
    </m:Geboortedatum>
    <m:Geslacht>2</m:Geslacht>
    <m:Naam>
      <b:Geslachtsnaam>
        <b:Achternaam>Proef</b:Achternaam>
      </b:Geslachtsnaam>
      <b:Voorletters>P</b:Voorletters>
      <b:NaamGebruik>1</b:NaamGebruik>
    </m:Naam>
    <m:Contactgegevens>
      <m:Contact>
        <m:Soort>01</m:Soort>
        <m:Adres>
          <b:Huis>
            <b:Huisnummer>1</b:Huisnummer>
          </b:Huis>
          <b:Postcode>8011AA</b:Postcode>
          <b:Straatnaam>Proefweg</b:Straatnaam>
          <b:Plaatsnaam>Zwolle</b:Plaatsnaam>
          <b:LandCode>NL</b:LandCode>
        </m:Adres>
      </m:Contact>
    </m:Contactgegevens>
    <m:ToegewezenProducten>
      <m:ToegewezenProduct>
        <m:ToewijzingNummer>{toewijzing_nummer}</m:ToewijzingNummer>
        <m:Product>
          <b:Categorie>45</b:Categorie>
          <b:Code>45A04</b:Code>
        </m:Product>
        <m:Toewijzingsdatum>2026-02-02</m:Toewijzingsdatum>
        <m:Toewijzingstijd>10:00:00</m:Toewijzingstijd>
        <m:Ingangsdatum>2026-02-01</m:Ingangsdatum>
        <m:Einddatum>2026-12-31</m:Einddatum>
        <m:Omvang>
          <b:Volume>4</b:Volume>
          <b:Eenheid>04</b:Eenheid>
          <b:Frequentie>2</b:Frequentie>
        </m:Omvang>
      </m:ToegewezenProduct>
    </m:ToegewezenProducten>
  </m:Client>
</m:Bericht>
"#
    )
}
