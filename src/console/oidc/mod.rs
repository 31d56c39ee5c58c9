//! Logging in with an identity provider: OpenID Connect, the code flow with PKCE. Each provider has addresses of its own
//! (`/inloggen/NAAM`, `/terug/NAAM`), so that none can answer for another. What belongs to an attempt (state, nonce,
//! verifier) stays here, good for one time; the browser has something that shows that it began the attempt.

mod dienst;
mod error;
mod handtekening;
mod token;

use super::Console;
use super::answer::Webantwoord;
use super::error::ConsoleError;
use super::session::{Koekjes, digest, secret};
use super::{login, path};
use crate::clock::Clock;
use crate::config::{ConfigError, ConsoleInstelling, Environment, Rolregel};
use crate::store::console::{Bewaren, Inlogpoging};
use crate::store::read;
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use dienst::Dienst;
pub use error::LoginError;
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// The name under which the browser keeps what shows that it began an attempt.
const COOKIE: &str = "happyflow-inloggen";
/// An attempt is good for so long.
const ATTEMPT: TimeDelta = TimeDelta::minutes(10);
/// Most bytes of what a provider sends somebody back with.
const BACK_BYTES: usize = 8 * 1024;

/// The identity providers of an installation.
pub struct Inlogdiensten {
    /// The address that people open.
    pub url: String,
    /// Who passes requests on.
    pub proxies: Vec<IpAddr>,
    diensten: Vec<Dienst>,
}

/// How a provider gives roles, for who looks whether that is right.
pub struct Rolverdeling<'a> {
    pub naam: &'a str,
    pub issuer: &'a str,
    pub rol_claim: &'a str,
    pub partij_claim: Option<&'a str>,
    pub regels: &'a [Rolregel],
}

impl Inlogdiensten {
    /// Those of the settings; nothing is asked of them yet.
    pub fn new(instelling: &ConsoleInstelling, environment: &Environment) -> Result<Self, ConfigError> {
        handtekening::install();
        let diensten = instelling.inlogdiensten.iter();
        let diensten = diensten.map(|(key, dienst)| Dienst::new(key, dienst, environment));
        Ok(Self {
            url: instelling.url.clone().unwrap_or_default(),
            proxies: instelling.proxies.clone(),
            diensten: diensten.collect::<Result<_, _>>()?,
        })
    }

    /// Name in the address and name for people of each.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.diensten.iter().map(|dienst| (dienst.key.as_str(), dienst.instelling.naam.as_str()))
    }

    /// Who gets which role.
    pub fn rollen(&self) -> impl Iterator<Item = Rolverdeling<'_>> {
        self.diensten.iter().map(|Dienst { instelling, .. }| Rolverdeling {
            naam: &instelling.naam,
            issuer: &instelling.issuer,
            rol_claim: &instelling.rol_claim,
            partij_claim: instelling.partij_claim.as_deref(),
            regels: &instelling.rollen,
        })
    }

    /// Whether each answers and tells of itself what it must; by its name.
    pub async fn answer(&self) -> Vec<(&str, bool)> {
        let mut told = Vec::new();
        for dienst in &self.diensten {
            told.push((dienst.key.as_str(), dienst.bekend().await.is_ok()));
        }
        told
    }

    fn find(&self, key: &str) -> Result<&Dienst, ConsoleError> {
        self.diensten.iter().find(|dienst| dienst.key == key).ok_or(ConsoleError::Missing)
    }

    fn redirect_uri(&self, dienst: &Dienst) -> String {
        format!("{}/terug/{}", self.url, dienst.key)
    }
}

