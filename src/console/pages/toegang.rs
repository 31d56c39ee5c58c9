//! Who looked at what. That somebody looks here is a look as well.

use super::berichten::block;
use super::{Gemaakt, Paginavraag, Result, Verder, lijstblad, looked};
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Veld};
use crate::console::lijst::Lijst;
use crate::console::shown;
use crate::store::read::console::toegangen;

pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["wie", "onderwerp", "na", "voor"])?;
    let (wie, onderwerp) = (asked.filter.text("wie"), asked.filter.text("onderwerp"));
    let part = (asked.filter.vanaf()?, asked.rows());
    let deel = toegangen(&*console.store, wie, onderwerp, part).await?;
    let columns = [
        ("number", "Nummer"),
        ("moment", "Moment"),
        ("who", "Wie"),
        ("role", "Rol"),
        ("action", "Wat"),
        ("about", "Waarover"),
        ("reason", "Reden"),
        ("origin", "Herkomst"),
    ];
    let mut lijst = Lijst::new("toegang", "Wie keek waarnaar", &columns);
    lijst.leeg = "Niemand heeft persoonsgegevens bekeken.";
    for rij in &deel.rijen {
        let look = &rij.toegang;
        lijst.rij(vec![
            rij.nummer.into(),
            shown::moment(look.moment).into(),
            look.wie.clone().into(),
            look.rol.clone().into(),
            look.actie.clone().into(),
            look.onderwerp.clone().into(),
            look.reden.clone().into(),
            look.herkomst.clone().into(),
        ]);
    }
    let verder = Verder {
        first: deel.rijen.first().map(|rij| rij.nummer),
        last: deel.rijen.last().map(|rij| rij.nummer),
        before: deel.ervoor,
        behind: deel.erna,
    };
    let about = onderwerp.map_or_else(|| "het log".to_owned(), |text| format!("het log over {text}"));
    looked(console, asked.wie, "log bekeken", about, String::new()).await?;
    let mut words = Vec::new();
    words.extend(wie.map(|who| format!("door {who}")));
    words.extend(onderwerp.map(|about| format!("over {about}")));
    let actief = !words.is_empty();
    let woorden =
        if actief { format!("Wie keek: {}.", words.join(", ")) } else { "Wie keek waarnaar.".to_owned() };
    let velden = vec![
        Veld::tekst("wie", "Wie", wie.unwrap_or_default()),
        Veld::tekst("onderwerp", "Waarover, zoals: bericht 12", onderwerp.unwrap_or_default()),
    ];
    let blad = Blad::new("Toegang").met(Bladdeel::Filter(block("/toegang", &woorden, actief, velden)));
    lijstblad(asked, console.clock.now(), blad, ("/toegang", "toegang"), lijst, verder)
}
