//! Price, volume and mix: P times Q, split so that the three add up to the difference, to the cent.
//!
//! Of a group of items, per unit of volume:
//! - price: what the new rates cost more for the new volume, item by item. What moves to another product is compared with
//!   the price that this product had at the same aanbieder, where it had one (rulings 8.14);
//! - volume: what more or less volume costs at the average price that the group had;
//! - mix: the rest, because the new volume is divided otherwise over dear and cheap items.

use super::{CareItem, ItemKey};
use crate::codes::{AgbCode, Eenheid, GemeenteCode, ProductCategorie, ProductCode};
use crate::money::{Cents, MoneyOverflow, round_half_up};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The outcome of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effect {
    pub lines: u64,
    /// Granted then, of everything.
    pub oud: Cents,
    /// Part of it of which nothing says what it becomes.
    pub niet_gekoppeld: Cents,
    /// As if, of the rest.
    pub nieuw: Cents,
    /// Of the rest: `nieuw` less what it was.
    pub verschil: Cents,
    /// Because of price.
    pub prijs: Cents,
    /// Because of volume.
    pub volume: Cents,
    /// Because of mix.
    pub mix: Cents,
}

/// The effect of a group of items.
pub fn effect<'a>(
    items: impl IntoIterator<Item = (&'a ItemKey, &'a CareItem)>,
) -> Result<Effect, MoneyOverflow> {
    let items: Vec<_> = items.into_iter().collect();
    let prices = old_prices(&items)?;
    let mut all = Effect::default();
    // Per unit: amount and volume then, volume as if.
    let mut units: BTreeMap<Eenheid, (Cents, Decimal, Decimal)> = BTreeMap::new();
    for (key, item) in items {
        all.lines += item.lines;
        all.oud = all.oud.plus(item.oud)?;
        let Some(product) = key.nieuw else {
            all.niet_gekoppeld = all.niet_gekoppeld.plus(item.oud)?;
            continue;
        };
        all.nieuw = all.nieuw.plus(item.nieuw)?;
        let its_own = prices.get(&(key.gemeente, key.aanbieder, product)).filter(|_| product != key.oud);
        let before = its_own.map_or_else(|| at_old_price(item), |price| price.of(item.nieuw_volume))?;
        all.prijs = all.prijs.plus(item.nieuw.minus(before)?)?;
        let unit = units.entry(product.2).or_default();
        unit.0 = unit.0.plus(item.oud)?;
        unit.1 += item.oud_volume;
        unit.2 += item.nieuw_volume;
    }
    all.verschil = all.nieuw.minus(all.oud.minus(all.niet_gekoppeld)?)?;
    for (amount, then, now) in units.into_values() {
        if !then.is_zero() {
            let more = Decimal::from(amount.0) * (now - then) / then;
            all.volume = all.volume.plus(round_half_up(more)?)?;
        }
    }
    all.mix = all.verschil.minus(all.prijs)?.minus(all.volume)?;
    Ok(all)
}

/// What a product cost then at an aanbieder.
#[derive(Debug, Default)]
struct Price {
    amount: Cents,
    volume: Decimal,
}

impl Price {
    /// A volume at this price.
    fn of(&self, volume: Decimal) -> Result<Cents, MoneyOverflow> {
        round_half_up(Decimal::from(self.amount.0) * volume / self.volume)
    }
}

/// A product of an aanbieder in a gemeente.
type Sold = (GemeenteCode, AgbCode, (ProductCategorie, ProductCode, Eenheid));

/// The price of every product that was granted then, of which there was any volume in its own unit.
fn old_prices(items: &[(&ItemKey, &CareItem)]) -> Result<BTreeMap<Sold, Price>, MoneyOverflow> {
    let mut prices: BTreeMap<Sold, Price> = BTreeMap::new();
    let in_own_unit = |key: &ItemKey| key.nieuw.is_some_and(|(_, _, eenheid)| eenheid == key.oud.2);
    for (key, item) in items.iter().filter(|(key, _)| in_own_unit(key)) {
        let price = prices.entry((key.gemeente, key.aanbieder, key.oud)).or_default();
        price.amount = price.amount.plus(item.oud)?;
        price.volume += item.oud_volume;
    }
    prices.retain(|_, price| !price.volume.is_zero());
    Ok(prices)
}

