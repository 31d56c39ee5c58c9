//! Metrics: what is counted and measured, and what each is called. `deploy/grafana/happyflow.json` draws these; a test
//! compares the two. No label is a client, a BSN or a number of a message.

use crate::clock::{self, Moment};
use crate::hub::SpoolState;
use crate::office::line::ProcessVerdict;
use crate::office::outcome::MessageOutcome;
use crate::office::publish::AnswerSent;
use crate::store::Backlog;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureKind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often which size.
    Histogram,
}

/// A figure that we publish.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    pub name: &'static str,
    pub kind: FigureKind,
    /// What it says, in Dutch.
    pub help: &'static str,
}

const fn counter(name: &'static str, help: &'static str) -> Figure {
    Figure { name, kind: FigureKind::Counter, help }
}

const fn gauge(name: &'static str, help: &'static str) -> Figure {
    Figure { name, kind: FigureKind::Gauge, help }
}

const fn histogram(name: &'static str, help: &'static str) -> Figure {
    Figure { name, kind: FigureKind::Histogram, help }
}

/// Messages taken in.
pub const RECEIVED: Figure =
    counter("happyflow_received_total", "Ingenomen berichten; known: eerder ontvangen");
/// Messages set aside.
pub const SET_ASIDE: Figure = counter(
    "happyflow_set_aside_total",
    "Berichten die niet zijn aangenomen en apart gelegd: te groot, of een verwijzing die niet te volgen is",
);
/// Messages judged.
pub const MESSAGES: Figure =
    counter("happyflow_messages_total", "Beoordeelde berichten, per soort en oordeel");
/// Messages that left.
pub const PUBLISHED: Figure = counter("happyflow_published_total", "Verzonden berichten");
/// Notices that left.
pub const NOTICES: Figure =
    counter("happyflow_notices_total", "Verzonden meldingen op geparkeerde berichten");
/// Mails to people.
pub const MAILS: Figure = counter("happyflow_mails_total", "Verzonden post aan mensen");
/// Terms that were acted on.
pub const TERMS: Figure = counter("happyflow_terms_total", "Verstreken termijnen waarop iets is gedaan");
pub const FAILURES: Figure = counter("happyflow_failures_total", "Mislukte pogingen, per onderdeel");
/// Senders whose folder cannot be taken in.
pub const HELD_SENDERS: Figure =
    gauge("happyflow_intake_held_senders", "Afzenders van wie de map nu niet is in te nemen");
/// Files that cannot be read.
pub const HELD_FILES: Figure =
    gauge("happyflow_intake_held_files", "Bestanden in in/ die nu niet zijn te lezen");
/// Files and folders that are no messages.
pub const LEFT: Figure =
    gauge("happyflow_intake_left_files", "Wat in in/ blijft liggen omdat het geen bericht is");
/// Files that were set aside.
pub const ASIDE: Figure = counter(
    "happyflow_intake_set_aside_total",
    "Bestanden die niet zijn ingenomen en in fout/ liggen, per reden",
);
pub const BATCH_SECONDS: Figure =
    histogram("happyflow_batch_seconds", "Seconden om een groep berichten te beoordelen en vast te leggen");
pub const BATCH_MESSAGES: Figure = histogram("happyflow_batch_messages", "Berichten in een groep");
/// Seconds of storing.
pub const INTAKE_SECONDS: Figure =
    histogram("happyflow_intake_seconds", "Seconden om ingenomen berichten op te slaan");
/// Seconds of publishing.
pub const PUBLISH_SECONDS: Figure =
    histogram("happyflow_publish_seconds", "Seconden om klaarstaande berichten te verzenden");
/// Seconds until what follows from a message has left.
pub const ANSWER_SECONDS: Figure = histogram(
    "happyflow_answer_seconds",
    "Seconden van de ontvangst van een bericht tot wat erop volgt bevestigd is verzonden, per soort",
);
/// Messages that wait.
pub const INBOX: Figure = gauge("happyflow_inbox_messages", "Berichten die op een oordeel wachten");
/// How long.
pub const INBOX_AGE: Figure =
    gauge("happyflow_inbox_oldest_seconds", "Hoe lang het oudste bericht zonder antwoord wacht");
/// Messages that wait to leave.
pub const OUTBOX: Figure = gauge("happyflow_outbox_messages", "Berichten die op verzending wachten");
/// How long.
pub const OUTBOX_AGE: Figure =
    gauge("happyflow_outbox_oldest_seconds", "Hoe lang het oudste bericht op verzending wacht");
/// Receivers that cannot be reached.
pub const STUCK: Figure = gauge("happyflow_outbox_stuck_receivers", "Ontvangers die niet bereikbaar zijn");
/// Notices that wait to leave.
pub const UNTOLD: Figure = gauge("happyflow_notices_waiting", "Meldingen die op verzending wachten");
pub const PARKED: Figure = gauge("happyflow_parked_messages", "Geparkeerde berichten");
/// Work items.
pub const WORK: Figure = gauge("happyflow_work_open", "Werkitems die op een mens wachten");
/// Work items that are late.
pub const WORK_OVERDUE: Figure = gauge("happyflow_work_overdue", "Werkitems waarvan de termijn voorbij is");
/// Work items that will be late.
pub const WORK_DUE_SOON: Figure =
    gauge("happyflow_work_due_soon", "Werkitems waarvan de termijn binnen 24 uur verstrijkt");
/// Entries without a link.
pub const UNSEALED: Figure =
    gauge("happyflow_chain_unsealed", "Journaalregels die nog niet in de keten zijn verzegeld");
