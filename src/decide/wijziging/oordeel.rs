//! The automatic answer on a JW317 as a whole: the first step that applies decides (rulings 3.6).

use super::regel::{WijzigingRegel, is_later};
use crate::codes::{Datum, Frequentie, RedenAfwijzingVerzoek, ToewijzingNummer, TypeVerwijzer};
use crate::contracts::{Gevolg, Gevolgen, Periode, Register};
use crate::decide::cost::Zorg;
use crate::decide::drempels::{SegmentC, Verwezen, counts, is_looked_at};
use crate::decide::limits::Straks;
use crate::decide::verzoek::{
    Beoordeling, GI_CATEGORIES, Gehonoreerd, NATIONAL_CATEGORY, VerzoekOordeel, age_limited, review,
};
use crate::decide::{fixed_price, limits, stapeling, verwijzing};
use crate::messages::shared::Geboortedatum;
use crate::messages::{Relatie, jw317};
use crate::state::{Ontvangst, Toewijzing, WorkReason, WorkingSet, spent_volume};

/// A request with everything that its answer rests on.
#[derive(Debug, Clone, Copy)]
pub(super) struct WijzigingAanvraag<'a> {
    /// Facts.
    pub known: &'a WorkingSet,
    /// Contracts, budgets, clients.
    pub register: &'a Register,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// The client with the request.
    pub client: &'a jw317::Client<'a>,
    /// What the request makes of the assignments, or why that cannot be.
    pub regels: Result<&'a [WijzigingRegel<'a>], &'static str>,
    /// Date of birth, or what a JW301 about this client would lack.
    pub geboren: Result<&'a Geboortedatum, &'static str>,
    /// Today.
    pub vandaag: Datum,
}

