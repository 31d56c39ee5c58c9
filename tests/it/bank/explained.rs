//! What a person says of a post agrees with it to the cent and with what was posted: nothing is owed again that left, and
//! nothing goes twice.

use super::office::{
    BANK, FIRST, ON_ITS_WAY, OWED, SECOND, UNKNOWN, balance, bare, block_left, came_back, claim_more,
    explain, foreign, left, pay, proven, refused, report, statement, statement_of, take, take_report,
    waiting, with_a_run, with_two_runs,
};
use super::sent::iban;
use crate::ledger::faults;
use happyflow::bank::Bankpost;

/// A block that left with a transfer that the bank calls a duplicate: the money is gone, so nothing is owed again.
#[test]
fn a_refusal_of_what_left_is_not_owed_again_until_its_money_is_back() {
    let office = with_a_run();
    take_report(&office, 0, &report("RJCT", &["AM05"], FIRST));
    let refusal = waiting(&office, 0);
    take(&office, 0, &statement(9, 0, vec![block_left(-48_000)]));
    refused(&office, &refusal, &["--betaling", FIRST], "bank.left");
    refused(&office, &refusal, &["--gemeente", "0193"], "bank.no-money");
    // Its money comes back: then it is owed.
    take(&office, 0, &statement(10, -48_000, vec![came_back(FIRST, 48_000, "AM05")]));
    refused(&office, &refusal, &["--doorgegaan"], "bank.owed-again");
    explain(&office, &refusal, &["--betaling", FIRST]);
    assert_eq!(
        (balance(&office, OWED), balance(&office, ON_ITS_WAY), balance(&office, BANK)),
        (48_000, 0, 0)
    );
    proven(&office);
}

#[test]
fn a_refusal_that_is_none_moves_nothing_and_its_transfer_may_come_back_as_any() {
    let office = with_a_run();
    take_report(&office, 0, &report("RJCT", &["DUPL"], FIRST));
    let refusal = waiting(&office, 0);
    explain(&office, &refusal, &["--doorgegaan"]);
    assert_eq!((balance(&office, OWED), balance(&office, ON_ITS_WAY)), (0, 48_000));
    take(&office, 0, &statement(9, 0, vec![left(FIRST, 48_000)]));
    assert_eq!(balance(&office, ON_ITS_WAY), 0);
    take(&office, 0, &statement(10, -48_000, vec![came_back(FIRST, 48_000, "AC04")]));
    assert_eq!(
        (balance(&office, OWED), balance(&office, ON_ITS_WAY), balance(&office, UNKNOWN)),
        (48_000, 0, 0)
    );
    proven(&office);
}

/// The bank tells of the return first. What leaves without our name later is how the transfer left: nobody paid it by hand, and it
/// is owed as before.
#[test]
fn what_came_back_before_it_was_seen_to_leave_is_owed_until_it_is_paid_again() {
    let office = with_a_run();
    take(&office, 0, &statement(9, 0, vec![came_back(FIRST, 48_000, "AM04")]));
    assert_eq!((balance(&office, OWED), balance(&office, ON_ITS_WAY)), (48_000, 48_000));
    take(&office, 0, &statement(10, 48_000, vec![foreign(-48_000)]));
    explain(&office, &waiting(&office, -48_000), &["--betaling", FIRST]);
    let stands = [OWED, ON_ITS_WAY, UNKNOWN, BANK].map(|account| balance(&office, account));
    assert_eq!(stands, [48_000, 0, 0, 0]);
    // A second one that leaves is by hand: then it is owed no more.
    take(&office, 0, &statement(11, 0, vec![foreign(-48_000)]));
    explain(&office, &waiting(&office, -48_000), &["--betaling", FIRST]);
    assert_eq!((balance(&office, OWED), balance(&office, UNKNOWN)), (0, 0));
    proven(&office);
}

#[test]
fn a_refusal_before_the_block_left_is_owed_again_when_somebody_says_so() {
    let office = with_a_run();
    take_report(&office, 0, &report("RJCT", &["AM05"], FIRST));
    explain(&office, &waiting(&office, 0), &["--betaling", FIRST]);
    assert_eq!((balance(&office, OWED), balance(&office, ON_ITS_WAY)), (48_000, 0));
    pay(&office, 2, 12);
    assert_eq!((balance(&office, OWED), balance(&office, ON_ITS_WAY)), (0, 48_000));
    proven(&office);
}

#[test]
fn a_transfer_that_never_left_does_not_come_back_and_one_that_did_comes_back_once() {
    let office = with_a_run();
    take(&office, 0, &statement(9, 0, vec![foreign(48_000)]));
    let first = waiting(&office, 48_000);
    refused(&office, &first, &["--betaling", FIRST], "bank.not-left");
    take(&office, 0, &statement(10, 48_000, vec![left(FIRST, 48_000)]));
    explain(&office, &first, &["--betaling", FIRST]);
    take(&office, 0, &statement(11, 0, vec![foreign(48_000)]));
    let second = waiting(&office, 48_000);
    refused(&office, &second, &["--betaling", FIRST], "bank.owed-again");
    explain(&office, &second, &["--terugvorderen", "0193/12345678"]);
    assert_eq!((balance(&office, OWED), balance(&office, "15/0193/12345678")), (48_000, 48_000));
    proven(&office);
}

