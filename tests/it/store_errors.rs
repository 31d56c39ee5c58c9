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

/// Pages somewhere in the middle that are not what was written: every look says so, with what to do, and what came in is
/// not blamed for it.
#[tokio::test]
async fn pages_that_were_overwritten_are_told_by_everything_that_looks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir_all(path.join("d/in/0193")).unwrap();
    for number in 1..=150 {
        let xml = crate::messages::jw301(&number.to_string(), 300_400 + number);
        fs::write(path.join(format!("d/in/0193/{number:04}.xml")), xml).unwrap();
    }
    let first = run(path, &["process", "--data", "d", "--today", "2026-02-03"]);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let doctor = run(path, &["doctor", "--data", "d"]);
    assert!(doctor.code == Some(0) && doctor.stdout.contains("goed   inhoud"), "{}", doctor.stdout);
    overwrite(&path.join("d/happyflow.db"), &roots(path).await);

    let doctor = run(path, &["doctor", "--data", "d"]);
    assert_eq!(doctor.code, Some(1), "{}", doctor.stdout);
    assert!(
        doctor.stdout.contains("FOUT   inhoud") && doctor.stdout.contains("reservekopie"),
        "{}",
        doctor.stdout
    );
    for arguments in [
        &["replay", "--data", "d"][..],
        &["replay", "--data", "d", "--verify-state"],
        &["work", "list", "--data", "d"],
        &["parked", "list", "--data", "d"],
        &["report", "budget", "--data", "d"],
        &["report", "work", "--data", "d"],
        &["process", "--data", "d", "--today", "2026-02-03"],
        &["backup", "--data", "d", "kopie.db"],
    ] {
        let run = run(path, arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {} {}", run.stdout, run.stderr);
        assert!(
            run.stderr.contains("beschadigd") && run.stderr.contains("reservekopie"),
            "{arguments:?}: {}",
            run.stderr
        );
        assert!(
            !run.stderr.contains("malformed") && !run.stderr.contains("robeer het"),
            "{arguments:?}: {}",
            run.stderr
        );
    }
}

/// The first pages of the tables that everything looks at.
async fn roots(folder: &Path) -> Vec<i64> {
    const SQL: &str = "SELECT rootpage FROM sqlite_schema
        WHERE name IN ('journaal', 'inkomend', 'werk', 'toewijzing', 'besteding', 'regelset', 'uitgaand') ORDER BY 1";
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("d/happyflow.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let roots = sqlx::query_scalar(SQL).fetch_all(&pool).await.unwrap();
    pool.close().await;
    roots
}

fn overwrite(database: &Path, pages: &[i64]) {
    use std::os::unix::fs::FileExt;
    let file = fs::File::options().write(true).open(database).unwrap();
    for page in pages {
        file.write_all_at(&[0xa5; 4096], u64::try_from((page - 1) * 4096).unwrap()).unwrap();
    }
}

/// What PostgreSQL itself knows of its files: an index that it does not use makes an office slow, or lets double through.
#[test]
fn the_doctor_asks_the_server_what_is_wrong_inside() {
    let database = crate::postgres::TestDatabase::new();
    let folder = tempfile::tempdir().unwrap();
    let settings = format!("data = 'd'\n[database]\nurl = '{}'\n", database.url());
    fs::write(folder.path().join("happyflow.toml"), settings).unwrap();
    let doctor = || run(folder.path(), &["doctor", "--config", "happyflow.toml"]).stdout;
    assert!(doctor().contains("goed   inhoud"), "{}", doctor());
    let break_it = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'wachtrij_aanbieder'::regclass";
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        sqlx::query(break_it).execute(&mut database.connect().await).await.unwrap();
    });
    assert!(doctor().contains("FOUT   inhoud: onbruikbare indexen: wachtrij_aanbieder"), "{}", doctor());
}
