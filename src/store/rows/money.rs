//! Rows of claims, their lines and the ledger.

use crate::codes::{AgbCode, DebetCredit};
use crate::state::{Boeking, BoekingSoort, GeboektePrestatie};
use crate::store::cells::Cells;
use crate::store::convert::toewijzing_key;
use crate::store::pending::DeclaratieRow;

/// A claim; `number` gives the number of a line of the batch.
pub fn bind_declaratie<C: Cells>(values: &mut C, row: DeclaratieRow, number: impl Fn(usize) -> i64) {
    let DeclaratieRow { declaratie, journal, first, count } = row;
    values
        .code(declaratie.relatie.aanbieder)
        .text(declaratie.nummer)
        .code(declaratie.relatie.gemeente)
        .date(declaratie.periode_begin)
        .integer(declaratie.ingediend.0)
        .integer(declaratie.toegekend.0)
        .integer(journal)
        .integer(number(first))
        .integer(i64::try_from(count).unwrap_or(i64::MAX));
}

/// A line of a claim.
pub fn bind_prestatie<C: Cells>(values: &mut C, (id, row): (i64, GeboektePrestatie)) {
    values
        .integer(id)
        .code(row.relatie.aanbieder)
        .text(row.referentie)
        .text_or_null(row.vorig_referentie)
        .integer(toewijzing_key(row.relatie.gemeente, row.toewijzing))
        .code(row.bsn)
        .code(row.categorie)
        .text(row.code.as_str())
        .date(row.begin)
        .date(row.eind)
        .integer(row.volume)
        .code(row.eenheid)
        .integer_or_null(row.tarief.map(|tarief| tarief.0))
        .integer(row.bedrag.0)
        .flag(row.debet_credit == DebetCredit::Debet)
        .flag(row.toegekend)
        .flag(row.gecrediteerd)
        .flag(row.vastgehouden);
}

/// An entry of the ledger.
pub fn bind_boeking<C: Cells>(values: &mut C, (row, journal): (Boeking, i64)) {
    values
        .code(row.aanbieder)
        .code(row.gemeente)
        .text(row.declaratie_nummer)
        .date(row.periode_begin)
        .flag(row.soort == BoekingSoort::Vastgehouden)
        .integer(row.bedrag.0)
        .integer(journal);
}

/// Held money that is released.
pub fn bind_vrijgegeven<C: Cells>(values: &mut C, (aanbieder, nummer, journal): (AgbCode, Box<str>, i64)) {
    values.code(aanbieder).text(nummer).integer(journal);
}
