//! Limits: what was promised, granted and held (rulings 8).

mod expected;
mod promises;