#[test]
fn several_that_came_back_in_one_post_less_costs() {
    let office = with_two_runs();
    take(&office, 0, &statement(13, 0, vec![left(FIRST, 48_000), left(SECOND, 40_000)]));
    take(&office, 0, &statement(14, -88_000, vec![foreign(87_750)]));
    let post = waiting(&office, 87_750);
    let both = ["--betaling", FIRST, "--betaling", SECOND];
    refused(&office, &post, &both, "bank.other-amount");
    refused(&office, &post, &[&both[..], &["--kosten", "0193=2,49"]].concat(), "bank.other-amount");
    refused(&office, &post, &[&both[..], &["--kosten", "0193"]].concat(), "bank.no-amount");
    refused(&office, &post, &["--betaling", FIRST, "--betaling", FIRST], "bank.twice");
    refused(&office, &post, &["--gemeente", "9999"], "bank.unknown-party");
    refused(&office, &post, &["--terugvorderen", "0193/99999999"], "bank.unknown-party");
    // Looking changes nothing.
    let all = [&both[..], &["--kosten", "0193=2,50"]].concat();
    let seen =
        office.expect(0, &[&["bank", "explain", &post, "--check", "--data", "data"][..], &all].concat());
    assert!(seen.stdout.contains("teruggekomen") && seen.stdout.contains("€ 880,00"), "{}", seen.stdout);
    assert_eq!(balance(&office, OWED), 0);
    explain(&office, &post, &all);
    assert_eq!(
        (balance(&office, OWED), balance(&office, UNKNOWN), balance(&office, "22/0193")),
        (88_000, 0, -250)
    );
    pay(&office, 3, 15);
    assert_eq!((balance(&office, OWED), balance(&office, ON_ITS_WAY)), (0, 88_000));
    proven(&office);
}

#[test]
fn what_left_without_our_name_is_the_transfer_or_the_block_that_somebody_names() {
    for name in [FIRST, "HF-20260109-RUN-1-0193"] {
        let office = with_a_run();
        take(&office, 0, &statement(9, 0, vec![bare(-48_000)]));
        let post = waiting(&office, -48_000);
        explain(&office, &post, &["--betaling", name]);
        assert_eq!(
            (balance(&office, ON_ITS_WAY), balance(&office, UNKNOWN), balance(&office, OWED)),
            (0, 0, 0)
        );
        // It left: the same once more is not it.
        take(&office, 0, &statement(10, -48_000, vec![bare(-48_000)]));
        let again = waiting(&office, -48_000);
        refused(&office, &again, &["--betaling", FIRST], "bank.left");
        explain(&office, &again, &["--terugvorderen", "0193/12345678"]);
        assert_eq!(balance(&office, "15/0193/12345678"), -48_000);
        proven(&office);
    }
}

/// A transfer came back and somebody paid it by hand: the next run does not.
#[test]
fn what_was_paid_by_hand_is_owed_no_more() {
    let mut office = with_a_run();
    take(&office, 0, &statement(9, 0, vec![left(FIRST, 48_000), came_back(FIRST, 48_000, "AM04")]));
    take(&office, 0, &statement(10, 0, vec![foreign(-48_000)]));
    explain(&office, &waiting(&office, -48_000), &["--betaling", FIRST]);
    assert_eq!((balance(&office, OWED), balance(&office, UNKNOWN)), (0, 0));
    proven(&office);
    let told = office.expect(0, &["status", "C1", "--data", "data"]).stdout;
    assert!(told.contains("kwam terug op 09-01-2026") && told.contains("alsnog betaald"), "{told}");
    claim_more(&mut office);
    pay(&office, 2, 15);
    let specification = office.folder().join("pay2/specificatie-run-2-12345678.csv");
    let text = std::fs::read_to_string(specification).unwrap();
    assert!(
        text.contains("R3") && !text.contains("R1"),
        "what is settled stands in no specification: {text}"
    );
    assert_eq!((balance(&office, OWED), balance(&office, ON_ITS_WAY)), (0, 8_000));
    proven(&office);
}

