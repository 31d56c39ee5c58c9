//! Mail to people: what must be told reaches each receiver once, again after a while, and not when somebody took it; a
//! server that refuses, hangs or breaks off loses nothing and doubles nothing.

use crate::console::gemeente::waiting;
use crate::postgres::TestDatabase;
use happyflow::clock::Moment;
use happyflow::config::{Config, Environment};
use happyflow::post::{Brievenbus, PostError, Postgeheugen, Postronde, own_key, round};
use happyflow::store::Store;
use happyflow::store::console::Bewaren;
use happyflow::store::post::{Meldgrond, Meldsoort, Postregel};
use happyflow::store::read::{meldingen, verzendingen};
use happyflow::store::sqlite::SqliteStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::runtime::Runtime;

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    Takes,
    /// Refuses one receiver for good.
    Refuses(&'static str),
    /// Takes nothing for now.
    Later,
    /// Never says anything.
    Hangs,
    /// Has the whole mail and goes away before it says so.
    Dies,
}

/// A mail as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mail {
    to: String,
    text: String,
}

impl Mail {
    fn header(&self, name: &str) -> &str {
        let line = self.text.lines().find(|line| line.starts_with(&format!("{name}: ")));
        line.unwrap_or_default().split_once(": ").map_or("", |(_, value)| value)
    }
}

/// How a connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secured {
    No,
    Starttls,
    Tls,
}

struct Server {
    port: u16,
    does: Arc<Mutex<Does>>,
    mails: Arc<Mutex<Vec<Mail>>>,
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/console").join(name)
}

fn tls() -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let certificate = CertificateDer::from_pem_file(fixture("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(fixture("server.key.pem")).unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
}

/// What is said over a connection, plain or not.
trait Line: Read + Write {}
impl<T: Read + Write> Line for T {}

fn secured(stream: TcpStream) -> Box<dyn Line> {
    Box::new(StreamOwned::new(ServerConnection::new(tls()).unwrap(), stream))
}

impl Server {
    fn new(secured: Secured) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (does, mails) = (Arc::new(Mutex::new(Does::Takes)), Arc::default());
        let server = Self { port, does: does.clone(), mails: Arc::clone(&mails) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (does, mails) = (*does.lock().unwrap(), mails.clone());
                // Whoever is not believed goes away.
                std::thread::spawn(move || serve(stream.unwrap(), secured, does, &mails));
            }
        });
        server
    }

    fn does(&self, does: Does) {
        *self.does.lock().unwrap() = does;
    }

    /// What was handed in since the last look.
    fn taken(&self) -> Vec<Mail> {
        let mut mails = std::mem::take(&mut *self.mails.lock().unwrap());
        mails.sort_by(|one, other| one.to.cmp(&other.to));
        mails
    }

    fn to(&self) -> Vec<String> {
        self.taken().into_iter().map(|mail| mail.to).collect()
    }
}

fn serve(stream: TcpStream, how: Secured, does: Does, mails: &Mutex<Vec<Mail>>) -> Option<()> {
    let plain = stream.try_clone().ok()?;
    let mut line: BufReader<Box<dyn Line>> =
        BufReader::new(if how == Secured::Tls { secured(stream) } else { Box::new(stream) });
    let (mut is_plain, mut to) = (how == Secured::Starttls, String::new());
    if does == Does::Hangs {
        // It ends when the other side has had enough.
        let _ = line.read(&mut [0]);
        return None;
    }
    say(&mut line, "220 post")?;
    loop {
        let mut asked = String::new();
        if line.read_line(&mut asked).ok()? == 0 {
            return None;
        }
        let asked = asked.trim_end();
        match asked.split([' ', ':']).next()? {
            "EHLO" if is_plain => say(&mut line, "250-hier\r\n250 STARTTLS")?,
            "EHLO" if how == Secured::No => say(&mut line, "250 hier")?,
            "EHLO" => say(&mut line, "250-hier\r\n250 AUTH PLAIN")?,
            "STARTTLS" => {
                say(&mut line, "220 kom")?;
                line = BufReader::new(secured(plain.try_clone().ok()?));
                is_plain = false;
            }
            "AUTH" if asked.ends_with("AGhmAGdlaGVpbQ==") => say(&mut line, "235 welkom")?,
            "AUTH" => say(&mut line, "535 wie?")?,
            "MAIL" if does == Does::Later => say(&mut line, "451 straks")?,
            "RCPT" => {
                asked.split(['<', '>']).nth(1)?.clone_into(&mut to);
                let refused = matches!(does, Does::Refuses(address) if address == to);
                say(&mut line, if refused { "550 ken ik niet" } else { "250 goed" })?;
            }
            "DATA" => {
                say(&mut line, "354 ga door")?;
                let mut text = String::new();
                while !text.ends_with("\r\n.\r\n") {
                    line.read_line(&mut text).ok()?;
                }
                mails.lock().unwrap().push(Mail { to: to.clone(), text });
                if does == Does::Dies {
                    return None;
                }
                say(&mut line, "250 aangenomen")?;
            }
            "QUIT" => say(&mut line, "221 dag")?,
            _ => say(&mut line, "250 goed")?,
        }
    }
}

