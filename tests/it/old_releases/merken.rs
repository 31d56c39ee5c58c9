//! What rests on a release that nobody could verify says so: in outcomes, in the archive, in every report and in
//! an auditor's dossier, on both stores.

use super::berichten::{Regel, jw301, jw303};
use super::office;
use crate::cli::Run;
use crate::office::{BSN, GEMEENTE, Office};
use crate::postgres::TestDatabase;
use serde_json::{Value, json};

#[test]
fn what_is_reconstructed_is_said_to_be_so() {
    let mut office = office();
    let of = |office: &mut Office, release, identificatie: &str| {
        let sent = jw301(release, identificatie, "2019-04-02", ("2019-01-01", "2023-12-31"));
        office.send("2021-04-02", &sent)["evidence"].as_str().map(str::to_owned)
    };
    assert_eq!(of(&mut office, "2.3", "A1"), None);
    assert_eq!(of(&mut office, "3.2", "A2"), None);
    for (number, release) in ["2.4", "3.0", "3.1"].into_iter().enumerate() {
        let found = of(&mut office, release, &format!("B{number}"));
        assert_eq!(found.as_deref(), Some("reconstructed"), "{release}");
    }
}

/// Messages of another gemeente are parked.
const SETTINGS: &str = "data = 'data'\ngemeenten = ['0193']\n";

/// A rejected claim and an assignment without contract in release 2.4, and the same in 2.3.
struct Story<'a> {
    office: &'a Office,
    place: &'a [&'a str],
}

