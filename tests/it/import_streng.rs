//! What is taken over now may hold no value that makes a message of ours invalid later; what the journal has stays
//! readable (public case of the postcode with a space, and its kind).

use crate::cli::run;
use crate::messages::jw301;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, contracts};
use crate::xml::jw315;
use happyflow::contracts::{Import, ImportErrors, Register, import_new, import_sources};
use serde_json::{Value, json};

fn sources(files: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

fn faults(result: Result<Import, ImportErrors>) -> Vec<String> {
    result.map_or_else(|errors| errors.0.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

/// Refused now, naming file, line and field and no value; still readable when it stands in the journal.
fn refused(files: &[(&str, &str)], place: &str, secret: &str) {
    let found = faults(import_new(&sources(files)));
    assert!(found.iter().any(|fault| fault.starts_with(place)), "{place}: {found:?}");
    assert!(secret.is_empty() || found.iter().all(|fault| !fault.contains(secret)), "{found:?}");
    assert_eq!(faults(import_sources(&sources(files))), [""; 0], "{place}");
}

const HEAD: &str = "gemeente;bsn;naamgebruik;adressoort;postcode;huisnummer;huisletter;huisnummertoevoeging;\
                    aanduiding_woonadres;straatnaam;plaatsnaam;landcode\n";

/// The second client of a list, good but for one column.
fn client(column: &str, value: &str) -> String {
    let mut cells = ["0193", "999900006", "1", "01", "8011AA", "1", "", "", "", "Proefstraat", "Zwolle", ""];
    let names: Vec<&str> = HEAD.trim_end().split(';').collect();
    let place = names.iter().position(|name| *name == column).unwrap();
    cells[place] = value;
    format!("{HEAD}0193;999900018;;;;;;;;;;\n{}\n", cells.join(";"))
}

#[test]
fn every_part_of_an_address_is_held_against_the_schema() {
    for (column, wrong) in [
        ("postcode", "801AA"),
        ("postcode", "0011AA"),
        ("postcode", "80111AA"),
        ("postcode", "AA8011"),
        ("huisletter", "\u{7}"),
        ("aanduiding_woonadres", "to"),
        ("landcode", "XX"),
        ("landcode", "nl"),
        ("straatnaam", "Proef\u{1}straat"),
        ("plaatsnaam", "Zwolle\u{FFFE}"),
    ] {
        let text = client(column, wrong);
        refused(&[("clienten.csv", text.as_str())], &format!("clienten.csv:3: {column}"), "Proefstraat");
    }
    for (column, right) in [
        ("postcode", "8011AA"),
        ("postcode", "8011 AA"),
        ("postcode", "8011aa"),
        ("postcode", " 8011  aa "),
        ("huisletter", "a"),
        ("huisnummertoevoeging", "2 hg"),
        ("aanduiding_woonadres", "TO"),
        ("landcode", "NL"),
        ("plaatsnaam", "'s-Gravenhage"),
        ("straatnaam", "Ünsal straße"),
        ("naamgebruik", "4"),
        ("naamgebruik", ""),
    ] {
        let text = client(column, right);
        assert_eq!(
            faults(import_new(&sources(&[("clienten.csv", text.as_str())]))),
            [""; 0],
            "{column} {right}"
        );
    }
    // A foreign postcode is not a Dutch one.
    let abroad = client("landcode", "BE").replace("8011AA", "B-2000");
    assert_eq!(faults(import_new(&sources(&[("clienten.csv", abroad.as_str())]))), [""; 0]);
}

#[test]
fn a_postcode_as_people_write_it_is_put_right_in_the_message_and_nowhere_else() {
    let of = |postcode: &str| {
        let text = client("postcode", postcode);
        import_new(&sources(&[("clienten.csv", text.as_str())])).unwrap().register
    };
    let adres = |register: &Register| {
        let client = *register.clienten().list().iter().find(|client| client.adres.is_some()).unwrap();
        client.adres.clone().unwrap()
    };
    for written in ["8011AA", "8011 AA", "8011aa", "8011\u{a0}Aa"] {
        let register = of(written);
        assert_eq!(adres(&register).postcode_in_bericht.as_deref(), Some("8011AA"), "{written}");
        assert_eq!(adres(&register).postcode.as_deref(), Some(written), "the file stays what it was");
    }
}

#[test]
fn a_request_is_answered_with_what_was_put_right() {
    let mut with_space = contracts(None);
    // Own name, then that of the partner, whom a request does not name: the own name (CS050).
    with_space["clienten"][0]["naamgebruik"] = "4".into();
    with_space["clienten"][0]["adres"]["postcode"] = "8011 aa".into();
    let mut office = Office::open(&with_space);
    let rows = [("REF1", "2025-01-01", "2025-12-31", 8)];
    let request = jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &rows);
    let line = office.send_with("2025-01-07", &request, &["--requests", "automatic"]);
    let kinds: Vec<&str> =
        line["answers"].as_array().unwrap().iter().filter_map(|answer| answer["type"].as_str()).collect();
    assert_eq!(kinds, ["JW316", "JW301", "JW301"], "{line}");
    let text = std::fs::read_to_string(office.path(&line["answers"][1]["path"])).unwrap();
    assert!(text.contains(">8011AA<") && !text.contains("8011 aa"), "{text}");
    assert!(text.contains("NaamGebruik>1<"), "{text}");
}

#[test]
fn a_day_before_1900_and_a_character_that_no_message_has_are_refused() {
    let flat = |key: &str, value: Value| {
        let mut document = contracts(None);
        document["contracten"][0][key] = value;
        document.to_string()
    };
    for (key, value) in [
        ("geldig_van", json!("0000-01-01")),
        ("geldig_van", json!("0001-01-01")),
        ("geldig_van", json!("1899-12-31")),
    ] {
        let text = flat(key, value);
        refused(&[("c.json", text.as_str())], &format!("c.json:1: {key}"), "");
    }
    for (key, value) in [("geldig_van", "1900-01-01"), ("geldig_tot", "9999-12-31")] {
        let text = flat(key, json!(value));
        assert_eq!(faults(import_new(&sources(&[("c.json", text.as_str())]))), [""; 0]);
    }
    let mut document = contracts(None);
    document["clienten"][0]["adres"]["straatnaam"] = "Proef\u{0}straat".into();
    let text = document.to_string();
    refused(&[("c.json", text.as_str())], "c.json:1: straatnaam", "Proef");
}

#[test]
fn a_gemeente_that_nobody_knows_is_refused_wherever_it_is_named() {
    let named = |section: &str, key: &str| {
        let mut document = contracts(None);
        document["budgetten"] = json!([{"gemeente": "0193", "bsn": null, "aanbieder": null, "productcategorie": null,
            "van": "2026-01-01", "tot": "2026-12-31", "bedrag": 1, "bij_overschrijding": "signal"}]);
        document["plafonds"] = json!([{"gemeente": "0193", "aanbieder": "12345678", "jaar": 2026, "bedrag": 1,
            "bij_overschrijding": "signal"}]);
        document[section][0][key] = "9999".into();
        document
    };
    for (section, key) in [
        ("contracten", "gemeente"),
        ("clienten", "gemeente"),
        ("clienten", "andere_gemeente"),
        ("budgetten", "gemeente"),
        ("plafonds", "gemeente"),
    ] {
        let document = named(section, key);
        let text = document.to_string();
        let import = import_new(&sources(&[("c.json", text.as_str())])).unwrap();
        let found = import.known_to(&Register::default()).unwrap_err().to_string();
        assert!(found.starts_with(&format!("c.json:1: {key}: gemeentecode 9999")), "{section}: {found}");
        // Added beside it, or in the register that it comes into.
        let mut added = document.clone();
        added["gemeentecodes"] = json!([{"code": "9999", "naam": "Nieuw"}]);
        let added = added.to_string();
        let added = import_new(&sources(&[("c.json", added.as_str())])).unwrap();
        assert!(added.known_to(&Register::default()).is_ok() && import.known_to(&added.register).is_ok());
        // What the journal has is not asked.
        let old = import_sources(&sources(&[("c.json", text.as_str())])).unwrap();
        assert!(old.known_to(&Register::default()).is_ok());
    }
    let office = Office::open(&named("contracten", "gemeente"));
    let refused = run(office.folder(), &["contract", "import", "contracts.json", "--data", "data"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("contracts.json:1: gemeente"), "{}", refused.stderr);
    // Rates that a script gives as a whole with its messages are taken as they are, and it is told.
    std::fs::write(office.folder().join("a.xml"), jw301("1", 300_401)).unwrap();
    let told = run(
        office.folder(),
        &["process", "--contracts", "contracts.json", "--data", "data", "--today", "2026-02-03", "a.xml"],
    );
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    assert!(told.stderr.contains("contracts.json:1: gemeente"), "{}", told.stderr);
}
