//! What is only to be known is gathered in one work item per limit and period, or per aanbieder and period; it opens
//! again by what comes to it, and closes by itself when its reason ends. On both engines, and so that a replay tells
//! the same.

use crate::messages::{BSN, jw301};
use crate::office::{AANBIEDER, GEMEENTE, Office, contracts};
use crate::postgres::TestDatabase;
use crate::xml::{Line, jw323};
use serde_json::{Value, json};

const OTHER_BSN: &str = "999900031";
const END: &str = "<m:Einddatum>2026-12-31</m:Einddatum>";
const WHO: [&str; 4] = ["--by", "A. Proef", "--why", "gezien"];

/// An office on one of the engines.
struct Desk {
    office: Office,
    _database: Option<TestDatabase>,
    sent: u32,
}

impl Desk {
    fn open(contracts: &Value, server: bool) -> Self {
        let office = Office::open(contracts);
        let database = server.then(TestDatabase::new);
        let url = database.as_ref().map(|database| format!("[database]\nurl = '{}'\n", database.url()));
        let settings = format!("data = 'data'\n{}", url.unwrap_or_default());
        std::fs::write(office.folder().join("config.toml"), settings).unwrap();
        Self { office, _database: database, sent: 0 }
    }

    fn run(&self, code: i32, arguments: &[&str]) -> crate::cli::Run {
        self.office.expect(code, &[arguments, &["--config", "config.toml"]].concat())
    }

    fn send(&mut self, today: &str, xml: &str) -> Value {
        self.sent += 1;
        let file = format!("{:03}.xml", self.sent);
        std::fs::write(self.office.folder().join(&file), xml).unwrap();
        let run =
            self.run(0, &["process", "--json", "--today", today, "--contracts", "contracts.json", &file]);
        run.lines()[0].clone()
    }

    fn agree(&self, contracts: &Value) {
        std::fs::write(self.office.folder().join("contracts.json"), contracts.to_string()).unwrap();
    }

    fn import(&self, today: &str) -> Value {
        self.run(0, &["contract", "import", "contracts.json", "--json", "--today", today]).lines()[0].clone()
    }

    fn list(&self, more: &[&str]) -> Vec<Value> {
        self.run(0, &[&["work", "list", "--json"], more].concat()).lines()
    }

    fn show(&self, id: &Value) -> Value {
        self.run(0, &["work", "show", &id.to_string(), "--json"]).lines()[0].clone()
    }

    /// State follows from the journal, and a replay decides the same.
    fn proven(&self) {
        self.run(0, &["replay", "--verify-state"]);
        self.run(0, &["replay"]);
    }
}

fn on_both(test: impl Fn(bool)) {
    test(false);
    test(true);
}

fn ceiling(cents: i64) -> Value {
    let mut agreed = contracts(None);
    agreed["plafonds"] = json!([{"gemeente": null, "aanbieder": AANBIEDER, "jaar": 2026, "bedrag": cents,
        "bij_toewijzing": "signal", "bij_betaling": "niets"}]);
    agreed
}

fn other_child(xml: &str) -> String {
    xml.replace(BSN, OTHER_BSN)
}

/// An office with one item that gathers.
pub fn with_a_gathered_item() -> Office {
    let mut office = Office::open(&ceiling(500_000));
    office.send("2026-03-04", &jw301("T1", 300_401));
    office
}

/// An office with a line of which the rate is another since, in a folder, and the number of the item about it.
pub fn with_a_revised_rate() -> (Office, String) {
    let mut desk = Desk::open(&rates(&[("2025-01-01", None, 8000)]), false);
    desk.send("2026-03-04", &jw301("T1", 300_401));
    desk.send("2026-03-04", &claim("C1", &[hours("R1", None, 8000)]));
    desk.agree(&rates(&[("2025-01-01", None, 7500)]));
    let id = desk.import("2026-03-10")["work"][0].to_string();
    (desk.office, id)
}