impl Story<'_> {
    fn run(&self, code: i32, arguments: &[&str]) -> Run {
        self.office.expect(code, &[arguments, self.place].concat())
    }

    fn send(&self, code: i32, day: &str, name: &str, xml: &str) -> Value {
        std::fs::write(self.office.folder().join(name), xml).unwrap();
        let process = ["process", "--json", "--today", day, "--contracts", "contracts.json"];
        self.run(code, &[&process[..], &[name]].concat()).lines().remove(0)
    }

    fn report(&self, name: &str) -> Value {
        self.run(0, &["report", name, "--format", "json"]).lines().remove(0)
    }

    fn told(&self) {
        for (number, release) in ["2.3", "2.4"].into_iter().enumerate() {
            let (day, of) = ("2020-04-05", |name: &str| format!("{name}{number}"));
            let client = ["999900006", "999900018"][number];
            let numbered =
                |xml: String| xml.replace(">1001<", &format!(">100{number}<")).replace(BSN, client);
            let assigned = jw301(release, &of("A"), day, ("2020-01-01", "2020-12-31"));
            self.send(0, day, &of("a.xml"), &numbered(assigned));
            let other = jw301(release, &of("B"), day, ("2020-01-01", "2020-12-31"));
            let other = other.replace("45A04", "45A09").replace(">1001<", &format!(">101{number}<"));
            self.send(0, day, &of("b.xml"), &numbered(other));
            let lines = [
                Regel::debet(if number == 0 { "R1" } else { "R3" }, "2020-03", 4),
                Regel {
                    toewijzing: None,
                    ..Regel::debet(if number == 0 { "R2" } else { "R4" }, "2020-03", 1)
                },
            ];
            let claim = jw303(release, "432", &of("F"), day, "2020-03", &lines);
            let line = self.send(0, day, &of("c.xml"), &numbered(claim));
            assert_eq!(line["verdict"], "partial", "{line}");
            let strange = jw301(release, &of("C"), day, ("2020-01-01", "2020-12-31"));
            let strange = strange.replace(&format!(">{GEMEENTE}<"), ">0150<");
            self.send(1, day, &of("d.xml"), &strange);
        }
        let mark = |row: &Value| row["evidence"].clone();
        let parked = self.run(0, &["parked", "list", "--json"]).lines();
        let both = [Value::Null, json!("reconstructed")];
        assert_eq!(parked.iter().map(mark).collect::<Vec<_>>(), both);
        let work = self.run(0, &["work", "list", "--json"]).lines();
        assert_eq!(work.iter().map(mark).collect::<Vec<_>>(), both);
        for (command, marked) in
            [("parked list", "JW301 2.4 (gereconstrueerd)"), ("work list", "release gereconstrueerd")]
        {
            let words: Vec<&str> = command.split(' ').collect();
            let text = self.run(0, &words).stdout;
            assert_eq!(text.matches(marked).count(), 1, "{text}");
        }

        let marked = |table: &Value| -> Vec<Value> {
            table.as_array().unwrap().iter().map(|row| row["evidence"].clone()).collect()
        };
        let rejections = self.report("rejections");
        assert_eq!(marked(&rejections["rejections"]), [Value::Null, json!("gereconstrueerd")]);
        assert_eq!(
            (&rejections["codes"][0]["count"], &rejections["codes"][0]["reconstructed"]),
            (&json!(2), &json!(1))
        );
        assert_eq!(marked(&self.report("work")["work"]), [Value::Null, json!("gereconstrueerd")]);
        let owed = marked(&self.report("deadlines")["owed_to_us"]);
        assert_eq!(owed.iter().filter(|mark| **mark == "gereconstrueerd").count(), 2, "{owed:?}");
        assert_eq!(owed.len(), 4);
        let budget = self.report("budget");
        assert_eq!(
            (&budget["gemeenten"][0]["granted_cents"], &budget["gemeenten"][0]["reconstructed_cents"]),
            (&json!(64_000), &json!(32_000))
        );
        let expected = |release: &str, evidence: &str| {
            json!({"release": release, "evidence": evidence, "judged": 3, "rejected": 0, "parked": 1,
                "claimed_cents": 40_000, "granted_cents": 32_000})
        };
        let releases = json!([expected("2.3", "officieel"), expected("2.4", "gereconstrueerd")]);
        assert_eq!((&budget["releases"], &rejections["releases"]), (&releases, &releases));

        self.run(0, &["replay", "--sample", "2", "--seed", "1", "--out", "steekproef"]);
        let folder = self.office.folder().join("steekproef");
        let list = std::fs::read_to_string(folder.join("steekproef.csv")).unwrap();
        assert_eq!(list.matches(";2.4;gereconstrueerd").count(), 1, "{list}");
        assert_eq!(list.matches(";2.3;\r").count(), 1, "{list}");
        let dossiers = ["0001.md", "0002.md"].map(|name| std::fs::read_to_string(folder.join(name)).unwrap());
        let marked = dossiers.iter().filter(|text| text.contains("2.4 (gereconstrueerd: niet getoetst"));
        assert_eq!(marked.count(), 1, "{dossiers:?}");
    }
}

#[test]
fn the_archive_and_every_report_say_what_is_reconstructed() {
    let embedded = office();
    std::fs::write(embedded.folder().join("config.toml"), SETTINGS).unwrap();
    Story { office: &embedded, place: &["--config", "config.toml"] }.told();
    std::fs::write(embedded.folder().join("client.txt"), "999900018").unwrap();
    embedded.expect(0, &["replay", "--data", "data", "--client-file", "client.txt", "--out", "inzage"]);
    let overview = std::fs::read_to_string(embedded.folder().join("inzage/inzage.md")).unwrap();
    assert!(overview.contains("ontvangen JW303 2.4 (gereconstrueerd), journaal"), "{overview}");
    assert!(overview.contains("verstuurd JW304 2.4 (gereconstrueerd), journaal"), "{overview}");
}

#[test]
fn a_database_server_says_the_same() {
    let server = office();
    let database = TestDatabase::new();
    let settings = format!("{SETTINGS}[database]\nurl = '{}'\n", database.url());
    std::fs::write(server.folder().join("config.toml"), settings).unwrap();
    Story { office: &server, place: &["--config", "config.toml"] }.told();
}
