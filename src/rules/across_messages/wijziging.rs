//! What the rules on a JW317 look at: the request beside what the aanbieder was told.
//!
//! The aanbieder is judged on the versions that it received: one that is held, or that it rejected,
//! leaves the version before it in force (rulings 2.4, 2.6).

use super::Facts;
use crate::codes::{Datum, ToewijzingNummer};
use crate::messages::jw317::{Client, NieuwProduct, OngewijzigdProduct, TeWijzigenProduct};
use crate::messages::shared::Product;
use crate::rules::in_message::overlap::{Zorgperiode, common_days, overlap, overlapping};
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
        let gevraagd = self.gevraagd();
        let perioden: Vec<Zorgperiode> = gevraagd.iter().map(|product| product.periode).collect();
        let mut found = BTreeSet::new();
        for (one, two) in overlapping(&perioden) {
            if !gevraagd[one].was_stacked_with(&gevraagd[two]) {
                found.insert(perioden[two].at.0);
                continue;
            }
            // The gemeente did this; each of the two may overlap with something else all the same.
            for place in [one, two] {
                let others = (0..perioden.len()).filter(|other| {
                    *other != place
                        && overlap(&perioden[*other], &perioden[place])
                        && !gevraagd[*other].was_stacked_with(&gevraagd[place])
                });
                found.extend(others.map(|other| perioden[place.max(other)].at.0));
            }
        }
        found
    }

    /// The situation asked for, in the order of the message. A product to change runs from its first day:
    /// until the change it is still there.
    fn gevraagd(&self) -> Vec<Gevraagd> {
        let verzoek = &self.client.verzoek;
        let unchanged = verzoek.ongewijzigde_producten.iter().filter_map(|product| {
            let toewijzing = self.genoemd(product.toewijzing_nummer)?;
            let periode = Zorgperiode {
                at: product.at,
                product: toewijzing.product,
                begin: toewijzing.ingangsdatum,
                eind: toewijzing.einddatum,
            };
            Some(Gevraagd { periode, toegewezen: Some((toewijzing.nummer, periode)) })
        });
        let changed = verzoek.te_wijzigen_producten.iter().filter_map(|product| {
            let toewijzing = self.genoemd(product.toewijzing_nummer)?;
            let (begin, eind) = (toewijzing.ingangsdatum, toewijzing.einddatum);
            let toegewezen = Zorgperiode { at: product.at, product: toewijzing.product, begin, eind };
            let begin = begin.min(product.gewenste_ingangsdatum);
            let periode = Zorgperiode { begin, eind: product.einddatum, ..toegewezen };
            Some(Gevraagd { periode, toegewezen: Some((toewijzing.nummer, toegewezen)) })
        });
        let new = verzoek.nieuwe_producten.iter().map(|product| {
            let periode = Zorgperiode {
                at: product.at,
                product: product.product.as_ref().map(Product::sleutel),
                begin: product.gewenste_ingangsdatum,
                eind: product.einddatum,
            };
            Gevraagd { periode, toegewezen: None }
        });
        unchanged.chain(changed).chain(new).collect()
    }
}

/// A product of a request over its days.
#[derive(Debug, Clone, Copy)]
struct Gevraagd {
    /// As it was asked for.
    periode: Zorgperiode,
    /// The assignment that it names, with the days that it has now.
    toegewezen: Option<(ToewijzingNummer, Zorgperiode)>,
}

impl Gevraagd {
    /// Whether both were assigned already on every day on which they overlap in the request.
    fn was_stacked_with(&self, other: &Self) -> bool {
        let (Some((one, here)), Some((two, there))) = (self.toegewezen, other.toegewezen) else {
            return false;
        };
        let asked = common_days(&self.periode, &other.periode);
        let assigned = common_days(&here, &there);
        one != two
            && asked
                .zip(assigned)
                .is_some_and(|((begin, eind), (first, last))| first <= begin && eind <= last)
    }
}
