//! `happyflow pay`: everything granted is paid once, and its files can always be made again.

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::xml::{Line, jw315, jw323};
use happyflow::clock::Clock;
use happyflow::codes::Datum;
use happyflow::config::{Betaling, Config};
use happyflow::hub::Spool;
use happyflow::office::Settings;
use happyflow::office::core::Core;
use happyflow::office::pay::{Planned, Staged};
use happyflow::store::sqlite::SqliteStore;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

const IBAN: &str = "NL13TEST0123456789";
const PAY: [&str; 5] = ["pay", "--data", "data", "--date", "2025-03-20"];

/// An office with one assignment of eight hours a month.
fn office(iban: Option<&str>) -> Office {
    let mut office = Office::open(&contracts(iban));
    let rows = [("REF1", "2025-01-01", "2025-12-31", 8)];
    let line = office.send("2025-01-07", &jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &rows));
    assert_eq!(line["verdict"], "accepted", "{line}");
    office
}

fn line(referentie: &str, vorig: Option<&str>, month: &str, last: &str, hours: i64) -> Line {
    Line {
        referentie: referentie.into(),
        vorig: vorig.map(Into::into),
        toewijzing: 800_000_001,
        product: ("45", "45A04"),
        periode: (format!("2025-{month}-01"), format!("2025-{month}-{last}")),
        volume: hours,
        eenheid: "04",
        tarief: TARIEF,
    }
}

/// Claims lines in a month and expects that they are granted as a whole.
fn claim(office: &mut Office, nummer: &str, (month, last): (&str, &str), lines: &[Line], granted: i64) {
    let (first, last) = (format!("2025-{month}-01"), format!("2025-{month}-{last}"));
    let xml = jw323((AANBIEDER, GEMEENTE), nummer, "2025-05-02", (&first, &last), BSN, lines);
    let line = office.send("2025-05-03", &xml);
    assert_eq!(line["amounts"]["granted_cents"], granted, "{line}");
}

/// Every file in a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap);
    entries
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

fn transferred(folder: &Path) -> Vec<String> {
    let files = files(folder);
    let xml = files.iter().filter(|(name, _)| Path::new(name).extension().is_some_and(|it| it == "xml"));
    xml.flat_map(|(_, bytes)| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let amounts: Vec<_> = text
            .split("Ccy=\"EUR\">")
            .skip(1)
            .map(|rest| rest[..rest.find('<').unwrap()].to_owned())
            .collect();
        amounts
    })
    .collect()
}

/// Who has the account by name: as the contract says, else as the aanbieder is called, else by its code; in the
/// characters that banks have.
#[test]
fn the_payment_file_names_who_has_the_account() {
    for (naam, rekeninghouder, written) in [
        (Some("Zorg & Co"), Some("Zorg Beheer Coöperatie"), "Zorg Beheer Cooperatie"),
        (Some("Zorg & Co"), None, "Zorg + Co"),
        (None, None, "Aanbieder 12345678"),
    ] {
        let mut agreed = contracts(Some(IBAN));
        agreed["contracten"][0]["naam"] = naam.into();
        agreed["contracten"][0]["rekeninghouder"] = rekeninghouder.into();
        let mut office = Office::open(&agreed);
        let rows = [("REF1", "2025-01-01", "2025-12-31", 8)];
        office.send("2025-01-07", &jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &rows));
        claim(&mut office, "C1", ("01", "31"), &[line("R01", None, "01", "31", 6)], 48_000);
        office.expect(0, &[&PAY[..], &["--out", "pay"]].concat());
        let written_files = files(&office.folder().join("pay"));
        let bank = String::from_utf8(written_files["betaalrun-1.xml"].clone()).unwrap();
        let creditor = bank.split("<Cdtr>").nth(1).unwrap();
        assert!(creditor.contains(&format!("<Nm>{written}</Nm>")), "{creditor}");
        let specification = &written_files["specificatie-run-1-12345678.csv"];
        let named = String::from_utf8_lossy(specification).contains("Zorg & Co");
        assert_eq!(named, naam.is_some());
    }
}

