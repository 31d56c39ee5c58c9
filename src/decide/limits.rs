//! Limits of the register: what care counts for them, and whether a new assignment brings one over its amount
//! (rulings 8.1 to 8.4).
//!
//! They have no retourcode (rulings 1.7, 2.4): what goes over is signalled, held or decided by a person. What was
//! granted and what is promised of a limit are sums that are kept ([`promises`](super::promises)).

use super::cost::Zorg;
use super::expected::expected;
use crate::codes::{Bsn, Datum, GemeenteCode, ProductCategorie, ProductSleutel, ToewijzingNummer};
use crate::contracts::{Budget, ContractRegel, Gevolg, Gevolgen, Periode, Plafond, Register, Vasthouden};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::rules::volume::first_of_month;
use crate::state::{Grond, Toewijzing, Toezegging, WorkingSet};
use chrono::{Datelike, Months, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Years ahead in which ceilings are looked for when care has no end.
const YEARS_AHEAD: i32 = 12;

/// A budget or ceiling that care counts for.
#[derive(Debug, Clone, Copy)]
pub enum Limiet<'r> {
    Budget(&'r Budget),
    /// A ceiling.
    Plafond(&'r Plafond),
}

impl<'r> Limiet<'r> {
    /// What its sums are kept by.
    #[must_use]
    pub fn id(&self) -> &'r str {
        match self {
            Self::Budget(budget) => &budget.id,
            Self::Plafond(plafond) => &plafond.id,
        }
    }

    /// Its kind, for who may not know whose it is.
    #[must_use]
    pub const fn grond(&self) -> Grond {
        match self {
            Self::Budget(budget) if budget.sleutel.bsn.is_some() => Grond::Clientbudget,
            Self::Budget(_) => Grond::Budget,
            Self::Plafond(_) => Grond::Plafond,
        }
    }

    /// Amount.
    #[must_use]
    pub const fn bedrag(&self) -> Cents {
        match self {
            Self::Budget(budget) => budget.bedrag,
            Self::Plafond(plafond) => plafond.bedrag,
        }
    }

    /// Whether aanbieders share it and it is no budget of one client: then what is held of one aanbieder is nothing
    /// to the others (rulings 8.5).
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        match self {
            Self::Budget(budget) => budget.is_shared(),
            Self::Plafond(plafond) => plafond.is_shared(),
        }
    }

    /// How payments that it holds are released.
    #[must_use]
    pub const fn vasthouden(&self) -> Vasthouden {
        match self {
            Self::Budget(budget) => budget.vasthouden,
            Self::Plafond(plafond) => plafond.vasthouden,
        }
    }

    /// Whether a line that is claimed counts for it and is never held by it (rulings 8.16). `specifiek`: its assignment names
    /// a code. What is always paid may still wait as an assignment: only `uitgezonderd` is said of messages.
    #[must_use]
    pub fn spares(&self, categorie: ProductCategorie, specifiek: bool) -> bool {
        match self {
            Self::Budget(_) => false,
            Self::Plafond(plafond) => {
                let ruimte = &plafond.ruimte;
                ruimte.uitgezonderd.contains(&categorie) || ruimte.specifiek_betalen && specifiek
            }
        }
    }

    /// What happens above it.
    #[must_use]
    pub const fn gevolgen(&self) -> Gevolgen {
        match self {
            Self::Budget(budget) => budget.gevolgen,
            Self::Plafond(plafond) => plafond.gevolgen,
        }
    }

    /// Whether an assignment that brings it over waits for an operator.
    #[must_use]
    pub fn holds_toewijzing(&self) -> bool {
        self.gevolgen().bij_toewijzing == Gevolg::Hold
    }

    /// Whether the payment of what is above it waits for an operator.
    #[must_use]
    pub fn holds_betaling(&self) -> bool {
        self.gevolgen().bij_betaling == Gevolg::Hold
    }

    /// Whether messages keep its sums themselves, so that they can hold. Sums of the others are kept behind the commit.
    #[must_use]
    pub fn can_hold(&self) -> bool {
        self.holds_toewijzing() || self.holds_betaling()
    }

    /// The percentage in use from which on operator and aanbieder are told (rulings 8.16).
    #[must_use]
    pub const fn waarschuw_bij(&self) -> Option<u8> {
        match self {
            Self::Budget(_) => None,
            Self::Plafond(plafond) => plafond.ruimte.waarschuw_bij,
        }
    }

    /// The days of care that it is about.
    #[must_use]
    pub fn periode(&self) -> Periode {
        match self {
            Self::Budget(budget) => budget.sleutel.periode,
            Self::Plafond(plafond) => {
                let jaar = plafond.sleutel.jaar;
                let (van, tot) = (NaiveDate::from_ymd_opt(jaar, 1, 1), NaiveDate::from_ymd_opt(jaar, 12, 31));
                Periode { van, tot }
            }
        }
    }

    /// The limit for people, without saying whom it is about.
    #[must_use]
    pub fn naam(&self) -> String {
        match self {
            Self::Budget(budget) if budget.sleutel.bsn.is_some() => {
                format!("het clientbudget van {} ({})", budget.bedrag, budget.sleutel.periode)
            }
            Self::Budget(budget) => format!("het budget van {} ({})", budget.bedrag, budget.sleutel.periode),
            Self::Plafond(plafond) => {
                format!("het plafond van {} voor {}", plafond.bedrag, plafond.sleutel.jaar)
            }
        }
    }

    /// Whether it is a ceiling of an aanbieder: the only kind of limit that a refusal without a person may rest
    /// on (rulings 3.5 i). A budget of the client, or of all of a gemeente, tells of what others spent.
    #[must_use]
    pub const fn is_of_aanbieder(&self) -> bool {
        matches!(self, Self::Plafond(plafond) if plafond.sleutel.aanbieder.is_some())
    }
}

