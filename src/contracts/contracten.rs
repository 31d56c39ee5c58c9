//! All contracts of a version, indexed for the questions that judging asks.

use super::contract::reaches;
use super::digest::Canon;
use super::{
    Contract, ContractRegel, Financiering, Peil, Periode, Segment, Tariefeenheid, Uitvoeringsvariant,
};
use crate::codes::{
    AgbCode, Bsn, Datum, Eenheid, GemeenteCode, ProductCategorie, ProductCode, ProductSleutel,
};
use crate::iban::Iban;
use crate::messages::Relatie;
use crate::money::{Cents, MoneyOverflow, round_half_up};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

type RegelSleutel = (GemeenteCode, AgbCode, ProductCategorie, ProductCode);

/// The contracts of one version of the register.
#[derive(Debug, Default)]
pub struct Contracten {
    list: Vec<Contract>,
    per_relatie: FxHashMap<(GemeenteCode, AgbCode), Vec<usize>>,
    /// Contract and line, in order of contract and line.
    per_product: FxHashMap<RegelSleutel, Vec<(usize, usize)>>,
    /// When any contract has a rate for a code.
    per_code: FxHashMap<(ProductCategorie, ProductCode), Vec<Periode>>,
    /// The contract that names an aanbieder.
    namen: FxHashMap<AgbCode, usize>,
    /// Any of them pays a fixed price. Asked at every message, as is the next one.
    vaste_prijzen: bool,
    /// One of those holds.
    vaste_prijzen_houden: bool,
    /// The lowest age limit of any line.
    laagste_leeftijd: Option<u8>,
}

/// A line with the contract that it stands in.
#[derive(Debug, Clone, Copy)]
pub struct GeldendeRegel<'r> {
    pub contract: &'r Contract,
    /// The line.
    pub regel: &'r ContractRegel,
}

/// An account that is paid to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rekening<'r> {
    /// The account.
    pub iban: Iban,
    /// Whose it is by name; banks compare it.
    pub houder: Option<&'r str>,
}

/// Whether the contracts cover what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dekking {
    /// Every day of the period.
    Volledig,
    /// The period has no end, and the contract ends on this day.
    OpenEinde {
        /// Last day that is covered.
        gedekt_tot: Datum,
    },
    /// The product is there, but not on every day of the period.
    BuitenPeriode,
    /// The product is there, in another eenheid.
    AndereEenheid,
    /// There is a contract, without this product.
    GeenProduct,
    /// There is no contract on the first day.
    GeenContract,
}

impl Dekking {
    /// Whether the request fits: an open end asks no more than the contract still has to give.
    #[must_use]
    pub const fn fits(self) -> bool {
        matches!(self, Self::Volledig | Self::OpenEinde { .. })
    }
}

impl Contracten {
    pub(super) fn new(mut contracten: Vec<Contract>) -> Self {
        contracten.sort_by(|one, two| one.nummer.cmp(&two.nummer));
        let mut all = Self::default();
        for (index, contract) in contracten.iter_mut().enumerate() {
            contract.regels.sort_by_cached_key(ContractRegel::sort_key);
            if contract.aanbieder_naam.is_some() {
                all.namen.entry(contract.aanbieder).or_insert(index);
            }
            let fixed = contract.financiering == Financiering::ProfielVast;
            all.vaste_prijzen |= fixed;
            all.vaste_prijzen_houden |= fixed && contract.gevolgen.holds();
            for line in &contract.regels {
                let ages = [all.laagste_leeftijd, line.leeftijd_max];
                all.laagste_leeftijd = ages.into_iter().flatten().min();
                all.per_code.entry((line.categorie, line.code)).or_default().push(line.geldig);
            }
            for gemeente in &contract.gemeenten {
                for aanbieder in contract.aanbieders() {
                    all.per_relatie.entry((*gemeente, aanbieder)).or_default().push(index);
                    for (regel, line) in contract.regels.iter().enumerate() {
                        let key = (*gemeente, aanbieder, line.categorie, line.code);
                        all.per_product.entry(key).or_default().push((index, regel));
                    }
                }
            }
        }
        for rates in all.per_code.values_mut() {
            rates.sort_unstable();
            rates.dedup();
        }
        all.list = contracten;
        all
    }

    /// Whether any contract has a rate for a code that is valid on one of these days.
    #[must_use]
    pub fn has_rate(&self, categorie: ProductCategorie, code: ProductCode, days: Periode) -> bool {
        let rates = self.per_code.get(&(categorie, code));
        rates.is_some_and(|rates| rates.iter().any(|geldig| geldig.overlaps(&days)))
    }

    /// Every contract, in order of number.
    #[must_use]
    pub fn list(&self) -> &[Contract] {
        &self.list
    }

