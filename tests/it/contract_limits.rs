//! What the register says of limits and holds (rulings 8): every key in every form, contradictions, and that a register
//! without them stays what it was.

use happyflow::codes::{AgbCode, Bsn, GemeenteCode, ProductCategorie, ProductCode, ProductSleutel};
use happyflow::contracts::{
    Financiering, Gevolg, Import, NaTermijn, Register, Segment, Versie, Vrijgave, aandachtspunten, flat_json,
    import_new, import_sources, render_import, render_list, render_show,
};
use happyflow::messages::Relatie;
use happyflow::money::Cents;
use serde_json::{Value, json};

type Files<'a> = &'a [(&'a str, &'a str)];

fn sources(files: Files<'_>) -> Vec<(String, Vec<u8>)> {
    files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

fn import(files: Files<'_>) -> Import {
    import_new(&sources(files)).unwrap_or_else(|errors| panic!("{errors}"))
}

fn document(parts: &Value) -> Register {
    import(&[("c.json", parts.to_string().as_str())]).register
}

fn refused(files: Files<'_>, expected: &[&str]) {
    let errors = import_new(&sources(files)).expect_err("the files contradict themselves");
    let found: Vec<String> = errors.0.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}, not {expected}");
    }
}

fn row(changes: Value) -> Value {
    let mut row = json!({"gemeente": "0193", "aanbieder": "12345678", "productcategorie": "45", "productcode": "45A04",
        "eenheid": "04", "tarief": 8000, "geldig_van": "2025-01-01"});
    let Value::Object(changes) = changes else { panic!("no object") };
    row.as_object_mut().unwrap().extend(changes);
    row
}

fn ceiling(changes: Value) -> Value {
    let mut row = json!({"aanbieder": "12345678", "jaar": 2026, "bedrag": 1_000_000});
    let Value::Object(changes) = changes else { panic!("no object") };
    row.as_object_mut().unwrap().extend(changes);
    row
}

const TERMEN: &str = "nummer = \"C1\"\nnaam = \"Voorbeeld\"\naanbieder = \"12345678\"\ngemeenten = [\"0193\"]\n\
    financiering = \"pxq\"\ngeldig_van = 2025-01-01\n";
const TARIEVEN: &str = "productcategorie;productcode;eenheid;tarief\n45;45A04;04;80,00\n";

/// SHA-256 of a register in hexadecimal digits.
fn digest(register: &Register) -> String {
    register.digest().iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"))
}

#[test]
fn a_register_without_the_new_keys_keeps_its_digest_and_its_document() {
    let limits = json!({"contracten": [row(json!({"segment": "C"}))],
        "budgetten": [{"gemeente": "0193", "van": "2025-01-01", "tot": "2025-12-31", "bedrag": 5, "bij_overschrijding": "signal"},
            {"gemeente": "0193", "bsn": "999900006", "van": "2025-01-01", "tot": "2025-12-31", "bedrag": 5, "bij_overschrijding": "hold"}],
        "plafonds": [ceiling(json!({"bij_overschrijding": "hold"})), ceiling(json!({"jaar": 2027}))]});
    let register = document(&limits);
    assert_eq!(digest(&register), "ebd9e64a26fe612a9f0f075fb24be4e88b9831b77806820d03f70d1c57a6d93a");
    assert_eq!(
        register.budgetten().iter().map(|budget| &*budget.id).collect::<Vec<_>>(),
        ["budget-b47c892ac061ad04a6136366e0d6b61d", "budget-24924dfec4fc80c8e57183149c8e097d"],
        "sums are kept by these"
    );
    let terms = format!("{TERMEN}bij_overschrijding = \"hold\"\n");
    let regio = "naam = \"R\"\n[drempels]\nverwijzing = \"9.000,00\"\n";
    let people =
        import(&[("contract.toml", &terms), ("tarieven.csv", TARIEVEN), ("regio.toml", regio)]).register;
    assert_eq!(digest(&people), "ce4b0fe1991447f3d3ea478628e9b6f68e43fdc341a966d3689ab7cf8bd59919");
    let json = flat_json(&register);
    assert!(
        !json.contains("bij_betaling") && !json.contains("drempels") && !json.contains("spoed"),
        "{json}"
    );
    // To say what holds anyway is no other register.
    let mut said = limits;
    said["contracten"][0]["financiering"] = "pxq".into();
    said["contracten"][0]["spoed"] = false.into();
    said["plafonds"][0]["vrijgave"] = "persoon".into();
    said["plafonds"][0]["betaaltermijn_dagen"] = 30.into();
    said["plafonds"][0]["uitgezonderd"] = json!([]);
    said["plafonds"][0]["specifiek_betalen"] = Value::Null;
    assert_eq!(document(&said).digest(), register.digest());
}

