//! Worked stories of money, from claim to bank, with every row counted by hand: without a ceiling, with one that holds, and
//! a payment that is refused, made again and comes back. Hours are of 80 euros, as the contract has them.

use crate::bank_command::proven;
use crate::held_payments::{claim, decide, line, office};
use crate::ledger::{balances, expected, rows};
use crate::model::bank::{Afschrift, Bestand, Post, Wat, Weigering};
use crate::model::histories::day;
use crate::office::Office;
use crate::xml::Line;

const IBAN: &str = "NL13TEST0123456789";
const BANK: &str = "10/NL13TEST0123456789";
const ON_ITS_WAY: &str = "11/NL13TEST0123456789";
const UNKNOWN: &str = "18/NL13TEST0123456789";
const OWED: &str = "20/0193/12345678";
const HELD: &str = "21/0193/12345678";
const COST: &str = "40/0193/12345678/pxq/2025";

/// Pays in January on a day.
fn pay(office: &Office, run: u32, day: u32) {
    let (out, date) = (format!("pay{run}"), format!("2026-01-{day:02}"));
    office.expect(0, &["pay", "--data", "data", "--date", &date, "--out", &out]);
    assert!(office.folder().join(out).join(format!("betaalrun-{run}.xml")).exists());
}

/// The bank tells, and it is taken in.
fn told(office: &Office, name: &str, bestand: &Bestand) {
    std::fs::write(office.folder().join(name), bestand.bytes(name)).unwrap();
    office.expect(0, &["bank", "import", name, "--data", "data"]);
}

fn statement(nummer: u64, of: u32, opening: i64, posten: Vec<Post>) -> Bestand {
    let dag = day(2026, 1, of);
    Bestand::Afschriften(vec![Afschrift { rekening: IBAN, nummer, dag, opening, posten }])
}

fn transfer(run: u32, bedrag: i64, code: Option<&'static str>) -> Post {
    Post { bedrag, wat: Wat::Betaling(format!("RUN-{run}-12345678-0193"), code) }
}

fn stands(office: &Office, of: &[(&str, i64)]) {
    let all = balances(office);
    let told = of.iter().map(|(key, _)| (*key, all.get(*key).copied().unwrap_or_default()));
    assert_eq!(told.collect::<Vec<_>>(), of);
    proven(office);
}

#[test]
fn without_a_ceiling_what_was_granted_less_what_was_taken_back_is_paid() {
    let mut office = office(100_000_000, "persoon");
    claim(&mut office, "C1", &[line(1, None, 5)]);
    claim(&mut office, "C2", &[line(2, None, 6)]);
    // One hour too many: all of it is taken back and claimed anew.
    let anew = Line { referentie: "R2B".to_owned(), ..line(2, None, 5) };
    claim(&mut office, "C3", &[line(2, Some("R2"), 6), anew]);
    pay(&office, 1, 9);
    told(&office, "eerste.xml", &statement(1, 12, 0, vec![transfer(1, -80_000, None)]));
    let story = [
        ("toegekend", COST, OWED, 40_000),
        ("toegekend", COST, OWED, 48_000),
        ("toegekend", COST, OWED, 40_000),
        ("credit", OWED, COST, 48_000),
        ("betaald", OWED, ON_ITS_WAY, 80_000),
        ("bank-geboekt", ON_ITS_WAY, BANK, 80_000),
    ];
    assert_eq!(rows(&office), expected(&story));
    stands(&office, &[(OWED, 0), (ON_ITS_WAY, 0), (BANK, 80_000), (COST, -80_000)]);
}

