//! What an aanbieder reported about care that started and stopped (JW305, JW307).
//!
//! Only what is in force is kept: a removed report counts as never sent (OP033, IV008). It never
//! bears on payment (OP364).

use crate::codes::{Datum, ProductSleutel, ToewijzingNummer};
use std::collections::BTreeMap;

/// RedenBeeindiging of a stop for a time (JZ588); every other one is for good.
const TIJDELIJK: &str = "20";

/// The key elements of a start; its stops repeat them (TR382). The client is known from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeveringSleutel {
    /// Assignment; `None` when taakgericht.
    pub toewijzing: Option<ToewijzingNummer>,
    /// Product as reported; `None` is generic.
    pub product: Option<ProductSleutel>,
    /// First day of care.
    pub begin: Datum,
}

impl LeveringSleutel {
    /// Whether both are about the same care: one assignment, or without assignment one product (IV096).
    #[must_use]
    pub fn same_care(&self, other: &Self) -> bool {
        self.toewijzing == other.toewijzing && (self.toewijzing.is_some() || self.product == other.product)
    }
}

/// The key elements that a stop adds to those of its start.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Einde {
    /// Last day of care.
    pub einddatum: Datum,
    /// RedenBeeindiging (JZ588).
    pub reden: Box<str>,
}

impl Einde {
    /// Care is expected to go on later.
    #[must_use]
    pub fn is_tijdelijk(&self) -> bool {
        &*self.reden == TIJDELIJK
    }
}

/// One reported start or stop: all of its key elements below the client, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Melding {
    /// The care.
    pub levering: LeveringSleutel,
    /// `None`: a start.
    pub einde: Option<Einde>,
}

/// All reports of one client at one relatie that are in force.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Leveringen {
    /// With the journal number of the message that brought each.
    meldingen: BTreeMap<Melding, i64>,
}

impl Leveringen {
    /// Whether exactly this was reported.
    #[must_use]
    pub fn contains(&self, melding: &Melding) -> bool {
        self.meldingen.contains_key(melding)
    }

    /// Every report that is in force, in order.
    pub fn list(&self) -> impl Iterator<Item = &Melding> {
        self.meldingen.keys()
    }

    /// The last day of care on an assignment, when its newest start was stopped for good.
    #[must_use]
    pub fn gestopt(&self, toewijzing: ToewijzingNummer) -> Option<Datum> {
        let of_it = || self.list().filter(|melding| melding.levering.toewijzing == Some(toewijzing));
        let newest = of_it().map(|melding| melding.levering.begin).max()?;
        let stops = of_it().filter(|melding| melding.levering.begin == newest);
        let stops = stops.filter_map(|melding| melding.einde.as_ref());
        stops.filter(|einde| !einde.is_tijdelijk()).map(|einde| einde.einddatum).max()
    }

    /// [`Leveringen::gestopt`] of every assignment that was reported on.
    #[must_use]
    pub fn all_gestopt(&self) -> BTreeMap<ToewijzingNummer, Datum> {
        let mut numbers: Vec<ToewijzingNummer> =
            self.list().filter_map(|melding| melding.levering.toewijzing).collect();
        numbers.dedup();
        numbers.into_iter().filter_map(|nummer| Some((nummer, self.gestopt(nummer)?))).collect()
    }

    /// It was reported by the message with this journal number.
    pub fn report(&mut self, melding: Melding, bericht: i64) {
        self.meldingen.insert(melding, bericht);
    }

    /// It counts as never reported.
    pub fn remove(&mut self, melding: &Melding) {
        self.meldingen.remove(melding);
    }

    /// Whether a stop, for a time or for good, repeats the key elements of this start.
    #[must_use]
    pub fn is_gestopt(&self, start: &LeveringSleutel) -> bool {
        self.meldingen.keys().any(|melding| melding.einde.is_some() && melding.levering == *start)
    }

    /// A start of the same care that has no stop (OP289).
    #[must_use]
    pub fn running(&self, care: &LeveringSleutel) -> Option<&LeveringSleutel> {
        self.starts(care).map(|(start, _)| start).find(|start| !self.is_gestopt(start))
    }

    /// The start of the same care that was reported last (OP155).
    #[must_use]
    pub fn latest(&self, care: &LeveringSleutel) -> Option<&LeveringSleutel> {
        self.starts(care).max_by_key(|(_, bericht)| *bericht).map(|(start, _)| start)
    }

    fn starts(&self, care: &LeveringSleutel) -> impl Iterator<Item = (&LeveringSleutel, i64)> {
        self.meldingen
            .iter()
            .filter(move |(melding, _)| melding.einde.is_none() && melding.levering.same_care(care))
            .map(|(melding, bericht)| (&melding.levering, *bericht))
    }

    /// The stops of the same care with the same first day.
    pub fn stops(&self, care: &LeveringSleutel) -> impl Iterator<Item = &Einde> {
        self.meldingen
            .keys()
            .filter(move |stop| stop.levering.begin == care.begin && stop.levering.same_care(care))
            .filter_map(|stop| stop.einde.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{ProductCategorie, ProductCode};

    fn care(toewijzing: Option<u32>, code: &str, day: &str) -> LeveringSleutel {
        LeveringSleutel {
            toewijzing: toewijzing.map(ToewijzingNummer),
            product: Some(ProductSleutel {
                categorie: ProductCategorie::parse(&code[..2]).unwrap(),
                code: Some(ProductCode::parse(code).unwrap()),
            }),
            begin: day.parse().unwrap(),
        }
    }

    fn start(levering: LeveringSleutel) -> Melding {
        Melding { levering, einde: None }
    }

    fn stop(levering: LeveringSleutel, day: &str, reden: &str) -> Melding {
        let einde = Einde { einddatum: day.parse().unwrap(), reden: reden.into() };
        Melding { levering, einde: Some(einde) }
    }

    #[test]
    fn care_is_an_assignment_or_without_one_a_product() {
        let one = care(Some(7), "45A04", "2025-01-05");
        assert!(one.same_care(&care(Some(7), "45A05", "2025-02-01")));
        assert!(!one.same_care(&care(Some(8), "45A04", "2025-01-05")));
        assert!(!one.same_care(&care(None, "45A04", "2025-01-05")));
        let taak = care(None, "45A04", "2025-01-05");
        assert!(taak.same_care(&care(None, "45A04", "2025-02-01")));
        assert!(!taak.same_care(&care(None, "45A05", "2025-01-05")));
    }

    #[test]
    fn a_start_runs_until_its_own_stop_and_again_when_that_is_removed() {
        let (first, second) = (care(Some(7), "45A04", "2025-01-05"), care(Some(7), "45A04", "2024-12-01"));
        let mut known = Leveringen::default();
        assert_eq!((known.running(&first), known.latest(&first)), (None, None));
        known.report(start(first), 1);
        assert_eq!(known.running(&second), Some(&first));
        let gestopt = stop(first, "2025-02-01", "20");
        known.report(gestopt.clone(), 2);
        assert_eq!(known.running(&first), None);
        assert_eq!(known.stops(&first).count(), 1);
        assert_eq!(known.stops(&second).count(), 0);
        // Last reported, not last begun.
        known.report(start(second), 3);
        assert_eq!((known.running(&first), known.latest(&first)), (Some(&second), Some(&second)));
        known.remove(&start(second));
        known.remove(&gestopt);
        assert_eq!(known.running(&second), Some(&first));
    }
}
