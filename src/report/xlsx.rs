//! A report as a workbook: a sheet per table, with real numbers and dates.

use super::{Cell, Report, ReportError, Table, month};
use crate::codes::Datum;
use chrono::{Datelike, Timelike};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// Cents in a euro; a sheet shows euros.
const CENTS_PER_EURO: f64 = 100.0;
/// Widest a column is made, in characters; longer text runs on.
const WIDEST: u16 = 60;
/// Characters that the name of a sheet may have.
const SHEET_NAME_MAX: usize = 31;

struct Formats {
    heading: Format,
    amount: Format,
    day: Format,
}

/// The report as an XLSX file.
pub(super) fn write(report: &Report) -> Result<Vec<u8>, ReportError> {
    let mut workbook = Workbook::new();
    // The same report is the same bytes: the moment of the report stands for that of the file.
    let moment = report.moment;
    let part = |part: u32| u8::try_from(part).unwrap_or_default();
    let made = excel_day(moment.date()).and_then(|day| {
        day.and_hms(part(moment.hour()).into(), part(moment.minute()), f64::from(part(moment.second()))).ok()
    });
    let properties = DocProperties::new().set_title(report.titel);
    workbook.set_properties(&match &made {
        Some(made) => properties.set_creation_datetime(made),
        None => properties,
    });
    let formats = Formats {
        heading: Format::new().set_bold(),
        amount: Format::new().set_num_format("#,##0.00"),
        day: Format::new().set_num_format("dd-mm-yyyy"),
    };
    for table in &report.tables {
        write_table(workbook.add_worksheet(), table, &formats)?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// The whole words of a title that fit into the name of a sheet.
fn sheet_name(titel: &str) -> String {
    let mut name = String::new();
    for word in titel.split(' ') {
        let longer = if name.is_empty() { word.to_owned() } else { format!("{name} {word}") };
        if longer.chars().count() > SHEET_NAME_MAX {
            break;
        }
        name = longer;
    }
    name
}

fn write_table(sheet: &mut Worksheet, table: &Table, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(table.titel))?;
    sheet.set_freeze_panes(1, 0)?;
    let (mut number, mut widths) = (0, vec![0; table.columns.len()]);
    for (column, heading) in (0..).zip(&table.columns) {
        sheet.write_string_with_format(0, column, heading.kop, &formats.heading)?;
        widen(&mut widths, column, heading.kop.chars().count());
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            let length = write_cell(sheet, (row, column), cell, formats)?;
            widen(&mut widths, column, length);
        }
        number = row;
    }
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, width.min(WIDEST) + 2)?;
    }
    let last = u16::try_from(table.columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
    sheet.autofilter(0, 0, number, last).map(drop)
}

fn widen(widths: &mut [u16], column: u16, length: usize) {
    let width = &mut widths[usize::from(column)];
    *width = (*width).max(u16::try_from(length).unwrap_or(u16::MAX));
}

/// Writes a cell; about how many characters it shows.
fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    formats: &Formats,
) -> Result<usize, XlsxError> {
    const DAY: usize = 10;
    const AMOUNT: usize = 14;
    Ok(match cell {
        Cell::Empty => 0,
        Cell::Text(text) => {
            sheet.write_string(row, column, text)?;
            text.chars().count()
        }
        Cell::Number(number) => {
            sheet.write_number(row, column, as_float(*number))?;
            number.to_string().len()
        }
        Cell::Euros(amount) => {
            let euros = as_float(amount.0) / CENTS_PER_EURO;
            sheet.write_number_with_format(row, column, euros, &formats.amount)?;
            AMOUNT
        }
        Cell::Date(day) => {
            match excel_day(*day) {
                Some(excel) => sheet.write_datetime_with_format(row, column, &excel, &formats.day)?,
                None => sheet.write_string(row, column, day.to_string())?,
            };
            DAY
        }
        Cell::Month(day) => {
            sheet.write_string(row, column, month(*day))?;
            DAY
        }
    })
}

/// A sheet has no other numbers than these; they are exact up to ninety thousand billion euros.
#[expect(
    clippy::cast_precision_loss,
    reason = "a sheet has no other numbers; cents fit far beyond any budget"
)]
fn as_float(number: i64) -> f64 {
    number as f64
}

/// A day as sheets have it, from 1900 on.
fn excel_day(day: Datum) -> Option<ExcelDateTime> {
    let (month, date) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    ExcelDateTime::from_ymd(u16::try_from(day.year()).ok()?, month, date).ok()
}
