//! Rows that promises of limits are made of, for who makes them anew after a month or an import.

use super::StoreError;
use super::cells::Fields;
use super::convert::Coded;
use super::convert::toewijzing_parts;
use crate::codes::{Bsn, Datum, ProductCode, ProductSleutel};
use crate::contracts::Periode;
use crate::decide::following::ToegekendVanaf;
use crate::decide::limits::Sleutel;
use crate::decide::new_register::{Kring, Toegekend};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Leveringen, Melding};
use std::collections::BTreeMap;

/// toewijzing, categorie, code, begin, bedrag.
pub fn read_regel<F: Fields>(mut fields: F) -> Result<ToegekendVanaf, StoreError> {
    let toewijzing = toewijzing_parts(fields.integer()?).ok_or_else(|| fields.corrupt())?;
    let (categorie, code) = (fields.code()?, fields.parse(ProductCode::parse)?);
    Ok(ToegekendVanaf {
        toewijzing,
        categorie,
        code,
        begin: fields.date()?,
        bedrag: Cents(fields.integer()?),
    })
}

/// gemeente, aanbieder, bsn, categorie, code, begin, bedrag.
pub fn read_toegekend<F: Fields>(mut fields: F) -> Result<Toegekend, StoreError> {
    let relatie = Relatie { gemeente: fields.code()?, aanbieder: fields.code()? };
    let (bsn, categorie) = (fields.code()?, fields.code()?);
    let product = ProductSleutel { categorie, code: Some(fields.parse(ProductCode::parse)?) };
    Ok(Toegekend { relatie, bsn, product, begin: fields.date()?, bedrag: Cents(fields.integer()?) })
}

/// Whose rows are asked for, as statements have it: everybody's, or those of clients, aanbieders and gemeenten.
pub struct KringKeys {
    pub allen: bool,
    pub clienten: Vec<i64>,
    pub aanbieders: Vec<i64>,
    pub gemeenten: Vec<i64>,
}

impl KringKeys {
    pub fn of(kring: &Kring) -> Self {
        Self {
            allen: kring.allen,
            clienten: kring.clienten.iter().map(|bsn| bsn.to_integer()).collect(),
            aanbieders: kring.aanbieders.iter().map(|aanbieder| aanbieder.to_integer()).collect(),
            gemeenten: kring.gemeenten.iter().map(|gemeente| gemeente.to_integer()).collect(),
        }
    }
}

/// The first and the last day of a period, as far as a table can hold them.
pub fn bounds(days: Periode) -> (Datum, Datum) {
    let day = |jaar, month, day| Datum::from_ymd_opt(jaar, month, day);
    let (first, last) = (day(1, 1, 1).unwrap_or(Datum::MIN), day(9999, 12, 31).unwrap_or(Datum::MAX));
    (days.van.unwrap_or(first), days.tot.unwrap_or(last))
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
