//! What aanbieders do with what they got: they ask for more, say that they have it, or that they do not take
//! it, and claim what was assigned.

use super::mail::{Delivery, Mail};
use super::world::{Keeps, What, World};
use crate::generator::Dice;
use crate::model::histories::{AANBIEDERS, BSNS, GEMEENTEN, PERSONEN};
use crate::model::spec::{
    Aanvraag, Bericht, Dag, Declaratie, GEWOON, Inhoud, Issued, Omvang, Prestatie, Product, Toewijzing,
    Wijziging,
};
use crate::model::write::month_end;
use crate::requests::world::retour_on;
use chrono::{Datelike, Days, Months};
use happyflow::messages::Partij;
use happyflow::schema::{At, Reading, read};

/// A retour of an aanbieder on what it got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retour {
    /// Of the message that it answers.
    pub soort: &'static str,
    pub gemeente: String,
    pub aanbieder: String,
    pub identificatie: String,
    pub afgekeurd: bool,
}

impl<S: Keeps, M: Mail> World<'_, S, M> {
    /// An aanbieder asks for an assignment, or for two.
    pub fn request(&mut self, seed: u64) {
        let mut dice = Dice::new(seed);
        let (gemeente, aanbieder) = (GEMEENTEN[dice.below(2)], AANBIEDERS[dice.below(2)]);
        let bsn = BSNS[dice.below(3)];
        let mut producten: Vec<Aanvraag> = Vec::new();
        for _ in 0..=dice.below(2) {
            let number = if dice.one_in(12) { seed % 3 } else { seed % 1_000_000 };
            let referentie = format!("V{number}-{}", if dice.one_in(15) { 0 } else { producten.len() });
            producten.push(self.asked(&mut dice, referentie));
        }
        let wie = if dice.one_in(3) { PERSONEN[dice.below(PERSONEN.len())] } else { GEWOON };
        self.send_now(gemeente, aanbieder, seed, Inhoud::Jw315 { bsn, wie, producten });
    }

    fn asked(&self, dice: &mut Dice, referentie: String) -> Aanvraag {
        let (code, eenheid) =
            [("45A04", "04"), ("45A05", "04"), ("45A08", "82"), ("44A01", "14"), ("45A04", "82")]
                [dice.below(5)];
        let begin = self.today.with_day(1).unwrap() + Months::new(u32::try_from(dice.below(16)).unwrap());
        let months = u32::try_from(dice.below(6)).unwrap();
        let frequentie = ["4", "6"][dice.below(2)];
        let volume = [1, 5, 16, 50, 51, 100, 101][dice.below(7)];
        Aanvraag {
            referentie,
            code,
            begin,
            einde: month_end(begin + Months::new(months)),
            omvang: Omvang { volume, eenheid, frequentie },
            verwijzer: ["02", "03", "05", "02", "04", "01", "06"][dice.below(7)],
        }
    }

    /// An aanbieder does something with a message that it got.
    pub async fn react(&mut self, seed: u64) {
        let mut dice = Dice::new(seed);
        let mut letters = self.mail.delivered().await;
        letters.retain(|letter| {
            matches!(letter.receiver, Partij::Aanbieder(_))
                && matches!(letter.kind.as_str(), "JW301" | "JW319")
        });
        if letters.is_empty() {
            return;
        }
        let letter = &letters[dice.below(letters.len())];
        match (letter.kind.as_str(), dice.below(4)) {
            ("JW301", 0) => self.change(&mut dice, seed, letter),
            ("JW301", 1) => self.claim(&mut dice, seed, letter),
            _ => self.retour(&mut dice, letter),
        }
    }

    fn retour(&mut self, dice: &mut Dice, letter: &Delivery) {
        let afgekeurd = dice.one_in(3);
        let bytes = retour_on(&letter.bytes, afgekeurd.then_some("TR056"));
        let soort = if letter.kind == "JW301" { "JW301" } else { "JW319" };
        let [gemeente, aanbieder, identificatie] =
            ["Afzender", "Ontvanger", "Identificatie"].map(|name| first(&letter.bytes, name));
        let retour = Retour { soort, gemeente, aanbieder, identificatie, afgekeurd };
        self.put(bytes.into_bytes().into(), letter.receiver, What::Retour(retour));
    }

    /// Asks for one assignment to last longer; the others in the message stay as they are.
    fn change(&mut self, dice: &mut Dice, seed: u64, letter: &Delivery) {
        let Issued { gemeente, aanbieder, bsn, producten, .. } = issued(&letter.bytes);
        let changed = &producten[dice.below(producten.len())];
        let later = changed.einde.map(|einde| einde + Days::new(30));
        let wijziging = Wijziging {
            bsn,
            referentie: format!("W{}", seed % 1_000_000),
            blijft: (producten.iter().map(|product| product.nummer))
                .filter(|nummer| *nummer != changed.nummer)
                .collect(),
            nummer: changed.nummer,
            gewenst: if dice.one_in(3) { self.today + Days::new(10) } else { changed.ingang },
            einde: later,
            omvang: changed.omvang,
            budget: changed.budget.map(|budget| budget + 10_000),
        };
        self.send_now(gemeente, aanbieder, seed, Inhoud::Jw317(wijziging));
    }

    /// Claims the first month of an assignment.
    fn claim(&mut self, dice: &mut Dice, seed: u64, letter: &Delivery) {
        let Issued { gemeente, aanbieder, bsn, producten, .. } = issued(&letter.bytes);
        let product = &producten[dice.below(producten.len())];
        let fixed = product.product.as_ref().is_some_and(|product| product.categorie == "50");
        let usual = if fixed { "50P01" } else { "45A04" };
        let code = product.product.as_ref().and_then(|product| product.code).unwrap_or(usual);
        let (eenheid, tarief) = match code {
            "45A08" => ("82", 50_000),
            "44A01" => ("14", 20_000),
            "50P01" => ("82", 100_000),
            "45A05" => ("04", 9500),
            _ => ("04", 8000),
        };
        let begin = product.ingang;
        let eind = product.einde.map_or(month_end(begin), |einde| einde.min(month_end(begin)));
        let volume = 1 + i64::try_from(dice.below(3)).unwrap();
        // The claim comes when the month is over.
        self.today = self.today.max(month_end(begin) + Days::new(1));
        let line = Prestatie {
            bsn,
            referentie: format!("P{}", seed % 1_000_000),
            vorig: None,
            nummer: product.nummer,
            code,
            begin,
            eind,
            volume,
            eenheid,
            tarief: Some(tarief),
            bedrag: volume * tarief,
            credit: false,
        };
        let periode = self.today.with_day(1).unwrap() - Months::new(1);
        let declaratie = Declaratie {
            nummer: format!("C{}", seed % 1_000_000),
            periode,
            dagtekening: self.today,
            te_veel: 0,
            prestaties: vec![line],
        };
        self.send_now(gemeente, aanbieder, seed, Inhoud::Jw323(declaratie));
    }

    fn send_now(&mut self, gemeente: &'static str, aanbieder: &'static str, seed: u64, inhoud: Inhoud) {
        let identificatie = format!("X{}", seed % 10_000_000);
        let dagtekening = self.today;
        self.send(self.today, &Bericht { gemeente, aanbieder, identificatie, dagtekening, inhoud });
    }
}

