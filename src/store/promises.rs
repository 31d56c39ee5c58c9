//! Rows that promises of limits are made of, for who makes them anew after a month or an import.

use super::StoreError;
use super::cells::Fields;
use super::convert::toewijzing_parts;
use crate::codes::{Bsn, Datum, ProductCode};
use crate::decide::following::Regel;
use crate::decide::limits::Sleutel;
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Leveringen, Melding};
use std::collections::BTreeMap;

/// toewijzing, categorie, code, begin, bedrag.
pub fn read_regel<F: Fields>(mut fields: F) -> Result<Regel, StoreError> {
    let toewijzing = toewijzing_parts(fields.integer()?).ok_or_else(|| fields.corrupt())?;
    let (categorie, code) = (fields.code()?, fields.parse(ProductCode::parse)?);
    Ok(Regel { toewijzing, categorie, code, begin: fields.date()?, bedrag: Cents(fields.integer()?) })
}

/// The last day of care that was stopped for good, by assignment.
pub fn gestopt(
    meldingen: impl Iterator<Item = Result<((Relatie, Bsn), Melding, i64), StoreError>>,
) -> Result<BTreeMap<Sleutel, Datum>, StoreError> {
    let mut reported: BTreeMap<(Relatie, Bsn), Leveringen> = BTreeMap::new();
    for melding in meldingen {
        let (client, melding, journal) = melding?;
        reported.entry(client).or_default().report(melding, journal);
    }
    let stops = reported.iter().flat_map(|((relatie, _), leveringen)| {
        leveringen.all_gestopt().into_iter().map(|(nummer, dag)| ((relatie.gemeente, nummer), dag))
    });
    Ok(stops.collect())
}
