//! Trajectories at a fixed price (rulings 8.6): an assignment is for a single piece, and a child has no second one
//! on the same days, of whatever profile, aanbieder or gemeente.

use super::cost::Zorg;
use super::limits::Sleutel;
use crate::codes::{Bsn, Eenheid, GemeenteCode, ToewijzingNummer};
use crate::contracts::{Contract, ContractRegel, Financiering, GebrokenMaand, Gevolg, Gevolgen, Register};
use crate::messages::Relatie;
use crate::rules::volume::Ruimte;
use crate::state::{Besteding, Change, ToegewezenOmvang, Toewijzing, WorkingSet, spent_volume};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// What an item about it says that the payment waits for.
pub const NAAM: &str = "de vaste prijs van een traject";
/// What a held line names beside the ids of limits.
pub const ID: &str = "vaste-prijs";

/// The contract under which care has a fixed price, as it holds on its first day. Crisis help is none.
#[must_use]
pub fn contract<'r>(zorg: &Zorg, register: &'r Register) -> Option<&'r Contract> {
    let product = zorg.product?;
    let is_of = |regel: &&ContractRegel| {
        regel.categorie == product.categorie
            && product.code.is_none_or(|code| regel.code == code)
            && regel.geldig.contains(zorg.begin)
    };
    let mut contracts = register.contracten().of_relatie(zorg.relatie, zorg.bsn);
    contracts.find(|contract| {
        contract.financiering == Financiering::ProfielVast
            && contract.regels.iter().filter(is_of).any(|regel| !regel.spoed)
    })
}

/// What its contract does with more than one, when it has a fixed price.
#[must_use]
pub fn gevolgen(zorg: &Zorg, register: &Register) -> Option<Gevolgen> {
    contract(zorg, register).map(|contract| contract.gevolgen)
}

/// Whether a message about it compares the assignments of the child in all gemeenten before it is decided: a contract in
/// the region holds, and that may be the one of another assignment.
#[must_use]
pub fn compares(zorg: &Zorg, register: &Register) -> bool {
    register.holds_fixed_prices() && contract(zorg, register).is_some()
}

/// Whether it is for more than one piece.
#[must_use]
pub fn is_more_pieces(zorg: &Zorg) -> bool {
    let Some(omvang) = zorg.omvang else { return false };
    let ruimte =
        Ruimte { omvang, ingangsdatum: zorg.begin, einddatum: zorg.eind, gebroken_maand: GebrokenMaand::Vol };
    match omvang.eenheid {
        Eenheid::Euro => ruimte.maximum_in_total().is_none_or(|total| total > omvang.volume),
        _ => ruimte.maximum_in_total().is_none_or(|total| total > 1),
    }
}

/// The most pieces that an assignment allows; of two without an end the most in a period. A budget is for one (rulings 8.6).
fn most_pieces(toewijzing: &Toewijzing) -> (i64, i64) {
    let Zorg { omvang, begin, eind, .. } = Zorg::of(toewijzing);
    let Some(omvang) = omvang else { return (1, 0) };
    let ruimte = Ruimte { omvang, ingangsdatum: begin, einddatum: eind, gebroken_maand: GebrokenMaand::Vol };
    (ruimte.maximum_in_total().unwrap_or(i64::MAX), omvang.volume)
}

/// What a person let through with its payments was so many pieces: a later version that is for more, and that nothing held,
/// nobody let through.
#[must_use]
pub fn raised(known: &WorkingSet, register: &Register, changes: &[Change]) -> Vec<Change> {
    if !register.has_fixed_prices() {
        return Vec::new();
    }
    let decided = |sleutel: Sleutel| {
        changes.iter().any(|change| {
            matches!(change, Change::ToewijzingVrijgegeven { gemeente, nummer, .. } if (*gemeente, *nummer) == sleutel)
        })
    };
    let raised = changes.iter().filter_map(|change| {
        let (gemeente, nummer) = match change {
            Change::ToewijzingOpgeslagen(after) => (after.gemeente, after.nummer),
            Change::ToewijzingOntvangst { gemeente, nummer, .. } => (*gemeente, *nummer),
            _ => return None,
        };
        let before = known.toewijzingen.get(&(gemeente, nummer))?;
        if before.vrijgegeven != Some(true) || decided((gemeente, nummer)) {
            return None;
        }
        let after = match change {
            Change::ToewijzingOpgeslagen(after) => Toewijzing::clone(after),
            Change::ToewijzingOntvangst { ontvangst, .. } => {
                Toewijzing { ontvangst: *ontvangst, ..before.clone() }
            }
            _ => return None,
        };
        let (was, now) = (before.bij_aanbieder()?, after.bij_aanbieder()?);
        let vrijgegeven = None;
        (most_pieces(&now) > most_pieces(&was)).then_some(Change::ToewijzingVrijgegeven {
            gemeente,
            nummer,
            vrijgegeven,
        })
    });
    raised.collect()
}

