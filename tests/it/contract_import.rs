//! `contract import` of a part: what it names is replaced, the rest stays, and what would disappear is told first.

use crate::cli::run;
use crate::decided_alone::{Keeps, assert_sound, beside};
use crate::messages::jw301;
use crate::office::{AANBIEDER, GEMEENTE, Office};
use crate::postgres::TestDatabase;
use happyflow::contracts::{Herkomst, Wijze, import_new};
use happyflow::office::OfficeError;
use happyflow::store::Store;
use happyflow::store::sqlite::SqliteStore;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const OTHER: &str = "87654321";

fn row(aanbieder: &str, code: &str, tarief: i64, van: &str, tot: Option<&str>) -> Value {
    json!({"gemeente": GEMEENTE, "aanbieder": aanbieder, "productcategorie": "45", "productcode": code, "eenheid": "04",
        "tarief": tarief, "geldig_van": van, "geldig_tot": tot, "iban": "NL13TEST0123456789"})
}

fn client(bsn: &str) -> Value {
    json!({"gemeente": GEMEENTE, "bsn": bsn, "naamgebruik": "1"})
}

/// Two contracts, the first of two products, two clients, a ceiling and a list of codes.
fn region() -> Value {
    json!({"contracten": [row(AANBIEDER, "45A04", 6850, "2024-01-01", None), row(AANBIEDER, "45A05", 9120, "2024-01-01", None),
            row(OTHER, "45A04", 6850, "2024-01-01", None)],
        "productcodelijst": [{"productcategorie": "45", "productcode": "45A04"}, {"productcategorie": "45", "productcode": "45A05"}],
        "plafonds": [{"aanbieder": AANBIEDER, "jaar": 2026, "bedrag": 1_000_000}],
        "clienten": [client("999900006"), client("999900018")]})
}

/// A data folder or a database with the region in it.
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
        scene.import(0, &region(), &["--volledig"]);
        scene
    }

    fn contract(&self, code: i32, arguments: &[&str]) -> String {
        let run = run(self.folder.path(), &[&["contract"], arguments, &self.place[..]].concat());
        assert_eq!(run.code, Some(code), "{arguments:?}\n{}\n{}", run.stdout, run.stderr);
        if code == 0 { run.stdout } else { run.stderr }
    }

    fn import(&self, code: i32, document: &Value, more: &[&str]) -> String {
        fs::write(self.folder.path().join("part.json"), document.to_string()).unwrap();
        self.contract(code, &[&["import", "part.json"], more].concat())
    }

    fn versions(&self) -> usize {
        self.contract(0, &["list", "--versions"]).lines().count()
    }

    /// Replay of the journal comes to the same state, row by row.
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
fn a_part_replaces_what_it_names_and_the_rest_stays() {
    on_both(|scene| {
        let part = json!({"contracten": [row(OTHER, "45A04", 7124, "2024-01-01", None)]});
        let told = scene.import(0, &part, &["--check"]);
        assert!(
            told.contains("€ 68,50 -> € 71,24 (+4,00 %)") && told.contains("nog niets veranderd"),
            "{told}"
        );
        assert!(!told.contains("verdwijn"), "{told}");
        assert_eq!(scene.versions(), 1);
        let told = scene.import(0, &part, &["--by", "C. Beheer", "--why", "indexatie volgens brief \"7\""]);
        assert!(told.contains("overgenomen als versie 2"), "{told}");
        let list = scene.contract(0, &["list"]);
        for rest in ["0193-12345678", "0193-87654321", "productcodelijst: 2", "plafonds: 1", "clienten: 2"] {
            assert!(list.contains(rest), "{rest}: {list}");
        }
        assert!(scene.contract(0, &["show", "0193-12345678"]).contains("€ 91,20"));
        assert!(scene.contract(0, &["show", "0193-87654321"]).contains("€ 71,24"));
        let versions = scene.contract(0, &["list", "--versions"]);
        assert!(
            versions.contains("door C. Beheer: indexatie volgens brief \"7\"")
                && !versions.contains("herkomst"),
            "{versions}"
        );
        assert!(scene.contract(0, &["diff"]).contains("(+4,00 %)"));
        assert!(scene.contract(0, &["diff", "2", "2"]).contains("geen verschil"));
        assert!(scene.contract(2, &["diff", "1", "9"]).contains("versie 9 bestaat niet"));
        // The same again changes nothing.
        let told = scene.import(0, &part, &[]);
        assert!(told.contains("er is niets veranderd"), "{told}");
        assert_eq!(scene.versions(), 2);
        scene.same_again();
    });
}

