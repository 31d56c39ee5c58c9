//! A report for scripts: one object, `report`, `moment` and one array of objects per table.

use super::{Cell, Report, Table, month};
use serde_json::{Map, Value, json};

/// The report on one line.
pub(super) fn write(report: &Report) -> Vec<u8> {
    let mut object = Map::new();
    object.insert("report".to_owned(), report.name.into());
    object.insert("moment".to_owned(), report.moment.to_string().into());
    for table in &report.tables {
        object.insert(table.key.to_owned(), rows(table));
    }
    let mut bytes = Value::Object(object).to_string().into_bytes();
    bytes.push(b'\n');
    bytes
}

fn rows(table: &Table) -> Value {
    let row = |cells: &Vec<Cell>| {
        let pairs = table.columns.iter().zip(cells);
        Value::Object(pairs.map(|(column, cell)| (column.key.to_owned(), value(cell))).collect())
    };
    table.rows.iter().map(row).collect()
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => json!(text),
        Cell::Number(number) => json!(number),
        Cell::Euros(amount) => json!(amount.0),
        Cell::Date(day) => json!(day.to_string()),
        Cell::Month(day) => json!(month(*day)),
    }
}