#[test]
fn a_limit_has_two_acts_in_every_form() {
    let acts = |register: &Register| -> Vec<(Gevolg, Gevolg)> {
        register.plafonds().iter().map(|it| (it.gevolgen.bij_toewijzing, it.gevolgen.bij_betaling)).collect()
    };
    let expected = [
        (Gevolg::Hold, Gevolg::Hold),
        (Gevolg::Niets, Gevolg::Hold),
        (Gevolg::Signal, Gevolg::Hold),
        (Gevolg::Signal, Gevolg::Niets),
        (Gevolg::Signal, Gevolg::Signal),
    ];
    let csv = "aanbieder;jaar;bedrag;bij_overschrijding;bij_toewijzing;bij_betaling\n12345678;2021;1,00;hold;;\n\
        12345678;2022;1,00;;;hold\n12345678;2023;1,00;hold;signal;\n12345678;2024;1,00;;signal;\n12345678;2025;1,00;;;\n";
    let table = import(&[("plafonds.csv", csv)]).register;
    assert_eq!(acts(&table), expected);
    let flat = document(&json!({"plafonds": [
        ceiling(json!({"jaar": 2021, "bij_overschrijding": "hold"})),
        ceiling(json!({"jaar": 2022, "bij_betaling": "hold"})),
        ceiling(json!({"jaar": 2023, "bij_overschrijding": "hold", "bij_toewijzing": "signal"})),
        ceiling(json!({"jaar": 2024, "bij_toewijzing": "signal"})),
        ceiling(json!({"jaar": 2025})),
    ]}));
    assert_eq!(acts(&flat), expected);
    let terms = format!("{TERMEN}bij_toewijzing = \"signal\"\nbij_betaling = \"hold\"\n");
    let contract = import(&[("contract.toml", &terms), ("tarieven.csv", TARIEVEN)]).register;
    let gevolgen = contract.contracten().list()[0].gevolgen;
    assert_eq!((gevolgen.bij_toewijzing, gevolgen.bij_betaling), (Gevolg::Signal, Gevolg::Hold));
    assert!(render_show(&contract, "C1").unwrap().contains("toewijzing signal, betaling hold"));
    refused(
        &[(
            "plafonds.csv",
            "aanbieder;jaar;bedrag;bij_betaling;vrijgave;kleur\n12345678;2026;1,00;soms;nooit;x\n",
        )],
        &[
            "plafonds.csv:1: kleur: onbekende kolom",
            "plafonds.csv:2: bij_betaling",
            "plafonds.csv:2: vrijgave",
        ],
    );
}

