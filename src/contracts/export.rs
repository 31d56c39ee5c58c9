//! The register as the flat document that other people's systems read and write.

use super::{
    Bestedingsruimte, Bewaking, Budget, ClientAdres, ClientGegevens, Contract, ContractRegel, Drempels,
    Financiering, GemeenteRegel, Gevolg, Gevolgen, Plafond, Productcode, Regio, Register, Vasthouden,
};
use crate::codes::{AgbCode, GemeenteCode};
use crate::messages::Relatie;
use serde_json::{Map, Value, json};

/// The register as one flat JSON document, a row per line of text, in a fixed order.
///
/// The flat form knows no terms: an onderaannemer gets the rows of the party that it works under, a
/// line gets the account of its contract, contracts about one client and settings of the region are
/// left out, but for what a flat document may say of it and does not hold anyway. Holds personal data when the register has clients or budgets of clients.
#[must_use]
pub fn flat_json(register: &Register) -> String {
    let mut contracten: Vec<((GemeenteCode, AgbCode), Value)> = Vec::new();
    for contract in register.contracten().list().iter().filter(|contract| contract.client.is_none()) {
        for gemeente in &contract.gemeenten {
            for aanbieder in contract.aanbieders() {
                let houder = holder(register, Relatie { gemeente: *gemeente, aanbieder });
                let rows = contract.regels.iter().map(|regel| {
                    let mut row = regel_row(contract, *gemeente, aanbieder, regel);
                    if let Some(naam) = houder {
                        row["rekeninghouder"] = json!(naam);
                    }
                    ((*gemeente, aanbieder), row)
                });
                contracten.extend(rows);
            }
        }
    }
    contracten.sort_by_key(|(parties, _)| *parties);
    let mut sections = vec![("contracten", contracten.into_iter().map(|(_, row)| row).collect::<Vec<_>>())];
    if let Some(codes) = register.productcodelijst() {
        sections.push(("productcodelijst", codes.iter().map(productcode_row).collect()));
    }
    sections.push(("gemeentecodes", register.gemeentecodes().list().map(gemeente_row).collect()));
    sections.push(("budgetten", register.budgetten().iter().map(budget_row).collect()));
    sections.push(("plafonds", register.plafonds().iter().map(plafond_row).collect()));
    sections.push(("clienten", register.clienten().list().into_iter().map(client_row).collect()));
    let mut sections: Vec<String> = sections.iter().map(|(name, rows)| section(name, rows)).collect();
    sections.extend(instellingen(register).iter().map(|(name, value)| format!("\"{name}\":{value}")));
    format!("{{{}}}\n", sections.join(",\n"))
}

/// Who has the account of a relatie that claims under the contract of one other party only: it is paid there.
fn holder(register: &Register, relatie: Relatie) -> Option<&str> {
    let contracten = register.contracten();
    let parties = || contracten.party_to(relatie);
    let first = contracten.rekeninghouder(parties().next()?)?;
    let of_other = |contract: &Contract| {
        contract.aanbieder != relatie.aanbieder && contracten.rekeninghouder(contract) == Some(first)
    };
    parties().all(of_other).then_some(first)
}

fn section(name: &str, rows: &[Value]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| format!("\n {row}")).collect();
    format!("\"{name}\":[{}]", rows.join(","))
}

