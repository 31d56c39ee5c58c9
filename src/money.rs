//! Money: whole eurocents, checked. Fractions exist only inside [`round_half_up`].
//!
//! What people hand in may be anything, so reports and payment runs add with [`Cents::plus`] and tell that it does not fit.
//! What is decided adds with `+` and `-`, whose bound is known: an amount of a message, of a contract and what care is
//! expected to cost have at most [`DIGITS`] digits, so nine million of the largest fit. Past that they stop as any rule
//! does that cannot go on; nothing wraps.

use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// Most digits of one amount, in eurocents.
pub const DIGITS: u32 = 12;

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

    /// An amount in euros as people write it: `1.234,50`, `1234,50` or `1234`; no sign. None when it is written otherwise.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (euros, cents) = text.split_once(',').unwrap_or((text, "00"));
        let groups: Vec<&str> = euros.split('.').collect();
        let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let in_threes = groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
        let is_amount = groups.iter().all(digits) && digits(&cents) && cents.len() == 2;
        if !is_amount || groups.len() > 1 && !in_threes {
            return None;
        }
        let whole = groups.concat() + cents;
        whole.parse().ok().filter(|_| whole.len() <= DIGITS as usize).map(Self)
    }

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

/// A sum whose bound is known.
fn within(sum: Result<Cents, MoneyOverflow>) -> Cents {
    sum.unwrap_or_else(|MoneyOverflow| panic!("a sum of amounts left the range of 64 bits"))
}

impl Add for Cents {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        within(self.plus(other))
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Cents {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        within(self.minus(other))
    }
}

impl SubAssign for Cents {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Cents {
    type Output = Self;

    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
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
    fn an_amount_is_read_as_people_write_it_and_nothing_is_guessed() {
        for (text, cents) in
            [("2,50", 250), ("0,01", 1), ("1.234,56", 123_456), ("1234,56", 123_456), ("12", 1_200)]
        {
            assert_eq!(Cents::read(text), Some(Cents(cents)), "{text}");
        }
        for text in
            ["", ",50", "2,5", "2.50", "-2,50", "2,505", "1.23,00", "12345.678,00", "€ 2,50", "9999999999999"]
        {
            assert_eq!(Cents::read(text), None, "{text}");
        }
    }

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
    fn a_sum_with_a_known_bound_is_exact_and_never_wraps() {
        let largest = Cents(10_i64.pow(DIGITS) - 1);
        let most = 9_000_000;
        assert!(largest.times(most).is_ok());
        assert_eq!([largest, -largest, largest].into_iter().sum::<Cents>(), largest);
        let mut sum = Cents(3);
        sum += Cents(4);
        sum -= Cents(9);
        assert_eq!(sum, Cents(-2));
        let stops = |sum: fn() -> Cents| assert!(std::panic::catch_unwind(sum).is_err());
        stops(|| Cents(i64::MAX) + Cents(1));
        stops(|| Cents(i64::MIN) - Cents(1));
        stops(|| -Cents(i64::MIN));
        stops(|| [Cents(i64::MAX), Cents(1)].into_iter().sum());
    }

    #[test]
    fn overflow_is_an_error() {
        assert_eq!(Cents(i64::MAX).plus(Cents(1)), Err(MoneyOverflow));
        assert_eq!(Cents(i64::MIN).minus(Cents(1)), Err(MoneyOverflow));
        assert_eq!(Cents(i64::MAX).times(2), Err(MoneyOverflow));
    }
}
