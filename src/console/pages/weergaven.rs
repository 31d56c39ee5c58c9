//! Named views: lists of which somebody kept the address under a name. A view is an address and nothing more, so whoever
//! opens it sees what belongs to the role of that moment.

use super::{Gemaakt, Paginavraag, Result};
use crate::codes::Bsn;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak, Veld, Weergaven};
use crate::console::error::ConsoleError;
use crate::console::filter::Adresfilter;
use crate::console::lijst::{Deur, Lijst, naar};
use crate::console::roles::Wie;
use crate::console::routes::{find, may_see};
use crate::console::{Console, forms, path, shown};
use crate::store::console::{Bewaren, MOST_WEERGAVEN, Weergave};
use crate::store::read::console::weergaven;

/// Where they are.
const HERE: &str = "/beheer/weergaven";
/// Longest name, in characters.
const LONGEST: usize = 40;
/// What stands in the address of this page beside the filter of a list: the list, and a view that is to go.
const LIJST: &str = "lijst";
const WEG: &str = "weg";

/// Views that everybody has: list, name, and filter.
const GIVEN: [(&str, &str, &str); 6] = [
    ("/berichten", "Afgekeurd", "verdict=rejected"),
    ("/berichten", "Deels toegekend", "verdict=partial"),
    ("/berichten", "Wachten op beoordeling", "verdict=open"),
    ("/declaraties", "Vastgehouden", "stand=vastgehouden"),
    ("/toewijzingen", "Lopen vandaag", "stand=loopt"),
    ("/werk", "Te laat", "term=laat"),
];

/// The views of a list, and the door to keep what is shown now.
pub async fn beside(console: &Console, wie: &Wie, pad: &str, filter: &Adresfilter) -> Result<Bladdeel> {
    let shown_now = address(pad, filter);
    let mut deuren: Vec<(Vak, bool)> = Vec::new();
    for (_, naam, query) in GIVEN.iter().filter(|(list, _, _)| *list == pad) {
        let href = format!("{pad}?{query}");
        let here = href == shown_now;
        deuren.push((Vak::new(naam).deur(href), here));
    }
    for own in weergaven(&*console.store, &wie.naam).await? {
        if own.adres.split('?').next() == Some(pad) {
            let here = own.adres == shown_now;
            deuren.push((Vak::new(&own.naam).deur(own.adres), here));
        }
    }
    let query = filter.with(&["na", "voor"], &[(LIJST, pad.trim_start_matches('/'))]);
    let is_new = shown_now != pad && deuren.iter().all(|(_, here)| !here);
    let bewaren = is_new.then(|| format!("{HERE}?{query}"));
    Ok(Bladdeel::Weergaven(Weergaven { deuren, bewaren }))
}

/// The address of a list with its filter, without the place in it.
fn address(pad: &str, filter: &Adresfilter) -> String {
    let query = filter.with(&["na", "voor", LIJST, WEG], &[]);
    if query.is_empty() { pad.to_owned() } else { format!("{pad}?{query}") }
}