/// The first day that still counts for promises: of months that ended longer ago than the region says
/// (`uitloop_maanden`), nothing is expected any more (rulings 8.3).
#[must_use]
pub fn counted_from(register: &Register, today: Datum) -> Datum {
    let months = register.regio().bewaking.uitloop_maanden;
    first_of_month(today).checked_sub_months(Months::new(months)).unwrap_or(Datum::MIN)
}

/// The limits that care counts for from a day on, by id.
#[must_use]
pub fn limits_of<'r>(zorg: &Zorg, register: &'r Register, since: Datum) -> BTreeMap<&'r str, Limiet<'r>> {
    let days = Periode::of(zorg.begin.max(since), zorg.eind);
    limits_over(zorg.relatie, zorg.bsn, zorg.product, days, register)
}

/// The limits that care on some days counts for, by id.
pub(super) fn limits_over(
    relatie: Relatie,
    bsn: Bsn,
    product: Option<ProductSleutel>,
    days: Periode,
    register: &Register,
) -> BTreeMap<&str, Limiet<'_>> {
    let mut limits = BTreeMap::new();
    let Some(first) = days.van.filter(|_| days.has_days()) else { return limits };
    if !register.budgetten().is_empty() {
        let budgets = register.budgets_over(relatie, bsn, product, days).into_iter().map(Limiet::Budget);
        limits.extend(budgets.map(|limit| (limit.id(), limit)));
    }
    if !register.plafonds().is_empty() {
        let last = first.year().saturating_add(YEARS_AHEAD);
        let last = days.tot.map_or(last, |tot| tot.year().min(last));
        let ceilings = (first.year()..=last).flat_map(|jaar| register.ceilings_for(relatie, jaar));
        limits.extend(ceilings.map(Limiet::Plafond).map(|limit| (limit.id(), limit)));
    }
    limits
}

/// The ids of the limits that can hold and that care counts for: messages read and lock no others.
pub fn keys(zorg: &Zorg, register: &Register, keys: &mut BTreeSet<Box<str>>) {
    let limits = limits_of(zorg, register, Datum::MIN).into_values().filter(Limiet::can_hold);
    keys.extend(limits.map(|limit| limit.id().into()));
}

/// The ids of the limits that can hold and that any care for a client may count for: for a message that does not say
/// which product it is about.
pub fn keys_of_client(
    relatie: Relatie,
    bsn: Bsn,
    around: Datum,
    register: &Register,
    keys: &mut BTreeSet<Box<str>>,
) {
    let budgets = register.budgetten().iter().filter(|Budget { sleutel, .. }| {
        sleutel.gemeente.is_none_or(|only| only == relatie.gemeente)
            && sleutel.bsn.is_none_or(|only| only == bsn)
            && sleutel.aanbieder.is_none_or(|only| only == relatie.aanbieder)
    });
    let (first, last) = (around.year().saturating_sub(10), around.year().saturating_add(YEARS_AHEAD));
    let ceilings = (first..=last).flat_map(|jaar| register.ceilings_for(relatie, jaar));
    let limits = budgets.map(Limiet::Budget).chain(ceilings.map(Limiet::Plafond));
    keys.extend(limits.filter(Limiet::can_hold).map(|limit| limit.id().into()));
}

