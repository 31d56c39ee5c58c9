//! JW319s of our own making: one answer on one request, without client (rulings 3.4).

use super::jw301::header;
use crate::codes::{Datum, GemeenteCode, RedenAfwijzingVerzoek, VerzoekAntwoord};
use crate::messages::jw319::{Antwoord, Jw319, Woonplaatsbeginsel};
use crate::messages::{Bericht, BerichtSoort, Relatie};
use crate::schema::{At, Release};

/// What the aanbieder hears about its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bescheid {
    /// Refused; with woonplaatsbeginsel (8) also the gemeente that is responsible (IV095, TR377).
    Afgewezen {
        /// Why.
        reden: RedenAfwijzingVerzoek,
        /// Filled when the reason is woonplaatsbeginsel, and only then.
        gemeente: Option<GemeenteCode>,
    },
    /// Under examination.
    InOnderzoek,
}

/// The message.
#[must_use]
pub fn write(
    release: &'static Release,
    relatie: Relatie,
    identificatie: &str,
    dagtekening: Datum,
    referentie: &str,
    bescheid: Bescheid,
) -> Vec<u8> {
    let (verzoek_antwoord, reden_afwijzing_verzoek, gemeente) = match bescheid {
        Bescheid::Afgewezen { reden, gemeente } => (VerzoekAntwoord::Afgewezen, Some(reden), gemeente),
        Bescheid::InOnderzoek => (VerzoekAntwoord::InOnderzoek, None, None),
    };
    let (at, retour_codes) = (At::default(), Vec::new());
    let antwoord = Antwoord {
        at,
        referentie_aanbieder: referentie,
        verzoek_antwoord,
        reden_afwijzing_verzoek,
        woonplaatsbeginsel: gemeente.map(|gemeente| Woonplaatsbeginsel {
            at,
            gemeente,
            retour_codes: Vec::new(),
        }),
        retour_codes,
    };
    let header = header(release, BerichtSoort::Jw319, relatie, identificatie, dagtekening);
    Bericht::Antwoord(Jw319 { at, header, antwoord: Some(antwoord) }).write()
}
