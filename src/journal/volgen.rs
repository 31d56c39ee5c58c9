//! Limits were followed: what messages did to them, and every promise anew after a month or an import.

use super::UnreadableBody;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Up to where, and whether every promise was made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gevolgd {
    /// Journal number of the last message that was followed; 0 when none was.
    pub tot: i64,
    /// Every promise was made anew.
    pub opnieuw: bool,
}

impl Gevolgd {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        json!({ "gevolgd": self }).to_string().into_bytes()
    }

    pub(super) fn read(body: &Value) -> Result<Self, UnreadableBody> {
        serde_json::from_value(body["gevolgd"].clone()).map_err(|_| UnreadableBody::Termijn)
    }
}
