//! JW319 from the gemeente: judged, answered by a JW320 and forwarded to the aanbieder.

use super::answer::retour::RetourVerdict as Retour;
use super::judge::{self, RuleVerdict};
use super::{Decision, Input, Verdict};
use crate::codes::VerzoekAntwoord;
use crate::messages::{BerichtSoort, Partij, jw319};
use crate::rules::RuleCheck;
use crate::rules::across_messages::{AntwoordFacts, WoonplaatsbeginselFacts};
use crate::state::{Change, FactKeys, VerzoekStatus, Verzonden, VerzondenAntwoord};

/// The request that it answers.
pub(super) fn keys(bericht: &jw319::Jw319<'_>, keys: &mut FactKeys) {
    let aanbieder = bericht.header.relatie().aanbieder;
    if let Some(antwoord) = &bericht.antwoord {
        keys.verzoeken.insert((aanbieder, antwoord.referentie_aanbieder.into()));
    }
}

/// Refusing closes the request, examining keeps it open (TR374).
pub(super) fn decide(input: &Input<'_>, bericht: &jw319::Jw319<'_>) -> Decision {
    if let Some(refusal) = judge::refusal(input, &[], |judged| judge_classes(input, bericht, judged)) {
        return refusal;
    }
    let mut numbers = judge::numbers(input);
    let retour = match judge::answer(input, Retour::Clean, &mut numbers) {
        Ok(retour) => retour,
        Err(alarm) => return Decision { work: vec![*alarm], ..Decision::of(Verdict::Parked) },
    };
    let mut changes = vec![judge::identificatie_gebruikt(&bericht.header)];
    let answered = bericht.antwoord.as_ref().and_then(|antwoord| answered(input, antwoord));
    let aanbieder = bericht.header.relatie().aanbieder;
    changes.extend(answered.as_ref().map(|answered| answered.change(aanbieder)));
    changes.push(Change::Verzonden(Verzonden {
        soort: BerichtSoort::Jw319,
        relatie: bericht.header.relatie(),
        identificatie: bericht.header.bericht_identificatie.identificatie.into(),
        toewijzingen: Vec::new(),
        verzoeken: answered.into_iter().collect(),
        aanvaard: None,
    }));
    changes.extend(numbers.changes());
    Decision {
        answers: vec![retour],
        forwards: vec![Partij::Aanbieder(bericht.header.relatie().aanbieder)],
        changes,
        ..Decision::of(Verdict::Accepted)
    }
}

fn judge_classes<'a>(input: &Input<'a>, bericht: &'a jw319::Jw319<'a>, judged: &mut RuleVerdict) {
    let Some(antwoord) = &bericht.antwoord else { return };
    let facts = judge::facts(input);
    for (rule, check) in judge::checks(input.bericht.header()) {
        match check {
            RuleCheck::Antwoord(judge) => {
                judged.note(rule, antwoord.at, judge(&AntwoordFacts { facts, antwoord }));
            }
            RuleCheck::Woonplaatsbeginsel(judge) => {
                if let Some(woonplaatsbeginsel) = &antwoord.woonplaatsbeginsel {
                    let outcome = judge(&WoonplaatsbeginselFacts { facts, woonplaatsbeginsel });
                    judged.note(rule, woonplaatsbeginsel.at, outcome);
                }
            }
            _ => {}
        }
    }
}

/// What the answer makes of its request; TR355 saw that there is one.
fn answered(input: &Input<'_>, antwoord: &jw319::Antwoord<'_>) -> Option<VerzondenAntwoord> {
    let referentie: Box<str> = antwoord.referentie_aanbieder.into();
    let key = (input.bericht.header().relatie().aanbieder, referentie.clone());
    let eerder = input.known.verzoeken.get(&key)?.status;
    let nu = match antwoord.verzoek_antwoord {
        VerzoekAntwoord::Afgewezen => VerzoekStatus::Afgewezen,
        VerzoekAntwoord::InOnderzoek => VerzoekStatus::InOnderzoek,
    };
    Some(VerzondenAntwoord { referentie, eerder, nu })
}
