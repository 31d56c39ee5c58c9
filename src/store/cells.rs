//! The cells of a row, written and read from left to right: what both engines share. How each kind of
//! value stands in a table is the engine's.

use super::StoreError;
use super::convert::Coded;
use crate::clock::Moment;
use crate::codes::{CodeError, Datum};

/// Takes the values of rows, in the order of the columns.
pub trait Cells {
    fn integer_or_null(&mut self, value: Option<i64>) -> &mut Self;

    /// True or false, or NULL.
    fn flag_or_null(&mut self, value: Option<bool>) -> &mut Self;

    /// A day or NULL.
    fn date_or_null(&mut self, value: Option<Datum>) -> &mut Self;

    /// When something happened, or NULL.
    fn moment_or_null(&mut self, value: Option<Moment>) -> &mut Self;

    /// When something must be done on the Dutch clock, or NULL. Unlike what happened, it may fall in the
    /// hour that summer time skips.
    fn term_or_null(&mut self, value: Option<Moment>) -> &mut Self;

    fn text_or_null(&mut self, value: Option<impl Into<Box<str>>>) -> &mut Self;

    fn bytes(&mut self, value: Vec<u8>) -> &mut Self;

    fn integer(&mut self, value: i64) -> &mut Self {
        self.integer_or_null(Some(value))
    }

    /// True or false.
    fn flag(&mut self, value: bool) -> &mut Self {
        self.flag_or_null(Some(value))
    }

    /// A code of digits.
    fn code<T: Coded>(&mut self, value: T) -> &mut Self {
        self.integer(value.to_integer())
    }

    /// A code of digits or NULL.
    fn code_or_null<T: Coded>(&mut self, value: Option<T>) -> &mut Self {
        self.integer_or_null(value.map(Coded::to_integer))
    }

    /// A day.
    fn date(&mut self, value: Datum) -> &mut Self {
        self.date_or_null(Some(value))
    }

    /// When something happened.
    fn moment(&mut self, value: Moment) -> &mut Self {
        self.moment_or_null(Some(value))
    }

    fn text(&mut self, value: impl Into<Box<str>>) -> &mut Self {
        self.text_or_null(Some(value))
    }
}

/// Gives the values of a row, in the order of the columns.
pub trait Fields {
    /// The table, for errors.
    fn table(&self) -> &'static str;

    fn text_or_null(&mut self) -> Result<Option<&str>, StoreError>;

    fn integer_or_null(&mut self) -> Result<Option<i64>, StoreError>;

    /// True or false, or NULL.
    fn flag_or_null(&mut self) -> Result<Option<bool>, StoreError>;

    /// A day or NULL.
    fn date_or_null(&mut self) -> Result<Option<Datum>, StoreError>;

    /// What was read is not what we write.
    fn corrupt(&self) -> StoreError {
        StoreError::Corrupt(self.table())
    }

    fn text(&mut self) -> Result<&str, StoreError> {
        let corrupt = self.corrupt();
        self.text_or_null()?.ok_or(corrupt)
    }

    fn integer(&mut self) -> Result<i64, StoreError> {
        self.integer_or_null()?.ok_or_else(|| self.corrupt())
    }

    /// True or false.
    fn flag(&mut self) -> Result<bool, StoreError> {
        self.flag_or_null()?.ok_or_else(|| self.corrupt())
    }

    /// A day.
    fn date(&mut self) -> Result<Datum, StoreError> {
        self.date_or_null()?.ok_or_else(|| self.corrupt())
    }

    /// A code of digits.
    fn code<T: Coded>(&mut self) -> Result<T, StoreError> {
        self.code_or_null()?.ok_or_else(|| self.corrupt())
    }

    /// A code of digits or NULL.
    fn code_or_null<T: Coded>(&mut self) -> Result<Option<T>, StoreError> {
        let number = self.integer_or_null()?;
        number.map(|number| T::from_integer(number).ok_or_else(|| self.corrupt())).transpose()
    }

    /// A text that must have the form of a code.
    fn parse<T>(&mut self, parse: impl Fn(&str) -> Result<T, CodeError>) -> Result<T, StoreError> {
        let corrupt = self.corrupt();
        parse(self.text()?).map_err(|_| corrupt)
    }
}
