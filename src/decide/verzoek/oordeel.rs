//! The automatic answer on one product of a JW315: the first step that applies decides (rulings 3.5).

use super::kennis::NietGetoond;
use super::samen::Samen;
use crate::codes::{Datum, JaNee, ProductSleutel, RedenAfwijzingVerzoek, ToewijzingNummer, TypeVerwijzer};
use crate::contracts::{ContractRegel, Dekking, Gevolg, Gevolgen, Register};
use crate::decide::cost::Zorg;
use crate::decide::limits::Straks;
use crate::decide::toewijzing::not_covered;
use crate::decide::{fixed_price, limits, stapeling};
use crate::messages::Relatie;
use crate::messages::jw315::{AangevraagdProduct, Client};
use crate::messages::shared::Product;
use crate::state::{ToegewezenOmvang, Toewijzing, WorkReason, WorkingSet};
use chrono::Datelike;

/// What is decided on a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::decide) enum VerzoekOordeel {
    /// Assigned as asked for; an operator is told this.
    Honoreren(Vec<(WorkReason, String)>),
    /// Refused.
    Weigeren(RedenAfwijzingVerzoek),
    /// A person decides.
    Beoordelen(Beoordeling),
}

/// Why a person decides, and what is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::decide) struct Beoordeling {
    /// Why, in Dutch.
    pub waarom: String,
    /// Proposed refusal; without one honouring is proposed.
    pub afwijzen: Option<RedenAfwijzingVerzoek>,
    /// Proposed last day.
    pub einddatum: Option<Datum>,
}

impl Beoordeling {
    /// A person decides whether to honour it as asked.
    pub(in crate::decide) fn of(waarom: impl Into<String>) -> Self {
        Self { waarom: waarom.into(), afwijzen: None, einddatum: None }
    }
}

/// A product asked for, with everything that its answer rests on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aanvraag<'a> {
    /// Facts.
    pub known: &'a WorkingSet,
    /// Contracts, budgets, clients.
    pub register: &'a Register,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// The client in the request.
    pub client: &'a Client<'a>,
    /// The product in the request.
    pub product: &'a AangevraagdProduct<'a>,
    /// What the request does not show of the child (rulings 3.10).
    pub niet_getoond: Option<NietGetoond>,
    /// What a JW301 about this client would lack.
    pub missing: Option<&'static str>,
    /// What is honoured already in the same message.
    pub honoured: &'a [Zorg],
    /// What the products of the message come to together.
    pub samen: &'a Samen,
    /// Today.
    pub vandaag: Datum,
}

