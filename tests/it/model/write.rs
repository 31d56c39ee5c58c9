//! The messages that are sent, as their senders would write them.

use super::spec::{
    Aanvraag, Bericht, Contract, Dag, GEWOON, Inhoud, Limiet, Melding, Omvang, Persoon, Prestatie, Product,
    Toewijzing, Wijziging,
};
use chrono::{Datelike, Months, NaiveDate};
use serde_json::{Value, json};
use std::fmt::Write;

/// The last day of the month that a day lies in.
pub fn month_end(day: NaiveDate) -> NaiveDate {
    (day.with_day(1).unwrap() + Months::new(1)).pred_opt().unwrap()
}

fn optional(name: &str, value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(String::new, |value| format!("<{name}>{value}</{name}>"))
}

fn header(bericht: &Bericht) -> String {
    let code = match bericht.soort() {
        "JW301" => "436",
        "JW305" => "438",
        "JW307" => "440",
        "JW315" => "446",
        "JW317" => "486",
        _ => "490",
    };
    let root = "http://www.istandaarden.nl/ijw/3_2";
    let message = bericht.soort().to_lowercase();
    let Bericht { identificatie, dagtekening, .. } = bericht;
    let (afzender, ontvanger) = (bericht.afzender(), bericht.ontvanger());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <m:Bericht xmlns:m=\"{root}/{message}/schema\" xmlns:b=\"{root}/basisschema/schema\"><m:Header>\
         <m:BerichtCode>{code}</m:BerichtCode><m:BerichtVersie>3</m:BerichtVersie><m:BerichtSubversie>2</m:BerichtSubversie>\
         <m:Afzender>{afzender}</m:Afzender><m:Ontvanger>{ontvanger}</m:Ontvanger>\
         <m:BerichtIdentificatie><b:Identificatie>{identificatie}</b:Identificatie><b:Dagtekening>{dagtekening}</b:Dagtekening></m:BerichtIdentificatie>\
         <m:XsdVersie><b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie><b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie></m:XsdVersie>\
         </m:Header>"
    )
}

/// Opens a Client, down to its name.
fn client(bsn: &str, wie: Persoon, naamgebruik: &str) -> String {
    let Persoon { geboren, achternaam, .. } = wie;
    let gebruik = optional("b:DatumGebruik", wie.gebruik);
    let voorvoegsel = optional("b:Voorvoegsel", wie.voorvoegsel);
    format!(
        "<m:Client><m:Bsn>{bsn}</m:Bsn><m:Geboortedatum><b:Datum>{geboren}</b:Datum>{gebruik}</m:Geboortedatum><m:Geslacht>2</m:Geslacht>\
         <m:Naam><b:Geslachtsnaam><b:Achternaam>{achternaam}</b:Achternaam>{voorvoegsel}</b:Geslachtsnaam><b:Voorletters>P</b:Voorletters>{naamgebruik}</m:Naam>"
    )
}

fn product(product: Option<&Product>) -> String {
    product.map_or_else(String::new, |product| {
        let code = optional("b:Code", product.code);
        format!("<m:Product><b:Categorie>{}</b:Categorie>{code}</m:Product>", product.categorie)
    })
}

fn omvang(omvang: Option<Omvang>) -> String {
    omvang.map_or_else(String::new, |Omvang { volume, eenheid, frequentie }| {
        format!(
            "<m:Omvang><b:Volume>{volume}</b:Volume><b:Eenheid>{eenheid}</b:Eenheid><b:Frequentie>{frequentie}</b:Frequentie></m:Omvang>"
        )
    })
}

fn toewijzing(toewijzing: &Toewijzing) -> String {
    let Toewijzing { nummer, vastgesteld: (datum, tijd), ingang, .. } = toewijzing;
    [
        "<m:ToegewezenProduct>".to_owned(),
        format!("<m:ToewijzingNummer>{nummer}</m:ToewijzingNummer>"),
        optional("m:ReferentieAanbieder", toewijzing.referentie.as_ref()),
        product(toewijzing.product.as_ref()),
        format!(
            "<m:Toewijzingsdatum>{datum}</m:Toewijzingsdatum><m:Toewijzingstijd>{tijd}</m:Toewijzingstijd>"
        ),
        format!("<m:Ingangsdatum>{ingang}</m:Ingangsdatum>"),
        optional("m:Einddatum", toewijzing.einde),
        optional("m:RedenWijziging", toewijzing.reden),
        omvang(toewijzing.omvang),
        optional("m:Budget", toewijzing.budget),
        "</m:ToegewezenProduct>".to_owned(),
    ]
    .concat()
}

