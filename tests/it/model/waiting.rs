//! The model on assignments of the gemeente that wait for a person, or never do (rulings 8.4, 8.7, 8.16).

use super::limits::deleted;
use super::office::{Model, Versie};
use super::spec::{Aanvraag, Bericht, Dag, Inhoud, Product, Toewijzing};
use std::collections::BTreeMap;

/// An assignment that waits, and when it was decided on.
type Wacht = (u32, (Dag, String));

/// What a product of a message is beside what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soort {
    Nieuw,
    Gewijzigd,
    Herhaling,
    Ouder,
}

impl Model {
    /// By moment and content (rulings 2.1); what is held back and comes once more is judged once more.
    pub(super) fn told(&self, gemeente: &str, product: &Toewijzing) -> Soort {
        let Some(versie) = self.newest(gemeente, product.nummer) else { return Soort::Nieuw };
        let known = &versie.inhoud;
        if product.vastgesteld < known.vastgesteld {
            return Soort::Ouder;
        }
        let same = (product.einde, product.omvang, product.budget)
            == (known.einde, known.omvang, known.budget)
            && (product.reden.is_none() || product.reden == known.reden);
        if product.vastgesteld == known.vastgesteld && same && !versie.achter {
            Soort::Herhaling
        } else {
            Soort::Gewijzigd
        }
    }

    /// A product as the message brings it.
    pub(super) fn versie(&self, bericht: &Bericht, bsn: &'static str, product: &Toewijzing) -> Versie {
        Versie {
            gemeente: bericht.gemeente,
            aanbieder: bericht.aanbieder,
            bsn,
            bericht: bericht.identificatie.clone(),
            afgewezen: false,
            achter: self.held,
            inhoud: product.clone(),
        }
    }

    /// Whether a message that is accepted waits: it brings a limit that holds assignments over its amount, and adds to what
    /// is promised of it.
    pub(super) fn waits(
        &self,
        today: Dag,
        bericht: &Bericht,
        bsn: &'static str,
        producten: &[Toewijzing],
    ) -> bool {
        if producten.iter().any(|product| self.never_waits(bericht, bsn, product)) {
            return false;
        }
        let new = self.brought(bericht, bsn, producten);
        self.too_many_trajectories(&new) == "hold" || self.brings_over(today, new)
    }

    /// What a message brings that is new or changed, as it will be when it does not wait.
    pub(super) fn brought(
        &self,
        bericht: &Bericht,
        bsn: &'static str,
        producten: &[Toewijzing],
    ) -> Vec<Versie> {
        let new = producten.iter().filter(|product| {
            matches!(self.told(bericht.gemeente, product), Soort::Nieuw | Soort::Gewijzigd)
        });
        new.map(|product| Versie { achter: false, ..self.versie(bericht, bsn, product) }).collect()
    }

    /// Whether these assignments bring a limit that holds assignments over its amount.
    fn brings_over(&self, today: Dag, new: Vec<Versie>) -> bool {
        let mut after = self.clone();
        after.versies.extend(new);
        self.is_over_in(&after, today)
    }

    /// Whether in what follows on this a limit that holds assignments has more promised, and is over its amount.
    pub fn is_over_in(&self, after: &Self, today: Dag) -> bool {
        let limieten = after.contract.limieten.iter().enumerate();
        let mut holding = limieten.filter(|(_, limiet)| limiet.actief && limiet.bij_toewijzing == "hold");
        holding.any(|(place, limiet)| {
            let (before, after) = (self.stand(place, today), after.stand(place, today));
            after.toegezegd > before.toegezegd && after.in_gebruik() > limiet.bedrag
        })
    }

