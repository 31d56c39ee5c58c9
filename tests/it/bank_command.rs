//! `happyflow bank`: statements and status reports move money, what comes back is owed and paid again, what nobody knows waits for
//! an explanation; nothing twice, and nothing that a replay does not make again.

use crate::held_payments::{claim, decide, line, with_a_held_line};
use crate::ledger::{balances, faults};
use crate::office::Office;
use happyflow::bank::Batchwijze;
use happyflow::codes::Datum;
use happyflow::generate::bank::{
    Banklevering, Bankopdracht, Bankopties, Bankstreek, Boekwijze, Camtversie, NagemaakteBank,
};
use happyflow::money::Cents;
use serde_json::Value;

const BANK: &str = "10/NL13TEST0123456789";
const ON_ITS_WAY: &str = "11/NL13TEST0123456789";
const UNKNOWN: &str = "18/NL13TEST0123456789";
const OWED: &str = "20/0193/12345678";
const BEGIN: i64 = 1_000_000;

pub fn day(number: u32) -> Datum {
    Datum::from_ymd_opt(2026, 1, number).unwrap()
}

pub fn bank(boekwijze: Boekwijze, versie: Camtversie, streken: &[Bankstreek]) -> NagemaakteBank {
    NagemaakteBank::new(Bankopties {
        seed: 7,
        versie,
        boekwijze,
        in_melding: false,
        streken: streken.iter().copied().collect(),
        beginsaldo: Cents(BEGIN),
    })
}

/// Pays on a day; the file for the bank, when anything was paid.
pub fn pay(office: &Office, run: u32, number: u32) -> Option<Bankopdracht> {
    let (out, date) = (format!("pay{run}"), format!("2026-01-{number:02}"));
    office.expect(0, &["pay", "--data", "data", "--date", &date, "--out", &out]);
    let file = std::fs::read(office.folder().join(out).join(format!("betaalrun-{run}.xml"))).ok()?;
    Bankopdracht::read(&file)
}

/// A day at the bank, and its files taken in; the lines of the import.
fn told(
    office: &Office,
    bank: &mut NagemaakteBank,
    number: u32,
    sent: &[Bankopdracht],
    code: i32,
) -> Vec<Value> {
    let files = bank.day(day(number), sent);
    let names: Vec<String> = files
        .iter()
        .map(|file| {
            std::fs::write(office.folder().join(&file.naam), &file.bytes).unwrap();
            file.naam.clone()
        })
        .collect();
    import(office, &names, code)
}

/// Somebody calls about every account that took no money.
fn called_back(office: &Office) {
    let waiting = office.expect(0, &["pay", "blocks", "--json", "--data", "data"]).lines();
    for line in waiting.iter().filter(|line| line["kind"] == "call-back") {
        let iban = line["what"].as_str().unwrap().split(' ').nth(1).unwrap();
        let call = ["pay", "callback", "--aanbieder", "12345678", "--iban", iban, "--by", "A. Proef"];
        office.expect(0, &[&call[..], &["--why", "gebeld", "--data", "data"]].concat());
    }
}

fn import(office: &Office, names: &[String], code: i32) -> Vec<Value> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    office.expect(code, &[&["bank", "import", "--json", "--data", "data"][..], &names].concat()).lines()
}

/// An office of which the bank booked a payment, and that blocked a claim.
pub fn with_a_statement() -> Office {
    let office = with_a_held_line();
    let sent = pay(&office, 1, 9).unwrap();
    told(&office, &mut bank(Boekwijze::PerBetaling, Camtversie::V08, &[]), 9, &[sent], 0);
    let block = ["pay", "block", "--aanbieder", "12345678", "--declaratie", "DC1", "--by", "A. Proef"];
    office.expect(0, &[&block[..], &["--why", "navraag", "--data", "data"]].concat());
    office
}

pub fn proven(office: &Office) {
    assert_eq!(faults(office), [""; 0]);
    office.expect(0, &["replay", "--verify-state", "--data", "data"]);
    office.expect(0, &["replay", "--verify-chain", "--data", "data"]);
    office.expect(0, &["replay", "--data", "data"]);
}

