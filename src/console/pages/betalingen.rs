//! Payment runs, what goes along with the next one, and one run.

use super::voordracht::pays;
use super::{
    Gemaakt, Paginavraag, Result, Verder, aanbieder_href, betaalvoorstel, blokkades, file, gemeente_href,
    lijstblad, looked,
};
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Vak};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Lijst, naar};
use crate::console::routes::Schrijfwijze;
use crate::console::{Console, shown};
use crate::digest::{Digest, hex};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::payments::pain001::end_to_end_id;
use crate::store::read::console::betaalbaar;
use crate::store::read::{RunPart, run, run_parts};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// Relaties with something to pay that stand on the page; the file has all.
const MOST: usize = 100;

/// All runs, newest first.
pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let columns = [
        ("run", "Betaalrun"),
        ("date", "Betaaldatum"),
        ("made", "Gemaakt"),
        ("entries", "Boekingen"),
        ("amount_cents", "Bedrag"),
    ];
    let mut lijst = Lijst::new("runs", "Betaalruns", &columns);
    lijst.leeg = "Er is nog niets betaald.";
    for run in console.store.payment_runs().await?.iter().rev() {
        lijst.rij(vec![
            naar(run.run.to_string(), format!("/betalingen/{}", run.run)),
            run.datum.into(),
            shown::moment(run.moment).into(),
            run.entries.into(),
            Cents(run.bedrag_cents).into(),
        ]);
    }
    let parts = betaalbaar(&*console.store).await?;
    let total: Cents = parts.iter().map(|part| part.amount).sum();
    let columns = [
        ("aanbieder", "Aanbieder"),
        ("gemeente", "Gemeente"),
        ("entries", "Boekingen"),
        ("amount_cents", "Bedrag"),
    ];
    let mut payable = Lijst::new("betaalbaar", "Gaat mee met de volgende betaalrun", &columns);
    payable.leeg = "Er is niets te betalen.";
    for RunPart { relatie: Relatie { gemeente, aanbieder }, amount, entries } in parts.iter().take(MOST) {
        payable.rij(vec![
            naar(*aanbieder, aanbieder_href(aanbieder.as_str())),
            naar(*gemeente, gemeente_href(gemeente.as_str())),
            (*entries).into(),
            (*amount).into(),
        ]);
    }
    let more = if parts.len() > MOST { format!(" De eerste {MOST} staan hier.") } else { String::new() };
    let sentence = format!(
        "Betaalbaar: {total} over {} relaties.{more}",
        shown::number(i64::try_from(parts.len()).unwrap_or(i64::MAX))
    );
    let mut doors = vec![Vak::from(sentence)];
    if pays(console, asked.wie) {
        doors.push(Vak::from("Maak een betaalvoorstel").deur(betaalvoorstel::HERE));
    }
    doors.push(blokkades::door());
    let blad = Blad::new("Betalingen").met(Bladdeel::Zinnen("", doors)).met(Bladdeel::Tabel(payable));
    lijstblad(asked, console.clock.now(), blad, ("/betalingen", "betalingen"), lijst, Verder::default())
}

/// How far the transfer of each relatie is; nothing where the console only shows.
async fn stands(console: &Console, run: i64) -> Result<BTreeMap<Relatie, &'static str>> {
    let Some(office) = &console.office else { return Ok(BTreeMap::new()) };
    let Some(betaling) = office.settings().betaling.clone() else { return Ok(BTreeMap::new()) };
    let told = office.transfers_of(run, &betaling).await?;
    Ok(told.into_iter().map(|(transfer, stand)| (transfer.relatie, stand.in_words())).collect())
}

/// A file of a run as a door; that for the bank with the digest that the bank shows.
fn named(run: i64, name: &str, bytes: &[u8]) -> Vak {
    let is_order = Path::new(name).extension().is_some_and(|kind| kind == "xml");
    let digest: Digest = Sha256::digest(bytes).into();
    let digest = if is_order { format!(", SHA-256 {}", hex(&digest)) } else { String::new() };
    Vak::from(format!("{name} ({} bytes{digest})", bytes.len()))
        .deur(format!("/betalingen/{run}/bestand/{name}"))
}

/// A file of a run, to be kept. That somebody took it stands in the log.
pub async fn download(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let (number, name) = (asked.nummer(0)?, asked.deel(1));
    let files = console.store.payment_files(number).await?;
    let (name, bytes) = files.into_iter().find(|(known, _)| known == name).ok_or(ConsoleError::Missing)?;
    looked(console, asked.wie, "betaalbestand", name.clone(), String::new()).await?;
    Ok(Gemaakt::Bestand(Webantwoord::file("application/octet-stream", &name, bytes)))
}

/// One run, by relatie.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let number = asked.nummer(0)?;
    let store = &*console.store;
    let found = run(store, number).await?.ok_or(ConsoleError::Missing)?;
    let columns = [
        ("aanbieder", "Aanbieder"),
        ("gemeente", "Gemeente"),
        ("entries", "Boekingen"),
        ("amount_cents", "Bedrag"),
        ("reference", "Kenmerk op het afschrift"),
        ("state", "Stand"),
    ];
    let stands = stands(console, number).await?;
    let mut lijst = Lijst::new("delen", "Per aanbieder en gemeente", &columns);
    let mut total = Cents::ZERO;
    for part in run_parts(store, number).await? {
        let Relatie { gemeente, aanbieder } = part.relatie;
        total += part.amount;
        lijst.rij(vec![
            naar(aanbieder, aanbieder_href(aanbieder.as_str())),
            naar(gemeente, gemeente_href(gemeente.as_str())),
            part.entries.into(),
            part.amount.into(),
            end_to_end_id(number, aanbieder, gemeente).into(),
            stands.get(&part.relatie).copied().unwrap_or_default().into(),
        ]);
    }
    if asked.vorm != Schrijfwijze::Html {
        return file(asked.vorm, "betaalrun", found.made, vec![lijst]);
    }
    let files = store.payment_files(number).await?;
    let names: Vec<Vak> = files.iter().map(|(name, bytes)| named(number, name, bytes)).collect();
    let facts = vec![
        ("Betaaldatum", Vak::from(shown::day(found.day))),
        ("Gemaakt", Vak::from(shown::moment(found.made))),
        ("Bedrag", Vak::from(total.to_string())),
    ];
    let blad = Blad::new(&format!("Betaalrun {number}")).onder("/betalingen", "Betalingen");
    let blad = blad.met(Bladdeel::Feiten("", facts)).met(Bladdeel::Zinnen("Bestanden", names));
    let verder = Verder::default();
    lijstblad(asked, found.made, blad, (&format!("/betalingen/{number}"), "betaalrun"), lijst, verder)
}
