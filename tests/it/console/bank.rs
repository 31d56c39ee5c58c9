//! The bank and the ledger on pages: statements and how they follow, posts with what they may be, an explanation that says which
//! rows follow before it is confirmed, and balances that are doors to their rows.

use super::besluiten::{action, confirm};
use super::hoek::upload;
use super::{Browser, Open};
use crate::bank::office::{
    FIRST, FIRST_FILE, ON_ITS_WAY, balance, bare, came_back, foreign, left, proven, report, statement, take,
    take_report, with_a_run,
};
use crate::office::Office;

fn open(office: &Office) -> Open {
    Open::of(&office.folder().join("data"), true)
}

/// The one post that waits, by the address of its page.
fn post(browser: &Browser) -> String {
    let doors = browser.get("/bank/posten").doors();
    let mut posts = doors.into_iter().filter(|door| door.starts_with("/bank/posten/"));
    let post = posts.next().expect("a post waits");
    assert_eq!(posts.next(), None);
    post
}

#[test]
fn a_post_is_explained_as_the_page_said_and_once() {
    let office = with_a_run();
    take(&office, 0, &statement(9, 0, vec![left(FIRST, 48_000)]));
    take(&office, 0, &statement(10, -48_000, vec![foreign(48_000)]));
    let open = open(&office);
    let browser = open.login("penningmeester", "");
    assert!(browser.get("/").doors().contains(&"/bank/posten".to_owned()));
    let at = post(&browser);
    let page = browser.get(&at);
    assert!(page.body.contains("zelfde bedrag") && page.body.contains("Wat was het?"), "{}", page.body);
    let proposal = page.doors().into_iter().find(|door| door.contains("betaling=")).unwrap();
    let seen = browser.get(&proposal);
    for said in ["gaat van Crediteur", "20/0193/12345678", "teruggekomen", "staat weer open"] {
        assert!(seen.body.contains(said), "{said}: {}", seen.body);
    }
    let send = |page: &super::Answer, why: &str| {
        browser.post(&action(&page.body), &[("sleutel", page.key().as_str()), ("waarom", why)])
    };
    assert_eq!(send(&seen, " ").status, 400);
    // What does not agree is told, and can be filled in anew.
    let wrong = browser.get(&format!("{at}?betaling={FIRST}&kosten=0193%3D2%2C50"));
    assert!(
        wrong.body.contains("tot op de cent gelijk") && wrong.body.contains("name=\"kosten\""),
        "{}",
        wrong.body
    );
    assert_eq!(browser.get(&format!("{at}?kosten=x")).status, 400);
    let (first, second) = (browser.get(&proposal), browser.get(&proposal));
    assert_eq!(send(&first, "nagebeld").status, 303);
    assert_eq!(send(&first, "nagebeld").status, 409);
    assert_eq!(send(&second, "nagebeld").status, 409);
    assert!(browser.get(&at).body.contains("wacht niet (meer) op uitleg"));
    assert_eq!(browser.get("/bank/posten/9999/1").status, 404);
    drop(open);
    assert_eq!(balance(&office, "20/0193/12345678"), 48_000);
    proven(&office);
}

/// What follows is another thing than what was seen: nothing happens, and the page says so.
#[test]
fn an_explanation_of_which_something_else_follows_is_not_recorded() {
    let office = with_a_run();
    take(&office, 0, &statement(9, 0, vec![bare(-48_000)]));
    let (leaves, refusal) = {
        let open = open(&office);
        let browser = open.login("operator", "");
        let page = browser.get(&format!("{}?betaling={FIRST}", post(&browser)));
        assert!(page.body.contains("betaling-herkend"), "{}", page.body);
        let leaves = action(&page.body);
        drop(open);
        take_report(&office, 0, &report("RJCT", &["AC04"], FIRST));
        (leaves, FIRST_FILE)
    };
    let open = open(&office);
    let browser = open.login("operator", "");
    let key = browser.get(&format!("{}?betaling={FIRST}", leaves.split('?').next().unwrap())).key();
    let answer = browser.post(&leaves, &[("sleutel", key.as_str()), ("waarom", "gezien")]);
    assert_eq!(answer.status, 409, "{refusal}");
    assert!(
        answer.body.contains("intussen veranderd") && answer.body.contains("alsnog-betaald"),
        "{}",
        answer.body
    );
    drop(open);
    assert_eq!(balance(&office, "20/0193/12345678"), 48_000);
}

#[test]
fn a_refusal_that_is_none_is_told_on_its_page() {
    let office = with_a_run();
    take_report(&office, 0, &report("RJCT", &["AM05"], FIRST));
    let open = open(&office);
    let browser = open.login("penningmeester", "");
    let page = browser.get(&post(&browser));
    assert!(page.body.contains("Doorgegaan") && !page.body.contains("name=\"kosten\""), "{}", page.body);
    let at = format!("{}?doorgegaan=ja", post(&browser));
    assert!(browser.get(&at).body.contains("Er wordt niets geboekt"));
    assert_eq!(confirm(&browser, &at, "bank gesproken").status, 303);
    drop(open);
    assert_eq!(balance(&office, ON_ITS_WAY), 48_000);
    proven(&office);
}

