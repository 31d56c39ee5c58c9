//! Logging in for development: a name and a role, chosen. Only from this machine ([`guard`](super::guard)).

use super::Console;
use super::answer::Webantwoord;
use super::blad::{Blad, Bladdeel, Formulier, Veld};
use super::error::ConsoleError;
use super::forms::{self, Ingevuld};
use super::path;
use super::roles::{Rolsoort, Toegangsrol, Wie};
use super::session;
use axum::http::HeaderMap;

/// The page to log in at, with where to go afterwards.
pub async fn page(
    console: &Console,
    verder: &str,
    wrong: Option<&'static str>,
) -> Result<Blad, ConsoleError> {
    let sleutel = forms::give(&*console.store, None).await?;
    let roles: Vec<(&str, &str)> = Rolsoort::ALL.iter().map(|rol| (rol.as_str(), rol.as_str())).collect();
    let mut partij = Veld::tekst("partij", "Code", "");
    partij.uitleg = "Bij gemeente: de gemeentecode (vier cijfers). Bij aanbieder: de AGB-code (acht cijfers). Anders leeg.";
    let naam = Veld { nodig: true, ..Veld::tekst("naam", "Uw naam", "") };
    let rol = Veld { nodig: true, ..Veld::keuze("rol", "Rol", "operator", &roles) };
    let form = Formulier {
        naar: path::with("/inloggen", &[("naar", path::own(verder))]),
        velden: vec![naam, rol, partij],
        knop: "Inloggen",
        sleutel: Some(sleutel),
        gevolg: "Inloggen voor ontwikkeling en kennismaking: er is geen wachtwoord, en het kan alleen vanaf deze machine."
            .to_owned(),
    };
    let mut blad = Blad::new("Inloggen");
    if let Some(wrong) = wrong {
        blad.oordeel = Some((super::blad::Ernst::Fout, wrong.to_owned()));
    }
    Ok(blad.met(Bladdeel::Formulier("", form)))
}

/// Logs in; or what is wrong with what was filled in.
pub async fn begin(
    console: &Console,
    headers: &HeaderMap,
    form: &Ingevuld,
    verder: &str,
) -> Result<Result<Webantwoord, &'static str>, ConsoleError> {
    forms::take(&*console.store, None, form).await?;
    let naam = form.text("naam");
    if naam.is_empty() {
        return Ok(Err("Vul uw naam in: hij staat bij wat u bekijkt."));
    }
    let partij = form.text("partij");
    let Some(rol) = Toegangsrol::of(&form.text("rol"), Some(&partij)) else {
        return Ok(Err(
            "Rol en code horen niet bij elkaar: alleen een gemeente en een aanbieder hebben een code.",
        ));
    };
    let cookie = session::begin(&*console.store, headers, &naam, rol).await?;
    Ok(Ok(Webantwoord::to(path::own(verder)).cookie(cookie)))
}

/// The page to log out at.
pub async fn leave_page(console: &Console, wie: &Wie) -> Result<Blad, ConsoleError> {
    let sleutel = forms::give(&*console.store, Some(wie)).await?;
    let form = Formulier {
        naar: "/uitloggen".to_owned(),
        velden: Vec::new(),
        knop: "Uitloggen",
        sleutel: Some(sleutel),
        gevolg: "Uw sessie eindigt, ook in andere vensters van deze browser.".to_owned(),
    };
    Ok(Blad::new("Uitloggen").met(Bladdeel::Formulier("", form)))
}

/// Logs out.
pub async fn leave(console: &Console, wie: &Wie, form: &Ingevuld) -> Result<Webantwoord, ConsoleError> {
    forms::take(&*console.store, Some(wie), form).await?;
    Ok(Webantwoord::to("/inloggen").cookie(session::end(&*console.store, wie).await?))
}
