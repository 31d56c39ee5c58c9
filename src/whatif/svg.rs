//! The chart: per gemeente what was granted and what it would have been. Text alternatives inside; the table
//! with the same figures stands beside it.

use crate::messages::escape_into;
use crate::money::Cents;
use crate::report::{Cell, Table};

const WIDTH: i64 = 760;
const LEFT: i64 = 150;
const RIGHT: i64 = 120;
const ROW: i64 = 58;
const TOP: i64 = 54;
const BAR: i64 = 18;

struct BarRow {
    naam: String,
    oud: i64,
    nieuw: i64,
    onder: i64,
    boven: i64,
}

/// The chart of the table per gemeente.
#[must_use]
pub fn write(gemeenten: &Table) -> String {
    let rows: Vec<BarRow> = gemeenten.rows.iter().filter_map(|row| read(gemeenten, row)).collect();
    let most = rows.iter().flat_map(|row| [row.oud, row.nieuw, row.boven]).max().unwrap_or(0).max(1);
    let height = TOP + ROW * i64::try_from(rows.len()).unwrap_or(0) + 16;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"grafiek-titel grafiek-tekst\" font-family=\"system-ui, sans-serif\" font-size=\"14\">\n\
         <title id=\"grafiek-titel\">Toegekende zorg per gemeente, toen en met de nieuwe contracten</title>\n\
         <desc id=\"grafiek-tekst\">{}</desc>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
        escaped(&description(&rows))
    );
    svg.push_str(&format!(
        "<rect x=\"{LEFT}\" y=\"16\" width=\"14\" height=\"14\" fill=\"#5f6b7a\"/>\
         <text x=\"{}\" y=\"28\">toen</text>\
         <rect x=\"{}\" y=\"16\" width=\"14\" height=\"14\" fill=\"#005ea5\"/>\
         <text x=\"{}\" y=\"28\">met de nieuwe contracten (lijn: grenzen van de schatting)</text>\n",
        LEFT + 20,
        LEFT + 80,
        LEFT + 100
    ));
    for (row, top) in rows.iter().zip((0..).map(|place| TOP + ROW * place)) {
        let scaled = |amount: i64| amount.max(0).saturating_mul(WIDTH - LEFT - RIGHT) / most;
        let middle = top + BAR + BAR / 2 + 4;
        svg.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
            LEFT - 10,
            top + BAR + 6,
            escaped(&row.naam)
        ));
        for (y, amount, fill) in [(top, row.oud, "#5f6b7a"), (top + BAR + 4, row.nieuw, "#005ea5")] {
            let width = scaled(amount).max(1);
            svg.push_str(&format!(
                "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{width}\" height=\"{BAR}\" fill=\"{fill}\"/>\
                 <text x=\"{}\" y=\"{}\">{}</text>\n",
                LEFT + scaled(amount.max(if y == top { 0 } else { row.boven })) + 8,
                y + BAR - 4,
                short(amount)
            ));
        }
        if row.onder != row.boven {
            svg.push_str(&format!(
                "<line x1=\"{}\" x2=\"{}\" y1=\"{middle}\" y2=\"{middle}\" stroke=\"#b3003c\" stroke-width=\"3\"/>\n",
                LEFT + scaled(row.onder),
                LEFT + scaled(row.boven)
            ));
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn read(table: &Table, row: &[Cell]) -> Option<BarRow> {
    let cell =
        |key: &str| table.columns.iter().position(|column| column.key == key).and_then(|at| row.get(at));
    let euros = |key| match cell(key) {
        Some(Cell::Euros(amount)) => amount.0,
        _ => 0,
    };
    let text = |key| match cell(key) {
        Some(Cell::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let naam = text("name").or_else(|| text("gemeente"))?;
    let (oud, nieuw) = (euros("old_cents"), euros("expected_cents"));
    Some(BarRow { naam, oud, nieuw, onder: euros("low_cents"), boven: euros("high_cents") })
}

fn description(rows: &[BarRow]) -> String {
    let one = |row: &BarRow| format!("{}: van {} naar {}", row.naam, Cents(row.oud), Cents(row.nieuw));
    rows.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// An amount as a council member reads it: `€ 1,2 mln`, `€ 340.000`.
pub(super) fn short(cents: i64) -> String {
    let euros = (cents.abs() + 50) / 100;
    let sign = if cents < 0 { "-" } else { "" };
    if euros >= 1_000_000 {
        let tenths = (euros + 50_000) / 100_000;
        return format!("{sign}\u{20ac}\u{a0}{},{}\u{a0}mln", tenths / 10, tenths % 10);
    }
    let rounded = if euros >= 10_000 { (euros + 500) / 1000 * 1000 } else { euros };
    let text = Cents(rounded * 100).to_string();
    format!("{sign}{}", text.trim_end_matches(",00").replace(' ', "\u{a0}"))
}

fn escaped(text: &str) -> String {
    let mut safe = String::new();
    escape_into(text, &mut safe);
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short_and_rounded() {
        for (cents, text) in [
            (123_456_789, "€\u{a0}1,2\u{a0}mln"),
            (-99_999_950, "-€\u{a0}1,0\u{a0}mln"),
            (3_412_300, "€\u{a0}34.000"),
            (412_349, "€\u{a0}4.123"),
            (0, "€\u{a0}0"),
        ] {
            assert_eq!(short(cents), text);
        }
    }
}
