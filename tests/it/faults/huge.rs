//! What is large: many large messages that wait at the broker, one that is larger than may be, and an answer that
//! would be.

use super::scene::{Installation, Sent, message};
use super::{ALL, messages};
use crate::broker;
use crate::cli_process::tree;
use crate::hub_conformance::broker_runtime;
use crate::serve::wait_for;
use crate::xml::{Line, jw323};
use flate2::Compression;
use flate2::read::GzEncoder;
use happyflow::store::{InboxStore, Store, WorkStore};
use lapin::BasicProperties;
use lapin::options::ConfirmSelectOptions;
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::OnceLock;

const MB: usize = 1_000_000;
/// Bytes of a message that is large and may be.
const LARGEST: usize = 4 * MB;

/// Bytes that no compression makes smaller, and that differ by number.
fn noise(number: u32, bytes: usize) -> Vec<u8> {
    static ALL: OnceLock<Vec<u8>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let mut state = 1_u64;
        let mut all = Vec::with_capacity(LARGEST);
        while all.len() < LARGEST {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            all.extend_from_slice(&state.to_le_bytes()[4..]);
        }
        all
    });
    [&number.to_le_bytes(), &all[..bytes - 4]].concat()
}

/// Settings with these limits, and a worker that only takes in when nobody is to decide.
fn settings(installation: &Installation, limits: &str, prefetch_bytes: usize) -> String {
    installation
        .settings(None, "")
        .replace("batch_messages = 5", limits)
        .replace("confirm_window", &format!("prefetch_bytes = {prefetch_bytes}\nconfirm_window"))
}

#[test]
fn large_messages_that_wait_behind_small_ones_do_not_fill_memory_and_all_come_in_once() {
    /// Small ones first, so that many may be under way when the large ones come.
    const SMALL: u32 = 640;
    const LARGE: u32 = 90;
    /// Of 360 MB that wait, 16 may be under way and 8 go to the database together.
    const ROOM: usize = 16 * MB;
    const PEAK: usize = 220 * MB;
    broker_runtime().block_on(async {
        let installation = Installation::new().await;
        let settings = settings(&installation, &format!("batch_bytes = {}", 8 * MB), ROOM)
            .replace("workers = 2", "workers = 0");
        // It makes the queues.
        let mut service = installation.start_with(&settings);
        service.ready();
        assert_eq!(service.stop(), Some(0));
        let small = (0..SMALL).map(|number| Sent { bytes: noise(number, 400), ..message(number) });
        installation.send(small).await;
        for number in SMALL..SMALL + LARGE {
            installation.send([Sent { bytes: noise(number, LARGEST), ..message(number) }]).await;
        }
        let mut service = installation.start_with(&settings);
        let expected = usize::try_from(SMALL + LARGE).unwrap();
        service.wait_for_figure("happyflow_inbox_messages", f64::from(SMALL + LARGE));
        let peak = usize::try_from(service.most_memory()).unwrap();
        assert!(peak < PEAK, "{} MB", peak / MB);
        // So many small ones were under way that the large ones that came with them did not fit.
        assert!(service.figure("happyflow_broker_connects_total{link=\"in\"}").unwrap() >= 2.0);
        assert_eq!(installation.count("dead.1").await, 0);
        assert_eq!(service.stop(), Some(0));
        let store = installation.store().await;
        let mut names = Vec::new();
        let mut last = 0;
        while names.len() < expected {
            let limit = happyflow::store::TakeLimit { messages: 50, ..ALL };
            let taken = store.inbox(last, limit).await.unwrap();
            last = taken.last().unwrap().arrival;
            names.extend(taken.into_iter().map(|taken| taken.name));
        }
        let sent: Vec<String> =
            (0..SMALL + LARGE).map(|number| super::scene::kept(&message(number))).collect();
        assert_eq!(names, sent, "all of them once, in order");
        store.close().await;
    });
}

