//! `import --silent`: what one back office decided is the opening state of another.

mod archief;
mod fouten;
mod maanden;
mod tabellen;
mod voor_2021;
