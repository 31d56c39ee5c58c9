//! Persons are masked until somebody asks for them with a reason, and every look is written down.

use super::{Region, walk};
use happyflow::codes::Bsn;

/// Numbers of persons in a text.
fn persons(text: &str) -> Vec<String> {
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 9);
    runs.filter(|run| Bsn::parse(run).is_ok_and(|bsn| bsn.passes_elfproef())).map(str::to_owned).collect()
}

/// A message about a client, by its arrival number, with its bytes.
pub fn a_message(open: &super::Open) -> (i64, String) {
    let limit = happyflow::store::TakeLimit { messages: 1_000, bytes: usize::MAX };
    for taken in open.wait(open.store.inbox(0, limit)).unwrap() {
        let bytes = open.wait(open.store.received(taken.arrival)).unwrap().unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if text.contains("Achternaam") && !persons(&text).is_empty() {
            return (taken.arrival, text);
        }
    }
    panic!("no message about a client");
}

#[test]
fn no_page_shows_a_person_unasked() {
    let region = Region::played();
    let open = region.open();
    let (arrival, text) = a_message(&open);
    let name = text.split("Achternaam>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(name.len() > 2, "{name}");
    let browser = open.login("auditor", "");
    let mut pages = walk(&browser, 40);
    pages.push(("xml".to_owned(), browser.get(&format!("/berichten/{arrival}/xml"))));
    for (path, answer) in &pages {
        // Numbers of messages and claims may pass the test of a BSN; those of clients may not be there.
        let shown: Vec<String> =
            persons(&answer.body).into_iter().filter(|bsn| text.contains(&format!(">{bsn}<"))).collect();
        assert!(shown.is_empty(), "{path}: {shown:?}");
        assert!(
            !answer.body.contains(&format!(">{name}<")) && !answer.body.contains(&format!("&gt;{name}&lt;")),
            "{path}"
        );
    }
    assert!(pages.last().unwrap().1.body.contains("***"), "the message is shown, masked");
}

#[test]
fn who_asks_with_a_reason_sees_and_is_seen() {
    let region = Region::played();
    let open = region.open();
    let (arrival, text) = a_message(&open);
    let bsn = text.split("Bsn>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let (operator, auditor) = (open.login("operator", ""), open.login("auditor", ""));
    let path = format!("/berichten/{arrival}/tonen");
    let asked = |reason: &str| {
        let key = operator.get(&path).key();
        operator.post(&path, &[("sleutel", &key), ("reden", reason)])
    };
    for reason in ["", "   ", "abc"] {
        let answer = asked(reason);
        assert!(answer.status == 200 && !answer.body.contains(&bsn), "{reason}");
    }
    assert!(!auditor.get("/toegang").body.contains("getoond"), "nothing was shown, so nobody looked");
    let answer = asked("een ouder belt over deze toewijzing 999900006");
    assert!(answer.body.contains(&bsn), "{}", answer.body);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let log = auditor.get("/toegang");
    for part in
        ["getoond", &format!("bericht {arrival}"), "een ouder belt", "Test Persoon", "operator", "127.0.0.1"]
    {
        assert!(log.body.contains(part), "{part}");
    }
    assert!(!log.body.contains("999900006"), "a person does not belong in a reason");
    // That somebody looked at the log stands in it as well.
    assert!(auditor.get("/toegang").body.contains("log bekeken"));

    let found = |bsn: &str| {
        let key = operator.get("/zoek/bsn").key();
        operator.post("/zoek/bsn", &[("sleutel", &key), ("bsn", bsn), ("reden", "vraag van de gemeente")])
    };
    let answer = found(&bsn);
    assert!(answer.body.contains("/toewijzingen/") && !answer.body.contains(&bsn), "{}", answer.body);
    assert!(found("123").body.contains("geen BSN"));
    let log = auditor.get("/toegang").body;
    assert!(log.contains("gezocht op BSN") && !log.contains(&bsn), "{log}");
    // A number that was typed where it does not belong is not repeated.
    let typed = operator.get(&format!("/zoek?q={bsn}"));
    assert!(typed.body.contains("Dit kan een BSN zijn") && !typed.body.contains(&bsn));

    let toewijzing = answer.doors().into_iter().find(|door| door.starts_with("/toewijzingen/0")).unwrap();
    let path = format!("{toewijzing}/tonen");
    let key = operator.get(&path).key();
    let shown = operator.post(&path, &[("sleutel", &key), ("reden", "vraag van de gemeente")]);
    assert!(shown.body.contains(&bsn), "{}", shown.body);
    // An aanbieder has no such page.
    let (_, aanbieder) = super::roles::parties(&open);
    assert_eq!(open.login("aanbieder", &aanbieder).get(&path).status, 403);
}

#[test]
fn who_asks_too_often_waits() {
    let region = Region::played();
    let open = region.open();
    let operator = open.login("operator", "");
    let statuses: Vec<u16> = (0..45)
        .map(|_| {
            operator.post("/zoek/bsn", &[("bsn", "999900006"), ("reden", "proberen of het lukt")]).status
        })
        .collect();
    assert_eq!(statuses[0], 409);
    assert!(statuses.contains(&429), "{statuses:?}");
}
