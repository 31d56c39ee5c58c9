//! Health of the service: whether messages are taken in, decided and sent, and which part waits for what since when.

use crate::clock::{Clock, Moment};
use crate::hub::HubError;
use crate::hub::amqp::LinkState;
use crate::messages::Partij;
use crate::office::OfficeError;
use crate::store::Backlog;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What fails is tried again soon: only what goes on failing for so long is told.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that was there may be made again within this time.
const RECONNECT: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServicePart {
    /// The database.
    Store,
    /// The data folder.
    Folder,
    /// Takes messages in.
    Intake,
    /// Decides them.
    Decide,
    /// Sends what follows.
    Publish,
    /// Links what was committed in the chain.
    Seal,
    /// Acts on terms.
    Terms,
}

impl ServicePart {
    /// Every part.
    pub const ALL: [Self; 7] =
        [Self::Store, Self::Folder, Self::Intake, Self::Decide, Self::Publish, Self::Seal, Self::Terms];

    /// What operators call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Store => "opslag",
            Self::Folder => "gegevensmap",
            Self::Intake => "innemen",
            Self::Decide => "beoordelen",
            Self::Publish => "verzenden",
            Self::Seal => "verzegelen",
            Self::Terms => "termijnen",
        }
    }

    /// Whether it is told at once: without it nothing else goes.
    const fn at_once(self) -> bool {
        matches!(self, Self::Store | Self::Folder)
    }
}

/// What a part waits for.
struct PartTrouble {
    since: Instant,
    text: String,
}

/// What waits, and when it last moved.
struct QueueDepth {
    waiting: i64,
    oldest: Option<Moment>,
    moved: Instant,
}

impl QueueDepth {
    fn new() -> Self {
        Self { waiting: 0, oldest: None, moved: Instant::now() }
    }

    /// As it stands now; it moved when less of it waits than before, or something else waits longest.
    fn look(&mut self, waiting: i64, oldest: Option<Moment>) {
        if waiting == 0 || waiting < self.waiting || oldest != self.oldest {
            self.moved = Instant::now();
        }
        (self.waiting, self.oldest) = (waiting, oldest);
    }
}

struct State {
    troubles: BTreeMap<ServicePart, PartTrouble>,
    /// Since when each worker is busy with a batch.
    workers: Vec<Option<Instant>>,
    inbox: QueueDepth,
    outbox: QueueDepth,
}

