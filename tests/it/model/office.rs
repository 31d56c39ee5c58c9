//! The model: it keeps every message that was accepted and counts everything again, from the start,
//! each time it is asked. Slow and plain on purpose; it shares no rule with the engine.
//!
//! Written from the texts of the rules, the fill instructions, the business rules and the rulings.

use super::answer::{Antwoord, toewijzing_key};
use super::holds::Geld;
use super::requests::Verzoek;
use super::signals::Overrun;
use super::spec::{Bericht, Contract, Dag, Inhoud, Melding, Persoon, Prestatie, Product, Toewijzing};
use super::waiting::Soort;
use std::collections::{BTreeMap, BTreeSet};

/// An assignment as a message brought it.
#[derive(Debug, Clone)]
pub struct Versie {
    pub gemeente: &'static str,
    pub aanbieder: &'static str,
    pub bsn: &'static str,
    /// Identificatie of the message that brought it.
    pub bericht: String,
    /// The aanbieder rejected that message.
    pub afgewezen: bool,
    /// That message waits, or was refused in the name of the gemeente.
    pub achter: bool,
    pub inhoud: Toewijzing,
}

impl Versie {
    /// One that a message brings.
    pub fn new(
        (gemeente, aanbieder): (&'static str, &'static str),
        bsn: &'static str,
        bericht: &str,
        inhoud: Toewijzing,
    ) -> Self {
        let bericht = bericht.to_owned();
        Self { gemeente, aanbieder, bsn, bericht, afgewezen: false, achter: false, inhoud }
    }
}

/// A line of a claim that was processed.
#[derive(Debug, Clone)]
pub struct Regel {
    pub gemeente: &'static str,
    pub aanbieder: &'static str,
    pub inhoud: Prestatie,
    pub toegekend: bool,
    /// Its claim.
    pub declaratie: String,
    pub geld: Geld,
}

/// A start or stop that was accepted, in order; `weg`: removed later.
#[derive(Debug, Clone)]
pub struct Gemeld {
    pub gemeente: &'static str,
    pub aanbieder: &'static str,
    pub bsn: &'static str,
    pub inhoud: Melding,
    pub weg: bool,
}

