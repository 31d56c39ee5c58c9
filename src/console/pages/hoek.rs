//! What a gemeente or an aanbieder does without us, on the first page.

use super::Paginavraag;
use crate::console::blad::{Bladdeel, Vak};
use crate::console::routes::may_see;

/// What can be done, in the order in which it is asked for.
const DOEN: [(&str, &str); 7] = [
    ("/zoek", "Zoek waar iets staat, met zijn nummer"),
    ("/proef", "Probeer een bericht voor u het stuurt"),
    ("/brief", "Wat u kunt herstellen en wat wacht: de weekbrief"),
    ("/wachtend", "Laat weten wat u vindt van toewijzingen die wachten"),
    ("/limieten", "Uw budgetten: toegezegd, toegekend en wat er over is"),
    ("/kennisgevingen", "Wat wij u meldden: kennisgevingen"),
    ("/rapporten", "Uw rapporten"),
];

/// The doors to it; none for who works for the whole region.
pub fn doors(asked: &Paginavraag<'_>) -> Option<Bladdeel> {
    asked.eigen()?;
    let soort = asked.wie.rol.soort();
    let doors = DOEN.iter().filter(|(href, _)| may_see(soort, href));
    Some(Bladdeel::Zinnen("Zelf doen", doors.map(|(href, text)| Vak::new(text).deur(*href)).collect()))
}
