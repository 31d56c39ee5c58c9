//! The answer once more, as it left: the exact bytes, for the one that it was sent to (rulings 8.13). What followed, such
//! as a JW301 or a JW319, is no answer.

use super::bericht::number;
use super::{Gemaakt, Paginavraag, Result, looked};
use crate::console::Console;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak};
use crate::console::error::ConsoleError;
use crate::console::forms;
use crate::digest::hex;
use crate::store::SentMessage;

/// An answer on a message that was sent to who asks.
async fn own(
    console: &Console,
    asked: &Paginavraag<'_>,
    arrival: i64,
    send: i64,
) -> Result<Option<SentMessage>> {
    let Some(eigen) = asked.eigen() else { return Ok(None) };
    let answers = console.store.answers(&[arrival]).await?.into_iter().map(|answer| answer.sent);
    Ok(answers.into_iter().find(|sent| sent.send == send && sent.receiver == eigen))
}

/// Where it is fetched; none for who did not get it.
pub async fn door(
    console: &Console,
    asked: &Paginavraag<'_>,
    arrival: i64,
    send: i64,
) -> Result<Option<Vak>> {
    let door =
        |_| Vak::new("Haal het bestand op").deur(format!("/berichten/{arrival}/antwoord/{send}/bestand"));
    Ok(own(console, asked, arrival, send).await?.map(door))
}

/// The form to fetch it; or the file.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let (arrival, send) = (number(console, asked).await?, asked.nummer(1)?);
    let own = own(console, asked, arrival, send).await?.ok_or(ConsoleError::Missing)?;
    let soort = own.soort.name();
    let mut blad = Blad::new(&format!("{soort} ophalen, zendnummer {send}")).onder("/berichten", "Berichten");
    let back = Vak::new("Terug naar het antwoord").deur(format!("/berichten/{arrival}/antwoord/{send}"));
    blad = blad.met(Bladdeel::Zinnen("", vec![back]));
    if !own.published {
        blad.oordeel = Some((Ernst::Let, "Dit antwoord staat klaar en is nog niet verstuurd.".to_owned()));
        return Ok(blad.into());
    }
    if let Some(form) = &asked.form {
        if !console.rate_allows(&hex(&asked.wie.sessie[..8])) {
            return Err(ConsoleError::Often);
        }
        forms::take(&*console.store, Some(asked.wie), form).await?;
        let left = console.store.sent(send).await?.ok_or(ConsoleError::Missing)?;
        let what = format!("{soort} met zendnummer {send}");
        looked(console, asked.wie, "antwoord opgehaald", what, String::new()).await?;
        let name = format!("{soort}-{send}.xml");
        return Ok(Gemaakt::Bestand(Webantwoord::file("application/xml", &name, left.bytes)));
    }
    let form = Formulier {
        naar: format!("/berichten/{arrival}/antwoord/{send}/bestand"),
        velden: Vec::new(),
        knop: "Haal op",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: "U krijgt het bericht zoals wij het stuurden, byte voor byte, met persoonsgegevens. Dat u het ophaalt wordt \
                 vastgelegd. Er wordt niets opnieuw verstuurd."
            .to_owned(),
    };
    Ok(blad.met(Bladdeel::Formulier("", form)).into())
}
