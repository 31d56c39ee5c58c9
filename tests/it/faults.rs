//! Everything that can happen between a worker, its database and its broker. After each: every message is
//! answered exactly once, by content, sums are right, nothing is stuck, state is the replay of the journal.

mod deliveries;
mod folders;
mod frozen;
mod full_disk;
mod half_http;
mod huge;
mod measured;
mod ready;
mod restarts;
pub mod scene;
mod steps;

use crate::hub_conformance::broker_runtime;
use happyflow::store::TakeLimit;
use scene::{Installation, Sent, message};
use steps::{Event, Halt, Side, Step, When};

pub const ALL: TakeLimit = TakeLimit { messages: usize::MAX, bytes: usize::MAX };

/// The steps of the office at which a worker dies, with how often they are passed first.
mod step {
    use super::{Event, Step, When};

    pub const RECEIVED: Step = (Event::Sql("INSERT INTO inkomend"), When::Before);
    pub const STORING: Step = (Event::Commit("INSERT INTO inkomend"), When::Before);
    pub const STORED: Step = (Event::Ack, When::Before);
    pub const ACKNOWLEDGED: Step = (Event::Ack, When::After);
    pub const LOCKED: Step = (Event::Sql("WITH venster AS"), When::After);
    pub const FACTS: Step = (Event::Sql("JOIN toewijzing t"), When::After);
    pub const WRITING: Step = (Event::Sql("INSERT INTO uitgaand"), When::Before);
    pub const COMMITTING: Step = (Event::Commit("INSERT INTO uitkomst"), When::Before);
    pub const COMMITTED: Step = (Event::Commit("INSERT INTO uitkomst"), When::After);
    pub const PUBLISHING: Step = (Event::Publish, When::Before);
    pub const PUBLISHED: Step = (Event::Confirm, When::Before);
    pub const CONFIRMED: Step = (Event::Sql("UPDATE uitgaand SET gepubliceerd"), When::Before);
    pub const MARKED: Step = (Event::Sql("UPDATE uitgaand SET gepubliceerd"), When::After);
}

fn messages(numbers: std::ops::Range<u32>) -> Vec<Sent> {
    numbers.map(message).collect()
}

/// A worker stands still at a step, another begins beside it, and the first is killed.
fn killed_at(step: Step, passed: u32) {
    broker_runtime().block_on(async {
        let (installation, halt) = (Installation::new().await, Halt::new());
        let mut victim = installation.start_through(&halt).await;
        victim.ready();
        halt.at(step, passed);
        installation.send(messages(0..24)).await;
        halt.reached().await;
        let mut other = installation.start();
        victim.kill();
        halt.cut(&[Side::Database, Side::Broker]);
        installation.send(messages(24..32)).await;
        installation.check(&messages(0..32)).await;
        assert_eq!(other.stop(), Some(0));
    });
}

macro_rules! killed {
    ($($name:ident: $step:ident, $passed:literal;)*) => {
        $(#[test]
        fn $name() {
            killed_at(step::$step, $passed);
        })*
    };
}

killed! {
    killed_when_it_received_and_stored_nothing: RECEIVED, 0;
    killed_while_it_stores: STORING, 1;
    killed_when_it_stored_and_did_not_acknowledge: STORED, 0;
    killed_when_it_acknowledged: ACKNOWLEDGED, 0;
    killed_when_it_has_the_lock: LOCKED, 1;
    killed_when_it_has_the_facts: FACTS, 1;
    killed_while_it_writes_what_it_decided: WRITING, 1;
    killed_before_its_commit_arrives: COMMITTING, 1;
    killed_when_it_committed_and_published_nothing: COMMITTED, 0;
    killed_before_it_publishes: PUBLISHING, 3;
    killed_when_it_published_and_knows_of_no_confirmation: PUBLISHED, 2;
    killed_when_it_was_confirmed_and_the_store_does_not_know: CONFIRMED, 0;
    killed_when_the_store_knows_what_was_confirmed: MARKED, 0;
}

/// Three services after one another are killed while they have messages in hand, the last two of them the same one alone:
/// nothing of that is a fault of the messages.
#[test]
fn killed_three_times_with_messages_in_hand_nothing_is_parked() {
    broker_runtime().block_on(async {
        let installation = Installation::new().await;
        // All are stored first: what a broker gives again after a death may come behind what it did not give yet.
        let taking = installation.settings(None, "").replace("workers = 2", "workers = 0");
        let mut taker = installation.start_with(&taking);
        taker.ready();
        installation.send(messages(0..24)).await;
        taker.wait_for_figure("happyflow_inbox_messages", 24.0);
        assert_eq!(taker.stop(), Some(0));
        for _ in 0..3 {
            let halt = Halt::new();
            halt.at(step::FACTS, 0);
            let mut victim = installation.start_through(&halt).await;
            halt.reached().await;
            victim.kill();
            halt.cut(&[Side::Database, Side::Broker]);
        }
        let mut other = installation.start();
        installation.check(&messages(0..24)).await;
        assert_eq!(other.stop(), Some(0));
    });
}

/// One service whose connections break at one step after another: one of them, or all at once.
#[test]
fn cut_off_in_the_middle_of_a_transaction_and_of_a_confirmation_it_goes_on_by_itself() {
    const DATABASE: &[Side] = &[Side::Database];
    const BROKER: &[Side] = &[Side::Broker];
    const BOTH: &[Side] = &[Side::Database, Side::Broker];
    let cuts: [(Step, u32, &[Side]); 12] = [
        (step::STORING, 0, DATABASE),
        (step::STORED, 0, BROKER),
        (step::LOCKED, 0, DATABASE),
        (step::WRITING, 0, DATABASE),
        (step::COMMITTING, 0, DATABASE),
        (step::COMMITTED, 0, DATABASE),
        (step::COMMITTED, 0, BOTH),
        (step::PUBLISHING, 1, BROKER),
        (step::PUBLISHED, 2, BROKER),
        (step::PUBLISHED, 0, BOTH),
        (step::CONFIRMED, 0, DATABASE),
        (step::MARKED, 0, BOTH),
    ];
    broker_runtime().block_on(async {
        let (installation, halt) = (Installation::new().await, Halt::new());
        let mut service = installation.start_through(&halt).await;
        service.ready();
        let mut next = 0;
        for (step, passed, sides) in cuts {
            halt.at(step, passed);
            installation.send(messages(next..next + 8)).await;
            next += 8;
            halt.reached().await;
            halt.cut(sides);
        }
        installation.check(&messages(0..next)).await;
        assert_eq!(service.stop(), Some(0), "it ran all the time");
    });
}
