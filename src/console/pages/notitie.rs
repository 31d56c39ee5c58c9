//! Notes on a work item: inputs of the journal, so nobody changes them afterwards.

use super::{Gemaakt, Paginavraag, Result};
use crate::console::Console;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Veld};
use crate::console::error::{ConsoleError, sentence};
use crate::console::forms;
use crate::console::lijst::Lijst;
use crate::console::roles::{Rolsoort, Wie};
use crate::console::shown;
use crate::office::OfficeError;
use crate::office::operator::Person;
use crate::store::read::console::notities;

const TEKST: &str = "tekst";

/// What was written about an item; nothing for who is not of the region.
pub(super) async fn table(console: &Console, wie: &Wie, id: i64) -> Result<Option<Bladdeel>> {
    if !matches!(wie.rol.soort(), Rolsoort::Operator | Rolsoort::Auditor) {
        return Ok(None);
    }
    let columns = [("moment", "Wanneer"), ("who", "Wie"), ("text", "Notitie")];
    let mut lijst = Lijst::new("notities", "Notities", &columns);
    for notitie in notities(&*console.store, id).await? {
        lijst.rij(vec![shown::moment(notitie.moment).into(), notitie.wie.into(), notitie.tekst.into()]);
    }
    Ok((!lijst.table.rows.is_empty()).then_some(Bladdeel::Tabel(lijst)))
}

/// The form for a note, or the note.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let id = asked.nummer(0)?;
    console.store.work_item(id).await?.ok_or(ConsoleError::Missing)?;
    let office = console.office().await?;
    let mut blad = Blad::new(&format!("Notitie bij werkitem {id}")).onder("/werk", "Werk");
    let mut tekst = String::new();
    if let Some(form) = &asked.form {
        forms::take(&*console.store, Some(asked.wie), form).await?;
        tekst = form.all(TEKST).into_iter().next().unwrap_or_default();
        let person = Person { who: asked.wie.naam.clone(), second: None, why: tekst.clone() };
        match office.note(id, person).await {
            Ok(()) => return Ok(Gemaakt::Bestand(Webantwoord::to(&format!("/werk/{id}")))),
            Err(error @ OfficeError::Note(_)) => {
                blad.oordeel = Some((Ernst::Fout, sentence(&error.to_string())));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let veld = Veld {
        nodig: true,
        lang: true,
        uitleg: "Schrijf geen naam en geen BSN van een kind op: het nummer van het werkitem zegt om wie het gaat.",
        ..Veld::tekst(TEKST, "Notitie", &tekst)
    };
    let form = Formulier {
        naar: format!("/werk/{id}/notitie"),
        velden: vec![veld],
        knop: "Bewaar",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: format!(
            "De notitie komt met uw naam ({}) in het journaal; niemand kan haar daarna veranderen. Er gaat niets uit.",
            asked.wie.naam
        ),
    };
    Ok(blad.met(Bladdeel::Formulier("", form)).into())
}