/// The limit whose sums are kept by this id.
#[must_use]
pub fn by_id<'r>(register: &'r Register, id: &str) -> Option<Limiet<'r>> {
    let budget = || register.budget(id).map(Limiet::Budget);
    budget().or_else(|| register.plafond(id).map(Limiet::Plafond))
}

/// Key of an assignment.
pub type Sleutel = (GemeenteCode, ToewijzingNummer);

/// Care as it will be: what limits are asked to bear.
#[derive(Debug, Clone, Copy)]
pub struct Straks {
    /// The care; none when nothing is left of it: it was deleted, or the aanbieder never had it.
    pub zorg: Option<Zorg>,
    /// The assignment that it is now, when there is one.
    pub sleutel: Option<Sleutel>,
    /// The last day of care that was stopped for good.
    pub gestopt: Option<Datum>,
}

impl Straks {
    /// Care that has no number yet.
    #[must_use]
    pub const fn nieuw(zorg: Zorg) -> Self {
        Self { zorg: Some(zorg), sleutel: None, gestopt: None }
    }

    /// An assignment as it will be.
    #[must_use]
    pub fn of(toewijzing: &Toewijzing, gestopt: Option<Datum>) -> Self {
        let zorg = Zorg::of(toewijzing);
        let zorg = (!toewijzing.is_verwijderd()).then_some(zorg);
        Self { zorg, sleutel: Some((toewijzing.gemeente, toewijzing.nummer)), gestopt }
    }

    /// What it will promise, limit by limit; of limits that it counts for no longer nothing.
    #[must_use]
    pub fn promises<'r>(
        &self,
        known: &WorkingSet,
        register: &'r Register,
        since: Datum,
    ) -> BTreeMap<Box<str>, (Option<Limiet<'r>>, Toezegging)> {
        let rows = self.sleutel.and_then(|sleutel| known.toezeggingen.get(&sleutel));
        let none = BTreeMap::new();
        let rows = rows.unwrap_or(&none);
        let mut promises: BTreeMap<Box<str>, (Option<Limiet<'r>>, Toezegging)> = rows
            .iter()
            .map(|(limiet, row)| {
                let nothing_more = Toezegging { verwacht: Some(Cents::ZERO), ..*row };
                (limiet.clone(), (None, nothing_more))
            })
            .collect();
        if let Some(zorg) = &self.zorg {
            for (id, limiet) in limits_of(zorg, register, since) {
                let counted = Periode { van: Some(since), tot: None };
                let verwacht = limiet
                    .periode()
                    .intersection(&counted)
                    .map_or(Some(Cents::ZERO), |days| expected(zorg, register, days, self.gestopt));
                let toegekend = rows.get(id).copied().unwrap_or_default().toegekend;
                promises.insert(id.into(), (Some(limiet), Toezegging { verwacht, toegekend }));
            }
        }
        promises
    }
}

/// What new and changed care adds to a limit.
#[derive(Debug, Clone, Copy)]
pub struct Toevoeging<'r> {
    /// The limit, when the register still has it.
    pub limiet: Option<Limiet<'r>>,
    /// To what is promised, in eurocents, signed.
    pub toegezegd: Cents,
    /// To the assignments whose cost cannot be computed, signed.
    pub onbekend: i64,
}

/// What care adds to limits together, by id.
#[must_use]
pub fn added<'r>(
    straks: &[Straks],
    known: &WorkingSet,
    register: &'r Register,
    since: Datum,
) -> BTreeMap<Box<str>, Toevoeging<'r>> {
    let mut added: BTreeMap<Box<str>, Toevoeging<'r>> = BTreeMap::new();
    for care in straks {
        let rows = care.sleutel.and_then(|sleutel| known.toezeggingen.get(&sleutel));
        for (id, (limiet, after)) in care.promises(known, register, since) {
            let before = rows.and_then(|rows| rows.get(&id)).copied().unwrap_or_default();
            let of = added.entry(id).or_insert(Toevoeging { limiet, toegezegd: Cents::ZERO, onbekend: 0 });
            of.limiet = of.limiet.or(limiet);
            of.toegezegd += after.toegezegd() - before.toegezegd();
            of.onbekend += after.onbekend() - before.onbekend();
        }
    }
    added
}

