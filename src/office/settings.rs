//! Settings of a run, apart from the register.

use super::damaged::apart;
use crate::clock::Clock;
use crate::codes::GemeenteCode;
use crate::config::{Betaling, Config, Limits, LoginSoort, TweePersonen};
use crate::decide::Requests;
use crate::journal::Apart;
use crate::store::Entry;
use std::collections::BTreeSet;

/// Settings of a run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where moments come from.
    pub clock: Clock,
    /// Whether requests are answered by themselves.
    pub requests: Requests,
    /// Gemeenten that we serve; empty: as the region says.
    pub gemeenten: BTreeSet<GemeenteCode>,
    /// Code in the notice on a message that gets no retour.
    pub notice_code: String,
    pub limits: Limits,
    /// What two persons decide together.
    pub twee_personen: TweePersonen,
    /// From which accounts is paid.
    pub betaling: Option<Betaling>,
    /// How many decide side by side, on a store that is shared.
    pub workers: u32,
}

impl Settings {
    /// The settings of an installation, with this clock.
    #[must_use]
    pub fn new(config: &Config, clock: Clock) -> Self {
        Self {
            clock,
            requests: config.requests.into(),
            gemeenten: config.gemeenten.clone(),
            notice_code: config.notice_code.clone(),
            limits: config.limits,
            twee_personen: config.twee_personen.filled(config.console.login == Some(LoginSoort::Oidc)),
            betaling: config.betaling.clone(),
            workers: config.workers(),
        }
    }

    /// Those that an entry was decided with, as far as it keeps them.
    #[must_use]
    pub fn of_entry(&self, entry: &Entry) -> Self {
        let limits = Limits { max_message_bytes: max_message_bytes(entry), ..self.limits };
        Self { requests: entry.requests, limits, ..self.clone() }
    }
}

/// Largest answer that might leave. An entry keeps it when it kept an answer back; whatever left was not too large.
fn max_message_bytes(entry: &Entry) -> u64 {
    match apart(entry) {
        Some(Apart::AntwoordTeGroot { most_bytes }) => most_bytes,
        _ => u64::MAX,
    }
}
