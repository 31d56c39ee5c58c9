//! JW323: what is granted, what is answered and what is booked.

mod answers;
mod antwoord;
mod money;
mod rules;
mod scene;
