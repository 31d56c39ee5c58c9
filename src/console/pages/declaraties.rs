//! Claims with their money.

use super::berichten::block;
use super::besluit;
use super::stand::{answers, money, opzoeken, payments, rejected, story, whose, work};
use super::{
    Gemaakt, Paginavraag, Result, Verder, aanbieder_href, declaratie_href, gemeente_href, lijstblad,
};
use crate::codes::AgbCode;
use crate::console::blad::{Blad, Bladdeel, Ernst, Veld};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Deur, Lijst, naar};
use crate::console::{Console, shown};
use crate::money::Cents;
use crate::report::Cell;
use crate::state::Voorstel;
use crate::status::StatusAmounts;
use crate::store::read::console::{DeclaratieRij, Declaratievraag, declaraties, sees_declaratie};
use chrono::Months;

const COLUMNS: [(&str, &str); 10] = [
    ("declaratie", "Declaratie"),
    ("aanbieder", "Aanbieder"),
    ("gemeente", "Gemeente"),
    ("month", "Maand van de zorg"),
    ("claimed_cents", "Ingediend"),
    ("granted_cents", "Toegekend"),
    ("rejected_cents", "Niet toegekend"),
    ("held_cents", "Vastgehouden"),
    ("refused_cents", "Geweigerd"),
    ("paid_cents", "Betaald"),
];

/// A table for claims.
pub fn table(titel: &'static str) -> Lijst {
    Lijst::new("declaraties", titel, &COLUMNS)
}

pub fn row(rij: &DeclaratieRij) -> Vec<Deur> {
    let (agb, gem) = (rij.relatie.aanbieder.to_string(), rij.relatie.gemeente.to_string());
    vec![
        naar(rij.nummer.clone(), declaratie_href(&agb, &rij.nummer)),
        naar(rij.relatie.aanbieder, aanbieder_href(&agb)),
        naar(rij.relatie.gemeente, gemeente_href(&gem)),
        Cell::Month(rij.periode).into(),
        rij.ingediend.into(),
        rij.toegekend.into(),
        Cents(rij.ingediend.0.saturating_sub(rij.toegekend.0)).into(),
        rij.vastgehouden.into(),
        rij.geweigerd.into(),
        rij.betaald.into(),
    ]
}

pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["gemeente", "aanbieder", "maand", "stand", "na", "voor"])?;
    let maand = asked.filter.maand()?;
    let next = |first: crate::codes::Datum| first.checked_add_months(Months::new(1)).unwrap_or(first);
    let vraag = Declaratievraag {
        gemeente: asked.filter.gemeente()?,
        aanbieder: asked.filter.aanbieder()?,
        periode: maand.map(|first| first..next(first)),
        stand: asked.filter.choice("stand", &["vastgehouden", "afgekeurd"])?,
    };
    let (store, bereik) = (&*console.store, asked.bereik());
    let deel = declaraties(store, &bereik, &vraag, (asked.filter.vanaf()?, asked.rows())).await?;
    let mut lijst = table("Declaraties");
    for rij in &deel.rijen {
        lijst.rij(row(rij));
    }
    let verder = Verder {
        first: deel.rijen.first().map(|rij| rij.id),
        last: deel.rijen.last().map(|rij| rij.id),
        before: deel.ervoor,
        behind: deel.erna,
    };
    let mut words = Vec::new();
    words.extend(vraag.aanbieder.map(|code| format!("van aanbieder {code}")));
    words.extend(vraag.gemeente.map(|code| format!("bij gemeente {code}")));
    words.extend(maand.map(|first| format!("over {}", shown::month(first))));
    words.extend(vraag.stand.as_deref().map(|stand| match stand {
        "vastgehouden" => "waarvan geld wacht op een besluit".to_owned(),
        _ => "waarvan niet alles is toegekend".to_owned(),
    }));
    let actief = !words.is_empty();
    let woorden =
        if actief { format!("Declaraties {}.", words.join(" ")) } else { "Alle declaraties.".to_owned() };
    let value = |name: &str| asked.filter.text(name).unwrap_or_default().to_owned();
    let choices = [("", "alle"), ("vastgehouden", "er wacht geld"), ("afgekeurd", "niet alles toegekend")];
    let velden = vec![
        Veld::tekst("aanbieder", "Aanbieder (AGB-code)", &value("aanbieder")),
        Veld::tekst("gemeente", "Gemeente (code)", &value("gemeente")),
        Veld::tekst("maand", "Maand van de zorg (2025-03)", &value("maand")),
        Veld::keuze("stand", "Stand", &value("stand"), &choices),
    ];
    let blad =
        Blad::new("Declaraties").met(Bladdeel::Filter(block("/declaraties", &woorden, actief, velden)));
    lijstblad(asked, console.clock.now(), blad, ("/declaraties", "declaraties"), lijst, verder)
}

/// One claim.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let aanbieder = AgbCode::parse(asked.deel(0)).map_err(|_| ConsoleError::Missing)?;
    let nummer = asked.deel(1);
    if !sees_declaratie(&*console.store, &asked.bereik(), aanbieder, nummer).await? {
        return Err(ConsoleError::Missing);
    }
    let register = console.register().await?;
    let looking = opzoeken(console, &register, asked.wie);
    let stand = looking.declaratie(aanbieder, nummer).await?.ok_or(ConsoleError::Missing)?;
    let mut blad =
        Blad::new(&format!("Declaratie {nummer}")).over(nummer).onder("/declaraties", "Declaraties");
    blad.oordeel = stand.amounts.as_ref().map(verdict);
    blad = blad.met(Bladdeel::Feiten("", whose(&stand)));
    if let Some(amounts) = &stand.amounts {
        blad = blad.met(money(amounts));
    }
    if besluit::decides(console, asked.wie) {
        for open in stand.work.iter().filter(|item| item.state == "open") {
            let item = console.store.work_item(open.work).await?;
            let item = item.filter(|item| matches!(item.item.voorstel, Voorstel::Vrijgeven { .. }));
            blad.delen.extend(item.and_then(|item| besluit::doors(console, asked.wie, &item)));
        }
    }
    for part in [payments(&stand), rejected(&stand), answers(&stand, asked.wie), work(&stand)] {
        blad.delen.extend(part);
    }
    Ok(blad.met(story(&stand)))
}

/// Whether it was paid, in one sentence.
fn verdict(amounts: &StatusAmounts) -> (Ernst, String) {
    let euros = |cents: i64| Cents(cents).to_string();
    let StatusAmounts { granted_cents, payable_cents, held_cents, refused_cents, paid_cents, .. } = *amounts;
    if granted_cents == 0 && paid_cents == 0 && held_cents == 0 {
        return (Ernst::Fout, "Van deze declaratie is niets toegekend; er wordt niets betaald.".to_owned());
    }
    let mut parts = Vec::new();
    for (cents, what) in [
        (paid_cents, "is betaald"),
        (payable_cents, "gaat mee met de volgende betaalrun"),
        (held_cents, "wordt vastgehouden"),
        (refused_cents, "is geweigerd"),
    ] {
        if cents != 0 {
            parts.push(format!("{} {what}", euros(cents)));
        }
    }
    let ernst = if held_cents != 0 || refused_cents != 0 { Ernst::Let } else { Ernst::Goed };
    if parts.is_empty() {
        return (
            Ernst::Goed,
            format!("{} is toegekend en door een vorig systeem betaald.", euros(granted_cents)),
        );
    }
    (ernst, format!("Van deze declaratie: {}.", parts.join(", ")))
}
