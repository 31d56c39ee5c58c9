//! What is not paid until further notice, and accounts that somebody must check; and the form that changes it.

use super::voordracht::pays;
use super::{Gemaakt, Paginavraag, Result, looked};
use crate::codes::AgbCode;
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak, Veld};
use crate::console::error::{ConsoleError, sentence};
use crate::console::forms::{self, Ingevuld};
use crate::console::lijst::Lijst;
use crate::iban::Iban;
use crate::office::betaalbesluit::beletselen;
use crate::state::{Betaalbesluit, Betaalbesluitdelen, Betaaldaad};
use crate::store::read::decided_by;

pub(super) const HERE: &str = "/betalingen/blokkades";
const ACT: &str = "daad";
const AANBIEDER: &str = "aanbieder";
const IBAN: &str = "iban";
const DECLARATIE: &str = "declaratie";

/// The list, with the form for who pays.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let mut blad = Blad::new("Niet betalen").onder("/betalingen", "Betalingen");
    if let Some(form) = &asked.form {
        if !pays(console, asked.wie) {
            return Err(ConsoleError::Missing);
        }
        let (ernst, text) = decided(console, asked, form).await?;
        blad.botst = ernst != Ernst::Goed;
        blad.oordeel = Some((ernst, text));
    }
    let beletselen = beletselen(&*console.store, false).await?;
    let mut blocked = Lijst::new(
        "blokkades",
        "Geblokkeerd",
        &[("what", "Wat"), ("by", "Door"), ("journal", "Journaalregel")],
    );
    blocked.leeg = "Er is niets geblokkeerd.";
    for (blokkade, journaal) in beletselen.blokkades() {
        let by = decided_by(&*console.store, journaal).await?;
        blocked.rij(vec![sentence(&blokkade.to_string()).into(), by.into(), journaal.into()]);
    }
    let columns =
        [("aanbieder", "Aanbieder"), ("to", "Rekening"), ("reason", "Waarom"), ("journal", "Journaalregel")];
    let mut waiting = Lijst::new("nabellen", "Eerst nabellen", &columns);
    waiting.leeg = "Geen rekening wacht op een telefoontje.";
    for ((aanbieder, iban), refused) in beletselen.na_te_bellen() {
        waiting.rij(vec![
            aanbieder.as_str().into(),
            iban.to_string().into(),
            format!("de bank weigerde een betaling: {}", refused.code).into(),
            refused.journaal.into(),
        ]);
    }
    blad = blad.met(Bladdeel::Tabel(blocked)).met(Bladdeel::Tabel(waiting));
    if pays(console, asked.wie) {
        blad = blad.met(Bladdeel::Formulier("Vastleggen", form(console, asked).await?));
    }
    Ok(blad.into())
}

async fn form(console: &Console, asked: &Paginavraag<'_>) -> Result<Formulier> {
    let typed = |name| asked.form.as_ref().map_or_else(String::new, |form| form.text(name));
    let choices = [
        (Betaaldaad::Blokkeren.as_str(), "niet meer betalen"),
        (Betaaldaad::Vrijgeven.as_str(), "weer betalen"),
        (Betaaldaad::Nagebeld.as_str(), "de rekening is nagebeld en klopt"),
    ];
    Ok(Formulier {
        naar: HERE.to_owned(),
        velden: vec![
            Veld::keuze(ACT, "Wat wilt u?", &typed(ACT), &choices),
            Veld {
                uitleg: "AGB-code van acht cijfers; leeg voor een rekening.",
                ..Veld::tekst(AANBIEDER, "Aanbieder", &typed(AANBIEDER))
            },
            Veld {
                uitleg: "Alleen deze declaratie; leeg voor alles van de aanbieder.",
                ..Veld::tekst(DECLARATIE, "Declaratienummer", &typed(DECLARATIE))
            },
            Veld {
                uitleg: "Alles naar deze rekening, of de rekening die u nabelde.",
                ..Veld::tekst(IBAN, "IBAN", &typed(IBAN))
            },
            Veld { nodig: true, ..Veld::tekst(forms::WHY, "Waarom", &typed(forms::WHY)) },
        ],
        knop: "Leg vast",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg:
            "Wat geblokkeerd is gaat met geen betaalrun mee, tot het weer mag. Uw naam en reden staan erbij."
                .to_owned(),
    })
}

/// Carries out what was filled in, or says what is wrong with it.
async fn decided(console: &Console, asked: &Paginavraag<'_>, form: &Ingevuld) -> Result<(Ernst, String)> {
    let Some(besluit) = besluit(form) else {
        let text = "Vul een aanbieder in, een aanbieder met een declaratie, of een IBAN; voor nabellen een aanbieder en een IBAN.";
        return Ok((Ernst::Fout, text.to_owned()));
    };
    let person = form.person(asked.wie)?;
    forms::take(&*console.store, Some(asked.wie), form).await?;
    match console.office().await?.decide_paying(&besluit, person).await {
        Ok(journaal) => {
            let what = said(&besluit);
            looked(console, asked.wie, "over betalen besloten", what.clone(), String::new()).await?;
            Ok((Ernst::Goed, format!("Vastgelegd als journaalregel {journaal}: {what}.")))
        }
        Err(error) => {
            let error = ConsoleError::from(error);
            let text = error.of_decision().ok_or(error)?;
            Ok((Ernst::Let, sentence(&text)))
        }
    }
}

fn besluit(form: &Ingevuld) -> Option<Betaalbesluit> {
    let (aanbieder, iban, declaratie) = (form.text(AANBIEDER), form.text(IBAN), form.text(DECLARATIE));
    let given = |text: &str| !text.is_empty();
    let delen = Betaalbesluitdelen {
        daad: Betaaldaad::parse(&form.text(ACT)).ok()?,
        aanbieder: Some(aanbieder)
            .filter(|text| given(text))
            .map(|text| AgbCode::parse(&text))
            .transpose()
            .ok()?,
        iban: Some(iban).filter(|text| given(text)).map(|text| Iban::parse(&text)).transpose().ok()?,
        declaratie: Some(declaratie).filter(|text| given(text)).map(Box::from),
    };
    delen.try_into().ok()
}

fn said(besluit: &Betaalbesluit) -> String {
    match besluit {
        Betaalbesluit::Blokkeren(blokkade) => format!("{blokkade} wordt niet meer betaald"),
        Betaalbesluit::Vrijgeven(blokkade) => format!("{blokkade} wordt weer betaald"),
        Betaalbesluit::Nagebeld(aanbieder, iban) => {
            format!("rekening {iban} van aanbieder {aanbieder} is nagebeld")
        }
    }
}

/// From the list of runs to what is not paid.
pub(super) fn door() -> Vak {
    Vak::from("Wat niet wordt betaald").deur(HERE)
}
