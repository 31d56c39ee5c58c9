//! Messages that came in, newest first.

use super::partij::{aanbieder_naam, gemeente_naam};
use super::{
    Gemaakt, Paginavraag, Result, Verder, aanbieder_href, gemeente_href, lijstblad, moments_of_month,
};
use crate::codes::BerichtSoort;
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Filterblok, Formulier, Veld};
use crate::console::filter::Adresfilter;
use crate::console::lijst::{Deur, Lijst, naar};
use crate::console::shown;
use crate::contracts::Register;
use crate::report::Cell;
use crate::store::read::console::{
    BerichtRij, Berichtvraag, COUNTED, arrivals_between, berichten, count_berichten, newest_arrival,
};

/// Without a month so many of the newest messages are looked at: who looks for older ones names the month.
const LOOKED_AT: i64 = 200_000;
/// What a filter may have.
const NAMES: [&str; 8] = ["soort", "verdict", "gemeente", "aanbieder", "code", "maand", "na", "voor"];
/// Verdicts, with their words.
const VERDICTS: [(&str, &str); 6] = [
    ("", "alle"),
    ("accepted", "goedgekeurd"),
    ("partial", "deels toegekend"),
    ("rejected", "afgekeurd"),
    ("parked", "geparkeerd"),
    ("open", "wacht op beoordeling"),
];

/// The list.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&NAMES)?;
    let (store, bereik) = (&*console.store, asked.bereik());
    let vraag = vraag(&asked.filter)?;
    let within = if let Some(period) = &vraag.beslist {
        // What waits was not decided in any month.
        arrivals_between(store, period.clone()).await?.unwrap_or((1, 0))
    } else {
        let newest = newest_arrival(store).await?.unwrap_or_default();
        ((newest - LOOKED_AT).max(0), i64::MAX - 1)
    };
    let count = count_berichten(store, &bereik, &vraag, within).await?;
    let part = (asked.filter.vanaf()?, asked.rows());
    let deel = berichten(store, &bereik, &vraag, within, part).await?;
    let register = console.register().await?;
    let mut lijst = Lijst::new("berichten", "Berichten", &COLUMNS);
    for rij in &deel.rijen {
        lijst.rij(row(&register, rij));
    }
    let verder = Verder {
        first: deel.rijen.first().map(|rij| rij.arrival),
        last: deel.rijen.last().map(|rij| rij.arrival),
        before: deel.ervoor,
        behind: deel.erna,
    };
    let blad = Blad::new("Berichten").met(Bladdeel::Filter(filterblok(&asked.filter, &vraag, count)));
    lijstblad(asked, console.clock.now(), blad, ("/berichten", "berichten"), lijst, verder)
}

const COLUMNS: [(&str, &str); 11] = [
    ("arrival", "Aankomst"),
    ("received", "Ontvangen"),
    ("message", "Bericht"),
    ("verdict", "Oordeel"),
    ("aanbieder", "Aanbieder"),
    ("aanbieder_naam", "Naam van de aanbieder"),
    ("gemeente", "Gemeente"),
    ("gemeente_naam", "Naam"),
    ("identificatie", "Identificatie"),
    ("claimed_cents", "Ingediend"),
    ("granted_cents", "Toegekend"),
];

fn row(register: &Register, rij: &BerichtRij) -> Vec<Deur> {
    let (gemeente, aanbieder) = (rij.relatie.map(|it| it.gemeente), rij.relatie.map(|it| it.aanbieder));
    let href = format!("/berichten/{}", rij.arrival);
    vec![
        naar(rij.arrival.to_string(), href),
        shown::moment(rij.received).into(),
        rij.soort.map_or("onbekend", BerichtSoort::name).into(),
        shown::verdict(rij.verdict.as_deref(), rij.dropped).into(),
        naar(aanbieder, aanbieder_href(&aanbieder.map(|code| code.to_string()).unwrap_or_default())),
        aanbieder.map_or(Cell::Empty, |code| aanbieder_naam(register, code)).into(),
        naar(gemeente, gemeente_href(&gemeente.map(|code| code.to_string()).unwrap_or_default())),
        gemeente.map_or(Cell::Empty, |code| gemeente_naam(register, code)).into(),
        rij.identificatie.clone().into(),
        rij.claimed.into(),
        rij.granted.into(),
    ]
}

