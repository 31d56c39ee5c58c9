//! Notices about decisions, as their receivers got them.

use super::berichten::block;
use super::{Gemaakt, Paginavraag, Result, Verder, lijstblad};
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Vak, Veld};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Lijst, naar};
use crate::console::shown;
use crate::hub::kennisgeving::KennisgevingBestand;
use crate::messages::Partij;
use crate::store::read::console::{kennisgeving, kennisgevingen};

const HERE: &str = "/kennisgevingen";

/// Whose are asked for; none while nobody was chosen.
fn ontvanger(asked: &Paginavraag<'_>) -> Result<Option<Partij>> {
    let chosen = asked.filter.parsed("ontvanger", Partij::parse, "geef een gemeentecode of een AGB-code")?;
    Ok(asked.eigen().or(chosen))
}

/// Those to one receiver, newest first.
pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    let names: &[&str] = if asked.eigen().is_some() { &["na", "voor"] } else { &["ontvanger", "na", "voor"] };
    asked.filter.only(names)?;
    let columns = [("number", "Kenmerk"), ("date", "Datum"), ("text", "Waarover")];
    let mut lijst = Lijst::new("kennisgevingen", "Kennisgevingen", &columns);
    let mut blad = Blad::new("Kennisgevingen");
    let van = ontvanger(asked)?;
    if asked.eigen().is_none() {
        let woorden = match van {
            Some(van) => format!("Aan {}.", van.as_str()),
            None => "Kies aan wie: een gemeente of een aanbieder.".to_owned(),
        };
        let value = asked.filter.text("ontvanger").unwrap_or_default();
        let velden = vec![Veld::tekst("ontvanger", "Aan (gemeentecode of AGB-code)", value)];
        blad = blad.met(Bladdeel::Filter(block(HERE, &woorden, van.is_some(), velden)));
    }
    let Some(van) = van else {
        lijst.leeg = "Er is nog geen ontvanger gekozen.";
        return lijstblad(
            asked,
            console.clock.now(),
            blad,
            (HERE, "kennisgevingen"),
            lijst,
            Verder::default(),
        );
    };
    lijst.leeg = "Er is niets gemeld.";
    let deel = kennisgevingen(&*console.store, van, (asked.filter.vanaf()?, asked.rows())).await?;
    for told in &deel.rijen {
        let bestand = KennisgevingBestand::of(told);
        let first = bestand.text.lines().next().unwrap_or_default();
        lijst.rij(vec![
            naar(format!("{:012}", told.journal), href(told.journal, van)),
            told.moment.date().into(),
            first.into(),
        ]);
    }
    let verder = Verder {
        first: deel.rijen.first().map(|told| told.journal),
        last: deel.rijen.last().map(|told| told.journal),
        before: deel.ervoor,
        behind: deel.erna,
    };
    lijstblad(asked, console.clock.now(), blad, (HERE, "kennisgevingen"), lijst, verder)
}

fn href(journal: i64, van: Partij) -> String {
    format!("{HERE}/{journal}/{}", van.as_str())
}

/// One of them, in the words in which it left.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let (journal, van) = (asked.nummer(0)?, Partij::parse(asked.deel(1)).ok_or(ConsoleError::Missing)?);
    if asked.eigen().is_some_and(|eigen| eigen != van) {
        return Err(ConsoleError::Missing);
    }
    let told = kennisgeving(&*console.store, van, journal).await?.ok_or(ConsoleError::Missing)?;
    let bestand = KennisgevingBestand::of(&told);
    let mut lines = bestand.text.lines().map(str::trim).filter(|line| !line.is_empty());
    let titel = lines.next().unwrap_or_default().trim_end_matches('.');
    let facts = vec![
        ("Aan", Vak::new(van.as_str())),
        ("Gemeld", Vak::from(shown::moment(told.moment))),
        ("Kenmerk", Vak::from(format!("{journal:012}"))),
    ];
    let blad = Blad::new(titel).onder(HERE, "Kennisgevingen").met(Bladdeel::Feiten("", facts));
    Ok(blad.met(Bladdeel::Zinnen("", lines.map(Vak::new).collect())))
}