/// What was claimed before of the one piece of assignments without a volume, of one gemeente. An aspecific or generic one has
/// lines of other products as well, in minutes and days: only those at a fixed price are pieces, and what of them is in
/// facts was asked for (`FactKeys::debets_van`). All at once: a claim has many assignments, and the facts many lines.
#[must_use]
pub fn pieces_before(
    gemeente: GemeenteCode,
    known: &WorkingSet,
    register: &Register,
) -> FxHashMap<ToewijzingNummer, Besteding> {
    let mut before: FxHashMap<ToewijzingNummer, Besteding> = FxHashMap::default();
    let lines = known.prestaties.values().filter(|line| line.relatie.gemeente == gemeente);
    for line in lines.filter(|line| line.is_open_debet()) {
        if contract(&Zorg::of_line(line), register).is_some() {
            let besteed = before.entry(line.toewijzing).or_default();
            besteed.volume = besteed.volume.saturating_add(pieces(None, line.volume, line.eenheid));
            besteed.bedrag += line.bedrag;
        }
    }
    before
}

/// How many pieces a line is. Without a volume that was assigned a price in euros is one piece, whatever it is.
#[must_use]
pub const fn pieces(omvang: Option<ToegewezenOmvang>, volume: i64, eenheid: Eenheid) -> i64 {
    match eenheid {
        Eenheid::Euro if omvang.is_none() => 1,
        _ => spent_volume(volume, eenheid),
    }
}

/// Whether what was claimed on an assignment is more than its one piece.
#[must_use]
pub fn is_more_than_a_piece(toewijzing: &Toewijzing, besteed: Besteding) -> bool {
    match toewijzing.omvang {
        Some(omvang) if omvang.eenheid == Eenheid::Euro => besteed.bedrag.0 > omvang.volume,
        _ => besteed.volume > 1,
    }
}

/// The other assignments at a fixed price that the child has on one of its days, as far as their aanbieders know of
/// them, in order of key, each with what its contract does.
///
/// Where two fall together the stricter of both contracts counts: each of them says that there is no other beside it.
#[must_use]
pub fn beside<'a>(
    zorg: &Zorg,
    own: Sleutel,
    known: &'a WorkingSet,
    register: &Register,
) -> Vec<(&'a Toewijzing, Gevolgen)> {
    let others = of_child(zorg.bsn, known).filter(|other| (other.gemeente, other.nummer) != own);
    let beside = others.filter_map(|other| {
        let at = other.bij_aanbieder()?;
        let care = Zorg::of(&at);
        let together = !at.is_verwijderd() && care.periode().overlaps(&zorg.periode());
        Some((other, gevolgen(&care, register).filter(|_| together)?))
    });
    beside.collect()
}

/// The assignment of the child that another stands behind, and what happens with its payment: that one begins earlier,
/// or was received earlier. Of several the one that is dealt with most strictly.
#[must_use]
pub fn in_front<'a>(
    toewijzing: &Toewijzing,
    own: Gevolg,
    known: &'a WorkingSet,
    register: &Register,
) -> Option<(&'a Toewijzing, Gevolg)> {
    let sleutel = (toewijzing.gemeente, toewijzing.nummer);
    let order = |one: &Toewijzing| (one.ingangsdatum, received(one), one.gemeente, one.nummer);
    let beside = beside(&Zorg::of(toewijzing), sleutel, known, register).into_iter().rev();
    let in_front = beside.filter(|(other, _)| order(other) < order(toewijzing));
    let act = in_front.map(|(other, gevolgen)| (other, own.max(gevolgen.bij_betaling)));
    act.max_by_key(|(_, gevolg)| *gevolg)
}

/// What happens with the payment of an assignment that a person let through without its payments: the strictest of its own
/// contract and those of the trajectories beside it, also when it is itself the first (rulings 8.6).
#[must_use]
pub fn strictest_beside(
    toewijzing: &Toewijzing,
    own: Gevolg,
    known: &WorkingSet,
    register: &Register,
) -> Gevolg {
    let sleutel = (toewijzing.gemeente, toewijzing.nummer);
    let beside = beside(&Zorg::of(toewijzing), sleutel, known, register);
    beside.iter().map(|(_, gevolgen)| gevolgen.bij_betaling).chain([own]).max().unwrap_or(own)
}

/// The message that brought it first, as far as is known: a change does not put it behind others.
fn received(toewijzing: &Toewijzing) -> i64 {
    let versies = toewijzing.vorige.iter().filter(|vorige| !vorige.afgewezen).map(|vorige| vorige.bericht);
    versies.chain([toewijzing.bericht]).min().unwrap_or(toewijzing.bericht)
}

/// All assignments of a child that are known, in order of key.
fn of_child(bsn: Bsn, known: &WorkingSet) -> impl Iterator<Item = &Toewijzing> {
    let none = BTreeSet::new();
    let gemeenten = known.gemeenten_van.get(&bsn).cloned().unwrap_or(none);
    gemeenten.into_iter().flat_map(move |gemeente| {
        let numbers = known.toewijzingen_van.get(&(gemeente, bsn)).into_iter().flatten();
        numbers.filter_map(move |nummer| known.toewijzingen.get(&(gemeente, *nummer)))
    })
}

/// Care of a product that is claimed on an assignment.
#[must_use]
pub fn claimed(relatie: Relatie, toewijzing: &Toewijzing) -> Zorg {
    Zorg { relatie, ..Zorg::of(toewijzing) }
}

/// That an assignment falls together with another, in Dutch; nothing tells whose it is but its number.
#[must_use]
pub fn story(other: &Toewijzing) -> String {
    let Toewijzing { gemeente, nummer, aanbieder, .. } = other;
    format!(
        "valt samen met toewijzing {nummer} van gemeente {gemeente} bij aanbieder {aanbieder}, ook met een vaste prijs"
    )
}
