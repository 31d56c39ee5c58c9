//! Agenda of a month: what happens, and on which day.

use super::Generator;
use super::care::Dagen;
use super::people::{Aanmelding, FictiefVerzoek};
use super::products::FictiveProduct;
use super::random::WHOLE;
use super::region::Paar;
use crate::codes::{Datum, Eenheid, RedenAfwijzingVerzoek};
use chrono::Days;
use std::collections::BTreeMap;

/// Shares in parts of [`WHOLE`], per client or assignment per month.
const NIEUWE_ZORG: u32 = 600;
const ONGEDEKT: u32 = 120;
/// Share of children with a stay who get another one beside it.
const DUBBEL_VERBLIJF: u32 = WHOLE / 20;
const VERLENGD: u32 = 6_000;
const VERKORT: u32 = 120;
const STAPELING: u32 = 60;
/// Of assignments that end in the months after the next.
const LANGER_GEVRAAGD: u32 = 1_500;
/// Days in which an aanbieder asks for care to go on before it ends.
const VOOR_HET_EINDE: u64 = 62;

/// Something that a party does.
#[derive(Debug)]
pub(super) enum Gebeurtenis {
    /// A gemeente assigns new products at one aanbieder.
    Toewijzen { client: usize, aanbieder: usize, producten: Vec<&'static FictiveProduct> },
    /// A gemeente changes an assignment.
    Wijzigen { client: usize, zorg: usize, wijziging: AgendaWijziging },
    /// A gemeente sends again what an aanbieder rejected.
    Opnieuw { client: usize, aanbieder: usize },
    /// An aanbieder answers a JW301 with its JW302.
    Retour { paar: Paar, identificatie: String, dagtekening: Datum, afgekeurd: bool },
    /// An aanbieder asks for an assignment.
    Verzoek { client: usize, soort: FictiefVerzoek },
    /// An aanbieder reports that care started.
    Start { client: usize, zorg: usize },
    /// An aanbieder reports that care stopped.
    Stop { client: usize, zorg: usize },
    /// An aanbieder asks for an assignment to last longer.
    LangerVragen { client: usize, zorg: usize },
    /// An aanbieder asks for one of two products that it asks for apart.
    Deel { client: usize, product: &'static str },
    /// A gemeente answers a request itself: refused for this reason, or under examination.
    Antwoord { paar: Paar, referentie: String, reden: Option<RedenAfwijzingVerzoek> },
}

/// What a gemeente changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AgendaWijziging {
    /// Reason 04.
    Verlengen,
    /// Reason 05.
    Verkorten,
    /// Reason 13.
    Verwijderen,
}

/// Events in order of day, and on one day in the order in which they were put in.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    events: BTreeMap<(Datum, u64), Gebeurtenis>,
    count: u64,
}

impl Agenda {
    pub(super) fn add(&mut self, day: Datum, event: Gebeurtenis) {
        self.count += 1;
        self.events.insert((day, self.count), event);
    }

    /// The next event up to and including a day.
    pub(super) fn next(&mut self, until: Datum) -> Option<(Datum, Gebeurtenis)> {
        let entry = self.events.first_entry().filter(|entry| entry.key().0 <= until)?;
        let ((day, _), event) = entry.remove_entry();
        Some((day, event))
    }
}

impl Generator {
    /// Puts in what begins this month; one event may put in others.
    pub(super) fn plan(&mut self, month: Dagen) {
        for client in 0..self.clients.len() {
            self.plan_client(client, month);
        }
    }

    fn plan_client(&mut self, client: usize, month: Dagen) {
        let (arrives, aanmelding) = (self.clients[client].maand, self.clients[client].aanmelding);
        if arrives > self.done {
            return;
        }
        // A history is about claims: its clients come by assignment, for requests of before 2021 ask a person.
        let history = self.options.releases.is_history();
        let aanmelding = if history { Aanmelding::Gemeente } else { aanmelding };
        match (aanmelding, arrives == self.done) {
            (Aanmelding::Gemeente, true) => {
                let count = [1, 1, 2, 2, 3, 3][self.random.below(6) as usize];
                self.plan_new_care(client, count, month);
            }
            (Aanmelding::Verzoek(soort), true) => {
                let day = self.day_in(month, 2, 18);
                self.agenda.add(day, Gebeurtenis::Verzoek { client, soort });
            }
            (Aanmelding::Gemeente, false) => {
                if self.random.chance(NIEUWE_ZORG) {
                    self.plan_new_care(client, 1, month);
                }
                if !history && self.random.chance(STAPELING) && !self.clients[client].verzocht {
                    self.clients[client].verzocht = true;
                    let day = self.day_in(month, 5, 15);
                    let soort = FictiefVerzoek::Stapeling;
                    self.agenda.add(day, Gebeurtenis::Verzoek { client, soort });
                }
            }
            (Aanmelding::Verzoek(_), false) => {}
        }
        for zorg in 0..self.clients[client].zorg.len() {
            self.plan_change(client, zorg, month);
        }
    }

    /// A day of the month between two numbers.
    fn day_in(&mut self, month: Dagen, low: u32, high: u32) -> Datum {
        month.begin + Days::new(u64::from(self.random.between(low, high)) - 1)
    }

