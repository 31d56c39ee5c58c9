//! Whether a service says that it is ready, while everything answers and nothing moves.

use super::scene::Installation;
use super::steps::Halt;
use super::{messages, step};
use crate::hub_conformance::broker_runtime;
use crate::postgres::TestDatabase;

/// Something waits and does not move for so many seconds: then it is told.
fn settings(installation: &Installation) -> String {
    installation.settings(None, "").replace("poll_ms = 50", "poll_ms = 50\nstuck_seconds = 3")
}

/// The database answers, and what a batch needs of it is held by somebody.
#[test]
fn a_worker_that_does_not_move_while_messages_wait_makes_it_not_ready() {
    broker_runtime().block_on(async {
        let database = TestDatabase::new();
        let installation = Installation::on(crate::broker::url(), database.url().to_owned()).await;
        let mut service = installation.start_with(&settings(&installation));
        service.ready();
        let mut holder = database.connect().await;
        sqlx::raw_sql("BEGIN; LOCK TABLE bevinding IN ACCESS EXCLUSIVE MODE")
            .execute(&mut holder)
            .await
            .unwrap();
        installation.send(messages(0..8)).await;
        service
            .not_ready(&["beoordelen: werker 1 komt niet verder", "beoordelen: werker 2 komt niet verder"]);
        sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
        service.ready();
        installation.check(&messages(0..8)).await;
        assert_eq!(service.stop(), Some(0));
    });
}

/// Another process stands still in the middle of a batch: this one can do nothing, and says so.
#[test]
fn a_process_that_others_keep_from_deciding_is_not_ready() {
    broker_runtime().block_on(async {
        let (installation, halt) = (Installation::new().await, Halt::new());
        let mut victim = installation.start_through(&halt).await;
        victim.ready();
        halt.at(step::FACTS, 0);
        // All of one aanbieder, which the one that stands still holds.
        let of_one = || {
            messages(0..32)
                .into_iter()
                .filter(|sent| [&sent.sender, &sent.receiver].contains(&&"12345678".to_owned()))
        };
        installation.send(of_one()).await;
        halt.reached().await;
        let mut other = installation.start_with(&settings(&installation));
        other.not_ready(&["en er wordt niets beoordeeld", "komt niet verder"]);
        victim.kill();
        halt.cut(&[super::Side::Database, super::Side::Broker]);
        other.ready();
        assert_eq!(other.stop(), Some(0));
    });
}
