//! `happyflow pay propose`, `approve`, `block` and `callback`: a run in two steps, by two persons where the region asks for them,
//! and what is never paid meanwhile.

use crate::bank_command::{bank, day, pay};
use crate::held_payments::{self, claim, decide, line, with_a_held_line};
use crate::ledger::{balances, faults};
use crate::office::{Office, contracts};
use happyflow::bank::Batchwijze;
use happyflow::generate::bank::{Bankstreek, Boekwijze, Camtversie};
use serde_json::Value;

const OWED: &str = "20/0193/12345678";
const HELD: &str = "21/0193/12345678";
const IBAN: &str = "NL13TEST0123456789";
const BY: [&str; 6] = ["--by", "A. Proef", "--why", "maandrun", "--data", "data"];

fn proven(office: &Office) {
    assert_eq!(faults(office), [""; 0]);
    office.expect(0, &["replay", "--verify-state", "--data", "data"]);
    office.expect(0, &["replay", "--verify-chain", "--data", "data"]);
    office.expect(0, &["replay", "--data", "data"]);
}

/// Settings beside the data: what `[twee_personen]` says.
fn settings(office: &Office, text: &str) {
    let text = format!(
        "data = 'data'\n[betaling]\nopdrachtgever = 'Voorbeeld BVO'\n[betaling.rekening]\nnaam = 'Voorbeeld BVO'\n\
         iban = '{IBAN}'\n{text}"
    );
    std::fs::write(office.folder().join("happyflow.toml"), text).unwrap();
}

fn propose(office: &Office, day: u32) -> Value {
    let date = format!("2026-01-{day:02}");
    office.expect(0, &[&["pay", "propose", "--date", &date, "--json"][..], &BY].concat()).lines().remove(0)
}

fn approve(office: &Office, number: &Value, out: &str, code: i32) -> crate::cli::Run {
    let number = number.to_string();
    office.expect(code, &[&["pay", "approve", &number, "--out", out, "--json"][..], &BY].concat())
}

fn runs(office: &Office) -> usize {
    let shown = office.expect(0, &["pay", "show", "--json", "--data", "data"]).lines();
    shown.iter().filter(|line| line["run"].is_number()).count()
}

#[test]
fn what_was_proposed_is_paid_once_and_nothing_before_it_is_approved() {
    let office = with_a_held_line();
    let looked =
        office.expect(0, &["pay", "propose", "--check", "--date", "2026-01-09", "--json", "--data", "data"]);
    assert_eq!(
        (&looked.lines()[0]["total_cents"], &looked.lines()[0]["proposal"]),
        (&48_000.into(), &Value::Null)
    );
    let told =
        office.expect(0, &["pay", "propose", "--check", "--date", "2026-01-09", "--data", "data"]).stdout;
    assert!(
        told.contains("zou worden betaald") && told.contains("1 overboekingen, samen € 480,00"),
        "{told}"
    );
    let proposal = propose(&office, 9);
    assert_eq!((&proposal["total_cents"], &proposal["run"]), (&48_000.into(), &Value::Null));
    assert_eq!((balances(&office)[OWED], runs(&office)), (48_000, 0));
    let number = &proposal["proposal"];
    let shown = office
        .expect(0, &["pay", "show", "--voorstel", &number.to_string(), "--json", "--data", "data"])
        .lines();
    assert_eq!((&shown[0]["still"], &shown[0]["amount_cents"]), (&true.into(), &48_000.into()));
    // Who approves sees to which account.
    let transfer = &shown[0]["transfers"][0];
    assert_eq!((&transfer["to"], &transfer["amount_cents"]), (&IBAN.into(), &48_000.into()));
    let paid = approve(&office, number, "pay", 0).lines().remove(0);
    assert_eq!((&paid["run"], &paid["total_cents"]), (&1.into(), &48_000.into()));
    let file = std::fs::read(office.folder().join("pay/betaalrun-1.xml")).unwrap();
    let digest = happyflow::digest::hex(&<sha2::Sha256 as sha2::Digest>::digest(file));
    assert_eq!(paid["bank_file_sha256"], digest);
    assert_eq!((balances(&office)[OWED], runs(&office)), (0, 1));
    // A second press does nothing.
    let twice = approve(&office, number, "pay2", 2);
    assert!(twice.stderr.contains("voordracht.closed"), "{}", twice.stderr);
    assert_eq!(runs(&office), 1);
    let run = office.expect(0, &["pay", "show", "1", "--json", "--data", "data"]).lines().remove(0);
    assert_eq!(run["transfers"][0]["state"], "onderweg");
    assert_eq!(run["bank_files"][0]["sha256"], digest);
    proven(&office);
}

