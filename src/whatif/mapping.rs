//! What old products become: a table that people keep, `van;naar` with optional `eenheid`, `factor`, `aandeel`
//! and `volume`.

use crate::codes::{Eenheid, ProductCode};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What a part of an old product becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingTarget {
    /// New product.
    pub naar: ProductCode,
    /// New unit; none: as it was.
    pub eenheid: Option<Eenheid>,
    /// New units in one old unit.
    pub factor: Decimal,
    /// Share of the old product that becomes this one.
    pub aandeel: Decimal,
    /// How much of the volume is expected to stay: 1 is all.
    pub volume: Decimal,
}

/// The table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    rows: BTreeMap<ProductCode, Vec<MappingTarget>>,
}

/// What is wrong with the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("regel {line}: {what}")]
pub struct MappingError {
    /// Line, from 1.
    pub line: u64,
    /// In Dutch.
    pub what: String,
}

const COLUMNS: [&str; 6] = ["van", "naar", "eenheid", "factor", "aandeel", "volume"];

impl Mapping {
    /// What an old product becomes; one that the table does not name stays what it is.
    #[must_use]
    pub fn targets(&self, code: ProductCode) -> Vec<MappingTarget> {
        self.rows.get(&code).cloned().unwrap_or_else(|| vec![MappingTarget::same(code)])
    }

    /// Reads the table: `;` or `,` between columns, decimal comma or point.
    pub fn read(text: &str) -> Result<Self, MappingError> {
        let text = text.trim_start_matches('\u{feff}');
        let first = text.lines().next().unwrap_or_default();
        let delimiter = if first.contains(';') { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .trim(csv::Trim::All)
            .flexible(false)
            .from_reader(text.as_bytes());
        let fault = |line, what: String| MappingError { line, what };
        let headers = reader.headers().map_err(|_| fault(1, "de kopregel is niet te lezen".to_owned()))?;
        let headers: Vec<String> = headers.iter().map(str::to_owned).collect();
        if let Some(unknown) = headers.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
            return Err(fault(1, format!("onbekende kolom {unknown}; bekend zijn {}", COLUMNS.join(", "))));
        }
        let at = |name: &str| headers.iter().position(|header| header == name);
        let (Some(van), Some(naar)) = (at("van"), at("naar")) else {
            return Err(fault(1, "de kolommen van en naar zijn nodig".to_owned()));
        };
        let mut rows: BTreeMap<ProductCode, (u64, Vec<MappingTarget>)> = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| {
                let line = error.position().map_or(0, csv::Position::line);
                fault(line, "heeft een ander aantal kolommen dan de kopregel".to_owned())
            })?;
            let line = record.position().map_or(0, csv::Position::line);
            let field = |name: &str| at(name).and_then(|at| record.get(at)).filter(|text| !text.is_empty());
            let code = |at: usize| {
                let text = record.get(at).unwrap_or_default();
                ProductCode::parse(text).map_err(|_| fault(line, format!("{text:?} is geen productcode")))
            };
            let number = |name: &str| match field(name) {
                None => Ok(Decimal::ONE),
                Some(text) => match text.replace(',', ".").parse::<Decimal>() {
                    Ok(number) if number > Decimal::ZERO => Ok(number),
                    _ => Err(fault(line, format!("{name} {text:?} is geen getal groter dan 0"))),
                },
            };
            let eenheid = field("eenheid").map(Eenheid::parse).transpose();
            let target = MappingTarget {
                naar: code(naar)?,
                eenheid: eenheid.map_err(|_| fault(line, "onbekende eenheid".to_owned()))?,
                factor: number("factor")?,
                aandeel: number("aandeel")?,
                volume: number("volume")?,
            };
            match rows.entry(code(van)?) {
                Entry::Vacant(entry) => drop(entry.insert((line, vec![target]))),
                Entry::Occupied(mut entry) => entry.get_mut().1.push(target),
            }
        }
        for (code, (line, targets)) in &rows {
            let sum: Decimal = targets.iter().map(|target| target.aandeel).sum();
            if sum != Decimal::ONE {
                let code = code.as_str();
                return Err(fault(
                    *line,
                    format!("de aandelen van {code} tellen op tot {sum} en niet tot 1"),
                ));
            }
        }
        Ok(Self { rows: rows.into_iter().map(|(code, (_, targets))| (code, targets)).collect() })
    }
}

impl MappingTarget {
    fn same(naar: ProductCode) -> Self {
        let one = Decimal::ONE;
        Self { naar, eenheid: None, factor: one, aandeel: one, volume: one }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> ProductCode {
        ProductCode::parse(text).unwrap()
    }

    #[test]
    fn a_product_may_become_another_or_several_and_stays_otherwise() {
        let mapping = Mapping::read(
            "van;naar;aandeel;volume\n45A04;45B01;0,25;\n45A04;45B02;0,75;0,9\n45A05;45B01;;\n",
        )
        .unwrap();
        let targets = mapping.targets(code("45A04"));
        assert_eq!(targets.len(), 2);
        assert_eq!(
            (targets[1].aandeel, targets[1].volume),
            ("0.75".parse().unwrap(), "0.9".parse().unwrap())
        );
        assert_eq!(mapping.targets(code("45A05"))[0].naar, code("45B01"));
        assert_eq!(mapping.targets(code("45X")), [MappingTarget::same(code("45X"))]);
    }

    #[test]
    fn every_fault_comes_with_its_line() {
        for (text, line) in [
            ("van\n45A04\n", 1),
            ("van,naar,prijs\n", 1),
            ("van,naar\n45A04,te-lang\n", 2),
            ("van,naar,factor\n45A04,45B01,0\n", 2),
            ("van,naar,eenheid\n45A04,45B01,99\n", 2),
            ("van,naar,aandeel\n45A04,45B01,0.5\n", 2),
            ("van,naar\n45A04\n", 2),
        ] {
            assert_eq!(Mapping::read(text).unwrap_err().line, line, "{text}");
        }
    }
}
