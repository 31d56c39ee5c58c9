//! A chart: a bar a line, of one or more parts. It repeats what the table below it says, for who would rather look.

use super::shown::{number, plain};
use crate::money::Cents;
use crate::report::{Cell, Table};

/// Lines of a chart; who wants more reads the table.
const MOST: usize = 12;
/// Parts of a bar that the style sheet has a colour for.
const PARTS: usize = 3;
/// How wide a bar is, in units of its own.
const WIDE: i64 = 1_000;

/// A bar with its name and its figures.
#[derive(Debug, Clone)]
pub struct Staaf {
    /// Whose figures these are.
    pub naam: String,
    /// Its figures in words.
    pub waarde: String,
    /// Its parts.
    delen: Vec<i64>,
    /// What it is measured against; none: against the longest.
    geheel: Option<i64>,
}

/// A part of a bar as it is drawn: where it begins, how wide it is, and which part it is from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vlak {
    pub x: i64,
    pub breed: i64,
    pub nummer: usize,
}

/// A chart.
#[derive(Debug, Clone)]
pub struct Grafiek {
    /// What is to be seen in it, as a sentence.
    pub titel: String,
    /// What the parts of a bar are.
    pub delen: Vec<&'static str>,
    /// The bars.
    pub staven: Vec<Staaf>,
}

impl Staaf {
    /// A bar of parts, measured against the longest of the chart.
    pub fn new(naam: &str, waarde: String, delen: Vec<i64>) -> Self {
        Self { naam: plain(naam), waarde, delen, geheel: None }
    }

    /// Measured against something of its own.
    pub fn van(mut self, geheel: i64) -> Self {
        self.geheel = Some(geheel);
        self
    }

    /// What is to be drawn; what is less than nothing is not.
    fn sum(&self) -> i64 {
        self.delen.iter().fold(0, |sum, part| sum.saturating_add((*part).max(0)))
    }
}

impl Grafiek {
    /// Its bars with their parts, and where the whole ends when a bar goes beyond it.
    pub fn getekend(&self) -> Vec<(&Staaf, Vec<Vlak>, Option<i64>)> {
        let longest = self.staven.iter().map(Staaf::sum).max().unwrap_or_default();
        self.staven
            .iter()
            .map(|staaf| {
                let scale = staaf.geheel.map_or(longest, |geheel| geheel.max(staaf.sum())).max(1);
                let at = |amount: i64| {
                    i64::try_from(i128::from(amount) * i128::from(WIDE) / i128::from(scale)).unwrap_or(WIDE)
                };
                let (mut before, mut parts) = (0_i64, Vec::new());
                for (place, part) in staaf.delen.iter().enumerate() {
                    let behind = before.saturating_add((*part).max(0));
                    let (x, breed) = (at(before), at(behind) - at(before));
                    // What is there is seen, however little it is.
                    let breed = if *part > 0 { breed.max(2) } else { breed };
                    if breed > 0 {
                        parts.push(Vlak { x, breed, nummer: place % PARTS + 1 });
                    }
                    before = behind;
                }
                let beyond = staaf.geheel.filter(|geheel| *geheel < staaf.sum()).map(at);
                (staaf, parts, beyond)
            })
            .collect()
    }

    /// Of the rows of a table with the most: their names and one or more columns of amounts or counts. None when there is
    /// nothing to compare.
    pub fn of(table: &Table, titel: &str, naam: &[&str], delen: &[&str]) -> Option<Self> {
        let place = |key: &str| table.columns.iter().position(|column| column.key == key);
        let names: Vec<usize> = naam.iter().filter_map(|key| place(key)).collect();
        let parts: Vec<usize> = delen.iter().filter_map(|key| place(key)).collect();
        if parts.len() != delen.len() || names.is_empty() {
            return None;
        }
        let mut staven: Vec<Staaf> = table.rows.iter().map(|row| bar(row, &names, &parts)).collect();
        staven.retain(|staaf| staaf.sum() > 0);
        staven.sort_by_key(|staaf| std::cmp::Reverse(staaf.sum()));
        if staven.len() < 2 {
            return None;
        }
        let all = staven.len();
        staven.truncate(MOST);
        let titel =
            if all > MOST { format!("{titel}: de {MOST} grootste van {all}") } else { titel.to_owned() };
        let delen = parts.iter().map(|place| table.columns[*place].kop).collect();
        Some(Self { titel, delen, staven })
    }
}