/// All of somebody's views; with a form when one is to be kept or to go.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    let mut blad = Blad::new("Weergaven");
    let kept = address_of_list(asked)?;
    if let Some(form) = &asked.form {
        forms::take(&*console.store, Some(asked.wie), form).await?;
        match change(console, asked, kept.as_deref(), &form.text("naam")).await? {
            Ok(()) => return Ok(Gemaakt::Bestand(Webantwoord::to(HERE))),
            Err(wrong) => blad.oordeel = Some((Ernst::Fout, wrong)),
        }
    }
    let own = weergaven(&*console.store, &asked.wie.naam).await?;
    if let Some(adres) = &kept {
        blad = blad.met(Bladdeel::Formulier("Bewaar deze lijst", keep_form(console, asked, adres).await?));
    }
    if let Some(naam) = asked.filter.text(WEG) {
        if !own.iter().any(|it| it.naam == naam) {
            return Err(ConsoleError::Missing);
        }
        blad = blad.met(Bladdeel::Formulier("Haal een weergave weg", drop_form(console, asked, naam).await?));
    }
    let columns = [("name", "Naam"), ("list", "Lijst"), ("drop", "Weg")];
    let mut lijst = Lijst::new("weergaven", "Uw weergaven", &columns);
    lijst.leeg = "U hebt nog geen weergaven. Filter een lijst en kies daar: Bewaar als weergave.";
    for Weergave { naam, adres, .. } in own {
        let drop = path::with(HERE, &[(WEG, &naam)]);
        lijst.rij(vec![
            naar(shown::plain(&naam), adres.clone()),
            shown::plain(&adres).into(),
            Deur("Haal weg".into(), Some(drop)),
        ]);
    }
    Ok(blad.met(Bladdeel::Tabel(lijst)).into())
}

/// The list that is to be kept, as this page was asked for it.
fn address_of_list(asked: &Paginavraag<'_>) -> Result<Option<String>> {
    let Some(lijst) = asked.filter.text(LIJST) else {
        asked.filter.only(&[WEG])?;
        return Ok(None);
    };
    let pad = format!("/{lijst}");
    let is_list = find(&pad).is_some_and(|found| found.route.lijst);
    if !is_list || !may_see(asked.wie.rol.soort(), &pad) {
        return Err(ConsoleError::Missing);
    }
    Ok(Some(address(&pad, &asked.filter)))
}

/// Keeps a view or lets it go; or what is wrong with what was filled in.
async fn change(
    console: &Console,
    asked: &Paginavraag<'_>,
    adres: Option<&str>,
    naam: &str,
) -> Result<std::result::Result<(), String>> {
    let wie = asked.wie.naam.clone();
    if let (None, Some(naam)) = (adres, asked.filter.text(WEG)) {
        console.store.keep(Bewaren::WeergaveWeg { wie, naam: naam.to_owned() }).await?;
        return Ok(Ok(()));
    }
    let adres = adres.ok_or(ConsoleError::Missing)?;
    if naam.is_empty() || naam.chars().count() > LONGEST {
        return Ok(Err(format!("Geef de weergave een naam van hoogstens {LONGEST} tekens.")));
    }
    if [naam, adres].iter().any(|text| Bsn::mask_in(text) != **text) {
        return Ok(Err("Een BSN hoort niet in een naam of een adres: kies iets anders.".to_owned()));
    }
    let weergave = Weergave { wie, naam: naam.to_owned(), adres: adres.to_owned() };
    Ok(match console.store.keep(Bewaren::Weergave(weergave)).await? {
        0 => Err(format!("U hebt al {MOST_WEERGAVEN} weergaven. Haal er eerst een weg.")),
        _ => Ok(()),
    })
}

async fn keep_form(console: &Console, asked: &Paginavraag<'_>, adres: &str) -> Result<Formulier> {
    let naam = asked.form.as_ref().map(|form| form.text("naam")).unwrap_or_default();
    let veld = Veld { nodig: true, ..Veld::tekst("naam", "Naam van de weergave", &naam) };
    Ok(Formulier {
        naar: format!("{HERE}?{}", asked.filter.with(&[], &[])),
        velden: vec![veld],
        knop: "Bewaar",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: format!(
            "De lijst {} staat daarna onder deze naam boven de lijst en hier. Een weergave met dezelfde naam wordt vervangen.",
            shown::plain(adres)
        ),
    })
}

async fn drop_form(console: &Console, asked: &Paginavraag<'_>, naam: &str) -> Result<Formulier> {
    Ok(Formulier {
        naar: path::with(HERE, &[(WEG, naam)]),
        velden: Vec::new(),
        knop: "Haal weg",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: format!("De weergave {} verdwijnt; de lijst zelf blijft.", shown::plain(naam)),
    })
}
