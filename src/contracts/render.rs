//! The register as text for operators, in Dutch.

use super::samenvoegen::kept;
use super::{
    Contract, ContractRegel, Import, Onderdeel, Peildatum, Register, Verlenging, Wijze, aandachtspunten,
};
use crate::codes::{Datum, GemeenteCode};
use std::collections::BTreeSet;

/// One line per contract, then the counts of everything else: `contract list`.
#[must_use]
pub fn render_list(register: &Register) -> String {
    let mut out = String::new();
    let rows: Vec<[String; 5]> = register.contracten().list().iter().map(list_row).collect();
    let heads = ["NUMMER", "AANBIEDER", "FINANCIERING", "LOOPTIJD", "NAAM"].map(str::to_owned);
    out.push_str(&table(&heads, &rows));
    out.push_str(&format!("\n{}\n", summary(register)));
    out
}

fn list_row(contract: &Contract) -> [String; 5] {
    let aanbieder = match contract.onderaannemers.len() {
        0 => contract.aanbieder.to_string(),
        more => format!("{} (+{more})", contract.aanbieder),
    };
    [
        contract.nummer.clone(),
        aanbieder,
        contract.financiering.to_string(),
        contract.looptijd().to_string(),
        if contract.naam.is_empty() {
            contract.aanbieder_naam.clone().unwrap_or_default()
        } else {
            contract.naam.clone()
        },
    ]
}

/// Everything about one contract: `contract show`. None when the number is not known.
#[must_use]
pub fn render_show(register: &Register, nummer: &str) -> Option<String> {
    let contract = register.contracten().list().iter().find(|contract| contract.nummer == nummer)?;
    let mut out = format!("Contract {}  {}\n\n", contract.nummer, contract.naam);
    for (name, value) in terms(register, contract) {
        out.push_str(&format!("{name:<22}{value}\n"));
    }
    out.push('\n');
    let heads = [
        "CAT",
        "CODE",
        "EENHEID",
        "TARIEF",
        "VARIANT",
        "GEBR.MAAND",
        "TARIEF VAN",
        "SEGMENT",
        "LEEFTIJD",
        "GELDIG",
        "BRON",
    ];
    let rows: Vec<_> = contract.regels.iter().map(regel_row).collect();
    out.push_str(&table(&heads.map(str::to_owned), &rows));
    let spoed: BTreeSet<String> = contract
        .regels
        .iter()
        .filter(|regel| regel.spoed)
        .map(|regel| format!("{} {}", regel.categorie, regel.code))
        .collect();
    if !spoed.is_empty() {
        let named = spoed.into_iter().collect::<Vec<_>>().join(", ");
        out.push_str(&format!("\nSpoed (wordt nooit vastgehouden): {named}\n"));
    }
    Some(out)
}