/// Everything that was ever accepted.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub contract: Contract,
    /// Messages that were not rejected as a whole: sender, kind, Identificatie.
    pub berichten: Vec<(&'static str, &'static str, String)>,
    pub versies: Vec<Versie>,
    /// Claims that were processed: gemeente, aanbieder, DeclaratieNummer, first day of the month.
    pub declaraties: Vec<(&'static str, &'static str, String, Dag)>,
    pub regels: Vec<Regel>,
    pub meldingen: Vec<Gemeld>,
    pub verzoeken: Vec<Verzoek>,
    /// Who referred for an assignment: gemeente, number, Type of the Verwijzer.
    pub verwijzingen: Vec<(&'static str, u32, &'static str)>,
    /// What a person let through that is beyond one trajectory at a fixed price: gemeente, number, and whether with its
    /// payments (8.6).
    pub vrijgaven: Vec<(&'static str, u32, bool)>,
    /// What was last told of each limit, by its place.
    pub gemeld: BTreeMap<usize, Overrun>,
    /// The day of the last message.
    pub vandaag: Dag,
    /// What the last message led to telling, beside what is told of limits.
    pub verteld: BTreeSet<&'static str>,
    /// The last message waits for a person.
    pub held: bool,
    /// Assignments of the last message whose change makes granted care unlawful.
    pub unlawful: Vec<u32>,
    /// Who a child is, as the newest JW301 of its gemeente says.
    pub kinderen: Vec<(&'static str, &'static str, Persoon)>,
    /// Lines that a previous system paid: aanbieder and reference.
    pub overgenomen: BTreeSet<(&'static str, String)>,
}

impl Model {
    /// Judges a message on a day, keeps what is accepted, and says what we answer.
    pub fn receive(&mut self, today: Dag, bericht: &Bericht) -> Antwoord {
        self.unlawful.clear();
        self.verteld.clear();
        self.held = false;
        self.day(today);
        let (before, let_through) = (self.stands(), self.let_through());
        let answer = self.judge(today, bericht);
        self.only_as_let_through(&let_through);
        self.tell_of_limits(&before, &bericht.inhoud);
        answer
    }

    fn judge(&mut self, today: Dag, bericht: &Bericht) -> Antwoord {
        match &bericht.inhoud {
            Inhoud::Jw301 { bsn, wie, producten } => {
                let newer = self.brings_something_newer(bericht.gemeente, producten);
                let answer = self.toewijzing(today, bericht, (bsn, *wie), producten);
                if newer && answer.codes["Header"][0].is_empty() {
                    self.kinderen
                        .retain(|(gemeente, known, _)| (*gemeente, *known) != (bericht.gemeente, *bsn));
                    self.kinderen.push((bericht.gemeente, bsn, *wie));
                }
                answer
            }
            Inhoud::Jw323(declaratie) => self.declaratie(today, bericht, declaratie),
            Inhoud::Jw305 { bsn, starts: meldingen } | Inhoud::Jw307 { bsn, stops: meldingen } => {
                self.regie(today, bericht, bsn, meldingen)
            }
            Inhoud::Jw315 { bsn, wie, producten } => self.aanvraag(today, bericht, (bsn, *wie), producten).0,
            Inhoud::Jw317(_) => panic!("the model does not judge requests for change"),
        }
    }

    /// What is wrong with the header: TR056 and TR135.
    pub fn header(&self, today: Dag, bericht: &Bericht) -> Vec<&'static str> {
        let key = (bericht.afzender(), bericht.soort(), bericht.identificatie.clone());
        let mut codes = Vec::new();
        if self.berichten.contains(&key) {
            codes.push("9056");
        }
        if bericht.dagtekening > today {
            codes.push("8848");
        }
        codes
    }

    /// A JW301 of which every assignment was decided on before what is known is not the newest (IV013).
    fn brings_something_newer(&self, gemeente: &str, producten: &[Toewijzing]) -> bool {
        let is_older = |product: &Toewijzing| {
            let known = self.newest(gemeente, product.nummer);
            known.is_some_and(|known| product.vastgesteld < known.inhoud.vastgesteld)
        };
        !producten.iter().all(is_older)
    }

    /// The message counts from now on.
    pub fn accept(&mut self, bericht: &Bericht) {
        self.berichten.push((bericht.afzender(), bericht.soort(), bericht.identificatie.clone()));
    }

    /// The version of an assignment that counts: the newest by Toewijzingsdatum and -tijd (IV013).
    pub fn newest(&self, gemeente: &str, nummer: u32) -> Option<&Versie> {
        let mut newest: Option<&Versie> = None;
        for versie in &self.versies {
            let same = versie.gemeente == gemeente && versie.inhoud.nummer == nummer;
            if same && newest.is_none_or(|known| versie.inhoud.vastgesteld >= known.inhoud.vastgesteld) {
                newest = Some(versie);
            }
        }
        newest
    }

    /// The newest version that is not held back from the aanbieder: what is held does not exist for it (rulings 8.7).
    pub fn received(&self, gemeente: &str, nummer: u32) -> Option<&Versie> {
        let own = |versie: &&Versie| {
            versie.gemeente == gemeente && versie.inhoud.nummer == nummer && !versie.achter
        };
        later(self.versies.iter().filter(own))
    }

    /// As the aanbieder has it: without the versions that it rejected, unless there is no other (rulings 2.6). In
    /// whatever order they came: it has them all, and the newest of them counts (IV013).
    pub fn at_aanbieder(&self, gemeente: &str, nummer: u32) -> Option<&Versie> {
        let newest = self.accepted(gemeente, nummer);
        newest.or_else(|| self.received(gemeente, nummer))
    }

    /// As the aanbieder has it and did not reject it.
    pub fn accepted(&self, gemeente: &str, nummer: u32) -> Option<&Versie> {
        let own = |versie: &&Versie| versie.gemeente == gemeente && versie.inhoud.nummer == nummer;
        later(self.versies.iter().filter(own).filter(|versie| !versie.afgewezen && !versie.achter))
    }

    /// Every assignment once, newest version.
    pub fn assignments(&self) -> Vec<&Versie> {
        let mut keys: Vec<_> =
            self.versies.iter().map(|versie| (versie.gemeente, versie.inhoud.nummer)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().filter_map(|(gemeente, nummer)| self.newest(gemeente, nummer)).collect()
    }

    /// Every assignment once, as far as it is not held back.
    pub fn received_assignments(&self) -> Vec<&Versie> {
        let all = self.assignments().into_iter();
        all.filter_map(|versie| self.received(versie.gemeente, versie.inhoud.nummer)).collect()
    }

    /// A granted debit that a granted credit took back.
    pub fn credited(&self, debit: &Regel) -> bool {
        self.regels.iter().any(|line| {
            line.toegekend
                && line.inhoud.credit
                && line.aanbieder == debit.aanbieder
                && line.inhoud.vorig.as_ref() == Some(&debit.inhoud.referentie)
        })
    }

    /// Granted debits on an assignment that were not credited.
    pub fn standing(&self, gemeente: &str, nummer: u32) -> Vec<&Regel> {
        self.regels
            .iter()
            .filter(|line| line.gemeente == gemeente && line.inhoud.nummer == nummer)
            .filter(|line| line.toegekend && !line.inhoud.credit && !self.credited(line))
            .collect()
    }

    fn toewijzing(
        &mut self,
        today: Dag,
        bericht: &Bericht,
        (bsn, wie): (&'static str, Persoon),
        producten: &[Toewijzing],
    ) -> Antwoord {
        let mut answer = Antwoord::of("JW302");
        if spoiled(producten) {
            answer.class("Header", ["0001"]);
            return answer;
        }
        let header = self.header(today, bericht);
        if !header.is_empty() {
            answer.class("Header", header);
            return answer;
        }
        let codes: Vec<Vec<&str>> =
            producten.iter().map(|product| self.toewijzing_codes(bericht, bsn, product)).collect();
        if codes.iter().any(|codes| !codes.is_empty()) {
            answer.class("Header", ["0200"]);
            answer.class("Client", ["0200"]);
            for (product, codes) in producten.iter().zip(codes) {
                let codes = if codes.is_empty() { vec!["0200"] } else { codes };
                answer.class(toewijzing_key(product.nummer), codes);
            }
            return answer;
        }
        self.accept(bericht);
        self.replace(bericht, bsn, producten);
        self.unlawful = self.unlawful(bericht, bsn, producten);
        self.held = self.waits(today, bericht, bsn, producten);
        let told: Vec<Soort> = producten.iter().map(|product| self.told(bericht.gemeente, product)).collect();
        if !self.held {
            self.tell_of_assignments(bericht, bsn, wie, producten);
        }
        for (product, told) in producten.iter().zip(told) {
            // A repeat in a message that waits says nothing new.
            if self.held && told == Soort::Herhaling {
                continue;
            }
            self.versies.push(self.versie(bericht, bsn, product));
        }
        answer.class("Header", [""; 0]);
        answer
    }

    fn toewijzing_codes(&self, bericht: &Bericht, bsn: &str, product: &Toewijzing) -> Vec<&'static str> {
        let mut codes = Vec::new();
        // TR332: a number is one assignment: client, aanbieder, product and first day stay (IV066).
        let another = self.versies.iter().any(|known| {
            known.gemeente == bericht.gemeente
                && known.inhoud.nummer == product.nummer
                && (known.bsn != bsn
                    || known.aanbieder != bericht.aanbieder
                    || known.inhoud.product != product.product
                    || known.inhoud.ingang != product.ingang)
        });
        if another {
            codes.push("9332");
        }
        // TR379: nobody asked for anything in these histories.
        if product.referentie.is_some() {
            codes.push("9379");
        }
        // TR385: care was granted on it.
        if product.reden == Some("13") && !self.standing(bericht.gemeente, product.nummer).is_empty() {
            codes.push("9385");
        }
        codes
    }
}

/// The one that was decided on last; of two at the same moment the one that came last.
fn later<'a>(versies: impl Iterator<Item = &'a Versie>) -> Option<&'a Versie> {
    versies.reduce(
        |known, versie| {
            if versie.inhoud.vastgesteld >= known.inhoud.vastgesteld { versie } else { known }
        },
    )
}

