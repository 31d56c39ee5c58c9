//! A row that borrows from no connection.

use crate::clock::Moment;
use crate::codes::Datum;
use crate::store::StoreError;
use crate::store::both::Row;
use crate::store::cells::Fields;

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnCell {
    /// Nothing.
    Null,
    /// A number; a flag as 1 or 0, a day in days, a moment in seconds.
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row, read from left to right.
#[derive(Debug)]
pub struct OwnRow {
    cells: std::vec::IntoIter<OwnCell>,
    /// The text or the bytes that were read last.
    last: Option<OwnCell>,
    table: &'static str,
}

impl OwnRow {
    /// The values of a row of this table.
    #[must_use]
    pub fn new(table: &'static str, cells: Vec<OwnCell>) -> Self {
        Self { cells: cells.into_iter(), last: None, table }
    }
}

impl Fields for OwnRow {
    fn table(&self) -> &'static str {
        self.table
    }

    fn text_or_null(&mut self) -> Result<Option<&str>, StoreError> {
        self.last = self.cells.next();
        match &self.last {
            Some(OwnCell::Text(text)) => Ok(Some(text)),
            Some(OwnCell::Null) => Ok(None),
            _ => Err(StoreError::Corrupt(self.table)),
        }
    }

    fn integer_or_null(&mut self) -> Result<Option<i64>, StoreError> {
        match self.cells.next() {
            Some(OwnCell::Integer(number)) => Ok(Some(number)),
            Some(OwnCell::Null) => Ok(None),
            _ => Err(self.corrupt()),
        }
    }

    fn flag_or_null(&mut self) -> Result<Option<bool>, StoreError> {
        Ok(self.integer_or_null()?.map(|number| number == 1))
    }

    fn date_or_null(&mut self) -> Result<Option<Datum>, StoreError> {
        self.code_or_null()
    }
}

impl Row for OwnRow {
    fn moment_or_null(&mut self) -> Result<Option<Moment>, StoreError> {
        self.code_or_null()
    }

    fn term_or_null(&mut self) -> Result<Option<Moment>, StoreError> {
        self.code_or_null()
    }

    fn bytes_or_null(&mut self) -> Result<Option<&[u8]>, StoreError> {
        self.last = self.cells.next();
        match &self.last {
            Some(OwnCell::Bytes(bytes)) => Ok(Some(bytes)),
            Some(OwnCell::Null) => Ok(None),
            _ => Err(StoreError::Corrupt(self.table)),
        }
    }
}
