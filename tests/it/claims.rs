//! JW323: what is granted, what is answered and what is booked.

mod answers;
pub mod antwoord;
mod bekostiging;
mod holds;
mod laatste_euro;
mod money;
mod peildatum;
mod rules;
pub mod scene;
