//! What somebody typed in a form that was not taken, because the session had ended or the form was too old: given back, so that
//! nothing of it is lost. Who logs in again in another tab presses once, and finds it in a new form.

use super::blad::{Blad, Bladdeel, Ernst, Formulier, Vak};
use super::forms::Ingevuld;
use super::path;

/// The field that says that a form was given back.
pub const FIELD: &str = "hervat";
/// Where who logs in again finds that it worked.
const SESSIE: &str = "/sessie";

/// A form of which the session had ended, sent to this address; none when nothing was typed in it.
pub fn ended(form: &Ingevuld, naar: &str) -> Option<Blad> {
    let text = "Uw sessie is geëindigd. Er is niets gebeurd, en wat u typte is er nog.";
    let mut blad = again(form, naar, text)?;
    let login = path::with("/inloggen", &[("naar", SESSIE)]);
    blad.delen.insert(0, Bladdeel::Tabblad("Log opnieuw in", login));
    Some(blad)
}

/// A form that was handed in before, or was too old; none when nothing was typed in it.
pub fn refused(form: &Ingevuld, naar: &str) -> Option<Blad> {
    let text = "Dit formulier is al gebruikt of verlopen (console.form). Er is niets gebeurd, en wat u typte is er nog.";
    let mut blad = again(form, naar, text)?;
    blad.botst = true;
    Some(blad)
}

fn again(form: &Ingevuld, naar: &str, text: &str) -> Option<Blad> {
    let typed = form.typed();
    if typed.is_empty() {
        return None;
    }
    let mut mee: Vec<(String, String)> =
        typed.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    mee.push((FIELD.to_owned(), "ja".to_owned()));
    let mut blad = Blad::new("Nog niet gebeurd");
    blad.oordeel = Some((Ernst::Let, text.to_owned()));
    let lines = typed.iter().map(|(_, value)| Vak::new(value)).collect();
    blad = blad.met(Bladdeel::Zinnen("Wat u typte", lines));
    let file = if form.bestanden().is_empty() { "" } else { " Kies het bestand daar opnieuw." };
    let form = Formulier {
        naar: path::own(naar).to_owned(),
        velden: Vec::new(),
        knop: "Ga verder",
        sleutel: Some(String::new()),
        mee,
        gevolg: format!(
            "U komt op dezelfde pagina, met wat u typte al ingevuld. Er gebeurt pas iets als u daar bevestigt.{file}"
        ),
    };
    Some(blad.met(Bladdeel::Formulier("", form)))
}

/// Puts what was typed in the form of a page; where it has no such field any more, below it to be read.
pub fn fill(blad: &mut Blad, form: &Ingevuld) {
    let mut left = Vec::new();
    let mut filled = false;
    for (name, value) in form.typed() {
        let mut found = false;
        for deel in &mut blad.delen {
            let Bladdeel::Formulier(_, given) = deel else { continue };
            for veld in given.velden.iter_mut().filter(|veld| veld.naam == name && veld.bestand.is_none()) {
                value.clone_into(&mut veld.waarde);
                found = true;
            }
        }
        filled |= found;
        if !found {
            left.push(Vak::new(value));
        }
    }
    if !left.is_empty() {
        blad.delen.push(Bladdeel::Zinnen("Wat u typte", left));
    }
    if filled {
        let text = "Wat u typte staat er weer. Er is nog niets gebeurd: lees na wat er staat, en bevestig.";
        blad.delen.insert(0, Bladdeel::Zinnen("", vec![Vak::from(text)]));
    }
}
