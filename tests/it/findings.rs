//! What a finding of level 1 says: place, what should stand there, and nothing of a person.

use happyflow::messages::{BerichtSoort, Partij};
use happyflow::schema::{HeaderPeek, Invalid, Reading, XsdFinding, read};

const DECLARATIE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<m:Bericht xmlns:m="http://www.istandaarden.nl/ijw/3_2/jw323/schema" xmlns:b="http://www.istandaarden.nl/ijw/3_2/basisschema/schema">
  <m:Header>
    <m:BerichtCode>490</m:BerichtCode>
    <m:BerichtVersie>3</m:BerichtVersie>
    <m:BerichtSubversie>2</m:BerichtSubversie>
    <m:Afzender>12345678</m:Afzender>
    <m:Ontvanger>0193</m:Ontvanger>
    <m:BerichtIdentificatie><b:Identificatie>D1</b:Identificatie><b:Dagtekening>2026-04-03</b:Dagtekening></m:BerichtIdentificatie>
    <m:XsdVersie><b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie><b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie></m:XsdVersie>
  </m:Header>
  <m:Declaratie>
    <m:DeclaratieNummer>2026A</m:DeclaratieNummer>
    <m:DeclaratiePeriode><b:Begindatum>2026-03-01</b:Begindatum><b:Einddatum>2026-03-31</b:Einddatum></m:DeclaratiePeriode>
    <m:DeclaratieDagtekening>2026-04-03</m:DeclaratieDagtekening>
    <m:TotaalIngediendBedrag><b:TotaalBedrag>0</b:TotaalBedrag><b:DebetCredit>D</b:DebetCredit></m:TotaalIngediendBedrag>
    <m:Clienten>
      <m:Client><m:Bsn>999900006</m:Bsn><m:Prestaties>PRESTATIE</m:Prestaties></m:Client>
      <m:Client>
        <m:Bsn>999900018</m:Bsn>
        <m:Prestaties>PRESTATIE</m:Prestaties>
      </m:Client>
    </m:Clienten>
  </m:Declaratie>
</m:Bericht>
"#;
const PRESTATIE: &str = "<m:Prestatie><m:ProductReferentie><b:ReferentieNummer>R1</b:ReferentieNummer></m:ProductReferentie>\
    <m:ToewijzingNummer>1</m:ToewijzingNummer><m:ProductCategorie>45</m:ProductCategorie><m:ProductCode>45A04</m:ProductCode>\
    <m:ProductPeriode><b:Begindatum>2026-03-01</b:Begindatum><b:Einddatum>2026-03-31</b:Einddatum></m:ProductPeriode>\
    <m:GeleverdVolume>1</m:GeleverdVolume><m:Eenheid>14</m:Eenheid>\
    <m:IngediendBedrag><b:Bedrag>0</b:Bedrag><b:DebetCredit>D</b:DebetCredit></m:IngediendBedrag></m:Prestatie>";

fn message() -> String {
    DECLARATIE.replace("PRESTATIE", PRESTATIE)
}

fn judge(text: &str) -> Invalid {
    match read(text.as_bytes()) {
        Reading::Valid(_) => panic!("accepted {text}"),
        Reading::Invalid(invalid) => invalid,
    }
}

/// The findings after one replacement of the last place where `from` stands.
fn findings(from: &str, to: &str) -> Vec<XsdFinding> {
    let message = message();
    let at = message.rfind(from).expect(from);
    judge(&format!("{}{to}{}", &message[..at], &message[at + from.len()..])).findings
}

fn one(from: &str, to: &str) -> (String, u32, String, String) {
    let findings = findings(from, to);
    let [XsdFinding { line, path, expected, found, .. }] = &findings[..] else { panic!("{findings:?}") };
    (path.clone(), *line, expected.clone(), found.clone())
}

const CLIENT: &str = "/Bericht/Declaratie/Clienten/Client[2]";

#[test]
fn the_message_itself_is_valid() {
    assert!(matches!(read(message().as_bytes()), Reading::Valid(_)));
}

