//! The database and the broker go down and come back under two services at once.

use super::messages;
use super::scene::Installation;
use crate::broker::{PATIENCE, Throwaway};
use crate::hub_conformance::broker_runtime;
use crate::postgres::Server;
use crate::serve::Service;
use std::time::{Duration, Instant};

/// Until RabbitMQ 3.10 has written everything about a new quorum queue: killed before, it may never elect a
/// leader again. Queues of an installation are older.
const NEW_QUEUE: Duration = Duration::from_secs(6);

async fn answered(installation: &Installation, least: u32) {
    let begun = Instant::now();
    while installation.count("out.12345678.1").await < least {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {least} answers");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn two(installation: &Installation) -> [Service; 2] {
    let receivers = ["0193", "0150", "12345678", "23456789"].map(|party| format!("'{party}'")).join(",");
    let settings = installation.settings(None, "").replace(
        "confirm_window",
        &format!("receivers = [{receivers}]\nheartbeat_seconds = 5\nconfirm_window"),
    );
    let services = [0, 1].map(|_| installation.start_with(&settings));
    services.iter().for_each(Service::ready);
    services
}

#[test]
fn two_services_outlive_a_database_that_ends_at_once_and_comes_back() {
    let mut server = Server::start();
    broker_runtime().block_on(async {
        let installation = Installation::on(crate::broker::url(), server.url()).await;
        let mut services = two(&installation);
        for round in 0..3 {
            installation.send(messages(round * 40..round * 40 + 40)).await;
            // It works on them when it is hit.
            answered(&installation, round * 16 + 3).await;
            server.kill();
            installation.send(messages(120 + round * 8..128 + round * 8)).await;
            server.restart();
        }
        installation.check(&messages(0..144)).await;
        for service in &mut services {
            assert_eq!(service.stop(), Some(0), "it ran all the time");
        }
    });
}

#[test]
fn two_services_outlive_a_broker_that_is_killed_and_then_both_servers_at_once() {
    let (mut server, mut broker) = (Server::start(), Throwaway::start());
    broker_runtime().block_on(async {
        let installation = Installation::on(broker.url(), server.url()).await;
        let mut services = two(&installation);
        let begun = Instant::now();
        installation.send(messages(0..24)).await;
        answered(&installation, 8).await;
        tokio::time::sleep(NEW_QUEUE.saturating_sub(begun.elapsed())).await;
        installation.send(messages(24..64)).await;
        broker.kill();
        broker.restart();
        installation.send(messages(64..104)).await;
        answered(&installation, 20).await;
        // One of the two goes as well, and both servers.
        services[0].kill();
        server.kill();
        broker.kill();
        server.restart();
        broker.restart();
        installation.send(messages(104..120)).await;
        installation.check(&messages(0..120)).await;
        assert_eq!(services[1].stop(), Some(0), "it ran all the time");
    });
}
