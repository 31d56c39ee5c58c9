//! What a program of each earlier version wrote (`fixtures/stores`), opened by the program of today.

use crate::cli::{Run, run};
use crate::postgres::TestDatabase;
use flate2::read::GzDecoder;
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{JournalKind, Store, TakeLimit};
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Versions whose stores are kept, oldest first.
const VERSIONS: [&str; 5] = ["0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0"];
/// After everything that is in them.
const TODAY: &str = "2060-02-01";

/// A store of an earlier version on one of the engines.
pub struct Frozen {
    folder: tempfile::TempDir,
    database: Option<TestDatabase>,
}

fn unpacked(version: &str, name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stores").join(version).join(name);
    let mut bytes = Vec::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

impl Frozen {
    pub fn sqlite(version: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        std::fs::write(folder.path().join("data/happyflow.db"), unpacked(version, "sqlite.db.gz")).unwrap();
        Self { folder, database: None }.with_settings()
    }

    pub fn postgres(version: &str) -> Self {
        let database = TestDatabase::empty();
        let sql = String::from_utf8(unpacked(version, "postgres.sql.gz")).unwrap();
        wait(async {
            let mut connection = database.connect().await;
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        Self { folder, database: Some(database) }.with_settings()
    }

    /// Every version on both engines.
    fn all() -> Vec<Self> {
        VERSIONS.iter().flat_map(|version| [Self::sqlite(version), Self::postgres(version)]).collect()
    }

    fn with_settings(self) -> Self {
        let mut settings =
            "data = 'data'\n[betaling]\nopdrachtgever = 'Voorbeeld BVO'\n[betaling.rekening]\n\
            naam = 'Voorbeeld BVO'\niban = 'NL13TEST0123456789'\n"
                .to_owned();
        if let Some(database) = &self.database {
            settings.push_str(&format!("[database]\nurl = '{}'\n", database.url()));
        }
        std::fs::write(self.folder.path().join("happyflow.toml"), settings).unwrap();
        self
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub fn on_a_server(&self) -> bool {
        self.database.is_some()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        run(self.folder.path(), &[arguments, &["--config", "happyflow.toml"]].concat())
    }

    #[track_caller]
    pub fn good(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}\n{}{}", run.stdout, run.stderr);
        run
    }

    /// Open work items with such a story.
    fn open_on(&self, story: &str) -> Vec<String> {
        let work = &self.good(&["report", "work", "--format", "json"]).lines()[0]["work"];
        let told = |item: &&Value| item["story"].as_str().unwrap().contains(story);
        work.as_array().unwrap().iter().filter(told).map(|item| item["work"].to_string()).collect()
    }

    async fn embedded(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.path("data/happyflow.db"));
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// Changes something by hand, as nobody may.
    pub fn by_hand(&self, sql: &str) {
        let sql = AssertSqlSafe(sql);
        wait(async {
            if let Some(database) = &self.database {
                sqlx::raw_sql(sql).execute(&mut database.connect().await).await.unwrap();
            } else {
                let mut connection = self.embedded().await;
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
        });
    }

    /// How many journal entries keep a state that older rules left.
    fn freezes(&self) -> i64 {
        self.count("SELECT count(*) FROM journaal WHERE soort = 'regels'")
    }

    fn count(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        wait(async {
            if let Some(database) = &self.database {
                sqlx::query_scalar(sql).fetch_one(&mut database.connect().await).await.unwrap()
            } else {
                sqlx::query_scalar(sql).fetch_one(&mut self.embedded().await).await.unwrap()
            }
        })
    }

    /// The state that older rules left, as it is kept.
    fn pieces(&self) -> Vec<String> {
        async fn read<S: Store>(store: S) -> Vec<String> {
            let mut pieces = Vec::new();
            for number in store.journal_of(JournalKind::Regels).await.unwrap() {
                let one = TakeLimit { messages: 1, bytes: usize::MAX };
                let record = store.journal(number - 1, one).await.unwrap().pop().unwrap();
                pieces.push(String::from_utf8(record.entry.body.unwrap()).unwrap());
            }
            assert!(!pieces.is_empty());
            pieces
        }
        wait(async {
            match &self.database {
                Some(database) => read(database.open().await).await,
                None => read(SqliteStore::open(&self.data()).await.unwrap()).await,
            }
        })
    }

    /// Everything that was decided is proven: nothing differs but by newer rules, and what was removed lawfully.
    #[track_caller]
    fn proven(&self) {
        let replayed = self.good(&["replay", "--json"]).lines();
        let kinds: BTreeSet<&str> = replayed.iter().filter_map(|line| line["kind"].as_str()).collect();
        assert!(kinds.is_subset(&BTreeSet::from(["newer-rules", "removed"])), "{kinds:?}");
        assert_eq!(replayed.last().unwrap()["summary"]["faults"], 0);
        let state = self.state();
        assert_eq!((&state["equal"], &state["diverged"]), (&Value::Bool(true), &Value::Null), "{state}");
        self.good(&["ledger", "check"]);
        let chain = self.good(&["replay", "--verify-chain", "--json"]).lines().remove(0);
        assert_eq!(chain["faults"], Value::Array(Vec::new()));
    }

    pub fn state(&self) -> Value {
        self.run(&["replay", "--verify-state", "--json"]).lines().remove(0)
    }
}

const JW301: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

#[test]
fn a_store_of_an_earlier_version_starts_goes_on_and_is_proven() {
    for frozen in Frozen::all() {
        frozen.good(&["migrate"]);
        assert_eq!(frozen.freezes(), 1);
        frozen.proven();
        std::fs::write(frozen.path("kapot.xml"), JW301).unwrap();
        assert_eq!(frozen.run(&["process", "kapot.xml", "--today", TODAY]).code, Some(1));
        frozen.good(&["work", "due", "--today", TODAY]);
        frozen.good(&["pay", "--date", TODAY, "--out", "pay", "--today", TODAY]);
        assert_eq!(frozen.freezes(), 1, "rules that did not change keep nothing");
        frozen.proven();
    }
}

#[test]
fn a_person_is_taken_out_of_the_state_that_older_rules_left() {
    // Assigned by us after a request; taken over from a previous system, with a claim.
    let gone = ["999900109", "999900559"];
    for frozen in Frozen::all() {
        frozen.good(&["migrate"]);
        std::fs::write(frozen.path("gone"), gone.join("\n")).unwrap();
        // Since 0.3.0 a person looks at the request; nobody is taken out while it is open.
        for item in frozen.open_on("Verzoek V7") {
            frozen
                .good(&["work", "approve", &item, "--by", "A. Proef", "--why", "akkoord", "--today", TODAY]);
        }
        let who = ["--by", "A. Proef", "--why", "bewaartermijn", "--today", "2090-01-01"];
        frozen.good(&[&["remove", "--client-file", "gone"][..], &who].concat());
        frozen.proven();
        let pieces = frozen.pieces();
        assert!(pieces.iter().all(|piece| gone.iter().all(|bsn| !piece.contains(bsn))));
    }
}

#[test]
fn who_referred_is_found_again_in_the_messages_of_before() {
    // Requests for assignment that came in here; what was taken over names nobody.
    const KNOWN: &str = "SELECT count(*) FROM verzoek v JOIN journaal j ON j.nummer = v.journaal
        WHERE v.soort = 'toewijzing' AND j.aankomst IS NOT NULL";
    for frozen in Frozen::all() {
        frozen.good(&["migrate"]);
        let unknown = frozen.count(&format!("{KNOWN} AND v.verwijzer IS NULL"));
        assert_eq!((unknown, frozen.count(&format!("{KNOWN} AND v.verwijzer > 0")) > 0), (0, true));
        let assigned = "SELECT count(*) FROM toewijzing t JOIN verzoek v ON v.aanbieder = t.aanbieder
            AND v.referentie = t.referentie_aanbieder AND v.soort = 'toewijzing' WHERE v.verwijzer IS NOT NULL";
        assert!(frozen.count(assigned) > 0);
        assert_eq!(frozen.count(&format!("{assigned} AND t.verwijzer IS NOT NULL")), frozen.count(assigned));
        assert_eq!(
            frozen.count(&format!("{assigned} AND t.verwijzer = v.verwijzer")),
            frozen.count(assigned)
        );
    }
}

#[test]
fn the_state_that_older_rules_left_is_kept_by_whoever_comes_first() {
    for arguments in [&["replay"][..], &["work", "list"], &["process", "--today", TODAY], &["report", "work"]]
    {
        let frozen = Frozen::sqlite(VERSIONS[0]);
        frozen.good(arguments);
        assert_eq!(frozen.freezes(), 1, "{arguments:?}");
    }
}

#[test]
fn what_is_changed_by_hand_since_is_named() {
    for frozen in Frozen::all() {
        frozen.good(&["migrate"]);
        frozen.by_hand("UPDATE toewijzing SET volume = volume + 1 WHERE sleutel = 193000200001");
        let state = frozen.state();
        assert_eq!(
            (&state["equal"], &state["table"]),
            (&Value::Bool(false), &"toewijzing".into()),
            "{state}"
        );
        assert_eq!(state["named"][0][1], "193000200001");
    }
}
