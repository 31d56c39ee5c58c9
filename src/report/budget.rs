//! Report on budgets: what was assigned, claimed and granted, and what room is left; by product, by aanbieder, by
//! gemeente, and of every budget and ceiling.
//!
//! Claimed and granted are summed from the booked lines; beside them stand the sums that are kept
//! elsewhere, and the last table says whether all of them agree.

pub use super::limits::about;
use super::limits::{COLUMNS, named};
use super::{Cell, Report, ReportError, Table, WHOSE, aanbieder_naam, add, is_in, naam, releases, whose};
use crate::clock::Moment;
use crate::codes::{AgbCode, Bsn, Datum, DebetCredit, GemeenteCode, ProductSleutel, ToewijzingNummer};
use crate::contracts::{Budget, Register};
use crate::decide::cost::Zorg;
use crate::decide::limits::Limiet;
use crate::messages::Relatie;
use crate::money::{Cents, MoneyOverflow};
use crate::state::{GeboektePrestatie, Ontvangst, Toewijzing, VasthoudingStatus};
use crate::store::{RelatieTotals, Store};
use chrono::Datelike;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::ops::Range;

/// Lines and assignments that are read at once.
const AT_ONCE: usize = 4096;
/// What the figures of a row are about. A line counts for the product of its assignment; without one, for
/// its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Over {
    /// A product of an assignment; `None` is generic.
    Product(Option<ProductSleutel>),
    /// Lines that were not booked: their reference was used before (TR314).
    NietGeboekt,
}

/// The figures of a row.
#[derive(Debug, Default, Clone, Copy)]
struct Figures {
    /// Assignments.
    toewijzingen: i64,
    /// Of them, those whose cost cannot be computed.
    onbekend: i64,
    /// Expected cost of the others.
    toegewezen: Cents,
    /// Granted on the others.
    verbruikt: Cents,
    /// Claimed, signed.
    ingediend: Cents,
    /// Granted, signed.
    toegekend: Cents,
    /// Granted and waiting for an operator.
    vastgehouden: Cents,
    /// Granted in releases that nobody could verify.
    onzeker: Cents,
}

/// The figures of a budget or ceiling.
#[derive(Debug, Default, Clone)]
struct LimitFigures {
    ingediend: Cents,
    toegekend: Cents,
    vastgehouden: Cents,
    /// Assignments of the client, when it is about one.
    toewijzingen: Vec<ToewijzingNummer>,
}

/// Everything that was summed.
struct BudgetSums<'r> {
    register: &'r Register,
    rows: BTreeMap<(Relatie, Over), Figures>,
    products: FxHashMap<(GemeenteCode, ToewijzingNummer), (AgbCode, Option<ProductSleutel>)>,
    limits: FxHashMap<&'r str, LimitFigures>,
    clients: FxHashMap<Bsn, Vec<&'r Budget>>,
    held: Vec<Range<i64>>,
    /// Lines that were refused: they count for no limit.
    refused: Vec<Range<i64>>,
    /// Lines of claims that came in a release that nobody could verify.
    unverified: Vec<Range<i64>>,
    /// Granted according to the sums kept per assignment.
    besteed: Cents,
    /// The last day of this year: what has no end is counted to it at least.
    jaareinde: Datum,
}

