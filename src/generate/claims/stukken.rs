//! Writing claims: lines in a JW323 or a JW303.

use super::{ClaimLine, is_factuur};
use crate::codes::{Bsn, DebetCredit, JaNee};
use crate::generate::care::Dagen;
use crate::generate::fault::Fout;
use crate::generate::people::failing_number;
use crate::generate::region::{self, Paar};
use crate::messages::jw303::{
    self, BetalingAan, FactuurBedragen, FactuurCode, FactuurIdentificatie, Jw303, Kop,
};
use crate::messages::jw323::{Client, Declaratie, Jw323, Prestatie};
use crate::messages::shared::{BedragMetDc, GeslotenPeriode, Referentie, TotaalBedragMetDc};
use crate::messages::{Bericht, Header};
use crate::money::Cents;
use crate::schema::At;
use std::collections::BTreeMap;

/// What a JW323 or JW303 is made of.
pub(super) struct Stukken<'a> {
    pub(super) nummer: &'a str,
    pub(super) month: Dagen,
    pub(super) totaal: Cents,
    pub(super) regels: &'a [ClaimLine],
    pub(super) clients: &'a [crate::generate::people::FictiveClient],
}

impl Stukken<'_> {
    pub(super) fn write(&self, header: Header<'_>, fout: Option<Fout>) -> Vec<u8> {
        let mut per_client: BTreeMap<Bsn, Vec<Prestatie<'_>>> = BTreeMap::new();
        for regel in self.regels {
            per_client.entry(regel.bsn).or_default().push(self.prestatie(regel));
        }
        let client = |(bsn, prestaties)| Client { at: At::default(), bsn, prestaties };
        let mut clienten: Vec<Client<'_>> = per_client.into_iter().map(client).collect();
        let mut totaal = TotaalBedragMetDc::of(self.totaal);
        match fout {
            Some(Fout::Totaal) => totaal.totaal_bedrag = Cents(totaal.totaal_bedrag.0 + 1),
            Some(Fout::BsnElfproef) => {
                if let Some(first) = clienten.first_mut() {
                    first.bsn = failing_number(first.bsn);
                }
            }
            Some(Fout::TariefOntbreekt) => {
                let mut prestaties = clienten.iter_mut().flat_map(|client| &mut client.prestaties);
                if let Some(first) = prestaties.find(|prestatie| prestatie.product_tarief.is_some()) {
                    first.product_tarief = None;
                }
            }
            _ => {}
        }
        let declaratie = Declaratie {
            at: At::default(),
            declaratie_nummer: self.nummer,
            declaratie_periode: periode(self.month),
            declaratie_dagtekening: self.month.eind,
            totaal_ingediend_bedrag: totaal,
            clienten,
        };
        Bericht::Declaratie(Jw323 { at: At::default(), header, declaratie }).write()
    }

    pub(super) fn write_factuur<'s>(&'s self, header: Header<'_>, paar: Paar, fout: Option<Fout>) -> Vec<u8> {
        let mut per_client: BTreeMap<Bsn, (usize, Vec<jw303::Prestatie<'s>>)> = BTreeMap::new();
        for regel in self.regels {
            let (_, lines) = per_client.entry(regel.bsn).or_insert((regel.client, Vec::new()));
            lines.push(self.factuurregel(regel));
        }
        let client = |(bsn, (person, prestaties)): (Bsn, (usize, Vec<jw303::Prestatie<'s>>))| {
            let person = &self.clients[person];
            jw303::Client {
                at: At::default(),
                bsn,
                geboortedatum: person.geboortedatum(),
                geslacht: person.geslacht(),
                naam: person.verkorte_naam(),
                commentaar: None,
                prestaties,
                retour_codes: Vec::new(),
            }
        };
        let mut clienten: Vec<jw303::Client<'s>> = per_client.into_iter().map(client).collect();
        let mut totaal = TotaalBedragMetDc::of(self.totaal);
        match (fout, clienten.first_mut()) {
            (Some(Fout::Totaal), _) => totaal.totaal_bedrag = Cents(totaal.totaal_bedrag.0 + 1),
            (Some(Fout::BsnElfproef), Some(first)) => first.bsn = failing_number(first.bsn),
            _ => {}
        }
        let code = if is_factuur(paar.aanbieder) { FactuurCode::Factuur } else { FactuurCode::Declaratie };
        let kop = self.kop(&header, paar, code, totaal);
        Bericht::Factuur(Jw303 { at: At::default(), header, kop, clienten }).write()
    }

    fn kop<'h>(
        &'h self,
        header: &Header<'h>,
        paar: Paar,
        code: FactuurCode,
        totaal: TotaalBedragMetDc,
    ) -> Kop<'h> {
        let number = |text: &str| text.parse().unwrap_or_default();
        Kop {
            at: At::default(),
            code,
            versie: number(header.release.versie),
            subversie: number(header.release.subversie),
            gemeente: region::gemeente(paar.gemeente),
            servicebureau: None,
            aanbieder: region::aanbieder(paar.aanbieder),
            betaling_aan: BetalingAan::Aanbieder,
            identificatie: FactuurIdentificatie {
                at: At::default(),
                periode: periode(self.month),
                nummer: self.nummer,
                dagtekening: header.bericht_identificatie.dagtekening,
                btw_id_nummer: None,
                valuta_code: "EUR",
            },
            bedragen: Some(FactuurBedragen { at: At::default(), totaal, btw_totaal: None }),
            xsd_versie: header.xsd_versie.clone(),
            retour_header: None,
            retour_bedragen: None,
            xslt_versie: None,
            xsd_versie_retour: None,
            retour_codes: Vec::new(),
        }
    }

    fn factuurregel<'d>(&self, regel: &'d ClaimLine) -> jw303::Prestatie<'d> {
        let line = self.prestatie(regel);
        jw303::Prestatie {
            at: At::default(),
            beschikking_nummer: None,
            toewijzing_nummer: Some(line.toewijzing_nummer),
            product_categorie: line.product_categorie,
            product_code: line.product_code,
            product_periode: line.product_periode,
            bedrag: jw303::IngediendBedrag {
                at: At::default(),
                geleverd_volume: line.geleverd_volume,
                eenheid: line.eenheid,
                verrekenpercentage: None,
                product_tarief: line.product_tarief,
                berekend_bedrag: None,
                btw_vrijstelling: Some(JaNee::Ja),
                btw_percentage: None,
                btw_bedrag: None,
                bedrag: line.ingediend_bedrag,
            },
            product_referentie: line.product_referentie,
            commentaar: None,
            toegekend: None,
            retour_codes: Vec::new(),
        }
    }

    fn prestatie<'d>(&self, regel: &'d ClaimLine) -> Prestatie<'d> {
        let product = self.clients[regel.client].zorg[regel.zorg].product;
        let debet_credit = if regel.vorige.is_some() { DebetCredit::Credit } else { DebetCredit::Debet };
        Prestatie {
            at: At::default(),
            product_referentie: Referentie {
                at: At::default(),
                referentie_nummer: &regel.referentie,
                vorig_referentie_nummer: regel.vorige.as_deref(),
            },
            toewijzing_nummer: regel.nummer,
            product_categorie: product.categorie(),
            product_code: regel.code,
            product_periode: periode(regel.dagen),
            geleverd_volume: regel.volume,
            eenheid: product.eenheid,
            product_tarief: regel.tarief,
            ingediend_bedrag: BedragMetDc { at: At::default(), bedrag: regel.bedrag, debet_credit },
        }
    }
}

fn periode(dagen: Dagen) -> GeslotenPeriode {
    GeslotenPeriode { at: At::default(), begindatum: dagen.begin, einddatum: dagen.eind }
}
