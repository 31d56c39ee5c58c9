//! Pages for who keeps the console itself: who is logged in, and who gets which role.

use super::{Gemaakt, Paginavraag, Result, looked};
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Formulier, Vak};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Lijst, naar};
use crate::console::{Console, Login, forms, session, shown};
use crate::digest::hex;
use crate::store::console::{Bewaren, Sessie, Sessiesleutel};

/// Most sessions that are looked at.
const MOST: usize = 500;

fn rol(sessie: &Sessie) -> String {
    [sessie.rol.as_str(), sessie.partij.as_deref().unwrap_or_default()].join(" ").trim_end().to_owned()
}

/// Who is logged in.
pub async fn sessies(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let columns =
        [("who", "Wie"), ("role", "Rol"), ("begun", "Begonnen"), ("used", "Laatst gebruikt"), ("own", "Van")];
    let mut lijst = Lijst::new("sessies", "Wie is ingelogd", &columns);
    for (sleutel, sessie) in session::all(&*console.store, MOST).await? {
        let own = if sleutel == asked.wie.sessie { "u, nu" } else { "een ander" };
        lijst.rij(vec![
            naar(sessie.wie.clone(), format!("/beheer/sessies/{}", hex(&sleutel))),
            rol(&sessie).into(),
            shown::moment(sessie.gemaakt).into(),
            shown::moment(sessie.gebruikt).into(),
            own.into(),
        ]);
    }
    let zin = Vak::new(
        "Een sessie eindigt na 30 minuten zonder gebruik en na 10 uur. Wie een rol kwijt is, houdt haar tot dan: open de \
         sessie om haar nu te beëindigen.",
    );
    Ok(Blad::new("Sessies").met(Bladdeel::Zinnen("", vec![zin])).met(Bladdeel::Tabel(lijst)))
}

/// One session, and its end.
pub async fn sessie(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let all = session::all(&*console.store, MOST).await?;
    let found = all.into_iter().find(|(sleutel, _)| hex(sleutel) == asked.deel(0));
    let (sleutel, sessie) = found.ok_or(ConsoleError::Missing)?;
    if let Some(form) = &asked.form {
        forms::take(&*console.store, Some(asked.wie), form).await?;
        return end(console, asked, sleutel, &sessie).await;
    }
    let form = Formulier {
        naar: format!("/beheer/sessies/{}", hex(&sleutel)),
        velden: Vec::new(),
        knop: "Beëindig deze sessie",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg:
            "Deze persoon moet opnieuw inloggen; wat nog niet verzonden was, is weg. Het staat in het log."
                .to_owned(),
    };
    let facts = vec![
        ("Wie", Vak::new(&sessie.wie)),
        ("Rol", Vak::from(rol(&sessie))),
        ("Begonnen", Vak::from(shown::moment(sessie.gemaakt))),
        ("Laatst gebruikt", Vak::from(shown::moment(sessie.gebruikt))),
    ];
    let blad = Blad::new("Sessie").onder("/beheer/sessies", "Sessies");
    Ok(blad.met(Bladdeel::Feiten("", facts)).met(Bladdeel::Formulier("", form)).into())
}

async fn end(
    console: &Console,
    asked: &Paginavraag<'_>,
    sleutel: Sessiesleutel,
    sessie: &Sessie,
) -> Result<Gemaakt> {
    console.store.keep(Bewaren::Einde(sleutel)).await?;
    let about = format!("sessie van {}", sessie.wie);
    looked(console, asked.wie, "sessie beëindigd", about, String::new()).await?;
    Ok(Gemaakt::Bestand(Webantwoord::to("/beheer/sessies")))
}

/// Who gets which role, as the settings have it.
pub fn rollen(console: &Console) -> Blad {
    let blad = Blad::new("Rollen");
    let Login::Oidc(diensten) = &console.login else {
        let zin =
            "Er is geen inlogdienst: wie inlogt kiest zelf een rol, en dat kan alleen vanaf deze machine.";
        return blad.met(Bladdeel::Zinnen("", vec![Vak::new(zin)]));
    };
    let zin = "Zo staat het in de instellingen. Wie meer waarden heeft, krijgt de eerste rol die past; wie er geen heeft, \
        krijgt geen toegang. Wijzigen gaat in het bestand met instellingen, en geldt na een herstart.";
    let blad = blad.met(Bladdeel::Zinnen("", vec![Vak::new(zin)]));
    let columns = [
        ("service", "Inlogdienst"),
        ("issuer", "Adres"),
        ("claim", "Claim"),
        ("value", "Waarde"),
        ("role", "Rol"),
        ("party", "Partij uit claim"),
    ];
    let mut lijst = Lijst::new("rollen", "Wie krijgt welke rol", &columns);
    for verdeling in diensten.rollen() {
        for regel in verdeling.regels {
            lijst.rij(vec![
                verdeling.naam.into(),
                verdeling.issuer.into(),
                verdeling.rol_claim.into(),
                regel.waarde.clone().into(),
                regel.rol.shown().into(),
                verdeling.partij_claim.unwrap_or_default().into(),
            ]);
        }
    }
    blad.met(Bladdeel::Tabel(lijst))
}
