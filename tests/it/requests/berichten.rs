//! Messages to test with; a test changes what it is about.

use super::world::{AANBIEDER, BSN, GEMEENTE};

/// A ToegewezenProduct.
#[derive(Clone)]
pub struct Toegewezen {
    pub nummer: u32,
    pub referentie: Option<&'static str>,
    /// Category and code; no code is aspecific, nothing generic.
    pub product: Option<(&'static str, Option<&'static str>)>,
    pub datum: &'static str,
    pub tijd: &'static str,
    pub begin: &'static str,
    pub eind: Option<&'static str>,
    pub reden: Option<&'static str>,
    /// Volume, eenheid, frequentie.
    pub omvang: Option<(i64, &'static str, &'static str)>,
    pub budget: Option<i64>,
}

/// Ten hours a month of 45A04 in 2025.
pub fn toegewezen(nummer: u32) -> Toegewezen {
    Toegewezen {
        nummer,
        referentie: None,
        product: Some(("45", Some("45A04"))),
        datum: "2025-01-10",
        tijd: "10:00:00",
        begin: "2025-01-01",
        eind: Some("2025-12-31"),
        reden: None,
        omvang: Some((10, "04", "4")),
        budget: None,
    }
}

impl Toegewezen {
    pub fn code(mut self, code: &'static str) -> Self {
        self.product = Some((&code[..2], Some(code)));
        self
    }
}

/// An AangevraagdProduct.
#[derive(Clone)]
pub struct Aangevraagd {
    pub referentie: &'static str,
    pub beschikking: Option<u32>,
    pub product: Option<(&'static str, Option<&'static str>)>,
    pub begin: &'static str,
    pub eind: Option<&'static str>,
    pub omvang: Option<(i64, &'static str, &'static str)>,
    pub budget: Option<i64>,
    pub verwijzer: &'static str,
    pub raamcontract: Option<&'static str>,
}

/// Ten hours a month of 45A04 from April to September 2025, referred by the huisarts: 4,800 euros.
pub fn aangevraagd(referentie: &'static str) -> Aangevraagd {
    Aangevraagd {
        referentie,
        beschikking: None,
        product: Some(("45", Some("45A04"))),
        begin: "2025-04-01",
        eind: Some("2025-09-30"),
        omvang: Some((10, "04", "4")),
        budget: None,
        verwijzer: "02",
        raamcontract: None,
    }
}

impl Aangevraagd {
    /// From October 2025 to March 2026.
    pub fn later(mut self) -> Self {
        (self.begin, self.eind) = ("2025-10-01", Some("2026-03-31"));
        self
    }

    pub fn code(mut self, code: &'static str) -> Self {
        self.product = Some((&code[..2], Some(code)));
        self
    }
}

/// A message with its root, namespaces and header; `body` is in the message's own prefix.
pub fn message(soort: &str, code: &str, from: &str, to: &str, id: &str, dated: &str, body: &str) -> String {
    let ns = "http://www.istandaarden.nl/ijw/3_2";
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<m:Bericht xmlns:m=\"{ns}/{soort}/schema\" xmlns:i=\"{ns}/basisschema/schema\">\
         <m:Header><m:BerichtCode>{code}</m:BerichtCode><m:BerichtVersie>3</m:BerichtVersie>\
         <m:BerichtSubversie>2</m:BerichtSubversie><m:Afzender>{from}</m:Afzender><m:Ontvanger>{to}</m:Ontvanger>\
         <m:BerichtIdentificatie><i:Identificatie>{id}</i:Identificatie><i:Dagtekening>{dated}</i:Dagtekening></m:BerichtIdentificatie>\
         <m:XsdVersie><i:BasisschemaXsdVersie>1.0.0</i:BasisschemaXsdVersie><i:BerichtXsdVersie>1.0.0</i:BerichtXsdVersie></m:XsdVersie>\
         </m:Header>{body}</m:Bericht>"
    )
}

/// An element, when it has a value.
pub fn element(name: &str, value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(String::new, |value| format!("<m:{name}>{value}</m:{name}>"))
}

/// A Product, when there is one.
pub fn product(product: Option<(&str, Option<&str>)>) -> String {
    product.map_or_else(String::new, |(categorie, code)| {
        let code = code.map_or_else(String::new, |code| format!("<i:Code>{code}</i:Code>"));
        format!("<m:Product><i:Categorie>{categorie}</i:Categorie>{code}</m:Product>")
    })
}

