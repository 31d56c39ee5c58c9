//! Gemeenten and aanbieders by name, beside their codes.

use crate::codes::{AgbCode, GemeenteCode};
use crate::contracts::Register;
use crate::report::Cell;

/// An aanbieder with its name.
pub fn aanbieder(register: &Register, code: AgbCode) -> String {
    named(code.as_str(), register.aanbieder_naam(code))
}

/// A gemeente with its name.
pub fn gemeente(register: &Register, code: GemeenteCode) -> String {
    named(code.as_str(), register.gemeente_naam(code))
}

/// The name of an aanbieder alone.
pub fn aanbieder_naam(register: &Register, code: AgbCode) -> Cell {
    register.aanbieder_naam(code).map_or(Cell::Empty, Cell::from)
}

/// The name of a gemeente alone.
pub fn gemeente_naam(register: &Register, code: GemeenteCode) -> Cell {
    register.gemeente_naam(code).map_or(Cell::Empty, Cell::from)
}

fn named(code: &str, naam: Option<&str>) -> String {
    naam.map_or_else(|| code.to_owned(), |naam| format!("{code} {naam}"))
}
