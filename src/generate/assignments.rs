//! JW301 of gemeenten and the JW302 with which aanbieders answer them.

use super::agenda::{AgendaWijziging, Gebeurtenis};
use super::care::{FictieveZorg, first_of_month};
use super::fault::Fout;
use super::people::failing_number;
use super::post::Envelop;
use super::products::{self, FictiveProduct};
use super::random::{Random, WHOLE};
use super::region::{self, Paar};
use super::releases::holds;
use super::{EERSTE_NUMMER, Generator};
use crate::codes::{Datum, Frequentie, RedenWijziging, Retourcode, ToewijzingNummer};
use crate::messages::jw301::{self, Beschikking, Jw301, ToegewezenProduct};
use crate::messages::{Bericht, BerichtSoort, Partij, RetourHeader};
use crate::schema::At;
use chrono::{Days, Months};

/// Shares of what aanbieders do with a JW301, in parts of [`WHOLE`].
const AFGEKEURD: u32 = 150;
const ZONDER_RETOUR: u32 = 100;
/// Share of new assignments that turn out to be a mistake.
const VERGISSING: u32 = 150;
/// Weeks that crisis help lasts, at least and at most.
const CRISIS_WEKEN: (u32, u32) = (2, 6);

/// Changed assignments by place, with the reason.
type Gewijzigd = Vec<(usize, Option<RedenWijziging>)>;