fn bedrag(name: &str, inner: &str, signed: i64) -> String {
    let (size, sign) = (signed.abs(), if signed < 0 { "C" } else { "D" });
    format!("<m:{name}><b:{inner}>{size}</b:{inner}><b:DebetCredit>{sign}</b:DebetCredit></m:{name}>")
}

fn periode(name: &str, begin: NaiveDate, eind: NaiveDate) -> String {
    format!("<m:{name}><b:Begindatum>{begin}</b:Begindatum><b:Einddatum>{eind}</b:Einddatum></m:{name}>")
}

fn prestatie(line: &Prestatie) -> String {
    let vorig = optional("b:VorigReferentieNummer", line.vorig.as_ref());
    format!(
        "<m:Prestatie><m:ProductReferentie><b:ReferentieNummer>{}</b:ReferentieNummer>{vorig}</m:ProductReferentie>\
         <m:ToewijzingNummer>{}</m:ToewijzingNummer><m:ProductCategorie>{}</m:ProductCategorie><m:ProductCode>{}</m:ProductCode>{}\
         <m:GeleverdVolume>{}</m:GeleverdVolume><m:Eenheid>{}</m:Eenheid>{}{}</m:Prestatie>",
        line.referentie,
        line.nummer,
        line.categorie(),
        line.code,
        periode("ProductPeriode", line.begin, line.eind),
        line.volume,
        line.eenheid,
        optional("m:ProductTarief", line.tarief),
        bedrag("IngediendBedrag", "Bedrag", line.signed()),
    )
}

/// Clients in order of first line, each with the places of its lines.
pub fn clients(lines: &[Prestatie]) -> Vec<(&'static str, Vec<usize>)> {
    let mut clients: Vec<(&'static str, Vec<usize>)> = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        match clients.iter_mut().find(|(bsn, _)| *bsn == line.bsn) {
            Some((_, places)) => places.push(place),
            None => clients.push((line.bsn, vec![place])),
        }
    }
    clients
}

fn melding(melding: &Melding) -> String {
    let name = if melding.einde.is_some() { "StopProduct" } else { "StartProduct" };
    let einde = melding.einde.map_or_else(String::new, |(eind, reden)| {
        format!("<m:RedenBeeindiging>{reden}</m:RedenBeeindiging><m:Einddatum>{eind}</m:Einddatum>")
    });
    let status = if melding.verwijderen { 3 } else { 1 };
    format!(
        "<m:{name}>{}{}<m:Begindatum>{}</m:Begindatum>{einde}<m:StatusAanlevering>{status}</m:StatusAanlevering></m:{name}>",
        optional("m:ToewijzingNummer", melding.nummer),
        product(melding.product.as_ref()),
        melding.begin,
    )
}

fn aanvraag(aanvraag: &Aanvraag) -> String {
    let Aanvraag { referentie, code, begin, einde, verwijzer, .. } = aanvraag;
    let asked = Product { categorie: &code[..2], code: Some(code) };
    [
        format!("<m:AangevraagdProduct><m:ReferentieAanbieder>{referentie}</m:ReferentieAanbieder>"),
        product(Some(&asked)),
        format!("<m:ToewijzingIngangsdatum>{begin}</m:ToewijzingIngangsdatum>"),
        format!("<m:ToewijzingEinddatum>{einde}</m:ToewijzingEinddatum>"),
        omvang(Some(aanvraag.omvang)),
        format!(
            "<m:Verwijzer><b:Type>{verwijzer}</b:Type><b:Naam>Verwijzer</b:Naam></m:Verwijzer></m:AangevraagdProduct>"
        ),
    ]
    .concat()
}

