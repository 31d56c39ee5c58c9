//! Tells people by mail what waits too long and what does not work here.

use super::health::{Health, ServicePart};
use super::{Shared, metrics};
use crate::clock::Moment;
use crate::post::{Brievenbus, Postgeheugen, own_key, round};
use crate::store::Store;
use crate::store::post::{Meldgrond, Meldsoort};
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Between two looks at what must be told.
const EVERY: Duration = Duration::from_secs(10);
/// How long the last mail of a service that breaks may take.
const LAST: Duration = Duration::from_secs(10);

/// Tells until the service stops.
pub async fn run(store: Arc<dyn Store>, bus: Arc<Brievenbus>, shared: Shared) {
    let mut geheugen = Postgeheugen::default();
    while !shared.stop.is_cancelled() {
        let now = shared.settings.clock.now();
        let local = causes(&shared.health, &bus.name, now);
        // Whoever stops in the middle says it again, under the same number.
        tokio::select! {
            () = shared.stop.cancelled() => break,
            () = tell(&*store, &bus, &local, &mut geheugen, now) => {}
        }
        tokio::select! {
            () = shared.stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Tells that the service ends because a part of it broke.
pub async fn broken(store: &dyn Store, bus: &Brievenbus, now: Moment) {
    let since = now - TimeDelta::seconds(bus.instelling.after_seconds.into());
    let aanleiding = Meldgrond {
        sleutel: own_key(&bus.name, "gestopt"),
        soort: Meldsoort::Dienst,
        tekst: format!(
            "{}: een onderdeel is door een fout in happyflow gestopt, en de dienst met hem",
            bus.name
        ),
        werk: None,
    };
    let mut geheugen = Postgeheugen::default();
    let local = [(aanleiding, since)];
    if tokio::time::timeout(LAST, tell(store, bus, &local, &mut geheugen, now)).await.is_err() {
        tracing::error!("geen tijd meer om te melden dat de dienst stopt");
    }
}

async fn tell(
    store: &dyn Store,
    bus: &Brievenbus,
    local: &[(Meldgrond, Moment)],
    geheugen: &mut Postgeheugen,
    now: Moment,
) {
    let done = round(store, bus, local, geheugen, now).await;
    ::metrics::counter!(metrics::MAILS.name).increment(done.sent);
    for error in &done.failed {
        metrics::failed("post");
        tracing::error!(code = error.label(), %error, "post aan mensen gaat niet weg; het wordt opnieuw geprobeerd");
    }
    if let Some(error) = &done.store {
        tracing::warn!(code = error.label(), %error, "wat per post is gemeld, is nu niet bij te houden");
    }
}

/// What is wrong in this process, each part once.
fn causes(health: &Health, name: &str, now: Moment) -> Vec<(Meldgrond, Moment)> {
    let mut found: BTreeMap<String, (Meldgrond, Moment)> = BTreeMap::new();
    for (part, text) in health.missing_parts() {
        let soort = if part == Some(ServicePart::Folder) { Meldsoort::Schijf } else { Meldsoort::Dienst };
        let sleutel = own_key(name, part.map_or("broker", ServicePart::name));
        // The moment in the text of health moves by a second; what it is known by does not.
        let text = text.split(" (sinds ").next().unwrap_or_default();
        let (tekst, werk) = (format!("{name}: {text}"), None);
        let aanleiding = Meldgrond { sleutel: sleutel.clone(), soort, tekst, werk };
        found.entry(sleutel).or_insert((aanleiding, now));
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_by_part_under_the_name_of_the_process() {
        let health = Health::new(Vec::new(), 1, Duration::from_mins(1));
        health.fine(ServicePart::Store);
        let now = "2026-02-03T10:00:00".parse().unwrap();
        assert_eq!(causes(&health, "a", now), []);
        health.failed(ServicePart::Folder, "in /data is niet te schrijven: geen ruimte".to_owned());
        health.failed(ServicePart::Store, "de opslag antwoordt niet".to_owned());
        let found = causes(&health, "a", now);
        let shown: Vec<_> = found.iter().map(|(one, _)| (one.sleutel.as_str(), one.soort)).collect();
        let expected = [("dienst:a:gegevensmap", Meldsoort::Schijf), ("dienst:a:opslag", Meldsoort::Dienst)];
        assert_eq!(shown, expected);
        assert_eq!(found[0].0.tekst, "a: gegevensmap: in /data is niet te schrijven: geen ruimte");
    }
}