/// Builds the report.
pub async fn build(store: &dyn Store, register: &Register, moment: Moment) -> Result<Report, ReportError> {
    let mut clients: FxHashMap<Bsn, Vec<&Budget>> = FxHashMap::default();
    for budget in register.budgetten() {
        if let Some(bsn) = budget.sleutel.bsn {
            clients.entry(bsn).or_default().push(budget);
        }
    }
    let mut sums = BudgetSums {
        register,
        rows: BTreeMap::new(),
        products: FxHashMap::default(),
        limits: FxHashMap::default(),
        clients,
        held: store.standing_lines(VasthoudingStatus::Vastgehouden).await?,
        refused: store.standing_lines(VasthoudingStatus::Geweigerd).await?,
        unverified: store.lines_in(&releases::unverified_releases()).await?,
        besteed: Cents::ZERO,
        jaareinde: Datum::from_ymd_opt(moment.year(), 12, 31).unwrap_or(moment.date()),
    };
    let mut last = None;
    loop {
        let assignments = store.assignments(last, AT_ONCE).await?;
        let Some(end) = assignments.last() else { break };
        last = Some((end.gemeente, end.nummer));
        for toewijzing in &assignments {
            sums.assignment(toewijzing)?;
        }
    }
    let mut last = 0;
    loop {
        let lines = store.lines(last, AT_ONCE).await?;
        let Some((end, _)) = lines.last() else { break };
        last = *end;
        for (number, line) in &lines {
            sums.line(*number, line)?;
        }
    }
    let totals = store.totals().await?;
    let lines = sums.unbooked(&totals)?;
    let kept = store.limit_sums().await?;
    let (limits, differing) = sums.limits(&kept, &store.limit_promises().await?)?;
    Ok(Report {
        name: "budget",
        titel: "Budget",
        moment,
        tables: vec![
            sums.by("gemeenten", "Per gemeente", |relatie| (Some(relatie.gemeente), None))?,
            sums.by("aanbieders", "Per aanbieder", |relatie| (None, Some(relatie.aanbieder)))?,
            sums.products()?,
            limits,
            releases::table(store).await?,
            sums.reconciled(&totals, lines, differing)?,
        ],
    })
}

const fn signed(line: &GeboektePrestatie) -> Cents {
    match line.debet_credit {
        DebetCredit::Debet => line.bedrag,
        DebetCredit::Credit => Cents(-line.bedrag.0),
    }
}