#[test]
fn what_a_limit_signals_is_one_item_that_opens_again_and_closes_by_itself() {
    on_both(|server| {
        let mut desk = Desk::open(&ceiling(500_000), server);
        assert_eq!(desk.send("2026-03-04", &jw301("T1", 300_401))["work"], json!([]));
        let items = desk.list(&[]);
        let [item] = &items[..] else { panic!("{items:?}") };
        assert_eq!(
            (&item["reason"], &item["soort"], &item["gathered"]),
            (&json!("toewijzing-boven-budget"), &json!("kennisnemen"), &json!(1))
        );
        let (id, asked, over) = (&item["work"], &item["asked_cents"], item["over_cents"].as_i64().unwrap());
        assert_eq!(asked.as_i64().unwrap() - 500_000, over, "{item}");
        assert!(item["story"].as_str().unwrap().contains("JW301 T1"), "{item}");
        desk.run(0, &[&["work", "approve", &id.to_string(), "--today", "2026-03-04"][..], &WHO].concat());
        assert!(desk.list(&[]).is_empty());

        // Grown by more than a tenth of the limit: the same item again.
        desk.send("2026-03-05", &other_child(&jw301("T2", 300_402)));
        let again = desk.list(&[]);
        assert_eq!((again.len(), &again[0]["work"], &again[0]["gathered"]), (1, id, &json!(2)));
        assert!(again[0]["over_cents"].as_i64().unwrap() > over + 50_000, "{again:?}");
        let shown = desk.show(id);
        let named: Vec<&Value> =
            shown["lines"].as_array().unwrap().iter().map(|line| &line["message"]).collect();
        assert_eq!(named, ["JW301 T1", "JW301 T2"]);
        for (filter, count) in [
            (["--reason", "toewijzing-boven-budget"], 1),
            (["--reason", "stapeling"], 0),
            (["--soort", "besluit"], 0),
            (["--aanbieder", AANBIEDER], 1),
            (["--aanbieder", "87654321"], 0),
            // The ceiling is about every gemeente.
            (["--gemeente", "0150"], 1),
        ] {
            assert_eq!(desk.list(&filter).len(), count, "{filter:?}");
        }
        let text = desk.run(0, &["work", "list"]).stdout;
        assert!(text.contains("meer gemeenten") && text.contains("1 ter kennisneming"), "{text}");
        desk.proven();

        // The limit grows: it closes, and nobody decides on it any more.
        desk.agree(&ceiling(50_000_000));
        desk.import("2026-03-06");
        desk.run(0, &["work", "due", "--today", "2026-03-06"]);
        assert!(desk.list(&[]).is_empty(), "{:?}", desk.list(&[]));
        let closed = desk.show(id);
        assert_eq!((&closed["status"], &closed["closed"]["by"]), (&json!("afgehandeld"), &json!("")));
        let late = desk.run(2, &[&["work", "approve", &id.to_string()][..], &WHO].concat()).stderr;
        assert!(late.contains("staat niet open") && late.contains("weer ruimte"), "{late}");
        desk.proven();
    });
}

/// Contracts whose age limit the children of these messages reach while their care goes on.
fn until_the_birthday() -> Value {
    let mut agreed = contracts(None);
    agreed["contracten"][0]["leeftijd_max"] = json!(14);
    agreed
}

#[test]
fn what_is_told_of_assignments_is_one_item_per_aanbieder_and_ends_with_them() {
    on_both(|server| {
        let mut desk = Desk::open(&until_the_birthday(), server);
        desk.send("2026-03-04", &jw301("T1", 300_401));
        desk.send("2026-03-04", &other_child(&jw301("T2", 300_402)));
        let items = desk.list(&[]);
        let [item] = &items[..] else { panic!("{items:?}") };
        assert_eq!((&item["reason"], &item["gathered"]), (&json!("leeftijdsgrens"), &json!(2)));
        let gone = |xml: String| {
            let end = "<m:Einddatum>2026-02-01</m:Einddatum><m:RedenWijziging>13</m:RedenWijziging>";
            xml.replace("10:00:00", "11:00:00").replace(END, end)
        };
        let line = desk.send("2026-03-05", &gone(jw301("T3", 300_401)));
        assert_eq!(line["verdict"], "accepted", "{line}");
        assert_eq!(desk.list(&[])[0]["gathered"], 1);
        desk.proven();
        desk.send("2026-03-05", &gone(other_child(&jw301("T4", 300_402))));
        assert!(desk.list(&[]).is_empty(), "{:?}", desk.list(&[]));
        assert_eq!(desk.show(&item["work"])["status"], "afgehandeld");
        desk.proven();
    });
}

#[test]
fn a_decision_about_many_leaves_what_changed_since_the_preview() {
    let mut desk = Desk::open(&until_the_birthday(), false);
    desk.send("2026-03-04", &jw301("T1", 300_401));
    let seen = ["work", "approve", "--all-matching", "soort=kennisnemen", "--json"];
    let token = |desk: &Desk| {
        let preview = desk.run(0, &[&seen[..], &["--check"]].concat()).lines()[0].clone();
        assert_eq!(preview["count"], 1, "{preview}");
        preview["token"].as_str().unwrap().to_owned()
    };
    let old = token(&desk);
    desk.send("2026-03-05", &other_child(&jw301("T2", 300_402)));
    let decide = |desk: &Desk, code: i32, token: &str| {
        desk.run(code, &[&seen[..], &["--token", token], &WHO].concat()).lines()[0].clone()
    };
    let done = decide(&desk, 1, &old);
    assert_eq!(
        (&done["count"], &done["not_decided"]),
        (&json!(0), &json!([desk.list(&[])[0]["work"]])),
        "{done}"
    );
    let fresh = token(&desk);
    assert_eq!(decide(&desk, 0, &fresh)["count"], 1);
    assert!(desk.list(&[]).is_empty());
    desk.proven();
}