#[test]
fn a_value_is_found_with_its_path_and_line() {
    let (path, line, expected, found) = one("<m:Eenheid>14", "<m:Eenheid>15");
    assert_eq!(path, format!("{CLIENT}/Prestaties/Prestatie[1]/Eenheid"));
    assert_eq!((line, found.as_str()), (21, "de waarde 15"));
    assert_eq!(expected, "een van 01, 04, 14, 16, 82, 83, 84");
}

#[test]
fn values_of_people_are_never_shown() {
    let (path, _, expected, found) = one("999900018", "99990001");
    assert_eq!(
        (path, expected.as_str()),
        (format!("{CLIENT}/Bsn"), "een tekst van precies 9 tekens, alleen cijfers")
    );
    assert_eq!(found, "een waarde van 8 tekens");
    for place in ["<m:Eenheid>14", "<m:GeleverdVolume>1", "<m:ProductCode>45A04", "<b:Begindatum>2026-03-01"]
    {
        let opening = &place[..=place.find('>').unwrap()];
        let findings = findings(place, &format!("{opening}Petra de Proef, 999900006"));
        let text = format!("{findings:?}");
        assert!(!text.contains("Petra") && !text.contains("999900006"), "{text}");
    }
}

#[test]
fn a_missing_element_is_named() {
    let (path, line, expected, found) = one("<m:Bsn>999900018</m:Bsn>", "");
    assert_eq!((path, line), (format!("{CLIENT}/Bsn"), 21));
    assert_eq!((expected.as_str(), found.as_str()), ("element Bsn", "element Prestaties"));
    let (path, line, expected, found) = one(
        "<m:IngediendBedrag><b:Bedrag>0</b:Bedrag><b:DebetCredit>D</b:DebetCredit></m:IngediendBedrag>",
        "",
    );
    assert_eq!((path, line), (format!("{CLIENT}/Prestaties/Prestatie[1]/IngediendBedrag"), 21));
    assert_eq!((expected.as_str(), found.as_str()), ("element IngediendBedrag", "het einde van Prestatie"));
}

#[test]
fn what_may_not_stand_somewhere_is_skipped_with_all_that_is_in_it() {
    let (path, _, expected, found) =
        one("<m:Bsn>9999", "<m:Naam><m:Voornaam>Petra</m:Voornaam></m:Naam><m:Bsn>9999");
    assert_eq!(path, format!("{CLIENT}/Naam"));
    assert_eq!((expected.as_str(), found.as_str()), ("element Bsn", "element Naam"));
    let (path, _, expected, found) = one("</m:Bsn>", "</m:Bsn><m:Bsn>999900006</m:Bsn>");
    assert_eq!(path, format!("{CLIENT}/Bsn"));
    assert_eq!(
        (expected.as_str(), found.as_str()),
        ("element Prestaties", "element Bsn, dat hier niet meer mag staan")
    );
    let (_, _, _, found) = one(
        "<b:Begindatum>2026-03-01</b:Begindatum>",
        "<m:Begindatum>2026-03-01</m:Begindatum><b:Begindatum>2026-03-01</b:Begindatum>",
    );
    assert_eq!(found, "element Begindatum in een andere namespace");
}

#[test]
fn later_errors_are_found_too_in_order() {
    let text =
        message().replace(">14<", ">15<").replace("490", "491").replacen("2026-03-31", "2026-02-30", 1);
    let findings = judge(&text).findings;
    let found: Vec<_> = findings.iter().map(|finding| (finding.path.as_str(), finding.line)).collect();
    assert_eq!(
        found,
        [
            ("/Bericht/Header/BerichtCode", 4),
            ("/Bericht/Declaratie/DeclaratiePeriode/Einddatum", 14),
            ("/Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]/Eenheid", 18),
            ("/Bericht/Declaratie/Clienten/Client[2]/Prestaties/Prestatie[1]/Eenheid", 21),
        ]
    );
    assert_eq!((findings[0].expected.as_str(), findings[0].column), ("de waarde 490", 5));
    assert_eq!(
        findings[1].sentence(),
        "Verwacht: een bestaande datum jjjj-mm-dd zonder tijdzone; gevonden: de waarde 2026-02-30."
    );
}

