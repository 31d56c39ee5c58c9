//! JW323 of aanbieders: lines for every month not claimed yet, corrections, faults.

use super::Generator;
use super::care::{Dagen, Zorg, first_of_month};
use super::fault::Fout;
use super::people::failing_number;
use super::post::Envelop;
use super::products::Product;
use super::random::WHOLE;
use super::region::{self, Paar, Region};
use super::releases::has;
use crate::codes::{Bsn, DebetCredit, EERSTE_DAG_2021, JaNee, ProductCode, ToewijzingNummer};
use crate::messages::jw303::{
    self, BetalingAan, FactuurBedragen, FactuurCode, FactuurIdentificatie, Jw303, Kop,
};
use crate::messages::jw323::{Client, Declaratie, Jw323, Prestatie};
use crate::messages::shared::{BedragMetDc, GeslotenPeriode, Referentie, TotaalBedragMetDc};
use crate::messages::{Bericht, BerichtSoort, Header, Partij};
use crate::money::{Cents, MoneyOverflow};
use crate::schema::At;
use chrono::{Days, Months};
use std::collections::BTreeMap;

/// Shares in parts of [`WHOLE`]: of lines claimed a month later, of aanbieders that skip a month, of
/// lines corrected a month later.
const REGEL_LATER: u32 = 300;
const DECLARATIE_LATER: u32 = 200;
const GECORRIGEERD: u32 = 250;
/// Numbers of assignments that nobody issued lie this much higher.
const ONBEKEND_VANAF: u32 = 700_000_000;

/// One line, before it stands in a message.
#[derive(Debug, Clone)]
struct Regel {
    client: usize,
    zorg: usize,
    bsn: Bsn,
    referentie: String,
    vorige: Option<String>,
    nummer: ToewijzingNummer,
    code: ProductCode,
    dagen: Dagen,
    volume: i64,
    tarief: Option<Cents>,
    bedrag: Cents,
    fout: Option<Fout>,
}

impl Regel {
    fn is_before_2021(&self) -> bool {
        self.dagen.begin < EERSTE_DAG_2021
    }
}

/// Whether an aanbieder sent invoices (450) before 2021; the others sent declaraties (432).
const fn is_factuur(aanbieder: usize) -> bool {
    aanbieder % 2 == 1
}

/// What the aanbieders keep about their claims.
#[derive(Debug)]
pub(super) struct Administratie {
    /// Claims made, per aanbieder.
    declaraties: Vec<u32>,
    /// Lines made, per aanbieder.
    regels: Vec<u32>,
    /// A reference of an earlier message that was not used again yet, per aanbieder.
    eerdere: Vec<Option<String>>,
    /// Granted lines that turned out to be too high.
    correcties: BTreeMap<Paar, Vec<Regel>>,
}

impl Administratie {
    pub(super) fn new(region: Region) -> Self {
        Self {
            declaraties: vec![0; region.aanbieders],
            regels: vec![0; region.aanbieders],
            eerdere: vec![None; region.aanbieders],
            correcties: BTreeMap::new(),
        }
    }

    /// A ReferentieNummer, unique per aanbieder (TR314).
    fn referentie(&mut self, aanbieder: usize) -> String {
        self.regels[aanbieder] += 1;
        format!("R{:010}", self.regels[aanbieder])
    }
}

impl Generator {
    /// The claim of one aanbieder at one gemeente for a month, with what was not claimed before.
    pub(super) fn claim(
        &mut self,
        month: Dagen,
        paar: Paar,
        lijst: &[(usize, usize)],
    ) -> Result<(), MoneyOverflow> {
        if self.random.chance(DECLARATIE_LATER) {
            return Ok(());
        }
        let mut regels = self.corrections(month, paar)?;
        let mut faults_left = vec![Fout::OnbekendeClient, Fout::DubbeleReferentie];
        for (client, zorg) in lijst {
            if self.random.chance(REGEL_LATER) {
                continue;
            }
            self.claim_care(month, *client, *zorg, &mut faults_left, &mut regels)?;
        }
        if regels.is_empty() {
            return Ok(());
        }
        self.keep_corrections(paar, &regels);
        // Care before 2021 and since is claimed apart, by messages that never mix.
        let (before, since): (Vec<Regel>, Vec<Regel>) = regels.into_iter().partition(Regel::is_before_2021);
        if !before.is_empty() {
            self.send_factuur(month, paar, &before)?;
        }
        if since.is_empty() { Ok(()) } else { self.send_claim(month, paar, &since) }
    }

