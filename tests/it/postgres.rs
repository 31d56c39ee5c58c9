//! A database for a test, on the server of `HAPPYFLOW_TEST_PG` or on a throw-away one.

use happyflow::store::Store;
use happyflow::store::postgres::{PgSettings, PgStore};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Address of the server's own database.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where the server is")]
fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| match std::env::var("HAPPYFLOW_TEST_PG") {
        Ok(url) if !url.is_empty() => url,
        _ => start(),
    })
}

/// Starts a throw-away server that lives as long as this process.
pub fn start() -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services/postgres.sh");
    let output = Command::new("sh")
        .arg(script)
        .arg(std::process::id().to_string())
        .stderr(Stdio::inherit())
        .output()
        .expect("sh runs");
    assert!(output.status.success(), "no PostgreSQL for the tests");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The address of another database on the same server.
fn database(url: &str, name: &str) -> String {
    let (server, rest) = url.rsplit_once('/').expect("postgres://user@host:port/database");
    match rest.split_once('?') {
        Some((_, options)) => format!("{server}/{name}?{options}"),
        None => format!("{server}/{name}"),
    }
}

async fn run(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Waits for work of the database outside any runtime.
fn wait<T: Send, F: Future<Output = T>>(work: impl FnOnce() -> F + Send) -> T {
    let alone = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(work())
    };
    std::thread::scope(|scope| scope.spawn(alone).join().unwrap())
}

/// A database with our tables, copied once per test from a template.
pub struct TestDatabase {
    name: String,
    url: String,
}

impl TestDatabase {
    pub fn new() -> Self {
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let name = unique();
            let settings = PgSettings::new(database(server(), &name));
            drop_afterwards(&name);
            wait(async || {
                run(server(), format!("CREATE DATABASE {name}")).await;
                PgStore::open(&settings).await.unwrap().close().await;
            });
            name
        });
        let name = unique();
        wait(|| run(server(), format!("CREATE DATABASE {name} TEMPLATE {template}")));
        Self { url: database(server(), &name), name }
    }

    /// A database without tables.
    pub fn empty() -> Self {
        let name = unique();
        wait(|| run(server(), format!("CREATE DATABASE {name}")));
        Self { url: database(server(), &name), name }
    }

    /// `postgres://..`, for the settings of an installation.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn settings(&self) -> PgSettings {
        PgSettings::new(self.url.clone())
    }

    pub async fn open(&self) -> PgStore {
        PgStore::open(&self.settings()).await.unwrap()
    }

    /// Takes everything out, as if it were new: cheaper than another one.
    pub async fn clear(&self) {
        const TABLES: &str = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND relkind = 'r' AND relname <> '_sqlx_migrations' ORDER BY 1";
        const NUMBERS: &str = "SELECT setval(oid::regclass, 1, false) FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'";
        let mut connection = self.connect().await;
        let unguarded = "SET session_replication_role = replica";
        sqlx::raw_sql(unguarded).execute(&mut connection).await.unwrap();
        let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut connection).await.unwrap();
        // One statement: what refers to what is looked at when all of it is done. Rows that nothing may change go too.
        let parts = tables.iter().map(|table| format!("{table}_ AS (DELETE FROM {table})"));
        let sql = format!("WITH {} SELECT 1", parts.collect::<Vec<_>>().join(", "));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        sqlx::query(NUMBERS).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// A connection to look at it with.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        wait(|| run(server(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)));
    }
}

/// Nothing runs at the end of this process, so another waits for it and takes the template away.
fn drop_afterwards(name: &str) {
    const WAIT: &str = r#"(
        trap '' HUP INT TERM
        while kill -0 "$1" 2>/dev/null; do sleep 0.5; done
        psql -q "$2" -c "DROP DATABASE IF EXISTS $3 WITH (FORCE)"
    ) </dev/null >/dev/null 2>&1 &"#;
    let mut command = Command::new("sh");
    command.args(["-c", WAIT, "sh", &std::process::id().to_string(), server(), name]);
    assert!(command.status().expect("sh runs").success());
}

/// A name that no other test, process or run has.
fn unique() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros();
    format!("happyflow_test_{}_{since}_{count}", std::process::id())
}

/// A server of our own that can be ended and comes back with what was committed. Dropping it ends it.
pub struct Server {
    folder: tempfile::TempDir,
    port: u16,
    running: Option<Child>,
}

impl Server {
    /// How long it may take to start.
    const START: Duration = Duration::from_mins(1);

    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self { folder: tempfile::tempdir().unwrap(), port, running: None };
        server.restart();
        server
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("postgres://test@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends it at once, as a power cut would: nobody is told, nothing is finished.
    pub fn kill(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        std::fs::write(self.folder.path().join("stop"), "").unwrap();
        running.wait().unwrap();
        assert!(self.folder.path().join("stopped").exists());
    }

    /// Starts it on the data that it has.
    pub fn restart(&mut self) {
        self.kill();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services/postgres.sh");
        let mut command = Command::new("sh");
        command.arg(script).arg("run").arg(self.folder.path()).arg(self.port.to_string());
        command.arg(std::process::id().to_string());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.running = Some(command.spawn().unwrap());
        let begun = Instant::now();
        let url = self.url();
        while wait(|| PgConnection::connect(&url)).is_err() {
            let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Self::START, "{}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