fn vraag(filter: &Adresfilter) -> Result<Berichtvraag> {
    let kind = |text: &str| BerichtSoort::from_name(&text.to_ascii_uppercase());
    Ok(Berichtvraag {
        gemeente: filter.gemeente()?,
        aanbieder: filter.aanbieder()?,
        soort: filter.parsed("soort", kind, "dat is geen soort bericht: geef bijvoorbeeld JW323")?,
        verdict: filter.choice("verdict", &VERDICTS.map(|(value, _)| value))?,
        code: filter.parsed(
            "code",
            code,
            "dat is geen retourcode of regel: geef bijvoorbeeld 9347 of TR347",
        )?,
        beslist: filter.maand()?.map(moments_of_month),
    })
}

/// A retourcode, or a rule that has none.
pub fn code(text: &str) -> Option<String> {
    let plain = text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain.then(|| text.to_owned())
}

fn filterblok(filter: &Adresfilter, vraag: &Berichtvraag, count: i64) -> Filterblok {
    let mut words = Vec::new();
    if let Some(soort) = vraag.soort {
        words.push(soort.name().to_owned());
    }
    if let Some(verdict) = &vraag.verdict {
        let known = VERDICTS.iter().find(|(value, _)| value == verdict);
        words.push(known.map_or("", |(_, text)| text).to_owned());
    }
    if let Some(code) = &vraag.code {
        words.push(format!("met code {code}"));
    }
    if let Some(aanbieder) = vraag.aanbieder {
        words.push(format!("van of aan aanbieder {aanbieder}"));
    }
    if let Some(gemeente) = vraag.gemeente {
        words.push(format!("bij gemeente {gemeente}"));
    }
    if let Some(period) = &vraag.beslist {
        words.push(format!("beslist in {}", shown::month(period.start.date())));
    }
    let actief = !words.is_empty();
    if actief && vraag.beslist.is_none() {
        words.push(format!("onder de nieuwste {}", shown::number(LOOKED_AT)));
    }
    let how_many = counted(count, "bericht", "berichten");
    let woorden = if actief { format!("{how_many}: {}.", words.join(", ")) } else { format!("{how_many}.") };
    let value = |name: &str| filter.text(name).unwrap_or_default().to_owned();
    let velden = vec![
        Veld::tekst("soort", "Soort (JW323)", &value("soort")),
        Veld::keuze("verdict", "Oordeel", &value("verdict"), &VERDICTS),
        Veld::tekst("aanbieder", "Aanbieder (AGB-code)", &value("aanbieder")),
        Veld::tekst("gemeente", "Gemeente (code)", &value("gemeente")),
        Veld::tekst("code", "Retourcode", &value("code")),
        Veld::tekst("maand", "Beslist in maand (2025-03)", &value("maand")),
    ];
    block("/berichten", &woorden, actief, velden)
}

/// How many, up to where nobody counts on.
pub fn counted(count: i64, one: &str, more: &str) -> String {
    if count > COUNTED {
        format!("Meer dan {} {more}", shown::number(COUNTED))
    } else {
        shown::count(count, one, more)
    }
}

/// The filter of a list.
pub fn block(path: &str, woorden: &str, actief: bool, velden: Vec<Veld>) -> Filterblok {
    let formulier = Formulier {
        naar: path.to_owned(),
        velden,
        knop: "Pas toe",
        sleutel: None,
        mee: Vec::new(),
        gevolg: String::new(),
    };
    Filterblok { woorden: shown::plain(woorden), actief, alles: path.to_owned(), formulier }
}
