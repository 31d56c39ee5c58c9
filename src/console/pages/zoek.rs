//! Jump by number: what was typed decides what is looked for. One hit opens its page.

use super::stand::{href, opzoeken};
use super::{Paginavraag, Result};
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Formulier, Vak, Veld};
use crate::console::lijst::{Deur, Lijst};
use crate::console::routes::may_see;
use crate::messages::Partij;
use crate::retourcodes;
use crate::rules;
use crate::status::{MOST, StatusSoort, Vraag};

const BY_BSN: &str = "Dit kan een BSN zijn, en een BSN hoort niet in een adres. Zoeken op BSN gaat met een formulier en een \
    reden, en wordt vastgelegd.";

pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&["q"])?;
    let text = asked.filter.text("q").unwrap_or_default();
    let may_bsn = may_see(asked.wie.rol.soort(), "/zoek/bsn");
    let own = asked.eigen();
    let blad = Blad::new("Zoeken");
    let vraag = match Vraag::parse(text, own, None) {
        Ok(vraag) => vraag,
        Err(why) if text.is_empty() => {
            let doors = may_bsn.then(|| vec![Vak::new("Zoeken op BSN").deur("/zoek/bsn")]);
            let blad = form(blad, "", &format!("Typ een nummer: {why}."));
            return Ok(doors.into_iter().fold(blad, |blad, doors| blad.met(Bladdeel::Zinnen("", doors))));
        }
        Err(why) => return Ok(form(blad, "", &format!("{why}."))),
    };
    let register = console.register().await?;
    let found = opzoeken(console, &register, asked.wie).find(&vraag).await?;
    // Without a party in it nobody knows whose it is.
    let found: Vec<_> = found
        .into_iter()
        .filter(|stand| own.is_none() || stand.kind != StatusSoort::Betaalrun.as_str())
        .collect();
    if found.is_empty() && vraag.may_be_a_person() {
        let mut sentences = vec![Vak::from(BY_BSN)];
        if may_bsn {
            sentences.push(Vak::new("Zoeken op BSN").deur("/zoek/bsn"));
        }
        return Ok(form(blad.met(Bladdeel::Zinnen("", sentences)), "", ""));
    }
    let columns = [("kind", "Wat"), ("id", "Nummer"), ("state", "Stand"), ("text", "In een zin")];
    let mut lijst = Lijst::new("gevonden", "Gevonden", &columns);
    lijst.leeg = "Er is niets bekend met dit nummer. Wat als geheel is afgekeurd of niet te lezen was, staat onder de \
        Identificatie van zijn bericht.";
    for stand in found.iter().take(MOST) {
        let sentence = stand.text.first().cloned().unwrap_or_default();
        lijst.rij(vec![
            stand.kind.into(),
            Deur(stand.id.clone().into(), href(stand)),
            stand.state.into(),
            sentence.into(),
        ]);
    }
    let mut parties = parties(text);
    if may_bsn {
        parties.push(Vak::new("Zoeken op BSN").deur("/zoek/bsn"));
    }
    let blad = form(blad, text, "").met(Bladdeel::Tabel(lijst));
    Ok(if parties.is_empty() { blad } else { blad.met(Bladdeel::Zinnen("Verder", parties)) })
}

/// A code of a party, or of a reason, has its own page.
fn parties(text: &str) -> Vec<Vak> {
    let mut doors = Vec::new();
    match Partij::parse(text) {
        Some(Partij::Aanbieder(code)) => {
            doors.push(Vak::new(&format!("Aanbieder {code}")).deur(super::aanbieder_href(code.as_str())));
        }
        Some(Partij::Gemeente(code)) => {
            doors.push(Vak::new(&format!("Gemeente {code}")).deur(super::gemeente_href(code.as_str())));
        }
        None => {}
    }
    let code = text.to_ascii_uppercase();
    if retourcodes::find(&code).is_some() || rules::find(&code).is_some() {
        doors.push(Vak::new(&format!("Code {code}")).deur(format!("/afkeur/{code}")));
    }
    doors
}

fn form(blad: Blad, text: &str, why: &str) -> Blad {
    let mut veld = Veld::tekst("q", "Nummer", text);
    veld.uitleg = "Een DeclaratieNummer, ReferentieNummer, ToewijzingNummer, Identificatie, werkitem, betaalrun, AGB-code, \
        gemeentecode of retourcode.";
    let form = Formulier {
        naar: "/zoek".to_owned(),
        velden: vec![veld],
        knop: "Zoek",
        sleutel: None,
        mee: Vec::new(),
        gevolg: why.to_owned(),
    };
    blad.met(Bladdeel::Formulier("", form))
}