    /// Last month's mistakes: each is given back and claimed again, lower (IV085).
    fn corrections(&mut self, month: Dagen, paar: Paar) -> Result<Vec<Regel>, MoneyOverflow> {
        let mut regels = Vec::new();
        let jw303 = has(self.release(month.eind), BerichtSoort::Jw303);
        for wrong in self.administratie.correcties.remove(&paar).unwrap_or_default() {
            // Without JW303 nothing of before 2021 can be taken back any more.
            if wrong.is_before_2021() && !jw303 {
                continue;
            }
            let zorg = &mut self.clients[wrong.client].zorg[wrong.zorg];
            let product = zorg.product;
            let volume = wrong.volume - 1;
            let credit = Regel {
                referentie: self.administratie.referentie(paar.aanbieder),
                vorige: Some(wrong.referentie.clone()),
                ..wrong.clone()
            };
            regels.push(credit);
            zorg.use_up(-wrong.volume)?;
            if volume > 0 {
                zorg.use_up(volume)?;
                let referentie = self.administratie.referentie(paar.aanbieder);
                regels.push(Regel { referentie, volume, bedrag: product.bedrag(volume)?, ..wrong });
            }
        }
        Ok(regels)
    }

    /// Chooses lines that will be corrected next month, and a reference that may be used again by fault.
    fn keep_corrections(&mut self, paar: Paar, regels: &[Regel]) {
        let good = |regel: &&Regel| {
            let zorg: &Zorg = &self.clients[regel.client].zorg[regel.zorg];
            regel.fout.is_none() && regel.vorige.is_none() && zorg.gedekt(self.region)
        };
        let good: Vec<Regel> = regels.iter().filter(good).cloned().collect();
        if let Some(first) = good.first() {
            self.administratie.eerdere[paar.aanbieder] = Some(first.referentie.clone());
        }
        for regel in good {
            if self.random.chance(GECORRIGEERD) {
                self.administratie.correcties.entry(paar).or_default().push(regel);
            }
        }
    }

    /// Lines for one assignment: every month up to this one that was not claimed.
    fn claim_care(
        &mut self,
        month: Dagen,
        client: usize,
        place: usize,
        faults_left: &mut Vec<Fout>,
        regels: &mut Vec<Regel>,
    ) -> Result<(), MoneyOverflow> {
        let zorg = &self.clients[client].zorg[place];
        let aanbieder = zorg.aanbieder;
        let mut next = first_of_month(zorg.te_declareren_vanaf);
        while next <= month.begin {
            let share = self.random.between(60, 100);
            let zorg = &mut self.clients[client].zorg[place];
            let Some(dagen) = zorg.days_in(Dagen::month_of(next)) else { return Ok(()) };
            next = next + Months::new(1);
            let volume = zorg.volume_in(dagen, share);
            if volume == 0 {
                zorg.claimed(dagen);
                continue;
            }
            let regel = Regel {
                client,
                zorg: place,
                bsn: self.clients[client].bsn,
                referentie: self.administratie.referentie(aanbieder),
                vorige: None,
                nummer: self.clients[client].zorg[place].nummer,
                code: self.clients[client].zorg[place].product.code(),
                dagen,
                volume,
                tarief: self.clients[client].zorg[place].product.product_tarief()?,
                bedrag: self.clients[client].zorg[place].product.bedrag(volume)?,
                fout: None,
            };
            let regel = self.maybe_spoil(regel, faults_left)?;
            if regel.fout.is_some() {
                // Rejected; the aanbieder claims the month again next time.
                regels.push(regel);
                return Ok(());
            }
            let zorg = &mut self.clients[client].zorg[place];
            zorg.use_up(volume)?;
            zorg.claimed(dagen);
            regels.push(regel);
        }
        Ok(())
    }

    /// Puts a fault in a line, in the share that was asked for and where the fault is possible.
    fn maybe_spoil(&mut self, mut regel: Regel, faults_left: &mut Vec<Fout>) -> Result<Regel, MoneyOverflow> {
        if !self.random.chance(self.options.fault_share()) {
            return Ok(regel);
        }
        let Some(fout) = self.random.pick(Fout::REGEL).copied() else { return Ok(regel) };
        let zorg = &self.clients[regel.client].zorg[regel.zorg];
        // A declaratie of before 2021 is granted in part where only volume or rate is wrong, and no rule of
        // that time asks for whole months.
        let in_part = regel.is_before_2021() && !is_factuur(zorg.aanbieder);
        let done = match fout {
            Fout::VolumeTeHoog | Fout::VerkeerdTarief if in_part => false,
            Fout::VerkeerdePeriode if regel.is_before_2021() => false,
            Fout::VolumeTeHoog => {
                regel.volume = zorg.volume_too_large();
                regel.bedrag = zorg.product.bedrag(regel.volume)?;
                true
            }
            Fout::VerkeerdTarief => match regel.tarief {
                Some(tarief) => {
                    let tarief = tarief.plus(Cents(100))?;
                    regel.tarief = Some(tarief);
                    regel.bedrag = tarief.times(regel.volume)?;
                    true
                }
                None => false,
            },
            Fout::OnbekendeToewijzing => {
                regel.nummer = ToewijzingNummer(ONBEKEND_VANAF + regel.nummer.0 % (WHOLE * WHOLE));
                true
            }
            Fout::VerkeerdePeriode if regel.dagen.count() > 1 => {
                regel.dagen.begin = regel.dagen.begin + Days::new(1);
                true
            }
            Fout::VerkeerdeCode if zorg.product.budget_cents.is_none() => {
                let product = zorg.product;
                let other = self
                    .region
                    .producten()
                    .find(|p| p.categorie == product.categorie && p.code != product.code);
                regel.code = other.map_or(regel.code, Product::code);
                other.is_some()
            }
            // Once in a message: a second one would break the uniqueness within it (TR101).
            Fout::OnbekendeClient if take(faults_left, fout) => {
                regel.bsn = self.onbekende.unwrap_or(regel.bsn);
                true
            }
            Fout::DubbeleReferentie if take(faults_left, fout) => {
                match self.administratie.eerdere[zorg.aanbieder].take() {
                    Some(eerdere) => {
                        regel.referentie = eerdere;
                        true
                    }
                    None => false,
                }
            }
            _ => false,
        };
        regel.fout = done.then_some(fout);
        Ok(regel)
    }