/// The steps in their order. What is left after them is honoured as asked.
const STEPS: &[fn(&WijzigingAanvraag<'_>) -> Option<VerzoekOordeel>] = &[
    |about| about.facts(),
    |about| about.other_gemeente(),
    |about| about.not_received(),
    |about| about.special_product(),
    |about| about.role(),
    |about| about.covered(),
    |about| about.regels.err().and_then(review),
    |about| about.passed(),
    |about| about.unlawful(),
    |about| about.age(),
    |about| about.stacking(),
    |about| about.limits(),
    |about| review(&about.referral_over()?),
    |about| review(&about.segment_c_waits()?),
    |about| about.stacked_here(),
];

impl<'a> WijzigingAanvraag<'a> {
    /// The first step that applies.
    pub(super) fn oordeel(&self) -> VerzoekOordeel {
        STEPS.iter().find_map(|step| step(self)).unwrap_or_else(|| {
            let told = self.segment_c().and_then(|all| all.over());
            VerzoekOordeel::Honoreren(told.map(|what| (WorkReason::SegmentC, what)).into_iter().collect())
        })
    }

    fn lines(&self) -> &'a [WijzigingRegel<'a>] {
        self.regels.unwrap_or_default()
    }

    fn facts(&self) -> Option<VerzoekOordeel> {
        if !self.register.serves(self.relatie.gemeente) {
            return review("wij werken niet voor deze gemeente");
        }
        self.geboren.err().and_then(review)
    }

    /// Code 8 is for a request for assignment only: on a change another gemeente is 5.
    fn other_gemeente(&self) -> Option<VerzoekOordeel> {
        let registered = self.register.client(self.relatie.gemeente, self.client.bsn)?;
        let other = registered.andere_gemeente.filter(|other| *other != self.relatie.gemeente)?;
        let waarom = format!("gemeente {other} is mogelijk verantwoordelijk; wijs pas af na overeenstemming");
        let afwijzen = Some(RedenAfwijzingVerzoek::AndereGemeente);
        Some(VerzoekOordeel::Beoordelen(Beoordeling { afwijzen, ..Beoordeling::of(waarom) }))
    }

    /// The aanbieder asked without knowing the newest version.
    fn not_received(&self) -> Option<VerzoekOordeel> {
        let aanbieder = self.relatie.aanbieder;
        let open = |other: &&Toewijzing| {
            other.aanbieder == aanbieder
                && other.ontvangst != Ontvangst::Verzonden
                && !other.is_onbekend_bij_aanbieder()
        };
        let other = self.of_client().find(open)?;
        let nummer = other.nummer;
        review(&format!("de nieuwste versie van toewijzing {nummer} is niet bij de aanbieder aangekomen"))
    }

    /// A JW317 is not used for measures of certified institutions (rulings 3.6); national contracts are
    /// not ours to answer for.
    fn special_product(&self) -> Option<VerzoekOordeel> {
        let is_of = |categories: &[&str]| {
            let of_request = self.client.verzoek.nieuwe_producten.iter();
            let of_request =
                of_request.filter_map(|nieuw| nieuw.product.as_ref().map(|named| named.categorie));
            let to_change = self.client.verzoek.te_wijzigen_producten.iter().filter_map(|product| {
                let key = (self.relatie.gemeente, product.toewijzing_nummer);
                self.known.toewijzingen.get(&key)?.product.map(|named| named.categorie)
            });
            of_request.chain(to_change).any(|categorie| categories.contains(&categorie.as_str()))
        };
        if is_of(&GI_CATEGORIES) {
            return review("het verzoek gaat over een maatregel van een gecertificeerde instelling (JB, JR)");
        }
        is_of(&[NATIONAL_CATEGORY]).then(|| {
            VerzoekOordeel::Beoordelen(Beoordeling::of("het product valt onder een landelijk raamcontract"))
        })
    }

    /// Without any contract from now on the aanbieder has no say about this client.
    fn role(&self) -> Option<VerzoekOordeel> {
        let from_now_on = Periode::of(self.vandaag, None);
        let mut contracts = self.register.contracten().of_relatie(self.relatie, self.client.bsn);
        let has_role = contracts.any(|contract| contract.looptijd().overlaps(&from_now_on));
        (!has_role).then_some(VerzoekOordeel::Weigeren(RedenAfwijzingVerzoek::PastNietBinnenContract))
    }

    fn covered(&self) -> Option<VerzoekOordeel> {
        let fits = |zorg: Zorg| {
            let Zorg { relatie, bsn, product, begin, eind, .. } = zorg;
            self.register.covers(relatie, bsn, product, zorg.eenheid(), begin, eind).fits()
        };
        (!self.extra().into_iter().all(fits))
            .then_some(VerzoekOordeel::Weigeren(RedenAfwijzingVerzoek::PastNietBinnenContract))
    }

    /// IV093: a date that passed is settled with the aanbieder. OP380: what has ended is not stretched.
    fn passed(&self) -> Option<VerzoekOordeel> {
        let today = self.vandaag;
        let late = |day: Option<Datum>| day.is_some_and(|day| day < today);
        if self.lines().iter().filter_map(WijzigingRegel::nieuw).any(|nieuw| nieuw.begin < today) {
            return review(
                "de gewenste ingangsdatum is verstreken: stem de datums af met de aanbieder (IV093)",
            );
        }
        for regel in self.lines() {
            let Some((van, naar)) = regel.changed() else { continue };
            if late(van.einddatum) {
                return review(&format!("toewijzing {} is al afgelopen (OP380)", van.nummer));
            }
            // What is replaced from today on ended yesterday, and that is as it should be.
            if matches!(regel, WijzigingRegel::Gewijzigd { .. }) && late(naar.einddatum) {
                return review(
                    "de gewenste einddatum is verstreken: stem de datums af met de aanbieder (IV093)",
                );
            }
        }
        None
    }

    /// OP345: what was granted must stay within what is assigned.
    fn unlawful(&self) -> Option<VerzoekOordeel> {
        let (van, _) = self
            .lines()
            .iter()
            .filter_map(WijzigingRegel::changed)
            .find(|(van, naar)| self.was_granted_after(van, naar.einddatum) || is_overspent(naar))?;
        review(&format!(
            "met deze wijziging wordt al toegekende zorg op toewijzing {} onrechtmatig (OP345)",
            van.nummer
        ))
    }

    fn was_granted_after(&self, van: &Toewijzing, end: Option<Datum>) -> bool {
        let Some(end) = end.filter(|_| is_later(van.einddatum, end)) else { return false };
        self.known
            .open_debets
            .iter()
            .any(|debet| debet.gemeente == van.gemeente && debet.toewijzing == van.nummer && debet.eind > end)
    }

    /// A change is never altered, so a person decides about a birthday within it.
    fn age(&self) -> Option<VerzoekOordeel> {
        let born = self.geboren.ok()?;
        let limits = |zorg: &Zorg| age_limited(zorg, self.register);
        let extra = self.extra();
        if born.datum_gebruik.is_some() && extra.iter().any(|zorg| !limits(zorg).is_empty()) {
            return review("de geboortedatum is niet volledig bekend en het product kent een leeftijdsgrens");
        }
        let reached = extra.iter().any(|zorg| {
            let day = limits(zorg).iter().filter_map(|line| line.leeftijd_bereikt_op(born.datum)).max();
            day.is_some_and(|day| zorg.eind.is_none_or(|end| end >= day))
        });
        let waarom = "de leeftijdsgrens is of wordt in de periode bereikt";
        let afwijzen = Some(RedenAfwijzingVerzoek::LeeftijdsgrensBereikt);
        reached.then(|| VerzoekOordeel::Beoordelen(Beoordeling { afwijzen, ..Beoordeling::of(waarom) }))
    }

    /// At this aanbieder TR361 looks after it.
    fn stacking(&self) -> Option<VerzoekOordeel> {
        let extra = self.extra();
        // What is held back from another aanbieder is as absent here as for that one (rulings 8.7).
        let other = self
            .of_client()
            .filter(|other| other.aanbieder != self.relatie.aanbieder)
            .filter_map(Toewijzing::zoals_bekend)
            .find(|other| extra.iter().any(|zorg| other.stacks_with(zorg.product, zorg.begin, zorg.eind)))?;
        review(&format!(
            "de client heeft hetzelfde product in dezelfde periode bij aanbieder {} (toewijzing {})",
            other.aanbieder, other.nummer
        ))
    }

    /// What the gemeente stacked before is no fault of the request, but cannot be sent (TR302).
    fn stacked_here(&self) -> Option<VerzoekOordeel> {
        let after = self.after();
        let numbers = after.toewijzingen_van.values().flatten();
        let here = numbers
            .filter_map(|nummer| after.toewijzingen.get(&(self.relatie.gemeente, *nummer)))
            .filter(|other| other.aanbieder == self.relatie.aanbieder && !other.is_onbekend_bij_aanbieder());
        review(&stapeling::story(stapeling::stacked(here, self.vandaag)?))
    }

    /// Judged on the situation as it will be: what ends makes room.
    fn limits(&self) -> Option<VerzoekOordeel> {
        let since = limits::counted_from(self.register, self.vandaag);
        let mut straks = Vec::new();
        for regel in self.lines() {
            if let Some((_, naar)) = regel.changed() {
                straks.push(Straks::of(naar, self.gestopt(naar)));
            }
            straks.extend(regel.nieuw().map(|nieuw| Straks::nieuw(self.zorg(nieuw))));
        }
        let added = self.extra();
        if !added.iter().all(|zorg| limits::is_computable(zorg, self.register, since)) {
            return review(NOT_COMPUTABLE);
        }
        if straks.iter().filter_map(|care| care.zorg).any(|zorg| limits::is_never_held(&zorg, self.register))
        {
            return None;
        }
        if let Some(waits) = self.fixed_price(&straks).filter(|_| !added.is_empty()) {
            return review(&waits);
        }
        let over = limits::exceeded(&straks, self.known, self.register, since);
        if over.is_empty() {
            return None;
        }
        let mut contracts = self.register.contracten().of_relatie(self.relatie, self.client.bsn);
        let today = self.vandaag;
        let refuses =
            contracts.any(|contract| contract.budget_weigeren && contract.looptijd().contains(today));
        if refuses && over.iter().all(|over| over.is_of_aanbieder) {
            return Some(VerzoekOordeel::Weigeren(RedenAfwijzingVerzoek::PastNietBinnenBudget));
        }
        let over: Vec<String> = over.into_iter().map(|over| over.tekst).collect();
        review(&format!("het verzoek gaat over {}", over.join("; ")))
    }

    /// More than one piece at a fixed price, or a trajectory beside another of the child, where a contract holds that
    /// (rulings 8.6).
    fn fixed_price(&self, straks: &[Straks]) -> Option<String> {
        let (known, register, gemeente) = (self.known, self.register, self.relatie.gemeente);
        let named: Vec<_> = self
            .lines()
            .iter()
            .filter_map(WijzigingRegel::in_force)
            .map(|van| (gemeente, van.nummer))
            .collect();
        let care: Vec<_> = straks.iter().filter_map(|care| Some((care.zorg?, care.sleutel))).collect();
        care.iter().enumerate().find_map(|(place, (zorg, sleutel))| {
            let own = fixed_price::gevolgen(zorg, register)?.bij_toewijzing;
            let holds = |theirs: Gevolgen| own.max(theirs.bij_toewijzing) == Gevolg::Hold;
            if own == Gevolg::Hold && fixed_price::is_more_pieces(zorg) {
                return Some("het verzoek is voor meer dan een traject met een vaste prijs".to_owned());
            }
            let sleutel = sleutel.unwrap_or((gemeente, ToewijzingNummer::GEEN));
            let mut beside = fixed_price::beside(zorg, sleutel, known, register).into_iter();
            let beside = beside
                .find(|(other, theirs)| holds(*theirs) && !named.contains(&(other.gemeente, other.nummer)));
            let in_request = care[..place].iter().any(|(other, _)| {
                other.periode().overlaps(&zorg.periode())
                    && fixed_price::gevolgen(other, register).is_some_and(holds)
            });
            beside.map(|(other, _)| format!("het verzoek {}", fixed_price::story(other))).or_else(|| {
                in_request.then(|| "het verzoek heeft twee trajecten met een vaste prijs".to_owned())
            })
        })
    }

    /// What this aanbieder has for the child after the change, as far as it was referred for (rulings 8.9). Only
    /// a request that adds to it is looked at.
    fn referral_over(&self) -> Option<String> {
        let register = self.register;
        let added = self.added().into_iter();
        let added = added.filter(|(zorg, verwijzer)| {
            is_looked_at(*verwijzer, register) && zorg.begin >= register.regio().drempels.verwijzing_vanaf
        });
        let begin = added.map(|(zorg, _)| zorg.begin).min()?;
        let registered = register.client(self.relatie.gemeente, self.client.bsn);
        if counts(registered.and_then(|client| client.wijkteam_contact), begin, register) {
            return None;
        }
        let named: Vec<ToewijzingNummer> =
            self.lines().iter().filter_map(WijzigingRegel::in_force).map(|van| van.nummer).collect();
        let after = self.after();
        let mut whole = Verwezen::default();
        for toewijzing in verwijzing::here(&after, register, self.relatie, self.client.bsn) {
            if named.contains(&toewijzing.nummer) || toewijzing.is_actueel(self.vandaag) {
                whole.add_assigned(toewijzing, register);
            }
        }
        for nieuw in self.lines().iter().filter_map(WijzigingRegel::nieuw) {
            whole.add(self.zorg(nieuw), nieuw.verwijzer, register);
        }
        whole.over(register)
    }

    /// The products of segment C after the change, when the request adds to them (rulings 8.10).
    fn segment_c(&self) -> Option<SegmentC> {
        let mut whole = Vec::new();
        for regel in self.lines() {
            let stands = regel.changed().map(|(_, naar)| naar).or_else(|| regel.in_force());
            whole.extend(stands.map(Zorg::of));
            whole.extend(regel.nieuw().map(|nieuw| self.zorg(nieuw)));
        }
        let adds = self.extra().iter().any(|zorg| zorg.is_segment_c(self.register));
        SegmentC::of(&whole, self.register).filter(|_| adds)
    }

    /// Why they wait for a person; what only an institution or the court referred for is told of (rulings 3.5 d).
    fn segment_c_waits(&self) -> Option<String> {
        let all = self.segment_c()?;
        if all.kosten.is_none() {
            return Some(
                "de verwachte kosten zijn niet te berekenen bij een product van segment C".to_owned(),
            );
        }
        let mut added = self.added().into_iter().filter(|(zorg, _)| zorg.is_segment_c(self.register));
        let waits = self.register.regio().drempels.segment_c_verzoek == Gevolg::Hold
            && added.any(|(_, verwijzer)| !verwijzer.is_some_and(TypeVerwijzer::is_institution_or_court));
        all.over().filter(|_| waits)
    }

    /// The care that the request adds: longer, more, or new. Only the days that come count: what was
    /// assigned before stands.
    fn extra(&self) -> Vec<Zorg> {
        self.added().into_iter().map(|(zorg, _)| zorg).collect()
    }

    /// The same, with who referred for it.
    fn added(&self) -> Vec<(Zorg, Option<TypeVerwijzer>)> {
        let mut added = Vec::new();
        for regel in self.lines() {
            if let WijzigingRegel::Gewijzigd { van, naar } = regel
                && grows(van, naar)
            {
                let same_amount = van.omvang == naar.omvang && van.budget == naar.budget;
                let added_from = van.einddatum.filter(|_| same_amount).and_then(|end| end.succ_opt());
                let begin = added_from.unwrap_or_else(|| van.ingangsdatum.max(self.vandaag));
                added.push((Zorg { begin, ..Zorg::of(naar) }, van.verwijzer));
            }
            added.extend(regel.nieuw().map(|nieuw| (self.zorg(nieuw), nieuw.verwijzer)));
        }
        added
    }

    /// The last day of care on an assignment that was stopped for good.
    fn gestopt(&self, toewijzing: &Toewijzing) -> Option<Datum> {
        let leveringen = self.known.leveringen.get(&(self.relatie, self.client.bsn))?;
        leveringen.gestopt(toewijzing.nummer)
    }

    fn zorg(&self, nieuw: &Gehonoreerd) -> Zorg {
        let (relatie, bsn) = (self.relatie, self.client.bsn);
        let Gehonoreerd { product, begin, eind, omvang, budget, .. } = *nieuw;
        Zorg { relatie, bsn, product, begin, eind, omvang, budget }
    }

    /// The assignments of the client with the changes of this request, and what was spent.
    fn after(&self) -> WorkingSet {
        let mut after =
            WorkingSet { budget_standen: self.known.budget_standen.clone(), ..WorkingSet::default() };
        let changed = self.lines().iter().filter_map(WijzigingRegel::changed).map(|(_, naar)| naar);
        for toewijzing in self.of_client().chain(changed) {
            after.know(toewijzing.clone());
        }
        after
    }

    /// Assignments of the client, of any aanbieder, in order of number.
    fn of_client(&self) -> impl Iterator<Item = &'a Toewijzing> + use<'a> {
        let (known, gemeente) = (self.known, self.relatie.gemeente);
        let numbers = known.toewijzingen_van.get(&(gemeente, self.client.bsn)).into_iter().flatten();
        numbers.filter_map(move |nummer| known.toewijzingen.get(&(gemeente, *nummer)))
    }
}

const NOT_COMPUTABLE: &str = "de verwachte kosten zijn niet te berekenen en er geldt een budget of plafond";

/// Longer, or more.
fn grows(van: &Toewijzing, naar: &Toewijzing) -> bool {
    let volume = |toewijzing: &Toewijzing| toewijzing.omvang.map(|omvang| omvang.volume);
    is_later(naar.einddatum, van.einddatum) || volume(naar) > volume(van) || naar.budget > van.budget
}

/// More was granted than a total or budget allows.
fn is_overspent(naar: &Toewijzing) -> bool {
    let total = naar.omvang.filter(|omvang| omvang.frequentie == Frequentie::TotaalBinnenGeldigheidsduur);
    total.is_some_and(|omvang| naar.besteed.volume > spent_volume(omvang.volume, omvang.eenheid))
        || naar.budget.is_some_and(|budget| naar.besteed.bedrag > budget)
}
