//! A report for Dutch spreadsheets: its tables below one another, each under its title.

use super::{Cell, Report, ReportError, month};
use crate::payments::csv_cell::{BYTE_ORDER_MARK, date, euros, guarded};

/// The report as CSV: `;`, UTF-8 with a mark, decimal comma.
pub(super) fn write(report: &Report) -> Result<Vec<u8>, ReportError> {
    let failed = |error: ::csv::Error| ReportError::Csv(error.to_string());
    let mut writer = ::csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(::csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(BYTE_ORDER_MARK.to_vec());
    for (index, table) in report.tables.iter().enumerate() {
        if index > 0 {
            writer.write_record([""; 2]).map_err(failed)?;
        }
        writer.write_record([table.titel]).map_err(failed)?;
        writer.write_record(table.columns.iter().map(|column| column.kop)).map_err(failed)?;
        for row in &table.rows {
            writer.write_record(row.iter().map(text)).map_err(failed)?;
        }
    }
    writer.into_inner().map_err(|error| ReportError::Csv(error.to_string()))
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => guarded(text).into_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Euros(amount) => euros(*amount),
        Cell::Date(day) => date(*day),
        Cell::Month(day) => month(*day),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Table, tests::report};
    use super::*;
    use crate::money::Cents;

    #[test]
    fn a_text_that_looks_like_a_formula_is_text_and_amounts_have_a_comma() {
        let mut table = Table::new("t", "Titel", &[("a", "Naam"), ("b_cents", "Bedrag")]);
        table.row(vec!["=1+1".into(), Cents(-123_456).into()]);
        table.row(vec!["0193".into(), Cell::Empty]);
        let csv = String::from_utf8(write(&report(vec![table])).unwrap()).unwrap();
        assert_eq!(csv, "\u{feff}Titel\r\nNaam;Bedrag\r\n'=1+1;-1234,56\r\n0193;\r\n");
    }
}
