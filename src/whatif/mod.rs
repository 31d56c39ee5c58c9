//! What if: the care that was granted, under other contracts. Same volumes, other rates, products, ceilings
//! and thresholds; the outcome split in price, volume and mix.
//!
//! The unit of the sums is an [`CareItem`]: one gemeente, aanbieder, old and new product and unit. Everything
//! that is reported is a sum of items, so every table adds up to the same total, to the cent.

mod effects;
mod estimate;
mod mapping;
mod page;
mod report;
mod svg;

pub use effects::{Effect, effect};
pub use mapping::{Mapping, MappingError};
pub use page::write as page;
pub use report::build as report;
pub use svg::write as chart;

use crate::codes::{Datum, Eenheid, GemeenteCode, ProductCategorie, ProductCode, ProductSleutel};
use crate::contracts::{BudgetSleutel, Gevolg, Peil, Periode, Register};
use crate::decide::cost::Zorg;
use crate::messages::Relatie;
use crate::money::{Cents, MoneyOverflow, round_half_up};
use crate::state::{GeboektePrestatie, Toewijzing};
use chrono::Datelike;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What an item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemKey {
    pub gemeente: GemeenteCode,
    pub aanbieder: crate::codes::AgbCode,
    /// Product and unit as claimed.
    pub oud: (ProductCategorie, ProductCode, Eenheid),
    /// Product and unit under the new contracts; none when nothing says what it becomes.
    pub nieuw: Option<(ProductCategorie, ProductCode, Eenheid)>,
}

/// Care of one kind, then and as if.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CareItem {
    pub lines: u64,
    /// Volume then, in the new unit.
    pub oud_volume: Decimal,
    /// Granted then.
    pub oud: Cents,
    /// Volume as if.
    pub nieuw_volume: Decimal,
    /// Amount as if.
    pub nieuw: Cents,
}

/// A ceiling of the new contracts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// What it is called by.
    pub naam: String,
    /// The ceiling.
    pub bedrag: Cents,
    /// What would be granted below it.
    pub uitkomst: Cents,
    /// Whether what is above it is not paid.
    pub houdt: bool,
}

/// Assignments above the amount from which a person looks, by gemeente: then and as if.
pub type Thresholds = BTreeMap<GemeenteCode, (u64, u64)>;

/// The contracts that are tried, and what was added up so far.
pub struct WhatIf<'a> {
    /// The register that was in force.
    pub oud: &'a Register,
    /// The register that is tried.
    pub nieuw: &'a Register,
    /// The year that the care is moved to.
    pub jaar: i32,
    /// What old products become.
    pub mapping: &'a Mapping,
    /// Only care that began on or after this day.
    pub from: Option<Datum>,
    /// Only care that began on or before this day.
    pub to: Option<Datum>,
    /// Category of every product code of the new contracts.
    categorie: BTreeMap<ProductCode, ProductCategorie>,
    /// What was added up.
    pub items: BTreeMap<ItemKey, CareItem>,
    /// Assignments above the threshold.
    pub drempels: Thresholds,
    /// What counts for each budget of the new contracts, by item.
    budgetten: BTreeMap<Box<str>, BTreeMap<ItemKey, Cents>>,
}

/// What a budget that is not of one client is about.
fn about(sleutel: &BudgetSleutel) -> String {
    let part = |name: &str, code: Option<String>| code.map(|code| format!("{name} {code}"));
    let parts = [
        part("gemeente", sleutel.gemeente.map(|code| code.to_string())),
        part("aanbieder", sleutel.aanbieder.map(|code| code.to_string())),
        part("categorie", sleutel.categorie.map(|code| code.to_string())),
        part("segment", sleutel.segment.map(|code| code.to_string())),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "voor alle zorg".to_owned() } else { parts.join(", ") }
}

/// The same day in another year; 29 February becomes the 28th.
fn moved(day: Datum, jaar: i32) -> Datum {
    day.with_year(jaar).or_else(|| Datum::from_ymd_opt(jaar, 2, 28)).unwrap_or(day)
}

impl<'a> WhatIf<'a> {
    /// Nothing added up yet.
    #[must_use]
    pub fn new(oud: &'a Register, nieuw: &'a Register, jaar: i32, mapping: &'a Mapping) -> Self {
        let mut categorie = BTreeMap::new();
        for contract in nieuw.contracten().list() {
            for regel in &contract.regels {
                categorie.entry(regel.code).or_insert(regel.categorie);
            }
        }
        let (items, drempels, budgetten) = (BTreeMap::new(), Thresholds::new(), BTreeMap::new());
        Self { oud, nieuw, jaar, mapping, from: None, to: None, categorie, items, drempels, budgetten }
    }