fn wijziging(wijziging: &Wijziging) -> String {
    let Wijziging { bsn, referentie, nummer, gewenst, .. } = wijziging;
    let blijft: Vec<String> = wijziging
        .blijft
        .iter()
        .map(|nummer| {
            format!("<m:OngewijzigdProduct><m:ToewijzingNummer>{nummer}</m:ToewijzingNummer></m:OngewijzigdProduct>")
        })
        .collect();
    let blijft = blijft.concat();
    let blijft = if blijft.is_empty() {
        blijft
    } else {
        format!("<m:OngewijzigdeProducten>{blijft}</m:OngewijzigdeProducten>")
    };
    [
        format!(
            "<m:Client><m:Bsn>{bsn}</m:Bsn><m:Verzoek><m:ReferentieAanbieder>{referentie}</m:ReferentieAanbieder><m:RedenVerzoek>1</m:RedenVerzoek>{blijft}"
        ),
        format!("<m:TeWijzigenProducten><m:TeWijzigenProduct><m:ToewijzingNummer>{nummer}</m:ToewijzingNummer>"),
        format!("<m:GewensteIngangsdatum>{gewenst}</m:GewensteIngangsdatum>"),
        optional("m:Einddatum", wijziging.einde),
        omvang(wijziging.omvang),
        optional("m:Budget", wijziging.budget),
        "</m:TeWijzigenProduct></m:TeWijzigenProducten></m:Verzoek></m:Client>".to_owned(),
    ]
    .concat()
}

/// The message as text.
pub fn message(bericht: &Bericht) -> String {
    let mut xml = header(bericht);
    match &bericht.inhoud {
        Inhoud::Jw301 { bsn, wie, producten } => {
            xml += &client(bsn, *wie, "<b:NaamGebruik>1</b:NaamGebruik>");
            xml += "<m:Contactgegevens><m:Contact><m:Soort>01</m:Soort><m:Adres><b:Huis><b:Huisnummer>1</b:Huisnummer></b:Huis>\
                    <b:Postcode>8011AA</b:Postcode><b:Straatnaam>Proefweg</b:Straatnaam><b:Plaatsnaam>Zwolle</b:Plaatsnaam>\
                    <b:LandCode>NL</b:LandCode></m:Adres></m:Contact></m:Contactgegevens><m:ToegewezenProducten>";
            for product in producten {
                xml += &toewijzing(product);
            }
            xml += "</m:ToegewezenProducten></m:Client>";
        }
        Inhoud::Jw323(declaratie) => {
            let lines = &declaratie.prestaties;
            let total: i64 = lines.iter().map(Prestatie::signed).sum::<i64>() + declaratie.te_veel;
            write!(
                xml,
                "<m:Declaratie><m:DeclaratieNummer>{}</m:DeclaratieNummer>{}<m:DeclaratieDagtekening>{}</m:DeclaratieDagtekening>{}<m:Clienten>",
                declaratie.nummer,
                periode("DeclaratiePeriode", declaratie.periode, month_end(declaratie.periode)),
                declaratie.dagtekening,
                bedrag("TotaalIngediendBedrag", "TotaalBedrag", total),
            )
            .unwrap();
            for (bsn, places) in clients(lines) {
                write!(xml, "<m:Client><m:Bsn>{bsn}</m:Bsn><m:Prestaties>").unwrap();
                for place in places {
                    xml += &prestatie(&lines[place]);
                }
                xml += "</m:Prestaties></m:Client>";
            }
            xml += "</m:Clienten></m:Declaratie>";
        }
        Inhoud::Jw305 { bsn, starts: meldingen } | Inhoud::Jw307 { bsn, stops: meldingen } => {
            let list = if matches!(bericht.inhoud, Inhoud::Jw305 { .. }) {
                "StartProducten"
            } else {
                "StopProducten"
            };
            xml += &client(bsn, GEWOON, "");
            write!(xml, "<m:{list}>").unwrap();
            for item in meldingen {
                xml += &melding(item);
            }
            write!(xml, "</m:{list}></m:Client>").unwrap();
        }
        Inhoud::Jw315 { bsn, wie, producten } => {
            xml += &client(bsn, *wie, "");
            let producten = producten.iter().map(aanvraag).collect::<Vec<_>>().concat();
            write!(xml, "<m:AangevraagdeProducten>{producten}</m:AangevraagdeProducten></m:Client>").unwrap();
        }
        Inhoud::Jw317(inhoud) => xml += &wijziging(inhoud),
    }
    xml + "</m:Bericht>\n"
}

