//! Rows of the ledger, its balances and transfers.

use crate::journal::Overschrijving;
use crate::ledger::{Boekgebeurtenis, Grootboekrekening, Overboeking, OverboekingBron};
use crate::money::Cents;
use crate::payments::pain001::end_to_end_id;
use crate::store::StoreError;
use crate::store::cells::{Cells, Fields};
use crate::store::ledger::PostedRow;
use crate::store::posting::OverboekingRow;

/// A row, with the columns journaal, regel, gebeurtenis, bron, volgnummer, debet, credit, bedrag, boekdatum, overgenomen.
pub fn bind_overboeking<C: Cells>(values: &mut C, row: OverboekingRow) {
    let Overboeking { gebeurtenis, bron, debet, credit, bedrag } = row.overboeking;
    let (bron, volgnummer) = match bron {
        OverboekingBron::Invoer => (row.journal, row.regel),
        OverboekingBron::Betaling { run, volgnummer } => (run, volgnummer),
    };
    values
        .integer(row.journal)
        .integer(row.regel)
        .text(gebeurtenis.as_str())
        .integer(bron)
        .integer(volgnummer)
        .text(debet.to_string())
        .text(credit.to_string())
        .integer(bedrag.0)
        .date(row.boekdatum)
        .flag(false);
}

/// What a transaction adds to a balance: the columns rekening, debet, credit.
pub fn bind_grootboekstand<C: Cells>(values: &mut C, row: (Grootboekrekening, (i64, i64))) {
    let (rekening, (debet, credit)) = row;
    values.text(rekening.to_string()).integer(debet).integer(credit);
}

/// A transfer of a run: the columns betaalrun, volgnummer, gemeente, aanbieder, van, naar, bedrag, kenmerk.
pub fn bind_betaling<C: Cells>(values: &mut C, ((run, volgnummer), row): ((i64, i64), Overschrijving)) {
    let Overschrijving { relatie, van, naar, bedrag } = row;
    values
        .integer(run)
        .integer(volgnummer)
        .code(relatie.gemeente)
        .code(relatie.aanbieder)
        .text(van.to_string())
        .text(naar.to_string())
        .integer(bedrag.0)
        .text(end_to_end_id(run, relatie.aanbieder, relatie.gemeente));
}

/// A row that was posted: the columns journaal, regel, gebeurtenis, debet, credit, bedrag, boekdatum, overgenomen.
pub fn read_overboeking<F: Fields>(fields: &mut F) -> Result<PostedRow, StoreError> {
    Ok(PostedRow {
        journal: fields.key("journaalregel")?,
        regel: fields.integer()?,
        gebeurtenis: fields.parse(Boekgebeurtenis::parse)?,
        debet: read_rekening(fields)?,
        credit: read_rekening(fields)?,
        bedrag: Cents(fields.integer()?),
        boekdatum: fields.date()?,
        overgenomen: fields.flag()?,
    })
}

/// The key of an account.
pub fn read_rekening<F: Fields>(fields: &mut F) -> Result<Grootboekrekening, StoreError> {
    let corrupt = fields.corrupt();
    fields.text()?.parse().map_err(|_| corrupt)
}
