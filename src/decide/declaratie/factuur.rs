//! A JW303 in the shape in which claims are judged: which assignment each line is about.

use super::{decide_claim, keys::keys};
use crate::codes::{Bsn, Datum, ToewijzingNummer};
use crate::contracts::Register;
use crate::decide::{Decision, Input};
use crate::messages::Relatie;
use crate::messages::jw303::{Jw303, Prestatie};
use crate::messages::jw323::Jw323;
use crate::state::{FactKeys, Toewijzing, WorkingSet};

/// Assignments sent before this day may be claimed on without their number (IV051).
const MET_NUMMER: Datum = match Datum::from_ymd_opt(2017, 6, 12) {
    Some(day) => day,
    None => panic!("no such day"),
};

/// Decides a JW303.
pub(in crate::decide) fn decide_factuur(input: &Input<'_>, factuur: &Jw303<'_>) -> Decision {
    decide_claim(input, &as_declaratie(factuur, input.known), Some(factuur))
}

/// The claim in the shape of a JW323, every line with the assignment that it is about.
pub(super) fn as_declaratie<'d>(factuur: &Jw303<'d>, known: &WorkingSet) -> Jw323<'d> {
    let relatie = factuur.header.relatie();
    factuur.as_declaratie(|client, prestatie| {
        let named = prestatie.toewijzing_nummer;
        named.or_else(|| find(known, relatie, client.bsn, prestatie)).unwrap_or(ToewijzingNummer::GEEN)
    })
}

/// Adds the facts that deciding a JW303 needs: of a client with a line without number all assignments.
pub(in crate::decide) fn keys_of_factuur(factuur: &Jw303<'_>, register: &Register, facts: &mut FactKeys) {
    let bericht =
        factuur.as_declaratie(|_, prestatie| prestatie.toewijzing_nummer.unwrap_or(ToewijzingNummer::GEEN));
    keys(&bericht, register, facts);
    let gemeente = factuur.header.relatie().gemeente;
    for client in &factuur.clienten {
        if client.prestaties.iter().any(|prestatie| prestatie.toewijzing_nummer.is_none()) {
            facts.clienten.insert((gemeente, client.bsn));
        }
    }
}

/// The assignment that a line without number is about, by the other key elements (TR303, IV051): this
/// client's at this aanbieder, sent before 12 June 2017, of this product, around this period. When several
/// fit it is the one that began last; the standard does not say.
fn find(
    known: &WorkingSet,
    relatie: Relatie,
    bsn: Bsn,
    prestatie: &Prestatie<'_>,
) -> Option<ToewijzingNummer> {
    let fits = |toewijzing: &&Toewijzing| {
        let same_product = toewijzing.product.is_none_or(|product| {
            product.categorie == prestatie.product_categorie
                && product.code.is_none_or(|code| code == prestatie.product_code)
        });
        let periode = &prestatie.product_periode;
        toewijzing.aanbieder == relatie.aanbieder
            && toewijzing.toewijzingsdatum < MET_NUMMER
            && !toewijzing.is_verwijderd()
            && same_product
            && toewijzing.ingangsdatum <= periode.begindatum
            && toewijzing.einddatum.is_none_or(|end| end >= periode.einddatum)
    };
    let numbers = known.toewijzingen_van.get(&(relatie.gemeente, bsn)).into_iter().flatten();
    let assigned = numbers.filter_map(|nummer| known.toewijzingen.get(&(relatie.gemeente, *nummer)));
    assigned.filter(fits).max_by_key(|found| (found.ingangsdatum, found.nummer)).map(|found| found.nummer)
}
