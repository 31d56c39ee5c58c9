//! JW323: what is granted, what is answered and what is booked.

mod answers;
mod antwoord;
mod bekostiging;
mod laatste_euro;
mod money;
mod rules;
mod scene;
