//! Four years of a region as `happyflow generate` makes them, from 2018 on with the contract model of that year:
//! release 2.3, then 2.4, then 3.0, and 3.2 in the end, processed as one history.

use crate::cli::run;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// From which month messages are of which release, with the day on which the last of them are processed.
const RELEASES: [(&str, &str, &str); 4] = [
    ("2018-01", "2.3", "2020-04-06"),
    ("2020-04", "2.4", "2021-01-06"),
    ("2021-01", "3.0", "2021-07-06"),
    ("2021-07", "3.2", "2022-01-06"),
];

fn program(folder: &Path, code: i32, arguments: &[&str]) -> Vec<Value> {
    let run = run(folder, arguments);
    // What is wrong at level 1 is parked, and the program then says so.
    let code_is_right = run.code == Some(code) || arguments[0] == "process" && run.code == Some(1);
    assert!(code_is_right, "{arguments:?}\n{}\n{}", run.stdout, run.stderr);
    if arguments.contains(&"--json") || arguments.contains(&"json") { run.lines() } else { Vec::new() }
}

/// The region, and of every file the faults that were put in.
fn generated(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let releases: Vec<String> = RELEASES.iter().map(|(from, name, _)| format!("{from}={name}")).collect();
    let releases = releases.join(",");
    let start = ["generate", "--out", "regio", "--seed", "7", "--start", "2018-01", "--months", "48"];
    let size = ["--clients", "36", "--gemeenten", "2", "--aanbieders", "3", "--faults", "0.04"];
    program(folder, 0, &[&start[..], &size, &["--releases", &releases]].concat());
    let manifest = fs::read_to_string(folder.join("regio/manifest.jsonl")).unwrap();
    let row = |line: &str| -> (String, Vec<String>) {
        let row: Value = serde_json::from_str(line).unwrap();
        let faults = row["faults"].as_array().unwrap().iter().map(|fault| fault.as_str().unwrap().to_owned());
        (format!("regio/{}", row["file"].as_str().unwrap()), faults.collect())
    };
    manifest.lines().map(row).collect()
}

