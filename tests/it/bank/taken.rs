//! Statements and reports as they are taken in: in any order, with details or without, of accounts that were ours, and what in
//! them nobody understands.

use super::office::{
    BANK, FIRST, ON_ITS_WAY, OWED, UNKNOWN, balance, block_left, came_back, foreign, import, left, other,
    pay, proven, report, statement, statement_of, take, take_report, with_a_run, with_two_runs, write,
    write_details,
};
use super::sent::{detail, iban, own};
use happyflow::bank::{Bankpost, Poststatus};
use happyflow::store::Store;
use happyflow::store::read::ibans_to_lock;
use happyflow::store::sqlite::SqliteStore;

#[test]
fn an_older_statement_takes_its_own_posts_off_what_the_account_began_with() {
    let office = with_a_run();
    let oldest = statement(7, 1_000, vec![foreign(500)]);
    let older = statement(8, 1_500, vec![foreign(-200)]);
    let first = statement(9, 1_300, vec![left(FIRST, 48_000)]);
    take(&office, 0, &first);
    assert_eq!((balance(&office, BANK), balance(&office, UNKNOWN)), (46_700, 1_300));
    for (statement, begin) in [(&older, 1_500), (&oldest, 1_000)] {
        take(&office, 0, statement);
        // The bank has what the last statement says, and what is to be explained is the oldest balance with the posts behind it.
        let posts = if begin == 1_000 { 300 } else { -200 };
        assert_eq!((balance(&office, BANK), balance(&office, UNKNOWN)), (46_700, begin + posts));
        proven(&office);
    }
    take(&office, 0, &statement(10, -46_700, Vec::new()));
    assert_eq!(balance(&office, BANK), 46_700);
    proven(&office);
}

/// Two statements of before the first, with one between them missing: the ledger says so until it comes.
#[test]
fn an_older_statement_behind_a_gap_is_told_until_the_gap_is_filled() {
    let office = with_a_run();
    take(&office, 0, &statement(9, 1_300, vec![left(FIRST, 48_000)]));
    take(&office, 1, &statement(7, 1_000, vec![foreign(500)]));
    let found = crate::ledger::faults(&office);
    assert!(found.len() == 1 && found[0].contains(BANK), "{found:?}");
    take(&office, 0, &statement(8, 1_500, vec![foreign(-200)]));
    assert_eq!(balance(&office, BANK), 46_700);
    proven(&office);
}

#[test]
fn the_same_statement_is_known_with_its_details_and_without() {
    let told = || {
        let mut post = block_left(-48_000);
        post.bankkenmerk = Some("BK-1".to_owned());
        post
    };
    let with_details = Bankpost { details: vec![detail(Some(FIRST), -48_000)], ..told() };
    for first_with in [true, false] {
        let office = with_a_run();
        let bare = write(&office, &statement(9, 0, vec![told()]));
        let details = write_details(&office, vec![with_details.clone()]);
        let both = [bare.as_str(), details.as_str()];
        let alone = [bare.as_str()];
        let (one, then) = if first_with { (&both[..], &alone[..]) } else { (&alone[..], &both[..]) };
        assert_eq!(import(&office, 0, one)[0]["taken"], true);
        let again = import(&office, 0, then).remove(0);
        assert_eq!(
            (&again["taken"], &again["order"]),
            (&false.into(), &"al eerder ingelezen: er is niets geboekt".into())
        );
        assert_eq!(balance(&office, ON_ITS_WAY), 0);
        proven(&office);
    }
}

/// Settings change; what paid once stays ours, and what never did is not.
#[test]
fn an_account_that_paid_once_is_ours_whatever_the_settings_say_now() {
    let office = with_a_run();
    let settings = "data = 'data'\n[betaling]\nopdrachtgever = 'BVO'\n[betaling.rekening]\nnaam = 'BVO'\n\
        iban = 'NL92TEST0222222222'\n";
    std::fs::write(office.folder().join("config.toml"), settings).unwrap();
    let ours = write(&office, &statement(9, 0, vec![left(FIRST, 48_000)]));
    let foreign = write(&office, &statement_of(other(), 8, 0, vec![foreign(1)]));
    let place = ["--config", "config.toml"];
    office.expect(0, &[&["bank", "import", &ours][..], &place].concat());
    assert_eq!(balance(&office, ON_ITS_WAY), 0);
    let run = office.expect(1, &[&["bank", "import", &foreign][..], &place].concat());
    assert!(run.stdout.contains("niet van ons"), "{}", run.stdout);
}

