//! The model on requests for assignment, on what is issued because of them, and on retours of aanbieders.

use super::answer::{Antwoord, aanvraag_key};
use super::office::{Model, Versie, same_product};
use super::spec::{Aanvraag, Bericht, Dag, Issued, Persoon, Product, Regel, Toewijzing, Wijziging, overlap};

/// A request of which the message was not rejected (OP286).
#[derive(Debug, Clone)]
pub struct Verzoek {
    pub gemeente: &'static str,
    pub aanbieder: &'static str,
    pub bsn: &'static str,
    pub referentie: String,
    /// Type of the Verwijzer; a request for change names none.
    pub verwijzer: Option<&'static str>,
    /// The assignment that a request for change is about.
    pub verandert: Option<u32>,
    /// Kind and Identificatie of the message that answered it for good.
    pub antwoord: Option<(&'static str, String)>,
}

/// What follows on one product of a request, as the first of rulings 3.5 that applies says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uitkomst {
    Toegewezen,
    /// With this reason.
    Geweigerd(&'static str),
    /// A person decides.
    Werk,
}

impl Model {
    /// Judges a JW315; what follows on each product when it is accepted.
    pub fn aanvraag(
        &mut self,
        today: Dag,
        bericht: &Bericht,
        (bsn, wie): (&'static str, Persoon),
        producten: &[Aanvraag],
    ) -> (Antwoord, Vec<Uitkomst>) {
        let mut answer = Antwoord::of("JW316");
        if spoiled(producten) {
            answer.class("Header", ["0001"]);
            return (answer, Vec::new());
        }
        let header = self.header(today, bericht);
        if !header.is_empty() {
            answer.class("Header", header);
            return (answer, Vec::new());
        }
        let (gemeente, aanbieder) = (bericht.gemeente, bericht.aanbieder);
        let relatie = (gemeente, aanbieder, bsn);
        // TR374, TR347.
        let open = self
            .verzoeken
            .iter()
            .any(|known| (known.gemeente, known.aanbieder, known.bsn) == relatie && known.antwoord.is_none());
        let used = |referentie: &String| {
            self.verzoeken.iter().any(|known| known.aanbieder == aanbieder && known.referentie == *referentie)
        };
        let again: Vec<bool> = producten.iter().map(|product| used(&product.referentie)).collect();
        if open || again.contains(&true) {
            answer.class("Header", ["0200"]);
            answer.class("Client", [if open { "9374" } else { "0200" }]);
            for (product, again) in producten.iter().zip(again) {
                answer.class(aanvraag_key(&product.referentie), [if again { "9347" } else { "0200" }]);
            }
            return (answer, Vec::new());
        }
        self.accept(bericht);
        let issuable = self.issuable(today, relatie);
        // Rulings 3.10: nothing of a child is told before the aanbieder shows that it knows it, also not by
        // refusing.
        let shown = self.shows(gemeente, bsn, wie);
        let alone: Vec<Uitkomst> = producten.iter().map(|product| self.uitkomst(relatie, product)).collect();
        let uitkomsten = self
            .together(today, relatie, producten, &alone)
            .into_iter()
            .map(|uitkomst| match uitkomst {
                _ if !shown => Uitkomst::Werk,
                Uitkomst::Toegewezen if !issuable => Uitkomst::Werk,
                uitkomst => uitkomst,
            })
            .collect();
        for product in producten {
            self.verzoeken.push(Verzoek {
                gemeente,
                aanbieder,
                bsn,
                referentie: product.referentie.clone(),
                verwijzer: Some(product.verwijzer),
                verandert: None,
                antwoord: None,
            });
        }
        answer.class("Header", [""; 0]);
        (answer, uitkomsten)
    }

    /// Whether a request has the day of birth and the surname of the child, as far as both say.
    fn shows(&self, gemeente: &str, bsn: &str, wie: Persoon) -> bool {
        let known = self.kinderen.iter().find(|(of, known, _)| (*of, *known) == (gemeente, bsn));
        known.is_some_and(|(_, _, known)| {
            same_birth(*known, wie) && letters(known.achternaam) == letters(wie.achternaam)
        })
    }

    /// Newest versions of a client's assignments that are current, and not deleted (OP087).
    fn current(&self, today: Dag, gemeente: &str, bsn: &str) -> Vec<&Versie> {
        let mut all = self.received_assignments();
        all.retain(|versie| {
            let known = &versie.inhoud;
            (versie.gemeente, versie.bsn) == (gemeente, bsn)
                && known.reden != Some("13")
                && known.einde.is_none_or(|einde| einde >= today)
        });
        all
    }

    /// Every current assignment of the client goes with what is issued (OP087), which TR302 must allow.
    fn issuable(&self, today: Dag, (gemeente, aanbieder, bsn): (&str, &str, &str)) -> bool {
        let mut own = self.current(today, gemeente, bsn);
        own.retain(|versie| versie.aanbieder == aanbieder);
        !own.iter().enumerate().any(|(place, one)| {
            own[place + 1..].iter().any(|other| {
                let (one, other) = (&one.inhoud, &other.inhoud);
                overlap((one.ingang, one.einde), (other.ingang, other.einde))
                    && same_product(one.product.as_ref(), other.product.as_ref())
            })
        })
    }

    /// Rulings 3.5 as far as h, in its order: of each product as if nothing else was asked.
    fn uitkomst(&self, (gemeente, aanbieder, bsn): (&str, &str, &str), product: &Aanvraag) -> Uitkomst {
        // a. What a JW301 needs of the client comes from the latest one.
        if !self.versies.iter().any(|versie| (versie.gemeente, versie.bsn) == (gemeente, bsn)) {
            return Uitkomst::Werk;
        }
        // What is issued repeats the other assignments (OP087), and nobody knows yet what they are.
        if self.change_waits((gemeente, aanbieder, bsn)) {
            return Uitkomst::Werk;
        }
        // c.
        if matches!(product.verwijzer, "01" | "06") {
            return Uitkomst::Werk;
        }
        // What is the same on a day that both have. One that ended before today counts as well: on the days
        // that are asked for it was in force.
        let asked = Product { categorie: &product.code[..2], code: Some(product.code) };
        let mut stacked = self.received_assignments();
        stacked.retain(|versie| {
            (versie.gemeente, versie.bsn) == (gemeente, bsn) && versie.inhoud.reden != Some("13")
        });
        stacked.retain(|versie| {
            let known = &versie.inhoud;
            overlap((known.ingang, known.einde), (product.begin, Some(product.einde)))
                && same_product(known.product.as_ref(), Some(&asked))
        });
        let here = stacked.iter().any(|versie| versie.aanbieder == aanbieder);
        // d. A measure is examined for woonplaatsbeginsel only; what TR302 forbids cannot be issued. What a certified
        // institution refers is examined as far as h, and only a person refuses it for its contract.
        if ["47", "48", "49"].contains(&&product.code[..2]) {
            return if here { Uitkomst::Werk } else { Uitkomst::Toegewezen };
        }
        let referred = product.verwijzer == "04";
        // f, g: everybody has a contract in these histories, not always for this product.
        let agreed: Vec<&Regel> = self
            .contract
            .regels
            .iter()
            .filter(|regel| {
                (regel.gemeente, regel.aanbieder, regel.code) == (gemeente, aanbieder, product.code)
            })
            .filter(|regel| regel.eenheid == product.omvang.eenheid)
            .filter(|regel| overlap((regel.van, regel.tot), (product.begin, Some(product.einde))))
            .collect();
        if agreed.is_empty() {
            return if referred { Uitkomst::Werk } else { Uitkomst::Geweigerd("4") };
        }
        // h.
        if here {
            return Uitkomst::Geweigerd("6");
        }
        if !stacked.is_empty() {
            return Uitkomst::Werk;
        }
        Uitkomst::Toegewezen
    }

    /// A JW317 that was accepted: it waits for its answer.
    pub fn change_asked(&mut self, bericht: &Bericht, wijziging: &Wijziging) {
        self.accept(bericht);
        self.verzoeken.push(Verzoek {
            gemeente: bericht.gemeente,
            aanbieder: bericht.aanbieder,
            bsn: wijziging.bsn,
            referentie: wijziging.referentie.clone(),
            verwijzer: None,
            verandert: Some(wijziging.nummer),
            antwoord: None,
        });
    }

    /// Whether what is new or changed in a JW301 of ours was decided on after every version in force in it: else it is
    /// not the one that counts (IV013, rulings 3.9).
    fn is_newest(&self, issued: &Issued) -> bool {
        let known =
            |product: &Toewijzing| self.newest(issued.gemeente, product.nummer).map(|known| &known.inhoud);
        let in_force = issued.producten.iter().filter_map(known).map(|known| &known.vastgesteld).max();
        let same = |product: &Toewijzing| {
            let stand = |of: &Toewijzing| (of.einde, of.omvang, of.budget);
            known(product).is_some_and(|known| stand(known) == stand(product))
        };
        let mut decided = issued.producten.iter().filter(|product| !same(product));
        decided.all(|product| in_force.is_none_or(|newest| product.vastgesteld > *newest))
    }

    /// A JW301 of ours went to an aanbieder: what it assigns holds from now on.
    pub fn issued(&mut self, issued: &Issued) {
        assert!(self.is_newest(issued), "a version that does not count: {issued:?}");
        let Issued { gemeente, aanbieder, bsn, identificatie, .. } = issued;
        let let_through = self.let_through();
        for product in &issued.producten {
            if let Some(referentie) = &product.referentie {
                self.refer((*gemeente, *aanbieder), product.nummer, referentie);
                self.answered(aanbieder, referentie, &("JW301", identificatie.clone()));
            }
            let inhoud = Toewijzing { referentie: None, ..product.clone() };
            self.versies.push(Versie::new((gemeente, aanbieder), bsn, identificatie, inhoud));
        }
        self.only_as_let_through(&let_through);
    }

    /// A request has its final answer.
    pub fn answered(&mut self, aanbieder: &str, referentie: &str, by: &(&'static str, String)) {
        for known in &mut self.verzoeken {
            if (known.aanbieder, known.referentie.as_str()) == (aanbieder, referentie) {
                known.antwoord = Some(by.clone());
            }
        }
    }

    /// The aanbieder rejects a message: it was never sent (OP286, rulings 2.6).
    pub fn rejected(&mut self, gemeente: &str, aanbieder: &str, soort: &'static str, identificatie: &str) {
        let let_through = self.let_through();
        for versie in &mut self.versies {
            let carried = (versie.gemeente, versie.aanbieder, versie.bericht.as_str())
                == (gemeente, aanbieder, identificatie);
            versie.afgewezen |= carried && soort == "JW301";
        }
        self.only_as_let_through(&let_through);
        for known in &mut self.verzoeken {
            let by = (soort, identificatie.to_owned());
            if (known.gemeente, known.aanbieder) == (gemeente, aanbieder) && known.antwoord == Some(by) {
                known.antwoord = None;
            }
        }
    }
}

/// IV009: DatumGebruik 1 leaves year and month, 2 the year, 3 nothing to compare, which shows nothing.
fn same_birth(one: Persoon, other: Persoon) -> bool {
    let known = |wie: Persoon| match wie.gebruik {
        None => "2012-05-04".len(),
        Some("1") => "2012-05".len(),
        Some("2") => "2012".len(),
        _ => 0,
    };
    let both = known(one).min(known(other));
    both > 0 && one.geboren[..both] == other.geboren[..both]
}

/// The letters of a surname: no case, accents, spaces or hyphens, and no prefix.
fn letters(achternaam: &str) -> String {
    let mut words: Vec<&str> = achternaam.split([' ', '-', '\'']).collect();
    while words.len() > 1 && ["van", "de", "der"].contains(&words[0]) {
        words.remove(0);
    }
    let plain = |letter: char| match letter.to_lowercase().next().unwrap() {
        'ó' | 'ö' | 'ò' => 'o',
        'é' | 'è' | 'ë' => 'e',
        letter => letter,
    };
    words.concat().chars().map(plain).collect()
}

/// Level 2: TR383, TR386.
fn spoiled(producten: &[Aanvraag]) -> bool {
    producten.iter().enumerate().any(|(place, one)| {
        producten[place + 1..].iter().any(|other| {
            let together = overlap((one.begin, Some(one.einde)), (other.begin, Some(other.einde)));
            one.referentie == other.referentie || (one.code == other.code && together)
        })
    })
}
