//! Holds beside limits: what holds the payment of a line because there is more than one piece at a fixed price (rulings
//! 8.6), or because it cannot have happened (rulings 8.12).

use super::lines::Line;
use crate::codes::{Bsn, Datum, DebetCredit, Eenheid, GemeenteCode, ProductSleutel, ToewijzingNummer};
use crate::contracts::{ContractRegel, Gevolg, Register};
use crate::decide::cost::Zorg;
use crate::decide::fixed_price;
use crate::decide::limits::by_id;
use crate::decide::overlap::{Samenloop, is_beside};
use crate::decide::plausible::{self, Deel, Verdeling};
use crate::decide::verzoek::{age_limited, newest_birth};
use crate::messages::Relatie;
use crate::messages::jw323::{Jw323, Prestatie};
use crate::state::{Besteding, DebetSleutel, FactKeys, Grond, WorkReason, WorkingSet};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// What a line of care after the age limit names beside the ids of limits.
const LEEFTIJD: &str = "leeftijdsgrens";

/// Why a line is told of, or its payment waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waarom {
    /// More than one piece, or behind another trajectory of the child.
    VastePrijs,
    /// More than its days allow, or nights at two places.
    NietAannemelijk,
    /// Care after the age limit of its contract (rulings 8.11).
    Leeftijd,
}

impl Waarom {
    /// What a held line names beside the ids of limits.
    pub const fn id(self) -> &'static str {
        match self {
            Self::VastePrijs => fixed_price::ID,
            Self::NietAannemelijk => plausible::ID,
            Self::Leeftijd => LEEFTIJD,
        }
    }

    /// The reason of the item about it.
    pub const fn reason(self) -> WorkReason {
        match self {
            Self::VastePrijs => WorkReason::VastePrijs,
            Self::NietAannemelijk => WorkReason::NietAannemelijk,
            Self::Leeftijd => WorkReason::Leeftijdsgrens,
        }
    }

    /// For operators.
    pub const fn naam(self) -> &'static str {
        match self {
            Self::VastePrijs => fixed_price::NAAM,
            Self::NietAannemelijk => "wat in de periode kan zijn geleverd",
            Self::Leeftijd => "de leeftijdsgrens van het contract",
        }
    }
}

/// Why a line waits, by what it names; none when the limit is gone from the register.
pub(in crate::decide) fn grond(id: &str, register: &Register) -> Option<Grond> {
    match id {
        fixed_price::ID => Some(Grond::VastePrijs),
        plausible::ID => Some(Grond::Aannemelijkheid),
        LEEFTIJD => Some(Grond::Leeftijdsgrens),
        id => by_id(register, id).map(|limiet| limiet.grond()),
    }
}

/// A line that is beyond something, and what happens then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beyond {
    pub waarom: Waarom,
    /// Held or told.
    pub gevolg: Gevolg,
}

/// Care of a line as far as its contract goes.
fn zorg(relatie: Relatie, bsn: Bsn, prestatie: &Prestatie<'_>) -> Zorg {
    let product =
        ProductSleutel { categorie: prestatie.product_categorie, code: Some(prestatie.product_code) };
    let begin = prestatie.product_periode.begindatum;
    Zorg { relatie, bsn, product: Some(product), begin, eind: None, omvang: None, budget: None }
}