/// A claim that is granted after the proposal goes along with the next run; a credit of what it would pay ends it.
#[test]
fn a_proposal_is_frozen_and_ends_when_what_it_pays_is_otherwise() {
    let mut office = with_a_held_line();
    let proposal = propose(&office, 9);
    decide(&office, "approve", 1);
    assert_eq!(balances(&office)[OWED], 88_000);
    let paid = approve(&office, &proposal["proposal"], "pay", 0).lines().remove(0);
    assert_eq!(paid["total_cents"], 48_000);
    assert_eq!(balances(&office)[OWED], 40_000);

    let proposal = propose(&office, 12);
    let blocked = [&["pay", "block", "--aanbieder", "12345678"][..], &BY].concat();
    office.expect(0, &blocked);
    let stale = approve(&office, &proposal["proposal"], "pay2", 2);
    assert!(stale.stderr.contains("pay.proposal-changed"), "{}", stale.stderr);
    assert!(!office.folder().join("pay2").exists());
    assert_eq!((balances(&office)[OWED], runs(&office)), (40_000, 1));
    let again = approve(&office, &proposal["proposal"], "pay2", 2);
    assert!(again.stderr.contains("voordracht.closed"), "{}", again.stderr);
    office.expect(0, &[&["pay", "unblock", "--aanbieder", "12345678"][..], &BY].concat());
    claim(&mut office, "C9", &[line(3, None, 1)]);
    proven(&office);
}

#[test]
fn one_that_was_withdrawn_is_never_paid() {
    let office = with_a_held_line();
    let number = propose(&office, 9)["proposal"].to_string();
    office.expect(0, &[&["pay", "withdraw", &number][..], &BY].concat());
    let run = office.expect(2, &[&["pay", "approve", &number, "--out", "pay"][..], &BY].concat());
    assert!(run.stderr.contains("voordracht.closed"), "{}", run.stderr);
    let unknown = office.expect(2, &[&["pay", "withdraw", "4711"][..], &BY].concat());
    assert!(unknown.stderr.contains("voordracht.unknown"), "{}", unknown.stderr);
    assert_eq!(runs(&office), 0);
}

/// Names that are typed do not show that they are two: the account of the machine does.
#[test]
fn where_the_region_asks_for_two_persons_no_command_does_it_alone() {
    let office = with_a_held_line();
    settings(&office, "[twee_personen]\nbetaalrun = true\nnabellen = false\n");
    let place = ["--config", "happyflow.toml"];
    let alone = office.expect(2, &[&["pay", "--date", "2026-01-09", "--out", "pay"][..], &place].concat());
    assert!(alone.stderr.contains("pay.two-persons"), "{}", alone.stderr);
    let by = |name| ["--by", name, "--why", "maandrun"];
    let propose =
        [&["pay", "propose", "--date", "2026-01-09", "--json"][..], &by("A. Proef"), &place].concat();
    let number = office.expect(0, &propose).lines()[0]["proposal"].to_string();
    let approve = [&["pay", "approve", &number, "--out", "pay"][..], &by("B. Proef"), &place].concat();
    let same = office.expect(2, &approve);
    assert!(same.stderr.contains("voordracht.same-person"), "{}", same.stderr);
    assert!(!office.folder().join("pay").exists());
    assert_eq!((balances(&office)[OWED], runs(&office)), (48_000, 0));
}

