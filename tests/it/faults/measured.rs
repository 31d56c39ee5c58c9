//! What monitoring sees of a service: every figure that is promised, traces when they are switched on, and
//! nothing personal in either or in the log.

use super::scene::{Installation, Sent, message};
use super::{ALL, messages};
use crate::broker;
use crate::hub_conformance::broker_runtime;
use crate::messages::BSN;
use crate::postgres::TestDatabase;
use crate::serve::{Service, wait_for};
use crate::silent::Silent;
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::office::core::Core;
use happyflow::office::prepare::Incoming;
use happyflow::office::{Office, Run, Settings};
use happyflow::service::metrics;
use happyflow::store::{OutboxStore, Store, WorkStore};
use lapin::options::{QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::FieldTable;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Nobody who may see a figure, a trace or a log may see these: a BSN, a name, a party, a message.
const NEVER: [&str; 5] = [BSN, "Proef", "12345678", "heen-", "300000"];

fn assert_nothing_personal(what: &str, text: &str) {
    // The digits of a sum of seconds may hold any number.
    let digit = |found: Option<char>| found.is_some_and(|found| found.is_ascii_digit());
    for never in NEVER {
        let told = text.match_indices(never).any(|(at, _)| {
            !digit(text[..at].chars().next_back()) || !digit(text[at + never.len()..].chars().next())
        });
        assert!(!told, "{never} is in {what}:\n{text}");
    }
}

/// An assignment that was sent on long ago, and of which the aanbieder said nothing.
async fn long_ago(installation: &Installation) {
    let settings = Settings::new(&Config::default(), Clock::Fixed("2026-03-03".parse().unwrap()));
    let office =
        Office::open(Arc::new(installation.store().await), Arc::new(Silent), Core::STANDARD, settings)
            .await
            .unwrap();
    let Sent { id, bytes, .. } = message(40);
    let incoming = Incoming { name: id, channel: None, claimed: None, bytes: bytes.into() };
    Run::new(&office).process(vec![incoming]).await.unwrap();
}

/// Somebody made the queue of this receiver with other arguments: it cannot be reached.
async fn block(installation: &Installation, receiver: &str) {
    let (connection, channel) = broker::channel(installation.broker()).await;
    let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let name = installation.queue(&format!("out.{receiver}.1"));
    channel.queue_declare(name.as_str().into(), options, FieldTable::default()).await.unwrap();
    let _ = connection.close(200, "klaar".into()).await;
}

#[test]
fn every_figure_that_monitoring_needs_is_there_and_right() {
    broker_runtime().block_on(async {
        let database = TestDatabase::new();
        let installation = Installation::on(broker::url(), database.url().to_owned()).await;
        long_ago(&installation).await;
        block(&installation, "23456789").await;
        // Nobody decides yet: the inbox fills.
        let settings = installation.settings(None, "");
        let mut service = installation.start_with(&settings.replace("workers = 2", "workers = 0"));
        service.ready();
        installation.send(messages(0..24)).await;
        installation.send(messages(0..5)).await;
        service.wait_for_figure("happyflow_inbox_messages", 24.0);
        service.wait_for_figure("happyflow_inbox_oldest_seconds", 2.0);
        service.wait_for_figure("happyflow_received_total{known=\"yes\"}", 5.0);
        assert_eq!(service.figure("happyflow_received_total{known=\"no\"}"), Some(24.0));
        service.wait_for_figure("happyflow_intake_seconds_count", 1.0);
        service.wait_for_figure("happyflow_terms_total", 1.0);
        let mut page = service.page("/metrics").unwrap().1;
        assert_eq!(service.stop(), Some(0));
        // Now it is decided; one receiver cannot be reached.
        let mut service = installation.start_with(&settings);
        service.ready();
        service.wait_for_figure("happyflow_outbox_stuck_receivers", 1.0);
        service.wait_for_figure("happyflow_notices_total", 2.0);
        service.wait_for_figure("happyflow_parked_messages", 2.0);
        let store = installation.store().await;
        wait_for("everything to be decided", || service.figure("happyflow_inbox_messages") == Some(0.0));
        let blocked = store.unpublished(ALL, &[]).await.unwrap();
        assert!(
            blocked.iter().all(|message| message.receiver.to_string() == "23456789") && blocked.len() > 4
        );
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        let waiting = blocked.len() as f64;
        wait_for("the depth of the outbox", || service.figure("happyflow_outbox_messages") == Some(waiting));
        service.wait_for_figure("happyflow_outbox_oldest_seconds", 1.0);
        // Terms: one of which the last day was yesterday, and one that passes soon.
        let mut connection = database.connect().await;
        let items = store.work(true).await.unwrap();
        assert!(items.len() >= 2, "{}", items.len());
        for (item, hours) in [(items[0].id, -24), (items[1].id, 3)] {
            sqlx::query(
                "UPDATE werk SET vervalt = localtimestamp + make_interval(hours => $1) WHERE id = $2",
            )
            .bind(hours)
            .bind(item)
            .execute(&mut connection)
            .await
            .unwrap();
        }
        service.wait_for_figure("happyflow_work_overdue", 1.0);
        service.wait_for_figure("happyflow_work_due_soon", 1.0);
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        let open = items.len() as f64;
        assert!(service.figure("happyflow_work_open").unwrap() >= open);
        verdicts_and_latencies(&service);
        page.push_str(&service.page("/metrics").unwrap().1);
        for figure in metrics::ALL {
            assert!(
                page.contains(&format!("# HELP {} ", figure.name)),
                "{} is not told:\n{page}",
                figure.name
            );
        }
        assert_nothing_personal("the figures", &page);
        assert_eq!(service.stop(), Some(0));
        for (path, log) in crate::cli_process::tree(installation.path()) {
            if path.extension().is_some_and(|extension| extension == "log") {
                let log = String::from_utf8(log).unwrap();
                assert!(log.contains("happyflow draait"), "{log}");
                // A receiver that cannot be reached is named; persons and messages are not.
                let log = log.replace("12345678", "");
                assert_nothing_personal("the log", &log);
            }
        }
    });
}

/// Per kind and verdict; how long an answer took, from receipt.
fn verdicts_and_latencies(service: &Service) {
    let judged = |kind: &str, verdict: &str| {
        let name = format!("happyflow_messages_total{{type=\"{kind}\",verdict=\"{verdict}\"}}");
        service.figure(&name).unwrap_or_default()
    };
    // Of 24, 12 assignments and 12 claims, one of each is no message; two claims are at a wrong rate, of which
    // one is on the assignment that was no message.
    assert_eq!((judged("JW301", "accepted"), judged("onbekend", "parked")), (11.0, 2.0));
    let claims = ["accepted", "partial", "rejected"].map(|verdict| judged("JW323", verdict));
    assert_eq!((claims.iter().sum::<f64>(), claims[0]), (11.0, 9.0), "{claims:?}");
    for kind in ["JW302", "JW325", "foutbericht"] {
        let of = |part: &str| service.figure(&format!("happyflow_answer_seconds_{part}{{type=\"{kind}\"}}"));
        let (count, sum) = (of("count").unwrap_or_default(), of("sum").unwrap_or_default());
        assert!(count >= 1.0, "{kind}: {count}");
        // They waited two seconds before anybody decided.
        assert!(sum / count > 1.5 && sum / count < 60.0, "{kind}: {sum} in {count}");
        let most = service.figure(&format!("happyflow_answer_seconds_bucket{{type=\"{kind}\",le=\"+Inf\"}}"));
        let fast = service.figure(&format!("happyflow_answer_seconds_bucket{{type=\"{kind}\",le=\"0.25\"}}"));
        assert_eq!((most, fast), (Some(count), Some(0.0)), "{kind}");
    }
    for name in ["batch_seconds", "batch_messages", "publish_seconds"] {
        assert!(service.figure(&format!("happyflow_{name}_count")).unwrap_or_default() >= 1.0, "{name}");
    }
    for (name, least) in [
        ("happyflow_store_up", 1.0),
        ("happyflow_broker_up{link=\"uit\"}", 1.0),
        ("happyflow_broker_up{link=\"in\"}", 1.0),
        ("happyflow_broker_connects_total{link=\"uit\"}", 1.0),
        ("happyflow_broker_connects_total{link=\"in\"}", 1.0),
        ("happyflow_failures_total{part=\"receiver\"}", 1.0),
        ("happyflow_published_total", 10.0),
        ("happyflow_start_time_seconds", 1_700_000_000.0),
    ] {
        assert!(service.figure(name).unwrap_or_default() >= least, "{name}");
    }
}

/// Whatever is asked of the log: what a sender calls a message, and what a broker gives back, may hold a BSN.
#[test]
fn no_log_at_any_level_holds_a_bsn() {
    broker_runtime().block_on(async {
        let installation = Installation::new().await;
        let environment = [("HAPPYFLOW_LOG", "trace,lapin=trace"), ("HAPPYFLOW_BROKER_PASSWORD", "guest")];
        let mut service = Service::start(installation.path(), &installation.settings(None, ""), &environment);
        service.ready();
        let id = format!("dossier-{BSN}");
        installation.send([Sent { id, ..message(0) }]).await;
        let store = installation.settled(1).await;
        // A queue that is gone: the library logs what comes back, with its properties.
        let (connection, channel) = broker::channel(installation.broker()).await;
        let queue = installation.queue("out.12345678.1");
        channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
        connection.close(200, "klaar".into()).await.unwrap();
        let id = format!("tweede-{BSN}");
        installation.send([Sent { id, ..message(8) }]).await;
        service.wait_for_figure("happyflow_failures_total{part=\"receiver\"}", 1.0);
        assert_eq!(service.stop(), Some(0));
        store.close().await;
        let mut lines = 0;
        for (path, log) in crate::cli_process::tree(installation.path()) {
            if path.extension().is_some_and(|extension| extension == "log") {
                let log = String::from_utf8(log).unwrap();
                lines += log.lines().count();
                assert!(!log.contains(BSN), "a BSN is in the log");
                for library in ["io_loop", "Server returned us", "lapin"] {
                    assert!(!log.contains(library), "{library} is in the log");
                }
                assert!(log.contains("TRACE") && log.contains("wachtrij is er niet"), "{log}");
            }
        }
        assert!(lines > 100, "{lines}");
    });
}

/// Path and body of what was posted.
type Posts = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Takes what is posted to it.
struct Collector {
    port: u16,
    posts: Posts,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let posts = Posts::default();
        let kept = posts.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, kept) = (stream.unwrap(), kept.clone());
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(stream);
                    while let Some(post) = receive(&mut reader) {
                        kept.lock().unwrap().push(post);
                        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                        reader.get_mut().write_all(answer.as_bytes()).unwrap();
                    }
                });
            }
        });
        Self { port, posts }
    }

    /// Where everything was posted, and everything of it as text.
    fn all(&self) -> (Vec<String>, String) {
        let posts = self.posts.lock().unwrap();
        let text = posts.iter().map(|(_, body)| String::from_utf8_lossy(body).into_owned()).collect();
        (posts.iter().map(|(path, _)| path.clone()).collect(), text)
    }
}