    /// Every contract, by its number.
    #[must_use]
    pub fn by_number(&self) -> BTreeMap<&str, &Contract> {
        self.list.iter().map(|contract| (contract.nummer.as_str(), contract)).collect()
    }

    /// Whether any contract pays a fixed price for a trajectory.
    #[must_use]
    pub const fn has_fixed_prices(&self) -> bool {
        self.vaste_prijzen
    }

    /// Whether any contract with a fixed price holds a second trajectory, or its payment.
    #[must_use]
    pub const fn holds_fixed_prices(&self) -> bool {
        self.vaste_prijzen_houden
    }

    /// Whether any line ends at an age.
    #[must_use]
    pub const fn have_age_limits(&self) -> bool {
        self.laagste_leeftijd.is_some()
    }

    /// The day on which somebody reaches the lowest age limit of any line: before it none of them matters. None where
    /// no line has one, or when the calendar ends first.
    #[must_use]
    pub fn earliest_age_limit(&self, geboren: Datum) -> Option<Datum> {
        reaches(geboren, self.laagste_leeftijd?)
    }

    /// The contracts of a relatie for a client, direct and by way of a main contractor or cooperative.
    pub fn of_relatie(&self, relatie: Relatie, bsn: Bsn) -> impl Iterator<Item = &Contract> {
        self.party_to(relatie).filter(move |contract| contract.is_for(bsn))
    }

    /// The contracts of a relatie, whichever client they are about.
    pub fn party_to(&self, relatie: Relatie) -> impl Iterator<Item = &Contract> {
        let indexes = self.per_relatie.get(&(relatie.gemeente, relatie.aanbieder));
        indexes.into_iter().flatten().map(|index| &self.list[*index])
    }

    /// Whether there is a contract on a day (ruling 3.5 f).
    #[must_use]
    pub fn has_contract(&self, relatie: Relatie, bsn: Bsn, datum: Datum) -> bool {
        self.of_relatie(relatie, bsn).any(|contract| contract.looptijd().contains(datum))
    }