impl BudgetSums<'_> {
    fn assignment(&mut self, toewijzing: &Toewijzing) -> Result<(), MoneyOverflow> {
        let key = (toewijzing.gemeente, toewijzing.nummer);
        self.products.insert(key, (toewijzing.aanbieder, toewijzing.product));
        add(&mut self.besteed, toewijzing.besteed.bedrag)?;
        self.name_limits(toewijzing);
        // What is held was not assigned yet; the version before it counts (rulings 2.4).
        let counted = match toewijzing.ontvangst {
            Ontvangst::Vastgehouden => toewijzing.bij_aanbieder(),
            _ => Some(std::borrow::Cow::Borrowed(toewijzing)),
        };
        let Some(counted) = counted.filter(|counted| !counted.is_verwijderd()) else { return Ok(()) };
        let zorg = Zorg::of(&counted);
        let figures = self.rows.entry((zorg.relatie, Over::Product(toewijzing.product))).or_default();
        figures.toewijzingen += 1;
        let Some(cost) = zorg.cost_to(self.register, self.jaareinde) else {
            figures.onbekend += 1;
            return Ok(());
        };
        add(&mut figures.toegewezen, cost)?;
        add(&mut figures.verbruikt, toewijzing.besteed.bedrag)
    }

    /// Remembers the numbers under which operators know the client of a budget.
    fn name_limits(&mut self, toewijzing: &Toewijzing) {
        let Some(budgets) = self.clients.get(&toewijzing.bsn) else { return };
        let Zorg { relatie, product, begin, .. } = Zorg::of(toewijzing);
        let categorie = product.map(|product| product.categorie);
        for budget in budgets {
            let about = &budget.sleutel;
            let named = about.gemeente.is_none_or(|only| only == relatie.gemeente)
                && about.aanbieder.is_none_or(|only| only == relatie.aanbieder)
                && about.categorie.is_none_or(|only| Some(only) == categorie)
                && about.periode.tot.is_none_or(|tot| begin <= tot);
            if named {
                self.limits.entry(&budget.id).or_default().toewijzingen.push(toewijzing.nummer);
            }
        }
    }

    fn line(&mut self, number: i64, line: &GeboektePrestatie) -> Result<(), MoneyOverflow> {
        let Relatie { gemeente, aanbieder } = line.relatie;
        let own = ProductSleutel { categorie: line.categorie, code: Some(line.code) };
        let product = match self.products.get(&(gemeente, line.toewijzing)) {
            Some((of, product)) if *of == aanbieder => *product,
            _ => Some(own),
        };
        let amount = signed(line);
        let held = line.vastgehouden && is_in(&self.held, number);
        let refused = line.vastgehouden && is_in(&self.refused, number);
        let unverified = is_in(&self.unverified, number);
        let figures = self.rows.entry((line.relatie, Over::Product(product))).or_default();
        add(&mut figures.ingediend, amount)?;
        if line.toegekend {
            add(&mut figures.toegekend, amount)?;
        }
        if line.toegekend && unverified {
            add(&mut figures.onzeker, amount)?;
        }
        if held {
            add(&mut figures.vastgehouden, amount)?;
        }
        let budgets = self.register.budgets_for(line.relatie, line.bsn, Some(own), line.begin);
        let ceilings = self.register.ceilings_for(line.relatie, line.begin.year());
        let budgets = budgets.iter().map(|budget| &budget.id);
        for id in budgets.chain(ceilings.iter().map(|plafond| &plafond.id)) {
            let figures = self.limits.entry(id).or_default();
            add(&mut figures.ingediend, amount)?;
            if line.toegekend && !refused {
                add(&mut figures.toegekend, amount)?;
            }
            if held {
                add(&mut figures.vastgehouden, amount)?;
            }
        }
        Ok(())
    }

    /// Adds what was claimed and not booked; gives what the lines come to, claimed and granted.
    fn unbooked(&mut self, totals: &[RelatieTotals]) -> Result<(Cents, Cents), MoneyOverflow> {
        let mut lines: BTreeMap<Relatie, Cents> = BTreeMap::new();
        let (mut claimed, mut granted) = (Cents::ZERO, Cents::ZERO);
        for ((relatie, _), figures) in &self.rows {
            add(lines.entry(*relatie).or_default(), figures.ingediend)?;
            add(&mut claimed, figures.ingediend)?;
            add(&mut granted, figures.toegekend)?;
        }
        for total in totals {
            let booked = lines.get(&total.relatie).copied().unwrap_or_default();
            let missing = total.ingediend.minus(booked)?;
            if missing != Cents::ZERO {
                let figures = Figures { ingediend: missing, ..Figures::default() };
                self.rows.insert((total.relatie, Over::NietGeboekt), figures);
            }
        }
        Ok((claimed, granted))
    }

    fn by(
        &self,
        key: &'static str,
        titel: &'static str,
        group: impl Fn(Relatie) -> (Option<GemeenteCode>, Option<AgbCode>),
    ) -> Result<Table, MoneyOverflow> {
        let mut sums: BTreeMap<(Option<GemeenteCode>, Option<AgbCode>), Figures> = BTreeMap::new();
        for ((relatie, _), figures) in &self.rows {
            sums.entry(group(*relatie)).or_default().add(figures)?;
        }
        let by_gemeente = sums.keys().next().is_some_and(|(gemeente, _)| gemeente.is_some());
        let who: &[(&str, &str)] = if by_gemeente || sums.is_empty() {
            &[("gemeente", "Gemeente"), ("gemeente_naam", "Naam")]
        } else {
            &[("aanbieder", "Aanbieder"), ("aanbieder_naam", "Naam van de aanbieder")]
        };
        let mut table = Table::new(key, titel, &[who, &FIGURES].concat());
        for ((gemeente, aanbieder), figures) in sums {
            let mut cells = match gemeente {
                Some(gemeente) => vec![gemeente.into(), naam(self.register, gemeente)],
                None => vec![aanbieder.into(), aanbieder_naam(self.register, aanbieder)],
            };
            cells.extend(figures.cells()?);
            table.row(cells);
        }
        Ok(table)
    }

    fn products(&self) -> Result<Table, MoneyOverflow> {
        let what = [("productcategorie", "Categorie"), ("productcode", "Product"), ("what", "Wat")];
        let mut table = Table::new("products", "Per product", &[&WHOSE[..], &what, &FIGURES].concat());
        for ((relatie, over), figures) in &self.rows {
            let (product, what) = match over {
                Over::Product(None) => (None, "generiek"),
                Over::Product(Some(ProductSleutel { code: None, .. })) => (over.product(), "aspecifiek"),
                Over::Product(Some(_)) => (over.product(), "specifiek"),
                Over::NietGeboekt => (None, "referentie al gebruikt"),
            };
            let mut cells = Vec::from(whose(self.register, *relatie));
            let (categorie, code) = (product.map(|it| it.categorie), product.and_then(|it| it.code));
            cells.extend([categorie.into(), code.into(), what.into()]);
            cells.extend(figures.cells()?);
            table.row(cells);
        }
        Ok(table)
    }

    /// Every budget and ceiling; how many have a kept sum that differs from their lines.
    fn limits(
        &self,
        kept: &BTreeMap<Box<str>, Cents>,
        promised: &BTreeMap<Box<str>, (Cents, i64)>,
    ) -> Result<(Table, i64), MoneyOverflow> {
        let mut table = Table::new("limits", "Budgetten en plafonds", &COLUMNS);
        let budgets = self.register.budgetten().iter().map(Limiet::Budget);
        let ceilings = self.register.plafonds().iter().map(Limiet::Plafond);
        let mut differing = 0;
        for limiet in budgets.chain(ceilings) {
            let figures = self.limits.get(limiet.id()).cloned().unwrap_or_default();
            let granted = kept.get(limiet.id()).copied().unwrap_or_default();
            differing += i64::from(granted != figures.toegekend);
            let (toegezegd, onbekend) = promised.get(limiet.id()).copied().unwrap_or_default();
            let in_use = granted.plus(toegezegd)?;
            let (kind, gemeente, aanbieder, categorie) = about(&limiet);
            let periode = limiet.periode();
            table.row(vec![
                kind.into(),
                gemeente.into(),
                aanbieder.into(),
                aanbieder_naam(self.register, aanbieder),
                categorie,
                periode.van.into(),
                periode.tot.into(),
                named(&figures.toewijzingen).into(),
                if limiet.holds_betaling() { "vasthouden" } else { "signaleren" }.into(),
                limiet.bedrag().into(),
                figures.ingediend.into(),
                granted.into(),
                figures.vastgehouden.into(),
                toegezegd.into(),
                onbekend.into(),
                in_use.into(),
                limiet.bedrag().minus(in_use)?.into(),
            ]);
        }
        Ok((table, differing))
    }

    /// How the sums that are kept apart from each other agree.
    fn reconciled(
        &self,
        totals: &[RelatieTotals],
        (claimed, granted): (Cents, Cents),
        differing: i64,
    ) -> Result<Table, MoneyOverflow> {
        let mut sum = [Cents::ZERO; 7];
        for total in totals {
            let parts = [
                total.ingediend,
                total.toegekend,
                total.geboekt,
                total.vastgehouden,
                total.betaald,
                total.geweigerd,
                total.overgenomen,
            ];
            for (sum, part) in sum.iter_mut().zip(parts) {
                add(sum, part)?;
            }
        }
        let [ingediend, toegekend, geboekt, vastgehouden, betaald, geweigerd, overgenomen] = sum;
        let held = |figures: &Figures| figures.vastgehouden;
        let mut held_lines = Cents::ZERO;
        for figures in self.rows.values() {
            add(&mut held_lines, held(figures))?;
        }
        let mut table = Table::new(
            "totals",
            "Aansluiting op de boekhouding",
            &[
                ("name", "Gegeven"),
                ("amount_cents", "Bedrag"),
                ("difference_cents", "Verschil"),
                ("count", "Aantal"),
                ("text", "Wat het is"),
            ],
        );
        let unbooked = ingediend.minus(claimed)?;
        let rows = [
            ("claimed", ingediend, None, "Ingediend in verwerkte declaraties"),
            ("claimed_lines", claimed, None, "Ingediend in geboekte prestaties"),
            ("claimed_unbooked", unbooked, None, "Ingediend onder een al gebruikte referentie, niet geboekt"),
            ("granted", toegekend, None, "Toegekend in verwerkte declaraties"),
            ("granted_lines", granted, Some(toegekend), "Toegekend in geboekte prestaties"),
            (
                "granted_assignments",
                self.besteed,
                Some(toegekend),
                "Toegekend volgens de standen per toewijzing",
            ),
            ("taken_over", overgenomen, None, "Waarvan overgenomen en al door het vorige systeem betaald"),
            ("ledger", geboekt, Some(toegekend.minus(overgenomen)?), "Boekingen samen"),
            ("held", vastgehouden, None, "Boekingen die op vrijgave wachten"),
            ("held_lines", held_lines, Some(vastgehouden), "Prestaties die op vrijgave wachten"),
            ("paid", betaald, None, "Betaald"),
            ("refused", geweigerd, None, "Geweigerd"),
            ("payable", geboekt.minus(vastgehouden)?.minus(betaald)?.minus(geweigerd)?, None, "Betaalbaar"),
        ];
        for (name, amount, against, text) in rows {
            let difference = against.map(|against| amount.minus(against)).transpose()?;
            table.row(vec![name.into(), amount.into(), difference.into(), Cell::Empty, text.into()]);
        }
        let text = "Budgetten en plafonds waarvan de stand afwijkt van hun prestaties";
        table.row(vec!["limits_differing".into(), Cell::Empty, Cell::Empty, differing.into(), text.into()]);
        Ok(table)
    }
}