/// Path and body of a request; none at the end.
fn receive(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let path = head.split(' ').nth(1)?.to_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((path, body))
}

#[test]
fn traces_leave_when_they_are_switched_on_and_hold_nothing_personal() {
    broker_runtime().block_on(async {
        let installation = Installation::new().await;
        let collector = Collector::start();
        let traces = format!("[telemetry]\ntraces_url = 'http://127.0.0.1:{}/v1/traces'\n", collector.port);
        let mut service = installation.start_with(&installation.settings(None, &traces));
        service.ready();
        installation.send(messages(0..12)).await;
        installation.settled(12).await.close().await;
        // What was not sent yet is sent at the end.
        assert_eq!(service.stop(), Some(0));
        let (paths, text) = collector.all();
        assert!(!paths.is_empty() && paths.iter().all(|path| path == "/v1/traces"), "{paths:?}");
        for part in ["happyflow", "innemen", "beoordelen", "verzenden"] {
            assert!(text.contains(part), "{part} is not in the traces");
        }
        assert_nothing_personal("the traces", &text);
        // Switched off nothing leaves, whatever the environment says.
        let collector = Collector::start();
        let elsewhere = format!("http://127.0.0.1:{}", collector.port);
        let environment =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", elsewhere.as_str()), ("HAPPYFLOW_BROKER_PASSWORD", "guest")];
        let mut service = Service::start(installation.path(), &installation.settings(None, ""), &environment);
        service.ready();
        installation.send(messages(12..16)).await;
        installation.settled(16).await.close().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(service.stop(), Some(0));
        assert!(collector.all().0.is_empty());
    });
}
