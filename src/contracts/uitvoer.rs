//! Contracts as the files that they are read from: terms and rates of those of people, one document for the others.

use super::export::regel_row;
use super::{Contract, ContractRegel, Gevolg};
use crate::money::Cents;
use serde_json::{Value, json};

/// Files that are read as these contracts again.
pub(super) fn files(contracten: &[Contract]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let (flat, people): (Vec<&Contract>, Vec<&Contract>) =
        contracten.iter().partition(|contract| contract.naam.is_empty());
    for (place, contract) in people.into_iter().enumerate() {
        files.push((format!("{:04}/contract.toml", place + 1), terms(contract).into_bytes()));
        if !contract.regels.is_empty() {
            files.push((format!("{:04}/tarieven.csv", place + 1), rates(&contract.regels).into_bytes()));
        }
    }
    let rows: Vec<Value> = flat
        .into_iter()
        .flat_map(|contract| contract.regels.iter().map(move |regel| (contract, regel)))
        .flat_map(|(contract, regel)| {
            contract
                .gemeenten
                .iter()
                .map(|gemeente| regel_row(contract, *gemeente, contract.aanbieder, regel))
        })
        .collect();
    if !rows.is_empty() {
        files.push(("contracten.json".to_owned(), format!("{}\n", json!({"contracten": rows})).into_bytes()));
    }
    files
}

/// Euros as tables and terms have them.
fn euros(cents: Cents) -> String {
    format!("{},{:02}", cents.0 / 100, cents.0 % 100)
}

/// A JSON text of one line is a basic string of TOML, but for one character that no term has.
fn quoted(text: &str) -> String {
    Value::from(text.replace('\u{7f}', " ")).to_string()
}

fn codes<T: AsRef<str>>(codes: &[T]) -> String {
    let codes: Vec<String> = codes.iter().map(|code| quoted(code.as_ref())).collect();
    format!("[{}]", codes.join(", "))
}

fn terms(contract: &Contract) -> String {
    let texts =
        |list: &[crate::codes::AgbCode]| codes(&list.iter().map(ToString::to_string).collect::<Vec<_>>());
    let gemeenten: Vec<String> = contract.gemeenten.iter().map(ToString::to_string).collect();
    let mut said: Vec<(&str, Option<String>)> = vec![
        ("nummer", Some(quoted(&contract.nummer))),
        ("naam", Some(quoted(&contract.naam))),
        ("aanbieder_naam", contract.aanbieder_naam.as_deref().map(quoted)),
        ("aanbieder", Some(quoted(contract.aanbieder.as_str()))),
        ("onderaannemers", Some(texts(&contract.onderaannemers))),
        ("gemeenten", Some(codes(&gemeenten))),
        ("client", contract.client.map(|bsn| quoted(bsn.as_str()))),
        ("financiering", Some(quoted(contract.financiering.as_str()))),
        ("geldig_van", contract.termijn.van.map(|day| day.to_string())),
        ("geldig_tot", contract.termijn.tot.map(|day| day.to_string())),
        ("niet_gedekt", Some(quoted(contract.niet_gedekt.as_str()))),
        ("budget_weigeren", Some(contract.budget_weigeren.to_string())),
        ("declaratiewijze", contract.declaratiewijze.map(|wijze| quoted(wijze.as_str()))),
        ("voorschot_per_maand", contract.voorschot_per_maand.map(|cents| quoted(&euros(cents)))),
        ("iban", contract.iban.map(|iban| quoted(iban.as_str()))),
        ("rekeninghouder", contract.rekeninghouder.as_deref().map(quoted)),
    ];
    let act = |gevolg: Gevolg| Some(quoted(gevolg.as_str()));
    match contract.gevolgen.samen() {
        Some(both) => said.push(("bij_overschrijding", act(both))),
        None => said.extend([
            ("bij_toewijzing", act(contract.gevolgen.bij_toewijzing)),
            ("bij_betaling", act(contract.gevolgen.bij_betaling)),
        ]),
    }
    let mut text: String =
        said.into_iter().filter_map(|(key, value)| Some(format!("{key} = {}\n", value?))).collect();
    for optie in &contract.verlengingen {
        text.push_str(&format!(
            "\n[[verlenging]]\ntot = {}\nuitgeoefend = {}\n",
            optie.tot, optie.uitgeoefend
        ));
    }
    text
}

const COLUMNS: &str = "productcategorie;productcode;eenheid;tarief;tariefeenheid;uitvoeringsvariant;gebroken_maand;\
    tarief_peildatum;segment;leeftijd_max;spoed;geldig_van;geldig_tot;iban\n";

fn rates(regels: &[ContractRegel]) -> String {
    let day = |day: Option<crate::codes::Datum>| day.map(|day| day.to_string()).unwrap_or_default();
    let mut text = COLUMNS.to_owned();
    for regel in regels {
        let cells = [
            regel.categorie.to_string(),
            regel.code.to_string(),
            regel.eenheid.to_string(),
            regel.tarief.map(euros).unwrap_or_default(),
            regel.tariefeenheid.map(|eenheid| eenheid.to_string()).unwrap_or_default(),
            regel.variant.map(|variant| variant.to_string()).unwrap_or_default(),
            regel.gebroken_maand.to_string(),
            regel.peildatum.map(|day| day.to_string()).unwrap_or_default(),
            regel.segment.map(|segment| segment.to_string()).unwrap_or_default(),
            regel.leeftijd_max.map(|jaren| jaren.to_string()).unwrap_or_default(),
            if regel.spoed { "ja" } else { "" }.to_owned(),
            day(regel.geldig.van),
            day(regel.geldig.tot),
            regel.iban.map(|iban| iban.to_string()).unwrap_or_default(),
        ];
        text.push_str(&cells.join(";"));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts::{Register, example, flat_json, import_sources};

    #[test]
    fn what_is_written_is_read_as_the_same_contracts() {
        let region = example().register;
        let read = |files: &[(String, Vec<u8>)]| import_sources(files).unwrap().register;
        let digest = |register: &Register| {
            let alone = Register { contracten: register.contracten.clone(), ..Register::default() };
            alone.digest()
        };
        assert_eq!(digest(&read(&files(region.contracten().list()))), digest(&region));
        let flat = read(&[("c.json".to_owned(), flat_json(&region).into_bytes())]);
        assert_eq!(digest(&read(&files(flat.contracten().list()))), digest(&flat));
    }
}
