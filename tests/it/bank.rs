//! What banks send back: read, checked, matched.

mod hostile;
mod reading;
mod text;
