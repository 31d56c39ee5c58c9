//! Lawful removal after the retention term: the person is gone, all else holds, and the chain tells why.

mod intussen;
mod naam;
mod overname;
mod vormen;

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::postgres::TestDatabase;
use crate::replay::tamper;
use crate::xml::{Line, jw315, jw323};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};
use std::fmt::Write as _;

/// Somebody else, in the same claims.
const OTHER: &str = "999900018";
const RELATIE: (&str, &str) = (AANBIEDER, GEMEENTE);
/// What a message says of the child; also in the answers that copy it.
const PERSONAL: [&str; 4] = ["Verhulstdonk", "2012-05-17", "Proefstraat", "vertelt graag"];

/// An office, and a connection to look at its store with.
struct Archive {
    office: Office,
    url: String,
    place: Vec<&'static str>,
    _database: Option<TestDatabase>,
}

impl Archive {
    fn embedded() -> Self {
        Self::with(&with_budget())
    }

    /// A data folder, and these contracts.
    fn with(contracts: &Value) -> Self {
        let office = Office::open(contracts);
        let url = format!("sqlite://{}", office.folder().join("data/happyflow.db").display());
        Self { office, url, place: vec!["--data", "data"], _database: None }
    }

    fn server() -> Self {
        let (office, database) = (Office::open(&with_budget()), TestDatabase::new());
        let settings = format!("data = 'data'\n[database]\nurl = '{}'\n", database.url());
        std::fs::write(office.folder().join("config.toml"), settings).unwrap();
        let url = database.url().to_owned();
        Self { office, url, place: vec!["--config", "config.toml"], _database: Some(database) }
    }

    fn run(&self, code: i32, arguments: &[&str]) -> crate::cli::Run {
        self.office.expect(code, &[arguments, &self.place].concat())
    }

    fn process(&self, today: &str, name: &str, xml: &str) -> Value {
        std::fs::write(self.office.folder().join(name), xml).unwrap();
        let lines = self.run(0, &["process", "--json", "--today", today, name]).lines();
        lines[0].clone()
    }

    /// A request for the child and one for another, and a claim about both of them.
    fn fill(&self) {
        self.run(0, &["contract", "import", "contracts.json", "--today", "2025-01-02"]);
        for (name, bsn, reference) in [("1.xml", BSN, "REF1"), ("2.xml", OTHER, "REF2")] {
            let asked =
                jw315(RELATIE, name, "2025-01-06", bsn, &[(reference, "2025-01-01", "2025-12-31", 8)]);
            self.process("2025-01-07", name, &personal(&asked));
        }
        // Nobody can read this one.
        std::fs::write(self.office.folder().join("0.xml"), format!("<kapot>Verhulstdonk {BSN}</kapo>"))
            .unwrap();
        self.run(1, &["process", "--today", "2025-01-08", "0.xml"]);
        let claim = |name: &str, lines: [(&str, u32, i64); 2]| {
            let [own, other] = lines.map(|(referentie, toewijzing, hours)| Line {
                referentie: referentie.into(),
                vorig: None,
                toewijzing,
                product: ("45", "45A04"),
                periode: ("2025-01-01".into(), "2025-01-31".into()),
                volume: hours,
                eenheid: "04",
                tarief: TARIEF,
            });
            let periode = ("2025-01-01", "2025-01-31");
            let both = jw323(RELATIE, name, "2025-02-02", periode, BSN, &[own, other]);
            // The second line is of the other one.
            let at = both.find("<m:Prestatie>").unwrap();
            let next = at + 1 + both[at + 1..].find("<m:Prestatie>").unwrap();
            let between = format!("</m:Prestaties></m:Client><m:Client><m:Bsn>{OTHER}</m:Bsn><m:Prestaties>");
            format!("{}{between}{}", &both[..next], &both[next..])
        };
        let granted = self.process(
            "2025-02-03",
            "3.xml",
            &claim("C1", [("R1", 800_000_001, 3), ("R2", 800_000_002, 4)]),
        );
        assert_eq!(granted["amounts"]["granted_cents"], 7 * TARIEF, "{granted}");
        // Too much, so the answer names both.
        let refused = self.process(
            "2025-03-03",
            "4.xml",
            &claim("C2", [("R3", 800_000_001, 900), ("R4", 800_000_002, 900)]),
        );
        assert_eq!(refused["amounts"]["granted_cents"], 0, "{refused}");
    }

    fn forget(&self) {
        let mut empty = with_budget();
        (empty["clienten"], empty["budgetten"]) = (json!([]), json!([]));
        std::fs::write(self.office.folder().join("contracts.json"), empty.to_string()).unwrap();
        self.run(0, &["contract", "import", "contracts.json", "--volledig", "--today", "2026-01-02"]);
    }

    fn remove(&self, code: i32, today: &str, more: &[&str]) -> crate::cli::Run {
        std::fs::write(self.office.folder().join("wie.txt"), format!("{BSN}\n")).unwrap();
        let who = ["remove", "--by", "A. Proef", "--why", "termijn", "--today", today];
        self.run(code, &[&who[..], more].concat())
    }

