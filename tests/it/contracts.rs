//! The contract register: what its files may say, every fault with its line, and what it answers.

use happyflow::codes::{
    AgbCode, Bsn, Datum, Eenheid, GemeenteCode, ProductCategorie, ProductCode, ProductSleutel,
};
use happyflow::contracts::{
    BijOverschrijding, Dekking, Import, Onderdeel, Periode, Register, Uitvoeringsvariant, Versies,
    import_path, import_sources,
};
use happyflow::messages::Relatie;
use happyflow::money::Cents;

/// The flat document as other people's systems write it.
const FLAT: &str = r#"{"contracten":[{"gemeente":"0193","aanbieder":"12345678","productcategorie":"45","productcode":"45A04","eenheid":"04","tarief":8000,
   "geldig_van":"2025-01-01","geldig_tot":null,"uitvoeringsvariant":"inspanning","tariefeenheid":null,  "leeftijd_max":null,"segment":null,"iban":null}],
 "productcodelijst":[{"productcategorie":"45","productcode":"45A04"}],
 "gemeentecodes":[{"code":"0457","naam":"Weesp","geldig_van":null,"geldig_tot":"2022-03-23"}],
 "budgetten":[{"gemeente":"0193","bsn":null,"aanbieder":null,"productcategorie":null,"van":"2025-01-01","tot":"2025-12-31","bedrag":1000000,"bij_overschrijding":"signal"}],
 "plafonds":[{"gemeente":null,"aanbieder":"12345678","jaar":2025,"bedrag":50000000,"bij_overschrijding":"signal"}],
 "clienten":[{"gemeente":"0193","bsn":"999900006","naamgebruik":"1","adres":{"soort":"01","postcode":"8011AA","huisnummer":1,"straatnaam":"X","plaatsnaam":"Zwolle"},"gezagsdrager_bekend":true}]}"#;

fn day(text: &str) -> Datum {
    text.parse().unwrap()
}

fn bsn() -> Bsn {
    Bsn::parse("999900006").unwrap()
}

fn relatie() -> Relatie {
    relatie_of("0193", "12345678")
}

fn relatie_of(gemeente: &str, aanbieder: &str) -> Relatie {
    Relatie {
        gemeente: GemeenteCode::parse(gemeente).unwrap(),
        aanbieder: AgbCode::parse(aanbieder).unwrap(),
    }
}

fn product(categorie: &str, code: &str) -> (ProductCategorie, ProductCode) {
    (ProductCategorie::parse(categorie).unwrap(), ProductCode::parse(code).unwrap())
}

fn sleutel(categorie: &str, code: Option<&str>) -> Option<ProductSleutel> {
    let code = code.map(|code| ProductCode::parse(code).unwrap());
    Some(ProductSleutel { categorie: ProductCategorie::parse(categorie).unwrap(), code })
}

fn import(files: &[(&str, &str)]) -> Import {
    let sources: Vec<_> =
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    import_sources(&sources).unwrap_or_else(|errors| panic!("{errors}"))
}

fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let sources: Vec<_> =
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let errors = import_sources(&sources).expect_err("the files have faults");
    errors.0.iter().map(ToString::to_string).collect()
}

/// The rates in cents that hold on a day.
fn rates(register: &Register, code: (&str, &str), eenheid: Eenheid, on: &str) -> Vec<i64> {
    let product = product(code.0, code.1);
    let lines = register.tarief(relatie(), bsn(), product, eenheid, Periode::dag(day(on)));
    lines.map(|line| line.product_tarief(eenheid).unwrap().unwrap().0).collect()
}

#[test]
fn the_flat_document_is_read_as_it_stands_in_the_design() {
    let register = import(&[("rates.json", FLAT)]).register;
    assert_eq!(rates(&register, ("45", "45A04"), Eenheid::Uur, "2025-01-01"), [8000]);
    assert_eq!(rates(&register, ("45", "45A04"), Eenheid::Uur, "2024-12-31"), [0; 0]);
    assert_eq!(rates(&register, ("45", "45A05"), Eenheid::Uur, "2025-01-01"), [0; 0]);
    let (categorie, code) = product("45", "45A04");
    assert!(register.product_allowed(categorie, code));
    assert!(!register.product_allowed(ProductCategorie::parse("46").unwrap(), code));
    let budgets = register.budgets_for(relatie(), bsn(), Some(categorie), day("2025-12-31"));
    assert_eq!(budgets.len(), 1);
    assert_eq!(budgets[0].bedrag, Cents(1_000_000));
    assert_eq!(budgets[0].bij_overschrijding, BijOverschrijding::Signal);
    assert_eq!(register.ceilings_for(relatie(), 2025)[0].bedrag, Cents(50_000_000));
    assert!(register.ceilings_for(relatie(), 2026).is_empty());
    let client = register.client(relatie().gemeente, bsn()).unwrap();
    assert_eq!(client.adres.as_ref().unwrap().plaatsnaam.as_deref(), Some("Zwolle"));
    assert_eq!(client.gezagsdrager_bekend, Some(true));
}