#[test]
fn everything_that_a_limit_says_comes_back_from_the_document() {
    let register = document(&json!({
        "contracten": [row(json!({"segment": "C", "spoed": true, "naam": "Zorg BV", "rekeninghouder": "Zorg Beheer BV"})),
            row(json!({"productcode": "50P1L", "productcategorie": "50", "eenheid": "82", "financiering": "profiel_vast",
                "bij_toewijzing": "signal", "bij_betaling": "hold"}))],
        "budgetten": [{"gemeente": "0193", "productcategorie": "45", "segment": "C", "van": "2026-01-01", "tot": "2026-12-31",
            "bedrag": 5, "bij_betaling": "hold", "vrijgave": "automatisch", "betaaltermijn_dagen": 14}],
        "plafonds": [ceiling(json!({"bij_overschrijding": "hold", "waarschuw_bij": 70, "uitgezonderd": ["54", "46", "46"],
            "specifiek_betalen": true, "clientenstop_vanaf": "2026-09-01", "vrijgave": "automatisch"}))],
        "drempels": {"verwijzing": 700_000, "segment_c_verzoek": "signal", "contact_maanden": 6},
        "plausibiliteit": "hold", "uitloop_maanden": 6, "na_termijn": "doorsturen", "mandaat_bedrag": 5_000_000}));
    let contracts = register.contracten().list();
    assert_eq!(
        contracts.iter().map(|it| (it.nummer.as_str(), it.financiering)).collect::<Vec<_>>(),
        [("0193-12345678", Financiering::Pxq), ("0193-12345678-2", Financiering::ProfielVast)]
    );
    assert!(contracts[0].regels[0].spoed && !contracts[1].regels[0].spoed);
    assert_eq!(register.aanbieder_naam(AgbCode::parse("12345678").unwrap()), Some("Zorg BV"));
    assert_eq!(contracts[0].rekeninghouder.as_deref(), Some("Zorg Beheer BV"));
    let budget = &register.budgetten()[0];
    assert_eq!(
        (budget.sleutel.segment, budget.vasthouden.vrijgave),
        (Some(Segment::C), Vrijgave::Automatisch)
    );
    assert_eq!(budget.vasthouden.betaaltermijn_dagen, 14);
    let plafond = &register.plafonds()[0];
    assert_eq!(plafond.vasthouden.betaaltermijn_dagen, 30);
    let categorie = |code| ProductCategorie::parse(code).unwrap();
    assert_eq!(plafond.ruimte.uitgezonderd, [categorie("46"), categorie("54")]);
    assert_eq!((plafond.ruimte.waarschuw_bij, plafond.ruimte.specifiek_betalen), (Some(70), true));
    assert_eq!(plafond.ruimte.clientenstop_vanaf, "2026-09-01".parse().ok());
    let regio = register.regio();
    assert_eq!((regio.drempels.verwijzing, regio.drempels.contact_maanden), (Cents(700_000), 6));
    assert_eq!(
        (regio.drempels.segment_c, regio.drempels.segment_c_verzoek),
        (Cents(2_500_000), Gevolg::Signal)
    );
    assert_eq!((regio.bewaking.plausibiliteit, regio.bewaking.uitloop_maanden), (Gevolg::Hold, 6));
    assert_eq!(regio.bewaking.na_termijn, NaTermijn::Doorsturen);
    assert_eq!(regio.bewaking.mandaat_bedrag, Some(Cents(5_000_000)));
    // Written and read again it is the same register, and the same document.
    let text = flat_json(&register);
    let again = import(&[("c.json", &text)]).register;
    assert_eq!(again.digest(), register.digest());
    assert_eq!(flat_json(&again), text);
    // What the journal keeps of it is read again as it was.
    assert_eq!(import_sources(&sources(&[("c.json", &text)])).unwrap().register.digest(), register.digest());
}

