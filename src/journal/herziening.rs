//! Contracts changed for days that are past: which products are looked at.

use super::UnreadableBody;
use crate::contracts::Herzien;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is looked at. The lines are in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Herziening {
    /// The version of the register that changed them.
    pub versie: i64,
    /// The products, in order.
    pub producten: Vec<Herzien>,
}

impl Herziening {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        json!({ "herziening": self }).to_string().into_bytes()
    }

    pub(super) fn read(body: &Value) -> Result<Self, UnreadableBody> {
        serde_json::from_value(body["herziening"].clone()).map_err(|_| UnreadableBody::Herziening)
    }
}
