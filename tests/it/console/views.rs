//! Named views: a list that somebody gave a name is found back, by that one alone.

use super::{Browser, Open, Region};
use crate::postgres::TestDatabase;
use happyflow::store::Store;
use happyflow::store::console::{Bewaren, MOST_WEERGAVEN, Weergave};
use happyflow::store::read::console::weergaven;

/// Keeps the list at an address under a name; the status of what came back, and its text.
fn keep(browser: &Browser, list: &str, naam: &str) -> (u16, String) {
    let page = browser.get(list);
    let door = page
        .doors()
        .into_iter()
        .find(|door| door.starts_with("/beheer/weergaven?"))
        .expect("a door to keep it");
    let key = browser.get(&door).key();
    let answer = browser.post(&door, &[("sleutel", &key), ("naam", naam)]);
    (answer.status, answer.body)
}

#[test]
fn a_list_is_found_back_under_its_name() {
    let region = Region::played();
    let open = region.open();
    let mut browser = open.nobody();
    assert_eq!(browser.login("Ada", "operator", "").status, 303);
    let list = "/berichten?soort=JW323&verdict=rejected&maand=2025-02";
    assert_eq!(keep(&browser, &format!("{list}&na=9"), "Afgekeurd <b>").0, 303);
    let page = browser.get(list);
    assert!(page.body.contains("aria-current=\"true\"><bdi>Afgekeurd &#60;b&#62;"), "{}", page.body);
    assert!(!page.body.contains("Bewaar als weergave"), "it has a name");
    let all = browser.get("/beheer/weergaven");
    assert!(all.doors().iter().any(|door| door == list), "{:?}", all.doors());
    // The same name again is the other list, and a list without filter needs no name.
    assert_eq!(keep(&browser, "/declaraties?maand=2025-01", "Afgekeurd <b>").0, 303);
    assert!(!browser.get(list).body.contains("Afgekeurd &#60;b&#62;"));
    assert!(!browser.get("/werk").body.contains("Bewaar als weergave"));
    // Somebody else has others.
    let mut other = open.nobody();
    other.login("Bea", "penningmeester", "");
    assert!(!other.get("/beheer/weergaven").body.contains("Afgekeurd"));
    let wrong = browser.get("/beheer/weergaven?weg=Andere").status;
    let foreign = other.get("/beheer/weergaven?weg=Afgekeurd+%3Cb%3E").status;
    assert_eq!([wrong, foreign], [404, 404]);

    let door = "/beheer/weergaven?weg=Afgekeurd+%3Cb%3E";
    let key = browser.get(door).key();
    assert_eq!(browser.post(door, &[("sleutel", &key)]).status, 303);
    assert_eq!(browser.post(door, &[("sleutel", &key)]).status, 409, "a form is good once");
    assert!(browser.get("/beheer/weergaven").body.contains("nog geen weergaven"));
}

#[test]
fn what_is_no_list_or_has_no_name_is_not_kept() {
    let region = Region::played();
    let open = region.open();
    let browser = open.login("penningmeester", "");
    for not in [
        "lijst=berichten",
        "lijst=toegang",
        "lijst=keten",
        "lijst=/kwaad.nl",
        "lijst=..",
        "lijst=berichten/1",
        "x=1",
    ] {
        let status = browser.get(&format!("/beheer/weergaven?{not}")).status;
        assert!([400, 404].contains(&status), "{not}: {status}");
    }
    let list = "/declaraties?stand=vastgehouden&maand=2025-01";
    for wrong in ["", "van 999900006", &"x".repeat(41)] {
        let (status, text) = keep(&browser, list, wrong);
        assert!(status == 200 && text.contains("oordeel fout"), "{wrong}: {status}");
    }
    assert_eq!(
        browser.post("/beheer/weergaven?lijst=declaraties", &[("naam", "x")]).status,
        409,
        "without a key"
    );
    assert!(browser.get("/beheer/weergaven").body.contains("nog geen weergaven"));
}

/// The same on both engines.
fn bounded(open: &Open) {
    let view = |naam: &str, adres: &str| {
        Bewaren::Weergave(Weergave { wie: "Ada".into(), naam: naam.into(), adres: adres.into() })
    };
    let keep = |what| open.wait(open.store.keep(what)).unwrap();
    for number in 0..MOST_WEERGAVEN {
        assert_eq!(keep(view(&format!("n{number:02}"), "/werk")), 1);
    }
    assert_eq!(keep(view("een te veel", "/werk")), 0);
    assert_eq!(keep(view("n07", "/berichten")), 1, "another list under a name that is there");
    let gone = |wie: &str| Bewaren::WeergaveWeg { wie: wie.into(), naam: "n00".into() };
    assert_eq!([keep(gone("Bea")), keep(gone("Ada")), keep(gone("Ada"))], [0, 1, 0]);
    let own = open.wait(weergaven(&*open.store, "Ada")).unwrap();
    assert_eq!(own.len(), usize::try_from(MOST_WEERGAVEN).unwrap() - 1);
    assert_eq!((own[0].naam.as_str(), own[6].adres.as_str()), ("n01", "/berichten"));
    assert!(open.wait(weergaven(&*open.store, "Bea")).unwrap().is_empty());
}

#[test]
fn nobody_keeps_more_than_fifty() {
    let folder = tempfile::tempdir().unwrap();
    bounded(&Open::over(folder.path()));
    let database = TestDatabase::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let store: std::sync::Arc<dyn Store> = std::sync::Arc::new(runtime.block_on(database.open()));
    bounded(&Open::with(runtime, store));
}