    /// Rows of texts.
    fn query(&self, sql: &str) -> Vec<Vec<String>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sql = AssertSqlSafe(sql.to_owned());
        runtime.block_on(async {
            if self.url.starts_with("sqlite") {
                let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
                let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                rows.iter().map(|row| (0..row.len()).map(|at| row.get(at)).collect()).collect()
            } else {
                let mut connection = PgConnection::connect(&self.url).await.unwrap();
                let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                rows.iter().map(|row| (0..row.len()).map(|at| row.get(at)).collect()).collect()
            }
        })
    }

    /// Every value of every table as text, bodies unpacked.
    fn everything(&self) -> String {
        let embedded = self.url.starts_with("sqlite");
        let tables = if embedded {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'"
        } else {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'"
        };
        let mut text = String::new();
        for name in self.query(tables).into_iter().flatten() {
            let columns = if embedded {
                format!("SELECT name, type FROM pragma_table_xinfo('{name}')")
            } else {
                format!(
                    "SELECT column_name::text, data_type::text FROM information_schema.columns
                     WHERE table_name = '{name}'"
                )
            };
            for column in self.query(&columns) {
                let [column, kind] = &column[..] else { panic!("{column:?}") };
                let value = match kind.as_str() {
                    "BLOB" => format!("hex({column})"),
                    "bytea" => format!("upper(encode({column}, 'hex'))"),
                    _ => format!("CAST({column} AS TEXT)"),
                };
                let bytes = ["BLOB", "bytea"].contains(&kind.as_str());
                let rows = self.query(&format!("SELECT {value} FROM {name} WHERE {column} IS NOT NULL"));
                for value in rows.into_iter().flatten() {
                    let value = if bytes { unpacked(&value) } else { value };
                    writeln!(text, "{name}: {value}").unwrap();
                }
            }
        }
        text
    }
}

/// Bytes in hex, unpacked when they are a frame; an outcome has its length before it.
fn unpacked(hex: &str) -> String {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
    let frame = bytes.windows(4).position(|part| part == [0x28, 0xb5, 0x2f, 0xfd]);
    let plain = frame.and_then(|at| zstd::bulk::decompress(&bytes[at..], 1 << 20).ok()).unwrap_or(bytes);
    let Some(wide) = plain.strip_prefix(b"\xFF\xFE") else {
        return String::from_utf8_lossy(&plain).into_owned();
    };
    let units: Vec<u16> = wide.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// The usual contract, a second client, and a budget of the first.
fn with_budget() -> Value {
    let mut all = contracts(None);
    all["clienten"][0]["geboortedatum"] = "2012-05-17".into();
    all["clienten"][0]["geslachtsnaam"] = "Verhulstdonk".into();
    let mut other = all["clienten"][0].clone();
    other["bsn"] = OTHER.into();
    other["adres"]["straatnaam"] = "Andereweg".into();
    all["clienten"].as_array_mut().unwrap().push(other);
    all["budgetten"] = json!([{
        "gemeente": GEMEENTE, "bsn": BSN, "aanbieder": null, "productcategorie": null, "van": "2025-01-01",
        "tot": "2025-12-31", "bedrag": 1_000_000, "bij_overschrijding": "signal",
    }]);
    all
}

/// With a name, a day of birth and a comment of its own.
fn personal(xml: &str) -> String {
    let begin = xml.find("Achternaam>").unwrap() + "Achternaam>".len();
    let end = begin + xml[begin..].find('<').unwrap();
    let xml = format!("{}Verhulstdonk{}", &xml[..begin], &xml[end..]);
    let begin = xml.find("Datum>").unwrap() + "Datum>".len();
    let xml = format!("{}2012-05-17{}", &xml[..begin], &xml[begin + 10..]);
    let products = xml.find("<m:AangevraagdeProducten>").unwrap();
    let comment = "<m:Commentaar>vertelt graag</m:Commentaar>";
    format!("{}{comment}{}<!-- Verhulstdonk -->", &xml[..products], &xml[products..])
}

fn removed_and_all_holds(archive: &Archive) {
    archive.fill();
    let file = ["--client-file", "wie.txt"];
    assert!(archive.remove(2, "2026-06-01", &file).stderr.contains("2045-12-31"));
    assert!(archive.remove(2, "2046-01-02", &file).stderr.contains("contractregister"));
    archive.forget();
    let early = archive.remove(2, "2046-01-02", &[&file[..], &["--before", "2026-02-01"]].concat());
    assert!(early.stderr.contains("2026-01-02"), "{}", early.stderr);
    let before = archive.everything();
    for part in PERSONAL.iter().chain(&[BSN]) {
        assert!(before.contains(part), "{part}");
    }
    let rapport = |archive: &Archive| {
        let mut report = archive.run(0, &["report", "budget", "--format", "json"]).lines()[0].clone();
        report.as_object_mut().unwrap().remove("moment");
        report
    };
    let sums = rapport(archive);
    assert_eq!(
        archive.remove(0, "2046-01-02", &["--expired", "--dry-run"]).stdout,
        "2 jeugdigen kunnen worden verwijderd\n"
    );
    let done = archive.remove(0, "2046-01-02", &file);
    assert!(done.stdout.contains("uit 4 ontvangen"), "{}", done.stdout);

    let after = archive.everything();
    let named: Vec<&str> = after.lines().filter(|line| line.contains(BSN)).collect();
    assert!(named.is_empty(), "{named:#?}");
    // The other one has the same name and lives elsewhere.
    assert!(after.contains(OTHER) && after.contains("Andereweg") && after.contains("Verhulstdonk"));
    assert!(!after.contains("Proefstraat"));
    assert_eq!(after.matches("Verhulstdonk").count() * 2 + 1, before.matches("Verhulstdonk").count());
    assert_eq!(rapport(archive), sums);
    for folder in [format!("out/{AANBIEDER}"), format!("out/{GEMEENTE}"), "fout".to_owned()] {
        let out = archive.office.folder().join("data").join(folder);
        for path in std::fs::read_dir(out).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            assert!(!std::fs::read_to_string(&path).unwrap().contains(BSN), "{}", path.display());
        }
    }
    holds(archive, 4);
    // Nor in what the file has of it besides: free pages, the log.
    if archive.url.starts_with("sqlite") {
        let files =
            ["happyflow.db", "happyflow.db-wal"].map(|name| archive.office.folder().join("data").join(name));
        let raw: Vec<u8> = files.iter().filter_map(|file| std::fs::read(file).ok()).flatten().collect();
        let holds = |xml: &str| {
            let packed = happyflow::store::pack(&std::fs::read(archive.office.folder().join(xml)).unwrap());
            memchr::memmem::find(&raw, &packed).is_some()
        };
        assert!(holds("2.xml") && !holds("1.xml"));
    }

    // The other one as well: then nothing of either is left.
    archive.remove(0, "2046-01-03", &["--expired"]);
    let after = archive.everything();
    for part in PERSONAL.iter().chain(&[BSN, OTHER, "Andereweg"]) {
        assert!(!after.contains(part), "{part}");
    }
    holds(archive, 5);
    assert_eq!(rapport(archive), sums);
    assert!(archive.remove(2, "2046-01-04", &file).stderr.contains("niets over deze jeugdige"));
}

