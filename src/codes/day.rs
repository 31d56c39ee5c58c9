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

/// The same of a day that may be absent.
pub mod maybe {
    use super::Datum;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes it.
    pub fn serialize<S: Serializer>(day: &Option<Datum>, to: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => super::serialize(day, to),
            None => to.serialize_none(),
        }
    }

    /// Reads it.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Datum>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}
