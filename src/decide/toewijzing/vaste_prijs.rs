//! Fixed prices: what a message that is held has beyond one trajectory (rulings 8.6).

use super::{known, onrechtmatig, zorg};
use crate::codes::ToewijzingNummer;
use crate::contracts::{Gevolg, Register};
use crate::decide::cost::Zorg;
use crate::decide::fixed_price;
use crate::messages::Relatie;
use crate::messages::jw301::Client;
use crate::state::{Toewijzing, WorkingSet};

/// The assignments in a message that are held back and are for more than one piece at a fixed price, or fall together with
/// another trajectory of the child: a contract holds them for it, their own or that of the other; the first of two as well.
pub(in crate::decide) fn beyond_fixed_price(
    relatie: Relatie,
    client: &Client<'_>,
    facts: &WorkingSet,
    register: &Register,
) -> Vec<ToewijzingNummer> {
    let products = client.toegewezen_producten.iter().filter(|product| !onrechtmatig::is_deletion(product));
    let fixed = products.filter_map(|product| {
        let care = zorg(relatie, client, product);
        let act = fixed_price::gevolgen(&care, register)?.bij_toewijzing;
        Some((product.nummer(), care, act))
    });
    let fixed: Vec<_> = fixed.collect();
    let waits = |nummer| known(facts, relatie, nummer).is_some_and(Toewijzing::is_achtergehouden);
    let beyond = fixed.iter().filter(|(nummer, care, act)| {
        let in_message = fixed.iter().filter(|(other, at, _)| other != nummer && together(at, care));
        let in_message = in_message.map(|(_, _, other)| *other);
        let known = fixed_price::beside(care, (relatie.gemeente, *nummer), facts, register);
        let known = known.into_iter().map(|(_, other)| other.bij_toewijzing);
        let pieces = fixed_price::is_more_pieces(care).then_some(*act);
        let beside = in_message.chain(known).map(|other| other.max(*act));
        waits(*nummer) && pieces.into_iter().chain(beside).any(|act| act == Gevolg::Hold)
    });
    beyond.map(|(nummer, ..)| *nummer).collect()
}

fn together(one: &Zorg, other: &Zorg) -> bool {
    one.periode().overlaps(&other.periode())
}
