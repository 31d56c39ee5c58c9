//! A year of one client: request, assignment, twelve claims with a credit, a correction and an
//! overrun, and payment. The program is used as its operator does; every answer and every amount is
//! checked.

use crate::xml::{Line, jw302_clean, jw315, jw323};
use happyflow::codes::{Frequentie, ToewijzingNummer};
use happyflow::messages::Bericht;
use happyflow::money::Cents;
use happyflow::schema::{Reading, read};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const AANBIEDER: &str = "12345678";
const GEMEENTE: &str = "0193";
const BSN: &str = "999900006";

/// Rate in cents per hour, hours assigned per month. Twelve months stay below the EUR 8,000 above
/// which a wijkteam must have been asked.
const TARIEF: i64 = 8000;
const UREN_PER_MAAND: i64 = 8;

struct Office {
    dir: tempfile::TempDir,
    sent: u32,
}

impl Office {
    fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let contracts = serde_json::json!({
            "contracten": [{
                "gemeente": GEMEENTE, "aanbieder": AANBIEDER, "productcategorie": "45", "productcode": "45A04",
                "eenheid": "04", "tarief": TARIEF, "geldig_van": "2025-01-01", "geldig_tot": null,
                "iban": "NL13TEST0123456789",
            }],
            "clienten": [{
                "gemeente": GEMEENTE, "bsn": BSN, "naamgebruik": "1", "gezagsdrager_bekend": true,
                "geboortedatum": "2014-05-17", "geslachtsnaam": "Proef",
                "adres": {"soort": "01", "postcode": "8011AA", "huisnummer": 1, "straatnaam": "Proefstraat", "plaatsnaam": "Zwolle"},
            }],
        });
        std::fs::write(dir.path().join("contracts.json"), contracts.to_string()).unwrap();
        Self { dir, sent: 0 }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn run(arguments: &[&str]) -> std::process::Output {
        let output = Command::new(env!("CARGO_BIN_EXE_happyflow")).args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }

    /// Sends one message on a day and gives the line that `process --json` prints for it.
    fn send(&mut self, today: &str, xml: &str) -> Value {
        self.sent += 1;
        let file = self.dir.path().join(format!("{:03}.xml", self.sent));
        std::fs::write(&file, xml).unwrap();
        let (data, contracts) = (self.data(), self.dir.path().join("contracts.json"));
        let output = Self::run(&[
            "process",
            "--json",
            "--today",
            today,
            "--data",
            data.to_str().unwrap(),
            "--contracts",
            contracts.to_str().unwrap(),
            file.to_str().unwrap(),
        ]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), 1, "one line per message: {text}");
        serde_json::from_str(&text).unwrap()
    }
}

/// The path of the answer of this type to this receiver.
fn answer(line: &Value, soort: &str, receiver: &str) -> PathBuf {
    let answers = line["answers"].as_array().unwrap();
    let found = answers.iter().find(|answer| answer["type"] == soort && answer["receiver"] == receiver);
    PathBuf::from(
        found.unwrap_or_else(|| panic!("no {soort} for {receiver} in {line}"))["path"].as_str().unwrap(),
    )
}

fn with_message<T>(path: &Path, look: impl FnOnce(&Bericht<'_>) -> T) -> T {
    let bytes = std::fs::read(path).unwrap();
    let Reading::Valid(document) = read(&bytes) else { panic!("{} is not valid", path.display()) };
    look(&Bericht::read(&document))
}

fn month(number: u32) -> (String, String) {
    let first = chrono::NaiveDate::from_ymd_opt(2025, number, 1).unwrap();
    let last = first + chrono::Months::new(1) - chrono::Days::new(1);
    (first.to_string(), last.to_string())
}

fn line(toewijzing: u32, referentie: &str, vorig: Option<&str>, of_month: u32, volume: i64) -> Line {
    Line {
        referentie: referentie.into(),
        vorig: vorig.map(Into::into),
        toewijzing,
        product: ("45", "45A04"),
        periode: month(of_month),
        volume,
        eenheid: "04",
        tarief: TARIEF,
    }
}

/// What a month claims, and which references must come back with which codes.
struct Month {
    lines: Vec<Line>,
    rejected: &'static [(&'static str, &'static [&'static str])],
}

