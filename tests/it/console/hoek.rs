//! The corner of an aanbieder: the answer again, a message on trial, its note and what it was told; and of nobody else.

use super::roles::parties;
use super::{Answer, Browser, Open, Region};
use crate::cli::run;
use happyflow::messages::Partij;
use happyflow::store::TakeLimit;

const ALL: TakeLimit = TakeLimit { messages: 10_000, bytes: usize::MAX };

/// Sends a file with a form, as a browser does.
pub fn upload(browser: &Browser, path: &str, key: &str, bytes: &str) -> Answer {
    let part = |head: &str, content: &str| {
        format!("--x1\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    };
    let file = part("name=\"bericht\"; filename=\"b.xml\"\r\nContent-Type: text/xml", bytes);
    let body = format!("{}{file}--x1--\r\n", part("name=\"sleutel\"", key));
    let kind = ("Content-Type", "multipart/form-data; boundary=x1");
    browser.ask("POST", path, &[kind, ("Sec-Fetch-Site", "same-origin")], &body)
}

fn tried(browser: &Browser, bytes: &str) -> Answer {
    upload(browser, "/proef", &browser.get("/proef").key(), bytes)
}

/// The two aanbieders of the region that sent most.
fn two(open: &Open) -> (String, String) {
    let (gemeente, one) = parties(open);
    let totals = open.wait(open.store.totals()).unwrap();
    let other = totals.iter().filter(|total| total.relatie.gemeente.to_string() == gemeente);
    let other = other.map(|total| total.relatie.aanbieder.to_string()).find(|code| *code != one);
    (one, other.expect("a second aanbieder"))
}

/// A message that a party sent on which it got an answer: arrival, and send number.
pub fn answered(open: &Open, code: &str) -> (i64, i64) {
    let arrivals: Vec<i64> =
        open.wait(open.store.inbox(0, ALL)).unwrap().iter().map(|taken| taken.arrival).collect();
    let van = Partij::parse(code).unwrap();
    for arrival in arrivals {
        for answer in open.wait(open.store.answers(&[arrival])).unwrap() {
            if answer.sent.receiver == van {
                return (arrival, answer.sent.send);
            }
        }
    }
    panic!("nobody answered {code}");
}

/// The bytes of a message that a party sent and that was answered.
fn sent_by(open: &Open, code: &str, soort: &str) -> String {
    for taken in open.wait(open.store.inbox(0, ALL)).unwrap() {
        let bytes = open.wait(open.store.received(taken.arrival)).unwrap().unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let by = text.split("Afzender>").nth(1).is_some_and(|rest| rest.starts_with(code));
        let answered = || !open.wait(open.store.answers(&[taken.arrival])).unwrap().is_empty();
        if by && text.contains(&format!("BerichtCode>{soort}<")) && answered() {
            return text;
        }
    }
    panic!("{code} sent no {soort}");
}

#[test]
fn an_answer_is_fetched_again_by_the_one_that_it_was_sent_to() {
    let region = Region::played();
    let open = region.open();
    let (one, other) = two(&open);
    let (gemeente, _) = parties(&open);
    let browser = open.login("aanbieder", &one);
    let (arrival, send) = answered(&open, &one);
    let masked = browser.get(&format!("/berichten/{arrival}/antwoord/{send}"));
    let path = format!("/berichten/{arrival}/antwoord/{send}/bestand");
    assert!(masked.doors().contains(&path), "{}", masked.body);
    let page = browser.get(&path);
    assert!(page.body.contains("met persoonsgegevens"), "{}", page.body);
    let key = page.key();
    let got = browser.post(&path, &[("sleutel", &key)]);
    let left = open.wait(open.store.sent(send)).unwrap().unwrap();
    assert_eq!((got.status, &got.bytes[..]), (200, &left.bytes[..]));
    let name = got.header("content-disposition").unwrap();
    assert!(name.starts_with("attachment") && name.contains(&format!("-{send}.xml")), "{name}");
    assert_eq!(browser.post(&path, &[("sleutel", &key)]).status, 409, "a form is good once");
    let log = open.login("auditor", "").get("/toegang").body;
    assert!(log.contains("antwoord opgehaald") && log.contains(&format!("zendnummer {send}")), "{log}");
    // Another has none of it, whatever it asks.
    for (rol, code, status) in
        [("aanbieder", other.as_str(), 404), ("gemeente", &gemeente, 404), ("operator", "", 403)]
    {
        let stranger = open.login(rol, code);
        assert_eq!(stranger.get(&path).status, status, "{rol}");
        assert_eq!(stranger.post(&path, &[("sleutel", "x")]).status, status, "{rol}");
        assert!(!stranger.get(&format!("/berichten/{arrival}/antwoord/{send}")).doors().contains(&path));
    }
    let (arrival, send) = answered(&open, &gemeente);
    let path = format!("/berichten/{arrival}/antwoord/{send}/bestand");
    let own = open.login("gemeente", &gemeente);
    assert_eq!(own.post(&path, &[("sleutel", &own.get(&path).key())]).status, 200);
    assert_eq!(browser.get(&path).status, 404);
}

#[test]
fn a_message_is_tried_with_nothing_kept_and_nothing_told_of_others() {
    let region = Region::played();
    let open = region.deciding();
    let (one, other) = two(&open);
    let browser = open.login("aanbieder", &one);
    let before = format!("{:?}", open.wait(open.store.overview()).unwrap());
    let claim = sent_by(&open, &one, "490");
    let again = tried(&browser, &claim);
    assert!(again.body.contains("al eerder ontvangen"), "{}", again.body);
    // With another number it is new: all its lines were claimed before.
    let number = claim.split("DeclaratieNummer>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let fresh = claim.replace(&format!("DeclaratieNummer>{number}<"), "DeclaratieNummer>PROEF1<");
    let page = tried(&browser, &fresh);
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("Dit bericht zou nu") && page.body.contains("JW323"), "{}", page.body);
    let bsn = claim.split("Bsn>").nth(1).unwrap().split('<').next().unwrap();
    assert!(!page.body.contains(&format!(">{bsn}<")), "no person on the page");
    // What another sent is not looked at: as if it came in by the door of this one.
    let stranger = tried(&browser, &sent_by(&open, &other, "490"));
    assert!(stranger.body.contains("apart worden gezet"), "{}", stranger.body);
    let broken = tried(&browser, "<onzin>");
    assert!(
        broken.body.contains("apart worden gezet") || broken.body.contains("afgekeurd"),
        "{}",
        broken.body
    );
    let none = tried(&browser, "");
    assert!(none.body.contains("Kies het bestand"), "{}", none.body);
    let plain =
        browser.post("/proef", &[("sleutel", &browser.get("/proef").key()), ("bericht", &claim[..500])]);
    assert!(plain.body.contains("Kies het bestand"), "{}", plain.body);
    let kind = [("Content-Type", "multipart/form-data; boundary=x1"), ("Sec-Fetch-Site", "same-origin")];
    assert_eq!(browser.ask("POST", "/proef", &kind, "--x1\r\nrommel").status, 405);
    let huge = upload(&browser, "/proef", "x", &"x".repeat(4 * 1024 * 1024));
    assert_eq!(huge.status, 413, "{}", huge.body);
    assert_eq!(format!("{:?}", open.wait(open.store.overview()).unwrap()), before);
    let log = open.login("auditor", "").get("/toegang").body;
    assert!(log.contains("op proef") && log.contains("JW323,") && !log.contains("PROEF1"), "{log}");
    assert_eq!(open.login("gemeente", &parties(&open).0).get("/proef").status, 403);
    assert_eq!(open.login("operator", "").get("/proef").status, 403);
}

#[test]
fn who_tries_too_often_waits_whatever_session_it_has() {
    let region = Region::played();
    let open = region.deciding();
    let (one, other) = two(&open);
    let mut statuses = Vec::new();
    for _ in 0..13 {
        statuses.push(upload(&open.login("aanbieder", &one), "/proef", "x", "<a/>").status);
    }
    // A minute may have passed in between.
    assert!(statuses[0] == 409 && statuses.contains(&429), "{statuses:?}");
    assert_eq!(upload(&open.login("aanbieder", &other), "/proef", "x", "<a/>").status, 409);
}

#[test]
fn where_nobody_carries_anything_out_nothing_is_tried() {
    let region = Region::played();
    let open = region.open();
    let browser = open.login("aanbieder", &parties(&open).1);
    assert!(browser.get("/proef").body.contains("toont alleen"));
    assert_eq!(upload(&browser, "/proef", "x", "<a/>").status, 404);
}

#[test]
fn the_note_of_a_week_is_the_one_that_would_be_sent_and_its_own() {
    let region = Region::played();
    let open = region.open();
    let (one, other) = two(&open);
    let browser = open.login("aanbieder", &one);
    let page = browser.get("/brief?week=2025-W06");
    assert!(page.body.contains("Weekbrief, 03-02-2025 tot en met 09-02-2025"), "{}", page.body);
    assert!(page.doors().contains(&"/brief?week=2025-W05".to_owned()), "{:?}", page.doors());
    let file = browser.get("/brief.csv?week=2025-W06");
    let brief = ["report", "brief", "--aanbieder", &one, "--week", "2025-W06", "--data", "spel/data"];
    let more = ["--today", "2025-03-01", "--format", "csv"];
    let printed = run(region.folder(), &[&brief[..], &more].concat());
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    let lines =
        |text: &str| text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&file.body), lines(&printed.stdout));
    assert!(file.body.contains(&one) && !file.body.contains(&other), "{}", file.body);
    assert_eq!(browser.get("/brief.xlsx").status, 200);
    for wrong in ["week=2025-W60", "week=x", "week=999999999-W01", "maand=2025-01", "aanbieder=1"] {
        assert_eq!(browser.get(&format!("/brief?{wrong}")).status, 400, "{wrong}");
    }
    assert_eq!(open.login("operator", "").get("/brief").status, 403);
}