#[test]
fn a_run_is_booked_however_the_bank_does_it_and_once() {
    for boekwijze in
        [Boekwijze::Batch(Batchwijze::Bruto), Boekwijze::Batch(Batchwijze::Netto), Boekwijze::PerBetaling]
    {
        for versie in [Camtversie::V02, Camtversie::V08] {
            let office = with_a_held_line();
            let sent = pay(&office, 1, 9).unwrap();
            assert_eq!(balances(&office)[ON_ITS_WAY], 48_000);
            let mut bank = bank(boekwijze, versie, &[]);
            let files = bank.day(day(9), &[sent]);
            let names: Vec<String> = files.iter().map(|file| file.naam.clone()).collect();
            for file in &files {
                std::fs::write(office.folder().join(&file.naam), &file.bytes).unwrap();
            }
            // Looking changes nothing.
            let before = balances(&office);
            let names_too: Vec<&str> = names.iter().map(String::as_str).collect();
            office.expect(0, &[&["bank", "import", "--check", "--data", "data"][..], &names_too].concat());
            assert_eq!(balances(&office), before);
            import(&office, &names, 0);
            let after = balances(&office);
            assert_eq!((after[ON_ITS_WAY], after[BANK]), (0, 48_000 - BEGIN));
            assert_eq!(after[UNKNOWN], BEGIN, "the balance to begin with is to be explained");
            let again = import(&office, &names, 0);
            let statement = again.iter().find(|line| line["account"].is_string()).unwrap();
            assert_eq!(statement["taken"], false, "{statement}");
            assert_eq!(balances(&office), after);
            proven(&office);
        }
    }
}

#[test]
fn what_comes_back_is_owed_again_and_paid_once_more() {
    for streek in [Bankstreek::Terugkomst, Bankstreek::LateTerugkomst, Bankstreek::Afwijzing] {
        let office = with_a_held_line();
        let sent = pay(&office, 1, 9).unwrap();
        let mut bank = bank(Boekwijze::PerBetaling, Camtversie::V08, &[streek]);
        told(&office, &mut bank, 9, &[sent], 0);
        if streek == Bankstreek::LateTerugkomst {
            told(&office, &mut bank, 12, &[], 0);
        }
        let after = balances(&office);
        assert_eq!((after[OWED], after[ON_ITS_WAY], after[BANK]), (48_000, 0, -BEGIN), "{streek:?}");
        let status = office.expect(0, &["status", "C1", "--json", "--data", "data"]).stdout;
        assert!(status.contains("\"payable_cents\":48000"), "{status}");
        called_back(&office);
        // The same debts, in a run of their own.
        pay(&office, 2, 13).unwrap();
        assert_eq!(balances(&office)[OWED], 0);
        let nothing = office.expect(0, &["pay", "--data", "data", "--date", "2026-01-14", "--out", "pay3"]);
        assert!(nothing.stdout.contains("niets te betalen"), "{}", nothing.stdout);
        proven(&office);
    }
}

/// A line that was held and released, and the one beside it that was not: what is owed again names the lines that it was for.
#[test]
fn what_was_released_comes_back_and_is_paid_with_its_own_lines() {
    let office = with_a_held_line();
    pay(&office, 1, 9).unwrap();
    decide(&office, "approve", 1);
    let sent = pay(&office, 2, 12).unwrap();
    let mut bank = bank(Boekwijze::PerBetaling, Camtversie::V08, &[Bankstreek::Terugkomst]);
    told(&office, &mut bank, 12, &[sent], 0);
    assert_eq!(balances(&office)[OWED], 40_000);
    called_back(&office);
    pay(&office, 3, 13).unwrap();
    let specification = |run: u32| {
        let file = format!("pay{run}/specificatie-run-{run}-12345678.csv");
        std::fs::read_to_string(office.folder().join(file)).unwrap()
    };
    for run in [2, 3] {
        let text = specification(run);
        assert!(text.contains("R2") && !text.contains("R1"), "{text}");
    }
    proven(&office);
}