fn claims(toewijzing: u32) -> Vec<Month> {
    let plain = |number: u32| line(toewijzing, &format!("R{number:02}"), None, number, 6);
    (1..=12)
        .map(|number| match number {
            // April takes the line of March back and claims it again for an hour less.
            4 => Month {
                lines: vec![
                    line(toewijzing, "R03B", None, 3, 5),
                    line(toewijzing, "R03A", Some("R03"), 3, 6),
                    plain(4),
                ],
                rejected: &[],
            },
            // July claims an hour more than a month has; it comes back and is claimed in August.
            7 => Month {
                lines: vec![line(toewijzing, "R07", None, 7, UREN_PER_MAAND + 1)],
                rejected: &[("R07", &["9321"])],
            },
            8 => Month {
                lines: vec![line(toewijzing, "R07A", None, 7, UREN_PER_MAAND), plain(8)],
                rejected: &[],
            },
            _ => Month { lines: vec![plain(number)], rejected: &[] },
        })
        .collect()
}

fn granted(month: &Month) -> i64 {
    let is_rejected =
        |line: &&Line| month.rejected.iter().any(|(referentie, _)| line.referentie == *referentie);
    month
        .lines
        .iter()
        .filter(|line| !is_rejected(line))
        .map(|line| line.volume * TARIEF * if line.vorig.is_some() { -1 } else { 1 })
        .sum()
}

#[test]
fn a_year_from_request_to_payment() {
    let mut office = Office::open();

    // The request: JW316 without codes, and one JW301 for the aanbieder with a copy for the gemeente.
    let request = jw315(
        (AANBIEDER, GEMEENTE),
        "V1",
        "2025-01-06",
        BSN,
        &[("REF1", "2025-01-01", "2025-12-31", UREN_PER_MAAND)],
    );
    let line = office.send("2025-01-07", &request);
    assert_eq!(line["verdict"], "accepted", "{line}");
    with_message(&answer(&line, "JW316", AANBIEDER), |bericht| {
        assert!(bericht.header().retour.as_ref().unwrap().retour_codes.is_empty());
    });
    let (for_aanbieder, for_gemeente) = (answer(&line, "JW301", AANBIEDER), answer(&line, "JW301", GEMEENTE));
    assert_eq!(std::fs::read(&for_aanbieder).unwrap(), std::fs::read(for_gemeente).unwrap());
    let (toewijzing, identificatie) = with_message(&for_aanbieder, |bericht| {
        let Bericht::Toewijzing(jw301) = bericht else { panic!("no JW301") };
        let products = &jw301.client.as_ref().unwrap().toegewezen_producten;
        assert_eq!(products.len(), 1);
        let product = &products[0];
        assert_eq!(product.nummer(), ToewijzingNummer(800_000_001));
        assert_eq!(product.referentie_aanbieder, Some("REF1"));
        assert_eq!(product.toewijzingsdatum.to_string(), "2025-01-07");
        assert_eq!(product.toewijzingstijd, "12:00:00");
        assert_eq!(product.reden_wijziging, None);
        let omvang = product.omvang.as_ref().unwrap();
        assert_eq!((omvang.volume, omvang.frequentie), (UREN_PER_MAAND, Frequentie::PerMaand));
        (product.nummer().0, jw301.header.bericht_identificatie.identificatie.to_owned())
    });

    // The aanbieder accepts it: nothing to answer, nothing to do.
    let line = office.send("2025-01-08", &jw302_clean((GEMEENTE, AANBIEDER), &identificatie, "2025-01-07"));
    assert_eq!(
        (line["answers"].as_array().unwrap().len(), line["work"].as_array().unwrap().len()),
        (0, 0),
        "{line}"
    );

    // Twelve claims. Credits go before debits, so that the corrected line of March fits.
    let mut total = 0;
    for (number, month_claim) in (1..).zip(claims(toewijzing)) {
        let (first, last) = month(number);
        let claimed = (chrono::NaiveDate::parse_from_str(&last, "%Y-%m-%d").unwrap() + chrono::Days::new(5))
            .to_string();
        let xml = jw323(
            (AANBIEDER, GEMEENTE),
            &format!("C{number}"),
            &claimed,
            (&first, &last),
            BSN,
            &month_claim.lines,
        );
        let line = office.send(&claimed, &xml);
        let expected = granted(&month_claim);
        total += expected;
        assert_eq!(line["amounts"]["granted_cents"], expected, "month {number}: {line}");
        check_answer(&answer(&line, "JW325", AANBIEDER), &month_claim, expected);

        // The same bytes again change nothing and are told the same.
        let again = office.send(&claimed, &xml);
        assert_eq!((&again["duplicate"], &again["verdict"]), (&Value::Bool(true), &line["verdict"]));
    }
    // 73 hours of EUR 80.
    assert_eq!(total, 584_000);

    pay_once(&office, total);

    // Deciding the journal again from nothing comes to the same state.
    assert!(crate::rebuild::assert_same(&office.data()) > 14);
}

