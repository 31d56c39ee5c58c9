//! The archive of one back office, and what another makes of it.

use crate::cli::{Run, run};
use happyflow::messages::{Bericht, BerichtSoort};
use happyflow::schema::{Reading, read};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder with generated months in `in/`, and back offices beside it.
pub struct Regio {
    pub dir: tempfile::TempDir,
    pub maanden: Vec<String>,
}

impl Regio {
    /// So many months of a small region.
    pub fn new(months: u32, seed: u64) -> Self {
        Self::with(months, seed, &[])
    }

    /// The same with more options.
    pub fn with(months: u32, seed: u64, more: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (months, seed) = (months.to_string(), seed.to_string());
        let arguments = [
            "generate",
            "--out",
            "in",
            "--clients",
            "40",
            "--months",
            &months,
            "--gemeenten",
            "2",
            "--aanbieders",
            "3",
            "--faults",
            "0.1",
            "--seed",
            &seed,
        ];
        let made = run(dir.path(), &[&arguments[..], more].concat());
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let folders = fs::read_dir(dir.path().join("in")).unwrap().map(Result::unwrap);
        let folders = folders.filter(|entry| entry.file_type().unwrap().is_dir());
        let mut maanden: Vec<String> =
            folders.map(|entry| format!("in/{}", entry.file_name().display())).collect();
        maanden.sort();
        Self { dir, maanden }
    }

    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// Processes paths in a back office on a day.
    pub fn process(&self, data: &str, today: &str, paths: &[&str]) -> Vec<Value> {
        let start =
            ["process", "--json", "--data", data, "--contracts", "in/contracts.json", "--today", today];
        let run = run(self.folder(), &[&start[..], paths].concat());
        assert!(run.code < Some(2), "{}", run.stderr);
        run.lines()
    }

    /// Takes paths over in a back office that has the contracts.
    pub fn import(&self, data: &str, more: &[&str], paths: &[&str]) -> Run {
        let contracts = run(self.folder(), &["contract", "import", "in/contracts.json", "--data", data]);
        assert_eq!(contracts.code, Some(0), "{}", contracts.stderr);
        let start = ["import", "--silent", "--json", "--data", data, "--today", "2025-12-01"];
        run(self.folder(), &[&start[..], more, paths].concat())
    }
}

/// Every message below a folder, with its kind.
pub fn messages(folder: &Path) -> Vec<(PathBuf, BerichtSoort, Vec<u8>)> {
    let mut found = Vec::new();
    for (path, bytes) in crate::cli_process::tree(folder) {
        if let Reading::Valid(document) = read(&bytes) {
            let soort = Bericht::read(&document).header().soort;
            drop(document);
            found.push((folder.join(path), soort, bytes));
        }
    }
    found
}

/// State as rows without journal numbers: what messages are judged on.
pub fn state(data: &Path) -> Vec<String> {
    tokio::runtime::Runtime::new().unwrap().block_on(read_state(data))
}

async fn read_state(data: &Path) -> Vec<String> {
    const STATE: [(&str, &str); 8] = [
        (
            "toewijzing",
            "SELECT concat_ws('|', t.sleutel, t.aanbieder, t.bsn, t.categorie, t.code, t.toewijzingsdatum,
                 t.toewijzingstijd, t.ingangsdatum, t.einddatum, t.reden_wijziging, t.volume, t.eenheid, t.frequentie,
                 t.budget, t.referentie_aanbieder, b.volume, b.bedrag)
             FROM toewijzing t JOIN besteding b ON b.toewijzing = t.sleutel ORDER BY t.sleutel",
        ),
        (
            "declaratie",
            "SELECT concat_ws('|', aanbieder, nummer, gemeente, periode_begin, ingediend, toegekend)
             FROM declaratie ORDER BY aanbieder, nummer",
        ),
        (
            "prestatie",
            "SELECT concat_ws('|', aanbieder, referentie, vorig_referentie, toewijzing, bsn, categorie, code, begin,
                 eind, volume, eenheid, tarief, bedrag, debet, toegekend, gecrediteerd)
             FROM prestatie ORDER BY aanbieder, referentie",
        ),
        ("client", "SELECT concat_ws('|', gemeente, bsn) FROM client ORDER BY gemeente, bsn"),
        ("budget_stand", "SELECT concat_ws('|', sleutel, bedrag) FROM budget_stand ORDER BY sleutel"),
        (
            "identificatie",
            "SELECT concat_ws('|', afzender, soort, identificatie) FROM identificatie
             WHERE soort IN (436, 490) ORDER BY 1",
        ),
        ("verzoek", "SELECT concat_ws('|', aanbieder, referentie, gemeente, bsn, status) FROM verzoek ORDER BY 1"),
        ("boeking", "SELECT concat_ws('|', aanbieder, gemeente, declaratie_nummer, bedrag) FROM boeking ORDER BY id"),
    ];
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("happyflow.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let mut rows = Vec::new();
    for (table, sql) in STATE {
        let found: Vec<String> = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
        rows.extend(found.into_iter().map(|row| format!("{table}|{row}")));
    }
    pool.close().await;
    rows
}

/// Rows of some tables.
pub fn of(state: &[String], tables: &[&str]) -> Vec<String> {
    let wanted = |row: &&String| tables.contains(&row.split('|').next().unwrap());
    state.iter().filter(wanted).cloned().collect()
}

/// How many lines have each status, and what was skipped and why.
pub fn told(lines: &[Value]) -> (usize, usize, usize, Vec<String>) {
    let count = |status: &str| lines.iter().filter(|line| line["status"] == status).count();
    let skipped = lines.iter().filter(|line| line["status"] == "skipped");
    (count("imported"), count("known"), count("nothing"), skipped.map(ToString::to_string).collect())
}