/// The bar of a row.
fn bar(row: &[Cell], names: &[usize], parts: &[usize]) -> Staaf {
    let name = |place: &usize| match &row[*place] {
        Cell::Empty => None,
        cell => Some(super::shown::cell(cell)),
    };
    let naam = names.iter().filter_map(name).collect::<Vec<_>>().join(" ");
    let amounts: Vec<&Cell> = parts.iter().map(|place| &row[*place]).collect();
    let words: Vec<String> = amounts.iter().map(|cell| words(cell)).collect();
    Staaf::new(&naam, words.join(" + "), amounts.into_iter().map(amount).collect())
}

const fn amount(cell: &Cell) -> i64 {
    match cell {
        Cell::Number(amount) | Cell::Euros(Cents(amount)) => *amount,
        _ => 0,
    }
}

fn words(cell: &Cell) -> String {
    match cell {
        Cell::Euros(cents) => round(*cents),
        other => number(amount(other)),
    }
}

/// An amount in whole euros.
pub fn round(cents: Cents) -> String {
    let euros = (cents.0.saturating_abs().saturating_add(50)) / 100;
    format!("€\u{a0}{}", number(if cents.0 < 0 { -euros } else { euros }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a bar, and where its whole ends.
    type Drawn = (Vec<(i64, i64, usize)>, Option<i64>);

    fn drawn(staven: Vec<Staaf>) -> Vec<Drawn> {
        let grafiek = Grafiek { titel: String::new(), delen: Vec::new(), staven };
        let plain = |vlak: &Vlak| (vlak.x, vlak.breed, vlak.nummer);
        grafiek
            .getekend()
            .iter()
            .map(|(_, parts, beyond)| (parts.iter().map(plain).collect(), *beyond))
            .collect()
    }

    #[test]
    fn bars_are_as_long_as_what_they_are_measured_against() {
        let bar = |delen: &[i64]| Staaf::new("", String::new(), delen.to_vec());
        let longest = drawn(vec![bar(&[30, 10]), bar(&[80]), bar(&[-5, 0]), bar(&[0, 20, 1])]);
        assert_eq!(longest[0], (vec![(0, 375, 1), (375, 125, 2)], None));
        assert_eq!(longest[1..3], [(vec![(0, 1_000, 1)], None), (vec![], None)]);
        assert_eq!(longest[3], (vec![(0, 250, 2), (250, 12, 3)], None));
        let own = drawn(vec![
            bar(&[25]).van(100),
            bar(&[150, 50]).van(100),
            bar(&[1]).van(i64::MAX),
            bar(&[5]).van(0),
        ]);
        assert_eq!(own[0], (vec![(0, 250, 1)], None));
        assert_eq!(own[1], (vec![(0, 750, 1), (750, 250, 2)], Some(500)), "beyond the whole, which is shown");
        assert_eq!(own[2], (vec![(0, 2, 1)], None), "little is seen as well");
        assert_eq!(own[3], (vec![(0, 1_000, 1)], Some(0)));
    }

    #[test]
    fn a_chart_of_a_table_has_its_largest_rows() {
        let mut table = Table::new("t", "T", &[("naam", "Naam"), ("a_cents", "A"), ("count", "Aantal")]);
        for number in 0..15_i64 {
            table.row(vec![format!("rij {number}").into(), Cents(number * 100).into(), number.into()]);
        }
        let chart = Grafiek::of(&table, "Rijen", &["naam"], &["a_cents"]).unwrap();
        assert_eq!((chart.titel.as_str(), chart.staven.len()), ("Rijen: de 12 grootste van 14", 12));
        assert_eq!((chart.staven[0].naam.as_str(), chart.staven[0].waarde.as_str()), ("rij 14", "€\u{a0}14"));
        assert!(Grafiek::of(&table, "", &["naam"], &["b"]).is_none(), "no such column");
        table.rows.truncate(2);
        assert!(Grafiek::of(&table, "", &["naam"], &["count"]).is_none(), "nothing to compare");
        assert_eq!(round(Cents(-123_456_750)), "€\u{a0}-1.234.568");
    }
}
