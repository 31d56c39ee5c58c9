//! What only a broker can do to us: restarts, poison, messages of senders it does not vouch for.

use crate::broker::{self, NOTICE_CODE, PATIENCE, Throwaway};
use crate::hub_conformance::broker_runtime;
use happyflow::hub::amqp::properties::NAME;
use happyflow::hub::amqp::{AmqpHub, AmqpIntake};
use happyflow::hub::{Inbound, Outbound};
use happyflow::messages::{BerichtSoort, Partij};
use happyflow::state::Mededeling;
use happyflow::store::{OutboxMessage, TakeLimit, TeMelden};
use lapin::BasicProperties;
use std::time::{Duration, Instant};

const MANY: TakeLimit = TakeLimit { messages: 1000, bytes: usize::MAX };

/// Until the broker has written everything about a new queue.
const NEW_QUEUE: Duration = Duration::from_secs(6);

fn outgoing(send: i64) -> OutboxMessage {
    OutboxMessage {
        send,
        soort: BerichtSoort::Jw325,
        receiver: Partij::parse("12345678").unwrap(),
        identificatie: "1".to_owned(),
        journal: 1,
        cause: Some(format!("{NAME}heen-{send}")),
        received: None,
        bytes: format!("<bericht nummer='{send}'/>").into_bytes(),
    }
}

fn from(user: &str, id: &str) -> BasicProperties {
    BasicProperties::default().with_user_id(user.into()).with_message_id(id.into())
}

