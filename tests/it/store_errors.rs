//! A data folder that cannot be used: exit code 2, and a Dutch text that says what to do.

use crate::cli::run;
use crate::cli_process::tree;
use std::fs;
use std::path::{Path, PathBuf};

/// What every command that opens the data says, and that nothing in the folder changes.
fn refused(folder: &Path, texts: &[&str]) {
    let before = kept(folder);
    for arguments in [&["process", "--data", "d"][..], &["work", "list", "--data", "d"]] {
        let run = run(folder, arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", run.stderr);
        for text in texts {
            assert!(run.stderr.contains(text), "{text:?} not in {}", run.stderr);
        }
        for english in ["error", "denied", "malformed", "exists", "migration", "not a database"] {
            assert!(!run.stderr.contains(english), "{}", run.stderr);
        }
    }
    assert_eq!(kept(folder), before, "nothing changes");
}

/// All files but those that SQLite has beside an open database.
fn kept(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let beside = |path: &Path| path.extension().is_some_and(|it| it == "db-wal" || it == "db-shm");
    tree(folder).into_iter().filter(|(path, _)| !beside(path)).collect()
}

/// A folder with data that was used before.
fn used() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path(), &["process", "--data", "d"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    folder
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("d")).unwrap();
    fs::write(folder.path().join("d/happyflow.db"), "geen database\n".repeat(500)).unwrap();
    refused(folder.path(), &["d/happyflow.db", "beschadigd", "reservekopie"]);
}

#[tokio::test]
async fn a_damaged_database_is_told() {
    let folder = used();
    statement(folder.path(), "PRAGMA wal_checkpoint(TRUNCATE)").await;
    let database = fs::File::options().write(true).open(folder.path().join("d/happyflow.db")).unwrap();
    database.set_len(20_000).unwrap();
    refused(folder.path(), &["d/happyflow.db", "beschadigd", "reservekopie"]);
}

/// Carries something out on the database that the program would not.
async fn statement(folder: &Path, sql: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("d/happyflow.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query(sql).execute(&pool).await.unwrap();
    pool.close().await;
}

#[test]
fn a_folder_in_the_place_of_the_database_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("d/happyflow.db")).unwrap();
    refused(folder.path(), &["happyflow.db is een map"]);
}

#[test]
fn a_file_in_the_place_of_the_data_folder_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("d"), "x").unwrap();
    let process = run(folder.path(), &["process", "--data", "d"]);
    assert_eq!(process.code, Some(2));
    assert!(process.stderr.contains("dit is een bestand, geen map"), "{}", process.stderr);
    let list = run(folder.path(), &["work", "list", "--data", "d"]);
    assert_eq!(list.code, Some(2));
    assert!(list.stderr.contains("gegevensmap d bestaat niet"), "{}", list.stderr);
    assert_eq!(fs::read(folder.path().join("d")).unwrap(), b"x");
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    // Nobody, root included, makes folders there.
    let run = run(Path::new("/"), &["process", "--data", "/proc/happyflow"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("kan de opslag in /proc/happyflow niet openen"), "{}", run.stderr);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    let folder = used();
    statement(
        folder.path(),
        "INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, success, checksum, execution_time
         FROM _sqlx_migrations WHERE version = 1",
    )
    .await;
    refused(folder.path(), &["d/happyflow.db", "nieuwere happyflow", "gebruik die"]);
}

#[test]
fn numbers_and_dates_that_are_none_are_told_in_dutch() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, text) in [
        (&["process", "--data", "d", "--today", "2026-02-30"][..], "geef een bestaande datum als jjjj-mm-dd"),
        (
            &["pay", "--data", "d", "--out", "p", "--date", "morgen"],
            "geef een bestaande datum als jjjj-mm-dd",
        ),
        (&["work", "show", "een", "--data", "d"], "geef een geheel getal"),
    ] {
        let run = run(folder.path(), arguments);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(text), "{}", run.stderr);
        assert!(!folder.path().join("d").exists());
    }
}
