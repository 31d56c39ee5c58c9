//! An aanbieder that names many children that are not its own: no answer changes, and an operator hears of it once,
//! gathered per day, without a person in it.

use crate::messages::jw301;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, contracts};
use crate::rebuild::assert_same;
use crate::xml::{Line, jw323};
use happyflow::codes::Bsn;
use serde_json::{Value, json};

const DAY: &str = "2026-03-04";
const NEXT: &str = "2026-03-05";
/// Has no contract, and children of its own.
const CURIOUS: &str = "12345679";

/// Test BSNs that pass the elfproef, in order.
fn children() -> impl Iterator<Item = String> {
    let numbers = (999_900_100..999_901_000).map(|number| number.to_string());
    numbers.filter(|text| Bsn::parse(text).is_ok_and(|bsn| bsn.passes_elfproef()))
}

/// A claim on an assignment that nobody has, for one child.
fn question(nth: usize, bsn: &str) -> String {
    let line = Line {
        referentie: format!("Q{nth}"),
        vorig: None,
        toewijzing: 777,
        product: ("45", "45A04"),
        periode: ("2026-02-01".into(), "2026-02-28".into()),
        volume: 1,
        eenheid: "04",
        tarief: 8000,
    };
    let february = ("2026-02-01", "2026-02-28");
    jw323((CURIOUS, GEMEENTE), &format!("Q{nth}"), "2026-03-03", february, bsn, &[line])
}

fn retourcodes(line: &Value) -> Vec<&str> {
    line["findings"].as_array().unwrap().iter().filter_map(|finding| finding["retourcode"].as_str()).collect()
}

/// An office with a limit, and one child of AANBIEDER.
fn office(limit: u32) -> Office {
    let mut office = Office::open(&contracts(None));
    let regio = format!("naam = \"Proef\"\nvreemde_kinderen_per_dag = {limit}\n");
    std::fs::write(office.folder().join("regio.toml"), regio).unwrap();
    office.expect(0, &["contract", "import", "regio.toml", "--data", "data", "--today", "2026-03-01"]);
    assert_eq!(office.send("2026-03-02", &jw301("T1", 300_401))["verdict"], "accepted");
    office
}

/// Work items that the passing of days makes.
fn due(office: &Office, today: &str) -> Vec<Value> {
    office.expect(0, &["work", "due", "--data", "data", "--today", today]);
    let all = office.expect(0, &["work", "list", "--json", "--data", "data"]).lines();
    all.into_iter().filter(|item| item["reason"] == "vreemde-kinderen").collect()
}

#[test]
fn many_strange_children_on_a_day_are_told_once_and_no_answer_changes() {
    let mut office = office(4);
    // Three that nobody knows and one of another aanbieder: the answers differ, as the standard says.
    for (nth, bsn) in children().take(3).enumerate() {
        assert_eq!(retourcodes(&office.send(DAY, &question(nth, &bsn))), ["8187"]);
    }
    assert_eq!(retourcodes(&office.send(DAY, &question(3, BSN)))[0], "9338");
    assert!(due(&office, DAY).is_empty(), "the day is not over");
    let told = due(&office, NEXT);
    let [item] = &told[..] else { panic!("{told:?}") };
    assert_eq!((&item["aanbieder"], &item["gemeente"]), (&json!(CURIOUS), &json!(GEMEENTE)));
    let story = item["story"].as_str().unwrap();
    assert!(story.contains("2026-03-04 4 kinderen") && story.contains("vanaf 4"), "{story}");
    assert!(!story.contains("9999"), "no person: {story}");
    // Once, whoever looks and whenever; also when it was dealt with.
    assert_eq!(due(&office, NEXT).len(), 1);
    assert_eq!(due(&office, "2026-03-07").len(), 1);
    let id = item["work"].to_string();
    office.expect(0, &["work", "approve", &id, "--by", "A. Proef", "--why", "gebeld", "--data", "data"]);
    assert!(due(&office, "2026-03-07").is_empty());
    // It is decided from the journal.
    let replayed = office.expect(0, &["replay", "--json", "--data", "data"]);
    assert_eq!(replayed.lines().last().unwrap()["summary"]["faults"], json!(0), "{}", replayed.stdout);
    assert_same(&office.folder().join("data"));
}

#[test]
fn fewer_than_the_limit_the_same_child_again_and_children_of_its_own_are_not_told() {
    let mut office = office(3);
    let two: Vec<String> = children().take(2).collect();
    for (nth, bsn) in two.iter().chain(&two).chain(&two).enumerate() {
        office.send(DAY, &question(nth, bsn));
    }
    assert!(due(&office, NEXT).is_empty(), "two children, three times");
    // Its own children with a number that is wrong.
    for (nth, bsn) in children().skip(2).take(3).enumerate() {
        let own = jw301(&format!("O{nth}"), 300_500 + u32::try_from(nth).unwrap());
        let own = own.replace(AANBIEDER, CURIOUS).replace(BSN, &bsn);
        assert_eq!(office.send(NEXT, &own)["verdict"], "accepted");
        assert_eq!(retourcodes(&office.send(NEXT, &question(100 + nth, &bsn)))[0], "9338");
    }
    assert!(due(&office, "2026-03-06").is_empty());
    // Spread over two days they are not many on either.
    for (nth, bsn) in children().skip(5).take(4).enumerate() {
        let day = if nth < 2 { "2026-03-09" } else { "2026-03-10" };
        office.send(day, &question(200 + nth, &bsn));
    }
    assert!(due(&office, "2026-03-11").is_empty());
}

#[test]
fn the_limit_is_a_setting_of_the_register() {
    use happyflow::contracts::import_sources;
    let register = |text: &str| {
        import_sources(&[("regio.toml".to_owned(), text.as_bytes().to_vec())]).map(|import| import.register)
    };
    assert_eq!(register("naam = \"R\"\n").unwrap().regio().vreemde_kinderen(), 25);
    assert_eq!(register("vreemde_kinderen_per_dag = 7\n").unwrap().regio().vreemde_kinderen(), 7);
    assert!(register("vreemde_kinderen_per_dag = 0\n").is_err());
}
