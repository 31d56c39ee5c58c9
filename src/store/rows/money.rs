//! Rows of claims, their lines and the ledger.

use crate::codes::{AgbCode, DebetCredit};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{BoekingSoort, GeboektePrestatie, Vasthouding, VasthoudingSleutel, VasthoudingStatus};
use crate::store::StoreError;
use crate::store::cells::{Cells, Fields};
use crate::store::convert::toewijzing_key;
use crate::store::pending::{BoekingRow, DeclaratieRow};

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
pub fn bind_boeking<C: Cells>(values: &mut C, (row, journal, run, oorsprong): BoekingRow) {
    values
        .code(row.aanbieder)
        .code(row.gemeente)
        .text(row.declaratie_nummer)
        .date(row.periode_begin)
        .flag(row.soort != BoekingSoort::Betaalbaar)
        .integer(row.bedrag.0)
        .integer(journal)
        .flag(row.soort == BoekingSoort::Geweigerd)
        .integer_or_null(run)
        .integer_or_null(oorsprong);
}

/// The account of an entry, as its marks tell.
pub const fn read_soort(vastgehouden: bool, geweigerd: bool) -> BoekingSoort {
    match (vastgehouden, geweigerd) {
        (_, true) => BoekingSoort::Geweigerd,
        (true, false) => BoekingSoort::Vastgehouden,
        (false, false) => BoekingSoort::Betaalbaar,
    }
}

/// Between the ids of limits, which are letters, digits and a dash.
const BETWEEN_LIMITS: &str = " ";

/// A line that is held.
pub fn bind_vasthouding<C: Cells>(values: &mut C, row: Vasthouding) {
    values
        .code(row.relatie.aanbieder)
        .text(row.referentie)
        .code(row.relatie.gemeente)
        .text(row.declaratie_nummer)
        .date(row.periode_begin)
        .integer(row.bedrag.0)
        .text(row.limieten.join(BETWEEN_LIMITS))
        .text(row.status.as_str())
        .integer(row.journaal)
        .integer(row.volgnummer)
        .date(row.ontvangen)
        .integer_or_null(row.beslist);
}

/// A line that is or was held: the columns of [`bind_vasthouding`].
pub fn read_vasthouding<F: Fields>(mut fields: F) -> Result<Vasthouding, StoreError> {
    let (aanbieder, referentie) = (fields.code()?, fields.text()?.into());
    Ok(Vasthouding {
        relatie: Relatie { aanbieder, gemeente: fields.code()? },
        referentie,
        declaratie_nummer: fields.text()?.into(),
        periode_begin: fields.date()?,
        bedrag: Cents(fields.integer()?),
        limieten: fields.text()?.split_whitespace().map(Box::from).collect(),
        status: fields.parse(VasthoudingStatus::parse)?,
        journaal: fields.integer()?,
        volgnummer: fields.integer()?,
        ontvangen: fields.date()?,
        beslist: fields.integer_or_null()?,
    })
}

/// What became of a line that was held.
pub fn bind_beslist<C: Cells>(values: &mut C, row: (VasthoudingSleutel, (VasthoudingStatus, i64))) {
    let ((aanbieder, referentie), (status, journal)) = row;
    values.code(aanbieder).text(referentie).text(status.as_str()).integer(journal);
}

/// What is held under a limit, of an aanbieder.
pub fn bind_limiet_vast<C: Cells>(values: &mut C, row: ((Box<str>, AgbCode), i64)) {
    let ((sleutel, aanbieder), bedrag) = row;
    values.text(sleutel).code(aanbieder).integer(bedrag);
}