fn terms(register: &Register, contract: &Contract) -> Vec<(&'static str, String)> {
    let codes = |codes: &[crate::codes::AgbCode]| {
        codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let mut terms = vec![
        ("Aanbieder", contract.aanbieder.to_string()),
        ("Onderaannemers", or_dash(codes(&contract.onderaannemers))),
        ("Gemeenten", gemeenten(register, &contract.gemeenten)),
        ("Financiering", contract.financiering.to_string()),
        ("Looptijd", contract.looptijd().to_string()),
        (
            "Verlengingen",
            or_dash(contract.verlengingen.iter().copied().map(option).collect::<Vec<_>>().join(", ")),
        ),
        ("Boven maximum", contract.gevolgen.shown()),
        ("Niet gedekt", contract.niet_gedekt.to_string()),
        ("Weigeren op budget", yes_no(contract.budget_weigeren).to_owned()),
        (
            "Zorg voor 2021 als",
            contract
                .declaratiewijze
                .map_or_else(|| "declaratie of factuur".to_owned(), |wijze| wijze.to_string()),
        ),
        ("Voorschot per maand", contract.voorschot_per_maand.map_or_else(dash, |cents| cents.to_string())),
        ("IBAN", contract.iban.map_or_else(dash, |iban| iban.to_string())),
        ("Bron", contract.bron.to_string()),
    ];
    if let Some(naam) = &contract.rekeninghouder {
        terms.insert(terms.len() - 1, ("Rekeninghouder", naam.clone()));
    }
    if contract.client.is_some() {
        terms.insert(3, ("Client", "alleen voor een client (BSN niet getoond)".to_owned()));
    }
    if let Some(naam) = &contract.aanbieder_naam {
        terms.insert(1, ("Naam aanbieder", naam.clone()));
    }
    terms
}

fn regel_row(regel: &ContractRegel) -> [String; 11] {
    let tarief = regel.tarief.map_or_else(dash, |cents| cents.to_string());
    [
        regel.categorie.to_string(),
        regel.code.to_string(),
        regel.eenheid.to_string(),
        regel.tariefeenheid.map_or(tarief.clone(), |eenheid| format!("{tarief} per {eenheid}")),
        regel.variant.map_or_else(dash, |variant| variant.to_string()),
        regel.gebroken_maand.to_string(),
        regel.peildatum.unwrap_or(Peildatum::Periode).to_string(),
        regel.segment.map_or_else(dash, |segment| segment.to_string()),
        regel.leeftijd_max.map_or_else(dash, |jaren| format!("tot {jaren}")),
        regel.geldig.to_string(),
        regel.bron.to_string(),
    ]
}

/// What an import changed: `contract import`. `before` and `after` are the versions around it.
#[must_use]
pub fn render_import(import: &Import, before: &Register, after: &Register) -> String {
    if before.digest() == after.digest() {
        return "Niets veranderd: deze inhoud stond al in het register.\n".to_owned();
    }
    let mut out = String::from(match import.herkomst.wijze {
        Wijze::Volledig => "Geheel vervangen:\n",
        Wijze::Aanvullend => "Vervangen wat in de bestanden staat; de rest blijft:\n",
    });
    let said = |onderdeel: &&Onderdeel| {
        **onderdeel != Onderdeel::Instellingen
            || [before, after].iter().any(|register| register.has_instellingen())
    };
    for onderdeel in import.onderdelen.iter().filter(said) {
        let (old, new) = (count(before, *onderdeel), count(after, *onderdeel));
        if old == new && import.herkomst.wijze == Wijze::Aanvullend {
            continue;
        }
        out.push_str(&format!("  {:<18}{old} -> {new}\n", onderdeel.as_str()));
    }
    let numbers = |register: &Register| -> BTreeSet<String> {
        register.contracten().list().iter().map(|contract| contract.nummer.clone()).collect()
    };
    for nummer in numbers(before).difference(&numbers(after)) {
        out.push_str(&format!("Let op: contract {nummer} staat niet meer in het register.\n"));
    }
    if import.herkomst.wijze == Wijze::Aanvullend {
        out.push_str(&halves(before, import));
    }
    out.push_str(&outside_list(after));
    for punt in aandachtspunten(after) {
        out.push_str(&format!("Let op: {punt}.\n"));
    }
    out
}

/// Lines that a warning names; of others it gives the number.
const BUITEN_LIJST_MAX: usize = 10;

/// Contracts of which the files name some products only.
fn halves(before: &Register, import: &Import) -> String {
    let mut out = String::new();
    let kept = kept(before, &import.register);
    for (contract, products) in kept.iter().take(BUITEN_LIJST_MAX) {
        let named: Vec<String> = products
            .iter()
            .take(BUITEN_LIJST_MAX)
            .map(|(categorie, code, eenheid)| format!("{categorie} {code} ({eenheid})"))
            .collect();
        let more = products.len() - named.len();
        let more = if more == 0 { String::new() } else { format!(" en {more} andere") };
        out.push_str(&format!(
            "Let op: contract {contract} staat niet in zijn geheel in de bestanden; wat blijft: {}{more}.\n",
            named.join(", ")
        ));
    }
    match kept.len().saturating_sub(BUITEN_LIJST_MAX) {
        0 => out,
        more => format!("{out}Let op: nog {more} contracten die er niet in hun geheel in staan.\n"),
    }
}

/// Codes with a rate that the list of product codes does not have: the rate wins (rulings 1.8).
fn outside_list(register: &Register) -> String {
    let mut out = String::new();
    let mut lines = register.outside_list();
    for (contract, regel) in lines.by_ref().take(BUITEN_LIJST_MAX) {
        out.push_str(&format!(
            "Let op: {} {} heeft een tarief in contract {} ({}), maar staat dan niet in de productcodelijst; zolang het \
             tarief geldt, keuren wij de code niet af.\n",
            regel.categorie, regel.code, contract.nummer, regel.geldig
        ));
    }
    match lines.count() {
        0 => out,
        more => format!("{out}Let op: nog {more} regels met een code buiten de productcodelijst.\n"),
    }
}

fn summary(register: &Register) -> String {
    let counts: Vec<String> = Onderdeel::ALL
        .iter()
        .filter(|onderdeel| !matches!(onderdeel, Onderdeel::Regio | Onderdeel::Instellingen))
        .map(|onderdeel| format!("{}: {}", onderdeel.as_str(), count(register, *onderdeel)))
        .collect();
    let served = gemeenten(register, &register.regio().gemeenten.iter().copied().collect::<Vec<_>>());
    format!("{}\nbediende gemeenten: {}", counts.join(", "), if served == dash() { "alle" } else { &served })
}

fn count(register: &Register, onderdeel: Onderdeel) -> String {
    let number = match onderdeel {
        Onderdeel::Contracten => register.contracten().list().len(),
        Onderdeel::Productcodelijst => match register.productcodelijst() {
            Some(codes) => codes.len(),
            None => return "geen lijst".to_owned(),
        },
        Onderdeel::Gemeentecodes => register.gemeentecodes().list().count(),
        Onderdeel::Budgetten => register.budgetten().len(),
        Onderdeel::Plafonds => register.plafonds().len(),
        Onderdeel::Clienten => register.clienten().len(),
        Onderdeel::Regio => return "instellingen".to_owned(),
        Onderdeel::Instellingen => {
            return (if register.has_instellingen() { "eigen" } else { "geen" }).to_owned();
        }
    };
    number.to_string()
}

fn gemeenten(register: &Register, codes: &[GemeenteCode]) -> String {
    let named = codes.iter().map(|code| match register.gemeente_naam(*code) {
        Some(naam) => format!("{code} {naam}"),
        None => code.to_string(),
    });
    or_dash(named.collect::<Vec<_>>().join(", "))
}

fn option(verlenging: Verlenging) -> String {
    let tot: Datum = verlenging.tot;
    let state = if verlenging.uitgeoefend { "uitgeoefend" } else { "mogelijk" };
    format!("t/m {tot} ({state})")
}

fn yes_no(value: bool) -> &'static str {
    if value { "ja" } else { "nee" }
}

