//! The corner of a gemeente: what waits for it and its word on that, its budgets, its reports; and of no other.

use super::roles::parties;
use super::{Browser, Open, Region};
use crate::messages::jw301;
use crate::office::{AANBIEDER, GEMEENTE, Office, contracts};
use crate::rebuild::assert_same;
use happyflow::store::WorkStatus;
use serde_json::json;

/// An office in which a JW301 of the gemeente waits.
pub fn waiting() -> Office {
    let mut agreed = contracts(Some("NL13TEST0123456789"));
    let ceiling = |gemeente: Option<&str>| {
        json!({"aanbieder": AANBIEDER, "jaar": 2026, "bedrag": 0, "gemeente": gemeente, "bij_toewijzing": "hold",
            "bij_betaling": "niets"})
    };
    agreed["plafonds"] = json!([ceiling(None), ceiling(Some(GEMEENTE))]);
    let mut office = Office::open(&agreed);
    let line = office.send("2026-02-02", &jw301("A1", 300_401));
    assert_eq!(line["held"], true);
    office
}

fn open(office: &Office) -> Open {
    Open::on(
        &office.folder().join("data"),
        Some(&happyflow::config::Config::default()),
        "2026-02-03".parse().unwrap(),
    )
}

/// The only item that waits.
fn item(office: &Office) -> i64 {
    let open = office.expect(0, &["work", "list", "--json", "--data", "data"]).lines();
    open[0]["work"].as_i64().unwrap()
}

fn say(browser: &Browser, id: i64, woord: &str, waarom: &str) -> super::Answer {
    let path = format!("/werk/{id}/woord");
    let key = browser.get(&path).key();
    browser.post(&path, &[("sleutel", &key), ("woord", woord), ("waarom", waarom)])
}

