//! Pages in a real browser: what shuts people out, what goes without script and by keyboard alone, small windows and paper.

mod driver;
mod jobs;

use super::roles::parties;
use super::{Browser, Open, Region, hostile, walk};
use driver::{Chromium, ENTER, TAB, axe};
use serde_json::{Value, json};

/// What is held against every page: WCAG up to 2.2 AA, and habits that the makers of axe know to be good.
const RULES: &str = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], \
    rules: {'target-size': {enabled: true}}, resultTypes: ['violations']}";
/// What differs between light and dark.
const COLOURS: &str = "{runOnly: {type: 'rule', values: ['color-contrast']}, resultTypes: ['violations']}";
/// A window of 1280 points at 400 %.
const NARROW: u32 = 320;

/// A browser with axe in every page, over a console.
struct Window<'a> {
    chromium: Chromium,
    open: &'a Open,
    /// Whether pages are looked at in dark colours as well.
    dark: bool,
    faults: Vec<String>,
}

impl<'a> Window<'a> {
    /// None where there is no browser or no axe, which is said.
    fn over(open: &'a Open) -> Option<Self> {
        let (axe, chromium) = (axe()?, Chromium::start()?);
        chromium.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": axe }));
        let window = Self { chromium, open, dark: false, faults: Vec::new() };
        window.go("/toegankelijkheid");
        Some(window)
    }

    fn go(&self, path: &str) {
        self.chromium.go(&format!("http://{}{path}", self.open.address));
    }

    /// What is wrong with the page that stands open, for whoever reads it.
    fn look(&mut self, path: &str) {
        self.chromium.width(1280);
        self.axe(path, "light", RULES);
        if self.dark {
            self.chromium.media("screen", &[("prefers-color-scheme", "dark")]);
            self.axe(path, "dark", COLOURS);
            self.chromium.media("", &[]);
        }
        self.chromium.width(NARROW);
        let wide = self.chromium.script("return document.documentElement.scrollWidth").as_u64();
        if wide > Some(NARROW.into()) {
            self.faults.push(format!("{path}: {wide:?} wide in a window of {NARROW}"));
        }
        let complaints = self.chromium.complaints();
        // That a page is not there is what some of them say.
        let own = complaints.into_iter().filter(|text| !text.contains("Failed to load resource"));
        self.faults.extend(own.map(|text| format!("{path}: {text}")));
    }

    fn axe(&mut self, path: &str, colours: &str, rules: &str) {
        let found = self.chromium.promised(&format!(
            "axe.run({rules}).then(found => found.violations.map(it => it.id + ': ' + \
             it.nodes.slice(0, 3).map(node => node.target + ' ' + node.failureSummary).join(' | ')))"
        ));
        let found = found.as_array().unwrap_or_else(|| panic!("{path}: {found}"));
        self.faults.extend(found.iter().map(|it| format!("{path} ({colours}): {it}")));
    }

    /// Every kind of page that somebody comes at by its doors.
    fn look_at_all(&mut self, reader: &Browser, more: &[&str]) -> usize {
        self.chromium.take_cookie(reader);
        let pages = walk(reader, 1).into_iter().filter(|(_, answer)| answer.body.starts_with("<!doctype"));
        let pages: Vec<String> = pages.map(|(path, _)| path).collect();
        for path in pages.iter().map(String::as_str).chain(more.iter().copied()) {
            self.go(path);
            self.look(path);
        }
        pages.len() + more.len()
    }

    fn done(self) {
        assert!(self.faults.is_empty(), "{:#?}", self.faults);
    }
}

#[test]
fn nobody_is_shut_out_of_any_kind_of_page() {
    let region = Region::played();
    let open = region.open();
    let Some(mut window) = Window::over(&open) else { return };
    window.dark = true;
    // What looks must be able to find something.
    window.chromium.script("document.documentElement.removeAttribute('lang')");
    window.look("without a language");
    assert!(window.faults.len() == 1 && window.faults[0].contains("html-has-lang"), "{:?}", window.faults);
    window.faults.clear();
    window.go("/toegankelijkheid");
    window.look("/toegankelijkheid");
    let auditor = open.login("auditor", "");
    let looked = window.look_at_all(&auditor, &["/zoek?q=1", "/zoek/bsn", "/uitloggen", "/inloggen"]);
    assert!(looked > 30, "{looked}");
    // What the auditor has no page for.
    let (gemeente, aanbieder) = parties(&open);
    for (rol, partij, path) in [
        ("operator", "", "/vervanging"),
        ("aanbieder", &*aanbieder, "/proef"),
        ("aanbieder", &*aanbieder, "/brief"),
        ("gemeente", &*gemeente, "/wachtend"),
    ] {
        window.chromium.take_cookie(&open.login(rol, partij));
        window.go(path);
        window.look(path);
    }
    window.done();
}

