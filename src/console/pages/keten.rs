//! How far the journal is sealed, and how an auditor proves it.

use super::Result;
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Ernst, Vak};
use crate::console::shown;
use crate::digest::hex;

pub async fn page(console: &Console) -> Result<Blad> {
    let store = &*console.store;
    let unsealed = store.stand(console.clock.now()).await?.unsealed;
    let last = store.last_link().await?;
    let mut blad = Blad::new("Keten en replay");
    blad.oordeel = Some(if unsealed == 0 {
        (Ernst::Goed, "Alle journaalregels zijn verzegeld.".to_owned())
    } else {
        let left = shown::count(unsealed, "journaalregel is", "journaalregels zijn");
        (Ernst::Let, format!("{left} nog niet verzegeld; de dienst doet dat vanzelf."))
    });
    let mut facts = vec![("Nog niet verzegeld", Vak::from(shown::number(unsealed)))];
    if let Some((journal, link)) = last {
        facts.push(("Laatste journaalnummer in de keten", Vak::from(shown::number(journal))));
        facts.push(("Laatste schakel (SHA-256)", Vak::from(hex(&link))));
    }
    let sentences = [
        "De hele keten narekenen: happyflow replay --verify-chain.",
        "De stand opnieuw maken uit het journaal en vergelijken: happyflow replay --verify-state.",
        "Een steekproef van besluiten opnieuw nemen: happyflow replay --sample.",
        "Alles wat over een jeugdige is vastgelegd: happyflow replay --client-file.",
    ];
    let sentences = sentences.into_iter().map(Vak::from).collect();
    Ok(blad.met(Bladdeel::Feiten("", facts)).met(Bladdeel::Zinnen("Bewijzen", sentences)))
}
