//! `clients import`: the daily feed of a gemeente's system.

use crate::cli::run;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, answers, contracts};
use crate::postgres::TestDatabase;
use crate::xml::jw315;
use serde_json::{Value, json};
use std::fs;

const REGIO: &str = "gemeenten = [\"0193\", \"0150\"]\n";
const HEAD: &str = "gemeente;bsn;geboortedatum;geslachtsnaam;adressoort;postcode;huisnummer;straatnaam;plaatsnaam;gezagsdrager_bekend;overleden\n";

/// A data folder or a database of a region of two gemeenten with one client.
struct Scene {
    folder: tempfile::TempDir,
    place: Vec<&'static str>,
}

impl Scene {
    fn new(database: Option<&TestDatabase>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = match database {
            None => vec!["--data", "d"],
            Some(database) => {
                let settings = format!("data = 'd'\n[database]\nurl = '{}'\n", database.url());
                fs::write(folder.path().join("happyflow.toml"), settings).unwrap();
                vec!["--config", "happyflow.toml"]
            }
        };
        let scene = Self { folder, place };
        scene.write("regio.toml", REGIO);
        scene.run(0, &["contract", "import", "regio.toml"]);
        scene.feed(0, "0193;999900006;2014-05-17;Proef;01;8011AA;1;Proefstraat;Zwolle;ja;\n", &[]);
        scene
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn run(&self, code: i32, arguments: &[&str]) -> String {
        let run = run(self.folder.path(), &[arguments, &["--today", "2026-02-03"], &self.place[..]].concat());
        assert_eq!(run.code, Some(code), "{arguments:?}\n{}\n{}", run.stdout, run.stderr);
        if code == 0 { run.stdout } else { run.stderr }
    }

    fn feed(&self, code: i32, rows: &str, more: &[&str]) -> String {
        self.write("feed.csv", &format!("{HEAD}{rows}"));
        self.run(code, &[&["clients", "import", "feed.csv"], more].concat())
    }

    fn clients(&self) -> String {
        let list = self.run(0, &["contract", "list"]);
        list.split("clienten: ").nth(1).unwrap().split('\n').next().unwrap().to_owned()
    }

    fn versions(&self) -> usize {
        self.run(0, &["contract", "list", "--versions"]).lines().count()
    }

    fn same_again(&self) {
        let run = run(self.folder.path(), &[&["replay", "--verify-state"], &self.place[..]].concat());
        assert_eq!(run.code, Some(0), "{}\n{}", run.stdout, run.stderr);
    }
}

fn on_both(check: impl Fn(&Scene)) {
    check(&Scene::new(None));
    let database = TestDatabase::new();
    check(&Scene::new(Some(&database)));
}

#[test]
fn a_feed_adds_moves_corrects_and_tells_of_deaths() {
    on_both(|scene| {
        assert_eq!((scene.clients(), scene.versions()), ("1".to_owned(), 2));
        let rows = "0193;999900018;2011-09-21;Nieuw;01;8011AB;2;Weg;Zwolle;nee;\n\
            0193;999900006;;;01;8012AA;7;Laan;Zwolle;;\n";
        let told = scene.feed(0, rows, &["--check"]);
        assert!(
            told.contains("gemeente 0193: 1 erbij, 0 weg, 1 gewijzigd") && told.contains("proef"),
            "{told}"
        );
        assert_eq!(scene.versions(), 2);
        scene.feed(0, rows, &["--by", "koppeling", "--why", "dagelijks"]);
        assert_eq!((scene.clients(), scene.versions()), ("2".to_owned(), 3));
        // The same feed again changes nothing.
        assert!(scene.feed(0, rows, &[]).contains("er is niets veranderd"));
        assert_eq!(scene.versions(), 3);
        // A document, and a death.
        let feed = json!({"clienten": [{"gemeente": "0193", "bsn": "999900006", "overleden": "2026-02-01"},
            {"gemeente": "0150", "bsn": "999900031", "naamgebruik": "1"}]});
        scene.write("feed.json", &feed.to_string());
        let told = scene.run(0, &["clients", "import", "feed.json", "--json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(
            told["difference"]["clients"][0],
            json!({"gemeente": "0150", "new": 1, "gone": 0, "changed": 0, "deceased": 0})
        );
        assert_eq!(told["difference"]["clients"][1]["deceased"], 1);
        assert!(scene.run(0, &["contract", "list", "--versions"]).contains("door koppeling: dagelijks"));
        scene.same_again();
    });
}

#[test]
fn what_a_row_leaves_empty_stays() {
    use happyflow::codes::{Bsn, GemeenteCode};
    use happyflow::contracts::{Herkomst, Overleden, Register, client_feed};
    let today = "2026-02-03".parse().unwrap();
    let feed = |register: &Register, row: &str| {
        let text = format!("{HEAD}{row}\n");
        let import = client_feed(("f.csv", text.as_bytes()), register, today, Herkomst::default()).unwrap();
        import.onto(register)
    };
    let register =
        feed(&Register::default(), "0193;999900006;2014-05-17;Proef;01;8011AA;1;Proefstraat;Zwolle;ja;");
    let register = feed(&register, "0193;999900006;;;;8012AA;7;;;;2026-02-01");
    let client =
        register.client(GemeenteCode::parse("0193").unwrap(), Bsn::parse("999900006").unwrap()).unwrap();
    assert_eq!(client.geslachtsnaam.as_ref().unwrap().0, "Proef");
    assert_eq!(client.gezagsdrager_bekend, Some(true));
    assert_eq!(client.overleden, Some(Overleden("2026-02-01".parse().unwrap())));
    let adres = client.adres.as_ref().unwrap();
    assert_eq!((adres.postcode.as_deref(), adres.huisnummer), (Some("8012AA"), Some(7)));
    assert_eq!(adres.straatnaam, None, "an address is one thing");
    assert!(!format!("{client:?}").contains("2026"), "nobody reads it in a log");
}

#[test]
fn a_feed_with_a_fault_is_told_with_its_line_and_nothing_of_it_is_taken_over() {
    let scene = Scene::new(None);
    let good = "0193;999900018;;;;;;;;;\n";
    for (row, said) in [
        ("0193;999900018;;;;;;;;;", "feed.csv:3: deze client staat al in feed.csv:2"),
        ("0166;999900031;;;;;;;;;", "feed.csv:3: gemeente: gemeente 0166 wordt door ons niet bediend"),
        ("9999;999900031;;;;;;;;;", "feed.csv:3: gemeente: gemeentecode 9999 bestaat niet"),
        ("0193;999900007;;;;;;;;;", "feed.csv:3: bsn: verwacht: een BSN"),
        ("0193;999900031;2014-01-01;;;;;;;;2013-12-31", "feed.csv:3: overleden: ligt voor geboortedatum"),
        ("0193;999900031;;;;;;;;;2026-02-04", "feed.csv:3: overleden: ligt in de toekomst"),
        ("0193;999900031;;;;80AA;;;;;", "feed.csv:3: postcode"),
        ("0193;999900031;;", "feed.csv:3: 4 velden, maar de eerste regel heeft er 11"),
    ] {
        let told = scene.feed(2, &format!("{good}{row}\n"), &[]);
        assert!(told.contains(said) && told.contains("clienten niet overgenomen"), "{said}: {told}");
        assert!(!told.contains("99990"), "no client is named: {told}");
    }
    assert!(scene.feed(2, "", &[]).contains("geen enkele client"));
    scene.write("feed.json", "{\"clienten\": [], \"contracten\": []}");
    assert!(
        scene
            .run(2, &["clients", "import", "feed.json"])
            .contains("feed.json:1: contracten: onbekende sleutel")
    );
    assert!(
        scene.run(2, &["clients", "import", "weg.csv"]).contains("weg.csv: bestand kan niet worden gelezen")
    );
    scene.write("latin.csv", "gemeente;bsn\n");
    fs::write(scene.folder.path().join("latin.csv"), b"gemeente;bsn;plaatsnaam\n0193;999900018;\xe9\n")
        .unwrap();
    assert!(scene.run(2, &["clients", "import", "latin.csv"]).contains("latin.csv:2: geen UTF-8"));
    assert_eq!((scene.clients(), scene.versions()), ("1".to_owned(), 2));
}

/// What the register lacked, a person had to look up.
#[test]
fn the_first_request_of_a_new_child_does_not_wait_for_a_person() {
    const TODAY: &str = "2025-01-07";
    let mut agreed = contracts(None);
    let clients = agreed.as_object_mut().unwrap().remove("clienten").unwrap();
    let asked = |feed: bool| {
        let mut office = Office::open(&agreed);
        if feed {
            fs::write(office.folder().join("feed.json"), json!({"clienten": clients}).to_string()).unwrap();
            office.expect(0, &["clients", "import", "feed.json", "--data", "data", "--today", TODAY]);
        }
        let rows = [("REF1", "2025-01-01", "2025-12-31", 8)];
        let line = office.send(TODAY, &jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &rows));
        assert_eq!(line["verdict"], "accepted", "{line}");
        (line["work"].as_array().unwrap().len(), answers(&line).len())
    };
    assert_eq!(asked(false), (1, 1));
    let (work, sent) = asked(true);
    assert!(work == 0 && sent > 1, "honoured: {sent} messages");
}