/// A claim, an aanbieder, an account: nothing of it is paid until it is let go, and the rest is.
#[test]
fn what_is_blocked_is_not_paid_and_the_rest_is() {
    let mut office = held_payments::office(500_000, "persoon");
    claim(&mut office, "C1", &[line(1, None, 6)]);
    claim(&mut office, "C7", &[line(3, None, 1)]);
    let owed = balances(&office)[OWED];
    assert_eq!(owed, 56_000);
    for (what, left) in [
        (&["--aanbieder", "12345678", "--declaratie", "DC7"][..], 48_000),
        (&["--aanbieder", "12345678"], 0),
        (&["--iban", IBAN], 0),
    ] {
        office.expect(0, &[&["pay", "block"][..], what, &BY].concat());
        let twice = office.expect(2, &[&["pay", "block"][..], what, &BY].concat());
        assert!(twice.stderr.contains("pay.blocked"), "{}", twice.stderr);
        let check = ["pay", "propose", "--check", "--date", "2026-01-09", "--json", "--data", "data"];
        let would = office.expect(0, &check).lines().remove(0);
        assert_eq!(would["total_cents"], left, "{what:?}");
        assert_eq!(would["blocked"].as_array().unwrap().len(), 1, "{would}");
        let blocks = office.expect(0, &["pay", "blocks", "--json", "--data", "data"]).lines();
        assert_eq!((blocks.len(), &blocks[0]["by"]), (1, &"A. Proef".into()));
        office.expect(0, &[&["pay", "unblock"][..], what, &BY].concat());
        let twice = office.expect(2, &[&["pay", "unblock"][..], what, &BY].concat());
        assert!(twice.stderr.contains("pay.not-blocked"), "{}", twice.stderr);
    }
    let unknown = [&["pay", "block", "--aanbieder", "12345678", "--declaratie", "WEG"][..], &BY].concat();
    assert!(office.expect(2, &unknown).stderr.contains("pay.unknown-claim"));
    let bsn = [
        "pay",
        "block",
        "--iban",
        IBAN,
        "--by",
        "A. Proef",
        "--why",
        "ouder van 999900006",
        "--data",
        "data",
    ];
    assert!(office.expect(2, &bsn).stderr.contains("pay.bsn"));
    let declared = &["--aanbieder", "12345678", "--declaratie", "DC7"][..];
    office.expect(0, &[&["pay", "block"][..], declared, &BY].concat());
    office.expect(0, &["pay", "--date", "2026-01-09", "--out", "pay", "--data", "data"]);
    assert_eq!(balances(&office)[OWED], owed - 48_000);
    proven(&office);
}

/// Money that came back because of the account is owed again, and goes to another account, or to the same once somebody called.
#[test]
fn a_payment_that_bounced_waits_until_the_account_is_mended() {
    for by_call in [true, false] {
        let office = with_a_held_line();
        let sent = pay(&office, 1, 9).unwrap();
        let mut bank = bank(Boekwijze::Batch(Batchwijze::Bruto), Camtversie::V08, &[Bankstreek::Terugkomst]);
        for file in bank.day(day(9), &[sent]) {
            let mut text = String::from_utf8(file.bytes).unwrap();
            for other in ["AC01", "MS03", "BE01"] {
                text = text.replace(&format!(">{other}<"), ">AC04<");
            }
            std::fs::write(office.folder().join(&file.naam), text).unwrap();
            office.expect(0, &["bank", "import", &file.naam, "--data", "data"]);
        }
        assert_eq!(balances(&office)[OWED], 48_000);
        let run = ["pay", "--date", "2026-01-12", "--out", "pay2", "--json", "--data", "data"];
        let waits = office.expect(1, &run).lines().remove(0);
        assert_eq!(waits["run"], Value::Null);
        assert!(waits["problems"][0].as_str().unwrap().contains("AC04"), "{waits}");
        let blocks = office.expect(0, &["pay", "blocks", "--json", "--data", "data"]).lines();
        assert_eq!((&blocks[0]["kind"], &blocks[0]["reason"]), (&"call-back".into(), &"AC04".into()));
        if by_call {
            let other =
                [&["pay", "callback", "--aanbieder", "12345678", "--iban", "NL94TEST0111111111"][..], &BY];
            assert!(office.expect(2, &other.concat()).stderr.contains("pay.unknown-account"));
            let call = [&["pay", "callback", "--aanbieder", "12345678", "--iban", IBAN][..], &BY];
            office.expect(0, &call.concat());
        } else {
            let mut agreed = contracts(Some("NL94TEST0111111111"));
            let old: Value =
                serde_json::from_slice(&std::fs::read(office.folder().join("contracts.json")).unwrap())
                    .unwrap();
            agreed["plafonds"] = old["plafonds"].clone();
            std::fs::write(office.folder().join("other.json"), agreed.to_string()).unwrap();
            office.expect(0, &["contract", "import", "other.json", "--data", "data"]);
        }
        let paid = office.expect(0, &run).lines().remove(0);
        assert_eq!((&paid["run"], &paid["total_cents"]), (&2.into(), &48_000.into()));
        let shown = office.expect(0, &["pay", "show", "1", "--json", "--data", "data"]).lines().remove(0);
        assert_eq!(shown["transfers"][0]["state"], "teruggekomen");
        let nothing = office.expect(0, &["pay", "--date", "2026-01-14", "--out", "pay3", "--data", "data"]);
        assert!(nothing.stdout.contains("niets te betalen"), "{}", nothing.stdout);
        assert_eq!((balances(&office)[OWED], balances(&office)[HELD]), (0, 40_000));
        proven(&office);
    }
}

