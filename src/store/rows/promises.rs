//! Rows of what assignments promise of limits.

use crate::codes::{GemeenteCode, ToewijzingNummer};
use crate::money::Cents;
use crate::state::{Gemelde, GevolgdTot, TeVolgen, Toegezegd, Toezegging, WorkingSet};
use crate::store::StoreError;
use crate::store::cells::{Cells, Fields};
use crate::store::convert::{toewijzing_key, toewijzing_parts};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, StoreError>;

/// Key of a row: the assignment and the limit.
pub type ToezeggingSleutel = ((GemeenteCode, ToewijzingNummer), Box<str>);

/// The key of what an assignment promises of a limit.
pub fn bind_toezegging_key<C: Cells>(values: &mut C, ((gemeente, nummer), limiet): ToezeggingSleutel) {
    values.integer(toewijzing_key(gemeente, nummer)).text(limiet);
}

/// What an assignment promises of a limit.
pub fn bind_toezegging<C: Cells>(values: &mut C, (key, row): (ToezeggingSleutel, Toezegging)) {
    bind_toezegging_key(values, key);
    values.integer_or_null(row.verwacht.map(|cents| cents.0)).integer(row.toegekend.0);
}

/// How the promises of a limit changed: promised and unknown.
pub fn bind_toegezegd<C: Cells>(values: &mut C, (sleutel, (bedrag, onbekend)): (Box<str>, (i64, i64))) {
    values.text(sleutel).integer(bedrag).integer(onbekend);
}

/// What was told of a limit: the overrun; none when it is over.
#[derive(Debug, Clone, Copy)]
pub struct Gemelding(Option<Cents>);

/// The overruns that were told of, each with whether it changed.
pub fn bind_gemeld<C: Cells>(values: &mut C, (sleutel, gemeld): (Box<str>, [Option<Gemelding>; 3])) {
    values.text(sleutel).integer(0).integer(0);
    for over in gemeld {
        values.flag(over.is_some()).integer_or_null(over.and_then(|Gemelding(over)| over).map(|over| over.0));
    }
}

/// What was told of limits, a row for each of them.
#[must_use]
pub fn gemeld_per_limiet(
    gemeld: BTreeMap<(Box<str>, Gemelde), Option<Cents>>,
) -> BTreeMap<Box<str>, [Option<Gemelding>; 3]> {
    let mut rows: BTreeMap<Box<str>, [Option<Gemelding>; 3]> = BTreeMap::new();
    for ((sleutel, wat), over) in gemeld {
        rows.entry(sleutel).or_default()[wat as usize] = Some(Gemelding(over));
    }
    rows
}

/// What a message did to limits.
pub fn bind_te_volgen<C: Cells>(values: &mut C, row: &TeVolgen) {
    // Plain fields: writing them as JSON cannot fail.
    let inhoud = serde_json::to_string(row).unwrap_or_default();
    values.integer(row.journal).text(inhoud);
}

/// Up to where everything was followed.
pub fn bind_gevolgd<C: Cells>(values: &mut C, row: GevolgdTot) {
    values.integer(1).integer(row.maand).integer(row.register);
}

/// toewijzing, limiet, verwacht, toegekend.
pub fn read_toezegging<F: Fields>(mut fields: F, known: &mut WorkingSet) -> Result<()> {
    let key = toewijzing_parts(fields.integer()?).ok_or_else(|| fields.corrupt())?;
    let limiet = fields.text()?.into();
    let row =
        Toezegging { verwacht: fields.integer_or_null()?.map(Cents), toegekend: Cents(fields.integer()?) };
    known.toezeggingen.entry(key).or_default().insert(limiet, row);
    Ok(())
}

/// sleutel, bedrag, onbekend, gemeld, gemeld_betaling, gewaarschuwd.
pub fn read_toegezegd<F: Fields>(mut fields: F, known: &mut WorkingSet) -> Result<()> {
    let sleutel = fields.text()?.into();
    let row = Toegezegd {
        bedrag: Cents(fields.integer()?),
        onbekend: fields.integer()?,
        gemeld: [
            fields.integer_or_null()?.map(Cents),
            fields.integer_or_null()?.map(Cents),
            fields.integer_or_null()?.map(Cents),
        ],
    };
    known.toegezegd.insert(sleutel, row);
    Ok(())
}

/// journaal, inhoud.
pub fn read_te_volgen<F: Fields>(mut fields: F) -> Result<TeVolgen> {
    let journal = fields.integer()?;
    let corrupt = fields.corrupt();
    let row: TeVolgen = serde_json::from_str(fields.text()?).map_err(|_| corrupt)?;
    Ok(TeVolgen { journal, ..row })
}

/// maand, register.
pub fn read_gevolgd<F: Fields>(mut fields: F) -> Result<GevolgdTot> {
    Ok(GevolgdTot { maand: fields.integer()?, register: fields.integer()? })
}
