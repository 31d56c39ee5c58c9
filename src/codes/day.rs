//! A day as `2025-01-06`, for serde.

use super::Datum;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Writes it.
pub fn serialize<S: Serializer>(day: &Datum, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(day)
}

/// Reads it.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Datum, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}
