//! Retours from the aanbieder on what went to it: JW302 and JW320. Nothing is answered.

use super::judge::parked;
use super::verzoek::{Beoordeling, Bezorging};
use super::{Decision, Input, Requests, Verdict};
use crate::codes::Retourcode;
use crate::messages::{Bericht, BerichtSoort, Header, Relatie, jw301, jw319};
use crate::state::{
    Bedragen, Change, FactKeys, NewWorkItem, Ontvangst, Toewijzing, Verzonden, VerzondenAntwoord,
    VerzondenVersie, Voorstel, WorkReason,
};

type SentKey = (BerichtSoort, Relatie, Box<str>);

/// The sent message that it answers.
pub(super) fn keys(bericht: &Bericht<'_>, keys: &mut FactKeys) {
    keys.verzonden.extend(key(bericht.header()));
}

/// The message that a retour answers: kind, relatie and Identificatie of the heenbericht.
fn key(header: &Header<'_>) -> Option<SentKey> {
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
        // What the first rejection took out may have been sent again since.
        let open_again = if sent.aanvaard == Some(false) {
            Vec::new()
        } else {
            decision.changes.extend(not_received(input, sent));
            let open_again = open_again(input, sent);
            decision.changes.extend(open_again.iter().map(|verzoek| verzoek.undo(sent.relatie.aanbieder)));
            open_again
        };
        decision.work.push(rejected(sent, &codes, &open_again));
        if input.requests == Requests::Automatic {
            decision.work.extend(answer_again(input, sent, &open_again));
        }
    }
    decision
}

/// The versions of a rejected JW301 are no facts for the aanbieder until they are sent again (rulings 2.6).
/// One that a newer version replaced is taken from behind it: the newer one stands.
fn not_received<'a>(input: &Input<'a>, sent: &'a Verzonden) -> impl Iterator<Item = Change> + use<'a> {
    let (known, gemeente) = (input.known, sent.relatie.gemeente);
    sent.toewijzingen.iter().filter_map(move |versie| {
        let nummer = versie.nummer;
        let toewijzing = known.toewijzingen.get(&(gemeente, nummer))?;
        if is_newest(versie, toewijzing) {
            let ontvangst = Ontvangst::Afgewezen;
            return Some(Change::ToewijzingOntvangst { gemeente, nummer, ontvangst });
        }
        let without = toewijzing.without_vorige(versie.bericht?)?;
        Some(Change::ToewijzingOpgeslagen(Box::new(without)))
    })
}

fn is_newest(versie: &VerzondenVersie, toewijzing: &Toewijzing) -> bool {
    toewijzing.ontvangst == Ontvangst::Verzonden
        && versie.bericht.is_none_or(|bericht| bericht == toewijzing.bericht)
}

/// The requests whose answer was in the rejected message: it was never sent (OP286, rulings 1.2). Not those that were
/// answered otherwise since, nor those that a newer version of their assignment names: that one answers them. A newer
/// version that is about something else answers nothing (TR374).
fn open_again(input: &Input<'_>, sent: &Verzonden) -> Vec<VerzondenAntwoord> {
    let Relatie { gemeente, aanbieder } = sent.relatie;
    let stands = |antwoord: &&VerzondenAntwoord| {
        let key = (aanbieder, antwoord.referentie.clone());
        input.known.verzoeken.get(&key).is_some_and(|verzoek| verzoek.status == antwoord.nu)
    };
    let sent_again = |antwoord: &&VerzondenAntwoord| {
        sent.toewijzingen.iter().any(|versie| {
            let known = input.known.toewijzingen.get(&(gemeente, versie.nummer));
            known.is_some_and(|known| {
                known.ontvangst == Ontvangst::Verzonden
                    && !is_newest(versie, known)
                    && known.referentie_aanbieder.as_ref() == Some(&antwoord.referentie)
            })
        })
    };
    sent.verzoeken.iter().filter(stands).filter(|antwoord| !sent_again(antwoord)).cloned().collect()
}

/// A person answers again what is open again. Approving sends an assignment once more as it was.
fn answer_again(input: &Input<'_>, sent: &Verzonden, open_again: &[VerzondenAntwoord]) -> Vec<NewWorkItem> {
    let bezorging = Bezorging { input, relatie: sent.relatie };
    let (soort, identificatie) = (sent.soort.name(), &sent.identificatie);
    let waarom = format!(
        "het antwoord ({soort} {identificatie}) is afgekeurd door de aanbieder en geldt als niet verstuurd"
    );
    let open = open_again.iter().filter(|antwoord| antwoord.eerder.is_open());
    open.map(|antwoord| bezorging.review(&antwoord.referentie, &Beoordeling::of(waarom.as_str()))).collect()
}

fn rejected(sent: &Verzonden, codes: &[Retourcode], open_again: &[VerzondenAntwoord]) -> NewWorkItem {
    let codes: Vec<&str> = codes.iter().map(Retourcode::as_str).collect();
    let mut consequence = if sent.soort == BerichtSoort::Jw301 {
        "De toewijzingen erin gelden als niet ontvangen tot de gemeente ze opnieuw stuurt".to_owned()
    } else {
        "Het antwoord geldt als niet verstuurd".to_owned()
    };
    if !open_again.is_empty() {
        let references: Vec<&str> = open_again.iter().map(|antwoord| &*antwoord.referentie).collect();
        consequence.push_str("; weer te beantwoorden: ");
        consequence.push_str(&references.join(", "));
    }
    NewWorkItem {
        reason: WorkReason::RetourAfgekeurd,
        relatie: sent.relatie,
        toewijzing: sent.toewijzingen.first().map(|versie| versie.nummer),
        due: None,
        story: format!(
            "{} {} is afgekeurd met {}. {consequence}.",
            sent.soort.name(),
            sent.identificatie,
            codes.join(", ")
        ),
        voorstel: Voorstel::Kennisnemen,
        bedragen: Bedragen::default(),
        verzamel: None,
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
        bedragen: Bedragen::default(),
        verzamel: None,
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
