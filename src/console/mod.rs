//! The console: pages in Dutch for who watches over messages, money and terms. HTML from the server, readable without
//! script; every list is its address, and its exports are the same address with another ending. What people decide is carried out by
//! the office, after a page that says what will follow.
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
mod hervat;
mod lijst;
mod login;
mod oidc;
mod pages;
mod path;
mod persons;
mod rate;
mod roles;
pub mod routes;
mod session;
mod shown;
mod upload;
mod view;

use crate::clock::Clock;
use crate::codes::AgbCode;
use crate::contracts::Register;
use crate::messages::{BerichtSoort, Partij};
use crate::office::Office;
use crate::office::register::in_force;
use crate::store::Store;
use axum::Router;
pub use error::ConsoleError;
pub use oidc::{Inlogdiensten, LoginError};
use rate::{ALL_LOGINS, LOGINS, LOOKS, Rate, TRIALS};
pub use roles::{Rolsoort, Toegangsrol};
use session::Koekjes;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Says of something that left whether it still lies where its receiver takes it.
pub type Ligt = dyn Fn(Partij, i64, BerichtSoort) -> Option<bool> + Send + Sync;

/// How people log in.
pub enum Login {
    /// By choosing a name and a role, from this machine alone.
    Ontwikkeling,
    /// With an identity provider.
    Oidc(Inlogdiensten),
}

impl Login {
    /// How browsers keep what we give them.
    fn koekjes(&self) -> Koekjes {
        match self {
            Self::Ontwikkeling => Koekjes { tls: false, lax: false },
            Self::Oidc(diensten) => Koekjes { tls: diensten.url.starts_with("https://"), lax: true },
        }
    }
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
    /// Who carries out what people decide; none where the console only shows.
    pub office: Option<Office>,
    register: Mutex<Option<(i64, Arc<Register>)>>,
    looks: Rate,
    logins: Rate,
    trials: Rate,
    /// One message at a time is tried.
    trying: Mutex<()>,
}

impl Console {
    /// A console over a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Clock, lies: Box<Ligt>, login: Login) -> Self {
        let [looks, logins, trials] = [(); 3].map(|()| Rate::default());
        let (register, trying) = (Mutex::new(None), Mutex::new(()));
        Self { store, clock, lies, login, office: None, register, looks, logins, trials, trying }
    }

    /// With an office that carries out what people decide.
    #[must_use]
    pub fn deciding(mut self, office: Office) -> Self {
        self.office = Some(office);
        self
    }

    /// The office, for a decision by the rules of this program.
    async fn office(&self) -> Result<&Office, ConsoleError> {
        let office = self.office.as_ref().ok_or(ConsoleError::Missing)?;
        office.begin().await?;
        Ok(office)
    }

    /// Its pages.
    pub fn router(self) -> Router {
        door::router(Arc::new(self))
    }

    /// Whether somebody may ask for persons once more in this minute.
    fn rate_allows(&self, who: &str) -> bool {
        self.looks.allows(who, LOOKS)
    }

    /// Whether an aanbieder may try one more message in this minute, whoever does it there.
    fn trial_allows(&self, aanbieder: AgbCode) -> bool {
        self.trials.allows(aanbieder.as_str(), TRIALS)
    }

    /// Whether logging in may be tried once more in this minute from an address.
    fn login_allows(&self, from: Option<IpAddr>) -> bool {
        let from = match from {
            // Whoever has one of these has all that begin so.
            Some(IpAddr::V6(address)) => format!("{:?}", &address.segments()[..4]),
            Some(address) => address.to_string(),
            None => String::new(),
        };
        self.logins.allows(&from, LOGINS) && self.logins.allows("overal", ALL_LOGINS)
    }

    /// The contracts in force; read again when there is a newer version.
    async fn register(&self) -> Result<Arc<Register>, ConsoleError> {
        // What the office has read lies in memory once.
        if let Some(office) = &self.office {
            return Ok(office.register().await?.versie.register);
        }
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