/// How the service is.
pub struct Health {
    links: Vec<(&'static str, Arc<LinkState>)>,
    /// What does not move for so long while something waits is stuck.
    stuck: Duration,
    state: Mutex<State>,
}

impl Health {
    /// Nothing is known yet, but that the store was not asked. `workers` decide side by side.
    pub(super) fn new(links: Vec<(&'static str, Arc<LinkState>)>, workers: u32, stuck: Duration) -> Self {
        let asked = PartTrouble { since: Instant::now(), text: "er is nog niet naar gekeken".to_owned() };
        let state = State {
            troubles: BTreeMap::from([(ServicePart::Store, asked)]),
            workers: vec![None; workers as usize],
            inbox: QueueDepth::new(),
            outbox: QueueDepth::new(),
        };
        Self { links, stuck, state: Mutex::new(state) }
    }

    /// The connections with the broker, by name.
    pub(super) fn links(&self) -> &[(&'static str, Arc<LinkState>)] {
        &self.links
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A part could not do its work; it tries again.
    pub(super) fn failed(&self, part: ServicePart, text: String) {
        let mut state = self.state();
        let trouble =
            state.troubles.entry(part).or_insert(PartTrouble { since: Instant::now(), text: String::new() });
        trouble.text = text;
    }

    /// A part did its work.
    pub(super) fn fine(&self, part: ServicePart) {
        self.state().troubles.remove(&part);
    }

    /// A worker begins with a batch.
    pub(super) fn busy(&self, worker: usize) {
        self.set(worker, Some(Instant::now()));
    }

    /// A worker has done what it began with.
    pub(super) fn idle(&self, worker: usize) {
        self.set(worker, None);
    }

    fn set(&self, worker: usize, since: Option<Instant>) {
        if let Some(place) = self.state().workers.get_mut(worker) {
            *place = since;
        }
    }

    /// This process had its turn to publish. One receiver that cannot be reached is its own trouble; when there are
    /// several and nothing left for anybody, it is ours.
    pub(super) fn published(&self, sent: u64, stuck: &[(Partij, OfficeError)]) {
        self.state().outbox.moved = Instant::now();
        if sent == 0 && stuck.len() > 1 {
            let text = format!("geen van {} ontvangers is bereikbaar: {}", stuck.len(), told(&stuck[0].1));
            self.failed(ServicePart::Publish, text);
        } else {
            self.fine(ServicePart::Publish);
        }
    }

    /// What waits, now that the store was asked.
    pub(super) fn looked(&self, stand: &Backlog) {
        self.fine(ServicePart::Store);
        let mut state = self.state();
        state.inbox.look(stand.waiting, stand.oldest_waiting);
        state.outbox.look(stand.unpublished, stand.oldest_unpublished);
    }

    /// What is not ready, in Dutch, with since when; empty when everything is.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        self.missing_parts().into_iter().map(|(_, text)| text).collect()
    }

    /// As [`Health::missing`], with the part; none for a connection with the broker.
    pub(super) fn missing_parts(&self) -> Vec<(Option<ServicePart>, String)> {
        let state = self.state();
        let mut missing = Vec::new();
        let mut say = |part: ServicePart, since: Instant, text: &str| {
            missing.push((Some(part), format!("{}: {text} (sinds {})", part.name(), at(since))));
        };
        for (part, PartTrouble { since, text }) in &state.troubles {
            if part.at_once() || since.elapsed() >= PATIENCE {
                say(*part, *since, text);
            }
        }
        let waiting = state.inbox.waiting;
        for (number, since) in (1..).zip(&state.workers) {
            if let Some(since) = since.filter(|since| waiting > 0 && since.elapsed() >= self.stuck) {
                let text = format!("werker {number} komt niet verder, en er wachten {}", berichten(waiting));
                say(ServicePart::Decide, since, &text);
            }
        }
        let decides = !state.workers.is_empty();
        for (part, queue, done) in [
            (ServicePart::Decide, &state.inbox, "beoordeeld"),
            (ServicePart::Publish, &state.outbox, "verzonden"),
        ] {
            let moves = queue.waiting == 0 || queue.moved.elapsed() < self.stuck;
            if !moves && (part == ServicePart::Publish || decides) && !state.troubles.contains_key(&part) {
                let text = format!("er wachten {} en er wordt niets {done}", berichten(queue.waiting));
                say(part, queue.moved, &text);
            }
        }
        drop(state);
        for (name, link) in &self.links {
            let again = link.times_connected() > 0;
            if let Some(since) = link.down_since().filter(|since| !again || since.elapsed() >= RECONNECT) {
                let since = at(since);
                missing.push((None, format!("broker: geen verbinding ({name}) (sinds {since})")));
            }
        }
        missing
    }
}

fn berichten(count: i64) -> String {
    if count == 1 { "1 bericht".to_owned() } else { format!("{count} berichten") }
}

/// A moment in the past on the clock of the Netherlands.
fn at(since: Instant) -> String {
    let elapsed = chrono::TimeDelta::from_std(since.elapsed()).unwrap_or_default();
    (Clock::System.exactly() - elapsed).format("%d-%m-%Y %H:%M:%S").to_string()
}

/// What went wrong with the hub, without the path: it may name a file as its sender called it.
pub(super) fn brief(error: &HubError) -> String {
    format!("{} mislukt: {}", error.doing, error.reason)
}

/// What went wrong, as it may be shown to who asks; the log has the rest.
pub(super) fn told(error: &OfficeError) -> String {
    match error {
        OfficeError::Store(error) => error.to_string(),
        OfficeError::Hub(error) => brief(error),
        _ => "mislukt; het log zegt waarom".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::HubTrouble;

    const STUCK: Duration = Duration::from_mins(1);

    fn health(workers: u32) -> Health {
        let health = Health::new(Vec::new(), workers, STUCK);
        health.looked(&Backlog::default());
        health
    }

    /// As if all that is known had happened so much earlier.
    fn earlier(health: &Health, by: Duration) {
        let mut state = health.state();
        let moments = state.troubles.values_mut().map(|trouble| &mut trouble.since);
        moments.for_each(|since| *since -= by);
        state.workers.iter_mut().flatten().for_each(|since| *since -= by);
        state.inbox.moved -= by;
        state.outbox.moved -= by;
    }

    fn stand(waiting: i64, unpublished: i64) -> Backlog {
        let oldest = |count: i64| (count > 0).then(|| "2026-02-03T12:00:00".parse().unwrap());
        Backlog {
            waiting,
            oldest_waiting: oldest(waiting),
            unpublished,
            oldest_unpublished: oldest(unpublished),
            ..Backlog::default()
        }
    }

    #[test]
    fn every_part_that_goes_on_failing_says_why_and_since_when_until_it_goes_well() {
        for part in ServicePart::ALL {
            let health = health(1);
            health.failed(part, "de schijf is vol".to_owned());
            assert_eq!(health.missing().is_empty(), !part.at_once(), "{part:?}: one failure is tried again");
            earlier(&health, PATIENCE);
            health.failed(part, "de schijf is nog vol".to_owned());
            let missing = health.missing();
            assert_eq!(missing.len(), 1, "{missing:?}");
            let begin = format!("{}: de schijf is nog vol (sinds ", part.name());
            assert!(missing[0].starts_with(&begin), "{missing:?}");
            health.fine(part);
            assert!(health.missing().is_empty());
        }
    }

    #[test]
    fn before_the_store_was_asked_it_is_not_ready() {
        let health = Health::new(Vec::new(), 1, STUCK);
        assert!(health.missing()[0].starts_with("opslag: "));
        health.looked(&Backlog::default());
        assert!(health.missing().is_empty());
    }

    #[test]
    fn a_worker_that_does_not_move_is_told_only_while_something_waits() {
        let health = health(2);
        health.busy(1);
        earlier(&health, STUCK);
        assert!(health.missing().is_empty());
        health.looked(&stand(3, 0));
        let missing = health.missing();
        assert!(missing[0].contains("werker 2 komt niet verder, en er wachten 3 berichten"), "{missing:?}");
        health.idle(1);
        assert!(health.missing().is_empty());
    }

    #[test]
    fn what_waits_and_does_not_move_is_told_and_what_moves_is_not() {
        let decides = health(1);
        decides.looked(&stand(5, 4));
        earlier(&decides, STUCK);
        decides.looked(&stand(6, 5));
        let missing = decides.missing();
        assert!(missing[0].contains("er wachten 6 berichten en er wordt niets beoordeeld"), "{missing:?}");
        assert!(missing[1].contains("er wachten 5 berichten en er wordt niets verzonden"), "{missing:?}");
        // Another process decided one, and this one had its turn to send.
        decides.looked(&stand(5, 5));
        decides.published(0, &[]);
        assert!(decides.missing().is_empty());
        // What others decide is no matter of a process that does not.
        let other = health(0);
        other.looked(&stand(5, 0));
        earlier(&other, STUCK);
        assert!(other.missing().is_empty());
    }

    #[test]
    fn one_receiver_that_cannot_be_reached_is_its_own_trouble() {
        let fault = |receiver: &str| {
            let path = format!("out/{receiver}/geheim.xml");
            let error = HubError {
                kind: HubTrouble::File,
                doing: "schrijven van",
                path,
                reason: "is geen map".to_owned(),
            };
            (Partij::parse(receiver).unwrap(), error.into())
        };
        let health = health(1);
        for (sent, stuck, ready) in [
            (0, vec![fault("0193")], true),
            (1, vec![fault("0193"), fault("0150")], true),
            (0, vec![fault("0193"), fault("0150")], false),
            (0, Vec::new(), true),
        ] {
            health.published(sent, &stuck);
            earlier(&health, PATIENCE);
            let missing = health.missing();
            assert_eq!(missing.is_empty(), ready, "{missing:?}");
            assert!(!missing.concat().contains("geheim"), "{missing:?}");
        }
    }
}