fn say(line: &mut BufReader<Box<dyn Line>>, text: &str) -> Option<()> {
    line.get_mut().write_all(format!("{text}\r\n").as_bytes()).ok()?;
    line.get_mut().flush().ok()
}

const LISTS: &str = "[post.aan]\nwachtend = ['a@a.nl', 'b@a.nl']\ndienst = ['b@a.nl']\nschijf = ['b@a.nl']\n";

fn config(server: &Server, more: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("h.toml");
    let post = format!(
        "[post]\nserver = '127.0.0.1'\nport = {}\nfrom = 'hf@a.nl'\ntimeout_seconds = 2\n",
        server.port
    );
    fs::write(&file, format!("{post}{more}\n{LISTS}")).unwrap();
    Config::read(Some(&file)).unwrap()
}

fn bus(server: &Server) -> Brievenbus {
    Brievenbus::of(&config(server, "tls = 'none'\nname = 'een'"), &Environment::default()).unwrap().unwrap()
}

fn at(text: &str) -> Moment {
    format!("2026-02-{text}").parse().unwrap()
}

fn wrong(name: &str, soort: Meldsoort, now: Moment) -> (Meldgrond, Moment) {
    let (sleutel, tekst) = (own_key(name, "x"), format!("{name}: werkt niet"));
    (Meldgrond { sleutel, soort, tekst, werk: None }, now)
}

/// What one process tells.
struct Proces<'a> {
    runtime: &'a Runtime,
    store: Arc<dyn Store>,
    bus: Brievenbus,
    geheugen: Postgeheugen,
}

impl<'a> Proces<'a> {
    fn new(runtime: &'a Runtime, store: &Arc<dyn Store>, server: &Server) -> Self {
        Self { runtime, store: store.clone(), bus: bus(server), geheugen: Postgeheugen::default() }
    }