/// Sends somebody to a provider.
pub async fn begin(
    console: &Console,
    (diensten, koekjes): (&Inlogdiensten, Koekjes),
    key: &str,
    verder: &str,
) -> Result<Webantwoord, ConsoleError> {
    let dienst = diensten.find(key)?;
    let bekend = dienst.bekend().await?;
    let ((state, sleutel), (browser, its)) = (secret()?, secret()?);
    let ((nonce, _), (verifier, _)) = (secret()?, secret()?);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let (redirect_uri, scopes) = (diensten.redirect_uri(dienst), dienst.instelling.scopes.join(" "));
    let acr = dienst.instelling.acr.join(" ");
    let asked = [
        ("response_type", "code"),
        ("client_id", dienst.instelling.client_id.as_str()),
        ("redirect_uri", redirect_uri.as_str()),
        ("scope", scopes.as_str()),
        ("state", state.as_str()),
        ("nonce", nonce.as_str()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("acr_values", acr.as_str()),
    ];
    let mut address = reqwest::Url::parse(&bekend.authorization_endpoint).map_err(|_| LoginError::Silent)?;
    address.query_pairs_mut().extend_pairs(asked.iter().filter(|(_, value)| !value.is_empty()));
    let now = Clock::System.now();
    let poging = Inlogpoging {
        sleutel,
        browser: its,
        dienst: dienst.key.clone(),
        nonce,
        verifier,
        naar: path::own(verder).to_owned(),
        gemaakt: now,
    };
    console.store.keep(Bewaren::Poging(poging, now - ATTEMPT)).await?;
    let cookie = koekjes.set(COOKIE, &browser, ATTEMPT.num_seconds());
    Ok(Webantwoord::to(address.as_str()).cookie(cookie))
}

/// What a provider sends somebody back with.
#[derive(Default)]
struct Terug {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: bool,
}

impl Terug {
    /// Reads what stands behind the question mark; none when something stands there twice.
    fn read(query: &str) -> Option<Self> {
        let mut terug = Self::default();
        if query.len() > BACK_BYTES {
            return None;
        }
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "state" => &mut terug.state,
                "code" => &mut terug.code,
                "iss" => &mut terug.iss,
                "error" => {
                    terug.error = true;
                    continue;
                }
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        Some(terug)
    }
}

/// Takes somebody in whom a provider sends back.
pub async fn back(
    console: &Console,
    (diensten, koekjes): (&Inlogdiensten, Koekjes),
    (key, query): (&str, &str),
    headers: &HeaderMap,
    herkomst: &str,
) -> Result<Webantwoord, ConsoleError> {
    let dienst = diensten.find(key)?;
    let terug = Terug::read(query).ok_or(LoginError::Attempt)?;
    let poging = taken(console, &dienst.key, &terug, koekjes.read(headers, COOKIE)).await?;
    if terug.error {
        return Err(LoginError::Refused.into());
    }
    let bekend = dienst.bekend().await?;
    let told = terug.iss.as_ref();
    if told.is_some_and(|iss| *iss != dienst.instelling.issuer)
        || (told.is_none() && bekend.authorization_response_iss_parameter_supported)
    {
        return Err(dienst.untrusted("iss").into());
    }
    let code = terug.code.as_deref().filter(|code| !code.is_empty()).ok_or(LoginError::Attempt)?;
    let redirect_uri = diensten.redirect_uri(dienst);
    let token = dienst.exchange(&bekend, (code, &redirect_uri, &poging.verifier)).await?;
    let claims = dienst.claims(&bekend, &token, &poging.nonce).await?;
    let naam = token::name_of(&claims, &dienst.instelling, &dienst.key);
    let Some(rol) = token::role_of(&claims, &dienst.instelling) else {
        super::pages::wrote(console, (&naam, "geen", herkomst), "niet binnengelaten", "console", "").await?;
        return Err(LoginError::NoRole.into());
    };
    let account = token::account_of(&claims, &dienst.instelling.issuer);
    let answer = login::enter(console, headers, (&naam, &account, rol, herkomst), &poging.naar).await?;
    Ok(answer.cookie(koekjes.set(COOKIE, "", 0)))
}

/// The attempt that somebody comes back of: it is over then, whatever comes of it.
async fn taken(
    console: &Console,
    key: &str,
    terug: &Terug,
    browser: Option<&str>,
) -> Result<Inlogpoging, ConsoleError> {
    let (Some(state), Some(browser)) = (&terug.state, browser) else {
        return Err(LoginError::Attempt.into());
    };
    let (sleutel, browser) = (digest(state), digest(browser));
    let store = &*console.store;
    let found = read::console::inlogpoging(store, sleutel).await?;
    let since = Clock::System.now() - ATTEMPT;
    let own = Bewaren::PogingGedaan { sleutel, browser, dienst: key.to_owned(), since };
    match (store.keep(own).await?, found) {
        (1, Some(poging)) => Ok(poging),
        _ => Err(LoginError::Attempt.into()),
    }
}
