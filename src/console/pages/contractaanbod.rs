//! Contract files taken in at the console: given, looked at as the difference that they make, and confirmed as it was seen; by two
//! where that is more than one may.

use super::besluit::reasoned;
use super::{Gemaakt, Paginavraag, Result, voordracht};
use crate::console::answer::Webantwoord;
use crate::console::blad::{Bestandsveld, Blad, Bladdeel, Ernst, Formulier, Vak, Veld};
use crate::console::error::{ConsoleError, sentence};
use crate::console::forms::{self, Ingevuld};
use crate::console::lijst::Lijst;
use crate::console::session::secret;
use crate::console::{Console, path};
use crate::contracts::{ImportErrors, Wijze};
use crate::office::OfficeError;
use crate::office::contractversie::{Contractvooraf, voorgedragen_aanbod};
use crate::store::voordracht::Voorgedragene;

const HERE: &str = "/contracten/inlezen";
const BESTANDEN: &str = "bestanden";
const KINDS: Bestandsveld = Bestandsveld { meer: true, soorten: ".json,.toml,.csv" };
const VOLLEDIG: &str = "volledig";
/// Most lines of a difference on a page.
const LINES: usize = 500;
/// Most faults on a page.
const FAULTS: usize = 200;

/// The form to give files; with what is wrong with those that were given.
pub async fn offer(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let mut blad = Blad::new("Contracten inlezen").onder("/contracten", "Contracten");
    let Some(office) = &console.office else {
        if asked.form.is_some() {
            return Err(ConsoleError::Missing);
        }
        let text = "Deze console toont alleen: contracten worden ingelezen met happyflow contract import.";
        blad.oordeel = Some((Ernst::Let, text.to_owned()));
        return Ok(blad.into());
    };
    let mut wrong = "";
    if let Some(form) = &asked.form {
        forms::take(&*console.store, Some(asked.wie), form).await?;
        if form.bestanden().is_empty() {
            wrong = "Kies een of meer bestanden.";
        } else {
            let (sleutel, _) = secret()?;
            let sleutel = sleutel[..32].to_owned();
            match office.offer(sleutel.clone(), form.bestanden(), asked.wie.naam.clone()).await {
                Ok(()) => {
                    return Ok(Gemaakt::Bestand(Webantwoord::to(&format!("{HERE}/{sleutel}"))));
                }
                Err(OfficeError::Import(errors)) => {
                    let text = "Er is niets ingelezen: verbeter eerst wat hieronder staat, en kies de bestanden opnieuw.";
                    blad.oordeel = Some((Ernst::Fout, text.to_owned()));
                    blad = blad.met(faults(errors));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    let veld = Veld {
        uitleg: "Een JSON-bestand, of de bestanden van een contract samen: contract.toml met tarieven.csv, en lijsten als budgetten.csv. \
            Samen tot 4 MB.",
        fout: wrong.to_owned(),
        ..Veld::bestand(BESTANDEN, "Contractbestanden", KINDS)
    };
    let form = Formulier {
        naar: HERE.to_owned(),
        velden: vec![veld],
        knop: "Laat zien wat er verandert",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: "Er verandert nog niets. De bestanden worden een dag bewaard, of tot een voordracht ermee is uitgevoerd.".to_owned(),
    };
    Ok(blad.met(Bladdeel::Formulier("", form)).into())
}

/// What is wrong with files, with the place.
fn faults(ImportErrors(all): ImportErrors) -> Bladdeel {
    let columns = [("file", "Bestand"), ("line", "Regel"), ("field", "Veld"), ("text", "Wat er mis is")];
    let mut lijst = Lijst::new("fouten", "Wat er mis is", &columns);
    for fout in all.into_iter().take(FAULTS) {
        let line = (fout.bron.regel > 0).then(|| fout.bron.regel.to_string());
        lijst.rij(vec![fout.bron.bestand.into(), line.into(), fout.veld.into(), fout.tekst.into()]);
    }
    Bladdeel::Tabel(lijst)
}

/// The address of files that were given, taken over so.
fn at(sleutel: &str, wijze: Wijze, more: &[(&str, &str)]) -> String {
    let mut pairs = more.to_vec();
    pairs.extend((wijze == Wijze::Volledig).then_some((VOLLEDIG, "ja")));
    path::with(&format!("{HERE}/{}", path::part(sleutel)), &pairs)
}

/// The difference that they make with the form to confirm it; or the confirmation.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[VOLLEDIG, "token"])?;
    console.office().await?;
    let whole = asked.filter.choice(VOLLEDIG, &["ja"])?.is_some();
    let what = (asked.deel(0), if whole { Wijze::Volledig } else { Wijze::Aanvullend });
    let Some(form) = &asked.form else { return Ok(looked_at(console, asked, what, "").await?.into()) };
    match confirmed(console, asked, what, form).await {
        Err(ConsoleError::Office(error @ (OfficeError::OtherRegister | OfficeError::Import(_)))) => {
            let why = form.text(forms::WHY);
            let mut blad = looked_at(console, asked, what, &why).await?;
            if matches!(error, OfficeError::OtherRegister) {
                let told = "De contracten of clienten zijn intussen gewijzigd; er is niets overgenomen. Hieronder staat het verschil \
                    met wat er nu geldt.";
                (blad.oordeel, blad.botst) = (Some((Ernst::Let, told.to_owned())), true);
            }
            Ok(blad.into())
        }
        done => done,
    }
}

async fn confirmed(
    console: &Console,
    asked: &Paginavraag<'_>,
    what: (&str, Wijze),
    form: &Ingevuld,
) -> Result<Gemaakt> {
    let person = form.person(asked.wie)?;
    forms::take(&*console.store, Some(asked.wie), form).await?;
    let (office, token) = (console.office().await?, asked.filter.text("token").unwrap_or_default());
    match office.confirm_import(what, token, &person).await {
        Ok(done) => {
            let naar =
                done.version.map_or_else(|| "/contracten".to_owned(), |it| format!("/contractversies/{it}"));
            Ok(Gemaakt::Bestand(Webantwoord::to(&naar)))
        }
        Err(OfficeError::TwoPersonsContract(_)) => {
            let wie = asked.wie.deelnemer();
            Ok(voordracht::at(office.propose_import(what, token, wie, person.why).await?))
        }
        Err(error) => Err(error.into()),
    }
}

/// What would change, with the form to confirm it as long as something would.
async fn looked_at(
    console: &Console,
    asked: &Paginavraag<'_>,
    (sleutel, wijze): (&str, Wijze),
    why: &str,
) -> Result<Blad> {
    let office = console.office().await?;
    let mut blad = Blad::new("Wat deze contracten veranderen").onder("/contracten", "Contracten");
    let names = match office.offered_names(sleutel).await {
        Ok(names) => names.join(", "),
        Err(OfficeError::OfferGone) => return Err(ConsoleError::Missing),
        Err(error) => return Err(error.into()),
    };
    blad = blad.met(Bladdeel::Feiten("", vec![("Bestanden", Vak::from(names))]));
    let vooraf = match office.preview_import(sleutel, wijze).await {
        Ok(vooraf) => vooraf,
        Err(OfficeError::Import(errors)) => {
            let text = "Zo kunnen deze bestanden niet worden overgenomen.";
            blad.oordeel = Some((Ernst::Fout, text.to_owned()));
            blad = blad.met(faults(errors));
            return Ok(blad.met(other_way(sleutel, wijze, &[])));
        }
        Err(error) => return Err(error.into()),
    };
    if vooraf.gelijk {
        let text = "De inhoud is gelijk aan de geldende versie; er valt niets over te nemen.";
        blad.oordeel = Some((Ernst::Goed, text.to_owned()));
    } else {
        let lines: Vec<Vak> = vooraf.verschil.shown().lines().take(LINES).map(Vak::from).collect();
        blad = blad.met(Bladdeel::Zinnen("Wat er verandert", lines));
    }
    if !vooraf.aandacht.is_empty() {
        let told = vooraf.aandacht.iter().map(|text| Vak::from(sentence(text))).collect();
        blad = blad.met(Bladdeel::Zinnen("Let op", told));
    }
    let gone = vooraf.verdwijnt.shown();
    let gone: Vec<&str> = gone.lines().take(LINES).collect();
    if wijze == Wijze::Volledig || !gone.is_empty() {
        blad = blad.met(other_way(sleutel, wijze, &gone));
    }
    if vooraf.gelijk {
        return Ok(blad);
    }
    let form = confirm(console, asked, (sleutel, wijze), &vooraf, why).await?;
    Ok(blad.met(Bladdeel::Formulier(form.knop, form)))
}

/// The door to taking them over the other way: with, or without what they do not name.
fn other_way(sleutel: &str, wijze: Wijze, gone: &[&str]) -> Bladdeel {
    let mut told: Vec<Vak> = gone.iter().copied().map(Vak::from).collect();
    let (text, other) = match wijze {
        Wijze::Aanvullend => {
            ("De bestanden zijn volledig: laat verdwijnen wat er niet in staat", Wijze::Volledig)
        }
        Wijze::Volledig => {
            ("De bestanden zijn een aanvulling: laat staan wat er niet in staat", Wijze::Aanvullend)
        }
    };
    told.push(Vak::from(text).deur(at(sleutel, other, &[])));
    let heading = if gone.is_empty() {
        "Wat niet in de bestanden staat"
    } else {
        "Wat blijft, en niet in de bestanden staat"
    };
    Bladdeel::Zinnen(heading, told)
}

async fn confirm(
    console: &Console,
    asked: &Paginavraag<'_>,
    (sleutel, wijze): (&str, Wijze),
    vooraf: &Contractvooraf,
    why: &str,
) -> Result<Formulier> {
    let naar = at(sleutel, wijze, &[("token", &vooraf.token)]);
    let stays = match wijze {
        Wijze::Volledig => "Wat niet in de bestanden staat, verdwijnt.",
        Wijze::Aanvullend => "Wat niet in de bestanden staat, blijft.",
    };
    let gevolg = format!(
        "Dit wordt de nieuwe versie van de contracten, vanaf nu voor elk besluit. {stays} Uw naam ({}) en reden staan bij de versie.",
        asked.wie.naam
    );
    let mut form = reasoned(console, asked.wie, naar, "Bevestigen", gevolg).await?;
    if let Some(gewicht) = vooraf.twee {
        form.knop = "Draag voor";
        form.gevolg = format!(
            "{} Dat besluiten twee personen. Er gebeurt nog niets: een ander dan u ziet dit verschil, en keurt het goed of niet.",
            sentence(&gewicht.to_string())
        );
    }
    why.clone_into(&mut form.velden[0].waarde);
    Ok(form)
}

/// Whether what was proposed is still what would follow, and what is otherwise.
pub(super) async fn since_proposed(console: &Console, wat: &Voorgedragene) -> Result<(bool, Vec<Vak>)> {
    let (wijze, sleutel) = voorgedragen_aanbod(wat)?;
    let told = match console.office().await?.preview_import(&sleutel, wijze).await {
        Ok(vooraf) if vooraf.token == wat.gezien => return Ok((true, Vec::new())),
        Ok(_) => "De contracten of clienten zijn intussen gewijzigd.",
        Err(OfficeError::OfferGone) => "De bestanden zijn niet meer bewaard.",
        Err(OfficeError::Import(_)) => "De bestanden passen niet meer op wat er nu geldt.",
        Err(error) => return Err(error.into()),
    };
    Ok((false, vec![Vak::from(told)]))
}
