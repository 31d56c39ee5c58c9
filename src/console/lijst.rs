//! A table on a page: the table of a report, so that its exports are those of the reports, with doors in its cells.

use super::blad::Vak;
use super::shown;
use crate::report::{Cell, Column, Table};

/// A table with doors.
#[derive(Debug, Clone)]
pub struct Lijst {
    pub table: Table,
    /// Of each row where its cells lead.
    deuren: Vec<Vec<Option<String>>>,
    /// Of each row how full a bar in its last cell is.
    balken: Vec<Option<u8>>,
    /// What is said when there are no rows.
    pub leeg: &'static str,
}

/// A cell with where it leads.
pub struct Deur(pub Cell, pub Option<String>);

impl<T: Into<Cell>> From<T> for Deur {
    fn from(cell: T) -> Self {
        Self(cell.into(), None)
    }
}

/// A cell that leads somewhere; nothing leads nowhere.
pub fn naar(cell: impl Into<Cell>, href: String) -> Deur {
    let cell = cell.into();
    let href = (cell != Cell::Empty).then_some(href);
    Deur(cell, href)
}

impl Lijst {
    /// A table without rows.
    pub fn new(key: &'static str, titel: &'static str, columns: &[(&'static str, &'static str)]) -> Self {
        let table = Table::new(key, titel, columns);
        Self { table, deuren: Vec::new(), balken: Vec::new(), leeg: "Er is niets dat hieraan voldoet." }
    }

    /// The table of a report, without doors.
    pub fn of(table: Table) -> Self {
        let deuren = table.rows.iter().map(|row| vec![None; row.len()]).collect();
        let balken = vec![None; table.rows.len()];
        Self { table, deuren, balken, leeg: "Geen." }
    }

    /// The table of a report; cells of some columns lead somewhere.
    pub fn with_doors(table: Table, door: impl Fn(&str, &[Cell], &Cell) -> Option<String>) -> Self {
        let mut lijst = Self::of(table);
        let Table { columns, rows, .. } = &lijst.table;
        for (row, doors) in rows.iter().zip(&mut lijst.deuren) {
            for ((column, cell), href) in columns.iter().zip(row).zip(doors) {
                *href = if *cell == Cell::Empty { None } else { door(column.key, row, cell) };
            }
        }
        lijst
    }

    /// Adds a row.
    pub fn rij(&mut self, cells: Vec<Deur>) {
        self.rij_met_balk(cells, None);
    }

    /// Adds a row with a bar in its last cell.
    pub fn rij_met_balk(&mut self, cells: Vec<Deur>, balk: Option<u8>) {
        let (cells, doors) = cells.into_iter().map(|Deur(cell, href)| (cell, href)).unzip();
        self.table.row(cells);
        self.deuren.push(doors);
        self.balken.push(balk);
    }

    /// Whether a column has figures.
    pub fn is_getal(&self, place: usize) -> bool {
        self.table.rows.iter().any(|row| matches!(row[place], Cell::Number(_) | Cell::Euros(_)))
    }

    /// Its columns, with whether they have figures.
    pub fn kolommen(&self) -> Vec<(Column, bool)> {
        self.table.columns.iter().enumerate().map(|(place, column)| (*column, self.is_getal(place))).collect()
    }

    /// Its rows for a page.
    pub fn rijen(&self) -> Vec<Vec<Vak>> {
        let rows = self.table.rows.iter().zip(&self.deuren).zip(&self.balken);
        rows.map(|((cells, doors), balk)| {
            let last = cells.len().saturating_sub(1);
            let vak = |(place, (cell, href)): (usize, (&Cell, &Option<String>))| Vak {
                tekst: shown::cell(cell),
                href: href.clone(),
                getal: matches!(cell, Cell::Number(_) | Cell::Euros(_)),
                balk: balk.filter(|_| place == last),
            };
            cells.iter().zip(doors).enumerate().map(vak).collect()
        })
        .collect()
    }

    /// Doors that a role may not go through are taken off.
    pub fn only(&mut self, may_see: impl Fn(&str) -> bool) {
        for href in self.deuren.iter_mut().flatten() {
            if href.as_deref().is_some_and(|href| !may_see(href)) {
                *href = None;
            }
        }
    }
}