#[test]
fn the_same_stands_in_the_files_that_people_keep() {
    let terms = format!("{TERMEN}aanbieder_naam = \"Zorg BV\"\nrekeninghouder = \"Zorg Beheer BV\"\n");
    let rates =
        "productcategorie;productcode;eenheid;tarief;spoed\n45;45A04;04;80,00;ja\n45;45A05;04;80,00;\n";
    let ceilings = "aanbieder;jaar;bedrag;bij_overschrijding;waarschuw_bij;uitgezonderd;specifiek_betalen;clientenstop_vanaf\n\
        12345678;2026;1,00;hold;70;46 54;ja;01-09-2026\n";
    let regio = "plausibiliteit = \"niets\"\nuitloop_maanden = 0\nna_termijn = \"doorsturen\"\nmandaat_bedrag = \"50.000,00\"\n\
        [drempels]\nsegment_c_verzoek = \"signal\"\ncontact_maanden = 6\n";
    let import = import(&[
        ("contract.toml", &terms),
        ("tarieven.csv", rates),
        ("plafonds.csv", ceilings),
        ("regio.toml", regio),
    ]);
    let register = &import.register;
    let contract = &register.contracten().list()[0];
    assert_eq!(contract.regels.iter().map(|regel| regel.spoed).collect::<Vec<_>>(), [true, false]);
    assert_eq!(register.plafonds()[0].ruimte.uitgezonderd.len(), 2);
    assert_eq!(register.regio().bewaking.plausibiliteit, Gevolg::Niets);
    assert_eq!(register.regio().bewaking.uitloop_maanden, 0);
    assert_eq!(register.regio().bewaking.mandaat_bedrag, Some(Cents(5_000_000)));
    assert_eq!(register.regio().drempels.contact_maanden, 6);
    let shown = render_show(register, "C1").unwrap();
    assert!(
        shown.contains("Zorg BV") && shown.contains("Zorg Beheer BV") && shown.contains("Spoed"),
        "{shown}"
    );
    assert!(render_list(register).contains("Voorbeeld"));
}

#[test]
fn what_a_document_says_of_the_region_goes_above_its_settings_until_those_are_read_again() {
    let regio = "gemeenten = [\"0193\"]\nuitloop_maanden = 3\n[drempels]\nverwijzing = \"9.000,00\"\n";
    let regio = import(&[("regio.toml", regio)]);
    let mut versie = Versie::default().next(1, &regio).unwrap();
    let own = GemeenteCode::parse("0150").unwrap();
    let amounts = |versie: &Versie| {
        let regio = versie.register.regio();
        (regio.drempels.verwijzing.0, regio.bewaking.uitloop_maanden, versie.register.serves(own))
    };
    assert_eq!(amounts(&versie), (900_000, 3, false));
    let said = json!({"contracten": [], "drempels": {"verwijzing": 700_000}}).to_string();
    versie = versie.next(2, &import(&[("c.json", &said)])).unwrap();
    assert_eq!(amounts(&versie), (700_000, 3, false), "the rest stays as the region has it");
    let silent = import(&[("c.json", &json!({"contracten": []}).to_string())]);
    assert_eq!(amounts(&versie.next(3, &silent).unwrap()), (900_000, 3, false), "the document is complete");
    assert_eq!(amounts(&versie.next(3, &regio).unwrap()), (900_000, 3, false), "the settings are read again");
    refused(
        &[("a.json", "{\"uitloop_maanden\": 6}"), ("b.json", "{\"na_termijn\": \"wachten\"}")],
        &["b.json: instellingen van de regio staan al in a.json"],
    );
    refused(
        &[(
            "a.json",
            "{\n\"uitloop_maanden\": -1,\n\"na_termijn\": \"nooit\",\n\"drempels\": {\"segment_c_verzoek\":\"niets\",\n\"x\": 1}}",
        )],
        &[
            "a.json:2: uitloop_maanden",
            "a.json:3: na_termijn",
            "a.json:4: segment_c_verzoek",
            "a.json:5: x: onbekende sleutel",
        ],
    );
}

