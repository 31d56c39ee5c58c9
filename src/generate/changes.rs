//! JW317: an aanbieder asks for an assignment to last longer.

use super::Generator;
use super::care::{FictieveZorg, unknown_number};
use super::fault::Fout;
use super::people::failing_number;
use crate::codes::Datum;
use crate::messages::jw317::{Client, Jw317, OngewijzigdProduct, TeWijzigenProduct, Verzoek};
use crate::messages::{Bericht, BerichtSoort};
use crate::schema::At;
use chrono::Months;

/// RedenVerzoek (WJ758).
const REDEN: &str = "1";

impl Generator {
    /// One assignment changes, the client's others at this aanbieder stay as they are.
    pub(super) fn ask_for_longer(&mut self, day: Datum, client: usize, place: usize) {
        let months = self.random.between(1, 4);
        let found = &self.clients[client].zorg[place];
        let Some(eind) = found.eind.filter(|_| found.bekend && found.runs_on(day)) else { return };
        let Some(later) = eind.checked_add_months(Months::new(months)) else { return };
        self.verzoeken += 1;
        let referentie = format!("W{:09}", self.verzoeken);
        let envelop = self.of_aanbieder(BerichtSoort::Jw317, day, client, place);
        let person = &self.clients[client];
        let possible = [Fout::BsnElfproef, Fout::OnbekendeToewijzing];
        self.post.send(envelop, &possible, Vec::new(), |header, fout| {
            let changed = &person.zorg[place];
            let stays = |zorg: &&FictieveZorg| {
                zorg.aanbieder == changed.aanbieder
                    && zorg.nummer != changed.nummer
                    && zorg.bekend
                    && zorg.runs_on(day)
            };
            let ongewijzigde_producten = person.zorg.iter().filter(stays).map(|zorg| OngewijzigdProduct {
                at: At::default(),
                toewijzing_nummer: zorg.nummer,
                retour_codes: Vec::new(),
            });
            let assigned = changed.in_jw301(None);
            let unknown = fout == Some(Fout::OnbekendeToewijzing);
            let change = TeWijzigenProduct {
                at: At::default(),
                toewijzing_nummer: if unknown { unknown_number(changed.nummer) } else { changed.nummer },
                gewenste_ingangsdatum: changed.ingang,
                einddatum: Some(later),
                omvang: assigned.omvang,
                budget: assigned.budget,
                retour_codes: Vec::new(),
            };
            let wrong = fout == Some(Fout::BsnElfproef);
            let client = Client {
                at: At::default(),
                bsn: if wrong { failing_number(person.bsn) } else { person.bsn },
                verzoek: Verzoek {
                    at: At::default(),
                    referentie_aanbieder: &referentie,
                    reden_verzoek: REDEN,
                    ongewijzigde_producten: ongewijzigde_producten.collect(),
                    te_wijzigen_producten: vec![change],
                    nieuwe_producten: Vec::new(),
                    retour_codes: Vec::new(),
                },
                retour_codes: Vec::new(),
            };
            Bericht::VerzoekWijziging(Jw317 { at: At::default(), header, client: Some(client) }).write()
        });
    }
}
