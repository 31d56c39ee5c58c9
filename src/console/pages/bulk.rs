//! One decision about many work items: what it is about is frozen by a preview, and what came since is left alone.

use super::besluit::reasoned;
use super::{Gemaakt, Paginavraag, Result, voordracht};
use crate::codes::AgbCode;
use crate::console::Console;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak};
use crate::console::error::ConsoleError;
use crate::console::forms;
use crate::console::lijst::{Deur, Lijst, naar};
use crate::console::{path, shown};
use crate::journal::Besloten;
use crate::money::Cents;
use crate::office::OfficeError;
use crate::office::besluiten::{GEDAAN, GEKOMEN, Intussen, Uitgevoerd};
use crate::office::voordracht::{Gezien, Werkzaak};
use crate::state::Voorstel;
use crate::store::read::console::Werkvraag;
use crate::store::read::console::uitslag;
use crate::store::{HoldsOf, TakeLimit};
use std::collections::BTreeMap;

/// Most items of one decision.
const MOST: usize = 1_000;

/// What is decided about all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Allemaal {
    Vrijgeven,
    Weigeren,
    Gezien,
}

impl Allemaal {
    const ALL: [Self; 3] = [Self::Vrijgeven, Self::Weigeren, Self::Gezien];

    const fn in_address(self) -> &'static str {
        match self {
            Self::Vrijgeven => "vrijgeven",
            Self::Weigeren => "weigeren",
            Self::Gezien => "gezien",
        }
    }

    const fn titel(self) -> &'static str {
        match self {
            Self::Vrijgeven => "Betalingen vrijgeven",
            Self::Weigeren => "Betalingen weigeren",
            Self::Gezien => "Gezien: sluiten",
        }
    }

    const fn gevolg(self) -> &'static str {
        match self {
            Self::Vrijgeven => {
                "Deze betalingen gaan mee met de volgende betaalrun. De aanbieders krijgen bericht."
            }
            Self::Weigeren => {
                "Deze betalingen gaan niet door. De aanbieders krijgen bericht: de reden, en hoe zij bezwaar kunnen maken."
            }
            Self::Gezien => "Deze werkitems sluiten. Er gaat niets uit.",
        }
    }
}

/// The doors to decisions about everything that a list shows; none where nobody carries them out.
pub(super) fn doors(console: &Console, vraag: &Werkvraag) -> Option<Bladdeel> {
    console.office.as_ref()?;
    let mut parts = Vec::new();
    parts.extend(vraag.gemeente.map(|code| format!("gemeente={code}")));
    parts.extend(vraag.aanbieder.map(|code| format!("aanbieder={code}")));
    parts.extend(vraag.reden.as_ref().map(|reason| format!("reden={reason}")));
    // A list of what is late, of who works on what, or of what is quiet is no choice that the office knows.
    if vraag.laat_op.is_some() || vraag.bij.is_some() || vraag.stil.is_some_and(|(quiet, _)| quiet) {
        return None;
    }
    let door = |what: Allemaal| {
        let mut parts = parts.clone();
        parts.extend((what == Allemaal::Gezien).then(|| "soort=kennisnemen".to_owned()));
        let keuze = if parts.is_empty() { "alles".to_owned() } else { parts.join(",") };
        let href = path::with("/werk/bulk", &[("besluit", what.in_address()), ("keuze", keuze.as_str())]);
        let text = match what {
            Allemaal::Vrijgeven => "Alle wachtende betalingen hierin vrijgeven",
            Allemaal::Weigeren => "Alle wachtende betalingen hierin weigeren",
            Allemaal::Gezien => "Alles hierin dat ter kennisneming is, ook wat stil is, sluiten",
        };
        Vak::from(text).deur(href)
    };
    Some(Bladdeel::Zinnen("In een keer", Allemaal::ALL.into_iter().map(door).collect()))
}