    /// The lines of one product whose rate holds for care on these days, whatever their eenheid: on at least one
    /// day of the period, or where it was agreed so on the first day of the assignment.
    pub fn regels(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: (ProductCategorie, ProductCode),
        peil: Peil,
    ) -> impl Iterator<Item = GeldendeRegel<'_>> + Clone {
        let found = self.of_product(relatie, product);
        found.filter(move |found| found.contract.is_for(bsn) && found.regel.holds_for(&peil))
    }

    /// The lines of one product whose rate hangs on the first day of the assignment, whenever they hold.
    pub fn by_first_day(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: (ProductCategorie, ProductCode),
    ) -> impl Iterator<Item = GeldendeRegel<'_>> {
        let found = self.of_product(relatie, product).filter(move |found| found.contract.is_for(bsn));
        found.filter(|found| found.regel.is_by_first_day())
    }

    /// The lines of one product, for whomever and whenever.
    fn of_product(
        &self,
        relatie: Relatie,
        product: (ProductCategorie, ProductCode),
    ) -> impl Iterator<Item = GeldendeRegel<'_>> + Clone {
        let places = self.per_product.get(&(relatie.gemeente, relatie.aanbieder, product.0, product.1));
        places.map_or(&[][..], Vec::as_slice).iter().map(|(contract, regel)| {
            let contract = &self.list[*contract];
            GeldendeRegel { contract, regel: &contract.regels[*regel] }
        })
    }

    /// The form of funding of a product on a day: of the first contract with a line that holds then, else of the first that
    /// has it at all.
    #[must_use]
    pub fn financiering(
        &self,
        relatie: Relatie,
        product: (ProductCategorie, ProductCode),
        datum: Datum,
    ) -> Option<Financiering> {
        let mut lines = self.of_product(relatie, product);
        let first = lines.clone().next();
        let found = lines.find(|found| found.regel.geldig.contains(datum)).or(first);
        found.map(|found| found.contract.financiering)
    }

    /// The lines whose rate holds for a Prestatie (TR418), for the eenheid that is claimed.
    ///
    /// The rate must hold on the ProductPeriode. Where it changes within that period every rate that
    /// holds on one of its days is right: a Prestatie has one rate and the standard does not say of
    /// which day. A contract may say that it is the first day of the assignment, as long as that lasts. Nothing
    /// found: the contract has no rate for this code.
    ///
    /// Lines in the claimed eenheid come first; only without those does a rate per hour answer for
    /// minutes and the other way round (IV081, TR341).
    pub fn tarief(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: (ProductCategorie, ProductCode),
        eenheid: Eenheid,
        peil: Peil,
    ) -> impl Iterator<Item = GeldendeRegel<'_>> {
        // Looked up once: this is asked for every line of a claim.
        let lines = self.regels(relatie, bsn, product, peil);
        let exact = lines.clone().any(|found| found.regel.eenheid == eenheid);
        lines.filter(
            move |found| if exact { found.regel.eenheid == eenheid } else { found.converts_to(eenheid) },
        )
    }

    /// Whether the contracts cover a product in an eenheid over a period (rulings 2.4 and 3.5 f, g).
    ///
    /// No product asks for any line (generic), no code for any line of the category (aspecific).
    /// Lines that follow each other without a gap cover together.
    #[must_use]
    pub fn covers(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: Option<ProductSleutel>,
        eenheid: Option<Eenheid>,
        van: Datum,
        tot: Option<Datum>,
    ) -> Dekking {
        if !self.has_contract(relatie, bsn, van) {
            return Dekking::GeenContract;
        }
        let lines = self
            .of_relatie(relatie, bsn)
            .flat_map(|contract| contract.regels.iter().map(move |regel| GeldendeRegel { contract, regel }));
        let mut of_product: Vec<_> = lines.filter(|found| found.is_of(product)).collect();
        if of_product.is_empty() {
            return Dekking::GeenProduct;
        }
        if let Some(eenheid) = eenheid {
            of_product.retain(|found| found.regel.eenheid == eenheid || found.converts_to(eenheid));
        }
        if of_product.is_empty() {
            return Dekking::AndereEenheid;
        }
        covered(of_product.iter().map(|found| found.regel.geldig).collect(), van, tot)
    }

    /// What is paid for (ruling 5.6): the eenheid says so, else the lines of the contract when they agree.
    #[must_use]
    pub fn variant(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: Option<ProductSleutel>,
        eenheid: Option<Eenheid>,
        periode: Periode,
    ) -> Option<Uitvoeringsvariant> {
        if let Some(eenheid) = eenheid {
            return Some(variant_of(eenheid));
        }
        let mut found = self
            .of_relatie(relatie, bsn)
            .flat_map(|contract| contract.regels.iter().map(move |regel| GeldendeRegel { contract, regel }))
            .filter(|found| found.is_of(product) && found.regel.geldig.overlaps(&periode))
            .map(|found| found.regel.variant.unwrap_or_else(|| variant_of(found.regel.eenheid)));
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    /// The segment of a product on a day, when the lines of the contracts that hold then agree on one.
    #[must_use]
    pub fn segment(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: ProductSleutel,
        datum: Datum,
    ) -> Option<Segment> {
        let on_day = |regel: &&ContractRegel| regel.geldig.contains(datum);
        let found: Vec<Option<Segment>> = if let Some(code) = product.code {
            let lines = self.of_product(relatie, (product.categorie, code));
            let own = lines.filter(|found| found.contract.is_for(bsn)).map(|found| found.regel);
            own.filter(on_day).map(|regel| regel.segment).collect()
        } else {
            let lines = self.of_relatie(relatie, bsn).flat_map(|contract| &contract.regels);
            let own = lines.filter(|regel| regel.categorie == product.categorie);
            own.filter(on_day).map(|regel| regel.segment).collect()
        };
        let (first, rest) = found.split_first()?;
        rest.iter().all(|other| other == first).then_some(*first)?
    }

    /// Name of an aanbieder, from the first of its contracts that has one.
    #[must_use]
    pub fn aanbieder_naam(&self, aanbieder: AgbCode) -> Option<&str> {
        self.namen.get(&aanbieder).map(|index| self.list[*index].aanbieder_naam.as_deref())?
    }

    /// The account that a relatie is paid on, on a day: of its contracts in force, the direct ones
    /// first, then those by way of another party; without one, of their lines. Contracts about one
    /// client come last. None when nothing names an account.
    #[must_use]
    pub fn account(&self, relatie: Relatie, datum: Datum) -> Option<Rekening<'_>> {
        let mut in_force: Vec<&Contract> =
            self.party_to(relatie).filter(|contract| contract.looptijd().contains(datum)).collect();
        in_force.sort_by_key(|contract| (contract.client.is_some(), contract.aanbieder != relatie.aanbieder));
        let of_contract = in_force.iter().find_map(|contract| Some((*contract, contract.iban?)));
        let of_line = || {
            in_force.iter().find_map(|contract| {
                let iban = |regel: &ContractRegel| regel.iban.filter(|_| regel.geldig.contains(datum));
                Some((*contract, contract.regels.iter().find_map(iban)?))
            })
        };
        of_contract.or_else(of_line).map(|(contract, iban)| {
            let houder = self.rekeninghouder(contract);
            Rekening { iban, houder }
        })
    }

    /// The accounts of an aanbieder, by whatever contract.
    pub fn accounts_of(&self, aanbieder: AgbCode) -> impl Iterator<Item = Iban> {
        let theirs = move |contract: &&Contract| contract.aanbieders().any(|party| party == aanbieder);
        self.list.iter().filter(theirs).flat_map(|contract| contract.accounts().copied())
    }

    /// Whose the accounts of a contract are: who it names, else the party that contracts. None when neither has a name.
    #[must_use]
    pub fn rekeninghouder<'r>(&'r self, contract: &'r Contract) -> Option<&'r str> {
        contract.rekeninghouder.as_deref().or_else(|| self.aanbieder_naam(contract.aanbieder))
    }

    /// The account that the aanbieder is paid on for a product on a day: of the line, else of the contract.
    #[must_use]
    pub fn iban(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: (ProductCategorie, ProductCode),
        periode: Periode,
    ) -> Option<Iban> {
        let found = self.of_product(relatie, product).filter(|found| found.contract.is_for(bsn));
        let mut in_force = found.filter(|found| found.regel.geldig.overlaps(&periode));
        in_force.find_map(|found| found.regel.iban.or(found.contract.iban))
    }

    pub(super) fn write(&self, canon: &mut Canon) {
        canon.list(self.list.iter(), |canon, contract| contract.write(canon));
    }
}

