//! A file of the bank is taken in: first what it says and how it stands, then for good. The file itself is not kept.

use super::proefbericht::XML;
use super::{Gemaakt, Paginavraag, Result};
use crate::bank::Bankgrenzen;
use crate::config::Betaling;
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak, Veld};
use crate::console::error::{ConsoleError, sentence};
use crate::console::forms::{self, Ingevuld};
use crate::console::lijst::Lijst;
use crate::office::OfficeError;
use crate::office::bank::{BankFile, BankImport, BankLine};
use crate::office::operator::Person;
use std::collections::BTreeMap;

const HERE: &str = "/bank/inlezen";

/// The form; with what became of the file that was sent along.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let mut blad = Blad::new("Bestand van de bank").onder("/bank", "Bank");
    if console.office.is_none() {
        if asked.form.is_some() {
            return Err(ConsoleError::Missing);
        }
        blad.oordeel =
            Some((Ernst::Let, "Deze console toont alleen; hier kan niets worden ingelezen.".to_owned()));
        return Ok(blad.into());
    }
    if let Some(form) = &asked.form {
        forms::take(&*console.store, Some(asked.wie), form).await?;
        blad = taken(console, asked, form, blad).await?;
    }
    let mut bestand = Veld::bestand("bestand", "Bestand van de bank (XML)", XML);
    bestand.uitleg = "Een afschrift (camt.053) of statusbericht (pain.002) tot 4 MB; een groter gaat met happyflow bank import.";
    let choices = [("", "alleen bekijken wat er zou gebeuren"), ("inlezen", "inlezen")];
    let form = Formulier {
        naar: HERE.to_owned(),
        velden: vec![bestand, Veld::keuze("doe", "Wat wilt u?", "", &choices)],
        knop: "Verder",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: format!(
            "Bekijken verandert niets. Inlezen boekt wat erop staat, met uw naam ({}) erbij; hetzelfde afschrift nog eens doet niets.",
            asked.wie.naam
        ),
    };
    Ok(blad.met(Bladdeel::Formulier("", form)).into())
}

async fn taken(console: &Console, asked: &Paginavraag<'_>, form: &Ingevuld, mut blad: Blad) -> Result<Blad> {
    let Some(bytes) = form.bestand() else {
        blad.oordeel = Some((Ernst::Fout, "Kies het bestand van de bank.".to_owned()));
        return Ok(blad);
    };
    let check = form.text("doe") != "inlezen";
    let files = [BankFile { name: "bestand".to_owned(), bytes: bytes.to_vec() }];
    // Without settings those accounts are ours that ever paid.
    let nothing = Betaling {
        opdrachtgever: String::new(),
        rekening: None,
        gemeenten: BTreeMap::new(),
        batchboeking: None,
        max_overboekingen: std::num::NonZeroU32::MAX,
    };
    let why = "bestand van de bank in de console".to_owned();
    let person = Person { who: asked.wie.naam.clone(), second: None, why };
    let office = console.office().await?;
    let betaling = office.settings().betaling.as_ref().unwrap_or(&nothing);
    match office.import_bank(&files, betaling, (&Bankgrenzen::default(), check), &person).await {
        Ok(import) => Ok(shown(blad, &import, check)),
        Err(OfficeError::BankFile(error)) => {
            blad.oordeel = Some((Ernst::Fout, sentence(&error.fout.to_string())));
            Ok(blad)
        }
        Err(error) => Err(error.into()),
    }
}

fn shown(mut blad: Blad, import: &BankImport, check: bool) -> Blad {
    let wrong = import.lines.iter().any(|line| line.wrong);
    let taken = import.lines.iter().any(|line| line.taken);
    blad.oordeel = Some(match (check, taken) {
        (true, _) => (Ernst::Let, "Er is nog niets ingelezen: dit zou er gebeuren.".to_owned()),
        (false, true) if wrong => (Ernst::Let, "Ingelezen; kijk naar wat er niet klopt.".to_owned()),
        (false, true) => (Ernst::Goed, "Ingelezen.".to_owned()),
        (false, false) => (Ernst::Let, "Er is niets geboekt.".to_owned()),
    });
    let mut said: Vec<Vak> = Vec::new();
    for line in &import.lines {
        said.push(about(line).into());
        said.extend(line.strange.iter().map(|told| Vak::from(sentence(told))));
    }
    blad = blad.met(Bladdeel::Zinnen("", said));
    let columns = [
        ("date", "Boekdatum"),
        ("amount_cents", "Bedrag"),
        ("taken_for", "Waarvoor gehouden"),
        ("reference", "Kenmerk"),
        ("reason", "Toelichting"),
    ];
    let mut lijst = Lijst::new("posten", "Posten", &columns);
    lijst.leeg = "Er is niets te boeken.";
    for regel in import.lines.iter().flat_map(|line| &line.regels) {
        lijst.rij(vec![
            regel.boekdatum.into(),
            regel.bedrag.into(),
            super::bank::meaning(regel.uitkomst).into(),
            regel.kenmerk.clone().into(),
            regel.reden.clone().into(),
        ]);
    }
    blad.met(Bladdeel::Tabel(lijst))
}

fn about(line: &BankLine) -> String {
    let account = line.rekening.map_or_else(String::new, |rekening| format!(" van {rekening}"));
    let balances = match line.rekening {
        Some(_) => format!(" Beginsaldo {}, eindsaldo {}.", line.opening, line.slot),
        None => String::new(),
    };
    format!("{}{account}: {}.{balances}", line.wat, line.stand)
}