/// Names and texts of the elements of a message, in order.
fn elements(bytes: &[u8]) -> Vec<(String, String)> {
    let Reading::Valid(document) = read(bytes) else { panic!("what we send is valid") };
    (0..u32::try_from(document.nodes.len()).unwrap())
        .map(|index| document.element(At(index)))
        .map(|element| (element.name().to_owned(), element.text().to_owned()))
        .collect()
}

/// The first value by this name.
pub fn first(bytes: &[u8], name: &str) -> String {
    let found = elements(bytes).into_iter().find(|(known, _)| known == name);
    found.map(|(_, text)| text).unwrap_or_default()
}

/// One of the values that these histories have.
fn known(text: &str) -> &'static str {
    const VALUES: [&str; 22] = [
        "01", "04", "14", "82", "83", "2", "4", "6", "44", "45", "50", "45A04", "45A05", "45A06", "45A07",
        "45A08", "44A01", "50P01", "12", "13", "14", "05",
    ];
    let parties = GEMEENTEN.iter().chain(&AANBIEDERS).chain(&BSNS);
    let mut all = VALUES.iter().chain(parties);
    all.find(|value| **value == text).unwrap_or_else(|| panic!("{text} is new here"))
}

/// A JW301 as the aanbieder reads it.
pub fn issued(bytes: &[u8]) -> Issued {
    let day = |text: &str| -> Dag { text.parse().unwrap() };
    let mut issued = Issued {
        gemeente: known(&first(bytes, "Afzender")),
        aanbieder: known(&first(bytes, "Ontvanger")),
        bsn: known(&first(bytes, "Bsn")),
        identificatie: first(bytes, "Identificatie"),
        producten: Vec::new(),
    };
    for (name, text) in elements(bytes) {
        if name == "ToegewezenProduct" {
            issued.producten.push(Toewijzing {
                nummer: 0,
                referentie: None,
                product: None,
                vastgesteld: (Dag::default(), String::new()),
                ingang: Dag::default(),
                einde: None,
                reden: None,
                omvang: None,
                budget: None,
            });
        }
        let Some(last) = issued.producten.last_mut() else { continue };
        match name.as_str() {
            "ToewijzingNummer" => last.nummer = text.parse().unwrap(),
            "ReferentieAanbieder" => last.referentie = Some(text),
            "Categorie" => last.product = Some(Product { categorie: known(&text), code: None }),
            "Code" => last.product.as_mut().unwrap().code = Some(known(&text)),
            "Toewijzingsdatum" => last.vastgesteld.0 = day(&text),
            "Toewijzingstijd" => last.vastgesteld.1 = text,
            "Ingangsdatum" => last.ingang = day(&text),
            "Einddatum" => last.einde = Some(day(&text)),
            "RedenWijziging" => last.reden = Some(known(&text)),
            "Volume" => {
                last.omvang = Some(Omvang { volume: text.parse().unwrap(), eenheid: "", frequentie: "" });
            }
            "Eenheid" => last.omvang.as_mut().unwrap().eenheid = known(&text),
            "Frequentie" => last.omvang.as_mut().unwrap().frequentie = known(&text),
            "Budget" => last.budget = Some(text.parse().unwrap()),
            _ => {}
        }
    }
    issued
}

/// A JW319: the request, whether it is refused for good, and the reason.
pub fn refusal(bytes: &[u8]) -> (String, bool, String) {
    let [referentie, antwoord, reden] =
        ["ReferentieAanbieder", "VerzoekAntwoord", "RedenAfwijzingVerzoek"].map(|name| first(bytes, name));
    (referentie, antwoord == "1", reden)
}
