//! Statements and reports by hand for an office that paid, and what it says of them.

use super::sent::{back, batch, iban, own, post, reason, single};
use super::text::AANBIEDER;
use crate::held_payments::{claim, decide, line, with_a_held_line};
use crate::ledger::{balances, faults};
use crate::office::Office;
use happyflow::bank::{
    Afschriftnummer, Bankafschrift, Bankmelding, Bankpost, Batchverwijzing, Betalingstatus, Blokstatus,
    Statusbericht, Statusmelding,
};
use happyflow::codes::Datum;
use happyflow::generate::bank::{Camtversie, write_notifications, write_statements, write_status};
use happyflow::iban::Iban;
use happyflow::money::Cents;
use serde_json::Value;

pub const BY: [&str; 6] = ["--by", "A. Proef", "--why", "nagegaan", "--data", "data"];
pub const BANK: &str = "10/NL13TEST0123456789";
pub const ON_ITS_WAY: &str = "11/NL13TEST0123456789";
pub const UNKNOWN: &str = "18/NL13TEST0123456789";
pub const OWED: &str = "20/0193/12345678";
/// The transfers of the two runs of [`with_two_runs`].
pub const FIRST: &str = "RUN-1-12345678-0193";
pub const SECOND: &str = "RUN-2-12345678-0193";
pub const FIRST_FILE: &str = "HF-20260109-RUN-1";

pub fn pay(office: &Office, run: u32, day: u32) {
    let (out, date) = (format!("pay{run}"), format!("2026-01-{day:02}"));
    office.expect(0, &["pay", "--data", "data", "--date", &date, "--out", &out]);
}

/// An office that paid € 480 in run 1.
pub fn with_a_run() -> Office {
    let office = with_a_held_line();
    pay(&office, 1, 9);
    office
}

/// And € 400 in run 2.
pub fn with_two_runs() -> Office {
    let office = with_a_run();
    decide(&office, "approve", 1);
    pay(&office, 2, 12);
    office
}

/// One more claim of € 80 that may be paid.
pub fn claim_more(office: &mut Office) {
    claim(office, "C9", &[line(3, None, 1)]);
    decide(office, "approve", 2);
}

pub fn day(number: u32) -> Datum {
    Datum::from_ymd_opt(2026, 1, number).unwrap()
}

/// A statement of the account that pays.
pub fn statement(number: u32, opening: i64, posten: Vec<Bankpost>) -> Bankafschrift {
    statement_of(own(), number, opening, posten)
}

pub fn statement_of(rekening: Iban, number: u32, opening: i64, posten: Vec<Bankpost>) -> Bankafschrift {
    let moved: i64 = posten.iter().filter(|post| post.status.is_booked()).map(|post| post.bedrag.0).sum();
    let numbered =
        |(volgorde, post): (u32, Bankpost)| Bankpost { volgorde, boekdatum: Some(day(number)), ..post };
    Bankafschrift {
        rekening,
        identificatie: format!("S{number}"),
        nummer: Afschriftnummer { elektronisch: Some(number.into()), wettelijk: None },
        deel: None,
        van: Some(day(number)),
        tot: Some(day(number)),
        opening: Cents(opening),
        slot: Cents(opening + moved),
        posten: (1..).zip(posten).map(numbered).collect(),
    }
}

/// Run 1 left as one, by the name of its block.
pub fn block_left(cents: i64) -> Bankpost {
    let bericht = Some(FIRST_FILE.to_owned());
    let blok = Some(format!("{FIRST_FILE}-0193"));
    Bankpost { batch: Some(Batchverwijzing { bericht, blok, aantal: None }), ..batch("0193", cents) }
}

/// Money from or to an account of nobody that we know.
pub fn foreign(cents: i64) -> Bankpost {
    let mut post = single("-", cents);
    post.details[0].end_to_end = None;
    post.details[0].tegenrekening = None;
    post
}

/// A post of which the bank tells nothing.
pub fn bare(cents: i64) -> Bankpost {
    post(cents)
}

