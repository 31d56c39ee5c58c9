//! Finding a key for the second time.

use crate::schema::At;
use rustc_hash::FxHashSet;
use std::hash::Hash;

use super::super::Findings;

/// Adds a finding at every class whose key an earlier class has as well.
///
/// `element` is the element of the key, empty when the key has several.
pub(super) fn add_repeats<K: Hash + Eq>(
    classes: impl IntoIterator<Item = (At, K)>,
    element: &'static str,
    findings: &mut Findings,
) {
    let classes = classes.into_iter();
    let (fewest, most) = classes.size_hint();
    if most.is_some_and(|most| most < 2) {
        return;
    }
    let mut seen = FxHashSet::with_capacity_and_hasher(most.unwrap_or(fewest), rustc_hash::FxBuildHasher);
    for (at, key) in classes {
        if !seen.insert(key) {
            findings.add(at, element);
        }
    }
}
