//! Limits: what was promised, granted and held (rulings 8).

mod acts;
mod edges;
mod expected;
mod halfway;
mod import;
mod nearly_used;
mod nights;
mod overlap;
mod promises;
