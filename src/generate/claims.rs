//! JW323 of aanbieders: lines for every month not claimed yet, corrections, faults.

mod stukken;

use super::Generator;
use super::care::{Dagen, FictieveZorg, first_of_month, unknown_number};
use super::fault::Fout;
use super::post::Envelop;
use super::products::FictiveProduct;
use super::region::{self, Paar, Region};
use super::releases::has;
use crate::codes::{Bsn, EERSTE_DAG_2021, ProductCode, ToewijzingNummer};
use crate::messages::{BerichtSoort, Partij};
use crate::money::{Cents, MoneyOverflow};
use chrono::{Days, Months};
use std::collections::BTreeMap;
use stukken::Stukken;

/// Shares in parts of [`super::random::WHOLE`]: of lines claimed a month later, of aanbieders that skip a month, of
/// lines corrected a month later.
const REGEL_LATER: u32 = 300;
const DECLARATIE_LATER: u32 = 200;
const GECORRIGEERD: u32 = 250;

/// One line, before it stands in a message.
#[derive(Debug, Clone)]
struct ClaimLine {
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

impl ClaimLine {
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
    correcties: BTreeMap<Paar, Vec<ClaimLine>>,
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
        let (before, since): (Vec<ClaimLine>, Vec<ClaimLine>) =
            regels.into_iter().partition(ClaimLine::is_before_2021);
        if !before.is_empty() {
            self.send_factuur(month, paar, &before)?;
        }
        if since.is_empty() { Ok(()) } else { self.send_claim(month, paar, &since) }
    }

    /// Last month's mistakes: each is given back and claimed again, lower (IV085).
    fn corrections(&mut self, month: Dagen, paar: Paar) -> Result<Vec<ClaimLine>, MoneyOverflow> {
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
            let credit = ClaimLine {
                referentie: self.administratie.referentie(paar.aanbieder),
                vorige: Some(wrong.referentie.clone()),
                ..wrong.clone()
            };
            regels.push(credit);
            zorg.use_up(-wrong.volume)?;
            if volume > 0 {
                zorg.use_up(volume)?;
                let referentie = self.administratie.referentie(paar.aanbieder);
                regels.push(ClaimLine { referentie, volume, bedrag: product.bedrag(volume)?, ..wrong });
            }
        }
        Ok(regels)
    }

    /// Chooses lines that will be corrected next month, and a reference that may be used again by fault.
    fn keep_corrections(&mut self, paar: Paar, regels: &[ClaimLine]) {
        let good = |regel: &&ClaimLine| {
            let zorg: &FictieveZorg = &self.clients[regel.client].zorg[regel.zorg];
            regel.fout.is_none() && regel.vorige.is_none() && zorg.gedekt(self.region)
        };
        let good: Vec<ClaimLine> = regels.iter().filter(good).cloned().collect();
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
        regels: &mut Vec<ClaimLine>,
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
            let regel = ClaimLine {
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
    fn maybe_spoil(
        &mut self,
        mut regel: ClaimLine,
        faults_left: &mut Vec<Fout>,
    ) -> Result<ClaimLine, MoneyOverflow> {
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
                regel.nummer = unknown_number(regel.nummer);
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
                regel.code = other.map_or(regel.code, FictiveProduct::code);
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
    fn send_factuur(&mut self, month: Dagen, paar: Paar, regels: &[ClaimLine]) -> Result<(), MoneyOverflow> {
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

    fn send_claim(&mut self, month: Dagen, paar: Paar, regels: &[ClaimLine]) -> Result<(), MoneyOverflow> {
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
fn total(regels: &[ClaimLine]) -> Result<Cents, MoneyOverflow> {
    regels.iter().try_fold(Cents::ZERO, |sum, regel| {
        if regel.vorige.is_some() { sum.minus(regel.bedrag) } else { sum.plus(regel.bedrag) }
    })
}

/// Takes one of what is left; false when there is none.
fn take(left: &mut Vec<Fout>, fout: Fout) -> bool {
    let place = left.iter().position(|other| *other == fout);
    place.map(|place| left.remove(place)).is_some()
}
