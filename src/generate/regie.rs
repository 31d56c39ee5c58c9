//! JW305 and JW307: aanbieders report that care started and stopped.

use super::Generator;
use super::agenda::Gebeurtenis;
use super::care::unknown_number;
use super::fault::Fout;
use super::people::failing_number;
use super::post::Envelop;
use super::random::WHOLE;
use super::region;
use crate::codes::{Datum, StatusAanlevering};
use crate::messages::jw305::{self, Jw305, StartProduct};
use crate::messages::jw307::{self, Jw307, StopProduct};
use crate::messages::{Bericht, BerichtSoort, Partij};
use crate::schema::At;
use chrono::Days;

/// Share of assignments of which the start is reported, in parts of [`WHOLE`].
const GEMELD: u32 = WHOLE / 2;
/// Days after care began or ended until it is reported: when a mistake was taken back already.
const DAGEN_LATER: u64 = 4;
/// Care ended as planned (JZ588).
const VOLGENS_PLAN: &str = "31";

impl Generator {
    /// Half of what starts is reported. Releases before 3.0 have other messages for it.
    pub(super) fn plan_start(&mut self, day: Datum, client: usize, zorg: usize) {
        if self.options.releases.is_history() || !self.random.chance(GEMELD) {
            return;
        }
        let begin = self.clients[client].zorg[zorg].ingang.max(day);
        self.agenda.add(begin + Days::new(DAGEN_LATER), Gebeurtenis::Start { client, zorg });
    }

    /// The care of an assignment started on its first day.
    pub(super) fn start(&mut self, day: Datum, client: usize, place: usize) {
        let zorg = &self.clients[client].zorg[place];
        if zorg.verwijderd || zorg.gestart.is_some() || zorg.eind.is_some_and(|eind| eind < day) {
            return;
        }
        let (begin, eind) = (zorg.ingang, zorg.eind);
        let envelop = self.of_aanbieder(BerichtSoort::Jw305, day, client, place);
        let person = &self.clients[client];
        let possible = [Fout::BsnElfproef, Fout::OnbekendeToewijzing];
        self.post.send(envelop, &possible, Vec::new(), |header, fout| {
            let zorg = &person.zorg[place];
            let unknown = fout == Some(Fout::OnbekendeToewijzing);
            let start = StartProduct {
                at: At::default(),
                toewijzing_nummer: Some(if unknown { unknown_number(zorg.nummer) } else { zorg.nummer }),
                product: zorg.in_jw301(None).product,
                toewijzing_ingangsdatum: None,
                begindatum: begin,
                status_aanlevering: StatusAanlevering::Eerste,
                retour_codes: Vec::new(),
                beschikking_nummer: None,
            };
            let wrong = fout == Some(Fout::BsnElfproef);
            let client = jw305::Client {
                at: At::default(),
                bsn: if wrong { failing_number(person.bsn) } else { person.bsn },
                geboortedatum: person.geboortedatum(),
                geslacht: person.geslacht(),
                naam: person.verkorte_naam(),
                start_producten: vec![start],
                retour_codes: Vec::new(),
                status_aanlevering: None,
            };
            Bericht::Start(Jw305 { at: At::default(), header, client: Some(client) }).write()
        });
        self.clients[client].zorg[place].gestart = Some(begin);
        if let Some(eind) = eind {
            self.plan_stop(eind, client, place);
        }
    }

    fn plan_stop(&mut self, eind: Datum, client: usize, zorg: usize) {
        self.agenda.add(eind + Days::new(DAGEN_LATER), Gebeurtenis::Stop { client, zorg });
    }

    /// The care of an assignment stopped on its last day. One that lasts longer by now stops later.
    pub(super) fn stop(&mut self, day: Datum, client: usize, place: usize) {
        let zorg = &self.clients[client].zorg[place];
        let (Some(begin), Some(eind)) = (zorg.gestart, zorg.eind.filter(|_| !zorg.verwijderd)) else {
            return;
        };
        if eind + Days::new(DAGEN_LATER) > day {
            return self.plan_stop(eind, client, place);
        }
        let envelop = self.of_aanbieder(BerichtSoort::Jw307, day, client, place);
        let person = &self.clients[client];
        let possible = [Fout::BsnElfproef, Fout::StopZonderStart];
        self.post.send(envelop, &possible, Vec::new(), |header, fout| {
            let zorg = &person.zorg[place];
            let early = u64::from(fout == Some(Fout::StopZonderStart));
            let stop = StopProduct {
                at: At::default(),
                toewijzing_nummer: Some(zorg.nummer),
                product: zorg.in_jw301(None).product,
                toewijzing_ingangsdatum: None,
                begindatum: begin - Days::new(early),
                reden_beeindiging: VOLGENS_PLAN,
                einddatum: eind,
                status_aanlevering: StatusAanlevering::Eerste,
                retour_codes: Vec::new(),
                beschikking_nummer: None,
            };
            let wrong = fout == Some(Fout::BsnElfproef);
            let client = jw307::Client {
                at: At::default(),
                bsn: if wrong { failing_number(person.bsn) } else { person.bsn },
                geboortedatum: person.geboortedatum(),
                geslacht: person.geslacht(),
                naam: person.verkorte_naam(),
                stop_producten: vec![stop],
                retour_codes: Vec::new(),
                status_aanlevering: None,
            };
            Bericht::Stop(Jw307 { at: At::default(), header, client: Some(client) }).write()
        });
    }

    /// A message of the aanbieder of an assignment to the gemeente of the client.
    pub(super) fn of_aanbieder(
        &self,
        soort: BerichtSoort,
        day: Datum,
        client: usize,
        place: usize,
    ) -> Envelop {
        let person = &self.clients[client];
        Envelop {
            soort,
            afzender: Partij::Aanbieder(region::aanbieder(person.zorg[place].aanbieder)),
            ontvanger: Partij::Gemeente(region::gemeente(person.gemeente)),
            dagtekening: day,
            release: self.release(day),
        }
    }
}