/// What a line is compared with: children are locked where something holds. No line is known that begins after the last day
/// of the claim (TR318, TR319).
pub fn keys(
    relatie: Relatie,
    bsn: Bsn,
    (prestatie, last_day): (&Prestatie<'_>, Datum),
    register: &Register,
    (fixed, holds_implausible): (bool, bool),
    keys: &mut FactKeys,
) {
    let care = zorg(relatie, bsn, prestatie);
    if fixed && fixed_price::contract(&care, register).is_some() {
        if fixed_price::compares(&care, register) {
            keys.kinderen.insert(bsn);
        }
        keys.debets_van.insert((relatie.gemeente, prestatie.toewijzing_nummer, last_day));
    }
    if !holds_implausible {
        return;
    }
    let periode = &prestatie.product_periode;
    keys.debets_op.insert((relatie.gemeente, prestatie.toewijzing_nummer, periode.begindatum));
    if prestatie.eenheid == Eenheid::Etmaal {
        keys.kinderen.insert(bsn);
        keys.nachten.insert(plausible::around(bsn, periode.begindatum, periode.einddatum));
    }
}

/// The clients of a claim whose day of birth is looked up in their newest JW301: an age limit holds or tells, and the client
/// register does not say when they were born (rulings 8.11).
#[must_use]
pub fn births_asked(bericht: &Jw323<'_>, register: &Register) -> BTreeSet<(GemeenteCode, Bsn)> {
    let relatie = bericht.header.relatie();
    let mut asked = BTreeSet::new();
    if !register.contracten().have_age_limits() {
        return asked;
    }
    for client in &bericht.declaratie.clienten {
        let registered = register.client(relatie.gemeente, client.bsn);
        let limited = || {
            let mut lines = client.prestaties.iter().map(|line| zorg(relatie, client.bsn, line));
            lines.any(|zorg| {
                age_act(&zorg, register) != Gevolg::Niets
                    && !age_limited(&Zorg { eind: Some(zorg.begin), ..zorg }, register).is_empty()
            })
        };
        if registered.and_then(|client| client.geboortedatum).is_none() && limited() {
            asked.insert((relatie.gemeente, client.bsn));
        }
    }
    asked
}

/// What becomes of care after the age limit: what the contract asks that has the limit. What another contract of the aanbieder
/// does with its own is nothing to this care.
fn age_act(zorg: &Zorg, register: &Register) -> Gevolg {
    let Some(product) = zorg.product else { return Gevolg::Niets };
    let limits = |regel: &ContractRegel| {
        regel.leeftijd_max.is_some()
            && regel.categorie == product.categorie
            && product.code.is_none_or(|code| regel.code == code)
            && regel.geldig.contains(zorg.begin)
    };
    let contracts = register.contracten().of_relatie(zorg.relatie, zorg.bsn);
    let acts = contracts.filter(|contract| contract.regels.iter().any(limits));
    acts.map(|contract| contract.gevolgen.bij_betaling).max().unwrap_or(Gevolg::Niets)
}

/// Lines of one claim, as they are looked at one after another.
#[derive(Debug)]
pub struct Looking<'a> {
    known: &'a WorkingSet,
    register: &'a Register,
    relatie: Relatie,
    fixed: bool,
    plausibel: Gevolg,
    /// Granted in this claim, by assignment.
    besteed: FxHashMap<ToewijzingNummer, Besteding>,
    /// Pieces at a fixed price that were claimed before on assignments without a volume; looked up when the first is met.
    eerder: Option<FxHashMap<ToewijzingNummer, Besteding>>,
    /// Nights by child.
    nachten: FxHashMap<Bsn, Verdeling>,
    /// References of debits that this claim takes back, where what was claimed before is compared.
    teruggenomen: FxHashSet<Box<str>>,
    /// Days of birth that were looked up.
    geboren: FxHashMap<Bsn, Option<Datum>>,
}

impl<'a> Looking<'a> {
    /// Nothing granted yet.
    pub fn new(known: &'a WorkingSet, register: &'a Register, relatie: Relatie) -> Self {
        Self {
            known,
            register,
            relatie,
            fixed: register.has_fixed_prices(),
            plausibel: register.regio().bewaking.plausibiliteit,
            besteed: FxHashMap::default(),
            eerder: None,
            nachten: FxHashMap::default(),
            teruggenomen: FxHashSet::default(),
            geboren: FxHashMap::default(),
        }
    }

    /// What a granted line is beyond. Credits first: what they take back counts no more.
    pub fn line(&mut self, line: &Line<'_>) -> Vec<Beyond> {
        let mut beyond = Vec::new();
        if self.fixed {
            beyond.extend(self.fixed_price(line));
        }
        if !line.is_credit() {
            beyond.extend(self.age(line));
        }
        let gevolg = self.plausibel;
        let implausible = match gevolg {
            Gevolg::Niets => false,
            Gevolg::Signal => !line.is_credit() && is_too_much(line),
            Gevolg::Hold if line.is_credit() => {
                self.take_back(line);
                false
            }
            Gevolg::Hold => self.is_implausible(line),
        };
        beyond.extend(implausible.then_some(Beyond { waarom: Waarom::NietAannemelijk, gevolg }));
        beyond
    }

    /// Care that begins on the day of the age limit or later. The birth is that of the client register, else of the newest
    /// JW301.
    fn age(&mut self, line: &Line<'_>) -> Option<Beyond> {
        let (known, register, relatie, bsn) = (self.known, self.register, self.relatie, line.client.bsn);
        let contracten = register.contracten();
        if !contracten.have_age_limits() {
            return None;
        }
        let born = (*self.geboren.entry(bsn).or_insert_with(|| {
            let registered = register.client(relatie.gemeente, bsn).and_then(|client| client.geboortedatum);
            registered.map(|born| born.0).or_else(|| newest_birth(known, relatie, bsn))
        }))?;
        // Nearly every child is younger than any limit: then no contract is looked up.
        if line.prestatie.product_periode.begindatum < contracten.earliest_age_limit(born)? {
            return None;
        }
        let zorg = zorg(relatie, bsn, line.prestatie);
        let lines = age_limited(&Zorg { eind: Some(zorg.begin), ..zorg }, self.register);
        let reached = lines.iter().filter_map(|line| line.leeftijd_bereikt_op(born)).max()?;
        let gevolg = age_act(&zorg, register);
        (zorg.begin >= reached && gevolg != Gevolg::Niets)
            .then_some(Beyond { waarom: Waarom::Leeftijd, gevolg })
    }

