//! Sends what is decided on a request, or makes it work for a person.

use super::oordeel::Beoordeling;
use super::{Gehonoreerd, Uitgegeven, Uitgifte, UitgifteError, answer_due, as_requested};
use crate::decide::cost::Zorg;
use crate::decide::numbers::GemeenteNumbers;
use crate::decide::{Decision, Input};
use crate::messages::jw315::Jw315;
use crate::messages::{Bericht, Relatie};
use crate::money::Cents;
use crate::state::{Bedragen, NewWorkItem, Voorstel, WorkReason};

/// What is sent about one message.
#[derive(Clone, Copy)]
pub(in crate::decide) struct Bezorging<'a> {
    /// The message.
    pub input: &'a Input<'a>,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
}

impl Bezorging<'_> {
    /// Issues something, or nothing at all: numbers of what does not leave are not used, and an alarm
    /// is raised.
    pub fn issue(
        &self,
        decision: &mut Decision,
        numbers: &mut GemeenteNumbers<'_>,
        make: impl FnOnce(&Uitgifte<'_>, &mut GemeenteNumbers<'_>) -> Result<Uitgegeven, UitgifteError>,
    ) -> Result<(), UitgifteError> {
        let Input { bericht, known, register, journal, moment, issued, .. } = *self.input;
        let release = bericht.header().release;
        let (relatie, earlier) = (self.relatie, decision.changes.as_slice());
        let issue = Uitgifte { release, known, register, earlier, relatie, journal, moment, issued };
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
                // A release without the messages to answer with is no fault of ours, nor is the clock of a gemeente:
                // the request itself is work.
                let no_fault = matches!(error, UitgifteError::Release(_) | UitgifteError::Vooruit { .. });
                if !no_fault && !decision.work.contains(&alarm) {
                    decision.work.push(alarm);
                }
                Err(error)
            }
        }
    }

    /// The work item for a request that a person decides.
    pub fn review(&self, reference: &str, proposal: &Beoordeling) -> NewWorkItem {
        let referentie: Box<str> = reference.into();
        let voorstel = match proposal.afwijzen {
            Some(reden) => Voorstel::Afwijzen { referentie, reden },
            None => Voorstel::Honoreren { referentie, einddatum: proposal.einddatum },
        };
        NewWorkItem {
            due: answer_due(self.input.moment.date()),
            voorstel,
            bedragen: Bedragen { gevraagd: self.gevraagd(reference), over: None },
            ..self.item(WorkReason::VerzoekBeoordelen, format!("Verzoek {reference}: {}.", proposal.waarom))
        }
    }

    /// What is expected of a product that is asked for with this reference.
    fn gevraagd(&self, reference: &str) -> Option<Cents> {
        let Bericht::VerzoekToewijzing(Jw315 { client: Some(client), .. }) = self.input.bericht else {
            return None;
        };
        let mut products = client.aangevraagde_producten.iter();
        let product = products.find(|product| product.referentie_aanbieder == reference)?;
        let Gehonoreerd { product, begin, eind, omvang, budget, .. } = as_requested(product);
        let zorg = Zorg { relatie: self.relatie, bsn: client.bsn, product, begin, eind, omvang, budget };
        zorg.cost(self.input.register)
    }

    /// What an operator is told of a request that was honoured.
    pub fn told(&self, reference: &str, reason: WorkReason, what: &str) -> NewWorkItem {
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
            bedragen: Bedragen::default(),
            verzamel: None,
        }
    }
}

/// A request whose answer could not be sent.
pub(in crate::decide) fn not_sent(error: &UitgifteError) -> Beoordeling {
    Beoordeling::of(format!("het antwoord kon niet worden verstuurd ({error})"))
}
