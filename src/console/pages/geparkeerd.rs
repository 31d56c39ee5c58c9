//! Messages that were set aside: all of them, and one with what can be done about it.

use super::besluit::{decides, reasoned};
use super::stand::{answers, opzoeken, story};
use super::{Gemaakt, Paginavraag, Result, Verder, lijstblad};
use crate::console::Console;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Vak};
use crate::console::error::ConsoleError;
use crate::console::forms;
use crate::console::lijst::{Lijst, naar};
use crate::console::path;
use crate::console::shown;
use crate::messages::BerichtSoort;
use crate::report::Cell;
use crate::store::ParkedMessage;
use crate::store::read::message;

/// Messages that were set aside.
pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["na", "voor"])?;
    let at = if decides(console, asked.wie) { "/geparkeerd" } else { "/berichten" };
    let columns = [
        ("arrival", "Aankomst"),
        ("received", "Ontvangen"),
        ("parked", "Geparkeerd"),
        ("message", "Bericht"),
        ("sender", "Afzender"),
        ("name", "Bestand"),
        ("reason", "Waarom"),
    ];
    let mut lijst = Lijst::new("geparkeerd", "Geparkeerde berichten", &columns);
    lijst.leeg = "Er is niets geparkeerd.";
    let (rows, all) = (asked.rows(), console.store.parked().await?);
    let (part, count) = (asked.by_place()?, i64::try_from(all.len()).unwrap_or(i64::MAX));
    let verder = Verder::by_place(&part, part.start > 0, count > part.end);
    let how_many = format!("{} geparkeerd, oudste eerst.", shown::number(count));
    for message in all.into_iter().skip(usize::try_from(part.start).unwrap_or(usize::MAX)).take(rows) {
        lijst.rij(vec![
            naar(message.arrival.to_string(), format!("{at}/{}", message.arrival)),
            shown::moment(message.received).into(),
            shown::moment(message.parked).into(),
            message.soort.map_or("onbekend", BerichtSoort::name).into(),
            message.channel.map_or(Cell::Empty, |sender| sender.to_string().into()).into(),
            message.name.into(),
            message.reason.into(),
        ]);
    }
    let blad = Blad::new("Geparkeerd").met(Bladdeel::Zinnen("", vec![Vak::from(how_many)]));
    lijstblad(asked, console.clock.now(), blad, ("/geparkeerd", "geparkeerd"), lijst, verder)
}

/// What can be done with one, by the address and in words.
const DOEN: [(&str, &str, &str); 2] = [
    (
        "opnieuw",
        "Opnieuw beoordelen",
        "Het bericht wordt nu beoordeeld als elk ander; wat daaruit volgt gaat naar de afzender.",
    ),
    (
        "vervallen",
        "Laten vervallen",
        "Het bericht wordt nooit meer beoordeeld. De afzender krijgt geen antwoord.",
    ),
];

/// One of them with what can be done; the form of one of these; or what the form asks.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["doe"])?;
    let arrival = asked.nummer(0)?;
    let parse = |text: &str| DOEN.into_iter().find(|(doe, ..)| *doe == text);
    let chosen = asked.filter.parsed("doe", parse, "dit kan met een geparkeerd bericht niet")?;
    if let Some(form) = &asked.form {
        let (doe, ..) = chosen.ok_or(ConsoleError::Missing)?;
        let person = form.person(asked.wie)?;
        forms::take(&*console.store, Some(asked.wie), form).await?;
        let office = console.office().await?;
        if doe == "opnieuw" {
            office.retry(arrival, person).await?;
        } else {
            office.discard(arrival, person).await?;
        }
        return Ok(Gemaakt::Bestand(Webantwoord::to(&format!("/geparkeerd/{arrival}"))));
    }
    let parked = console.store.parked().await?;
    let Some(message) = parked.iter().find(|message| message.arrival == arrival) else {
        return Ok(decided(console, asked, arrival).await?.into());
    };
    let mut blad = Blad::new(&format!("Geparkeerd bericht {arrival}")).onder("/geparkeerd", "Geparkeerd");
    blad.oordeel = Some((Ernst::Let, message.reason.clone()));
    let blad = blad.met(facts(message));
    let at = |doe: &str| path::with(&format!("/geparkeerd/{arrival}"), &[("doe", doe)]);
    if let Some((doe, knop, gevolg)) = chosen {
        let form = reasoned(console, asked.wie, at(doe), knop, gevolg.to_owned()).await?;
        return Ok(blad.met(Bladdeel::Formulier(knop, form)).into());
    }
    let doors = DOEN.iter().map(|(doe, knop, _)| Vak::from(*knop).deur(at(doe))).collect();
    Ok(blad.met(Bladdeel::Zinnen("Wat u kunt doen", doors)).into())
}

/// What became of a message that is parked no more.
async fn decided(console: &Console, asked: &Paginavraag<'_>, arrival: i64) -> Result<Blad> {
    let register = console.register().await?;
    let stand = opzoeken(console, &register, asked.wie).bericht(arrival).await?;
    let stand = stand.ok_or(ConsoleError::Missing)?;
    let judged = message(&*console.store, arrival).await?.and_then(|message| message.judged);
    let mut blad = Blad::new(&format!("Bericht {arrival}")).onder("/geparkeerd", "Geparkeerd");
    let ernst = if judged.is_some() { Ernst::Goed } else { Ernst::Gewoon };
    blad.oordeel = Some((ernst, format!("Dit bericht is niet geparkeerd: {}.", stand.state)));
    let door = Vak::from("Het bericht, met wat eruit volgde").deur(format!("/berichten/{arrival}"));
    let others = Vak::from("De andere geparkeerde berichten").deur("/geparkeerd");
    let mut blad = blad.met(story(&stand));
    blad.delen.extend(answers(&stand, asked.wie));
    Ok(blad.met(Bladdeel::Zinnen("Verder", vec![door, others])))
}

fn facts(message: &ParkedMessage) -> Bladdeel {
    let sender = message.channel.map_or_else(|| "eigen bestand".to_owned(), |sender| sender.to_string());
    let kind = message.soort.map_or("onbekend", BerichtSoort::name);
    let shown_at = format!("/berichten/{}", message.arrival);
    Bladdeel::Feiten(
        "",
        vec![
            ("Bericht", Vak::from(kind).deur(shown_at)),
            ("Afzender", Vak::from(sender)),
            ("Ontvangen", Vak::from(shown::moment(message.received))),
            ("Geparkeerd", Vak::from(shown::moment(message.parked))),
        ],
    )
}