/// Entries that got one.
pub const SEALED: Figure =
    counter("happyflow_chain_sealed_total", "Door dit proces verzegelde journaalregels");
/// Whether everything goes.
pub const READY: Figure = gauge("happyflow_ready", "1: berichten worden ingenomen, beoordeeld en verzonden");
/// Whether the store answers.
pub const STORE_UP: Figure = gauge("happyflow_store_up", "1: de opslag antwoordt");
/// Whether the broker is there.
pub const BROKER_UP: Figure = gauge("happyflow_broker_up", "1: verbonden met de broker, per richting");
/// How often it was connected.
pub const BROKER_CONNECTS: Figure =
    counter("happyflow_broker_connects_total", "Gemaakte verbindingen met de broker, per richting");

pub const ALL: [Figure; 35] = [
    RECEIVED,
    SET_ASIDE,
    MESSAGES,
    PUBLISHED,
    NOTICES,
    MAILS,
    TERMS,
    FAILURES,
    HELD_SENDERS,
    HELD_FILES,
    LEFT,
    ASIDE,
    BATCH_SECONDS,
    BATCH_MESSAGES,
    INTAKE_SECONDS,
    PUBLISH_SECONDS,
    ANSWER_SECONDS,
    INBOX,
    INBOX_AGE,
    OUTBOX,
    OUTBOX_AGE,
    STUCK,
    UNTOLD,
    PARKED,
    WORK,
    WORK_OVERDUE,
    WORK_DUE_SOON,
    UNSEALED,
    SEALED,
    READY,
    STORE_UP,
    BROKER_UP,
    BROKER_CONNECTS,
    BUILD,
    STARTED,
];
/// Which program this is.
pub const BUILD: Figure = gauge("happyflow_build_info", "1, met de versie van het programma");
/// When it began.
pub const STARTED: Figure =
    gauge("happyflow_start_time_seconds", "Wanneer het proces begon, in seconden sinds 1970");

/// Bounds of buckets in seconds.
const SECONDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0];
/// Bounds of buckets in messages.
const COUNTS: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 50.0, 100.0, 250.0, 500.0];

/// Starts collecting in this process.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let builder = PrometheusBuilder::new()
        .set_buckets(&SECONDS)?
        .set_buckets_for_metric(Matcher::Full(BATCH_MESSAGES.name.to_owned()), &COUNTS)?;
    let handle = builder.install_recorder()?;
    describe();
    Ok(handle)
}

fn describe() {
    for Figure { name, kind, help } in ALL {
        match kind {
            FigureKind::Counter => metrics::describe_counter!(name, help),
            FigureKind::Gauge => metrics::describe_gauge!(name, help),
            FigureKind::Histogram => metrics::describe_histogram!(name, help),
        }
    }
    // Told from the start: that no mail leaves is seen in it.
    metrics::counter!(MAILS.name).increment(0);
    metrics::gauge!(BUILD.name, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    #[expect(clippy::cast_precision_loss, reason = "seconds stay far below what a double holds exactly")]
    metrics::gauge!(STARTED.name).set(clock::unix_seconds() as f64);
}

/// A message was judged.
pub fn judged(outcome: &MessageOutcome) {
    let verdict = match outcome.verdict {
        ProcessVerdict::Accepted => "accepted",
        ProcessVerdict::Partial => "partial",
        ProcessVerdict::Rejected => "rejected",
        ProcessVerdict::Parked => "parked",
    };
    // Only kinds of message that the standard knows come here: what is not one has no kind.
    let kind = outcome.message.clone().unwrap_or_else(|| "onbekend".to_owned());
    metrics::counter!(MESSAGES.name, "type" => kind, "verdict" => verdict).increment(1);
}

/// Something that follows from a message left.
pub fn answered((kind, received): AnswerSent, now: Moment) {
    // Clocks of two machines may differ by a little.
    let seconds = (now - received).to_std().unwrap_or_default();
    metrics::histogram!(ANSWER_SECONDS.name, "type" => kind).record(seconds);
}

/// Something failed and is tried again.
pub fn failed(part: &'static str) {
    metrics::counter!(FAILURES.name, "part" => part).increment(1);
}

/// How taking in from the folders goes.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below what a double holds exactly")]
pub fn folders(state: &SpoolState) {
    metrics::gauge!(HELD_SENDERS.name).set(state.held_senders() as f64);
    metrics::gauge!(HELD_FILES.name).set(state.held_files() as f64);
    metrics::gauge!(LEFT.name).set(state.left() as f64);
    metrics::counter!(FAILURES.name, "part" => "sender").absolute(state.failures());
    for (reason, count) in state.aside() {
        metrics::counter!(ASIDE.name, "reason" => reason).absolute(count);
    }
}

/// What waits, `ages` in seconds.
pub fn stand(stand: &Backlog, inbox_age: f64, outbox_age: f64) {
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below what a double holds exactly")]
    let set = |figure: Figure, value: i64| metrics::gauge!(figure.name).set(value as f64);
    set(INBOX, stand.waiting);
    set(OUTBOX, stand.unpublished);
    set(UNTOLD, stand.notices);
    set(PARKED, stand.parked);
    set(WORK, stand.work);
    set(WORK_OVERDUE, stand.work_overdue);
    set(WORK_DUE_SOON, stand.work_due_soon);
    set(UNSEALED, stand.unsealed);
    metrics::gauge!(INBOX_AGE.name).set(inbox_age);
    metrics::gauge!(OUTBOX_AGE.name).set(outbox_age);
}