#[test]
fn statements_stand_in_order_and_a_gap_is_told() {
    let office = with_a_run();
    take(&office, 0, &statement(9, 0, vec![left(FIRST, 48_000), came_back(FIRST, 48_000, "AC04")]));
    take(&office, 1, &statement(11, 100, vec![foreign(-100)]));
    let open = open(&office);
    let auditor = open.login("auditor", "");
    let bank = auditor.get("/bank");
    assert!(
        bank.body.contains("Een afschrift sluit niet aan") && bank.body.contains("ontbreekt"),
        "{}",
        bank.body
    );
    let list = auditor.get("/bank.csv").body;
    let numbers: Vec<&str> = list.lines().filter_map(|line| line.split(';').next()).collect();
    assert!(numbers.ends_with(&["11", "9"]), "{list}");
    let statement = bank.doors().into_iter().rfind(|door| {
        door.strip_prefix("/bank/").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let page = auditor.get(&statement.unwrap());
    for said in ["een betaling ging weg", "kwam terug: weer te betalen", "AC04", FIRST] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert_eq!(auditor.get(&post(&open.login("operator", ""))).status, 403);
}

#[test]
fn balances_of_the_ledger_lead_to_their_rows() {
    let office = with_a_run();
    take(&office, 0, &statement(9, 0, vec![left(FIRST, 48_000)]));
    let open = open(&office);
    let browser = open.login("penningmeester", "");
    let page = browser.get("/grootboek?soort=20&gemeente=0193&aanbieder=12345678");
    let account = page.doors().into_iter().find(|door| door.starts_with("/grootboek/20")).unwrap();
    assert!(!page.body.contains("11/NL13"), "{}", page.body);
    let rows = browser.get(&account);
    assert!(rows.body.contains("toegekend") && rows.body.contains("betaald"), "{}", rows.body);
    let journal = rows.doors().into_iter().find(|door| door.starts_with("/grootboek/journaal/")).unwrap();
    assert!(browser.get(&journal).body.contains("40/0193/12345678"), "{journal}");
    let csv = browser.get("/grootboek.csv?soort=10").body;
    assert!(csv.contains("10/NL13TEST0123456789"), "{csv}");
    assert_eq!(browser.get("/grootboek/journaal/1.xlsx").status, 200);
    for unknown in ["/grootboek/99", "/grootboek/20%2F0193%2F99999999"] {
        assert_eq!(browser.get(unknown).status, 404, "{unknown}");
    }
    assert_eq!(browser.get("/grootboek?soort=99").status, 400);
}

#[test]
fn a_file_of_the_bank_is_looked_at_before_it_is_taken_in() {
    let office = with_a_run();
    let name = crate::bank::office::write(&office, &statement(9, 0, vec![left(FIRST, 48_000), foreign(5)]));
    let file = std::fs::read_to_string(office.folder().join(name)).unwrap();
    let open = open(&office);
    let browser = open.login("penningmeester", "");
    let key = || browser.get("/bank/inlezen").key();
    let seen = upload(&browser, "/bank/inlezen", &key(), &file);
    assert!(
        seen.body.contains("nog niets ingelezen") && seen.body.contains("een betaling ging weg"),
        "{}",
        seen.body
    );
    assert!(browser.get("/bank").body.contains("nog geen afschrift"));
    let wrong = upload(&browser, "/bank/inlezen", &key(), "<Document/>");
    assert!(wrong.status == 200 && wrong.body.contains("geen bestand van een bank"), "{}", wrong.body);
    assert_eq!(upload(&browser, "/bank/inlezen", "x", &file).status, 409);
    let field = |name: &str, value: &str| {
        format!("--x1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let content = "--x1\r\nContent-Disposition: form-data; name=\"bestand\"; filename=\"a.xml\"\r\n\r\n";
    let take = || {
        let fields = field("sleutel", &key()) + &field("doe", "inlezen");
        let kind = ("Content-Type", "multipart/form-data; boundary=x1");
        let body = format!("{fields}{content}{file}\r\n--x1--\r\n");
        browser.ask("POST", "/bank/inlezen", &[kind, ("Sec-Fetch-Site", "same-origin")], &body)
    };
    let taken = take();
    assert!(taken.status == 200 && taken.body.contains("Ingelezen."), "{}", taken.body);
    assert!(take().body.contains("al eerder ingelezen"));
    drop(open);
    assert_eq!((balance(&office, ON_ITS_WAY), balance(&office, "18/NL13TEST0123456789")), (0, 5));
    proven(&office);
}
