//! Persons: shown when somebody asks with a reason, and every look is written down before anything is shown.

use super::bericht::{number, shown_source};
use super::toewijzingen::{key, row, table};
use super::{Paginavraag, Result, looked};
use crate::codes::Bsn;
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak, Veld};
use crate::console::error::ConsoleError;
use crate::console::forms::{self, Ingevuld};
use crate::console::shown;
use crate::digest::hex;
use crate::state::FactKeys;
use crate::store::read::console::{Toewijzingrij, toewijzingen_of};

/// Most assignments of one client on the page.
const MOST: i64 = 100;
const REASON: &str = "Waarom u dit bekijkt; het staat in het log, met uw naam.";
const GIVE_REASON: &str = "Vul een reden in van ten minste vijf tekens.";

/// What was filled in, once: the reason, after it was counted how often this is done.
async fn reason(console: &Console, asked: &Paginavraag<'_>, form: &Ingevuld) -> Result<Option<String>> {
    let who = hex(&asked.wie.sessie[..8]);
    if !console.rate_allows(&who) {
        return Err(ConsoleError::Often);
    }
    forms::take(&*console.store, Some(asked.wie), form).await?;
    // The number of a person is no reason, and does not belong in the log.
    let reason = shown::plain(&form.text("reden"));
    Ok((reason.chars().count() >= 5).then_some(reason))
}

async fn ask(
    console: &Console,
    asked: &Paginavraag<'_>,
    (titel, naar): (&str, String),
    more: Vec<Veld>,
    wrong: Option<&str>,
) -> Result<Blad> {
    let sleutel = forms::give(&*console.store, Some(asked.wie)).await?;
    let reden = Veld { nodig: true, uitleg: REASON, ..Veld::tekst("reden", "Reden", "") };
    let velden = more.into_iter().chain([reden]).collect();
    let gevolg =
        "U ziet persoonsgegevens. Dat u kijkt wordt vastgelegd: wie, wanneer, waarnaar en waarom.".to_owned();
    let form = Formulier { naar, velden, knop: "Toon", sleutel: Some(sleutel), mee: Vec::new(), gevolg };
    let mut blad = Blad::new(titel);
    blad.oordeel = wrong.map(|wrong| (Ernst::Fout, wrong.to_owned()));
    Ok(blad.met(Bladdeel::Formulier("", form)))
}

/// A message with the persons in it.
pub async fn bericht(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&["deel"])?;
    let arrival = number(console, asked).await?;
    let titel = format!("Persoonsgegevens in bericht {arrival}");
    let address = format!("/berichten/{arrival}/tonen");
    let naar =
        crate::console::path::with(&address, &[("deel", asked.filter.text("deel").unwrap_or_default())]);
    let Some(form) = &asked.form else { return ask(console, asked, (&titel, naar), Vec::new(), None).await };
    let Some(reason) = reason(console, asked, form).await? else {
        return ask(console, asked, (&titel, naar), Vec::new(), Some(GIVE_REASON)).await;
    };
    looked(console, asked.wie, "getoond", format!("bericht {arrival}"), reason).await?;
    let bytes = console.store.received(arrival).await?.ok_or(ConsoleError::Missing)?;
    let back = Vak::new("Terug naar het bericht").deur(format!("/berichten/{arrival}"));
    let blad = Blad::new(&titel).onder("/berichten", "Berichten").met(Bladdeel::Zinnen("", vec![back]));
    shown_source(asked, blad, &bytes, &[], &address, false)
}

/// The client of an assignment.
pub async fn toewijzing(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let (gemeente, nummer) = key(console, asked).await?;
    let titel = format!("Jeugdige van toewijzing {nummer}");
    let naar = format!("/toewijzingen/{gemeente}/{nummer}/tonen");
    let Some(form) = &asked.form else { return ask(console, asked, (&titel, naar), Vec::new(), None).await };
    let Some(reason) = reason(console, asked, form).await? else {
        return ask(console, asked, (&titel, naar), Vec::new(), Some(GIVE_REASON)).await;
    };
    looked(console, asked.wie, "getoond", format!("toewijzing {gemeente}/{nummer}"), reason).await?;
    let keys = FactKeys { toewijzingen: vec![(gemeente, nummer)], ..FactKeys::default() };
    let known = console.store.facts(&keys).await?;
    let found = known.toewijzingen.get(&(gemeente, nummer)).ok_or(ConsoleError::Missing)?;
    let bsn = found.bsn;
    let register = console.register().await?;
    let mut facts = vec![("BSN", person(bsn.as_str()))];
    if let Some(client) = register.client(gemeente, bsn) {
        facts.extend(client.geslachtsnaam.as_ref().map(|naam| ("Achternaam", person(&naam.0))));
        facts.extend(client.geboortedatum.as_ref().map(|day| ("Geboren", Vak::from(shown::day(day.0)))));
    } else {
        facts
            .push(("Naam", Vak::new("Staat in de berichten: open een bericht en toon de persoonsgegevens.")));
    }
    let door = Vak::new("Terug naar de toewijzing").deur(format!("/toewijzingen/{gemeente}/{nummer}"));
    let blad = Blad::new(&titel).met(Bladdeel::Zinnen("", vec![door])).met(Bladdeel::Feiten("", facts));
    let all = toewijzingen_of(&*console.store, &asked.bereik(), bsn, MOST).await?;
    let mut lijst = table("Alle toewijzingen van deze jeugdige");
    for rij in &all {
        let (cells, balk) = row(rij);
        lijst.rij_met_balk(cells, balk);
    }
    Ok(blad.met(Bladdeel::Tabel(lijst)))
}

/// What is of a person, as it is: masking is for everything else.
fn person(text: &str) -> Vak {
    Vak { tekst: shown::straight(text), ..Vak::default() }
}

/// Assignments by the number of a person.
pub async fn zoek(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let field = || Veld { nodig: true, ..Veld::tekst("bsn", "BSN", "") };
    let titel = ("Zoeken op BSN", "/zoek/bsn".to_owned());
    let Some(form) = &asked.form else { return ask(console, asked, titel, vec![field()], None).await };
    let Some(reason) = reason(console, asked, form).await? else {
        return ask(console, asked, titel, vec![field()], Some(GIVE_REASON)).await;
    };
    let digits: String = form.text("bsn").chars().filter(char::is_ascii_digit).collect();
    let Some(bsn) = Bsn::parse(&format!("{digits:0>9}")).ok().filter(Bsn::passes_elfproef) else {
        let wrong = "Dat is geen BSN: het heeft negen cijfers en voldoet aan de elfproef.";
        return ask(console, asked, titel, vec![field()], Some(wrong)).await;
    };
    let all = toewijzingen_of(&*console.store, &asked.bereik(), bsn, MOST).await?;
    let about = |rij: &Toewijzingrij| format!("toewijzing {}/{}", rij.relatie.gemeente, rij.nummer);
    let mut about: Vec<String> = all.iter().map(about).collect();
    if about.is_empty() {
        about.push("onbekende jeugdige".to_owned());
    }
    for one in about {
        looked(console, asked.wie, "gezocht op BSN", one, reason.clone()).await?;
    }
    let mut lijst = table("Toewijzingen van deze jeugdige");
    lijst.leeg = "Van deze jeugdige is hier geen toewijzing bekend.";
    for rij in &all {
        let (cells, balk) = row(rij);
        lijst.rij_met_balk(cells, balk);
    }
    Ok(Blad::new("Gevonden op BSN").onder("/zoek", "Zoeken").met(Bladdeel::Tabel(lijst)))
}
