//! JW315 of aanbieders and the JW319 with which gemeenten answer some of them.

use super::Generator;
use super::agenda::Gebeurtenis;
use super::fault::Fout;
use super::people::{FictiefVerzoek, failing_number};
use super::post::Envelop;
use super::products::FictiveProduct;
use super::random::WHOLE;
use super::region::{self, Paar};
use crate::codes::{AgbCode, Datum, Eenheid, JaNee, RedenAfwijzingVerzoek, TypeVerwijzer, VerzoekAntwoord};
use crate::messages::jw315::{AangevraagdProduct, Client, Jw315};
use crate::messages::jw319::{Antwoord, Jw319};
use crate::messages::shared::{Omvang, Product as ProductClass, Verwijzer};
use crate::messages::{Bericht, BerichtSoort, Partij};
use crate::schema::At;
use chrono::{Days, Months};

/// AGB code of who refers; invented.
const VERWIJZER: &str = "99019999";
/// Months of care in an ordinary request.
const MAANDEN: u32 = 3;
/// Months of care that two products are asked for together, and volume per week of each: either alone costs less than a
/// huisarts may set going.
const DELEN: (u32, u32, u32) = (6, 3, 2);
/// Codes of those products.
const DELEN_CODES: [&str; 2] = ["45A04", "41D11"];
/// Days until the second is asked for, when they are asked for apart.
const TUSSENPOOS: u64 = 6;
/// Months and volume per week of a request that costs more than a huisarts may set going.
const DUUR: (u32, u32) = (12, 4);

/// What is asked for.
struct FictieveVraag {
    aanbieder: usize,
    product: &'static FictiveProduct,
    volume: u32,
    maanden: u32,
    verwijzer: TypeVerwijzer,
}

impl Generator {
    /// An aanbieder asks for an assignment.
    pub(super) fn request(&mut self, day: Datum, client: usize, soort: FictiefVerzoek) {
        let vragen = if soort == FictiefVerzoek::InDelen {
            self.parts()
        } else {
            self.question(day, client, soort).into_iter().collect()
        };
        if vragen.len() > 1 && self.random.chance(WHOLE / 2) {
            // The first is answered before the second is asked (TR374).
            for (vraag, days) in vragen.into_iter().zip([0, TUSSENPOOS]) {
                let product = vraag.product.code;
                self.agenda.add(day + Days::new(days), Gebeurtenis::Deel { client, product });
            }
            return;
        }
        self.ask(day, client, soort, &vragen);
    }

    /// One of two products that are asked for apart.
    pub(super) fn request_part(&mut self, day: Datum, client: usize, product: &str) {
        let mut vragen = self.parts();
        vragen.retain(|vraag| vraag.product.code == product);
        self.ask(day, client, FictiefVerzoek::InDelen, &vragen);
    }

    /// One JW315 for these products.
    fn ask(&mut self, day: Datum, client: usize, soort: FictiefVerzoek, vragen: &[FictieveVraag]) {
        let Some(aanbieder) = vragen.first().map(|vraag| vraag.aanbieder) else { return };
        let mut referenties = Vec::new();
        for _ in vragen {
            self.verzoeken += 1;
            referenties.push(format!("V{:09}", self.verzoeken));
        }
        let person = &self.clients[client];
        let paar = Paar { gemeente: person.gemeente, aanbieder };
        let envelop = Envelop {
            soort: BerichtSoort::Jw315,
            afzender: Partij::Aanbieder(region::aanbieder(aanbieder)),
            ontvanger: Partij::Gemeente(region::gemeente(person.gemeente)),
            dagtekening: day,
            release: self.release(day),
        };
        self.post.send(
            envelop,
            &[Fout::BsnElfproef, Fout::EinddatumVoorIngang],
            Vec::new(),
            |header, fout| {
                let mut producten: Vec<AangevraagdProduct<'_>> = (vragen.iter().zip(&referenties))
                    .map(|(vraag, referentie)| requested(vraag, referentie, day))
                    .collect();
                let mut bsn = person.bsn;
                match (fout, producten.first_mut()) {
                    (Some(Fout::BsnElfproef), _) => bsn = failing_number(bsn),
                    (Some(Fout::EinddatumVoorIngang), Some(first)) => {
                        first.toewijzing_einddatum = Some(day - Days::new(1));
                    }
                    _ => {}
                }
                let client = Client {
                    at: At::default(),
                    bsn,
                    geboortedatum: person.geboortedatum(),
                    geslacht: person.geslacht(),
                    naam: person.verkorte_naam(),
                    gezagsdrager_bekend: Some(JaNee::Ja),
                    commentaar: None,
                    aangevraagde_producten: producten,
                    retour_codes: Vec::new(),
                };
                Bericht::VerzoekToewijzing(Jw315 { at: At::default(), header, client: Some(client) }).write()
            },
        );
        for referentie in referenties {
            self.plan_answer(day, paar, referentie, soort);
        }
    }