/// Level 2: TR101 on the number, CS335, CS003 and TR302.
fn spoiled(producten: &[Toewijzing]) -> bool {
    for (place, one) in producten.iter().enumerate() {
        let upside_down = one.einde.is_some_and(|einde| einde < one.ingang);
        if upside_down || (one.reden == Some("13") && one.einde != Some(one.ingang)) {
            return true;
        }
        for other in &producten[place + 1..] {
            if one.nummer == other.nummer || (stacked(one, other) && !removed(one) && !removed(other)) {
                return true;
            }
        }
    }
    false
}

fn removed(toewijzing: &Toewijzing) -> bool {
    toewijzing.reden == Some("13") && toewijzing.einde == Some(toewijzing.ingang)
}

/// TR302: the same product, or the same category when one of them names no code, or one is generic,
/// on the same day.
fn stacked(one: &Toewijzing, other: &Toewijzing) -> bool {
    let together = one.einde.is_none_or(|einde| einde >= other.ingang)
        && other.einde.is_none_or(|einde| einde >= one.ingang);
    together && same_product(one.product.as_ref(), other.product.as_ref())
}

pub fn same_product(one: Option<&Product>, other: Option<&Product>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            let codes = one.code.is_none() || other.code.is_none() || one.code == other.code;
            one.categorie == other.categorie && codes
        }
        _ => true,
    }
}
