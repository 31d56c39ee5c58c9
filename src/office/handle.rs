//! One handle on the office: what everybody who works on the same data shares. A command, the service, a test and a
//! page have one each, or clones of one.
//!
//! Opening it costs a look at the rules and at the clock. What a process that died left to be decided, published, shown
//! or sealed waits until somebody calls for it.

use super::alone::Alone;
use super::core::Core;
use super::error::OfficeError;
use super::fresh::FreshMessages;
use super::intake::Intake;
use super::issued::Issued;
use super::line::ProcessLine;
use super::outcome::MessageOutcome;
use super::prepare::{Incoming, Prepared, prepare};
use super::publish::publish;
use super::regels::begin_rules;
use super::register::{InForce, Registers, newest_version};
use super::rule_set::rule_set;
use super::settings::Settings;
use super::step::Context;
use super::worker::Worker;
use crate::clock::Clock;
use crate::codes::Datum;
use crate::hub::Outbound;
use crate::store::{Entry, JournalKind, Store, StoreError};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinHandle;

/// The office. A clone is the same office.
#[derive(Clone)]
pub struct Office {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<dyn Store>,
    hub: Arc<dyn Outbound>,
    core: Core,
    settings: Settings,
    registers: Registers,
    issued: Issued,
    fresh: FreshMessages,
    /// The last day of which aanbieders were looked at that name children of others.
    strange_until: Mutex<Option<Datum>>,
}

/// A parked message that people must be able to look at.
pub(super) struct ParkedForPeople {
    pub(super) arrival: i64,
    pub(super) bytes: Arc<[u8]>,
    pub(super) notice: Option<Vec<u8>>,
}

impl Office {
    /// The office on a store and a hub, ready to decide.
    pub async fn open(
        store: Arc<dyn Store>,
        hub: Arc<dyn Outbound>,
        core: Core,
        settings: Settings,
    ) -> Result<Self, OfficeError> {
        let office = Self::new(store, hub, core, settings);
        office.begin().await?;
        Ok(office)
    }

    /// The office on a store that need not be there yet. [`Office::begin`] comes before the first decision.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, hub: Arc<dyn Outbound>, core: Core, settings: Settings) -> Self {
        // What one batch of those who decide and one of those who store hold.
        let fresh = FreshMessages::new(settings.limits.batch_bytes.saturating_mul(2));
        let shared = Shared {
            store,
            hub,
            core,
            settings,
            registers: Registers::default(),
            issued: Issued::default(),
            fresh,
            strange_until: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Where other rules decided last, the state that they left is kept first. A fixed clock goes on where the runs
    /// before it on that day left it.
    pub async fn begin(&self) -> Result<(), OfficeError> {
        let clock = self.settings().clock;
        begin_rules(self.store(), clock.now()).await?;
        if matches!(clock, Clock::Fixed(_)) {
            self.issued().at_least(self.store().issued_at(clock.now()).await?);
        }
        Ok(())
    }

    /// The store, for who goes on with it.
    #[must_use]
    pub fn shared_store(&self) -> Arc<dyn Store> {
        self.shared.store.clone()
    }

    /// The store, to look things up.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.shared.store
    }

    #[must_use]
    pub fn hub(&self) -> &dyn Outbound {
        &*self.shared.hub
    }

    /// The functions that judge.
    #[must_use]
    pub fn core(&self) -> Core {
        self.shared.core
    }

