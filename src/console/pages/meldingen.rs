//! What people are told by mail: what lasts, to how many it left and what did not go; and the form on which somebody takes
//! it upon himself, so that it is not told again. What is about a work item is taken there.

use super::{Gemaakt, Paginavraag, Result, Verder, lijstblad};
use crate::clock::Clock;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Formulier, Vak};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Deur, Lijst};
use crate::console::roles::Rolsoort;
use crate::console::routes::may_see;
use crate::console::{Console, forms, path, shown};
use crate::store::console::Bewaren;
use crate::store::post::{Meldsoort, Postmelding, Postregel, Verzending};
use crate::store::read::{meldingen, verzendingen};

const HERE: &str = "/meldingen";

/// All of it, what lasts first.
pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let takes = matches!(asked.wie.rol.soort(), Rolsoort::Operator | Rolsoort::Beheerder);
    let (mut all, sent) = (meldingen(&*console.store).await?, verzendingen(&*console.store).await?);
    all.sort_by_key(|melding| melding.voorbij.is_some());
    let columns = [
        ("text", "Wat"),
        ("kind", "Soort"),
        ("since", "Sinds"),
        ("state", "Stand"),
        ("told", "Gemeld aan"),
        ("told_last", "Laatst"),
        ("failed", "Niet weg"),
        ("take", "Doen"),
    ];
    let mut lijst = Lijst::new("meldingen", "Meldingen per post", &columns);
    lijst.leeg = "Er is niets om te melden.";
    for melding in &all {
        let key = &melding.aanleiding.sleutel;
        let own: Vec<&Verzending> = sent.iter().filter(|one| one.sleutel == *key).collect();
        let told = own.iter().filter(|one| one.gemeld.is_some()).count();
        let failed = own.iter().find_map(|one| one.mislukt.clone());
        let item = melding.aanleiding.werk.map(|id| format!("/werk/{id}"));
        let own_form = (takes && item.is_none()).then(|| format!("{HERE}/{}", path::part(key)));
        let door = item.filter(|href| may_see(asked.wie.rol.soort(), href)).or(own_form);
        let door = door.filter(|_| melding.voorbij.is_none() && melding.genomen.is_none());
        let what = if melding.aanleiding.werk.is_some() { "Naar het werkitem" } else { "Ik pak dit op" };
        lijst.rij(vec![
            melding.aanleiding.tekst.clone().into(),
            kind(melding.aanleiding.soort).into(),
            shown::moment(melding.sinds).into(),
            state(melding).into(),
            i64::try_from(told).unwrap_or(i64::MAX).into(),
            own.iter().filter_map(|one| one.gemeld).max().map(shown::moment).into(),
            failed.into(),
            Deur(door.as_ref().map(|_| what).into(), door),
        ]);
    }
    let sentence = "Wat hier staat gaat per post naar wie onder [post] in de instellingen staat, en opnieuw tot iemand het oppakt \
        of het over is. Een kind dat wacht wordt opgepakt op de pagina van zijn werkitem.";
    let blad = Blad::new("Meldingen").met(Bladdeel::Zinnen("", vec![Vak::from(sentence)]));
    lijstblad(asked, console.clock.now(), blad, (HERE, "meldingen"), lijst, Verder::default())
}

const fn kind(soort: Meldsoort) -> &'static str {
    match soort {
        Meldsoort::Wachtend => "een kind wacht",
        Meldsoort::Dienst => "de dienst",
        Meldsoort::Schijf => "de schijf",
    }
}

fn state(melding: &Postmelding) -> String {
    match (&melding.voorbij, &melding.genomen) {
        (Some(over), _) => format!("over sinds {}", shown::moment(*over)),
        (None, Some((wie, moment))) => format!("opgepakt door {wie}, {}", shown::moment(*moment)),
        (None, None) => "wacht op iemand".to_owned(),
    }
}

/// The form to take it; or that it was taken.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let key = asked.deel(0);
    let all = meldingen(&*console.store).await?;
    let melding = all.into_iter().find(|melding| melding.aanleiding.sleutel == key);
    // What is about a work item is taken there.
    let melding = melding.filter(|melding| melding.aanleiding.werk.is_none()).ok_or(ConsoleError::Missing)?;
    if let Some(form) = &asked.form {
        forms::take(&*console.store, Some(asked.wie), form).await?;
        let (sleutel, wie, moment) = (key.to_owned(), asked.wie.naam.clone(), Clock::System.now());
        console.store.keep(Bewaren::Post(Postregel::Genomen { sleutel, wie, moment })).await?;
        return Ok(Gemaakt::Bestand(Webantwoord::to(HERE)));
    }
    let facts = vec![
        ("Wat", Vak::new(&melding.aanleiding.tekst)),
        ("Sinds", Vak::from(shown::moment(melding.sinds))),
        ("Stand", Vak::from(state(&melding))),
    ];
    let blad = Blad::new("Een melding").onder(HERE, "Meldingen").met(Bladdeel::Feiten("", facts));
    if melding.voorbij.is_some() || melding.genomen.is_some() {
        return Ok(blad.into());
    }
    let form = Formulier {
        naar: format!("{HERE}/{}", path::part(key)),
        velden: Vec::new(),
        knop: "Ik pak dit op",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: "Er gaat hierover geen post meer uit, tot het over is en weer gebeurt. Uw naam staat erbij."
            .to_owned(),
    };
    Ok(blad.met(Bladdeel::Formulier("", form)).into())
}
