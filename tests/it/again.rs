//! A message that comes again gets its answer again, the same under the same number (rulings 8.13).

use crate::messages::{BSN, jw301, jw305};
use crate::site::{Site, everywhere};
use crate::xml::{Line, jw315, jw323};
use std::fs;

const GEMEENTE: &str = "0193";
const AANBIEDER: &str = "12345678";

/// A request for what the contract does not have: it is answered, and refused in a message of its own.
fn request(identificatie: &str) -> String {
    let rows = [("V1", "2027-01-01", "2027-06-30", 8)];
    let text = jw315((AANBIEDER, GEMEENTE), identificatie, "2026-11-01", BSN, &rows);
    // Of the child that the assignment is about (rulings 3.10).
    text.replace(">45A04<", ">45A99<").replace("2014-05-17", "2012-05-04")
}

/// What lies with receivers is taken away, as they do.
fn take_away(site: &Site) {
    if site.broker.is_none() {
        fs::remove_dir_all(site.path().join("d/out")).unwrap();
    }
}

/// Of an assignment the retour, of a request its retour; not what was forwarded, nor what followed.
async fn what_comes_again_gets_its_answer_again(site: Site) {
    let (assignment, asked) = (jw301("1", 300_401), request("V1"));
    let mut service = site.start();
    site.deliver(Some(GEMEENTE), "een", &assignment).await;
    site.deliver(Some(AANBIEDER), "twee", &asked).await;
    let seen = site.settled(2).await;
    let of = |lies: &[(String, String, Vec<u8>)], kind: &str| {
        lies.iter().find(|(_, found, _)| found == kind).unwrap_or_else(|| panic!("no {kind}")).clone()
    };
    let retour = of(&site.soon(GEMEENTE, 1).await, "JW302");
    let lies = site.soon(AANBIEDER, 3).await;
    let asked_retour = of(&lies, "JW316");
    assert_eq!((of(&lies, "JW301").2, lies.len()), (assignment.clone().into_bytes(), 3));
    of(&lies, "JW319");
    let measured =
        ["JW302", "JW316"].map(|kind| format!("happyflow_answer_seconds_count{{type=\"{kind}\"}}"));
    for figure in &measured {
        service.wait_for_figure(figure, 1.0);
    }
    // Gone, and asked for again: there it is, and nothing beside it.
    take_away(&site);
    site.deliver(Some(GEMEENTE), "een", &assignment).await;
    site.deliver(Some(AANBIEDER), "twee", &asked).await;
    assert_eq!(site.soon(GEMEENTE, 1).await, std::slice::from_ref(&retour));
    assert_eq!(site.soon(AANBIEDER, 1).await, std::slice::from_ref(&asked_retour));
    service.wait_for_figure("happyflow_received_total{known=\"yes\"}", 2.0);
    // Once more: in a folder it lies there still; on a queue a minute has not passed.
    site.deliver(Some(GEMEENTE), "een", &assignment).await;
    service.wait_for_figure("happyflow_received_total{known=\"yes\"}", 3.0);
    assert_eq!(site.settled(2).await, seen, "nothing was judged, booked or sent anew");
    if site.broker.is_none() {
        assert_eq!(site.lies(GEMEENTE).await, std::slice::from_ref(&retour));
        // Taken away again: that it was put back a moment ago is no reason not to.
        take_away(&site);
        site.deliver(Some(GEMEENTE), "een", &assignment).await;
        assert_eq!(site.soon(GEMEENTE, 1).await, std::slice::from_ref(&retour));
    } else {
        assert_eq!(site.lies(GEMEENTE).await, []);
        // Another process has not given it yet.
        assert_eq!(service.stop(), Some(0));
        service = site.start();
        site.deliver(Some(GEMEENTE), "een", &assignment).await;
        assert_eq!(site.soon(GEMEENTE, 1).await, std::slice::from_ref(&retour));
    }
    // How long a sender waits is measured once.
    for figure in &measured {
        assert!(service.figure(figure).is_none_or(|count| (count - 1.0).abs() < 0.5), "{figure}");
    }
    // By hand as well, whoever publishes it.
    take_away(&site);
    fs::write(site.path().join("hand.xml"), &asked).unwrap();
    let run = site.expect(0, &["process", "--json", "hand.xml"]);
    assert_eq!(run.lines()[0]["duplicate"], true);
    assert_eq!(site.soon(AANBIEDER, 1).await, [asked_retour]);
    assert_eq!(site.settled(2).await, seen);
    assert_eq!(service.stop(), Some(0));
    site.proved();
}

/// Who calls asks for the answer on what he sent, by the number that he gave it.
async fn an_answer_is_found_by_what_its_sender_calls_it(site: Site) {
    let line = Line {
        referentie: "R1".to_owned(),
        vorig: None,
        toewijzing: 300_401,
        product: ("45", "45A04"),
        periode: ("2026-02-01".to_owned(), "2026-02-28".to_owned()),
        volume: 3,
        eenheid: "04",
        tarief: 8000,
    };
    let (relatie, month) = ((AANBIEDER, GEMEENTE), ("2026-02-01", "2026-02-28"));
    let claim = jw323(relatie, "C9", "2026-03-02", month, BSN, &[line]);
    let messages = [jw301("1", 300_401), claim, request("7"), jw305("7")];
    for (number, message) in messages.iter().enumerate() {
        let file = format!("{number}.xml");
        fs::write(site.path().join(&file), message).unwrap();
        site.expect(0, &["process", &file]);
    }
    let mut service = site.start();
    site.soon(GEMEENTE, 1).await;
    site.soon(AANBIEDER, 5).await;
    take_away(&site);
    for (id, sender, kind, receiver) in [
        ("1", GEMEENTE, "JW302", GEMEENTE),
        ("C9", AANBIEDER, "JW325", AANBIEDER),
        ("DC9", AANBIEDER, "JW325", AANBIEDER),
    ] {
        let said = site.expect(0, &["resend", id, "--van", sender]).stdout;
        assert!(said.starts_with(&format!("{kind} aan {receiver}: ")), "{said}");
        let lies = site.soon(receiver, 1).await;
        assert!(lies.len() == 1 && lies[0].1 == kind, "{lies:?}");
        take_away(&site);
    }
    let several = site.expect(2, &["resend", "7", "--van", AANBIEDER]).stderr;
    assert!(
        several.contains("2 antwoorden") && several.contains("JW316") && several.contains("JW306"),
        "{several}"
    );
    let number =
        several.lines().find(|line| line.contains("JW306")).unwrap().trim().split(':').next().unwrap();
    assert!(site.expect(0, &["resend", number]).stdout.starts_with("JW306 aan"));
    for (id, sender) in [("1", AANBIEDER), ("C9", GEMEENTE), ("weg", AANBIEDER)] {
        let none = site.expect(2, &["resend", id, "--van", sender]).stderr;
        assert!(none.contains("geen antwoord verzonden"), "{none}");
    }
    let party = site.expect(2, &["resend", "1", "--van", "Zwolle"]).stderr;
    assert!(party.contains("gemeentecode"), "{party}");
    assert_eq!(service.stop(), Some(0));
}

everywhere! {
    an_answer_is_found_by_what_its_sender_calls_it: found_in_folders_on_sqlite, found_in_folders_on_postgresql,
        found_on_queues_on_sqlite, found_on_queues_on_postgresql;
    what_comes_again_gets_its_answer_again: in_folders_on_sqlite, in_folders_on_postgresql, on_queues_on_sqlite,
        on_queues_on_postgresql;
}
