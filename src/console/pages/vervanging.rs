//! Who acts for whom when somebody is away, and until when: what the one took stands among the work of the other as well.

use super::{Gemaakt, Paginavraag, Result, looked};
use crate::codes::{Bsn, Datum};
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak, Veld};
use crate::console::forms::{self, Ingevuld};
use crate::console::lijst::Lijst;
use crate::console::{Console, shown};
use crate::store::console::Bewaren;
use crate::store::read::console::vervangingen;
use chrono::TimeDelta;

const HERE: &str = "/vervanging";
const WIE: &str = "wie";
const DOOR: &str = "door";
const TOT: &str = "tot";
/// Most days that somebody acts for another.
const LONGEST: i64 = 92;

/// Who acts for whom, and the form to change that; or what was filled in.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let today = console.clock.now().date();
    let mut blad = Blad::new("Vervanging");
    if let Some(form) = &asked.form {
        forms::take(&*console.store, Some(asked.wie), form).await?;
        match change(console, asked, form, today).await? {
            None => return Ok(Gemaakt::Bestand(Webantwoord::to(HERE))),
            Some(wrong) => blad.oordeel = Some((Ernst::Fout, wrong)),
        }
    }
    let columns = [("who", "Wie er niet is"), ("by", "Wie waarneemt"), ("until", "Tot en met")];
    let mut lijst = Lijst::new("vervanging", "Wie voor wie waarneemt", &columns);
    lijst.leeg = "Niemand neemt voor een ander waar.";
    for een in vervangingen(&*console.store, today).await? {
        lijst.rij(vec![
            shown::plain(&een.wie).into(),
            shown::plain(&een.door).into(),
            shown::day(een.tot).into(),
        ]);
    }
    let sentence = "Wat iemand oppakte die er niet is, staat ook bij het werk van wie waarneemt: kies daar \"mijn\". Waarnemen \
        geeft niemand een andere rol.";
    blad = blad.met(Bladdeel::Zinnen("", vec![Vak::from(sentence)])).met(Bladdeel::Tabel(lijst));
    Ok(blad.met(Bladdeel::Formulier("Wijzigen", form_of(console, asked).await?)).into())
}

/// The form, with what was filled in before.
async fn form_of(console: &Console, asked: &Paginavraag<'_>) -> Result<Formulier> {
    let typed = |name: &str| asked.form.as_ref().map(|form| form.text(name)).unwrap_or_default();
    let uitleg = "De naam zoals die boven aan de pagina staat van wie is ingelogd.";
    Ok(Formulier {
        naar: HERE.to_owned(),
        velden: vec![
            Veld { nodig: true, uitleg, ..Veld::tekst(WIE, "Wie er niet is", &typed(WIE)) },
            Veld {
                uitleg: "Leeg: er neemt niemand meer waar.",
                ..Veld::tekst(DOOR, "Wie waarneemt", &typed(DOOR))
            },
            Veld { uitleg: "Als dag-maand-jaar.", ..Veld::tekst(TOT, "Tot en met", &typed(TOT)) },
        ],
        knop: "Leg vast",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: "Voor iedereen neemt er een waar; een nieuwe komt in de plaats van de vorige. Het staat met uw naam in het log."
            .to_owned(),
    })
}

/// Keeps it, and writes down who did; or what is wrong with what was filled in.
async fn change(
    console: &Console,
    asked: &Paginavraag<'_>,
    form: &Ingevuld,
    today: Datum,
) -> Result<Option<String>> {
    let (wie, door) = (form.text(WIE), form.text(DOOR));
    if wie.is_empty() || wie == door {
        return Ok(Some("Vul in wie er niet is, en een ander die waarneemt.".to_owned()));
    }
    if [&wie, &door].iter().any(|naam| Bsn::mask_in(naam) != ***naam) {
        return Ok(Some("Een BSN is geen naam: vul in hoe iemand heet.".to_owned()));
    }
    let by = match (door.is_empty(), last_day(&form.text(TOT), today)) {
        (true, _) => None,
        (false, Some(tot)) => Some((door.clone(), tot)),
        (false, None) => {
            return Ok(Some(format!(
                "Vul een dag in van vandaag tot en met {}, zoals {}.",
                shown::day(today + TimeDelta::days(LONGEST)),
                shown::day(today + TimeDelta::days(7))
            )));
        }
    };
    let about = match &by {
        Some((door, tot)) => format!("{door} voor {wie}, tot en met {}", shown::day(*tot)),
        None => format!("niemand meer voor {wie}"),
    };
    if console.store.keep(Bewaren::Vervanging { wie, door: by }).await? == 0 {
        return Ok(Some("Voor deze persoon nam niemand waar.".to_owned()));
    }
    looked(console, asked.wie, "vervanging vastgelegd", about, String::new()).await?;
    Ok(None)
}

/// The last day, when somebody can act for another until then.
fn last_day(text: &str, today: Datum) -> Option<Datum> {
    let day = Datum::parse_from_str(text, "%d-%m-%Y").ok()?;
    (today..=today + TimeDelta::days(LONGEST)).contains(&day).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_acts_for_another_from_today_and_for_three_months_at_most() {
        let day = |text: &str| last_day(text, "2026-02-03".parse().unwrap()).map(shown::day);
        for (text, right) in [
            ("03-02-2026", true),
            ("6-5-2026", true),
            ("02-02-2026", false),
            ("07-05-2026", false),
            ("30-02-2026", false),
            ("morgen", false),
            ("", false),
        ] {
            assert_eq!(day(text).is_some(), right, "{text}");
        }
    }
}
