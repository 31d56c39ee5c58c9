//! New rates from a day on: every rate so much percent more, rounded to whole cents.

use super::import::record::MAX_TARIEF_CENTS;
use super::uitvoer::files;
use super::{
    Contract, ContractRegel, Herkomst, Import, ImportErrors, Periode, Register, Wijze, import_sources,
};
use crate::codes::Datum;
use crate::money::{Cents, MoneyOverflow, round_half_up};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// What gets new rates, and from when.
#[derive(Debug, Clone)]
pub struct Indexering {
    /// How much more, in percent; less than nothing for a lower rate.
    pub percent: Decimal,
    /// First day of the new rates.
    pub vanaf: Datum,
    /// Codes and categories of products; none means every product.
    pub producten: Vec<String>,
    /// Numbers of contracts; none means every contract.
    pub contracten: Vec<String>,
}

/// Why there are no new rates.
#[derive(Debug, thiserror::Error)]
pub enum IndexFout {
    /// A product or contract without a rate then.
    #[error("{0} heeft geen tarief op of na die dag")]
    Niets(String),
    /// No rate at all.
    #[error("geen enkel tarief loopt op of na die dag; er is niets te indexeren")]
    Leeg,
    /// A rate that is larger than messages have.
    #[error("een tarief wordt groter dan in berichten past (€ 999.999,99)")]
    TeGroot,
    /// What was made cannot be read: our fault.
    #[error("de nieuwe tarieven zijn niet te lezen; meld dit aan de beheerder:\n{0}")]
    Onleesbaar(#[from] ImportErrors),
}

impl From<MoneyOverflow> for IndexFout {
    fn from(MoneyOverflow: MoneyOverflow) -> Self {
        Self::TeGroot
    }
}

impl Indexering {
    /// The part that gives a register its new rates, by whom and why.
    pub fn import(&self, register: &Register, herkomst: Herkomst) -> Result<Import, IndexFout> {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut changed: Vec<Contract> = Vec::new();
        for contract in register.contracten().list() {
            let own = self.contracten.iter().find(|nummer| **nummer == contract.nummer);
            if own.is_none() && !self.contracten.is_empty() {
                continue;
            }
            let mut next = Contract { regels: Vec::new(), ..contract.clone() };
            let mut differs = false;
            for regel in &contract.regels {
                let lines = self.lines(regel, &mut found)?;
                differs |= lines.is_some();
                next.regels.extend(lines.unwrap_or_else(|| vec![regel.clone()]));
            }
            if differs {
                found.extend(own.map(String::as_str));
                changed.push(next);
            }
        }
        let asked = self.producten.iter().chain(&self.contracten);
        if let Some(missing) = asked.into_iter().find(|name| !found.contains(name.as_str())) {
            return Err(IndexFout::Niets(missing.clone()));
        }
        if changed.is_empty() {
            return Err(IndexFout::Leeg);
        }
        let part = import_sources(&files(&changed))?;
        Ok(part.taken(Herkomst { wijze: Wijze::Aanvullend, ..herkomst }))
    }

    /// The lines that stand in the place of one; none when it stays as it is.
    fn lines<'s>(
        &'s self,
        regel: &ContractRegel,
        found: &mut BTreeSet<&'s str>,
    ) -> Result<Option<Vec<ContractRegel>>, IndexFout> {
        let named = |name: &&String| **name == *regel.code.as_str() || **name == *regel.categorie.as_str();
        let products: Vec<&String> = self.producten.iter().filter(named).collect();
        let later = regel.geldig.intersection(&Periode::of(self.vanaf, None));
        let (Some(tarief), Some(later)) = (regel.tarief, later) else { return Ok(None) };
        if products.is_empty() && !self.producten.is_empty() {
            return Ok(None);
        }
        found.extend(products.into_iter().map(String::as_str));
        let mut lines =
            vec![ContractRegel { tarief: Some(self.more(tarief)?), geldig: later, ..regel.clone() }];
        let before = Periode { van: None, tot: self.vanaf.pred_opt() };
        if let Some(before) = regel.geldig.intersection(&before) {
            lines.push(ContractRegel { geldig: before, ..regel.clone() });
        }
        Ok(Some(lines))
    }

    fn more(&self, tarief: Cents) -> Result<Cents, IndexFout> {
        let factor = (Decimal::ONE_HUNDRED + self.percent) / Decimal::ONE_HUNDRED;
        let more = Decimal::from(tarief.0).checked_mul(factor).ok_or(MoneyOverflow)?;
        let rounded = round_half_up(more)?;
        if (0..=MAX_TARIEF_CENTS).contains(&rounded.0) { Ok(rounded) } else { Err(IndexFout::TeGroot) }
    }
}