#[test]
fn a_claim_is_paid_once_over_two_runs_and_a_run_is_written_again_byte_for_byte() {
    let mut office = office(Some(IBAN));
    claim(&mut office, "C1", ("01", "31"), &[line("R01", None, "01", "31", 6)], 48_000);
    let first = office.expect(0, &[&PAY[..], &["--out", "pay1", "--json"]].concat());
    let told = &first.lines()[0];
    assert_eq!(
        (&told["run"], &told["total_cents"], &told["transfers"]),
        (&1.into(), &48_000.into(), &1.into())
    );
    assert!(told["notes"][0].as_str().unwrap().contains("verzonnen voorbeeldrekening"), "{told}");
    let order = std::fs::read(office.folder().join("pay1/betaalrun-1.xml")).unwrap();
    let digest = happyflow::digest::hex(&Sha256::digest(order));
    assert_eq!(told["bank_file_sha256"], digest);
    claim(&mut office, "C2", ("02", "28"), &[line("R02", None, "02", "28", 5)], 40_000);
    office.expect(0, &[&PAY[..], &["--out", "pay2"]].concat());
    assert_eq!(transferred(&office.folder().join("pay1")), ["480.00"]);
    assert_eq!(transferred(&office.folder().join("pay2")), ["400.00"]);

    let nothing = office.expect(0, &[&PAY[..], &["--out", "pay3"]].concat());
    assert!(
        nothing.stdout.contains("niets te betalen") && nothing.stdout.contains("--run 2"),
        "{}",
        nothing.stdout
    );
    assert!(files(&office.folder().join("pay3")).is_empty());

    let again = office.expect(0, &["pay", "--data", "data", "--run", "1", "--out", "again"]);
    assert!(again.stdout.contains("er is niets betaald"), "{}", again.stdout);
    let written = files(&office.folder().join("again"));
    assert_eq!(written, files(&office.folder().join("pay1")));
    assert_eq!(
        written.keys().map(String::as_str).collect::<Vec<_>>(),
        ["betaalrun-1.xml", "specificatie-run-1-12345678.csv", "specificatie-run-1-12345678.html"]
    );
    assert!(written.values().all(|bytes| !String::from_utf8_lossy(bytes).contains(BSN)));
    office.expect(0, &["pay", "--data", "data", "--run", "1", "--out", "pay1"]);
    let unknown = office.expect(2, &["pay", "--data", "data", "--run", "9", "--out", "again"]);
    assert!(unknown.stderr.contains("betaalrun 9 bestaat niet"), "{}", unknown.stderr);
}

#[test]
fn a_negative_balance_is_carried_to_a_later_run() {
    let mut office = office(Some(IBAN));
    claim(&mut office, "C1", ("01", "31"), &[line("R01", None, "01", "31", 6)], 48_000);
    office.expect(0, &[&PAY[..], &["--out", "pay1"]].concat());
    claim(&mut office, "C2", ("02", "28"), &[line("R01C", Some("R01"), "01", "31", 6)], -48_000);
    let carried = office.expect(0, &[&PAY[..], &["--out", "pay2"]].concat());
    assert!(carried.stdout.contains("wordt meegenomen naar een volgende betaalrun"), "{}", carried.stdout);
    claim(&mut office, "C3", ("03", "31"), &[line("R03", None, "03", "31", 8)], 64_000);
    office.expect(0, &[&PAY[..], &["--out", "pay3"]].concat());
    assert_eq!(transferred(&office.folder().join("pay2")), [""; 0]);
    assert_eq!(transferred(&office.folder().join("pay3")), ["160.00"]);
}

#[test]
fn what_is_held_is_paid_after_a_person_released_it_and_the_specification_says_so() {
    let mut office = office(Some(IBAN));
    let mut with_ceiling = contracts(Some(IBAN));
    with_ceiling["plafonds"] = serde_json::json!([{
        "gemeente": null, "aanbieder": AANBIEDER, "jaar": 2025, "bedrag": 50_000, "bij_overschrijding": "hold",
    }]);
    std::fs::write(office.folder().join("contracts.json"), with_ceiling.to_string()).unwrap();
    let lines = [line("R01", None, "01", "31", 6), line("R02", None, "02", "28", 5)];
    claim(&mut office, "C1", ("02", "28"), &lines, 88_000);
    office.expect(0, &[&PAY[..], &["--out", "pay1"]].concat());
    assert_eq!(transferred(&office.folder().join("pay1")), ["480.00"]);
    let specification = |run: u32| {
        let name = format!("specificatie-run-{run}-12345678.csv");
        String::from_utf8(files(&office.folder().join(format!("pay{run}"))).remove(&name).unwrap()).unwrap()
    };
    let first = specification(1);
    assert!(
        first.contains("R01") && first.contains("R02") && first.contains("Totaal vastgehouden"),
        "{first}"
    );

    let items = office.expect(0, &["work", "list", "--json", "--data", "data"]).lines();
    let held =
        items.iter().find(|item| item["proposal"].as_str().unwrap().contains("declaratie DC1")).unwrap();
    let id = held["work"].to_string();
    let by = ["--by", "A. Proef", "--why", "plafond verhoogd", "--data", "data"];
    office.expect(0, &[&["work", "approve", &id][..], &by].concat());
    office.expect(0, &[&PAY[..], &["--out", "pay2"]].concat());
    assert_eq!(transferred(&office.folder().join("pay2")), ["400.00"]);
    let second = specification(2);
    assert!(
        !second.contains("R01") && second.contains("R02") && !second.contains("Totaal vastgehouden"),
        "{second}"
    );
    office.expect(0, &[&PAY[..], &["--out", "pay3"]].concat());
    assert!(files(&office.folder().join("pay3")).is_empty());
}