#[test]
fn half_a_contract_is_told_and_nothing_is_lost() {
    let scene = Scene::new(None);
    // A product that is not named stays.
    let part = json!({"contracten": [row(AANBIEDER, "45A04", 7000, "2024-01-01", None)]});
    let told = scene.import(0, &part, &[]);
    let half = "contract 0193-12345678 staat niet in zijn geheel in de bestanden; wat blijft: 45 45A05 (04).";
    assert!(told.contains(half), "{told}");
    let shown = scene.contract(0, &["show", "0193-12345678"]);
    assert!(shown.contains("€ 70,00") && shown.contains("45A05") && shown.contains("€ 91,20"), "{shown}");
    // Rates of before that would be gone are told with their line.
    let part = json!({"contracten": [row(AANBIEDER, "45A04", 7200, "2026-01-01", None)]});
    let told = scene.import(2, &part, &[]);
    assert!(
        told.contains("part.json:1: geldig_van: 45 45A04") && told.contains("2024-01-01 t/m 2025-12-31"),
        "{told}"
    );
    assert_eq!(scene.import(2, &part, &["--check"]), told);
    // With them it is taken over; that a rate ends is said, so it is no loss.
    let part = json!({"contracten": [row(AANBIEDER, "45A04", 7000, "2024-01-01", Some("2025-12-31")),
        row(AANBIEDER, "45A04", 7200, "2026-01-01", Some("2026-12-31"))]});
    let told = scene.import(0, &part, &[]);
    assert!(told.contains("2026-01-01 t/m 2026-12-31: € 70,00 -> € 72,00 (+2,86 %)"), "{told}");
    assert!(told.contains("vanaf 2027-01-01: € 70,00 -> geen tarief"), "{told}");
    // Terms without rates are half a contract as well.
    let terms = "nummer = \"C1\"\nnaam = \"V\"\naanbieder = \"12345678\"\ngemeenten = [\"0193\"]\nfinanciering = \"pxq\"\n\
        geldig_van = 2025-01-01\n";
    fs::write(scene.folder.path().join("contract.toml"), terms).unwrap();
    let told = scene.contract(2, &["import", "contract.toml"]);
    assert!(told.contains("contract.toml: bij dit contract hoort een tarieven.csv"), "{told}");
    scene.same_again();
}

#[test]
fn what_would_disappear_needs_volledig_and_is_shown() {
    let scene = Scene::new(None);
    let part = json!({"contracten": [row(AANBIEDER, "45A04", 6850, "2024-01-01", None)], "clienten": [client("999900006")]});
    let told = scene.import(0, &part, &["--check", "--volledig"]);
    for gone in
        ["Contracten die verdwijnen: 1\n  0193-87654321", "€ 91,20 -> geen tarief", "plafond 2026", "1 weg"]
    {
        assert!(told.contains(gone), "{gone}: {told}");
    }
    assert!(!told.contains("99990"), "no client is named");
    let json: Value =
        serde_json::from_str(&scene.import(0, &part, &["--check", "--volledig", "--json"])).unwrap();
    assert_eq!((&json["changed"], &json["version"]), (&json!(true), &Value::Null));
    assert_eq!(json["difference"]["contracts_gone"][0]["contract"], "0193-87654321");
    assert_eq!(json["difference"]["clients"][0]["gone"], 1);
    let told = scene.import(0, &part, &[]);
    assert!(told.contains("er is niets veranderd"), "all of it is there: {told}");
    scene.import(0, &part, &["--volledig"]);
    assert!(!scene.contract(0, &["list"]).contains("87654321"));
    scene.same_again();
}