pub(super) fn regel_row(
    contract: &Contract,
    gemeente: GemeenteCode,
    aanbieder: AgbCode,
    regel: &ContractRegel,
) -> Value {
    let mut row = json!({
        "gemeente": gemeente,
        "aanbieder": aanbieder,
        "productcategorie": regel.categorie,
        "productcode": regel.code,
        "eenheid": regel.eenheid,
        "tarief": regel.tarief,
        "geldig_van": regel.geldig.van.map(|day| day.to_string()),
        "geldig_tot": regel.geldig.tot.map(|day| day.to_string()),
        "uitvoeringsvariant": regel.variant,
        "tariefeenheid": regel.tariefeenheid,
        "leeftijd_max": regel.leeftijd_max,
        "segment": regel.segment,
        "iban": regel.iban.or(contract.iban),
    });
    if regel.gebroken_maand != super::GebrokenMaand::Vol {
        row["gebroken_maand"] = json!(regel.gebroken_maand);
    }
    if regel.is_by_first_day() {
        row["tarief_peildatum"] = json!(super::Peildatum::Toewijzing);
    }
    if regel.spoed {
        row["spoed"] = json!(true);
    }
    let of_lines = contract.naam.is_empty() && contract.financiering != Financiering::Pxq;
    // What these say decides; what a contract of before they did says otherwise is left out as it was.
    if of_lines
        || matches!(
            contract.financiering,
            Financiering::ProfielVast | Financiering::Verblijf | Financiering::Output
        )
    {
        row["financiering"] = json!(contract.financiering);
    }
    if contract.gevolgen.samen() != Some(Gevolg::Signal) {
        say_gevolgen(&mut row, contract.gevolgen);
    }
    if let Some(naam) = contract.aanbieder_naam.as_ref().filter(|_| aanbieder == contract.aanbieder) {
        row["naam"] = json!(naam);
    }
    if let Some(naam) = contract.rekeninghouder.as_ref().filter(|_| aanbieder == contract.aanbieder) {
        row["rekeninghouder"] = json!(naam);
    }
    row
}

/// Under the keys that it was said with.
fn say_gevolgen(row: &mut Value, gevolgen: Gevolgen) {
    if let Some(both) = gevolgen.samen() {
        row["bij_overschrijding"] = json!(both);
    } else {
        row["bij_toewijzing"] = json!(gevolgen.bij_toewijzing);
        row["bij_betaling"] = json!(gevolgen.bij_betaling);
    }
}

fn say_vasthouden(row: &mut Value, vasthouden: Vasthouden) {
    let standard = Vasthouden::default();
    if vasthouden.vrijgave != standard.vrijgave {
        row["vrijgave"] = json!(vasthouden.vrijgave);
    }
    if vasthouden.betaaltermijn_dagen != standard.betaaltermijn_dagen {
        row["betaaltermijn_dagen"] = json!(vasthouden.betaaltermijn_dagen);
    }
}

/// What of the settings of the region a flat document may say and does not hold anyway.
fn instellingen(register: &Register) -> Vec<(&'static str, Value)> {
    let Regio { drempels, bewaking, .. } = register.regio();
    let standard = (Drempels::default(), Bewaking::default());
    let mut said = Vec::new();
    let newer = |drempels: &Drempels| (drempels.segment_c_verzoek, drempels.contact_maanden);
    if register.instellingen.drempels.is_some() || newer(drempels) != newer(&standard.0) {
        said.push(("drempels", drempels_group(drempels)));
    }
    if bewaking.plausibiliteit != standard.1.plausibiliteit {
        said.push(("plausibiliteit", json!(bewaking.plausibiliteit)));
    }
    if bewaking.uitloop_maanden != standard.1.uitloop_maanden {
        said.push(("uitloop_maanden", json!(bewaking.uitloop_maanden)));
    }
    if bewaking.na_termijn != standard.1.na_termijn {
        said.push(("na_termijn", json!(bewaking.na_termijn)));
    }
    if let Some(bedrag) = bewaking.mandaat_bedrag {
        said.push(("mandaat_bedrag", json!(bedrag)));
    }
    said
}

fn drempels_group(drempels: &Drempels) -> Value {
    json!({
        "verwijzing": drempels.verwijzing,
        "verwijzers": drempels.verwijzers,
        "verwijzing_vanaf": drempels.verwijzing_vanaf.to_string(),
        "segment_c": drempels.segment_c,
        "segment_c_verzoek": drempels.segment_c_verzoek,
        "contact_maanden": drempels.contact_maanden,
    })
}