#[test]
fn the_credit_of_what_was_held_takes_nothing_from_other_payments() {
    let mut office = office(Some(IBAN));
    let mut with_ceiling = contracts(Some(IBAN));
    with_ceiling["plafonds"] = serde_json::json!([{
        "gemeente": null, "aanbieder": AANBIEDER, "jaar": 2025, "bedrag": 50_000, "bij_overschrijding": "hold",
    }]);
    std::fs::write(office.folder().join("contracts.json"), with_ceiling.to_string()).unwrap();
    let lines = [line("R01", None, "01", "31", 6), line("R02", None, "02", "28", 5)];
    claim(&mut office, "C1", ("02", "28"), &lines, 88_000);
    // R02 waits and is taken back.
    claim(&mut office, "C2", ("02", "28"), &[line("R02C", Some("R02"), "02", "28", 5)], -40_000);
    office.expect(0, &[&PAY[..], &["--out", "pay1"]].concat());
    assert_eq!(transferred(&office.folder().join("pay1")), ["480.00"]);
    let told = files(&office.folder().join("pay1")).remove("specificatie-run-1-12345678.csv").unwrap();
    let told = String::from_utf8(told).unwrap();
    assert!(told.contains("R01") && !told.contains("R02"), "{told}");
    // Nothing waits any more: the item is over, and nothing is owed.
    assert!(office.expect(0, &["work", "list", "--json", "--data", "data"]).lines().is_empty());
    office.expect(0, &[&PAY[..], &["--out", "pay2"]].concat());
    assert_eq!(transferred(&office.folder().join("pay2")), [""; 0]);
    // A credit of what was paid is a debt, as any other.
    claim(&mut office, "C3", ("03", "31"), &[line("R01C", Some("R01"), "01", "31", 6)], -48_000);
    let carried = office.expect(0, &[&PAY[..], &["--out", "pay3"]].concat());
    assert!(carried.stdout.contains("wordt meegenomen"), "{}", carried.stdout);
    crate::rebuild::assert_same(&office.folder().join("data"));
}

#[test]
fn without_an_account_nothing_is_paid_and_it_is_paid_once_there_is_one() {
    let mut office = office(None);
    claim(&mut office, "C1", ("01", "31"), &[line("R01", None, "01", "31", 6)], 48_000);
    let run = office.expect(1, &[&PAY[..], &["--out", "pay1"]].concat());
    assert!(run.stdout.contains("geen IBAN bekend"), "{}", run.stdout);
    std::fs::write(office.folder().join("contracts.json"), contracts(Some(IBAN)).to_string()).unwrap();
    office.expect(0, &["contract", "import", "contracts.json", "--data", "data"]);
    office.expect(0, &[&PAY[..], &["--out", "pay2"]].concat());
    assert_eq!(transferred(&office.folder().join("pay2")), ["480.00"]);
}

#[test]
fn the_paying_account_comes_from_the_settings() {
    let mut office = office(Some(IBAN));
    claim(&mut office, "C1", ("01", "31"), &[line("R01", None, "01", "31", 6)], 48_000);
    std::fs::write(office.folder().join("zonder.toml"), "requests = 'automatic'\n").unwrap();
    let without = office.expect(2, &[&PAY[..], &["--out", "pay", "--config", "zonder.toml"]].concat());
    assert!(without.stderr.contains("[betaling]"), "{}", without.stderr);
    let other = "[betaling]\nopdrachtgever = 'Proef'\n[betaling.gemeenten.0177]\nnaam = 'G'\niban = 'NL13TEST0123456789'\n";
    std::fs::write(office.folder().join("ander.toml"), other).unwrap();
    let missing = office.expect(2, &[&PAY[..], &["--out", "pay", "--config", "ander.toml"]].concat());
    assert!(
        missing.stderr.contains("geen betaalrekening ingesteld voor gemeente 0193"),
        "{}",
        missing.stderr
    );
    let own = other.replace("0177", "0193").replace("naam = 'G'", "naam = 'Gemeente Proef'");
    std::fs::write(office.folder().join("eigen.toml"), own).unwrap();
    let paid = office.expect(0, &[&PAY[..], &["--out", "pay", "--config", "eigen.toml"]].concat());
    assert!(!paid.stdout.contains("voorbeeldrekening"), "{}", paid.stdout);
    let xml = files(&office.folder().join("pay")).remove("betaalrun-1.xml").unwrap();
    assert!(String::from_utf8(xml).unwrap().contains("<Nm>Gemeente Proef</Nm>"));
}