fn check_answer(path: &Path, month: &Month, expected: i64) {
    with_message(path, |bericht| {
        let Bericht::DeclaratieAntwoord(jw325) = bericht else { panic!("no JW325") };
        let header_codes = &jw325.header.antwoord.as_ref().unwrap().retour_codes;
        assert_eq!(
            header_codes.iter().map(happyflow::codes::Retourcode::as_str).collect::<Vec<_>>(),
            ["0200"]
        );
        let antwoord = jw325.declaratie_antwoord.as_ref().unwrap();
        assert_eq!(antwoord.totaal_toegekend_bedrag.signed(), Cents(expected));
        let code = if month.rejected.is_empty() { "8001" } else { "0200" };
        assert_eq!(
            antwoord.retour_codes.iter().map(happyflow::codes::Retourcode::as_str).collect::<Vec<_>>(),
            [code]
        );
        let rejected: Vec<_> = antwoord
            .clienten
            .iter()
            .flat_map(|client| &client.prestaties)
            .map(|prestatie| {
                let codes: Vec<_> =
                    prestatie.retour_codes.iter().map(happyflow::codes::Retourcode::as_str).collect();
                (prestatie.product_referentie.referentie_nummer, codes)
            })
            .collect();
        let wanted: Vec<_> =
            month.rejected.iter().map(|(referentie, codes)| (*referentie, codes.to_vec())).collect();
        assert_eq!(rejected, wanted);
    });
}

/// Everything granted is paid in one transfer; a second run has nothing left to pay.
fn pay_once(office: &Office, total: i64) {
    let (data, first, second) =
        (office.data(), office.dir.path().join("pay1"), office.dir.path().join("pay2"));
    for out in [&first, &second] {
        Office::run(&[
            "pay",
            "--data",
            data.to_str().unwrap(),
            "--date",
            "2026-01-20",
            "--out",
            out.to_str().unwrap(),
        ]);
    }
    let transfers = |folder: &Path| -> String {
        let mut files: Vec<_> =
            std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
        files.sort();
        files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    };
    let amount = format!("{}.{:02}</InstdAmt>", total / 100, total % 100);
    let paid = transfers(&first);
    assert_eq!(paid.matches("<InstdAmt").count(), 1, "{paid}");
    assert!(paid.contains(&amount), "{amount} not in {paid}");
    assert_eq!(transfers(&second).matches("<InstdAmt").count(), 0);
}