#[test]
fn contradictions_are_told_with_their_line_and_old_ones_stay_readable() {
    for (limit, place) in [
        (
            ceiling(json!({"bij_toewijzing": "hold", "specifiek_betalen": true})),
            "c.json:2: specifiek_betalen",
        ),
        (ceiling(json!({"uitgezonderd": ["46"]})), "c.json:2: uitgezonderd"),
        (ceiling(json!({"vrijgave": "automatisch"})), "c.json:2: vrijgave"),
        (ceiling(json!({"clientenstop_vanaf": "2027-01-01"})), "c.json:2: clientenstop_vanaf"),
        (
            ceiling(json!({"aanbieder": null, "clientenstop_vanaf": "2026-01-01"})),
            "c.json:2: clientenstop_vanaf",
        ),
        (ceiling(json!({"waarschuw_bij": 101})), "c.json:2: waarschuw_bij"),
        (ceiling(json!({"betaaltermijn_dagen": 0})), "c.json:2: betaaltermijn_dagen"),
        (ceiling(json!({"segment": "C"})), "c.json:2: segment: onbekende sleutel"),
    ] {
        let text = format!("{{\"plafonds\":[\n{limit}]}}");
        refused(&[("c.json", &text)], &[place]);
    }
    let fixed = row(json!({"financiering": "profiel_vast"}));
    let text = format!("{{\"contracten\":[\n{fixed}]}}");
    refused(&[("c.json", &text)], &["c.json:2: eenheid: een vaste prijs"]);
    // A contract.toml could say this before it decided anything.
    let terms = TERMEN.replace("pxq", "profiel_vast");
    refused(&[("contract.toml", &terms), ("tarieven.csv", TARIEVEN)], &["tarieven.csv:2: eenheid"]);
    assert!(import_sources(&sources(&[("contract.toml", &terms), ("tarieven.csv", TARIEVEN)])).is_ok());
    let names = format!(
        "{{\"contracten\":[\n{},\n{}]}}",
        row(json!({"naam": "Een BV"})),
        row(json!({"gemeente": "0150", "naam": "Twee BV"}))
    );
    refused(&[("c.json", &names)], &["c.json:3: naam: anders dan bij dezelfde aanbieder in c.json:2"]);
}