/// A limit that care brings over its amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overschrijding {
    /// [`Limiet::id`].
    pub limiet: Box<str>,
    /// [`Limiet::grond`].
    pub grond: Grond,
    /// Which, and how far, in Dutch and without saying whom it is about.
    pub tekst: String,
    /// How far, in eurocents.
    pub over: Cents,
    /// What is added, in eurocents.
    pub erbij: Cents,
    /// [`Limiet::is_of_aanbieder`].
    pub is_of_aanbieder: bool,
}

/// What is in use of a limit, and what a message adds to it.
#[derive(Debug, Clone, Copy)]
pub struct Gebruik {
    /// Granted, what is held included.
    pub toegekend: Cents,
    /// Promised by others.
    pub anderen: Cents,
    /// Promised by this message.
    pub erbij: Cents,
}

impl Gebruik {
    /// How far a limit is over, when it is.
    #[must_use]
    pub fn over(&self, limiet: Limiet<'_>) -> Option<Overschrijding> {
        let Self { toegekend, anderen, erbij } = *self;
        let total = toegekend + anderen + erbij;
        let over = total - limiet.bedrag();
        (over > Cents::ZERO).then(|| Overschrijding {
            limiet: limiet.id().into(),
            grond: limiet.grond(),
            tekst: format!(
                "{}: toegekend is {toegekend}, toegezegd aan anderen {anderen}, hierdoor {erbij}; samen {}, dat is \
                 {over} te veel",
                limiet.naam(),
                total
            ),
            over,
            erbij,
            is_of_aanbieder: limiet.is_of_aanbieder(),
        })
    }
}

/// The limits that hold assignments and that this care brings over their amount, in order of id: after it more is in
/// use than they have, and it adds to that (rulings 8.4).
#[must_use]
pub fn exceeded(
    straks: &[Straks],
    known: &WorkingSet,
    register: &Register,
    since: Datum,
) -> Vec<Overschrijding> {
    let added = added(straks, known, register, since).into_iter();
    let over = added.filter_map(|(id, toevoeging)| {
        let limiet = toevoeging.limiet.filter(Limiet::holds_toewijzing)?;
        if toevoeging.toegezegd <= Cents::ZERO {
            return None;
        }
        let toegekend = known.budget_standen.get(&id).copied().unwrap_or_default();
        let anderen = known.toegezegd.get(&id).copied().unwrap_or_default().bedrag;
        Gebruik { toegekend, anderen, erbij: toevoeging.toegezegd }.over(limiet)
    });
    over.collect()
}

/// Whether the cost of care can be computed, as far as it counts for a limit.
#[must_use]
pub fn is_computable(zorg: &Zorg, register: &Register, since: Datum) -> bool {
    limits_of(zorg, register, since)
        .into_values()
        .all(|limiet| expected(zorg, register, limiet.periode(), None).is_some())
}

/// Categories of certified institutions and of help in a crisis, which never wait (rulings 8.7).
const NEVER_HELD: [&str; 4] = ["46", "47", "48", "49"];

/// Whether care never waits: by its category, because a contract has it as help in a crisis, or because a ceiling that it
/// counts for excepts its category (rulings 8.16): a message waits as a whole, and with it what is excepted.
#[must_use]
pub fn is_never_held(zorg: &Zorg, register: &Register) -> bool {
    let Some(product) = zorg.product else { return false };
    if NEVER_HELD.contains(&product.categorie.as_str()) {
        return true;
    }
    let excepts = |limiet: Limiet<'_>| match limiet {
        Limiet::Plafond(plafond) => plafond.ruimte.uitgezonderd.contains(&product.categorie),
        Limiet::Budget(_) => false,
    };
    if limits_of(zorg, register, Datum::MIN).into_values().any(excepts) {
        return true;
    }
    let lines =
        register.contracten().of_relatie(zorg.relatie, zorg.bsn).flat_map(|contract| &contract.regels);
    let of_product = |line: &&ContractRegel| {
        line.categorie == product.categorie && product.code.is_none_or(|code| line.code == code)
    };
    lines.filter(of_product).any(|line| line.spoed && line.geldig.contains(zorg.begin))
}

/// Whether a last day is earlier than another; none is the latest.
#[must_use]
pub fn ends_earlier(one: Option<Datum>, other: Option<Datum>) -> bool {
    one.is_some_and(|one| other.is_none_or(|other| one < other))
}