#[test]
fn text_attributes_and_elements_in_values_are_found() {
    assert_eq!(one("<m:Prestaties>", "<m:Prestaties>los").3, "tekst tussen de elementen");
    assert_eq!(one("<m:Bsn>999900018", "<m:Bsn>9999<m:x/>00018").3, "een element in een waarde");
    assert_eq!(one("<m:Bsn>", "<m:Bsn soort=\"x\">").3, "attribuut soort");
    let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    assert_eq!(one("<m:Bsn>", &format!("<m:Bsn {xsi} xsi:nil=\"false\">")).3, "xsi:nil");
    assert_eq!(
        one("<m:Bsn>", &format!("<m:Bsn {xsi} xsi:type=\"m:LDT_BurgerServicenummer\">")).3,
        "een ander type"
    );
    assert_eq!(
        one("<m:BerichtCode>", &format!("<m:BerichtCode {xsi} xsi:type=\"b:LDT_BerichtCode\">")).3,
        "een ander type"
    );
    let named = message().replace(
        "<m:Bsn>",
        &format!("<m:Bsn {xsi} xsi:type=\" b:LDT_BurgerServicenummer \" xsi:schemaLocation=\"a b\">"),
    );
    assert!(matches!(read(named.as_bytes()), Reading::Valid(_)));
}

#[test]
fn the_header_is_kept_to_address_a_notice() {
    let whole = HeaderPeek {
        afzender: Partij::parse("12345678"),
        ontvanger: Partij::parse("0193"),
        identificatie: Some("D1".to_owned()),
    };
    let cut = &message()[..message().find("<m:Declaratie>").unwrap()];
    assert_eq!(judge(cut).header, Some(whole.clone()));
    let invalid = judge(&message().replace("0193", "Utrecht"));
    assert_eq!(invalid.header, Some(HeaderPeek { ontvanger: None, ..whole }));
    assert_eq!((invalid.soort.map(BerichtSoort::name), invalid.release), (Some("JW323"), Some("3.2")));
}

#[test]
fn fixed_numbers_have_one_spelling() {
    for spelling in ["+3", "03", "3.0", "4"] {
        let (path, _, expected, _) = one("<m:BerichtVersie>3", &format!("<m:BerichtVersie>{spelling}"));
        assert_eq!((path.as_str(), expected.as_str()), ("/Bericht/Header/BerichtVersie", "de waarde 3"));
    }
    let padded = message().replace("<m:BerichtVersie>3", "<m:BerichtVersie>\n 3\t");
    assert!(matches!(read(padded.as_bytes()), Reading::Valid(_)));
    assert_eq!(one("<m:BerichtCode>490", "<m:BerichtCode> 490").0, "/Bericht/Header/BerichtCode");
}

#[test]
fn values_in_other_spellings_are_read_as_they_mean() {
    let spelt = message()
        .replace("<m:GeleverdVolume>1<", "<m:GeleverdVolume> +00<!-- x -->1\r\n<")
        .replace(">R1<", "><![CDATA[R]]>&#49;<");
    let Reading::Valid(document) = read(spelt.as_bytes()) else { panic!("refused") };
    let happyflow::messages::Bericht::Declaratie(typed) = happyflow::messages::Bericht::read(&document)
    else {
        panic!("another message")
    };
    let prestatie = &typed.declaratie.clienten[1].prestaties[0];
    assert_eq!(prestatie.geleverd_volume, 1);
    assert_eq!(prestatie.product_referentie.referentie_nummer, "R1");
    assert_eq!(document.line(prestatie.at), 22);
    assert_eq!(document.path(prestatie.at), format!("{CLIENT}/Prestaties/Prestatie[1]"));
}