/// What a decision is about, with the form to confirm it; or what became of it.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["besluit", "keuze", "token"])?;
    let parse = |text: &str| Allemaal::ALL.into_iter().find(|what| what.in_address() == text);
    let what = asked.filter.parsed("besluit", parse, "dit besluit bestaat niet")?;
    let Some((what, keuze)) = what.zip(asked.filter.text("keuze")) else {
        if asked.form.is_some() {
            return Err(ConsoleError::Missing);
        }
        let doors = doors(console, &Werkvraag::default());
        let hint = || {
            Bladdeel::Zinnen("", vec![Vak::from("Hier wordt niet besloten: dat gaat met happyflow work.")])
        };
        return Ok(Blad::new("In een keer").onder("/werk", "Werk").met(doors.unwrap_or_else(hint)).into());
    };
    let vrijgeven = what != Allemaal::Weigeren;
    let office = console.office().await?;
    if let Some(form) = &asked.form {
        let person = form.person(asked.wie)?;
        forms::take(&*console.store, Some(asked.wie), form).await?;
        let token = asked.filter.text("token").unwrap_or_default();
        let why = person.why.clone();
        return match office.decide_many(keuze, token, vrijgeven, person).await {
            Err(OfficeError::TwoPersons { .. } | OfficeError::Mandate { .. }) => {
                suggested(console, asked, (what, keuze, token), why).await
            }
            done => Ok(decided(what, &done?)),
        };
    }
    let preview = office.preview(keuze, vrijgeven).await?;
    let mut blad = Blad::new(what.titel()).onder("/werk", "Werk");
    let count = preview.items.len();
    let said = match count {
        0 => "Er is niets dat hieraan voldoet.".to_owned(),
        _ if what == Allemaal::Gezien => format!("{}.", items(count)),
        _ => format!("{}, samen {}.", items(count), preview.bedrag()),
    };
    blad.oordeel = Some((Ernst::Let, said));
    if count > MOST {
        let text = format!(
            "Een besluit gaat over hoogstens {MOST} werkitems: kies een gemeente, aanbieder of reden."
        );
        return Ok(blad.met(Bladdeel::Zinnen("", vec![Vak::from(text)])).into());
    }
    if count > 0 {
        let mut form = confirm(console, asked, (what, keuze), &preview.token).await?;
        if let Some(grens) = office.needs_two((vrijgeven, true), preview.bedrag()).await? {
            voordracht::as_proposal(&mut form, grens);
        }
        blad = blad.met(Bladdeel::Formulier(form.knop, form));
        blad.delen.extend(first(what, &preview.items));
        blad = blad.met(about(console, &preview.items).await?);
    }
    Ok(blad.into())
}

fn items(count: usize) -> String {
    if count == 1 { "1 werkitem".to_owned() } else { format!("{count} werkitems") }
}

async fn confirm(
    console: &Console,
    asked: &Paginavraag<'_>,
    (what, keuze): (Allemaal, &str),
    token: &str,
) -> Result<Formulier> {
    let pairs = [("besluit", what.in_address()), ("keuze", keuze), ("token", token)];
    let gevolg = format!("{} Wat na dit overzicht binnenkomt of verandert, blijft staan.", what.gevolg());
    reasoned(console, asked.wie, path::with("/werk/bulk", &pairs), "Bevestigen", gevolg).await
}

/// Proposes what was seen to a second person.
async fn suggested(
    console: &Console,
    asked: &Paginavraag<'_>,
    (what, keuze, token): (Allemaal, &str, &str),
    why: String,
) -> Result<Gemaakt> {
    let (office, vrijgeven) = (console.office().await?, what != Allemaal::Weigeren);
    let still = office.still(keuze, token, vrijgeven).await?;
    let bedrag: Cents = still.gedaan.iter().map(|(_, held)| *held).sum();
    let titel = format!("{}: {}, {keuze}", what.titel(), items(still.gedaan.len()));
    let mut regels = vec![what.gevolg().to_owned()];
    regels.extend(still.gedaan.iter().map(|(id, held)| format!("Werkitem {id}: {held}.")));
    let gezien = Gezien { titel, token: token.to_owned(), bedrag, regels };
    let zaak = Werkzaak::Vele { keuze: keuze.to_owned(), vrijgeven };
    Ok(voordracht::at(office.propose(&zaak, gezien, asked.wie.deelnemer(), why).await?))
}

/// What a decision is about, as the list of work tells it.
async fn about(console: &Console, items: &[(i64, Cents)]) -> Result<Bladdeel> {
    let columns = [
        ("work", "Werkitem"),
        ("reason", "Reden"),
        ("gemeente", "Gemeente"),
        ("aanbieder", "Aanbieder"),
        ("held_cents", "Vastgehouden"),
        ("story", "Verhaal"),
    ];
    let mut lijst = Lijst::new("werkitems", "Waar het over gaat", &columns);
    let held: BTreeMap<i64, Cents> = items.iter().copied().collect();
    for item in console.store.work(true).await? {
        let Some(cents) = held.get(&item.id) else { continue };
        let new = &item.item;
        lijst.rij(vec![
            naar(item.id.to_string(), format!("/werk/{}", item.id)),
            new.reason.as_str().into(),
            new.relatie.gemeente.into(),
            new.relatie.aanbieder.into(),
            (*cents).into(),
            new.story.clone().into(),
        ]);
    }
    Ok(Bladdeel::Tabel(lijst))
}

