//! The demo from beginning to end: figures that add up, the same every time, no folder harmed.

use crate::cli::{Run, run};
use std::fs;
use std::path::Path;

const SMALL: [&str; 8] = ["--clients", "60", "--months", "3", "--gemeenten", "2", "--aanbieders", "5"];

fn demo(folder: &Path, options: &[&str]) -> Run {
    let arguments: Vec<&str> =
        ["demo", "--dir", "spel"].into_iter().chain(SMALL).chain(options.iter().copied()).collect();
    run(folder, &arguments)
}

/// The rows under a head, up to the next empty line.
fn rows<'a>(table: &'a str, head: &str) -> Vec<&'a str> {
    let lines = table.lines().skip_while(|line| !line.starts_with(head)).skip(1);
    lines.take_while(|line| !line.is_empty()).collect()
}

/// The first number of a row: a count, or an amount in cents.
fn figure(table: &str, head: &str, name: &str) -> i64 {
    let row = rows(table, head).into_iter().find_map(|row| row.trim().strip_prefix(name));
    let row = row.unwrap_or_else(|| panic!("no {name} under {head}"));
    let mut words = row.split_whitespace().skip_while(|word| *word == "€");
    words.next().unwrap().replace(['.', ','], "").parse().unwrap()
}

/// Every file under a folder, as its path and bytes, in order.
fn files(folder: &Path, ending: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_str().unwrap().ends_with(ending) {
            found.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn the_figures_of_the_demo_add_up_and_are_the_same_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = demo(folder.path(), &["--faults", "0.1"]);
    assert_eq!((first.code, first.stderr.as_str()), (Some(0), ""), "{}", first.stdout);
    let table = &first.stdout;
    let dir = folder.path().join("spel");

    let amount = |name| figure(table, "Bedragen", name);
    let settled = amount("betaald") + amount("nog te betalen") + amount("vastgehouden");
    assert_eq!(amount("toegekend"), settled, "{table}");
    assert!(amount("betaald") > 0 && amount("ingediend") > amount("toegekend"), "{table}");

    let offered = files(&dir.join("in"), ".xml");
    let last = rows(table, "Berichten ontvangen").pop().unwrap().to_owned();
    let numbers: Vec<usize> =
        last.split_whitespace().filter_map(|word| word.replace('.', "").parse().ok()).collect();
    let received = usize::try_from(figure(table, "Berichten ontvangen", "totaal")).unwrap();
    assert_eq!(numbers[0], offered.len(), "{table}");
    assert_eq!(received + numbers[1], offered.len(), "{table}");
    assert!(numbers[1] > 0, "some bytes come twice");

    let sent = usize::try_from(figure(table, "Berichten verstuurd", "totaal")).unwrap();
    let out = files(&dir.join("data/out"), ".xml");
    assert_eq!(out.len(), sent, "{table}");
    assert!(figure(table, "Prestaties", "toegekend") > 0 && figure(table, "Prestaties", "afgewezen") > 0);
    assert!(!files(&dir.join("pay"), "").is_empty());
    // The invented bank booked the run, and one transfer came back: it is to be paid again.
    assert!(!files(&dir.join("bank"), ".xml").is_empty());
    assert!(amount("nog te betalen") > 0, "{table}");
    let checked = run(folder.path(), &["ledger", "check", "--data", "spel/data"]);
    assert_eq!(checked.code, Some(0), "{}", checked.stdout);
    let balances =
        run(folder.path(), &["ledger", "balance", "--rekening", "11", "--data", "spel/data"]).stdout;
    let on_its_way = balances.lines().find(|line| line.trim_start().starts_with("11 ")).unwrap();
    assert!(on_its_way.ends_with("€ 0,00"), "all of it was booked: {balances}");
    let rows = run(folder.path(), &["ledger", "rows", "--format", "csv", "--data", "spel/data"]).stdout;
    assert_eq!(rows.matches("teruggekomen").count(), 1, "one bounced payment: {rows}");

    let again = demo(folder.path(), &["--faults", "0.1"]);
    assert_eq!((again.code, &again.stdout), (Some(0), table));
    assert_eq!(files(&dir.join("data/out"), ".xml"), out);
}

#[test]
fn without_faults_nothing_is_rejected_but_what_no_contract_covers() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["--faults", "0", "--clients", "150", "--months", "5", "--seed", "3"];
    let arguments: Vec<&str> = ["demo", "--dir", "spel", "--gemeenten", "2", "--aanbieders", "7"]
        .into_iter()
        .chain(options)
        .collect();
    let table = run(folder.path(), &arguments).stdout;
    assert!(rows(&table, "Andere bevindingen").is_empty(), "{table}");
    // Without contract there is no rate (TR418), and none to check an amount per hour with (TR346).
    let codes: Vec<&str> = rows(&table, "Prestaties").iter().skip(2).map(|row| row.trim()).collect();
    assert!(codes.iter().all(|row| row.starts_with("0611") || row.starts_with("9346")), "{table}");
    let (granted, rejected) =
        (figure(&table, "Prestaties", "toegekend"), figure(&table, "Prestaties", "afgewezen"));
    assert!(rejected * 20 < granted, "{table}");
    // Assignments issued in answer to a request are claimed as well.
    assert!(figure(&table, "Berichten verstuurd", "JW319") > 0, "{table}");
}

