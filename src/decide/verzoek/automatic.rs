//! Answers every product of a JW315 by itself as far as that goes; the rest becomes work for a person.

use super::oordeel::{Aanvraag, Beoordeling, Oordeel};
use super::{Uitgegeven, Uitgifte, UitgifteError, answer_due, as_requested, with_client};
use crate::decide::answer::jw319::Bescheid;
use crate::decide::numbers::Numbers;
use crate::decide::{Decision, Input};
use crate::messages::jw315::{AangevraagdProduct, Client};
use crate::messages::{Relatie, jw301};
use crate::state::{NewWorkItem, Voorstel, WorkReason};

/// Adds the answers, changes and work items to a decision on a JW315 that was accepted.
pub(super) fn answer(
    input: &Input<'_>,
    relatie: Relatie,
    client: &Client<'_>,
    numbers: &mut Numbers<'_>,
    decision: &mut Decision,
) {
    let automatic = Automatic { input, relatie, client };
    with_client(input.known, input.register, relatie, client, |found| {
        automatic.answer(found, numbers, decision);
    });
}

struct Automatic<'a> {
    input: &'a Input<'a>,
    relatie: Relatie,
    client: &'a Client<'a>,
}

impl Automatic<'_> {
    /// Honoured products go together in one JW301, every other one gets its own JW319.
    fn answer(
        &self,
        found: Result<jw301::Client<'_>, &'static str>,
        numbers: &mut Numbers<'_>,
        decision: &mut Decision,
    ) {
        let verdicts = self.verdicts(found.as_ref().err().copied());
        let honoured: Vec<_> = verdicts
            .iter()
            .filter(|(_, verdict)| matches!(verdict, Oordeel::Honoreren(_)))
            .map(|(product, _)| as_requested(product))
            .collect();
        let mut not_assigned = None;
        if let (Ok(client), false) = (found, honoured.is_empty()) {
            let sent =
                self.issue(decision, numbers, |issue, numbers| issue.toewijzing(client, &honoured, numbers));
            not_assigned = sent.err();
            decision.issued = u32::from(not_assigned.is_none());
        }
        for (product, verdict) in &verdicts {
            let reference = product.referentie_aanbieder;
            match (verdict, &not_assigned) {
                (Oordeel::Honoreren(_), Some(error)) => {
                    decision.work.push(self.review(reference, &not_sent(error)));
                }
                (Oordeel::Honoreren(told), None) => {
                    decision
                        .work
                        .extend(told.iter().map(|(reason, what)| self.told(reference, *reason, what)));
                }
                (Oordeel::Weigeren(reden), _) => {
                    let bescheid = Bescheid::Afgewezen { reden: *reden, gemeente: None };
                    let sent = self.issue(decision, numbers, |issue, numbers| {
                        issue.antwoord(reference, bescheid, numbers)
                    });
                    if let Err(error) = sent {
                        let proposal = Beoordeling { afwijzen: Some(*reden), ..not_sent(&error) };
                        decision.work.push(self.review(reference, &proposal));
                    }
                }
                (Oordeel::Beoordelen(proposal), _) => decision.work.push(self.review(reference, proposal)),
            }
        }
    }

    /// Every product with its verdict; what is honoured counts for what follows.
    fn verdicts(&self, missing: Option<&'static str>) -> Vec<(&AangevraagdProduct<'_>, Oordeel)> {
        let (Input { known, register, .. }, relatie, client) = (*self.input, self.relatie, self.client);
        let mut honoured = Vec::new();
        let mut verdicts = Vec::new();
        for product in &client.aangevraagde_producten {
            let aanvraag =
                Aanvraag { known, register, relatie, client, product, missing, honoured: &honoured };
            let (verdict, zorg) = (aanvraag.oordeel(), aanvraag.zorg());
            if matches!(verdict, Oordeel::Honoreren(_)) {
                honoured.push(zorg);
            }
            verdicts.push((product, verdict));
        }
        verdicts
    }

    /// Issues something, or nothing at all: numbers of what does not leave are not used, and an alarm
    /// is raised.
    fn issue(
        &self,
        decision: &mut Decision,
        numbers: &mut Numbers<'_>,
        make: impl FnOnce(&Uitgifte<'_>, &mut Numbers<'_>) -> Result<Uitgegeven, UitgifteError>,
    ) -> Result<(), UitgifteError> {
        let Input { known, journal, moment, issued, .. } = *self.input;
        let issue = Uitgifte { known, relatie: self.relatie, journal, moment, issued };
        let mut attempt = numbers.clone();
        match make(&issue, &mut attempt) {
            Ok(sent) => {
                decision.answers.extend(sent.answers);
                decision.changes.extend(sent.changes);
                *numbers = attempt;
                Ok(())
            }
            Err(error) => {
                let alarm = error.alarm(self.relatie);
                if !decision.work.contains(&alarm) {
                    decision.work.push(alarm);
                }
                Err(error)
            }
        }
    }

    fn review(&self, reference: &str, proposal: &Beoordeling) -> NewWorkItem {
        let referentie: Box<str> = reference.into();
        let voorstel = match proposal.afwijzen {
            Some(reden) => Voorstel::Afwijzen { referentie, reden },
            None => Voorstel::Honoreren { referentie, einddatum: proposal.einddatum },
        };
        NewWorkItem {
            due: answer_due(self.input.moment.date()),
            voorstel,
            ..self.item(WorkReason::VerzoekBeoordelen, format!("Verzoek {reference}: {}.", proposal.waarom))
        }
    }

    fn told(&self, reference: &str, reason: WorkReason, what: &str) -> NewWorkItem {
        self.item(reason, format!("Verzoek {reference} is gehonoreerd, maar {what}."))
    }

    fn item(&self, reason: WorkReason, story: String) -> NewWorkItem {
        NewWorkItem {
            reason,
            relatie: self.relatie,
            toewijzing: None,
            due: None,
            story,
            voorstel: Voorstel::Kennisnemen,
        }
    }
}

fn not_sent(error: &UitgifteError) -> Beoordeling {
    Beoordeling::of(format!("het antwoord kon niet worden verstuurd ({error})"))
}