#[test]
fn above_a_ceiling_is_held_and_partly_released_and_what_is_refused_is_no_cost() {
    let mut office = office(48_000, "persoon");
    assert_eq!(claim(&mut office, "C1", &[line(1, None, 6)]), None);
    let released = claim(&mut office, "C2", &[line(2, None, 4)]).unwrap();
    let refused = claim(&mut office, "C3", &[line(3, None, 6)]).unwrap();
    stands(&office, &[(OWED, 48_000), (HELD, 80_000), (COST, -128_000)]);
    decide(&office, "approve", released);
    decide(&office, "reject", refused);
    pay(&office, 1, 9);
    let block = Wat::Blok("HF-20260109-RUN-1-0193".to_owned(), Vec::new());
    told(&office, "eerste.xml", &statement(1, 12, 0, vec![Post { bedrag: -80_000, wat: block }]));
    let story = [
        ("toegekend", COST, OWED, 48_000),
        ("toegekend-vastgehouden", COST, HELD, 32_000),
        ("toegekend-vastgehouden", COST, HELD, 48_000),
        ("vrijgegeven", HELD, OWED, 32_000),
        ("geweigerd", HELD, COST, 48_000),
        ("betaald", OWED, ON_ITS_WAY, 80_000),
        ("bank-geboekt", ON_ITS_WAY, BANK, 80_000),
    ];
    assert_eq!(rows(&office), expected(&story));
    stands(&office, &[(OWED, 0), (HELD, 0), (ON_ITS_WAY, 0), (BANK, 80_000), (COST, -80_000)]);
}

#[test]
fn a_payment_is_refused_made_again_booked_and_comes_back() {
    let mut office = office(100_000_000, "persoon");
    claim(&mut office, "C1", &[line(1, None, 8)]);
    pay(&office, 1, 9);
    let refused = Weigering {
        bericht: "HF-20260109-RUN-1".to_owned(),
        blok: "HF-20260109-RUN-1-0193".to_owned(),
        geheel: None,
        betalingen: vec![("RUN-1-12345678-0193".to_owned(), 64_000, "AC04")],
    };
    told(&office, "weigering.xml", &Bestand::Weigering(refused));
    stands(&office, &[(OWED, 64_000), (ON_ITS_WAY, 0), (BANK, 0)]);
    // Somebody calls first.
    let call = ["pay", "callback", "--aanbieder", "12345678", "--iban", IBAN, "--by", "B. Proef"];
    office.expect(0, &[&call[..], &["--why", "nagebeld", "--data", "data"]].concat());
    pay(&office, 2, 13);
    told(&office, "eerste.xml", &statement(1, 14, 0, vec![transfer(2, -64_000, None)]));
    stands(&office, &[(OWED, 0), (ON_ITS_WAY, 0), (BANK, 64_000)]);
    told(&office, "tweede.xml", &statement(2, 16, -64_000, vec![transfer(2, 64_000, Some("AC04"))]));
    let story = [
        ("toegekend", COST, OWED, 64_000),
        ("betaald", OWED, ON_ITS_WAY, 64_000),
        ("bank-afgewezen", ON_ITS_WAY, OWED, 64_000),
        ("betaald", OWED, ON_ITS_WAY, 64_000),
        ("bank-geboekt", ON_ITS_WAY, BANK, 64_000),
        ("bank-onbekend", BANK, UNKNOWN, 64_000),
        ("teruggekomen", UNKNOWN, OWED, 64_000),
    ];
    assert_eq!(rows(&office), expected(&story));
    stands(&office, &[(OWED, 64_000), (ON_ITS_WAY, 0), (BANK, 0), (UNKNOWN, 0), (COST, -64_000)]);
}

/// A run that settles what was taken back with what was granted, and of which the money comes back: both are open again.
#[test]
fn what_comes_back_of_a_payment_with_a_credit_in_it_is_no_fault() {
    let mut office = office(100_000_000, "persoon");
    claim(&mut office, "C1", &[line(1, None, 8)]);
    pay(&office, 1, 9);
    claim(&mut office, "C2", &[line(1, Some("R1"), 8)]);
    claim(&mut office, "C3", &[line(2, None, 8), line(3, None, 1)]);
    pay(&office, 2, 13);
    let posts = vec![transfer(1, -64_000, None), transfer(2, -8_000, None), transfer(2, 8_000, Some("AC04"))];
    told(&office, "eerste.xml", &statement(1, 14, 0, posts));
    stands(&office, &[(OWED, 8_000), (ON_ITS_WAY, 0), (BANK, 64_000), (UNKNOWN, 0), (COST, -72_000)]);
}
