//! Who may see what: every page and every role.

use super::{Open, Region};
use happyflow::console::routes::{ROUTES, Voor};
use std::collections::BTreeSet;

const O: &str = "operator";
const C: &str = "contractbeheerder";
const T: &str = "penningmeester";
const A: &str = "auditor";
const G: &str = "gemeente";
const P: &str = "aanbieder";
const B: &str = "beheerder";
const ALL: [&str; 7] = [O, C, T, A, G, P, B];
const WORK: [&str; 6] = [O, C, T, A, G, P];
const REGION: [&str; 4] = [O, C, T, A];

/// Every page with the roles that may see it: written here once more, so that a slip in the table of the program is
/// noticed.
const PAGES: &[(&str, &[&str])] = &[
    ("/uitloggen", &ALL),
    ("/sessie", &ALL),
    ("/", &ALL),
    ("/help", &ALL),
    ("/zoek", &WORK),
    ("/zoek/bsn", &[O, A, G]),
    ("/berichten", &[O, A, G, P]),
    ("/berichten/{}", &[O, A, G, P]),
    ("/berichten/{}/xml", &[O, A, G, P]),
    ("/berichten/{}/antwoord/{}", &[O, A, G, P]),
    ("/berichten/{}/antwoord/{}/bestand", &[G, P]),
    ("/berichten/{}/tonen", &[O, A, G]),
    ("/afkeur", &[O, C, A, G, P]),
    ("/afkeur/{}", &[O, C, A, G, P]),
    ("/proef", &[P]),
    ("/brief", &[P]),
    ("/kennisgevingen", &[O, A, G, P]),
    ("/kennisgevingen/{}/{}", &[O, A, G, P]),
    ("/aanbieders", &REGION),
    ("/aanbieders/{}", &[O, C, T, A, P]),
    ("/aanbieders/{}/brief", &[O, C, A]),
    ("/gemeenten", &REGION),
    ("/gemeenten/{}", &[O, C, T, A, G]),
    ("/toewijzingen", &[O, C, A, G, P]),
    ("/toewijzingen/{}/{}", &[O, C, A, G, P]),
    ("/toewijzingen/{}/{}/tonen", &[O, A, G]),
    ("/declaraties", &[O, T, A, G, P]),
    ("/declaraties/{}/{}", &[O, T, A, G, P]),
    ("/contracten", &REGION),
    ("/contracten/inlezen", &[C]),
    ("/contracten/inlezen/{}", &[C]),
    ("/contracten/{}", &REGION),
    ("/contractversies/{}", &REGION),
    ("/limieten", &[O, C, T, A, G]),
    ("/termijnen", &[O, C, A]),
    ("/werk", &[O, A, G]),
    ("/werk/bulk", &[O]),
    ("/werk/bulk/{}", &[O, A]),
    ("/werk/{}", &[O, A, G]),
    ("/werk/{}/woord", &[G]),
    ("/werk/{}/oppakken", &[O]),
    ("/werk/{}/loslaten", &[O]),
    ("/werk/{}/notitie", &[O]),
    ("/werk/{}/brief", &[O, A]),
    ("/werk/{}/client", &[O]),
    ("/werk/{}/stil", &[O]),
    ("/werk/{}/hoorbaar", &[O]),
    ("/werk/{}/{}", &[O]),
    ("/wachtend", &[O, A, G]),
    ("/voordrachten", &[O, C, T, A]),
    ("/voordrachten/{}", &[O, C, T, A]),
    ("/geparkeerd", &[O, A, B]),
    ("/geparkeerd/{}", &[O]),
    ("/betalingen", &[T, A]),
    ("/betalingen/voorstel", &[T]),
    ("/betalingen/blokkades", &[T, A]),
    ("/betalingen/{}", &[T, A]),
    ("/betalingen/{}/bestand/{}", &[T, A]),
    ("/bank", &[O, T, A]),
    ("/bank/posten", &[O, T, A]),
    ("/bank/posten/{}/{}", &[O, T]),
    ("/bank/inlezen", &[O, T]),
    ("/bank/{}", &[O, T, A]),
    ("/grootboek", &[T, A]),
    ("/grootboek/journaal/{}", &[T, A]),
    ("/grootboek/{}", &[T, A]),
    ("/keten", &[A]),
    ("/rapporten", &[O, C, T, A, G]),
    ("/rapporten/{}", &[O, C, T, A, G]),
    ("/meldingen", &[O, A, B]),
    ("/meldingen/{}", &[O, B]),
    ("/vervanging", &[O, B]),
    ("/toegang", &[A, B]),
    ("/beheer/sessies", &[B]),
    ("/beheer/sessies/{}", &[B]),
    ("/beheer/rollen", &[A, B]),
    ("/beheer/weergaven", &ALL),
];

/// Pages that anybody sees.
const OPEN: [&str; 6] =
    ["/stijl/{}", "/script/{}", "/toegankelijkheid", "/inloggen", "/inloggen/{}", "/terug/{}"];

#[test]
fn the_table_of_pages_is_the_one_that_was_agreed() {
    let agreed: BTreeSet<&str> = PAGES.iter().map(|(path, _)| *path).chain(OPEN).collect();
    let own: BTreeSet<&str> = ROUTES.iter().map(|route| route.pad).collect();
    assert_eq!(own, agreed);
    assert_eq!(own.len(), ROUTES.len(), "a page stands there twice");
    for route in ROUTES {
        assert_eq!(route.voor == Voor::Iedereen, OPEN.contains(&route.pad), "{}", route.pad);
    }
}