#[test]
fn a_status_that_nobody_understands_is_told_and_is_no_success() {
    let office = with_a_run();
    let line = take_report(&office, 1, &report("ZZZZ", &[], FIRST));
    let told = line["strange"][0].as_str().unwrap();
    assert!(told.contains(FIRST) && told.contains("ZZZZ"), "{told}");
    // Of something that is none of ours in a file that is.
    let line = take_report(&office, 1, &report("ACSP", &[], "RUN-1-99999999-0193"));
    let told = line["strange"][0].as_str().unwrap();
    assert!(told.contains("niet van ons") && !told.contains("99999999"), "{told}");
    let text = office.expect(1, &["bank", "import", "status.xml", "--data", "data"]).stdout;
    assert!(text.contains("! een betaling of blok"), "{text}");
    for quiet in ["ACSP", "ACWC", "PDNG"] {
        take_report(&office, 0, &report(quiet, &[], FIRST));
    }
    let strange = Bankpost { status: Poststatus::Anders("XXXX".to_owned()), ..foreign(900) };
    let line = take(&office, 1, &statement(9, 0, vec![strange, left(FIRST, 48_000)]));
    assert_eq!((&line["taken"], &line["lines"].as_array().unwrap().len()), (&true.into(), &1));
    assert!(line["strange"][0].as_str().unwrap().contains("post 1"), "{line}");
    proven(&office);
}

#[test]
fn a_claim_whose_payment_came_back_says_what_happened() {
    let office = with_a_run();
    take(&office, 0, &statement(9, 0, vec![left(FIRST, 48_000)]));
    take(&office, 0, &statement(10, -48_000, vec![came_back(FIRST, 48_000, "MS03")]));
    let status = |number: &str| office.expect(0, &["status", number, "--data", "data"]).stdout;
    let by = ["--aanbieder", "12345678", "--by", "A. Proef", "--why", "navraag", "--data", "data"];
    office.expect(0, &[&["pay", "block"][..], &by].concat());
    assert!(status("C1").contains("gaat nog niet mee met een betaalrun: de betaling wordt tegengehouden"));
    office.expect(0, &[&["pay", "unblock"][..], &by].concat());
    let told = status("C1");
    assert!(!told.contains("€ 0,00"), "{told}");
    assert!(told.contains("Betaald: € 480,00 in betaalrun 1"), "{told}");
    assert!(told.contains("kwam terug op 10-01-2026 (MS03: "), "{told}");
    assert!(told.contains("€ 480,00 staat weer open") && told.contains("eerstvolgende betaalrun"), "{told}");
    assert!(status("R1").contains("staat weer open"), "{}", status("R1"));
    pay(&office, 2, 13);
    let told = status("C1");
    assert!(told.contains("Betaald: € 480,00 in betaalrun 2") && !told.contains("eerstvolgende"), "{told}");
    assert!(status("R1").contains("Betaald in betaalrun 2"), "{}", status("R1"));
    let json = office.expect(0, &["status", "C1", "--json", "--data", "data"]).lines().remove(0);
    let json = if json["payments"].is_null() { json["found"][0].clone() } else { json };
    let since = &json["payments"][0]["since"][0];
    assert_eq!((&since["what"], &since["amount_cents"]), (&"teruggekomen".into(), &48_000.into()), "{json}");
    assert!(json["payments"][1].get("since").is_none(), "{json}");
}

#[test]
fn a_refused_payment_says_that_the_bank_did_not_make_it() {
    let office = with_a_run();
    take_report(&office, 0, &report("RJCT", &["AM04"], FIRST));
    let told = office.expect(0, &["status", "C1", "--data", "data"]).stdout;
    assert!(
        told.contains("De bank voerde die betaling van betaalrun 1 niet uit") && told.contains("AM04"),
        "{told}"
    );
    assert_eq!(balance(&office, OWED), 48_000);
}

/// What asks that nothing is paid to an account before somebody called back: a wrong account or name, not money that was short.
#[test]
fn an_account_that_the_bank_calls_wrong_asks_to_be_locked() {
    let office = with_two_runs();
    take(&office, 0, &statement(12, 0, vec![left(FIRST, 48_000), left(super::office::SECOND, 40_000)]));
    let back = vec![came_back(FIRST, 48_000, "AM04"), came_back(super::office::SECOND, 40_000, "AC04")];
    take(&office, 0, &statement(13, -88_000, back));
    take_report(&office, 0, &report("RVNM", &[], FIRST));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let asked = runtime.block_on(async {
        let store = SqliteStore::open(&office.folder().join("data")).await.unwrap();
        let asked = ibans_to_lock(&store).await.unwrap();
        store.close().await;
        asked
    });
    // A refusal that is told after the money left says as much of the account.
    take_report(&office, 0, &report("RJCT", &["AC01"], FIRST));
    let seen: Vec<_> = asked.iter().map(|vraag| (vraag.betaling, vraag.iban)).collect();
    assert_eq!(seen, [((2, 1), iban("NL13TEST0123456789")), ((1, 1), own())]);
    assert!(asked[0].reden.contains("AC04") && asked[0].relatie.aanbieder.as_str() == "12345678");
}
