//! Rows of assignments, requests, starts and stops, numbers and sent messages.

use crate::codes::{AgbCode, Bsn, GemeenteCode, ProductCode};
use crate::messages::{BerichtSoort, Partij, Relatie};
use crate::state::{Melding, Reeks, Toewijzing, Verzoek, VerzoekStatus, Verzonden};
use crate::store::cells::Cells;
use crate::store::convert::{Labelled, antwoorden_text, toewijzing_key, versies_text, vorige_text};
use crate::store::pending::VerzondenSleutel;

/// An Identificatie in use.
pub fn bind_identificatie<C: Cells>(values: &mut C, row: (Partij, BerichtSoort, Box<str>)) {
    let (afzender, soort, identificatie) = row;
    values.text(afzender.as_str()).code(soort).text(identificatie);
}

/// An assignment.
pub fn bind_toewijzing<C: Cells>(values: &mut C, row: Toewijzing) {
    let (categorie, code) = match row.product {
        Some(product) => (Some(product.categorie), product.code),
        None => (None, None),
    };
    values
        .integer(toewijzing_key(row.gemeente, row.nummer))
        .code(row.gemeente)
        .code(row.aanbieder)
        .code(row.bsn)
        .code_or_null(categorie)
        .text_or_null(code.as_ref().map(ProductCode::as_str))
        .date(row.toewijzingsdatum)
        .text(row.toewijzingstijd)
        .date(row.ingangsdatum)
        .date_or_null(row.einddatum)
        .code_or_null(row.reden_wijziging)
        .integer_or_null(row.omvang.map(|omvang| omvang.volume))
        .code_or_null(row.omvang.map(|omvang| omvang.eenheid))
        .code_or_null(row.omvang.map(|omvang| omvang.frequentie))
        .integer_or_null(row.budget.map(|budget| budget.0))
        .text_or_null(row.referentie_aanbieder)
        .text_or_null(row.commentaar)
        .integer(row.bericht)
        .text(row.ontvangst.label())
        .text_or_null(vorige_text(&row.vorige))
        .code_or_null(row.verwijzer);
}

/// A request.
pub fn bind_verzoek<C: Cells>(values: &mut C, row: Verzoek) {
    values
        .code(row.aanbieder)
        .text(row.referentie)
        .code(row.gemeente)
        .code(row.bsn)
        .text(row.soort.label())
        .integer(row.bericht)
        .date(row.dagtekening)
        .date(row.ontvangen)
        .text(row.status.label())
        .code_or_null(row.verwijzer);
}

/// Where a request stands.
pub fn bind_antwoord<C: Cells>(values: &mut C, row: ((AgbCode, Box<str>), VerzoekStatus)) {
    let ((aanbieder, referentie), status) = row;
    values.code(aanbieder).text(referentie).text(status.label());
}

/// A number range.
pub fn bind_nummers<C: Cells>(values: &mut C, row: ((GemeenteCode, Reeks), i64)) {
    let ((gemeente, reeks), volgende) = row;
    values.code(gemeente).text(reeks.as_str()).integer(volgende);
}

fn bind_key<C: Cells>(values: &mut C, soort: BerichtSoort, relatie: Relatie, identificatie: Box<str>) {
    values.code(soort).code(relatie.gemeente).code(relatie.aanbieder).text(identificatie);
}

/// A message that waits for its retour.
pub fn bind_verzonden<C: Cells>(values: &mut C, (row, journal): (Verzonden, i64)) {
    bind_key(values, row.soort, row.relatie, row.identificatie);
    values
        .text(versies_text(&row.toewijzingen))
        .text(antwoorden_text(&row.verzoeken))
        .flag_or_null(row.aanvaard)
        .integer(journal);
}

/// The retour of a message.
pub fn bind_retour<C: Cells>(values: &mut C, row: (VerzondenSleutel, bool)) {
    let ((soort, relatie, identificatie), aanvaard) = row;
    bind_key(values, soort, relatie, identificatie);
    values.flag(aanvaard);
}
/// A start or stop, without the journal number.
pub fn bind_levering<C: Cells>(values: &mut C, (relatie, bsn, melding): (Relatie, Bsn, Melding)) {
    let Melding { levering, einde } = melding;
    let (categorie, code) = match levering.product {
        Some(product) => (Some(product.categorie), product.code),
        None => (None, None),
    };
    values
        .code(relatie.gemeente)
        .code(relatie.aanbieder)
        .code(bsn)
        .integer_or_null(levering.toewijzing.map(|nummer| i64::from(nummer.0)))
        .code_or_null(categorie)
        .text_or_null(code.as_ref().map(ProductCode::as_str))
        .date(levering.begin)
        .date_or_null(einde.as_ref().map(|einde| einde.einddatum))
        .text_or_null(einde.map(|einde| einde.reden));
}
