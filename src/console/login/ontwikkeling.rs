//! Logging in for development: a name and a role, chosen. Only from this machine ([`guard`](super::super::guard)).

use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Veld};
use crate::console::error::ConsoleError;
use crate::console::forms::{self, Ingevuld};
use crate::console::roles::{Rolsoort, Toegangsrol};
use crate::console::{Console, path};
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
        naar: path::with("/inloggen", &[("naar", verder)]),
        velden: vec![naam, rol, partij],
        knop: "Inloggen",
        sleutel: Some(sleutel),
        mee: Vec::new(),
        gevolg: "Inloggen voor ontwikkeling en kennismaking: er is geen wachtwoord, en het kan alleen vanaf deze machine."
            .to_owned(),
    };
    let mut blad = Blad::new("Inloggen");
    if let Some(wrong) = wrong {
        blad.oordeel = Some((Ernst::Fout, wrong.to_owned()));
    }
    Ok(blad.met(Bladdeel::Formulier("", form)))
}

/// Logs in; or what is wrong with what was filled in.
pub async fn begin(
    console: &Console,
    (headers, herkomst): (&HeaderMap, &str),
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
    // Whoever types another name is another: there is nothing else to tell people apart by.
    let account = format!("ontwikkeling/{}", naam.to_lowercase());
    super::enter(console, headers, (&naam, &account, rol, herkomst), verder).await.map(Ok)
}
