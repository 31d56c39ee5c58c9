//! What care costs of which nothing says what it becomes: an estimate with limits.
//!
//! Every item that could be coupled has a ratio between its new and its old amount. Care that could not is
//! taken to change as the coupled care of its category does, on average; the limits are the ratios
//! below which, and above which, five percent of that coupled money lies. With fewer than five coupled
//! items in a category all categories count. Limits add up as if everything went wrong together.

use super::{CareItem, ItemKey};
use crate::codes::ProductCategorie;
use crate::money::{Cents, MoneyOverflow, round_half_up};
use rust_decimal::Decimal;

/// Fewest coupled items that say something about a category.
const ENOUGH: usize = 5;

/// Expected, lowest and highest amount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Estimate {
    /// On average.
    pub verwacht: Cents,
    /// Lower limit.
    pub onder: Cents,
    /// Upper limit.
    pub boven: Cents,
}

impl Estimate {
    /// Together with another.
    pub fn plus(self, other: Self) -> Result<Self, MoneyOverflow> {
        Ok(Self {
            verwacht: self.verwacht.plus(other.verwacht)?,
            onder: self.onder.plus(other.onder)?,
            boven: self.boven.plus(other.boven)?,
        })
    }
}

/// Ratios of coupled items.
pub struct Ratios {
    /// Category, ratio and old amount, by ratio.
    all: Vec<(ProductCategorie, Decimal, Decimal)>,
}

impl Ratios {
    /// Of these items.
    pub fn of<'a>(items: impl IntoIterator<Item = (&'a ItemKey, &'a CareItem)>) -> Self {
        let coupled = items.into_iter().filter(|(key, item)| key.nieuw.is_some() && item.oud.0 > 0);
        let mut all: Vec<_> = coupled
            .map(|(key, item)| {
                let oud = Decimal::from(item.oud.0);
                (key.oud.0, Decimal::from(item.nieuw.0) / oud, oud)
            })
            .collect();
        all.sort_by_key(|ratio| ratio.1);
        Self { all }
    }

    /// The estimate for an amount of a category; as it was, without limits, when nothing was coupled.
    pub fn estimate(&self, categorie: ProductCategorie, amount: Cents) -> Result<Estimate, MoneyOverflow> {
        let own: Vec<_> = self.all.iter().filter(|ratio| ratio.0 == categorie).collect();
        let ratios = if own.len() < ENOUGH { self.all.iter().collect() } else { own };
        let weight: Decimal = ratios.iter().map(|ratio| ratio.2).sum();
        if weight.is_zero() {
            return Ok(Estimate { verwacht: amount, onder: amount, boven: amount });
        }
        let mean = ratios.iter().map(|ratio| ratio.1 * ratio.2).sum::<Decimal>() / weight;
        let quantile = |percent: u32| {
            let wanted = weight * Decimal::from(percent) / Decimal::from(100);
            let mut sum = Decimal::ZERO;
            let found = ratios.iter().find(|ratio| {
                sum += ratio.2;
                sum >= wanted
            });
            found.map_or(mean, |ratio| ratio.1)
        };
        let at = |ratio: Decimal| round_half_up(Decimal::from(amount.0) * ratio);
        Ok(Estimate {
            verwacht: at(mean)?,
            onder: at(quantile(5).min(mean))?,
            boven: at(quantile(95).max(mean))?,
        })
    }
}
