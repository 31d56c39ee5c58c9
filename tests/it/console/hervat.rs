//! A session that ends in the middle of a form: nothing typed is lost, and nothing happens by itself.

use super::besluiten::{action, first, open_items};
use super::{Answer, Browser, Open, Region};
use happyflow::state::Voorstel;
use happyflow::store::WorkStatus;

/// The hidden fields of a form.
fn hidden(page: &Answer) -> Vec<(String, String)> {
    let parts = page.body.split("type=\"hidden\" name=\"").skip(1);
    let pair = |part: &str| {
        let mut texts = part.split('"');
        let name = texts.next()?.to_owned();
        Some((name, texts.nth(1)?.replace("&#38;", "&").replace("&#39;", "'")))
    };
    parts.filter_map(pair).collect()
}

fn press(browser: &Browser, page: &Answer) -> Answer {
    let fields = hidden(page);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&action(&page.body), &fields)
}

/// Ends somebody's session from outside.
fn end(open: &Open, browser: &Browser) {
    let key = browser.get("/uitloggen").key();
    assert_eq!(browser.post("/uitloggen", &[("sleutel", &key)]).status, 303);
    drop(open.nobody());
}

#[test]
fn what_was_typed_comes_back_after_a_new_login_on_every_form() {
    let region = Region::played();
    let open = region.deciding();
    let id = first(&open_items(&open), |voorstel| matches!(voorstel, Voorstel::Honoreren { .. }));
    for (path, field, text) in [
        (format!("/werk/{id}/goedkeuren"), "waarom", "past bij het plan van 'Jip & Co'"),
        (format!("/werk/{id}/notitie"), "tekst", "gebeld met de aanbieder"),
        ("/vervanging".to_owned(), "wie", "Ada"),
        ("/zoek/bsn".to_owned(), "reden", "vraag van een ouder"),
        ("/werk/bulk?besluit=gezien&keuze=soort=kennisnemen".to_owned(), "waarom", "gelezen"),
    ] {
        let mut browser = open.login("operator", "");
        let page = browser.get(&path);
        end(&open, &browser);
        let key = page.key();
        let sent = browser.post(&action(&page.body), &[("sleutel", &key), (field, text)]);
        assert_eq!(sent.status, 401, "{path}");
        for part in ["Uw sessie is geëindigd", "target=\"_blank\"", "/inloggen?naar="] {
            assert!(sent.body.contains(part), "{path} {part}: {}", sent.body);
        }
        // Without a session it stays as it is, as often as it is pressed.
        let still = press(&browser, &sent);
        assert_eq!(still.status, 401, "{path}");
        browser.login("Test Persoon", "operator", "");
        let back = press(&browser, &still);
        assert_eq!(back.status, 200, "{path}: {}", back.body);
        let shown = text.replace('&', "&#38;").replace('\'', "&#39;");
        assert!(
            back.body.contains(&format!("value=\"{shown}\""))
                || back.body.contains(&format!(">{shown}</textarea>")),
            "{path}: {}",
            back.body
        );
        assert!(back.body.contains("Er is nog niets gebeurd"), "{}", back.body);
    }
    assert_eq!(open.wait(open.store.work_item(id)).unwrap().unwrap().status, WorkStatus::Open);
}

#[test]
fn a_form_that_is_too_old_or_was_used_gives_back_what_was_typed() {
    let region = Region::played();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let id = first(&open_items(&open), |voorstel| matches!(voorstel, Voorstel::Honoreren { .. }));
    let path = format!("/werk/{id}/notitie");
    let page = operator.get(&path);
    let old = operator.post(&path, &[("sleutel", "0000"), ("tekst", "lang over nagedacht")]);
    assert_eq!(old.status, 409);
    assert!(old.body.contains("console.form") && old.body.contains("lang over nagedacht"), "{}", old.body);
    let back = press(&operator, &old);
    assert!(back.status == 200 && back.body.contains(">lang over nagedacht</textarea>"), "{}", back.body);
    let done = operator.post(&path, &[("sleutel", &back.key()), ("tekst", "lang over nagedacht")]);
    assert_eq!(done.status, 303);
    // Nothing typed, nothing to give back.
    assert!(!operator.post(&path, &[("sleutel", &page.key()[1..])]).body.contains("Wat u typte"));
    // An item that closed meanwhile has no form any more: what was typed can be read.
    let decide = format!("/werk/{id}/goedkeuren");
    let seen = operator.get(&decide);
    let send = |key: &str| operator.post(&action(&seen.body), &[("sleutel", key), ("waarom", "past")]);
    assert_eq!(send(&seen.key()).status, 303);
    let late = send(&seen.key());
    assert_eq!(late.status, 409);
    let told = press(&operator, &late);
    assert!(told.body.contains("of niet meer") && told.body.contains("Wat u typte"), "{}", told.body);
}

/// Who never had a session is told nothing of pages, and what it sent is its own.
#[test]
fn who_is_not_logged_in_learns_nothing_by_sending_a_form() {
    let region = Region::played();
    let open = region.deciding();
    let nobody = open.nobody();
    let (there, not) = ("/werk/1/notitie", "/bestaat/niet");
    let [one, other] = [there, not].map(|path| nobody.post(path, &[("tekst", "<script>x</script>")]));
    assert_eq!((one.status, other.status), (401, 401));
    assert_eq!(one.body.replace(there, ""), other.body.replace(not, ""));
    assert!(!one.body.contains("<script>x"), "{}", one.body);
    let foreign = nobody.ask("POST", there, &[("Sec-Fetch-Site", "cross-site")], "tekst=x");
    assert_eq!(foreign.status, 403);
    assert_eq!(nobody.post(there, &[]).status, 303);
}
