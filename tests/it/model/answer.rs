//! What a sender reads in our answer: the codes of every class in it, and the amount granted.

use happyflow::codes::Retourcode;
use happyflow::messages::Bericht;
use happyflow::schema::{Reading, read};
use std::collections::{BTreeMap, BTreeSet};

/// Class with its key, and the codes of each class with that key, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Antwoord {
    pub soort: String,
    pub codes: BTreeMap<String, Vec<BTreeSet<String>>>,
    pub toegekend: Option<i64>,
}

impl Antwoord {
    pub fn of(soort: &str) -> Self {
        Self { soort: soort.to_owned(), ..Self::default() }
    }

    /// Adds a class.
    pub fn class<C: ToString>(&mut self, key: impl Into<String>, codes: impl IntoIterator<Item = C>) {
        let codes = codes.into_iter().map(|code| code.to_string()).collect();
        self.codes.entry(key.into()).or_default().push(codes);
    }

    fn returned(&mut self, key: impl Into<String>, codes: &[Retourcode]) {
        self.class(key, codes.iter().map(Retourcode::as_str));
    }

    /// Reads an answer of the engine.
    pub fn read(bytes: &[u8]) -> Self {
        let Reading::Valid(document) = read(bytes) else {
            panic!("not valid: {}", String::from_utf8_lossy(bytes))
        };
        let bericht = Bericht::read(&document);
        let header = bericht.header();
        let mut answer = Self::of(header.soort.name());
        if let Some(retour) = &header.retour {
            answer.returned("Header", &retour.retour_codes);
        }
        if let Some(retour) = &header.antwoord {
            answer.returned("Header", &retour.retour_codes);
        }
        answer.content(&bericht);
        answer
    }

    fn content(&mut self, bericht: &Bericht<'_>) {
        match bericht {
            Bericht::Toewijzing(bericht) => {
                if let Some(client) = &bericht.client {
                    self.returned("Client", &client.retour_codes);
                    for product in &client.toegewezen_producten {
                        let nummer = product.toewijzing_nummer.expect("release 3.2 always has one");
                        self.returned(toewijzing_key(nummer.0), &product.retour_codes);
                    }
                }
            }
            Bericht::Start(bericht) => {
                if let Some(client) = &bericht.client {
                    self.returned("Client", &client.retour_codes);
                    client
                        .start_producten
                        .iter()
                        .for_each(|start| self.returned("StartProduct", &start.retour_codes));
                }
            }
            Bericht::Stop(bericht) => {
                if let Some(client) = &bericht.client {
                    self.returned("Client", &client.retour_codes);
                    client
                        .stop_producten
                        .iter()
                        .for_each(|stop| self.returned("StopProduct", &stop.retour_codes));
                }
            }
            Bericht::DeclaratieAntwoord(bericht) => {
                if let Some(antwoord) = &bericht.declaratie_antwoord {
                    self.toegekend = Some(antwoord.totaal_toegekend_bedrag.signed().0);
                    self.returned("Declaratie", &antwoord.retour_codes);
                    for client in &antwoord.clienten {
                        self.returned(client_key(client.bsn.as_str()), &client.retour_codes);
                        for line in &client.prestaties {
                            let referentie = line.product_referentie.referentie_nummer;
                            self.returned(prestatie_key(referentie), &line.retour_codes);
                        }
                    }
                }
            }
            Bericht::VerzoekToewijzing(bericht) => {
                if let Some(client) = &bericht.client {
                    self.returned("Client", &client.retour_codes);
                    for product in &client.aangevraagde_producten {
                        self.returned(aanvraag_key(product.referentie_aanbieder), &product.retour_codes);
                    }
                }
            }
            // Only whether it was accepted.
            Bericht::VerzoekWijziging(_) => {}
            _ => panic!("the model reads no {}", bericht.header().soort.name()),
        }
    }
}

pub fn client_key(bsn: &str) -> String {
    format!("Client {bsn}")
}

pub fn toewijzing_key(nummer: u32) -> String {
    format!("ToegewezenProduct {nummer}")
}

pub fn aanvraag_key(referentie: &str) -> String {
    format!("AangevraagdProduct {referentie}")
}

pub fn prestatie_key(referentie: &str) -> String {
    format!("Prestatie {referentie}")
}