pub fn left(name: &str, cents: i64) -> Bankpost {
    single(name, -cents)
}

pub fn came_back(name: &str, cents: i64, code: &str) -> Bankpost {
    back(name, cents, code)
}

/// What the bank will do with run 1: its transfer has this status.
pub fn report(code: &str, reasons: &[&str], name: &str) -> Statusbericht {
    let part = || Statusmelding { code: Some("PART".to_owned()), reden: reason(&[]) };
    let melding = Statusmelding { code: Some(code.to_owned()), reden: reason(reasons) };
    let betalingen = vec![Betalingstatus { end_to_end: Some(name.to_owned()), bedrag: None, melding }];
    let blok = Blokstatus { blok: Some(format!("{FIRST_FILE}-0193")), melding: part(), betalingen };
    Statusbericht { over: FIRST_FILE.to_owned(), geheel: part(), blokken: vec![blok] }
}

/// Writes a statement where the office can find it.
pub fn write(office: &Office, afschrift: &Bankafschrift) -> String {
    let name = format!("{}-{}.xml", afschrift.identificatie, afschrift.posten.len());
    let bytes = write_statements(&name, Camtversie::V08, std::slice::from_ref(afschrift));
    std::fs::write(office.folder().join(&name), bytes).unwrap();
    name
}

pub fn write_details(office: &Office, posten: Vec<Bankpost>) -> String {
    let melding = Bankmelding { rekening: own(), identificatie: "N1".to_owned(), posten };
    let bytes = write_notifications("N1", Camtversie::V08, day(9), &[melding]);
    std::fs::write(office.folder().join("N1.xml"), bytes).unwrap();
    "N1.xml".to_owned()
}

/// Takes files in; what the import says of each.
pub fn import(office: &Office, code: i32, names: &[&str]) -> Vec<Value> {
    office.expect(code, &[&["bank", "import", "--json", "--data", "data"][..], names].concat()).lines()
}

/// Takes a statement in.
pub fn take(office: &Office, code: i32, afschrift: &Bankafschrift) -> Value {
    let name = write(office, afschrift);
    import(office, code, &[&name]).remove(0)
}

/// Takes a status report in.
pub fn take_report(office: &Office, code: i32, bericht: &Statusbericht) -> Value {
    std::fs::write(office.folder().join("status.xml"), write_status("P1", day(9), bericht)).unwrap();
    import(office, code, &["status.xml"]).remove(0)
}

/// What waits for an explanation, with this amount: its name.
pub fn waiting(office: &Office, cents: i64) -> String {
    let all = office.expect(0, &["bank", "list", "--json", "--data", "data"]).lines();
    let found = all.iter().find(|post| post["amount_cents"] == cents);
    let found = found.unwrap_or_else(|| panic!("no post of {cents}: {all:?}"));
    format!("{}/{}", found["journal"], found["place"])
}

/// Explains a post.
pub fn explain(office: &Office, post: &str, as_what: &[&str]) {
    office.expect(0, &[&["bank", "explain", post][..], as_what, &BY].concat());
}

/// It is not taken for that, and why not.
pub fn refused(office: &Office, post: &str, as_what: &[&str], label: &str) {
    let before = balances(office);
    let run = office.expect(2, &[&["bank", "explain", post][..], as_what, &BY].concat());
    assert!(run.stderr.contains(label), "{label}: {}", run.stderr);
    assert_eq!(balances(office), before);
}

/// Balance of an account; nothing when it has no row.
pub fn balance(office: &Office, account: &str) -> i64 {
    balances(office).get(account).copied().unwrap_or_default()
}

/// The ledger, the state and the chain are what was recorded.
pub fn proven(office: &Office) {
    assert_eq!(faults(office), [""; 0]);
    office.expect(0, &["replay", "--verify-state", "--data", "data"]);
    office.expect(0, &["replay", "--verify-chain", "--data", "data"]);
    office.expect(0, &["replay", "--data", "data"]);
}

/// An account that no settings name.
pub fn other() -> Iban {
    iban(AANBIEDER)
}
