//! What lies under `deploy/` and in `docs/asyncapi.yaml` speaks of what the code has.

use happyflow::hub::amqp::topology::{Argument, BoundQueue, Topology};
use happyflow::messages::Partij;
use happyflow::service::metrics;
use std::collections::BTreeSet;

const ASYNCAPI: &str = include_str!("../../docs/asyncapi.yaml");
const DASHBOARD: &str = include_str!("../../deploy/grafana/happyflow.json");

#[test]
fn the_dashboard_draws_figures_that_exist() {
    let known: BTreeSet<&str> = metrics::ALL.iter().map(|figure| figure.name).collect();
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut drawn = 0;
    for panel in dashboard["panels"].as_array().unwrap() {
        let text = panel["targets"][0]["expr"].as_str().unwrap();
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
            if let Some(name) = word.starts_with("happyflow_").then(|| word.trim_end_matches("_bucket")) {
                assert!(known.contains(name), "{name} does not exist");
                drawn += 1;
            }
        }
    }
    assert!(drawn >= 18);
}

/// A core of ours has messages in it.
#[test]
fn nothing_that_is_installed_leaves_a_core() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/systemd");
    let mut units = 0;
    for unit in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if unit.extension().is_some_and(|is| is == "service") {
            let text = std::fs::read_to_string(&unit).unwrap();
            assert!(text.contains("\nLimitCORE=0\n"), "{}", unit.display());
            units += 1;
        }
    }
    assert!(units >= 3, "{units}");
    assert!(include_str!("../../deploy/container/compose.yaml").contains("\n    ulimits: {core: 0}\n"));
}

/// The arguments of a queue as the page writes them, one per line or in braces.
fn described(queue: &BoundQueue) {
    for (name, argument) in &queue.arguments {
        let value = match argument {
            Argument::Text(text) => text.clone(),
            Argument::Number(number) => number.to_string(),
            Argument::Flag(flag) => flag.to_string(),
        };
        assert!(ASYNCAPI.contains(&format!("{name}: {value}")), "{name}: {value} of {}", queue.name);
    }
}

#[test]
fn the_page_for_senders_describes_the_topology() {
    let topology = Topology::new("happyflow");
    for exchange in topology.exchanges() {
        let text =
            format!("exchange: {{name: {}, type: {}, durable: true", exchange.name, exchange.kind.name());
        assert!(ASYNCAPI.contains(&text), "{text}");
    }
    for queue in [topology.intake(), topology.dead_letters()] {
        assert!(ASYNCAPI.contains(&format!("name: {}, durable: true", queue.name)), "{}", queue.name);
        assert!(ASYNCAPI.contains(&format!("exchange: {}, key: ''", queue.exchange)), "{}", queue.name);
        described(&queue);
    }
    let receiver = Partij::parse("0193").unwrap();
    for queue in [topology.receiver(receiver), topology.notices_for(receiver)] {
        let name = queue.name.replace("0193", "{receiver}");
        assert!(ASYNCAPI.contains(&format!("name: '{name}', durable: true")), "{name}");
        described(&queue);
    }
}
