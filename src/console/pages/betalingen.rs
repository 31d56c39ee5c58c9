//! Payment runs, what goes along with the next one, and one run.

use super::{Gemaakt, Paginavraag, Result, Verder, aanbieder_href, file, gemeente_href, lijstblad};
use crate::console::blad::{Blad, Bladdeel, Vak};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Lijst, naar};
use crate::console::routes::Schrijfwijze;
use crate::console::{Console, shown};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::store::read::{run, run_parts};
use std::collections::BTreeMap;

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
    let mut sums: BTreeMap<Relatie, (i64, i64)> = BTreeMap::new();
    for entry in console.store.payable().await? {
        let relatie = Relatie { gemeente: entry.boeking.gemeente, aanbieder: entry.boeking.aanbieder };
        let sum = sums.entry(relatie).or_default();
        *sum = (sum.0.saturating_add(entry.boeking.bedrag.0), sum.1 + 1);
    }
    let total = sums.values().fold(0_i64, |sum, (cents, _)| sum.saturating_add(*cents));
    let columns = [
        ("aanbieder", "Aanbieder"),
        ("gemeente", "Gemeente"),
        ("entries", "Boekingen"),
        ("amount_cents", "Bedrag"),
    ];
    let mut payable = Lijst::new("betaalbaar", "Gaat mee met de volgende betaalrun", &columns);
    payable.leeg = "Er is niets te betalen.";
    for (relatie, (cents, entries)) in sums.iter().take(MOST) {
        payable.rij(vec![
            naar(relatie.aanbieder, aanbieder_href(relatie.aanbieder.as_str())),
            naar(relatie.gemeente, gemeente_href(relatie.gemeente.as_str())),
            (*entries).into(),
            Cents(*cents).into(),
        ]);
    }
    let more = if sums.len() > MOST { format!(" De eerste {MOST} staan hier.") } else { String::new() };
    let sentence = format!(
        "Betaalbaar: {} over {} relaties.{more}",
        Cents(total),
        shown::number(i64::try_from(sums.len()).unwrap_or(i64::MAX))
    );
    let blad = Blad::new("Betalingen")
        .met(Bladdeel::Zinnen("", vec![Vak::from(sentence)]))
        .met(Bladdeel::Tabel(payable));
    lijstblad(asked, console.clock.now(), blad, ("/betalingen", "betalingen"), lijst, Verder::default())
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
    ];
    let mut lijst = Lijst::new("delen", "Per aanbieder en gemeente", &columns);
    let mut total = 0_i64;
    for part in run_parts(store, number).await? {
        let Relatie { gemeente, aanbieder } = part.relatie;
        total = total.saturating_add(part.amount.0);
        lijst.rij(vec![
            naar(aanbieder, aanbieder_href(aanbieder.as_str())),
            naar(gemeente, gemeente_href(gemeente.as_str())),
            part.entries.into(),
            part.amount.into(),
            format!("RUN-{number}-{aanbieder}-{gemeente}").into(),
        ]);
    }
    if asked.vorm != Schrijfwijze::Html {
        return file(asked.vorm, "betaalrun", found.made, vec![lijst]);
    }
    let files = store.payment_files(number).await?;
    let names: Vec<Vak> =
        files.iter().map(|(name, bytes)| Vak::from(format!("{name} ({} bytes)", bytes.len()))).collect();
    let facts = vec![
        ("Betaaldatum", Vak::from(shown::day(found.day))),
        ("Gemaakt", Vak::from(shown::moment(found.made))),
        ("Bedrag", Vak::from(Cents(total).to_string())),
    ];
    let blad = Blad::new(&format!("Betaalrun {number}")).onder("/betalingen", "Betalingen");
    let blad = blad.met(Bladdeel::Feiten("", facts)).met(Bladdeel::Zinnen("Bestanden", names));
    let verder = Verder::default();
    lijstblad(asked, found.made, blad, (&format!("/betalingen/{number}"), "betaalrun"), lijst, verder)
}