#[test]
fn a_message_that_is_too_large_is_set_aside_at_once_and_its_sender_is_told() {
    const MOST: usize = MB;
    broker_runtime().block_on(async {
        let installation = Installation::new().await;
        let limits = format!("max_message_bytes = {MOST}\nbatch_messages = 5");
        let mut service = installation.start_with(&settings(&installation, &limits, 16 * MB));
        service.ready();
        let text = String::from_utf8(message(0).bytes).unwrap();
        let padded = format!("{text}<!--{}-->", "x".repeat(MOST)).into_bytes();
        let mut gzip = Vec::new();
        GzEncoder::new(padded.as_slice(), Compression::fast()).read_to_end(&mut gzip).unwrap();
        let zstd = zstd::encode_all(padded.as_slice(), 1).unwrap();
        let reference = format!(r#"{{"sha256":"{}","length":{}}}"#, "0".repeat(64), MOST + 1).into_bytes();
        let of = |user: &str, id: &str| {
            BasicProperties::default().with_user_id(user.into()).with_message_id(id.into())
        };
        let refers = "application/vnd.happyflow.reference+json";
        let prefix = installation.queue("").trim_end_matches('.').to_owned();
        let (connection, channel) = broker::channel(installation.broker()).await;
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        installation.send(messages(0..4)).await;
        for (properties, body) in [
            (of("0193", "plat"), &padded),
            (of("0193", "gzip").with_content_encoding("gzip".into()), &gzip),
            (of("0193", "zstd").with_content_encoding("zstd".into()), &zstd),
            (of("0193", "verwijzing").with_content_type(refers.into()), &reference),
            // The header says who sent it, and a hub that is trusted says so.
            (of("hub", "doorgegeven"), &padded),
        ] {
            broker::send(&channel, &prefix, properties, body).await;
        }
        assert!(channel.wait_for_confirms().await.unwrap().is_empty());
        installation.send(messages(4..8)).await;
        service.wait_for_figure("happyflow_set_aside_total", 5.0);
        let store = installation.settled(8).await;
        assert_eq!(installation.count("dead.1").await, 5);
        let mut told = BTreeSet::new();
        for (properties, body) in broker::drain(&channel, &installation.queue("out.0193.1")).await {
            if properties.kind().as_ref().unwrap().as_str() != "foutbericht" {
                continue;
            }
            let body = String::from_utf8(body).unwrap();
            assert!(body.contains("groter dan 1000000 bytes") && body.contains("splits het"), "{body}");
            assert!(!body.contains("<bericht>"), "it has no number of ours: {body}");
            told.insert(properties.correlation_id().as_ref().unwrap().as_str().to_owned());
        }
        let all = ["doorgegeven", "gzip", "plat", "verwijzing", "zstd"].map(str::to_owned);
        assert_eq!(told, BTreeSet::from(all));
        connection.close(200, "klaar".into()).await.unwrap();
        store.close().await;
        assert_eq!(service.stop(), Some(0));
    });
}

/// Our answer would be larger than receivers take: nothing is booked, a person and the sender are told, and what was
/// recorded is decided the same again, whatever the settings say by then.
#[test]
fn an_answer_that_would_be_too_large_does_not_leave_and_sender_and_operator_are_told() {
    broker_runtime().block_on(async {
        let installation = Installation::new().await;
        // Every line is answered with more than it has, as nothing of it is assigned.
        let lines: Vec<Line> = (0..60)
            .map(|number| Line {
                referentie: format!("G{number}"),
                vorig: None,
                toewijzing: 700_000 + number,
                product: ("45", "45A04"),
                periode: ("2026-02-01".to_owned(), "2026-02-28".to_owned()),
                volume: 1,
                eenheid: "04",
                tarief: 8000,
            })
            .collect();
        let month = ("2026-02-01", "2026-02-28");
        let (from, to) = ("12345678", "0193");
        let claim = jw323((from, to), "900", "2026-03-02", month, crate::messages::BSN, &lines);
        let limits = format!("max_message_bytes = {}\nbatch_messages = 5", claim.len() + 500);
        let mut service = installation.start_with(&settings(&installation, &limits, 16 * MB));
        service.ready();
        let sent = Sent {
            id: "groot".to_owned(),
            sender: from.to_owned(),
            receiver: String::new(),
            bytes: claim.into_bytes(),
            outcome: super::scene::Outcome::Geen,
        };
        installation.send([sent.clone()]).await;
        // The sender has one notice, nothing can be paid, and all of it is the replay of the journal: without limits.
        installation.check(&[sent]).await;
        let store = installation.store().await;
        let parked = store.parked().await.unwrap();
        assert!(parked[0].reason.contains("limits.max_message_bytes"), "{}", parked[0].reason);
        let notice = store.parked_content(parked[0].arrival).await.unwrap().unwrap().notice.unwrap();
        let notice = String::from_utf8(notice).unwrap();
        assert!(notice.contains("splits het") && notice.contains("<identificatie>900<"), "{notice}");
        let work = store.work(true).await.unwrap();
        assert_eq!(
            work.iter().map(|item| item.item.reason.as_str()).collect::<Vec<_>>(),
            ["antwoord-ongeldig"]
        );
        store.close().await;
        wait_for("the log", || {
            let logs = tree(installation.path()).into_iter().filter(|(path, _)| path.extension().is_some());
            logs.map(|(_, log)| String::from_utf8_lossy(&log).into_owned())
                .any(|log| log.contains("eigen antwoord te groot"))
        });
        assert_eq!(service.stop(), Some(0));
    });
}