#[test]
fn terms_accounts_limits_lists_and_settings_are_shown_and_merged_row_by_row() {
    let scene = Scene::new(None);
    let mut other = row(OTHER, "45A04", 6850, "2024-01-01", None);
    other["iban"] = "NL20TEST0000000301".into();
    other["bij_betaling"] = "hold".into();
    other["leeftijd_max"] = 18.into();
    let part = json!({"contracten": [other], "productcodelijst": [{"productcategorie": "45", "productcode": "45B01"}],
        "plafonds": [{"aanbieder": AANBIEDER, "jaar": 2026, "bedrag": 2_000_000, "waarschuw_bij": 70},
            {"aanbieder": OTHER, "jaar": 2026, "bedrag": 5}],
        "uitloop_maanden": 6, "clienten": [client("999900031")]});
    let told = scene.import(0, &part, &["--check"]);
    for line in [
        "contract 0193-87654321: IBAN NL13TEST0123456789 -> NL20TEST0000000301",
        "contract 0193-87654321: boven een grens signal -> toewijzing niets, betaling hold",
        "contract 0193-87654321 45 45A04 (04): leeftijd tot geen -> 18",
        "plafond 2026 aanbieder 12345678: bedrag € 10.000,00 -> € 20.000,00",
        "plafond 2026 aanbieder 12345678: waarschuwen vanaf (%) geen -> 70",
        "plafond 2026 aanbieder 87654321: komt erbij, bedrag € 0,05",
        "productcode 45 45B01: komt erbij",
        "regio: uitloop in maanden 12 -> 6",
        "gemeente 0193: 1 erbij, 0 weg, 0 gewijzigd",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    scene.import(0, &part, &[]);
    let list = scene.contract(0, &["list"]);
    for rest in ["productcodelijst: 3", "plafonds: 2", "clienten: 3", "contracten: 2"] {
        assert!(list.contains(rest), "{rest}: {list}");
    }
    // Another setting does not undo the first.
    let told = scene.import(0, &json!({"na_termijn": "doorsturen"}), &[]);
    assert!(told.contains("na termijn wachten -> doorsturen") && !told.contains("uitloop"), "{told}");
    scene.same_again();
}

#[test]
fn a_part_that_contradicts_what_stays_is_refused() {
    let scene = Scene::new(None);
    let terms = "nummer = \"C1\"\nnaam = \"V\"\naanbieder = \"12345678\"\ngemeenten = [\"0193\"]\nfinanciering = \"pxq\"\n\
        geldig_van = 2025-01-01\n";
    let folder = scene.folder.path().join("c1");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("contract.toml"), terms).unwrap();
    fs::write(
        folder.join("tarieven.csv"),
        "productcategorie;productcode;eenheid;tarief\n45;45A04;04;99,00\n",
    )
    .unwrap();
    let told = scene.contract(2, &["import", "c1"]);
    assert!(told.contains("tarieven.csv:2: tarief: ander tarief voor hetzelfde product"), "{told}");
    fs::write(folder.join("herkomst.toml"), "wijze = \"volledig\"\n").unwrap();
    let told = scene.contract(2, &["import", "c1"]);
    assert!(told.contains("herkomst.toml: onbekend bestand"), "{told}");
    assert_eq!(scene.versions(), 1);
}

