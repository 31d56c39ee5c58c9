//! Contracts of the region, in the flat form that `process --contracts` takes.

use super::people::{Aanmelding, FictiefVerzoek, FictiveClient};
use super::products::FictiveProduct;
use super::region::{self, Region};
use crate::codes::Datum;
use chrono::Datelike;
use serde::Serialize;

/// What a client costs a month, about, in eurocents: ceilings are set by it.
const CLIENT_PER_MONTH_CENTS: i64 = 120_000;
/// Budget of a client who has one, in eurocents.
const CLIENT_BUDGET_CENTS: i64 = 1_800_000;
/// One in so many clients has a budget.
const CLIENTS_PER_BUDGET: usize = 40;

#[derive(Serialize)]
struct ContractFile<'a> {
    contracten: Vec<ContractJson>,
    productcodelijst: Vec<ProductcodeJson>,
    budgetten: Vec<BudgetJson<'a>>,
    plafonds: Vec<PlafondJson>,
    clienten: Vec<ClientFacts<'a>>,
}

#[derive(Serialize)]
struct ContractJson {
    gemeente: String,
    aanbieder: String,
    productcategorie: &'static str,
    productcode: &'static str,
    eenheid: &'static str,
    tarief: Option<i64>,
    geldig_van: String,
    geldig_tot: Option<String>,
    uitvoeringsvariant: &'static str,
    tariefeenheid: Option<&'static str>,
    leeftijd_max: Option<u8>,
    segment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    financiering: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    spoed: bool,
    iban: String,
    naam: String,
}

#[derive(Serialize)]
struct ProductcodeJson {
    productcategorie: &'static str,
    productcode: &'static str,
}

#[derive(Serialize)]
struct BudgetJson<'a> {
    gemeente: String,
    bsn: &'a str,
    van: String,
    tot: Option<String>,
    bedrag: i64,
    bij_overschrijding: &'static str,
}

#[derive(Serialize)]
struct PlafondJson {
    gemeente: Option<String>,
    aanbieder: String,
    jaar: i32,
    bedrag: i64,
    bij_toewijzing: &'static str,
    bij_betaling: &'static str,
}

#[derive(Serialize)]
struct ClientFacts<'a> {
    gemeente: String,
    bsn: &'a str,
    geboortedatum: String,
    geslachtsnaam: &'a str,
    naamgebruik: &'static str,
    adres: AdresFacts<'a>,
    gezagsdrager_bekend: bool,
}

#[derive(Serialize)]
struct AdresFacts<'a> {
    soort: &'static str,
    postcode: &'a str,
    huisnummer: u32,
    straatnaam: &'a str,
    plaatsnaam: &'a str,
}

/// The document as JSON, one row per line. `start` is the first day of the first of the months.
pub(super) fn contracts_json(
    region: Region,
    clients: &[FictiveClient],
    start: Datum,
    months: u32,
) -> Vec<u8> {
    let van = start.with_ordinal(1).unwrap_or(start);
    let document = ContractFile {
        contracten: contracten(region, van),
        productcodelijst: region
            .producten()
            .map(|product| ProductcodeJson { productcategorie: product.categorie, productcode: product.code })
            .collect(),
        budgetten: budgetten(clients, van),
        plafonds: plafonds(region, clients.len(), start, months),
        clienten: clients.iter().filter(|client| is_registered(client)).map(client_facts).collect(),
    };
    let mut json = serde_json::to_vec_pretty(&document).unwrap_or_default();
    json.push(b'\n');
    json
}

fn contracten(region: Region, van: Datum) -> Vec<ContractJson> {
    let mut rows = Vec::new();
    for gemeente in 0..region.gemeenten {
        for aanbieder in 0..region.aanbieders {
            rows.extend(region.aanbod(aanbieder).iter().map(|product| ContractJson {
                gemeente: region::gemeente(gemeente).to_string(),
                aanbieder: region::aanbieder(aanbieder).to_string(),
                productcategorie: product.categorie,
                productcode: product.code,
                eenheid: product.eenheid.as_str(),
                tarief: product.tarief_cents,
                geldig_van: van.to_string(),
                geldig_tot: None,
                uitvoeringsvariant: variant(product),
                tariefeenheid: product.per_uur.then_some("uur"),
                leeftijd_max: product.leeftijd_max,
                segment: product.segment,
                financiering: product.financiering,
                spoed: product.spoed,
                iban: region::iban(aanbieder),
                naam: region::naam(aanbieder),
            }));
        }
    }
    rows
}

fn variant(product: &FictiveProduct) -> &'static str {
    use crate::codes::Eenheid::{Euro, StuksOutput};
    if matches!(product.eenheid, StuksOutput | Euro) { "output" } else { "inspanning" }
}

fn budgetten<'a>(clients: &'a [FictiveClient], van: Datum) -> Vec<BudgetJson<'a>> {
    let with_budget = clients.iter().step_by(CLIENTS_PER_BUDGET);
    let budget = |client: &'a FictiveClient| BudgetJson {
        gemeente: region::gemeente(client.gemeente).to_string(),
        bsn: client.bsn.as_str(),
        van: van.to_string(),
        tot: van.with_month(12).and_then(|month| month.with_day(31)).map(|day| day.to_string()),
        bedrag: CLIENT_BUDGET_CENTS,
        bij_overschrijding: "signal",
    };
    with_budget.map(budget).collect()
}

/// One aanbieder whose payments are held above its ceiling and one of which an operator is only told;
/// both are reached well before the last month.
fn plafonds(region: Region, clients: usize, start: Datum, months: u32) -> Vec<PlafondJson> {
    let per_aanbieder =
        CLIENT_PER_MONTH_CENTS * i64::try_from(clients).unwrap_or_default() * i64::from(months)
            / i64::try_from(region.aanbieders).unwrap_or(1);
    let kinds = [(3, "hold", 50), (0, "signal", 60)];
    let present = kinds.into_iter().filter(|(aanbieder, ..)| *aanbieder < region.aanbieders);
    let plafond = |(aanbieder, bij_betaling, percent)| PlafondJson {
        gemeente: None,
        aanbieder: region::aanbieder(aanbieder).to_string(),
        jaar: start.year(),
        bedrag: per_aanbieder * percent / 100,
        bij_toewijzing: "signal",
        bij_betaling,
    };
    present.map(plafond).collect()
}

/// Clients of whom only a request will be known.
fn is_registered(client: &FictiveClient) -> bool {
    match client.aanmelding {
        Aanmelding::Gemeente | Aanmelding::Verzoek(FictiefVerzoek::OnbekendeClient) => false,
        Aanmelding::Verzoek(_) => true,
    }
}

fn client_facts(client: &FictiveClient) -> ClientFacts<'_> {
    let (straatnaam, huisnummer, postcode, plaatsnaam) = client.adres();
    ClientFacts {
        gemeente: region::gemeente(client.gemeente).to_string(),
        bsn: client.bsn.as_str(),
        geboortedatum: client.geboren.to_string(),
        geslachtsnaam: client.achternaam(),
        naamgebruik: "1",
        adres: AdresFacts { soort: "01", postcode, huisnummer, straatnaam, plaatsnaam },
        gezagsdrager_bekend: true,
    }
}