    /// Adds a line: granted debits that were not credited count.
    pub fn add(&mut self, line: &GeboektePrestatie) -> Result<(), MoneyOverflow> {
        let counts = line.toegekend
            && !line.gecrediteerd
            && line.debet_credit == crate::codes::DebetCredit::Debet
            && self.from.is_none_or(|from| from <= line.begin)
            && self.to.is_none_or(|to| line.begin <= to);
        if !counts {
            return Ok(());
        }
        let targets = self.mapping.targets(line.code);
        let mut left = line.bedrag;
        for (place, target) in targets.iter().enumerate() {
            // What rounding leaves goes to the last part: parts add up to the line.
            let oud = if place + 1 == targets.len() {
                left
            } else {
                round_half_up(Decimal::from(line.bedrag.0) * target.aandeel)?
            };
            left = left.minus(oud)?;
            self.add_part(line, target, oud)?;
        }
        Ok(())
    }

    fn add_part(
        &mut self,
        line: &GeboektePrestatie,
        target: &mapping::MappingTarget,
        oud: Cents,
    ) -> Result<(), MoneyOverflow> {
        let eenheid = target.eenheid.unwrap_or(line.eenheid);
        let oud_volume = Decimal::from(line.volume) * target.aandeel * target.factor;
        let nieuw_volume = oud_volume * target.volume;
        let categorie = self.categorie.get(&target.naar).copied();
        let rate = match categorie {
            Some(categorie) => {
                self.amount(line, (categorie, target.naar), eenheid, nieuw_volume, oud, target)?
            }
            None => None,
        };
        let key = ItemKey {
            gemeente: line.relatie.gemeente,
            aanbieder: line.relatie.aanbieder,
            oud: (line.categorie, line.code, line.eenheid),
            nieuw: categorie.zip(rate).map(|(categorie, _)| (categorie, target.naar, eenheid)),
        };
        let item = self.items.entry(key).or_default();
        item.lines += 1;
        item.oud = item.oud.plus(oud)?;
        item.oud_volume += oud_volume;
        if let Some(nieuw) = rate {
            item.nieuw = item.nieuw.plus(nieuw)?;
            item.nieuw_volume += nieuw_volume;
            let begin = moved(line.begin, self.jaar);
            let product = categorie.map(|categorie| ProductSleutel { categorie, code: Some(target.naar) });
            for budget in self.nieuw.budgets_for(line.relatie, line.bsn, product, begin) {
                let spent = self.budgetten.entry(budget.id.clone()).or_default().entry(key).or_default();
                *spent = spent.plus(nieuw)?;
            }
        }
        Ok(())
    }

    /// What a volume costs under the new contracts; none when they have no rate for it.
    fn amount(
        &self,
        line: &GeboektePrestatie,
        product: (ProductCategorie, ProductCode),
        eenheid: Eenheid,
        volume: Decimal,
        oud: Cents,
        target: &mapping::MappingTarget,
    ) -> Result<Option<Cents>, MoneyOverflow> {
        let begin = moved(line.begin, self.jaar);
        let eind = moved(line.eind, self.jaar).max(begin);
        // Where the first day of the assignment tells the rate: the care is taken to begin with the period.
        let peil = Peil { periode: Periode::of(begin, Some(eind)), toewijzing: Some(begin) };
        let found = self.nieuw.tarief(line.relatie, line.bsn, product, eenheid, peil).next();
        let Some(found) = found else { return Ok(None) };
        let Some(tarief) = found.regel.tarief else {
            // In euros there is no rate: what is claimed is what it costs.
            return round_half_up(Decimal::from(oud.0) * target.volume).map(Some);
        };
        let total = Decimal::from(tarief.0).checked_mul(volume).ok_or(MoneyOverflow)?;
        let per = if found.is_hour_rate_in_minutes(eenheid) { 60 } else { 1 };
        round_half_up(total / Decimal::from(per)).map(Some)
    }

    /// Counts an assignment when its expected cost is above the amount from which a person looks.
    pub fn add_assignment(&mut self, toewijzing: &Toewijzing) {
        let begin = toewijzing.ingangsdatum;
        if toewijzing.is_verwijderd()
            || self.from.is_some_and(|from| begin < from)
            || self.to.is_some_and(|to| begin > to)
        {
            return;
        }
        let then = Zorg::of(toewijzing);
        let years = self.jaar - begin.year();
        let product = toewijzing.product.and_then(|product| {
            let naar = self.mapping.targets(product.code?).first()?.naar;
            Some(ProductSleutel { categorie: *self.categorie.get(&naar)?, code: Some(naar) })
        });
        let eind = then.eind.map(|eind| moved(eind, eind.year() + years));
        let as_if = Zorg { product: product.or(then.product), begin: moved(begin, self.jaar), eind, ..then };
        let above = |zorg: &Zorg, register: &Register| {
            zorg.cost(register).is_some_and(|cost| cost > register.regio().drempels.verwijzing)
        };
        let counts = self.drempels.entry(toewijzing.gemeente).or_default();
        counts.0 += u64::from(above(&then, self.oud));
        counts.1 += u64::from(above(&as_if, self.nieuw));
    }

