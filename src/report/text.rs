//! A report for the terminal.

use super::{Cell, Report, Table, month};

/// Longest text in a column but the last, which may run on.
const WIDEST: usize = 48;

/// The report as text: per table its title, the headings, and the columns below them.
pub(super) fn write(report: &Report) -> String {
    let mut text = format!("{}, {}\n", report.titel, report.moment.format("%d-%m-%Y %H:%M"));
    for table in &report.tables {
        text.push('\n');
        write_table(table, &mut text);
    }
    text
}

fn write_table(table: &Table, text: &mut String) {
    text.push_str(&format!("{}\n", table.titel));
    if table.rows.is_empty() {
        text.push_str("  (geen)\n");
        return;
    }
    let headings: Vec<String> = table.columns.iter().map(|column| column.kop.to_owned()).collect();
    let mut rows = vec![headings];
    rows.extend(table.rows.iter().map(|row| row.iter().map(shown).collect()));
    let last = table.columns.len() - 1;
    let right: Vec<bool> =
        (0..=last).map(|column| table.rows.iter().any(|row| is_number(&row[column]))).collect();
    for row in &mut rows {
        for cell in row.iter_mut().take(last) {
            shorten(cell);
        }
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..=last).map(width).collect();
    for row in &rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = widths[column];
            line.push_str("  ");
            if right[column] {
                line.push_str(&format!("{cell:>width$}"));
            } else {
                line.push_str(&format!("{cell:<width$}"));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

fn shorten(cell: &mut String) {
    if cell.chars().count() > WIDEST {
        *cell = cell.chars().take(WIDEST - 1).collect();
        cell.push('…');
    }
}

const fn is_number(cell: &Cell) -> bool {
    matches!(cell, Cell::Number(_) | Cell::Euros(_))
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.replace(['\n', '\r', '\t'], " "),
        Cell::Number(number) => number.to_string(),
        Cell::Euros(amount) => amount.to_string(),
        Cell::Date(day) => day.format("%d-%m-%Y").to_string(),
        Cell::Month(day) => month(*day),
    }
}
