//! Both engines have the same tables, columns, nullability, keys and references.

use crate::postgres::TestDatabase;
use happyflow::store::Store;
use happyflow::store::sqlite::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, PgConnection, Row};
use std::collections::BTreeSet;

/// What only one engine needs, with the reason.
const ONLY_IN_ONE: [&str; 10] = [
    // SQLite reads an assignment as one text; PostgreSQL sends columns as fast.
    "column toewijzing.feiten",
    // What waits is apart where several decide: a row that is written again leaves its old version in PostgreSQL.
    "column wachtrij.",
    "key wachtrij(",
    // PostgreSQL looks at the row and locks it for every message; in SQLite it costs next to nothing.
    "reference inkomend.archief",
    "reference uitkomst.aankomst",
    "reference uitkomst.melding",
    "reference journaal.aankomst",
    "reference journaal.inhoud",
    "reference uitgaand.archief",
    "reference keten_inhoud.journaal",
];

fn ours(facts: Vec<String>) -> BTreeSet<String> {
    let not_ours = |fact: &String| fact.contains("_sqlx_migrations") || fact.contains("sqlite_");
    let only = |fact: &String| ONLY_IN_ONE.iter().any(|only| fact.starts_with(only));
    facts.into_iter().filter(|fact| !not_ours(fact) && !only(fact)).collect()
}

async fn of_sqlite(connection: &mut SqliteConnection) -> BTreeSet<String> {
    const COLUMNS: &str = "SELECT 'column ' || m.name || '.' || c.name
            || CASE WHEN c.\"notnull\" OR c.pk > 0 THEN ' not null' ELSE '' END
        FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'";
    const PRIMARY: &str = "SELECT 'key ' || name || '(' || group_concat(column, ',') || ')' FROM
        (SELECT m.name AS name, c.name AS column FROM sqlite_schema m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND c.pk > 0 ORDER BY m.name, c.pk) GROUP BY name";
    const UNIQUE: &str = "SELECT 'key ' || name || '(' || group_concat(column, ',') || ')'
            || CASE WHEN partial THEN ' partial' ELSE '' END FROM
        (SELECT m.name AS name, i.name AS index_name, i.partial AS partial, coalesce(c.name, 'expression') AS column
         FROM sqlite_schema m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
         WHERE m.type = 'table' AND i.\"unique\" AND i.origin <> 'pk' ORDER BY m.name, i.name, c.seqno)
        GROUP BY name, index_name, partial";
    const REFERENCES: &str =
        "SELECT 'reference ' || m.name || '.' || f.\"from\" || ' to ' || f.\"table\" || '.' || f.\"to\"
        FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";
    let mut facts = Vec::new();
    for sql in [COLUMNS, PRIMARY, UNIQUE, REFERENCES] {
        let rows = sqlx::query(sql).fetch_all(&mut *connection).await.unwrap();
        facts.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    ours(facts)
}

async fn of_postgres(connection: &mut PgConnection) -> BTreeSet<String> {
    const COLUMNS: &str = "SELECT 'column ' || c.table_name || '.' || c.column_name
            || CASE WHEN c.is_nullable = 'NO' THEN ' not null' ELSE '' END
        FROM information_schema.columns c WHERE c.table_schema = 'public'";
    const KEYS: &str =
        "SELECT 'key ' || t.relname || '(' || string_agg(coalesce(a.attname, 'expression'), ',' ORDER BY k.place) || ')'
            || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END
        FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
        CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY k (number, place)
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
        WHERE i.indisunique GROUP BY t.relname, i.indexrelid, i.indpred";
    const REFERENCES: &str =
        "SELECT 'reference ' || t.relname || '.' || a.attname || ' to ' || r.relname || '.' || b.attname
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
        JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = c.confkey[1] WHERE c.contype = 'f'";
    let mut facts = Vec::new();
    for sql in [COLUMNS, KEYS, REFERENCES] {
        let rows = sqlx::query(sql).fetch_all(&mut *connection).await.unwrap();
        facts.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    ours(facts)
}

#[test]
fn both_engines_have_the_same_tables() {
    let database = TestDatabase::new();
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (sqlite, postgres) = runtime.block_on(async {
        SqliteStore::open(folder.path()).await.unwrap().close().await;
        let options = SqliteConnectOptions::new().filename(folder.path().join("happyflow.db"));
        let mut sqlite = SqliteConnection::connect_with(&options).await.unwrap();
        let mut postgres = database.connect().await;
        (of_sqlite(&mut sqlite).await, of_postgres(&mut postgres).await)
    });
    // Absent values are equal in this key: SQLite needs expressions for that.
    let key = |facts: BTreeSet<String>| -> BTreeSet<String> {
        facts.into_iter().filter(|fact| !fact.starts_with("key levering(bsn,")).collect()
    };
    let (sqlite, postgres) = (key(sqlite), key(postgres));
    let missing: Vec<_> = sqlite.difference(&postgres).collect();
    let extra: Vec<_> = postgres.difference(&sqlite).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "only in SQLite: {missing:#?}\nonly in PostgreSQL: {extra:#?}"
    );
    assert!(sqlite.len() > 150, "{}", sqlite.len());
}

/// The numbers and names of the steps are the same.
#[test]
fn both_engines_have_the_same_steps() {
    let steps = |engine: &str| -> BTreeSet<String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let files = std::fs::read_dir(folder).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(steps("sqlite"), steps("postgres"));
}
