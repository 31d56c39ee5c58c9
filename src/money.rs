//! Money: whole eurocents, checked. Fractions exist only inside [`round_half_up`].

use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt;

/// An amount in eurocents; negative for what is given back.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Cents(pub i64);

/// An amount left the range of a 64-bit integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("bedrag te groot om mee te rekenen")]
pub struct MoneyOverflow;

impl Cents {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Sum, or an error where it would overflow.
    pub fn plus(self, other: Self) -> Result<Self, MoneyOverflow> {
        self.0.checked_add(other.0).map(Self).ok_or(MoneyOverflow)
    }

    /// Difference, or an error where it would overflow.
    pub fn minus(self, other: Self) -> Result<Self, MoneyOverflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(MoneyOverflow)
    }

    /// A rate times a volume.
    pub fn times(self, volume: i64) -> Result<Self, MoneyOverflow> {
        self.0.checked_mul(volume).map(Self).ok_or(MoneyOverflow)
    }
}

impl fmt::Display for Cents {
    /// Dutch notation for people: `€ 1.234,56`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = (self.0.unsigned_abs() / 100).to_string();
        let mut grouped = String::with_capacity(units.len() + units.len() / 3 + 8);
        if self.0 < 0 {
            grouped.push('-');
        }
        for (index, digit) in units.chars().enumerate() {
            if index > 0 && (units.len() - index).is_multiple_of(3) {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        f.pad(&format!("€ {grouped},{:02}", self.0.unsigned_abs() % 100))
    }
}

/// The one rounding function: to whole cents, half up, away from zero (IV081).
pub fn round_half_up(amount_cents: Decimal) -> Result<Cents, MoneyOverflow> {
    let rounded = amount_cents.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    i64::try_from(rounded).map(Cents).map_err(|_| MoneyOverflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_as_iv081_says() {
        // IV081: 1.455 becomes 1.46 and 1.454 becomes 1.45 (euros, so 145.5 and 145.4 cents).
        let cents = |text: &str| round_half_up(text.parse().unwrap()).unwrap().0;
        assert_eq!(cents("145.5"), 146);
        assert_eq!(cents("145.4"), 145);
        assert_eq!(cents("-145.5"), -146);
    }

    #[test]
    fn is_shown_the_dutch_way() {
        assert_eq!(Cents(123_456_789).to_string(), "€ 1.234.567,89");
        assert_eq!(Cents(-5).to_string(), "€ -0,05");
    }

    #[test]
    fn overflow_is_an_error() {
        assert_eq!(Cents(i64::MAX).plus(Cents(1)), Err(MoneyOverflow));
        assert_eq!(Cents(i64::MIN).minus(Cents(1)), Err(MoneyOverflow));
        assert_eq!(Cents(i64::MAX).times(2), Err(MoneyOverflow));
    }
}
