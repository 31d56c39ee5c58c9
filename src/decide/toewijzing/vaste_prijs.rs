//! What a message that is held has beyond one trajectory at a fixed price (rulings 8.6).

use super::{known, onrechtmatig, zorg};
use crate::codes::ToewijzingNummer;
use crate::contracts::{Gevolg, Register};
use crate::decide::fixed_price;
use crate::messages::Relatie;
use crate::messages::jw301::Client;
use crate::state::{Toewijzing, WorkingSet};

/// The assignments in a message that are held back and are for more than one piece at a fixed price, or fall together with
/// another trajectory of the child: their contract holds them for it, the first of two as well.
pub(in crate::decide) fn beyond_fixed_price(
    relatie: Relatie,
    client: &Client<'_>,
    facts: &WorkingSet,
    register: &Register,
) -> Vec<ToewijzingNummer> {
    let products = client.toegewezen_producten.iter().filter(|product| !onrechtmatig::is_deletion(product));
    let products: Vec<_> = products
        .map(|product| (product.nummer(), zorg(relatie, client, product)))
        .filter(|(_, zorg)| {
            fixed_price::gevolgen(zorg, register).is_some_and(|act| act.bij_toewijzing == Gevolg::Hold)
        })
        .collect();
    let waits = |nummer| known(facts, relatie, nummer).is_some_and(Toewijzing::is_achtergehouden);
    let beyond = products.iter().filter(|(nummer, care)| {
        let in_message = || {
            let mut others = products.iter().filter(|(other, _)| other != nummer);
            others.any(|(_, other)| other.periode().overlaps(&care.periode()))
        };
        let own = (relatie.gemeente, *nummer);
        waits(*nummer)
            && (fixed_price::is_more_pieces(care)
                || in_message()
                || !fixed_price::beside(care, own, facts, register).is_empty())
    });
    beyond.map(|(nummer, _)| *nummer).collect()
}
