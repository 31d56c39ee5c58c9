//! A report on paper, or to be read in a browser: one page with its own style, and nothing that runs or is fetched.

use super::{Cell, Report, Table, month};
use crate::messages::escape_into;

/// Nothing comes from elsewhere; on paper headings stay above their tables and rows stay whole.
const STYLE: &str = "
body { font: 1rem/1.5 system-ui, sans-serif; color: #1b2430; background: #fff; margin: 0 auto; max-width: 76rem;
  padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .2rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p { margin: 0 0 .6rem; }
.rol { overflow-x: auto; }
.rol:focus-visible { outline: 3px solid #b3003c; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #c9d1da; padding: .35rem .7rem .35rem 0; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid #1b2430; }
.getal { text-align: right; white-space: nowrap; }
.kort { white-space: nowrap; }
.lang { min-width: 15rem; }
@page { size: A4 landscape; margin: 14mm; }
@media print {
  body { font-size: 9pt; max-width: none; padding: 0; }
  table { font-size: 8.5pt; }
  .rol { overflow: visible; }
  h2 { break-after: avoid; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
";

/// Characters up to which a text stays on one line.
const SHORT: usize = 24;

/// The report as one page.
pub(super) fn write(report: &Report) -> String {
    let title = escaped(report.titel);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <p>Stand van {}.</p>\n",
        report.moment.format("%d-%m-%Y %H:%M")
    );
    for table in &report.tables {
        write_table(table, &mut page);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn write_table(table: &Table, page: &mut String) {
    let title = escaped(table.titel);
    page.push_str(&format!("<h2>{title}</h2>\n"));
    if table.rows.is_empty() {
        page.push_str("<p>Geen.</p>\n");
        return;
    }
    page.push_str(&format!(
        "<div class=\"rol\" role=\"region\" tabindex=\"0\" aria-label=\"{title}\">\n<table>\n<thead><tr>"
    ));
    for (place, column) in table.columns.iter().enumerate() {
        let number = table.rows.iter().any(|row| is_number(&row[place]));
        let class = if number { " class=\"getal\"" } else { "" };
        page.push_str(&format!("<th scope=\"col\"{class}>{}</th>", escaped(column.kop)));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        page.push_str("<tr>");
        for cell in row {
            let text = shown(cell);
            let class = match cell {
                _ if is_number(cell) => " class=\"getal\"",
                _ if text.chars().count() <= SHORT => " class=\"kort\"",
                _ => " class=\"lang\"",
            };
            page.push_str(&format!("<td{class}>{}</td>", escaped(&text)));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
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

/// Text between tags and within quotes; what steers a screen is made visible.
#[must_use]
pub fn escaped(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    let mut safe = String::with_capacity(plain.len());
    escape_into(&plain, &mut safe);
    safe.replace('"', "&quot;").replace('\'', "&#39;")
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