fn omvang(omvang: Option<(i64, &str, &str)>) -> String {
    omvang.map_or_else(String::new, |(volume, eenheid, frequentie)| {
        format!(
            "<m:Omvang><i:Volume>{volume}</i:Volume><i:Eenheid>{eenheid}</i:Eenheid><i:Frequentie>{frequentie}</i:Frequentie></m:Omvang>"
        )
    })
}

/// What every Client has after its Bsn.
pub const PERSON: &str =
    "<m:Geboortedatum><i:Datum>2010-02-14</i:Datum></m:Geboortedatum><m:Geslacht>1</m:Geslacht>";

/// A JW301 from the gemeente for the client.
pub fn jw301(id: &str, products: &[Toegewezen]) -> String {
    jw301_for(BSN, AANBIEDER, id, products)
}

/// A JW301 for any client at any aanbieder.
pub fn jw301_for(bsn: &str, aanbieder: &str, id: &str, products: &[Toegewezen]) -> String {
    let products: Vec<String> = products
        .iter()
        .map(|product_| {
            format!(
                "<m:ToegewezenProduct>{}{}{}{}{}{}{}{}{}{}</m:ToegewezenProduct>",
                element("ToewijzingNummer", Some(product_.nummer)),
                element("ReferentieAanbieder", product_.referentie),
                product(product_.product),
                element("Toewijzingsdatum", Some(product_.datum)),
                element("Toewijzingstijd", Some(product_.tijd)),
                element("Ingangsdatum", Some(product_.begin)),
                element("Einddatum", product_.eind),
                element("RedenWijziging", product_.reden),
                omvang(product_.omvang),
                element("Budget", product_.budget),
            )
        })
        .collect();
    let products = products.concat();
    let body = format!(
        "<m:Client><m:Bsn>{bsn}</m:Bsn>{PERSON}<m:Naam><i:Geslachtsnaam><i:Achternaam>Voorbeeld</i:Achternaam></i:Geslachtsnaam>\
         <i:NaamGebruik>1</i:NaamGebruik></m:Naam><m:Contactgegevens><m:Contact><m:Soort>01</m:Soort><m:Adres>\
         <i:Huis><i:Huisnummer>12</i:Huisnummer></i:Huis><i:Postcode>8011AB</i:Postcode><i:LandCode>NL</i:LandCode></m:Adres>\
         </m:Contact></m:Contactgegevens><m:ToegewezenProducten>{products}</m:ToegewezenProducten></m:Client>"
    );
    message("jw301", "436", GEMEENTE, aanbieder, id, "2025-03-03", &body)
}

/// A JW315 of the aanbieder for the client.
pub fn jw315(id: &str, products: &[Aangevraagd]) -> String {
    let products: Vec<String> = products
        .iter()
        .map(|product_| {
            format!(
                "<m:AangevraagdProduct>{}{}{}{}{}{}{}{}<m:Verwijzer><i:Type>{}</i:Type><i:Naam>Verwijzer</i:Naam></m:Verwijzer>{}</m:AangevraagdProduct>",
                element("ReferentieAanbieder", Some(product_.referentie)),
                element("BeschikkingNummer", product_.beschikking),
                product(product_.product),
                element("BeschikkingIngangsdatum", product_.beschikking.map(|_| "2025-01-01")),
                element("ToewijzingIngangsdatum", Some(product_.begin)),
                element("ToewijzingEinddatum", product_.eind),
                omvang(product_.omvang),
                element("Budget", product_.budget),
                product_.verwijzer,
                element("Raamcontract", product_.raamcontract),
            )
        })
        .collect();
    let products = products.concat();
    let body = format!(
        "<m:Client><m:Bsn>{BSN}</m:Bsn>{PERSON}<m:Naam><i:Geslachtsnaam><i:Achternaam>Voorbeeld</i:Achternaam></i:Geslachtsnaam></m:Naam>\
         <m:AangevraagdeProducten>{products}</m:AangevraagdeProducten></m:Client>"
    );
    message("jw315", "446", AANBIEDER, GEMEENTE, id, "2025-03-03", &body)
}