#[test]
fn a_budget_for_a_segment_counts_care_that_a_contract_has_in_it() {
    let budget =
        |segment: Value| json!({"gemeente": "0193", "segment": segment, "van": "2025-01-01", "bedrag": 5});
    let register = document(&json!({
        "contracten": [row(json!({"segment": "C"})), row(json!({"productcode": "45A05", "segment": "B"})),
            row(json!({"productcategorie": "54", "productcode": "54A05", "segment": "C"}))],
        "budgetten": [budget(json!("C")), budget(Value::Null)]}));
    let relatie = Relatie {
        gemeente: GemeenteCode::parse("0193").unwrap(),
        aanbieder: AgbCode::parse("12345678").unwrap(),
    };
    let counting = |categorie: &str, code: Option<&str>| {
        let code = code.map(|code| ProductCode::parse(code).unwrap());
        let product = ProductSleutel { categorie: ProductCategorie::parse(categorie).unwrap(), code };
        let bsn = Bsn::parse("999900006").unwrap();
        register.budgets_for(relatie, bsn, Some(product), "2025-02-01".parse().unwrap()).len()
    };
    assert_eq!(counting("45", Some("45A04")), 2);
    assert_eq!(counting("45", Some("45A05")), 1);
    assert_eq!(counting("45", None), 1, "the category has two segments");
    assert_eq!(counting("54", None), 2, "the category has one");
    assert_eq!(counting("54", Some("54X99")), 1, "no contract says it");
    let ids: Vec<_> = register.budgetten().iter().map(|budget| &budget.id).collect();
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn what_one_key_holds_now_is_told_and_a_shared_limit_is_too() {
    let told = |parts: &Value| aandachtspunten(&document(parts));
    assert_eq!(told(&json!({"plafonds": [ceiling(json!({}))]})), [""; 0]);
    let both = told(&json!({"plafonds": [ceiling(json!({"bij_overschrijding": "hold"}))]}));
    assert!(
        both.len() == 1 && both[0].contains("nu ook toewijzingen") && both[0].contains("2026 van 12345678"),
        "{both:?}"
    );
    let apart = json!({"plafonds": [ceiling(json!({"bij_toewijzing": "hold", "bij_betaling": "hold"}))]});
    assert_eq!(told(&apart), [""; 0], "who writes both keys knows");
    let of = |changes: Value| json!({"budgetten": [changes]});
    let gemeente =
        told(&of(json!({"gemeente": "0193", "van": "2026-01-01", "bedrag": 5, "bij_betaling": "hold"})));
    assert!(gemeente.len() == 1 && gemeente[0].contains("budget van 0193"), "{gemeente:?}");
    let child = json!({"gemeente": "0193", "bsn": "999900006", "van": "2026-01-01", "bedrag": 5, "bij_betaling": "hold"});
    assert_eq!(told(&of(child)), [""; 0]);
    let text = json!({"plafonds": [ceiling(json!({"bij_overschrijding": "hold"}))]}).to_string();
    let import = import(&[("c.json", &text)]);
    let shown = render_import(&import, &Register::default(), &import.register);
    assert!(shown.contains("Let op: bij_overschrijding = hold"), "{shown}");
    let many: Vec<Value> =
        (2015..2035).map(|jaar| ceiling(json!({"jaar": jaar, "bij_overschrijding": "hold"}))).collect();
    assert!(told(&json!({"plafonds": many}))[0].ends_with("en 10 andere"));
    assert_eq!(told(&json!({"na_termijn": "doorsturen"})), [""; 0], "it is done");
}

/// One without a name is told and never refused, and so is an account with two holders.
#[test]
fn aanbieders_without_a_name_and_accounts_of_two_are_told() {
    const IBAN: &str = "NL13TEST0123456789";
    let told = |rows: Vec<Value>| aandachtspunten(&document(&json!({ "contracten": rows })));
    let none = told(vec![row(json!({}))]);
    assert!(none.len() == 1 && none[0].ends_with("Het gaat om 12345678"), "{none:?}");
    assert_eq!(told(vec![row(json!({"naam": "Zorg BV"}))]), [""; 0]);
    let own = row(json!({"naam": "Zorg BV", "iban": IBAN}));
    let other = |changes: Value| {
        let mut other = row(json!({"aanbieder": "87654321", "naam": "Hulp BV", "iban": IBAN}));
        other.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        other
    };
    let two = told(vec![own.clone(), other(json!({}))]);
    assert!(two.len() == 1 && two[0].contains("Hulp BV en Zorg BV"), "{two:?}");
    assert_eq!(told(vec![own, other(json!({"rekeninghouder": "Zorg BV"}))]), [""; 0]);
}

#[test]
fn the_doctor_tells_it_on_both_engines() {
    let text = json!({"plafonds": [ceiling(json!({"bij_overschrijding": "hold"}))]}).to_string();
    let database = crate::postgres::TestDatabase::new();
    let settings = format!("data = 'd'\n[database]\nurl = '{}'\n", database.url());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("c.json"), text).unwrap();
    std::fs::write(folder.path().join("happyflow.toml"), settings).unwrap();
    for place in [["--data", "e"], ["--config", "happyflow.toml"]] {
        let doctor = || crate::cli::run(folder.path(), &[&["doctor"], &place[..]].concat()).stdout;
        assert!(!doctor().contains("nu ook toewijzingen"), "{}", doctor());
        let import =
            crate::cli::run(folder.path(), &[&["contract", "import", "c.json"], &place[..]].concat());
        assert_eq!(import.code, Some(0), "{}", import.stderr);
        assert!(
            doctor().contains("LET OP contracten: bij_overschrijding = hold houdt nu ook"),
            "{}",
            doctor()
        );
    }
}