/// The door to deciding so on the first of them alone.
fn first(what: Allemaal, items: &[(i64, Cents)]) -> Option<Bladdeel> {
    let [(id, _), _, ..] = items else { return None };
    let one = if what == Allemaal::Weigeren { "afwijzen" } else { "goedkeuren" };
    let text = format!("Probeer het eerst met een: werkitem {id}");
    Some(Bladdeel::Zinnen("", vec![Vak::from(text).deur(format!("/werk/{id}/{one}"))]))
}

/// To the page of what was done; that itself where nothing was left to decide on.
fn decided(what: Allemaal, done: &Uitgevoerd) -> Gemaakt {
    if let Some(journaal) = done.journaal {
        return Gemaakt::Bestand(Webantwoord::to(&format!("/werk/bulk/{journaal}")));
    }
    let mut blad = Blad::new(what.titel()).onder("/werk", "Werk");
    let text = format!("Er is niets besloten: geen van {} staat nog zo open.", items(done.vooraf));
    blad.oordeel = Some((Ernst::Let, text));
    let mut lijst = outcomes();
    for (id, intussen) in &done.anders {
        lijst.rij(row(*id, "overgeslagen", None, intussen.told()));
    }
    blad.met(Bladdeel::Tabel(lijst)).into()
}

fn outcomes() -> Lijst {
    let columns =
        [("work", "Werkitem"), ("result", "Uitkomst"), ("held_cents", "Vastgehouden"), ("why", "Waarom")];
    Lijst::new("werkitems", "Per werkitem", &columns)
}

fn row(id: i64, result: &str, held: Option<Cents>, why: String) -> Vec<Deur> {
    vec![naar(id.to_string(), format!("/werk/{id}")), result.into(), held.into(), why.into()]
}

/// What one decision about many did with each item.
pub async fn result(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let (store, journaal) = (&*console.store, asked.nummer(0)?);
    let told = uitslag(store, journaal).await?;
    let one = TakeLimit { messages: 1, bytes: usize::MAX };
    let entry = store.journal(journaal - 1, one).await?.into_iter().next().map(|record| record.entry);
    let entry = entry.filter(|entry| entry.journal == journaal && !told.is_empty());
    let entry = entry.ok_or(ConsoleError::Missing)?;
    let Ok(Besloten::OpWerkitems(besluit)) = Besloten::read(entry.body.as_deref().unwrap_or_default()) else {
        return Err(ConsoleError::Missing);
    };
    let mut held: BTreeMap<(AgbCode, Box<str>), Cents> = BTreeMap::new();
    for regel in store.holds(HoldsOf::All).await?.iter().filter(|regel| regel.beslist == Some(journaal)) {
        *held.entry((regel.relatie.aanbieder, regel.declaratie_nummer.clone())).or_default() += regel.bedrag;
    }
    let mut lijst = outcomes();
    for (id, label) in &told {
        let Some(item) = store.work_item(*id).await? else { continue };
        match Intussen::of(label, &item) {
            Some(why) => lijst.rij(row(*id, "overgeslagen", None, why.told())),
            None if label == GEDAAN => {
                let bedrag = match &item.item.voorstel {
                    Voorstel::Vrijgeven { declaratie_nummer } => {
                        held.get(&(item.item.relatie.aanbieder, declaratie_nummer.clone())).copied()
                    }
                    _ => None,
                };
                lijst.rij(row(*id, "gedaan", bedrag, String::new()));
            }
            None => lijst.rij(row(*id, "overgeslagen", None, "werd na het overzicht afgehandeld".to_owned())),
        }
    }
    let seen = told.iter().filter(|(_, label)| label != GEKOMEN).count();
    let gedaan = besluit.werkitems.len();
    let titel = if besluit.vrijgeven { "Besluit over veel werkitems" } else { Allemaal::Weigeren.titel() };
    let mut blad = Blad::new(titel).over(&journaal.to_string()).onder("/werk", "Werk");
    let ernst = if gedaan == told.len() { Ernst::Goed } else { Ernst::Let };
    blad.oordeel = Some((ernst, format!("Gedaan: {} van {seen}.", items(gedaan))));
    let facts = vec![
        ("Besloten door", Vak::from(entry.who.unwrap_or_default())),
        ("Waarom", Vak::from(entry.why.unwrap_or_default())),
        ("Op", Vak::from(shown::moment(entry.moment))),
    ];
    Ok(blad.met(Bladdeel::Feiten("", facts)).met(Bladdeel::Tabel(lijst)))
}