/// Nothing was ever paid to the account, and the region has such accounts checked; by another than who brought it.
#[test]
fn an_account_that_is_new_waits_for_another_person_where_the_region_asks_for_it() {
    let office = with_a_held_line();
    settings(&office, "[twee_personen]\nnabellen = true\n");
    let place = ["--config", "happyflow.toml"];
    let run = |code| {
        office
            .expect(code, &[&["pay", "--date", "2026-01-09", "--out", "pay", "--json"][..], &place].concat())
    };
    let waits = run(1).lines().remove(0);
    assert!(waits["problems"][0].as_str().unwrap().contains("nog nooit betaald"), "{waits}");
    let agreed = std::fs::read(office.folder().join("contracts.json")).unwrap();
    let mut agreed: Value = serde_json::from_slice(&agreed).unwrap();
    agreed["contracten"][0]["iban"] = "NL94TEST0111111111".into();
    std::fs::write(office.folder().join("other.json"), agreed.to_string()).unwrap();
    let by = ["--by", "C. Proef", "--why", "andere rekening"];
    office.expect(0, &[&["contract", "import", "other.json"][..], &by, &place].concat());
    let call = |name, code| {
        let call =
            ["pay", "callback", "--aanbieder", "12345678", "--iban", "NL94TEST0111111111", "--by", name];
        office.expect(code, &[&call[..], &["--why", "gebeld"], &place].concat())
    };
    assert!(call("c. proef", 2).stderr.contains("pay.same-person"));
    call("D. Proef", 0);
    assert_eq!(run(0).lines()[0]["total_cents"], 48_000);
    proven(&office);
}

/// Pays; the lines of the specification, each with why it is not paid.
fn specified(office: &Office, run: u32, day: u32) -> Vec<String> {
    let (out, date) = (format!("pay{run}"), format!("2026-01-{day:02}"));
    office.expect(0, &["pay", "--date", &date, "--out", &out, "--data", "data"]);
    let read = |kind| {
        let file = format!("{out}/specificatie-run-{run}-12345678.{kind}");
        std::fs::read_to_string(office.folder().join(file)).unwrap()
    };
    let page = read("html");
    assert!(
        page.contains(&format!("Specificatie van betaalrun {run}")) && !page.contains("<script"),
        "{page}"
    );
    let csv = read("csv");
    let rows = csv.lines().filter(|row| row.starts_with("Prestatie"));
    rows.map(|row| row.rsplit(';').next().unwrap().to_owned()).collect()
}

/// Who is paid reads what waits and what was refused since the run before, and why; once.
#[test]
fn the_specification_says_what_waits_and_what_was_refused() {
    let mut office = held_payments::office(100_000, "persoon");
    let item = claim(&mut office, "C1", &[line(1, None, 6), line(2, None, 8)]).unwrap();
    assert_eq!(specified(&office, 1, 9), ["", "wacht op een besluit: het plafond"]);
    decide(&office, "reject", item);
    claim(&mut office, "C2", &[line(3, None, 1)]);
    assert_eq!(specified(&office, 2, 12), ["", "geweigerd: het plafond"]);
    claim(&mut office, "C3", &[line(4, None, 1)]);
    assert_eq!(specified(&office, 3, 13), [""]);
    proven(&office);
}
