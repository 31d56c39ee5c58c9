//! What the rules on a JW317 look at: the request beside what the aanbieder was told.
//!
//! The aanbieder is judged on the versions that it received: one that is held, or that it rejected,
//! leaves the version before it in force (rulings 2.4, 2.6).

use super::Facts;
use crate::codes::{Datum, ToewijzingNummer};
use crate::messages::jw317::{Client, NieuwProduct, OngewijzigdProduct, TeWijzigenProduct};
use crate::messages::shared::Product;
use crate::rules::in_message::overlap::{Zorgperiode, overlapping};
use crate::state::Toewijzing;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// For rules on the client or the request of a JW317.
#[derive(Debug, Clone, Copy)]
pub struct WijzigingFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    /// Dagtekening of the message.
    pub dagtekening: Datum,
    /// The client with the request.
    pub client: &'a Client<'a>,
}

/// For rules on a product that stays as it is.
#[derive(Debug, Clone, Copy)]
pub struct OngewijzigdFacts<'a> {
    /// The request.
    pub wijziging: WijzigingFacts<'a>,
    /// The product.
    pub product: &'a OngewijzigdProduct,
    /// The assignment that it names; `None` is a 9350.
    pub toewijzing: Option<&'a Toewijzing>,
    /// Places of products that overlap with one before them in the request (TR361).
    pub overlappend: &'a BTreeSet<u32>,
}

/// For rules on a product to change.
#[derive(Debug, Clone, Copy)]
pub struct TeWijzigenFacts<'a> {
    /// The request.
    pub wijziging: WijzigingFacts<'a>,
    /// The product.
    pub product: &'a TeWijzigenProduct,
    /// The assignment that it names; `None` is a 9351 and silences every other rule (rulings 5.12).
    pub toewijzing: Option<&'a Toewijzing>,
    /// Places of products that overlap with one before them in the request (TR361).
    pub overlappend: &'a BTreeSet<u32>,
}

/// For rules on a new product.
#[derive(Debug, Clone, Copy)]
pub struct NieuwFacts<'a> {
    /// The request.
    pub wijziging: WijzigingFacts<'a>,
    /// The product.
    pub product: &'a NieuwProduct,
    /// Places of products that overlap with one before them in the request (TR361).
    pub overlappend: &'a BTreeSet<u32>,
}

impl<'a> WijzigingFacts<'a> {
    /// Whether the gemeente knows the client (TR304).
    #[must_use]
    pub fn client_known(&self) -> bool {
        self.facts.known.clienten.contains_key(&(self.facts.relatie.gemeente, self.client.bsn))
    }

    /// The assignments of the client at this aanbieder that are current on a day, as the aanbieder has
    /// them, in order of number.
    pub fn actueel(&self, on: Datum) -> impl Iterator<Item = Cow<'a, Toewijzing>> + use<'a> {
        let Self { facts, client, .. } = *self;
        let numbers = facts.known.toewijzingen_van.get(&(facts.relatie.gemeente, client.bsn));
        let numbers = numbers.into_iter().flatten();
        numbers
            .filter_map(move |nummer| facts.known.toewijzingen.get(&(facts.relatie.gemeente, *nummer)))
            .filter(move |toewijzing| toewijzing.aanbieder == facts.relatie.aanbieder)
            .filter_map(Toewijzing::bij_aanbieder)
            .filter(move |toewijzing| toewijzing.is_actueel(on))
    }

    /// The assignment that a product names. It may have ended since the message was made: the sender
    /// could not know when it would be read (rulings 1.7).
    #[must_use]
    pub fn genoemd(&self, nummer: ToewijzingNummer) -> Option<Cow<'a, Toewijzing>> {
        let Facts { relatie, known, .. } = self.facts;
        known
            .toewijzingen
            .get(&(relatie.gemeente, nummer))
            .filter(|known| known.aanbieder == relatie.aanbieder && known.bsn == self.client.bsn)
            .and_then(Toewijzing::bij_aanbieder)
            .filter(|toewijzing| toewijzing.is_actueel(self.dagtekening))
    }

    /// Places of products that overlap with one earlier in the request (TR361). One that names no assignment takes
    /// no part.
    #[must_use]
    pub fn overlappend(&self) -> BTreeSet<u32> {
        let perioden = self.perioden();
        overlapping(&perioden).into_iter().map(|(_, later)| perioden[later].at.0).collect()
    }

    /// The situation asked for. A product to change runs from its first day: until the change it is
    /// still there.
    fn perioden(&self) -> Vec<Zorgperiode> {
        let verzoek = &self.client.verzoek;
        let unchanged = verzoek.ongewijzigde_producten.iter().filter_map(|product| {
            let toewijzing = self.genoemd(product.toewijzing_nummer)?;
            let Toewijzing { ingangsdatum: begin, einddatum: eind, .. } = *toewijzing;
            Some(Zorgperiode { at: product.at, product: toewijzing.product, begin, eind })
        });
        let changed = verzoek.te_wijzigen_producten.iter().filter_map(|product| {
            let toewijzing = self.genoemd(product.toewijzing_nummer)?;
            let begin = toewijzing.ingangsdatum.min(product.gewenste_ingangsdatum);
            Some(Zorgperiode { at: product.at, product: toewijzing.product, begin, eind: product.einddatum })
        });
        let new = verzoek.nieuwe_producten.iter().map(|product| Zorgperiode {
            at: product.at,
            product: product.product.as_ref().map(Product::sleutel),
            begin: product.gewenste_ingangsdatum,
            eind: product.einddatum,
        });
        unchanged.chain(changed).chain(new).collect()
    }
}
