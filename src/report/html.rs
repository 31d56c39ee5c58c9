//! A report on paper, or to be read in a browser.

use super::{Cell, Report, Table, month};
use crate::paper::{self, Celsoort};

/// The report as one page.
pub(super) fn write(report: &Report) -> String {
    let mut body = format!("<p>Stand van {}.</p>\n", report.moment.format("%d-%m-%Y %H:%M"));
    for table in &report.tables {
        body.push_str(&write_table(table));
    }
    paper::page(report.titel, &body)
}

fn write_table(table: &Table) -> String {
    let columns: Vec<(&str, Celsoort)> = table
        .columns
        .iter()
        .enumerate()
        .map(|(place, column)| (column.kop, soort(table.rows.iter().any(|row| is_number(&row[place])))))
        .collect();
    let rows = table
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| (soort(is_number(cell)), shown(cell).into())).collect());
    paper::table(table.titel, &columns, rows)
}

const fn soort(number: bool) -> Celsoort {
    if number { Celsoort::Getal } else { Celsoort::Tekst }
}

const fn is_number(cell: &Cell) -> bool {
    matches!(cell, Cell::Number(_) | Cell::Euros(_))
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Euros(amount) => amount.to_string(),
        Cell::Date(day) => day.format("%d-%m-%Y").to_string(),
        Cell::Month(day) => month(*day),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;
    use crate::money::Cents;

    #[test]
    fn what_others_wrote_is_text_and_nothing_else() {
        let mut table = Table::new("t", "Titel", &[("a", "Kop"), ("b_cents", "Bedrag")]);
        let hostile = "\"><script>alert('1')</script><img src=x onerror=y>&amp;\u{7}";
        table.row(vec![hostile.into(), Cents(-123_456).into()]);
        let page = write(&report(vec![table]));
        let cell = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&lt;img src=x onerror=y&gt;&amp;amp;\u{fffd}";
        assert!(page.contains(cell), "{page}");
        assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
        assert!(page.contains("<td class=\"getal\">€ -1.234,56</td>"), "{page}");
        for outside in ["http", "src=\"", "href", "url(", "@import"] {
            assert!(!page.contains(outside), "{outside}");
        }
    }

    #[test]
    fn a_table_without_rows_says_so() {
        let page = write(&report(vec![Table::new("t", "Leeg", &[("a", "Kop")])]));
        assert!(page.contains("<h2>Leeg</h2>\n<p>Geen.</p>"), "{page}");
    }
}
