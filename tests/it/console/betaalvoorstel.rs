//! A payment run at the console: what would be paid, proposed by one penningmeester and approved by another; and what is not paid.

use super::besluiten::action;
use super::{Answer, Browser, Open};
use crate::held_payments::with_a_held_line;
use crate::office::Office;
use happyflow::config::{Betaling, Config, TweePersonen};

const PROPOSE: &str = "/betalingen/voorstel";
const BLOCKS: &str = "/betalingen/blokkades";

/// A console over an office in which 480 euros can be paid, where a run takes two persons or one.
pub fn open(office: &Office, two: bool) -> Open {
    let twee_personen =
        TweePersonen { betaalrun: Some(two), nabellen: Some(false), ..TweePersonen::default() };
    let config = Config { twee_personen, betaling: Some(Betaling::example()), ..Config::default() };
    Open::by(&office.folder().join("data"), Some(&config))
}

pub fn treasurer(open: &Open, naam: &str) -> Browser {
    let mut browser = open.nobody();
    assert_eq!(browser.login(naam, "penningmeester", "").status, 303);
    browser
}

fn press(browser: &Browser, page: &Answer, waarom: &str) -> Answer {
    browser.post(&action(&page.body), &[("sleutel", page.key().as_str()), ("waarom", waarom)])
}

fn runs(open: &Open) -> usize {
    open.wait(open.store.payment_runs()).unwrap().len()
}

#[test]
fn one_proposes_a_run_and_another_pays_exactly_that() {
    let office = with_a_held_line();
    let open = open(&office, true);
    let (ada, bea) = (treasurer(&open, "Ada"), treasurer(&open, "Bea"));
    assert!(ada.get("/betalingen").doors().contains(&PROPOSE.to_owned()));
    let page = ada.get(PROPOSE);
    assert!(
        page.body.contains("\u{20ac} 480,00") && page.body.contains("NL13TEST0123456789"),
        "{}",
        page.body
    );
    let sent = press(&ada, &page, "maandrun");
    let place = sent.header("location").unwrap().to_owned();
    assert!(sent.status == 303 && place.starts_with("/voordrachten/"), "{}", sent.body);
    assert_eq!(runs(&open), 0);
    assert!(!ada.get(&place).body.contains("Keur goed"));
    let seen = bea.get(&place);
    for part in ["1 overboekingen, samen \u{20ac} 480,00", "NL13TEST0123456789", "12345678"] {
        assert!(seen.body.contains(part), "{part}: {}", seen.body);
    }
    let done = press(&bea, &seen, "nagerekend");
    assert_eq!((done.status, done.header("location")), (303, Some(place.as_str())), "{}", done.body);
    assert_eq!(press(&bea, &seen, "nog eens").status, 409);
    assert_eq!(runs(&open), 1);
    let run = bea.get("/betalingen/1");
    assert!(run.body.contains("SHA-256") && run.body.contains("onderweg"), "{}", run.body);
    let file = bea.get("/betalingen/1/bestand/betaalrun-1.xml");
    assert!(file.status == 200 && file.body.contains("<InstdAmt Ccy=\"EUR\">480.00"), "{}", file.body);
    assert_eq!(bea.get("/betalingen/1/bestand/anders.xml").status, 404);
    // Who does not pay sees neither the form nor the proposal.
    assert_eq!(open.login("operator", "").get(PROPOSE).status, 403);
    assert_eq!(open.login("operator", "").get(&place).status, 404);
    assert!(open.login("auditor", "").get(&place).body.contains("Dit is uitgevoerd."));
    let nothing = ada.get(PROPOSE);
    assert!(nothing.body.contains("Er is niets te betalen"), "{}", nothing.body);
    office.expect(0, &["replay", "--verify-state", "--data", "data"]);
    office.expect(0, &["ledger", "check", "--data", "data"]);
}

#[test]
fn where_one_is_enough_the_same_person_approves() {
    let office = with_a_held_line();
    let open = open(&office, false);
    let ada = treasurer(&open, "Ada");
    let sent = press(&ada, &ada.get(PROPOSE), "maandrun");
    let place = sent.header("location").unwrap().to_owned();
    assert!(ada.get(&place).body.contains("Dit wacht op akkoord."));
    let done = press(&ada, &ada.get(&place), "nagerekend");
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(runs(&open), 1);
}

/// What is blocked after it was proposed is not paid: the second person sees it, and the proposal can only be withdrawn.
#[test]
fn a_block_ends_a_proposal_and_is_let_go_again() {
    let office = with_a_held_line();
    let open = open(&office, true);
    let (ada, bea) = (treasurer(&open, "Ada"), treasurer(&open, "Bea"));
    let place = press(&ada, &ada.get(PROPOSE), "maandrun").header("location").unwrap().to_owned();
    let fill = |daad: &str, aanbieder: &str, waarom: &str| {
        let page = ada.get(BLOCKS);
        let key = page.key();
        let fields =
            [("sleutel", key.as_str()), ("daad", daad), ("aanbieder", aanbieder), ("waarom", waarom)];
        ada.post(BLOCKS, &fields)
    };
    let wrong = fill("blokkeren", "12", "navraag");
    assert!(wrong.body.contains("Vul een aanbieder in") && wrong.body.contains("navraag"), "{}", wrong.body);
    let blocked = fill("blokkeren", "12345678", "navraag");
    assert!(blocked.body.contains("aanbieder 12345678 wordt niet meer betaald"), "{}", blocked.body);
    assert!(fill("blokkeren", "12345678", "nog eens").body.contains("is al geblokkeerd"));
    let seen = bea.get(&place);
    assert!(seen.body.contains("Zo kan het niet meer worden uitgevoerd"), "{}", seen.body);
    assert!(bea.get(PROPOSE).body.contains("niet betaald, geblokkeerd"));
    let auditor = open.login("auditor", "");
    assert!(auditor.get(BLOCKS).body.contains("Aanbieder 12345678"));
    assert!(!auditor.get(BLOCKS).body.contains("<form class=\"formulier\""));
    assert!(fill("vrijgeven", "12345678", "opgelost").body.contains("wordt weer betaald"));
    let done = press(&bea, &bea.get(&place), "nagerekend");
    assert_eq!((done.status, runs(&open)), (303, 1), "{}", done.body);
}