/// The same by hand after the next run paid it: that is twice.
#[test]
fn what_was_paid_by_hand_and_by_a_run_is_to_be_paid_back() {
    let office = with_a_run();
    take(&office, 0, &statement(9, 0, vec![left(FIRST, 48_000), came_back(FIRST, 48_000, "AM04")]));
    pay(&office, 2, 12);
    take(&office, 0, &statement(10, 0, vec![foreign(-48_000), left(SECOND, 48_000)]));
    let post = waiting(&office, -48_000);
    refused(&office, &post, &["--betaling", FIRST], "bank.paid-again");
    explain(&office, &post, &["--terugvorderen", "0193/12345678"]);
    assert_eq!((balance(&office, OWED), balance(&office, "15/0193/12345678")), (0, -48_000));
    // The aanbieder pays it back, and part of what comes is a gemeente's.
    take(&office, 0, &statement(11, -96_000, vec![foreign(50_000)]));
    let parts = ["--terugvorderen", "0193/12345678=480,00", "--gemeente", "0193=20,00"];
    explain(&office, &waiting(&office, 50_000), &parts);
    assert_eq!((balance(&office, "15/0193/12345678"), balance(&office, "22/0193")), (0, 2_000));
    proven(&office);
}

#[test]
fn a_post_is_no_transfer_of_another_account_nor_another_than_it_names() {
    let office = with_two_runs();
    let second = "NL92TEST0222222222";
    let account = |iban: &str| format!("naam = 'BVO'\niban = '{iban}'\n");
    let settings = format!(
        "data = 'data'\n[betaling]\nopdrachtgever = 'BVO'\n[betaling.rekening]\n{}[betaling.gemeenten.0166]\n{}",
        account("NL13TEST0123456789"),
        account(second)
    );
    std::fs::write(office.folder().join("config.toml"), settings).unwrap();
    let elsewhere = super::office::write(&office, &statement_of(iban(second), 3, 0, vec![foreign(48_000)]));
    office.expect(0, &["bank", "import", "--config", "config.toml", &elsewhere]);
    let out = vec![left(FIRST, 48_000), left(SECOND, 40_000)];
    take(&office, 0, &statement(13, 0, out));
    refused(&office, &waiting(&office, 48_000), &["--betaling", FIRST], "bank.other-account");
    // A return of which a person has to say whether it is owed still.
    take(&office, 0, &statement(14, -88_000, vec![came_back(SECOND, 40_000, "FOCR")]));
    let named = waiting(&office, 40_000);
    refused(&office, &named, &["--betaling", FIRST], "bank.other-transfer");
    explain(&office, &named, &["--betaling", SECOND]);
    assert_eq!(balance(&office, OWED), 40_000);
    proven(&office);
}

/// Interest comes, costs go: both are the gemeente's whose account it is.
#[test]
fn costs_and_interest_are_borne_by_the_gemeente() {
    let office = with_a_run();
    take(&office, 0, &statement(9, 0, vec![foreign(-1_250), foreign(75)]));
    explain(&office, &waiting(&office, -1_250), &["--kosten", "0193"]);
    explain(&office, &waiting(&office, 75), &["--kosten", "0193"]);
    assert_eq!((balance(&office, "22/0193"), balance(&office, UNKNOWN)), (-1_175, 0));
    proven(&office);
}

/// What was changed beside the program is named: the row, what waits, and what is on its way.
#[test]
fn a_row_of_the_bank_that_was_changed_by_hand_is_named() {
    const LOOSE: &str =
        "DROP TRIGGER overboeking_vast; DROP TRIGGER overboeking_blijft; DROP TRIGGER betaling_vast;";
    let posts =
        || -> Vec<Bankpost> { vec![left(FIRST, 48_000), came_back(FIRST, 48_000, "AC04"), foreign(-700)] };
    for (sql, named) in [
        ("UPDATE overboeking SET bedrag = bedrag + 1 WHERE gebeurtenis = 'bank-geboekt'", "overboeking 2"),
        (
            "UPDATE overboeking SET bedrag = bedrag + 1 WHERE gebeurtenis = 'bank-geboekt'",
            "betaalrun 1: onderweg",
        ),
        (
            "UPDATE overboeking SET credit = '20/0193/12345679' WHERE gebeurtenis = 'teruggekomen'",
            "overboeking 4",
        ),
        ("UPDATE overboeking SET bedrag = 701 WHERE bedrag = 700", "posten die op uitleg wachten"),
        ("UPDATE bankregel SET bedrag = -701 WHERE bedrag = -700", "posten die op uitleg wachten"),
        ("UPDATE overboeking SET credit = '22/0166' WHERE gebeurtenis = 'bankkosten'", "overboeking 1"),
        ("DELETE FROM overboeking WHERE gebeurtenis = 'bankkosten'", "staat niets"),
    ] {
        let office = with_a_run();
        take(&office, 0, &statement(9, 100, posts()));
        explain(&office, &waiting(&office, 100), &["--kosten", "0193"]);
        assert_eq!(faults(&office), [""; 0]);
        crate::ledger::by_hand(&office, &format!("{LOOSE} {sql}")).unwrap();
        let found = faults(&office);
        assert!(found.iter().any(|fault| fault.contains(named)), "{sql}: {named}: {found:?}");
    }
}
