//! What banks send back: read, checked, matched.

mod beside;
mod explained;
mod hostile;
mod matching;
pub mod office;
mod reading;
mod sent;
mod simulated;
mod taken;
mod text;
mod together;
mod work;
