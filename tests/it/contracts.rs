//! The contract register: what its files may say, every fault with its line, and what it answers.

use happyflow::codes::{
    AgbCode, Bsn, Datum, Eenheid, GemeenteCode, ProductCategorie, ProductCode, ProductSleutel,
};
use happyflow::contracts::{
    Dekking, Gevolg, Import, Onderdeel, Peil, Peildatum, Periode, Register, Uitvoeringsvariant, Versie,
    flat_json, import_sources,
};
use happyflow::messages::Relatie;
use happyflow::money::Cents;
use happyflow::office::import_path;

/// The flat document as other people's systems write it.
const FLAT: &str = r#"{"contracten":[{"aanbieder":"12345678","gemeente":"0193","productcode":"45A04","productcategorie":"45","tarief":8000,"eenheid":"04",
   "geldig_tot":null,"geldig_van":"2025-01-01","iban":null,"segment":null,"leeftijd_max":null,"tariefeenheid":null,"uitvoeringsvariant":"inspanning"}],
 "productcodelijst":[{"productcode":"45A04","productcategorie":"45"}],
 "gemeentecodes":[{"naam":"Weesp","code":"0457","geldig_tot":"2022-03-23","geldig_van":null}],
 "budgetten":[{"bsn":null,"gemeente":"0193","productcategorie":null,"aanbieder":null,"tot":"2025-12-31","van":"2025-01-01","bij_overschrijding":"signal","bedrag":1000000}],
 "plafonds":[{"aanbieder":"12345678","gemeente":null,"bedrag":50000000,"jaar":2025,"bij_overschrijding":"signal"}],
 "clienten":[{"bsn":"999900006","gemeente":"0193","gezagsdrager_bekend":true,"naamgebruik":"1","adres":{"plaatsnaam":"Zwolle","straatnaam":"X","huisnummer":1,"postcode":"8011AA","soort":"01"}}]}"#;

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