#[test]
fn a_folder_that_is_no_demo_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("spel/data");
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("happyflow.db"), "kostbaar").unwrap();
    let refused = demo(folder.path(), &[]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("geen eerdere demo"), "{}", refused.stderr);
    assert_eq!(fs::read(data.join("happyflow.db")).unwrap(), b"kostbaar");
    assert!(!folder.path().join("spel/in").exists());
}

#[test]
fn wrong_options_are_told_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    for (options, part) in [
        (["--gemeenten", "12"], "gemeenten"),
        (["--faults", "2"], "faults"),
        (["--start", "2025"], "2025-01"),
        (["--start", "2020-12"], "start"),
    ] {
        let refused = run(folder.path(), &[&["demo"][..], &options].concat());
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(refused.stderr.contains(part), "{}", refused.stderr);
    }
    assert!(!folder.path().join("happyflow-demo").exists());
}

#[test]
fn generate_writes_what_check_reads_and_refuses_a_full_folder() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["--clients", "20", "--months", "2", "--faults", "0"];
    let generate = [&["generate", "--out", "verkeer"][..], &options].concat();
    let made = run(folder.path(), &generate);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let count = files(&folder.path().join("verkeer"), ".xml").len();
    assert_eq!(made.stdout, format!("{count} berichten in verkeer\n"));
    let checked = run(folder.path(), &["check", "verkeer"]);
    assert_eq!(checked.code, Some(0), "{}", checked.stdout);
    assert!(checked.stdout.ends_with(&format!("{count} beoordeeld: {count} goedgekeurd, 0 afgekeurd\n")));
    assert_eq!(run(folder.path(), &generate).code, Some(2));
}

/// Monday morning: what asks for a decision is what a person can decide on or must do; what is only to be known is
/// gathered. Everything is named.
#[test]
fn the_work_of_the_demo_is_a_morning_of_decisions_and_a_few_notices() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), &["demo", "--dir", "spel"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let list = |more: &[&str]| {
        run(folder.path(), &[&["work", "list", "--data", "spel/data", "--json"], more].concat()).lines()
    };
    let (decisions, notices) = (list(&["--soort", "besluit"]), list(&["--soort", "kennisnemen"]));
    assert!((15..=35).contains(&decisions.len()), "{} decisions", decisions.len());
    assert!((3..=20).contains(&notices.len()), "{} notices", notices.len());
    assert_eq!(list(&[]).len(), decisions.len() + notices.len());
    let gathered: i64 = notices.iter().filter_map(|item| item["gathered"].as_i64()).sum();
    assert!(gathered > 2 * i64::try_from(notices.len()).unwrap(), "{gathered} gathered");
    // What the account began with is the one post of the bank that nobody explained.
    let (posts, items): (Vec<_>, Vec<_>) =
        decisions.iter().chain(&notices).partition(|item| item["post"].is_string());
    assert!(posts.len() == 1 && posts[0]["reason"] == "bankpost", "{posts:?}");
    for item in items {
        assert!(item["aanbieder_naam"].is_string() && item["gemeente_naam"].is_string(), "{item}");
    }
    let proof = run(folder.path(), &["replay", "--verify-state", "--data", "spel/data"]);
    assert_eq!(proof.code, Some(0), "{}{}", proof.stdout, proof.stderr);
}
