//! Retours from the aanbieder on what went to it: JW302 and JW320. Nothing is answered.

use super::dispatch::parked;
use super::{Decision, Input, Verdict};
use crate::codes::Retourcode;
use crate::messages::{Bericht, BerichtSoort, Header, Relatie, jw301, jw319};
use crate::state::{Change, FactKeys, NewWorkItem, Ontvangst, Verzonden, Voorstel, WorkReason};

type Key = (BerichtSoort, Relatie, Box<str>);

/// The sent message that it answers.
pub(super) fn keys(bericht: &Bericht<'_>, keys: &mut FactKeys) {
    keys.verzonden.extend(key(bericht.header()));
}

/// The message that a retour answers: kind, relatie and Identificatie of the heenbericht.
fn key(header: &Header<'_>) -> Option<Key> {
    let soort = match header.soort {
        BerichtSoort::Jw302 => BerichtSoort::Jw301,
        BerichtSoort::Jw320 => BerichtSoort::Jw319,
        _ => return None,
    };
    Some((soort, header.relatie(), header.bericht_identificatie.identificatie.into()))
}

/// Matches it to what was sent.
///
/// A second retour on one message is no surprise: of an assignment of ours the gemeente has a copy,
/// and its retour looks the same as that of the aanbieder. A rejecting one always counts, a clean one
/// never takes a rejection back.
pub(super) fn decide(input: &Input<'_>) -> Decision {
    let header = input.bericht.header();
    if !input.in_message.is_empty() {
        let story = format!("Een {} voldoet niet aan de regels binnen het bericht.", header.soort.name());
        let level = input.in_message.iter().map(|finding| finding.rule.level).min();
        return Decision { level, findings: input.in_message.to_vec(), ..parked(input, story) };
    }
    let Some(sent) = key(header).and_then(|key| input.known.verzonden.get(&key)) else {
        return Decision { work: vec![unknown(header)], ..Decision::of(Verdict::Accepted) };
    };
    let codes = rejections(input.bericht);
    let aanvaard = codes.is_empty();
    let mut decision = Decision::of(Verdict::Accepted);
    if sent.aanvaard != Some(false) {
        decision.changes.push(Change::RetourOntvangen {
            soort: sent.soort,
            relatie: sent.relatie,
            identificatie: sent.identificatie.clone(),
            aanvaard,
        });
    }
    if !aanvaard {
        decision.changes.extend(not_received(sent));
        decision.work.push(rejected(sent, &codes));
    }
    decision
}

/// The changes of a rejected JW301 are no facts for the aanbieder until they are sent again (rulings 2.6).
fn not_received(sent: &Verzonden) -> impl Iterator<Item = Change> {
    let gemeente = sent.relatie.gemeente;
    sent.toewijzingen.iter().map(move |&nummer| Change::ToewijzingOntvangst {
        gemeente,
        nummer,
        ontvangst: Ontvangst::Afgewezen,
    })
}

fn rejected(sent: &Verzonden, codes: &[Retourcode]) -> NewWorkItem {
    let codes: Vec<&str> = codes.iter().map(Retourcode::as_str).collect();
    let consequence = if sent.soort == BerichtSoort::Jw301 {
        "De toewijzingen erin gelden als niet ontvangen tot de gemeente ze opnieuw stuurt"
    } else {
        "Het antwoord geldt als niet verstuurd: het verzoek moet opnieuw beantwoord worden"
    };
    NewWorkItem {
        reason: WorkReason::RetourAfgekeurd,
        relatie: sent.relatie,
        toewijzing: sent.toewijzingen.first().copied(),
        due: None,
        story: format!(
            "{} {} is afgekeurd met {}. {consequence}.",
            sent.soort.name(),
            sent.identificatie,
            codes.join(", ")
        ),
        voorstel: Voorstel::Kennisnemen,
    }
}

fn unknown(header: &Header<'_>) -> NewWorkItem {
    NewWorkItem {
        reason: WorkReason::RetourOnbekend,
        relatie: header.relatie(),
        toewijzing: None,
        due: None,
        story: format!(
            "Een {} hoort bij bericht {}, maar dat hebben wij niet verstuurd.",
            header.soort.name(),
            header.bericht_identificatie.identificatie
        ),
        voorstel: Voorstel::Kennisnemen,
    }
}

/// Every code in a retour that rejects something, each once, in the order of the classes.
fn rejections(bericht: &Bericht<'_>) -> Vec<Retourcode> {
    let mut found = Vec::new();
    let mut add = |codes: &[Retourcode]| {
        for &code in codes {
            if code != Retourcode::GEEN_OPMERKING && !found.contains(&code) {
                found.push(code);
            }
        }
    };
    if let Some(retour) = &bericht.header().retour {
        add(&retour.retour_codes);
    }
    match bericht {
        Bericht::Toewijzing(jw301::Jw301 { client: Some(client), .. }) => {
            add(&client.retour_codes);
            for relatie in &client.relaties {
                add(&relatie.retour_codes);
                add(&relatie.contact.retour_codes);
            }
            client.contactgegevens.iter().for_each(|contact| add(&contact.retour_codes));
            client.toegewezen_producten.iter().for_each(|product| add(&product.retour_codes));
        }
        Bericht::Antwoord(jw319::Jw319 { antwoord: Some(antwoord), .. }) => {
            add(&antwoord.retour_codes);
            antwoord.woonplaatsbeginsel.iter().for_each(|class| add(&class.retour_codes));
        }
        _ => {}
    }
    found
}