#[test]
fn what_nobody_knows_waits_until_a_person_says_what_it_is() {
    let office = with_a_held_line();
    let sent = pay(&office, 1, 9).unwrap();
    let mut bank = bank(Boekwijze::PerBetaling, Camtversie::V08, &[Bankstreek::VreemdePost]);
    told(&office, &mut bank, 9, &[sent], 0);
    let waiting = office.expect(0, &["bank", "list", "--json", "--data", "data"]).lines();
    assert_eq!(waiting.len(), 2, "the balance to begin with, and the post: {waiting:?}");
    let by = ["--by", "A. Proef", "--why", "nagegaan", "--data", "data"];
    for post in &waiting {
        let name = format!("{}/{}", post["journal"], post["place"]);
        let explain = ["bank", "explain", &name, "--gemeente", "0193"];
        office.expect(0, &[&explain[..], &by].concat());
        let twice = office.expect(2, &[&explain[..], &by].concat());
        assert!(twice.stderr.contains("bank.not-open"), "{}", twice.stderr);
    }
    let after = balances(&office);
    let foreign: i64 = waiting.iter().map(|post| post["amount_cents"].as_i64().unwrap()).sum();
    assert_eq!((after[UNKNOWN], after["22/0193"]), (0, foreign));
    proven(&office);
}

/// A transfer came back with a cent too little: a person looks; the transfer is not owed again by itself, nor twice.
#[test]
fn another_amount_is_never_taken_for_a_transfer() {
    let office = with_a_held_line();
    let sent = pay(&office, 1, 9).unwrap();
    let mut bank = bank(Boekwijze::PerBetaling, Camtversie::V08, &[Bankstreek::AnderBedrag]);
    told(&office, &mut bank, 9, &[sent], 0);
    assert_eq!(balances(&office)[OWED], 0);
    let waiting = office.expect(0, &["bank", "list", "--json", "--data", "data"]).lines();
    let post = waiting.iter().find(|post| post["amount_cents"] == 47_999).unwrap();
    let name = format!("{}/{}", post["journal"], post["place"]);
    let refused = office.expect(
        2,
        &[
            "bank",
            "explain",
            &name,
            "--betaling",
            "RUN-1-12345678-0193",
            "--by",
            "A. Proef",
            "--why",
            "x",
            "--data",
            "data",
        ],
    );
    assert!(refused.stderr.contains("bank.other-amount"), "{}", refused.stderr);
    proven(&office);
}

#[test]
fn a_statement_that_is_missing_is_told_and_found_in_the_ledger_until_it_comes() {
    let mut office = with_a_held_line();
    let mut bank = bank(Boekwijze::PerBetaling, Camtversie::V08, &[Bankstreek::LateTerugkomst]);
    let first = pay(&office, 1, 9).unwrap();
    told(&office, &mut bank, 9, &[first], 0);
    claim(&mut office, "C9", &[line(3, None, 1)]);
    decide(&office, "approve", 1);
    let second = pay(&office, 2, 12).unwrap();
    let write = |files: Vec<Banklevering>| -> Vec<String> {
        let place = |file: Banklevering| {
            std::fs::write(office.folder().join(&file.naam), &file.bytes).unwrap();
            file.naam
        };
        files.into_iter().map(place).collect()
    };
    let (late, next) = (write(bank.day(day(12), &[second])), write(bank.day(day(13), &[])));
    let gap = import(&office, &next, 1);
    assert!(gap[0]["order"].as_str().unwrap().contains("ontbreekt"), "{gap:?}");
    let found = faults(&office);
    assert!(found.len() == 1 && found[0].contains(BANK) && found[0].contains("ontbreekt"), "{found:?}");
    import(&office, &late, 0);
    proven(&office);
}

#[test]
fn what_is_no_statement_of_ours_changes_nothing() {
    let office = with_a_held_line();
    let before = balances(&office);
    std::fs::write(office.folder().join("bom.xml"), "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>").unwrap();
    std::fs::write(office.folder().join("leeg.xml"), "").unwrap();
    for (file, label) in [("bom.xml", "bank."), ("leeg.xml", "bank."), ("weg.xml", "cli.usage")] {
        let run = office.expect(2, &["bank", "import", file, "--data", "data"]);
        assert!(run.stderr.contains(label), "{file}: {}", run.stderr);
    }
    assert_eq!(balances(&office), before);
    proven(&office);
}