/// What every message came to, release after release.
fn processed(folder: &Path) -> Vec<Value> {
    let mut months: Vec<String> = fs::read_dir(folder.join("regio"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    months.sort();
    assert_eq!(months.len(), 48);
    let mut lines = Vec::new();
    for (place, (from, _, today)) in RELEASES.iter().enumerate() {
        let until = RELEASES.get(place + 1).map_or("9999", |(from, ..)| *from);
        let own: Vec<String> = months
            .iter()
            .filter(|month| (*from..until).contains(&month.as_str()))
            .map(|month| format!("regio/{month}"))
            .collect();
        let process =
            ["process", "--json", "--today", today, "--data", "data", "--contracts", "regio/contracts.json"];
        let arguments: Vec<&str> = process.into_iter().chain(own.iter().map(String::as_str)).collect();
        lines.extend(program(folder, 0, &arguments));
    }
    lines
}

/// What an answer grants, in signed cents.
fn granted(xml: &str) -> i64 {
    let total = |name: &str| xml.split(&format!("{name}>")).nth(1).map(str::to_owned);
    let Some(total) = total("ToegekendTotaalBedrag").or_else(|| total("TotaalToegekendBedrag")) else {
        return 0;
    };
    let value = |name: &str| {
        let rest = total.split(&format!(":{name}>")).nth(1).unwrap_or_else(|| panic!("{xml}"));
        rest.split('<').next().unwrap().to_owned()
    };
    let cents: i64 = value("TotaalBedrag").parse().unwrap();
    if value("DebetCredit") == "C" { -cents } else { cents }
}

fn file(line: &Value) -> &str {
    line["file"].as_str().unwrap()
}

fn is_claim(line: &Value) -> bool {
    matches!(line["message"].as_str(), Some("JW303" | "JW323"))
}

/// Credits whose debit came in another release.
fn crossing(folder: &Path, lines: &[Value]) -> usize {
    let mut came_in = BTreeMap::new();
    let mut crossing = 0;
    for line in lines.iter().filter(|line| is_claim(line)) {
        let xml = fs::read_to_string(folder.join(file(line))).unwrap();
        let aanbieder = file(line).split('-').nth(2).unwrap().to_owned();
        let release = line["release"].as_str().unwrap().to_owned();
        for referentie in super::values(&xml, "ReferentieNummer") {
            came_in.insert((aanbieder.clone(), referentie.to_owned()), release.clone());
        }
        for vorige in super::values(&xml, "VorigReferentieNummer") {
            let debet = came_in.get(&(aanbieder.clone(), vorige.to_owned()));
            crossing += usize::from(debet.is_some_and(|debet| *debet != release));
        }
    }
    crossing
}

#[test]
fn four_generated_years_are_one_history_to_the_cent() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let faults = generated(folder);
    let lines = processed(folder);

    // Every claim before 2021 is a JW303 of its release; what is meant to hold is granted.
    let mut claims = BTreeMap::new();
    for line in lines.iter().filter(|line| is_claim(line) && line["duplicate"] == false) {
        let (message, release) = (line["message"].as_str().unwrap(), line["release"].as_str().unwrap());
        *claims.entry((release.to_owned(), message.to_owned())).or_insert(0) += 1;
        let findings = line["findings"].as_array().unwrap();
        // Without fault only what the aanbieder has no contract for is rejected.
        let uncovered = |finding: &Value| finding["rule"] == "TR418";
        let as_meant = match faults.get(file(line)) {
            None => findings.iter().all(uncovered),
            Some(_) => !findings.is_empty(),
        };
        assert!(as_meant, "{line} {:?}", faults.get(file(line)));
    }
    let kinds: Vec<(&str, &str)> =
        claims.keys().map(|(release, message)| (release.as_str(), message.as_str())).collect();
    let expected = [("2.3", "JW303"), ("2.4", "JW303"), ("3.0", "JW303"), ("3.0", "JW323"), ("3.2", "JW323")];
    assert_eq!(kinds, expected, "{claims:?}");
    assert!(crossing(folder, &lines) > 0, "nothing is taken back over a change of release");

    // The answers, the ledger, the reports and what is paid agree to the cent.
    let answers = lines.iter().filter(|line| line["duplicate"] == false);
    let answers = answers.flat_map(|line| line["answers"].as_array().unwrap());
    let answered: i64 = answers
        .filter(|answer| answer["type"] == "JW304" || answer["type"] == "JW325")
        .map(|answer| granted(&fs::read_to_string(folder.join(answer["path"].as_str().unwrap())).unwrap()))
        .sum();
    program(folder, 0, &["pay", "--data", "data", "--date", "2022-01-10", "--out", "pay"]);
    let report = program(folder, 0, &["report", "budget", "--data", "data", "--format", "json"]).remove(0);
    let rows = report["totals"].as_array().unwrap();
    let total =
        |name: &str| rows.iter().find(|row| row["name"] == name).unwrap()["amount_cents"].as_i64().unwrap();
    assert_eq!((total("granted"), total("ledger")), (answered, answered));
    assert_eq!(total("paid") + total("payable") + total("held"), answered);
    for row in rows {
        assert!(row["difference_cents"].is_null() || row["difference_cents"] == 0, "{row}");
    }
    let releases = report["releases"].as_array().unwrap();
    let evidence: Vec<_> =
        releases.iter().map(|row| (row["release"].clone(), row["evidence"].clone())).collect();
    let of = |release: &str, evidence: &str| (json!(release), json!(evidence));
    let expected = [
        of("2.3", "officieel"),
        of("2.4", "gereconstrueerd"),
        of("3.0", "gereconstrueerd"),
        of("3.2", "officieel"),
    ];
    assert_eq!(evidence, expected);
    let cents: Vec<i64> = releases.iter().map(|row| row["granted_cents"].as_i64().unwrap()).collect();
    assert!(cents.iter().all(|cents| *cents > 0), "{cents:?}");
    assert_eq!(cents.iter().sum::<i64>(), answered);

    // And the journal tells the same story again.
    program(folder, 0, &["replay", "--data", "data"]);
    program(folder, 0, &["replay", "--data", "data", "--verify-state"]);
}

#[test]
fn the_region_of_2018_buys_profiles_at_a_fixed_price() {
    let dir = tempfile::tempdir().unwrap();
    generated(dir.path());
    let contracts = fs::read_to_string(dir.path().join("regio/contracts.json")).unwrap();
    let contracts: Value = serde_json::from_str(&contracts).unwrap();
    let codes = |eenheid: &str| {
        let rows = contracts["contracten"].as_array().unwrap().iter();
        let own = rows.filter(|row| row["productcategorie"] == "50" && row["eenheid"] == eenheid);
        let codes: std::collections::BTreeSet<String> =
            own.map(|row| row["productcode"].as_str().unwrap().to_owned()).collect();
        codes.len()
    };
    assert_eq!((codes("82"), codes("83")), (24, 12), "twelve profiles in three intensities");
    let mut claimed = String::new();
    for month in 1..=12 {
        let Ok(folder) = fs::read_dir(dir.path().join(format!("regio/2018-{month:02}"))) else { continue };
        for entry in folder {
            let path = entry.unwrap().path();
            if path.to_string_lossy().ends_with("JW303.xml") {
                claimed.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    assert!(claimed.contains("Eenheid>82<") && claimed.contains("Eenheid>83<"));
}