fn rates(rows: &[(&str, Option<&str>, i64)]) -> Value {
    let mut agreed = contracts(None);
    let row = agreed["contracten"][0].clone();
    let rows = rows.iter().map(|(van, tot, tarief)| {
        let mut row = row.clone();
        (row["geldig_van"], row["geldig_tot"], row["tarief"]) = (json!(van), json!(tot), json!(tarief));
        row["naam"] = "Zorg & <Co>".into();
        row
    });
    agreed["contracten"] = rows.collect();
    agreed
}

fn claim(nummer: &str, lines: &[Line]) -> String {
    jw323((AANBIEDER, GEMEENTE), nummer, "2026-03-03", ("2026-02-01", "2026-02-28"), BSN, lines)
}

fn hours(referentie: &str, vorig: Option<&str>, tarief: i64) -> Line {
    Line {
        referentie: referentie.into(),
        vorig: vorig.map(Into::into),
        toewijzing: 300_401,
        product: ("45", "45A04"),
        periode: ("2026-02-01".into(), "2026-02-28".into()),
        volume: 4,
        eenheid: "04",
        tarief,
    }
}

#[test]
fn rates_of_the_past_are_followed_until_lines_are_credited_and_claimed_anew() {
    on_both(|server| {
        let mut desk = Desk::open(&rates(&[("2025-01-01", None, 8000)]), server);
        desk.send("2026-03-04", &jw301("T1", 300_401));
        let line = desk.send("2026-03-04", &claim("C1", &[hours("R1", None, 8000)]));
        assert_eq!(line["amounts"]["granted_cents"], 32_000, "{line}");
        // Another rate from later on concerns nothing that was granted.
        desk.agree(&rates(&[("2025-01-01", Some("2026-02-28"), 8000), ("2026-03-01", None, 9000)]));
        assert_eq!(desk.import("2026-03-10")["work"], json!([]));

        desk.agree(&rates(&[
            ("2025-01-01", Some("2026-01-31"), 8000),
            ("2026-02-01", Some("2026-02-28"), 7500),
            ("2026-03-01", None, 9000),
        ]));
        let told = desk.import("2026-03-11");
        let id = &told["work"][0];
        let items = desk.list(&[]);
        let [item] = &items[..] else { panic!("{items:?}") };
        assert_eq!(
            (&item["work"], &item["soort"], &item["reason"]),
            (id, &json!("besluit"), &json!("tarief-herzien"))
        );
        assert_eq!((&item["asked_cents"], &item["over_cents"]), (&json!(32_000), &json!(2_000)), "{item}");
        let letter = desk.run(0, &["work", "show", &id.to_string(), "--brief"]).stdout;
        for part in ["Zorg & <Co>", "DC1", "R1", "300401", "€ 320,00", "€ 300,00", "Samen 1 regels"] {
            assert!(letter.contains(part), "{part} not in {letter}");
        }
        assert!(!letter.contains(BSN));
        let page = desk.run(0, &["work", "show", &id.to_string(), "--brief", "html"]).stdout;
        assert!(page.contains("Zorg &amp; &lt;Co&gt;") && page.contains("<td>R1</td>"), "{page}");
        desk.proven();

        desk.send("2026-03-12", &claim("C2", &[hours("R2", Some("R1"), 8000)]));
        let part = &desk.show(id)["lines"][0];
        assert_eq!(
            (&part["referentie"], &part["waits"], &part["new_cents"]),
            (&json!("R1"), &json!(true), &json!(30_000))
        );
        assert_eq!(desk.list(&[]).len(), 1, "it is not claimed anew yet");
        let anew = desk.send("2026-03-12", &claim("C3", &[hours("R3", None, 7500)]));
        assert_eq!(anew["amounts"]["granted_cents"], 30_000, "{anew}");
        assert!(desk.list(&[]).is_empty(), "{:?}", desk.list(&[]));
        assert_eq!(desk.show(id)["status"], "afgehandeld");
        desk.proven();
    });
}

#[test]
fn a_later_version_takes_the_place_of_what_an_earlier_one_asked() {
    let mut desk = Desk::open(&rates(&[("2025-01-01", None, 8000)]), false);
    desk.send("2026-03-04", &jw301("T1", 300_401));
    desk.send("2026-03-04", &claim("C1", &[hours("R1", None, 8000)]));
    desk.agree(&rates(&[("2025-01-01", None, 7500)]));
    let first = desk.import("2026-03-10")["work"][0].clone();
    desk.agree(&rates(&[("2025-01-01", None, 7000)]));
    let second = desk.import("2026-03-11")["work"][0].clone();
    desk.run(0, &["work", "due", "--today", "2026-03-11"]);
    assert_eq!(desk.show(&first)["status"], "afgehandeld");
    assert_eq!(desk.show(&second)["lines"][0]["new_cents"], 28_000);
    // Back to what was granted: nothing is left to ask.
    desk.agree(&rates(&[("2025-01-01", None, 8000)]));
    assert_eq!(desk.import("2026-03-12")["work"], json!([]));
    desk.run(0, &["work", "due", "--today", "2026-03-12"]);
    let asked = desk.list(&["--reason", "tarief-herzien"]);
    assert!(asked.is_empty(), "{asked:?}");
    desk.proven();
}