fn productcode_row((categorie, code, geldig): &Productcode) -> Value {
    without_absent(json!({
        "productcategorie": categorie,
        "productcode": code,
        "geldig_van": geldig.van.map(|day| day.to_string()),
        "geldig_tot": geldig.tot.map(|day| day.to_string()),
    }))
}

fn gemeente_row(row: &GemeenteRegel) -> Value {
    json!({
        "code": row.code,
        "naam": row.naam,
        "geldig_van": row.geldig.van.map(|day| day.to_string()),
        "geldig_tot": row.geldig.tot.map(|day| day.to_string()),
    })
}

fn budget_row(budget: &Budget) -> Value {
    let about = &budget.sleutel;
    let mut row = json!({
        "gemeente": about.gemeente,
        "bsn": about.bsn.as_ref().map(crate::codes::Bsn::as_str),
        "aanbieder": about.aanbieder,
        "productcategorie": about.categorie,
        "van": about.periode.van.map(|day| day.to_string()),
        "tot": about.periode.tot.map(|day| day.to_string()),
        "bedrag": budget.bedrag,
    });
    if let Some(segment) = about.segment {
        row["segment"] = json!(segment);
    }
    say_gevolgen(&mut row, budget.gevolgen);
    say_vasthouden(&mut row, budget.vasthouden);
    row
}

fn plafond_row(plafond: &Plafond) -> Value {
    let mut row = json!({
        "gemeente": plafond.sleutel.gemeente,
        "aanbieder": plafond.sleutel.aanbieder,
        "jaar": plafond.sleutel.jaar,
        "bedrag": plafond.bedrag,
    });
    say_gevolgen(&mut row, plafond.gevolgen);
    say_vasthouden(&mut row, plafond.vasthouden);
    let Bestedingsruimte { waarschuw_bij, uitgezonderd, specifiek_betalen, clientenstop_vanaf } =
        &plafond.ruimte;
    if let Some(percent) = waarschuw_bij {
        row["waarschuw_bij"] = json!(percent);
    }
    if !uitgezonderd.is_empty() {
        row["uitgezonderd"] = json!(uitgezonderd);
    }
    if *specifiek_betalen {
        row["specifiek_betalen"] = json!(true);
    }
    if let Some(datum) = clientenstop_vanaf {
        row["clientenstop_vanaf"] = json!(datum.to_string());
    }
    row
}

pub(super) fn client_row(client: &ClientGegevens) -> Value {
    without_absent(json!({
        "gemeente": client.gemeente,
        "bsn": client.bsn.as_str(),
        "naamgebruik": client.naamgebruik,
        "adres": client.adres.as_ref().map(adres_group),
        "gezagsdrager_bekend": client.gezagsdrager_bekend,
        "andere_gemeente": client.andere_gemeente,
        "wijkteam_contact": client.wijkteam_contact.map(|day| day.to_string()),
        "geboortedatum": client.geboortedatum.map(|day| day.0.to_string()),
        "geslachtsnaam": client.geslachtsnaam.as_ref().map(|naam| naam.0.as_str()),
        "overleden": client.overleden.map(|day| day.0.to_string()),
    }))
}

fn adres_group(adres: &ClientAdres) -> Value {
    without_absent(json!({
        "soort": adres.soort,
        "postcode": adres.postcode,
        "huisnummer": adres.huisnummer,
        "huisletter": adres.huisletter,
        "huisnummertoevoeging": adres.huisnummer_toevoeging,
        "aanduiding_woonadres": adres.aanduiding_woonadres,
        "straatnaam": adres.straatnaam,
        "plaatsnaam": adres.plaatsnaam,
        "landcode": adres.land_code,
    }))
}

/// Keys that say nothing are left out, so that older readers meet no key that they do not know.
fn without_absent(row: Value) -> Value {
    match row {
        Value::Object(fields) => {
            fields.into_iter().filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}