impl Generator {
    /// A gemeente assigns new products.
    pub(super) fn assign(
        &mut self,
        day: Datum,
        client: usize,
        aanbieder: usize,
        producten: &[&'static FictiveProduct],
    ) {
        let gemeente = self.clients[client].gemeente;
        let first = self.clients[client].zorg.len();
        for product in producten {
            let nummer = ToewijzingNummer(self.nummers[gemeente]);
            self.nummers[gemeente] += 1;
            let zorg = new_care(&mut self.random, nummer, aanbieder, product, day);
            self.clients[client].zorg.push(zorg);
        }
        let last = self.clients[client].zorg.len();
        let rejected = self.random.chance(AFGEKEURD);
        self.send_assignment(
            day,
            client,
            aanbieder,
            &(first..last).map(|new| (new, None)).collect(),
            rejected,
        );
        for zorg in first..last {
            if !rejected && self.random.chance(VERGISSING) {
                let wijziging = AgendaWijziging::Verwijderen;
                self.agenda.add(day + Days::new(3), Gebeurtenis::Wijzigen { client, zorg, wijziging });
            }
        }
    }

    /// A gemeente sends a client's current assignments again, unchanged.
    pub(super) fn assign_again(&mut self, day: Datum, client: usize, aanbieder: usize) {
        let unknown = |zorg: &FictieveZorg| zorg.aanbieder == aanbieder && !zorg.bekend;
        if self.clients[client].zorg.iter().any(unknown) {
            self.send_assignment(day, client, aanbieder, &Vec::new(), false);
        }
    }

    /// A gemeente changes an assignment. Changes that time has overtaken do not happen.
    pub(super) fn change(&mut self, day: Datum, client: usize, place: usize, wijziging: AgendaWijziging) {
        let weeks = u64::from(self.random.between(1, 5));
        let months = self.random.between(1, 6);
        let tijd = time_of_day(&mut self.random);
        let release = self.release(day);
        let zorg = &mut self.clients[client].zorg[place];
        let aanbieder = zorg.aanbieder;
        let reden = match wijziging {
            AgendaWijziging::Verlengen => {
                let Some(eind) = zorg.eind.filter(|eind| *eind >= day) else { return };
                zorg.eind = eind.checked_add_months(Months::new(months));
                RedenWijziging::HerbeoordelingVerlenging
            }
            AgendaWijziging::Verkorten => {
                let eind = day.max(zorg.ingang) + Days::new(7 * weeks);
                if zorg.eind.is_some_and(|old| old <= eind) {
                    return;
                }
                zorg.eind = Some(eind);
                RedenWijziging::HerbeoordelingVerkorting
            }
            AgendaWijziging::Verwijderen if !holds(release, "TR385", BerichtSoort::Jw301) => return,
            AgendaWijziging::Verwijderen => {
                // Claimed already: too late (TR385).
                if zorg.te_declareren_vanaf > zorg.ingang {
                    return;
                }
                zorg.eind = Some(zorg.ingang);
                zorg.verwijderd = true;
                RedenWijziging::Verwijderd
            }
        };
        zorg.toewijzingsdatum = day;
        zorg.toewijzingstijd = tijd;
        self.send_assignment(day, client, aanbieder, &vec![(place, Some(reden))], false);
    }

    /// One JW301 with every current and changed assignment of a client at an aanbieder (OP087).
    fn send_assignment(
        &mut self,
        day: Datum,
        client: usize,
        aanbieder: usize,
        changed: &Gewijzigd,
        rejected: bool,
    ) {
        let gemeente = self.clients[client].gemeente;
        let envelop = Envelop {
            soort: BerichtSoort::Jw301,
            afzender: Partij::Gemeente(region::gemeente(gemeente)),
            ontvanger: Partij::Aanbieder(region::aanbieder(aanbieder)),
            dagtekening: day,
            release: self.release(day),
        };
        let places = self.in_message(day, client, aanbieder, changed);
        let other = self.eerste[gemeente].filter(|(of, _)| *of != client).map(|(_, nummer)| nummer);
        let mut possible = vec![Fout::BsnElfproef, Fout::EinddatumVoorIngang];
        let other = other.filter(|_| holds(envelop.release, "TR332", envelop.soort));
        possible.extend(other.map(|_| Fout::NummerVanAnder));
        let person = &self.clients[client];
        let identificatie = self.post.send(envelop, &possible, Vec::new(), |header, fout| {
            let state =
                |(place, reden): &(usize, Option<RedenWijziging>)| person.zorg[*place].in_jw301(*reden);
            let mut producten: Vec<ToegewezenProduct<'_>> = places.iter().map(state).collect();
            let mut bsn = person.bsn;
            match (fout, producten.first_mut()) {
                (Some(Fout::BsnElfproef), _) => bsn = failing_number(bsn),
                (Some(Fout::EinddatumVoorIngang), Some(first)) => {
                    first.einddatum = Some(first.ingangsdatum - Days::new(1));
                }
                (Some(Fout::NummerVanAnder), Some(first)) => {
                    first.toewijzing_nummer = other.or(first.toewijzing_nummer);
                }
                _ => {}
            }
            let beschikking = beschikking(&envelop, &producten);
            let client = Some(jw301::Client { beschikking, ..person.in_jw301(bsn, producten) });
            Bericht::Toewijzing(Jw301 { at: At::default(), header, client }).write()
        });
        for (place, _) in &places {
            let zorg = &mut self.clients[client].zorg[*place];
            let new = !zorg.bekend && !rejected;
            zorg.bekend = zorg.bekend || !rejected;
            self.eerste[gemeente].get_or_insert((client, zorg.nummer));
            if new {
                self.plan_start(day, client, *place);
            }
        }
        if rejected || !self.random.chance(ZONDER_RETOUR) {
            let paar = Paar { gemeente, aanbieder };
            let retour = Gebeurtenis::Retour { paar, identificatie, dagtekening: day, afgekeurd: rejected };
            self.agenda.add(day + Days::new(1), retour);
        }
    }

    /// The assignments that belong in one JW301, in order of number, with the reason of what changed.
    fn in_message(&self, day: Datum, client: usize, aanbieder: usize, changed: &Gewijzigd) -> Gewijzigd {
        let reason = |place| changed.iter().find(|(of, _)| *of == place).map(|(_, reden)| *reden);
        let zorg = self.clients[client].zorg.iter().enumerate();
        let here = zorg.filter(|(_, zorg)| zorg.aanbieder == aanbieder && !zorg.uitgegeven);
        here.filter_map(|(place, zorg)| match reason(place) {
            Some(reden) => Some((place, reden)),
            None => zorg.runs_on(first_of_month(day)).then_some((place, None)),
        })
        .collect()
    }

    /// The JW302 of an aanbieder: with the header only, and a technical rejection when it cannot read
    /// what it got.
    pub(super) fn answer_assignment(
        &mut self,
        day: Datum,
        paar: Paar,
        identificatie: &str,
        dagtekening: Datum,
        afgekeurd: bool,
    ) {
        let heen = Envelop {
            soort: BerichtSoort::Jw302,
            afzender: Partij::Gemeente(region::gemeente(paar.gemeente)),
            ontvanger: Partij::Aanbieder(region::aanbieder(paar.aanbieder)),
            dagtekening,
            release: self.release(dagtekening),
        };
        let identificatie_retour = self.post.identificatie();
        let mut header = heen.header(identificatie);
        header.retour = Some(RetourHeader {
            identificatie_retour: &identificatie_retour,
            dagtekening_retour: day,
            xslt_versie: None,
            xsd_versie_retour: heen.xsd_versie(),
            retour_codes: if afgekeurd { vec![Retourcode::TECHNISCH] } else { Vec::new() },
        });
        let bytes = Bericht::Toewijzing(Jw301 { at: At::default(), header, client: None }).write();
        // A retour names the sender of the heenbericht, the file who sent the retour.
        let sent = Envelop { afzender: heen.ontvanger, ontvanger: heen.afzender, ..heen };
        self.post.file(sent, bytes, Vec::new());
    }

    /// An aanbieder takes in what was issued in answer to its requests.
    pub(super) fn receive_assignment(&mut self, bericht: &Jw301<'_>) {
        let Some(client) = bericht.client.as_ref() else { return };
        let Some(place) = self.by_bsn.get(&client.bsn).copied() else { return };
        let relatie = bericht.header.relatie();
        let (gemeente, aanbieder) =
            (region::gemeente_number(relatie.gemeente), region::aanbieder_number(relatie.aanbieder));
        let (Some(gemeente), Some(aanbieder)) = (gemeente, aanbieder) else { return };
        let answered: Vec<&ToegewezenProduct<'_>> = (client.toegewezen_producten.iter())
            .filter(|product| product.referentie_aanbieder.is_some())
            .collect();
        let Some(month) = self.next_month().filter(|_| !answered.is_empty()) else { return };
        let identity = &bericht.header.bericht_identificatie;
        let retour = Gebeurtenis::Retour {
            paar: Paar { gemeente, aanbieder },
            identificatie: identity.identificatie.to_owned(),
            dagtekening: identity.dagtekening,
            afgekeurd: false,
        };
        self.agenda.add(month.max(identity.dagtekening), retour);
        for product in answered {
            let known = self.clients[place].zorg.iter_mut().find(|zorg| zorg.nummer == product.nummer());
            match known {
                Some(zorg) => zorg.take_over(product),
                None => self.clients[place].zorg.extend(issued_care(product, aanbieder)),
            }
        }
    }
}

/// The decision that assignments rest on, in a release that has it.
fn beschikking<'d>(envelop: &Envelop, producten: &[ToegewezenProduct<'d>]) -> Option<Beschikking<'d>> {
    envelop.release.message(envelop.soort).class_named("Beschikking")?;
    let first = producten.first()?;
    Some(Beschikking {
        at: At::default(),
        beschikking_nummer: i64::from(first.nummer().0),
        grondslagen: None,
        afgiftedatum: envelop.dagtekening,
        ingangsdatum: producten.iter().map(|product| product.ingangsdatum).min()?,
        einddatum: None,
        commentaar: None,
        beperkingen: Vec::new(),
        toegewezen_producten: Vec::new(),
        retour_codes: Vec::new(),
    })
}