#[test]
fn claims_follow_the_part_and_a_script_still_gives_all() {
    let mut office = Office::open(&region());
    office.send("2026-02-03", &jw301("T1", 300_401));
    let part = json!({"contracten": [row(AANBIEDER, "45A04", 7124, "2024-01-01", None)]});
    fs::write(office.folder().join("part.json"), part.to_string()).unwrap();
    office.expect(0, &["contract", "import", "part.json", "--data", "data", "--today", "2026-02-04"]);
    let list = |office: &Office| office.expect(0, &["contract", "list", "--data", "data"]).stdout;
    assert!(list(&office).contains("contracten: 2"));
    // For `process --contracts` nothing changed: its file is all there is.
    fs::write(office.folder().join("contracts.json"), part.to_string()).unwrap();
    office.send("2026-02-05", &jw301("T2", 300_402));
    assert!(
        list(&office).contains("contracten: 1") && list(&office).contains("plafonds: 0"),
        "{}",
        list(&office)
    );
    office.expect(0, &["replay", "--verify-state", "--data", "data"]);
    office.expect(0, &["replay", "--data", "data"]);
}

#[test]
fn rates_are_indexed_from_a_day_on_with_one_rounding() {
    on_both(|scene| {
        let index = ["index", "--percent", "3,25", "--from", "2027-01-01"];
        let told = scene.contract(0, &[&index[..], &["--check"]].concat());
        // 6850 x 1.0325 = 7072.625; 9120 x 1.0325 = 9416.4.
        assert!(told.contains("vanaf 2027-01-01: € 68,50 -> € 70,73 (+3,26 %)"), "{told}");
        assert!(told.contains("vanaf 2027-01-01: € 91,20 -> € 94,16 (+3,25 %)"), "{told}");
        assert!(told.contains("van +3,25 % tot +3,26 %") && !told.contains("2026-12-31"), "{told}");
        assert_eq!(scene.versions(), 1);
        let only = ["--products", "45A05", "--by", "C. Beheer", "--why", "brief 12"];
        let told = scene.contract(0, &[&index[..], &only].concat());
        assert!(told.contains("94,16") && !told.contains("70,73") && told.contains("versie 2"), "{told}");
        let shown = scene.contract(0, &["show", "0193-12345678"]);
        assert!(shown.contains("2024-01-01 t/m 2026-12-31") && shown.contains("vanaf 2027-01-01"), "{shown}");
        for (wrong, said) in [
            (
                &["index", "--percent", "4", "--from", "2027-01-01", "--products", "45X99"][..],
                "45X99 heeft geen tarief",
            ),
            (
                &["index", "--percent", "4", "--from", "2027-01-01", "--contracts", "C9"],
                "C9 heeft geen tarief",
            ),
            (&["index", "--percent", "0", "--from", "2027-01-01"], "en niet 0"),
            (&["index", "--percent", "veel", "--from", "2027-01-01"], "geef een percentage"),
        ] {
            let told = scene.contract(2, wrong);
            assert!(told.contains(said), "{said}: {told}");
        }
        scene.same_again();
    });
}

fn people(folder: &Path, nummer: &str, aanbieder: &str, terms: &str, rates: &str) {
    let own = folder.join("regio").join(nummer);
    fs::create_dir_all(&own).unwrap();
    let text = format!(
        "nummer = \"{nummer}\"\nnaam = \"Voorbeeld\"\naanbieder = \"{aanbieder}\"\ngemeenten = [\"0193\"]\n\
         financiering = \"pxq\"\ngeldig_van = 2025-01-01\n{terms}"
    );
    fs::write(own.join("contract.toml"), text).unwrap();
    let head = "productcategorie;productcode;eenheid;tarief;geldig_van;geldig_tot\n";
    fs::write(own.join("tarieven.csv"), format!("{head}{rates}")).unwrap();
}

