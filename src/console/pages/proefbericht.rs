//! A message on trial, for the aanbieder that would send it: all four levels, with nothing kept and nothing answered. What
//! it tells is what a trial may tell an aanbieder ([`Trial`]); who tried what kind of message is logged.

use super::{Paginavraag, Result, looked};
use crate::codes::AgbCode;
use crate::console::Console;
use crate::console::blad::{Bestandsveld, Blad, Bladdeel, Ernst, Formulier, Vak, Veld};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Lijst, naar};
use crate::console::{forms, path};
use crate::money::Cents;
use crate::office::Office;
use crate::office::line::ProcessVerdict;
use crate::office::proef::{TO_AANBIEDER, Trial, TrialLine};
use crate::office::source::{Source, SourcePlace};
use std::ops::ControlFlow;

const HERE: &str = "/proef";
pub(super) const XML: Bestandsveld = Bestandsveld { meer: false, soorten: ".xml,text/xml" };

/// The form to try a message; with what became of the one that was sent along.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let aanbieder = asked.bereik().aanbieder.ok_or(ConsoleError::Role)?;
    let mut blad = Blad::new("Proefbericht");
    let Some(office) = &console.office else {
        if asked.form.is_some() {
            return Err(ConsoleError::Missing);
        }
        blad.oordeel = Some((Ernst::Let, "Deze console toont alleen; hier kan niets op proef.".to_owned()));
        return Ok(blad);
    };
    if let Some(form) = &asked.form {
        if !console.trial_allows(aanbieder) {
            return Err(ConsoleError::Often);
        }
        forms::take(&*console.store, Some(asked.wie), form).await?;
        if let Some(bytes) = form.bestand() {
            let line = tried(console, office, aanbieder, bytes).await?;
            let what = line.message.as_deref().unwrap_or("geen herkend bericht");
            let onderwerp = format!("{what}, {} bytes", bytes.len());
            looked(console, asked.wie, "op proef", onderwerp, String::new()).await?;
            blad = shown(blad, &line);
        } else {
            blad.oordeel = Some((Ernst::Fout, "Kies het bestand met uw bericht.".to_owned()));
        }
    }
    let mut veld = Veld::bestand("bericht", "Uw bericht (XML)", XML);
    veld.uitleg = "Een bericht tot 4 MB, zoals u het zou sturen.";
    let form = Formulier {
        naar: HERE.to_owned(),
        velden: vec![veld],
        knop: "Probeer",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: "Wij beoordelen het bericht alsof het nu kwam. Er wordt niets bewaard, geboekt of verstuurd; wel dat u iets \
                 probeerde. Tien keer in een minuut kan."
            .to_owned(),
    };
    Ok(blad.met(Bladdeel::Formulier("", form)))
}

/// What a message would lead to.
async fn tried(console: &Console, office: &Office, aanbieder: AgbCode, bytes: &[u8]) -> Result<TrialLine> {
    let _one = console.trying.lock().await;
    let source = Source { name: String::new(), place: SourcePlace::Given(bytes.to_vec()) };
    let (core, settings) = (office.core(), office.settings());
    let trial = Trial { store: &*console.store, core, settings, aanbieder: Some(aanbieder) };
    let mut told = None;
    let hear = |line| {
        told = Some(line);
        ControlFlow::Continue(())
    };
    trial.run(vec![source], hear).await?;
    told.ok_or(ConsoleError::Missing)
}

fn shown(mut blad: Blad, line: &TrialLine) -> Blad {
    blad.oordeel = Some(verdict(line));
    let mut facts = Vec::new();
    for (name, text) in
        [("Bericht", &line.message), ("Release", &line.release), ("Identificatie", &line.identificatie)]
    {
        facts.extend(text.as_deref().map(|text| (name, Vak::new(text))));
    }
    facts.extend(line.reason.as_deref().map(|reason| ("Waarom apart", Vak::new(reason))));
    if let Some(amounts) = line.amounts {
        facts.push(("Ingediend", Vak::from(Cents(amounts.claimed_cents).to_string())));
        facts.push(("Toegekend", Vak::from(Cents(amounts.granted_cents).to_string())));
    }
    blad = blad.met(Bladdeel::Feiten("", facts)).met(Bladdeel::Zinnen("", vec![Vak::from(TO_AANBIEDER)]));
    if line.findings.is_empty() {
        return blad;
    }
    let columns = [
        ("level", "Niveau"),
        ("retourcode", "Code"),
        ("rule", "Regel"),
        ("text", "Wat er mis is"),
        ("place", "Waar"),
        ("line", "Regel in het bericht"),
    ];
    let mut lijst = Lijst::new("bevindingen", "Bevindingen", &columns);
    for finding in &line.findings {
        let code = finding.retourcode.clone().unwrap_or_default();
        lijst.rij(vec![
            i64::from(finding.level).into(),
            naar(code.clone(), format!("/afkeur/{}", path::part(&code))),
            finding.rule.clone().into(),
            finding.text.clone().into(),
            finding.path.clone().into(),
            finding.line.map(|line| line.to_string()).into(),
        ]);
    }
    blad.met(Bladdeel::Tabel(lijst))
}

fn verdict(line: &TrialLine) -> (Ernst, String) {
    let (ernst, text) = match line.verdict {
        ProcessVerdict::Accepted => (Ernst::Goed, "worden goedgekeurd"),
        ProcessVerdict::Partial => (Ernst::Let, "deels worden toegekend"),
        ProcessVerdict::Rejected => (Ernst::Fout, "worden afgekeurd"),
        ProcessVerdict::Parked => (Ernst::Fout, "apart worden gezet"),
    };
    if line.duplicate {
        return (
            ernst,
            "Dit bericht is al eerder ontvangen: u krijgt hetzelfde antwoord als toen.".to_owned(),
        );
    }
    (ernst, format!("Dit bericht zou nu {text}."))
}