fn limiet(limiet: &Limiet, mut row: Value) -> Value {
    row["gemeente"] = limiet.gemeente.into();
    row["aanbieder"] = limiet.aanbieder.into();
    row["bedrag"] = limiet.bedrag.into();
    row["bij_toewijzing"] = limiet.bij_toewijzing.into();
    row["bij_betaling"] = limiet.bij_betaling.into();
    let vanzelf = limiet.vanzelf && limiet.bij_betaling == "hold";
    row["vrijgave"] = if vanzelf { "automatisch" } else { "persoon" }.into();
    row
}

fn plafond(of: &Limiet) -> Value {
    let mut row = limiet(of, json!({"jaar": of.dagen.0.year()}));
    if of.uitgezonderd.iter().any(|categorie| of.excepts(categorie)) {
        row["uitgezonderd"] = of.uitgezonderd.clone().into();
    }
    if of.waarschuw_bij.is_some() {
        row["waarschuw_bij"] = of.waarschuw_bij.into();
    }
    if of.pays_specific() {
        row["specifiek_betalen"] = true.into();
    }
    row
}

fn budget(of: &Limiet) -> Value {
    let (van, tot) = of.dagen;
    let mut row = limiet(of, json!({"van": van.to_string(), "tot": tot.to_string()}));
    row["bsn"] = of.bsn.into();
    row["productcategorie"] = of.categorie.into();
    if of.segment.is_some() {
        row["segment"] = of.segment.into();
    }
    row
}

/// The contract document.
pub fn contracts(contract: &Contract) -> Value {
    let regels: Vec<Value> = contract
        .regels
        .iter()
        .map(|regel| {
            let mut row = json!({
                "gemeente": regel.gemeente, "aanbieder": regel.aanbieder, "productcategorie": &regel.code[..2],
                "productcode": regel.code, "eenheid": regel.eenheid, "tarief": regel.tarief,
                "geldig_van": regel.van.to_string(), "geldig_tot": regel.tot.map(|tot| tot.to_string()), "iban": "NL13TEST0123456789",
            });
            if regel.per_uur {
                row["tariefeenheid"] = "uur".into();
            }
            if regel.segment.is_some() {
                row["segment"] = regel.segment.into();
            }
            if let Some((bij_toewijzing, bij_betaling)) = regel.vast {
                row["financiering"] = "profiel_vast".into();
                row["bij_toewijzing"] = bij_toewijzing.into();
                row["bij_betaling"] = bij_betaling.into();
            }
            if regel.spoed {
                row["spoed"] = true.into();
            }
            if regel.leeftijd_max.is_some() {
                row["leeftijd_max"] = regel.leeftijd_max.into();
            }
            if regel.gi {
                row["gebroken_maand"] = "gi".into();
            }
            if regel.eerste_dag {
                row["tarief_peildatum"] = "toewijzing".into();
            }
            row
        })
        .collect();
    let actief = contract.limieten.iter().filter(|limiet| limiet.actief);
    let (plafonds, budgetten): (Vec<&Limiet>, Vec<&Limiet>) = actief.partition(|limiet| limiet.is_ceiling());
    let plafonds: Vec<Value> = plafonds.into_iter().map(plafond).collect();
    let budgetten: Vec<Value> = budgetten.into_iter().map(budget).collect();
    let mut document = json!({"contracten": regels, "plafonds": plafonds, "budgetten": budgetten});
    document["uitloop_maanden"] = contract.uitloop_maanden.into();
    if contract.aannemelijk {
        document["plausibiliteit"] = "hold".into();
    }
    if let Some(lijst) = &contract.lijst {
        let row = |(code, tot): &(&str, Option<Dag>)| json!({"productcategorie": &code[..2], "productcode": code, "geldig_tot": tot.map(|tot| tot.to_string())});
        document["productcodelijst"] = lijst.iter().map(row).collect();
    }
    document
}