    /// A line with which a message never waits.
    fn never_waits(&self, bericht: &Bericht, bsn: &'static str, product: &Toewijzing) -> bool {
        let soort = self.told(bericht.gemeente, product);
        if soort == Soort::Ouder {
            return false;
        }
        let ends = matches!(product.reden, Some("13" | "02")) && soort != Soort::Herhaling;
        // Ends earlier than what the aanbieder has.
        let known = self.received(bericht.gemeente, product.nummer).map(|known| &known.inhoud);
        let shorter = known.is_some_and(|known| {
            soort == Soort::Gewijzigd
                && (deleted(product)
                    || product.einde.is_some_and(|einde| known.einde.is_none_or(|known| einde < known)))
        });
        ends || shorter || self.spared_care(&Versie { achter: false, ..self.versie(bericht, bsn, product) })
    }

    /// Help in a crisis: of a category that certified institutions and crisis help have, of a row of the contract that says
    /// so, or of a category that a ceiling for which it counts excepts.
    pub fn spared_care(&self, versie: &Versie) -> bool {
        let Some(Product { categorie, code }) = versie.inhoud.product else { return false };
        if ["46", "47", "48", "49"].contains(&categorie) {
            return true;
        }
        let spoed = self.contract.regels.iter().any(|regel| {
            let relatie = (regel.gemeente, regel.aanbieder) == (versie.gemeente, versie.aanbieder);
            let of_it = regel.code[..2] == *categorie && code.is_none_or(|code| code == regel.code);
            let begin = versie.inhoud.ingang;
            regel.spoed && relatie && of_it && regel.van <= begin && regel.tot.is_none_or(|tot| begin <= tot)
        });
        let excepts = self.contract.limieten.iter().any(|limiet| {
            limiet.actief
                && limiet.excepts(categorie)
                && limiet.counts_assignment(&self.contract, versie, Dag::MIN)
        });
        spoed || excepts
    }

    /// What waits of the child at this aanbieder makes way for a newer message; what that does not name was refused. Newer is
    /// what brings one of its assignments anew, or was decided on no earlier than all of it (IV013).
    pub(super) fn replace(&mut self, bericht: &Bericht, bsn: &str, producten: &[Toewijzing]) {
        let told: Vec<(&Toewijzing, Soort)> =
            producten.iter().map(|product| (product, self.told(bericht.gemeente, product))).collect();
        let brought = told.iter().filter(|(_, soort)| matches!(soort, Soort::Nieuw | Soort::Gewijzigd));
        let brought: Vec<&Toewijzing> = brought.map(|(product, _)| *product).collect();
        let Some(newest) = brought.iter().map(|product| product.vastgesteld.clone()).max() else { return };
        for waits in self.waiting((bericht.gemeente, bericht.aanbieder, bsn)) {
            let anew =
                waits.iter().any(|(nummer, _)| brought.iter().any(|product| product.nummer == *nummer));
            if !anew && waits.iter().any(|(_, moment)| *moment > newest) {
                continue;
            }
            for (nummer, _) in waits {
                let named = |(product, soort): &(&Toewijzing, Soort)| {
                    product.nummer == nummer && *soort != Soort::Ouder
                };
                if !told.iter().any(named) {
                    self.take_back(bericht.gemeente, nummer);
                }
            }
        }
    }

    /// The assignments of a child at an aanbieder that wait, message by message, with when they were decided on.
    fn waiting(&self, (gemeente, aanbieder, bsn): (&str, &str, &str)) -> Vec<Vec<Wacht>> {
        let mut all: BTreeMap<&str, Vec<Wacht>> = BTreeMap::new();
        for known in self.assignments() {
            if known.achter && (known.gemeente, known.aanbieder, known.bsn) == (gemeente, aanbieder, bsn) {
                let of_it = (known.inhoud.nummer, known.inhoud.vastgesteld.clone());
                all.entry(&known.bericht).or_default().push(of_it);
            }
        }
        all.into_values().collect()
    }

    /// The version that the aanbieder has stands again; what it never had stays held back.
    fn take_back(&mut self, gemeente: &str, nummer: u32) {
        if self.received(gemeente, nummer).is_some() {
            self.versies.retain(|versie| {
                (versie.gemeente, versie.inhoud.nummer) != (gemeente, nummer) || !versie.achter
            });
        }
    }