#[test]
fn nobody_is_shut_out_where_there_is_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let open = Open::over(folder.path());
    let Some(mut window) = Window::over(&open) else { return };
    let looked = window.look_at_all(&open.login("auditor", ""), &["/zoek?q=1"]);
    assert!(looked > 15, "{looked}");
    window.done();
}

/// Messages that could not be read, forms that were filled in wrong, and pages that say why they are not there.
#[test]
fn nobody_is_shut_out_where_something_is_wrong() {
    let (folder, _) = hostile::received();
    let open = Open::over(&folder.path().join("d"));
    let Some(mut window) = Window::over(&open) else { return };
    window.go("/inloggen");
    window.chromium.click("main button");
    window.look("/inloggen without a name");
    window.look_at_all(
        &open.login("auditor", ""),
        &["/bestaat-niet", "/berichten?gemeente=x", "/berichten/1", "/berichten/1/xml", "/berichten/7/xml"],
    );
    window.go("/zoek/bsn");
    window.chromium.click("main button");
    window.look("/zoek/bsn without anything");
    let treasurer = open.login("penningmeester", "");
    window.chromium.take_cookie(&treasurer);
    window.go("/berichten");
    window.look("/berichten of another role");
    open.wait(open.store.close());
    window.go("/");
    window.look("/ without a database");
    window.done();
}

/// Logging in with the form, as somebody does.
fn log_in(window: &Window<'_>, rol: &str) {
    window.go("/inloggen");
    window.chromium.fill("[name=naam]", "Test Persoon");
    window.chromium.click(&format!("option[value={rol}]"));
    window.chromium.click("main button");
}

/// A claim of the region.
fn a_claim(open: &Open) -> String {
    let claims = open.login("operator", "").get("/declaraties.csv").body;
    claims.lines().nth(2).unwrap().split(';').next().unwrap().to_owned()
}

/// The jobs of docs/console.md, in a browser that runs no script.
#[test]
fn the_jobs_go_without_script() {
    let region = Region::played();
    let open = region.open();
    let Some(window) = Window::over(&open) else { return };
    window.chromium.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    log_in(&window, "operator");
    let chromium = &window.chromium;
    assert_eq!(chromium.script("return document.querySelectorAll('.melding').length"), 0, "no script runs");
    assert!(chromium.text("h1").starts_with("Overzicht"), "{}", chromium.text("h1"));

    // Why was so much of this aanbieder rejected?
    chromium.click("#aanbieders tbody a");
    chromium.click("#herstel tbody a");
    chromium.click("dl a[href^='/berichten?']");
    chromium.click("#berichten tbody a");
    assert!(
        chromium.text("#bevindingen h2") == "Bevindingen" && chromium.text(".oordeel").contains("bevinding")
    );
    // Who was it about?
    chromium.follow("Toon met een reden");
    chromium.fill("[name=reden]", "vraag van een ouder");
    chromium.click("main button");
    assert!(chromium.text("main").contains("999"), "{}", chromium.text("main"));

    // Was this claim paid?
    chromium.fill("#zoek-q", &format!("{}{ENTER}", a_claim(&open)));
    chromium.arrives("/zoek?");
    chromium.click("main a[href^='/declaraties/']");
    assert!(!chromium.text(".oordeel").is_empty());

    // A list, narrower, whole, and on.
    chromium.follow("Berichten");
    chromium.click("summary");
    chromium.fill("#veld-soort", "JW323");
    chromium.click(".filter button");
    chromium.arrives("soort=JW323");
    assert!(chromium.text(".woorden").contains("JW323"));
    chromium.follow("Toon de hele lijst");
    chromium.follow("Volgende rijen");
    chromium.arrives("na=");

    chromium.follow("Uitloggen");
    chromium.click("main button");
    chromium.arrives("/inloggen");
}

/// Where somebody is: text of what has the focus, and whether that can be seen.
const FOCUS: &str = "const it = document.activeElement; const box = it.getBoundingClientRect();
    const style = getComputedStyle(it);
    const top = document.elementFromPoint(box.x + Math.min(box.width / 2, 20), box.y + Math.min(box.height / 2, 10));
    return {
        place: [...document.querySelectorAll('*')].indexOf(it), body: it === document.body,
        name: (it.textContent || it.name || it.tagName).trim().slice(0, 40),
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
            && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
            && !!top && (it.contains(top) || top.contains(it)),
    }";

/// Goes once through a page with the key for it; what was come by, in order.
fn tabbed(chromium: &Chromium) -> Vec<Value> {
    let all = chromium.script(
        "return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary, [tabindex=\"0\"]')]\
         .filter(it => it.checkVisibility()).length",
    );
    let all = usize::try_from(all.as_u64().unwrap()).unwrap();
    let mut come_by = Vec::new();
    for _ in 0..all {
        chromium.press(&TAB.to_string());
        come_by.push(chromium.script(FOCUS));
    }
    come_by
}

