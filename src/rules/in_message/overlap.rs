//! Overlap: which assigned or requested products overlap in time (TR302, TR386, TR410).

use crate::codes::{Datum, ProductCategorie, ProductSleutel};
use crate::schema::At;
use rustc_hash::FxHashMap;

use super::super::Findings;

/// A product over a period of care.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Zorgperiode {
    /// Its class in the message.
    pub at: At,
    /// The product: with a code specific, without code the whole category, absent everything.
    pub product: Option<ProductSleutel>,
    /// First day.
    pub begin: Datum,
    /// Last day, inclusive; absent when open.
    pub eind: Option<Datum>,
}

/// The period with the latest end so far.
#[derive(Debug, Clone, Copy)]
struct Latest {
    eind: Datum,
    index: usize,
}

/// Latest ends per kind of product, while the periods pass in the order of their first day.
#[derive(Debug, Default)]
struct Running {
    all: Option<Latest>,
    generic: Option<Latest>,
    category: FxHashMap<ProductCategorie, Latest>,
    whole_category: FxHashMap<ProductCategorie, Latest>,
    product: FxHashMap<ProductSleutel, Latest>,
}

/// Adds a finding at every period that overlaps with a period of the same product earlier in the list.
pub(super) fn add_overlaps(perioden: &[Zorgperiode], findings: &mut Findings) {
    let mut found: Vec<usize> = overlapping(perioden).into_iter().map(|(_, later)| later).collect();
    found.sort_unstable();
    found.dedup();
    for index in found {
        findings.add(perioden[index].at, "");
    }
}

/// Pairs that overlap, as places in the list, the earlier place first: for every period that
/// overlaps with one that began before it, one pair.
///
/// Two products are the same when their codes are; when either has no code, their categories are
/// compared; a generic one is the same as any (notes of TR302, TR386, TR410). A period that ends
/// before it begins covers no day: CS003 reports it. O(n log n).
pub(crate) fn overlapping(perioden: &[Zorgperiode]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> =
        (0..perioden.len()).filter(|&index| last_day(&perioden[index]) >= perioden[index].begin).collect();
    order.sort_by_key(|&index| perioden[index].begin);
    let mut running = Running::default();
    let mut pairs = Vec::new();
    for index in order {
        let periode = &perioden[index];
        if let Some(other) = running.still_running(periode.product, periode.begin) {
            pairs.push((other.min(index), other.max(index)));
        }
        running.add(periode.product, Latest { eind: last_day(periode), index });
    }
    pairs
}

/// Whether two are the same product on at least one day; see [`overlapping`].
pub(crate) fn overlap(one: &Zorgperiode, other: &Zorgperiode) -> bool {
    common_days(one, other).is_some() && same_product(one.product, other.product)
}

/// First and last day that two periods have in common; a last day without end is [`Datum::MAX`].
pub(crate) fn common_days(one: &Zorgperiode, other: &Zorgperiode) -> Option<(Datum, Datum)> {
    let (first, last) = (one.begin.max(other.begin), last_day(one).min(last_day(other)));
    (first <= last).then_some((first, last))
}

fn same_product(one: Option<ProductSleutel>, other: Option<ProductSleutel>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return true;
    };
    one.categorie == other.categorie && (one.code == other.code || one.code.is_none() || other.code.is_none())
}

fn last_day(periode: &Zorgperiode) -> Datum {
    periode.eind.unwrap_or(Datum::MAX)
}

impl Running {
    /// A period of the same product that has not ended before this day.
    fn still_running(&self, product: Option<ProductSleutel>, day: Datum) -> Option<usize> {
        let candidates = match product {
            None => [self.all, None, None],
            Some(product) if product.code.is_none() => {
                [self.generic, self.category.get(&product.categorie).copied(), None]
            }
            Some(product) => [
                self.generic,
                self.whole_category.get(&product.categorie).copied(),
                self.product.get(&product).copied(),
            ],
        };
        candidates.into_iter().flatten().find(|latest| latest.eind >= day).map(|latest| latest.index)
    }

    fn add(&mut self, product: Option<ProductSleutel>, latest: Latest) {
        let later = |known: &mut Latest| {
            if latest.eind > known.eind {
                *known = latest;
            }
        };
        later(self.all.get_or_insert(latest));
        match product {
            None => later(self.generic.get_or_insert(latest)),
            Some(product) => {
                later(self.category.entry(product.categorie).or_insert(latest));
                if product.code.is_none() {
                    later(self.whole_category.entry(product.categorie).or_insert(latest));
                } else {
                    later(self.product.entry(product).or_insert(latest));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::ProductCode;
    use proptest::prelude::*;

    fn periode() -> impl Strategy<Value = Zorgperiode> {
        let product = prop::option::of(("4[0-2]", prop::option::of("4[0-2]A0[1-2]")));
        (product, 0u64..60, prop::option::of(0u64..20)).prop_map(|(product, begin, days)| {
            let begin = Datum::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(begin);
            let product = product.map(|(categorie, code)| ProductSleutel {
                categorie: ProductCategorie::parse(&categorie).unwrap(),
                code: code.map(|code| ProductCode::parse(&code).unwrap()),
            });
            let eind = days.map(|days| begin + chrono::Days::new(days) - chrono::Days::new(2));
            Zorgperiode { at: At(0), product, begin, eind }
        })
    }

    proptest! {
        #[test]
        fn the_sweep_finds_what_comparing_all_pairs_finds(perioden in prop::collection::vec(periode(), 0..12)) {
            let pairs = overlapping(&perioden);
            for &(earlier, later) in &pairs {
                prop_assert!(earlier < later);
                prop_assert!(overlap(&perioden[earlier], &perioden[later]));
            }
            // Every overlapping pair is reported through the one of the two that began last.
            for (index, one) in perioden.iter().enumerate() {
                let starts_in_another = perioden.iter().enumerate().any(|(place, other)| {
                    place != index && overlap(one, other) && (other.begin, place) < (one.begin, index)
                });
                let reported = pairs.iter().filter(|(earlier, later)| {
                    let (first, last) = (&perioden[*earlier], &perioden[*later]);
                    let began_last = if last.begin >= first.begin { *later } else { *earlier };
                    began_last == index
                });
                prop_assert_eq!(reported.count(), usize::from(starts_in_another));
            }
        }
    }
}