#[test]
fn a_number_is_looked_up_by_the_one_whose_it_is() {
    let region = Region::played();
    let open = region.open();
    let (one, other) = two(&open);
    let own = open.login("aanbieder", &one).get("/declaraties.csv").body;
    let number = own.lines().nth(2).unwrap().split(';').next().unwrap().to_owned();
    let of = |code: &str| open.login("aanbieder", code).get(&format!("/zoek?q={number}"));
    let door = format!("/declaraties/{one}/{number}");
    assert!(of(&one).doors().contains(&door), "{}", of(&one).body);
    assert!(!of(&other).doors().iter().any(|found| found == &door), "{}", of(&other).body);
    let front = open.login("aanbieder", &one).get("/");
    for door in ["/zoek", "/proef", "/brief", "/kennisgevingen"] {
        assert!(front.body.contains("Zelf doen") && front.doors().iter().any(|own| own == door), "{door}");
    }
}

#[test]
fn a_notice_is_read_by_the_one_that_got_it() {
    let office = crate::held_payments::with_a_held_line();
    let open = Open::over(&office.folder().join("data"));
    let (aanbieder, gemeente) = (crate::office::AANBIEDER, crate::office::GEMEENTE);
    let own = open.login("aanbieder", aanbieder);
    let list = own.get("/kennisgevingen");
    assert!(list.body.contains("De betaling van een deel van uw declaratie wacht"), "{}", list.body);
    let door = list.doors().into_iter().find(|door| door.ends_with(&format!("/{aanbieder}"))).unwrap();
    let page = own.get(&door);
    assert!(page.body.contains("Wij besluiten uiterlijk") && page.body.contains("DC1"), "{}", page.body);
    assert!(own.get("/kennisgevingen.csv").body.lines().count() == 3);
    assert_eq!(own.get(&format!("/kennisgevingen?ontvanger={gemeente}")).status, 400);
    for (rol, code) in [("aanbieder", "87654321"), ("gemeente", gemeente)] {
        let stranger = open.login(rol, code);
        assert!(stranger.get("/kennisgevingen").body.contains("Er is niets gemeld"), "{rol}");
        assert_eq!(stranger.get(&door).status, 404, "{rol}");
        let swapped = door.replace(aanbieder, code);
        assert_eq!(stranger.get(&swapped).status, 404, "{rol}");
    }
    let operator = open.login("operator", "");
    assert!(operator.get("/kennisgevingen").body.contains("Kies aan wie"));
    let list = operator.get(&format!("/kennisgevingen?ontvanger={aanbieder}"));
    assert!(list.doors().contains(&door), "{}", list.body);
    assert_eq!(operator.get(&door).status, 200);
    assert_eq!(operator.get("/kennisgevingen?ontvanger=x").status, 400);
}