    /// Applies the budgets of the new contracts, before the ceilings. Budgets of clients are told of together:
    /// nothing here is about one child.
    pub fn budgets(&mut self) -> Result<Vec<Ceiling>, MoneyOverflow> {
        let mut told: Vec<Ceiling> = Vec::new();
        let mut clients: BTreeMap<bool, (u64, Ceiling)> = BTreeMap::new();
        for budget in self.nieuw.budgetten() {
            let Some(spent) = self.budgetten.remove(&budget.id) else { continue };
            let mut uitkomst = Cents::ZERO;
            for part in spent.values() {
                uitkomst = uitkomst.plus(*part)?;
            }
            let houdt = budget.gevolgen.bij_betaling == Gevolg::Hold;
            let over = uitkomst > budget.bedrag;
            if houdt && over {
                self.cut_parts(&spent, budget.bedrag, uitkomst)?;
            }
            if budget.sleutel.bsn.is_none() {
                let naam = format!("budget {}", about(&budget.sleutel));
                told.push(Ceiling { naam, bedrag: budget.bedrag, uitkomst, houdt });
            } else if over {
                let none = || {
                    (0, Ceiling { naam: String::new(), bedrag: Cents::ZERO, uitkomst: Cents::ZERO, houdt })
                };
                let (count, all) = clients.entry(houdt).or_insert_with(none);
                *count += 1;
                all.bedrag = all.bedrag.plus(budget.bedrag)?;
                all.uitkomst = all.uitkomst.plus(uitkomst)?;
            }
        }
        for (count, all) in clients.into_values() {
            told.push(Ceiling {
                naam: format!("{count} overschreden budgetten van jeugdigen, samen"),
                ..all
            });
        }
        Ok(told)
    }

    /// Brings what counts for a budget down to it: every item gives up the same share of its part.
    fn cut_parts(
        &mut self,
        parts: &BTreeMap<ItemKey, Cents>,
        to: Cents,
        from: Cents,
    ) -> Result<(), MoneyOverflow> {
        let (mut left, mut of) = (to, from);
        for (key, part) in parts {
            let Some(item) = self.items.get_mut(key) else { continue };
            let share = if of == Cents::ZERO {
                Cents::ZERO
            } else {
                round_half_up(Decimal::from(part.0) * Decimal::from(left.0) / Decimal::from(of.0))?
            };
            (of, left) = (of.minus(*part)?, left.minus(share)?);
            // What another budget took already cannot be taken again.
            let nieuw = item.nieuw.minus(part.minus(share)?)?.max(Cents::ZERO);
            if item.nieuw != Cents::ZERO {
                item.nieuw_volume = item.nieuw_volume * Decimal::from(nieuw.0) / Decimal::from(item.nieuw.0);
            }
            item.nieuw = nieuw;
        }
        Ok(())
    }

    /// Applies the ceilings of the new contracts: above one that holds nothing is paid, and every item
    /// below it gives up the same share of its volume.
    pub fn ceilings(&mut self) -> Result<Vec<Ceiling>, MoneyOverflow> {
        let mut below: BTreeMap<Box<str>, Vec<ItemKey>> = BTreeMap::new();
        for (key, _) in self.items.iter().filter(|(key, _)| key.nieuw.is_some()) {
            let relatie = Relatie { gemeente: key.gemeente, aanbieder: key.aanbieder };
            for plafond in self.nieuw.ceilings_for(relatie, self.jaar) {
                below.entry(plafond.id.clone()).or_default().push(*key);
            }
        }
        let mut told = Vec::new();
        for plafond in self.nieuw.plafonds() {
            let Some(keys) = below.get(&plafond.id) else { continue };
            let mut uitkomst = Cents::ZERO;
            for key in keys {
                uitkomst = uitkomst.plus(self.items[key].nieuw)?;
            }
            let houdt = plafond.gevolgen.bij_betaling == Gevolg::Hold;
            if houdt && uitkomst > plafond.bedrag {
                self.cut(keys, plafond.bedrag, uitkomst)?;
            }
            let whose = plafond.sleutel.aanbieder.map(|aanbieder| format!(", aanbieder {aanbieder}"));
            let where_ = plafond.sleutel.gemeente.map(|gemeente| format!(", gemeente {gemeente}"));
            let naam = format!(
                "plafond {}{}{}",
                plafond.sleutel.jaar,
                whose.unwrap_or_default(),
                where_.unwrap_or_default()
            );
            told.push(Ceiling { naam, bedrag: plafond.bedrag, uitkomst, houdt });
        }
        Ok(told)
    }

    /// Brings items together down to an amount.
    fn cut(&mut self, keys: &[ItemKey], to: Cents, from: Cents) -> Result<(), MoneyOverflow> {
        let (mut left, mut of) = (to, from);
        for key in keys {
            let Some(item) = self.items.get_mut(key) else { continue };
            // The share of what is left, so that the last item makes the sum exact.
            let share = if of == Cents::ZERO {
                Cents::ZERO
            } else {
                round_half_up(Decimal::from(item.nieuw.0) * Decimal::from(left.0) / Decimal::from(of.0))?
            };
            of = of.minus(item.nieuw)?;
            left = left.minus(share)?;
            if item.nieuw != Cents::ZERO {
                item.nieuw_volume = item.nieuw_volume * Decimal::from(share.0) / Decimal::from(item.nieuw.0);
            }
            item.nieuw = share;
        }
        Ok(())
    }
}
