//! JW319, the answer on a request.

use super::base::{AT, jw319};
use super::case::{Case, Place, breaks, holds};
use happyflow::codes::{GemeenteCode, RedenAfwijzingVerzoek, VerzoekAntwoord};
use happyflow::messages::Bericht;
use happyflow::messages::jw319::Woonplaatsbeginsel;

const REASON: &[Place] = &[("Antwoord", "RedenAfwijzingVerzoek")];
const OTHER: &[Place] = &[("Antwoord", "Woonplaatsbeginsel")];

fn answer(
    verzoek: VerzoekAntwoord,
    reden: Option<RedenAfwijzingVerzoek>,
    other_gemeente: bool,
) -> Bericht<'static> {
    jw319(|antwoord| {
        antwoord.verzoek_antwoord = verzoek;
        antwoord.reden_afwijzing_verzoek = reden;
        antwoord.woonplaatsbeginsel = other_gemeente.then(|| Woonplaatsbeginsel {
            at: AT,
            gemeente: GemeenteCode::parse("0363").unwrap(),
            retour_codes: vec![],
        });
    })
}

pub fn cases() -> Vec<Case> {
    use RedenAfwijzingVerzoek::{GeenContract, Woonplaatsbeginsel as Elsewhere};
    use VerzoekAntwoord::{Afgewezen, InOnderzoek};
    vec![
        holds("CD085", "refused with a reason", answer(Afgewezen, Some(GeenContract), false)),
        breaks("CD085", "refused without reason", answer(Afgewezen, None, false), REASON),
        holds("CD085", "examined without reason", answer(InOnderzoek, None, false)),
        holds("CD086", "examined without reason", answer(InOnderzoek, None, false)),
        breaks("CD086", "examined with a reason", answer(InOnderzoek, Some(GeenContract), false), REASON),
        holds("TR377", "elsewhere with the gemeente", answer(Afgewezen, Some(Elsewhere), true)),
        breaks("TR377", "elsewhere without gemeente", answer(Afgewezen, Some(Elsewhere), false), OTHER),
        holds("TR409", "elsewhere with the gemeente", answer(Afgewezen, Some(Elsewhere), true)),
        breaks("TR409", "another reason with a gemeente", answer(Afgewezen, Some(GeenContract), true), OTHER),
        breaks("TR409", "no reason with a gemeente", answer(InOnderzoek, None, true), OTHER),
    ]
}