fn party(region: &Open, rol: &str) -> String {
    let (gemeente, aanbieder) = parties(region);
    match rol {
        G => gemeente,
        P => aanbieder,
        _ => String::new(),
    }
}

/// A gemeente and an aanbieder of the region.
pub fn parties(open: &Open) -> (String, String) {
    let totals = open.wait(open.store.totals()).unwrap();
    let relatie = totals.iter().max_by_key(|total| total.ingediend).unwrap().relatie;
    (relatie.gemeente.to_string(), relatie.aanbieder.to_string())
}

/// A path with parts that are not there: what a role may see is not found, what it may not see is refused.
fn filled(pattern: &str) -> String {
    match pattern {
        "/afkeur/{}" => "/afkeur/9347".to_owned(),
        "/rapporten/{}" => "/rapporten/geld".to_owned(),
        _ => pattern.replace("{}", "99999999"),
    }
}

#[test]
fn every_page_is_there_for_its_roles_and_for_nobody_else() {
    let region = Region::played();
    let open = region.open();
    for rol in ALL {
        let browser = open.login(rol, &party(&open, rol));
        for (pattern, roles) in PAGES {
            let path = filled(pattern);
            let status = browser.get(&path).status;
            let expected: &[u16] = match (roles.contains(&rol), pattern.contains("{}")) {
                (false, _) => &[403],
                (true, false) => &[200],
                (true, true) => &[200, 404],
            };
            assert!(expected.contains(&status), "{rol} {path}: {status}");
            // Nothing takes what is sent to it but forms, and those only with a key.
            let posted = browser.post(&path, &[("reden", "omdat het kan"), ("sleutel", "x")]).status;
            assert!([403, 404, 405, 409].contains(&posted), "{rol} {path}: {posted}");
        }
    }
    let nobody = open.nobody();
    for (pattern, _) in PAGES {
        let answer = nobody.get(&filled(pattern));
        assert_eq!(answer.status, 303, "{pattern}");
        assert!(answer.header("location").unwrap().starts_with("/inloggen"), "{pattern}");
    }
    // Whoever is not logged in is not told which pages there are.
    assert_eq!(nobody.get("/bestaat-niet").status, 303);
    assert_eq!(nobody.get("/toegankelijkheid").status, 200);
}

/// The one script that a page may name.
const OWN_SCRIPT: &str = "<script src=\"/script/";

/// How many bytes a page or a file is on its way to a browser.
fn packed(browser: &super::Browser, path: &str) -> usize {
    let answer = browser.ask("GET", path, &[("Accept-Encoding", "gzip")], "");
    assert_eq!(answer.status, 200, "{path}");
    answer.bytes.len()
}

/// How many bytes the style and the script of a page are together.
fn files(browser: &super::Browser, page: &super::Answer) -> usize {
    let of = |folder: &str| {
        let (_, behind) = page.body.split_once(&format!("\"{folder}")).expect(folder);
        packed(browser, &format!("{folder}{}", behind.split('"').next().unwrap()))
    };
    of("/stijl/") + of("/script/")
}

#[test]
fn pages_of_a_whole_region_are_small_as_well() {
    let region = Region::whole();
    let open = region.open();
    let browser = open.login("auditor", "");
    let mut sizes: Vec<(usize, String)> = Vec::new();
    let pages = super::walk(&browser, 2);
    let files = files(&browser, &pages[0].1);
    for (path, answer) in pages {
        if answer.body.starts_with("<!doctype") {
            sizes.push((packed(&browser, &path) + files, path));
        }
    }
    sizes.sort();
    let largest = sizes.last().unwrap();
    println!(
        "the largest pages, of {} with {files} bytes of files: {:?}",
        sizes.len(),
        &sizes[sizes.len() - 5..]
    );
    assert!(sizes.len() > 50 && largest.0 <= 60 * 1024, "{largest:?}");
}

/// No page shows a door that its reader cannot go through. With its style and script no page is larger than it may be.
#[test]
fn every_door_opens_and_every_page_is_small_and_whole() {
    let region = Region::played();
    let open = region.deciding();
    for rol in ALL {
        let browser = open.login(rol, &party(&open, rol));
        let pages = super::walk(&browser, 4);
        let files = files(&browser, &pages[0].1);
        let least = if rol == B { 6 } else { 12 };
        assert!(pages.len() > least, "{rol}: {}", pages.len());
        for (path, answer) in pages {
            assert_eq!(answer.status, 200, "{rol} {path}: {}", answer.body);
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            let policy = answer.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
            if answer.header("content-type").unwrap().starts_with("text/html") {
                let scripts =
                    answer.body.matches("<script").count() - answer.body.matches(OWN_SCRIPT).count();
                assert!(!answer.body.contains("style=\"") && scripts == 0, "{path}");
                assert!(answer.body.trim_end().ends_with("</html>"), "{path}");
                let whole = packed(&browser, &path) + files;
                assert!(whole <= 60 * 1024, "{path}: {whole}");
            }
        }
    }
}
