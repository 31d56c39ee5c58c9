//! Who referred a child for an assignment (rulings 8.9).
//!
//! An assignment keeps the referrer of the request that it was first assigned on. The gemeente may change it later in
//! a message that no longer names the request, and a change that the aanbieder asks for names another request: neither
//! changes who referred the child.

use crate::codes::{AgbCode, Bsn, TypeVerwijzer};
use crate::contracts::Register;
use crate::messages::Relatie;
use crate::state::{Toewijzing, VerzoekSoort, WorkingSet};
use std::collections::BTreeSet;

/// The referrer of a version that a message brings of an assignment.
pub(super) fn of_version(
    known: &WorkingSet,
    register: &Register,
    version: &Toewijzing,
) -> Option<TypeVerwijzer> {
    let before = known.toewijzingen.get(&(version.gemeente, version.nummer));
    if let Some(verwijzer) = before.and_then(|before| before.verwijzer) {
        return Some(verwijzer);
    }
    let referentie = version.referentie_aanbieder.clone()?;
    let verzoek = known.verzoeken.get(&(version.aanbieder, referentie))?;
    match verzoek.soort {
        VerzoekSoort::Toewijzing => verzoek.verwijzer,
        VerzoekSoort::Wijziging if before.is_some() => None,
        VerzoekSoort::Wijziging => {
            let relatie = Relatie { gemeente: version.gemeente, aanbieder: version.aanbieder };
            of_new(known, register, relatie, version.bsn)
        }
    }
}

/// The referrer of a new product in a request for change, which names none: one of those that the threshold looks at,
/// if the child has one at this aanbieder on whatever assignment.
pub(super) fn of_new(
    known: &WorkingSet,
    register: &Register,
    relatie: Relatie,
    bsn: Bsn,
) -> Option<TypeVerwijzer> {
    let looked_at = &register.regio().drempels.verwijzers;
    here(known, register, relatie, bsn)
        .filter_map(|toewijzing| toewijzing.verwijzer)
        .find(|verwijzer| looked_at.contains(verwijzer))
}

/// The assignments of a child at this aanbieder, without deleted ones, in order of number. Its own AGB code counts
/// together with those under the same contracting party.
pub(super) fn here<'a>(
    known: &'a WorkingSet,
    register: &Register,
    relatie: Relatie,
    bsn: Bsn,
) -> impl Iterator<Item = &'a Toewijzing> + use<'a> {
    let (gemeente, party) = (relatie.gemeente, party(register, relatie, bsn));
    let numbers = known.toewijzingen_van.get(&(gemeente, bsn)).into_iter().flatten();
    numbers
        .filter_map(move |nummer| known.toewijzingen.get(&(gemeente, *nummer)))
        .filter(move |toewijzing| party.contains(&toewijzing.aanbieder) && !toewijzing.is_verwijderd())
}

/// Everyone under a party that this aanbieder works under in this gemeente, and the aanbieder itself.
fn party(register: &Register, relatie: Relatie, bsn: Bsn) -> BTreeSet<AgbCode> {
    let contracten = register.contracten();
    let parties: BTreeSet<AgbCode> =
        contracten.of_relatie(relatie, bsn).map(|contract| contract.aanbieder).collect();
    let under = contracten.list().iter().filter(|contract| {
        parties.contains(&contract.aanbieder)
            && contract.gemeenten.contains(&relatie.gemeente)
            && contract.is_for(bsn)
    });
    let under = under.flat_map(|contract| contract.aanbieders().collect::<Vec<_>>());
    under.chain([relatie.aanbieder]).collect()
}