#[test]
fn a_file_of_another_run_is_never_overwritten_and_nothing_is_paid_then() {
    let mut office = office(Some(IBAN));
    claim(&mut office, "C1", ("01", "31"), &[line("R01", None, "01", "31", 6)], 48_000);
    let folder = office.folder().join("pay");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("betaalrun-1.xml"), "van een ander").unwrap();
    let run = office.expect(2, &[&PAY[..], &["--out", "pay"]].concat());
    assert!(run.stderr.contains("bestaat al met een andere inhoud"), "{}", run.stderr);
    assert_eq!(files(&folder).len(), 1);
    std::fs::remove_file(folder.join("betaalrun-1.xml")).unwrap();
    std::fs::create_dir(folder.join("betaalrun-1.xml")).unwrap();
    let run = office.expect(2, &[&PAY[..], &["--out", "pay"]].concat());
    assert!(run.stderr.contains("betaalrun-1.xml"), "{}", run.stderr);
    office.expect(0, &[&PAY[..], &["--out", "elders"]].concat());
    assert_eq!(transferred(&office.folder().join("elders")), ["480.00"]);
}

/// A run as the command plans it, and the office that records it.
async fn planned(office: &Office) -> (happyflow::office::Office, Planned) {
    let data = office.folder().join("data");
    let today = Datum::from_ymd_opt(2025, 5, 4).unwrap();
    let settings = Settings::new(&Config::default(), Clock::Fixed(today));
    let store = SqliteStore::open(&data).await.unwrap();
    let hub = Spool::open(&data).unwrap();
    let opened = happyflow::office::Office::open(Arc::new(store), Arc::new(hub), Core::STANDARD, settings);
    let opened = opened.await.unwrap();
    let paid_on = Datum::from_ymd_opt(2025, 3, 20).unwrap();
    let planned = opened.plan_payment(paid_on, &Betaling::example()).await.unwrap();
    (opened, planned)
}

/// Somebody blocks while a run is made: it is not recorded.
#[test]
fn what_is_blocked_between_plan_and_record_is_not_paid() {
    let mut office = office(Some(IBAN));
    claim(&mut office, "C1", ("01", "31"), &[line("R01", None, "01", "31", 6)], 48_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (opened, planned) = planned(&office).await;
        let block = ["pay", "block", "--aanbieder", AANBIEDER, "--by", "A. Proef", "--why", "navraag"];
        office.expect(0, &[&block[..], &["--data", "data"]].concat());
        let refused = opened.record_payment(&planned).await.unwrap_err();
        assert_eq!(refused.label(), "pay.other-blocks");
        assert!(opened.store().payment_runs().await.unwrap().is_empty());
    });
}

/// Does what the command does up to where it dies; all that it held is gone afterwards.
fn pay_and_die(office: &Office, recorded: bool) -> Planned {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (opened, planned) = planned(office).await;
        let _staged = Staged::write(&office.folder().join("pay"), &planned.files).unwrap();
        if recorded {
            assert_eq!(opened.record_payment(&planned).await.unwrap(), 1);
        }
        planned
    })
}

#[test]
fn dying_before_the_run_is_recorded_pays_nothing() {
    let mut office = office(Some(IBAN));
    claim(&mut office, "C1", ("01", "31"), &[line("R01", None, "01", "31", 6)], 48_000);
    pay_and_die(&office, false);
    let folder = office.folder().join("pay");
    assert!(files(&folder).keys().all(|name| name.starts_with(".half-")), "{:?}", files(&folder).keys());
    office.expect(0, &[&PAY[..], &["--out", "pay"]].concat());
    assert_eq!(transferred(&folder), ["480.00"]);
    assert!(files(&folder).keys().all(|name| !name.starts_with(".half-")));
}

#[test]
fn dying_between_record_and_names_loses_no_file_and_pays_once() {
    let mut office = office(Some(IBAN));
    claim(&mut office, "C1", ("01", "31"), &[line("R01", None, "01", "31", 6)], 48_000);
    let planned = pay_and_die(&office, true);
    let nothing = office.expect(0, &[&PAY[..], &["--out", "pay"]].concat());
    assert!(nothing.stdout.contains("--run 1"), "{}", nothing.stdout);
    office.expect(0, &["pay", "--data", "data", "--run", "1", "--out", "pay"]);
    let expected: BTreeMap<_, _> = planned.files.into_iter().collect();
    assert_eq!(files(&office.folder().join("pay")), expected);
}