impl GeldendeRegel<'_> {
    fn is_of(&self, product: Option<ProductSleutel>) -> bool {
        product.is_none_or(|product| {
            self.regel.categorie == product.categorie
                && product.code.is_none_or(|code| self.regel.code == code)
        })
    }

    fn is_hour_rate(&self) -> bool {
        self.regel.eenheid == Eenheid::Uur || self.regel.tariefeenheid == Some(Tariefeenheid::Uur)
    }

    /// A rate per hour holds for minutes as well, and the other way round (IV081).
    fn converts_to(&self, eenheid: Eenheid) -> bool {
        matches!(eenheid, Eenheid::Uur | Eenheid::Minuut) && self.is_hour_rate()
    }

    /// Whether minutes are claimed at a rate per hour, so that amount and rate are rounded apart (IV081, TR346).
    #[must_use]
    pub fn is_hour_rate_in_minutes(&self, eenheid: Eenheid) -> bool {
        eenheid == Eenheid::Minuut && self.is_hour_rate()
    }

    /// The ProductTarief that a Prestatie in this eenheid must have; none for Euro. Rounded to whole
    /// cents where minutes are claimed at a rate per hour (IV081).
    pub fn product_tarief(&self, eenheid: Eenheid) -> Result<Option<Cents>, MoneyOverflow> {
        match self.regel.tarief {
            Some(tarief) if self.is_hour_rate_in_minutes(eenheid) => {
                round_half_up(Decimal::from(tarief.0) / Decimal::from(60)).map(Some)
            }
            tarief => Ok(tarief),
        }
    }

    /// The amount for a volume at the rate agreed; none for Euro. For minutes at a rate per hour
    /// the rate itself is not rounded first (IV081, TR346).
    pub fn bedrag(&self, eenheid: Eenheid, volume: i64) -> Result<Option<Cents>, MoneyOverflow> {
        match self.regel.tarief {
            None => Ok(None),
            Some(tarief) if self.is_hour_rate_in_minutes(eenheid) => {
                let total = tarief.times(volume)?;
                round_half_up(Decimal::from(total.0) / Decimal::from(60)).map(Some)
            }
            Some(tarief) => tarief.times(volume).map(Some),
        }
    }
}

/// Ruling 5.6.
const fn variant_of(eenheid: Eenheid) -> Uitvoeringsvariant {
    match eenheid {
        Eenheid::Minuut
        | Eenheid::Uur
        | Eenheid::Etmaal
        | Eenheid::Dagdeel
        | Eenheid::Week
        | Eenheid::Tijdsonafhankelijk
        | Eenheid::StuksInspanning => Uitvoeringsvariant::Inspanning,
        Eenheid::StuksOutput | Eenheid::Euro => Uitvoeringsvariant::Output,
    }
}

/// How far lines together cover a period.
fn covered(mut lines: Vec<Periode>, van: Datum, tot: Option<Datum>) -> Dekking {
    lines.sort_unstable();
    // The first day that is not covered yet.
    let mut next = van;
    for line in lines {
        if line.van.is_some_and(|start| start > next) {
            break;
        }
        match line.tot.map(|end| end.succ_opt()) {
            None | Some(None) => return Dekking::Volledig,
            Some(Some(after)) => next = next.max(after),
        }
    }
    let last = next.pred_opt().filter(|last| *last >= van);
    match (last, tot) {
        (Some(last), Some(tot)) if tot <= last => Dekking::Volledig,
        (Some(gedekt_tot), None) => Dekking::OpenEinde { gedekt_tot },
        _ => Dekking::BuitenPeriode,
    }
}