type Stap = fn(&Aanvraag<'_>) -> Option<VerzoekOordeel>;

/// The steps in their order, as far as they look at the product itself.
const OF_ITSELF: &[Stap] = &[
    |about| about.a_facts(),
    |about| about.b_other_gemeente(),
    |about| about.c_referral(),
    |about| about.d_certified_institution(),
    |about| about.clientenstop(),
    |about| about.e_age(),
    |about| about.f_contract(),
    |about| about.g_covered(),
    |about| about.h_stacking(),
];

/// Those that look at all that is asked. What is left after them is honoured as requested.
const TOGETHER: &[Stap] = &[
    |about| about.i_limits(),
    |about| review(about.referral_over()?),
    |about| review(&about.segment_c_waits()?),
    |about| about.stacked_here(),
];

/// Categories of measures that certified institutions carry out.
pub const GI_CATEGORIES: [&str; 3] = ["47", "48", "49"];
/// Years of care of which the ceilings are looked at.
const CEILING_YEARS_MAX: usize = 10;
/// Category of the national contracts.
pub(in crate::decide) const NATIONAL_CATEGORY: &str = "55";

/// A product asked for, as far as its cost goes.
pub(super) fn zorg(relatie: Relatie, client: &Client<'_>, product: &AangevraagdProduct<'_>) -> Zorg {
    Zorg {
        relatie,
        bsn: client.bsn,
        product: product.product.as_ref().map(Product::sleutel),
        begin: product.toewijzing_ingangsdatum,
        eind: product.toewijzing_einddatum,
        omvang: product.omvang.as_ref().map(ToegewezenOmvang::from),
        budget: product.budget,
    }
}

impl<'a> Aanvraag<'a> {
    /// The first step that applies.
    pub(super) fn oordeel(&self) -> VerzoekOordeel {
        let mut steps = OF_ITSELF.iter().chain(TOGETHER);
        steps
            .find_map(|step| step(self))
            .unwrap_or_else(|| VerzoekOordeel::Honoreren(self.segment_c().into_iter().collect()))
    }

    /// Refused for what it is, whatever else is asked: it never becomes care.
    pub(super) fn is_refused(&self) -> bool {
        matches!(OF_ITSELF.iter().find_map(|step| step(self)), Some(VerzoekOordeel::Weigeren(_)))
    }

    /// The product as far as its cost goes.
    pub(super) fn zorg(&self) -> Zorg {
        zorg(self.relatie, self.client, self.product)
    }

    /// What is needed to answer at all.
    fn a_facts(&self) -> Option<VerzoekOordeel> {
        if !self.register.serves(self.relatie.gemeente) {
            return review("wij werken niet voor deze gemeente");
        }
        // Before any answer that could tell something of the child, also that it is known (rulings 3.10).
        if let Some(niet_getoond) = self.niet_getoond {
            return review(&niet_getoond.to_string());
        }
        if let Some(missing) = self.missing {
            return review(missing);
        }
        if self.registered().is_some_and(|client| client.overleden.is_some()) {
            return review("de client is volgens het register overleden");
        }
        if self.here().any(Toewijzing::is_gewijzigd_achtergehouden) {
            return review("een vastgehouden wijziging van een toewijzing van deze client wacht nog (OP087)");
        }
        if self.client.geboortedatum.datum_gebruik.is_some() && !self.age_limited().is_empty() {
            return review("de geboortedatum is niet volledig bekend en het product kent een leeftijdsgrens");
        }
        None
    }

    /// 8 may be sent only when the other gemeente agreed, within two weeks (OP359).
    fn b_other_gemeente(&self) -> Option<VerzoekOordeel> {
        let other = self.registered()?.andere_gemeente.filter(|other| *other != self.relatie.gemeente)?;
        let waarom = format!(
            "gemeente {other} is mogelijk verantwoordelijk; wijs pas af na overeenstemming, binnen 14 dagen (OP359)"
        );
        let afwijzen = Some(RedenAfwijzingVerzoek::Woonplaatsbeginsel);
        Some(VerzoekOordeel::Beoordelen(Beoordeling { afwijzen, ..Beoordeling::of(waarom) }))
    }

    /// A request rests on a legal referral or an open decision (OP307, IV052). Whether a
    /// BeschikkingNummer is right only the gemeente can tell, so one that is filled counts as known.
    fn c_referral(&self) -> Option<VerzoekOordeel> {
        match self.product.verwijzer.soort {
            TypeVerwijzer::ZelfverwijzerOfGeen => {
                review("zonder verwijzer is er geen grond voor een verzoek (OP307)")
            }
            TypeVerwijzer::Gemeente if self.product.beschikking_nummer.is_none() => {
                review("de gemeente is verwijzer, maar er is geen beschikkingnummer (IV052)")
            }
            _ => None,
        }
    }

    /// Measures of certified institutions are examined for woonplaatsbeginsel only: that was step b. What an
    /// institution or the court refers is examined for age, contract and stacking as well, and nobody but a person
    /// refuses it for its contract. What would stop another request is told.
    fn d_certified_institution(&self) -> Option<VerzoekOordeel> {
        let measure = self.is_of_category(&GI_CATEGORIES);
        let referred = self.product.verwijzer.soort.is_institution_or_court();
        if measure { Some(self.measure()) } else { referred.then(|| self.referred()) }
    }

    fn measure(&self) -> VerzoekOordeel {
        let zorg = self.zorg();
        if self.here().any(|other| other.stacks_with(zorg.product, zorg.begin, zorg.eind)) {
            // The JW301 would hold the same product twice and be refused itself (TR302).
            let waarom = "hetzelfde product is in deze periode al bij deze aanbieder toegewezen (TR302)";
            return VerzoekOordeel::Beoordelen(Beoordeling::of(waarom));
        }
        self.stacked_here().unwrap_or_else(|| self.honoured_and_told())
    }

    fn referred(&self) -> VerzoekOordeel {
        let outside = || {
            let why = not_covered(self.dekking())?;
            review(&format!("een verwijzing van een GI of justitie valt buiten het contract: {why}"))
        };
        self.e_age()
            .or_else(|| self.national())
            .or_else(outside)
            .or_else(|| self.h_stacking())
            .or_else(|| self.stacked_here())
            .unwrap_or_else(|| self.honoured_and_told())
    }

    /// Honoured, whatever it goes over; that is told.
    fn honoured_and_told(&self) -> VerzoekOordeel {
        let mut told = Vec::new();
        if let Some(why) = not_covered(self.dekking()) {
            told.push((WorkReason::ToewijzingNietGedekt, format!("valt buiten het contract: {why}")));
        }
        told.extend(self.segment_c());
        VerzoekOordeel::Honoreren(told)
    }

    /// From a day on nobody is assigned to this aanbieder but by a person (rulings 8.16).
    fn clientenstop(&self) -> Option<VerzoekOordeel> {
        let zorg = self.zorg();
        let years = zorg.begin.year()..=zorg.counted_to().year();
        let years = years.take(CEILING_YEARS_MAX).chain([self.vandaag.year()]);
        let mut ceilings = years.flat_map(|jaar| self.register.ceilings_for(self.relatie, jaar));
        let stopped = ceilings.find_map(|plafond| {
            let exempt = |product: ProductSleutel| plafond.ruimte.uitgezonderd.contains(&product.categorie);
            let since = plafond.ruimte.clientenstop_vanaf.filter(|since| *since <= self.vandaag)?;
            (!zorg.product.is_some_and(exempt)).then_some(since)
        })?;
        review(&format!("sinds {stopped} geldt een cliëntenstop voor deze aanbieder"))
    }

    /// An open end never stops before a birthday.
    fn e_age(&self) -> Option<VerzoekOordeel> {
        let born = self.client.geboortedatum.datum;
        // Lines with different limits: the product ends when the last of them does.
        let reached = self.age_limited().iter().filter_map(|line| line.leeftijd_bereikt_op(born)).max()?;
        if reached <= self.product.toewijzing_ingangsdatum {
            return Some(VerzoekOordeel::Weigeren(RedenAfwijzingVerzoek::LeeftijdsgrensBereikt));
        }
        if self.product.toewijzing_einddatum.is_some_and(|end| end < reached) {
            return None;
        }
        let einddatum = reached.pred_opt();
        let shown = einddatum.map(|day| day.to_string()).unwrap_or_default();
        let waarom = format!("de leeftijdsgrens wordt in de periode bereikt; voorgestelde einddatum {shown}");
        Some(VerzoekOordeel::Beoordelen(Beoordeling { einddatum, ..Beoordeling::of(waarom) }))
    }

    fn national(&self) -> Option<VerzoekOordeel> {
        if self.product.raamcontract == Some(JaNee::Ja) || self.is_of_category(&[NATIONAL_CATEGORY]) {
            return review("het product valt onder een landelijk raamcontract");
        }
        None
    }

    fn f_contract(&self) -> Option<VerzoekOordeel> {
        if let Some(national) = self.national() {
            return Some(national);
        }
        (self.dekking() == Dekking::GeenContract)
            .then_some(VerzoekOordeel::Weigeren(RedenAfwijzingVerzoek::GeenContract))
    }

    fn g_covered(&self) -> Option<VerzoekOordeel> {
        (!self.dekking().fits())
            .then_some(VerzoekOordeel::Weigeren(RedenAfwijzingVerzoek::PastNietBinnenContract))
    }

    fn h_stacking(&self) -> Option<VerzoekOordeel> {
        let zorg = self.zorg();
        let stacks = |other: &Toewijzing| other.stacks_with(zorg.product, zorg.begin, zorg.eind);
        if self.here().any(stacks) {
            return Some(VerzoekOordeel::Weigeren(RedenAfwijzingVerzoek::Stapeling));
        }
        // What is held back from another aanbieder is as absent here as for that one (rulings 8.7).
        let other = self.of_client().filter_map(Toewijzing::zoals_bekend).find(|other| stacks(other))?;
        review(&format!(
            "de client heeft hetzelfde product in dezelfde periode bij aanbieder {} (toewijzing {})",
            other.aanbieder, other.nummer
        ))
    }

    fn i_limits(&self) -> Option<VerzoekOordeel> {
        let zorg = self.zorg();
        let since = limits::counted_from(self.register, self.vandaag);
        if !limits::is_computable(&zorg, self.register, since) {
            return review("de verwachte kosten zijn niet te berekenen en er geldt een budget of plafond");
        }
        if limits::is_never_held(&zorg, self.register) {
            return None;
        }
        let straks: Vec<Straks> = self.honoured.iter().copied().chain([zorg]).map(Straks::nieuw).collect();
        if let Some(waits) = self.fixed_price(&zorg) {
            return Some(waits);
        }
        let over = limits::exceeded(&straks, self.known, self.register, since);
        if over.is_empty() {
            return None;
        }
        let mut contracts = self.register.contracten().of_relatie(self.relatie, self.client.bsn);
        let refuses =
            contracts.any(|contract| contract.budget_weigeren && contract.looptijd().contains(zorg.begin));
        if refuses && over.iter().all(|over| over.is_of_aanbieder) {
            return Some(VerzoekOordeel::Weigeren(RedenAfwijzingVerzoek::PastNietBinnenBudget));
        }
        let over: Vec<String> = over.into_iter().map(|over| over.tekst).collect();
        review(&format!("het verzoek gaat over {}", over.join("; ")))
    }

    /// What the gemeente stacked before goes along with the assignment (OP087), and cannot (TR302).
    fn stacked_here(&self) -> Option<VerzoekOordeel> {
        review(&stapeling::story(stapeling::stacked(self.here(), self.vandaag)?))
    }

    fn segment_c(&self) -> Option<(WorkReason, String)> {
        self.segment_c_over().map(|what| (WorkReason::SegmentC, what))
    }

    fn is_of_category(&self, categories: &[&str]) -> bool {
        self.product.product.as_ref().is_some_and(|product| categories.contains(&product.categorie.as_str()))
    }

    fn dekking(&self) -> Dekking {
        let zorg = self.zorg();
        self.register.covers(zorg.relatie, zorg.bsn, zorg.product, zorg.eenheid(), zorg.begin, zorg.eind)
    }

    pub(super) fn registered(&self) -> Option<&'a crate::contracts::ClientGegevens> {
        self.register.client(self.relatie.gemeente, self.client.bsn)
    }

    /// A trajectory at a fixed price that the contract holds beside another (rulings 8.6).
    fn fixed_price(&self, zorg: &Zorg) -> Option<VerzoekOordeel> {
        let own = fixed_price::gevolgen(zorg, self.register)?.bij_toewijzing;
        if own == Gevolg::Hold && fixed_price::is_more_pieces(zorg) {
            return review("het verzoek is voor meer dan een traject met een vaste prijs");
        }
        let holds = |theirs: Gevolgen| own.max(theirs.bij_toewijzing) == Gevolg::Hold;
        let none = (self.relatie.gemeente, ToewijzingNummer::GEEN);
        let beside = fixed_price::beside(zorg, none, self.known, self.register);
        if let Some((other, _)) = beside.into_iter().find(|(_, theirs)| holds(*theirs)) {
            return review(&format!("het verzoek {}", fixed_price::story(other)));
        }
        let in_request = self.honoured.iter().any(|other| {
            other.periode().overlaps(&zorg.periode())
                && fixed_price::gevolgen(other, self.register).is_some_and(holds)
        });
        in_request.then(|| {
            VerzoekOordeel::Beoordelen(Beoordeling::of(
                "het verzoek heeft twee trajecten met een vaste prijs",
            ))
        })
    }

    /// Assignments of the client, of any aanbieder, in order of number.
    fn of_client(&self) -> impl Iterator<Item = &'a Toewijzing> + use<'a> {
        let (known, gemeente) = (self.known, self.relatie.gemeente);
        let numbers = known.toewijzingen_van.get(&(gemeente, self.client.bsn)).into_iter().flatten();
        numbers.filter_map(move |nummer| known.toewijzingen.get(&(gemeente, *nummer)))
    }

    /// Those at this aanbieder, as far as it knows of them.
    fn here(&self) -> impl Iterator<Item = &'a Toewijzing> + use<'a> {
        let aanbieder = self.relatie.aanbieder;
        self.of_client()
            .filter(move |other| other.aanbieder == aanbieder && !other.is_onbekend_bij_aanbieder())
    }

    /// [`age_limited`].
    fn age_limited(&self) -> Vec<&'a ContractRegel> {
        age_limited(&self.zorg(), self.register)
    }
}

/// Contract lines of the product in the period, when every one of them has an age limit.
pub(in crate::decide) fn age_limited<'r>(zorg: &Zorg, register: &'r Register) -> Vec<&'r ContractRegel> {
    let is_of = |line: &ContractRegel| {
        zorg.product.is_none_or(|product| {
            line.categorie == product.categorie && product.code.is_none_or(|code| line.code == code)
        })
    };
    let contracts = register.contracten().of_relatie(zorg.relatie, zorg.bsn);
    let lines: Vec<&ContractRegel> = contracts
        .flat_map(|contract| &contract.regels)
        .filter(|line| is_of(line) && line.geldig.overlaps(&zorg.periode()))
        .collect();
    if lines.iter().all(|line| line.leeftijd_max.is_some()) { lines } else { Vec::new() }
}

/// A person decides.
#[expect(clippy::unnecessary_wraps, reason = "every step gives an Option")]
pub(in crate::decide) fn review(waarom: &str) -> Option<VerzoekOordeel> {
    Some(VerzoekOordeel::Beoordelen(Beoordeling::of(waarom)))
}