    /// A person sends a message on that waited, with the payments of what is beyond one trajectory in it, or without.
    pub fn sent_on(&mut self, bericht: &Bericht, met_betaling: bool) {
        let let_through = self.let_through();
        let beyond = self.beyond_one(bericht);
        for nummer in &beyond {
            self.vrijgaven.retain(|(of, known, _)| (*of, *known) != (bericht.gemeente, *nummer));
        }
        let of_it = self.versies.iter().filter(|versie| is_of(versie, bericht) && versie.achter);
        let newest = of_it.map(|versie| versie.inhoud.vastgesteld.clone()).max();
        for versie in self.versies.iter_mut().filter(|versie| is_of(versie, bericht)) {
            versie.achter = false;
        }
        self.only_as_let_through(&let_through);
        self.vrijgaven.extend(beyond.into_iter().map(|nummer| (bericht.gemeente, nummer, met_betaling)));
        // What waits beside it and was decided on before it is never sent on after it.
        let Inhoud::Jw301 { bsn, .. } = &bericht.inhoud else { return };
        for waits in self.waiting((bericht.gemeente, bericht.aanbieder, bsn)) {
            if waits.iter().all(|(_, moment)| newest.as_ref().is_some_and(|newest| moment < newest)) {
                for (nummer, _) in waits {
                    self.take_back(bericht.gemeente, nummer);
                }
            }
        }
    }

    /// A person refuses it in the name of the gemeente.
    pub fn withheld(&mut self, bericht: &Bericht) {
        let of_it = self.versies.iter().filter(|versie| is_of(versie, bericht) && versie.achter);
        let numbers: Vec<u32> = of_it.map(|versie| versie.inhoud.nummer).collect();
        for nummer in numbers {
            let newest = self.newest(bericht.gemeente, nummer);
            if newest.is_some_and(|newest| is_of(newest, bericht)) {
                self.take_back(bericht.gemeente, nummer);
            }
        }
    }

    /// Whether a request brings a limit that holds assignments over its amount, with what is honoured of it already.
    pub(super) fn asks_too_much(
        &self,
        today: Dag,
        relatie: (&'static str, &'static str, &'static str),
        asked: &[&Aanvraag],
    ) -> bool {
        let (gemeente, aanbieder, bsn) = relatie;
        let versie = |(product, number): (&&Aanvraag, u32)| Versie {
            gemeente,
            aanbieder,
            bsn,
            bericht: String::new(),
            afgewezen: false,
            achter: false,
            inhoud: Toewijzing {
                // No number of a gemeente or of ours.
                nummer: u32::MAX - number,
                referentie: None,
                product: Some(Product { categorie: &product.code[..2], code: Some(product.code) }),
                vastgesteld: (today, String::new()),
                ingang: product.begin,
                einde: Some(product.einde),
                reden: None,
                omvang: Some(product.omvang),
                budget: None,
            },
        };
        let new: Vec<Versie> = asked.iter().zip(0..).map(versie).collect();
        // Of the last it is asked; care that never waits is told of.
        !new.last().is_some_and(|last| self.spared_care(last)) && self.brings_over(today, new)
    }

    /// A change of an assignment of the child at this aanbieder waits.
    pub(super) fn change_waits(&self, (gemeente, aanbieder, bsn): (&str, &str, &str)) -> bool {
        self.assignments().into_iter().any(|known| {
            (known.gemeente, known.aanbieder, known.bsn) == (gemeente, aanbieder, bsn)
                && known.achter
                && self.received(gemeente, known.inhoud.nummer).is_some()
        })
    }
}

fn is_of(versie: &Versie, bericht: &Bericht) -> bool {
    (versie.gemeente, &versie.bericht) == (bericht.gemeente, &bericht.identificatie)
}
