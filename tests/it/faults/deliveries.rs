//! Messages that come late, twice, in another order or from another, and messages that are none.

use super::messages;
use super::scene::{Installation, Outcome, Sent, message};
use crate::broker::PATIENCE;
use crate::generator::Dice;
use crate::hub_conformance::broker_runtime;
use crate::silent::Silent;
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::decide::{Decision, Input};
use happyflow::messages::Partij;
use happyflow::office::core::Core;
use happyflow::office::intake;
use happyflow::office::line::ProcessVerdict;
use happyflow::office::operator::Person;
use happyflow::office::prepare::Incoming;
use happyflow::office::{Office, Settings};
use happyflow::store::postgres::PgStore;
use happyflow::store::{InboxStore, Store};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Identificatie of the message on which a rule fails.
const BAD: &str = "2";

/// In another order; a claim that comes before its assignment is granted nothing.
fn shuffled(mut messages: Vec<Sent>, dice: &mut Dice) -> Vec<Sent> {
    for end in (1..messages.len()).rev() {
        messages.swap(end, dice.below(end + 1));
    }
    let mut came = BTreeSet::new();
    for message in &mut messages {
        let number: u32 = message.id.rsplit_once('-').unwrap().1.parse().unwrap();
        if let Outcome::Declaratie(granted) = &mut message.outcome
            && !came.contains(&(number - 4))
        {
            *granted = 0;
        }
        came.insert(number);
    }
    messages
}

#[test]
fn reordered_repeated_and_late_messages_are_answered_once() {
    broker_runtime().block_on(async {
        let installation = Installation::new().await;
        let mut service = installation.start();
        service.ready();
        let mut dice = Dice::new(7);
        let sent = shuffled(messages(0..40), &mut dice);
        for one in &sent {
            // The broker may deliver twice, and a sender may send again, under the same name or another.
            let again = Sent { id: format!("weer-{}", one.id), ..one.clone() };
            installation.send([one.clone(), one.clone()]).await;
            if dice.one_in(3) {
                installation.send([again]).await;
            }
        }
        installation.settled(sent.len()).await.close().await;
        // Late: long after they were answered, and after a restart.
        assert_eq!(service.stop(), Some(0));
        let mut service = installation.start();
        service.ready();
        installation.send(shuffled(messages(0..40), &mut dice)).await;
        installation.check(&sent).await;
        assert_eq!(service.stop(), Some(0));
    });
}

/// Bytes that no message has, a message of somebody else, a sender that nobody knows, a body that says it is
/// packed: told and set aside, and what comes after them is answered.
#[test]
fn poison_is_told_and_set_aside_and_holds_up_nobody() {
    broker_runtime().block_on(async {
        let installation = Installation::new().await;
        let mut service = installation.start();
        service.ready();
        let of = |number: u32, sender: &str, bytes: Vec<u8>| Sent {
            sender: sender.to_owned(),
            bytes,
            outcome: Outcome::Geen,
            ..message(number)
        };
        let xml = String::from_utf8(message(1).bytes).unwrap();
        let deep = "<a>".repeat(200_000);
        let poison = vec![
            of(100, "0193", Vec::new()),
            of(101, "0193", vec![0xff, 0xfe, 0x00]),
            of(102, "0193", xml.as_bytes()[..xml.len() / 2].to_vec()),
            of(103, "0150", xml.replace("Identificatie>1<", "Identificatie>103<").into_bytes()),
            of(104, "0193", deep.into_bytes()),
            of(105, "0193", vec![b'x'; 8 * 1024 * 1024]),
            of(
                106,
                "0193",
                xml.replace("<m:Client>", "<!DOCTYPE a [<!ENTITY b \"c\">]><m:Client>").into_bytes(),
            ),
        ];
        let mut sent = Vec::new();
        for (place, poison) in poison.into_iter().enumerate() {
            let number = u32::try_from(place).unwrap();
            sent.extend([message(number), poison]);
        }
        // The sender is unknown to us: nobody can be told.
        let nobody = of(107, "guest", message(20).bytes);
        installation.send(sent.clone()).await;
        installation.send([nobody.clone()]).await;
        let store = installation.settled(sent.len() + 1).await;
        let parked: BTreeSet<String> =
            store.parked().await.unwrap().into_iter().map(|parked| parked.name).collect();
        let mut expected: BTreeSet<String> =
            sent.iter().filter(|one| one.outcome == Outcome::Geen).map(super::scene::kept).collect();
        expected.insert(super::scene::kept(&nobody));
        assert_eq!(parked, expected);
        installation.check_beside(&sent, 1).await;
        assert_eq!(service.stop(), Some(0));
    });
}

/// A rule that panics on one message, with two workers side by side: it is parked after three attempts, the
/// rest is decided; judged again by a program that is mended it is answered.
#[test]
fn a_message_on_which_a_rule_panics_is_parked_and_the_others_are_decided() {
    fn decide(input: &Input<'_>) -> Decision {
        assert!(input.bericht.header().bericht_identificatie.identificatie != BAD, "a rule that fails");
        happyflow::decide::decide(input)
    }
    async fn opened(store: PgStore, core: Core) -> Office {
        let settings = Settings::new(&Config::default(), Clock::System);
        Office::open(Arc::new(store), Arc::new(Silent), core, settings).await.unwrap()
    }
    async fn work(office: Office) {
        let mut worker = office.worker();
        while office.store().overview().await.unwrap().waiting > 0 {
            if worker.decide_next().await.unwrap().is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
    broker_runtime().block_on(async {
        let installation = Installation::new().await;
        let store = installation.store().await;
        let incoming = |one: Sent| Incoming {
            name: one.id,
            channel: Partij::parse(&one.sender),
            claimed: None,
            bytes: one.bytes.into(),
        };
        let all = messages(0..16).into_iter().map(incoming).collect();
        intake::take_in(&store, Clock::System.now(), all).await.unwrap();
        let core = Core { decide, ..Core::STANDARD };
        let (one, other) = (opened(store.clone(), core).await, opened(store.clone(), core).await);
        let both = async { tokio::join!(work(one), work(other)) };
        Box::pin(tokio::time::timeout(PATIENCE, both)).await.expect("nothing is stuck");
        let outcomes = store.parked().await.unwrap();
        let parked: Vec<&str> = outcomes.iter().map(|parked| parked.name.as_str()).collect();
        assert_eq!(parked, [message(2).id, message(10).id]);
        let mended = opened(store.clone(), Core::STANDARD).await;
        let person = Person { who: "A. Proef".to_owned(), second: None, why: "verholpen".to_owned() };
        let line = mended.retry(outcomes[0].arrival, person).await.unwrap();
        assert_eq!((line.verdict, line.answers.len()), (ProcessVerdict::Accepted, 1));
    });
}