    /// Two products at one aanbieder, referred by a medical specialist.
    fn parts(&self) -> Vec<FictieveVraag> {
        let both = |aanbieder: &usize| {
            let offered = self.region.aanbod(*aanbieder);
            DELEN_CODES.iter().all(|code| offered.iter().any(|product| product.code == *code))
        };
        let Some(aanbieder) = (0..self.region.aanbieders).find(both) else { return Vec::new() };
        let (maanden, volumes) = (DELEN.0, [DELEN.1, DELEN.2]);
        let products = DELEN_CODES.iter().zip(volumes).filter_map(|(code, volume)| {
            let product = self.region.aanbod(aanbieder).iter().find(|product| product.code == *code)?;
            let verwijzer = TypeVerwijzer::MedischSpecialist;
            Some(FictieveVraag { aanbieder, product, volume, maanden, verwijzer })
        });
        products.collect()
    }

    /// What is asked for, and where; `None` when this client has nothing to stack on.
    fn question(&mut self, day: Datum, client: usize, soort: FictiefVerzoek) -> Option<FictieveVraag> {
        let any = self.random.below(u32::try_from(self.region.aanbieders).unwrap_or(1)) as usize;
        let verwijzer = match soort {
            FictiefVerzoek::Zelfverwijzer => TypeVerwijzer::ZelfverwijzerOfGeen,
            _ => TypeVerwijzer::Huisarts,
        };
        let ordinary = |aanbieder, product: &'static FictiveProduct| FictieveVraag {
            aanbieder,
            product,
            volume: product.volume.0,
            maanden: MAANDEN,
            verwijzer,
        };
        let cheap =
            |product: &FictiveProduct| product.budget_cents.is_none() && product.eenheid != Eenheid::Etmaal;
        let hours =
            |product: &FictiveProduct| product.eenheid == Eenheid::Uur && product.budget_cents.is_none();
        let offered = |aanbieder, wanted: &dyn Fn(&FictiveProduct) -> bool| {
            self.region.aanbod(aanbieder).iter().find(|product| wanted(product))
        };
        match soort {
            FictiefVerzoek::Passend | FictiefVerzoek::Zelfverwijzer | FictiefVerzoek::OnbekendeClient => {
                let aanbieder = self.region.offering(any, cheap);
                let choices: Vec<_> =
                    self.region.aanbod(aanbieder).iter().filter(|product| cheap(product)).collect();
                Some(ordinary(aanbieder, self.random.pick(&choices).copied()?))
            }
            FictiefVerzoek::InDelen => None,
            FictiefVerzoek::ZonderContract => {
                Some(ordinary(self.region.zonder_contract(), self.region.producten().find(|p| cheap(p))?))
            }
            FictiefVerzoek::BuitenContract => {
                let offers = self.region.aanbod(any);
                let absent = |product: &&FictiveProduct| cheap(product) && !offers.contains(product);
                Some(ordinary(any, self.region.producten().find(absent)?))
            }
            FictiefVerzoek::TeOud => {
                let limited = |product: &FictiveProduct| product.leeftijd_max.is_some();
                let aanbieder = self.region.offering(any, limited);
                Some(ordinary(aanbieder, offered(aanbieder, &limited)?))
            }
            FictiefVerzoek::Duur => {
                let aanbieder = self.region.offering(any, hours);
                let (maanden, volume) = DUUR;
                Some(FictieveVraag { volume, maanden, ..ordinary(aanbieder, offered(aanbieder, &hours)?) })
            }
            FictiefVerzoek::Stapeling => {
                // Measures of certified institutions are not weighed as other care is (rulings 3.5d).
                let stacks =
                    |product: &FictiveProduct| cheap(product) && !matches!(product.categorie, "47" | "48");
                let ends_late = day + Months::new(MAANDEN);
                let current = self.clients[client].zorg.iter().find(|zorg| {
                    let stays = zorg.eind.is_none_or(|eind| eind > ends_late);
                    stays
                        && zorg.bekend
                        && !zorg.verwijderd
                        && zorg.gedekt(self.region)
                        && stacks(zorg.product)
                })?;
                Some(ordinary(current.aanbieder, current.product))
            }
        }
    }

    /// A gemeente answers by itself a few of the requests that a person must look at.
    fn plan_answer(&mut self, day: Datum, paar: Paar, referentie: String, soort: FictiefVerzoek) {
        let waits = matches!(
            soort,
            FictiefVerzoek::Duur | FictiefVerzoek::Zelfverwijzer | FictiefVerzoek::OnbekendeClient
        );
        let reden = match self.random.below(10) {
            0..4 => None,
            4..6 => Some(RedenAfwijzingVerzoek::ZorginhoudelijkeAfkeur),
            _ => return,
        };
        if waits {
            self.agenda.add(day + Days::new(4), Gebeurtenis::Antwoord { paar, referentie, reden });
        }
    }

    /// The JW319 of a gemeente: refused, or under examination.
    pub(super) fn answer_request(
        &mut self,
        day: Datum,
        paar: Paar,
        referentie: &str,
        reden: Option<RedenAfwijzingVerzoek>,
    ) {
        let envelop = Envelop {
            soort: BerichtSoort::Jw319,
            afzender: Partij::Gemeente(region::gemeente(paar.gemeente)),
            ontvanger: Partij::Aanbieder(region::aanbieder(paar.aanbieder)),
            dagtekening: day,
            release: self.release(day),
        };
        let antwoord = Antwoord {
            at: At::default(),
            referentie_aanbieder: referentie,
            verzoek_antwoord: reden.map_or(VerzoekAntwoord::InOnderzoek, |_| VerzoekAntwoord::Afgewezen),
            reden_afwijzing_verzoek: reden,
            woonplaatsbeginsel: None,
            retour_codes: Vec::new(),
        };
        self.post.send(envelop, &[], Vec::new(), |header, _| {
            let antwoord = Some(antwoord.clone());
            Bericht::Antwoord(Jw319 { at: At::default(), header, antwoord }).write()
        });
    }
}

fn requested<'d>(vraag: &FictieveVraag, referentie: &'d str, day: Datum) -> AangevraagdProduct<'d> {
    let product = vraag.product;
    let code = vraag.verwijzer.has_code().then(|| AgbCode::parse(VERWIJZER).ok());
    AangevraagdProduct {
        at: At::default(),
        referentie_aanbieder: referentie,
        beschikking_nummer: None,
        product: Some(ProductClass {
            at: At::default(),
            categorie: product.categorie(),
            code: Some(product.code()),
        }),
        beschikking_ingangsdatum: None,
        toewijzing_ingangsdatum: day,
        toewijzing_einddatum: day
            .checked_add_months(Months::new(vraag.maanden))
            .map(|end| end - Days::new(1)),
        omvang: Some(Omvang {
            at: At::default(),
            volume: i64::from(vraag.volume),
            eenheid: product.eenheid,
            frequentie: product.frequentie,
        }),
        budget: None,
        verwijzer: Verwijzer {
            at: At::default(),
            soort: vraag.verwijzer,
            naam: None,
            zorgverlener_code: code.flatten(),
        },
        raamcontract: None,
        commentaar: None,
        retour_codes: Vec::new(),
    }
}
