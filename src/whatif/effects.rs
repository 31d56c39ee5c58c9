//! Price, volume and mix: P times Q, split so that the three add up to the difference, to the cent.
//!
//! Of a group of items, per unit of volume:
//! - price: what the new rates cost more for the new volume, item by item;
//! - volume: what more or less volume costs at the average price that the group had;
//! - mix: the rest, because the new volume is divided otherwise over dear and cheap items.

use super::{Item, ItemKey};
use crate::codes::Eenheid;
use crate::money::{Cents, MoneyOverflow, round_half_up};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The outcome of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effect {
    /// Lines.
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
pub fn effect<'a>(items: impl IntoIterator<Item = (&'a ItemKey, &'a Item)>) -> Result<Effect, MoneyOverflow> {
    let mut all = Effect::default();
    // Per unit: amount and volume then, volume as if.
    let mut units: BTreeMap<Eenheid, (Cents, Decimal, Decimal)> = BTreeMap::new();
    for (key, item) in items {
        all.lines += item.lines;
        all.oud = all.oud.plus(item.oud)?;
        let Some((_, _, eenheid)) = key.nieuw else {
            all.niet_gekoppeld = all.niet_gekoppeld.plus(item.oud)?;
            continue;
        };
        all.nieuw = all.nieuw.plus(item.nieuw)?;
        all.prijs = all.prijs.plus(item.nieuw.minus(at_old_price(item)?)?)?;
        let unit = units.entry(eenheid).or_default();
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

/// The new volume at the old price.
fn at_old_price(item: &Item) -> Result<Cents, MoneyOverflow> {
    if item.oud_volume == item.nieuw_volume || item.oud_volume.is_zero() {
        return Ok(item.oud);
    }
    round_half_up(Decimal::from(item.oud.0) * item.nieuw_volume / item.oud_volume)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{AgbCode, GemeenteCode, ProductCategorie, ProductCode};

    fn item(code: &str, (q0, a0): (i64, i64), (q1, a1): (i64, i64)) -> (ItemKey, Item) {
        let product =
            (ProductCategorie::parse("45").unwrap(), ProductCode::parse(code).unwrap(), Eenheid::Uur);
        let key = ItemKey {
            gemeente: GemeenteCode::parse("0193").unwrap(),
            aanbieder: AgbCode::parse("12345678").unwrap(),
            oud: product,
            nieuw: Some(product),
        };
        let item = Item {
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
