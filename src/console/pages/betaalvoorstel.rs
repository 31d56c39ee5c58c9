//! A payment run is proposed: first what would be paid and what not, then it waits for the penningmeester who approves it.

use super::voordracht::{at, pays};
use super::{Gemaakt, Paginavraag, Result, aanbieder_href, gemeente_href};
use crate::codes::Datum;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak, Veld};
use crate::console::error::{ConsoleError, sentence};
use crate::console::forms;
use crate::console::lijst::{Lijst, naar};
use crate::console::{Console, path, shown};
use crate::messages::Relatie;
use crate::office::pay::DecidedRun;
use crate::office::{OfficeError, PayError};

pub(super) const HERE: &str = "/betalingen/voorstel";
const DAY: &str = "datum";
/// Transfers that stand on the page, more than a region of eleven gemeenten has in a run.
const MOST: usize = 2_000;

/// The day of payment is asked first; then what would be paid on it, and the form that proposes it.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[DAY])?;
    let mut blad = Blad::new("Betaalvoorstel").onder("/betalingen", "Betalingen");
    if !pays(console, asked.wie) {
        if asked.form.is_some() {
            return Err(ConsoleError::Missing);
        }
        blad.oordeel =
            Some((Ernst::Let, "Deze console toont alleen; hier kan niets worden voorgesteld.".to_owned()));
        return Ok(blad.into());
    }
    let office = console.office().await?;
    let betaling = match office.betaling() {
        Ok(betaling) => betaling,
        Err(error) => {
            blad.oordeel = Some((Ernst::Fout, sentence(&error.to_string())));
            return Ok(blad.into());
        }
    };
    let today = console.clock.now().date();
    let day = asked.filter.text(DAY).map_or(Some(today), day_of);
    let Some(day) = day.filter(|day| *day >= today) else {
        blad.oordeel =
            Some((Ernst::Fout, format!("Vul een dag in van vandaag af, zoals {}.", shown::day(today))));
        return Ok(blad.met(ask(today)).into());
    };
    if let Some(form) = &asked.form {
        let why = form.why()?;
        forms::take(&*console.store, Some(asked.wie), form).await?;
        match office.propose_payment(day, betaling, asked.wie.deelnemer(), why).await {
            Ok((Some(nummer), _)) => return Ok(at(nummer)),
            Ok((None, _)) => blad.oordeel = Some((Ernst::Let, "Er is niets te betalen.".to_owned())),
            Err(error) => {
                let error = ConsoleError::from(error);
                let text = error.of_decision().ok_or(error)?;
                blad.oordeel = Some((Ernst::Let, sentence(&text)));
            }
        }
    }
    let decided = office.decide_run(day, betaling, i64::MAX).await?;
    blad = would(blad, &decided, day)?.met(ask(day));
    if decided.run.paid.is_empty() {
        return Ok(blad.into());
    }
    let two = office.two_for_payment();
    let gevolg = if two {
        "Er wordt nog niets betaald. Een ander dan u ziet wat u hier ziet, en keurt het goed of niet."
    } else {
        "Er wordt nog niets betaald. Op de volgende pagina keurt u, of een ander, het goed."
    };
    let form = Formulier {
        naar: path::with(HERE, &[(DAY, &shown::day(day))]),
        velden: vec![Veld { nodig: true, ..Veld::tekst(forms::WHY, "Waarom", "") }],
        knop: "Stel voor",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: gevolg.to_owned(),
    };
    Ok(blad.met(Bladdeel::Formulier("Voorstellen", form)).into())
}

/// A day as people write it.
fn day_of(text: &str) -> Option<Datum> {
    Datum::parse_from_str(text, "%d-%m-%Y").ok()
}

/// The form for another day: looking changes nothing.
fn ask(day: Datum) -> Bladdeel {
    let field = Veld { uitleg: "Als dag-maand-jaar.", ..Veld::tekst(DAY, "Betaaldatum", &shown::day(day)) };
    let filter =
        super::berichten::block(HERE, "Een andere dag bekijken verandert niets.", false, vec![field]);
    Bladdeel::Filter(filter)
}

/// What would be paid, and what not.
fn would(blad: Blad, decided: &DecidedRun, day: Datum) -> Result<Blad> {
    let run = &decided.run;
    let total = run.total().map_err(|error| OfficeError::from(PayError::Run(error.into())))?;
    let facts = vec![
        ("Betaaldatum", Vak::from(shown::day(day))),
        ("De bank voert uit op", Vak::from(shown::day(run.execution_date()))),
        ("Overboekingen", Vak::from(decided.betalingen.len().to_string())),
        ("Samen", Vak::from(total.to_string())),
    ];
    let left: Vec<Vak> =
        run.problems().chain(run.blocked()).chain(run.carried_forward()).take(MOST).map(Vak::from).collect();
    let mut blad = blad.met(Bladdeel::Feiten("", facts)).met(overboekingen(decided));
    if !left.is_empty() {
        blad = blad.met(Bladdeel::Zinnen("Wat niet wordt betaald", left));
    }
    Ok(blad)
}

/// To whom, on which account and how much: for who proposes and for who approves.
pub(super) fn overboekingen(decided: &DecidedRun) -> Bladdeel {
    let columns =
        [("aanbieder", "Aanbieder"), ("gemeente", "Gemeente"), ("to", "Naar"), ("amount_cents", "Bedrag")];
    let mut lijst = Lijst::new("overboekingen", "Overboekingen", &columns);
    lijst.leeg = "Er is niets te betalen.";
    for transfer in decided.betalingen.iter().take(MOST) {
        let Relatie { gemeente, aanbieder } = transfer.relatie;
        lijst.rij(vec![
            naar(aanbieder, aanbieder_href(aanbieder.as_str())),
            naar(gemeente, gemeente_href(gemeente.as_str())),
            transfer.naar.to_string().into(),
            transfer.bedrag.into(),
        ]);
    }
    Bladdeel::Tabel(lijst)
}