/// The new volume at the old price.
fn at_old_price(item: &CareItem) -> Result<Cents, MoneyOverflow> {
    if item.oud_volume == item.nieuw_volume || item.oud_volume.is_zero() {
        return Ok(item.oud);
    }
    round_half_up(Decimal::from(item.oud.0) * item.nieuw_volume / item.oud_volume)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(code: &str, (q0, a0): (i64, i64), (q1, a1): (i64, i64)) -> (ItemKey, CareItem) {
        let product =
            (ProductCategorie::parse("45").unwrap(), ProductCode::parse(code).unwrap(), Eenheid::Uur);
        let key = ItemKey {
            gemeente: GemeenteCode::parse("0193").unwrap(),
            aanbieder: AgbCode::parse("12345678").unwrap(),
            oud: product,
            nieuw: Some(product),
        };
        let item = CareItem {
            lines: 1,
            oud_volume: q0.into(),
            oud: Cents(a0),
            nieuw_volume: q1.into(),
            nieuw: Cents(a1),
        };
        (key, item)
    }

    #[test]
    fn a_textbook_example_is_split_as_the_book_does() {
        // Then 10 at 100 and 30 at 60; now 20 at 110 and 30 at 55. Average price then: 70.
        let items = [item("A", (10, 1000), (20, 2200)), item("B", (30, 1800), (30, 1650))];
        let effect = effect(items.iter().map(|(key, item)| (key, item))).unwrap();
        assert_eq!(effect.verschil, Cents(3850 - 2800));
        assert_eq!(effect.prijs, Cents(20 * 10 - 30 * 5));
        assert_eq!(effect.volume, Cents(10 * 70));
        assert_eq!(effect.mix, Cents(10 * (100 - 70)));
    }

    #[test]
    fn what_moves_to_a_dearer_product_is_mix_at_old_prices() {
        // 80 at 68.50 and 40 at 91.20; a quarter of the first moves to the second, at 70.00 and 94.00.
        let stays = item("A", (60, 411_000), (60, 420_000));
        let (mut moved, dearer) =
            (item("A", (20, 137_000), (20, 188_000)), item("B", (40, 364_800), (40, 376_000)));
        moved.0.nieuw = dearer.0.nieuw;
        let all = [stays, moved, dearer];
        let split = effect(all.iter().map(|(key, item)| (key, item))).unwrap();
        assert_eq!(
            (split.verschil, split.prijs, split.volume, split.mix),
            (Cents(71_200), Cents(25_800), Cents::ZERO, Cents(45_400))
        );
        // To a product that there was not, only the price is another.
        let new = effect(all[..2].iter().map(|(key, item)| (key, item))).unwrap();
        assert_eq!((new.prijs, new.mix), (Cents(60_000), Cents::ZERO));
    }

    #[test]
    fn the_three_add_up_whatever_the_rounding() {
        for q in 1..60_i64 {
            let items =
                [item("A", (q, 997 * q + 1), (q * 7 % 13 + 1, 311 * q)), item("B", (3, 1001), (q, 77))];
            let effect = effect(items.iter().map(|(key, item)| (key, item))).unwrap();
            assert_eq!(effect.prijs.0 + effect.volume.0 + effect.mix.0, effect.verschil.0, "{q}");
        }
    }

    #[test]
    fn the_same_volumes_have_a_price_effect_only() {
        let items = [item("A", (10, 1000), (10, 1200)), item("B", (30, 1800), (30, 1650))];
        let effect = effect(items.iter().map(|(key, item)| (key, item))).unwrap();
        assert_eq!((effect.prijs, effect.volume, effect.mix), (Cents(50), Cents::ZERO, Cents::ZERO));
    }
}