#[test]
fn a_gemeente_says_what_it_thinks_and_who_decides_reads_it() {
    let office = waiting();
    let id = item(&office);
    let console = open(&office);
    let own = console.login("gemeente", GEMEENTE);
    let list = own.get("/wachtend");
    assert!(list.body.contains("toewijzing-boven-budget"), "{}", list.body);
    assert!(!list.body.contains("plafond"), "of whom the limit is, is not told: {}", list.body);
    let page = own.get(&format!("/werk/{id}"));
    assert!(page.doors().contains(&format!("/werk/{id}/woord")), "{}", page.body);
    for (woord, waarom) in [("", "x"), ("misschien", "x"), ("weigeren", "")] {
        assert_eq!(say(&own, id, woord, waarom).status, 400, "{woord} {waarom}");
    }
    let first = say(&own, id, "overleg", "wie is de verwijzer");
    assert_eq!((first.status, first.header("location")), (303, Some(format!("/werk/{id}").as_str())));
    let key = own.get(&format!("/werk/{id}/woord")).key();
    let form = [("sleutel", key.as_str()), ("woord", "weigeren"), ("waarom", "past niet, zie 999900006")];
    let statuses = [(); 2].map(|()| own.post(&format!("/werk/{id}/woord"), &form).status);
    assert_eq!(statuses, [303, 409], "a second press says nothing twice");
    let operator = console.login("operator", "");
    for path in [format!("/werk/{id}"), format!("/werk/{id}/afwijzen")] {
        let page = operator.get(&path).body;
        for part in [
            "Wat de gemeente zegt",
            "Test Persoon",
            "weiger namens ons",
            "past niet, zie *********",
            "overleg eerst",
        ] {
            assert!(page.contains(part), "{path} {part}: {page}");
        }
    }
    let list = operator.get("/wachtend").body;
    assert!(list.contains("weiger namens ons") && !list.contains("overleg eerst"), "the newest: {list}");
    assert!(operator.get("/").body.contains("toewijzingen wachten op een besluit"));
    // Nothing else happened.
    assert_eq!(console.wait(console.store.work_item(id)).unwrap().unwrap().status, WorkStatus::Open);
    // Another gemeente is not asked, and an operator speaks for nobody.
    let other = console.login("gemeente", "0307");
    assert!(other.get("/wachtend").body.contains("Er wacht geen toewijzing"));
    assert_eq!(other.get(&format!("/werk/{id}/woord")).status, 404);
    assert_eq!(other.post(&format!("/werk/{id}/woord"), &form).status, 404);
    assert_eq!(operator.get(&format!("/werk/{id}/woord")).status, 403);
    drop(console);
    let shown = office.expect(0, &["work", "show", &id.to_string(), "--json", "--data", "data"]).lines();
    let words = shown[0]["words"].as_array().unwrap();
    let of = |key: &str| words.iter().map(|word| word[key].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!((of("word"), of("by")), (vec!["weigeren", "overleg"], vec!["Test Persoon"; 2]));
    let text = office.expect(0, &["work", "show", &id.to_string(), "--data", "data"]).stdout;
    assert!(text.contains("weigeren (Test Persoon): past niet"), "{text}");
    assert_same(&office.folder().join("data"));
    office.expect(0, &["replay", "--data", "data"]);
}

#[test]
fn what_was_decided_meanwhile_waits_for_no_word() {
    let office = waiting();
    let id = item(&office);
    let console = open(&office);
    let own = console.login("gemeente", GEMEENTE);
    let path = format!("/werk/{id}/woord");
    let key = own.get(&path).key();
    let operator = console.login("operator", "");
    let done = super::besluiten::confirm(&operator, &format!("/werk/{id}/afwijzen"), "past niet");
    assert_eq!(done.status, 303, "{}", done.body);
    let late = own.post(&path, &[("sleutel", &key), ("woord", "doorsturen"), ("waarom", "toch goed")]);
    assert_eq!(late.status, 409, "{}", late.body);
    assert!(late.body.contains("staat niet open"), "{}", late.body);
    assert_eq!(own.get(&path).status, 404);
    assert!(own.get("/wachtend").body.contains("Er wacht geen toewijzing"));
    let told = own.get("/kennisgevingen").body;
    assert!(told.contains("namens uw gemeente geweigerd") && told.contains("wacht op een besluit"), "{told}");
    drop(console);
    assert_same(&office.folder().join("data"));
}

#[test]
fn a_gemeente_sees_its_own_limits_and_reports() {
    let office = waiting();
    let console = open(&office);
    let (own, other) = (console.login("gemeente", GEMEENTE), console.login("gemeente", "0307"));
    let rows = |browser: &Browser| browser.get("/limieten.csv").body.lines().count() - 2;
    assert_eq!(rows(&console.login("auditor", "")), 2);
    assert_eq!((rows(&own), rows(&other)), (1, 0), "one of all gemeenten tells what the others spend");
    let limits = own.get("/limieten.csv").body;
    assert!(limits.contains("In gebruik") && limits.contains("Ruimte"), "{limits}");
    for name in ["afkeuringen", "termijnen", "budget", "geld", "werk"] {
        assert_eq!(own.get(&format!("/rapporten/{name}")).status, 200, "{name}");
    }
    let work = |browser: &Browser| browser.get("/rapporten/werk.csv").body;
    assert!(work(&own).contains(GEMEENTE) && !work(&other).contains(GEMEENTE), "{}", work(&other));
}

#[test]
fn what_others_have_under_a_limit_is_told_to_no_gemeente() {
    let office = waiting();
    let id = item(&office);
    let console = open(&office);
    let (own, auditor) = (console.login("gemeente", GEMEENTE), console.login("auditor", ""));
    let page = format!("/werk/{id}");
    for path in ["/", "/werk", "/werk.csv", &page, "/rapporten/werk", "/rapporten/werk.csv"] {
        let told = |browser: &Browser| browser.get(path).body.contains("het plafond van");
        assert_eq!((told(&auditor), told(&own)), (true, false), "{path}: {}", own.get(path).body);
        assert!(own.get(path).body.contains("toewijzing-boven-budget"), "{path}");
    }
    assert!(!own.get(&page).body.contains("Te veel"));
}

#[test]
fn reports_of_a_region_show_a_gemeente_no_other() {
    let region = Region::played();
    let open = region.open();
    let own = parties(&open).0;
    let totals = open.wait(open.store.totals()).unwrap();
    let codes = totals.iter().map(|total| total.relatie.gemeente.to_string());
    let others: Vec<String> = codes.filter(|code| *code != own).collect();
    let browser = open.login("gemeente", &own);
    for name in ["afkeuringen", "termijnen", "budget", "geld", "werk"] {
        let file = browser.get(&format!("/rapporten/{name}.csv")).body;
        let cells = || file.split([';', '\n', '\r']);
        assert!(cells().all(|cell| !others.iter().any(|code| code == cell)), "{name}: {file}");
        let page = browser.get(&format!("/rapporten/{name}")).body;
        assert!(page.contains("Alleen wat van uw gemeente is"), "{name}");
    }
    assert!(browser.get("/rapporten/geld.csv").body.contains(&own));
}
