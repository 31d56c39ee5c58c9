//! Rows of the ledger, its balances and transfers.

use crate::iban::Iban;
use crate::journal::Overschrijving;
use crate::ledger::{Boekgebeurtenis, Grootboekrekening, Overboeking, OverboekingBron};
use crate::money::Cents;
use crate::payments::pain001::end_to_end_id;
use crate::state::{Afschrift, Bankregel, Bankuitkomst};
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

/// A transfer of a run: the columns betaalrun, volgnummer, gemeente, aanbieder, van, naar, bedrag, kenmerk, deel.
pub fn bind_betaling<C: Cells>(values: &mut C, ((run, volgnummer), row): ((i64, i64), Overschrijving)) {
    let Overschrijving { relatie, van, naar, bedrag, deel } = row;
    values
        .integer(run)
        .integer(volgnummer)
        .code(relatie.gemeente)
        .code(relatie.aanbieder)
        .text(van.to_string())
        .text(naar.to_string())
        .integer(bedrag.0)
        .text(end_to_end_id(run, relatie.aanbieder, relatie.gemeente))
        .integer_or_null(deel);
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

/// A statement: the columns journaal, rekening, identificatie, elektronisch, wettelijk, deel, tot, opening, slot, afdruk.
pub fn bind_afschrift<C: Cells>(values: &mut C, (journal, row): (i64, Afschrift)) {
    let number = |number: Option<u64>| number.and_then(|number| i64::try_from(number).ok());
    values
        .integer(journal)
        .text(row.rekening.to_string())
        .text(row.identificatie)
        .integer_or_null(number(row.elektronisch))
        .integer_or_null(number(row.wettelijk))
        .integer_or_null(number(row.deel))
        .date_or_null(row.tot)
        .integer(row.opening.0)
        .integer(row.slot.0)
        .text(row.afdruk);
}

/// A statement: the columns of [`bind_afschrift`] behind journaal.
pub fn read_afschrift<F: Fields>(fields: &mut F) -> Result<Afschrift, StoreError> {
    Ok(Afschrift {
        rekening: read_iban(fields)?,
        identificatie: fields.text()?.to_owned(),
        elektronisch: read_count(fields)?,
        wettelijk: read_count(fields)?,
        deel: read_count(fields)?,
        tot: fields.date_or_null()?,
        opening: Cents(fields.integer()?),
        slot: Cents(fields.integer()?),
        afdruk: fields.text()?.to_owned(),
    })
}

fn read_count<F: Fields>(fields: &mut F) -> Result<Option<u64>, StoreError> {
    let corrupt = fields.corrupt();
    fields.integer_or_null()?.map(|number| u64::try_from(number).map_err(|_| corrupt)).transpose()
}

fn read_iban<F: Fields>(fields: &mut F) -> Result<Iban, StoreError> {
    let corrupt = fields.corrupt();
    Iban::parse(fields.text()?).map_err(|_| corrupt)
}

/// What the bank told: the columns journaal, volgorde, rekening, bedrag, boekdatum, uitkomst, betaalrun, volgnummer, kenmerk, reden.
pub fn bind_bankregel<C: Cells>(values: &mut C, (journal, row): (i64, Bankregel)) {
    values
        .integer(journal)
        .integer(row.volgorde)
        .text(row.rekening.to_string())
        .integer(row.bedrag.0)
        .date_or_null(row.boekdatum)
        .text(row.uitkomst.as_str())
        .integer_or_null(row.betaling.map(|(run, _)| run))
        .integer_or_null(row.betaling.map(|(_, volgnummer)| volgnummer))
        .text(row.kenmerk)
        .text(row.reden);
}

/// What the bank told: the columns of [`bind_bankregel`] behind journaal.
pub fn read_bankregel<F: Fields>(fields: &mut F) -> Result<Bankregel, StoreError> {
    let (volgorde, rekening) = (fields.integer()?, read_iban(fields)?);
    let (bedrag, boekdatum) = (Cents(fields.integer()?), fields.date_or_null()?);
    let uitkomst = fields.parse(Bankuitkomst::parse)?;
    let (run, volgnummer) = (fields.integer_or_null()?, fields.integer_or_null()?);
    let (kenmerk, reden) = (fields.text()?.to_owned(), fields.text()?.to_owned());
    Ok(Bankregel {
        volgorde,
        rekening,
        bedrag,
        boekdatum,
        uitkomst,
        betaling: run.zip(volgnummer),
        kenmerk,
        reden,
    })
}

/// A post that is explained: journaal, volgorde, and the journal number of the explanation.
pub fn bind_verklaard<C: Cells>(values: &mut C, (journal, volgorde, verklaard): (i64, i64, i64)) {
    values.integer(journal).integer(volgorde).integer(verklaard);
}