fn dash() -> String {
    "-".to_owned()
}

fn or_dash(text: String) -> String {
    if text.is_empty() { dash() } else { text }
}

/// Columns as wide as their widest cell; nothing after the last one.
fn table<const N: usize>(heads: &[String; N], rows: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| &row[column]).chain([&heads[column]]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    });
    let mut out = String::new();
    for row in std::iter::once(heads).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("{cell:<width$}  "));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts::example;

    fn register() -> Register {
        example().register
    }

    #[test]
    fn the_list_has_a_line_per_contract_and_the_counts() {
        let text = render_list(&register());
        assert!(text.contains("REG-AMB-200  99000200 (+12)  pxq_plafond"), "{text}");
        assert!(text.contains("clienten: 14"), "{text}");
        assert!(text.contains("0193 Zwolle"), "{text}");
    }

    #[test]
    fn one_contract_is_shown_with_its_lines_and_their_source() {
        let text = render_show(&register(), "REG-GGZ-501").unwrap();
        assert!(text.contains("€ 127,45 per uur"), "{text}");
        assert!(text.contains("contracten/ggz-minuten-99000501/tarieven.csv:2"), "{text}");
        assert!(text.contains("t/m 2027-12-31 (uitgeoefend)"), "{text}");
        assert_eq!(render_show(&register(), "onbekend"), None);
    }

    #[test]
    fn nothing_shows_a_client() {
        let register = register();
        let mut text = render_list(&register);
        for contract in register.contracten().list() {
            text.push_str(&render_show(&register, &contract.nummer).unwrap());
        }
        text.push_str(&format!("{register:?}"));
        assert!(!text.contains("9999000"), "a BSN is shown");
        assert!(!text.contains("Voorbeeldlaan"), "an address is shown");
    }

    #[test]
    fn an_import_says_what_it_replaced() {
        let import = example();
        let (before, after) = (Register::default(), import.register.clone());
        let text = render_import(&import, &before, &after);
        assert!(text.contains("contracten        0 -> 12"), "{text}");
        assert!(render_import(&import, &after, &after).starts_with("Niets veranderd"));
        let text = render_import(&import, &after, &before);
        assert!(text.contains("Let op: contract REG-AMB-101 staat niet meer"), "{text}");
    }
}