/// A new assignment: most begin on the first day of the month, some in the middle.
fn new_care(
    random: &mut Random,
    nummer: ToewijzingNummer,
    aanbieder: usize,
    product: &'static FictiveProduct,
    day: Datum,
) -> FictieveZorg {
    let ingang = if random.chance(WHOLE * 6 / 10) { first_of_month(day) } else { day };
    let months = random.between(4, 18);
    let needs_end = product.budget_cents.is_some() || product.frequentie == Frequentie::PerWeek;
    let open = !needs_end && random.chance(WHOLE / 4);
    let eind = ingang.checked_add_months(Months::new(months)).map(|end| end - Days::new(1));
    let eind = if product.spoed {
        let weeks = random.between(CRISIS_WEKEN.0, CRISIS_WEKEN.1);
        Some(ingang + Days::new(u64::from(weeks) * 7))
    } else {
        eind
    };
    let (low, high) = product.budget_cents.unwrap_or(product.volume);
    FictieveZorg {
        nummer,
        aanbieder,
        product,
        toewijzingsdatum: day,
        toewijzingstijd: time_of_day(random),
        ingang,
        eind: if open { None } else { eind },
        omvang: i64::from(random.between(low, high)),
        gebruikt: 0,
        te_declareren_vanaf: ingang,
        bekend: false,
        verwijderd: false,
        uitgegeven: false,
        gestart: None,
    }
}

/// The assignment as the aanbieder reads it, when it is one of our products.
fn issued_care(product: &ToegewezenProduct<'_>, aanbieder: usize) -> Option<FictieveZorg> {
    let code = product.product.as_ref()?.code?;
    let found = products::find(code.as_str())?;
    Some(FictieveZorg {
        nummer: product.nummer(),
        aanbieder,
        product: found,
        toewijzingsdatum: product.toewijzingsdatum,
        toewijzingstijd: product.toewijzingstijd.to_owned(),
        ingang: product.ingangsdatum,
        eind: product.einddatum,
        omvang: product.omvang.as_ref()?.volume,
        gebruikt: 0,
        te_declareren_vanaf: product.ingangsdatum,
        bekend: true,
        verwijderd: false,
        uitgegeven: true,
        gestart: None,
    })
}

fn time_of_day(random: &mut Random) -> String {
    format!("{:02}:{:02}:{:02}", random.between(8, 17), random.below(60), random.below(60))
}

const _: () = assert!(EERSTE_NUMMER < 800_000_001, "the back office has the numbers above");
