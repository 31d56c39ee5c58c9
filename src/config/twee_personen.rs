//! `[twee_personen]`: what one person proposes and another approves.

use crate::contracts::import::record::euros;
use crate::money::Cents;
use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, de};

/// `[twee_personen]`: amounts above which two persons decide; one is enough for what is absent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TweePersonen {
    /// Held payments are released for more than this.
    #[serde(deserialize_with = "amount")]
    pub vrijgave_bedrag: Option<Cents>,
    /// One decision about many work items is about more than this.
    #[serde(deserialize_with = "amount")]
    pub bulk_bedrag: Option<Cents>,
    /// A version of the contracts is about more than this, or changes an account that is paid to.
    #[serde(deserialize_with = "amount")]
    pub contract_bedrag: Option<Cents>,
    /// Whether a payment run needs two persons; not said: as soon as people log in at the console.
    pub betaalrun: Option<bool>,
    /// Whether an account that was never paid to waits until somebody called the aanbieder back; not said: as betaalrun.
    pub nabellen: Option<bool>,
    /// Days that a proposal waits.
    pub dagen: u16,
}

impl Default for TweePersonen {
    fn default() -> Self {
        Self {
            vrijgave_bedrag: None,
            bulk_bedrag: None,
            contract_bedrag: None,
            betaalrun: None,
            nabellen: None,
            dagen: 7,
        }
    }
}

impl TweePersonen {
    /// What one person may decide, about payments that are released or many items at once; none: anything.
    #[must_use]
    pub fn grens(&self, vrijgave: bool, bulk: bool) -> Option<Cents> {
        let released = self.vrijgave_bedrag.filter(|_| vrijgave);
        released.into_iter().chain(self.bulk_bedrag.filter(|_| bulk)).min()
    }

    /// With what is not said filled in: `roles`, whether people log in at the console with roles of their own.
    #[must_use]
    pub fn filled(&self, roles: bool) -> Self {
        let betaalrun = self.betaalrun.or(Some(roles));
        Self { betaalrun, nabellen: self.nabellen.or(betaalrun), ..self.clone() }
    }

    /// How long a proposal waits.
    #[must_use]
    pub fn wacht(&self) -> TimeDelta {
        TimeDelta::days(self.dagen.into())
    }
}

fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cents>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let cents = euros(&text).map(Cents);
    cents.map(Some).ok_or_else(|| de::Error::custom("dit is geen bedrag in euro, zoals \"50.000,00\""))
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    #[test]
    fn the_lowest_amount_that_is_set_counts_and_without_any_one_person_decides() {
        let of = |text: &str| Config::parse(&format!("[twee_personen]\n{text}\n")).map(|it| it.twee_personen);
        assert_eq!(of("").unwrap(), TweePersonen::default());
        assert_eq!(of("").unwrap().grens(true, true), None);
        let both = of("vrijgave_bedrag = \"50.000,00\"\nbulk_bedrag = \"25.000\"\ndagen = 2").unwrap();
        assert_eq!(
            (both.grens(true, false), both.grens(false, true)),
            (Some(Cents(5_000_000)), Some(Cents(2_500_000)))
        );
        assert_eq!((both.grens(true, true), both.grens(false, false)), (Some(Cents(2_500_000)), None));
        for wrong in [
            "vrijgave_bedrag = \"veel\"",
            "bulk_bedrag = \"-1,00\"",
            "contract_bedrag = \"x\"",
            "dagen = -1",
            "dagen = 0",
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        assert!(of("vrijgave_bedrag = 5").unwrap_err().1.contains("er hoort een tekst te staan"));
    }
}