    fn round(&mut self, local: &[(Meldgrond, Moment)], now: &str) -> Postronde {
        let Self { runtime, store, bus, geheugen } = self;
        runtime.block_on(round(&**store, bus, local, geheugen, at(now)))
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// On both stores; with nothing in them.
fn on_both(test: impl Fn(&Runtime, &Arc<dyn Store>)) {
    let runtime = runtime();
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(runtime.block_on(SqliteStore::open(folder.path())).unwrap());
    test(&runtime, &store);
    runtime.block_on(store.close());
    let database = TestDatabase::new();
    let store: Arc<dyn Store> = Arc::new(runtime.block_on(database.open()));
    test(&runtime, &store);
    runtime.block_on(store.close());
}

#[test]
fn a_child_that_waits_too_long_reaches_each_receiver_once_and_again_after_a_while() {
    let office = waiting();
    let runtime = runtime();
    let data = office.folder().join("data");
    let store: Arc<dyn Store> = Arc::new(runtime.block_on(SqliteStore::open(&data)).unwrap());
    let server = Server::new(Secured::No);
    let (mut one, mut two) = (Proces::new(&runtime, &store, &server), Proces::new(&runtime, &store, &server));
    one.round(&[], "05T23:00:00");
    assert_eq!(server.to(), [""; 0], "its last day belongs to its term");
    assert_eq!(one.round(&[], "06T00:10:00").sent, 2);
    two.round(&[], "06T00:10:01");
    let mails = server.taken();
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["a@a.nl", "b@a.nl"]);
    for mail in &mails {
        assert!(mail.header("Subject").starts_with("happyflow: een kind wacht"), "{}", mail.text);
        assert!(mail.text.contains("gemeente 0193") && mail.text.contains("05-02-2026"), "{}", mail.text);
        for private in [crate::office::BSN, "Proef", "300401"] {
            assert!(!mail.text.contains(private), "{private}: {}", mail.text);
        }
    }
    one.round(&[], "06T04:09:59");
    assert_eq!(server.to(), [""; 0]);
    two.round(&[], "06T04:11:00");
    one.round(&[], "06T04:11:01");
    let again = server.taken();
    assert_eq!(again.len(), 2);
    assert!(again[0].header("Subject").ends_with("(nogmaals)"));
    assert_ne!(again[0].header("Message-ID"), mails[0].header("Message-ID"), "another mail");
    // Whoever takes the work item takes this with it, until it is let go.
    let werk = runtime.block_on(store.work(true)).unwrap()[0].id;
    let (wie, sinds) = ("A. Wacht".to_owned(), at("06T05:00:00"));
    let take = Bewaren::Opgepakt { werk, wie: wie.clone(), sinds, gezien: None };
    runtime.block_on(store.keep(take)).unwrap();
    one.round(&[], "06T12:00:00");
    let taken = runtime.block_on(meldingen(&*store)).unwrap().remove(0).genomen;
    assert_eq!((server.to(), taken), (Vec::new(), Some(("A. Wacht".to_owned(), sinds))));
    runtime.block_on(store.keep(Bewaren::Losgelaten { werk, wie })).unwrap();
    one.round(&[], "06T12:01:00");
    assert_eq!(server.to(), ["a@a.nl", "b@a.nl"]);
    // Whoever decides ends it.
    let id = werk.to_string();
    let by = ["--by", "A. Proef", "--why", "past niet", "--data", "data", "--today", "2026-02-06"];
    office.expect(0, &[&["work", "reject", &id][..], &by].concat());
    one.round(&[], "06T20:00:00");
    assert_eq!(server.to(), [""; 0]);
    let kept = runtime.block_on(meldingen(&*store)).unwrap();
    assert_eq!((kept.len(), kept[0].voorbij), (1, Some(at("06T20:00:00"))));
    runtime.block_on(store.close());
}

#[test]
fn what_does_not_work_is_told_by_its_own_process_until_somebody_takes_it() {
    on_both(|runtime, store| {
        let server = Server::new(Secured::No);
        let mut one = Proces::new(runtime, store, &server);
        let cause = [wrong("een", Meldsoort::Schijf, at("03T10:00:00"))];
        one.round(&cause, "03T10:00:00");
        assert_eq!(server.to(), [""; 0], "a little patience");
        one.round(&cause, "03T10:02:00");
        assert_eq!(server.to(), ["b@a.nl"]);
        let (sleutel, wie) = (own_key("een", "x"), "A. Wacht".to_owned());
        let taken = Postregel::Genomen { sleutel: sleutel.clone(), wie, moment: at("03T11:00:00") };
        assert_eq!(runtime.block_on(store.keep(Bewaren::Post(taken.clone()))).unwrap(), 1);
        assert_eq!(runtime.block_on(store.keep(Bewaren::Post(taken))).unwrap(), 0, "one takes it");
        one.round(&cause, "03T20:00:00");
        assert_eq!(server.to(), [""; 0]);
        // Over, and back: nobody took that.
        one.round(&[], "03T21:00:00");
        let cause = [wrong("een", Meldsoort::Schijf, at("03T22:00:00"))];
        one.round(&cause, "03T22:00:00");
        let kept = runtime.block_on(meldingen(&**store)).unwrap();
        assert_eq!((kept[0].sinds, &kept[0].genomen), (at("03T22:00:00"), &None));
        one.round(&cause, "03T22:02:00");
        assert_eq!(server.to(), ["b@a.nl"]);
        // Ninety days later nothing is left of what was over.
        one.round(&[], "03T23:00:00");
        let later = "2026-06-01T00:00:00".parse().unwrap();
        let Proces { store, bus, geheugen, .. } = &mut one;
        runtime.block_on(round(&**store, bus, &[], geheugen, later));
        assert!(runtime.block_on(verzendingen(&**store)).unwrap().is_empty());
    });
}

#[test]
fn a_receiver_that_is_refused_keeps_no_other_from_its_mail() {
    let office = waiting();
    let runtime = runtime();
    let data = office.folder().join("data");
    let store: Arc<dyn Store> = Arc::new(runtime.block_on(SqliteStore::open(&data)).unwrap());
    let server = Server::new(Secured::No);
    let mut one = Proces::new(&runtime, &store, &server);
    server.does(Does::Refuses("a@a.nl"));
    let done = one.round(&[], "06T09:00:00");
    assert_eq!((done.sent, server.to()), (1, vec!["b@a.nl".to_owned()]));
    assert_eq!(done.failed.iter().map(PostError::label).collect::<Vec<_>>(), ["post.refused"]);
    assert!(!done.failed[0].to_string().contains("a@a.nl"), "{}", done.failed[0]);
    let failed = runtime.block_on(verzendingen(&*store)).unwrap();
    assert_eq!(failed[0].mislukt.as_deref(), Some("post.refused"));
    assert_eq!(one.round(&[], "06T09:01:59").failed.len(), 0, "not at once again");
    server.does(Does::Takes);
    one.round(&[], "06T09:02:00");
    assert_eq!(server.to(), ["a@a.nl"], "and the other got it before");
    assert_eq!(runtime.block_on(verzendingen(&*store)).unwrap()[0].mislukt, None);
    runtime.block_on(store.close());
}

#[test]
fn a_server_that_hangs_breaks_off_or_wants_nothing_now_gets_the_same_mail_later() {
    on_both(|runtime, store| {
        let server = Server::new(Secured::No);
        let mut one = Proces::new(runtime, store, &server);
        let cause = [wrong("een", Meldsoort::Dienst, at("03T09:00:00"))];
        let mut minute = 0;
        let mut again = |does, label: &str| {
            server.does(does);
            let done = one.round(&cause, &format!("03T10:{minute:02}:00"));
            minute += 2;
            assert_eq!(done.failed.iter().map(PostError::label).collect::<Vec<_>>(), [label], "{does:?}");
        };
        again(Does::Later, "post.later");
        again(Does::Hangs, "post.silent");
        again(Does::Dies, "post.silent");
        let broken_off = server.taken();
        server.does(Does::Takes);
        // Another process goes on with it.
        let mut two = Proces::new(runtime, store, &server);
        two.round(&[wrong("een", Meldsoort::Dienst, at("03T09:00:00"))], "03T10:06:00");
        let taken = server.taken();
        assert_eq!((broken_off.len(), taken.len()), (1, 1));
        assert_eq!(
            taken[0].header("Message-ID"),
            broken_off[0].header("Message-ID"),
            "one mail to who reads it"
        );
        assert_eq!(one.round(&cause, "03T10:08:00").sent, 0, "nothing twice");
    });
}

#[test]
fn where_nothing_can_be_kept_it_is_told_all_the_same() {
    let runtime = runtime();
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(runtime.block_on(SqliteStore::open(folder.path())).unwrap());
    let server = Server::new(Secured::No);
    let mut one = Proces::new(&runtime, &store, &server);
    runtime.block_on(store.close());
    let cause = [wrong("een", Meldsoort::Schijf, at("03T10:00:00"))];
    let done = one.round(&cause, "03T10:02:00");
    assert!(done.store.is_some() && done.sent == 1, "{done:?}");
    assert_eq!(one.round(&cause, "03T10:03:00").sent, 0);
    assert_eq!(one.round(&cause, "03T14:02:00").sent, 1);
    assert_eq!(server.to(), ["b@a.nl", "b@a.nl"]);
    // What left is kept as soon as that can be.
    one.store = Arc::new(runtime.block_on(SqliteStore::open(folder.path())).unwrap());
    assert_eq!(one.round(&cause, "03T14:03:00").sent, 0);
    let kept = runtime.block_on(verzendingen(&*one.store)).unwrap();
    assert_eq!(kept[0].gemeld, Some(at("03T14:02:00")));
    runtime.block_on(one.store.close());
}

#[test]
fn a_server_is_believed_by_its_certificate_and_told_nothing_before() {
    let runtime = runtime();
    let environment = Environment {
        post_password: Some(happyflow::config::Secret::new("geheim".to_owned())),
        ..Environment::default()
    };
    let ca = format!("ca_file = '{}'\nuser = 'hf'\n", fixture("ca.pem").display());
    let send = |server: &Server, more: &str, environment: &Environment| {
        let bus = Brievenbus::of(&config(server, more), environment).unwrap().unwrap();
        runtime.block_on(async {
            bus.answers().await?;
            bus.send("a@a.nl", ("onderwerp".to_owned(), "tekst".to_owned()), "1").await
        })
    };
    for (how, tls) in [(Secured::Starttls, "starttls"), (Secured::Tls, "tls")] {
        let server = Server::new(how);
        send(&server, &format!("{ca}tls = '{tls}'"), &environment).unwrap();
        assert_eq!(server.to(), ["a@a.nl"], "{tls}");
        let unknown = send(&server, &format!("user = 'hf'\ntls = '{tls}'"), &environment).unwrap_err();
        assert_eq!(unknown.label(), "post.tls", "{tls}: nobody here knows who signed it");
        let secret = happyflow::config::Secret::new("anders".to_owned());
        let other = Environment { post_password: Some(secret), ..Environment::default() };
        let refused = send(&server, &format!("{ca}tls = '{tls}'"), &other).unwrap_err();
        assert_eq!(refused.label(), "post.refused", "{tls}");
        assert_eq!(server.to(), [""; 0]);
    }
    let plain = Server::new(Secured::No);
    let unsecured = send(&plain, &format!("{ca}tls = 'starttls'"), &environment).unwrap_err();
    assert_eq!(unsecured.label(), "post.settings", "nothing goes unsecured");
    assert_eq!(plain.to(), [""; 0]);
    let nothing = Config::default();
    assert!(Brievenbus::of(&nothing, &Environment::default()).unwrap().is_none());
    let wrong = format!("ca_file = '{}'", fixture("console.pem").display());
    assert!(Brievenbus::of(&config(&plain, &wrong), &environment).is_err());
}