fn sleutel(categorie: &str, code: Option<&str>) -> ProductSleutel {
    let code = code.map(|code| ProductCode::parse(code).unwrap());
    ProductSleutel { categorie: ProductCategorie::parse(categorie).unwrap(), code }
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

/// Care in a period, on an assignment that nobody knows.
fn peil(periode: Periode) -> Peil {
    Peil { periode, toewijzing: None }
}

/// The rates in cents that hold on a day.
fn rates(register: &Register, code: (&str, &str), eenheid: Eenheid, on: &str) -> Vec<i64> {
    let product = product(code.0, code.1);
    let lines = register.tarief(relatie(), bsn(), product, eenheid, peil(Periode::dag(day(on))));
    lines.map(|line| line.product_tarief(eenheid).unwrap().unwrap().0).collect()
}

#[test]
fn the_flat_document_is_read_as_it_stands_in_the_design() {
    let register = import(&[("rates.json", FLAT)]).register;
    assert_eq!(rates(&register, ("45", "45A04"), Eenheid::Uur, "2025-01-01"), [8000]);
    assert_eq!(rates(&register, ("45", "45A04"), Eenheid::Uur, "2024-12-31"), [0; 0]);
    assert_eq!(rates(&register, ("45", "45A05"), Eenheid::Uur, "2025-01-01"), [0; 0]);
    let (categorie, code) = product("45", "45A04");
    assert!(register.product_allowed(categorie, code, Periode::ALTIJD));
    assert!(!register.product_allowed(ProductCategorie::parse("46").unwrap(), code, Periode::ALTIJD));
    let budgets = register.budgets_for(relatie(), bsn(), Some(sleutel("45", None)), day("2025-12-31"));
    assert_eq!(budgets.len(), 1);
    assert_eq!(budgets[0].bedrag, Cents(1_000_000));
    assert_eq!(budgets[0].gevolgen.samen(), Some(Gevolg::Signal));
    assert_eq!(register.ceilings_for(relatie(), 2025)[0].bedrag, Cents(50_000_000));
    assert!(register.ceilings_for(relatie(), 2026).is_empty());
    let client = register.client(relatie().gemeente, bsn()).unwrap();
    assert_eq!(client.adres.as_ref().unwrap().plaatsnaam.as_deref(), Some("Zwolle"));
    assert_eq!(client.gezagsdrager_bekend, Some(true));
}

#[test]
fn absent_keys_of_a_flat_document_are_no_limits() {
    let register = import(&[("r.json", r#"{"contracten":[]}"#)]).register;
    let (categorie, code) = product("45", "45A04");
    assert!(register.product_allowed(categorie, code, Periode::ALTIJD), "no list: TR381 is not applied");
    let register = import(&[("r.json", r#"{"contracten":[],"productcodelijst":[]}"#)]).register;
    assert!(!register.product_allowed(categorie, code, Periode::ALTIJD), "an empty list allows nothing");
    assert!(register.budgets_for(relatie(), bsn(), None, day("2025-01-01")).is_empty());
    assert!(register.serves(relatie().gemeente), "no list of gemeenten served: all");
}

#[test]
fn every_fault_of_a_flat_document_is_told_with_its_line() {
    let text = r#"{
 "contracten": [
  {"aanbieder":"12345678","gemeente":"193","productcode":"45A04","productcategorie":"45","tarief":8000,"eenheid":"04"},
  {"aanbieder":"12345678","gemeente":"0193","productcode":"45A04","productcategorie":"45",
   "eenheid":"05",
   "tarief":80.5,"kleur":"rood"},
  {"aanbieder":"12345678","productcategorie":"45","productcode":"45A04X","eenheid":"04","geldig_van":"2025-02-30"},
  {"gemeente":"0193","aanbieder":"12345678","productcategorie":"45","productcode":"E","eenheid":"83","tarief":1,
   "iban":"NL14TEST0123456789","geldig_van":"2025-02-01","geldig_tot":"2025-01-31"},
  7
 ],
 "budgetten": [{"bsn":"999900007","bedrag":-1,"bedrag":2}],
 "voorraad": 1
}"#;
    let expected = [
        "r.json:3: gemeente: verwacht: een gemeentecode van vier cijfers, met voorloopnullen",
        "r.json:5: eenheid: verwacht: een eenheid: 01, 04, 14, 16, 82, 83 of 84",
        "r.json:6: kleur: onbekende sleutel",
        "r.json:6: tarief: verwacht: een bedrag in hele eurocenten van 0 t/m 99999999",
        "r.json:7: gemeente: ontbreekt",
        "r.json:7: geldig_van: verwacht: een bestaande datum, jjjj-mm-dd of dd-mm-jjjj",
        "r.json:7: productcode: verwacht: een productcode van een tot en met vijf tekens",
        "r.json:7: tarief: ontbreekt; alleen bij eenheid 83 blijft het leeg",
        "r.json:8: geldig_tot: ligt voor geldig_van; beide datums tellen mee",
        "r.json:8: iban: het controlegetal van de IBAN klopt niet: kijk het rekeningnummer na",
        "r.json:8: tarief: blijft leeg bij eenheid 83: het volume is zelf een bedrag",
        "r.json:10: contracten: verwacht: een groep sleutels met waarden",
        "r.json:12: bedrag: staat er dubbel",
        "r.json:12: bedrag: verwacht: een bedrag in hele eurocenten van 0 t/m 999999999999",
        "r.json:12: bsn: verwacht: een BSN: negen cijfers die de elfproef doorstaan",
        "r.json:13: voorraad: onbekende sleutel",
    ];
    let mut found = faults(&[("r.json", text)]);
    let mut expected: Vec<_> = expected.into_iter().map(str::to_owned).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_is_no_json_or_no_object_is_told_with_its_line() {
    assert_eq!(faults(&[("r.json", "{\n\"contracten\": [}")]), ["r.json:2: geen geldige JSON bij teken 16"]);
    assert!(faults(&[("r.json", "[]")])[0].starts_with("r.json:1: verwacht: een JSON-object"));
    let deep = format!("{{\"contracten\":{}{}}}", "[".repeat(200), "]".repeat(200));
    assert_eq!(faults(&[("r.json", &deep)]).len(), 1);
}

#[test]
fn two_rates_for_the_same_day_name_both_lines() {
    let row = |tarief: i64, van: &str, tot: &str| {
        format!(
            r#"{{"aanbieder":"12345678","gemeente":"0193","productcode":"45A04","productcategorie":"45","eenheid":"04","tarief":{tarief},"geldig_van":"{van}","geldig_tot":{tot}}}"#
        )
    };
    let file = |rows: &[String]| format!("{{\"contracten\":[\n{}]}}", rows.join(",\n"));
    let first = row(8000, "2025-01-01", "\"2025-06-30\"");
    let clash = file(&[first.clone(), row(8500, "2025-06-30", "null")]);
    let found = faults(&[("r.json", &clash)]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("r.json:3: tarief: ander tarief"), "{found:?}");
    assert!(found[0].contains("r.json:2"), "{found:?}");
    // The day after is fine, and so is the same rate twice.
    import(&[("r.json", &file(&[first.clone(), row(8500, "2025-07-01", "null")]))]);
    import(&[("r.json", &file(&[first.clone(), row(8000, "2025-02-01", "null")]))]);
    // A long line clashes with a later one across a short line in between.
    let across = file(&[
        row(8000, "2025-01-01", "null"),
        row(8000, "2025-02-01", "\"2025-02-28\""),
        row(8500, "2025-05-01", "\"2025-05-31\""),
    ]);
    assert!(faults(&[("r.json", &across)])[0].contains("r.json:2"));
}

const TERMEN: &str = r#"nummer = "C1"
naam = "Voorbeeld"
aanbieder = "12345678"
onderaannemers = ["12345679"]
gemeenten = ["0193", "0150"]
financiering = "pxq"
geldig_van = 2025-01-01
geldig_tot = 2025-12-31
iban = "NL13TEST0123456789"
"#;
const TARIEVEN: &str = "\u{feff}productcategorie;productcode;eenheid;tarief;geldig_van;geldig_tot\r\n\
    45;45A04;04;80,00;2025-01-01;30-06-2025\r\n45;45A04;04;€ 85,50;2025-07-01;\r\n";

#[test]
fn a_contract_of_people_is_read() {
    let import = import(&[("a/contract.toml", TERMEN), ("a/tarieven.csv", TARIEVEN)]);
    let register = import.register;
    assert_eq!(rates(&register, ("45", "45A04"), Eenheid::Uur, "2025-06-30"), [8000]);
    assert_eq!(rates(&register, ("45", "45A04"), Eenheid::Uur, "2025-07-01"), [8550]);
    // The line ends with the contract.
    assert_eq!(rates(&register, ("45", "45A04"), Eenheid::Uur, "2025-12-31"), [8550]);
    assert_eq!(rates(&register, ("45", "45A04"), Eenheid::Uur, "2026-01-01"), [0; 0]);
    assert_eq!(
        register.contracten().account(relatie(), day("2025-03-01")).unwrap().iban.as_str(),
        "NL13TEST0123456789"
    );
    assert_eq!(register.contracten().account(relatie(), day("2026-03-01")), None);
    // An onderaannemer has the contract of the party that it works under, a third party has none.
    assert!(register.has_contract(relatie_of("0150", "12345679"), bsn(), day("2025-12-31")));
    assert!(!register.has_contract(relatie_of("0150", "12345679"), bsn(), day("2026-01-01")));
    assert!(!register.has_contract(relatie_of("0150", "12345670"), bsn(), day("2025-12-31")));
    assert!(!register.has_contract(relatie_of("0166", "12345679"), bsn(), day("2025-12-31")));
}

#[test]
fn a_rate_that_changes_within_the_period_leaves_both_right() {
    let register = import(&[("contract.toml", TERMEN), ("tarieven.csv", TARIEVEN)]).register;
    let period = Periode::of(day("2025-06-15"), Some(day("2025-07-14")));
    let lines = register.tarief(relatie(), bsn(), product("45", "45A04"), Eenheid::Uur, peil(period));
    let rates: Vec<_> = lines.map(|line| line.regel.tarief.unwrap().0).collect();
    assert_eq!(rates, [8000, 8550]);
}

#[test]
fn an_extension_counts_once_it_is_taken_up() {
    let extended = |taken: bool| {
        let terms = format!("{TERMEN}[[verlenging]]\ntot = 2026-12-31\nuitgeoefend = {taken}\n");
        import(&[("contract.toml", &terms), ("tarieven.csv", TARIEVEN)]).register
    };
    let rates_2026 = |register: &Register| rates(register, ("45", "45A04"), Eenheid::Uur, "2026-12-31");
    assert_eq!(rates_2026(&extended(false)), [0; 0]);
    assert_eq!(rates_2026(&extended(true)), [8550]);
    assert_ne!(extended(false).digest(), extended(true).digest());
}

#[test]
fn every_fault_of_terms_and_rates_is_told_with_its_line() {
    let terms = "nummer = \"C1\"\naanbieder = \"1234567\"\ngemeenten = [\n \"0193\",\n \"193\",\n]\n\
        financiering = \"gratis\"\ngeldig_van = 2025-01-01\nkorting = 5\n[[verlenging]]\nuitgeoefend = \"misschien\"\n";
    let mut found = faults(&[("contract.toml", terms), ("tarieven.csv", TARIEVEN)]);
    found.sort();
    assert_eq!(
        found,
        [
            "contract.toml:10: tot: ontbreekt",
            "contract.toml:11: uitgeoefend: verwacht: ja of nee (in JSON en TOML true of false)",
            "contract.toml:1: naam: ontbreekt",
            "contract.toml:2: aanbieder: verwacht: een AGB-code van acht cijfers, met voorloopnullen",
            "contract.toml:5: gemeenten: verwacht: een gemeentecode van vier cijfers, met voorloopnullen",
            "contract.toml:7: financiering: verwacht: pxq, pxq_plafond, profiel_vast, verblijf, output, taak of maandtarief",
            "contract.toml:9: korting: onbekende sleutel",
        ]
    );
    let rates =
        "productcategorie;productcode;eenheid;tarief;kleur\n45;45A04;04;80.00;x\n45;45A04;04\n;;04;80,00;x\n";
    let mut found = faults(&[("contract.toml", TERMEN), ("tarieven.csv", rates)]);
    found.sort();
    assert_eq!(found.len(), 5, "{found:?}");
    assert!(found[0].starts_with("tarieven.csv:1: kleur: onbekende kolom"), "{found:?}");
    assert!(
        found[1].starts_with("tarieven.csv:2: tarief: verwacht: een bedrag in euro's zoals 1.234,56"),
        "{found:?}"
    );
    assert_eq!(found[2], "tarieven.csv:3: 3 velden, maar de eerste regel heeft er 5");
    assert_eq!(found[3], "tarieven.csv:4: productcategorie: ontbreekt");
    assert_eq!(found[4], "tarieven.csv:4: productcode: ontbreekt");
}

#[test]
fn a_missing_column_is_told_once() {
    let rates = "productcategorie;productcode;eenheid\n45;45A04;04\n45;45A05;04\n";
    let found = faults(&[("contract.toml", TERMEN), ("tarieven.csv", rates)]);
    assert_eq!(found[0], "tarieven.csv:1: tarief: deze kolom ontbreekt");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn empty_lines_and_any_line_end_keep_the_count() {
    let rates = |end: &str| {
        ["productcategorie;productcode;eenheid;tarief", "", "45;45A04;04;80,00", "", ";;;", "45;45A05;04;x"]
            .join(end)
    };
    for end in ["\n", "\r\n"] {
        let found = faults(&[("contract.toml", TERMEN), ("tarieven.csv", &rates(end))]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("tarieven.csv:6: tarief"), "{found:?}");
    }
}

#[test]
fn files_that_do_not_belong_together_are_told() {
    let one = |files: &[(&str, &str)], text: &str| {
        let found = faults(files);
        assert!(found.iter().any(|fault| fault.contains(text)), "{text}: {found:?}");
    };
    one(&[("a/tarieven.csv", TARIEVEN)], "hoort een contract.toml");
    one(&[("a/contract.toml", TERMEN)], "hoort een tarieven.csv");
    one(&[("a/notities.txt", "x")], "onbekend bestand");
    one(&[], "geen bestanden gevonden");
    one(&[("contract.toml", "nummer = \n")], "contract.toml:1: geen geldige TOML");
    let twice = [
        ("a/contract.toml", TERMEN),
        ("a/tarieven.csv", TARIEVEN),
        ("b/contract.toml", TERMEN),
        ("b/tarieven.csv", TARIEVEN),
    ];
    one(&twice, "b/contract.toml:1: nummer: dit contractnummer staat al in a/contract.toml:1");
    let unknown = TERMEN.replace("\"0150\"", "\"9999\"");
    one(&[("contract.toml", &unknown), ("tarieven.csv", TARIEVEN)], "gemeentecode 9999 bestaat niet");
    let early = TARIEVEN.replace("2025-01-01", "2024-12-31");
    one(
        &[("contract.toml", TERMEN), ("tarieven.csv", &early)],
        "tarieven.csv:2: geldig_van: ligt buiten de looptijd",
    );
    let latin = [("budgetten.csv".to_owned(), b"gemeente\n\xe9".to_vec())];
    let errors = import_sources(&latin).unwrap_err();
    assert_eq!(errors.to_string(), "budgetten.csv:2: geen UTF-8; bewaar het bestand als UTF-8");
}

#[test]
fn lists_have_one_row_per_key() {
    let budgets = "gemeente;bsn;aanbieder;productcategorie;van;tot;bedrag;bij_overschrijding\n\
        0193;999900006;;;2025-01-01;2025-12-31;100,00;hold\n0193;999900006;;;01-01-2025;31-12-2025;200,00;signal\n";
    assert_eq!(
        faults(&[("budgetten.csv", budgets)]),
        ["budgetten.csv:3: dit budget staat al in budgetten.csv:2"]
    );
    let clients = "gemeente;bsn;naamgebruik\n0193;999900006;1\n0193;999900006;2\n0150;999900006;1\n";
    let found = faults(&[("clienten.csv", clients)]);
    assert_eq!(found, ["clienten.csv:3: deze client staat al in clienten.csv:2"]);
    // A gemeentecode that is built in may be repeated (ruling 1.8).
    import(&[("gemeentecodes.csv", "code;naam\n0193;Zwolle\n0193;Zwolle\n")]);
}

#[test]
fn faults_show_no_personal_data() {
    let rows = "gemeente;bsn;postcode;straatnaam;huisletter\n0193;123456789;8011ZZ99999;Geheimstraat;lang\n999900018;999900006\n";
    let found = faults(&[("clienten.csv", rows), ("999900018.csv", "x")]).join("\n");
    for secret in ["123456789", "8011ZZ", "Geheimstraat", "lang", "999900006"] {
        assert!(!found.contains(secret), "{secret}: {found}");
    }
}

#[test]
fn minutes_at_an_hour_rate_round_rate_and_amount_apart() {
    let rates_csv = "productcategorie;productcode;eenheid;tarief;tariefeenheid\n54;54M01;01;87,27;uur\n45;45A04;04;80,00;\n";
    let register = import(&[("contract.toml", TERMEN), ("tarieven.csv", rates_csv)]).register;
    let line = |code: (&str, &str), eenheid| {
        let periode = Periode::dag(day("2025-03-01"));
        let mut found = register.tarief(relatie(), bsn(), product(code.0, code.1), eenheid, peil(periode));
        found.next().unwrap()
    };
    let minutes = line(("54", "54M01"), Eenheid::Minuut);
    // 8727 / 60 = 145.45 cents; 8727 x 90 / 60 = 13090.5 cents (IV081).
    assert_eq!(minutes.product_tarief(Eenheid::Minuut).unwrap(), Some(Cents(145)));
    assert_eq!(minutes.bedrag(Eenheid::Minuut, 90).unwrap(), Some(Cents(13_091)));
    assert!(minutes.is_hour_rate_in_minutes(Eenheid::Minuut));
    // A rate per hour also answers for minutes on an assignment in hours (TR341).
    let hours = line(("45", "45A04"), Eenheid::Minuut);
    assert_eq!(hours.product_tarief(Eenheid::Minuut).unwrap(), Some(Cents(133)));
    assert_eq!(hours.bedrag(Eenheid::Minuut, 45).unwrap(), Some(Cents(6000)));
    assert_eq!(hours.bedrag(Eenheid::Uur, 2).unwrap(), Some(Cents(16_000)));
    assert!(hours.bedrag(Eenheid::Minuut, i64::MAX).is_err());
    // Other units do not convert.
    let periode = Periode::dag(day("2025-03-01"));
    assert_eq!(
        register.tarief(relatie(), bsn(), product("45", "45A04"), Eenheid::Etmaal, peil(periode)).count(),
        0
    );
}

#[test]
fn coverage_tells_what_is_missing() {
    let rates_csv = "productcategorie;productcode;eenheid;tarief;geldig_van;geldig_tot\n\
        45;45A04;04;80,00;;2025-06-30\n45;45A04;04;85,00;2025-07-01;\n45;45A05;14;90,00;2025-03-01;\n\
        45;45A06;82;1,00;2025-01-01;2025-01-31\n45;45A06;82;1,00;2025-02-02;\n";
    let register = import(&[("contract.toml", TERMEN), ("tarieven.csv", rates_csv)]).register;
    let covers = |product, eenheid, van: &str, tot: Option<&str>| {
        register.covers(relatie(), bsn(), product, eenheid, day(van), tot.map(day))
    };
    let specific = Some(sleutel("45", Some("45A04")));
    // Two lines that follow each other cover together, up to the last day of the contract.
    assert_eq!(covers(specific, Some(Eenheid::Uur), "2025-01-01", Some("2025-12-31")), Dekking::Volledig);
    assert_eq!(
        covers(specific, Some(Eenheid::Uur), "2025-01-01", Some("2026-01-01")),
        Dekking::BuitenPeriode
    );
    let open = covers(specific, Some(Eenheid::Uur), "2025-01-01", None);
    assert_eq!(open, Dekking::OpenEinde { gedekt_tot: day("2025-12-31") });
    assert!(open.fits());
    assert_eq!(covers(specific, Some(Eenheid::Minuut), "2025-01-01", Some("2025-01-31")), Dekking::Volledig);
    assert_eq!(covers(specific, Some(Eenheid::Etmaal), "2025-01-01", None), Dekking::AndereEenheid);
    assert_eq!(covers(specific, None, "2026-01-01", None), Dekking::GeenContract);
    assert_eq!(covers(Some(sleutel("45", Some("45A05"))), None, "2025-02-28", None), Dekking::BuitenPeriode);
    assert_eq!(
        covers(Some(sleutel("45", Some("45A06"))), None, "2025-01-15", Some("2025-02-15")),
        Dekking::BuitenPeriode
    );
    assert_eq!(covers(Some(sleutel("45", Some("45A07"))), None, "2025-02-28", None), Dekking::GeenProduct);
    assert_eq!(covers(Some(sleutel("46", None)), None, "2025-02-28", None), Dekking::GeenProduct);
    assert!(covers(Some(sleutel("45", None)), None, "2025-02-28", None).fits(), "aspecific");
    assert!(covers(None, None, "2025-02-28", None).fits(), "generic");
}

#[test]
fn the_variant_follows_the_eenheid_and_else_the_contract() {
    let rates_csv = "productcategorie;productcode;eenheid;tarief;uitvoeringsvariant\n\
        45;45A04;04;80,00;\n50;5001L;82;800,00;output\n46;46A01;16;80,00;taak\n";
    let register = import(&[("contract.toml", TERMEN), ("tarieven.csv", rates_csv)]).register;
    let variant = |product, eenheid| {
        register.variant(relatie(), bsn(), product, eenheid, Periode::dag(day("2025-02-01")))
    };
    // Ruling 5.6, whatever stands in the contract.
    for (eenheid, expected) in [
        (Eenheid::Minuut, Uitvoeringsvariant::Inspanning),
        (Eenheid::Uur, Uitvoeringsvariant::Inspanning),
        (Eenheid::Etmaal, Uitvoeringsvariant::Inspanning),
        (Eenheid::Dagdeel, Uitvoeringsvariant::Inspanning),
        (Eenheid::StuksInspanning, Uitvoeringsvariant::Inspanning),
        (Eenheid::StuksOutput, Uitvoeringsvariant::Output),
        (Eenheid::Euro, Uitvoeringsvariant::Output),
    ] {
        assert_eq!(variant(Some(sleutel("46", Some("46A01"))), Some(eenheid)), Some(expected));
    }
    assert_eq!(variant(Some(sleutel("45", None)), None), Some(Uitvoeringsvariant::Inspanning));
    assert_eq!(variant(Some(sleutel("50", None)), None), Some(Uitvoeringsvariant::Output));
    assert_eq!(variant(Some(sleutel("46", None)), None), Some(Uitvoeringsvariant::Taak));
    assert_eq!(variant(None, None), None, "lines that differ say nothing");
}

#[test]
fn a_contract_about_one_client_is_for_nobody_else() {
    let terms = format!("client = \"999900006\"\n{TERMEN}");
    let register = import(&[("contract.toml", &terms), ("tarieven.csv", TARIEVEN)]).register;
    let other = Bsn::parse("999900018").unwrap();
    assert!(register.has_contract(relatie(), bsn(), day("2025-02-01")));
    assert!(!register.has_contract(relatie(), other, day("2025-02-01")));
    let periode = Periode::dag(day("2025-02-01"));
    assert_eq!(
        register.tarief(relatie(), other, product("45", "45A04"), Eenheid::Uur, peil(periode)).count(),
        0
    );
}

#[test]
fn budgets_and_ceilings_count_for_what_they_are_about() {
    let budgets = "gemeente;bsn;aanbieder;productcategorie;van;tot;bedrag;bij_overschrijding\n\
        0193;999900006;;45;2025-01-01;2025-12-31;1,00;signal\n\
        0193;999900006;12345678;;2025-01-01;2025-12-31;2,00;hold\n\
        0193;999900018;;;2025-01-01;2025-12-31;3,00;hold\n\
        ;;;;2025-01-01;;4,00;\n0150;;;;2025-01-01;2025-12-31;5,00;signal\n";
    let ceilings = "gemeente;aanbieder;jaar;bedrag;bij_overschrijding\n;12345678;2025;10,00;hold\n\
        0150;12345678;2025;11,00;signal\n;12345679;2025;12,00;signal\n;12345678;2024;13,00;signal\n";
    let register = import(&[
        ("contract.toml", TERMEN),
        ("tarieven.csv", TARIEVEN),
        ("budgetten.csv", budgets),
        ("plafonds.csv", ceilings),
    ])
    .register;
    let amounts = |categorie: Option<&str>, on: &str| -> Vec<i64> {
        let product = categorie.map(|code| sleutel(code, None));
        let mut amounts: Vec<_> =
            register.budgets_for(relatie(), bsn(), product, day(on)).iter().map(|b| b.bedrag.0).collect();
        amounts.sort_unstable();
        amounts
    };
    assert_eq!(amounts(Some("45"), "2025-12-31"), [100, 200, 400]);
    assert_eq!(amounts(Some("46"), "2025-01-01"), [200, 400]);
    assert_eq!(amounts(None, "2025-01-01"), [200, 400], "generic care has no category");
    assert_eq!(amounts(Some("45"), "2026-01-01"), [400], "no last day: until further notice");
    let limits = |gemeente: &str, aanbieder: &str, jaar| -> Vec<i64> {
        let found = register.ceilings_for(relatie_of(gemeente, aanbieder), jaar);
        found.iter().map(|ceiling| ceiling.bedrag.0).collect()
    };
    assert_eq!(limits("0193", "12345678", 2025), [1000]);
    assert_eq!(limits("0150", "12345678", 2025), [1000, 1100]);
    // An onderaannemer counts for its own ceiling and for that of the party it works under, while that has a contract.
    assert_eq!(limits("0193", "12345679", 2025), [1000, 1200]);
    assert_eq!(limits("0193", "12345679", 2024), [0; 0]);
    assert_eq!(limits("0166", "12345679", 2025), [1200]);
    let ids: std::collections::BTreeSet<_> = register.budgetten().iter().map(|budget| &budget.id).collect();
    assert_eq!(ids.len(), 5, "each budget has an id of its own");
    assert!(ids.iter().all(|id| id.starts_with("budget-") && !id.contains("9999000")));
}

#[test]
fn the_id_of_a_limit_outlives_its_amount() {
    let limit = |amount: &str| {
        let text =
            format!("gemeente;aanbieder;jaar;bedrag;bij_overschrijding\n;12345678;2025;{amount};hold\n");
        import(&[("plafonds.csv", &text)]).register.plafonds()[0].clone()
    };
    assert_eq!(limit("10,00").id, limit("20,00").id);
    assert_ne!(limit("10,00").bedrag, limit("20,00").bedrag);
}

#[test]
fn codes_of_gemeenten_are_valid_by_day_built_in_or_added() {
    let register = import(&[(
        "gemeentecodes.csv",
        "code;naam;geldig_van;geldig_tot\n2999;Nieuwstad;2027-01-01;\n0457;Weesp;;2022-03-23\n",
    )])
    .register;
    let valid = |code: &str, on: &str| register.gemeente_valid(GemeenteCode::parse(code).unwrap(), day(on));
    assert!(valid("0193", "2026-01-01") && valid("0457", "2022-03-23") && valid("2999", "2027-01-01"));
    assert!(!valid("0457", "2022-03-24") && !valid("2999", "2026-12-31") && !valid("9999", "2026-01-01"));
    assert_eq!(register.gemeente_naam(GemeenteCode::parse("2999").unwrap()), Some("Nieuwstad"));
}

#[test]
fn an_import_replaces_its_kinds_and_leaves_the_others() {
    let mut versie = Versie::default();
    let contracts = import(&[
        ("contract.toml", TERMEN),
        ("tarieven.csv", TARIEVEN),
        ("productcodes.csv", "productcategorie;productcode\n45;45A04\n"),
    ]);
    let clients = import(&[("clienten.csv", "gemeente;bsn\n0193;999900006\n")]);
    versie = versie.next(10, &contracts).unwrap();
    assert!(versie.register.client(relatie().gemeente, bsn()).is_none());
    versie = versie.next(20, &clients).unwrap();
    let latest = &versie.register;
    assert!(latest.client(relatie().gemeente, bsn()).is_some());
    assert!(latest.has_contract(relatie(), bsn(), day("2025-02-01")));
    // The same content again, in whatever form, adds nothing.
    let unix = TARIEVEN.replace("\r\n", "\n").replace('\u{feff}', "").replace("30-06-2025", "2025-06-30");
    let again = import(&[
        ("x/contract.toml", TERMEN),
        ("x/tarieven.csv", &unix),
        ("productcodes.csv", "productcategorie;productcode\n45;45A04\n"),
    ]);
    assert_eq!(again.onderdelen, contracts.onderdelen);
    assert_eq!(again.register.digest(), contracts.register.digest());
    assert!(versie.next(30, &again).is_none());
    // A complete flat document: what it does not name is no longer there, but clients stay.
    let flat = import(&[("r.json", r#"{"contracten":[]}"#)]);
    assert_eq!(flat.onderdelen.len(), 6);
    assert!(!flat.onderdelen.contains(&Onderdeel::Clienten));
    let next = versie.next(40, &flat).unwrap();
    let latest = &next.register;
    assert!(latest.productcodelijst().is_none() && latest.contracten().list().is_empty());
    assert!(latest.client(relatie().gemeente, bsn()).is_some());
    // The one before stays as it was.
    assert_eq!((versie.journal, next.journal), (20, 40));
    assert!(versie.register.has_contract(relatie(), bsn(), day("2025-02-01")));
}

#[test]
fn what_the_journal_keeps_makes_the_same_register() {
    let first = import(&[("rates.json", FLAT)]);
    let again = import_sources(&first.sources).unwrap();
    assert_eq!(again.onderdelen, first.onderdelen);
    assert_eq!(again.register.digest(), first.register.digest());
    let other = import(&[("rates.json", &FLAT.replace("8000", "8001"))]);
    assert_ne!(other.register.digest(), first.register.digest());
}

#[test]
fn settings_of_the_region_are_read() {
    let text = "naam = \"R\"\ngemeenten = [\"0193\"]\n[[nummers]]\ngemeente = \"0193\"\ntoewijzingnummer_van = 5\n\
        toewijzingnummer_tot = 9\n[drempels]\nverwijzing = \"9.000,00\"\nverwijzers = [\"02\"]\n";
    let register = import(&[("regio.toml", text)]).register;
    let (own, other) = (relatie().gemeente, GemeenteCode::parse("0150").unwrap());
    assert!(register.serves(own) && !register.serves(other));
    let range = register.regio().nummers(own).toewijzing_nummer;
    assert_eq!((range.van, range.tot), (5, 9));
    assert_eq!(register.regio().nummers(other).toewijzing_nummer.van, 800_000_001);
    assert_eq!(register.regio().nummers(own).identificatie.tot, 999_999_999_999);
    assert_eq!(register.regio().drempels.verwijzing, Cents(900_000));
    assert_eq!(register.regio().drempels.segment_c, Cents(2_500_000));
    let wrong = "[[nummers]]\nidentificatie_van = 9\nidentificatie_tot = 5\n[[nummers]]\nidentificatie_tot = 1000000000000\n\
        toewijzingnummer_tot = 1000000000\ngrens = 1\n";
    let mut found = faults(&[("regio.toml", wrong)]);
    found.sort();
    assert_eq!(
        found,
        [
            "regio.toml:1: identificatie_tot: het laatste nummer ligt voor het eerste",
            "regio.toml:5: identificatie_tot: verwacht: een geheel getal van 1 t/m 999999999999",
            "regio.toml:6: toewijzingnummer_tot: verwacht: een geheel getal van 1 t/m 999999999",
            "regio.toml:7: grens: onbekende sleutel",
        ]
    );
}

#[test]
fn a_birthday_reaches_the_age_limit() {
    let rates_csv = "productcategorie;productcode;eenheid;tarief;leeftijd_max\n45;45A04;04;80,00;18\n45;45A05;04;80,00;\n";
    let register = import(&[("contract.toml", TERMEN), ("tarieven.csv", rates_csv)]).register;
    let lines = &register.contracten().list()[0].regels;
    assert_eq!(lines[0].leeftijd_bereikt_op(day("2007-05-17")), Some(day("2025-05-17")));
    assert_eq!(lines[0].leeftijd_bereikt_op(day("2008-02-29")), Some(day("2026-03-01")));
    assert_eq!(lines[1].leeftijd_bereikt_op(day("2007-05-17")), None);
}

#[test]
fn a_folder_is_read_in_order_of_name_and_hidden_files_are_passed_by() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("b/contract.toml", TERMEN);
    write("b/tarieven.csv", TARIEVEN);
    write("a/rates.json", &FLAT.replace("12345678", "87654321"));
    write(".verborgen", "x");
    write("LEESMIJ.md", "x");
    let import = import_path(folder.path()).unwrap();
    let names: Vec<_> = import.sources.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a/rates.json", "b/contract.toml", "b/tarieven.csv"]);
    assert_eq!(import.register.contracten().list().len(), 2);
    // A contract by itself brings its rates.
    let alone = import_path(&folder.path().join("b/contract.toml")).unwrap();
    assert_eq!(alone.sources.len(), 2);
    let missing = import_path(&folder.path().join("weg.json")).unwrap_err();
    assert!(missing.to_string().starts_with("weg.json: bestand kan niet worden gelezen"), "{missing}");
}

#[test]
fn the_example_region_has_every_model() {
    let register = happyflow::contracts::example().register;
    let of = |aanbieder: &str| relatie_of("0193", aanbieder);
    let on = Periode::of(day("2026-02-01"), Some(day("2026-02-28")));
    let rate = |aanbieder: &str, code: (&str, &str), eenheid| {
        let mut lines = register.tarief(of(aanbieder), bsn(), product(code.0, code.1), eenheid, peil(on));
        lines.next().unwrap_or_else(|| panic!("{aanbieder} {code:?}")).product_tarief(eenheid).unwrap()
    };
    assert_eq!(rate("99000101", ("45", "45T02"), Eenheid::Uur), Some(Cents(8895)));
    assert_eq!(
        rate("99000207", ("54", "54T04"), Eenheid::Uur),
        Some(Cents(12_650)),
        "by way of the cooperative"
    );
    assert!(rate("99000301", ("50", "5012Z"), Eenheid::StuksOutput).is_some());
    assert!(rate("99000401", ("44", "44V03"), Eenheid::Etmaal).is_some());
    assert!(rate("99000401", ("41", "41D01"), Eenheid::Dagdeel).is_some());
    assert_eq!(rate("99000501", ("54", "54M01"), Eenheid::Minuut), Some(Cents(229)));
    assert!(rate("99000601", ("48", "48A01"), Eenheid::StuksOutput).is_some());
    assert_eq!(rate("99000801", ("42", "42E01"), Eenheid::Euro), None);
    assert!(rate("99000101", ("45", "45C01"), Eenheid::StuksInspanning).is_some());
    let profiles =
        register.contracten().list().iter().find(|contract| contract.nummer == "REG-PRO-301").unwrap();
    let codes: std::collections::BTreeSet<_> = profiles.regels.iter().map(|regel| regel.code).collect();
    assert_eq!(codes.len(), 36, "12 profiles x 3 intensities");
    assert_eq!(
        register.outside_list().count(),
        0,
        "every code in a contract is in the list of product codes"
    );
    let kinds = |found: Vec<Gevolg>| (found.contains(&Gevolg::Signal), found.contains(&Gevolg::Hold));
    assert_eq!(
        kinds(register.plafonds().iter().map(|limit| limit.gevolgen.bij_betaling).collect()),
        (true, true)
    );
    assert_eq!(
        kinds(register.budgetten().iter().map(|limit| limit.gevolgen.bij_betaling).collect()),
        (true, true)
    );
    assert_eq!(register.regio().gemeenten.len(), 11);
}

#[test]
fn the_flat_document_of_a_register_says_the_same_again() {
    let region = happyflow::contracts::example().register;
    let text = happyflow::contracts::flat_json(&region);
    let flat = import(&[("contracts.json", &text)]).register;
    // Written again it is the same text, and every rate, limit and client is still there.
    assert!(happyflow::contracts::flat_json(&flat) == text, "written again it differs");
    assert_eq!(flat.budgetten(), region.budgetten());
    assert_eq!(flat.plafonds(), region.plafonds());
    assert_eq!(flat.clienten().list(), region.clienten().list());
    let member = relatie_of("1896", "99000212");
    let periode = Periode::of(day("2025-12-15"), Some(day("2026-01-14")));
    let rates = |register: &Register| -> Vec<Option<Cents>> {
        let lines = register.tarief(member, bsn(), product("45", "45T05"), Eenheid::Uur, peil(periode));
        lines.map(|line| line.regel.tarief).collect()
    };
    assert_eq!(rates(&flat), [Some(Cents(14_190)), Some(Cents(14_665))]);
    assert_eq!(rates(&flat), rates(&region));
    assert_eq!(
        flat.contracten().account(member, day("2026-01-01")),
        region.contracten().account(member, day("2026-01-01"))
    );
}

#[test]
fn the_day_that_tells_the_rate_is_read_from_both_forms_exported_and_shown() {
    let peildata = |register: &Register| -> Vec<Option<Peildatum>> {
        let lines = register.contracten().list().iter().flat_map(|contract| &contract.regels);
        lines.map(|regel| regel.peildatum).collect()
    };
    let plain = import(&[("contract.toml", TERMEN), ("tarieven.csv", TARIEVEN)]).register;
    assert!(peildata(&plain).iter().all(Option::is_none));
    // Of the whole contract, and of a line that says otherwise.
    let terms = format!("{TERMEN}tarief_peildatum = \"toewijzing\"\n");
    let whole = import(&[("contract.toml", terms.as_str()), ("tarieven.csv", TARIEVEN)]).register;
    assert!(peildata(&whole).iter().all(|day| *day == Some(Peildatum::Toewijzing)));
    let rates_csv = "productcategorie;productcode;eenheid;tarief;tarief_peildatum\n45;45A04;04;80,00;\n\
                     45;45A08;82;500,00;periode\n";
    let mixed = import(&[("contract.toml", terms.as_str()), ("tarieven.csv", rates_csv)]).register;
    assert_eq!(peildata(&mixed), [Some(Peildatum::Toewijzing), Some(Peildatum::Periode)]);
    let only = rates_csv.replace("80,00;\n", "80,00;toewijzing\n");
    let only = import(&[("contract.toml", TERMEN), ("tarieven.csv", only.as_str())]).register;
    assert_eq!(peildata(&only), [Some(Peildatum::Toewijzing), Some(Peildatum::Periode)]);

    let shown = |register: &Register| happyflow::contracts::render_show(register, "C1").unwrap();
    assert!(
        shown(&mixed).contains("TARIEF VAN") && shown(&mixed).contains("toewijzing"),
        "{}",
        shown(&mixed)
    );
    assert!(!shown(&plain).contains("toewijzing"));
    let json = flat_json(&mixed);
    // Two gemeenten, and the onderaannemer beside the aanbieder.
    assert_eq!(json.matches(r#""tarief_peildatum":"toewijzing""#).count(), 4);
    let again = import(&[("export.json", json.as_str())]).register;
    assert!(peildata(&again).contains(&Some(Peildatum::Toewijzing)));
    assert!(!flat_json(&plain).contains("tarief_peildatum"));
    // What is agreed counts for the digest; saying what holds anyway does not.
    assert_ne!(whole.digest(), plain.digest());
    let said = format!("{TERMEN}tarief_peildatum = \"periode\"\n");
    let said = import(&[("contract.toml", said.as_str()), ("tarieven.csv", TARIEVEN)]).register;
    assert_eq!(said.digest(), plain.digest());
    let wrong = format!("{TERMEN}tarief_peildatum = \"eerste dag\"\n");
    let found = faults(&[("contract.toml", wrong.as_str()), ("tarieven.csv", TARIEVEN)]);
    assert!(found[0].contains("contract.toml") && found[0].contains("tarief_peildatum"), "{found:?}");
}

#[test]
fn rows_of_the_code_list_have_dates_and_a_rate_wins() {
    let list = |rows: &str| {
        let rows = format!("productcategorie;productcode;geldig_van;geldig_tot\n{rows}");
        import(&[("productcodes.csv", rows.as_str())]).register
    };
    let (categorie, code) = product("45", "45A04");
    let register = list("45;45A04;2024-01-01;2024-12-31\n45;45A04;2026-01-01;\n45;45B01;;\n");
    let on = |from: &str, to: &str| Periode::of(day(from), Some(day(to)));
    for (from, to, allowed) in [
        ("2023-12-31", "2023-12-31", false),
        ("2023-12-01", "2024-01-01", true),
        ("2024-12-31", "2024-12-31", true),
        ("2025-01-01", "2025-12-31", false),
        ("2025-12-01", "2026-01-01", true),
    ] {
        assert_eq!(register.product_allowed(categorie, code, on(from, to)), allowed, "{from} {to}");
    }
    assert!(register.product_allowed(categorie, product("45", "45B01").1, on("1999-01-01", "1999-01-01")));
    // Dates that are not there leave the digest of a list of before as it was.
    let old = import(&[("productcodes.csv", "productcategorie;productcode\n45;45A04\n")]).register;
    assert_eq!(old.digest(), list("45;45A04;;\n").digest());
    assert_ne!(old.digest(), list("45;45A04;2024-01-01;\n").digest());
    let json = flat_json(&register);
    assert!(
        json.contains(r#"{"geldig_tot":"2024-12-31","geldig_van":"2024-01-01","productcategorie":"45""#),
        "{json}"
    );
    let again = import(&[("export.json", json.replace(r#""contracten":[],"#, "").as_str())]).register;
    assert_eq!(again.productcodelijst(), register.productcodelijst());
    assert_eq!(flat_json(&old).matches("geldig_").count(), 0);

    // A contract has a rate for it: the list does not matter, and the import warns.
    let files = [
        ("contract.toml", TERMEN),
        ("tarieven.csv", TARIEVEN),
        ("productcodes.csv", "productcategorie;productcode\n"),
    ];
    let contracted = import(&files);
    assert!(contracted.register.product_allowed(categorie, code, on("2025-06-01", "2025-06-30")));
    assert!(!contracted.register.product_allowed(categorie, code, on("1999-06-01", "1999-06-30")));
    let text = happyflow::contracts::render_import(&contracted, &Register::default(), &contracted.register);
    assert!(text.contains("Let op: 45 45A04") && text.contains("C1"), "{text}");
    let without_list = import(&files[..2]);
    let text =
        happyflow::contracts::render_import(&without_list, &Register::default(), &without_list.register);
    assert!(!text.contains("productcodelijst"), "{text}");
}

#[test]
fn a_code_of_a_gemeente_is_in_use_for_a_while_after_its_end() {
    let regio = |rest: &str| import(&[("regio.toml", format!("naam = \"R\"\n{rest}").as_str())]).register;
    let weesp = GemeenteCode::parse("0457").unwrap();
    let in_use = |register: &Register, on: &str| register.gemeente_in_use(weesp, day(on));
    let standard = regio("");
    assert!(in_use(&standard, "2023-03-23") && !in_use(&standard, "2023-03-24"));
    let longer = regio("herindeling_maanden = 18\n");
    assert!(in_use(&longer, "2023-09-23") && !in_use(&longer, "2023-09-24"));
    let none = regio("herindeling_maanden = 0\n");
    assert!(in_use(&none, "2022-03-23") && !in_use(&none, "2022-03-24"));
    assert_ne!(standard.digest(), longer.digest());
    let found = faults(&[("regio.toml", "herindeling_maanden = 121\n")]);
    assert!(found[0].contains("herindeling_maanden"), "{found:?}");
    // What is built in may be told once more: it changes nothing.
    let rows = "code;naam;geldig_van;geldig_tot\n0193;Zwolle;;\n0193;Zwolle;;\n0457;Weesp;;2022-03-23\n";
    let repeated = import(&[("gemeentecodes.csv", rows)]).register;
    assert!(!in_use(&repeated, "2023-03-24") && in_use(&repeated, "2023-03-23"));
}
