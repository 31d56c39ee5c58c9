//! What holds the payment of a line beside limits: more than one piece at a fixed price (rulings 8.6), and what cannot
//! have happened (rulings 8.12).

use super::lines::Line;
use crate::codes::{Bsn, DebetCredit, Eenheid, ProductSleutel, ToewijzingNummer};
use crate::contracts::{Gevolg, Register};
use crate::decide::cost::Zorg;
use crate::decide::fixed_price;
use crate::decide::limits::by_id;
use crate::decide::plausible::{self, Verblijf};
use crate::decide::verzoek::age_limited;
use crate::messages::Relatie;
use crate::messages::jw323::Prestatie;
use crate::state::{Besteding, FactKeys, Grond, WorkReason, WorkingSet, spent_volume};
use rustc_hash::FxHashMap;

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
    /// What.
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

/// What a line is compared with: children are locked where something holds.
pub fn keys(
    relatie: Relatie,
    bsn: Bsn,
    prestatie: &Prestatie<'_>,
    register: &Register,
    (fixed, nights): (bool, bool),
    keys: &mut FactKeys,
) {
    if fixed && fixed_price::compares(&zorg(relatie, bsn, prestatie), register) {
        keys.kinderen.insert(bsn);
    }
    if nights && prestatie.eenheid == Eenheid::Etmaal {
        let periode = &prestatie.product_periode;
        keys.kinderen.insert(bsn);
        keys.nachten.insert(plausible::around(bsn, periode.begindatum, periode.einddatum));
    }
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
    /// Nights granted in this claim, by child.
    nachten: FxHashMap<Bsn, Vec<Verblijf>>,
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
            nachten: FxHashMap::default(),
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
        if self.plausibel != Gevolg::Niets && !line.is_credit() && self.is_implausible(line) {
            beyond.push(Beyond { waarom: Waarom::NietAannemelijk, gevolg: self.plausibel });
        }
        beyond
    }

    /// Care that begins on the day of the age limit or later, of a child whose birth the client register has.
    fn age(&self, line: &Line<'_>) -> Option<Beyond> {
        let contracten = self.register.contracten();
        if !contracten.have_age_limits() {
            return None;
        }
        let born = self.register.client(self.relatie.gemeente, line.client.bsn)?.geboortedatum?.0;
        // Nearly every child is younger than any limit: then no contract is looked up.
        if line.prestatie.product_periode.begindatum < contracten.earliest_age_limit(born)? {
            return None;
        }
        let zorg = zorg(self.relatie, line.client.bsn, line.prestatie);
        let lines = age_limited(&Zorg { eind: Some(zorg.begin), ..zorg }, self.register);
        let reached = lines.iter().filter_map(|line| line.leeftijd_bereikt_op(born)).max()?;
        let contracts = contracten.of_relatie(self.relatie, line.client.bsn);
        let gevolg = contracts.map(|contract| contract.gevolgen.bij_betaling).max()?;
        (zorg.begin >= reached && gevolg != Gevolg::Niets)
            .then_some(Beyond { waarom: Waarom::Leeftijd, gevolg })
    }

    fn fixed_price(&mut self, line: &Line<'_>) -> Option<Beyond> {
        let prestatie = line.prestatie;
        let contract = fixed_price::contract(&zorg(self.relatie, line.client.bsn, prestatie), self.register)?;
        let gevolg = contract.gevolgen.bij_betaling;
        let toewijzing =
            self.known.toewijzingen.get(&(self.relatie.gemeente, prestatie.toewijzing_nummer))?;
        let sign = if prestatie.ingediend_bedrag.debet_credit == DebetCredit::Debet { 1 } else { -1 };
        let besteed = self.besteed.entry(prestatie.toewijzing_nummer).or_insert(toewijzing.besteed);
        besteed.volume += sign * spent_volume(line.telt.volume, prestatie.eenheid);
        besteed.bedrag.0 += sign * line.telt.bedrag.0;
        if line.is_credit() || gevolg == Gevolg::Niets {
            return None;
        }
        // A person let the assignment through: with the payments of it, or without (rulings 8.6).
        if let Some(met_betaling) = toewijzing.vrijgegeven {
            return (!met_betaling).then_some(Beyond { waarom: Waarom::VastePrijs, gevolg });
        }
        // What others have of the child is known where the contract holds.
        let behind =
            gevolg == Gevolg::Hold && fixed_price::is_behind_another(toewijzing, self.known, self.register);
        let more = fixed_price::is_more_than_a_piece(toewijzing, *besteed);
        (more || behind).then_some(Beyond { waarom: Waarom::VastePrijs, gevolg })
    }

    fn is_implausible(&mut self, line: &Line<'_>) -> bool {
        let (prestatie, bsn) = (line.prestatie, line.client.bsn);
        let (begin, eind) = (prestatie.product_periode.begindatum, prestatie.product_periode.einddatum);
        let volume = line.telt.volume;
        if plausible::too_much(begin, eind, prestatie.eenheid, volume).is_some() {
            return true;
        }
        if prestatie.eenheid != Eenheid::Etmaal {
            return false;
        }
        let own = Verblijf { begin, eind, nachten: volume };
        let in_claim = self.nachten.entry(bsn).or_default();
        let mut all = vec![own];
        all.extend(in_claim.iter().filter(|other| other.begin <= eind && begin <= other.eind));
        in_claim.push(own);
        // Where the region only signals, others are looked at behind the commit.
        if self.plausibel == Gevolg::Hold {
            let others = plausible::nights_of(bsn, begin, eind, self.known);
            all.extend(others.into_iter().filter_map(Verblijf::of));
        }
        !plausible::can_lie_apart(&all)
    }
}
