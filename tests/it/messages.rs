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
