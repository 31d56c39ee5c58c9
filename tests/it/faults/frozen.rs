//! A worker that stands still without ending: its process is stopped, or the network swallows what it says and hears.
//! Others go on with its work in time; when it wakes up nothing is decided or booked twice, and what was on its way
//! comes again at most, behind nothing newer than itself.

use super::scene::Installation;
use super::steps::{Halt, Step};
use super::{messages, step};
use crate::hub_conformance::broker_runtime;
use happyflow::store::Store;

/// How it stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Still {
    /// Its process is stopped; its system still answers for it.
    Process,
    /// Nothing it says arrives, and it hears nothing; nobody ends the connections.
    Network,
}

/// With limits that a test can wait for.
fn settings(installation: &Installation, ports: Option<[u16; 2]>) -> String {
    installation
        .settings(ports, "")
        .replace(
            "[database]\n",
            "[database]\nidle_seconds = 2\nlock_seconds = 10\nstatement_seconds = 10\nnetwork_seconds = 2\n",
        )
        .replace("confirm_window", "heartbeat_seconds = 2\nconfirm_window")
}

/// A worker stands still at a step, another has all the work meanwhile, and then the first wakes up.
fn frozen_at(step: Step, passed: u32, still: Still) {
    broker_runtime().block_on(async {
        let (installation, halt) = (Installation::new().await, Halt::new());
        let ports = installation.ports_through(&halt).await;
        let mut frozen = installation.start_with(&settings(&installation, Some(ports)));
        frozen.ready();
        halt.at(step, passed);
        installation.send(messages(0..24)).await;
        halt.reached().await;
        if still == Still::Process {
            frozen.signal("STOP");
            halt.go_on();
        }
        let mut other = installation.start_with(&settings(&installation, None));
        other.ready();
        installation.send(messages(24..32)).await;
        installation.settled(32).await.close().await;
        assert_eq!(other.page("/health/ready").map(|page| page.0), Some(200));

        match still {
            Still::Process => frozen.signal("CONT"),
            Still::Network => halt.go_on(),
        }
        assert_eq!(other.stop(), Some(0));
        // It works as before, alone.
        installation.send(messages(32..40)).await;
        installation.check(&messages(0..40)).await;
        assert_eq!(frozen.stop(), Some(0));
    });
}

macro_rules! frozen {
    ($($name:ident: $step:ident, $passed:literal, $still:ident;)*) => {
        $(#[test]
        fn $name() {
            frozen_at(step::$step, $passed, Still::$still);
        })*
    };
}

frozen! {
    stopped_while_it_stores: STORING, 1, Process;
    stopped_when_it_has_the_lock: LOCKED, 1, Process;
    stopped_while_it_writes_what_it_decided: WRITING, 1, Process;
    stopped_before_its_commit_arrives: COMMITTING, 1, Process;
    stopped_when_it_published_and_knows_of_no_confirmation: PUBLISHED, 2, Process;
    unheard_when_it_has_the_facts: FACTS, 1, Network;
    unheard_before_its_commit_arrives: COMMITTING, 1, Network;
    unheard_before_it_publishes: PUBLISHING, 3, Network;
    unheard_when_it_was_confirmed_and_the_store_does_not_know: CONFIRMED, 0, Network;
}