    fn fixed_price(&mut self, line: &Line<'_>) -> Option<Beyond> {
        let prestatie = line.prestatie;
        let contract = fixed_price::contract(&zorg(self.relatie, line.client.bsn, prestatie), self.register)?;
        let gevolg = contract.gevolgen.bij_betaling;
        let key = (self.relatie.gemeente, prestatie.toewijzing_nummer);
        let assigned = self.known.toewijzingen.get(&key)?.zoals_bekend()?;
        let toewijzing = &*assigned;
        let debet = prestatie.ingediend_bedrag.debet_credit == DebetCredit::Debet;
        let besteed = self.besteed.entry(key.1).or_insert_with(|| {
            if toewijzing.omvang.is_some() {
                return toewijzing.besteed;
            }
            let before = || fixed_price::pieces_before(key.0, self.known, self.register);
            self.eerder.get_or_insert_with(before).get(&key.1).copied().unwrap_or_default()
        });
        let pieces = fixed_price::pieces(toewijzing.omvang, line.telt.volume, prestatie.eenheid);
        besteed.volume += if debet { pieces } else { -pieces };
        besteed.bedrag += if debet { line.telt.bedrag } else { -line.telt.bedrag };
        if line.is_credit() {
            return None;
        }
        let more = fixed_price::is_more_than_a_piece(toewijzing, *besteed).then_some(gevolg);
        let beside = match toewijzing.vrijgegeven {
            // A person let it through with its payments, or without (rulings 8.6). Its payments are those of what was
            // assigned, which TR321 and TR322 keep; a budget says no number of pieces, and then it is one.
            Some(true) if toewijzing.omvang.is_some() => return None,
            Some(true) => None,
            Some(false) => Some(fixed_price::strictest_beside(toewijzing, gevolg, self.known, self.register)),
            // What others have of the child is known where a contract holds; where both only signal that is told behind
            // the commit.
            None => fixed_price::in_front(toewijzing, gevolg, self.known, self.register)
                .map(|(_, gevolg)| gevolg)
                .filter(|gevolg| *gevolg == Gevolg::Hold),
        };
        let gevolg = more.into_iter().chain(beside).max().filter(|gevolg| *gevolg != Gevolg::Niets)?;
        Some(Beyond { waarom: Waarom::VastePrijs, gevolg })
    }

    /// What a claim takes back counts no more; credits come first.
    fn take_back(&mut self, line: &Line<'_>) {
        let prestatie = line.prestatie;
        let debet = prestatie.product_referentie.vorig_referentie_nummer;
        self.teruggenomen.extend(debet.map(Box::from));
        if prestatie.eenheid == Eenheid::Etmaal {
            let periode = &prestatie.product_periode;
            let (begin, eind, volume) = (periode.begindatum, periode.einddatum, -line.telt.volume);
            self.nachten_of(line.client.bsn).add(Deel { begin, eind, volume });
        }
    }

    /// The nights of a child: those granted before, and those of this claim.
    fn nachten_of(&mut self, bsn: Bsn) -> &mut Verdeling {
        let known = self.known;
        self.nachten.entry(bsn).or_insert_with(|| plausible::granted_nights(bsn, known))
    }

    /// With what was granted before, where the region holds. Where it only signals that is looked at behind the commit.
    fn is_implausible(&mut self, line: &Line<'_>) -> bool {
        let prestatie = line.prestatie;
        let too_much = is_too_much(line) || self.is_above_periods(line);
        if prestatie.eenheid != Eenheid::Etmaal {
            return too_much;
        }
        let periode = &prestatie.product_periode;
        let own = Deel { begin: periode.begindatum, eind: periode.einddatum, volume: line.telt.volume };
        let nachten = self.nachten_of(line.client.bsn);
        nachten.add(own);
        too_much || !nachten.has_days_for(own)
    }

    /// More than the periods allow, with what was claimed on the assignment for days of this one.
    fn is_above_periods(&self, line: &Line<'_>) -> bool {
        let prestatie = line.prestatie;
        let periode = &prestatie.product_periode;
        let sleutel = DebetSleutel {
            gemeente: self.relatie.gemeente,
            toewijzing: prestatie.toewijzing_nummer,
            begin: periode.begindatum,
            eind: periode.einddatum,
            categorie: prestatie.product_categorie,
            code: prestatie.product_code,
        };
        let stands = |reference: &str| !self.teruggenomen.contains(reference);
        is_beside(&sleutel, self.known)
            && Samenloop::of(sleutel, prestatie.eenheid, self.known).is_some_and(|together| {
                together.is_above(self.known, self.register, Some(line.telt.volume), stands)
            })
    }
}

/// More than the days of its own period allow.
fn is_too_much(line: &Line<'_>) -> bool {
    let prestatie = line.prestatie;
    let periode = &prestatie.product_periode;
    let (begin, eind) = (periode.begindatum, periode.einddatum);
    plausible::too_much(begin, eind, prestatie.eenheid, line.telt.volume).is_some()
}