    /// New products for a client, most of them at one aanbieder.
    fn plan_new_care(&mut self, client: usize, count: u32, month: Dagen) {
        let mut chosen: BTreeMap<usize, Vec<&'static FictiveProduct>> = BTreeMap::new();
        let mut categories: Vec<&str> = Vec::new();
        let aanbieders = u32::try_from(self.region.aanbieders).unwrap_or(1);
        let mut aanbieder = self.random.below(aanbieders) as usize;
        for _ in 0..count {
            if self.random.chance(WHOLE * 3 / 10) {
                aanbieder = self.random.below(aanbieders) as usize;
            }
            // Now and then a gemeente assigns what the aanbieder has no contract for (rulings 2.4).
            let from = if self.random.chance(ONGEDEKT) { aanbieder + 1 } else { aanbieder };
            // A child sleeps at one place, but for what an aanbieder claims now and then all the same (rulings 8.12).
            let stays = |product: &FictiveProduct| product.eenheid == Eenheid::Etmaal;
            let care = self.clients[client].zorg.iter().filter(|zorg| !zorg.verwijderd);
            let has_stay = care.map(|zorg| zorg.product).chain(chosen.values().flatten().copied()).any(stays);
            let one_place = has_stay && !self.random.chance(DUBBEL_VERBLIJF);
            let fits = |product: &&FictiveProduct| {
                let known = self.clients[client].has_category_of(product);
                let other_place = one_place && stays(product);
                !(categories.contains(&product.categorie) || known || other_place)
            };
            let choices: Vec<&'static FictiveProduct> =
                self.region.aanbod(from).iter().filter(fits).collect();
            let Some(product) = self.random.pick(&choices).copied() else { continue };
            categories.push(product.categorie);
            chosen.entry(aanbieder).or_default().push(product);
        }
        for (aanbieder, producten) in chosen {
            let day = self.day_in(month, 1, 20);
            self.agenda.add(day, Gebeurtenis::Toewijzen { client, aanbieder, producten });
        }
    }

    fn plan_change(&mut self, client: usize, zorg: usize, month: Dagen) {
        let found = &self.clients[client].zorg[zorg];
        if found.uitgegeven || !found.runs_on(month.begin) {
            return;
        }
        if !found.bekend {
            let aanbieder = found.aanbieder;
            let day = self.day_in(month, 1, 5);
            self.agenda.add(day, Gebeurtenis::Opnieuw { client, aanbieder });
            return;
        }
        let ends = found.eind.is_some_and(|eind| eind <= month.eind);
        let wijziging = if ends {
            self.random.chance(VERLENGD).then_some(AgendaWijziging::Verlengen)
        } else {
            self.random.chance(VERKORT).then_some(AgendaWijziging::Verkorten)
        };
        if wijziging.is_none() && !ends {
            self.plan_longer(client, zorg, month);
        }
        if let Some(wijziging) = wijziging {
            let day = self.day_in(month, 1, 15);
            self.agenda.add(day, Gebeurtenis::Wijzigen { client, zorg, wijziging });
        }
    }

    /// An aanbieder asks a gemeente, once for a client: until its answer comes it may not ask for more (TR374).
    fn plan_longer(&mut self, client: usize, zorg: usize, month: Dagen) {
        let found = &self.clients[client].zorg[zorg];
        let soon = month.eind + Days::new(VOOR_HET_EINDE);
        // Measures of certified institutions are not asked for so, and crisis help is short.
        let fits = found.eind.is_some_and(|eind| eind > month.eind + Days::new(7) && eind <= soon)
            && found.gedekt(self.region)
            && !matches!(found.product.categorie, "46" | "47" | "48");
        let asks = self.clients[client].aanmelding == Aanmelding::Gemeente
            && !self.clients[client].verzocht
            && !self.options.releases.is_history();
        if fits && asks && self.random.chance(LANGER_GEVRAAGD) {
            self.clients[client].verzocht = true;
            let day = self.day_in(month, 16, 24);
            self.agenda.add(day, Gebeurtenis::LangerVragen { client, zorg });
        }
    }

    /// One event becomes its message.
    pub(super) fn happen(&mut self, day: Datum, event: Gebeurtenis) {
        match event {
            Gebeurtenis::Toewijzen { client, aanbieder, producten } => {
                self.assign(day, client, aanbieder, &producten);
            }
            Gebeurtenis::Wijzigen { client, zorg, wijziging } => self.change(day, client, zorg, wijziging),
            Gebeurtenis::Opnieuw { client, aanbieder } => self.assign_again(day, client, aanbieder),
            Gebeurtenis::Retour { paar, identificatie, dagtekening, afgekeurd } => {
                self.answer_assignment(day, paar, &identificatie, dagtekening, afgekeurd);
            }
            Gebeurtenis::Verzoek { client, soort } => self.request(day, client, soort),
            Gebeurtenis::Deel { client, product } => self.request_part(day, client, product),
            Gebeurtenis::Start { client, zorg } => self.start(day, client, zorg),
            Gebeurtenis::Stop { client, zorg } => self.stop(day, client, zorg),
            Gebeurtenis::LangerVragen { client, zorg } => self.ask_for_longer(day, client, zorg),
            Gebeurtenis::Antwoord { paar, referentie, reden } => {
                self.answer_request(day, paar, &referentie, reden);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_day_and_then_in_order() {
        let day = |text: &str| text.parse::<Datum>().unwrap();
        let mut agenda = Agenda::default();
        let again = |client| Gebeurtenis::Opnieuw { client, aanbieder: 0 };
        agenda.add(day("2025-01-03"), again(1));
        agenda.add(day("2025-01-02"), again(2));
        agenda.add(day("2025-01-03"), again(3));
        agenda.add(day("2025-02-01"), again(4));
        let mut seen = Vec::new();
        while let Some((_, Gebeurtenis::Opnieuw { client, .. })) = agenda.next(day("2025-01-31")) {
            seen.push(client);
        }
        assert_eq!(seen, [2, 1, 3]);
    }
}
