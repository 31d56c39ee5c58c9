//! Pages as HTML. Templates end in `.html`, so what stands in them is escaped.

use super::asset;
use super::blad::{Blad, Bladdeel, Vak};
use super::error::ConsoleError;
use super::roles::Wie;
use super::routes::may_see;
use askama::Template;
use axum::http::StatusCode;

/// A door of the menu.
struct Menu {
    href: &'static str,
    naam: &'static str,
    hier: bool,
}

/// The menu, in order; each sees what belongs to the role.
const MENU: [(&str, &str); 28] = [
    ("/", "Overzicht"),
    ("/berichten", "Berichten"),
    ("/afkeur", "Afkeur"),
    ("/declaraties", "Declaraties"),
    ("/toewijzingen", "Toewijzingen"),
    ("/werk", "Werk"),
    ("/wachtend", "Wachtend"),
    ("/voordrachten", "Voordrachten"),
    ("/termijnen", "Termijnen"),
    ("/geparkeerd", "Geparkeerd"),
    ("/proef", "Proefbericht"),
    ("/brief", "Weekbrief"),
    ("/kennisgevingen", "Kennisgevingen"),
    ("/aanbieders", "Aanbieders"),
    ("/gemeenten", "Gemeenten"),
    ("/contracten", "Contracten"),
    ("/limieten", "Limieten"),
    ("/betalingen", "Betalingen"),
    ("/bank", "Bank"),
    ("/grootboek", "Grootboek"),
    ("/rapporten", "Rapporten"),
    ("/keten", "Keten"),
    ("/meldingen", "Meldingen"),
    ("/vervanging", "Vervanging"),
    ("/toegang", "Toegang"),
    ("/beheer/sessies", "Sessies"),
    ("/beheer/rollen", "Rollen"),
    ("/beheer/weergaven", "Weergaven"),
];

/// Who looks, for the head of a page.
struct Paginakop {
    wie: String,
    rol: String,
    zoekt: bool,
    /// Seconds without use after which the session ends.
    ongebruikt: i64,
    menu: Vec<Menu>,
}

#[derive(Template)]
#[template(path = "blad.html")]
struct Page<'a> {
    stijl: &'static str,
    script: &'static str,
    kop: Option<Paginakop>,
    blad: &'a Blad,
}

#[derive(Template)]
#[template(path = "fout.html")]
struct Failed<'a> {
    stijl: &'static str,
    script: &'static str,
    kop: Option<Paginakop>,
    titel: String,
    zin: String,
    doen: &'static str,
    code: &'a str,
}

fn kop(wie: Option<&Wie>, path: &str) -> Option<Paginakop> {
    let wie = wie?;
    let soort = wie.rol.soort();
    let seen = MENU.iter().filter(|(href, _)| may_see(soort, href));
    let here = |href: &str| if href == "/" { path == "/" } else { path.starts_with(href) };
    let menu = seen.map(|(href, naam)| Menu { href, naam, hier: here(href) }).collect();
    let zoekt = may_see(soort, "/zoek");
    let (naam, ongebruikt) = (super::shown::plain(&wie.naam), super::session::IDLE.num_seconds());
    Some(Paginakop { wie: naam, rol: wie.rol.shown(), zoekt, ongebruikt, menu })
}

/// A page; doors that its reader may not go through are taken off.
pub fn page(blad: &mut Blad, wie: Option<&Wie>, path: &str) -> Result<String, ConsoleError> {
    if let Some(wie) = wie {
        let soort = wie.rol.soort();
        blad.boven = blad.boven.filter(|(href, _)| may_see(soort, href));
        for deel in &mut blad.delen {
            only(deel, &|href| may_see(soort, href));
        }
    }
    let (stijl, script) = (&*asset::STYLE.address, &*asset::SCRIPT.address);
    Ok(Page { stijl, script, kop: kop(wie, path), blad }.render()?)
}

fn only(deel: &mut Bladdeel, may_see: &dyn Fn(&str) -> bool) {
    let close = |vak: &mut Vak| {
        if vak.href.as_deref().is_some_and(|href| !may_see(href)) {
            vak.href = None;
        }
    };
    match deel {
        Bladdeel::Zinnen(_, zinnen) => zinnen.iter_mut().for_each(close),
        Bladdeel::Feiten(_, feiten) => feiten.iter_mut().for_each(|(_, vak)| close(vak)),
        Bladdeel::Kaarten(_, kaarten) => {
            for kaart in kaarten {
                kaart.href = kaart.href.take().filter(|href| may_see(href));
            }
        }
        Bladdeel::Tabel(lijst) => lijst.only(may_see),
        Bladdeel::Weergaven(weergaven) => {
            weergaven.deuren.retain(|(vak, _)| vak.href.as_deref().is_some_and(may_see));
        }
        Bladdeel::Filter(_)
        | Bladdeel::Bladeren(_)
        | Bladdeel::Grafiek(_)
        | Bladdeel::Formulier(..)
        | Bladdeel::Knoppen(..)
        | Bladdeel::Tabblad(..)
        | Bladdeel::Bron(_) => {}
    }
}

/// The page of an error, with its status.
pub fn failed(error: &ConsoleError, wie: Option<&Wie>, path: &str) -> (StatusCode, String) {
    let (status, zin, doen) = error.told();
    let titel = match status {
        StatusCode::NOT_FOUND => "Niet gevonden",
        StatusCode::FORBIDDEN => "Niet voor u",
        status if status.is_server_error() => "Nu niet mogelijk",
        _ => "Dat kan niet",
    };
    let code = error.label();
    let kop = kop(wie, path);
    let (stijl, script) = (&*asset::STYLE.address, &*asset::SCRIPT.address);
    let page = Failed { stijl, script, kop, titel: titel.to_owned(), zin, doen, code };
    (status, page.render().unwrap_or_else(|_| format!("{titel} ({code})")))
}
