//! Rows of work items that gather, and of what they are about.

use crate::codes::{AgbCode, ToewijzingNummer};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Verzameld, Verzameling, Werkregel, WorkingSet};
use crate::store::cells::{Cells, Fields};
use crate::store::convert::{toewijzing_key, toewijzing_parts};
use crate::store::pending::WerkregelRow;
use crate::store::{StoreError, WorkLine};

type Result<T> = std::result::Result<T, StoreError>;

/// Something that a work item is about.
pub fn bind_werkregel<C: Cells>(values: &mut C, row: WerkregelRow) {
    let WerkregelRow { werk, nummer, journal, regel } = row;
    let Relatie { gemeente, aanbieder } = regel.relatie;
    values
        .integer(werk)
        .integer(nummer)
        .integer(journal)
        .code(gemeente)
        .code(aanbieder)
        .integer_or_null(regel.toewijzing.map(|nummer| toewijzing_key(gemeente, nummer)))
        .text(regel.bericht)
        .text_or_null(regel.referentie)
        .text(regel.tekst)
        .integer_or_null(regel.bedrag.map(|cents| cents.0))
        .integer_or_null(regel.nieuw.map(|cents| cents.0));
}

/// Lines of an assignment that count no more.
pub fn bind_vervallen<C: Cells>(values: &mut C, (werk, toewijzing, journal): (i64, i64, i64)) {
    values.integer(werk).integer(toewijzing).integer(journal);
}

/// Lines of claims that count no more for items about rates.
pub fn bind_herzien<C: Cells>(values: &mut C, (aanbieder, referentie, journal): (AgbCode, Box<str>, i64)) {
    values.code(aanbieder).text(referentie).integer(journal);
}

/// How an item that gathers changes.
pub fn bind_verzameling<C: Cells>(values: &mut C, nu: Verzameling) {
    values.integer(nu.werk).text_or_null(nu.verhaal).integer_or_null(nu.over.map(|cents| cents.0));
}

/// groep, id, open, te_veel, how many lines, how many that count without assignment, assignments of those that
/// count with a comma between.
pub fn read_verzameld<F: Fields>(mut fields: F, known: &mut WorkingSet) -> Result<()> {
    let groep = fields.text()?.into();
    let mut item = Verzameld {
        werk: fields.key("werkitem")?,
        open: fields.flag()?,
        over: fields.integer_or_null()?.map(Cents),
        regels: fields.integer()?,
        los: fields.integer()?,
        toewijzingen: std::collections::BTreeSet::new(),
    };
    let number = fields.row();
    let corrupt = || StoreError::corrupt("werkregel").of_row(number);
    for key in fields.text()?.split(',').filter(|key| !key.is_empty()) {
        let key = key.parse().map_err(|_| corrupt())?;
        item.toewijzingen.insert(toewijzing_parts(key).ok_or_else(corrupt)?);
    }
    known.verzameld.insert(groep, item);
    Ok(())
}

/// gemeente, aanbieder, toewijzing, bericht, referentie, tekst, bedrag, nieuw, lapsed, DeclaratieNummer, credited, claimed
/// anew.
pub fn read_werkregel<F: Fields>(fields: &mut F) -> Result<WorkLine> {
    let relatie = Relatie { gemeente: fields.code()?, aanbieder: fields.code()? };
    let toewijzing = fields.integer_or_null()?;
    let toewijzing =
        toewijzing.map(|key| toewijzing_parts(key).ok_or_else(|| fields.corrupt())).transpose()?;
    Ok(WorkLine {
        regel: Werkregel {
            relatie,
            toewijzing: toewijzing.map(|(_, nummer): (_, ToewijzingNummer)| nummer),
            bericht: fields.text()?.into(),
            referentie: fields.text_or_null()?.map(Into::into),
            tekst: fields.text()?.into(),
            bedrag: fields.integer_or_null()?.map(Cents),
            nieuw: fields.integer_or_null()?.map(Cents),
        },
        vervallen: fields.flag()?,
        declaratie: fields.text_or_null()?.map(str::to_owned),
        gecrediteerd: fields.flag()?,
        opnieuw: fields.flag()?,
    })
}
