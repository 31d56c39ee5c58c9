//! The console: pages in Dutch for who watches over messages, money and terms. HTML from the server, readable without
//! script; every list is its address, and its exports are the same address with another ending. It changes nothing.
//!
//! A request goes through one door ([`door`]): where it comes from ([`guard`]), which page it asks for and who may see
//! that ([`routes`]), who asks ([`session`]); then the page is made of one or a few reads ([`pages`]) and shown ([`view`]).
//! Whose things somebody sees is a condition of the reads themselves
//! ([`Bereik`](crate::store::read::console::Bereik)).

mod answer;
mod asset;
mod blad;
mod door;
mod error;
mod filter;
mod forms;
mod grafiek;
mod guard;
mod lijst;
mod login;
mod pages;
mod path;
mod persons;
mod rate;
mod roles;
pub mod routes;
mod session;
mod shown;
mod view;

use crate::clock::Clock;
use crate::contracts::Register;
use crate::messages::{BerichtSoort, Partij};
use crate::office::register::in_force;
use crate::store::Store;
use axum::Router;
pub use error::ConsoleError;
use rate::Rate;
pub use roles::{Rolsoort, Toegangsrol};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Says of something that left whether it still lies where its receiver takes it.
pub type Ligt = dyn Fn(Partij, i64, BerichtSoort) -> Option<bool> + Send + Sync;

/// How people log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// By choosing a name and a role, from this machine alone.
    Ontwikkeling,
}

/// What the console works with.
pub struct Console {
    /// Where everything is read from.
    pub store: Arc<dyn Store>,
    /// What time it is for messages and terms; sessions go by the clock of the machine.
    pub clock: Clock,
    /// Whether what left was fetched.
    pub lies: Box<Ligt>,
    /// How people log in.
    pub login: Login,
    register: Mutex<Option<(i64, Arc<Register>)>>,
    rate: Rate,
}

impl Console {
    /// A console over a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Clock, lies: Box<Ligt>, login: Login) -> Self {
        Self { store, clock, lies, login, register: Mutex::new(None), rate: Rate::default() }
    }

    /// Its pages.
    pub fn router(self) -> Router {
        door::router(Arc::new(self))
    }

    /// Whether somebody may ask for persons once more in this minute.
    fn rate_allows(&self, who: &str) -> bool {
        self.rate.allows(who)
    }

    /// The contracts in force; read again when there is a newer version.
    async fn register(&self) -> Result<Arc<Register>, ConsoleError> {
        let newest = self.store.register_versions().await?.last().map_or(0, |info| info.version);
        let mut known = self.register.lock().await;
        if let Some((version, register)) = &*known
            && *version == newest
        {
            return Ok(register.clone());
        }
        let found = in_force(&*self.store).await?;
        let register = found.versie.register;
        *known = Some((found.version, register.clone()));
        Ok(register)
    }
}
