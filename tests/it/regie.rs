//! JW305 and JW307: what is accepted, what is answered and what is kept.

pub mod berichten;
mod correcties;
mod programma;
mod starts;
mod stops;
mod verhaal;