/// Columns of [`Figures::cells`].
const FIGURES: [(&str, &str); 8] = [
    ("assignments", "Toewijzingen"),
    ("assignments_unknown", "Waarvan zonder bedrag"),
    ("assigned_cents", "Toegewezen"),
    ("claimed_cents", "Ingediend"),
    ("granted_cents", "Toegekend"),
    ("held_cents", "Vastgehouden"),
    ("room_cents", "Ruimte"),
    ("reconstructed_cents", "Toegekend in gereconstrueerde release"),
];

impl Figures {
    fn add(&mut self, other: &Self) -> Result<(), MoneyOverflow> {
        self.toewijzingen += other.toewijzingen;
        self.onbekend += other.onbekend;
        add(&mut self.toegewezen, other.toegewezen)?;
        add(&mut self.verbruikt, other.verbruikt)?;
        add(&mut self.ingediend, other.ingediend)?;
        add(&mut self.toegekend, other.toegekend)?;
        add(&mut self.vastgehouden, other.vastgehouden)?;
        add(&mut self.onzeker, other.onzeker)
    }

    /// Room is that of the assignments whose cost is known; without any there is nothing to say of it.
    fn cells(&self) -> Result<Vec<Cell>, MoneyOverflow> {
        let known = self.toewijzingen > self.onbekend;
        let room = self.toegewezen.minus(self.verbruikt)?;
        Ok(vec![
            self.toewijzingen.into(),
            self.onbekend.into(),
            known.then_some(self.toegewezen).into(),
            self.ingediend.into(),
            self.toegekend.into(),
            self.vastgehouden.into(),
            known.then_some(room).into(),
            self.onzeker.into(),
        ])
    }
}

impl Over {
    const fn product(&self) -> Option<ProductSleutel> {
        match self {
            Self::Product(product) => *product,
            Self::NietGeboekt => None,
        }
    }
}