#[test]
fn a_broker_that_is_killed_and_comes_back_loses_nothing_and_keeps_the_order() {
    let mut own = Throwaway::start();
    broker_runtime().block_on(async {
        let archive = tempfile::tempdir().unwrap();
        let (settings, address, packing) = broker::settings(&own.url(), "weg", archive.path());
        let hub = AmqpHub::new(address.clone(), &settings, packing.clone());
        let mut intake = AmqpIntake::new(address, &settings, packing, NOTICE_CODE);
        hub.connect().await.unwrap();
        let (connection, channel) = broker::channel(&own.url()).await;
        for number in 0..20 {
            broker::send(&channel, "weg", from("0193", &number.to_string()), b"in").await;
        }
        let first: Vec<OutboxMessage> = (1..=20).map(outgoing).collect();
        assert_eq!(hub.publish(&first).await.unwrap().sent.len(), 20);
        let received = intake.receive(MANY).await.unwrap();
        assert!(!received.is_empty());
        drop((connection, channel));
        // RabbitMQ 3.10 writes the term of a new quorum queue every five seconds: killed before that, the
        // queue may never elect a leader again. Queues of an installation are older.
        tokio::time::sleep(NEW_QUEUE).await;
        own.kill();
        let second: Vec<OutboxMessage> = (15..=40).map(outgoing).collect();
        assert!(hub.publish(&second).await.is_err(), "nobody is there");
        assert!(!hub.state().is_up());
        // The store has them, and the broker cannot be told.
        intake.settle(&vec![true; received.len()]).await.unwrap();
        own.restart();
        let begun = Instant::now();
        while let Err(error) = hub.publish(&second).await {
            assert!(begun.elapsed() < PATIENCE, "{error}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut again = Vec::new();
        while again.len() < 20 {
            let more = tokio::time::timeout(PATIENCE, intake.receive(MANY)).await.unwrap().unwrap();
            intake.settle(&vec![true; more.len()]).await.unwrap();
            again.extend(more.into_iter().map(|delivered| delivered.name));
        }
        let expected: Vec<String> = (0..20).map(|number| format!("{NAME}{number}")).collect();
        assert_eq!(again, expected, "everything again, in order");
        let (_connection, channel) = broker::channel(&own.url()).await;
        let mut known = std::collections::BTreeSet::new();
        let mut order = Vec::new();
        for (properties, _) in broker::drain(&channel, "weg.out.12345678.1").await {
            let id = properties.message_id().as_ref().unwrap().as_str().to_owned();
            assert_eq!(properties.kind().as_ref().unwrap().as_str(), "JW325");
            if known.insert(id.clone()) {
                order.push(id);
            }
        }
        let expected: Vec<String> = (1..=40).map(|send| format!("{send:012}")).collect();
        assert_eq!(order, expected);
        assert!(hub.state().is_up() && intake.state().times_connected() >= 2);
        intake.stop().await;
        hub.close().await;
    });
}

#[test]
fn what_answers_a_message_names_it_and_who_is_not_known_is_nobody() {
    broker_runtime().block_on(async {
        let (url, prefix) = (broker::url(), broker::prefix());
        let archive = tempfile::tempdir().unwrap();
        let (settings, address, packing) = broker::settings(&url, &prefix, archive.path());
        let hub = AmqpHub::new(address.clone(), &settings, packing.clone());
        let mut intake = AmqpIntake::new(address, &settings, packing, NOTICE_CODE);
        hub.publish(&[outgoing(1)]).await.unwrap();
        let (_connection, channel) = broker::channel(&url).await;
        let lies = broker::drain(&channel, &format!("{prefix}.out.12345678.1")).await;
        let properties = &lies[0].0;
        assert_eq!(properties.correlation_id().as_ref().unwrap().as_str(), "heen-1");
        assert_eq!(properties.delivery_mode(), &Some(2));
        for (user, id) in [("guest", "a"), ("hub", "b"), ("12345678", "c")] {
            broker::send(&channel, &prefix, from(user, id), id.as_bytes()).await;
        }
        broker::send(&channel, &prefix, BasicProperties::default(), b"d").await;
        let mut channels = Vec::new();
        while channels.len() < 4 {
            let more = tokio::time::timeout(PATIENCE, intake.receive(MANY)).await.unwrap().unwrap();
            intake.settle(&vec![true; more.len()]).await.unwrap();
            channels.extend(more.into_iter().map(|delivered| delivered.channel));
        }
        let nobody = Some(Partij::onbekend());
        assert_eq!(channels, [nobody, None, Partij::parse("12345678"), nobody]);
        intake.stop().await;
    });
}

#[test]
fn poison_is_kept_as_it_came_or_goes_to_the_dead_letters_and_holds_up_nothing() {
    broker_runtime().block_on(async {
        let (url, prefix) = (broker::url(), broker::prefix());
        let archive = tempfile::tempdir().unwrap();
        let (settings, address, packing) = broker::settings(&url, &prefix, archive.path());
        AmqpHub::new(address.clone(), &settings, packing.clone()).connect().await.unwrap();
        let mut intake = AmqpIntake::new(address, &settings, packing, NOTICE_CODE);
        let (_connection, channel) = broker::channel(&url).await;
        let gzip = from("0193", "kapot").with_content_encoding("gzip".into());
        broker::send(&channel, &prefix, gzip, b"geen gzip").await;
        let reference = format!(r#"{{"sha256":"{}","length":3}}"#, "0".repeat(64));
        let refers = from("0193", "weg").with_content_type("application/vnd.happyflow.reference+json".into());
        broker::send(&channel, &prefix, refers, reference.as_bytes()).await;
        broker::send(&channel, &prefix, from("0193", "nee"), b"nee").await;
        broker::send(&channel, &prefix, from("0193", "goed"), b"goed").await;
        let mut stored = Vec::new();
        let mut times = 0;
        let begun = Instant::now();
        // The store never takes the message `nee`: after the limit the broker sets it apart.
        while stored.len() < 2 || times <= 20 {
            let more = match tokio::time::timeout(Duration::from_secs(2), intake.receive(MANY)).await {
                Ok(more) => more.unwrap(),
                Err(_) => break,
            };
            let verdicts: Vec<bool> = more.iter().map(|delivered| *delivered.bytes != *b"nee").collect();
            times += verdicts.iter().filter(|stored| !**stored).count();
            intake.settle(&verdicts).await.unwrap();
            stored.extend(
                more.into_iter().filter(|delivered| *delivered.bytes != *b"nee").map(|one| one.bytes),
            );
            assert!(begun.elapsed() < PATIENCE);
        }
        let stored: Vec<_> = stored.iter().map(|bytes| bytes.to_vec()).collect();
        assert_eq!(stored, [b"geen gzip".to_vec(), b"goed".to_vec()]);
        let mut dead = Vec::new();
        while dead.len() < 2 {
            let more = broker::drain(&channel, &format!("{prefix}.dead.1")).await;
            dead.extend(
                more.into_iter().map(|(properties, _)| properties.message_id().as_ref().unwrap().to_string()),
            );
            assert!(begun.elapsed() < PATIENCE, "{dead:?} after {times}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        dead.sort();
        assert_eq!(dead, ["nee", "weg"]);
        intake.stop().await;
    });
}

#[test]
fn a_notice_about_a_decision_has_a_queue_of_its_own() {
    broker_runtime().block_on(async {
        let (url, prefix) = (broker::url(), broker::prefix());
        let archive = tempfile::tempdir().unwrap();
        let (settings, address, packing) = broker::settings(&url, &prefix, archive.path());
        let hub = AmqpHub::new(address, &settings, packing);
        let told = |journal: i64, receiver: &str| TeMelden {
            journal,
            receiver: Partij::parse(receiver).unwrap(),
            inhoud: Mededeling::BetalingGeweigerd { declaraties: Vec::new() },
            moment: "2026-02-03T12:00:00".parse().unwrap(),
            who: Some("A. Proef".to_owned()),
            why: Some("dubbel".to_owned()),
        };
        let notices = [told(7, "12345678"), told(8, "0193"), told(9, "12345678")];
        for _ in 0..2 {
            let sent = hub.tell(&notices).await.unwrap().sent;
            assert_eq!(sent, notices.iter().map(TeMelden::sleutel).collect::<Vec<_>>());
        }
        hub.publish(&[outgoing(1)]).await.unwrap();
        let (_connection, channel) = broker::channel(&url).await;
        let lies = broker::drain(&channel, &format!("{prefix}.bericht.12345678.1")).await;
        let ids: Vec<&str> =
            lies.iter().map(|(properties, _)| properties.message_id().as_ref().unwrap().as_str()).collect();
        let twice = ["bericht-000000000007", "bericht-000000000009"].repeat(2);
        assert_eq!(ids, twice, "in order, and the same when they leave again");
        let (properties, body) = &lies[0];
        assert_eq!(properties.content_type().as_ref().unwrap().as_str(), "application/json");
        assert_eq!(properties.kind().as_ref().unwrap().as_str(), "betaling-geweigerd");
        let document: serde_json::Value = serde_json::from_slice(body).unwrap();
        assert_eq!((&document["reden"], &document["nummer"]), (&"dubbel".into(), &"000000000007".into()));
        assert!(!document.to_string().contains("Proef"), "who decided is ours");
        let messages = broker::drain(&channel, &format!("{prefix}.out.12345678.1")).await;
        assert_eq!(messages.len(), 1, "messages stay apart");
    });
}
