//! Dispatch: which facts a message needs, and which function decides it.

use super::judge::parked;
use super::promises::{self, PromiseCause};
use super::{
    Decision, Input, antwoord, declaratie, levering, numbers, retour, toewijzing, verzoek, wijziging,
};
use crate::contracts::Register;
use crate::messages::{Bericht, BerichtSoort};
use crate::state::{FactKeys, Oorzaak};

/// The facts that deciding a message needs.
#[must_use]
pub fn keys(bericht: &Bericht<'_>, register: &Register) -> FactKeys {
    let header = bericht.header();
    let mut keys = FactKeys { toezeggingen: register.has_limits(), ..FactKeys::default() };
    match (header.soort, bericht) {
        (BerichtSoort::Jw301, Bericht::Toewijzing(bericht)) => toewijzing::keys(bericht, register, &mut keys),
        (BerichtSoort::Jw303, Bericht::Factuur(bericht)) => {
            declaratie::keys_of_factuur(bericht, register, &mut keys);
            numbers::identificaties(header.relatie().gemeente, 1, register, &mut keys);
            return keys;
        }
        (BerichtSoort::Jw305 | BerichtSoort::Jw307, _) => levering::keys(bericht, &mut keys),
        (BerichtSoort::Jw315, Bericht::VerzoekToewijzing(bericht)) => {
            verzoek::keys(bericht, register, &mut keys);
        }
        (BerichtSoort::Jw317, Bericht::VerzoekWijziging(bericht)) => {
            wijziging::keys(bericht, register, &mut keys);
        }
        (BerichtSoort::Jw319, Bericht::Antwoord(bericht)) => antwoord::keys(bericht, &mut keys),
        (BerichtSoort::Jw323, Bericht::Declaratie(bericht)) => declaratie::keys(bericht, register, &mut keys),
        (BerichtSoort::Jw302 | BerichtSoort::Jw320, _) => {
            retour::keys(bericht, &mut keys);
            return keys;
        }
        _ => {}
    }
    if keys.toezeggingen && header.soort != BerichtSoort::Jw323 {
        keys.leveringen.extend(keys.clienten.iter().map(|(_, bsn)| (header.relatie(), *bsn)));
    }
    let identificatie = header.bericht_identificatie.identificatie.into();
    keys.identificaties.insert((header.afzender, header.soort, identificatie));
    numbers::identificaties(header.relatie().gemeente, answers_at_most(bericht), register, &mut keys);
    keys
}

/// Most messages of ours that answer one: the retour; on requests also one JW301 for what is honoured, and a JW319
/// for each that is not.
fn answers_at_most(bericht: &Bericht<'_>) -> usize {
    match bericht {
        Bericht::VerzoekToewijzing(bericht) => {
            2 + bericht.client.as_ref().map_or(0, |client| client.aangevraagde_producten.len())
        }
        Bericht::VerzoekWijziging(_) => 2,
        _ => 1,
    }
}

/// Decides a message that passed level 1, and keeps what follows of limits.
#[must_use]
pub fn decide(input: &Input<'_>) -> Decision {
    let mut decision = by_soort(input);
    let header = input.bericht.header();
    let bericht = format!("{} {}", header.soort.name(), header.bericht_identificatie.identificatie);
    let about = PromiseCause {
        journal: input.journal,
        oorzaak: oorzaak(header.soort),
        bericht: &bericht,
        relatie: header.relatie(),
        today: input.moment.date(),
    };
    promises::keep(&about, input.known, input.register, &mut decision.changes);
    decision
}

/// What an overrun that a message makes is told as.
const fn oorzaak(soort: BerichtSoort) -> Oorzaak {
    match soort {
        BerichtSoort::Jw301 | BerichtSoort::Jw315 | BerichtSoort::Jw317 => Oorzaak::Toewijzing,
        BerichtSoort::Jw303 | BerichtSoort::Jw323 => Oorzaak::Declaratie,
        _ => Oorzaak::Anders,
    }
}

fn by_soort(input: &Input<'_>) -> Decision {
    let soort = input.bericht.header().soort;
    match (soort, input.bericht) {
        (BerichtSoort::Jw301, Bericht::Toewijzing(bericht)) => toewijzing::decide(input, bericht),
        (BerichtSoort::Jw303, Bericht::Factuur(bericht)) => declaratie::decide_factuur(input, bericht),
        (BerichtSoort::Jw305 | BerichtSoort::Jw307, _) => levering::decide(input),
        (BerichtSoort::Jw315, Bericht::VerzoekToewijzing(bericht)) => verzoek::decide(input, bericht),
        (BerichtSoort::Jw317, Bericht::VerzoekWijziging(bericht)) => wijziging::decide(input, bericht),
        (BerichtSoort::Jw319, Bericht::Antwoord(bericht)) => antwoord::decide(input, bericht),
        (BerichtSoort::Jw323, Bericht::Declaratie(bericht)) => declaratie::decide(input, bericht),
        (BerichtSoort::Jw302 | BerichtSoort::Jw320, _) => retour::decide(input),
        // What is left are the retours and answers that are for us to give.
        _ => {
            parked(input, format!("Een {} maken wij zelf: van buiten is het verkeerd bezorgd.", soort.name()))
        }
    }
}