    /// The settings that it works with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    pub(super) fn registers(&self) -> &Registers {
        &self.shared.registers
    }

    pub(super) fn issued(&self) -> &Issued {
        &self.shared.issued
    }

    pub(super) fn fresh(&self) -> &FreshMessages {
        &self.shared.fresh
    }

    /// The last day of which was looked who names children of others.
    pub(super) fn strange_until(&self) -> Option<Datum> {
        *self.shared.strange_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn strange_is_told_until(&self, day: Option<Datum>) {
        *self.shared.strange_until.lock().unwrap_or_else(PoisonError::into_inner) = day;
    }

    /// The newest version of the contract register. It may change at any moment: who decides has that of its
    /// transaction.
    pub async fn register(&self) -> Result<InForce, OfficeError> {
        let version = newest_version(self.store()).await?;
        self.registers().get(self.store(), version).await
    }

    /// A transaction in which nobody else decides anything, with the contract register as it is then.
    pub async fn alone(&self) -> Result<Alone<'_>, OfficeError> {
        Alone::begin(self).await
    }

    /// One that decides messages, beside any number of others.
    #[must_use]
    pub fn worker(&self) -> Worker {
        Worker::of(self.clone())
    }

    /// What stores messages that were judged with this register, for workers of this process and others.
    #[must_use]
    pub(super) fn intake(&self, register: &InForce) -> Intake {
        Intake::new(self.clone(), register.version)
    }

    /// Reads and judges a message at levels 1 and 2 with this register.
    #[must_use]
    pub fn prepare(&self, incoming: Incoming, register: &InForce) -> Prepared {
        prepare(incoming, self.core(), &register.versie.register)
    }

    /// What everything in a batch is decided with.
    pub(super) fn context<'a>(&'a self, register: &'a InForce, issued: u32) -> Context<'a> {
        Context {
            core: self.core(),
            settings: self.settings(),
            register: &register.versie.register,
            register_version: register.version,
            moment: self.settings().clock.now(),
            issued,
        }
    }

    /// A journal entry of an input that is no message.
    pub(super) fn entry(&self, kind: JournalKind, journal: i64, register_version: i64) -> Entry {
        Entry {
            journal,
            kind,
            moment: self.settings().clock.now(),
            register_version,
            rule_set: rule_set(None),
            requests: self.settings().requests,
            issued: self.issued().get(),
            first_identificatie: None,
            arrival: None,
            who: None,
            why: None,
            role: kind.role(),
            body: None,
        }
    }

    /// What scripts and people get of what a message led to.
    #[must_use]
    pub fn shown(&self, outcome: MessageOutcome) -> ProcessLine {
        outcome.shown(&|receiver, send, soort| self.hub().address(receiver, send, soort))
    }

    /// Gives the hub what it does not have yet; a receiver that cannot be reached is an error.
    pub async fn publish(&self) -> Result<(), OfficeError> {
        if !self.hub().publishes() {
            return Ok(());
        }
        match publish(self.store(), self.hub()).await?.stuck.pop() {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    /// As [`Office::publish`], while the caller goes on. Only one at a time: what leaves keeps its order.
    #[must_use]
    pub fn start_publishing(&self) -> JoinHandle<Result<(), OfficeError>> {
        let office = self.clone();
        tokio::spawn(async move { office.publish().await })
    }

    /// Parked messages lie in the hub for people; what fails here is done again by [`Office::show_parked`].
    pub(super) fn show(&self, shown: Vec<ParkedForPeople>) {
        let Some(spool) = self.hub().spool() else { return };
        for ParkedForPeople { arrival, bytes, notice } in shown {
            if let Err(error) = spool.park(arrival, &bytes, notice.as_deref()) {
                tracing::warn!(code = error.label(), arrival, %error, "geparkeerd bericht staat nog niet in de map fout");
            }
        }
    }

    /// Puts parked messages where people look for them, when they are not there yet. One that is damaged stands in the
    /// list of what is parked, and stops nobody.
    pub async fn show_parked(&self) -> Result<(), OfficeError> {
        let Some(spool) = self.hub().spool() else { return Ok(()) };
        for parked in self.store().parked().await? {
            if spool.has_parked(parked.arrival) {
                continue;
            }
            match self.store().parked_content(parked.arrival).await {
                Ok(Some(content)) => {
                    spool.park(parked.arrival, &content.bytes, content.notice.as_deref())?;
                }
                Ok(None) => {}
                Err(error @ StoreError::Corrupt(_)) => {
                    let arrival = parked.arrival;
                    tracing::error!(code = error.label(), arrival, %error, "geparkeerd bericht is beschadigd en niet te tonen");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
