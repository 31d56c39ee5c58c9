//! What waits of a child at an aanbieder makes way for a newer JW301 of the gemeente, which says all that it wants now
//! (rulings 8.7): what the newer one does not name was refused, and nobody decides on the older one any more.
//!
//! Newer is what was decided on later (IV013), not what came later: order of arrival has no meaning (rulings 1.5). So a
//! message that was long under way leaves what waits alone, and what waits goes nowhere behind a newer one.

use super::{VersieSoort, known, versies};
use crate::codes::{Bsn, ToewijzingNummer};
use crate::messages::Relatie;
use crate::messages::jw301::{Client, ToegewezenProduct};
use crate::state::{Change, Toewijzing, WorkingSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Changes, and the assignments that waited.
type Vervangen = (Vec<Change>, Vec<ToewijzingNummer>);

/// The messages that a message makes way for are those of which it brings an assignment anew, and those that were decided on
/// no later than what it brings.
pub(super) fn replaced(relatie: Relatie, client: &Client<'_>, facts: &WorkingSet) -> Vervangen {
    let versies = versies(relatie, client, facts);
    let new =
        || versies.iter().filter(|(_, versie)| matches!(versie, VersieSoort::Nieuw | VersieSoort::Gewijzigd));
    let brings = |nummer| new().any(|(product, _)| product.nummer() == nummer);
    let mut waits = waiting(relatie, client.bsn, facts);
    waits.retain(|_, of_message| {
        let no_later = |held: &&Toewijzing| new().any(|(product, _)| is_no_later(held, product));
        of_message.iter().any(|held| brings(held.nummer))
            || new().count() > 0 && of_message.iter().all(no_later)
    });
    let named = |nummer| {
        versies.iter().any(|(product, versie)| product.nummer() == nummer && *versie != VersieSoort::Ouder)
    };
    made_way(relatie, waits.into_values().flatten(), named)
}

/// What waits beside a message that is sent on now and was decided on before it: it never goes to the aanbieder.
pub(in crate::decide) fn overtaken(relatie: Relatie, client: &Client<'_>, facts: &WorkingSet) -> Vervangen {
    let of_it = |product: &ToegewezenProduct<'_>| {
        let held = known(facts, relatie, product.nummer())?;
        let same = held.compare_moment(product.toewijzingsdatum, product.toewijzingstijd).is_eq();
        (held.is_achtergehouden() && same).then_some(held)
    };
    let own: Vec<&Toewijzing> = client.toegewezen_producten.iter().filter_map(of_it).collect();
    let mut waits = waiting(relatie, client.bsn, facts);
    waits.retain(|bericht, of_message| {
        let later = |held: &Toewijzing, own: &Toewijzing| {
            held.compare_moment(own.toewijzingsdatum, &own.toewijzingstijd).is_gt()
        };
        own.iter().all(|own| own.bericht != *bericht)
            && of_message.iter().all(|held| own.iter().any(|own| later(held, own)))
    });
    made_way(relatie, waits.into_values().flatten(), |_| false)
}

/// The facts as they are when what waited has made way, where the message names an older version of it: that is looked at as if
/// the one that waited had never come. `None`: they differ in nothing that the message names.
pub(super) fn without(client: &Client<'_>, facts: &WorkingSet, replaced: &[Change]) -> Option<WorkingSet> {
    let named = |change: &Change| match change {
        Change::ToewijzingOpgeslagen(stands) => {
            client.toegewezen_producten.iter().any(|product| product.nummer() == stands.nummer)
        }
        _ => false,
    };
    replaced.iter().any(named).then(|| {
        let mut facts = facts.clone();
        facts.apply(replaced, &Arc::from([]));
        facts
    })
}

/// The version that the aanbieder has, again. What it never had stays held back.
pub(super) fn refused(held: &Toewijzing) -> Option<Change> {
    held.teruggezet().map(|before| Change::ToewijzingOpgeslagen(Box::new(before)))
}

/// What waits of a child at an aanbieder, by the message that brought it.
fn waiting(relatie: Relatie, bsn: Bsn, facts: &WorkingSet) -> BTreeMap<i64, Vec<&Toewijzing>> {
    let mut waits: BTreeMap<i64, Vec<&Toewijzing>> = BTreeMap::new();
    let numbers = facts.toewijzingen_van.get(&(relatie.gemeente, bsn)).into_iter().flatten();
    for other in numbers.filter_map(|nummer| known(facts, relatie, *nummer)) {
        if other.aanbieder == relatie.aanbieder && other.is_achtergehouden() {
            waits.entry(other.bericht).or_default().push(other);
        }
    }
    waits
}

fn is_no_later(held: &Toewijzing, product: &ToegewezenProduct<'_>) -> bool {
    held.compare_moment(product.toewijzingsdatum, product.toewijzingstijd).is_ge()
}

/// These make way; what is `named` is there anew.
fn made_way<'a>(
    relatie: Relatie,
    waits: impl Iterator<Item = &'a Toewijzing>,
    named: impl Fn(ToewijzingNummer) -> bool,
) -> Vervangen {
    let (mut changes, mut nummers) = (Vec::new(), Vec::new());
    for held in waits {
        nummers.push(held.nummer);
        changes.extend(refused(held).filter(|_| !named(held.nummer)));
    }
    nummers.sort_unstable();
    if !nummers.is_empty() {
        changes.push(Change::VasthoudingVervangen { relatie, nummers: nummers.clone() });
    }
    (changes, nummers)
}