/// The chain, the decisions and the state; so many entries are told of as rid of a person.
fn holds(archive: &Archive, told: usize) {
    let chain = archive.run(0, &["replay", "--verify-chain"]).stdout;
    assert!(chain.contains("De keten klopt.") && !chain.contains(" 0 onderdelen rechtmatig"), "{chain}");
    let mut lines = archive.run(0, &["replay", "--json"]).lines();
    assert_eq!(lines.pop().unwrap()["summary"]["faults"], 0);
    assert!(lines.iter().all(|line| line["kind"] == "removed"), "{lines:?}");
    assert_eq!(lines.len(), told, "{lines:?}");
    let state = archive.run(0, &["replay", "--verify-state"]).stdout;
    assert!(state.starts_with("De stand is gelijk"), "{state}");
}

#[test]
fn a_person_is_removed_from_a_data_folder_and_all_else_holds() {
    removed_and_all_holds(&Archive::embedded());
}

#[test]
fn a_person_is_removed_from_a_database_server_and_all_else_holds() {
    removed_and_all_holds(&Archive::server());
}

#[test]
fn what_only_looks_like_a_lawful_removal_is_named() {
    // Without a journal entry; with that of somebody else; and what was left, changed afterwards.
    let cases: [(&str, &str, &str); 3] = [
        (
            "UPDATE archief SET lengte = 0, inhoud = x'28b52ffd2000010000' WHERE id = (SELECT archief FROM inkomend WHERE aankomst = 2)",
            "changed",
            "is ",
        ),
        (
            "UPDATE keten_inhoud SET verwijderd = (SELECT max(nummer) FROM journaal) WHERE onderdeel = 'bericht'
             AND journaal = (SELECT nummer FROM journaal WHERE aankomst = 2)",
            "missing",
            "zonder dat het journaal dat zegt",
        ),
        (
            "UPDATE inkomend SET ontvangen = ontvangen - 86400 WHERE aankomst = 1",
            "changed",
            "na de rechtmatige verwijdering",
        ),
    ];
    let archive = Archive::embedded();
    archive.fill();
    archive.forget();
    archive.remove(0, "2046-01-02", &["--client-file", "wie.txt"]);
    let database = archive.office.folder().join("data/happyflow.db");
    let whole = std::fs::read(&database).unwrap();
    for (sql, fault, fact) in cases {
        tamper(&archive.office, sql, None);
        let line = archive.run(1, &["replay", "--verify-chain", "--json"]).lines()[0].clone();
        let found = line["faults"].as_array().unwrap();
        let named = found
            .iter()
            .any(|found| found["fault"] == fault && found["fact"].as_str().unwrap().contains(fact));
        assert!(named, "{sql} {found:?}");
        for rest in ["happyflow.db-wal", "happyflow.db-shm"] {
            let _ = std::fs::remove_file(archive.office.folder().join("data").join(rest));
        }
        std::fs::write(&database, &whole).unwrap();
    }
}
