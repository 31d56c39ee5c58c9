//! Logging in and out: with an identity provider ([`oidc`](super::oidc)), or for development by choosing a name and a role
//! ([`ontwikkeling`]).

pub mod ontwikkeling;

use super::answer::Webantwoord;
use super::blad::{Blad, Bladdeel, Formulier, Vak};
use super::error::ConsoleError;
use super::forms::{self, Ingevuld};
use super::roles::{Toegangsrol, Wie};
use super::{Console, Inlogdiensten, pages, path, session};
use axum::http::HeaderMap;

/// Longest address that somebody is sent on to afterwards, in bytes.
const LONGEST: usize = 1_024;

/// Where to go afterwards, as the address says.
pub fn verder(query: &str) -> String {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let found = pairs.find(|(name, _)| name == "naar").map(|(_, value)| value.into_owned());
    let found = found.filter(|address| address.len() <= LONGEST).unwrap_or_default();
    path::own(&found).to_owned()
}

/// The page to choose an identity provider at.
pub fn choice(diensten: &Inlogdiensten, verder: &str) -> Blad {
    let doors = diensten.names().map(|(key, naam)| {
        let address = path::with(&format!("/inloggen/{key}"), &[("naar", verder)]);
        Vak::new(&format!("Inloggen met {naam}")).deur(address)
    });
    Blad::new("Inloggen").met(Bladdeel::Zinnen("", doors.collect()))
}

/// Takes in somebody whose name, account and role are known.
pub async fn enter(
    console: &Console,
    headers: &HeaderMap,
    (naam, account, rol, herkomst): (&str, &str, Toegangsrol, &str),
    verder: &str,
) -> Result<Webantwoord, ConsoleError> {
    let koekjes = console.login.koekjes();
    let cookie = session::begin(&*console.store, koekjes, headers, (naam, account), rol).await?;
    pages::wrote(console, (naam, &rol.shown(), herkomst), "ingelogd", "console", "").await?;
    Ok(Webantwoord::to(path::own(verder)).cookie(cookie))
}

/// The page to log out at.
pub async fn leave_page(console: &Console, wie: &Wie) -> Result<Blad, ConsoleError> {
    let sleutel = forms::give(&*console.store, Some(wie)).await?;
    let form = Formulier {
        naar: "/uitloggen".to_owned(),
        velden: Vec::new(),
        knop: "Uitloggen",
        sleutel: Some(sleutel),
        mee: Vec::new(),
        gevolg: "Uw sessie eindigt, ook in andere vensters van deze browser. Bij een inlogdienst blijft u ingelogd."
            .to_owned(),
    };
    Ok(Blad::new("Uitloggen").met(Bladdeel::Formulier("", form)))
}

/// Logs out.
pub async fn leave(console: &Console, wie: &Wie, form: &Ingevuld) -> Result<Webantwoord, ConsoleError> {
    forms::take(&*console.store, Some(wie), form).await?;
    let gone = session::end(&*console.store, console.login.koekjes(), wie).await?;
    Ok(Webantwoord::to("/inloggen").cookie(gone))
}
