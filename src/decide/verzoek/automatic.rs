//! Answers every product of a JW315 by itself as far as that goes; the rest becomes work for a person.

use super::bezorging::{Bezorging, not_sent};
use super::oordeel::{Aanvraag, Beoordeling, VerzoekOordeel};
use super::samen::Samen;
use super::{BekendKind, as_requested, with_client};
use crate::decide::answer::jw319::Bescheid;
use crate::decide::cost::Zorg;
use crate::decide::numbers::GemeenteNumbers;
use crate::decide::{Decision, Input};
use crate::messages::Relatie;
use crate::messages::jw315::{AangevraagdProduct, Client};

/// Adds the answers, changes and work items to a decision on a JW315 that was accepted.
pub(super) fn answer(
    input: &Input<'_>,
    relatie: Relatie,
    client: &Client<'_>,
    numbers: &mut GemeenteNumbers<'_>,
    decision: &mut Decision,
) {
    let bezorging = Bezorging { input, relatie };
    let automatic = Automatic { input, relatie, client, bezorging };
    with_client(input.known, input.register, relatie, client, |found| {
        automatic.answer(found, numbers, decision);
    });
}

struct Automatic<'a> {
    input: &'a Input<'a>,
    relatie: Relatie,
    client: &'a Client<'a>,
    bezorging: Bezorging<'a>,
}

impl Automatic<'_> {
    /// Honoured products go together in one JW301, every other one gets its own JW319.
    fn answer(&self, found: BekendKind<'_>, numbers: &mut GemeenteNumbers<'_>, decision: &mut Decision) {
        let verdicts = self.verdicts(&found);
        let honoured: Vec<_> = verdicts
            .iter()
            .filter(|(_, verdict)| matches!(verdict, VerzoekOordeel::Honoreren(_)))
            .map(|(product, _)| as_requested(product))
            .collect();
        let mut not_assigned = None;
        if let (Ok(client), false) = (found.gegevens, honoured.is_empty()) {
            let sent = self
                .bezorging
                .issue(decision, numbers, |issue, numbers| issue.toewijzing(client, &honoured, numbers));
            not_assigned = sent.err();
            decision.issued = u32::from(not_assigned.is_none());
        }
        for (product, verdict) in &verdicts {
            let reference = product.referentie_aanbieder;
            match (verdict, &not_assigned) {
                (VerzoekOordeel::Honoreren(_), Some(error)) => {
                    decision.work.push(self.bezorging.review(reference, &not_sent(error)));
                }
                (VerzoekOordeel::Honoreren(told), None) => {
                    decision.work.extend(
                        told.iter().map(|(reason, what)| self.bezorging.told(reference, *reason, what)),
                    );
                }
                (VerzoekOordeel::Weigeren(reden), _) => {
                    let bescheid = Bescheid::Afgewezen { reden: *reden, gemeente: None };
                    let sent = self.bezorging.issue(decision, numbers, |issue, numbers| {
                        issue.antwoord(reference, bescheid, numbers)
                    });
                    if let Err(error) = sent {
                        let proposal = Beoordeling { afwijzen: Some(*reden), ..not_sent(&error) };
                        decision.work.push(self.bezorging.review(reference, &proposal));
                    }
                }
                (VerzoekOordeel::Beoordelen(proposal), _) => {
                    decision.work.push(self.bezorging.review(reference, proposal));
                }
            }
        }
    }

    /// Every product with its verdict; what is honoured counts for what follows.
    fn verdicts(&self, found: &BekendKind<'_>) -> Vec<(&AangevraagdProduct<'_>, VerzoekOordeel)> {
        let (products, alone) = (&self.client.aangevraagde_producten, Samen::default());
        let asked: Vec<Aanvraag<'_>> = products
            .iter()
            .map(|product| self.aanvraag(found, product, &[], &alone))
            .filter(|aanvraag| !aanvraag.is_refused())
            .collect();
        let samen = Samen::of(&asked);
        let mut honoured = Vec::new();
        let mut verdicts = Vec::new();
        for product in products {
            let aanvraag = self.aanvraag(found, product, &honoured, &samen);
            let (verdict, zorg) = (aanvraag.oordeel(), aanvraag.zorg());
            if matches!(verdict, VerzoekOordeel::Honoreren(_)) {
                honoured.push(zorg);
            }
            verdicts.push((product, verdict));
        }
        verdicts
    }

    fn aanvraag<'b>(
        &'b self,
        found: &BekendKind<'_>,
        product: &'b AangevraagdProduct<'b>,
        honoured: &'b [Zorg],
        samen: &'b Samen,
    ) -> Aanvraag<'b> {
        Aanvraag {
            known: self.input.known,
            register: self.input.register,
            relatie: self.relatie,
            client: self.client,
            product,
            niet_getoond: found.niet_getoond,
            missing: found.gegevens.as_ref().err().copied(),
            honoured,
            samen,
            vandaag: self.input.moment.date(),
        }
    }
}