#[test]
fn the_calendar_tells_what_ends_and_what_does_not_fit() {
    let scene = Scene::new(None);
    let folder = scene.folder.path().to_owned();
    let option = |tot: &str, taken: bool| format!("[[verlenging]]\ntot = {tot}\nuitgeoefend = {taken}\n");
    let ends = "geldig_tot = 2026-12-31\n";
    people(
        &folder,
        "C1",
        "11111111",
        &format!("{ends}{}", option("2027-12-31", false)),
        "45;45A04;04;80,00;;\n",
    );
    people(
        &folder,
        "C2",
        "22222222",
        ends,
        "45;45A04;04;80,00;2025-01-01;2026-03-31\n45;45A04;04;81,00;2026-05-01;2026-06-30\n",
    );
    let wrong = format!("{ends}{}{}", option("2027-12-31", false), option("2028-12-31", true));
    people(&folder, "C3", "33333333", &wrong, "45;45A04;04;80,00;;\n");
    people(
        &folder,
        "C4",
        "44444444",
        "onderaannemers = [\"11111111\"]\n",
        "45;45A04;04;82,00;2026-02-01;2026-02-28\n",
    );
    scene.contract(0, &["import", "regio"]);
    let told = scene.contract(0, &["calendar", "--today", "2026-02-15"]);
    for line in [
        "2026-12-31  optie         C1: loopt af op 2026-12-31; te verlengen t/m 2027-12-31",
        "2026-12-31  einde         C2: loopt af op 2026-12-31",
        "2026-04-01  gat           C2: 45 45A04 (04) heeft geen tarief van 2026-04-01 t/m 2026-04-30",
        "2026-06-30  tarief-einde  C2: het tarief van 45 45A04 (04) eindigt op 2026-06-30, het contract op 2026-12-31",
        "2026-02-15  optie-fout    C3: de optie t/m 2028-12-31 is uitgeoefend en die ervoor",
        "2026-02-15  overlap       C1: 45 45A04 (04) heeft voor 11111111 twee tarieven, ook in contract C4",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    let near = scene.contract(0, &["calendar", "--today", "2026-02-15", "--until", "2026-03-01", "--json"]);
    assert_eq!(near.lines().count(), 3, "{near}");
    let first: Value = serde_json::from_str(near.lines().next().unwrap()).unwrap();
    assert_eq!((&first["datum"], &first["contract"]), (&json!("2026-02-15"), &json!("C3")));
}

/// Made ready on a version that another import replaced meanwhile: nothing is taken over, and done again it is.
async fn made_ready_at_once<S: Keeps>(store: &S) {
    let part = |parts: &Value| {
        let sources = [("part.json".to_owned(), parts.to_string().into_bytes())];
        let herkomst = Herkomst { wijze: Wijze::Aanvullend, ..Herkomst::default() };
        import_new(&sources).unwrap().taken(herkomst)
    };
    let whole = part(&region());
    let rate = |tarief| part(&json!({"contracten": [row(AANBIEDER, "45A04", tarief, "2024-01-01", None)]}));
    let (first, second) = (rate(7000), rate(7100));
    let (one, other) = (beside(store, "2025-01-07").await, beside(store, "2025-01-07").await);
    one.import_made(|_| Ok::<_, OfficeError>(whole)).await.unwrap();
    let refused = other.import_made(|_| {
        let meanwhile = one.import_made(|_| Ok::<_, OfficeError>(first));
        let done = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(meanwhile));
        assert_eq!(done.unwrap().version, Some(2));
        Ok::<_, OfficeError>(second.clone())
    });
    assert!(matches!(refused.await, Err(OfficeError::OtherRegister)));
    let done = other.import_made(|_| Ok::<_, OfficeError>(second)).await.unwrap();
    assert_eq!(done.version, Some(3));
    assert_sound(store).await;
}

#[test]
fn two_that_are_made_ready_at_once_do_not_overwrite_each_other() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (folder, database) = (tempfile::tempdir().unwrap(), TestDatabase::new());
    runtime.block_on(async {
        let store = SqliteStore::open(folder.path()).await.unwrap();
        made_ready_at_once(&store).await;
        store.close().await;
        let store = database.open().await;
        made_ready_at_once(&store).await;
        store.close().await;
    });
}