/// A TeWijzigenProduct.
#[derive(Clone)]
pub struct TeWijzigen {
    pub nummer: u32,
    pub begin: &'static str,
    pub eind: Option<&'static str>,
    pub omvang: Option<(i64, &'static str, &'static str)>,
    pub budget: Option<i64>,
}

/// An assignment of [`toegewezen`] that is asked to stay as it is.
pub fn te_wijzigen(nummer: u32) -> TeWijzigen {
    TeWijzigen {
        nummer,
        begin: "2025-01-01",
        eind: Some("2025-12-31"),
        omvang: Some((10, "04", "4")),
        budget: None,
    }
}

/// A NieuwProduct.
#[derive(Clone)]
pub struct Nieuw {
    pub product: Option<(&'static str, Option<&'static str>)>,
    pub begin: &'static str,
    pub eind: Option<&'static str>,
    pub omvang: Option<(i64, &'static str, &'static str)>,
    pub budget: Option<i64>,
}

/// Four hours a month of a code from April to September 2025.
pub fn nieuw(code: &'static str) -> Nieuw {
    Nieuw {
        product: Some((&code[..2], Some(code))),
        begin: "2025-04-01",
        eind: Some("2025-09-30"),
        omvang: Some((4, "04", "4")),
        budget: None,
    }
}

/// A JW317 of the aanbieder for the client: what stays, what changes, what is new.
pub fn jw317(id: &str, referentie: &str, blijft: &[u32], anders: &[TeWijzigen], erbij: &[Nieuw]) -> String {
    let list = |name: &str, items: String| {
        if items.is_empty() { items } else { format!("<m:{name}>{items}</m:{name}>") }
    };
    let blijft: Vec<String> = blijft
        .iter()
        .map(|nummer| {
            format!(
                "<m:OngewijzigdProduct>{}</m:OngewijzigdProduct>",
                element("ToewijzingNummer", Some(nummer))
            )
        })
        .collect();
    let anders: Vec<String> = anders
        .iter()
        .map(|product_| {
            format!(
                "<m:TeWijzigenProduct>{}{}{}{}{}</m:TeWijzigenProduct>",
                element("ToewijzingNummer", Some(product_.nummer)),
                element("GewensteIngangsdatum", Some(product_.begin)),
                element("Einddatum", product_.eind),
                omvang(product_.omvang),
                element("Budget", product_.budget),
            )
        })
        .collect();
    let erbij: Vec<String> = erbij
        .iter()
        .map(|product_| {
            format!(
                "<m:NieuwProduct>{}{}{}{}{}</m:NieuwProduct>",
                product(product_.product),
                element("GewensteIngangsdatum", Some(product_.begin)),
                element("Einddatum", product_.eind),
                omvang(product_.omvang),
                element("Budget", product_.budget),
            )
        })
        .collect();
    let body = format!(
        "<m:Client><m:Bsn>{BSN}</m:Bsn><m:Verzoek>{}<m:RedenVerzoek>1</m:RedenVerzoek>{}{}{}</m:Verzoek></m:Client>",
        element("ReferentieAanbieder", Some(referentie)),
        list("OngewijzigdeProducten", blijft.concat()),
        list("TeWijzigenProducten", anders.concat()),
        list("NieuweProducten", erbij.concat()),
    );
    message("jw317", "486", AANBIEDER, GEMEENTE, id, "2025-03-03", &body)
}

/// A JW319 from the gemeente: refused for a reason, with a gemeente for reason 8, or under examination.
pub fn jw319(id: &str, referentie: &str, reden: Option<&str>, elders: Option<&str>) -> String {
    let antwoord = if reden.is_some() { "1" } else { "2" };
    let elders = elders.map_or_else(String::new, |code| {
        format!("<m:Woonplaatsbeginsel><m:Gemeente>{code}</m:Gemeente></m:Woonplaatsbeginsel>")
    });
    let body = format!(
        "<m:Antwoord>{}{}{}{elders}</m:Antwoord>",
        element("ReferentieAanbieder", Some(referentie)),
        element("VerzoekAntwoord", Some(antwoord)),
        element("RedenAfwijzingVerzoek", reden),
    );
    message("jw319", "488", GEMEENTE, AANBIEDER, id, "2025-03-03", &body)
}
