//! Lines of claims, which take the bulk of all writing: they go in as one array of records. Rows made of an array per
//! column (`bulk`) cost the server half as much again. A stream (COPY) would cost as little, but ends with a packet of
//! its own, which waits for the other side to tell that the one before arrived.

use super::bundle::{Bundle, ROWS};
use crate::clock::Moment;
use crate::codes::Datum;
use crate::state::GeboektePrestatie;
use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::rows::bind_prestatie;
use chrono::Datelike;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgHasArrayType, PgTypeInfo};
use sqlx::{Arguments, Encode, Postgres, Type};
use std::ops::Range;

type Result<T> = std::result::Result<T, StoreError>;

/// Days are counted from 2000-01-01.
const EPOCH_DAYS: i32 = 730_120;
/// What a value of a line takes at most, but for long references, with its type and its length.
const VALUE_BYTES: usize = 16;

/// A type of the server by its number, with the bytes of an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ServerType {
    number: u32,
    width: usize,
}

const SMALLINT: ServerType = ServerType { number: 21, width: 2 };
const INTEGER: ServerType = ServerType { number: 23, width: 4 };
const BIGINT: ServerType = ServerType { number: 20, width: 8 };
const BOOLEAN: ServerType = ServerType { number: 16, width: 0 };
const DATE: ServerType = ServerType { number: 1082, width: 0 };
const TEXT: ServerType = ServerType { number: 25, width: 0 };

/// Type `prestatie_rij`, in the order of [`bind_prestatie`].
const PRESTATIE_RIJ: [ServerType; 18] = [
    BIGINT, INTEGER, TEXT, TEXT, BIGINT, INTEGER, SMALLINT, TEXT, DATE, DATE, BIGINT, SMALLINT, BIGINT,
    BIGINT, BOOLEAN, BOOLEAN, BOOLEAN, BOOLEAN,
];

/// A record of type `prestatie_rij`: its values, each with its type and its length.
struct PrestatieRecord<'r>(&'r [u8]);

impl Type<Postgres> for PrestatieRecord<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("prestatie_rij")
    }
}

impl PgHasArrayType for PrestatieRecord<'_> {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::array_of("prestatie_rij")
    }
}

impl Encode<'_, Postgres> for PrestatieRecord<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> std::result::Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(self.0);
        Ok(IsNull::No)
    }
}

/// Records after one another.
struct RecordArray {
    bytes: Vec<u8>,
    columns: &'static [ServerType],
    at: usize,
    /// An integer was wider than its column.
    misfit: bool,
}

impl RecordArray {
    fn new(columns: &'static [ServerType], count: usize) -> Self {
        let bytes = Vec::with_capacity(count * columns.len() * VALUE_BYTES);
        Self { bytes, columns, at: 0, misfit: false }
    }

    /// The next value; a record begins with how many it has.
    fn next(&mut self) -> ServerType {
        if self.at == 0 {
            let count = u32::try_from(self.columns.len()).unwrap_or(u32::MAX);
            self.bytes.extend_from_slice(&count.to_be_bytes());
        }
        let kind = self.columns[self.at];
        self.at = (self.at + 1) % self.columns.len();
        self.bytes.extend_from_slice(&kind.number.to_be_bytes());
        kind
    }

    fn value(&mut self, value: Option<&[u8]>) -> &mut Self {
        // Absent is a length of -1; nothing that is stored is near two gigabytes.
        let length = value.map_or(u32::MAX, |value| u32::try_from(value.len()).unwrap_or(u32::MAX));
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(value.unwrap_or_default());
        self
    }

    fn of(&mut self, expected: ServerType, value: Option<&[u8]>) -> &mut Self {
        let kind = self.next();
        debug_assert_eq!(kind, expected, "before column {}", self.at);
        self.value(value)
    }
}

impl Cells for RecordArray {
    fn integer_or_null(&mut self, value: Option<i64>) -> &mut Self {
        let ServerType { width, .. } = self.next();
        debug_assert_ne!(width, 0, "before column {}", self.at);
        // What is cut off must repeat the sign.
        let cut = 64 - 8 * u32::try_from(width).unwrap_or(8);
        self.misfit |= value.is_some_and(|value| value << cut >> cut != value);
        let bytes = value.map(i64::to_be_bytes);
        self.value(bytes.as_ref().map(|bytes| &bytes[8 - width..]))
    }