#[test]
fn every_page_is_gone_through_by_keyboard_in_the_order_in_which_it_is_read() {
    let region = Region::played();
    let open = region.open();
    let Some(window) = Window::over(&open) else { return };
    let chromium = &window.chromium;
    chromium.width(1280);
    chromium.take_cookie(&open.login("operator", ""));
    let claim = open.login("operator", "").get(&format!("/zoek?q={}", a_claim(&open)));
    let claim = claim.doors().into_iter().find(|door| door.starts_with("/declaraties/")).unwrap();
    for path in ["/inloggen", "/", "/help", "/zoek/bsn", "/toewijzingen?gemeente=0193", &claim] {
        window.go(path);
        let come_by = tabbed(chromium);
        assert_eq!(come_by[0]["name"], "Naar de inhoud", "{path}");
        let places: Vec<u64> = come_by.iter().map(|it| it["place"].as_u64().unwrap()).collect();
        assert!(places.is_sorted_by(|one, next| one < next), "{path}: {come_by:#?}");
        let unseen: Vec<&Value> =
            come_by.iter().filter(|it| it["seen"] != true || it["body"] == true).collect();
        assert!(unseen.is_empty(), "{path}: {unseen:#?}");
    }
    // The link at the top leaves the menu behind.
    window.go("/");
    chromium.press(&format!("{TAB}{ENTER}{TAB}"));
    assert_eq!(chromium.script("return !!document.activeElement.closest('main')"), true);
    // A claim by its number, without touching anything but keys.
    window.go("/");
    let keys = TAB.to_string().repeat(3);
    chromium.press(&format!("{keys}{}{ENTER}", a_claim(&open)));
    chromium.arrives("/zoek?");
    chromium.press(&format!("{TAB}{ENTER}"));
    let here = || chromium.script("return document.activeElement.getAttribute('href') || ''");
    (0..80).take_while(|_| here().as_str() != Some(&claim)).for_each(|_| chromium.press(&TAB.to_string()));
    chromium.press(&ENTER.to_string());
    chromium.arrives(&claim);
}

/// What is told at the top of the page, as soon as it begins so.
fn told(chromium: &Chromium, text: &str) -> Value {
    chromium.promised(&format!(
        "new Promise(done => {{ const look = () => {{ const it = document.querySelector('.melding').textContent; \
         it.startsWith('{text}') ? done(it) : requestAnimationFrame(look) }}; look() }})"
    ))
}

/// The script of our own: a session that ends, keys, and the number of what a page is about.
#[test]
fn the_script_helps_who_lets_it() {
    let region = Region::played();
    let open = region.open();
    let Some(window) = Window::over(&open) else { return };
    let chromium = &window.chromium;
    // Half an hour goes by in no time.
    let hurried = "const wait = setTimeout; window.setTimeout = (what, long) => wait(what, long / 1e6)";
    chromium.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": hurried }));
    let permissions = json!({"permissions": ["clipboardSanitizedWrite"]});
    chromium.devtools("Browser.grantPermissions", &permissions);
    log_in(&window, "operator");
    told(chromium, "Uw sessie eindigt over 5 minuten");
    chromium.fill("#zoek-q", "getypt");
    chromium.script("window.setTimeout = () => 0");
    chromium.click(".melding button");
    told(chromium, "U blijft ingelogd.");
    assert_eq!(chromium.script("return document.getElementById('zoek-q').value"), "getypt");

    let search = "return document.activeElement.id";
    window.go("/werk");
    chromium.press("/");
    assert_ne!(chromium.script(search), "zoek-q", "keys are off");
    window.go("/help");
    chromium.click("main button");
    window.go("/werk");
    chromium.press("jj");
    let row = chromium.script("return document.activeElement.closest('tbody tr').rowIndex");
    assert_eq!(row, 2);
    chromium.press("k/");
    assert_eq!(chromium.script(search), "zoek-q");
    chromium.press("j?");
    assert!(chromium.url().ends_with("/werk"), "who types means letters");

    chromium.click("tbody a");
    chromium.click("h1 + button");
    told(chromium, "Gekopieerd: ");

    // A session that was ended elsewhere.
    let cookies = chromium.devtools("Network.getCookies", &json!({}));
    let cookie = cookies["cookies"][0]["value"].as_str().unwrap();
    let own = Browser { cookie: Some(format!("happyflow-sessie={cookie}")), ..open.nobody() };
    window.go("/help");
    told(chromium, "Uw sessie eindigt");
    let key = own.get("/uitloggen").key();
    assert_eq!(own.post("/uitloggen", &[("sleutel", &key)]).status, 303);
    chromium.click(".melding button");
    told(chromium, "Uw sessie is geëindigd.");
    assert!(chromium.complaints().iter().all(|text| text.contains("Failed to load resource")));
}