    /// The JW303 of a month; what is late is claimed over the last month of 2020 (CS103).
    fn send_factuur(&mut self, month: Dagen, paar: Paar, regels: &[Regel]) -> Result<(), MoneyOverflow> {
        let release = self.release(month.eind);
        if !has(release, BerichtSoort::Jw303) {
            return Ok(());
        }
        self.administratie.declaraties[paar.aanbieder] += 1;
        let nummer = format!("D{:08}", self.administratie.declaraties[paar.aanbieder]);
        let envelop = Envelop {
            soort: BerichtSoort::Jw303,
            afzender: Partij::Aanbieder(region::aanbieder(paar.aanbieder)),
            ontvanger: Partij::Gemeente(region::gemeente(paar.gemeente)),
            dagtekening: month.eind,
            release,
        };
        let last = Dagen::month_of(EERSTE_DAG_2021 - Days::new(1));
        let stukken = Stukken {
            nummer: &nummer,
            month: if month.begin < EERSTE_DAG_2021 { month } else { last },
            totaal: total(regels)?,
            regels,
            clients: &self.clients,
        };
        let inside = regels.iter().filter_map(|regel| regel.fout).collect();
        self.post.send(envelop, &[Fout::BsnElfproef, Fout::Totaal], inside, |header, fout| {
            stukken.write_factuur(header, paar, fout)
        });
        Ok(())
    }

    fn send_claim(&mut self, month: Dagen, paar: Paar, regels: &[Regel]) -> Result<(), MoneyOverflow> {
        self.administratie.declaraties[paar.aanbieder] += 1;
        let nummer = format!("D{:08}", self.administratie.declaraties[paar.aanbieder]);
        let totaal = total(regels)?;
        let envelop = Envelop {
            soort: BerichtSoort::Jw323,
            afzender: Partij::Aanbieder(region::aanbieder(paar.aanbieder)),
            ontvanger: Partij::Gemeente(region::gemeente(paar.gemeente)),
            dagtekening: month.eind,
            release: self.release(month.eind),
        };
        let stukken = Stukken { nummer: &nummer, month, totaal, regels, clients: &self.clients };
        let mut possible = vec![Fout::BsnElfproef, Fout::Totaal];
        possible.extend(regels.iter().any(|regel| regel.tarief.is_some()).then_some(Fout::TariefOntbreekt));
        let inside = regels.iter().filter_map(|regel| regel.fout).collect();
        self.post.send(envelop, &possible, inside, |header, fout| stukken.write(header, fout));
        Ok(())
    }
}

/// What lines ask together, signed.
fn total(regels: &[Regel]) -> Result<Cents, MoneyOverflow> {
    regels.iter().try_fold(Cents::ZERO, |sum, regel| {
        if regel.vorige.is_some() { sum.minus(regel.bedrag) } else { sum.plus(regel.bedrag) }
    })
}

/// Takes one of what is left; false when there is none.
fn take(left: &mut Vec<Fout>, fout: Fout) -> bool {
    let place = left.iter().position(|other| *other == fout);
    place.map(|place| left.remove(place)).is_some()
}

/// What a JW323 or JW303 is made of.
struct Stukken<'a> {
    nummer: &'a str,
    month: Dagen,
    totaal: Cents,
    regels: &'a [Regel],
    clients: &'a [super::people::Client],
}

impl Stukken<'_> {
    fn write(&self, header: Header<'_>, fout: Option<Fout>) -> Vec<u8> {
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

    fn write_factuur<'s>(&'s self, header: Header<'_>, paar: Paar, fout: Option<Fout>) -> Vec<u8> {
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

    fn factuurregel<'d>(&self, regel: &'d Regel) -> jw303::Prestatie<'d> {
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

    fn prestatie<'d>(&self, regel: &'d Regel) -> Prestatie<'d> {
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