    fn flag_or_null(&mut self, value: Option<bool>) -> &mut Self {
        let byte = value.map(|value| [u8::from(value)]);
        self.of(BOOLEAN, byte.as_ref().map(<[u8; 1]>::as_slice))
    }

    fn date_or_null(&mut self, value: Option<Datum>) -> &mut Self {
        let days = value.map(|day| (day.num_days_from_ce() - EPOCH_DAYS).to_be_bytes());
        self.of(DATE, days.as_ref().map(<[u8; 4]>::as_slice))
    }

    fn text_or_null(&mut self, value: Option<impl Into<Box<str>>>) -> &mut Self {
        let text = value.map(Into::into);
        self.of(TEXT, text.as_deref().map(str::as_bytes))
    }

    fn moment_or_null(&mut self, _: Option<Moment>) -> &mut Self {
        unreachable!("a line has no moment")
    }

    fn term_or_null(&mut self, _: Option<Moment>) -> &mut Self {
        unreachable!("a line has no term")
    }

    fn bytes(&mut self, _: Vec<u8>) -> &mut Self {
        unreachable!("a line has no bytes")
    }
}

/// Books lines under these numbers. A reference, or the period of a granted debit, that is taken is our fault, or
/// another worker's luck: the database refuses the batch.
pub async fn book(bundle: &mut Bundle<'_>, lines: Vec<(i64, GeboektePrestatie)>) -> Result<()> {
    let mut lines = lines.into_iter();
    while lines.len() > 0 {
        let count = lines.len().min(ROWS);
        let mut records = RecordArray::new(&PRESTATIE_RIJ, count);
        let mut ranges: Vec<Range<usize>> = Vec::with_capacity(count);
        for line in lines.by_ref().take(ROWS) {
            let begin = records.bytes.len();
            bind_prestatie(&mut records, line);
            debug_assert_eq!(records.at, 0);
            ranges.push(begin..records.bytes.len());
        }
        if records.misfit {
            let reason = "een getal past niet in zijn kolom".to_owned();
            return Err(StoreError::Database { doing: "prestaties boeken", reason });
        }
        let rows: Vec<_> = ranges.into_iter().map(|range| PrestatieRecord(&records.bytes[range])).collect();
        let add = |arguments: &mut PgArguments| {
            let encoded = arguments.add(rows);
            debug_assert!(encoded.is_ok());
        };
        bundle.write_one("prestatie", insert, add).await?;
    }
    Ok(())
}

fn insert(parameter: usize) -> String {
    format!(
        "INSERT INTO prestatie (id, aanbieder, referentie, vorig_referentie, toewijzing, bsn, categorie,
            code, begin, eind, volume, eenheid, tarief, bedrag, debet, toegekend, gecrediteerd, vastgehouden)
        SELECT (r).* FROM UNNEST(${parameter}) r"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_its_values_each_with_type_and_length() {
        let mut records = RecordArray::new(&[SMALLINT, BIGINT, TEXT], 1);
        records.integer(-2).integer_or_null(None).text("ab");
        let values: [&[u8]; 4] = [
            &[0, 0, 0, 3],
            &[0, 0, 0, 21, 0, 0, 0, 2, 0xff, 0xfe],
            &[0, 0, 0, 20, 0xff, 0xff, 0xff, 0xff],
            &[0, 0, 0, 25, 0, 0, 0, 2, b'a', b'b'],
        ];
        assert_eq!((records.bytes, records.misfit), (values.concat(), false));
    }

    #[test]
    fn a_number_that_its_column_cannot_hold_is_noticed() {
        for (value, misfit) in [(32_767, false), (-32_768, false), (32_768, true), (-32_769, true)] {
            let mut records = RecordArray::new(&[SMALLINT], 1);
            records.integer(value);
            assert_eq!(records.misfit, misfit, "{value}");
        }
        let mut records = RecordArray::new(&[BIGINT], 1);
        records.integer(i64::MIN);
        assert!(!records.misfit);
    }

    #[test]
    fn days_count_from_the_year_2000() {
        let mut records = RecordArray::new(&[DATE], 1);
        records.date("2000-03-01".parse().unwrap());
        assert_eq!(records.bytes[12..], 60_i32.to_be_bytes());
    }
}
