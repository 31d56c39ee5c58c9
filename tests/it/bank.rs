//! What banks send back: read, checked, matched.

mod beside;
mod hostile;
mod matching;
mod reading;
mod sent;
mod simulated;
mod text;
